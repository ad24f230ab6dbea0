"""Words that are nearly those of a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.behaviours.fuzzy import Values, distance, mistakes_allowed
from understudy.behaviours.tokens import words

WORDS = st.text("abcé", max_size=7)


@pytest.mark.parametrize(
    ("one", "two", "mistakes"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abcd", "cdab", 3),
    ],
)
def test_the_distance_counts_letters_and_swapped_neighbours(one: str, two: str, mistakes: int) -> None:
    assert distance(one, two, 2) == mistakes == distance(two, one, 2)


@given(WORDS, WORDS)
def test_the_distance_is_the_textbook_one_up_to_its_bound(one: str, two: str) -> None:
    rows: dict[tuple[int, int], int] = {}
    for i in range(len(one) + 1):
        for j in range(len(two) + 1):
            if not i or not j:
                rows[i, j] = i + j
                continue
            rows[i, j] = min(
                rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (one[i - 1] != two[j - 1])
            )
            if i > 1 and j > 1 and one[i - 1] == two[j - 2] and one[i - 2] == two[j - 1]:
                rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    for most in (1, 2):
        assert distance(one, two, most) == min(rows[len(one), len(two)], most + 1)


@given(st.lists(WORDS, max_size=12), WORDS.filter(bool))
def test_no_similar_word_is_missed(texts: list[str], query: str) -> None:
    found = Values(texts).scores(query)
    most = mistakes_allowed(query)
    assert set(found) == {
        row
        for row, text in enumerate(texts)
        if any(distance(query, word, most) <= most for word in words(text))
    }
    assert all(0 < score <= 1 for score in found.values())


def test_each_word_of_the_query_counts_as_its_best_match() -> None:
    values = Values(["red lamp", "rad lamp", "lamp lomp", "", "green"])
    assert values.scores("red lamp") == pytest.approx({0: 1.0, 1: (2 / 3 + 1) / 2, 2: 0.5})
    assert values.scores("red lamp", fuzzy=False) == {0: 1.0, 1: 0.5, 2: 0.5}


def test_a_value_that_begins_with_the_query() -> None:
    values = Values(["Great Britain", "Britain", "great"])
    assert values.scores("great bri", prefix=3) == {0: 0.9, 2: 0.5}
    assert values.scores("gr", fuzzy=False, prefix=3) == {}
    assert values.scores("gr", fuzzy=False, prefix=2) == {0: 0.9, 2: 0.9}


def test_other_scripts_are_matched() -> None:
    assert Values(["Münchener Straße"]).scores("münchner strasse") == pytest.approx({0: (8 / 9 + 1) / 2})
    assert Values(["図書館の本"]).scores("図書館") == {0: 1.0}
