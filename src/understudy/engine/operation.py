"""One operation of a contract, compiled: parameters, body, answers, streams and handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from understudy.engine.contract import Check, Schemas
from understudy.engine.multipart import MULTIPART_TYPE, Nature
from understudy.engine.parameters import Parameter
from understudy.engine.work import Work

H = TypeVar("H", bound=Callable[..., Any])
DEADLINES = frozenset({"request-timeout", "request-timeout-millis"})
"""Headers that say how long the caller waits; no handler takes them."""
_STREAM = "text/event-stream"
MARK = "__understudy_operations__"
PREPARES = "__understudy_prepares__"


def operation(*operation_ids: str) -> Callable[[H], H]:
    """Mark a function as the handler of an operation: `@operation("createCorpus")`.

    A handler takes the context, then path values, query values and `body` by their names in the
    spec, and returns a wire-shaped value, `(value, status)`, None for 204, or an `EventStream`.
    """

    def marked(function: H) -> H:
        setattr(function, MARK, operation_ids)
        return function

    return marked


def prepare(*operation_ids: str) -> Callable[[H], H]:
    """Mark a function that looks at a call before its handler: `@prepare("uploadFile")`.

    It takes what the handler takes, changes nothing, raises refusals, and returns the `Work` that must
    be done first, or None. The handler then gets what the work returned as `prepared`.
    """

    def marked(function: H) -> H:
        setattr(function, PREPARES, operation_ids)
        return function

    return marked


@dataclass(frozen=True)
class Body:
    """The request body of an operation: which media types, and the check of each.

    `natures` says of a form which members are files, texts or JSON.
    """

    required: bool
    checks: Mapping[str, Check]
    natures: Mapping[str, Nature] = field(default_factory=dict)


@dataclass(slots=True)
class Operation:
    """Everything that is known of an operation when the server starts.

    `headers` are the headers with a deadline by their key, `in_header` all others, `answers` checks of
    JSON answers by status, `events` the check of the events of its stream, `extensions` the `x-` members
    of the spec.
    """

    id: str
    method: str
    path: str
    tag: str
    in_path: tuple[Parameter, ...]
    in_query: tuple[Parameter, ...]
    headers: Mapping[bytes, Parameter]
    in_header: tuple[Parameter, ...]
    body: Body | None
    answers: Mapping[int, Check]
    events: Check | None
    success: int
    secured: bool
    planned: bool
    key_kinds: frozenset[str]
    extensions: Mapping[str, Any]
    path_names: tuple[str, ...]
    rights: Any = None
    """Who may call it, in the words of its API."""
    handler: Callable[..., Any] | None = None
    prepare: Callable[..., Work | None] | None = None
    """What asks for slow work before the handler is called."""
    query_defaults: Mapping[str, Any] = field(default_factory=dict)
    query_required: bool = False
    hides_paths: bool = False
    """Whether a value in the path that cannot be one is answered like one that nothing has."""
    forms: Mapping[str, Mapping[int, Check]] = field(default_factory=dict)
    """The checks of its answers in other forms, by form and status."""
    untold: frozenset[str] = frozenset()
    """Kinds of events that its streams leave out, since the profile does not know them."""
    streamed: int = 200
    """The status of its streams."""
    names_events: bool = False
    """Whether the events of its streams have types and an order, as the vendor's own have."""
    tells_secrets: bool = False
    """Whether an answer of success may hold a member that is redacted in the journal."""


def compile_operation(
    path: str, method: str, raw: dict[str, Any], schemas: Schemas, secured: bool
) -> Operation:
    """The compiled form of a spec operation whose parameters and responses are already in place."""
    parameters = [Parameter.compile(p, schemas) for p in raw.get("parameters", ())]
    path_names = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
    by_name = {p.name: p for p in parameters if p.location == "path"}
    in_query = tuple(p for p in parameters if p.location == "query")
    in_header = [p for p in parameters if p.location == "header"]
    responses = {int(s): r for s, r in raw["responses"].items() if s.isdigit()}
    stream = raw.get("x-stream")
    return Operation(
        id=raw["operationId"],
        method=method.upper(),
        path=path,
        tag=raw["tags"][0],
        in_path=tuple(by_name[name] for name in path_names),
        in_query=in_query,
        headers={p.name.lower().encode(): p for p in in_header if p.name.lower() in DEADLINES},
        in_header=tuple(p for p in in_header if p.name.lower() not in DEADLINES),
        query_defaults={p.argument: p.default for p in in_query if p.default is not None},
        query_required=any(p.required for p in in_query),
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
        path_names=path_names,
        hides_paths=raw.get("x-invalid-path-status") == 404,
        streamed=min((s for s, r in responses.items() if _STREAM in r.get("content", {})), default=200),
        names_events=stream is not None and ("order" in stream or "follows" in stream),
    )


def _body(raw: dict[str, Any] | None, schemas: Schemas) -> Body | None:
    if raw is None:
        return None
    checks = {
        media: schemas.validator(content.get("schema", {}), request=True)
        for media, content in raw["content"].items()
    }
    form = raw["content"].get(MULTIPART_TYPE, {}).get("schema", {})
    return Body(bool(raw.get("required")), checks, _natures(form, schemas))


def _natures(form: dict[str, Any], schemas: Schemas) -> dict[str, Nature]:
    """How each member of a form is written: what is no file, no list of files and no text is JSON."""
    natures: dict[str, Nature] = {}
    for name, member in schemas.resolved(form).get("properties", {}).items():
        shape = schemas.resolved(member)
        if (
            shape.get("type") == "array"
            and schemas.resolved(shape.get("items", {})).get("format") == "binary"
        ):
            natures[name] = "files"
        elif shape.get("type") == "string":
            natures[name] = "file" if shape.get("format") == "binary" else "text"
        else:
            natures[name] = "json"
    return natures
