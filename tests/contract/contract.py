"""The operations of the bundle, as tests enumerate them, with values for their paths and bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUNDLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "specs" / "vectara" / "bundle.json").read_bytes()
)
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PATH_VALUES = {
    "api_key_id": "aky_4",
    "app_client_id": "app_1",
    "corpus_key": "handbook",
    "document_id": "travel",
    "image_id": "ticket",
    "job_id": "job_none",
    "chat_id": "cht_welcome",
    "turn_id": "trn_next",
    "query_id": "qry_1",
}
"""Values that exist in the world `quickstart`, where it has any."""


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, _, section, name = node["$ref"].split("/")
        node = BUNDLE["components"][section][name]
    return node


@dataclass(frozen=True)
class Described:
    """One operation of the bundle."""

    path: str
    method: str
    raw: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.raw["operationId"])

    @property
    def planned(self) -> bool:
        return bool(self.raw.get("x-planned"))

    @property
    def secured(self) -> bool:
        return bool(self.raw.get("security", BUNDLE.get("security")))

    @property
    def url(self) -> str:
        """The path with values, and the query parameters that it cannot do without."""
        path = self.path
        for name, value in PATH_VALUES.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"PATH_VALUES lacks a value for {path}"
        needed = [p["name"] for p in self.parameters("query") if p.get("required")]
        return path + ("?" + "&".join(f"{name}=1" for name in needed) if needed else "")

    def parameters(self, location: str) -> list[dict[str, Any]]:
        found = [resolved(parameter) for parameter in self.raw.get("parameters", ())]
        return [parameter for parameter in found if parameter["in"] == location]

    def body(self) -> dict[str, Any] | None:
        """The schema of the JSON body."""
        content = resolved(self.raw.get("requestBody", {})).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema


def described() -> list[Described]:
    return [
        Described(path, method, raw)
        for path, item in BUNDLE["paths"].items()
        for method, raw in item.items()
        if method in METHODS
    ]


def variants(schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each way to read an object schema: its properties, and a value that makes it this way."""
    schema = resolved(schema)
    if "discriminator" in schema:
        member = schema["discriminator"]["propertyName"]
        for value, reference in schema["discriminator"]["mapping"].items():
            for properties, rest in variants({"$ref": reference}):
                yield properties, {**rest, member: value}
        return
    properties = dict(schema.get("properties", {}))
    required = list(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        part = resolved(part)
        properties |= part.get("properties", {})
        required += part.get("required", ())
        for deeper, _ in variants(part):
            properties |= deeper
    yield properties, {name: example(properties[name]) for name in required if name in properties}


def example(schema: dict[str, Any]) -> Any:
    """The smallest value that a schema takes."""
    schema = resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    if kind_of(schema) == "object":
        return next(value for _, value in variants(schema))
    if kind_of(schema) == "array":
        return [example(schema["items"])] * schema.get("minItems", 0)
    return {
        "string": "example"[: schema.get("maxLength", 7)],
        "integer": max(1, schema.get("minimum", 1)),
        "number": schema.get("minimum", 0.5),
        "boolean": True,
    }[kind_of(schema)]


def kind_of(schema: dict[str, Any]) -> str:
    schema = resolved(schema)
    if "type" in schema:
        return str(schema["type"])
    return "object" if {"allOf", "oneOf", "properties"} & set(schema) else ""
