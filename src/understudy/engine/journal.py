"""Writes calls into the journal of their world, with every credential taken out on the way in."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus

import orjson

from understudy.engine.context import Call
from understudy.engine.definition import ApiDefinition
from understudy.state.journal import MAX_BODY, Entry

REDACTED = "[REDACTED]"
_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key")
_MEMBERS = ("password", "client_secret", "access_token", "refresh_token", "id_token")
"""Places of credentials in HTTP and OAuth, whichever API is served."""
MARK = 2
"""So many characters of the end of a beginning are looked for first."""
KEPT = 512
"""So many targets and problems are kept as they are told."""
SHORTEST = 6
"""A text that is shorter is no secret, and is found in any other text; it is taken out in its place alone."""
_TEXT = rb'(?:[^"\\]|\\.)*'
_NAMED = re.compile(rb'"(' + _TEXT + rb')"(\s*:\s*")' + _TEXT)
_PART_NAME = rb'\r\ncontent-disposition:[^\r\n]*\bname="?'


@dataclass(frozen=True)
class Places:
    """Every place where a credential may stand: what is accepted there, or handed out, is never written down.

    Args:
        headers, query, members: names, of JSON and forms for `members`.
        paths: beginnings of paths behind which one stands, up to the next slash.
        beginnings: how credentials of our own begin.
    """

    headers: frozenset[str]
    query: frozenset[str]
    members: frozenset[str]
    paths: tuple[bytes, ...]
    beginnings: frozenset[str]

    @classmethod
    def of(cls, apis: Iterable[ApiDefinition]) -> Places:
        """The places of some APIs together."""
        listed = list(apis)
        return cls(
            frozenset([*_HEADERS, *(name for api in listed for name in api.secret_headers)]),
            frozenset(name for api in listed for name in api.secret_query),
            frozenset([*_MEMBERS, *(name for api in listed for name in api.secret_members)]),
            tuple(path for api in listed for path in api.secret_paths),
            frozenset(one for api in listed for one in api.secret_beginnings),
        )


class Redaction:
    """Knows every place where a credential may stand, and takes out what stands there wherever it is told.

    The list comes from the API definitions: what they accept as a credential is what is taken out here.
    """

    def __init__(self, apis: Iterable[ApiDefinition]) -> None:
        places = Places.of(apis)
        self._headers = sorted(name.encode() for name in places.headers)
        self._query = places.query
        self._members = places.members
        self._beginnings = sorted(one.encode() for one in places.beginnings)
        self._marks = sorted({one[-MARK:] for one in self._beginnings})
        any_member = _any_of(name.encode() for name in self._members)
        any_beginning = _any_of(self._beginnings)
        self._quoted = re.compile(rb'"(?:' + any_member + rb')"')
        self._in_json = re.compile(rb'("(?:' + any_member + rb')"\s*:\s*")(' + _TEXT + rb")")
        self._nested = re.compile(rb'"(?:' + any_member + rb')"\s*:\s*[\[{]')
        # The same targets and problems come again and again; what was made of them is kept.
        self.target = lru_cache(maxsize=KEPT)(self._target)
        self.text = lru_cache(maxsize=KEPT)(self._text)
        part = _PART_NAME + rb"(?:" + any_member + rb')"?[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n'
        self._in_part = re.compile(rb"(" + part + rb")(.*?)(?=\r\n--|\Z)", re.DOTALL | re.IGNORECASE)
        shape = rb")[A-Za-z0-9_.-]{8,}(?:@[A-Za-z0-9_.-]+)?"
        self._shaped = re.compile(rb"(?<![A-Za-z0-9])(?:" + any_beginning + shape)

    def secrets(
        self, headers: Mapping[bytes, bytes], query: str, body: bytes, credential: str
    ) -> tuple[str, ...]:
        """What a request shows as credentials, the longest first; whatever is short is left out."""
        shown = _shown(credential, *map(headers.get, self._headers))
        if not query and (not body or self._is_plain(body)):
            return shown
        found = {*shown, *self._of_body(body), *(one.decode() for one in self._shaped.findall(body))}
        found.update(value for name, value in parse_qsl(query) if name in self._query)
        return _chosen(found)

    def _is_plain(self, body: bytes) -> bool:
        """Whether a body is JSON that has no secret member, and nothing that looks like a credential."""
        return body[:1] in (b"{", b"[") and not self._may_name(body) and not self._has_shape(body)

    def _may_name(self, body: bytes) -> bool:
        """Whether a body may have secret members."""
        return self._quoted.search(body) is not None or b"\\u" in body

    def _of_body(self, body: bytes) -> Iterator[str]:
        """The secrets of a body that is JSON, a form, or has parts."""
        if body[:1] in (b"{", b"["):
            try:
                yield from self._of_members(orjson.loads(body))
            except ValueError:  # none, or cut
                yield from (match[2].decode("utf-8", "replace") for match in self._in_json.finditer(body))
        elif body[:2] == b"--":
            yield from (match[2].decode("utf-8", "replace") for match in self._in_part.finditer(body))
        elif b"=" in body[:256]:
            pairs = parse_qsl(body.decode("utf-8", "replace"))
            yield from (value for name, value in pairs if name in self._members)

    def _of_members(self, value: Any) -> Iterator[str]:
        if isinstance(value, list):
            for one in value:
                yield from self._of_members(one)
        elif isinstance(value, dict):
            for name, one in value.items():
                yield from _leaves(one) if self._is_secret(name, value) else self._of_members(one)

    def _is_secret(self, name: str, beside: Mapping[str, Any]) -> bool:
        """Whether a member is one; `value` stands for all sorts of things, but not beside a `header`."""
        return name in self._members and (name != "value" or "header" in beside)

    def body(self, body: bytes, secrets: tuple[str, ...], *, members: bool = True) -> bytes:
        """The first `MAX_BODY` bytes without secrets; `members` false when no secret member can be in it."""
        cut = len(body) >= MAX_BODY
        body = body[:MAX_BODY]
        if members and self._may_name(body):
            body = self._without_members(body)
        for spelling in _spellings(secrets):
            if spelling in body:
                body = body.replace(spelling, REDACTED.encode())
            if cut:
                body = _without_end(body, spelling)
        return self._without_shapes(body) if members else body

    def request(self, body: bytes, secrets: tuple[str, ...]) -> bytes:
        """The same for a body that may be a form, too."""
        if self._is_plain(body):
            return self.body(body, secrets, members=False)
        if body[:2] == b"--":
            body = self._in_part.sub(rb"\1" + REDACTED.encode(), body)
        elif body[:1] not in (b"{", b"[") and b"=" in body[:256]:
            body = self._pairs(body.decode("latin-1"), self._members).encode("latin-1")
        return self.body(body, secrets)

    def _without_members(self, body: bytes) -> bytes:
        """A body without the values of secret members, whatever these are."""
        if self._quoted.search(body):
            body = self._in_json.sub(rb"\1" + REDACTED.encode(), body)
            nested = self._nested.search(body)
            if nested is not None:
                body = self._without_nested(body, nested.end() - 1)
        return _NAMED.sub(self._unless_secret, body) if b"\\u" in body else body

    def _without_nested(self, body: bytes, at: int) -> bytes:
        """A body in which a secret member holds more than a text; all that follows goes when it is cut."""
        try:
            whole = orjson.loads(body)
        except ValueError:
            return body[:at] + REDACTED.encode()
        cleared = self._cleared(whole)
        return body if cleared == whole else orjson.dumps(cleared)

    def _cleared(self, value: Any, secret: bool = False) -> Any:
        if isinstance(value, list):
            return [self._cleared(one, secret) for one in value]
        if isinstance(value, dict):
            return {
                name: self._cleared(one, secret or self._is_secret(name, value))
                for name, one in value.items()
            }
        return REDACTED if secret else value

    def _unless_secret(self, match: re.Match[bytes]) -> bytes:
        """A member whose name may be written with escapes."""
        try:
            name = orjson.loads(b'"' + match[1] + b'"')
        except ValueError:
            return match[0]
        return b'"' + match[1] + b'"' + match[2] + REDACTED.encode() if name in self._members else match[0]

    def _has_shape(self, text: bytes) -> bool:
        """Whether something in a text looks like a credential of ours; its marks mostly are not there."""
        for mark in self._marks:
            if mark in text:
                return self._shaped.search(text) is not None
        return False

    def _without_shapes(self, text: bytes) -> bytes:
        """A text without what looks like a credential of ours, wherever it stands."""
        return self._shaped.sub(REDACTED.encode(), text) if self._has_shape(text) else text

    def _pairs(self, text: str, names: frozenset[str]) -> str:
        """`name=value&name=value` without the values of some names, however these are written."""
        return "&".join(
            f"{name}={REDACTED}" if equals and unquote_plus(name) in names else f"{name}{equals}{value}"
            for name, equals, value in (pair.partition("=") for pair in text.split("&"))
        )

    def _target(self, raw_path: bytes, query: str, secrets: tuple[str, ...]) -> str:
        """Path and query string without secrets, percent-encoded ones included."""
        path = raw_path.decode("latin-1")
        if query:
            pairs = self._pairs(query, self._query).split("&")
            query = "&".join(_without(pair, secrets, unquote_plus) for pair in pairs)
        if "%" in path:
            path = "/".join(_without(part, secrets, unquote) for part in path.split("/"))
        shown = f"{path}?{query}" if query else path
        for secret in secrets:
            shown = shown.replace(secret, REDACTED)
        return self._without_shapes(shown.encode("latin-1", "replace")).decode("latin-1")

    def _text(self, text: str, secrets: tuple[str, ...]) -> str:
        """A sentence about a request without its secrets."""
        told = self.body(text.encode("utf-8", "replace"), secrets, members=False)
        return self._without_shapes(told).decode("utf-8", "replace")

    def told(self, call: Call) -> tuple[str, str]:
        """Path and problem of a call for a log."""
        query, body = (call.query.decode("latin-1"), call.body) if call.problem else ("", b"")
        secrets = self.secrets(call.headers, query, body, call.credential)
        path = self.target(call.path, "", secrets)
        return path, self.text(call.problem, secrets) if call.problem else ""


def _any_of(texts: Iterable[bytes]) -> bytes:
    """An expression for any of some texts, by their first letter, which takes half the time."""
    rest: dict[bytes, list[bytes]] = {}
    for text in sorted(texts):
        rest.setdefault(text[:1], []).append(re.escape(text[1:]))
    return (
        b"|".join(re.escape(first) + b"(?:" + b"|".join(one) + b")" for first, one in rest.items()) or b"(?!)"
    )


def _in_header(value: str) -> Iterator[str]:
    """The credential of `key`, `Bearer key` or `Basic base64(name:key)`, decoded and as it stands."""
    scheme, _, rest = value.strip().partition(" ")
    yield (rest or scheme).strip()
    if scheme.lower() == "basic":
        try:
            yield b64decode(rest.strip() + "==").decode().partition(":")[2]
        except ValueError:
            return


def _leaves(value: Any) -> Iterator[str]:
    """The texts and numbers of a value."""
    if isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _chosen(found: Iterable[str]) -> tuple[str, ...]:
    """Those that are long enough, the longest first."""
    return tuple(sorted((one for one in found if len(one) >= SHORTEST), key=lambda one: (-len(one), one)))


@lru_cache(maxsize=256)
def _shown(credential: str, *headers: bytes | None) -> tuple[str, ...]:
    """The secrets of a caller, who sends the same ones again and again."""
    told = (header.decode("latin-1") for header in headers if header is not None)
    return _chosen({credential, *(one for header in told for one in _in_header(header))})


@lru_cache(maxsize=256)
def _spellings(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """How texts are written in bodies: as they are, in JSON, in an address, in base64."""
    found: dict[bytes, None] = {}
    for secret in secrets:
        plain = secret.encode("utf-8", "replace")
        written = (
            secret,
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
            repr(secret)[1:-1],
        )
        addressed = (quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
        for one in (*written, *addressed):
            found[one.encode("utf-8", "replace")] = None
        found[b64encode(plain).rstrip(b"=")] = None
    return tuple(found)


def _without_end(body: bytes, secret: bytes) -> bytes:
    """A body that was cut inside a secret, without the part of it that is left."""
    parts = (secret[:length] for length in range(len(secret) - 1, SHORTEST - 1, -1))
    part = next((one for one in parts if body.endswith(one)), b"")
    return body[: len(body) - len(part)]


def _without(part: str, secrets: tuple[str, ...], plain: Callable[[str], str]) -> str:
    """A part of an address, or what stands for it when a secret is written there with escapes."""
    name, equals, value = part.rpartition("=")
    hidden = "%" in value and any(secret in plain(value) for secret in secrets)
    return f"{name}{equals}{REDACTED}" if hidden else part


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
        call.headers,
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
        headers,
    ) = facts
    asked = query.decode("latin-1")
    secrets = redaction.secrets(headers, asked, body, credential)
    tells = operation is None or status >= 400 or operation.tells_secrets
    return Entry._make(
        (
            number,
            at,
            api,
            method,
            redaction.target(path, asked, secrets),
            operation.id if operation else "",
            status,
            redaction.request(body, secrets) if body else b"",
            redaction.body(answer, secrets, members=tells),
            redaction.text(problem, secrets) if problem else "",
            played,
            tuple(dict.fromkeys(map(_kind, stream.events))) if stream is not None else (),
            request_type.decode("latin-1"),
            violates,
        )
    )


def _kind(event: Mapping[str, Any]) -> str:
    """The kind of an event; chunks of a completion have none, and are called by the form that they have."""
    return str(event.get("type") or event.get("object") or "event")
