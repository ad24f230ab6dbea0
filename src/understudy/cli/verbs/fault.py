"""`understudy fault`: what goes wrong on purpose."""

from __future__ import annotations

from typing import Annotated

import typer

from understudy.cli.verbs.options import DEFAULT, AsJson, Token, Url, World, call, done, tell

app = typer.Typer(help="What goes wrong on purpose.", no_args_is_help=True)


@app.command("list")
def fault_list(world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """The faults of a world, with how often each fired."""
    from understudy.cli import files

    found = call(url, token, "GET", f"/worlds/{world}/faults")
    hidden = ("name", "operation", "met", "fired")
    table = [
        [one["name"], one["operation"], f"fired {one['fired']} of {one['met']}",
         files.compact({k: v for k, v in one.items() if k not in hidden})]
        for one in found["faults"]
    ]  # fmt: skip
    tell(found, as_json, table)


@app.command("add")
def fault_add(
    operation: Annotated[str, typer.Argument(help="Operation id, tag, api:operation, or *.")],
    status: Annotated[int | None, typer.Option(help="Answered instead of acting.")] = None,
    retry_after: Annotated[float | None, typer.Option(help="Seconds, told beside the status.")] = None,
    latency: Annotated[float | None, typer.Option(help="Milliseconds before anything happens.")] = None,
    times: Annotated[int | None, typer.Option(min=1, help="At most so often.")] = None,
    skip: Annotated[int | None, typer.Option(min=0, help="So many calls go well first.")] = None,
    probability: Annotated[float | None, typer.Option(min=0, max=1, help="Share of the calls.")] = None,
    more: Annotated[
        str | None, typer.Option("--set", help='Other members as JSON: {"stream": {"cut_after": 2}}')
    ] = None,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Let something go wrong, see docs/reference/faults.md."""
    from understudy.cli import files
    from understudy.errors import SetupError

    stated = {"operation": operation, "status": status, "retry_after": retry_after, "latency": latency,
              "times": times, "skip": skip, "probability": probability}  # fmt: skip
    wanted = {name: value for name, value in stated.items() if value is not None}
    if more is not None:
        members = files.parsed(more, "--set")
        if not isinstance(members, dict):
            raise SetupError(f'{more!r} is no JSON object, such as {{"reset": true}}', "--set")
        wanted |= members
    tell(call(url, token, "POST", f"/worlds/{world}/faults", wanted), as_json)


@app.command("remove")
def fault_remove(
    name: Annotated[str | None, typer.Argument(help="Name of the fault; all when left out.")] = None,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Take a fault away, or all."""
    from urllib.parse import quote

    rest = f"/{quote(name, safe='')}" if name is not None else ""
    call(url, token, "DELETE", f"/worlds/{world}/faults{rest}")
    done(f"fault '{name}' is gone" if name else f"world '{world}' has no faults", as_json)
