"""Finds the secrets of calls, where credentials stand."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

import orjson

from understudy.playback import bodies
from understudy.playback.cassettes import Entry, Exchange
from understudy.playback.secret_places import EVERYWHERE, SecretPlaces

_NESTED = 3
"""How deep JSON inside of texts of JSON is looked at."""


class Add(Protocol):
    """Takes a secret, the kind of its place, and how long it is at least when it is replaced everywhere."""

    def __call__(self, value: str, place: str, least: int = EVERYWHERE) -> object: ...


class Finder:
    """Hands over every secret that it sees."""

    def __init__(self, places: SecretPlaces, add: Add) -> None:
        self._places = places
        self._add = add

    def see(self, exchange: Exchange) -> None:
        """Find the secrets of an exchange."""
        for name, value in exchange.request_headers:
            self._see_header(name, value)
        self._see_path(exchange.path)
        for name, value in parse_qsl(exchange.query, keep_blank_values=True):
            self._see_named(name, value, "query value")
        self._see_body(bodies.of_request(exchange.request_body, exchange.request_type))
        for name, value in exchange.answer_headers:
            self._see_header(name, value)
        self._see_body(bodies.of_answer(exchange.answer_body, exchange.answer_type))
        if exchange.frames:
            self._see_body(bodies.of_stream(exchange.frames))

    def see_entry(self, entry: Entry) -> None:
        """Find the secrets of an entry that was made elsewhere."""
        request, response = entry["request"], entry["response"]
        self._see_path(request["path"])
        for name, value in bodies.pairs(request.get("query", {})):
            self._see_named(name, value, "query value")
        for message in (request, response):
            for name, value in message.get("headers", {}).items():
                self._see_header(name, value)
            self._see_body(message.get("body"))

    def _see_header(self, name: str, value: str) -> None:
        if name == "location":
            self._see_text(value, 0)
        if name not in self._places.headers:
            return
        for spelled in dict.fromkeys((value, _as_utf8(value))):
            self._see_credential(name, spelled)

    def _see_credential(self, name: str, value: str) -> None:
        if name in ("cookie", "set-cookie"):
            for part in value.split(";")[: 1 if name == "set-cookie" else None]:
                held = part.partition("=")[2].strip()
                self._add(unquote(held), "header")
                self._add(held, "header")
            return
        scheme, blank, credential = value.strip().partition(" ")
        credential = credential.strip() if blank else scheme
        if scheme.lower() == "basic" and blank:
            self._see_basic(credential)
        if "@" in credential:  # the rest names a world
            self._add(credential.rpartition("@")[0], "header")
        self._add(credential, "header")

    def _see_basic(self, credential: str) -> None:
        try:
            pair = base64.b64decode(credential).decode()
        except (ValueError, binascii.Error):
            return
        self._add(pair, "header")
        self._add(pair.partition(":")[2], "header")

    def _see_path(self, path: str) -> None:
        for prefix in self._places.paths:
            if path.startswith(prefix):
                self._add(unquote(path[len(prefix) :].partition("/")[0]), "path")

    def _see_body(self, body: Mapping[str, Any] | None) -> None:
        if not body:
            return
        if "json" in body:
            self._see_value(body["json"], 0)
        for name, value in bodies.pairs(body.get("form", {})):
            self._see_named(name, value, "body field")
        for part in body.get("parts", ()):
            if self._places.names(part["name"]):
                self._add(bodies.to_bytes(part).decode("utf-8", "replace"), "body field")
            self._see_body(part)
        for event in body.get("events", ()):
            self._see_value([value for name, value in event.items() if name not in ("at", "base64")], 0)
        if "text" in body:
            self._see_text(body["text"], 0)

    def _see_value(self, value: Any, nested: int) -> None:
        if isinstance(value, dict):
            for name, member in value.items():
                if self._places.is_secret(name, value):
                    for leaf in _leaves(member):
                        self._see_named(name, leaf, "body field")
                else:
                    self._see_value(member, nested)
        elif isinstance(value, list):
            for item in value:
                self._see_value(item, nested)
        elif isinstance(value, str):
            self._see_text(value, nested)

    def _see_text(self, text: str, nested: int) -> None:
        for match in self._places.in_text.finditer(text):
            self._add(match[2], "body field")
        for match in self._places.assigned.finditer(text):
            self._add(unquote(match[2]), "body field")
        if nested < _NESTED and text[:1] in ("{", "["):
            try:
                self._see_value(bodies.parsed(text.encode()), nested + 1)
            except ValueError:
                return

    def _see_named(self, name: str, value: str, place: str) -> None:
        if self._places.names(name):
            self._add(value, place, self._places.least(name))


def _as_utf8(text: str) -> str:
    """A header, which is Latin-1 by the book, as most clients mean it."""
    try:
        return text.encode("latin-1").decode()
    except ValueError:
        return text


def leaf(value: Any) -> str:
    """A text or a number as a text."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield leaf(value)
