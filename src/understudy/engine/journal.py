"""Writes calls into the journal of their world, with every credential taken out on the way in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from understudy.engine.context import Call
from understudy.state.journal import MAX_BODY, Entry

if TYPE_CHECKING:
    from understudy.engine.definition import ApiDefinition

REDACTED = "[REDACTED]"
_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key")
_MEMBERS = ("password", "client_secret", "access_token", "refresh_token", "id_token")
"""Places of credentials in HTTP and OAuth, whichever API is served."""


@dataclass(frozen=True)
class Places:
    """Every place where a credential may stand: what is accepted there, or handed out, is never written down.

    Args:
        headers, query, members: names, of JSON and forms for `members`.
        paths: beginnings of paths behind which one stands, up to the next slash.
    """

    headers: frozenset[str]
    query: frozenset[str]
    members: frozenset[str]
    paths: tuple[bytes, ...]

    @classmethod
    def of(cls, apis: Iterable[ApiDefinition]) -> Places:
        """The places of some APIs together."""
        listed = list(apis)
        return cls(
            frozenset([*_HEADERS, *(name for api in listed for name in api.secret_headers)]),
            frozenset(name for api in listed for name in api.secret_query),
            frozenset([*_MEMBERS, *(name for api in listed for name in api.secret_members)]),
            tuple(path for api in listed for path in api.secret_paths),
        )


class Redaction:
    """Knows every place where a credential may stand; the list comes from the API definitions.

    Args:
        query: names of query parameters.
        members: names of members in JSON and form bodies.
    """

    def __init__(self, query: Iterable[str], members: Iterable[str]) -> None:
        names = sorted({m.encode() for m in members})
        any_member = b"|".join(re.escape(name) for name in names)
        self._quoted = re.compile(rb'"(?:' + any_member + rb')"')
        self._assigned = re.compile(rb"(?:" + any_member + rb")=")
        self._in_json = re.compile(rb'("(?:' + any_member + rb')"\s*:\s*")(?:[^"\\]|\\.)*')
        self._in_form = re.compile(rb"((?:^|&)(?:" + any_member + rb")=)[^&]*")
        any_query = "|".join(re.escape(q) for q in sorted(set(query))) or "(?!)"
        self._in_query = re.compile(r"((?:^|&)(?:" + any_query + r")=)[^&]*")

    def body(self, body: bytes, credential: str, *, members: bool = True) -> bytes:
        """The first `MAX_BODY` bytes without secrets; `members` false when no secret member can be in it."""
        if len(body) > MAX_BODY:
            body = body[:MAX_BODY]
        if members and self._quoted.search(body):
            body = self._in_json.sub(rb"\1" + REDACTED.encode(), body)
        if members and body[:1] != b"{" and self._assigned.search(body):
            body = self._in_form.sub(rb"\1" + REDACTED.encode(), body)
        if credential and (secret := credential.encode()) in body:
            body = body.replace(secret, REDACTED.encode())
        return body

    def target(self, path: str, query: str, credential: str) -> str:
        """Path and query string without secrets, percent-encoded ones included."""
        if credential and "%" in path:
            path = "/".join(REDACTED if credential in unquote(part) else part for part in path.split("/"))
        if query:
            path += "?" + self._in_query.sub(rf"\1{REDACTED}", query)
        if credential and credential in path:
            path = path.replace(credential, REDACTED)
        if credential and "%" in path:
            path = path.replace(quote(credential, safe=""), REDACTED)
        return path


def record(call: Call, redaction: Redaction) -> None:
    """Put a finished call into the journal of its world."""
    body, answer = call.body, call.answer_body
    facts = (
        redaction,
        call.number,
        call.world.store.clock.millis(),
        call.method,
        call.path,
        call.query,
        call.operation,
        call.status,
        body if len(body) <= MAX_BODY else body[:MAX_BODY],
        answer if len(answer) <= MAX_BODY else answer[:MAX_BODY],
        call.problem,
        call.credential,
        call.played,
        call.api.name,
        call.stream,
        call.headers.get(b"content-type", b""),
        call.violates,
    )
    call.world.journal.later(_entry, facts, len(body) + len(answer))


def _entry(facts: tuple[Any, ...]) -> Entry:
    (
        redaction,
        number,
        at,
        method,
        path,
        query,
        operation,
        status,
        body,
        answer,
        problem,
        credential,
        played,
        api,
        stream,
        request_type,
        violates,
    ) = facts
    tells = operation is None or status >= 400 or operation.tells_secrets
    return Entry._make(
        (
            number,
            at,
            api,
            method,
            redaction.target(path.decode("latin-1"), query.decode("latin-1"), credential),
            operation.id if operation else "",
            status,
            redaction.body(body, credential) if body else b"",
            redaction.body(answer, credential, members=tells),
            problem,
            played,
            tuple(dict.fromkeys(map(_kind, stream.events))) if stream is not None else (),
            request_type.decode("latin-1"),
            violates,
        )
    )


def _kind(event: Mapping[str, Any]) -> str:
    """The kind of an event; chunks of a completion have none, and are called by the form that they have."""
    return str(event.get("type") or event.get("object") or "event")
