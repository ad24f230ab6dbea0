"""The player: answers from cassettes, and says what is missing when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

from understudy.engine.gate import not_http
from understudy.engine.journal import Places
from understudy.playback import asgi, bodies, cassettes, matching
from understudy.playback.cassettes import Cassette, Entry, Exchange
from understudy.playback.matching import Difference, Shape
from understudy.playback.secrets import Secrets

COMPARED = 50
"""How many recordings are compared whole to find the nearest one."""
SHOWN = 10
"""How many differences are told."""


@dataclass(frozen=True)
class Recording:
    """An entry that can be played. `number` counts from 1 over all cassettes."""

    number: int
    where: str
    entry: Entry
    shape: Shape
    ignore: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"#{self.number} {cassettes.name_of(self.entry)}"


@dataclass
class Miss:
    """A request that nothing recorded answers: the nearest recording, and what differs."""

    request: str
    nearest: Recording | None = None
    differences: list[Difference] = field(default_factory=list)
    note: str = ""

    def plain(self) -> dict[str, Any]:
        told: dict[str, Any] = {"message": f"nothing recorded answers {self.request}"}
        if self.nearest is not None:
            told["nearest"] = {
                "entry": self.nearest.number,
                "where": self.nearest.where,
                "name": cassettes.name_of(self.nearest.entry),
                "differences": [vars(one) for one in self.differences[:SHOWN]],
            }
        return told | ({"note": self.note} if self.note else {})

    def __str__(self) -> str:
        nearest = f"nearest {self.nearest.name}" if self.nearest else "nothing is recorded"
        told = "; ".join(map(str, self.differences[:SHOWN]))
        parts = [self.request, nearest, f"differs at {told}" if told else "", self.note]
        return "   ".join(part for part in parts if part)


class Player:
    """An ASGI application that answers from cassettes.

    Args:
        tapes: cassettes, played as one.
        places: where credentials stand; what is told of a miss has none.
        strict: the next recording must be asked for; otherwise equal requests get theirs in order, the
            last one again and again.
        speed: how many times as fast as recorded the events of a stream come; 0 for all at once.
        ignore: places that matching never looks at, besides those of each cassette.
        hosts: names that clients may call us, besides loopback.
        tell: told a line for each call, without secrets.
    """

    def __init__(
        self,
        tapes: Sequence[Cassette],
        places: Places,
        *,
        strict: bool = False,
        speed: float = 0,
        ignore: Iterable[str] = (),
        hosts: Iterable[str] = (),
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.misses: list[Miss] = []
        self.hits = 0
        self._places = places
        self._strict = strict
        self._speed = speed
        self._hosts = asgi.Hosts(hosts)
        self._tell = tell
        self._recordings = self._read(tapes, tuple(ignore))
        self._used: set[int] = set()
        self._by_key: dict[tuple[tuple[str, ...], bytes], list[Recording]] = {}
        self._vague: list[Recording] = []
        for one in self._recordings:
            key = one.shape.key
            (self._by_key.setdefault((one.ignore, key), []) if key else self._vague).append(one)
        self._ignores = list(dict.fromkeys(one.ignore for one in self._recordings))

    @property
    def unused(self) -> list[Recording]:
        """What was recorded and not asked for."""
        return [one for one in self._recordings if one.number not in self._used]

    def __len__(self) -> int:
        return len(self._recordings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await not_http(scope, receive, send)
            return
        fault = self._hosts.fault(scope)
        if fault:
            await asgi.say(send, 421 if fault.startswith("host") else 400, fault)
            return
        body = await asgi.read_body(receive)
        if body is None:
            await asgi.say(send, 413, f"bodies of more than {asgi.MOST_BODY} bytes are in no cassette")
            return
        exchange = asgi.asked(scope, body)
        request = cassettes.entry_of(exchange)["request"]
        found = self.find(request)
        if found is not None:
            await self._play(receive, send, found)
            return
        miss = self._missed(exchange, request)
        self._tell(f"  miss  {asgi.line(str(miss))}")
        await asgi.say(send, 503, miss.plain())

    def find(self, request: Entry) -> Recording | None:
        """The recording that answers a request, which is used from now on; None for a miss."""
        found = self._next(request) if self._strict else self._any(request)
        if found is not None:
            self.hits += 1
            self._used.add(found.number)
            self._tell(f"  hit   {asgi.line(found.name)}  {found.entry['response']['status']}")
        return found

    def _read(self, tapes: Sequence[Cassette], ignore: tuple[str, ...]) -> list[Recording]:
        read: list[Recording] = []
        for tape in tapes:
            ignored = (*tape.ignore, *ignore)
            for number, entry in enumerate(tape.entries):
                shape = matching.shape(entry["request"], self._places.query, ignored)
                read.append(Recording(len(read) + 1, tape.where(number), entry, shape, ignored))
        return read

    def _next(self, request: Entry) -> Recording | None:
        """The first recording that is not used, if the request is its own."""
        following = self._following()
        if following is None or matching.differences(following.shape, self._shape(request, following.ignore)):
            return None
        return following

    def _any(self, request: Entry) -> Recording | None:
        shapes = {ignore: self._shape(request, ignore) for ignore in self._ignores}
        found = [one for ignore, got in shapes.items() for one in self._by_key.get((ignore, got.key), ())]
        found += [one for one in self._vague if not matching.differences(one.shape, shapes[one.ignore])]
        found.sort(key=lambda one: one.number)
        unused = [one for one in found if one.number not in self._used]
        return unused[0] if unused else found[-1] if found else None

    def _shape(self, request: Entry, ignore: tuple[str, ...]) -> Shape:
        return matching.shape(request, self._places.query, ignore)

    def _missed(self, exchange: Exchange, request: Entry) -> Miss:
        """What is said of a miss; the request is told without its credentials."""
        secrets = Secrets(self._places)
        secrets.see(exchange)
        clean = secrets.clean({"request": request, "response": {}})["request"]
        miss = Miss(cassettes.name_of({"request": clean}))
        self.misses.append(miss)
        shapes = {ignore: self._shape(clean, ignore) for ignore in self._ignores}
        near = sorted(self._recordings, key=lambda one: matching.alike(one.shape, shapes[one.ignore]))
        compared = [(one, matching.differences(one.shape, shapes[one.ignore])) for one in near[:COMPARED]]
        if compared:
            miss.nearest, miss.differences = min(compared, key=lambda pair: _far(pair[1]))
        if self._strict:
            following = self._following()
            miss.note = f"next in order is {following.name}" if following else "every recording is used"
        return miss

    def _following(self) -> Recording | None:
        """The first recording that is not used; in order, those before it are."""
        return self._recordings[len(self._used)] if len(self._used) < len(self._recordings) else None

    async def _play(self, receive: Receive, send: Send, recording: Recording) -> None:
        response = recording.entry["response"]
        body = response.get("body")
        stream = bool(body) and "events" in body
        content = b"" if stream else bodies.to_bytes(body)
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in response.get("headers", {}).items()
            if name.lower() not in ("content-length", "transfer-encoding", "connection")
        ]
        if not stream and response["status"] not in (204, 304):
            headers.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": response["status"], "headers": headers})
        if stream:
            await self._stream(receive, send, bodies.to_frames(body))
        else:
            await send({"type": "http.response.body", "body": content})

    async def _stream(self, receive: Receive, send: Send, frames: Sequence[bodies.Frame]) -> None:
        """The events of a stream: together, or each alone at its time."""
        if not self._speed:
            await send({"type": "http.response.body", "body": b"".join(frame for _, frame in frames)})
            return
        gone = asgi.watch(receive)
        before = 0
        try:
            for at, frame in frames:
                pause = max(at - before, 0) / 1000 / self._speed
                before = max(at, before)
                if (await asyncio.wait({gone}, timeout=pause))[0]:
                    return
                await send({"type": "http.response.body", "body": frame, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


def _far(differences: Sequence[Difference]) -> int:
    weights = {"method": 50, "path": 20}
    return sum(weights.get(one.path, 1) for one in differences)
