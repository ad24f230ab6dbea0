"""The commands and their flags; what a command does stands in a module of its own and is imported then."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from understudy.cli.verbs import clock, fault, journal, options, scenario, state
from understudy.settings import CUSTOMER_ID, DEFAULT_PORT

app = typer.Typer(
    name="understudy",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
spec_app = typer.Typer(help="The contract: coverage, bundles, types.", no_args_is_help=True)
app.add_typer(spec_app, name="spec")
for noun in (state, journal, scenario, fault, clock):
    app.add_typer(noun.app, name=noun.__name__.rpartition(".")[2])
cassette_app = typer.Typer(help="Recordings: import, export, promote, check.", no_args_is_help=True)
app.add_typer(cassette_app, name="cassette")


@app.callback()
def understudy() -> None:
    """A stateful, deterministic stand-in for Vectara and AIVAX. No account, no network, no telemetry."""


def keep_only(name: str) -> None:
    """Forget all commands but one: building all of them takes a tenth of the start of a server."""
    app.registered_groups.clear()
    app.registered_commands[:] = [
        one for one in app.registered_commands if one.callback is not None and one.callback.__name__ == name
    ]


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


class EnvForm(StrEnum):
    sh = "sh"
    dotenv = "dotenv"
    json = "json"
    powershell = "powershell"
    github = "github"


class RetiredV1(StrEnum):
    live = "live"
    gone = "gone"


class Gravity(StrEnum):
    breaking = "breaking"
    additive = "additive"


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
    scenario: Annotated[
        str, typer.Option(envvar="UNDERSTUDY_SCENARIO", help="Shipped scenario or .yaml file of new worlds.")
    ] = "",
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
    customer_id: Annotated[
        int,
        typer.Option(
            envvar="UNDERSTUDY_CUSTOMER_ID", min=1, help="Number of the account, for v1 of Vectara."
        ),
    ] = CUSTOMER_ID,
    retired_v1: Annotated[
        RetiredV1,
        typer.Option(envvar="UNDERSTUDY_RETIRED_V1", help="Whether v1 of Vectara answers or is gone."),
    ] = RetiredV1.live,
    grpc_port: Annotated[
        int | None,
        typer.Option(
            envvar="UNDERSTUDY_GRPC_PORT", min=0, max=65535, help="Serve v1 by gRPC too; 0 picks a port."
        ),
    ] = None,
    allow_worker: Annotated[
        list[str] | None,
        typer.Option(
            envvar="UNDERSTUDY_ALLOW_WORKER",
            help="Origin on loopback whose AIVAX workers are called; repeatable.",
        ),
    ] = None,
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
            scenario=scenario,
            seed=seed,
            clock=clock.value,
            profile=profile.value,
            answer_form=answer_form.value,
            cors=tuple(cors or ()),
            hosts=tuple(allowed_host or ()),
            admin_token=admin_token,
            allow_lambda=allow_lambda,
            customer_id=customer_id,
            retired_v1=retired_v1.value,
            grpc_port=grpc_port,
            workers=tuple(allow_worker or ()),
            log_format=log_format.value,
        ),
        ready_file,
    )


@app.command()
def drift(
    spec: Annotated[Path | None, typer.Option(help="OpenAPI 3.0 file that decides what is right.")] = None,
    api: Annotated[
        str | None, typer.Option(help="Shipped contract that does, with a profile or without: vectara@seed.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Recorded answers: HAR, journal or NDJSON; a file or a directory.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Base URL of a server that is compared with the stand-in.")
    ] = None,
    key: Annotated[
        str,
        typer.Option(envvar="UNDERSTUDY_KEY", help="Key for the target, or $NAME of a variable with it."),
    ] = "",
    oauth: Annotated[str, typer.Option(help="CLIENT_ID:CLIENT_SECRET, traded for a token.")] = "",
    header: Annotated[list[str] | None, typer.Option(help="'Name: value' with every request.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Tag, operation or family; repeatable, all when absent.")
    ] = None,
    allow_write: Annotated[
        bool, typer.Option("--allow-write", help="Make and delete things on a target off loopback too.")
    ] = False,
    fixture: Annotated[str, typer.Option(help="What the stand-in begins as.")] = "quickstart",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sarif: Annotated[Path | None, typer.Option(help="File that is written as SARIF 2.1.0.")] = None,
) -> None:
    """Say where recorded answers, or a live target, differ from the contract and the stand-in.

    Exit codes: 0 only notes, 1 differences, 2 a wrong flag or file, 3 nobody there, 4 nothing compared.
    """
    from understudy.cli import drift as command
    from understudy.conformance.drift.documents import open_document
    from understudy.errors import SetupError

    if (spec is None) == (api is None):
        raise SetupError("give one of them: a file, or the name of an API", "--spec, --api")
    if (against is None) == (target is None):
        raise SetupError("give one of them: recorded answers, or a base URL", "--against, --target")
    document = open_document(str(spec or api))
    if against is not None:
        raise typer.Exit(command.judge_records(document, against, as_json, sarif))
    wanted = command.Live(str(target), key, oauth, header or (), only or (), allow_write, fixture)
    raise typer.Exit(command.play(document, wanted, as_json, sarif))


@app.command()
def env(
    form: Annotated[EnvForm, typer.Option("--format", help="How they are written.")] = EnvForm.sh,
    world: options.World = options.DEFAULT,
    url: options.Url = None,
    as_json: options.AsJson = False,
) -> None:
    """Print variables that point clients at a server: eval "$(understudy env)"."""
    from understudy.cli import env as command

    typer.echo(command.render(command.variables(url, world), "json" if as_json else form.value))


@app.command()
def doctor(url: options.Url = None, token: options.Token = None, as_json: options.AsJson = False) -> None:
    """Look for what could keep Understudy from working here; exit code 1 when something does."""
    from understudy.cli import doctor as command
    from understudy.cli import telling

    found = command.examine(url, token)
    if as_json:
        telling.as_json({"findings": found})
    else:
        telling.rows([one["grade"], one["what"], one["cure"]] for one in found)
    raise typer.Exit(1 if any(one["grade"] == "bad" for one in found) else 0)


@app.command("replay-bundle")
def replay_bundle(
    file: Annotated[Path, typer.Argument(help="File that a failed test left.")],
    as_json: options.AsJson = False,
) -> None:
    """Play the calls of a failed test again; 0 when every answer is the same, 1 when one is not."""
    from understudy.cli import bundles, telling

    told = bundles.replay(file)
    if as_json:
        telling.as_json(told)
    else:
        for one in told["differing"]:
            typer.echo(f"call {one['number']} was {one['was']['status']} {one['was']['response_body'][:200]}")
            typer.echo(f"call {one['number']} is  {one['is']['status']} {one['is']['response_body'][:200]}")
        typer.echo(f"{told['test']}: {told['calls']} calls, {len(told['differing'])} answered otherwise")
    raise typer.Exit(1 if told["differing"] else 0)


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


@spec_app.command("proto")
def spec_proto(
    check: Annotated[bool, typer.Option("--check", help="Only say whether it is up to date.")] = False,
) -> None:
    """Write the messages of gRPC from their proto; needs grpcio-tools."""
    from understudy.cli import spec as command

    command.proto(check)


@spec_app.command("diff")
def spec_diff(
    old: Annotated[str, typer.Argument(help="File, or shipped contract: vectara, vectara@seed.")],
    new: Annotated[str, typer.Argument(help="The same, of the newer side.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sarif: Annotated[Path | None, typer.Option(help="File that is written as SARIF 2.1.0.")] = None,
    fail_on: Annotated[Gravity, typer.Option(help="What makes the exit code 1.")] = Gravity.breaking,
) -> None:
    """Compare two contracts: what is breaking, additive or neutral, and why.

    Exit codes: 0 nothing as grave as --fail-on, 1 something, 2 a wrong flag or file.
    """
    from understudy.cli import drift as command

    raise typer.Exit(command.diff(old, new, as_json, sarif, fail_on.value))


@spec_app.command("coverage")
def spec_coverage() -> None:
    """Say which operations of each contract are acted and which are planned."""
    from understudy.cli import spec as command

    command.coverage()


@app.command()
def verify(
    target: Annotated[str, typer.Option(help="Address of the server, such as http://127.0.0.1:4820.")],
    api: Annotated[str | None, typer.Option(help="The contract: vectara, aivax or vectara-v1.")] = None,
    spec: Annotated[Path | None, typer.Option(help="Another contract: a file of OpenAPI 3.0.")] = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="UNDERSTUDY_KEY", help="API key, or $NAME of a variable that holds it."),
    ] = None,
    other_key: Annotated[
        str | None, typer.Option(help="Key of another account, which may see nothing of the first.")
    ] = None,
    oauth: Annotated[str | None, typer.Option(help="CLIENT_ID:CLIENT_SECRET, traded for a token.")] = None,
    header: Annotated[list[str] | None, typer.Option(help="'Name: value' with every request.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Tag, operation or family; repeatable, all when absent.")
    ] = None,
    safe: Annotated[
        bool | None,
        typer.Option(
            "--safe/--allow-write",
            help="Send only what changes nothing; the default where the host is not loopback.",
        ),
    ] = None,
    budget: Annotated[float | None, typer.Option(min=1, help="Seconds for everything.")] = None,
    examples: Annotated[int, typer.Option(min=1, help="Cases for each way of making them.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="The same seed sends the same cases.")] = 0,
    shard: Annotated[str, typer.Option(help="Part K of N, as K/N.")] = "1/1",
    baseline: Annotated[Path | None, typer.Option(help="File of case ids that are known.")] = None,
    report: Annotated[
        str, typer.Option(help="Forms: json, ndjson, junit, html, har, markdown, sarif; with commas.")
    ] = "json",
    out: Annotated[Path, typer.Option(help="Directory of the reports.")] = Path("understudy-report"),
) -> None:
    """Judge a server against a contract, ours or yours.

    Exit codes: 0 nothing found, 1 findings, 2 a wrong flag or file, 3 nobody there, 4 nothing verified,
    130 interrupted.
    """
    from understudy.cli import verify as command

    wanted = command.Wanted(
        api, spec, target, key, other_key, oauth, header or (), only or (), safe, budget, examples, seed,
        shard, baseline, report, out,
    )  # fmt: skip
    raise typer.Exit(command.verify(wanted))


@app.command("replay-case")
def replay_case(
    case: Annotated[str, typer.Argument(help="Id of a finding.")],
    out: Annotated[Path, typer.Option(help="Directory of the reports.")] = Path("understudy-report"),
    target: Annotated[str | None, typer.Option(help="Another server than that of the report.")] = None,
    key: Annotated[str | None, typer.Option(envvar="UNDERSTUDY_KEY", help="API key.")] = None,
) -> None:
    """Send the requests of a finding again; 1 when the answer is the same, 0 when it is not."""
    from understudy.cli import verify as command

    raise typer.Exit(command.replay_case(case, out, target, key))


@app.command("migrate-check")
def migrate_check(
    file: Annotated[Path, typer.Argument(help="Recorded requests of Vectara v1: JSON lines or HAR.")],
    fixture: Annotated[str, typer.Option(help="What the stand-in begins as.")] = "quickstart",
    corpus: Annotated[
        list[str] | None,
        typer.Option(help="NUMBER=KEY: a recorded corpus id and its corpus here; repeatable."),
    ] = None,
) -> None:
    """Tell the v2 request for each recorded one of v1, play both, and show where the answers differ.

    Exit codes: 0 no difference, 1 differences, 2 a wrong flag or file, 4 nothing was recorded.
    """
    from understudy.cli import migrate as command

    raise typer.Exit(command.check(file, fixture, corpus or ()))


@app.command()
def explain(code: Annotated[str, typer.Argument(help="Code of a finding, such as UV104.")]) -> None:
    """Say what a code of a finding means."""
    from understudy.cli import verify as command

    command.explain(code)


SecretOption = Annotated[
    list[str] | None,
    typer.Option(help="A value, or $NAME of a variable, that is secret everywhere; repeatable."),
]
AllowOption = Annotated[
    list[str] | None, typer.Option(help="A text that looks like a secret and is none; repeatable.")
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace-suspicious", help="Replace what looks like a secret instead of refusing.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, all else on stderr.")
]


@app.command()
def record(
    target: Annotated[str, typer.Option(help="vectara, aivax, or the URL of another server.")],
    out: Annotated[Path, typer.Option(help="Cassette that is written.")],
    command: Annotated[
        list[str] | None, typer.Argument(help="After --: a command whose calls are recorded.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 picks a free one.")] = 0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let the target be on this machine or network.")
    ] = False,
    secret: SecretOption = None,
    allow: AllowOption = None,
    replace_suspicious: ReplaceOption = False,
    as_json: JsonOption = False,
    ready_file: Annotated[
        Path | None, typer.Option(help="File that is written with the base URL once calls are taken.")
    ] = None,
) -> None:
    """Pass calls on to a server and keep them, without their secrets, in a cassette.

    Exit codes: that of the command; 0, 1 what looks like a secret kept the cassette from being written,
    2 a wrong flag or file, 3 nobody at the target, 130 interrupted.
    """
    from understudy.cli import record as work

    wanted = work.Wanted(
        target, out, port, allow_private, secret or (), allow or (), replace_suspicious, as_json, ready_file,
        command or (),
    )  # fmt: skip
    raise typer.Exit(work.record(wanted))


@app.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="Cassettes, played as one.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 picks a free one.")
    ] = DEFAULT_PORT,
    speed: Annotated[
        str, typer.Option(help="Gaps between events: recorded, N times as fast, or 0 for none.")
    ] = "0",
    strict: Annotated[
        bool, typer.Option("--strict", help="Order matters, and nothing may be missed or left over.")
    ] = False,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Place that matching leaves out, as body.x.y; repeatable.")
    ] = None,
    as_json: JsonOption = False,
    ready_file: Annotated[
        Path | None, typer.Option(help="File that is written with the base URL once calls are taken.")
    ] = None,
) -> None:
    """Answer from cassettes until SIGINT or SIGTERM.

    Exit codes: 0, 1 with --strict when something was missed or left over, 2 a wrong flag or file.
    """
    from understudy.cli import replay as work

    raise typer.Exit(work.replay(work.Wanted(files, port, speed, strict, ignore or (), as_json, ready_file)))


@cassette_app.command("import")
def cassette_import(
    file: Annotated[Path, typer.Argument(help="A HAR file, or a cassette of VCR.py in YAML.")],
    out: Annotated[Path, typer.Option(help="Cassette that is written.")],
    secret: SecretOption = None,
    allow: AllowOption = None,
    replace_suspicious: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a cassette of what another tool has recorded; its secrets are replaced too.

    Exit codes: 0, 1 what looks like a secret kept it from being written, 2 a wrong flag or file.
    """
    from understudy.cli import cassette as work

    raise typer.Exit(work.take_in(file, out, secret or (), allow or (), replace_suspicious, as_json=as_json))


@cassette_app.command("export")
def cassette_export(
    file: Annotated[Path, typer.Argument(help="A cassette.")],
    out: Annotated[Path, typer.Option(help="HAR 1.2 file that is written.")],
    as_json: JsonOption = False,
) -> None:
    """Write a cassette as HAR. Exit codes: 0, 2 a wrong flag or file."""
    from understudy.cli import cassette as work

    raise typer.Exit(work.hand_out(file, out, as_json=as_json))


@cassette_app.command("promote")
def cassette_promote(
    file: Annotated[Path, typer.Argument(help="A cassette.")],
    out: Annotated[Path, typer.Option(help="Directory of the files; made when it is not there.")],
    as_json: JsonOption = False,
) -> None:
    """Make a scenario of a cassette, and a fixture of what the recorded calls made.

    Exit codes: 0, 2 a wrong flag or file.
    """
    from understudy.cli import cassette as work

    raise typer.Exit(work.promote(file, out, as_json=as_json))


@cassette_app.command("stale")
def cassette_stale(
    files: Annotated[list[Path], typer.Argument(help="Cassettes.")],
    as_json: JsonOption = False,
) -> None:
    """Check recorded requests and answers against the contracts of today.

    Exit codes: 0 all valid, 1 findings, 2 a wrong flag or file.
    """
    from understudy.cli import cassette as work

    raise typer.Exit(work.stale(files, as_json=as_json))
