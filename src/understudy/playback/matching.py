"""Whether a request is one that was recorded, and what keeps it from being one.

Method, path, query and body decide. JSON is compared by value: 1 is 1.0, and the order of members is free.
A placeholder of a secret matches whatever stands in its place, so credentials decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from understudy.playback.secrets import PLACEHOLDER

ABSENT = object()
SHOWN = 200


@dataclass(frozen=True)
class Difference:
    """What a request has in another way than a recording: a place, and both sides as they are shown."""

    path: str
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.path}: {self.wanted} != {self.got}"


@dataclass(frozen=True)
class Shape:
    """What of a request decides."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, Any]
    body: Any

    @property
    def key(self) -> bytes:
        """The same for requests that are the same; empty when a placeholder stands in it."""
        whole = orjson.dumps([self.method, self.path, self.query, self.body], option=orjson.OPT_SORT_KEYS)
        return b"" if PLACEHOLDER.search(whole.decode()) else whole


def shape(request: Mapping[str, Any], secret_query: Iterable[str], ignore: Iterable[str] = ()) -> Shape:
    """The shape of a request as entries have it, without places that are ignored."""
    hidden = {name.lower() for name in secret_query}
    query = {name: value for name, value in request.get("query", {}).items() if name.lower() not in hidden}
    whole = {"query": query, "body": _comparable(request.get("body"))}
    for place in ignore:
        _remove(whole, place.split("."))
    path = tuple(unquote(part) for part in request["path"].split("/"))
    return Shape(request["method"], path, whole["query"], whole["body"])


def _comparable(body: Mapping[str, Any] | None) -> Any:
    """The value of a body, whatever form it has."""
    if not body:
        return None
    if "json" in body:
        return _canonical(body["json"])
    if "parts" in body:
        return _parts(body["parts"])
    return next(body[kind] for kind in ("form", "text", "base64", "events") if kind in body)


def _parts(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Parts by name, in the order of each name; the type that a client gives a file decides nothing."""
    found: dict[str, Any] = {}
    for part in parts:
        told = {"filename": part["filename"]} if "filename" in part else {}
        found.setdefault(part["name"], []).append({**told, "content": _comparable(part)})
    return {name: listed[0] if len(listed) == 1 else listed for name, listed in found.items()}


def _canonical(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) < 2**63 else value
    if isinstance(value, dict):
        return {name: _canonical(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value


def _remove(value: Any, steps: Sequence[str]) -> None:
    """Take a place out: names of members, numbers of elements, `*` for all of them."""
    step, *rest = steps
    if isinstance(value, list):
        chosen: list[Any] = list(range(len(value))) if step == "*" else [int(step)] if step.isdigit() else []
        chosen = [one for one in chosen if one < len(value)]
    elif isinstance(value, dict):
        chosen = list(value) if step == "*" else [step] if step in value else []
    else:
        return
    for one in reversed(chosen):
        if rest:
            _remove(value[one], rest)
        else:
            del value[one]


def differences(wanted: Shape, got: Shape) -> list[Difference]:
    """What keeps a request from being a recorded one; empty when it is one."""
    found = [] if wanted.method == got.method else [Difference("method", wanted.method, got.method)]
    if len(wanted.path) != len(got.path) or not all(map(fits, wanted.path, got.path)):
        found.append(Difference("path", "/".join(wanted.path), "/".join(got.path)))
    found += _compared(wanted.query, got.query, "query")
    return found + list(_compared(wanted.body, got.body, "body"))


def _compared(wanted: Any, got: Any, place: str) -> Iterator[Difference]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in dict.fromkeys([*wanted, *got]):
            yield from _compared(wanted.get(name, ABSENT), got.get(name, ABSENT), f"{place}.{name}")
    elif isinstance(wanted, list) and isinstance(got, list):
        for number in range(max(len(wanted), len(got))):
            left = wanted[number] if number < len(wanted) else ABSENT
            right = got[number] if number < len(got) else ABSENT
            yield from _compared(left, right, f"{place}[{number}]")
    elif not fits(wanted, got):
        yield Difference(place, _shown(wanted), _shown(got))


def fits(wanted: Any, got: Any) -> bool:
    """Whether one value may stand for another; a placeholder may stand for any."""
    if isinstance(wanted, str) and "<secret-" in wanted and got is not ABSENT:
        if PLACEHOLDER.fullmatch(wanted):
            return True
        return isinstance(got, str) and _around(PLACEHOLDER.split(wanted), got)
    return type(wanted) is type(got) and bool(wanted == got)


def _around(pieces: Sequence[str], text: str) -> bool:
    """Whether a text has these pieces one after another, from its beginning to its end."""
    first, *middle, last = pieces
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    text = orjson.dumps(value).decode()
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def alike(wanted: Shape, got: Shape) -> int:
    """How far a recording is from a request, without looking at the body; 0 is near."""
    far = 50 * (wanted.method != got.method)
    far += 20 * abs(len(wanted.path) - len(got.path))
    far += 10 * sum(not fits(left, right) for left, right in zip(wanted.path, got.path, strict=False))
    return far + (5 if type(wanted.body) is not type(got.body) else 0)


_NAME = re.compile(r"(?:body|query)(?:\.[^.\s]+)+")


def is_place(text: str) -> bool:
    """Whether a text names a place that can be ignored."""
    return _NAME.fullmatch(text) is not None
