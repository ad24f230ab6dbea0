"""Schemas without references and `allOf`: one flat view of each, with the forms it may take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from understudy.conformance.drift.documents import Document

COMPONENT = "#/components/schemas/"
_LOWER = ("minimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")


@dataclass(frozen=True)
class Union:
    """The forms of a `oneOf` or `anyOf`, by what tells one from another.

    Args:
        by: the member that names the form; empty when none does.
    """

    by: str
    forms: Mapping[str, Mapping[str, Any]]


@dataclass
class Flat:
    """A schema: plain keywords, members, unions of which each has to fit, and the name of a component."""

    keywords: dict[str, Any] = field(default_factory=dict)
    members: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    unions: list[Union] = field(default_factory=list)
    name: str = ""

    @property
    def type(self) -> str:
        found = self.keywords.get("type")
        return str(found) if found else ("object" if self.members else "")

    @property
    def is_union_alone(self) -> bool:
        return bool(self.unions) and self.type in ("", "object") and not self.members


def component(schema: Mapping[str, Any]) -> str:
    """The name of the component that a schema refers to; empty when it is no reference."""
    reference = schema.get("$ref")
    return str(reference).removeprefix(COMPONENT) if str(reference).startswith(COMPONENT) else ""


def flat(document: Document, schema: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> Flat:
    """The flat view of a schema. A schema that is part of itself through `allOf` ends there."""
    name = component(schema)
    if name in seen:
        return Flat()
    if "$ref" in schema:
        return replace(flat(document, document.target(schema), seen | {name}), name=name)
    apart = {"allOf", "oneOf", "anyOf", "discriminator", "properties", "required"}
    view = Flat(
        {key: value for key, value in schema.items() if key not in apart},
        dict(schema.get("properties", {})),
        list(schema.get("required", ())),
    )
    for word in ("oneOf", "anyOf"):
        if schema.get(word):
            view.unions.append(_union(document, schema[word], schema.get("discriminator", {})))
    for part in schema.get("allOf", ()):
        _merge(view, flat(document, part, seen))
    return view


def _merge(view: Flat, more: Flat) -> None:
    for key, value in more.keywords.items():
        mine = view.keywords.get(key)
        if mine is None:
            view.keywords[key] = value
        elif key in _LOWER:
            view.keywords[key] = max(mine, value)
        elif key in _UPPER:
            view.keywords[key] = min(mine, value)
        elif key == "enum":
            view.keywords[key] = [one for one in mine if one in value]
    for name, schema in more.members.items():
        mine = view.members.get(name)
        view.members[name] = schema if mine in (None, schema) else {"allOf": [mine, schema]}
    view.required += [name for name in more.required if name not in view.required]
    view.unions += more.unions


def _union(document: Document, forms: list[Mapping[str, Any]], discriminator: Mapping[str, Any]) -> Union:
    by = str(discriminator.get("propertyName", ""))
    named: dict[str, Mapping[str, Any]] = {}
    for value, target in discriminator.get("mapping", {}).items():
        named[str(value)] = {"$ref": target if "/" in target else COMPONENT + target}
    mapped = {schema["$ref"] for schema in named.values()}
    for form in forms:
        if form.get("$ref") not in mapped:
            named[_name(document, form, forms, by)] = form
    return Union(by, named)


def _name(document: Document, form: Mapping[str, Any], forms: list[Mapping[str, Any]], by: str) -> str:
    """What tells a form from others: the value of the discriminator, its component, its type, or itself."""
    if by:
        values = flat(document, flat(document, form).members.get(by, {})).keywords.get("enum", ())
        if len(values) == 1:
            return str(values[0])
    if component(form):
        return component(form)
    kind = form.get("type")
    if kind and [one.get("type") for one in forms].count(kind) == 1:
        return str(kind)
    return json.dumps(form, sort_keys=True)
