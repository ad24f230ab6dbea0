"""Intervals: ISO 8601 durations that come again and again, in UTC."""

from __future__ import annotations

import bisect
import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache

SHORTEST = 60_000
"""Milliseconds of the shortest interval."""
_DURATION = re.compile(
    r"P(?=.)(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLI = timedelta(milliseconds=1)
_SHORTEST_MONTH = 28 * 86_400_000
_LAST_MONTH = 9999 * 12 + 11


class Interval:
    """A duration of whole years, months, weeks, days, hours, minutes and seconds, of at least a minute.

    Months and years follow the calendar: a month after 31 January is the last day of February, and the one
    after that 31 March. ValueError for what is no such duration.
    """

    def __init__(self, text: str) -> None:
        parts = _DURATION.fullmatch(text)
        if parts is None:
            raise ValueError("is not an ISO 8601 duration of whole numbers, such as PT90M or P1D")
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        self._months = 12 * years + months
        self._millis = 1000 * (((7 * weeks + days) * 24 + hours) * 3600 + 60 * minutes + seconds)
        if not self._months and self._millis < SHORTEST:
            raise ValueError("is shorter than a minute, PT1M")

    def count(self, anchor: int, until: int) -> int:
        """How often it has passed from one moment up to another, in milliseconds since the epoch."""
        span = max(0, until - anchor)
        if not self._months:
            return span // self._millis
        most = span // (_SHORTEST_MONTH * self._months)
        return bisect.bisect_right(range(1, most + 1), until, key=lambda number: self.nth(anchor, number))

    def nth(self, anchor: int, number: int) -> int:
        """The moment when it has passed for the `number`-th time (>= 1) after another."""
        if not self._months:
            return anchor + number * self._millis
        begun = _EPOCH + anchor * _MILLI
        month = min(begun.year * 12 + begun.month - 1 + number * self._months, _LAST_MONTH)
        year, month = month // 12, month % 12 + 1
        moved = begun.replace(year=year, month=month, day=min(begun.day, monthrange(year, month)[1]))
        return (moved - _EPOCH) // _MILLI + number * self._millis


@lru_cache(maxsize=1024)
def interval(text: str) -> Interval:
    """The interval, read once; ValueError for what is none."""
    return Interval(text)
