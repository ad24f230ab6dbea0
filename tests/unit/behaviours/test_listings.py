"""Things that a text lists."""

from __future__ import annotations

import time

import pytest

from understudy.behaviours.listings import MOST, listing_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please buy milk, eggs and bread to the kitchen.", ["milk", "eggs", "bread"]),
        ("Add two apples, three pears and bread", ["two apples", "three pears", "bread"]),
        ("Kaufe Milch, Eier und Brot", ["Milch", "Eier", "Brot"]),
        ("Invite Bob and Alice tomorrow", ["Bob", "Alice"]),
        ("- milk\n- two eggs\n", ["milk", "two eggs"]),
        ("1. first thing\n2) second thing", ["first thing", "second thing"]),
        ("colours: red, green", ["red", "green"]),
        ("Nothing is listed here.", []),
        ("This is long and that is a very long clause with many words in it", []),
        ("", []),
        ("and, and", []),
    ],
)
def test_listed_things_are_found(text: str, expected: list[str]) -> None:
    assert listing_of(text) == expected


def test_of_several_listings_the_named_one_is_meant() -> None:
    text = "I met Ann and Bob. The colours are red and green."
    assert listing_of(text) == ["Ann", "Bob"]
    assert listing_of(text, frozenset({"colour"})) == ["red", "green"]


def test_a_listing_has_an_end() -> None:
    assert len(listing_of("- a\n" * 1000)) == MOST
    assert len(listing_of("a, " * 1000 + "b")) == MOST


@pytest.mark.parametrize("unit", ["a, ", "\n", " ", "- ", "a and ", ",", "1", "A b "])
def test_hostile_texts_cost_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    listing_of(text)
    assert time.process_time() - start < 2
