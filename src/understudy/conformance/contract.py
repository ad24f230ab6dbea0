"""The contract of an API as judging needs it: operations by id and by path, with their schemas and facts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from understudy.engine.contract import Check, Schemas
from understudy.errors import SetupError
from understudy.state.seeding import loaded

MAX_BYTES, MAX_DEPTH = 32 * 1024 * 1024, 200
"""Of a contract as YAML, which may be anybody's."""
METHODS = ("get", "put", "post", "delete", "patch")
READING = frozenset({"get", "head", "options"})


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation. `answers` maps a status to its media types and the checks of JSON ones."""

    id: str
    method: str
    path: str
    tag: str
    raw: Mapping[str, Any]
    secured: bool
    answers: Mapping[str, Mapping[str, Check | None]]

    @property
    def safe(self) -> bool:
        """Whether calling it changes nothing."""
        return bool(self.raw.get("x-safe", self.method.lower() in READING))

    @property
    def stream(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.raw.get("x-stream", {})
        return found

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"(\{[^}]+\})", self.path)
        return re.compile("".join("([^/]*)" if part.startswith("{") else re.escape(part) for part in parts))

    def documents(self, status: int) -> Mapping[str, Check | None] | None:
        """The media types of a status; None when it is not documented."""
        found = self.answers.get(str(status), self.answers.get(f"{status // 100}XX"))
        return self.answers.get("default") if found is None else found

    @property
    def success(self) -> int:
        return min((int(s) for s in self.answers if s.isdigit() and s < "300"), default=200)


class Contract:
    """A contract.

    Args:
        bundle: an OpenAPI 3.0 document without references to other files.
        name: of the API; empty for one that we do not know.
    """

    def __init__(self, bundle: dict[str, Any], name: str = "") -> None:
        self.bundle = bundle
        self.name = name
        self.schemas = Schemas(bundle.get("components", {}).get("schemas", {}))
        self.operations = {operation.id: operation for operation in self._read()}

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a request; of several paths the one with most literal text."""
        fitting = [
            one
            for one in self.operations.values()
            if one.method == method.upper() and one.pattern.fullmatch(path)
        ]
        return max(fitting, key=lambda one: (-one.path.count("{"), len(one.path)), default=None)

    def body_check(self, operation_id: str) -> Check | None:
        """The check of JSON bodies that an operation takes; None when it takes none."""
        body = self.target(self.operations[operation_id].raw.get("requestBody", {}))
        schema = body.get("content", {}).get("application/json", {}).get("schema")
        return None if schema is None else self.schemas.validator(schema, request=True)

    def values(self, operation: Operation, path: str) -> dict[str, str]:
        """The values in the path of a request, by name."""
        match = operation.pattern.fullmatch(path)
        names = re.findall(r"\{([^}]+)\}", operation.path)
        return dict(zip(names, map(unquote, match.groups() if match else ()), strict=False))

    def _read(self) -> Iterator[Operation]:
        for path, item in self.bundle.get("paths", {}).items():
            shared = item.get("parameters", [])
            for method, raw in item.items():
                if method not in METHODS or raw.get("x-planned"):
                    continue
                identity = raw.get("operationId") or f"{method.upper()} {path}"
                security = raw.get("security", self.bundle.get("security"))
                yield Operation(
                    identity,
                    method.upper(),
                    path,
                    (raw.get("tags") or ["untagged"])[0],
                    {**raw, "parameters": [*shared, *raw.get("parameters", [])]},
                    bool(security),
                    {str(s): self._media(self.target(r)) for s, r in raw.get("responses", {}).items()},
                )

    def _media(self, response: Mapping[str, Any]) -> dict[str, Check | None]:
        return {
            media.lower(): self.schemas.validator(content["schema"])
            if media.lower().endswith(("/json", "+json")) and "schema" in content
            else None
            for media, content in response.get("content", {}).items()
        }

    def target(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            found: Any = self.bundle
            for name in node["$ref"].removeprefix("#/").split("/"):
                found = found[name.replace("~1", "/").replace("~0", "~")]
            node = found
        return node


def read(path: Path) -> Contract:
    """The contract in a file of JSON or YAML; SetupError says what is wrong with it."""
    document = parsed(path)
    fault = _fault(document)
    if fault:
        raise SetupError(f"is no valid OpenAPI 3.0 document: {fault}", str(path))
    return Contract(document)


def parsed(path: Path) -> dict[str, Any]:
    """The OpenAPI 3.0 document in a file, whether it is valid or not; SetupError when it is none."""
    try:
        if path.suffix == ".json":
            document = json.loads(path.read_text("utf-8"))
        else:
            document = loaded(path, MAX_BYTES, MAX_DEPTH)
    except RecursionError:
        raise SetupError("nests too deep to be read", str(path)) from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SetupError(f"cannot be read: {error}", str(path)) from None
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3.0"):
        raise SetupError("is no OpenAPI 3.0 document", str(path))
    return document


def _fault(document: dict[str, Any]) -> str:
    """The most telling thing that keeps a document from being valid, with its place; empty when it is."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    try:
        error = next(OpenAPIV30SpecValidator(document).iter_errors(), None)
    except Exception as broken:  # noqa: BLE001 - references that lead nowhere raise errors of many kinds
        return f"{type(broken).__name__}: {str(broken).splitlines()[0] if str(broken) else 'no reason given'}"
    if error is None:
        return ""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    place = "/".join(map(str, error.absolute_path)) or "the document"
    return f"{place}: {error.message.splitlines()[0][:200]}"
