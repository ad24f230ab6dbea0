"""Sentences: where they end, by punctuation, line breaks and known abbreviations."""

import re

from understudy.behaviours.regex import regex
from understudy.behaviours.stop_words import words_of

_LINE_ENDS = "\r\n\v\f\x85\u2028\u2029"
# Every pattern consumes what it looked at, so that hostile input costs linear time.
_BREAK = regex(
    r"[.!?…‥]+[\"'”’»«)\]›]*"
    r"|[。！？｡．।॥۔؟]+[」』”’）)\]\"]*"
    rf"|[{_LINE_ENDS}]\s*"
)
_NEXT_WORD = regex(r"\s{0,8}[(\[\"'„“‚«»]?([^\W_]{0,20})")

# A full stop after these never ends a sentence.
_TITLES = words_of(
    "dr mr mrs ms mme mlle prof st hr fr frau herr sir rev gen col capt sgt lt hon vs cf e.g i.e eg ie "
    "z.b d.h u.a s.o z.t p.ex dipl ing"
)
# A full stop after these belongs to the number that follows.
_REFERENCES = words_of("no nr nos art fig figs abs sec vol ch pp p s bd kap eq tab tel")
# A full stop after these ends a sentence only when the next word is not written small.
_ENDINGS = words_of(
    "etc inc ltd co corp jr sr bros approx ca bzw usw evtl ggf inkl max min est dept a.m p.m str al jan "
    "feb mar apr jun jul aug sep sept oct nov dec okt dez mon tue wed thu fri sat sun"
)
_STARTERS = words_of(
    "the a an it its this that these those he she they we you in on at if when but and there our his her "
    "my for as to der die das es er sie wir ein eine le la les il elle un une"
)
_MONTHS = words_of(
    "januar februar märz april mai juni juli august september oktober november dezember jahrhundert"
)
_WRAPPED_LINE = 40


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end offsets of each sentence, without white space around it."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if _ends_sentence(text, start, match):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    trimmed = piece.strip()
    if trimmed:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(trimmed)))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    at, end = match.span()
    mark = text[at]
    if end == len(text):
        return True
    if mark in _LINE_ENDS:
        return not _is_wrapped(text, match)
    if mark not in ".!?…‥":
        return True
    if not text[end].isspace():
        return text[end] > "\u2e80"  # no space is needed before Chinese or Japanese
    following = _next_word(text, end)
    if match.group() == ".":
        return _stop_ends_sentence(text, start, at, following)
    closed = text[end - 1] not in "!?"  # "Stop!" he said; well ... maybe
    return not (closed and following[:1].islower())


def _next_word(text: str, at: int) -> str:
    match = _NEXT_WORD.match(text, at)
    return match.group(1) if match else ""


def _stop_ends_sentence(text: str, start: int, at: int, following: str) -> bool:
    word = _last_word(text[max(start, at - 16) : at])
    small = following[:1].islower()
    if word in _TITLES:
        return False
    if word in _REFERENCES and following[:1].isdigit():
        return False
    if word in _ENDINGS:
        return not small
    if word != "i" and _is_initial(word):
        return not following or following.lower() in _STARTERS
    if word.isdigit() and len(word) <= 2:
        is_list_number = at - start <= 4 and text[start:at].strip() == word
        return not (is_list_number or small or following.lower() in _MONTHS)
    return True


def _last_word(before: str) -> str:
    parts = before.split()
    if not parts or before[-1].isspace():
        return ""
    return parts[-1].lstrip("([\"'„“‚«»").lower()


def _is_initial(word: str) -> bool:
    """A single letter, or letters with full stops between them: J., U.S."""
    return word[:1].isalpha() and all(len(part) == 1 for part in word.split("."))


def _is_wrapped(text: str, match: re.Match[str]) -> bool:
    """A single line break after a long line, before a small letter, is one made by an editor."""
    gap, at = match.group(), match.start()
    if gap.count("\n") > 1 or gap.count("\r") > 1:
        return False
    line = max(text.rfind(end, max(0, at - _WRAPPED_LINE), at) for end in "\n\r")
    is_long = at >= _WRAPPED_LINE and line < 0
    return is_long and text[match.end() : match.end() + 1].islower()
