"""A layer in front of our own server that does one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from understudy.conformance.contract import Contract, Operation
from understudy.conformance.lifecycles import Family

CREDENTIALS = ("x-api-key", "authorization")


@dataclass(frozen=True)
class Asked:
    """A request. `operation` is None for paths that the contract does not know."""

    operation: Operation | None
    scope: Scope
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.operation.id if self.operation else ""

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def without(self, *names: str) -> Asked:
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))

    def as_caller(self, credential: dict[str, str]) -> Asked:
        kept = {name: value for name, value in self.headers.items() if name not in CREDENTIALS}
        return replace(self, headers=kept | credential)

    def saying(self, body: Any) -> Asked:
        return replace(self, body=json.dumps(body).encode())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def saying(self, body: Any, status: int | None = None) -> Answer:
        headers = {**self.headers, "content-type": "application/json"}
        return Answer(self.status if status is None else status, headers, json.dumps(body).encode())


Forward = Callable[[Asked], Awaitable[Answer]]


@dataclass
class Site:
    """Where a fault is.

    Args:
        operation: the id of the operation that it is about.
        family: whose operation that is, None for one that belongs to none.
        owner: headers with the credential of the account under test.
        memory: what the fault has seen.
    """

    contract: Contract
    operation: str
    family: Family | None = None
    owner: dict[str, str] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)


Act = Callable[[Site, Asked, Forward], Awaitable[Answer]]


class Middle:
    """An ASGI application that lets a fault answer.

    `changed` counts answers that are not those to the request as it came: others, and those to requests that
    the fault has kept from the server or changed.
    """

    def __init__(self, app: ASGIApp, site: Site, act: Act) -> None:
        self.app = app
        self.site = site
        self.act = act
        self.changed = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = await self._read(scope, receive)
        healthy: list[Answer] = []

        async def forward(request: Asked) -> Answer:
            answer = await self._forward(request)
            if request == asked:
                healthy.append(answer)
            return answer

        answer = await self.act(self.site, asked, forward)
        self.changed += answer not in healthy
        await self._send(answer, send)

    async def _read(self, scope: Scope, receive: Receive) -> Asked:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
        operation = self.site.contract.find(scope["method"], path)
        query = tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return Asked(operation, scope, query, headers, body)

    async def _forward(self, asked: Asked) -> Answer:
        headers = {**asked.headers, "content-length": str(len(asked.body))}
        if not asked.body and "content-length" not in asked.headers:
            del headers["content-length"]
        sent = asked.scope["query_string"].decode("latin-1")
        if asked.query != tuple(parse_qsl(sent, keep_blank_values=True)):
            sent = urlencode(asked.query)
        scope = {
            **asked.scope,
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()],
            "query_string": sent.encode("latin-1"),
        }
        parts: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message)

        await self.app(scope, receive, send)
        told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in parts[0].get("headers", [])}
        return Answer(parts[0]["status"], told, b"".join(part.get("body", b"") for part in parts[1:]))

    async def _send(self, answer: Answer, send: Send) -> None:
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        if answer.status != 204:
            headers["content-length"] = str(len(answer.body))
        coded = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": coded})
        await send({"type": "http.response.body", "body": answer.body})
