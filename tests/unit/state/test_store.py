"""The store: keys, order, transactions, forks, snapshots and differences."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.errors import Conflict, NotFound
from understudy.state import derived
from understudy.state.clock import Clock
from understudy.state.ids import Ids
from understudy.state.store import Kind, Store, diff

THINGS: Kind[dict[str, Any]] = Kind("thing", key="key")


def new_store() -> Store:
    return Store(Clock(), Ids(0))


def test_a_taken_key_is_a_conflict_and_changes_nothing() -> None:
    store = new_store()
    table = store.table(THINGS)
    table.add({"key": "a", "n": 1})
    before = store.version
    with pytest.raises(Conflict, match="thing 'a' already exists"):
        table.add({"key": "a", "n": 2})
    assert table.get("a") == {"key": "a", "n": 1}
    assert store.version == before


def test_an_unknown_key_is_not_found_and_named() -> None:
    with pytest.raises(NotFound, match="thing 'nix' not found") as caught:
        new_store().table(THINGS).get("nix")
    assert caught.value.id == "nix"


def test_records_keep_their_order_of_creation_when_they_are_replaced() -> None:
    table = new_store().table(THINGS)
    for key in "abc":
        table.add({"key": key})
    table.replace({"key": "a", "n": 2})
    assert [value["key"] for value in table.values()] == ["a", "b", "c"]


def test_records_are_read_from_the_newest_on() -> None:
    table = new_store().table(THINGS)
    for key in "abc":
        table.add({"key": key})
    table.replace({"key": "a", "n": 2})
    table.remove("b")
    assert [record.value["key"] for record in table.newest_first()] == ["c", "a"]


def test_private_members_survive_a_replacement() -> None:
    table = new_store().table(THINGS)
    table.add({"key": "a"}, secret="s", other=1)
    table.replace({"key": "a", "n": 2}, other=2)
    assert table.record("a").private == {"secret": "s", "other": 2}


def test_a_failed_transaction_leaves_no_trace() -> None:
    store = new_store()
    table = store.table(THINGS)
    for key in "abc":
        table.add({"key": key})
    before = (store.dump(), store.version, store.clock.millis(), dict(store.ids.counters))
    with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012 - what happens inside is the point
        table.remove("a")
        table.add({"key": "d", "id": store.ids.numbered("x")})
        table.replace({"key": "b", "n": 9})
        table.clear()
        raise RuntimeError
    assert (store.dump(), store.version, store.clock.millis(), dict(store.ids.counters)) == before


def test_an_inner_transaction_that_fails_undoes_its_own_part() -> None:
    store = new_store()
    table = store.table(THINGS)
    table.add({"key": "a"})
    with store.transaction():
        table.add({"key": "b"})
        with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012 - what happens inside is the point
            table.replace({"key": "b", "n": 9})
            table.remove("a")
            table.add({"key": "c"})
            raise RuntimeError
        assert table.values() == [{"key": "a"}, {"key": "b"}]
        table.add({"key": "d"})
    assert table.keys() == ["a", "b", "d"]
    with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012 - what happens inside is the point
        table.add({"key": "e"})
        with store.transaction():
            table.remove("a")
        raise RuntimeError
    assert table.keys() == ["a", "b", "d"]


def test_parents_keep_their_children_apart() -> None:
    store = new_store()
    store.table(THINGS, "one").add({"key": "a"})
    assert "a" not in store.table(THINGS, "two")
    assert len(store.table(THINGS, "one")) == 1


def test_a_fork_and_its_origin_do_not_see_each_other() -> None:
    store = new_store()
    table = store.table(THINGS)
    table.add({"key": "a"})
    twin = store.fork(Clock(store.clock.state), Ids(0, "", dict(store.ids.counters)))
    table.add({"key": "b"})
    twin.table(THINGS).remove("a")
    assert table.keys() == ["a", "b"]
    assert twin.table(THINGS).keys() == []


def test_a_value_derived_from_a_record_is_built_once_and_shared_by_forks() -> None:
    built: list[str] = []

    def build(record: Any) -> int:
        built.append(record.value["key"])
        return len(built)

    store = new_store()
    store.table(THINGS).add({"key": "a"})
    twin = store.fork(Clock(), Ids(0))
    one = derived.of_record(store.table(THINGS).record("a"), "n", build)
    two = derived.of_record(twin.table(THINGS).record("a"), "n", build)
    assert one == two == 1
    twin.table(THINGS).replace({"key": "a", "n": 2})
    assert derived.of_record(twin.table(THINGS).record("a"), "n", build) == 2


def test_a_value_derived_from_a_table_is_built_anew_after_a_write() -> None:
    table = new_store().table(THINGS)
    assert table.derived("count", len) == 0
    table.add({"key": "a"})
    assert table.derived("count", len) == 1


def test_what_is_dumped_is_what_is_loaded() -> None:
    store = new_store()
    store.table(THINGS).add({"key": "a", "n": [1, {"x": None}]}, secret="s")
    store.table(THINGS, "parent").add({"key": "b"})
    other = new_store()
    other.load(store.dump())
    assert other.dump() == store.dump()
    other.table(THINGS).add({"key": "c"})
    assert other.table(THINGS).keys() == ["a", "c"]


def test_differences_name_what_was_added_changed_and_removed() -> None:
    store = new_store()
    for key in "abc":
        store.table(THINGS).add({"key": key})
    after = store.fork(Clock(), Ids(0))
    table = after.table(THINGS)
    table.remove("a")
    table.replace({"key": "b", "n": 1})
    table.add({"key": "d"})
    assert [(change["key"], change["change"]) for change in diff(store, after)] == [
        ("a", "removed"),
        ("b", "changed"),
        ("d", "added"),
    ]
    assert diff(store, store.fork(Clock(), Ids(0))) == []


def test_a_ticking_clock_moves_one_millisecond_per_change() -> None:
    store = new_store()
    began = store.clock.millis()
    store.table(THINGS).add({"key": "a"})
    store.table(THINGS).get("a")
    store.table(THINGS).remove("a")
    assert store.clock.millis() == began + 2
