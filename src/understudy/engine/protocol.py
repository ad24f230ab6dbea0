"""Uvicorn's HTTP protocol with deadlines for headers and body, and whole answers in one write (ADR 0007)."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from understudy.settings import Limits

CYCLE = "understudy.cycle"
"""Where a scope carries uvicorn's request and response cycle, for `write_answer`."""

Headers = list[tuple[bytes, bytes]]


def write_answer(cycle: RequestResponseCycle, status: int, headers: Headers, body: bytes) -> None:
    """Write a complete answer at once: what two ASGI messages do in two writes and twice the time.

    The headers must hold the right `content-length`, unless the status has no body.
    """
    if cycle.disconnected:
        return
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    parts = [STATUS_LINE[status]]
    for name, value in headers:
        if name == b"connection":
            cycle.keep_alive = False
        else:
            parts += (name, b": ", value, b"\r\n")
    if not cycle.keep_alive:
        parts.append(b"connection: close\r\n")
    parts += (b"\r\n", body)
    cycle.transport.write(b"".join(parts))
    cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def may_write(cycle: RequestResponseCycle | None) -> bool:
    """Whether an answer can be written at once: not when the client reads too slowly, nor for HEAD."""
    return cycle is not None and not cycle.flow.write_paused and cycle.scope["method"] != "HEAD"


def with_deadlines(limits: Limits) -> type[HttpToolsProtocol]:
    """A protocol class that closes a connection whose request does not arrive in time.

    Uvicorn keeps a half-sent request open for ever. Here a connection may wait `header_seconds` for
    its first complete headers and `body_seconds` for a body. Requests that arrive in one piece, which
    most do, cost no timer.
    """

    class DeadlineProtocol(HttpToolsProtocol):
        _timer: asyncio.TimerHandle | None = None
        _allowed = limits.header_seconds
        _arriving = False

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._start()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            self._arriving = True  # a blank line too, which begins no message and ends the idle timer
            super().data_received(data)
            if not self._arriving:
                self._stop()
            elif self._timer is None:
                self._start()

        def on_message_begin(self) -> None:
            self._arriving = True
            self._allowed = limits.header_seconds
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._stop()
            self._allowed = limits.body_seconds
            super().on_headers_complete()
            self.scope[CYCLE] = self.cycle  # type: ignore[literal-required]

        def on_message_complete(self) -> None:
            self._arriving = False
            super().on_message_complete()

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

    return DeadlineProtocol
