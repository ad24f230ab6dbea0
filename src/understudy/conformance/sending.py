"""The server under judgement, and how it is called: over the network, or in this process."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import orjson

from understudy.conformance.contract import Contract, Operation
from understudy.conformance.findings import Exchange

SECONDS = 30.0
"""How long an answer may take."""


class Unreachable(Exception):
    """There is nobody at the address."""


class OutOfBudget(Exception):
    """The time for the whole run is over."""


@dataclass
class Target:
    """A server.

    Args:
        url: where the paths of the contract begin.
        headers: what carries the credential.
        other: headers of another account, which may see nothing of the first.
        weak: credentials that may do less: the kinds of key that each counts as, and its headers.
        app: an ASGI application that is called in this process instead of the network.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    other: Mapping[str, str] = field(default_factory=dict)
    weak: tuple[tuple[frozenset[str], Mapping[str, str]], ...] = ()
    app: Any = None

    @property
    def is_local(self) -> bool:
        host = urlsplit(self.url).hostname or ""
        return self.app is not None or host == "localhost" or host.startswith("127.") or host == "::1"


class Sender:
    """Sends requests one after another and hands every exchange to whoever listens.

    Args:
        deadline: when the run ends, on the clock of `time.monotonic`; None for never.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        listen: Callable[[Exchange], None],
        deadline: float | None = None,
    ) -> None:
        self.contract = contract
        self.target = target
        self.deadline = deadline
        self._listen = listen
        transport = _InProcess(target.app) if target.app is not None else None
        self._client = httpx.Client(
            base_url=target.url, timeout=SECONDS, transport=transport, follow_redirects=False, trust_env=False
        )

    def close(self) -> None:
        self._client.close()

    def call(
        self,
        operation_id: str,
        path: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        expected: str = "",
        source: str = "",
    ) -> Exchange:
        """Call an operation; `headers` takes the place of the credential."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise OutOfBudget
        operation = self.contract.operations[operation_id]
        content = b"" if body is None else orjson.dumps(body)
        sent = dict(self.target.headers if headers is None else headers)
        if body is not None:
            sent["content-type"] = "application/json"
        pairs = tuple((name, _written(value)) for name, value in (query or {}).items())
        exchange = self.send(operation.method, filled(operation, path or {}), pairs, sent, content)
        told = replace(exchange, operation=operation_id, expected=expected, source=source)
        self._listen(told)
        return told

    def send(
        self,
        method: str,
        path: str,
        query: Iterable[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Exchange:
        """Send a request as it is. Its exchange names no operation, and nobody hears of it."""
        pairs = tuple(query)
        sent = (method, path, pairs, tuple(headers.items()), body)
        try:
            response = self._client.request(
                method, path, params=pairs or None, headers=dict(headers), content=body
            )
        except httpx.ConnectError as error:
            raise Unreachable(str(error)) from None
        except httpx.HTTPError:
            return Exchange("", *sent)
        told = tuple((name.lower(), value) for name, value in response.headers.items())
        return Exchange("", *sent, response.status_code, told, response.content)


def filled(operation: Operation, values: Mapping[str, str]) -> str:
    """The path of an operation with its values in place."""
    return re.sub(
        r"\{([^}]+)\}", lambda m: quote(str(values.get(m.group(1), "none")), safe=""), operation.path
    )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


class _InProcess(httpx.BaseTransport):
    """Calls an ASGI application, one request at a time, on a loop of its own."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._loop.run_until_complete(self._answered(request))

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        wanted = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        response = await self._inner.handle_async_request(wanted)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def close(self) -> None:
        self._loop.close()
