"""The checks of this project; `.ci/run` runs the same."""

import shutil

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "imports", "tests", "contract", "openai_1"]
nox.options.reuse_existing_virtualenvs = True


def _install(session: nox.Session) -> None:
    session.install("-e", ".[dev]")


@nox.session
def lint(session: nox.Session) -> None:
    _install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("understudy", "spec", "bundle", "--check")
    session.run("understudy", "spec", "types", "--check")
    session.run("understudy", "spec", "proto", "--check")


@nox.session
def types(session: nox.Session) -> None:
    _install(session)
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    _install(session)
    session.run("lint-imports")


@nox.session
def tests(session: nox.Session) -> None:
    _install(session)
    session.run("pytest", *(session.posargs or ["--ignore=tests/contract"]))


@nox.session
def contract(session: nox.Session) -> None:
    _install(session)
    session.run("pytest", "tests/contract", *session.posargs)


@nox.session
def injection(session: nox.Session) -> None:
    """Many more requests with ids of another world than the suite makes."""
    _install(session)
    session.run(
        "pytest", "tests/contract/test_injection.py", *session.posargs, env={"UNDERSTUDY_INJECTIONS": "20000"}
    )


@nox.session
def browser(session: nox.Session) -> None:
    """A page of another origin, in Chromium, against the control plane; without Chromium this fails."""
    _install(session)
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        session.error("there is no Chromium here; `apt-get install chromium` brings one")
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session
def openai_1(session: nox.Session) -> None:
    """The last release of `openai` before 2, which many still use, in an environment of its own."""
    session.install("-e", ".", "hypothesis", "pytest", "openai==1.109.1")
    session.run("pytest", "tests/sdk/test_openai_sdk.py", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Every server of the catalogue with one fault: nearly all are found."""
    _install(session)
    session.run("pytest", "tests/contract/mutants", *session.posargs, env={"UNDERSTUDY_MUTANTS": "all"})


@nox.session
def verify_full(session: nox.Session) -> None:
    """Ten thousand requests per API by every layer over our own server, without a finding."""
    _install(session)
    env = {"UNDERSTUDY_CASES": "10000"}
    session.run("pytest", "tests/contract/test_verify.py", *session.posargs, env=env)
