"""Streams: their events one after another, against the order, the schemas and the JSON answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from understudy.conformance.contract import Contract, Operation
from understudy.conformance.findings import Exchange, Finding

BEGIN = "begin"
DONE = "[DONE]"


def check(contract: Contract, exchange: Exchange) -> Iterator[Finding]:
    """What is wrong with a stream."""
    operation = contract.operations.get(exchange.operation)
    if operation is None or exchange.media_type != "text/event-stream" or not operation.stream:
        return
    events, ended = read(exchange.answer)
    if not ended:
        yield _finding("UV304", exchange, "", "the last event is cut off")
    yield from _schemas(contract, operation, exchange, events)
    if "events" in operation.stream and ("order" in operation.stream or "follows" in operation.stream):
        yield from _order(operation, exchange, [str(event.get("type")) for event in events])
    elif not exchange.answer.rstrip().endswith(f"data: {DONE}".encode()):
        yield _finding("UV304", exchange, "", f"there is no {DONE}")


def read(content: bytes) -> tuple[list[Mapping[str, Any]], bool]:
    """The events of a stream, and whether the last one is complete."""
    events: list[Mapping[str, Any]] = []
    ended = content.endswith((b"\n\n", b"\r\n\r\n"))
    for line in content.decode("utf-8", "replace").splitlines():
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == DONE:
            continue
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            ended = False
            continue
        if isinstance(event, dict):
            events.append(event)
    return events, ended


def order_fault(stream: Mapping[str, Any], kinds: Sequence[str]) -> str:
    """How the kinds of events break the order of `x-stream`; empty when they do not."""
    breaks = stream.get("breaks", "")
    if breaks and breaks in kinds:
        kinds = kinds[: kinds.index(breaks)]
        return _partial_fault(stream, kinds)
    if "follows" in stream:
        fault = _partial_fault(stream, kinds)
        if fault or not kinds:
            return fault or "there are no events"
        return "" if not stream["follows"].get(kinds[-1]) else f"ends with {kinds[-1]}"
    once = _once(stream, kinds)
    wanted = [kind for kind in stream["order"] if kind in kinds]
    if once != wanted:
        return f"the order is {', '.join(once)}"
    missing = [kind for kind in stream["always"] if kind not in kinds]
    return f"{', '.join(missing)} is missing" if missing else ""


def _partial_fault(stream: Mapping[str, Any], kinds: Sequence[str]) -> str:
    if "follows" in stream:
        for before, after in pairwise([BEGIN, *kinds]):
            if after not in stream["follows"].get(before, ()):
                return f"{after} comes after {before}"
        return ""
    once = _once(stream, kinds)
    return (
        ""
        if once == [kind for kind in stream["order"] if kind in once]
        else f"the order is {', '.join(once)}"
    )


def _once(stream: Mapping[str, Any], kinds: Sequence[str]) -> list[str]:
    repeats = stream["repeats"]
    return [k for at, k in enumerate(kinds) if not at or k not in repeats or kinds[at - 1] != k]


def _order(operation: Operation, exchange: Exchange, kinds: list[str]) -> Iterator[Finding]:
    fault = order_fault(operation.stream, kinds)
    if fault:
        code = "UV304" if fault.startswith("ends with") or "end is missing" in fault else "UV301"
        yield _finding(code, exchange, "", fault)


def _schemas(
    contract: Contract, operation: Operation, exchange: Exchange, events: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    validator = contract.schemas.validator({"$ref": f"#/components/schemas/{operation.stream['events']}"})
    for event in events:
        if not validator.accepts(event):
            place, why = next(iter(validator.faults(event, "event").items()), ("event", "is not valid"))
            yield _finding("UV302", exchange, f"{event.get('type')} {place}", f"{place}: {why}")


def _finding(code: str, exchange: Exchange, place: str, message: str) -> Finding:
    return Finding(code, exchange.operation, place, message, (exchange,))
