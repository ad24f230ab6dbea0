"""Intervals: ISO 8601 durations that come again and again."""

from __future__ import annotations

import pytest

from understudy.behaviours.intervals import interval
from understudy.state.clock import parse_stamp, stamp

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("PT1M", MINUTE),
        ("PT90S", 90_000),
        ("PT1H30M", 90 * MINUTE),
        ("P1D", DAY),
        ("P2W", 14 * DAY),
        ("P1DT12H", DAY + DAY // 2),
    ],
)
def test_a_fixed_length_is_counted_to_the_millisecond(text: str, millis: int) -> None:
    every = interval(text)
    assert every.nth(5, 3) == 5 + 3 * millis
    assert [every.count(5, 5 + 3 * millis + more) for more in (-1, 0, 1)] == [2, 3, 3]
    assert every.count(5, 0) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1D",
        "P-1D",
        "PT0.5H",
        "PT59S",
        "PT0M",
        "P0D",
        "P1M2Y",
        "pt1h",
        "P1234567D",
        "P1D\n",
    ],
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|minute"):
        interval(text)


def test_months_and_years_follow_the_calendar() -> None:
    anchor = parse_stamp("2024-01-31T10:00:00Z")
    monthly = interval("P1M")
    told = [stamp(monthly.nth(anchor, number))[:10] for number in range(1, 5)]
    assert told == ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]
    assert monthly.count(anchor, parse_stamp("2024-03-31T09:59:59Z")) == 1
    assert monthly.count(anchor, parse_stamp("2024-03-31T10:00:00Z")) == 2
    leap = parse_stamp("2024-02-29T00:00:00Z")
    assert stamp(interval("P1Y").nth(leap, 1)) == "2025-02-28T00:00:00.000Z"
    assert stamp(interval("P1Y").nth(leap, 4)) == "2028-02-29T00:00:00.000Z"
    assert stamp(interval("P1MT1H").nth(leap, 2)) == "2024-04-29T02:00:00.000Z"
    assert interval("P999999Y").count(leap, parse_stamp("9999-12-31T00:00:00Z")) == 0
