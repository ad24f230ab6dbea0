"""Answers on their way out: serialised once, checked before they leave."""

from __future__ import annotations

from typing import Any

from starlette.types import Send

from understudy.engine.context import Call
from understudy.engine.protocol import may_write, write_answer

JSON = (b"content-type", b"application/json")
_LENGTHS = {n: (b"content-length", str(n).encode()) for n in range(4096)}


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


async def send_bytes(
    send: Send, call: Call, status: int, body: bytes, content_type: tuple[bytes, bytes] | None
) -> None:
    """Send a finished body; without a content type it is an empty one."""
    size = len(body)
    length = _LENGTHS.get(size) or (b"content-length", str(size).encode())
    headers = [length] if status != 204 else []
    if content_type is not None:
        headers.append(content_type)
    if call.extra_headers is not None:
        headers += call.extra_headers
    call.status = status
    call.answer_body = body
    if call.cycle is not None and may_write(call.cycle):
        write_answer(call.cycle, status, headers, body)
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
