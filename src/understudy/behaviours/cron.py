"""Cron: when a line of five fields is due, in UTC, and how often it was due between two moments."""

from __future__ import annotations

import bisect
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from cronsim import CronSim, CronSimError

LONGEST = 100
"""Characters of an expression."""
LAST_MINUTE = 253_402_300_740_000 // 60_000
"""The last minute of the year 9999, after which nothing is due. Minutes count from the Unix epoch."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60
_CYCLE = 400 * 12
"""Months after which the calendar repeats, days of the week included."""


class Cron:
    """A cron expression: minute, hour, day of month, month, day of week.

    Lists, ranges, steps and English names of months and days are read. When neither kind of day begins
    with a star, either of them is enough. ValueError for what is no such expression.
    """

    def __init__(self, expression: str) -> None:
        if len(expression) > LONGEST or len(expression.split()) != 5:
            raise ValueError("is not a cron expression of five fields")
        try:
            fields = CronSim(expression, _EPOCH)
        except CronSimError as error:
            raise ValueError(f"is not a cron expression: {error}") from None
        self._times = sorted(60 * hour + minute for hour in fields.hours for minute in fields.minutes)
        self._days = _days(*expression.upper().split()[2:])

    def count(self, after: int, until: int) -> int:
        """How often it is due after one moment and up to another, in milliseconds since the epoch."""
        return max(0, self._up_to(until // 60_000) - self._up_to(after // 60_000))

    def nth(self, after: int, number: int) -> int | None:
        """The moment when it is due for the `number`-th time (>= 1) after another; None for never."""
        wanted = self._up_to(after // 60_000) + number
        due: Callable[[int], int] = self._up_to
        minute = bisect.bisect_left(range(LAST_MINUTE + 1), wanted, key=due)
        return None if minute > LAST_MINUTE else minute * 60_000

    def _up_to(self, minute: int) -> int:
        """How often it is due from the beginning of the epoch up to and including a minute."""
        day, time = divmod(min(minute, LAST_MINUTE), _DAY)
        before, today = self._days.before(_EPOCH.date() + timedelta(days=day))
        return before * len(self._times) + (bisect.bisect_right(self._times, time) if today else 0)


class _Days:
    """The days on which an expression is due."""

    def __init__(self, fields: CronSim) -> None:
        self._fields = fields
        self._layouts: dict[tuple[int, int, int], list[int]] = {}
        counts = (len(self._of_month(1970 + month // 12, month % 12 + 1)) for month in range(_CYCLE))
        self._sums = list(accumulate(counts, initial=0))

    def before(self, day: date) -> tuple[int, bool]:
        """How many there are from the beginning of the epoch to the day before, and whether it is one."""
        cycles, month = divmod((day.year - 1970) * 12 + day.month - 1, _CYCLE)
        due = self._of_month(day.year, day.month)
        return cycles * self._sums[-1] + self._sums[month] + bisect.bisect_left(due, day.day), day.day in due

    def _of_month(self, year: int, month: int) -> list[int]:
        layout = (month, *monthrange(year, month))
        if layout not in self._layouts:
            days = range(1, layout[2] + 1) if month in self._fields.months else ()
            self._layouts[layout] = [day for day in days if self._fields.match_day(date(year, month, day))]
        return self._layouts[layout]


@lru_cache(maxsize=256)
def _days(day: str, month: str, weekday: str) -> _Days:
    """Made once for all expressions that differ in their times alone."""
    return _Days(CronSim(f"0 0 {day} {month} {weekday}", _EPOCH))


@lru_cache(maxsize=1024)
def cron(expression: str) -> Cron:
    """The expression, read once; ValueError for what is none."""
    return Cron(expression)
