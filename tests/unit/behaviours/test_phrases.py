"""Phrases in five languages, and the courtesies that they answer."""

from __future__ import annotations

import pytest

from understudy.behaviours.phrases import _PHRASES, courtesy, is_lacking, language_of, listed, say

LANGUAGES = {"eng", "deu", "fra", "spa", "por"}


@pytest.mark.parametrize("phrase", _PHRASES)
def test_every_phrase_is_there_in_every_language(phrase: str) -> None:
    forms = _PHRASES[phrase]
    assert set(forms) == LANGUAGES
    assert len({"{what}" in form for form in forms.values()}) == 1


def test_other_languages_hear_english() -> None:
    assert say("farewell", "jpn") == "Goodbye!"
    assert say("noted", "deu", "{what}!") == "Notiert: {what}!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello!", ("greeting", "eng")),
        ("hi there, how are you?", ("greeting", "eng")),
        ("Guten Morgen", ("greeting", "deu")),
        ("Vielen Dank für die Hilfe!", ("thanks", "deu")),
        ("Merci beaucoup", ("thanks", "fra")),
        ("¡Hola! ¿Qué tal?", ("greeting", "spa")),
        ("Muito obrigada pela ajuda", ("thanks", "por")),
        ("Au revoir", ("farewell", "fra")),
        ("ok", ("agreed", "eng")),
        ("Hello, where is my order?", None),
        ("Thanks to you the tent broke", None),
        ("history", None),
        ("", None),
        ("hello " * 40, None),
    ],
)
def test_courtesies_ask_for_nothing(text: str, expected: tuple[str, str] | None) -> None:
    assert courtesy(text) == expected


def test_the_language_is_that_of_the_first_text_that_tells() -> None:
    assert language_of(["Danke"]) == "deu"
    assert language_of(["7731", "Wo ist meine Bestellung?"]) == "deu"
    assert language_of(["7731"]) == "eng"
    assert language_of([]) == "eng"


def test_things_are_listed() -> None:
    assert listed(["a", "b", "c"], "fra") == "a, b et c"
    assert listed(["a"], "eng") == "a"
    assert listed([], "eng") == ""


def test_our_own_lack_is_known_again() -> None:
    assert is_lacking(say("lacking", "spa"))
    assert not is_lacking("The kiln opens at noon.")
