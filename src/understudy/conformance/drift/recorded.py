"""Recorded answers against a contract: HAR files, our journal, and exchanges of a verification."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from understudy.conformance import judging, streams
from understudy.conformance.contract import Contract, Operation
from understudy.conformance.drift.differences import Difference, Outcome, of_finding, ordered
from understudy.conformance.findings import SHOWN, Exchange
from understudy.errors import SetupError
from understudy.state.journal import MAX_BODY

SUFFIXES = (".har", ".json", ".ndjson", ".jsonl")
_OF_THE_BODY = {"UV103", "UV104", "UV105", "UV106", "UV302", "UV301", "UV303", "UV304"}
STREAM = "text/event-stream"
REDACTED = 4096
"""Bytes that a body which the journal has cut off may lose afterwards, when credentials are taken out."""


def compare(contract: Contract, path: Path) -> Outcome:
    """Judge every answer in a file, or in all files of a directory; SetupError names a bad one."""
    outcome = Outcome()
    found: list[Difference] = []
    for file in _files(path):
        for place, record in _records(file):
            try:
                exchange, cut = _exchange(record)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise SetupError("is none of the forms that can be read", place) from None
            found += _judged(contract, exchange, cut, outcome)
    outcome.differences = ordered(found)
    return outcome


def _judged(contract: Contract, exchange: Exchange, cut: bool, outcome: Outcome) -> Iterator[Difference]:
    operation = _operation(contract, exchange)
    if exchange.status == 0:
        outcome.skip("without an answer")
        return
    if operation is None:
        outcome.skip("of no operation of the contract")
        if exchange.status not in (404, 405):
            label = f"{exchange.method} {exchange.path}"
            why = "the contract does not have this path, so nothing can be said of the answer"
            yield Difference("note", "undocumented-operation", label, "", f"answered {exchange.status}", why)
        return
    outcome.compared += 1
    if cut:
        outcome.skip("with a body that is cut off, judged by their status alone")
    exchange = _told(operation, exchange)
    for finding in (*judging.judge(contract, exchange), *streams.check(contract, exchange)):
        if not (cut and finding.code in _OF_THE_BODY):
            yield of_finding(finding)


def _operation(contract: Contract, exchange: Exchange) -> Operation | None:
    """The operation of a record: by its path, with or without what the servers of the contract begin with."""
    prefixes = [urlsplit(one.get("url", "")).path.rstrip("/") for one in contract.bundle.get("servers", ())]
    for prefix in dict.fromkeys([*prefixes, ""]):
        if exchange.path.startswith(f"{prefix}/"):
            found = contract.find(exchange.method, exchange.path.removeprefix(prefix))
            if found is not None:
                return found
    return None


def _told(operation: Operation, exchange: Exchange) -> Exchange:
    """The exchange with its operation, and with a media type where the record has none."""
    headers = exchange.answer_headers
    documented = list(operation.documents(exchange.status) or ())
    if not exchange.media_type and exchange.answer and documented:
        headers = (*headers, ("content-type", _media_type(exchange.answer, documented)))
    return Exchange(
        operation.id,
        exchange.method,
        exchange.path,
        exchange.query,
        exchange.headers,
        exchange.body,
        exchange.status,
        headers,
        exchange.answer,
        source="record",
    )


def _media_type(answer: bytes, documented: list[str]) -> str:
    """What a body looks like, among the media types that are documented for it."""
    if STREAM in documented and answer.lstrip().startswith((b"data:", b"event:", b":")):
        return STREAM
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        return next((one for one in documented if not one.endswith("json") and one != STREAM), documented[0])
    return next((one for one in documented if one.endswith("json")), documented[0])


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SetupError("is neither a file nor a directory", str(path))
    found = sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES and one.is_file())
    if not found:
        raise SetupError(f"holds no file that ends with {', '.join(SUFFIXES)}", str(path))
    return found


def _records(file: Path) -> Iterator[tuple[str, Any]]:
    """Every record of a file with the place it stands at."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"cannot be read: {error}", str(file)) from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(file, text)
        return
    if isinstance(whole, dict) and isinstance(whole.get("log"), dict):
        whole = whole["log"]
    rows = whole.get("entries", [whole]) if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise SetupError("is none of the forms that can be read", str(file))
    for number, row in enumerate(rows, 1):
        yield f"{file} record {number}", row


def _lines(file: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield f"{file}:{number}", json.loads(line)
        except (ValueError, RecursionError):
            raise SetupError("is no JSON", f"{file}:{number}") from None


def _exchange(record: Mapping[str, Any]) -> tuple[Exchange, bool]:
    """A record of any form, and whether its body is cut off."""
    if "request" in record:
        content = record["response"].get("content", {})
        return _of_har(record), "text" not in content and int(content.get("size", 0)) > 0
    path, _, query = str(record["path"]).partition("?")
    journal = "response_body" in record
    answer = str(record["response_body" if journal else "answer"]).encode()
    headers = record.get("answer_headers", {})
    exchange = Exchange(
        "",
        str(record["method"]).upper(),
        path,
        tuple(parse_qsl(query)),
        status=int(record["status"]),
        answer_headers=tuple((str(k).lower(), str(v)) for k, v in headers.items()),
        answer=answer,
    )
    return exchange, len(answer) >= MAX_BODY - REDACTED if journal else len(answer.decode()) >= SHOWN


def _of_har(entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    address = urlsplit(request["url"])
    content = response.get("content", {})
    headers = tuple((str(one["name"]).lower(), str(one["value"])) for one in response.get("headers", ()))
    if content.get("mimeType") and "content-type" not in dict(headers):
        headers = (*headers, ("content-type", str(content["mimeType"])))
    return Exchange(
        "",
        str(request["method"]).upper(),
        address.path,
        tuple(parse_qsl(address.query)),
        status=max(int(response["status"]), 0),
        answer_headers=headers,
        answer=_content(content),
    )


def _content(content: Mapping[str, Any]) -> bytes:
    text = str(content.get("text", ""))
    if content.get("encoding") != "base64":
        return text.encode()
    try:
        return base64.b64decode(text)
    except binascii.Error:
        raise ValueError("is no base64") from None
