"""Answers on their way out: a finished call holds its answer, and somebody sends it."""

from __future__ import annotations

from typing import Any

from starlette.types import Send

from understudy.engine.context import Call

JSON = (b"content-type", b"application/json")
_LENGTHS = {n: (b"content-length", str(n).encode()) for n in range(4096)}

Headers = list[tuple[bytes, bytes]]


class Reply:
    """An answer that is not plain JSON of the success status.

    Args:
        content: what is sent; bytes as they are, anything else as JSON, None for an empty body.
        headers: extra headers, names in lower case.
    """

    __slots__ = ("content", "headers", "media_type", "status")

    def __init__(
        self,
        content: Any,
        status: int,
        headers: dict[str, str] | None = None,
        media_type: str = "application/json",
    ) -> None:
        self.content = content
        self.status = status
        self.headers = headers or {}
        self.media_type = media_type


def finish(call: Call, status: int, body: bytes, content_type: tuple[bytes, bytes] | None) -> None:
    """Put the answer into the call; without a content type its body is empty."""
    call.status = status
    call.answer_body = body
    call.answer_type = content_type


def headers_of(call: Call) -> Headers:
    """The headers of a finished call."""
    size = len(call.answer_body)
    headers = [_LENGTHS.get(size) or (b"content-length", str(size).encode())] if call.status != 204 else []
    if call.answer_type is not None:
        headers.append(call.answer_type)
    if call.extra_headers is not None:
        headers += call.extra_headers
    return headers


async def send_answer(send: Send, call: Call) -> None:
    """Send the answer of a finished call."""
    await send({"type": "http.response.start", "status": call.status, "headers": headers_of(call)})
    await send({"type": "http.response.body", "body": call.answer_body})
