"""The commands and their flags; what a command does stands in a module of its own and is imported then."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from understudy.settings import DEFAULT_PORT

app = typer.Typer(
    name="understudy",
    help="A stateful, deterministic stand-in for the Vectara API. No account, no network, no telemetry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
spec_app = typer.Typer(help="The contract: coverage, bundles, types.", no_args_is_help=True)
app.add_typer(spec_app, name="spec")


class ClockMode(StrEnum):
    ticking = "ticking"
    frozen = "frozen"
    real = "real"


class ProfileName(StrEnum):
    seed = "seed"
    oas_2026_01 = "oas-2026-01"
    sdk_0_4_3 = "sdk-0.4.3"
    union = "union"


class LogFormat(StrEnum):
    text = "text"
    json = "json"
    none = "none"


class AnswerForm(StrEnum):
    bare = "bare"
    wire = "wire"


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="UNDERSTUDY_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="UNDERSTUDY_PORT", min=0, max=65535, help="Port; 0 picks a free one.")
    ] = DEFAULT_PORT,
    fixture: Annotated[
        str,
        typer.Option(envvar="UNDERSTUDY_FIXTURE", help="Shipped fixture or .yaml file of new worlds."),
    ] = "quickstart",
    seed: Annotated[int, typer.Option(envvar="UNDERSTUDY_SEED", help="Seed of ids and generated data.")] = 0,
    clock: Annotated[
        ClockMode, typer.Option(envvar="UNDERSTUDY_CLOCK", help="How world time moves.")
    ] = ClockMode.ticking,
    profile: Annotated[
        ProfileName, typer.Option(envvar="UNDERSTUDY_PROFILE", help="Which documents decide the operations.")
    ] = ProfileName.union,
    answer_form: Annotated[
        AnswerForm, typer.Option(envvar="UNDERSTUDY_ANSWER_FORM", help="How AIVAX answers are wrapped.")
    ] = AnswerForm.bare,
    cors: Annotated[
        list[str] | None, typer.Option(help="Browser origin to allow besides loopback ones; repeatable.")
    ] = None,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="Host name to accept besides loopback; repeatable.")
    ] = None,
    admin_token: Annotated[
        str | None, typer.Option(envvar="UNDERSTUDY_ADMIN_TOKEN", help="Token of the control plane.")
    ] = None,
    allow_lambda: Annotated[
        bool,
        typer.Option(
            "--allow-lambda",
            envvar="UNDERSTUDY_ALLOW_LAMBDA",
            help="Run the code of tools, in a sandbox; Linux.",
        ),
    ] = False,
    log_format: Annotated[
        LogFormat, typer.Option(envvar="UNDERSTUDY_LOG_FORMAT", help="One line per request, or none.")
    ] = LogFormat.text,
    ready_file: Annotated[
        Path | None, typer.Option(help="File that is written with the base URL once the server answers.")
    ] = None,
) -> None:
    """Start the server and stay until SIGINT or SIGTERM."""
    from understudy.engine.quick_import import only_what_is_used

    with only_what_is_used():
        from understudy.cli import serve as command
    from understudy.settings import Settings

    command.run(
        Settings(
            host=host,
            port=port,
            fixture=fixture,
            seed=seed,
            clock=clock.value,
            profile=profile.value,
            answer_form=answer_form.value,
            cors=tuple(cors or ()),
            hosts=tuple(allowed_host or ()),
            admin_token=admin_token,
            allow_lambda=allow_lambda,
            log_format=log_format.value,
        ),
        ready_file,
    )


@app.command()
def version() -> None:
    """Print the version."""
    from understudy import __version__

    typer.echo(__version__)


@spec_app.command("bundle")
def spec_bundle(
    check: Annotated[bool, typer.Option("--check", help="Only say whether they are up to date.")] = False,
) -> None:
    """Write `bundle.json` of every API from its YAML files."""
    from understudy.cli import spec as command

    command.bundle(check)


@spec_app.command("types")
def spec_types(
    check: Annotated[bool, typer.Option("--check", help="Only say whether they are up to date.")] = False,
) -> None:
    """Write `wire.py` of every API: the schemas as TypedDicts."""
    from understudy.cli import spec as command

    command.types(check)


@spec_app.command("coverage")
def spec_coverage() -> None:
    """Say which operations of each contract are acted and which are planned."""
    from understudy.cli import spec as command

    command.coverage()
