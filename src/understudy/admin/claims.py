"""Whether calls were made as somebody says. Spec tag: Journal."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from understudy.admin.plane import control, plane_of, world_of
from understudy.engine.compiling import Compiled
from understudy.engine.context import Context
from understudy.engine.operation import Operation
from understudy.errors import BadRequest, SetupError
from understudy.playback.scenarios import conditions
from understudy.playback.scenarios.conditions import Difference, differences
from understudy.state.journal import Entry

Json = dict[str, Any]


@control("verifyCalls")
def verify_calls(ctx: Context, world: str, body: Json) -> Json:
    operations = _operations(plane_of(ctx).apis, body["operation"])
    if not operations:
        known = {one.id for compiled in plane_of(ctx).apis for one in compiled.operations.values()}
        close = difflib.get_close_matches(body["operation"], known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise BadRequest({"body.operation": f"there is no operation '{body['operation']}'{hint}"})
    for part in ("path", "query", "body"):
        _check(body, part)
    entries = [entry for entry in world_of(ctx, world).journal.entries if entry.operation in operations]
    compared = [(entry, list(_differences(body, entry, operations[entry.operation]))) for entry in entries]
    count = sum(not found for _, found in compared)
    least, most = _bounds(body)
    ok = least <= count and (most is None or count <= most)
    missed = [(entry, found) for entry, found in compared if found]
    nearest = None
    if not ok and count < least and missed:
        entry, found = min(missed, key=lambda one: len(one[1]))
        nearest = {"number": entry.number, "differences": [one.plain() for one in found]}
    return {
        "ok": ok,
        "count": count,
        "message": _message(body, count, least, most, nearest),
        "nearest": nearest,
    }


def _operations(apis: Any, name: str) -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    compiled: Compiled
    for compiled in apis:
        found |= {one.id: one for one in compiled.operations.values() if one.id == name}
    return found


def _check(claim: Json, part: str) -> None:
    try:
        conditions.check(claim.get(part))
    except SetupError as error:
        raise BadRequest({f"body.{part}": str(error)}) from None


def _bounds(claim: Json) -> tuple[int, int | None]:
    """How many calls there must be, at least and at most: at least one when nothing is said."""
    if "times" in claim:
        return claim["times"], claim["times"]
    least = claim.get("at_least", 0 if "at_most" in claim else 1)
    return least, claim.get("at_most")


def _differences(claim: Json, entry: Entry, operation: Operation) -> Iterator[Difference]:
    if "status" in claim and entry.status != claim["status"]:
        yield Difference("status", str(claim["status"]), entry.status)
    path, _, query = entry.path.partition("?")
    if "path" in claim:
        yield from differences(claim["path"], _path_values(operation, path), "path")
    if "query" in claim:
        given = dict(parse_qsl(query, keep_blank_values=True))
        yield from differences(claim["query"], _typed(given, claim["query"]), "query")
    if "body" in claim:
        body = _body(entry.request_body)
        yield from differences(claim["body"], body, "body", exact=claim.get("exact", False))


def _path_values(operation: Operation, path: str) -> dict[str, str]:
    parts = zip(operation.path.split("/"), path.split("/"), strict=False)
    return {name[1:-1]: unquote(value) for name, value in parts if name.startswith("{")}


def _typed(given: Mapping[str, str], wanted: Any) -> Json:
    """Query values as they are wanted: a number or truth value where that is asked for, else text."""
    return {
        name: value if isinstance(wanted.get(name), str) else _body(value.encode())
        for name, value in given.items()
    }


def _body(content: bytes) -> Any:
    """A body as JSON, or as text where it is none."""
    if not content:
        return conditions.ABSENT
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode("utf-8", "replace")


def _message(claim: Json, count: int, least: int, most: int | None, nearest: Any) -> str:
    wanted = f"at least {least}" if most is None else str(least) if most == least else f"{least} to {most}"
    told = f"{claim['operation']}: {wanted} such calls wanted, {count} made"
    if nearest is None:
        return told
    first = nearest["differences"][0]
    return (
        f"{told}; the nearest is call {nearest['number']}, which differs at {first['place']}: "
        f"wanted {first['wanted']}, got {first['got']!r}"
    )
