"""`understudy state`: worlds of a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from understudy.cli.verbs.options import DEFAULT, AsJson, Token, Url, World, call, done, tell

app = typer.Typer(help="Worlds of a running server: list, save, load, compare, change.", no_args_is_help=True)


@app.command("list")
def state_list(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Names of all worlds."""
    found = call(url, token, "GET", "/worlds")
    tell(found, as_json, [[name] for name in found["worlds"]])


@app.command("inspect")
def state_inspect(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Fixture, seed, clock, dials and counts of a world."""
    tell(call(url, token, "GET", f"/worlds/{world}"), as_json)


@app.command("create")
def state_create(
    name: Annotated[str, typer.Argument(help="Name of the new world.")],
    fixture: Annotated[str | None, typer.Option(help="Shipped fixture.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Shipped scenario.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed.")] = None,
    clock: Annotated[str | None, typer.Option(help="ticking, frozen or real.")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """A fresh world; keys with @NAME lead there."""
    stated = {"name": name, "fixture": fixture, "scenario": scenario, "seed": seed, "clock": clock}
    wanted = {member: value for member, value in stated.items() if value is not None}
    tell(call(url, token, "POST", "/worlds", wanted), as_json)


@app.command("save")
def state_save(
    file: Annotated[Path, typer.Argument(help="File that is written.")],
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Write everything of a world but its journal into one file of JSON."""
    from understudy.cli import files

    files.write_json(file, call(url, token, "GET", f"/worlds/{world}/snapshot"))
    done(f"world '{world}' is saved in {file}", as_json, file=str(file))


@app.command("load")
def state_load(
    file: Annotated[Path, typer.Argument(help="File that `state save` wrote.")],
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Let a world be what a file says; it is made when it is not there."""
    from understudy.cli import files
    from understudy.cli.remote import Remote

    snapshot, remote = files.read_json(file), Remote(url, token)
    if world not in remote.call("GET", "/worlds")["worlds"]:
        remote.call("POST", "/worlds", {"name": world})
    tell(remote.call("PUT", f"/worlds/{world}/snapshot", snapshot), as_json)


@app.command("reset")
def state_reset(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Let a world be as it began."""
    tell(call(url, token, "POST", f"/worlds/{world}/reset"), as_json)


@app.command("fork")
def state_fork(
    name: Annotated[str, typer.Argument(help="Name of the copy.")],
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """A new world that begins where another is."""
    tell(call(url, token, "POST", f"/worlds/{world}/fork", {"name": name}), as_json)


@app.command("delete")
def state_delete(
    name: Annotated[str, typer.Argument(help="Name of the world.")],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Forget a world."""
    call(url, token, "DELETE", f"/worlds/{name}")
    done(f"world '{name}' is gone", as_json)


@app.command("diff")
def state_diff(
    against: Annotated[str | None, typer.Argument(help="Another world; the beginning when left out.")] = None,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """What changed since a world began, or how it differs from another, record by record."""
    found = call(url, token, "GET", f"/worlds/{world}/diff", against=against)
    tell(found, as_json, [[one["change"], one["kind"], one["key"]] for one in found["changes"]])


@app.command("records")
def state_records(
    kind: Annotated[str | None, typer.Option(help="Records of this kind alone.")] = None,
    scope: Annotated[str | None, typer.Option(help="Records of this parent alone.")] = None,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """The records of a world."""
    found = call(url, token, "GET", f"/worlds/{world}/records", kind=kind, scope=scope)
    tell(found, as_json, [[one["kind"], "/".join(one["scope"]), one["id"]] for one in found["records"]])


@app.command("patch")
def state_patch(
    kind: Annotated[str, typer.Argument(help="Kind of the record, as `state records` tells it.")],
    id: Annotated[str, typer.Argument(help="Its id.")],
    value: Annotated[
        str, typer.Argument(help="Members that are to be others, as JSON; null takes one away.")
    ],
    scope: Annotated[list[str] | None, typer.Option(help="Its parents, in order.")] = None,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Give one record other members."""
    from understudy.cli import files

    body = {"kind": kind, "id": id, "scope": scope or [], "value": files.parsed(value, "VALUE")}
    tell(call(url, token, "PATCH", f"/worlds/{world}/records", body)["records"][0], as_json)
