"""Docstrings: what they say of parameters, in the styles of Google, NumPy, reStructuredText and Epydoc."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_TAGGED = re.compile(r"(?::param(?:eter)?|@param) +(?:[^\s:]+ +)?(\w+) *: *(.*)", re.ASCII)
_GOOGLE = re.compile(r"\*{0,2}(\w+) *(?:\([^()]*\))? *: *(.*)", re.ASCII)
_NUMPY = re.compile(r"\*{0,2}(\w+) *(?::.*)?", re.ASCII)
_SECTIONS = ("args:", "arguments:", "parameters:", "params:")


def parameter_texts(docstring: str, names: Collection[str]) -> dict[str, str]:
    """What a docstring says of each of the named parameters, in one line; others are left out.

    Args:
        docstring: without the margin of its source, as `ast.get_docstring` gives it.
    """
    reader = _Reader(docstring.splitlines(), names)
    for at in range(len(reader.lines)):
        reader.read(at)
    return {name: " ".join(texts) for name, texts in reader.found.items() if texts}


class _Reader:
    """Where the reading of a docstring stands."""

    def __init__(self, lines: Sequence[str], names: Collection[str]) -> None:
        self.lines = lines
        self.names = names
        self.found: dict[str, list[str]] = {}
        self.entry: re.Pattern[str] | None = None
        """The form of the entries of the section, while it is one of parameters."""
        self.margin = 0
        self.current: list[str] | None = None
        self.depth = 0

    def read(self, at: int) -> None:
        line = self.lines[at]
        text = " ".join(line.split())
        depth = len(line) - len(line.lstrip())
        if not text:
            return
        tagged = _TAGGED.fullmatch(text)
        if tagged:
            self._begin(tagged.group(1), tagged.group(2), depth)
        elif text.lower() in _SECTIONS:
            self.entry, self.margin, self.current = _GOOGLE, depth, None
        elif self._is_underlined(at):
            self.entry = _NUMPY if text.lower() == "parameters" else None
            self.margin, self.current = depth, None
        elif not text.strip("-"):
            return
        elif not self._begins_entry(text, depth):
            self._go_on(text, depth)

    def _is_underlined(self, at: int) -> bool:
        below = self.lines[at + 1].strip() if at + 1 < len(self.lines) else ""
        return len(below) >= 3 and not below.strip("-")

    def _begins_entry(self, text: str, depth: int) -> bool:
        if self.entry is None:
            return False
        inside = depth > self.margin if self.entry is _GOOGLE else depth == self.margin
        if not inside and depth <= self.margin:  # the section is over
            self.entry = self.current = None
            return False
        match = self.entry.fullmatch(text)
        if match is None or not inside or (self.current is not None and depth > self.depth):
            return False
        self._begin(match.group(1), match.group(2) if self.entry is _GOOGLE else "", depth)
        return True

    def _go_on(self, text: str, depth: int) -> None:
        if self.current is not None and depth > self.depth:
            self.current.append(text)
        else:
            self.current = None

    def _begin(self, name: str, text: str, depth: int) -> None:
        self.current, self.depth = [text] if text else [], depth
        if name in self.names:
            self.found.setdefault(name, self.current)
