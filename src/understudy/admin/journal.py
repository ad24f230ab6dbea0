"""The calls that a world has had. Spec tag: Journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from understudy.admin.plane import control, world_of
from understudy.engine.context import Context
from understudy.engine.replies import Reply
from understudy.playback import archives
from understudy.state.clock import stamp
from understudy.state.journal import Entry
from understudy.state.world import World

NDJSON, HAR = "application/x-ndjson", "application/har+json"
ORIGIN = "http://understudy.invalid"
"""The host of addresses in a HAR file, which takes whole ones: a journal does not keep how it was called."""


@control("getJournal")
def get_journal(ctx: Context, world: str, **wanted: Any) -> Any:
    found = world_of(ctx, world)
    entries = [entry.plain() for entry in chosen(found, **wanted)]
    return {"entries": entries, "dropped": found.journal.dropped}


@control("clearJournal")
def clear_journal(ctx: Context, world: str) -> None:
    world_of(ctx, world).journal.clear()


@control("exportJournal")
def export_journal(ctx: Context, world: str, form: str = "ndjson", **wanted: Any) -> Reply:
    entries = chosen(world_of(ctx, world), **wanted)
    if form == "har":
        return Reply(orjson.dumps(har(entries)), 200, media_type=HAR)
    lines = b"".join(orjson.dumps(entry.plain()) + b"\n" for entry in entries)
    return Reply(lines, 200, media_type=NDJSON)


def chosen(world: World, *, last: int | None = None, **wanted: Any) -> list[Entry]:
    """The entries that are as wanted: see the parameters of `getJournal`."""
    found = [entry for entry in world.journal.entries if _is_as(entry, **wanted)]
    return found if last is None else found[-last:]


def _is_as(
    entry: Entry,
    *,
    operation: str | None = None,
    status: int | None = None,
    method: str | None = None,
    contains: str | None = None,
    problems: bool = False,
    after: int = 0,
) -> bool:
    return (
        operation in (None, entry.operation)
        and status in (None, entry.status)
        and method in (None, entry.method)
        and (not problems or bool(entry.problem))
        and entry.number > after
        and (contains is None or any(contains.encode() in part for part in _texts(entry)))
    )


def _texts(entry: Entry) -> Iterator[bytes]:
    yield entry.path.encode()
    yield entry.request_body
    yield entry.response_body


def har(entries: list[Entry]) -> dict[str, Any]:
    """Entries in the form of HTTP Archive 1.2; headers are not kept, so types are read off the bodies."""
    return archives.archive([_har_entry(entry) for entry in entries])


def _har_entry(entry: Entry) -> dict[str, Any]:
    body = entry.request_body
    content = {
        "size": len(entry.response_body),
        "mimeType": "text/event-stream" if entry.events else _type(entry.response_body),
        "text": entry.response_body.decode("utf-8", "replace"),
    }
    asked = archives.asked(entry.method, ORIGIN + entry.path, body, _type(body))
    answered = archives.answered(entry.status, content)
    return archives.call(stamp(entry.at), 0, asked, answered, entry.operation)


def _type(body: bytes) -> str:
    return "application/json" if body[:1] in (b"{", b"[") else "text/plain"
