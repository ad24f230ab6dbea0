"""The layer between validation and acting: plays the faults and the scene of a world."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from starlette.types import Receive, Scope, Send

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.failures import ConnectionCut, refuse
from understudy.engine.faults import LONGEST_SECONDS, Fault, preferred, share
from understudy.engine.play import Choice, Missed, Play, Scripted
from understudy.engine.replies import JSON, finish, headers_of, send_answer
from understudy.engine.streaming import EventStream, stream_headers

TRANSPORT_KEY = "understudy.transport"
"""Where the server's protocol leaves its connection in the scope."""
NO_LINGER = struct.pack("ii", 1, 0)
MISSED = 503
"""The status of a call that a strict scenario has nothing for: no success, and not the client's fault."""


SPOILING = frozenset({"half_body", "drip", "bad_json", "content_type"})
"""Effects on an answer that was acted."""


class Acts(Protocol):
    """What acts a call and what tells its answer, see `stages.Acting`."""

    async def perform(self, call: Call) -> None: ...

    async def tell(self, call: Call, receive: Receive, send: Send) -> None: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Playing:
    """Plays what the world of a call has, or what its `Prefer` header asks for.

    A fault with a status, and a reset, take the place of acting: nothing is changed. All others spoil the
    answer of a call that was acted.
    """

    def __init__(self, app: Acts) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call: Call = scope[SCOPE_KEY]
        asked = preferred(call.headers.get(b"prefer"))
        play: Play | None = call.world.play
        if (play is None and not asked) or call.status or call.stream is not None:
            await self.app(scope, receive, send)
            return
        faults = [*asked, *(play.faults.fire(call, streams=False) if play is not None else ())]
        choice = None
        if play is not None and play.scene is not None and not any(map(refuses, faults)):
            try:
                choice = play.scene.choose(call)
            except Missed as missed:
                _miss(call, missed)
                await send_answer(send, call)
                return
        await self._play(_Part(call, scope, receive, send, play), faults, choice)

    async def _play(self, part: _Part, faults: list[Fault], choice: Choice | None) -> None:
        call = part.call
        if choice is not None:
            call.note(f"rule {choice.rule}")
            await asyncio.sleep(choice.seconds)
            if choice.fault is not None:
                faults.append(choice.fault)
        for fault in faults:
            call.note(f"fault {fault.name}: {fault.effect}")
            await asyncio.sleep(fault.seconds(share(call.world.seed, fault.name, call.number)))
        if any(fault.reset for fault in faults):
            await part.cut(reset=True)
            return
        refused = next(filter(refuses, faults), None)
        if refused is not None:
            _refuse(call, refused)
        elif choice is not None and choice.answer is not None:
            _answer(call, choice.answer)
        else:
            call.script = choice.script if choice is not None else None
            await self.app.perform(call)
        if call.stream is not None:
            await self._tell_stream(part, call.stream, [f for f in faults if f.stream is not None])
            return
        await part.tell([fault for fault in faults if fault.effect in SPOILING])

    async def _tell_stream(self, part: _Part, stream: EventStream, faults: list[Fault]) -> None:
        call = part.call
        if part.play is not None:
            for fault in part.play.faults.fire(call, streams=True):
                call.note(f"fault {fault.name}: stream")
                await asyncio.sleep(fault.seconds(share(call.world.seed, fault.name, call.number)))
                faults.append(fault)
        if not faults:
            await self.app.tell(call, part.receive, part.send)
            return
        await part.tell_stream(stream, faults[0])


class _Part:
    """One call that is played, with the connection it came by."""

    def __init__(self, call: Call, scope: Scope, receive: Receive, send: Send, play: Play | None) -> None:
        self.call = call
        self.scope = scope
        self.receive = receive
        self.send = send
        self.play = play

    async def cut(self, *, reset: bool) -> None:
        """End the connection: with a reset, or after what was sent. Without one, the caller sees an error."""
        transport = self.scope.get(TRANSPORT_KEY)
        if transport is None:
            raise ConnectionCut("the connection is cut by a fault of this world")
        if reset:
            self.call.status = 0
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            transport.abort()
        else:
            transport.close()
        while (await self.receive())["type"] != "http.disconnect":
            continue

    async def tell(self, faults: Sequence[Fault]) -> None:
        """Send the answer, spoilt."""
        call = self.call
        if any(fault.bad_json for fault in faults):
            call.answer_body = spoilt(call.answer_body)
        for fault in faults:
            if fault.content_type is not None:
                call.answer_type = (b"content-type", fault.content_type.encode())
        drip = next((fault.drip for fault in faults if fault.drip is not None), None)
        half = any(fault.half_body for fault in faults)
        if drip is None and not half:
            await send_answer(self.send, call)
            return
        body = call.answer_body
        await self._begin(call.status, headers_of(call))
        if half:
            await self._send(body[: max(1, len(body) // 2)])
            await self.cut(reset=False)
            return
        assert drip is not None
        size = max(1, drip["bytes"])
        for at in range(0, len(body), size):
            if at:
                await asyncio.sleep(min(drip["millis"] / 1000, LONGEST_SECONDS))
            await self._send(body[at : at + size])
        await self.send({"type": "http.response.body", "body": b""})

    async def tell_stream(self, stream: EventStream, fault: Fault) -> None:
        """Send a stream as far as its fault lets it."""
        assert fault.stream is not None
        frames = stream.frames()
        before, after, ends = _parts(stream, frames, fault.stream, self.call)
        self.call.answer_body = b"".join((*before, *after))
        self.call.status = stream.status
        await self._begin(stream.status, stream_headers(self.call, stream))
        pause = self.call.world.lifecycle.cadence_millis / 1000
        for frame in before:
            await self._send(frame)
            await asyncio.sleep(pause)
        if "stall_after" in fault.stream:
            await self._stall(fault.stream)
        for frame in after:
            await self._send(frame)
        if ends:
            await self.send({"type": "http.response.body", "body": b""})
        else:
            await self.cut(reset=False)

    async def _stall(self, stream: Any) -> None:
        """Say nothing for a while, or until the caller has gone away."""
        gone = asyncio.ensure_future(self._disconnected())
        try:
            await asyncio.wait({gone}, timeout=min(stream.get("millis", 600_000) / 1000, LONGEST_SECONDS))
        finally:
            gone.cancel()

    async def _disconnected(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            continue

    async def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def _send(self, piece: bytes) -> None:
        await self.send({"type": "http.response.body", "body": piece, "more_body": True})


def refuses(fault: Fault) -> bool:
    """Whether a fault takes the place of acting."""
    return fault.status is not None or fault.reset


def _parts(
    stream: EventStream, frames: list[bytes], wanted: Any, call: Call
) -> tuple[list[bytes], list[bytes], bool]:
    """What is sent before and after the fault, and whether the answer ends as HTTP has it."""
    told = len(stream.events)
    if "cut_after" in wanted:
        return frames[: min(wanted["cut_after"], told)], [], False
    if "cut_at_byte" in wanted or "cut_in_character" in wanted:
        content = b"".join(frames)
        at = wanted.get("cut_at_byte", 0) if "cut_at_byte" in wanted else _inside_character(content)
        return [content[:at]], [], False
    if "end_after" in wanted:
        return frames[: min(wanted["end_after"], max(told - 1, 0))], [], True
    if "error_after" in wanted:
        events = call.api.stream_error("a fault of this world", stream.named)
        told_errors = EventStream(events, named=stream.named, closing=stream.closing)
        return frames[: min(wanted["error_after"], max(told - 1, 0))], told_errors.frames(), True
    at = wanted["stall_after"]
    return frames[:at], frames[at:], True


def _inside_character(content: bytes) -> int:
    """Behind the first byte of the first character that has several; the middle when there is none."""
    return next((at + 1 for at, byte in enumerate(content) if byte >= 0xC0), len(content) // 2)


def spoilt(body: bytes) -> bytes:
    """A body of the same length at least that no JSON reader takes."""
    return (body[:-1] or b"{") + b",}"


def _refuse(call: Call, fault: Fault) -> None:
    refusal = fault.refusal()
    refuse(call, refusal)
    if fault.body is not None:
        finish(call, refusal.status, orjson.dumps(fault.body), JSON)


def _answer(call: Call, scripted: Scripted) -> None:
    """Finish a call with what a scenario says, or give it the stream to tell."""
    for name, value in scripted.headers.items():
        call.add_header(name.lower().encode(), value.encode())
    if scripted.events is not None:
        named = call.operation is not None and call.operation.names_events
        closing = b"" if named else b"data: [DONE]\n\n"
        call.stream = EventStream(scripted.events, scripted.status, named=named, closing=closing)
    elif scripted.body is None:
        finish(call, scripted.status, b"", None)
    elif isinstance(scripted.body, str) and scripted.media_type != "application/json":
        finish(call, scripted.status, scripted.body.encode(), (b"content-type", scripted.media_type.encode()))
    else:
        finish(call, scripted.status, orjson.dumps(scripted.body), JSON)


def _miss(call: Call, missed: Missed) -> None:
    """Finish a call that a strict scenario has nothing for: in our own words, never in a vendor's."""
    call.problem = str(missed)
    told = {"understudy": {"message": str(missed), "nearest": missed.nearest}}
    finish(call, MISSED, orjson.dumps(told), JSON)
