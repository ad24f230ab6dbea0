"""The shape of JSON values: which members there are and of which types, whatever their values are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.conformance.drift.documents import Document
from understudy.conformance.drift.flattening import flat

Shape = Mapping[str, frozenset[str]]
"""JSON types by path, such as `.corpora[].key`."""
ROOT = ""
_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"), ((int, float), "number"), (str, "string"), (list, "array"), (dict, "object"),
)  # fmt: skip
_DEEPEST = 24


def shape(values: Iterable[Any]) -> Shape:
    """The shape of several values together."""
    found: dict[str, set[str]] = {}
    pending = [(ROOT, value) for value in values]
    while pending:
        path, value = pending.pop()
        found.setdefault(path, set()).add(_type(value))
        if isinstance(value, dict):
            pending += [(f"{path}.{name}", one) for name, one in value.items()]
        elif isinstance(value, list):
            pending += [(f"{path}[]", one) for one in value]
    return {path: frozenset(types) for path, types in sorted(found.items())}


def _type(value: Any) -> str:
    return next((name for kinds, name in _TYPES if isinstance(value, kinds)), "null")


@dataclass(frozen=True)
class Apart:
    """A path where two shapes differ, and the types there; no types where a side does not have it."""

    path: str
    first: frozenset[str]
    second: frozenset[str]


def apart(first: Shape, second: Shape) -> Iterator[Apart]:
    """Where two shapes differ. Below a member that one side lacks nothing is compared."""
    nothing: frozenset[str] = frozenset()
    for path in sorted({*first, *second}):
        above = _above(path)
        if above is not None and (above not in first or above not in second):
            continue
        if path.endswith("[]") and not (path in first and path in second):
            continue  # an empty list says nothing of its elements
        a, b = first.get(path, nothing), second.get(path, nothing)
        if a != b:
            yield Apart(path, a, b)


def _above(path: str) -> str | None:
    if not path:
        return None
    return path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]


@dataclass(frozen=True)
class Known:
    """What a contract says of a path.

    Args:
        names: whether it names the member.
        required: whether it has to be there, in every form that the answer may have.
        free: whether members of any name are allowed here.
        types: the JSON types that it may have; empty for any.
    """

    names: bool = False
    required: bool = False
    free: bool = False
    types: frozenset[str] = frozenset()


def known(document: Document, schema: Mapping[str, Any], path: str) -> Known:
    """What a schema says of a path of a value."""
    at: list[tuple[Mapping[str, Any], bool]] = [(schema, True)]
    free = False
    for step in re.findall(r"\[\]|\.[^.\[]*", path):
        views = [view for one, _ in at for view in _forms(document, one)]
        if step == "[]":
            at = [(view.keywords["items"], True) for view in views if "items" in view.keywords]
            continue
        name = step[1:]
        named = [view for view in views if name in view.members]
        at = [(v.members[name], name in v.required and len(named) == len(views)) for v in named]
        if not at:
            rest = [view.keywords.get("additionalProperties") for view in views]
            free = free or any(one is True or isinstance(one, dict) for one in rest) or not views
            at = [(one, False) for one in rest if isinstance(one, dict)]
            if not at:
                return Known(free=free)
    types: set[str] = set()
    for one, _ in at:
        for view in _forms(document, one):
            types |= _types_of(view.type, bool(view.keywords.get("nullable")))
    return Known(not free, all(required for _, required in at), free, frozenset(types))


def _types_of(kind: str, nullable: bool) -> set[str]:
    every = {"boolean", "number", "string", "array", "object"}
    found = {"number" if kind == "integer" else kind} if kind else every
    return {*found, "null"} if nullable else found


def _forms(document: Document, schema: Mapping[str, Any], depth: int = 0) -> list[Any]:
    """Every form that a schema may take, each as a flat view with the members that all of them have."""
    view = flat(document, schema)
    if not view.unions or depth > _DEEPEST:
        return [view]
    found = []
    for union in view.unions:
        for form in union.forms.values():
            for inner in _forms(document, form, depth + 1):
                inner.members = {**view.members, **inner.members}
                inner.required = [*view.required, *inner.required]
                inner.keywords = {**view.keywords, **inner.keywords}
                found.append(inner)
    return found
