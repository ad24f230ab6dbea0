"""What recorder and player have in common as ASGI applications."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from understudy.engine.gate import LOOPBACK_HOSTS, repeated
from understudy.playback.cassettes import Exchange

MOST_BODY = 100 * 1024 * 1024
_UNSAFE = {n: f"\\x{n:02x}" for n in [*range(32), *range(127, 160)]}


def line(text: str) -> str:
    """A text that ends no line and colours no terminal."""
    return text.translate(_UNSAFE)


class Hosts:
    """Which names a caller may use for us: a page of another site, led here by its name, is turned away.

    Args:
        names: besides those of loopback.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = LOOPBACK_HOSTS | {name.lower() for name in names}

    def fault(self, scope: Scope) -> str:
        """What is wrong with the headers of a request; "" when nothing is."""
        twice = repeated(scope["headers"])
        if twice is not None:
            return f"two {twice} headers"
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return "" if name in self._names else f"host {host!r} is not served here"


def raw_path(scope: Scope) -> str:
    """The path as it was sent."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


async def read_body(receive: Receive) -> bytes | None:
    """The body of a request; None when it is too large or never came whole."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > MOST_BODY:
            return None
    return b"".join(parts)


def asked(scope: Scope, body: bytes) -> Exchange:
    """A request, as cassettes have it; the answer is still to come."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    return Exchange(scope["method"], raw_path(scope), scope["query_string"].decode("latin-1"), headers, body)


async def say(send: Send, status: int, told: Mapping[str, Any] | str) -> None:
    """An answer that is ours and no API's: `{"understudy": ...}`."""
    body = orjson.dumps({"understudy": told})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def watch(receive: Receive) -> asyncio.Task[None]:
    """A task that ends when the caller has gone."""
    return asyncio.ensure_future(_gone(receive))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
