"""Synonyms: what else the words of a question may be called, from a list of everyday English of our own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import sqrt
from pathlib import Path

from understudy.behaviours.tokens import is_content, stems, words

WEIGHT = 0.4
"""What another name counts beside the word itself; less for a word that has many meanings."""
_FILE = Path(__file__).with_name("synonyms.txt")
_TELLING = frozenset({"away", "back", "down", "in", "no", "not", "off", "on", "out", "over", "up", "without"})
_BUCKET = 3  # letters that a word and its stem share

Phrase = tuple[str, ...]
Alternatives = Mapping[str, tuple[tuple[Phrase, float], ...]]
"""For each stem the phrases, as stems, that may stand for it, and what each counts."""


def alternatives(wanted: Sequence[str]) -> Alternatives:
    """Other names for these stems; a phrase of several words is known when all of them are wanted."""
    found: dict[str, tuple[tuple[Phrase, float], ...]] = {}
    for stem in wanted:
        for phrase, others in _names(stem):
            if len(phrase) == 1 or all(part in wanted for part in phrase):
                for part in phrase:
                    found[part] = found.get(part, ()) + others
    return found


@lru_cache(maxsize=4096)
def _names(stem: str) -> Sequence[tuple[Phrase, tuple[tuple[Phrase, float], ...]]]:
    """The phrases that begin with a stem, each with its other names and what they count."""
    found: defaultdict[Phrase, list[int]] = defaultdict(list)
    for text, groups in _by_beginning().get(stem[:_BUCKET], {}).items():
        phrase = _stemmed(text)
        if phrase[:1] == (stem,):
            found[phrase] += groups
    return [(phrase, _others(phrase, frozenset(groups))) for phrase, groups in found.items()]


def _others(phrase: Phrase, groups: frozenset[int]) -> tuple[tuple[Phrase, float], ...]:
    weight = WEIGHT / sqrt(len(groups))
    others = dict.fromkeys(one for group in sorted(groups) for one in _members(group))
    own = set(phrase)
    return tuple((one, weight) for one in others if not (own.issubset(one) or own.issuperset(one)))


@cache
def _by_beginning() -> Mapping[str, Mapping[str, Sequence[int]]]:
    """The groups of every member, by the first letters of its first word that carries meaning.

    Stemming all of them would take a third of a second, so it is done for those that are looked at.
    """
    found: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, group in enumerate(_groups()):
        for text in group:
            first = next((word for word in words(text) if is_content(word)), "")
            found[first[:_BUCKET]][text].append(number)
    return found


@cache
def _groups() -> Sequence[Sequence[str]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [line.split(", ") for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=4096)
def _members(group: int) -> Sequence[Phrase]:
    return tuple(filter(None, map(_stemmed, _groups()[group])))


@lru_cache(maxsize=16384)
def _stemmed(text: str) -> Phrase:
    """Its stems, without small words; () when those change the meaning: `time off` is not `time`."""
    found = words(text)
    kept = [word for word in found if is_content(word)]
    return stems(kept) if len(kept) > 1 or len(found) == 1 or _TELLING.isdisjoint(found) else ()
