"""Cassettes: files of recorded calls, one entry each, that people can read, change and commit."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import jsonschema_rs

from understudy.errors import SetupError
from understudy.playback import bodies, yaml_text

VERSION = 1
ERRORS = 100
"""How many faults are looked at to tell one."""
HEADER = "# Recorded by Understudy; see docs/reference/cassettes.md. Secrets are <secret-N>.\n"
Entry = dict[str, Any]
"""One interaction as it stands in a file: `{operation?, request, response, duration, violations?}`."""

REQUEST_HEADERS = frozenset({
    "accept", "accept-language", "content-type", "idempotency-key", "if-match", "if-none-match", "prefer",
    "range", "request-timeout", "request-timeout-millis",
})  # fmt: skip
ANSWER_HEADERS = frozenset({
    "accept-ranges", "allow", "cache-control", "content-disposition", "content-language", "content-range",
    "content-type", "deprecation", "etag", "last-modified", "location", "ratelimit-limit",
    "ratelimit-remaining", "ratelimit-reset", "retry-after", "sunset", "vary", "www-authenticate",
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id",
})  # fmt: skip
"""Headers that are kept; all others are left out, whatever they hold."""

_TEXT = {"type": "string"}
_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_HEADERS = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"},
    "additionalProperties": {"type": "string", "pattern": "^[\\t\\x20-\\x7e\\x80-\\xff]*$"},
}
_MILLIS = {"type": "integer", "minimum": 0, "maximum": 86_400_000}
_PLAIN: dict[str, Any] = {
    "json": {},
    "layout": {"enum": list(bodies.LAYOUTS)},
    "text": _TEXT,
    "base64": _TEXT,
}
_EVENT = {
    "type": "object",
    "required": ["at"],
    "properties": {
        "at": _MILLIS, "event": _TEXT, "id": _TEXT, "retry": _TEXT, "data": {}, "raw": _TEXT, "base64": _TEXT,
    },
    "additionalProperties": False,
}  # fmt: skip


def _one_of(members: Mapping[str, Any], kinds: Iterable[str]) -> dict[str, Any]:
    """A body: exactly one of the kinds, and what goes with it."""
    return {
        "type": "object",
        "properties": members,
        "additionalProperties": False,
        "oneOf": [{"required": [kind]} for kind in kinds],
    }


_FORM = {"type": "object", "additionalProperties": _TEXTS}
_PART = {"name": _TEXT, "filename": _TEXT, "content_type": _TEXT, "form": _FORM, **_PLAIN}
_KINDS = ("json", "text", "base64")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["understudy_cassette", "entries"],
    "additionalProperties": False,
    "properties": {
        "understudy_cassette": {"const": VERSION},
        "target": _TEXT,
        "ignore": {"type": "array", "items": {"type": "string", "pattern": "^(body|query)\\.."}},
        "entries": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["request", "response"],
                "additionalProperties": False,
                "properties": {
                    "operation": _TEXT,
                    "request": {
                        "type": "object",
                        "required": ["method", "path"],
                        "additionalProperties": False,
                        "properties": {
                            "method": {"type": "string", "pattern": "^[A-Z]+$"},
                            "path": {"type": "string", "pattern": "^/[^?#\\s]*$"},
                            "query": {"type": "object", "additionalProperties": _TEXTS},
                            "headers": _HEADERS,
                            "body": _one_of(
                                {**_PLAIN, "form": _FORM, "parts": {"type": "array", "items": {
                                    **_one_of(_PART, (*_KINDS, "form")), "required": ["name"]}}},
                                (*_KINDS, "form", "parts"),
                            ),
                        },
                    },
                    "response": {
                        "type": "object",
                        "required": ["status"],
                        "additionalProperties": False,
                        "properties": {
                            "status": {"type": "integer", "minimum": 200, "maximum": 599},
                            "headers": _HEADERS,
                            "body": _one_of(
                                {**_PLAIN, "newline": {"enum": ["crlf"]}, "blank": {"type": "boolean"},
                                 "events": {"type": "array", "items": _EVENT}},
                                (*_KINDS, "events"),
                            ),
                        },
                    },
                    "duration": _MILLIS,
                    "violations": {"type": "array", "items": _TEXT},
                },
            },
        },
    },
}  # fmt: skip
_VALID = jsonschema_rs.Draft7Validator(SCHEMA)


@dataclass
class Exchange:
    """One call as it went over the wire.

    Args:
        path, query: raw, as they were sent.
        request_headers, answer_headers: names in lower case.
        frames: the events of a stream with their times; None for an answer that is none.
        duration: milliseconds until the answer was whole.
    """

    method: str
    path: str
    query: str = ""
    request_headers: Sequence[tuple[str, str]] = ()
    request_body: bytes = b""
    status: int = 200
    answer_headers: Sequence[tuple[str, str]] = ()
    answer_body: bytes = b""
    frames: Sequence[bodies.Frame] | None = None
    duration: int = 0
    operation: str = ""
    violations: list[str] = field(default_factory=list)

    @property
    def request_type(self) -> str:
        return dict(self.request_headers).get("content-type", "")

    @property
    def answer_type(self) -> str:
        return dict(self.answer_headers).get("content-type", "")

    @property
    def is_stream(self) -> bool:
        return bodies.media_type(self.answer_type) == bodies.STREAM_TYPE


@dataclass
class Cassette:
    """What a file holds.

    Args:
        entries: interactions in their order.
        target: where they were recorded.
        ignore: places that matching never looks at: `body.search.limit`.
        document: the file, when there is one.
    """

    entries: list[Entry]
    target: str = ""
    ignore: list[str] = field(default_factory=list)
    document: yaml_text.Document | None = None

    def where(self, number: int, place: str = "") -> str:
        """`file:line:column` of the entry of an index, or of a place in it."""
        full = f"entries[{number}]{'.' if place else ''}{place}"
        return self.document.where(full) if self.document else full

    def text(self) -> str:
        """The file."""
        told: dict[str, Any] = {"understudy_cassette": VERSION}
        if self.target:
            told["target"] = self.target
        if self.ignore:
            told["ignore"] = self.ignore
        return yaml_text.write({**told, "entries": self.entries}, HEADER)


def load(path: Path) -> Cassette:
    """A cassette; SetupError says file, line, column, what is wrong there and what would be right."""
    document = yaml_text.load(path)
    value = document.value
    if not isinstance(value, dict) or "understudy_cassette" not in value:
        raise SetupError(f"is no cassette: it does not begin with understudy_cassette: {VERSION}", str(path))
    version = value["understudy_cassette"]
    if isinstance(version, int) and version > VERSION:
        raise SetupError(
            f"is a cassette of version {version}, this Understudy reads up to {VERSION}; update it", str(path)
        )
    errors = list(itertools.islice(_VALID.iter_errors(value), ERRORS))
    if errors:  # a wrong name says more than the lack of the right one
        errors.sort(key=lambda error: error.kind.name != "additionalProperties")
        raise SetupError(*_told(document, errors[0]))
    cassette = Cassette(value["entries"], value.get("target", ""), value.get("ignore", []), document)
    for number, entry in enumerate(cassette.entries):
        _check_bytes(cassette, number, entry)
    return cassette


def _told(document: yaml_text.Document, error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    """What breaks the schema, in our words, and where."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    kind: Any = error.kind
    name = place.lstrip(".") or "the file"
    if kind.name == "required":
        return f"{name}: '{kind.property}' is missing", document.where(place)
    if kind.name == "additionalProperties":
        wrong = kind.unexpected[0]
        return f"{name}: there is no member '{wrong}'; take it out", document.where(f"{place}.{wrong}")
    if kind.name.startswith("oneOf"):
        return f"{name}: holds exactly one of json, text, base64, form, parts, events", document.where(place)
    message = error.message if len(error.message) <= 200 else f"{error.message[:197]}..."
    return f"{name}: {message}", document.where(place)


def _check_bytes(cassette: Cassette, number: int, entry: Entry) -> None:
    """SetupError for a body that has no bytes."""
    for side in ("request", "response"):
        try:
            bodies.to_bytes(entry[side].get("body"), entry[side].get("headers", {}).get("content-type", ""))
        except (ValueError, TypeError) as error:
            raise SetupError(str(error), cassette.where(number, f"{side}.body")) from None


def entry_of(exchange: Exchange) -> Entry:
    """An exchange as it is written down, its secrets still in it."""
    request: Entry = {"method": exchange.method, "path": exchange.path}
    if exchange.query:
        request["query"] = bodies.grouped(parse_qsl(exchange.query, keep_blank_values=True))
    _put(request, exchange.request_headers, REQUEST_HEADERS)
    body = bodies.of_request(exchange.request_body, exchange.request_type)
    if body is not None:
        request["body"] = body
    response: Entry = {"status": exchange.status}
    _put(response, exchange.answer_headers, ANSWER_HEADERS)
    if exchange.frames is not None:
        response["body"] = bodies.of_stream(exchange.frames)
    elif (answer := bodies.of_answer(exchange.answer_body, exchange.answer_type)) is not None:
        response["body"] = answer
    entry: Entry = {"operation": exchange.operation} if exchange.operation else {}
    entry |= {"request": request, "response": response, "duration": exchange.duration}
    if exchange.violations:
        entry["violations"] = list(exchange.violations)
    return entry


def _put(message: Entry, headers: Iterable[tuple[str, str]], kept: frozenset[str]) -> None:
    found: dict[str, str] = {}
    for name, value in headers:
        if name in kept:
            found[name] = f"{found[name]}, {value}" if name in found else value
    if found:
        message["headers"] = found


def exchange_of(entry: Entry) -> Exchange:
    """An entry as it would go over the wire."""
    request, response = entry["request"], entry["response"]
    asked = {name.lower(): value for name, value in request.get("headers", {}).items()}
    told = {name.lower(): value for name, value in response.get("headers", {}).items()}
    body = response.get("body")
    frames = bodies.to_frames(body) if body and "events" in body else None
    return Exchange(
        request["method"],
        quote(request["path"], safe="/%:@!$&'()*+,;=~-._"),
        urlencode(bodies.pairs(request.get("query", {}))),
        list(asked.items()),
        bodies.to_bytes(request.get("body"), asked.get("content-type", "")),
        response["status"],
        list(told.items()),
        bodies.to_bytes(body),
        frames,
        entry.get("duration", 0),
        entry.get("operation", ""),
        list(entry.get("violations", ())),
    )


def name_of(entry: Entry) -> str:
    """How messages call an entry: `POST /v2/chats`."""
    return f"{entry['request']['method']} {entry['request']['path']}"
