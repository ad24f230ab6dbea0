"""The cutting of texts into parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.behaviours.documents import Span, max_chars_chunks, sentence_chunks

TEXT = st.text(alphabet=st.sampled_from("abcD  .?\n。"), max_size=300)


def texts(text: str, spans: list[Span]) -> list[str]:
    return [text[span.offset : span.offset + span.length] for span in spans]


def test_a_sentence_is_a_chunk() -> None:
    assert sentence_chunks("One.  Two!") == [Span(0, 4), Span(6, 4)]


def test_sentences_are_packed_up_to_the_limit() -> None:
    text = "One one. Two two. Three three."
    assert texts(text, max_chars_chunks(text, 18)) == ["One one. Two two.", "Three three."]


def test_a_sentence_beyond_the_limit_is_cut_between_words() -> None:
    assert texts("aaa bbb ccc ddd", max_chars_chunks("aaa bbb ccc ddd", 8)) == ["aaa bbb", "ccc ddd"]
    assert texts("abcdefghij", max_chars_chunks("abcdefghij", 4)) == ["abcd", "efgh", "ij"]


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one character, not 0"):
        max_chars_chunks("text", 0)


@given(TEXT, st.integers(1, 60))
def test_chunks_keep_the_limit_and_lose_nothing_but_white_space(text: str, limit: int) -> None:
    chunks = texts(text, max_chars_chunks(text, limit))
    assert all(0 < len(chunk) <= limit and chunk == chunk.strip() for chunk in chunks)
    assert "".join("".join(chunks).split()) == "".join(text.split())
