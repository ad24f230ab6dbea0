"""The names of uvicorn that `engine/protocol.py` rests on: each test says what an upgrade broke."""

from __future__ import annotations

import inspect

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from understudy.engine.protocol import with_deadlines
from understudy.settings import Limits


def test_a_cycle_has_the_members_that_an_answer_sets() -> None:
    source = inspect.getsource(RequestResponseCycle)
    for member in (
        "disconnected", "response_started", "response_complete", "waiting_for_100_continue",
        "keep_alive", "message_event", "transport", "flow", "scope", "on_response",
    ):  # fmt: skip
        assert f"self.{member}" in source, member
    assert "write_paused" in inspect.getsource(httptools_impl.FlowControl)


def test_the_newest_cycle_belongs_to_the_scope_of_the_request() -> None:
    source = inspect.getsource(HttpToolsProtocol.on_headers_complete)
    assert "self.cycle = RequestResponseCycle(" in source
    assert "scope=self.scope" in source


def test_status_lines_are_complete() -> None:
    assert httptools_impl.STATUS_LINE[404] == b"HTTP/1.1 404 Not Found\r\n"


def test_every_hook_is_one_of_uvicorns() -> None:
    ours = with_deadlines(Limits())
    for hook in (
        "connection_made", "connection_lost", "data_received",
        "on_message_begin", "on_headers_complete", "on_message_complete",
    ):  # fmt: skip
        assert callable(getattr(HttpToolsProtocol, hook))
        assert getattr(ours, hook) is not getattr(HttpToolsProtocol, hook)
