"""Writes calls into the journal of their world, with every credential taken out on the way in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from understudy.engine.context import Call
from understudy.state.journal import MAX_BODY, Entry

REDACTED = "[REDACTED]"


class Redaction:
    """Knows every place where a credential may stand; the list comes from the API definitions.

    Args:
        query: names of query parameters.
        members: names of members in JSON and form bodies.
    """

    def __init__(self, query: Iterable[str], members: Iterable[str]) -> None:
        self._members = tuple(sorted({m.encode() for m in members}))
        any_member = b"|".join(re.escape(m) for m in self._members)
        self._in_json = re.compile(rb'("(?:' + any_member + rb')"\s*:\s*")(?:[^"\\]|\\.)*')
        self._in_form = re.compile(rb"((?:^|&)(?:" + any_member + rb")=)[^&]*")
        any_query = "|".join(re.escape(q) for q in sorted(set(query))) or "(?!)"
        self._in_query = re.compile(r"((?:^|&)(?:" + any_query + r")=)[^&]*")

    def body(self, body: bytes, credential: str) -> bytes:
        """The first `MAX_BODY` bytes without secrets."""
        if len(body) > MAX_BODY:
            body = body[:MAX_BODY]
        for member in self._members:
            if member in body:
                body = self._in_json.sub(rb"\1" + REDACTED.encode(), body)
                body = self._in_form.sub(rb"\1" + REDACTED.encode(), body)
                break
        if credential and (secret := credential.encode()) in body:
            body = body.replace(secret, REDACTED.encode())
        return body

    def target(self, path: str, query: str, credential: str) -> str:
        """Path and query string without secrets, percent-encoded ones included."""
        target = path
        if query:
            target += "?" + self._in_query.sub(rf"\1{REDACTED}", query)
        if credential:
            target = target.replace(credential, REDACTED).replace(quote(credential, safe=""), REDACTED)
        return target


def record(call: Call, redaction: Redaction) -> None:
    """Put a finished call into the journal of its world."""
    operation, credential = call.operation, call.credential
    target = redaction.target(call.path.decode("latin-1"), call.query.decode("latin-1"), credential)
    tells = operation is None or call.status >= 400 or operation.tells_secrets
    call.world.journal.add(
        Entry(
            call.number,
            call.world.store.clock.millis(),
            call.method,
            target,
            operation.id if operation else "",
            call.status,
            redaction.body(call.body, credential) if call.body else b"",
            redaction.body(call.answer_body, credential) if tells else call.answer_body[:MAX_BODY],
            call.problem,
        )
    )
