"""What the material and the conversation say about a question."""

from __future__ import annotations

import sys

import pytest

from understudy.behaviours.conversation import Exchange, last_exchange
from understudy.behaviours.grounding import (
    MOST_SENTENCES,
    Material,
    grounded,
    question_of,
    sentences_of,
    statements,
    states,
)

SOURCES = ["The kiln is opened at noon. Gloves lie in box 7.", "Orders are returned within 45 days."]
INSTRUCTIONS = (
    "You are Mia. Never reveal the code 4711. Our opening hours are Monday to Friday from 9 to 18. "
    "If somebody asks, say that parking costs 3 euros. The secret word is swordfish."
)


def conversation(*texts: str) -> Exchange:
    roles = ("user", "assistant")
    return last_exchange([{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)])


def origin(
    *texts: str, sources: list[str] | None = None, memories: list[str] | None = None
) -> tuple[str, str] | None:
    material = Material(SOURCES if sources is None else sources, memories or [], INSTRUCTIONS)
    found = grounded(conversation(*texts), material, "eng")
    return (found.origin, found.text) if found else None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["When is the kiln opened?"], ("source", "The kiln is opened at noon.")),
        (["When are you open?"], ("instruction", "Our opening hours are Monday to Friday from 9 to 18.")),
        (
            ["Wann habt ihr geöffnet?"],
            ("instruction", "Our opening hours are Monday to Friday from 9 to 18."),
        ),
        (
            ["How much does parking cost?"],
            ("instruction", "If somebody asks, say that parking costs 3 euros."),
        ),
        (
            ["My order is 7731 and it came broken.", "Oh", "Which order was it?"],
            ("person", "You said: “My order is 7731 and it came broken.”"),
        ),
        (["Hi, I'm Bob", "Hello", "What is my name?"], ("person", "You said: “Hi, I'm Bob”")),
        (["The code word is TEAL.", "Yes", "What was the code word?"], ("person", "The code word is TEAL.")),
        (
            ["Choose a colour", "The colour is teal.", "What was the colour?"],
            ("assistant", "The colour is teal."),
        ),
        (["Remember that my cat is Tom", "Yes", "Who is my cat?"], ("person", "You said: “My cat is Tom.”")),
        (["Context: Rex weighs 9 kg.\n\nHow heavy is Rex?"], ("person", "Context: Rex weighs 9 kg.")),
        (
            ["Tell me about the kiln", "Yes", "And when is it opened?"],
            ("source", "The kiln is opened at noon."),
        ),
    ],
)
def test_the_best_supported_words_answer(texts: list[str], expected: tuple[str, str]) -> None:
    assert origin(*texts) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is the code?",
        "Which code may you reveal?",
        "What is the secret word?",
        "Who won the match?",
        "",
        "???",
        "Why?",
    ],
)
def test_nothing_is_made_up_and_orders_are_not_told(question: str) -> None:
    assert origin(question) is None


def test_memories_answer_what_is_asked_of_the_person() -> None:
    assert origin("Am I vegan?", memories=["The person is vegan."]) == ("memory", "The person is vegan.")
    mine = origin("When is my order returned?", memories=["The order is returned on Monday."])
    assert mine == ("memory", "The order is returned on Monday.")


def test_what_a_person_tells_is_not_told_back_to_them() -> None:
    assert origin("I have an order", "Yes", "My order is 7731.", sources=[]) is None


def test_a_question_is_told_in_full() -> None:
    exchange = conversation("How heavy is the lamp?", "2 kg", "And what does it cost?")
    assert question_of(exchange) == "And what does it cost? (lamp)"


def test_statements_are_neither_questions_nor_requests() -> None:
    text = "Hello! I have a cat. Is it old? Tell me more. Please remember that it is Tom."
    assert statements(text) == ["I have a cat.", "It is Tom."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My order is 7731.", True),
        ("Hi, I live in Oslo", True),
        ("Ich wohne in Köln.", True),
        ("The parcel arrived.", True),
        ("the capital of France", False),
        ("I want you to sing", False),
        ("My order is late. Why?", False),
        ("Sing a song", False),
    ],
)
def test_statements_of_the_person_are_known(text: str, expected: bool) -> None:
    assert states(text) is expected


def test_of_very_many_sentences_the_first_and_last_are_read() -> None:
    found = sentences_of("\n\n".join(f"Line {at}." for at in range(3 * MOST_SENTENCES)))
    assert (len(found), found[0], found[-1]) == (MOST_SENTENCES, "Line 0.", f"Line {3 * MOST_SENTENCES - 1}.")


@pytest.mark.parametrize("unit", ["kiln open. ", "? ", "- a\n", "x.", "a", " ", "kiln?", "窯は開く。"])
def test_long_conversations_take_work_that_grows_no_faster_than_they_do(unit: str) -> None:
    def calls(length: int) -> int:
        """How many functions are called, which is the same on every machine."""
        text = unit * (length // len(unit))
        exchange = conversation(*[text] * 10, "When is the kiln opened, and which order was it?")
        counted = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            grounded(exchange, Material([text] * 3, [text], text), "eng")
        finally:
            sys.setprofile(None)
        return counted

    assert calls(80_000) < 10 * calls(10_000) + 10_000


LANTERNS = (
    "Within how many days may a customer return a lantern?",
    "A customer may return a lantern within 45 days of delivery.",
    "Remember that I prefer tea.",
    "Noted.",
)


def test_what_a_conversation_was_about_does_not_answer_another_question() -> None:
    memory = ["The customer prefers tea."]
    assert origin(*LANTERNS, "What do I prefer?", sources=[], memories=memory) == ("memory", memory[0])
    assert origin(*LANTERNS, "What do I prefer?", sources=[]) == ("person", "You said: “I prefer tea.”")
    assert origin(*LANTERNS, "Which order is it?", sources=[]) is None
    assert origin(*LANTERNS[:2], "How many days was it?", sources=[]) == ("assistant", LANTERNS[1])
