"""Models and the like: what requests name of what the account has, and the fixture rows that add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from understudy.apis.vectara.kinds import (
    ENCODERS,
    GENERATION_PRESETS,
    HALLUCINATION_CORRECTORS,
    LLMS,
    RERANKERS,
    TABLE_EXTRACTORS,
)
from understudy.behaviours.template_blocks import blocks_of
from understudy.behaviours.template_grammar import TemplateError
from understudy.errors import BadRequest
from understudy.state.store import Kind, Record, Store, Table
from understudy.state.world import World

T = TypeVar("T")

FAILING_HOSTS = ".invalid"
"""The test of what is at such a host fails: RFC 2606 keeps the name for what cannot exist (guess)."""

_OFF: Mapping[str, Any] = {"description": "", "default": False, "enabled": True}
_FRESH: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    ENCODERS.name: ("enc", {**_OFF, "type": "vectara", "output_dimensions": 768}),
    RERANKERS.name: ("rnk", {"description": "", "enabled": True}),
    LLMS.name: ("llm", {**_OFF, "ownership": "customer"}),
    GENERATION_PRESETS.name: ("pmt", _OFF),
    HALLUCINATION_CORRECTORS.name: ("hcm", {"description": "", "type": "vectara", "enabled": True}),
    TABLE_EXTRACTORS.name: ("", {"description": "", "is_default": False}),
}
"""Per kind the prefix of its ids, and what a fixture row need not say."""


def named(store: Store, kind: Kind[T], name: str, place: str, member: str = "name") -> T:
    """The enabled one of that name, or id; 400 at `place` tells which there are."""
    there = _by(store.table(kind), member)
    record = there.get(name)
    if record is None:
        usable = ", ".join(key for key, one in there.items() if one.value.get("enabled", True))
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
    check_preset(world.store, row, "")
    seed(GENERATION_PRESETS, world, row)


def check_preset(store: Store, preset: Mapping[str, Any], place: str) -> None:
    """400 for a model that is not there and for a template that is not well formed; `place` is put before."""
    if "llm_name" in preset:
        named(store, LLMS, preset["llm_name"], f"{place}llm_name")
    try:
        blocks_of(preset.get("prompt_template", ""))
    except TemplateError as error:
        fault = f"{error.message} (at position {error.position})"
        raise BadRequest({f"{place}prompt_template": fault}) from None


def check_reachable(uri: str) -> None:
    """The test that the platform makes of what is elsewhere: nobody is asked, 400 where no host can be."""
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError:
        raise BadRequest({"body.uri": "is no address"}) from None
    if f".{host}".endswith(FAILING_HOSTS):
        raise BadRequest({"body.uri": f"its test failed: '{host}' does not answer"})


def by_name(store: Store, kind: Kind[T]) -> Mapping[str, Record[T]]:
    """The ones that requests name; of two with one name the later counts, which is that of the account."""
    return _by(store.table(kind), "name")


def _fresh_id(world: World, table: Table[Any], prefix: str) -> str:
    made = world.ids.numbered(prefix)
    return _fresh_id(world, table, prefix) if made in table else made


def _by(table: Table[Any], member: str) -> Mapping[str, Record[Any]]:
    return table.derived(f"by_{member}", lambda t: {r.value[member]: r for r in t.records()})
