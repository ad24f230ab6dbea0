"""Bodies keep their bytes: JSON in its layout, streams in their framing, anything else as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.playback import bodies

VALUE: Any = {"a": [1, 2.5, "é\U0001f600"], "b": {"c": None, "d": True}}


@pytest.mark.parametrize("layout", bodies.LAYOUTS)
def test_json_in_its_layout(layout: str) -> None:
    raw = bodies.LAYOUTS[layout](VALUE)
    body = bodies.of_answer(raw, "application/json; charset=utf-8")
    assert body is not None
    assert body["json"] == VALUE
    assert bodies.to_bytes(body) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"a":1}\n',
        b'{"a":1e5}',
        b"[1,2.50]",
        b"\xff\xfe",
        b"nope",
        b"{",
        b"\x00",
        b"a\r\nb",
        b"[" * 300 + b"]" * 300,
        b"12345678901234567890123",
        b'"\x7f"',
        b"",
    ],
)
def test_an_answer_in_a_way_of_its_own_keeps_its_bytes(raw: bytes) -> None:
    for media in ("application/json", "text/plain", "application/octet-stream"):
        assert bodies.to_bytes(bodies.of_answer(raw, media)) == raw


@given(st.binary())
@settings(max_examples=200)
def test_any_answer_keeps_its_bytes(raw: bytes) -> None:
    assert bodies.to_bytes(bodies.of_answer(raw, "application/json")) == raw
    assert bodies.to_bytes(bodies.of_answer(raw, "text/plain")) == raw


FRAMES = [
    b'event:x\ndata:{"type":"x","a":1.0}\n\n',
    b": ping\n\n",
    b"data:[DONE]\n\n",
    b'data: {"x":1}\n\n',
    b"cut off",
    b"\xff\n\n",
    b"data:a\ndata:b\n\n",
    b"data:\n\n",
    b"\n\n",
    b'data:"s"\n\n',
    b'id:7\nretry:10\ndata:{"a": 1}\n\n',
    b'event: x\r\ndata: {"a": 1}\r\n\r\n',
    b"at:1\n\n",
    b"raw:1\n\n",
    b"data\n\n",
    b"x\n\n",
    b'data: {"a":\ndata: 1}\n\n',
]


@given(st.lists(st.sampled_from(FRAMES) | st.binary(), max_size=8))
@settings(max_examples=300)
def test_any_stream_keeps_its_bytes(frames: list[bytes]) -> None:
    timed = [(7 * number, frame) for number, frame in enumerate(frames)]
    assert bodies.to_frames(bodies.of_stream(timed)) == timed


def test_events_are_read_as_people_read_them() -> None:
    frames = [(0, b'event:x\ndata:{"type":"x"}\n\n'), (5, b": ping\n\n"), (9, b"data:[DONE]\n\n")]
    assert bodies.of_stream(frames) == {
        "events": [
            {"at": 0, "event": "x", "data": {"type": "x"}},
            {"at": 5, "raw": ": ping\n\n"},
            {"at": 9, "data": "[DONE]"},
        ]
    }
    spaced = bodies.of_stream([(0, b'data: {"a": "\\u00e9"}\r\n\r\n')])
    assert spaced == {
        "newline": "crlf",
        "blank": True,
        "layout": "spaced-ascii",
        "events": [{"at": 0, "data": {"a": "é"}}],
    }


def test_a_stream_is_cut_at_the_ends_of_its_events() -> None:
    whole, rest = bodies.split_frames(b"data:a\n\ndata:b\r\n\r\n\n\ndata:c")
    assert (whole, rest) == ([b"data:a\n\n", b"data:b\r\n\r\n", b"\n\n"], b"data:c")


def test_requests_by_their_kind() -> None:
    assert bodies.of_request(b'{ "a" : 1 }', "application/json") == {"json": {"a": 1}}
    assert bodies.of_request(b'{"a":1}', "") == {"json": {"a": 1}}
    assert bodies.of_request(b"a=1&b=2&a=3", "application/x-www-form-urlencoded") == {
        "form": {"a": ["1", "3"], "b": "2"}
    }
    assert bodies.of_request(b"\xff", "application/json") == {"base64": "/w=="}
    assert bodies.of_request(b"broken", "multipart/form-data; boundary=x") == {"text": "broken"}
    assert bodies.of_request(b"", "application/json") is None


def test_a_form_with_files_by_its_parts() -> None:
    kind = "multipart/form-data; boundary=b"
    parts = [
        {"name": "file", "filename": 'a "b".txt', "content_type": "text/plain", "text": "hello"},
        {"name": "raw", "filename": "x.bin", "content_type": "application/octet-stream", "base64": "AP8="},
        {"name": "metadata", "content_type": "application/json", "json": {"a": 1}},
        {"name": "plain", "text": json.dumps({"b": 2})},
        {"name": "empty", "text": ""},
    ]
    raw = bodies.to_bytes({"parts": parts}, kind)
    assert bodies.of_request(raw, kind) == {"parts": parts}
