"""Uvicorn's HTTP protocol with deadlines, and with answers written where the request ends (ADR 0008)."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.gate import Gate
from understudy.engine.replies import headers_of
from understudy.settings import Limits

AT_ONCE_BYTES = 64 * 1024
"""A body up to this size is awaited before anything is done about its request."""

METHODS = {method.encode(): method for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}
_LONG_WAY = frozenset({b"expect", b"transfer-encoding", b"upgrade"})


def protocol_for(gate: Gate, limits: Limits) -> type[HttpToolsProtocol]:
    """The protocol class of a server of this gate."""
    return type("ServedProtocol", (ServedProtocol,), {"gate": gate, "limits": limits})


class ServedProtocol(HttpToolsProtocol):
    """Answers a whole request at once, in the callback that ends it.

    The long way is uvicorn's own: a task that runs the ASGI application. It is taken by large and
    chunked bodies, by what waits or streams, and by whatever is not a plain request of an API.

    Uvicorn also keeps a half-sent request open for ever. Here a connection may wait `header_seconds`
    for its first complete headers and `body_seconds` for a body. Requests that arrive in one piece,
    which most do, cost no timer.
    """

    gate: ClassVar[Gate]
    limits: ClassVar[Limits]
    _timer: asyncio.TimerHandle | None = None
    _allowed = 0.0
    _arriving = False
    _at_once = False
    _body = b""
    _by_name: dict[bytes, bytes]
    _idle_timer: asyncio.TimerHandle | None = None
    _answered_at = 0.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._allowed = self.limits.header_seconds
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._arriving = True  # a blank line too, which begins no message and ends the idle timer
        super().data_received(data)
        if not self._arriving:
            if self._timer is not None:
                self._stop()
        elif self._timer is None:
            self._start()

    def on_message_begin(self) -> None:
        self._arriving = True
        self._allowed = self.limits.header_seconds
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._timer is not None:
            self._stop()
        self._allowed = self.limits.body_seconds
        self._at_once = self._is_plain()
        if not self._at_once:
            self._long_way()

    def on_body(self, body: bytes) -> None:
        if self._at_once:
            self._body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._arriving = False
        if not self._at_once:
            super().on_message_complete()
            return
        self._at_once = False
        body, self._body = self._body, b""
        path, _, query = self.url.partition(b"?")
        method = METHODS[self.parser.get_method()]
        call = self.gate.at_once(method, path, query, self.headers, self._by_name, body)
        if call is not None and call.status:
            self._write(call)
            return
        self._long_way()
        if call is not None:
            self.scope[SCOPE_KEY] = call  # type: ignore[literal-required]
        if body:
            super().on_body(body)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._answered_at = self.loop.time()
        super().on_response_complete()

    def _is_plain(self) -> bool:
        """Whether the request can wait to be whole, and be answered then."""
        headers = self._by_name = dict(self.headers)
        if self.cycle is not None and not self.cycle.response_complete:
            return False
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 8 or int(length) > self._most:
            return False
        if b"connection" in headers and self.parser.get_http_version() != "1.1":
            return False
        return (
            headers.keys().isdisjoint(_LONG_WAY)
            and self.url[:1] == b"/"
            and self.url[:2] != b"//"
            and b"#" not in self.url
            and self.url.isascii()
            and self.parser.get_method() in METHODS
            and self.parser.should_keep_alive()
            and not self.flow.write_paused
        )

    def _long_way(self) -> None:
        """Let uvicorn take over, as if the headers had just come in."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        self.headers += headers
        self.expect_100_continue = self._by_name.get(b"expect", b"").lower() == b"100-continue"
        super().on_headers_complete()

    def _write(self, call: Call) -> None:
        """Send the answer of a finished call, head and body in one write."""
        parts = [STATUS_LINE[call.status]]
        closing = False
        for name, value in headers_of(call):
            parts += (name, b": ", value, b"\r\n")
            closing = closing or name == b"connection"
        parts += (b"\r\n", call.answer_body)
        self.transport.write(b"".join(parts))
        self.server_state.total_requests += 1
        if closing:
            self.transport.close()
            return
        self._answered_at = self.loop.time()
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_idle)

    def _close_idle(self) -> None:
        """Close a connection that has been idle for `timeout_keep_alive`; one timer watches many answers."""
        self._idle_timer = None
        busy = self._arriving or (self.cycle is not None and not self.cycle.response_complete)
        idle = 0.0 if busy else self.loop.time() - self._answered_at
        if idle >= self.timeout_keep_alive:
            self.transport.close()
        elif not self.transport.is_closing():
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive - idle, self._close_idle)

    @property
    def _most(self) -> int:
        return min(AT_ONCE_BYTES, self.limits.json_bytes)

    def _start(self) -> None:
        self._timer = self.loop.call_later(self._allowed, self._too_late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()
