"""Bodies with one member of the wrong type, for every JSON operation of the bundle; who refuses them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from scenarios import CORPUS, HEADERS
from servers import BUNDLE, Server

DEPTH = 6
"""How deep below the body a member is still spoiled; schemas may contain themselves."""
_PATH_VALUES = {
    "corpus_key": CORPUS,
    "document_id": "document-0",
    "image_id": "image",
    "job_id": "job_1",
    "api_key_id": "aky_1",
    "app_client_id": "app_1",
    "chat_id": "cht_1",
    "turn_id": "trn_1",
    "query_id": "qry_1",
}
_VALUES: dict[str, Any] = {
    "key": "well-typed",
    "corpus_key": CORPUS,
    "client_id": "understudy",
    "client_secret": "understudy-secret",
    "id": "well-typed",
    "text": "Some text.",
    "name": "name",
    "query": "budget",
    "llm_name": "mockingbird-2.0",
}
_WRONG: dict[str, Any] = {
    "string": 5,
    "integer": "five",
    "number": "five",
    "boolean": "yes",
    "array": "a",
    "object": "o",
}


@dataclass
class Count:
    """How many bodies were sent and refused; `accepted` names the others as `operation: member: status`."""

    sent: int = 0
    refused: int = 0
    accepted: list[str] = field(default_factory=list)


def count(server: Server) -> Count:
    """Send every spoiled body; refused means 4xx other than 401 and 404."""
    counted = Count()
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for name, method, path, member, body in spoiled(orjson.loads(BUNDLE.read_bytes())):
            answer = client.request(
                method,
                path,
                content=orjson.dumps(body),
                headers={**HEADERS, "content-type": "application/json"},
            )
            counted.sent += 1
            if 400 <= answer.status_code < 500 and answer.status_code not in (401, 404):
                counted.refused += 1
            else:
                counted.accepted.append(f"{name}: {member}: {answer.status_code}")
    return counted


def spoiled(bundle: dict[str, Any]) -> Iterator[tuple[str, str, str, str, Any]]:
    """`(operation id, method, path, member, body)`."""
    bodies = _Bodies(bundle["components"]["schemas"])
    for path, item in bundle["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                for member, body in bodies.spoiled(content["application/json"]["schema"]):
                    yield operation["operationId"], method.upper(), _filled(path), member, body


def _filled(path: str) -> str:
    """A path with values; a body is judged before it matters whether they lead to something."""
    return re.sub(r"\{(\w+)\}", lambda match: _PATH_VALUES.get(match[1], "thing-1"), path)


class _Bodies:
    """Makes small valid values of schemas, and spoils one member at a time."""

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components

    def spoiled(
        self, schema: dict[str, Any], place: str = "body", depth: int = 0
    ) -> Iterator[tuple[str, Any]]:
        if depth > DEPTH:
            return
        for variant in self._variants(schema):
            if "items" in variant:
                for where, value in self._both(variant["items"], f"{place}[0]", depth):
                    yield where, [value]
            for name, member in variant.get("properties", {}).items():
                base = self.valid(variant, depth)
                for where, value in self._both(member, f"{place}.{name}", depth):
                    yield where, {**base, name: value}

    def _both(self, schema: dict[str, Any], place: str, depth: int) -> Iterator[tuple[str, Any]]:
        kind = self._variants(schema)[0].get("type")
        if kind:
            yield place, _WRONG[kind]
        yield from self.spoiled(schema, place, depth + 1)

    def valid(self, schema: dict[str, Any], depth: int = 0, name: str = "") -> Any:
        """The smallest value of a schema, as far as this bundle needs."""
        variant = self._variants(schema)[0]
        if "enum" in variant:
            return variant["enum"][0]
        kind = variant.get("type", "object")
        if kind == "object":
            properties = variant.get("properties", {})
            return {
                n: self.valid(properties.get(n, {"type": "string"}), depth + 1, n)
                for n in variant.get("required", ())
            }
        if kind == "array":
            return [self.valid(variant["items"], depth + 1)] * variant.get("minItems", 0)
        if kind == "string":
            return _VALUES.get(name, "text")
        return False if kind == "boolean" else max(1, variant.get("minimum", 1))

    def _variants(self, schema: dict[str, Any]) -> list[dict[str, Any]]:
        """A schema without references, conjunctions merged, one entry for each variant of a union."""
        while "$ref" in schema:
            schema = self._components[schema["$ref"].rpartition("/")[2]]
        merged = dict(schema)
        for part in merged.pop("allOf", ()):
            merged = _merged(merged, self._variants(part)[0])
        if "oneOf" not in merged:
            return [merged]
        member = merged.get("discriminator", {}).get("propertyName")
        mapping = {ref: value for value, ref in merged.get("discriminator", {}).get("mapping", {}).items()}
        found: list[dict[str, Any]] = []
        for option in merged["oneOf"]:
            variant = self._variants(option)[0]
            if member:
                tag = {"type": "string", "enum": [mapping[option["$ref"]]]}
                required = [*dict.fromkeys([*variant.get("required", ()), member])]
                variant = _merged(variant, {"properties": {member: tag}}) | {"required": required}
            found.append(variant)
        return found


def _merged(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    return {
        **left,
        **right,
        "properties": {**left.get("properties", {}), **right.get("properties", {})},
        "required": [*left.get("required", ()), *right.get("required", ())],
    }
