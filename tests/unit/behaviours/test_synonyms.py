"""Other names for words: the list itself, and what is found in it."""

from collections import Counter

import pytest

from understudy.behaviours import synonyms
from understudy.behaviours.embedding import embed
from understudy.behaviours.retrieval import Index, segment
from understudy.behaviours.synonyms import WEIGHT, alternatives
from understudy.behaviours.tokens import content_stems


def lines() -> list[str]:
    return synonyms._FILE.read_text(encoding="utf-8").splitlines()


def test_every_line_of_the_list_is_a_heading_or_a_group() -> None:
    groups = [line for line in lines() if not line.startswith("#")]
    assert len(groups) > 2000
    for line in groups:
        members = line.split(", ")
        assert len(members) >= 2, line
        assert len(members) == len(set(members)), line
        assert all(member == member.strip().lower() and member for member in members), line
    assert [line for line, count in Counter(groups).items() if count > 1] == []


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("purchased goods", "buy"),
        ("throwing away", "discard"),
        ("my money back", "refund"),
        ("bill", "invoice"),
    ],
)
def test_words_have_other_names(asked: str, meant: str) -> None:
    known = alternatives(tuple(dict.fromkeys(content_stems(asked))))
    assert content_stems(meant) in {phrase for others in known.values() for phrase, _ in others}


def test_a_word_of_many_meanings_counts_less() -> None:
    (common,) = {weight for _, weight in alternatives(("order",))["order"]}
    rare = max(weight for _, weight in alternatives(("throw", "away"))["throw"])
    assert 0 < common < rare <= WEIGHT


def test_words_that_nobody_listed_have_no_other_names() -> None:
    assert alternatives(("zzyzx", "42")) == {}
    assert alternatives(()) == {}


def test_a_question_finds_what_goes_by_another_name() -> None:
    index = Index([segment(["Discard used batteries at the shop."]), segment(["Charge the lantern by day."])])
    best, other = index.scores("throw away cells")
    assert best > other
    assert index.relevance("throw away cells", [0, 1])[0] > index.relevance("throw away cells", [0, 1])[1]


def test_a_text_that_stands_for_an_answer_is_not_widened() -> None:
    text = "The order was purchased by mistake."
    assert embed(text, widened=False).synonyms == {}
    assert Index([segment([text])]).likeness(text, [0]) == [1.0]
