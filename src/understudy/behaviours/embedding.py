"""Embedding: text as a vector of small integers, by signed hashing of stems, words and word parts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from understudy.behaviours.synonyms import Alternatives, alternatives
from understudy.behaviours.tokens import content_stems, is_content, stems, words

DIMENSIONS = 1024
_STEM, _WORD, _GRAM, _SYNONYM = 4, 1, 1, 1
_MOST_REPEATS = 8  # more of the same word would only drown the others
_LIMIT = 127  # of one component: then 1024 products stay below 2**24 and a float32 sum of them is exact
_GRAM_SIZES = (3, 4, 5)


@dataclass(frozen=True, eq=False)
class Query:
    """An embedded query: the dimensions it uses, its weights there, and the squared norm of its own words.

    Other names for its words add to the weights and not to the norm: they never make it less like a text.
    """

    dimensions: NDArray[np.intp]
    weights: NDArray[np.float32]
    norm: int
    stems: tuple[str, ...]
    synonyms: Alternatives


def embed(text: str, *, widened: bool = True) -> Query:
    """The text as a query, widened by other names for its words unless a text of its very words is wanted."""
    return _embedded(text, widened)


@lru_cache(maxsize=4096)
def _embedded(text: str, widened: bool) -> Query:
    vector = vectors([words(text)])[:, 0].astype(np.float32)
    norm = int((vector * vector).sum())
    wanted = tuple(dict.fromkeys(content_stems(text)))
    synonyms = alternatives(wanted) if widened else {}
    others = dict.fromkeys(stem for known in synonyms.values() for phrase, _ in known for stem in phrase)
    for stem in (one for one in others if one not in wanted):
        place, weight = _hashed(f"s{stem}", _SYNONYM)
        if vector[place] * weight >= 0:  # a collision must not make it less like its own words
            vector[place] += weight
    dimensions = np.flatnonzero(vector)
    weights = np.clip(vector[dimensions], -_LIMIT, _LIMIT)
    weights.flags.writeable = dimensions.flags.writeable = False  # cached, hence shared
    return Query(dimensions, weights, norm, wanted, synonyms)


def vectors(texts: Iterable[Iterable[str]]) -> NDArray[np.int8]:
    """One column for each list of words; rows are dimensions, so that a query reads only those it uses."""
    features = [_features_of(found, column) for column, found in enumerate(texts)]
    places = np.concatenate([place for place, _ in features] or [np.zeros(0, np.int64)])
    weights = np.concatenate([weight for _, weight in features] or [np.zeros(0, np.int64)])
    sums = np.bincount(places, weights, minlength=len(features) * DIMENSIONS)  # float64 holding integers
    clipped = np.clip(sums, -_LIMIT, _LIMIT).astype(np.int8)
    return np.ascontiguousarray(clipped.reshape(len(features), DIMENSIONS).T)


def _features_of(found: Iterable[str], column: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    counted = Counter(found)
    parts = [_features(word) for word in counted]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    repeats = np.repeat(
        [min(isqrt(count), _MOST_REPEATS) for count in counted.values()], [part.shape[1] for part in parts]
    )
    places, weights = np.concatenate(parts, axis=1)
    return places + column * DIMENSIONS, weights * repeats


@lru_cache(maxsize=16384)
def _features(word: str) -> NDArray[np.int64]:
    """Two rows, dimension and signed weight, of every feature of a word."""
    features = [(f"w{word}", _WORD)]
    if is_content(word):
        (stem,) = stems([word])
        padded = f" {word} "
        features.append((f"s{stem}", _STEM))
        features += [
            (padded[i : i + size], _GRAM) for size in _GRAM_SIZES for i in range(len(padded) - size + 1)
        ]
    return np.array([_hashed(feature, weight) for feature, weight in features], np.int64).T


def _hashed(feature: str, weight: int) -> tuple[int, int]:
    digest = crc32(feature.encode("utf-8", "surrogatepass")) * 2654435761 & 0xFFFFFFFF
    return (digest >> 8) % DIMENSIONS, weight if digest >> 31 else -weight
