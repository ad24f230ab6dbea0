"""The routes of the control plane, as one table."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.admin.requests import CHANGES, NEW_WORLD, Refused, check
from understudy.errors import SetupError
from understudy.settings import Settings
from understudy.state.store import diff
from understudy.state.world import DEFAULT, World, Worlds

PREFIX = "/_understudy"
DEFAULT_NAME = "default"
"""How paths call the world of plain credentials, whose real name is empty."""
BODY_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One call of the control plane: the names in its path and its JSON body."""

    values: Mapping[str, str]
    body: Any
    worlds: Worlds

    @property
    def world(self) -> World:
        """The world that the path names."""
        return self.worlds.existing(real_name(self.values["world"]))


def real_name(shown: str) -> str:
    return DEFAULT if shown == DEFAULT_NAME else shown


def shown_name(name: str) -> str:
    return name or DEFAULT_NAME


def _describe(world: World) -> dict[str, Any]:
    return {
        "name": shown_name(world.name),
        "fixture": world.fixture,
        "seed": world.seed,
        "clock": {"mode": world.clock.mode, "now": world.clock.stamp(), "millis": world.clock.millis()},
        "lifecycle": world.lifecycle.dump(),
        "calls": world.calls,
        "version": world.store.version,
        "records": {"/".join(address): len(table) for address, table in sorted(world.store.tables().items())},
    }


def list_worlds(request: Request) -> Any:
    return {"worlds": [shown_name(name) for name in request.worlds.names()]}


def create_world(request: Request) -> Any:
    wanted = dict(request.body)
    return _describe(request.worlds.create(real_name(wanted.pop("name")), **wanted))


def get_world(request: Request) -> Any:
    return _describe(request.world)


def delete_world(request: Request) -> Any:
    request.worlds.delete(request.world.name)


def reset_world(request: Request) -> Any:
    return _describe(request.worlds.reset(request.world.name))


def fork_world(request: Request) -> Any:
    return _describe(request.worlds.fork(request.world.name, request.body["name"]))


def get_snapshot(request: Request) -> Any:
    return request.world.snapshot()


def put_snapshot(request: Request) -> Any:
    try:
        request.worlds.restore(request.world.name, request.body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(400, f"this is not a snapshot: {error!r}") from None
    return _describe(request.world)


def get_diff(request: Request) -> Any:
    world = request.world
    return {"changes": diff(request.worlds.start_of(world).store, world.store)}


def get_clock(request: Request) -> Any:
    return _describe(request.world)["clock"]


def change_clock(request: Request) -> Any:
    clock = request.world.clock
    try:
        if "mode" in request.body:
            clock.set_mode(request.body["mode"])
        if "advance_millis" in request.body:
            clock.advance(request.body["advance_millis"])
    except ValueError as error:
        raise Refused(400, str(error)) from None
    return _describe(request.world)["clock"]


def get_lifecycle(request: Request) -> Any:
    return request.world.lifecycle.dump()


def change_lifecycle(request: Request) -> Any:
    request.world.lifecycle.change(request.body)
    return request.world.lifecycle.dump()


def get_journal(request: Request) -> Any:
    journal = request.world.journal
    return {"entries": [entry.plain() for entry in journal.entries], "dropped": journal.dropped}


def clear_journal(request: Request) -> Any:
    request.world.journal.clear()


@dataclass(frozen=True)
class Route:
    """One line of the table. Only routes that are not GET change anything."""

    method: str
    path: str
    act: Callable[[Request], Any]
    status: int = 200
    body: Mapping[str, Any] | None = None


ROUTES: Sequence[Route] = (
    Route("GET", "/worlds", list_worlds),
    Route("POST", "/worlds", create_world, 201, NEW_WORLD),
    Route("GET", "/worlds/{world}", get_world),
    Route("DELETE", "/worlds/{world}", delete_world, 204),
    Route("POST", "/worlds/{world}/reset", reset_world),
    Route("POST", "/worlds/{world}/fork", fork_world, 201, NEW_WORLD),
    Route("GET", "/worlds/{world}/snapshot", get_snapshot),
    Route("PUT", "/worlds/{world}/snapshot", put_snapshot, 200, {"type": "object"}),
    Route("GET", "/worlds/{world}/diff", get_diff),
    Route("GET", "/worlds/{world}/clock", get_clock),
    Route("POST", "/worlds/{world}/clock", change_clock, 200, CHANGES["clock"]),
    Route("GET", "/worlds/{world}/lifecycle", get_lifecycle),
    Route("PUT", "/worlds/{world}/lifecycle", change_lifecycle, 200, CHANGES["lifecycle"]),
    Route("GET", "/worlds/{world}/journal", get_journal),
    Route("DELETE", "/worlds/{world}/journal", clear_journal, 204),
)
OPEN = ("/health", "/ready")
"""What answers without a token."""


def control_plane(worlds: Worlds, token: str, settings: Settings, apis: Sequence[str]) -> ASGIApp:
    """The ASGI application under `/_understudy`. Host and header rules are the gate's."""
    table = [(route, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path))) for route in ROUTES]
    expected = token.encode()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, content = await _handle(scope, receive)
        except Refused as refusal:
            status, content = refusal.status, {"understudy": str(refusal)}
        except SetupError as error:
            status, content = 404 if str(error).startswith("no world") else 409, {"understudy": str(error)}
        body = b"" if status == 204 else orjson.dumps(content)
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        if status != 204:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _handle(scope: Scope, receive: Receive) -> tuple[int, Any]:
        path, method = scope["path"].removeprefix(PREFIX), scope["method"]
        headers = dict(scope["headers"])
        if path in OPEN and method == "GET":
            return 200, {"status": "ok", "apis": list(apis)}
        _admit(headers)
        matched = [(route, match) for route, pattern in table if (match := pattern.fullmatch(path))]
        if not matched:
            raise Refused(404, f"the control plane has no {path}")
        for route, match in matched:
            if route.method == method:
                body = await _body(route, headers, receive)
                return route.status, route.act(Request(match.groupdict(), body, worlds))
        raise Refused(405, f"{path} takes {', '.join(route.method for route, _ in matched)}")

    def _admit(headers: Mapping[bytes, bytes]) -> None:
        """No browser page may come in, whatever it knows: a page always says where it is from."""
        if b"origin" in headers or headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
            raise Refused(403, "the control plane does not talk to web pages of other origins")
        given = headers.get(b"authorization", b"")
        scheme, _, presented = given.partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(presented.strip(), expected):
            raise Refused(401, "send Authorization: Bearer <admin token>; the start banner shows it")

    return answer


async def _body(route: Route, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
    raw = bytearray()
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if len(raw) > BODY_LIMIT:
            raise Refused(413, f"the body is larger than {BODY_LIMIT} bytes")
        if not message.get("more_body"):
            break
    if route.body is None:
        return None
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        raise Refused(415, "send application/json")
    try:
        value = orjson.loads(bytes(raw))
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"the body is not valid JSON: {error}") from None
    check(route.body, value)
    return value
