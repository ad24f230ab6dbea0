"""Filter attributes at work: metadata is checked against them, filters are compiled for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.apis.vectara.filters import Attribute, Filter, FilterError, cached_filter
from understudy.errors import BadRequest

_SCALARS: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "real_number": (int, float),
    "text": (str,),
    "boolean": (bool,),
}


def compiled_filter(
    corpus: Mapping[str, Any], text: str, place: str, *, document_only: bool = False
) -> Filter:
    """A filter for the attributes of this corpus; 400 names `place` and the position of the fault."""
    attributes = tuple(
        Attribute(attribute["name"], attribute["level"], attribute["type"])
        for attribute in corpus["filter_attributes"]
    )
    levels = frozenset({"document"}) if document_only else frozenset({"document", "part"})
    try:
        return cached_filter(text, attributes, levels)
    except FilterError as error:
        raise BadRequest({place: f"{error.message} (at position {error.position})"}) from None


def value_at(metadata: Mapping[str, Any], name: str) -> Any:
    """The value of an attribute: a flat key of that name, else the nested path; None when absent."""
    if name in metadata:
        return metadata[name]
    node: Any = metadata
    for step in name.split("."):
        if not isinstance(node, Mapping) or step not in node:
            return None
        node = node[step]
    return node


def mismatches(
    corpus: Mapping[str, Any], level: str, metadata: Mapping[str, Any], place: str
) -> Iterator[tuple[str, str]]:
    """Members of `metadata` whose value is not of the type their attribute declares (400 is a guess)."""
    for attribute in corpus["filter_attributes"]:
        if attribute["level"] == level:
            value = value_at(metadata, attribute["name"])
            if value is not None and not fits(value, attribute["type"]):
                yield (
                    f"{place}.{attribute['name']}",
                    f"must be of type {attribute['type']}, as the filter attribute declares",
                )


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of the type that a filter attribute declares."""
    if kind.startswith("list["):
        return isinstance(value, list) and all(fits(item, kind[5:-1]) for item in value)
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _SCALARS[kind])
