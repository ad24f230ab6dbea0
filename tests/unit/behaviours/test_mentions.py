"""The things that a text names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.behaviours.mentions import MOST, Mention, clause_starts, mentions


def found(text: str, *kinds: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in mentions(text) if not kinds or one.kind in kinds]


def only(text: str, kind: str) -> Mention:
    (one,) = (one for one in mentions(text) if one.kind == kind)
    return one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail ann.lee@example.co.uk.", [("email", "ann.lee@example.co.uk")]),
        ("see https://example.com/a(b)?c=1.", [("url", "https://example.com/a(b)?c=1")]),
        ("on 5 May 2026", [("date", "5 May 2026")]),
        ("on 2026-05-05", [("date", "2026-05-05")]),
        ("at 2026-05-05T14:30Z", [("datetime", "2026-05-05T14:30Z")]),
        ("at 14:30", [("time", "14:30")]),
        ("at 2 pm", [("time", "2 pm")]),
        ("by tomorrow", [("day", "tomorrow")]),
        ("order AB-12", [("id", "AB-12")]),
        ("order #7731", [("id", "7731")]),
        ("pay 1,250.50!", [("number", "1,250.50")]),
        ("is -5°C", [("number", "-5")]),
        ("“a b” and 'c'", [("quoted", "a b"), ("quoted", "c")]),
        ("id 123e4567-e89b-12d3-a456-426614174000", [("uuid", "123e4567-e89b-12d3-a456-426614174000")]),
        ("is Rio de Janeiro nice", [("name", "Rio de Janeiro")]),
        ("is it Ann Lee, Bob?", [("name", "Ann Lee"), ("name", "Bob")]),
        ("in new york", [("object", "new york")]),
        ("in the kitchen", [("object", "kitchen")]),
        ("in oslo and rome?", [("object", "oslo"), ("object", "rome")]),
        ("in oslo and book a room", [("object", "oslo")]),
        ("has 3 red apples and", [("number", "3"), ("counted", "red apples")]),
        ("has two pears", [("number", "2"), ("counted", "pears")]),
        ("say it saying I am late", [("text", "I am late")]),
        ("10-20 3.5x", [("id", "10-20"), ("number", "3"), ("id", "5x")]),
        ("", []),
        ("what is it?", []),
    ],
)
def test_kinds_of_mentions(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_fields_stand_behind_their_labels() -> None:
    text = "Order: Name: Ann Lee\ntotal = 1,250.50 EUR; city: Oslo, at 14:30 see http://x.y"
    fields = [(one.label, one.text) for one in mentions(text) if one.kind == "field"]
    assert fields == [("Name", "Ann Lee"), ("total", "1,250.50 EUR"), ("city", "Oslo")]
    assert ("name", "Name") not in found(text)


def test_a_mention_knows_the_words_around_it() -> None:
    one = only("Hello. Please book 3 nights, and a car", "number")
    assert (one.before, one.after) == (("book", "please"), ("nights", "and", "a"))
    assert only("Ann sings", "name").opens
    assert not only("I am Ann", "name").opens
    assert not only("name: Ann", "name").opens


def test_mentions_in_one_breath_are_joined() -> None:
    assert [one.joined for one in mentions("for Oslo, Rome and Paris but Bonn") if one.kind == "name"] == [
        False,
        True,
        True,
        False,
    ]


def test_clauses_are_counted() -> None:
    text = "Where is Ann and where is Bob? I like Cy, too"
    assert [one.clause for one in mentions(text) if one.kind == "name"] == [0, 1, 2]
    assert len(clause_starts(text)) == 4


@given(st.text(alphabet="ab A1.,:@'\"-\n€#“”/é图", max_size=60))
def test_mentions_stand_where_they_say(text: str) -> None:
    for one in mentions(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.kind == "number" or one.text in text[one.start : one.end]


def test_there_are_at_most_so_many() -> None:
    assert len(mentions("Ann sees 1. " * 1000)) == MOST


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        "'a ",
        "“",
        "«",
        "`a",
        "A ",
        "a: ",
        "a ",
        "a",
        "1,",
        "1",
        "a@",
        "a.",
        "-",
        "#",
        "in ",
        "in a and ",
        " ",
        "\n",
        "5 May ",
        "saying ",
    ],
)
def test_hostile_texts_cost_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    mentions(text)
    assert time.process_time() - start < 2
