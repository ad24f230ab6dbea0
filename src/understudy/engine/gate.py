"""The outermost layer: who may talk to us at all, how much, for how long, and which world answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.definition import ApiDefinition
from understudy.engine.failures import refuse
from understudy.engine.journal import Redaction, record
from understudy.engine.replies import Headers, send_answer
from understudy.errors import (
    ApiError,
    BadRequest,
    SetupError,
    TooLarge,
    Unavailable,
    WorldNameError,
)
from understudy.settings import Settings
from understudy.state.world import Worlds

ADMIN_PREFIX = b"/_understudy/"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_LOOPBACK_ORIGIN = re.compile(rb"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.ASCII)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?", re.ASCII)
_SINGLE = (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization")

Log = Callable[[Call, float, Redaction], None]


class Core(Protocol):
    """What acts calls, see `stages.StageApp`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    def at_once(self, call: Call) -> bool: ...

    async def go_on(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Gate:
    """Checks the request line and headers, reads the body, finds API and world, then lets the call in.

    Args:
        core: what lies behind for calls of an API.
        admin: what answers under `/_understudy`.
        apis: the APIs that are served.
        worlds: all worlds.
        settings: limits, hosts and origins.
        log: told of every finished call, its duration in seconds, and what takes credentials out of it.
        nearest: operations over all APIs that resemble `(method, path)`.
        bound: name of the one world that all calls lead to, whatever their credential; None for none.
        open_to_pages: whether pages of loopback origins, and of those in the settings, may read answers.
    """

    def __init__(
        self,
        core: Core,
        admin: ASGIApp,
        apis: Sequence[ApiDefinition],
        worlds: Worlds,
        settings: Settings,
        log: Log | None,
        nearest: Callable[[str, str], list[str]],
        *,
        bound: str | None = None,
        open_to_pages: bool = True,
    ) -> None:
        self.bound = bound
        self._open_to_pages = open_to_pages
        self._core = core
        self._admin = admin
        self._worlds = worlds
        self._limits = settings.limits
        self._log = log
        self._nearest = nearest
        self._owners = _owners(apis)
        self._hosts = (
            LOOPBACK_HOSTS | {h.lower() for h in settings.hosts} | {h for api in apis for h in api.hosts}
        )
        self._known_hosts: set[bytes | None] = set()
        self._origins = frozenset(origin.encode() for origin in settings.cors)
        self._redaction = Redaction(apis)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await not_http(scope, receive, send)
            return
        begun: Call | None = scope.get(SCOPE_KEY)
        if begun is not None:
            await self._core.go_on(scope, receive, send)
            self._done(begun)
            return
        headers = dict(scope["headers"])
        fault = self._improper(scope["headers"], headers)
        if fault is not None:
            await _plain_refusal(send, *fault)
            return
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        api = self._owner(path)
        if api is None:
            await self._unowned(scope, receive, send, path, headers)
            return
        call = self._call(scope["method"], path, scope["query_string"], headers, api)
        refusal = None
        if b"content-length" in headers or b"transfer-encoding" in headers:
            refusal = await self._read_body(call, receive)
        refusal = self._enter(call) or refusal
        if refusal is not None:
            refuse(call, refusal)
            await send_answer(send, call)
        elif call.method == "OPTIONS" and b"access-control-request-method" in headers:
            await _preflight(send, call)
        else:
            scope[SCOPE_KEY] = call
            await self._core(scope, receive, send)
        self._done(call)

    def admits(self, fields: Headers, headers: dict[bytes, bytes]) -> bool:
        """Whether a request with these headers may be answered at all."""
        return self._improper(fields, headers) is None

    def at_once(
        self, method: str, path: bytes, query: bytes, headers: dict[bytes, bytes], body: bytes
    ) -> Call | None:
        """Answer a request that has arrived whole and whose headers are admitted (ADR 0008).

        Returns its call: finished, or not finished, to be awaited here with the call in the scope. None for
        a request that needs another way, with nothing done about it yet.
        """
        api = self._owner(path)
        if api is None:
            return None
        call = self._call(method, path, query, headers, api)
        call.body = body
        refusal = self._enter(call)
        if refusal is not None:
            refuse(call, refusal)
        elif not self._core.at_once(call):
            return call
        self._done(call)
        return call

    def _call(
        self, method: str, path: bytes, query: bytes, headers: dict[bytes, bytes], api: ApiDefinition
    ) -> Call:
        call = Call(method, path, query, headers)
        call.api = api
        if self._log is not None:
            call.began = time.perf_counter()
        if b"origin" in headers:
            call.extra_headers = self._cross_origin(headers)
        return call

    def _enter(self, call: Call) -> ApiError | None:
        """Find the world and count the call; the body is there, as a client id in it may name the world."""
        refusal: ApiError | None = None
        lost = False
        try:
            self._find_world(call)
        except WorldNameError:  # no key and no token leads to such a name, so that it is unknown
            call.world = self._worlds.get()
            lost = True
        except SetupError as error:
            call.world = self._worlds.get()
            refusal = Unavailable(str(error))
        call.world.calls += 1
        call.number = call.world.calls
        if lost:
            call.world = call.world.emptied()
        return refusal

    def _done(self, call: Call) -> None:
        record(call, self._redaction)
        if self._log is not None:
            self._log(call, time.perf_counter() - call.began, self._redaction)

    def _find_world(self, call: Call) -> None:
        """A world that is new is kept once its caller is known to it."""
        name = call.api.world_hint(call)
        if self.bound is not None:
            name, call.bound = self.bound, True
        world = self._worlds.find(name)
        if world is None:
            world = self._worlds.preview(name)
            call.keep_world = self._worlds.keep
        call.world = world

    def _improper(
        self, fields: Sequence[tuple[bytes, bytes]], headers: Mapping[bytes, bytes]
    ) -> tuple[int, str] | None:
        """Status and reason when the headers alone are enough to refuse a request."""
        limits = self._limits
        if len(fields) != len(headers):
            twice = repeated(fields)
            if twice is not None:
                return 400, f"two {twice} headers"
        if len(fields) > limits.header_count:
            return 431, f"more than {limits.header_count} header fields"
        if sum(map(len, headers)) + sum(map(len, headers.values())) > limits.header_bytes:
            return 431, f"more than {limits.header_bytes} bytes of headers"
        host = headers.get(b"host")
        if host not in self._known_hosts and not self._host_allowed(host):
            return (
                (400, "no host header")
                if host is None
                else (421, f"host {host.decode('latin-1')!r} is not served here; --allowed-host adds it")
            )
        if b"transfer-encoding" in headers and b"content-length" in headers:
            return 400, "both content-length and transfer-encoding"
        return None

    def _host_allowed(self, host: bytes | None) -> bool:
        match = _HOST.fullmatch(host.decode("latin-1")) if host is not None else None
        if host is None or match is None or match["name"].lower() not in self._hosts:
            return False
        if len(self._known_hosts) < 1000:
            self._known_hosts.add(host)
        return True

    def _owner(self, path: bytes) -> ApiDefinition | None:
        for prefix, bare, api in self._owners.get(path[1 : path.find(b"/", 1)], ()):
            if path.startswith(prefix) or path == bare:
                return api
        return None

    async def _unowned(
        self, scope: Scope, receive: Receive, send: Send, path: bytes, headers: Mapping[bytes, bytes]
    ) -> None:
        """The control plane, or a 404 of our own that names the nearest operations."""
        if (path + b"/").startswith(ADMIN_PREFIX):
            await self._admin(scope, receive, send)
            return
        shown = path.decode("latin-1")
        nearest = self._nearest(scope["method"], shown)
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        message = f"no API is served at {scope['method']} {shown}{hint}"
        await _plain_refusal(send, 404, message, self._cross_origin(headers) or [])

    def _cross_origin(self, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]] | None:
        """What lets the page of an allowed origin read the answer."""
        origin = headers.get(b"origin")
        if (
            origin is None
            or not self._open_to_pages
            or not (_LOOPBACK_ORIGIN.fullmatch(origin) or origin in self._origins)
        ):
            return None
        return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]

    async def _read_body(self, call: Call, receive: Receive) -> ApiError | None:
        length = call.headers.get(b"content-length")
        if length == b"0":
            return None
        limit = self._limits.json_bytes
        multipart = call.headers.get(b"content-type", b"")[:10].lower() == b"multipart/"
        if multipart or call.path in call.api.upload_paths:
            limit = self._limits.upload_bytes
        if length is not None and (not length.isdigit() or int(length) > limit):
            return _too_large(call, limit)
        message = await receive()
        if not message.get("more_body"):
            call.body = message.get("body", b"")
            return _too_large(call, limit) if len(call.body) > limit else None
        return await _collect(call, receive, limit, message.get("body", b""))


Owners = Mapping[bytes, Sequence[tuple[bytes, bytes, ApiDefinition]]]


def _owners(apis: Sequence[ApiDefinition]) -> Owners:
    """The prefixes that begin with a first segment, the longest first, with and without the slash behind.

    A path of one segment is looked up without its last character, which is what `find` makes of it.
    """
    owners: dict[bytes, list[tuple[bytes, bytes, ApiDefinition]]] = {}
    pairs = [(prefix.encode(), api) for api in apis for prefix in api.prefixes]
    for bare, api in sorted(pairs, key=lambda pair: -len(pair[0])):
        first = bare[1:].partition(b"/")[0]
        row = (bare + b"/", bare, api)
        owners.setdefault(first, []).append(row)
        if bare == b"/" + first:
            owners.setdefault(first[:-1], []).append(row)
    return owners


async def _collect(call: Call, receive: Receive, limit: int, first: bytes) -> ApiError | None:
    """Read the rest of a body; the server's protocol closes connections whose body does not arrive."""
    parts, size, more = [first], len(first), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return BadRequest(message="the connection ended before the body did")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > limit:
            return _too_large(call, limit)
    call.body = b"".join(parts)
    return None


def _too_large(call: Call, limit: int) -> ApiError:
    call.add_header(b"connection", b"close")  # the rest of the body is not worth reading
    return TooLarge(f"the body is larger than {limit} bytes")


def repeated(fields: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The name of a header that may stand once and stands twice."""
    names = [name for name, _ in fields]
    return next((name.decode() for name in _SINGLE if names.count(name) > 1), None)


async def not_http(scope: Scope, receive: Receive, send: Send) -> None:
    """Life cycle messages are confirmed; WebSockets are part of no contract and no recording."""
    if scope["type"] != "lifespan":
        await send({"type": "websocket.close", "code": 1008})
        return
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _preflight(send: Send, call: Call) -> None:
    """Answer a browser that asks before it calls; an origin that is not allowed gets no permission."""
    call.status = 204 if call.extra_headers else 403
    if call.extra_headers:
        asked = call.headers.get(b"access-control-request-headers", b"*")
        call.add_header(b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE")
        call.add_header(b"access-control-allow-headers", asked)
        call.add_header(b"access-control-max-age", b"600")
    await send({"type": "http.response.start", "status": call.status, "headers": call.extra_headers or []})
    await send({"type": "http.response.body", "body": b""})


async def _plain_refusal(
    send: Send, status: int, message: str, extra: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """A refusal that is ours and no API's: it never looks like a vendor's error."""
    body = orjson.dumps({"understudy": message})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *extra]})
    await send({"type": "http.response.body", "body": body})
