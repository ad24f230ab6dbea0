"""Retrieval: segments of embedded text and the search over a corpus of them; needs numpy."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from understudy.behaviours.embedding import DIMENSIONS, Query, embed, vectors
from understudy.behaviours.lexical import (
    HALF,
    K1,
    B,
    LexicalQuery,
    line,
    literal,
    parse,
    prefix_counts,
    rarity,
)
from understudy.behaviours.reranking import Text, mmr, mmr_valued, relevances
from understudy.behaviours.tokens import stems, words

__all__ = [
    "DIMENSIONS",
    "Index",
    "LexicalQuery",
    "Query",
    "Segment",
    "embed",
    "literal",
    "mmr",
    "mmr_valued",
    "parse",
    "relevance",
    "segment",
    "similarity",
    "top",
]

Floats = NDArray[np.float64]
_DIGITS = 1e6
_BOOST = 1e9  # up to here six decimals of a score are exact
_COLUMNS = 256  # columns of BM25 scores that an index keeps


@dataclass(frozen=True, eq=False)
class Segment:
    """The index of one document: a column for each part, never changed, shared by every index it is in."""

    vectors: NDArray[np.int8]
    norms: NDArray[np.int64]
    stems: tuple[tuple[str, ...], ...]
    held: tuple[frozenset[str], ...]
    lines: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def holders(self) -> Counter[str]:
        """How many parts hold each stem."""
        return Counter(chain.from_iterable(self.held))

    @cached_property
    def postings(self) -> dict[str, list[tuple[int, int]]]:
        """For each stem the parts that hold it and how often."""
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for part, sequence in enumerate(self.stems):
            for stem, count in Counter(sequence).items():
                found[stem].append((part, count))
        return dict(found)


def segment(texts: Sequence[str]) -> Segment:
    """The index of a document whose parts are embedded as these texts."""
    found = [words(text) for text in texts]
    matrix = vectors(found)
    matrix.flags.writeable = False
    norms = np.square(matrix, dtype=np.int64).sum(axis=0)
    stemmed = tuple(map(stems, found))
    return Segment(matrix, norms, stemmed, tuple(map(frozenset, stemmed)), tuple(map(line, found)))


class Index:
    """A corpus view: the parts of all segments, numbered in order as rows."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._places = [(at, part) for at, one in enumerate(self.segments) for part in range(len(one))]
        self._starts = list(accumulate(map(len, self.segments), initial=0))
        empty = np.zeros((DIMENSIONS, 0), np.int8)
        self._matrix = np.concatenate([empty, *(one.vectors for one in self.segments)], axis=1)
        norms = np.concatenate([np.zeros(0, np.int64), *(one.norms for one in self.segments)])
        self._lengths = np.sqrt(np.maximum(norms, 1).astype(np.float64))
        self._columns: dict[str, tuple[NDArray[np.intp], Floats]] = {}

    def __len__(self) -> int:
        return self._starts[-1]

    def row(self, row: int) -> tuple[int, int]:
        """The number of the segment and of the part in it."""
        if 0 <= row < len(self._places):
            return self._places[row]
        raise IndexError(f"row {row} is not one of {len(self)}")

    def scores(
        self,
        query_text: str,
        lexical_interpolation: float = 0.0,
        boosts: Sequence[float] | None = None,
        as_answer: bool = False,
    ) -> Floats:
        """The blended score of every row, with boosts added, rounded to 6 decimals.

        The lexical syntax is read only when the lexical part counts; rows it rules out score 0. A text
        `as_answer` has no syntax, and no word of it is passed over.
        """
        share = lexical_interpolation
        if share <= 0:
            blended = self._semantic(embed(query_text, widened=not as_answer))
            return blended if boosts is None else _rounded(blended + _bounded(boosts))
        query = literal(query_text) if as_answer else parse(query_text)
        blended = share * self._lexical(query)
        if share < 1:
            blended += (1 - share) * self._semantic(embed(query.plain, widened=not as_answer))
        if boosts is not None:
            blended += _bounded(boosts)
        for phrase in query.required:
            blended[~self._holding(phrase)] = 0.0
        for phrase in query.excluded:
            blended[self._holding(phrase)] = 0.0
        return _rounded(blended)

    def lexical(self, text: str) -> Floats:
        """How well every row holds the words of a text without syntax: BM25 brought into 0 to 1."""
        return _rounded(self._lexical(LexicalQuery(text, embed(text).stems, (), (), ())))

    def similarity(self, rows: Sequence[int]) -> Floats:
        """The cosine of every pair of the rows, as a matrix."""
        return similarity([(self, row) for row in rows])

    def vector(self, row: int) -> NDArray[np.int8]:
        """The embedding of one row."""
        return self._matrix[:, row]

    def relevance(
        self, query: str, rows: Sequence[int], semantic: Sequence[float] | None = None
    ) -> list[float]:
        """The relevance in [0, 1] of each row to the query, as a reranker sees it.

        `semantic` are the semantic scores of the rows for the same query, where they are known.
        """
        if not rows:
            return []
        embedded = embed(query)
        if semantic is None:
            semantic = self._semantic_of(embedded, np.asarray(rows, np.intp))
        return relevances(embedded.stems, [self._text(row) for row in rows], semantic, embedded.synonyms)

    def _text(self, row: int) -> Text:
        at, part = self.row(row)
        one = self.segments[at]
        return Text(one.stems[part], one.held[part], one.lines[part], one.holders)

    def likeness(self, text: str, rows: Sequence[int]) -> list[float]:
        """How alike each row and the text are, in [0, 1]; a row is 1 like itself."""
        return self._semantic_of(embed(text, widened=False), np.asarray(rows, np.intp))

    def _semantic_of(self, query: Query, rows: NDArray[np.intp]) -> list[float]:
        scores: list[float] = _cosine(
            query, self._matrix[query.dimensions[:, None], rows], self._lengths[rows]
        ).tolist()
        return scores

    def _semantic(self, query: Query) -> Floats:
        return _cosine(query, self._matrix.take(query.dimensions, 0), self._lengths)

    def _lexical(self, query: LexicalQuery) -> Floats:
        total: Floats = np.zeros(len(self))
        for term in (*query.terms, *query.prefixes):
            rows, scores = self._column(term)
            total[rows] += scores
        return total / (total + HALF)

    def _holding(self, phrase: str) -> NDArray[np.bool_]:
        return np.array([phrase in text for text in self._lines], np.bool_)

    def _column(self, term: str) -> tuple[NDArray[np.intp], Floats]:
        """The rows that hold a term and its BM25 score in each; kept, as queries repeat their terms."""
        if term not in self._columns:
            if len(self._columns) >= _COLUMNS:
                self._columns.clear()
            held = prefix_counts(self._lines, term) if term.startswith(" ") else self._held(term)
            rows = np.array([row for row, _ in held], np.intp)
            counts = np.array([count for _, count in held], np.float64)
            weight = rarity(len(self), len(held))
            self._columns[term] = rows, weight * counts * (K1 + 1) / (counts + self._saturation[rows])
        return self._columns[term]

    def _held(self, stem: str) -> list[tuple[int, int]]:
        return [
            (start + part, count)
            for start, one in zip(self._starts, self.segments, strict=False)
            for part, count in one.postings.get(stem, ())
        ]

    @cached_property
    def _lines(self) -> list[str]:
        return [text for one in self.segments for text in one.lines]

    @cached_property
    def _saturation(self) -> Floats:
        sizes = np.array([len(sequence) for one in self.segments for sequence in one.stems], np.float64)
        average = sizes.sum() / max(1, len(sizes)) or 1.0
        return K1 * (1 - B + B * sizes / average)


def top(scores: Floats, mask: NDArray[np.bool_] | None, count: int) -> list[tuple[int, float]]:
    """The best rows and their scores, best first, ties in row order; a row with score 0 is no result."""
    kept = _rounded(scores)
    wanted = kept > 0
    if mask is not None:
        wanted &= mask
    rows = wanted.nonzero()[0]  # methods, since numpy's functions of the same names cost twice as much
    values = kept[rows]
    if 0 < count < len(rows):
        least = np.partition(values, -count)[-count]
        rows = (wanted & (kept >= least)).nonzero()[0]
        values = kept[rows]
    order = (-values).argsort(kind="stable")[: max(count, 0)]
    return list(zip(rows[order].tolist(), values[order].tolist(), strict=True))


def similarity(places: Sequence[tuple[Index, int]]) -> Floats:
    """The cosine of every pair of rows, as a matrix; the rows may be of different indexes."""
    if not places:
        return np.zeros((0, 0))
    chosen = np.stack([index.vector(row) for index, row in places]).astype(np.float32)
    dots: Floats = (chosen @ chosen.T).astype(np.float64)  # exact integers
    lengths = np.sqrt(np.maximum(dots.diagonal(), 1.0))
    return _rounded(np.maximum(dots / (lengths[:, None] * lengths), 0.0))


def relevance(query: str, texts: Sequence[str]) -> list[float]:
    """The relevance in [0, 1] of each text to the query, for texts that are in no index."""
    return Index([segment(texts)]).relevance(query, range(len(texts)))


def _cosine(query: Query, columns: NDArray[np.int8], lengths: Floats) -> Floats:
    scores: Floats = (query.weights @ columns.astype(np.float32)).astype(np.float64)  # exact integers
    scores /= lengths * sqrt(max(query.norm, 1))
    return _rounded(np.clip(scores, 0.0, 1.0, out=scores))


def _bounded(boosts: Sequence[float]) -> Floats:
    return np.clip(np.asarray(boosts, np.float64), -_BOOST, _BOOST)


def _rounded(scores: Floats) -> Floats:
    # Not np.round: it costs more than the rest of a small query.
    rounded: Floats = np.rint(scores * _DIGITS)
    rounded /= _DIGITS
    return rounded
