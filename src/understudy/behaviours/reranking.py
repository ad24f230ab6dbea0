"""Reranking: how well a text answers a query, and the choice of results that differ."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from understudy.behaviours.fuzzy import distance
from understudy.behaviours.synonyms import Alternatives

Similarity = Callable[[int, int], float] | Any  # a function of two positions, or a matrix

_PREFIX = 5
_PART = 0.6  # what a shared beginning of a word counts
_MISTAKEN = 0.8  # what a word with typing mistakes counts
_SHORTEST_MISTAKEN, _TWO_MISTAKES_FROM = 5, 8  # letters; in a shorter word one mistake makes another word
_NEAR = 4
_AROUND = 0.5
_TOLD, _SEMANTIC, _ORDER = (
    0.65,
    0.25,
    0.1,
)  # shares: what the document tells, the cosine, the order of the words
_APART = 0.5  # what the words of a document count where they do not stand in the text itself


class Text(NamedTuple):
    """A text to judge: its stems in order and as a set, its `lexical.line`, and how many texts of its
    document hold each stem."""

    stems: Sequence[str]
    held: frozenset[str]
    line: str
    document: Mapping[str, int]


def relevances(
    wanted: Sequence[str],
    texts: Sequence[Text],
    semantic: Sequence[float],
    synonyms: Alternatives = MappingProxyType({}),
) -> list[float]:
    """Relevance in [0, 1] of each text to a query of these stems, given their semantic scores."""
    if not wanted:
        return [0.0] * len(texts)
    mistaken = _mistaken(wanted, texts)
    documents: dict[int, _Document] = {}
    found = []
    for text, score in zip(texts, semantic, strict=True):
        document = documents.get(id(text.document))
        if document is None:
            document = documents[id(text.document)] = _read(wanted, text.document, mistaken, synonyms)
        found.append(_relevance(wanted, text, mistaken, document, score))
    return found


class _Document(NamedTuple):
    """How much of what is wanted a document tells, from 0 to 1, and the other names for it that it uses."""

    told: float
    names: Alternatives


def _read(
    wanted: Sequence[str],
    holders: Mapping[str, int],
    mistaken: Mapping[str, frozenset[str]],
    synonyms: Alternatives,
) -> _Document:
    told = 0.0
    names = {}
    for stem in wanted:
        best = _told(holders.get(stem, 0))
        if stem in mistaken:
            best = _MISTAKEN * _told(max(holders.get(meant, 0) for meant in mistaken[stem]))
        used = [one for one in synonyms.get(stem, ()) if all(part in holders for part in one[0])]
        for phrase, weight in used:
            best = max(best, weight * _told(min(holders[part] for part in phrase)))
        if used:
            names[stem] = tuple(used)
        told += best
    return _Document(told / len(wanted), names)


def _told(holders: int) -> float:
    """How much a document tells of a stem that so many of its texts hold: one tells two thirds of many."""
    return holders / (holders + _AROUND)


def _relevance(
    wanted: Sequence[str],
    text: Text,
    mistaken: Mapping[str, frozenset[str]],
    document: _Document,
    semantic: float,
) -> float:
    """The share of the wanted stems that the whole document tells of counts most, if it has a part in that;
    then the semantic score, and the stems' being close together in the same order.
    """
    covered, whole = 0.0, 0
    for stem in wanted:
        if stem in text.held:
            covered += 1.0
            whole += 1
            continue
        own = 0.0
        if stem in mistaken and not mistaken[stem].isdisjoint(text.held):
            own = _MISTAKEN
        elif len(stem) >= _PREFIX and f" {stem[:_PREFIX]}" in text.line:
            own = _PART
        for phrase, weight in document.names.get(stem, ()):
            if weight > own and text.held.issuperset(phrase):
                own = weight
        covered += own
    count = len(wanted)
    closeness = _closeness(wanted, text.stems, text.held) if whole > 1 or count == 1 else 0.0
    told = document.told * (_APART + (1 - _APART) * covered / count) if covered else 0.0
    value = _TOLD * told + _SEMANTIC * semantic + _ORDER * closeness
    return round(value * (2 - value), 6)  # a good answer seldom has all of it


def _mistaken(wanted: Sequence[str], texts: Sequence[Text]) -> dict[str, frozenset[str]]:
    """The stems that no document knows, each with those in the texts that it may be when it was mistyped.

    Mistakes hardly ever hit the first letter.
    """
    unknown = [
        stem
        for stem in wanted
        if len(stem) >= _SHORTEST_MISTAKEN and not any(stem in text.document for text in texts)
    ]
    firsts = {stem[0] for stem in unknown}
    near = {one for text in texts for one in text.held if one[:1] in firsts} if firsts else set()
    found = {
        stem: frozenset(one for one in near if one[0] == stem[0] and _alike(stem, one)) for stem in unknown
    }
    return {stem: alike for stem, alike in found.items() if alike}


def _alike(one: str, two: str) -> bool:
    most = 1 + (len(one) >= _TWO_MISTAKES_FROM)
    # A mistake changes two letters at most; that spares most words the comparison.
    return len({*one} ^ {*two}) <= 2 * most and distance(one, two, most) <= most


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
