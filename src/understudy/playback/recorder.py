"""The recorder: passes calls on, unchanged, and keeps what went over the wire."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from urllib.parse import urlsplit

import httpx
from starlette.types import Receive, Scope, Send

from understudy.engine.gate import not_http
from understudy.playback import asgi, bodies, cassettes
from understudy.playback.cassettes import Cassette, Exchange
from understudy.playback.contracts import Contracts
from understudy.playback.egress import Egress, Unreachable
from understudy.playback.secrets import Secrets
from understudy.playback.suspicions import Suspicion

MOST_KEPT = 40 * 1024 * 1024
"""Bytes of bodies that are kept; a cassette may not be larger than 50 MB."""
ELSEWHERE = "/_understudy/another-host"
"""Where a redirect to another host leads instead."""
_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade", b"expect",
})  # fmt: skip
_NOT_SENT = _HOP | {b"host", b"accept-encoding"}

now: Callable[[], float] = time.monotonic
"""The only clock of recordings, in seconds of no particular beginning."""


class Recorder:
    """An ASGI application between clients and one server.

    Args:
        egress: the way to the server.
        contracts: what calls are checked against; nothing that passes is altered because of it.
        secrets: what is never written down.
        hosts: names that clients may call us, besides loopback.
        tell: told a line for each call, without secrets.
    """

    def __init__(
        self,
        egress: Egress,
        contracts: Contracts,
        secrets: Secrets,
        hosts: Iterable[str] = (),
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._exchanges: list[tuple[int, Exchange]] = []
        self._arrived = 0
        self.unreachable = 0
        """Calls that nobody answered."""
        self.dropped = 0
        """Calls that passed and were not kept, as there was too much."""
        self._kept = 0
        self._egress = egress
        self._contracts = contracts
        self._secrets = secrets
        self._hosts = asgi.Hosts(hosts)
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await not_http(scope, receive, send)
            return
        fault = self._hosts.fault(scope)
        if fault:
            await asgi.say(send, 421 if fault.startswith("host") else 400, fault)
        elif asgi.raw_path(scope).startswith("/_understudy"):
            await asgi.say(
                send, 404, "a recorder has no control plane, and follows no redirect to another host"
            )
        elif (body := await asgi.read_body(receive)) is None:
            await asgi.say(send, 413, f"bodies of more than {asgi.MOST_BODY} bytes are not passed on")
        else:
            await self._pass(scope, receive, send, asgi.asked(scope, body))

    @property
    def exchanges(self) -> list[Exchange]:
        """What was recorded, in the order in which it was asked for."""
        return [exchange for _, exchange in sorted(self._exchanges, key=lambda pair: pair[0])]

    def cassette(self, target: str) -> Cassette:
        """What was recorded, without secrets."""
        entries = [cassettes.entry_of(one) for one in self.exchanges]
        return Cassette([self._secrets.clean(one) for one in entries], target)

    def suspicions(self, text: str, allowed: Iterable[str] = ()) -> list[Suspicion]:
        return self._secrets.scan(text, allowed)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, exchange: Exchange) -> None:
        target = exchange.path + (f"?{exchange.query}" if exchange.query else "")
        self._arrived += 1
        number, began, started = self._arrived, now(), False
        try:
            async with self._egress.send(
                exchange.method, target.encode("latin-1"), _sent_headers(scope), exchange.request_body
            ) as response:
                await send(self._start(exchange, response))
                started = True
                await self._body(receive, send, exchange, response, began)
        except Unreachable as error:
            self.unreachable += 1
            if started:
                exchange.violations.append("the answer broke off")
            else:
                self._tell(f"  ! {asgi.line(exchange.method)}  nobody answered ({asgi.line(str(error))})")
                await asgi.say(send, 502, f"nobody answered: {error}")
                return
        except asyncio.CancelledError:
            if started:
                exchange.violations.append("the recorder was stopped before the answer was whole")
                self._keep(number, exchange, began)
            raise
        self._keep(number, exchange, began)

    def _start(self, exchange: Exchange, response: httpx.Response) -> dict[str, object]:
        """The head of the answer, noted and as it is passed on."""
        exchange.status = response.status_code
        dropped = _HOP | _named_by_connection(response.headers.raw)
        passed = []
        for raw_name, value in response.headers.raw:
            name = raw_name.lower()
            if name == b"location":
                value = self._location(exchange, value)
            if name not in dropped:
                passed.append((name, value))
        exchange.answer_headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in passed]
        return {"type": "http.response.start", "status": exchange.status, "headers": passed}

    def _location(self, exchange: Exchange, value: bytes) -> bytes:
        """Where a redirect leads: to the same server through us, to another one nowhere."""
        text = value.decode("latin-1")
        parts = urlsplit(text)
        if not parts.netloc and not parts.scheme:
            return value
        if parts.scheme and self._egress.reaches(text):
            return (parts.path or "/").encode("latin-1") + (
                f"?{parts.query}".encode() if parts.query else b""
            )
        exchange.violations.append("response.headers.location: led to another host, which is not followed")
        return ELSEWHERE.encode()

    async def _body(
        self, receive: Receive, send: Send, exchange: Exchange, response: httpx.Response, began: float
    ) -> None:
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        frames: list[bodies.Frame] = []
        parts: list[bytes] = []
        rest = b""
        events = exchange.is_stream and not encoded
        if events:
            exchange.frames = frames
        begun = now()
        try:
            async for chunk in _chunks(receive, response):
                if not events:
                    parts.append(chunk)
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                    continue
                whole, rest = bodies.split_frames(rest + chunk)
                for frame in whole:
                    frames.append((_millis(begun), frame))
                    await send({"type": "http.response.body", "body": frame, "more_body": True})
            await send({"type": "http.response.body", "body": rest})
        finally:
            if rest:
                frames.append((_millis(begun), rest))
            exchange.answer_body = b"".join(parts)
            if encoded:
                _decode(exchange, response)

    def _keep(self, number: int, exchange: Exchange, began: float) -> None:
        exchange.duration = _millis(began)
        exchange.violations += [f"{place}: {why}" for place, why in self._contracts.check(exchange)]
        self._secrets.see(exchange)
        size = len(exchange.request_body) + len(exchange.answer_body)
        size += sum(len(frame) for _, frame in exchange.frames or ())
        if self._kept + size > MOST_KEPT:
            self.dropped += 1
        else:
            self._kept += size
            self._exchanges.append((number, exchange))
        events = f" (stream, {len(exchange.frames)} events)" if exchange.frames is not None else ""
        path = asgi.line(self._secrets.path(exchange.path))
        self._tell(f"  + {exchange.method} {path}{events}  {exchange.status}  {exchange.duration} ms")
        for violation in exchange.violations:
            self._tell(f"    breaks the contract: {asgi.line(self._secrets.text(violation))}")


def _sent_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The headers of a request as they are passed on; answers come unpacked, so that they can be kept."""
    dropped = _NOT_SENT | _named_by_connection(scope["headers"])
    kept = [(name, value) for name, value in scope["headers"] if name not in dropped]
    return [*kept, (b"accept-encoding", b"identity")]


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    return {
        one.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for one in value.split(b",")
    }


async def _chunks(receive: Receive, response: httpx.Response) -> AsyncIterator[bytes]:
    """The pieces of an answer as they come, until the caller goes away."""
    gone = asgi.watch(receive)
    pieces = response.aiter_raw().__aiter__()

    async def following() -> bytes | None:
        return await anext(pieces, None)

    try:
        while True:
            awaited = asyncio.ensure_future(following())
            await asyncio.wait({awaited, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not awaited.done():
                awaited.cancel()
                await asyncio.wait({awaited})
                return
            piece = awaited.result()
            if piece is None:
                return
            yield piece
    finally:
        gone.cancel()


def _decode(exchange: Exchange, response: httpx.Response) -> None:
    """Unpack a body that was packed although nobody had asked for it."""
    try:
        plain = httpx.Response(200, headers=response.headers, content=exchange.answer_body).content
    except httpx.DecodingError:
        return
    if exchange.is_stream:
        whole, rest = bodies.split_frames(plain)
        exchange.frames = [(0, frame) for frame in (*whole, rest) if frame]
        exchange.answer_body = b""
    else:
        exchange.answer_body = plain


def _millis(since: float) -> int:
    return int((now() - since) * 1000)
