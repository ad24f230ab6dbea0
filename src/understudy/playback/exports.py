"""Cassettes as HAR 1.2. No time of day is told, so the same cassette gives the same file."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from understudy import __version__
from understudy.playback import bodies
from understudy.playback.cassettes import Cassette, Exchange, exchange_of

_ORIGIN = "http://127.0.0.1"


def har(cassette: Cassette) -> str:
    """A cassette as HAR; each entry begins when the one before it has ended."""
    begin, entries = 0, []
    for entry in cassette.entries:
        exchange = exchange_of(entry)
        entries.append(_entry(exchange, cassette.target or _ORIGIN, begin))
        begin += exchange.duration
    creator = {"name": "understudy", "version": __version__}
    log = {"log": {"version": "1.2", "creator": creator, "entries": entries}}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2).decode()


def _entry(exchange: Exchange, target: str, begin: int) -> dict[str, Any]:
    query = f"?{exchange.query}" if exchange.query else ""
    request: dict[str, Any] = {
        "method": exchange.method, "url": f"{target}{exchange.path}{query}", "httpVersion": "HTTP/1.1",
        "cookies": [], "headers": _pairs(exchange.request_headers),
        "queryString": _pairs(parse_qsl(exchange.query, keep_blank_values=True)),
        "headersSize": -1, "bodySize": len(exchange.request_body),
    }  # fmt: skip
    if exchange.request_body:
        text = exchange.request_body.decode("utf-8", "replace")
        request["postData"] = {"mimeType": exchange.request_type, "text": text}
    response = {
        "status": exchange.status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _pairs(exchange.answer_headers), "content": _content(exchange),
        "redirectURL": dict(exchange.answer_headers).get("location", ""),
        "headersSize": -1, "bodySize": len(exchange.answer_body),
    }  # fmt: skip
    return {
        "startedDateTime": _stamp(begin), "time": exchange.duration, "request": request, "response": response,
        "cache": {}, "timings": {"send": 0, "wait": exchange.duration, "receive": 0},
        "comment": _comment(exchange),
    }  # fmt: skip


def _content(exchange: Exchange) -> dict[str, Any]:
    told = {"size": len(exchange.answer_body), "mimeType": bodies.media_type(exchange.answer_type)}
    try:
        return {**told, "text": exchange.answer_body.decode()}
    except UnicodeDecodeError:
        return {**told, "text": base64.b64encode(exchange.answer_body).decode(), "encoding": "base64"}


def _comment(exchange: Exchange) -> str:
    if exchange.frames is None:
        return exchange.operation
    return f"{exchange.operation} events at {', '.join(str(at) for at, _ in exchange.frames)} ms".strip()


def _pairs(pairs: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _stamp(millis: int) -> str:
    """A moment of an imaginary day, for viewers that draw one call after the other."""
    seconds, rest = divmod(millis, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"1970-01-{1 + hours // 24:02}T{hours % 24:02}:{minutes:02}:{seconds:02}.{rest:03}Z"
