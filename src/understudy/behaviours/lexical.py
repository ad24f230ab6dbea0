"""Lexical search: the query syntax of quotes, prefixes and exclusions, and BM25 over the terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from understudy.behaviours.regex import regex
from understudy.behaviours.tokens import content_stems, stems, words

K1, B = 1.2, 0.75
HALF = 4.0  # the BM25 score that becomes 0.5

_SYNTAX = regex(r'["*-]')
_ITEM = regex(r'(?<!\S)(-?)(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class LexicalQuery:
    """A parsed query: `line` fragments to require or exclude, terms and prefixes to score.

    `plain` is the text without the syntax and without what is excluded.
    """

    plain: str
    terms: tuple[str, ...]
    prefixes: tuple[str, ...]
    required: tuple[str, ...]
    excluded: tuple[str, ...]


def line(found: Iterable[str]) -> str:
    """Words as one text in which a phrase of whole words is found as a substring."""
    return f" {' '.join(found)} "


@lru_cache(maxsize=4096)
def parse(text: str) -> LexicalQuery:
    """`"quoted words"` must occur, `frag*` stands for all words it begins, `-word` must not occur."""
    if not _SYNTAX.search(text):  # most queries are plain words
        return LexicalQuery(text, tuple(dict.fromkeys(content_stems(text))), (), (), ())
    plain: list[str] = []
    scored: list[str] = []
    prefixes: list[str] = []
    required: list[str] = []
    excluded: list[str] = []
    for minus, quoted, bare in _ITEM.findall(text):
        item, is_prefix = quoted or bare.rstrip("*"), bare.endswith("*")
        fragment = line(words(item))
        if is_prefix:
            fragment = fragment.rstrip()
        if not fragment.strip():
            continue
        if minus:
            excluded.append(fragment)
            continue
        plain.append(item)
        (prefixes if is_prefix else scored).append(fragment if is_prefix else item)
        if quoted:
            required.append(fragment)
    terms = tuple(dict.fromkeys(content_stems(" ".join(scored))))
    return LexicalQuery(" ".join(plain), terms, tuple(prefixes), tuple(required), tuple(excluded))


def literal(text: str) -> LexicalQuery:
    """The text without any syntax: every word of it counts, also those that carry little meaning."""
    return LexicalQuery(text, tuple(dict.fromkeys(stems(words(text)))), (), (), ())


def rarity(rows: int, holders: int) -> float:
    """BM25's weight of a term that `holders` of `rows` parts hold."""
    # Rounded, since libraries differ in the last bit of a logarithm.
    return round(log(1 + (rows - holders + 0.5) / (holders + 0.5)), 9)


def prefix_counts(lines: Sequence[str], prefix: str) -> list[tuple[int, int]]:
    """The rows with words that begin so, and how many such words each holds."""
    return [(row, text.count(prefix)) for row, text in enumerate(lines) if prefix in text]
