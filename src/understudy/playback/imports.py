"""Recordings of other tools: HAR 1.2, as browsers and proxies write it, and the YAML of VCR.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import orjson

from understudy.errors import SetupError
from understudy.playback import bodies, yaml_text
from understudy.playback.cassettes import Exchange

_UNSENT = {"content-length", "content-encoding", "transfer-encoding"}


def load(path: Path) -> list[tuple[str, Exchange]]:
    """Every call in a file with the origin it went to; SetupError says what is wrong with the file."""
    text = yaml_text.read(path).removeprefix("\ufeff")
    if text.lstrip()[:1] == "{":
        return _har(path, text)
    value = yaml_text.Document(text, str(path), binary=True).value
    rows = value.get("interactions") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise SetupError(
            "is neither HAR nor a cassette of VCR.py; these have log.entries or interactions", str(path)
        )
    return [_made(path, number, row, _of_vcr) for number, row in enumerate(rows, 1)]


def _har(path: Path, text: str) -> list[tuple[str, Exchange]]:
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SetupError(f"is not valid JSON: {error.msg}", f"{path}:{error.lineno}:{error.colno}") from None
    rows = whole.get("log", {}).get("entries") if isinstance(whole.get("log", {}), dict) else None
    if not isinstance(rows, list):
        raise SetupError("is no HAR file: it has no log.entries", str(path))
    return [
        _made(path, number, row, _of_har)
        for number, row in enumerate(rows, 1)
        if not (isinstance(row, dict) and _unanswered(row))
    ]


def _unanswered(row: Mapping[str, Any]) -> bool:
    """Whether a browser wrote a call down that was blocked or broken off."""
    response = row.get("response")
    return isinstance(response, dict) and response.get("status") == 0


def _made(path: Path, number: int, row: Any, make: Any) -> tuple[str, Exchange]:
    try:
        made: tuple[str, Exchange] = make(row)
    except (KeyError, TypeError, ValueError, AttributeError, httpx.DecodingError) as error:
        why = f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
        raise SetupError(f"entry {number} cannot be read ({why})", str(path)) from None
    if not 200 <= made[1].status <= 599:
        raise SetupError(
            f"entry {number} has the status {made[1].status}, which is none of an answer", str(path)
        )
    return made


def _of_har(row: Mapping[str, Any]) -> tuple[str, Exchange]:
    request, response = row["request"], row["response"]
    content = response.get("content", {})
    raw = str(content.get("text", "")).encode()
    if content.get("encoding") == "base64":
        raw = bodies.unbase64(content["text"])
    told = _pairs(response.get("headers", ()))
    if content.get("mimeType") and "content-type" not in dict(told):
        told.append(("content-type", str(content["mimeType"])))
    asked = _pairs(request.get("headers", ()))
    posted = request.get("postData") or {}
    if posted.get("mimeType") and "content-type" not in dict(asked):
        asked.append(("content-type", str(posted["mimeType"])))
    millis = max(int(float(row.get("time") or 0)), 0)
    body = _posted(posted, dict(asked).get("content-type", ""))
    return _exchange(
        request["method"], request["url"], asked, body, int(response["status"]), told, raw, millis
    )


def _posted(posted: Mapping[str, Any], content_type: str) -> bytes:
    """The body of a request of HAR, which tells a form by its parameters."""
    if "text" in posted:
        return str(posted["text"]).encode()
    params = posted.get("params") or []
    if bodies.media_type(content_type) == bodies.MULTIPART:
        parts = [
            {"name": one["name"], "text": str(one.get("value", ""))}
            | ({"filename": one["fileName"]} if "fileName" in one else {})
            | ({"content_type": one["contentType"]} if "contentType" in one else {})
            for one in params
        ]
        return bodies.to_bytes({"parts": parts}, content_type)
    return urlencode([(one["name"], str(one.get("value", ""))) for one in params]).encode()


def _of_vcr(row: Mapping[str, Any]) -> tuple[str, Exchange]:
    request, response = row["request"], row["response"]
    status = response["status"]["code"] if "status" in response else response["status_code"]
    asked, told = _listed(request.get("headers")), _listed(response.get("headers"))
    packed = dict(told).get("content-encoding", "identity")
    body = _raw(response.get("body", response.get("content")))
    if packed != "identity" and body:
        try:
            body = httpx.Response(200, headers={"content-encoding": packed}, content=body).content
        except httpx.DecodingError:  # VCR.py can be told to unpack them
            told = [pair for pair in told if pair[0] != "content-encoding"]
    return _exchange(
        request["method"], request["uri"], asked, _raw(request.get("body")), int(status), told, body, 0
    )


def _raw(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, Mapping):
        return bodies.unbase64(body["base64_string"]) if "base64_string" in body else _raw(body.get("string"))
    return body if isinstance(body, bytes) else str(body).encode()


def _pairs(headers: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [
        (str(one["name"]).lower(), str(one["value"]))
        for one in headers
        if not str(one["name"]).startswith(":")
    ]


def _listed(headers: Any) -> list[tuple[str, str]]:
    """Headers as VCR.py writes them: a text or a list of texts for each name."""
    return [
        (str(name).lower(), str(one))
        for name, values in (headers or {}).items()
        for one in (values if isinstance(values, list) else [values])
    ]


def _exchange(
    method: Any,
    url: Any,
    asked: list[tuple[str, str]],
    body: bytes,
    status: int,
    told: list[tuple[str, str]],
    answer: bytes,
    millis: int,
) -> tuple[str, Exchange]:
    parts = urlsplit(str(url))
    headers = [pair for pair in told if pair[0] not in _UNSENT]
    exchange = Exchange(
        str(method).upper(),
        parts.path or "/",
        parts.query,
        asked,
        body,
        status,
        headers,
        answer,
        None,
        millis,
    )
    if exchange.is_stream:
        whole, rest = bodies.split_frames(answer)
        exchange.frames, exchange.answer_body = [(0, one) for one in (*whole, rest) if one], b""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}", exchange
