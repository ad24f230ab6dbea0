"""Rephrasing: which words of earlier questions a follow-up needs."""

from __future__ import annotations

import time

import pytest

from understudy.behaviours.rephrasing import (
    LONGEST_PHRASE,
    MOST_SAID,
    MOST_THINGS,
    Topic,
    rephrase,
    topic_after,
)


def told(*questions: str) -> str:
    """The last question as it is searched when the others were asked before it."""
    topic = Topic()
    for question in questions[:-1]:
        topic = topic_after(question, topic)
    return rephrase(questions[-1], topic, 5000)


@pytest.mark.parametrize(
    ("questions", "searched"),
    [
        (["How long does the lamp run on one charge?", "and what does it cost?"], "(lamp)"),
        (["How long does the lamp run?", "What does it cost?", "Is it waterproof?"], "(lamp)"),
        (["What must be worn at the kiln?", "Who checks them?"], "(kiln)"),
        (["How many days of paid leave do employees get?", "And when do they expire?"], "(paid leave)"),
        (["Is the kiln door opened at night?", "Who opens it?"], "(kiln door)"),
        (["What is the return policy?", "Does it hold for gifts?"], "(return policy)"),
        (["Explain refunds", "How are they paid?"], "(refunds)"),
        (["Which lantern frame is guaranteed?", "For how long?"], "(lantern frame, guaranteed)"),
        (["How heavy is the lamp?", "Why?"], "(lamp, heavy)"),
        (["How heavy is the lamp?", "How tall?"], "(lamp)"),
        (["How much does the ticket cost?", "And for children?"], "(ticket, cost)"),
        (
            ["How many days of paid leave do we have?", "And what happens to unused days?"],
            "(paid leave)",
        ),
        (["Wie lange läuft die Lampe mit einer Ladung?", "Und was kostet sie?"], "(Lampe)"),
        (["ランプは何時間もちますか", "それはいくらですか"], "(ランプは何時間もちますか)"),
    ],
)
def test_a_question_that_leans_on_earlier_ones_carries_what_they_were_about(
    questions: list[str], searched: str
) -> None:
    assert told(*questions) == f"{questions[-1]} {searched}"


@pytest.mark.parametrize(
    "questions",
    [
        ["How long does the lamp run?", "How heavy is the tent?"],
        ["How long does the lamp run?", "Which tent sleeps three people?"],
        ["How long does the lamp run?", "kiln safety rules"],
        ["How long does the lamp run?", "And what does the tent cost?"],
        ["How long does the lamp run?", "How long does the lamp run?"],
        ["How long does the lamp run?", "Does the lamp float, and is it heavy?"],
        ["How long does the lamp run?", ""],
        ["", "What does it cost?"],
        ["???", "What does it cost?"],
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(questions: list[str]) -> None:
    assert told(*questions) == questions[-1]


def test_another_thing_takes_the_place_of_the_one_before_and_keeps_what_was_asked() -> None:
    asked = ["How long is the glass guaranteed?", "And the frame?", "What does it weigh?"]
    assert told(*asked[:2]) == "And the frame? (guaranteed)"
    assert told(*asked) == "What does it weigh? (frame)"


def test_a_new_subject_makes_the_old_one_forgotten() -> None:
    assert told("How heavy is the lamp?", "How tall is the tent?", "Is it new?") == "Is it new? (tent)"


def test_what_does_not_fit_is_left_out() -> None:
    topic = Topic(("lamp", "tent"))
    assert rephrase("Is it new?", topic, 24) == "Is it new? (lamp, tent)"
    assert rephrase("Is it new?", topic, 22) == "Is it new? (lamp)"
    assert rephrase("Is it new?", topic, 10) == "Is it new?"
    assert rephrase("Is it new? " + "x" * 4989, topic, 5000) == "Is it new? " + "x" * 4989


def test_a_topic_stays_small_however_long_the_conversation() -> None:
    topic = Topic()
    for number in range(200):
        topic = topic_after(f"Is it the thing{number} of {'very' * 40}?", topic)
        topic = topic_after("red green blue black white grey brown pink how " * 20, topic)
    assert len(topic.things) <= MOST_THINGS
    assert len(topic.said) <= MOST_SAID
    assert all(len(phrase) <= LONGEST_PHRASE for phrase in (*topic.things, *topic.said))


@pytest.mark.parametrize("unit", ["it ", "the ", " ", "(", "a-", "'", "x.", "the a it?", "のは"])
def test_hostile_questions_cost_linear_time(unit: str) -> None:
    question = (unit * 5000)[:5000]
    start = time.process_time()
    rephrase(question, topic_after(question, Topic(("lamp",))), 5000)
    assert time.process_time() - start < 1
