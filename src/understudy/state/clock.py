"""The clock of a world: the only source of time in an answer."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, NamedTuple

Mode = Literal["ticking", "frozen", "real"]
MODES: tuple[Mode, ...] = ("ticking", "frozen", "real")

START_MILLIS = 1_767_225_600_000
"""2026-01-01T00:00:00Z, where every world begins unless its fixture says otherwise."""


LAST_MILLIS = 221_845_392_000_000
"""9000-01-01T00:00:00Z. A clock is not moved further, so that what expires later can still be written."""


class ClockState(NamedTuple):
    """What a snapshot keeps of a clock. `millis` counts from the Unix epoch."""

    mode: Mode = "ticking"
    millis: int = START_MILLIS


class Clock:
    """Time of one world, in milliseconds since the Unix epoch.

    `ticking` moves 1 ms with each change of state, `frozen` only by `advance`, `real` follows the
    machine and is outside the promise of determinism.
    """

    __slots__ = ("state",)

    def __init__(self, state: ClockState | None = None) -> None:
        self.state = state or ClockState()

    @property
    def mode(self) -> Mode:
        return self.state.mode

    def millis(self) -> int:
        """Now, in milliseconds since the epoch."""
        if self.state.mode == "real":
            return time.time_ns() // 1_000_000
        return self.state.millis

    def stamp(self) -> str:
        """Now as the wire writes it: ISO 8601 in UTC with milliseconds and `Z`."""
        return stamp(self.millis())

    def tick(self) -> None:
        """Called by the store once per change of state."""
        if self.state.mode == "ticking":
            self.state = ClockState("ticking", self.state.millis + 1)

    def advance(self, millis: int) -> None:
        """Move time forward by `millis` >= 0; a real clock cannot be moved."""
        if millis < 0:
            raise ValueError("time only moves forward")
        if self.state.mode == "real":
            raise ValueError("a real clock cannot be advanced; use ticking or frozen")
        if self.state.millis + millis > LAST_MILLIS:
            raise ValueError(f"that is too far: the last moment of a world is {stamp(LAST_MILLIS)}")
        self.state = self.state._replace(millis=self.state.millis + millis)

    def set_mode(self, mode: Mode) -> None:
        """Change how time moves; the present moment stays."""
        self.state = ClockState(mode, self.millis())


_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def stamp(millis: int) -> str:
    """Milliseconds since the epoch as ISO 8601 in UTC: `2026-01-01T00:00:00.000Z`."""
    return f"{_second(millis // 1000)}.{millis % 1000:03d}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def parse_stamp(text: str) -> int:
    """An RFC 3339 date-time as milliseconds since the epoch; ValueError when it is none."""
    if not _RFC_3339.fullmatch(text):
        raise ValueError("is not an RFC 3339 date-time with a time zone")
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp() * 1000)
