"""One operation of a contract, compiled: parameters, body, answers, streams and handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from understudy.engine.contract import Check, Schemas
from understudy.engine.parameters import Parameter

H = TypeVar("H", bound=Callable[..., Any])
MARK = "__understudy_operations__"


def operation(*operation_ids: str) -> Callable[[H], H]:
    """Mark a function as the handler of an operation: `@operation("createCorpus")`.

    A handler takes the context, then path values, query values and `body` by their names in the
    spec, and returns a wire-shaped value, `(value, status)`, None for 204, or an `EventStream`.
    """

    def marked(function: H) -> H:
        setattr(function, MARK, operation_ids)
        return function

    return marked


@dataclass(frozen=True)
class Body:
    """The request body of an operation: which media types, and the check of each."""

    required: bool
    checks: Mapping[str, Check]


@dataclass(slots=True)
class Operation:
    """Everything that is known of an operation when the server starts.

    `answers` checks JSON answers by status, `events` the events of its stream. `extensions` are the
    `x-` members of the spec.
    """

    id: str
    method: str
    path: str
    tag: str
    parameters: tuple[Parameter, ...]
    headers: tuple[Parameter, ...]
    body: Body | None
    answers: Mapping[int, Check]
    events: Check | None
    success: int
    secured: bool
    planned: bool
    key_kinds: frozenset[str]
    extensions: Mapping[str, Any]
    path_names: tuple[str, ...]
    handler: Callable[..., Any] | None = None
    tells_secrets: bool = False
    """Whether an answer of success may hold a member that is redacted in the journal."""


def compile_operation(
    path: str, method: str, raw: dict[str, Any], schemas: Schemas, secured: bool
) -> Operation:
    """The compiled form of a spec operation whose parameters and responses are already in place."""
    parameters = [Parameter.compile(p, schemas) for p in raw.get("parameters", ())]
    responses = {int(s): r for s, r in raw["responses"].items() if s.isdigit()}
    stream = raw.get("x-stream")
    return Operation(
        id=raw["operationId"],
        method=method.upper(),
        path=path,
        tag=raw["tags"][0],
        parameters=tuple(p for p in parameters if p.location in ("path", "query")),
        headers=tuple(p for p in parameters if p.location == "header"),
        body=_body(raw.get("requestBody"), schemas),
        answers={
            status: schemas.validator(response["content"]["application/json"]["schema"])
            for status, response in responses.items()
            if "application/json" in response.get("content", {})
        },
        events=schemas.validator({"$ref": f"#/components/schemas/{stream['events']}"}) if stream else None,
        success=min(status for status in responses if status < 300),
        secured=secured,
        planned=bool(raw.get("x-planned")),
        key_kinds=frozenset(raw.get("x-key-kinds", ())),
        extensions={key: value for key, value in raw.items() if key.startswith("x-")},
        path_names=tuple(part[1:-1] for part in path.split("/") if part.startswith("{")),
    )


def _body(raw: dict[str, Any] | None, schemas: Schemas) -> Body | None:
    if raw is None:
        return None
    checks = {
        media: schemas.validator(content.get("schema", {}), request=True)
        for media, content in raw["content"].items()
    }
    return Body(bool(raw.get("required")), checks)
