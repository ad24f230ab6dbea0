"""Compares a contract of ours with a table of facts, leaf by leaf, and what explains the differences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ABSENT = "absent"
UNORDERED = ("required", "sources", "key_kinds")
PROSE = ("description", "title")

Explained = Mapping[str, tuple[str, ...]]
"""Reason, and the differences it explains as "where: fact -> ours"; * is any text."""


def compared(facts: Any, ours: Any) -> list[str]:
    """Every difference, as "where: fact -> ours"."""
    there, here = dict(leaves(facts)), dict(leaves(ours))
    return [
        f"{where}: {there.get(where, ABSENT)} -> {here.get(where, ABSENT)}"
        for where in sorted(there.keys() | here.keys())
        if there.get(where, ABSENT) != here.get(where, ABSENT)
    ]


def unexplained(differences: list[str], explained: Explained) -> list[str]:
    """The differences that no line explains."""
    patterns = [_compiled(pattern) for group in explained.values() for pattern in group]
    return [line for line in differences if not any(pattern.fullmatch(line) for pattern in patterns)]


def stale(differences: list[str], explained: Explained) -> list[str]:
    """The lines that explain no difference."""
    return [
        pattern
        for group in explained.values()
        for pattern in group
        if not any(_compiled(pattern).fullmatch(line) for line in differences)
    ]


def leaves(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """`(place, value)` of every leaf without the prose; a reference counts as the name it leads to."""
    if isinstance(node, dict):
        facts = {key: value for key, value in node.items() if not (key in PROSE and isinstance(value, str))}
        for key, value in facts.items():
            yield from leaves(value, f"{where}/{key}" if where else key)
        if not facts:
            yield where, "empty"
    elif isinstance(node, list) and any(isinstance(item, dict) for item in node):
        for item in node:
            yield from leaves(item, f"{where}/{_name(item.get('$ref', '-'))}")
    elif isinstance(node, list):
        words = [str(item) for item in node]
        yield where, f"[{' '.join(sorted(words) if where.endswith(UNORDERED) else words)}]"
    elif node is not None:
        yield where, _name(str(node)) if where.endswith("$ref") or "/mapping/" in where else str(node)


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """A node of a bundle, or what its reference leads to."""
    if "$ref" not in node:
        return node
    _, _, section, name = node["$ref"].split("/")
    found: dict[str, Any] = document["components"][section][name]
    return found


def content(holder: dict[str, Any]) -> dict[str, Any]:
    """Schema by media type."""
    return {media: entry["schema"] for media, entry in holder.get("content", {}).items()}


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(text) for text in pattern.split("*")))


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]
