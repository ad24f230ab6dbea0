"""Glossaries: what the terms of a text stand for is written behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\w+|[^\w\s]")


class Glossary:
    """Terms with their expansions, read once.

    Upper and lower case are the same, and so is any white space within a term. Of two terms that differ in
    nothing else the first one counts.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._expansions: dict[str, str] = {}
        lengths: dict[str, set[int]] = {}
        for term, expansion in entries.items():
            tokens = _TOKEN.findall(term.casefold())
            if tokens:
                self._expansions.setdefault(_plain(term), expansion)
                lengths.setdefault(tokens[0], set()).add(len(tokens))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def expand(self, text: str) -> str:
        """The text with expansions in parentheses: `k8s` becomes `k8s (Kubernetes)`.

        Terms are whole words, the longest one wins. Each is explained once, unless the text does so itself.
        """
        spans = [match.span() for match in _TOKEN.finditer(text)]
        known = text.casefold()
        explained: set[str] = set()
        parts, written, at = [], 0, 0
        while at < len(spans):
            end, expansion = self._found(text, spans, at)
            if expansion and expansion not in explained:
                explained.add(expansion)
                if expansion.casefold() not in known:
                    stop = spans[end - 1][1]
                    parts.append(f"{text[written:stop]} ({expansion})")
                    written = stop
            at = end
        return "".join([*parts, text[written:]])

    def _found(self, text: str, spans: list[tuple[int, int]], at: int) -> tuple[int, str]:
        """The token behind the longest term that begins at a token, and its expansion; empty for none."""
        start = spans[at][0]
        for length in self._lengths.get(text[slice(*spans[at])].casefold(), ()):
            if at + length <= len(spans):
                expansion = self._expansions.get(_plain(text[start : spans[at + length - 1][1]]))
                if expansion is not None:
                    return at + length, expansion
        return at + 1, ""


def _plain(term: str) -> str:
    return " ".join(term.casefold().split())
