"""Glossaries: terms whose meaning agents write behind them. Spec tag: Glossaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.keys import new_key
from understudy.apis.vectara.kinds import GLOSSARIES, GLOSSARY_ENTRIES
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import page
from understudy.behaviours.glossary import Glossary
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Unprocessable
from understudy.state.store import Store
from understudy.state.world import World

Json = dict[str, Any]

LONGEST_TERM = 200
"""Characters of a term. Source: a text of the SDK."""
_CHANGEABLE = ("name", "description")


@operation("listGlossaries")
def list_glossaries(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> Json:
    wanted = (filter or "").casefold()
    records = [
        record
        for record in ctx.store.table(GLOSSARIES).records()
        if any(wanted in record.value.get(member, "").casefold() for member in ("name", "description"))
    ]
    shown, metadata = page(ctx, records, limit, page_key, filter)
    return {"glossaries": [_shown(ctx.store, glossary) for glossary in shown], "metadata": metadata}


@operation("createGlossary")
def create_glossary(ctx: Context, body: Json) -> tuple[Json, int]:
    return _shown(ctx.store, _added(ctx.world, body)), 201


@operation("getGlossary")
def get_glossary(ctx: Context, glossary_key: str) -> Json:
    return _shown(ctx.store, ctx.store.table(GLOSSARIES).get(glossary_key))


@operation("updateGlossary")
def update_glossary(ctx: Context, glossary_key: str, body: Json) -> Json:
    glossaries = ctx.store.table(GLOSSARIES)
    old = glossaries.get(glossary_key)
    changed = {**old, **picked(body, _CHANGEABLE)}
    if changed != old:
        glossaries.replace({**changed, "updated_at": ctx.clock.stamp()})
    return get_glossary(ctx, glossary_key)


@operation("deleteGlossary")
def delete_glossary(ctx: Context, glossary_key: str) -> None:
    """With its entries. Agents may go on naming it; it is missed when they act."""
    ctx.store.table(GLOSSARIES).remove(glossary_key)
    ctx.store.table(GLOSSARY_ENTRIES, glossary_key).clear()


@operation("listGlossaryEntries")
def list_glossary_entries(
    ctx: Context, glossary_key: str, *, limit: int, page_key: str | None = None
) -> Json:
    ctx.store.table(GLOSSARIES).get(glossary_key)
    entries = ctx.store.table(GLOSSARY_ENTRIES, glossary_key)
    shown, metadata = page(ctx, entries.records(), limit, page_key)
    return {"entries": shown, "metadata": metadata}


@operation("upsertGlossaryEntries")
def upsert_glossary_entries(ctx: Context, glossary_key: str, body: Json) -> None:
    _put(ctx.world, glossary_key, body["entries"])


@operation("deleteGlossaryEntries")
def delete_glossary_entries(ctx: Context, glossary_key: str, body: Json) -> None:
    ctx.store.table(GLOSSARIES).get(glossary_key)
    entries = ctx.store.table(GLOSSARY_ENTRIES, glossary_key)
    there = [term for term in dict.fromkeys(body["terms"]) if term in entries]
    for term in there:
        entries.remove(term)
    if there:
        _touch(ctx.world, glossary_key)


def expanded(store: Store, step: Mapping[str, Any], text: str) -> str:
    """What a user says, with the terms explained that a step has a glossary for; 422 when that is gone."""
    for reminder in step.get("reminders", ()):
        if reminder["type"] == "glossary_expansion":
            key = reminder["glossary_key"]
            if key not in store.table(GLOSSARIES):
                raise Unprocessable(f"the step is reminded by {GLOSSARIES.title(key)}, which is gone")
            entries = store.table(GLOSSARY_ENTRIES, key)
            glossary = entries.derived(
                "glossary", lambda table: Glossary({e["term"]: e["expansion"] for e in table.values()})
            )
            text = glossary.expand(text)
    return text


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `glossaries`: a create request, and `entries` as they are upserted."""
    glossary = _added(world, row)
    _put(world, glossary["key"], row.get("entries", {}))


def _added(world: World, body: Mapping[str, Any]) -> Json:
    glossaries = world.store.table(GLOSSARIES)
    now = world.clock.stamp()
    key = body.get("key") or new_key(world, "gls", body["name"], glossaries)
    return glossaries.add({"key": key, **picked(body, _CHANGEABLE), "created_at": now, "updated_at": now})


def _put(world: World, glossary_key: str, wanted: Mapping[str, str]) -> None:
    world.store.table(GLOSSARIES).get(glossary_key)
    found = {f"body.entries.{term}": _fault(term) for term in wanted if _fault(term)}
    if found:
        raise BadRequest(found)
    entries = world.store.table(GLOSSARY_ENTRIES, glossary_key)
    changed = False
    for term, expansion in wanted.items():
        entry, old = {"term": term, "expansion": expansion}, entries.find(term)
        if old is None:
            entries.add(entry)
        elif old.value != entry:
            entries.replace(entry)
        changed = changed or old is None or old.value != entry
    if changed:
        _touch(world, glossary_key)


def _fault(term: str) -> str:
    """Why a term cannot be one; a schema of OpenAPI 3.0 cannot tell names of members."""
    if not term.strip():
        return "is blank"
    return f"has more than {LONGEST_TERM} characters" if len(term) > LONGEST_TERM else ""


def _touch(world: World, glossary_key: str) -> None:
    glossaries = world.store.table(GLOSSARIES)
    glossaries.replace({**glossaries.get(glossary_key), "updated_at": world.clock.stamp()})


def _shown(store: Store, glossary: Json) -> Json:
    return {**glossary, "num_entries": len(store.table(GLOSSARY_ENTRIES, glossary["key"]))}
