"""Recorded calls against the contracts: requests as the engine binds them, answers as it checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from understudy.engine.binding import bind
from understudy.engine.compiling import Compiled
from understudy.engine.context import Call
from understudy.engine.operation import Operation
from understudy.engine.routing import Router
from understudy.errors import ApiError, BadRequest
from understudy.playback import bodies
from understudy.playback.cassettes import Exchange
from understudy.settings import Limits

SHOWN = 5
"""How many faults of one body are told."""
DONE = "[DONE]"


class Contracts:
    """What calls of some APIs are held against.

    Args:
        apis: the APIs, compiled.
    """

    def __init__(self, apis: Sequence[Compiled]) -> None:
        self._apis = sorted(
            ((prefix, compiled) for compiled in apis for prefix in compiled.api.prefixes),
            key=lambda pair: -len(pair[0]),
        )
        self._routers: dict[str, Router] = {}
        self._statuses: dict[tuple[str, str], set[str]] = {}
        for compiled in apis:
            router = self._routers[compiled.api.name] = Router()
            for operation in compiled.operations.values():
                router.add(operation.path, operation)
                raw = compiled.bundle["paths"][operation.path][operation.method.lower()]
                self._statuses[compiled.api.name, operation.id] = set(raw["responses"])

    def owner(self, path: str) -> str:
        """The name of the API that a path belongs to; "" for none."""
        found = self._compiled(path)
        return found.api.name if found else ""

    def operation(self, method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
        """The operation of a call and the values in its path; None for none."""
        compiled = self._compiled(path)
        if compiled is None:
            return None
        router = self._routers[compiled.api.name]
        try:
            found = router.find(path.encode("latin-1", "replace"))
            if found is None and compiled.api.trailing_slash and path.endswith("/"):
                found = router.find(path[:-1].encode("latin-1", "replace"))
        except BadRequest:
            return None
        if found is None or method not in found[0]:
            return None
        return found[0][method], found[1]

    def check(self, exchange: Exchange) -> list[tuple[str, str]]:
        """What breaks the contract: places such as `request.body.query` or `response.status`, and why."""
        found = self.operation(exchange.method, exchange.path)
        if found is None:
            nearest = self._nearest(exchange)
            hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
            return [("request.path", f"no operation is {exchange.method} {exchange.path}{hint}")]
        operation, values = found
        exchange.operation = operation.id
        return [*_request(operation, values, exchange), *self._answer(operation, exchange)]

    def _compiled(self, path: str) -> Compiled | None:
        return next(
            (api for prefix, api in self._apis if path == prefix or path.startswith(f"{prefix}/")), None
        )

    def _nearest(self, exchange: Exchange) -> list[str]:
        compiled = self._compiled(exchange.path)
        if compiled is None:
            return []
        return self._routers[compiled.api.name].nearest(exchange.method, exchange.path)

    def _answer(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[str, str]]:
        known = self._statuses[self.owner(exchange.path), operation.id]
        status = exchange.status
        if not known & {str(status), f"{status // 100}XX", "default"}:
            yield "response.status", f"{status} is not among {', '.join(sorted(known))}"
            return
        if exchange.is_stream:
            yield from _events(operation, exchange)
            return
        if status not in operation.answers or not exchange.answer_body:
            return
        try:
            value = bodies.parsed(exchange.answer_body)
        except ValueError as error:
            if bodies.is_json(exchange.answer_type):
                yield "response.body", f"is no JSON: {error}"
            return
        yield from _told(operation, status, value)


def _request(operation: Operation, values: tuple[str, ...], exchange: Exchange) -> Iterator[tuple[str, str]]:
    headers = {name.encode(): value.encode("latin-1", "replace") for name, value in exchange.request_headers}
    call = Call(exchange.method, exchange.path.encode("latin-1", "replace"), _raw(exchange.query), headers)
    call.path_values, call.body = values, exchange.request_body
    refusal = bind(operation, call, Limits())
    if isinstance(refusal, BadRequest) and refusal.fields:
        for place, why in refusal.fields.items():
            yield f"request.{place}", why
    elif isinstance(refusal, ApiError):
        yield "request", refusal.message


def _raw(query: str) -> bytes:
    return query.encode("latin-1", "replace")


def _told(operation: Operation, status: int, value: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with JSON, unless it is right in one of the forms of the answer."""
    checks = [
        operation.answers[status],
        *(form[status] for form in operation.forms.values() if status in form),
    ]
    if any(check.accepts(value) for check in checks):
        return
    yield from list(checks[0].faults(value, "response.body").items())[:SHOWN]


def _events(operation: Operation, exchange: Exchange) -> Iterator[tuple[str, str]]:
    if operation.events is None:
        yield "response.headers.content-type", "is a stream, which the contract does not know here"
        return
    body: Mapping[str, Any] = bodies.of_stream(exchange.frames or ())
    told = 0
    for number, event in enumerate(body["events"]):
        data = event.get("data", DONE)
        if data == DONE or told >= SHOWN or operation.events.accepts(data):
            continue
        for place, why in list(operation.events.faults(data, f"response.body.events[{number}].data").items())[
            :1
        ]:
            told += 1
            yield place, why
