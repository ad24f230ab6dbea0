"""Cron: what is due, compared with a look at every minute; what is no expression; the ends of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from understudy.behaviours.cron import LAST_MINUTE, cron
from understudy.state.clock import parse_stamp, stamp

START = parse_stamp("2026-01-01T10:30:20Z")  # a Thursday
MINUTE = 60_000


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("0 9 * * 1", ["2026-01-05T09:00", "2026-01-12T09:00"]),
        ("0 9 * * MON", ["2026-01-05T09:00", "2026-01-12T09:00"]),
        ("0 9 * * 0", ["2026-01-04T09:00"]),
        ("0 9 * * 7", ["2026-01-04T09:00"]),
        ("30 10 * * *", ["2026-01-02T10:30"]),
        ("31 10 * * *", ["2026-01-01T10:31", "2026-01-02T10:31"]),
        ("*/20 * * * *", ["2026-01-01T10:40", "2026-01-01T11:00"]),
        ("0 8,20 * * mon-fri", ["2026-01-01T20:00", "2026-01-02T08:00", "2026-01-02T20:00"]),
        ("15 6 1-3,31 jan,mar *", ["2026-01-02T06:15", "2026-01-03T06:15", "2026-01-31T06:15"]),
        ("0 0 13 * 5", ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("5 0 */10 * *", ["2026-01-11T00:05", "2026-01-21T00:05"]),
    ],
)
def test_when_it_is_due(line: str, due: list[str]) -> None:
    told = [cron(line).nth(START, number) for number in range(1, len(due) + 1)]
    assert [stamp(at)[:16] for at in told if at is not None] == due


def by_hand(minute: datetime, weekday: bool = False) -> bool:
    return minute.minute in (0, 30) and minute.hour in (8, 17) and minute.weekday() < 5 and minute.month != 2


def test_counts_are_those_of_a_look_at_every_minute() -> None:
    line = cron("*/30 8,17 * jan,mar-dec 1-5")
    start = datetime(2026, 1, 30, 12, 7, tzinfo=UTC)
    seen = 0
    for number in range(1, 60 * 24 * 40):
        now = start + timedelta(minutes=number)
        seen += by_hand(now)
        if number % 997 == 0:
            assert line.count(int(start.timestamp()) * 1000, int(now.timestamp()) * 1000) == seen
    assert seen > 0


def test_what_is_counted_is_what_is_due() -> None:
    line = cron("*/7 3 */2 * sat")
    for number in (1, 2, 10, 1000, 123_456):
        at = line.nth(START, number)
        assert at is not None
        assert line.count(START, at) == number
        assert line.count(START, at - MINUTE) == number - 1


def test_time_that_runs_back_counts_nothing() -> None:
    assert cron("* * * * *").count(START, START - 10 * MINUTE) == 0


def test_a_minute_for_eight_thousand_years_is_counted_at_once_and_ends() -> None:
    line, last = cron("* * * * *"), LAST_MINUTE * MINUTE
    assert line.count(START, last) == LAST_MINUTE - START // MINUTE
    assert line.count(START, last + 10**12) == line.count(START, last)
    assert line.nth(last - MINUTE, 1) == last
    assert line.nth(last, 1) is None
    assert cron("0 0 1 1 *").nth(START, 10_000) is None


@pytest.mark.parametrize(
    "line",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
        "a * * * *", "*/0 * * * *", "5-1 * * * *", "1, * * * *", "0 0 30 2 *", "@daily", "-1 * * * *",
        "0 0 1/1/1/1" + "/1" * 60 + " * *", "١ * * * *",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cron expression"):
        cron(line)
