"""Uvicorn's HTTP protocol with deadlines, and with answers written where the request ends (ADR 0008)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.gate import Gate
from understudy.engine.playing import TRANSPORT_KEY
from understudy.engine.replies import JSON, headers_of
from understudy.settings import Limits

AT_ONCE_BYTES = 64 * 1024
"""A body up to this size is awaited before anything is done about its request."""
KNOWN_HEADS = 256
KNOWN_HEAD_BYTES = 2048
"""How many blocks of header lines are remembered, and how long they may be."""

QUIET: Mapping[str, Any] = {
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "date_header": False,
    "proxy_headers": False,
}
"""Settings of uvicorn for a server that says nothing of itself: the applications have logs of their own."""
METHODS = {method.encode(): method for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}
_TARGET = re.compile(rb"/(?:[!\"$-.0-~][!\"$-~]*)?\Z")
"""A path of this server, perhaps with a query; neither a whole URL nor one with a fragment."""
_LONG_WAY = frozenset({b"expect", b"transfer-encoding", b"upgrade"})
_JSON_ANSWER = b"%bcontent-length: %d\r\ncontent-type: application/json\r\n\r\n%b"

Head = tuple[dict[bytes, bytes], int]
"""Headers by name, and the length of the body."""


def protocol_for(gate: Gate, limits: Limits) -> type[HttpToolsProtocol]:
    """The protocol class of a server of this gate."""
    most = min(AT_ONCE_BYTES, limits.json_bytes)
    return type("Protocol", (ServedProtocol,), {"gate": gate, "limits": limits, "most": most, "heads": {}})


class ServedProtocol(HttpToolsProtocol):
    """Answers a whole request at once, in the callback that ends it.

    The long way is uvicorn's own: a task that runs the ASGI application. It is taken by large and
    chunked bodies, by what waits or streams, and by whatever is not a plain request of an API.

    Clients send the same header lines again and again. Lines that were parsed and admitted once, and
    come again byte for byte with a request of one piece, are not parsed again.

    Uvicorn also keeps a half-sent request open for ever. Here a connection may wait `header_seconds`
    for its first complete headers and `body_seconds` for a body. Requests that arrive in one piece,
    which most do, cost no timer.
    """

    gate: ClassVar[Gate]
    limits: ClassVar[Limits]
    most: ClassVar[int]
    heads: ClassVar[dict[bytes, Head]]
    _timer: asyncio.TimerHandle | None = None
    _allowed = 0.0
    _arriving = False
    _messages = 0
    _plain: Head | None = None
    _begun: Call | None = None
    _body = b""
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
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        piece = None
        if not self._arriving and len(data) <= self.most:  # the parser waits for a request to begin
            line, _, rest = data.partition(b"\r\n")
            lines, end, body = rest.partition(b"\r\n\r\n")
            if end:
                if lines in self.heads and self._answer_known(line, lines, body):
                    return
                piece = lines, body
        self._arriving = True  # a blank line too, which begins no message and ends the idle timer
        self._messages = 0
        try:
            self.parser.feed_data(data)
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        except HttpParserUpgrade:
            self._unsupported_upgrade_warning()
        if self._arriving:
            if self._timer is None:
                self._start()
            return
        if self._timer is not None:
            self._stop()
        if piece is not None and self._messages == 1:
            self._remember(*piece)

    def on_message_begin(self) -> None:
        self._arriving = True
        self._messages += 1
        self._allowed = self.limits.header_seconds
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._timer is not None:
            self._stop()
        self._allowed = self.limits.body_seconds
        self._plain = self._read_plain()
        if self._plain is None:
            self._long_way()

    def on_body(self, body: bytes) -> None:
        if self._plain is not None:
            self._body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._arriving = False
        if self._plain is None:
            super().on_message_complete()
            return
        body, self._body = self._body, b""
        call, self._begun = self._begun, None
        if call is None:
            path, _, query = self.url.partition(b"?")
            method = METHODS[self.parser.get_method()]
            call = self.gate.at_once(method, path, query, self._plain[0], body)
            if call is not None and call.status:
                self._write(call)
                return
        self._plain = None
        self._long_way()
        if call is not None:
            self.scope[SCOPE_KEY] = call  # type: ignore[literal-required]
        if body:
            super().on_body(body)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._answered_at = self.loop.time()
        super().on_response_complete()

    def _answer_known(self, line: bytes, lines: bytes, body: bytes) -> bool:
        """Answer a request of known header lines; False when the parser has to look at it after all."""
        headers, length = self.heads[lines]
        method, _, target = line.partition(b" ")
        target, _, version = target.partition(b" ")
        if (
            method not in METHODS
            or version != b"HTTP/1.1"
            or len(body) != length
            or not _TARGET.match(target)
            or not self._is_free()
        ):
            return False
        if self._timer is not None:
            self._stop()
        path, _, query = target.partition(b"?")
        call = self.gate.at_once(METHODS[method], path, query, headers, body)
        if call is not None and call.status:
            self._write(call)
            return True
        self._begun = call
        return False

    def _remember(self, lines: bytes, body: bytes) -> None:
        """Keep the header lines of a plain request for `_answer_known`."""
        if self._plain is not None and len(body) == self._plain[1] and len(lines) <= KNOWN_HEAD_BYTES:
            if len(self.heads) >= KNOWN_HEADS:
                self.heads.clear()
            self.heads[lines] = self._plain

    def _is_free(self) -> bool:
        """Whether no earlier request of this connection is being answered."""
        return (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused

    def _read_plain(self) -> Head | None:
        """The headers of a request that can wait to be whole, and be answered then."""
        headers = dict(self.headers)
        length = headers.get(b"content-length", b"0")
        if (
            len(length) < 9
            and length.isdigit()
            and int(length) <= self.most
            and _LONG_WAY.isdisjoint(headers)
            and self.parser.get_method() in METHODS
            and _TARGET.match(self.url)
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and self._is_free()
            and self.gate.admits(self.headers, headers)
        ):
            return headers, int(length)
        return None

    def _long_way(self) -> None:
        """Let uvicorn take over, as if the headers had just come in."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        self.headers += headers
        self.expect_100_continue = any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in headers
        )
        super().on_headers_complete()
        self.scope[TRANSPORT_KEY] = self.transport  # type: ignore[literal-required]

    def _write(self, call: Call) -> None:
        """Send the answer of a finished call, head and body in one write."""
        closing = False
        if call.extra_headers is None and call.answer_type is JSON:  # nearly always
            body = call.answer_body
            self.transport.write(_JSON_ANSWER % (STATUS_LINE[call.status], len(body), body))
        else:
            parts = [STATUS_LINE[call.status]]
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
        busy = self._arriving or not self._is_free()
        idle = 0.0 if busy else self.loop.time() - self._answered_at
        if idle >= self.timeout_keep_alive:
            self.transport.close()
        elif not self.transport.is_closing():
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive - idle, self._close_idle)

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
