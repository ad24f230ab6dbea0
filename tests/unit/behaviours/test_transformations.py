"""What is made of the words of a message."""

from __future__ import annotations

import time

import pytest

from understudy.behaviours.transformations import READ_CHARACTERS, asks_to_look, quoted, transformed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reply with exactly the word: PONG", "PONG"),
        ("If you can see this image, reply with exactly the word: VISIBLE", "VISIBLE"),
        ("Reply with the word PONG and nothing else.", "PONG"),
        ("Say exactly 'hi there'", "hi there"),
        ("Please respond with exactly: I am here.", "I am here."),
        ("Repeat after me: I like cheese", "I like cheese"),
        ("Repeat: abc", "abc"),
        ("echo hello world", "hello world"),
        ("Say hello", "hello"),
        ("Return exactly this text: <b>x</b>", "<b>x</b>"),
        ("Antworte genau mit dem Wort: JA", "JA"),
        ("Répétez exactement : bonjour", "bonjour"),
        ("Responde exactamente: hola", "hola"),
        ("Responda apenas com a palavra: sim", "sim"),
        ("Convert to upper case: hello", "HELLO"),
        ("Write hello in capital letters", "HELLO"),
        ("In Großbuchstaben: straße", "STRASSE"),
        ('lowercase "ABC"', "abc"),
        ("How many words are in 'a b c'?", "3"),
        ("Wie viele Wörter hat der Satz: eins zwei", "2"),
        ("Count the words:\none two\nthree", "3"),
        ("Reverse this list: a, b, c", "c, b, a"),
        ("Reverse the word hello", "olleh"),
        ("Reverse this list:\n1\n2", "2\n1"),
        ("Summarize: Tents are green. Tents are green.", "Tents are green."),
    ],
)
def test_what_is_asked_for_is_done(text: str, expected: str) -> None:
    assert transformed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is the reverse gear?",
        "How many words do you know?",
        "Answer briefly.",
        "Say something nice to my friend",
        "Reply with one sentence",
        "What does upper case mean?",
        "I only repeat what I heard",
        "Summarize our conversation",
        "Tell me the word",
        "Reply with exactly the word: " + "x" * READ_CHARACTERS,
    ],
)
def test_other_messages_are_left_alone(text: str) -> None:
    assert transformed(text) is None


def test_what_depends_on_seeing_is_known() -> None:
    assert asks_to_look("If you can hear this audio, reply with exactly the word: AUDIBLE")
    assert asks_to_look("Wenn du das Bild sehen kannst, antworte mit dem Wort: JA")
    assert not asks_to_look("Reply with exactly the word: PONG")


def test_quoted_words_are_found() -> None:
    assert quoted("a \"b c\" and 'd' and “e” but don't") == ["b c", "d", "e"]


@pytest.mark.parametrize(
    "unit", ["reply with ", "say the word ", '"', "'a ", "count the words ", " ", ":", "reverse\n"]
)
def test_hostile_messages_cost_linear_time(unit: str) -> None:
    start = time.process_time()
    transformed((unit * READ_CHARACTERS)[:READ_CHARACTERS])
    assert time.process_time() - start < 1
