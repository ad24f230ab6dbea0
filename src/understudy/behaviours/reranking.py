"""Reranking: how well a text answers a query, and the choice of results that differ."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Similarity = Callable[[int, int], float] | Any  # a function of two positions, or a matrix

_PREFIX = 5
_PART = 0.6  # what a shared beginning of a word counts
_NEAR = 4
_ENOUGH = 0.35  # the cosine that counts as full semantic agreement of a short query and a sentence


def relevance_of(
    wanted: Sequence[str], stems: Sequence[str], held: frozenset[str], line: str, semantic: float
) -> float:
    """Relevance in [0, 1] of a text, given as its stems in order and as a set, and its `lexical.line`.

    The share of the wanted stems that the text covers, sharpened at both ends, counts most; then their
    being close together in the same order, and the semantic score.
    """
    if not wanted:
        return 0.0
    covered, whole = 0.0, 0
    for stem in wanted:
        if stem in held:
            covered += 1.0
            whole += 1
        elif len(stem) >= _PREFIX and f" {stem[:_PREFIX]}" in line:
            covered += _PART
    covered /= len(wanted)
    agreement = min(1.0, semantic / _ENOUGH)
    sharp = covered * covered * (3 - 2 * covered)
    closeness = _closeness(wanted, stems, held) if whole > 1 or len(wanted) == 1 else 0.0
    return round(sharp * (0.72 + 0.13 * closeness + 0.12 * agreement) + 0.03 * agreement, 6)


def _closeness(wanted: Sequence[str], stems: Sequence[str], held: frozenset[str]) -> float:
    """The share of neighbours in the query that stand near each other, in that order, in the text."""
    if len(wanted) == 1:
        return 1.0 if wanted[0] in held else 0.0
    near = 0.0
    for one, two in pairwise(wanted):
        if one in held and two in held:
            near += _near(one, two, stems)
    return near / (len(wanted) - 1)


def _near(one: str, two: str, stems: Sequence[str]) -> float:
    at = stems.index(one)
    if two in stems[at + 1 : at + 1 + _NEAR]:
        return 1.0
    return 0.5 if two in stems[max(0, at - _NEAR) : at] else 0.0


def mmr(relevance: Sequence[float], similarity: Similarity, bias: float, count: int) -> list[int]:
    """The positions of `mmr_valued` alone."""
    return [at for at, _ in mmr_valued(relevance, similarity, bias, count)]


def mmr_valued(
    relevance: Sequence[float], similarity: Similarity, bias: float, count: int
) -> list[tuple[int, float]]:
    """Positions, chosen one by one, and the value of each when it was chosen, to 6 decimals.

    The value is `(1 - bias) * relevance - bias * greatest similarity to the chosen`; ties keep the order.
    """
    between = similarity if callable(similarity) else lambda one, two: float(similarity[one][two])
    left = dict.fromkeys(range(len(relevance)), 0.0)  # with the greatest similarity to the chosen
    chosen: list[tuple[int, float]] = []
    while left and len(chosen) < count:
        values = {at: round((1 - bias) * relevance[at] - bias * closest, 6) for at, closest in left.items()}
        best = max(values, key=values.__getitem__)
        del left[best]
        chosen.append((best, values[best]))
        if bias:
            left = {at: max(closest, between(at, best)) for at, closest in left.items()}
    return chosen
