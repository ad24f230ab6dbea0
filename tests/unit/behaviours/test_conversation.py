"""What the messages of a conversation hold."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from understudy.behaviours.conversation import (
    READ_CHARACTERS,
    Attachment,
    Result,
    attachments_of,
    excerpt,
    last_exchange,
    text_of,
    tool_calls_of,
)


def call(key: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": key, "type": "function", "function": {"name": name, "arguments": arguments}}


def part(**held: Any) -> dict[str, Any]:
    return {"role": "user", "content": [held]}


def test_text_is_a_string_or_the_lines_of_its_parts() -> None:
    assert text_of({"content": "plain"}) == "plain"
    parts = [
        {"type": "text", "text": "one"},
        {"type": "image_url", "image_url": {}},
        {"type": "text", "text": "two"},
    ]
    assert text_of({"content": parts}) == "one\ntwo"
    assert [text_of({"content": held}) for held in (None, 7, ["x"], [{"type": "text"}])] == ["", "", "", ""]
    assert text_of({}) == ""


def test_the_exchange_is_the_last_message_of_the_person_with_what_is_around_it() -> None:
    messages = [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "yes"},
        {"role": "user", "content": "second"},
        {"role": "assistant", "content": None, "tool_calls": [call("c1", "get_weather", '{"city": "Oslo"}')]},
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        {"role": "tool", "tool_call_id": "c9", "content": [{"type": "text", "text": "lost"}]},
    ]
    exchange = last_exchange(messages)
    assert exchange.text == "second"
    assert exchange.earlier == tuple(messages[:2])
    assert exchange.results == (Result("get_weather", '{"city": "Oslo"}', "sunny"), Result("", "", "lost"))
    assert list(exchange.said()) == ["first"]


def test_without_a_person_there_is_nothing_said() -> None:
    exchange = last_exchange([{"role": "system", "content": "Be kind."}])
    assert (exchange.text, exchange.results, len(exchange.earlier)) == ("", (), 1)
    assert last_exchange([]).text == ""


PNG = base64.b64encode(b"12345678").decode()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            part(type="image_url", image_url={"url": f"data:image/png;base64,{PNG}"}),
            Attachment("image", "", "image/png", 8),
        ),
        (
            part(type="image_url", image_url={"url": "https://example.com/a/photo.jpg?x=1"}),
            Attachment("image", "photo.jpg"),
        ),
        (
            part(type="input_audio", input_audio={"data": PNG, "format": "wav"}),
            Attachment("audio", "", "audio/wav", 8),
        ),
        (
            part(type="video_url", video_url={"url": "https://example.com/v.mp4"}),
            Attachment("video", "v.mp4"),
        ),
        (part(type="image_url", image_url="https://example.com/p.png"), Attachment("image", "p.png")),
        (part(type="file", file={"file_id": "file-1"}), Attachment("file", "file-1")),
        (
            part(type="file", file={"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PNG}"}),
            Attachment("file", "a.pdf", "application/pdf", 8),
        ),
        (
            part(type="file", file={"filename": "a.txt", "file_data": "data:text/plain,Kiln%20opens"}),
            Attachment("file", "a.txt", "text/plain", 10, "Kiln opens"),
        ),
        (
            part(type="file", file={"filename": "a.txt", "file_data": "data:text/plain;base64,S2lsbg=="}),
            Attachment("file", "a.txt", "text/plain", 4, "Kiln"),
        ),
        (
            part(type="file", file={"file_data": "data:text/plain;base64,A"}),
            Attachment("file", "", "text/plain", 0, ""),
        ),
        (part(type="file", file=None), Attachment("file")),
    ],
)
def test_what_is_known_of_an_attachment(message: dict[str, Any], expected: Attachment) -> None:
    assert list(attachments_of(message)) == [expected]


def test_a_long_text_file_is_read_up_to_a_bound() -> None:
    data = base64.b64encode(b"x" * 300_000).decode()
    (found,) = attachments_of(part(type="file", file={"file_data": f"data:text/plain;base64,{data}"}))
    assert (found.size, len(found.text)) == (300_000, READ_CHARACTERS)


def test_parts_and_calls_of_a_wrong_form_are_passed_over() -> None:
    assert list(attachments_of({"content": [{"type": ["x"]}, "text", {"type": "text"}]})) == []
    assert list(tool_calls_of({"tool_calls": "x"})) == []
    assert list(tool_calls_of({"tool_calls": [None, {"id": 1}, call("c", "n", "{}")]})) == [("c", "n", "{}")]


def test_an_excerpt_is_the_beginning_and_the_end() -> None:
    assert excerpt("short", 10) == "short"
    assert excerpt("a" * 50 + "b" * 50, 10) == "aaaaa\nbbbbb"
