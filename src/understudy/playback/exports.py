"""Cassettes as HAR 1.2. No time of day is told, so the same cassette gives the same file."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

import orjson

from understudy.playback import archives, bodies
from understudy.playback.cassettes import Cassette, Exchange, exchange_of

_ORIGIN = "http://127.0.0.1"


def har(cassette: Cassette) -> str:
    """A cassette as HAR; each entry begins when the one before it has ended."""
    begin, entries = 0, []
    for entry in cassette.entries:
        exchange = exchange_of(entry)
        entries.append(_entry(exchange, cassette.target or _ORIGIN, begin))
        begin += exchange.duration
    return orjson.dumps(archives.archive(entries), option=orjson.OPT_INDENT_2).decode()


def _entry(exchange: Exchange, target: str, begin: int) -> dict[str, Any]:
    query = f"?{exchange.query}" if exchange.query else ""
    called = archives.asked(
        exchange.method, f"{target}{exchange.path}{query}", exchange.request_body, exchange.request_type,
        headers=exchange.request_headers, query=parse_qsl(exchange.query, keep_blank_values=True),
    )  # fmt: skip
    told = archives.answered(
        exchange.status, _content(exchange), headers=exchange.answer_headers,
        redirect=dict(exchange.answer_headers).get("location", ""),
    )  # fmt: skip
    return archives.call(_stamp(begin), exchange.duration, called, told, _comment(exchange))


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


def _stamp(millis: int) -> str:
    """A moment of an imaginary day, for viewers that draw one call after the other."""
    seconds, rest = divmod(millis, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"1970-01-{1 + hours // 24:02}T{hours % 24:02}:{minutes:02}:{seconds:02}.{rest:03}Z"
