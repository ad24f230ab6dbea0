"""The store against a plain model: any order of writes, transactions, forks, dumps and loads."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from understudy.errors import Conflict, NotFound
from understudy.state.clock import Clock
from understudy.state.ids import Ids
from understudy.state.store import Kind, Store

THINGS: Kind[dict[str, Any]] = Kind("thing", key="key")
KEYS = st.sampled_from("abcdef")
SCOPES = st.sampled_from([(), ("p",), ("q",)])
Model = dict[tuple[str, ...], dict[str, dict[str, Any]]]


class StoreMachine(RuleBasedStateMachine):
    """Several stores, each beside a model of plain dictionaries."""

    stores = Bundle("stores")

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Store, Model]] = []
        self.count = 0

    def _keep(self, store: Store, model: Model) -> int:
        self.pairs.append((store, model))
        return len(self.pairs) - 1

    @initialize(target=stores)
    def begin(self) -> int:
        return self._keep(Store(Clock(), Ids(0)), {})

    @rule(at=stores, scope=SCOPES, key=KEYS)
    def add(self, at: int, scope: tuple[str, ...], key: str) -> None:
        store, model = self.pairs[at]
        rows = model.setdefault(scope, {})
        self.count += 1
        if key in rows:
            with pytest.raises(Conflict):
                store.table(THINGS, *scope).add({"key": key, "n": self.count})
        else:
            store.table(THINGS, *scope).add({"key": key, "n": self.count})
            rows[key] = {"key": key, "n": self.count}

    @rule(at=stores, scope=SCOPES, key=KEYS)
    def replace(self, at: int, scope: tuple[str, ...], key: str) -> None:
        store, model = self.pairs[at]
        rows = model.setdefault(scope, {})
        self.count += 1
        value = {"key": key, "n": self.count}
        if key in rows:
            store.table(THINGS, *scope).replace(value)
            rows[key] = value
        else:
            with pytest.raises(NotFound):
                store.table(THINGS, *scope).replace(value)

    @rule(at=stores, scope=SCOPES, key=KEYS)
    def remove(self, at: int, scope: tuple[str, ...], key: str) -> None:
        store, model = self.pairs[at]
        rows = model.setdefault(scope, {})
        if key in rows:
            store.table(THINGS, *scope).remove(key)
            del rows[key]
        else:
            with pytest.raises(NotFound):
                store.table(THINGS, *scope).remove(key)

    @rule(at=stores, scope=SCOPES, keys=st.lists(KEYS, max_size=5))
    def fail_half_way(self, at: int, scope: tuple[str, ...], keys: list[str]) -> None:
        store, _ = self.pairs[at]
        table = store.table(THINGS, *scope)
        with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012 - undone as a whole
            for key in keys:
                if key in table:
                    table.remove(key)
                else:
                    table.add({"key": key, "n": -1})
            raise ZeroDivisionError

    @rule(target=stores, at=stores)
    def fork(self, at: int) -> int:
        store, model = self.pairs[at]
        twin = store.fork(Clock(store.clock.state), Ids(0))
        return self._keep(twin, {scope: dict(rows) for scope, rows in model.items()})

    @rule(target=stores, at=stores)
    def dump_and_load(self, at: int) -> int:
        store, model = self.pairs[at]
        copy = Store(Clock(), Ids(0))
        copy.load(store.dump())
        return self._keep(copy, {scope: dict(rows) for scope, rows in model.items()})

    @invariant()
    def every_store_equals_its_model(self) -> None:
        for store, model in self.pairs:
            for scope in [(), ("p",), ("q",)]:
                table = store.table(THINGS, *scope)
                rows = model.get(scope, {})
                assert table.values() == list(rows.values())
                assert len(table) == len(rows)
                assert table.derived("keys", lambda t: t.keys()) == list(rows)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(
    max_examples=int(os.environ.get("UNDERSTUDY_EXAMPLES", "100")),
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
)
