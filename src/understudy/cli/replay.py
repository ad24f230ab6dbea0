"""`understudy replay`: answers from cassettes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.cli import playing, telling
from understudy.cli.serve import base_url, listen
from understudy.errors import SetupError
from understudy.playback import cassettes, matching
from understudy.playback.player import Player
from understudy.state.files import write_address

INTERRUPTED = 130


@dataclass(frozen=True)
class Wanted:
    """The flags of `replay`, as they were given."""

    files: Sequence[Path]
    port: int
    speed: str
    strict: bool
    ignore: Sequence[str]
    as_json: bool
    ready_file: Path | None


def replay(wanted: Wanted) -> int:
    """Serve recordings until a signal; 1 when strict and something was unused or missed."""
    for place in wanted.ignore:
        if not matching.is_place(place):
            raise SetupError(f"'{place}' is no place such as body.search.limit or query.limit", "--ignore")
    speed = _speed(wanted.speed)
    tapes = [cassettes.load(file) for file in wanted.files]
    tell = playing.teller(wanted.as_json)
    player = Player(
        tapes,
        playing.places(),
        strict=wanted.strict,
        speed=speed,
        ignore=wanted.ignore,
        hosts=playing.hosts(),
        tell=tell,
    )
    listener = listen("127.0.0.1", wanted.port)
    url = base_url("127.0.0.1", listener.getsockname()[1])

    def started() -> None:
        tell(f"serving {len(player)} interactions on {url}   what was not recorded answers 503")
        if wanted.ready_file is not None:
            write_address(wanted.ready_file, url)

    try:
        asyncio.run(playing.Foreground(player, started).serve(sockets=[listener]))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        listener.close()
    return _end(wanted, player, tell)


def _speed(text: str) -> float:
    """How many times as fast as recorded; 0 for no gaps."""
    if text == "recorded":
        return 1.0
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 1_000_000:
        raise SetupError(
            f"'{text}' is neither 'recorded' nor a number such as 4, or 0 for no gaps", "--speed"
        )
    return speed


def _end(wanted: Wanted, player: Player, tell: Callable[[str], None]) -> int:
    unused, misses = player.unused, player.misses
    tell(f"used {len(player) - len(unused)} of {len(player)}, {len(misses)} missed")
    if wanted.strict:
        for one in unused:
            tell(f"  unused  {one.name}  ({one.where})")
        for miss in misses:
            tell(f"  missed  {miss}")
    failed = wanted.strict and bool(unused or misses)
    if wanted.as_json:
        told: dict[str, Any] = {
            "interactions": len(player),
            "hits": player.hits,
            "unused": [{"entry": one.number, "where": one.where, "name": one.name} for one in unused],
            "missed": [one.plain() for one in misses],
            "strict": wanted.strict,
            "passed": not failed,
        }
        telling.as_json(told)
    return int(failed)
