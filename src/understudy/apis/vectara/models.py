"""Models and the like: what requests name of what the account has, and the fixture rows that add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from understudy.apis.vectara.kinds import ENCODERS, GENERATION_PRESETS, LLMS, RERANKERS, TABLE_EXTRACTORS
from understudy.behaviours.template_blocks import blocks_of
from understudy.behaviours.template_grammar import TemplateError
from understudy.errors import BadRequest
from understudy.state.store import Kind, Record, Store, Table
from understudy.state.world import World

T = TypeVar("T")

_OFF: Mapping[str, Any] = {"description": "", "default": False, "enabled": True}
_FRESH: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    ENCODERS.name: ("enc", {**_OFF, "type": "vectara", "output_dimensions": 768}),
    RERANKERS.name: ("rnk", {"description": "", "enabled": True}),
    LLMS.name: ("llm", {**_OFF, "ownership": "customer"}),
    GENERATION_PRESETS.name: ("pmt", _OFF),
    TABLE_EXTRACTORS.name: ("", {"description": "", "is_default": False}),
}
"""Per kind the prefix of its ids, and what a fixture row need not say."""


def named(store: Store, kind: Kind[T], name: str, place: str, member: str = "name") -> T:
    """The enabled one of that name, or id; 400 at `place` tells which there are."""
    table: Table[Any] = store.table(kind)
    record = _by(table, member).get(name)
    if record is None:
        usable = ", ".join(value[member] for value in table.values() if value.get("enabled", True))
        raise BadRequest({place: f"no {kind.title(name)}; there is {usable}"})
    if not record.value.get("enabled", True):
        raise BadRequest({place: f"{kind.title(name)} is disabled"})
    found: T = record.value
    return found


def chosen(store: Store, kind: Kind[T], request: Mapping[str, Any], place: str) -> T | None:
    """The one that `<kind>_name` or the deprecated `<kind>_id` names; None when neither is given.

    400 for one that is unknown or disabled, and for two that contradict each other.
    """
    in_name, in_id = f"{kind.name}_name", f"{kind.name}_id"
    name, identity = request.get(in_name), request.get(in_id)
    by_name = None if name is None else named(store, kind, name, f"{place}.{in_name}")
    if identity is None:
        return by_name
    by_id = named(store, kind, identity, f"{place}.{in_id}", "id")
    if name is not None and by_id is not by_name:
        raise BadRequest({f"{place}.{in_id}": f"'{identity}' is not {kind.title(name)}; send one of the two"})
    return by_id


def default(store: Store, kind: Kind[T]) -> T | None:
    """The default of the account, unless there is none or it is disabled."""
    table: Table[Any] = store.table(kind)
    found: T | None = table.derived(
        "default", lambda t: next((v for v in t.values() if v["default"] and v["enabled"]), None)
    )
    return found


def seed(kind: Kind[Any], world: World, row: Mapping[str, Any]) -> None:
    """One fixture row: it changes the one of its name, or adds one. There is one default at most."""
    table = world.store.table(kind)
    known = _by(table, "name").get(row["name"])
    if known is None:
        prefix, members = _FRESH[kind.name]
        made = {"id": _fresh_id(world, table, prefix)} if prefix and "id" not in row else {}
        kept = table.add({**made, **members, **row})
    elif row.get(kind.key, known.value[kind.key]) != known.value[kind.key]:
        raise BadRequest({kind.key: f"{kind.title(row['name'])} has the id '{known.value[kind.key]}'"})
    else:
        kept = table.replace({**known.value, **row})
    member = "is_default" if kind is TABLE_EXTRACTORS else "default"
    for record in table.records() if row.get(member) else ():
        if record.value[member] and record.value is not kept:
            table.replace({**record.value, member: False})


def seed_preset(world: World, row: Mapping[str, Any]) -> None:
    """One fixture row of a preset: its model is there and its template is well formed."""
    if "llm_name" in row:
        named(world.store, LLMS, row["llm_name"], "llm_name")
    try:
        blocks_of(row.get("prompt_template", ""))
    except TemplateError as error:
        raise BadRequest({"prompt_template": f"{error.message} (at position {error.position})"}) from None
    seed(GENERATION_PRESETS, world, row)


def _fresh_id(world: World, table: Table[Any], prefix: str) -> str:
    made = world.ids.numbered(prefix)
    return _fresh_id(world, table, prefix) if made in table else made


def _by(table: Table[Any], member: str) -> Mapping[str, Record[Any]]:
    return table.derived(f"by_{member}", lambda t: {r.value[member]: r for r in t.records()})
