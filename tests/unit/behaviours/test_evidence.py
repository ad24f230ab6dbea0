"""How well what a text mentions suits a property."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.behaviours.evidence import (
    CLEAR,
    ENOUGH,
    MOST_MENTIONS,
    MOST_TEXTS,
    Evidence,
    target,
    value_of,
)
from understudy.behaviours.mentions import Mention

TEXT = {"type": "string"}


def best(text: str, name: str, schema: dict[str, Any] | None = None) -> tuple[str, int]:
    """The text of the mention that suits best, and how well."""
    evidence = Evidence([text])
    scored = [
        (evidence.suits(piece, target(name), schema or TEXT), -piece.number) for piece in evidence.pieces
    ]
    score, place = max(scored)
    return evidence.pieces[-place].mention.text, score


@pytest.mark.parametrize(
    ("text", "name", "mention"),
    [
        ("from Oslo to Rome", "origin", "Oslo"),
        ("from Oslo to Rome", "destination", "Rome"),
        ("Ann is in Oslo", "city", "Oslo"),
        ("Ann is in Oslo", "person", "Ann"),
        ("id: 7, city: Rome, name: Ann", "name", "Ann"),
        ("Bob wrote to ann@example.com", "recipient", "ann@example.com"),
        ("meet tomorrow at 14:30", "time", "14:30"),
        ("meet tomorrow at 14:30", "date", "tomorrow"),
        ("order AB-1 for Ann", "order_id", "AB-1"),
    ],
)
def test_the_clearest_mention_suits_best(text: str, name: str, mention: str) -> None:
    found, score = best(text, name)
    assert found == mention
    assert score >= ENOUGH


def test_a_label_or_unit_is_clear_and_a_mere_number_is_not() -> None:
    whole = {"type": "integer"}
    assert best("3 nights", "nights", whole)[1] >= CLEAR
    assert best("nights: 3", "nights", whole)[1] >= CLEAR
    assert best("30 years old", "age", whole)[1] >= CLEAR
    assert ENOUGH <= best("3 things", "nights", whole)[1] < CLEAR
    assert best("guests: 3", "nights", whole)[1] < CLEAR


def test_older_texts_must_be_clear() -> None:
    evidence = Evidence(["", "I like Ann", "I live in Oslo"])
    suited = [piece.mention.text for piece in evidence.pieces if evidence.suits(piece, target("city"), TEXT)]
    assert suited == ["Oslo"]


def test_the_clause_of_a_tool_is_preferred() -> None:
    evidence = Evidence(["Oslo now and Rome then"], frozenset({1}), frozenset({0}))
    scores = {piece.mention.text: evidence.suits(piece, target("x"), TEXT) for piece in evidence.pieces}
    assert scores["Rome"] > scores["Oslo"]


@pytest.mark.parametrize(
    ("kind", "text", "schema", "value"),
    [
        ("number", "1,250.50", {"type": "number"}, 1250.5),
        ("number", "1.250,50", {"type": "number"}, 1250.5),
        ("number", "1.250.000", {"type": "integer"}, 1250000),
        ("number", "3,5", {"type": "number"}, 3.5),
        ("number", "0,125", {"type": "number"}, 0.125),
        ("number", "3.5", {"type": "integer"}, None),
        ("field", "12 EUR", {"type": "number"}, 12),
        ("field", "€ 12", {"type": "number"}, 12),
        ("name", "Ann", {"type": "number"}, None),
        ("field", "Yes", {"type": "boolean"}, True),
        ("name", "Yes", {"type": "boolean"}, None),
        ("date", "5 May 2026", TEXT, "2026-05-05"),
        ("date", "5 May 2026", {"type": "string", "format": "date-time"}, "2026-05-05T00:00:00Z"),
        ("number", "12", {"type": "string", "format": "time"}, None),
        ("field", "a@example.com", {"type": "string", "format": "email"}, "a@example.com"),
        ("field", "Ann", {"type": "string", "format": "email"}, None),
        ("name", "Ann", {"type": "object"}, None),
    ],
)
def test_a_mention_becomes_a_value(kind: str, text: str, schema: dict[str, Any], value: Any) -> None:
    assert value_of(Mention(kind, text, 0, len(text)), schema) == value


def test_what_is_read_is_bounded() -> None:
    evidence = Evidence(["Ann is 1. " * 5000] * 100)
    assert len(evidence.read) == MOST_TEXTS
    assert len(evidence.pieces) == MOST_MENTIONS
