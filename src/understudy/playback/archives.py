"""The form of HTTP Archive 1.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from understudy import __version__

Json = dict[str, Any]
Pairs = Iterable[Sequence[str]]


def archive(entries: Sequence[Json]) -> Json:
    """An HTTP Archive of calls, which `call` makes."""
    creator = {"name": "understudy", "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "entries": list(entries)}}


def call(begun: str, millis: int, request: Json, response: Json, comment: str) -> Json:
    """One call, the time of which was all spent waiting."""
    return {
        "startedDateTime": begun, "time": millis, "request": request, "response": response,
        "cache": {}, "timings": {"send": 0, "wait": millis, "receive": 0}, "comment": comment,
    }  # fmt: skip


def asked(
    method: str, url: str, body: bytes, media_type: str, *, headers: Pairs = (), query: Pairs = ()
) -> Json:
    """The request of a call."""
    told: Json = {
        "method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": _pairs(headers),
        "queryString": _pairs(query), "headersSize": -1, "bodySize": len(body),
    }  # fmt: skip
    if body:
        told["postData"] = {"mimeType": media_type, "text": body.decode("utf-8", "replace")}
    return told


def answered(status: int, content: Json, *, headers: Pairs = (), redirect: str = "") -> Json:
    """The answer of a call; `content` tells its size, its type and its text."""
    return {
        "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _pairs(headers), "content": content, "redirectURL": redirect,
        "headersSize": -1, "bodySize": content["size"],
    }  # fmt: skip


def _pairs(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
