"""Whether a sentence asks something."""

from __future__ import annotations

import pytest

from understudy.behaviours.questions import is_question


@pytest.mark.parametrize(
    "sentence",
    [
        "You open at nine?",
        "when do you open",
        "Wo ist das",
        "どこですか？",
        "He said “why?”",
        "¿Qué es?",
        "and what is it",
    ],
)
def test_questions_are_known_by_their_mark_or_first_word(sentence: str) -> None:
    assert is_question(sentence)


@pytest.mark.parametrize(
    "sentence", ["", "We open at nine.", "I know what it is.", "Issues are closed", "? no"]
)
def test_statements_are_none(sentence: str) -> None:
    assert not is_question(sentence)
