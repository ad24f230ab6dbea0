"""Uvicorn's HTTP protocol with deadlines for headers and body."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from understudy.settings import Limits


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
