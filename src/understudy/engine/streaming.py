"""Streams: server-sent events framed as the vendor frames them, or lines of JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.types import Receive, Send

from understudy.engine.context import Call

FLUSH_BYTES = 32 * 1024


class EventStream:
    """An answer told as events.

    What it tells is complete when the stream is made: history is written before the first byte
    leaves, so a caller that goes away stops the sending and nothing else.

    Args:
        events: wire-shaped events in their order.
        status: status of the answer.
        lines: whether the frames are lines of JSON and no server-sent events.
        named: whether each frame has an `event:` line with the event's type, and no blank after the colons.
        closing: what is sent after the last event.
        ping, ping_seconds: what is sent at these intervals while the stream lasts; nothing when it is empty.
    """

    __slots__ = ("closing", "events", "lines", "named", "ping", "ping_seconds", "status")

    def __init__(
        self,
        events: Sequence[Mapping[str, Any]],
        status: int = 200,
        *,
        lines: bool = False,
        named: bool = True,
        closing: bytes = b"",
        ping: bytes = b"",
        ping_seconds: float = 0,
    ) -> None:
        self.events = events
        self.status = status
        self.lines = lines
        self.named = named
        self.closing = closing
        self.ping = ping
        self.ping_seconds = ping_seconds

    def frames(self) -> list[bytes]:
        """`event:<type>` and `data:<one line of JSON>`, no blank after the colon, as the vendor writes it."""
        if self.lines:
            frames = [orjson.dumps(event) + b"\n" for event in self.events]
        elif self.named:
            frames = [
                b"event:%b\ndata:%b\n\n" % (str(event["type"]).encode(), orjson.dumps(event))
                for event in self.events
            ]
        else:
            frames = [b"data: %b\n\n" % orjson.dumps(event) for event in self.events]
        if self.closing:
            frames.append(self.closing)
        return frames

    def paced(self, frames: Sequence[bytes], cadence: float) -> list[tuple[float, bytes]]:
        """The frames and the pings among them, each with the seconds to wait before it."""
        due = [(number * cadence, frame) for number, frame in enumerate(frames)]
        lasts = due[-1][0] if due else 0.0
        count = int(lasts / self.ping_seconds) if self.ping and self.ping_seconds > 0 else 0
        pings = [(number * self.ping_seconds, self.ping) for number in range(1, count + 1)]
        due = sorted([*pings, *due], key=lambda one: one[0])
        return [
            (at - before, frame)
            for (at, frame), before in zip(due, [0.0, *(at for at, _ in due)], strict=False)
        ]


_EVENTS = (b"content-type", b"text/event-stream;charset=UTF-8")
_LINES = (b"content-type", b"application/x-ndjson")
_NO_CACHE = (b"cache-control", b"no-cache")


def stream_headers(call: Call, stream: EventStream) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that is a stream."""
    return [_LINES if stream.lines else _EVENTS, _NO_CACHE, *(call.extra_headers or ())]


async def send_stream(receive: Receive, send: Send, call: Call, stream: EventStream, cadence: float) -> None:
    """Send the frames; without a cadence they share writes, with one (in seconds) each goes alone."""
    frames = stream.frames()
    call.status = stream.status
    call.answer_body = b"".join(frames)
    await send({
        "type": "http.response.start",
        "status": stream.status,
        "headers": stream_headers(call, stream),
    })  # fmt: skip
    if cadence <= 0:
        await _send_together(send, frames)
    else:
        await _send_paced(receive, send, stream.paced(frames, cadence))


async def _send_together(send: Send, frames: list[bytes]) -> None:
    batch = bytearray()
    for frame in frames:
        batch += frame
        if len(batch) >= FLUSH_BYTES:
            await send({"type": "http.response.body", "body": bytes(batch), "more_body": True})
            batch.clear()
    await send({"type": "http.response.body", "body": bytes(batch)})


async def _send_paced(receive: Receive, send: Send, paced: list[tuple[float, bytes]]) -> None:
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        for pause, frame in paced:
            if pause and (await asyncio.wait({gone}, timeout=pause))[0]:
                return
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
