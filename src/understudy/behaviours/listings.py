"""Listings: the things that a text lists, as in `buy milk, eggs and bread`."""

from __future__ import annotations

import re

from understudy.behaviours.mentions import DETERMINERS
from understudy.behaviours.regex import regex
from understudy.behaviours.stop_words import ALL as STOP_WORDS
from understudy.behaviours.tokens import stems, words

MOST = 50
"""How many things of a listing are kept."""
_LONGEST_WORDS = 6

_BULLET = regex(r"(?m)^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+(\S[^\n]{0,300})$")
_SENTENCE = regex(r"[^.!?;:\n]+")
_BETWEEN = regex(r"\s*,\s*(?:(?:and|or|und|oder|et|ou|y|o|e)\s+)?|\s+(?:and|und|et|y|e)\s+", re.IGNORECASE)
_NAMES = regex(r"\S+(?:\s[A-ZÀ-ÖØ-Þ]\S*)*")
_ENDING = regex(
    r"\s+(?:to|for|from|in|on|at|with|please|into|zu|für|auf|von|bitte|pour|dans|à|para|en|na|no)\s.*\Z",
    re.I,
)


def listing_of(text: str, stems_of_name: frozenset[str] = frozenset()) -> list[str]:
    """The things listed: lines with bullets, or what commas and a last `and` part; [] without a listing.

    Of several listings it is the one behind a word of the name that it is looked for, else the first.
    """
    bullets = [line.strip() for line in _BULLET.findall(text)]
    if len(bullets) > 1:
        return bullets[:MOST]
    found: list[list[str]] = []
    before = ""
    for match in _SENTENCE.finditer(text):
        listed = _listed(match.group().strip())
        if listed and not stems_of_name.isdisjoint(stems(words(before + match.group()))):
            return listed
        found += [listed] if listed else []
        before = match.group()[-100:]
    return found[0] if found else []


def _listed(sentence: str) -> list[str]:
    parts = [part for part in _BETWEEN.split(sentence) if part]
    if len(parts) < 2:
        return []
    parts[-1] = _ENDING.sub("", parts[-1])
    if all(part[0].isupper() for part in parts):
        parts[-1] = " ".join(_NAMES.findall(parts[-1])[:1])
    rest = [len(part.split()) for part in parts[1:]]
    if max(rest) > _LONGEST_WORDS:
        return []
    parts[0] = _last_words(parts[0], max(rest))
    kept = [part for part in (part.strip(" '\"") for part in parts) if part]
    are_clauses = any(part.split()[0].lower() in STOP_WORDS - DETERMINERS for part in kept)
    return [] if are_clauses or len(kept) < 2 else kept[:MOST]


def _last_words(part: str, count: int) -> str:
    """What of the first part is listed: its last words, as many as the others have, none of them small."""
    kept: list[str] = []
    for word in reversed(part.split()[-count:]):
        if word.lower() in STOP_WORDS:
            break
        kept.insert(0, word)
    return " ".join(kept)
