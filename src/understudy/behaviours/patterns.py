"""Patterns: texts that match a regular expression, for the plain part of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from understudy.behaviours.regex import regex

LONGEST_PATTERN = 300
LONGEST_TEXT = 5000
"""Characters of a text that is made; what would be longer is not made."""
_MOST_TRIES = 24

_ESCAPED = {"d": "0", "w": "a", "s": " ", "D": "a", "W": " ", "S": "a", "n": "\n", "t": "\t", "r": "\r"}
_PROPERTIES = {"L": "a", "Ll": "a", "Lu": "A", "N": "0", "Nd": "0", "P": ".", "Z": " "}
_COUNTED = regex(r"\{(\d{1,4})(?:(,)(\d{0,4}))?\}")
_GROUP = regex(r"\((?:\?(?:P?<[A-Za-z_]\w{0,30}>|:))?(?!\?)")
_CLASS_ITEM = regex(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[pP]\{(\w+)\}|(.))|(.)", re.DOTALL)


class _TooHard(Exception):
    """A part of the language that is not understood here."""


def matches(pattern: str, text: str) -> bool | None:
    """Whether the pattern matches anywhere in the text, as JSON Schema means it; None when RE2 cannot "
    "tell."""
    expression = _compiled(pattern)
    return None if expression is None else expression.search(text) is not None


def example(pattern: str, shortest: int = 0, longest: int | None = None) -> str | None:
    """A text of the wanted length that matches, as short as may be; None when none is found."""
    if len(pattern) > LONGEST_PATTERN:
        return None
    limit = LONGEST_TEXT if longest is None else min(longest, LONGEST_TEXT)
    for text in _candidates(pattern, shortest):
        for padded in (text, text.ljust(shortest, "x"), text.rjust(shortest, "x")):
            if shortest <= len(padded) <= limit and matches(pattern, padded):
                return padded
    return None


def _candidates(pattern: str, shortest: int) -> Iterator[str]:
    """Texts with every open repetition at its least, then with more and more."""
    extra, tries = 0, 0
    while tries < _MOST_TRIES:
        try:
            text = _Sampler(pattern, extra).text()
        except _TooHard:
            return
        yield text
        tries += 1
        missing = shortest - len(text)
        if missing <= 0 and extra:
            return
        extra += max(1, missing // 8) if missing > 0 else 1


class _Sampler:
    """Reads a pattern from left to right and writes the first text that it describes."""

    def __init__(self, pattern: str, extra: int) -> None:
        self.pattern = pattern
        self.extra = extra
        self.at = 0

    def text(self) -> str:
        done: list[list[str]] = [[]]  # the pieces of each open group; a repetition repeats the last piece
        closed: list[bool] = [False]  # whether a first alternative was read already
        while self.at < len(self.pattern):
            sign = self.pattern[self.at]
            group = _GROUP.match(self.pattern, self.at) if sign == "(" else None
            if group:
                self.at = group.end()
                done.append([])
                closed.append(False)
                continue
            if sign == ")":
                piece = "".join(done.pop())
                closed.pop()
                if not done:
                    raise _TooHard
                self.at += 1
            elif sign == "|":
                closed[-1] = True
                self.at += 1
                continue
            else:
                piece = self._piece(sign)
            piece = self._repeated(piece)
            if not closed[-1]:
                done[-1].append(piece)
            if sum(map(len, done[-1][-1:])) > LONGEST_TEXT:
                raise _TooHard
        if len(done) > 1:
            raise _TooHard
        return "".join(done[0])

    def _piece(self, sign: str) -> str:
        if sign == "[":
            return self._of_class()
        if sign in "(*+?{":
            raise _TooHard
        self.at += 1
        if sign in "^$":
            return ""
        if sign == ".":
            return "x"
        if sign == "\\":
            match = _CLASS_ITEM.match(self.pattern, self.at - 1)
            if not match:
                raise _TooHard
            self.at = match.end()
            return _literal(match)
        return sign

    def _of_class(self) -> str:
        """A sign that the class holds: its first one, or for `[^...]` one that it does not name."""
        self.at += 1
        negated = self.pattern[self.at : self.at + 1] == "^"
        self.at += negated
        signs: list[str] = []
        while self.pattern[self.at : self.at + 1] != "]" or not signs:
            match = _CLASS_ITEM.match(self.pattern, self.at)
            if not match:
                raise _TooHard
            signs.append(_literal(match))
            self.at = match.end()
        self.at += 1
        if not negated:
            return signs[0]
        start = self.pattern.rindex("[^", 0, self.at)
        options = (sign for sign in "axA0 .-_" if matches(self.pattern[start : self.at], sign))
        return next(options, "\u00e9")

    def _repeated(self, piece: str) -> str:
        sign = self.pattern[self.at : self.at + 1]
        counted = _COUNTED.match(self.pattern, self.at) if sign == "{" else None
        least, most = 1, 1
        if counted:
            least = int(counted[1])
            most = least if not counted[2] else int(counted[3]) if counted[3] else least + self.extra
            self.at = counted.end()
        elif sign in ("*", "+", "?") and sign:
            least = int(sign == "+")
            most = 1 if sign == "?" else least + self.extra
            self.at += 1
        if self.pattern[self.at : self.at + 1] == "?" and (counted or sign in ("*", "+", "?")):
            self.at += 1
        times = min(most, least + self.extra)
        if len(piece) * times > LONGEST_TEXT:
            raise _TooHard
        return piece * times


def _literal(match: re.Match[str]) -> str:
    unicode, byte, named, escaped, plain = match.groups()
    if unicode or byte:
        return chr(int(unicode or byte, 16))
    if named:
        return _PROPERTIES.get(named, "a")
    if escaped:
        return "" if escaped in "bB" else _ESCAPED.get(escaped, escaped)
    return plain or ""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    if len(pattern) > LONGEST_PATTERN * 4:
        return None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(re.sub(r"\\u([0-9a-fA-F]{4})", r"\\x{\1}", pattern), options)
    except (re2.error, UnicodeEncodeError):
        return None
