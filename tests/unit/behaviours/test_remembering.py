"""Facts that a person asks to have kept."""

from __future__ import annotations

import time

import pytest

from understudy.behaviours.remembering import (
    LONGEST_FACT,
    asks_about_memories,
    asks_for_earlier,
    fact_to_keep,
)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Remember that my dog is called Rex", "My dog is called Rex."),
        ("Please remember: I am vegan.", "I am vegan."),
        ("Can you remember that I'm vegan?", "I'm vegan."),
        ("Hi! Please note that I live in Oslo. What can I eat?", "I live in Oslo."),
        ("please note that I travel on Mondays", "I travel on Mondays."),
        ("Don't forget that we open at nine!", "We open at nine."),
        ("Keep in mind that the shop is closed", "The shop is closed."),
        ("remember my birthday is 5 May", "My birthday is 5 May."),
        ("Merk dir, dass ich vegan bin.", "Ich bin vegan."),
        ("Bitte merke dir, dass mein Hund Rex heißt", "Mein Hund heißt Rex."),
        ("Merk dir: Ich wohne in Köln", "Ich wohne in Köln."),
        ("Retiens que j'habite à Lyon", "J'habite à Lyon."),
        ("N'oublie pas que je suis végétarien.", "Je suis végétarien."),
        ("Recuerda que soy vegano", "Soy vegano."),
        ("Lembre-se de que eu moro em Lisboa", "Eu moro em Lisboa."),
    ],
)
def test_facts_are_kept_as_sentences(text: str, fact: str) -> None:
    assert fact_to_keep(text) == fact


@pytest.mark.parametrize(
    "text",
    [
        "",
        "remember to call Ann",
        "Do you remember my name?",
        "I remember that day",
        "I note that you are late",
        "What do you remember about me?",
        "Erinnere mich an den Termin",
        "Save the file",
        "Remember",
    ],
)
def test_other_messages_keep_nothing(text: str) -> None:
    assert fact_to_keep(text) is None


def test_a_long_fact_is_cut_between_words() -> None:
    fact = fact_to_keep("Remember that I like " + "cheese " * 100)
    assert fact is not None
    assert fact.endswith("cheese.")
    assert len(fact) <= LONGEST_FACT + 1


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("What do you know about me?", True),
        ("What do you remember?", True),
        ("List my memories", True),
        ("Was weißt du über mich?", True),
        ("Que sais-tu sur moi ?", True),
        ("¿Qué sabes de mí?", True),
        ("O que você sabe sobre mim?", True),
        ("What do you know about tents?", False),
        ("Remember that I am vegan", False),
    ],
)
def test_questions_about_memories_are_known(text: str, asks: bool) -> None:
    assert asks_about_memories(text) is asks


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("What did I just say?", "last"),
        ("What was my first question?", "first"),
        ("Was habe ich gerade gesagt?", "last"),
        ("Qu'est-ce que j'ai dit ?", "last"),
        ("¿Qué dije?", "last"),
        ("O que eu disse?", "last"),
        ("What did she say?", None),
    ],
)
def test_questions_for_earlier_messages_are_known(text: str, which: str | None) -> None:
    assert asks_for_earlier(text) == which


@pytest.mark.parametrize("unit", ["remember ", "please ", "note that ", ". ", "a. ", " ", "und "])
def test_hostile_messages_cost_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.process_time()
    fact_to_keep(text)
    asks_about_memories(text)
    asks_for_earlier(text)
    assert time.process_time() - start < 1
