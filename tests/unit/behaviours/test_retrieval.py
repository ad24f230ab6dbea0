"""Segments, the search over them and the ranking of results."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.behaviours.retrieval import (
    Index,
    embed,
    literal,
    mmr,
    mmr_valued,
    parse,
    relevance,
    segment,
    similarity,
    top,
)

from .passages import PASSAGES, QUESTIONS

KEYS = list(PASSAGES)
INDEX = Index([segment([text]) for text in PASSAGES.values()])


def found(query: str, share: float = 0.0, count: int = 10) -> list[str]:
    return [KEYS[row] for row, _ in top(INDEX.scores(query, share), None, count)]


def test_questions_find_the_passages_that_answer_them() -> None:
    ranks = [[*found(question), expected].index(expected) for question, expected, _ in QUESTIONS]
    assert sum(rank == 0 for rank in ranks) >= 45
    assert sum(rank < 3 for rank in ranks) >= 49


@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_questions_find_their_passages_with_lexical_search_too(share: float) -> None:
    assert sum(found(question, share)[0] == expected for question, expected, _ in QUESTIONS) >= 45


def test_rows_are_parts_of_segments_in_order() -> None:
    index = Index([segment(["a one", "a two"]), segment([]), segment(["b one"])])
    assert [index.row(row) for row in range(len(index))] == [(0, 0), (0, 1), (2, 0)]
    with pytest.raises(IndexError, match="row 3 is not one of 3"):
        index.row(3)


def test_a_part_scores_the_same_in_every_index() -> None:
    one = segment(["green apples", "red tents"])
    alone = Index([one]).scores("red tents", 0.0, None)
    beside = Index([segment(["blue boots"]), one]).scores("red tents", 0.0, None)
    assert alone.tolist() == beside.tolist()[1:]
    assert alone[1] == 1.0


def test_an_empty_index_and_a_wordless_query_have_no_results() -> None:
    assert top(Index([]).scores("boots", 0.5, None), None, 10) == []
    assert top(Index([segment([])]).scores("boots", 0.0, None), None, 10) == []
    assert top(INDEX.scores("?!", 0.0, None), None, 10) == []
    assert INDEX.relevance("boots", []) == []


def test_boosts_are_added_to_the_blended_scores() -> None:
    index = Index([segment(["red boots"]), segment(["blue boots"])])
    plain, boosted = (index.scores("red boots", 0.0, boosts) for boosts in (None, [0.0, 2.0]))
    assert boosted.tolist() == [plain[0], pytest.approx(plain[1] + 2.0)]


def test_boosts_beyond_measure_stay_finite_numbers() -> None:
    index = Index([segment(["red boots"]), segment(["blue boots"])])
    assert top(index.scores("boots", 0.5, [1e308, -1e308]), None, 2) == [(0, pytest.approx(1e9, abs=2))]


def test_a_quoted_phrase_must_occur() -> None:
    assert found('"heron bridge" river', 0.1) == ["town_bridge"]


def test_an_excluded_word_or_prefix_must_not_occur() -> None:
    assert "town_bridge" in found("Brindlewick town", 0.1)
    assert "town_bridge" not in found("Brindlewick town -heron", 0.1)
    assert "town_bridge" not in found("Brindlewick town -pell*", 0.1)
    assert "town_bridge" in found("Brindlewick town -pell", 0.1)


def test_a_prefix_stands_for_the_words_it_begins() -> None:
    assert found("capsa*", 1.0) == ["chili"]
    assert found("apsa*", 1.0) == []


def test_the_syntax_is_plain_text_when_only_meaning_counts() -> None:
    assert "town_bridge" in found("Heron Bridge -heron", 0.0)


def test_a_query_is_parsed_into_phrases_prefixes_and_exclusions() -> None:
    query = parse('"Return policy" lap* multi-year -gift -ex* - "')
    assert query.required == (" return policy ",)
    assert query.prefixes == (" lap",)
    assert query.excluded == (" gift ", " ex")
    assert query.terms == ("return", "polici", "multi", "year")
    assert query.plain == "Return policy lap multi-year"


def test_a_text_as_an_answer_has_no_syntax_and_loses_no_word() -> None:
    query = literal('The "red tent" is not -wet te*')
    assert query.terms == ("the", "red", "tent", "is", "not", "wet", "te")
    assert (query.prefixes, query.required, query.excluded) == ((), (), ())
    texts = ["The tent is not wet.", "Tents are wet.", "Not the one."]
    index = Index([segment(texts)])
    for share in (0.0, 0.5, 1.0):
        scores = index.scores(texts[0], share, None, as_answer=True)
        assert top(scores, None, 3)[0][0] == 0
    assert index.scores("is not", 1.0, None, as_answer=True)[2] > 0
    assert index.likeness(texts[1], [1, 0])[0] == 1.0 > index.likeness(texts[1], [1, 0])[1]


def test_phrases_work_without_spaces_between_words() -> None:
    index = Index([segment(["本日は日本語の講座です"]), segment(["中国語の講座です"])])
    assert [row for row, _ in top(index.scores('"日本語"', 0.2, None), None, 5)] == [0]


def test_the_best_rows_come_first_and_ties_keep_their_order() -> None:
    scores = np.array([0.2, 0.5, 0.2, 0.0, 0.5000001, 0.2])
    assert top(scores, None, 4) == [(1, 0.5), (4, 0.5), (0, 0.2), (2, 0.2)]
    assert top(scores, np.array([1, 0, 1, 1, 1, 1], bool), 2) == [(4, 0.5), (0, 0.2)]
    assert top(scores, None, 0) == []
    assert len(top(scores, None, 99)) == 5


@settings(deadline=None)  # the first example loads the stemmer
@given(st.lists(st.integers(0, 5).map(lambda n: n / 5), max_size=40), st.integers(0, 45))
def test_selecting_the_best_agrees_with_sorting_all(scores: list[float], count: int) -> None:
    ranked = sorted(
        ((row, score) for row, score in enumerate(scores) if score > 0), key=lambda pair: -pair[1]
    )
    assert top(np.array(scores, np.float64), None, count) == ranked[:count]


@settings(deadline=None)  # the first example loads the stemmer
@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=6), st.sampled_from([0.0, 0.3, 1.0]))
def test_scores_lie_between_none_and_one(query: str, texts: list[str], share: float) -> None:
    index = Index([segment(texts)])
    for score in (*index.scores(query, share, None).tolist(), *index.relevance(query, range(len(texts)))):
        assert 0 <= score <= 1
        assert score == round(score, 6)


@settings(deadline=None)  # the first example loads the stemmer
@given(st.text(min_size=1, max_size=60))
def test_a_text_is_as_similar_to_itself_as_can_be(text: str) -> None:
    own = Index([segment([text])]).scores(text, 0.0, None)[0]
    assert own == (1.0 if embed(text).norm else 0.0)


def test_answers_are_relevant_and_other_texts_are_not() -> None:
    question = "How long is the warranty of a tent?"
    answer, near, other = relevance(
        question,
        [
            "Every tent comes with a warranty of six years.",
            "Keep the tent dry.",
            "Beat three eggs with salt.",
        ],
    )
    assert answer > 0.9 > 0.7 > near > other
    assert other < 0.05


def test_a_word_that_no_document_knows_may_be_a_mistake() -> None:
    index = Index(
        [segment(["Reset your password here.", "Reset your account here."]), segment(["A passport."])]
    )
    mistyped, other, _ = index.relevance("reset pasword", range(3))
    assert mistyped > other > 0
    known, _, likewise = index.relevance("passport", range(3))
    assert likewise > 0.7
    assert known < 0.1


def test_the_rest_of_its_document_speaks_for_a_text() -> None:
    index = Index([
        segment(["Lanterns", "It is free of charge."]),
        segment(["Refunds of a deposit", "It is free of charge.", "A refund takes a week."]),
    ])  # fmt: skip
    elsewhere, here = index.relevance("charge for a refund", [1, 3])
    assert here > elsewhere > 0


def test_relevance_puts_the_answering_passage_first() -> None:
    rows = range(len(KEYS))
    firsts = [
        KEYS[max(rows, key=INDEX.relevance(question, rows).__getitem__)] == key
        for question, key, _ in QUESTIONS
    ]
    assert sum(firsts) >= 45


def test_diversity_of_zero_keeps_the_order_and_more_of_it_avoids_repetition() -> None:
    index = Index([segment(["red wool boots", "red wool boots again", "green silk scarf"])])
    between = index.similarity([0, 1, 2])
    assert mmr([0.9, 0.8, 0.3], between, 0.0, 3) == [0, 1, 2]
    assert mmr([0.9, 0.8, 0.3], between, 0.6, 2) == [0, 2]
    assert mmr([0.9, 0.8, 0.3], lambda one, two: float(between[one][two]), 0.6, 2) == [0, 2]
    assert mmr([], between, 0.5, 3) == []


def test_the_value_of_a_choice_is_known_and_falls_with_similarity() -> None:
    between = [[1.0, 0.5], [0.5, 1.0]]
    assert mmr_valued([0.9, 0.8], between, 0.5, 2) == [(0, 0.45), (1, 0.15)]


def test_rows_of_different_indexes_are_compared() -> None:
    other = Index([segment([PASSAGES["returns"]])])
    assert similarity([(INDEX, 0), (other, 0)]).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert similarity([]).shape == (0, 0)


def test_similarity_is_the_cosine_of_rows() -> None:
    between = INDEX.similarity([0, 1, 0])
    assert between.shape == (3, 3)
    assert between[0, 2] == between[1, 1] == 1.0
    assert between[0, 1] == between[1, 0] < 0.5


def test_repeated_words_never_overflow_the_small_integers() -> None:
    flood = segment(["tent " * 100_000, " ".join(f"word{n}" for n in range(20_000))])
    assert flood.vectors.dtype == np.int8
    assert flood.norms.max() <= 512 * 127**2
    assert Index([flood]).scores("tent " * 1000, 0.0, None)[0] > 0.99


def test_words_alone_are_scored_without_syntax() -> None:
    index = Index([segment(["red boots"]), segment(["blue boots", "a red-blue tent"]), segment([])])
    plain, syntax = index.lexical("red boots"), index.lexical('"red boots" -red')
    assert plain.tolist() == syntax.tolist() == index.scores("red boots", 1.0).tolist()
    assert 1 > plain[0] > plain[1] > 0
    assert index.lexical("nothing like it").tolist() == [0, 0, 0]
