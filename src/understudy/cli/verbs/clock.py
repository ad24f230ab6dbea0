"""`understudy clock`: the time of a world."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from understudy.cli.verbs.options import DEFAULT, AsJson, Token, Url, World, call, tell

app = typer.Typer(help="The time of a world.", no_args_is_help=True)


@app.command("show")
def clock_show(world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """The time of a world."""
    found = call(url, token, "GET", f"/worlds/{world}/clock")
    tell(found, as_json, [[found["now"], found["mode"]]])


@app.command("advance")
def clock_advance(
    by: Annotated[str, typer.Argument(help="How far: 90s, 30m, 2h, 1d or 1500ms.")],
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Move the time of a world forward."""
    found = call(url, token, "POST", f"/worlds/{world}/clock", {"advance_millis": _millis(by)})
    tell(found, as_json, [[found["now"], found["mode"]]])


@app.command("set")
def clock_set(
    mode: Annotated[str, typer.Argument(help="ticking, frozen or real.")],
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """How the time of a world goes on."""
    found = call(url, token, "POST", f"/worlds/{world}/clock", {"mode": mode})
    tell(found, as_json, [[found["now"], found["mode"]]])


_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def _millis(text: str) -> int:
    from understudy.errors import SetupError

    match = re.fullmatch(r"([0-9]+)(ms|s|m|h|d)", text, re.ASCII)
    if match is None:
        raise SetupError(f"{text!r} is no duration; write 90s, 30m, 2h, 1d or 1500ms", "BY")
    return int(match[1]) * _UNITS[match[2]]
