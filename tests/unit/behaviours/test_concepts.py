"""Words of five languages that mean the same."""

from __future__ import annotations

import pytest

from understudy.behaviours.concepts import (
    concepts_of,
    content_concepts,
    name_concepts,
    name_words,
    telling_concepts,
)


@pytest.mark.parametrize("word", ["weather", "wetter", "météo", "tiempo", "tempo", "raining"])
def test_words_with_the_same_meaning_are_one_concept(word: str) -> None:
    assert concepts_of([word]) == ["weather"]


def test_other_words_are_their_stems() -> None:
    assert concepts_of(["policies", "図書", "7731"]) == ["polici", "図書", "7731"]


def test_a_concept_has_its_own_word() -> None:
    assert concepts_of(["open", "opening"]) == ["open", "open"]


def test_names_in_code_are_taken_apart() -> None:
    assert name_words("get_orderStatus2") == ["get", "order", "status2"]
    assert name_words("HTTPServer-URL") == ["http", "server", "url"]
    assert name_concepts("getCurrentWeatherData") == ["weather"]
    assert len(name_words("x" * 10_000)) == 1


def test_words_that_all_descriptions_have_tell_nothing() -> None:
    assert telling_concepts("Returns the current weather for a specified city") == ["weather", "citi"] or (
        telling_concepts("Returns the current weather for a specified city") == ["return", "weather", "citi"]
    )
    assert content_concepts("When is the kiln open?") == ["kiln", "open"]
