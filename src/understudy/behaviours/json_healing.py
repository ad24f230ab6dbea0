"""JSON healing: what a model meant to be JSON, read in one pass with all that models get wrong."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

from understudy.behaviours.regex import regex

LONGEST = 1_000_000
"""Characters; a longer text is not read."""
DEEPEST = 200
"""Levels of arrays and objects; a deeper text is not read."""
_MOST_STARTS = 8

_FENCE = regex(r"```[ \t]*[\w-]*[ \t]*\r?\n?(.*?)(?:```|\Z)", re.DOTALL)
_START = regex(r"\{|\[(?=\s*(?:[\[{\"'\]\-\d“‘]|true|false|null|None|True|False|NaN|//|/\*|#))")
_SPACE = regex(r"(?:[\s,;\ufeff]+|//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z))+", re.DOTALL)
_KEY = regex(r"\s*:|\s*=>?(?!=)")
_BARE = regex(r"[-+.\d]+(?=\s+[-+.\d])|[^\s,;:{}\[\]\"]+(?:[ \t]+[^\s,;:{}\[\]\"/#]+)*")
_BARE_KEY = regex(r"[^\s:={}\[\],\"']+")
_NUMBER = regex(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SURROGATE = regex("[\ud800-\udfff]")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "„": "“", "«": "»"}
_PLAIN = {closing: regex(rf"[^\\{re.escape(closing)}]+") for closing in _QUOTES.values()}
_AFTER = regex(r"[ \t]*(?:\Z|[,;:=}\]\r\n#]|//|/\*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "/": "/"}
_WORDS: dict[str, Any] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "None": None, "NULL": None, "nil": None, "undefined": None, "NaN": None, "nan": None,
    "Infinity": None, "-Infinity": None, "inf": None, "-inf": None,
}  # fmt: skip
_END = object()


def heal(text: str) -> Any:
    """The JSON value that a text holds or was meant to hold; None when it holds none.

    Valid JSON comes out as it is. Otherwise the fence and the words around it are left off, and comments,
    missing or needless commas, other quotation marks, keys without any, missing closing brackets, line breaks
    in strings, and the words of Python and JavaScript are understood. NaN and infinities become None.
    """
    if len(text) > LONGEST:
        return None
    whole = _loaded(text)
    if whole is not _END:
        return whole
    stripped = text.strip().lstrip("\ufeff")
    for candidate in (*(match.group(1) for match in _FENCE.finditer(stripped)), stripped):
        found = _loaded(candidate.strip())
        if found is _END:
            found = _within(candidate)
        if found is not _END:
            return found
    return _WORDS.get(stripped)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return _END


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


def _within(text: str) -> Any:
    """The longest valid value among words, else what the first bracket was meant to open."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None, parse_float=_finite)
    starts: list[int] = []
    best: tuple[int, Any] = (0, _END)
    at = 0
    while len(starts) < _MOST_STARTS and (match := _START.search(text, at)):
        at = match.end()
        try:
            value, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            starts.append(match.start())
            continue
        if end - match.start() > best[0]:
            best = (end - match.start(), value)
        starts.append(-1)
        at = end
    broken = [start for start in starts if start >= 0]
    if not broken or (starts[0] < 0 and (isinstance(best[1], dict) or text[broken[0]] != "{")):
        return best[1]
    return _Reader(text, broken[0]).value() or best[1]  # brackets around nothing were words, not JSON


class _Reader:
    """Reads values from left to right with the open brackets on a stack of its own."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.open: list[tuple[Any, str | None]] = []  # the container, and the key that waits for a value
        self.objects = 0

    def value(self) -> Any:
        root: Any = _END
        while self.at < len(self.text):
            space = _SPACE.match(self.text, self.at)
            if space:
                self.at = space.end()
                continue
            sign = self.text[self.at]
            if sign in "{[":
                opened: Any = {} if sign == "{" else []
                if len(self.open) >= DEEPEST:
                    return _END
                if root is _END:
                    root = opened
                else:
                    self._add(opened)
                self.open.append((opened, None))
                self.objects += sign == "{"
                self.at += 1
            elif sign in "}]":
                self.at += 1
                self._close(sign)
            elif isinstance(self.open[-1][0], dict) and self.open[-1][1] is None:
                self._read_key(sign)
            else:
                self._add(self._scalar(sign))
            if not self.open:
                return root
        while self.open:
            self._pop()
        return root

    def _add(self, value: Any) -> None:
        container, key = self.open[-1]
        if value is _END:
            return
        if isinstance(container, list):
            container.append(value)
        elif key is not None:
            container[key] = value
            self.open[-1] = (container, None)

    def _close(self, sign: str) -> None:
        """Close the innermost bracket of this kind; one that was never opened is passed over."""
        wanted = dict if sign == "}" else list
        count = self.objects if sign == "}" else len(self.open) - self.objects
        while count and self.open:
            if isinstance(self._pop(), wanted):
                return

    def _pop(self) -> Any:
        container, key = self.open.pop()
        if key is not None:
            container[key] = None
        self.objects -= isinstance(container, dict)
        return container

    def _read_key(self, sign: str) -> None:
        if sign in _QUOTES:
            key = self._quoted(sign)
        else:
            match = _BARE_KEY.match(self.text, self.at)
            key = match.group() if match else ""
            self.at = match.end() if match else self.at + 1
        following = _KEY.match(self.text, self.at)
        if following:
            self.at = following.end()
            self.open[-1] = (self.open[-1][0], key)

    def _scalar(self, sign: str) -> Any:
        if sign in _QUOTES:
            return self._quoted(sign)
        match = _BARE.match(self.text, self.at)
        if not match:
            self.at += 1
            return _END
        self.at = match.end()
        return _meaning(match.group())

    def _quoted(self, opening: str) -> str:
        """A string up to its closing mark; a mark inside it does not close when no sign of JSON follows."""
        closing = _QUOTES[opening]
        plain = _PLAIN[closing]
        parts: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            match = plain.match(self.text, self.at)
            if match:
                parts.append(match.group())
                self.at = match.end()
                continue
            if self.text[self.at] == "\\":
                parts.append(self._escape())
                continue
            self.at += 1
            if _AFTER.match(self.text, self.at):
                break
            parts.append(closing)
        return _paired("".join(parts))

    def _escape(self) -> str:
        sign = self.text[self.at + 1 : self.at + 2]
        width = {"u": 4, "x": 2}.get(sign, 0)
        code = self.text[self.at + 2 : self.at + 2 + width]
        if width and re.fullmatch(rf"[0-9a-fA-F]{{{width}}}", code):
            self.at += 2 + width
            return chr(int(code, 16))
        self.at += 2
        return _ESCAPES.get(sign, sign)


def _paired(text: str) -> str:
    """The text with the two halves of a sign beyond U+FFFF put together."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _meaning(word: str) -> Any:
    """What a value without quotation marks means."""
    if word in _WORDS:
        return _WORDS[word]
    if _NUMBER.fullmatch(word) and not re.match(r"[-+]?0\d", word):
        if word.lstrip("+-").isdigit():
            return int(word) if len(word) < 400 else word
        return _finite(word)
    return word
