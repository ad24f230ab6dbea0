"""When something that happens again and again was due, without anything that waits for it."""

from __future__ import annotations

from collections.abc import Callable

from understudy.behaviours.cron import Cron
from understudy.behaviours.intervals import Interval


def due(timer: Cron | Interval, anchor: int, since: int, now: int) -> tuple[int, Callable[[int], int]]:
    """How often it was due after `since` and up to `now`, and when for the n-th time (>= 1) of them.

    Moments are milliseconds since the epoch; an interval counts from `anchor`.
    """
    if isinstance(timer, Interval):
        before = timer.count(anchor, since)
        return timer.count(anchor, now) - before, lambda number: timer.nth(anchor, before + number)

    def moment(number: int) -> int:
        found = timer.nth(since, number)
        assert found is not None  # only asked for what was counted
        return found

    return timer.count(since, now), moment
