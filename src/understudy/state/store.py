"""The memory store: tables of records that are replaced, never mutated, and shared by forks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from understudy.errors import Conflict, NotFound
from understudy.state.clock import Clock
from understudy.state.ids import Ids

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A sort of record.

    Args:
        name: name of the table, in snapshots too.
        key: member of the wire shape that identifies a record.
        noun: how an error message calls it; the name when empty.
    """

    name: str
    key: str = "id"
    noun: str = ""

    @cached_property
    def address(self) -> tuple[str, ...]:
        """Where its table stands when it has no parent."""
        return (self.name,)

    def title(self, key: str) -> str:
        """`corpus 'docs'`"""
        return f"{self.noun or self.name} '{key}'"


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """One record: what answers show, and what they never show.

    `memo` holds values computed from this record alone (see `derived`); it is shared by every fork.
    """

    value: T
    private: Mapping[str, Any]
    sequence: int
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class Rows(dict[str, Record[Any]]):
    """The storage behind a table; several forks point at one until somebody writes."""

    __slots__ = ("memo", "shared")

    def __init__(self, rows: Mapping[str, Record[Any]] | None = None) -> None:
        super().__init__(rows or {})
        self.shared = False
        self.memo: dict[str, Any] = {}


class Table(Generic[T]):
    """Records of one kind (within one parent), in order of creation."""

    __slots__ = ("_rows", "_store", "kind")

    def __init__(self, store: Store, kind: Kind[T], rows: Rows) -> None:
        self._store = store
        self.kind = kind
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def keys(self) -> list[str]:
        return list(self._rows)

    def records(self) -> Sequence[Record[T]]:
        """Every record in order of creation, which is the order of their sequence numbers."""
        return self.derived("records", lambda table: tuple(table._rows.values()))

    def newest_first(self) -> Iterator[Record[T]]:
        """The records against the order of creation, for whoever needs a few of them."""
        return reversed(self._rows.values())

    def values(self) -> list[T]:
        return [record.value for record in self._rows.values()]

    def find(self, key: str) -> Record[T] | None:
        """The record, or None."""
        return self._rows.get(key)

    def record(self, key: str) -> Record[T]:
        """The record; NotFound names the id."""
        record = self._rows.get(key)
        if record is None:
            raise NotFound(f"{self.kind.title(key)} not found", key)
        return record

    def get(self, key: str) -> T:
        """The wire shape; NotFound names the id."""
        return self.record(key).value

    def add(self, value: T, **private: Any) -> T:
        """Keep a new record; Conflict when its key is taken."""
        key = self._key_of(value)
        if key in self._rows:
            raise Conflict(f"{self.kind.title(key)} already exists")
        self._write(key, Record(value, private, self._store.next_sequence()))
        return value

    def replace(self, value: T, **private: Any) -> T:
        """Put a new version of an existing record; private members not named stay as they are."""
        key = self._key_of(value)
        old = self.record(key)
        self._write(key, Record(value, {**old.private, **private}, old.sequence))
        return value

    def remove(self, key: str) -> None:
        """Take a record away; NotFound when it is not there."""
        self.record(key)
        self._write(key, None)

    def clear(self) -> None:
        """Take every record away."""
        for key in list(self._rows):
            self._write(key, None)

    def derived(self, name: str, build: Callable[[Table[T]], D]) -> D:
        """A value computed from the whole table: built once per version, shared by forks."""
        memo = self._rows.memo
        if name not in memo:
            memo[name] = build(self)
        found: D = memo[name]
        return found

    def _key_of(self, value: Any) -> str:
        key: str = value[self.kind.key]
        return key

    def _write(self, key: str, record: Record[T] | None) -> None:
        if self._rows.shared:
            self._rows = Rows(self._rows)
        rows = self._rows
        self._store.changed(self, key, rows.get(key))
        rows.memo.clear()
        if record is None:
            del rows[key]
        else:
            rows[key] = record

    def undo(self, key: str, old: Record[T] | None) -> None:
        """Put back what stood under `key` before a write that did not happen after all."""
        rows = self._rows
        rows.memo.clear()
        if old is None:
            rows.pop(key, None)
            return
        removed = key not in rows
        rows[key] = old
        if removed:
            in_order = sorted(rows.items(), key=lambda item: item[1].sequence)
            rows.clear()
            rows.update(in_order)


Address = tuple[str, ...]
Undo = tuple["Table[Any]", str, "Record[Any] | None"]


class Store:
    """All tables of one world, with its clock and id counters.

    A change of state never awaits, so a request is atomic; `transaction` undoes what a request
    that fails half way has written.
    """

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self.clock = clock
        self.ids = ids
        self.version = 0
        self._sequence = 0
        self._tables: dict[Address, Table[Any]] = {}
        self._undo: list[Undo] | None = None

    def table(self, kind: Kind[T], *scope: str) -> Table[T]:
        """The table of a kind, within the parent that `scope` names; made when it is new."""
        address = (kind.name, *scope) if scope else kind.address
        table = self._tables.get(address)
        if table is None:
            table = self._tables[address] = Table(self, kind, Rows())
        return table

    def tables(self) -> dict[Address, Table[Any]]:
        """Every table that holds something, by address."""
        return {address: table for address, table in self._tables.items() if len(table)}

    def next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    def changed(self, table: Table[Any], key: str, old: Record[Any] | None) -> None:
        """Called by a table before each write."""
        self.version += 1
        self.clock.tick()
        if self._undo is not None:
            self._undo.append((table, key, old))

    def transaction(self) -> Transaction:
        """Everything inside happens, or nothing of it: records, ids and clock."""
        return Transaction(self)

    def fork(self, clock: Clock, ids: Ids) -> Store:
        """A store with the same content that shares every record until one side writes."""
        twin = Store(clock, ids)
        twin.version, twin._sequence = self.version, self._sequence
        for address, table in self._tables.items():
            table._rows.shared = True
            twin._tables[address] = Table(twin, table.kind, table._rows)
        return twin

    def dump(self) -> list[dict[str, Any]]:
        """Every table as plain data: `{kind, key, noun, scope, rows: [{key, value, private}]}`."""
        return [
            {
                "kind": table.kind.name,
                "key": table.kind.key,
                "noun": table.kind.noun,
                "scope": list(address[1:]),
                "rows": [
                    {
                        "key": key,
                        "value": record.value,
                        "private": dict(record.private),
                        "sequence": record.sequence,
                    }
                    for key, record in table._rows.items()
                ],
            }
            for address, table in sorted(self.tables().items())
        ]

    def load(self, tables: list[dict[str, Any]]) -> None:
        """Replace the whole content by what `dump` wrote."""
        self._tables.clear()
        self.version += 1
        for dumped in tables:
            kind: Kind[Any] = Kind(dumped["kind"], dumped["key"], dumped["noun"])
            rows = Rows({r["key"]: Record(r["value"], r["private"], r["sequence"]) for r in dumped["rows"]})
            self._tables[(kind.name, *dumped["scope"])] = Table(self, kind, rows)
            self._sequence = max([self._sequence, *(record.sequence for record in rows.values())])


class Transaction:
    """Undoes what was written inside when an exception leaves it.

    An inner one undoes its own records; ids, numbers and the clock go on as far as the outer one keeps them.
    """

    __slots__ = ("_before", "_mark", "_store", "_undo")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> None:
        store = self._store
        self._undo: list[Undo] | None = None
        self._mark = len(store._undo or ())
        if store._undo is None:
            self._undo = store._undo = []
            self._before = (store.clock.state, store.ids.counters.copy(), store._sequence, store.version)

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: object) -> None:
        store = self._store
        if self._undo is None:
            done = store._undo or []
            while kind is not None and len(done) > self._mark:
                table, key, old = done.pop()
                table.undo(key, old)
            return
        store._undo = None
        if kind is not None:
            for table, key, old in reversed(self._undo):
                table.undo(key, old)
            store.clock.state, store.ids.counters, store._sequence, store.version = self._before


def _same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two are the same once a snapshot has made lists of their tuples."""
    return left == right or _listed(left) == _listed(right)


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _listed(one) for name, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


def diff(before: Store, after: Store) -> list[dict[str, Any]]:
    """What differs, per record: `{kind, scope, key, change: added|removed|changed, before?, after?}`."""
    changes: list[dict[str, Any]] = []
    old_tables, new_tables = before.tables(), after.tables()
    for address in sorted(old_tables.keys() | new_tables.keys()):
        old = dict(old_tables[address]._rows) if address in old_tables else {}
        new = dict(new_tables[address]._rows) if address in new_tables else {}
        for key in list(old) + [key for key in new if key not in old]:
            left, right = old.get(key), new.get(key)
            if left is right or (
                left and right and left.value == right.value and _same(left.private, right.private)
            ):
                continue
            change = "changed" if left and right else "added" if right else "removed"
            entry: dict[str, Any] = {
                "kind": address[0],
                "scope": list(address[1:]),
                "key": key,
                "change": change,
            }
            if left:
                entry["before"] = left.value
            if right:
                entry["after"] = right.value
            changes.append(entry)
    return changes
