"""The names of uvicorn that `engine/protocol.py` rests on: each test says what an upgrade broke."""

from __future__ import annotations

import inspect

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from understudy.engine.protocol import ServedProtocol


def test_a_connection_has_the_members_that_are_read() -> None:
    source = inspect.getsource(HttpToolsProtocol)
    for member in (
        "url", "headers", "scope", "cycle", "flow", "parser", "transport", "loop", "server_state",
        "timeout_keep_alive", "expect_100_continue",
    ):  # fmt: skip
        assert f"self.{member}" in source, member
    assert "self.response_complete" in inspect.getsource(RequestResponseCycle)
    assert "write_paused" in inspect.getsource(httptools_impl.FlowControl)


def test_the_long_way_begins_with_the_url_and_headers_that_came() -> None:
    begins = inspect.getsource(HttpToolsProtocol.on_message_begin)
    assert '"headers": self.headers' in begins
    source = inspect.getsource(HttpToolsProtocol.on_headers_complete)
    assert "parse_url(self.url)" in source
    assert "scope=self.scope" in source
    assert "create_task" in inspect.getsource(HttpToolsProtocol._start_asgi_task)


def test_status_lines_are_complete() -> None:
    assert httptools_impl.STATUS_LINE[404] == b"HTTP/1.1 404 Not Found\r\n"


def test_every_hook_is_one_of_uvicorns() -> None:
    for hook in (
        "connection_made", "connection_lost", "data_received", "on_message_begin", "on_header",
        "on_headers_complete", "on_body", "on_message_complete", "on_response_complete",
    ):  # fmt: skip
        assert callable(getattr(HttpToolsProtocol, hook))
        assert getattr(ServedProtocol, hook) is not getattr(HttpToolsProtocol, hook)
