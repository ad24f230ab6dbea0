"""Answers made of the sentences of passages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.behaviours.generation import (
    NO_ANSWER,
    Sentence,
    compose,
    consistency,
    pieces,
    render,
    summarize,
)
from understudy.behaviours.retrieval import Index, segment, top

from .passages import PASSAGES, QUESTIONS

KEYS = list(PASSAGES)
INDEX = Index([segment([text]) for text in PASSAGES.values()])


def retrieved(question: str) -> list[str]:
    return [PASSAGES[KEYS[row]] for row, _ in top(INDEX.scores(question, 0.0, None), None, 5)]


def test_answers_hold_the_fact_that_was_asked_for() -> None:
    answers = [
        render(compose(question, retrieved(question)), lambda source: f"[{source + 1}]")
        for question, _, _ in QUESTIONS
    ]
    assert sum(fact in answer for answer, (_, _, fact) in zip(answers, QUESTIONS, strict=True)) >= 40


def test_sentences_are_whole_verbatim_and_without_repetition() -> None:
    passages = ["Tents are green. Boots are red.", "Boots are red. Scarves cost 5 euros."]
    assert compose("What colour are boots?", passages) == [Sentence("Boots are red.", 0)]


def test_the_kind_of_question_decides_between_sentences() -> None:
    passage = "The bridge spans the bay. The bridge opened in 1931. The bridge was painted by Nora Field."
    assert compose("When did the bridge open?", [passage])[0].text == "The bridge opened in 1931."
    assert compose("Who painted the bridge?", [passage])[0].text == "The bridge was painted by Nora Field."


def test_the_sentence_after_a_question_or_heading_answers_it() -> None:
    passage = "How do I renew my card? Bring an old one to the desk."
    assert compose("How do I renew my card?", [passage])[0].text == "Bring an old one to the desk."


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("Wann öffnet die Bäckerei?", PASSAGES["de_bakery"], "sechs Uhr"),
        ("Quand commencent les vendanges ?", PASSAGES["fr_vineyard"], "mi-septembre"),
        (
            "図書館は何時に開きますか？",
            "駅は町の中央にあります。図書館は朝九時に開きます。公園は広いです。",
            "朝九時",
        ),
    ],
)
def test_other_languages_are_answered(question: str, passage: str, expected: str) -> None:
    assert expected in compose(question, [passage])[0].text


def test_without_a_shared_word_there_is_no_answer() -> None:
    assert compose("Quantum?", ["Boots are red. Tents are green."]) == []
    assert compose("Boots?", ["Boots are red. Tents are green."]) == [Sentence("Boots are red.", 0)]


def test_without_passages_there_is_no_answer() -> None:
    assert compose("Boots?", []) == compose("Boots?", ["", " "]) == []
    assert NO_ANSWER.endswith(".")


def test_limits_hold_but_leave_one_sentence() -> None:
    passage = "Boots are red. Boots are warm. Boots are new. Boots are old."
    assert len(compose("boots", [passage])) == 3
    assert len(compose("boots", [passage], max_sentences=1)) == 1
    assert [one.text for one in compose("boots", [passage], max_characters=30)] == [
        "Boots are red.",
        "Boots are warm.",
    ]
    assert len(compose("boots", [passage], max_characters=3)) == 1


def test_citations_follow_their_sentences() -> None:
    sentences = [Sentence("It rained.", 2), Sentence("It snowed.", 2)]
    assert render(sentences, lambda source: f"[{source + 1}]") == "It rained. [3] It snowed. [3]"
    assert render(sentences, lambda source: "") == "It rained. It snowed."


@settings(deadline=None)  # the first example loads the stemmer
@given(st.text(max_size=200), st.integers(1, 30))
def test_pieces_make_up_the_text(text: str, size: int) -> None:
    found = pieces(text, size)
    assert "".join(found) == text
    assert all(0 < len(piece) <= size for piece in found)


def test_pieces_end_between_words() -> None:
    assert pieces("The quick brown fox jumps", 10) == ["The quick ", "brown fox ", "jumps"]


def test_verbatim_text_is_consistent_and_invented_text_is_not() -> None:
    sources = list(PASSAGES.values())
    answer = "Comets are lumps of ice and dust. [18] Beat three eggs with a pinch of salt. [23]"
    assert consistency(answer, sources) == 1.0
    assert consistency("Elephants administer quarterly submarine dividends.", sources) < 0.3
    mixed = consistency(
        "Comets are lumps of ice and dust. Elephants administer submarine dividends.", sources
    )
    assert 0.3 < mixed < 0.8


def test_a_sentence_is_supported_by_one_source_alone() -> None:
    assert consistency("Boots taste sweet.", ["Boots are red.", "Jam tastes sweet."]) < 1.0
    assert consistency("", ["Boots are red."]) == consistency("Boots.", []) == 0.0


def test_what_is_said_again_counts_again_and_what_a_source_says_again_does_not() -> None:
    red, jam = "Boots are red.", "Jam tastes sweet."
    assert consistency(f"{red} {red} {jam}", [red, red, ""]) == round(4 / 7, 6)
    assert consistency("Red red boots taste sweet.", [red, jam]) == 0.6


@settings(deadline=None)  # the first example loads the stemmer
@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_composed_and_judged_within_bounds(question: str, passages: list[str]) -> None:
    answer = compose(question, passages)
    assert all(one.text in passages[one.source] for one in answer)
    assert len({(one.text, one.source) for one in answer}) == len(answer)
    assert 0 <= consistency(question, passages) <= 1


def test_a_summary_picks_what_the_text_is_about_in_the_order_of_the_text() -> None:
    chosen = summarize(list(PASSAGES.values())[:3], 10_000)
    joined = list(PASSAGES.values())[:3]
    assert all(one.text in joined[one.source] for one in chosen)
    places = [(one.source, joined[one.source].index(one.text)) for one in chosen]
    assert places == sorted(places)
    text = ["It rained.", "Trains cross the bridge.", "The bridge carries trains at night."]
    assert summarize(text, 500) == [Sentence("The bridge carries trains at night.", 2)]


def test_a_summary_says_nothing_twice_and_prefers_sentences_to_headings_and_questions() -> None:
    text = [
        "Bridges and trains",
        "Do trains cross bridges?",
        "Trains cross bridges.",
        "Trains cross bridges.",
    ]
    assert summarize(text, 500) == [Sentence("Trains cross bridges.", 2)]


def test_a_summary_keeps_to_its_length_but_for_its_first_sentence() -> None:
    text = [f"The number {number} counts lamps and boats." for number in range(30)]
    assert len(summarize(text, 10_000)) == 6
    assert len(summarize(text, 90)) == 2
    assert len(summarize(text, 1)) == 1
    assert summarize([], 100) == summarize(["", " ", "?!"], 100) == []
