"""The filter of Browse Documents: `-t tag -r reference -c contents -n name -i id`, and free text.

Conditions are joined by AND. There is no wrong filter: what is not understood is free text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]
Condition = Callable[[Document, str], bool]

_TOKEN = re.compile(r""""([^"]*)(?:"|$)|'([^']*)(?:'|$)|(\S+)""")
"""A quote counts where a word may begin; one that is never closed takes the rest."""


def _has_tag(document: Document, wanted: str) -> bool:
    return any(tag.casefold() == wanted for tag in document["tags"])


def _contains(member: str) -> Condition:
    return lambda document, wanted: wanted in document[member].casefold()


def _mentions(document: Document, wanted: str) -> bool:
    return any(wanted in document[member].casefold() for member in ("name", "id", "contents"))


_FLAGS: Mapping[str, Condition] = {
    "-t": _has_tag,
    "-c": _contains("contents"),
    "-n": _contains("name"),
    "-i": _contains("id"),
    "-r": lambda document, wanted: document["reference"] == wanted,
}


class DocumentFilter:
    """A filter, understood.

    Args:
        text: what the caller wrote.
    """

    def __init__(self, text: str) -> None:
        self._name = text.strip().casefold()
        self._conditions: list[tuple[Condition, str]] = []
        free: list[str] = []
        tokens = iter(_TOKEN.findall(text))
        for double, single, bare in tokens:
            condition = _FLAGS.get(bare)
            if condition is None:
                free.append(double or single or bare)
                continue
            value = next(tokens, None)
            if value is not None:  # a flag at the end asks for nothing
                wanted = "".join(value)
                self._conditions.append((condition, wanted if bare == "-r" else wanted.casefold()))
        if free:
            self._conditions.append((_mentions, " ".join(free).casefold()))

    def accepts(self, document: Document) -> bool:
        """Whether the document is let through; the one that is called like the whole filter always is."""
        if all(condition(document, wanted) for condition, wanted in self._conditions):
            return True
        return bool(document["name"].strip().casefold() == self._name)
