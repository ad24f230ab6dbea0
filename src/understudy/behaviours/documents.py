"""Documents: how a text is cut into the parts that are searched."""

from collections.abc import Iterator
from dataclasses import dataclass

from understudy.behaviours.tokens import sentence_spans


@dataclass(frozen=True)
class Span:
    """A stretch of a text: the offset and the length in characters."""

    offset: int
    length: int


def sentence_chunks(text: str) -> list[Span]:
    """One chunk for each sentence."""
    return [Span(start, end - start) for start, end in sentence_spans(text)]


def max_chars_chunks(text: str, limit: int) -> list[Span]:
    """Whole sentences packed into chunks of at most `limit` characters; a longer sentence is cut."""
    if limit < 1:
        raise ValueError(f"a chunk needs room for at least one character, not {limit}")
    chunks: list[Span] = []
    for start, end in _pieces(text, limit):
        last = chunks[-1] if chunks else None
        if last and end - last.offset <= limit:
            chunks[-1] = Span(last.offset, end - last.offset)
        else:
            chunks.append(Span(start, end - start))
    return chunks


def _pieces(text: str, limit: int) -> Iterator[tuple[int, int]]:
    for start, end in sentence_spans(text):
        while end - start > limit:
            cut = _cut(text, start, limit)
            yield start, start + len(text[start:cut].rstrip())
            start = cut
            while text[start].isspace():
                start += 1
        yield start, end


def _cut(text: str, start: int, limit: int) -> int:
    """The last white space within the limit, or the limit itself when a single word fills it."""
    for at in range(start + limit, start + limit // 2, -1):
        if text[at].isspace():
            return at
    return start + limit
