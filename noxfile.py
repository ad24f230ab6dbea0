"""The checks of this project; `.ci/run` runs the same."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "imports", "tests", "contract"]
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
