"""Validators of the contract: OpenAPI 3.0 schemas translated once, compiled on first use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import orjson

MAX_REPORTED = 20
MAX_KNOWN = 64
MAX_KNOWN_BYTES = 16 * 1024
"""How many answers that passed are remembered per check, and how long they may be."""
INT32 = (-(2**31), 2**31 - 1)


class _Whole:
    """The keyword behind `type: integer`: 1.0 is a number, not an integer."""

    def __init__(self, parent: Any, value: Any, path: Any) -> None:
        pass

    def validate(self, instance: Any) -> None:
        if type(instance) is float:
            raise ValueError("is not an integer")


_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def _is_uuid(text: str) -> bool:
    """A format that the draft of the compiler does not have."""
    return _UUID.fullmatch(text) is not None


class Schemas:
    """Compiles validators for the schemas of one bundle.

    Args:
        components: `components.schemas` of the bundle.
    """

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components
        self._outlines: dict[str, tuple[set[str], set[str]]] = {}

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema itself, a component behind its reference."""
        while "$ref" in schema:
            schema = self._components[schema["$ref"].rpartition("/")[2]]
        return schema

    def mentions(self, schema: Any, members: set[str]) -> bool:
        """Whether a schema, or anything it reaches, has a property of one of these names."""
        references, properties = _outline(schema)
        pending, seen = list(references), set[str]()
        while pending and members.isdisjoint(properties):
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                references, properties = self._outlined(name)
                pending.extend(references)
        return not members.isdisjoint(properties)

    def _outlined(self, name: str) -> tuple[set[str], set[str]]:
        """The outline of a component, made once."""
        if name not in self._outlines:
            self._outlines[name] = _outline(self._components[name])
        return self._outlines[name]

    def validator(self, schema: dict[str, Any], *, request: bool = False) -> Check:
        """A check of values against `schema`; requests also tell 1 from 1.0."""
        return Check(self, schema, request)

    def document(self, schema: dict[str, Any], *, request: bool) -> dict[str, Any]:
        """The schema with every component that it reaches, in the dialect of the compiler."""
        needed: dict[str, Any] = {}
        pending = list(_references(schema))
        while pending:
            name = pending.pop()
            if name not in needed:
                needed[name] = translate(self._components[name], self._components, request)
                pending.extend(_references(self._components[name]))
        return {
            "allOf": [translate(schema, self._components, request)],
            "components": {"schemas": needed},
        }


class Check:
    """One validator, compiled when it is first needed."""

    __slots__ = ("_compiled", "_known", "_request", "_schema", "_schemas")

    def __init__(self, schemas: Schemas, schema: dict[str, Any], request: bool) -> None:
        self._schemas = schemas
        self._schema = schema
        self._request = request
        self._compiled: jsonschema_rs.Validator | None = None
        self._known: set[bytes] = set()

    def compiled(self) -> jsonschema_rs.Validator:
        if self._compiled is None:
            document = self._schemas.document(self._schema, request=self._request)
            self._compiled = jsonschema_rs.Draft7Validator(
                document,
                validate_formats=True,
                ignore_unknown_formats=True,
                formats={"uuid": _is_uuid},
                keywords={"whole": _Whole},
            )
        return self._compiled

    def accepts(self, value: Any) -> bool:
        return self.compiled().is_valid(value)

    def accepts_again(self, value: Any, serialised: bytes) -> bool:
        """Like `accepts`, for a value and its JSON: the last bytes that passed are not looked at again."""
        if serialised in self._known:
            return True
        accepted = self.accepts(value)
        if accepted and len(serialised) <= MAX_KNOWN_BYTES:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known.add(serialised)
        return accepted

    def faults(self, value: Any, place: str) -> dict[str, str]:
        """What is wrong, by dotted path: `{"body.search.limit": "must be at least 1"}`."""
        found: dict[str, str] = {}
        for error in self.compiled().iter_errors(value):
            path, text = _fault(error, place)
            found.setdefault(path, text)
            if len(found) >= MAX_REPORTED:
                break
        return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            elif key == "mapping" and isinstance(value, dict):
                continue
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _outline(schema: Any) -> tuple[set[str], set[str]]:
    """The components that a schema refers to, and the names of all properties in it."""
    references, properties = set[str](), set[str]()
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "$ref" and isinstance(value, str):
                    references.add(value.rpartition("/")[2])
                elif key == "properties" and isinstance(value, dict):
                    properties.update(value)
                    pending.append(value)
                elif key != "mapping" and isinstance(value, dict | list):
                    pending.append(value)
        elif isinstance(node, list):
            pending.extend(node)
    return references, properties


_COPIED = (
    "type", "enum", "format", "pattern", "required",
    "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
    "uniqueItems", "minProperties", "maxProperties", "multipleOf",
)  # fmt: skip


def translate(schema: dict[str, Any], components: dict[str, Any], request: bool) -> dict[str, Any]:
    """An OpenAPI 3.0 schema in JSON Schema draft 7.

    `nullable` becomes a condition, and a union with a discriminator becomes one condition per
    variant: the discriminator picks the branch and only that branch judges, which gives the right
    verdict and names the member that is wrong.
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    out: dict[str, Any] = {key: schema[key] for key in _COPIED if key in schema}
    if out.get("type") == "integer":
        _bound_integer(out, schema, request)
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True:
            out[exclusive] = out.pop(bound)
    if "properties" in schema:
        out["properties"] = {k: translate(v, components, request) for k, v in schema["properties"].items()}
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            out[key] = translate(schema[key], components, request)
    if schema.get("additionalProperties") is False:
        out["additionalProperties"] = False
    for key in ("allOf", "anyOf"):
        if key in schema:
            out[key] = [translate(part, components, request) for part in schema[key]]
    if "oneOf" in schema:
        _union(out, schema, components, request)
    return {"if": {"type": "null"}, "else": out} if schema.get("nullable") else out


def _bound_integer(out: dict[str, Any], schema: dict[str, Any], request: bool) -> None:
    if request:
        out["whole"] = True
    if schema.get("format") == "int32":
        out["minimum"] = max(out.get("minimum", INT32[0]), INT32[0])
        out["maximum"] = min(out.get("maximum", INT32[1]), INT32[1])
    out.pop("format", None)


def _union(out: dict[str, Any], schema: dict[str, Any], components: dict[str, Any], request: bool) -> None:
    variants = schema["oneOf"]
    if "discriminator" not in schema:
        out["oneOf"] = [translate(variant, components, request) for variant in variants]
        return
    member = schema["discriminator"]["propertyName"]
    mapping: dict[str, str] = schema["discriminator"]["mapping"]
    conditions: list[dict[str, Any]] = []
    default = None
    for value, reference in mapping.items():
        conditions.append({
            "if": {"properties": {member: {"const": value}}, "required": [member]},
            "then": {"$ref": reference},
        })  # fmt: skip
        if member not in _required(components[reference.rpartition("/")[2]], components):
            default = reference
    out["type"] = "object"
    out["properties"] = {member: {"enum": list(mapping)}}
    if default is None:
        out["required"] = [member]
    else:
        conditions.append({"if": {"not": {"required": [member]}}, "then": {"$ref": default}})
    out["allOf"] = conditions


def _required(schema: dict[str, Any], components: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return _required(components[schema["$ref"].rpartition("/")[2]], components)
    found = set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        found |= _required(part, components)
    return found


def _fault(error: jsonschema_rs.ValidationError, place: str) -> tuple[str, str]:
    kind: Any = error.kind
    name = kind.name
    path = place
    for step in error.instance_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    if name == "required":
        return f"{path}.{kind.property}", "is required"
    if name == "additionalProperties":
        return f"{path}.{kind.unexpected[0]}", "is not a member of this object"
    return path, _WORDING.get(name, _plain)(error)


def _shown(value: Any) -> str:
    """A value as JSON, cut to something readable."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _plain(error: jsonschema_rs.ValidationError) -> str:
    return error.message if len(error.message) <= 200 else error.message[:197] + "..."


def _named(types: Any) -> str:
    return " or ".join(str(t) for t in (types if isinstance(types, list) else [types]))


_WORDING: dict[str, Any] = {
    "type": lambda e: f"must be of type {_named(e.kind.types)}, not {_shown(e.instance)}",
    "whole": lambda e: f"must be of type integer, not {_shown(e.instance)}",
    "enum": lambda e: f"must be one of {_shown(e.kind.options)[1:-1]}, not {_shown(e.instance)}",
    "const": lambda e: f"must be {_shown(e.kind.expected_value)}, not {_shown(e.instance)}",
    "minItems": lambda e: f"{_shown(e.instance)} should have at least {e.kind.limit} items.",
    "maxItems": lambda e: f"must have at most {e.kind.limit} items",
    "minLength": lambda e: f"must have at least {e.kind.limit} characters",
    "maxLength": lambda e: f"must have at most {e.kind.limit} characters, has {len(e.instance)}",
    "minimum": lambda e: f"must be at least {e.kind.limit}, not {_shown(e.instance)}",
    "maximum": lambda e: f"must be at most {e.kind.limit}, not {_shown(e.instance)}",
    "pattern": lambda e: f"must match {e.kind.pattern}, not {_shown(e.instance)}",
    "format": lambda e: f"must be a {e.kind.format}, not {_shown(e.instance)}",
}
