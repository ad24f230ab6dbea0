"""The outermost layer: who may talk to us at all, how much, for how long, and which world answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.definition import ApiDefinition
from understudy.engine.failures import refuse
from understudy.engine.journal import Redaction, record
from understudy.errors import ApiError, BadRequest, SetupError, TooLarge
from understudy.settings import Settings
from understudy.state.world import Worlds

ADMIN_PREFIX = b"/_understudy"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_LOOPBACK_ORIGIN = re.compile(rb"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.ASCII)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?", re.ASCII)
_SINGLE = (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization")

Log = Callable[[Call, float], None]


class Gate:
    """Checks the request line and headers, reads the body, finds API and world, then lets the call in.

    Args:
        app: what lies behind for calls of an API.
        admin: what answers under `/_understudy`.
        apis: the APIs that are served.
        worlds: all worlds.
        settings: limits, hosts and origins.
        log: told of every finished call with its duration in seconds.
        nearest: operations over all APIs that resemble `(method, path)`.
    """

    def __init__(
        self,
        app: ASGIApp,
        admin: ASGIApp,
        apis: Sequence[ApiDefinition],
        worlds: Worlds,
        settings: Settings,
        log: Log | None,
        nearest: Callable[[str, str], list[str]],
    ) -> None:
        self._app = app
        self._admin = admin
        self._worlds = worlds
        self._limits = settings.limits
        self._log = log
        self._nearest = nearest
        self._prefixes = sorted(
            ((prefix.encode(), api) for api in apis for prefix in api.prefixes),
            key=lambda pair: -len(pair[0]),
        )
        self._hosts = (
            LOOPBACK_HOSTS | {h.lower() for h in settings.hosts} | {h for api in apis for h in api.hosts}
        )
        self._known_hosts: dict[bytes, bool] = {}
        self._origins = frozenset(origin.encode() for origin in settings.cors)
        self._redaction = Redaction(
            [name for api in apis for name in api.secret_query],
            [name for api in apis for name in api.secret_members],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no WebSocket is part of any contract
            await send({"type": "websocket.close", "code": 1008})
            return
        fault = self._improper(scope["headers"])
        if fault is not None:
            await _plain_refusal(send, *fault)
            return
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        if path.startswith(ADMIN_PREFIX) and path[len(ADMIN_PREFIX) : len(ADMIN_PREFIX) + 1] in (b"", b"/"):
            await self._admin(scope, receive, send)
            return
        await self._serve(scope, receive, send, path)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, path: bytes) -> None:
        began = time.perf_counter() if self._log is not None else 0.0
        headers = dict(scope["headers"])
        call = Call(scope["method"], path, scope["query_string"], headers)
        api = self._owner(path)
        cross_origin = self._cross_origin(headers)
        if api is None:
            await _plain_refusal(send, 404, self._unowned(call), cross_origin)
            return
        call.api = api
        call.answer_headers.extend(cross_origin)
        try:
            refusal = await self._read_body(call, receive)
            self._find_world(call)
        except SetupError as error:  # a world that cannot be
            call.world = self._worlds.get()
            refusal = BadRequest(message=str(error))
        call.world.calls += 1
        call.number = call.world.calls
        if refusal is not None:
            await refuse(send, call, refusal)
        elif call.method == "OPTIONS" and b"access-control-request-method" in headers:
            await _preflight(send, call, headers)
        else:
            scope[SCOPE_KEY] = call
            await self._app(scope, receive, send)
        record(call, self._redaction)
        if self._log is not None:
            self._log(call, time.perf_counter() - began)

    def _find_world(self, call: Call) -> None:
        """A world that is new is kept once its caller is known to it."""
        name = call.api.world_hint(call)
        world = self._worlds.find(name)
        if world is None:
            world = self._worlds.preview(name)
            call.keep_world = self._worlds.keep
        call.world = world

    def _improper(self, headers: Sequence[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        limits = self._limits
        if len(headers) > limits.header_count:
            return 431, f"more than {limits.header_count} header fields"
        size = 0
        host = None
        seen: list[bytes] = []
        for name, value in headers:
            size += len(name) + len(value)
            if name in _SINGLE:
                if name in seen:
                    return 400, f"two {name.decode()} headers"
                seen.append(name)
                if name == b"host":
                    host = value
        if size > limits.header_bytes:
            return 431, f"more than {limits.header_bytes} bytes of headers"
        if b"content-length" in seen and b"transfer-encoding" in seen:
            return 400, "both content-length and transfer-encoding"
        if host is None:
            return 400, "no host header"
        if not self._known_hosts.get(host) and not self._host_allowed(host):
            return 421, (
                f"host {host.decode('latin-1')!r} is not served here; start with --allowed-host to add it"
            )
        return None

    def _host_allowed(self, host: bytes) -> bool:
        match = _HOST.fullmatch(host.decode("latin-1"))
        allowed = match is not None and match["name"].lower() in self._hosts
        if allowed and len(self._known_hosts) < 1000:
            self._known_hosts[host] = True
        return allowed

    def _owner(self, path: bytes) -> ApiDefinition | None:
        for prefix, api in self._prefixes:
            if path.startswith(prefix):
                return api
        return None

    def _unowned(self, call: Call) -> str:
        path = call.path.decode("latin-1")
        nearest = self._nearest(call.method, path)
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        return f"no API is served at {call.method} {path}{hint}"

    def _cross_origin(self, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        origin = headers.get(b"origin")
        if origin is None or not (_LOOPBACK_ORIGIN.fullmatch(origin) or origin in self._origins):
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]

    async def _read_body(self, call: Call, receive: Receive) -> ApiError | None:
        length = call.headers.get(b"content-length")
        if length == b"0" or (length is None and b"transfer-encoding" not in call.headers):
            return None
        limit = self._limits.json_bytes
        if call.headers.get(b"content-type", b"").lower().startswith(b"multipart/"):
            limit = self._limits.upload_bytes
        too_large = TooLarge(f"the body is larger than {limit} bytes")
        if length is not None and (not length.isdigit() or int(length) > limit):
            call.answer_headers.append((b"connection", b"close"))
            return too_large
        return await _collect(call, receive, limit, too_large)


async def _collect(call: Call, receive: Receive, limit: int, too_large: ApiError) -> ApiError | None:
    """Read the body to its end; the server's protocol closes connections whose body does not arrive."""
    message = await receive()
    if not message.get("more_body"):
        call.body = message.get("body", b"")
        return too_large if len(call.body) > limit else None
    parts = [message.get("body", b"")]
    size = len(parts[0])
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return BadRequest(message="the connection ended before the body did")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            call.answer_headers.append((b"connection", b"close"))
            return too_large
    call.body = b"".join(parts)
    return None


async def _preflight(send: Send, call: Call, headers: Mapping[bytes, bytes]) -> None:
    """Answer a browser that asks before it calls; an origin that is not allowed gets no permission."""
    call.status = 204 if call.answer_headers else 403
    if call.answer_headers:
        call.answer_headers += [
            (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
            (b"access-control-allow-headers", headers.get(b"access-control-request-headers", b"*")),
            (b"access-control-max-age", b"600"),
        ]
    await send({"type": "http.response.start", "status": call.status, "headers": call.answer_headers})
    await send({"type": "http.response.body", "body": b""})


async def _plain_refusal(
    send: Send, status: int, message: str, headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """A refusal that is ours and no API's: it never looks like a vendor's error."""
    body = orjson.dumps({"understudy": message})
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *headers,
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})
