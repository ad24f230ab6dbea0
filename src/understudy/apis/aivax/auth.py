"""Credentials: API keys in four places, whose they are, what they may call, the world they lead to."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from understudy.apis.aivax.kinds import ACCOUNT_KEYS
from understudy.behaviours.credentials import is_well_formed
from understudy.engine.context import Call, Principal
from understudy.engine.operation import Operation
from understudy.errors import ApiError, Forbidden, Unauthorized
from understudy.state.store import Record, Table

PUBLIC_PATHS = (b"/api/v1/public/chat-clients/", b"/api/v1/public/ext-res/file/")
"""Paths whose next segment is a credential: the access key of a session, the token of a file."""


def world_hint(call: Call) -> str:
    """The world behind the last `@` of the credential, which is noted so that no journal tells it."""
    credential = call.credential = presented(call)
    return credential.rpartition("@")[2] if "@" in credential else ""


def presented(call: Call) -> str:
    """The credential of a call: in the path, in Authorization, or `api-key` of the query; "" for none.

    A header that is there decides, also when it is wrong and the query is right (guess).
    """
    for prefix in PUBLIC_PATHS:
        if call.path.startswith(prefix):
            return unquote(call.path[len(prefix) :].partition(b"/")[0].decode("latin-1"))
    header = call.headers.get(b"authorization")
    if header is not None:
        return _from_header(header.decode("latin-1").strip())
    if b"api-key=" in call.query:
        return parse_qs(call.query.decode("latin-1")).get("api-key", [""])[-1]
    return ""


def _from_header(value: str) -> str:
    """The key of `Bearer key`, `Basic base64(anything:key)` or `key`."""
    scheme, _, rest = value.partition(" ")
    if not rest:
        return value
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(rest, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return ""


def authenticate(call: Call) -> Principal | ApiError:
    """Whose key it is: 401 for one that is missing, unknown or over."""
    credential = call.credential
    if not credential:
        return Unauthorized("No API key was given: send Authorization: Bearer, or api-key in the query.")
    world = call.world
    keys = world.store.table(ACCOUNT_KEYS)
    record = find_key(keys, credential)
    if record is None and call.bound and is_well_formed(credential):
        record = next((one for one in keys.records() if one.private["kind"] == "private"), None)
    if record is None:
        return Unauthorized("The API key is not known.")
    ends = record.private["ends"]
    now = world.clock.millis()
    if ends is not None and now >= ends:
        return Unauthorized("The API key has expired.")
    world.seen[record.value["id"]] = now
    private = record.private
    facts: Mapping[str, Any] = {"account": private["account"], "gateway": private.get("gateway")}
    return Principal(record.value["id"], private["kind"], None, facts)


def find_key(keys: Table[dict[str, Any]], credential: str) -> Record[dict[str, Any]] | None:
    """The API key of that text, also when `@world` stands behind it."""
    by_key = keys.derived("by_key", lambda t: {r.private["key"]: r for r in t.records()})
    return by_key.get(without_world(credential))


def without_world(credential: str) -> str:
    """A credential as its world keeps it."""
    return credential.rpartition("@")[0] if "@" in credential else credential


def authorize(operation: Operation, call: Call, principal: Principal) -> ApiError | None:
    """403 when the kind of key is not one that the operation allows (`x-key-kinds`, private by default)."""
    if principal.kind == "private" or principal.kind in operation.key_kinds:
        return None
    return Forbidden(f"A {principal.kind} key may not call this operation.")
