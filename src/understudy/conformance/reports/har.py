"""HAR 1.2: the exchanges of all findings, for browsers and proxies; secrets are left out."""

from __future__ import annotations

from typing import Any

import orjson

from understudy import __version__
from understudy.conformance.findings import SECRETS, Exchange
from understudy.conformance.run import Report

_EPOCH = "1970-01-01T00:00:00.000Z"
"""No time is told: the same run gives the same file."""


def write(report: Report) -> str:
    entries = [
        _entry(exchange, report.target, finding.id)
        for finding in report.findings
        for exchange in finding.exchanges
    ]
    creator = {"name": "understudy", "version": __version__}
    return orjson.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries}}).decode()


def _entry(exchange: Exchange, target: str, case: str) -> dict[str, Any]:
    headers = [(k, "[redacted]" if k.lower() in SECRETS else v) for k, v in exchange.headers]
    query = "&".join(f"{name}={value}" for name, value in exchange.query)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": f"{target}{exchange.path}{'?' if query else ''}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "queryString": _pairs(exchange.query),
        "headersSize": -1,
        "bodySize": len(exchange.body),
    }
    if exchange.body:
        text = exchange.body.decode("utf-8", "replace")
        request["postData"] = {"mimeType": "application/json", "text": text}
    response = {
        "status": exchange.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.answer_headers),
        "content": {
            "size": len(exchange.answer),
            "mimeType": exchange.media_type,
            "text": exchange.answer.decode("utf-8", "replace"),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(exchange.answer),
    }
    times = {"send": 0, "wait": 0, "receive": 0}
    return {
        "startedDateTime": _EPOCH, "time": 0, "request": request, "response": response, "cache": {},
        "timings": times, "comment": f"case {case}",
    }  # fmt: skip


def _pairs(pairs: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
