"""Records that are kept in versions: the latest one is the value of the record, all of them stand beside it.

`enabled` is a matter of the record and holds for every version. A number is given once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from understudy.errors import Conflict, NotFound
from understudy.state.store import Record, Table

Value = dict[str, Any]


def add_first(table: Table[Value], value: Value) -> Value:
    """Keep a new record as version 1."""
    first = {**value, "version": 1}
    return table.add(first, versions=[first], made=1)


def add_next(table: Table[Value], key: str, wanted: Mapping[str, Any], now: str) -> Value:
    """Keep what differs from the latest version as a new one; a change of `enabled` alone stays in it."""
    record = table.record(key)
    news = {member: value for member, value in wanted.items() if _differs(record.value, member, value)}
    if not news:
        return record.value
    versions, made = list(record.private["versions"]), record.private["made"]
    latest = {**record.value, **news, "updated_at": now}
    if news.keys() == {"enabled"}:
        versions[-1] = latest
    else:
        made += 1
        latest["version"] = made
        versions.append(latest)
    return table.replace(latest, versions=versions, made=made)


def version_of(table: Table[Value], key: str, version: int | None) -> Value:
    """One version, the latest when none is named; 404 names what is missing."""
    record = table.record(key)
    return record.value if version is None else _found(table, record, version)


def remove_version(table: Table[Value], key: str, version: int) -> None:
    """Take one version away; the one before becomes the latest. 409 for the only one (guess)."""
    record = table.record(key)
    _found(table, record, version)
    left = [one for one in record.private["versions"] if one["version"] != version]
    if not left:
        raise Conflict(f"{table.kind.title(key)} has no other version than {version}; delete all of it")
    table.replace({**left[-1], "enabled": record.value["enabled"]}, versions=left)


def refuse_taken(table: Table[Value], name: str | None, key: str | None = None) -> None:
    """409 when another record than the one of `key` has this name."""
    holders: Mapping[str, str] = table.derived("by_name", lambda t: {v["name"]: v["id"] for v in t.values()})
    if name is not None and holders.get(name, key) != key:
        noun = table.kind.noun or table.kind.name
        raise Conflict(f"the name '{name}' is taken by {noun} '{holders[name]}'")


def _found(table: Table[Value], record: Record[Value], version: int) -> Value:
    for one in record.private["versions"]:
        if one["version"] == version:
            return {**one, "enabled": record.value["enabled"]}
    title = table.kind.title(record.value[table.kind.key])
    raise NotFound(f"{title} has no version {version}", str(version))


def _differs(value: Value, member: str, wanted: Any) -> bool:
    """JSON decides: 1 and true are not the same."""
    return member not in value or orjson.dumps(value[member]) != orjson.dumps(wanted)
