"""The filter language of Browse Documents: flags, quotes, free text, and no way to be wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.apis.aivax.document_filters import DocumentFilter

LAMP: dict[str, Any] = {
    "id": "01941f29-7c00-7000-a000-000000000031",
    "name": "Lamp manual",
    "contents": "The Lamp runs for nine hours.\nCharging takes two.",
    "reference": "Manuals 2026",
    "tags": ["Light", "two words"],
}


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "-t light", "-t LIGHT", '-t "two words"', "-t 'Two Words'", '-r "Manuals 2026"', "-c nine",
        "-c 'nine HOURS'", '-c "hours.\nCharging"', "-n manual", "-n LAMP", "-i 01941F29", "-i 000031",
        "-t light -n lamp -c charging", "-t light -t 'two words'", "-n 'lamp' -t light", "lamp", "nine hours",
        "'nine hours'", "00000031", "Lamp manual", "nine -t light hours", "-c '", "-n", "lamp -t",
        '-c "nine hours', "-c 'takes two.",
    ],
)  # fmt: skip
def test_what_lets_the_document_through(text: str) -> None:
    assert DocumentFilter(text).accepts(LAMP)


@pytest.mark.parametrize(
    "text",
    [
        "-t lig", "-t two words", '-r "manuals 2026"', "-r Manuals", "-c ten", "-n runs", "-i lamp",
        "-x lamp",
        "tent", "hours nine", "-t light -n tent", "-t -n", "'-t' light", '"-n" lamp', "-tlight",
        "-t light lamp tent", "-r ''",
    ],
)  # fmt: skip
def test_what_does_not(text: str) -> None:
    assert not DocumentFilter(text).accepts(LAMP)


def test_an_empty_value_is_a_value() -> None:
    empty = DocumentFilter('-t ""')
    assert not empty.accepts(LAMP)
    assert empty.accepts({**LAMP, "tags": ["", "Light"]})


def test_a_document_without_a_reference_has_none() -> None:
    assert not DocumentFilter("-r None").accepts({**LAMP, "reference": None})


@given(st.text(min_size=1).map(str.strip).filter(bool))
def test_a_document_is_found_by_its_whole_name(name: str) -> None:
    assert DocumentFilter(name).accepts({**LAMP, "name": name})


@given(st.lists(st.sampled_from(["-t", "-r", "-c", "-n", "-i", "-x", '"', "'", " ", "a", "\n", "\0"])))
def test_no_filter_is_refused(pieces: list[str]) -> None:
    assert DocumentFilter(" ".join(pieces)).accepts(LAMP) in (True, False)


def test_a_long_filter_takes_no_longer_than_it_must() -> None:
    assert not DocumentFilter("'" + '"' * 200_000 + "' -t x").accepts(LAMP)
