"""Dates and times as people write them."""

from __future__ import annotations

import re

import pytest

from understudy.behaviours.dates import DATE, DATE_TIME, TIME, iso_date, iso_date_time, iso_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-05", "2026-05-05"),
        ("5 May 2026", "2026-05-05"),
        ("5th of May 2026", "2026-05-05"),
        ("May 5, 2026", "2026-05-05"),
        ("5. Mai 2026", "2026-05-05"),
        ("1er août 2026", "2026-08-01"),
        ("5 de mayo de 2026", "2026-05-05"),
        ("5 de março de 2026", "2026-03-05"),
        ("05.06.2026", "2026-06-05"),
        ("5/6/2026", "2026-06-05"),
        ("12/31/2026", "2026-12-31"),
        ("29 Feb 2028", "2028-02-29"),
    ],
)
def test_dates_are_read(text: str, expected: str) -> None:
    assert re.fullmatch(DATE, text)
    assert iso_date(text) == expected


@pytest.mark.parametrize(
    "text", ["30 February 2026", "2026-13-01", "32.01.2026", "May 2026", "5 May", "", "0000-01-01"]
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert iso_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2:30 pm", "14:30:00"),
        ("12 am", "00:00:00"),
        ("12 p.m.", "12:00:00"),
        ("14:30:15", "14:30:15"),
        ("8 Uhr", "08:00:00"),
        ("8h30", "08:30:00"),
        ("25:00", None),
        ("13 pm", None),
        ("14:61", None),
        ("noon", None),
    ],
)
def test_times_are_read(text: str, expected: str | None) -> None:
    assert iso_time(text) == expected
    assert expected is None or re.fullmatch(TIME, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-05T14:30:00Z", "2026-05-05T14:30:00Z"),
        ("2026-05-05 14:30", "2026-05-05T14:30:00Z"),
        ("2026-05-05T14:30+0200", "2026-05-05T14:30:00+02:00"),
        ("2026-05-05T14:30:01.5-05:00", "2026-05-05T14:30:01-05:00"),
        ("2026-02-30T14:30", None),
        ("2026-05-05T25:30", None),
    ],
)
def test_instants_are_read(text: str, expected: str | None) -> None:
    assert re.fullmatch(DATE_TIME, text)
    assert iso_date_time(text) == expected


def test_a_day_alone_is_its_beginning() -> None:
    assert iso_date_time("2026-05-05") == "2026-05-05T00:00:00Z"
