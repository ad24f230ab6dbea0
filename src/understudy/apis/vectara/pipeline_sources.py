"""What pipelines read: buckets that fixtures fill. No request leaves the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from understudy.errors import Unavailable
from understudy.state.clock import parse_stamp
from understudy.state.store import Kind, Store
from understudy.state.world import World

Json = dict[str, Any]

PIPELINE_SOURCES: Kind[Json] = Kind("pipeline_source", key="bucket", noun="bucket")
"""Buckets with their objects; fixtures alone write it."""


@dataclass(frozen=True)
class SourceRecord:
    """One object of a bucket as it is at some time; `changed` is when it became so, in milliseconds."""

    id: str
    text: str
    metadata: Mapping[str, Any]
    changed: int


def read(store: Store, source: Mapping[str, Any], now: int) -> dict[str, SourceRecord]:
    """The objects of a source by their keys, as they are at a time; 503 for a bucket that no fixture has."""
    bucket = source.get("bucket")
    if bucket is None:
        raise Unavailable("the source names no bucket")
    held = store.table(PIPELINE_SOURCES).find(bucket)
    if held is None:
        raise Unavailable(
            f"there is no bucket '{bucket}': stores are not asked here, the fixture section "
            "pipeline_sources says what is in one"
        )
    found: dict[str, SourceRecord] = {}
    for row in held.value["records"]:
        changed = parse_stamp(row["updated_at"]) if "updated_at" in row else held.private["filled"]
        old = found.get(row["id"])
        wanted = row["id"].startswith(source.get("prefix", "")) and changed <= now
        if wanted and (old is None or changed >= old.changed):
            text = row["text"] if "text" in row else orjson.dumps(row["content"]).decode()
            found[row["id"]] = SourceRecord(row["id"], text, row.get("metadata", {}), changed)
    return found


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `pipeline_sources`: a bucket and the versions of its objects."""
    world.store.table(PIPELINE_SOURCES).add(row, filled=world.clock.millis())
