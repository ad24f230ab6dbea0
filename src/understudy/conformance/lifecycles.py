"""Lifecycles: what is created is listed, read, changed and deleted, and then gone.

A family of resources is described in `families/<api>.yaml`. Hypothesis walks through its operations in any
order and tells the shortest way to what is wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from understudy.conformance.findings import Exchange, Finding
from understudy.conformance.sending import OutOfBudget, Sender

FAMILIES = Path(__file__).parent / "families"
MARK = "understudy-verify"
"""What the names of everything that is made begin with."""
MOST_PAGES = 500
TOUCHES = ("read", "update", "conflict", "filter", "foreign", "refusals")
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Family:
    """The operations of one kind of resource.

    Args:
        key: the member of an answer that identifies one; `path` is the name of the path parameter for it.
        create, update, list: the operation and what it is called with. Texts may hold `{unique}` and `{n}`.
        volatile: members that may differ between two answers about the same thing.
        unechoed: members of a request that no answer has.
        parents: families that have to be there first, by the path parameter that names one.
        conflict: whether a second create with the same key is refused.
        wrapped: the member of answers that holds the thing, when they do not hold it themselves.
        made: where the answer of a create tells the key alone, such as `data.id`; the thing is then read.
        find: how a new thing is found in a list when the answer of the create does not tell its key:
            `{operation, items, member, text}`, and `sent`, the member of the request that has the text.
        named: what the caller calls a new thing, where keys are chosen so outside of the body.
        at: where a key stands in a request, `path` or `query`.
        renamed: members of a request by what answers call them.
        truncates: whether with a thing all go that were made after it.
        aliases: path parameters that take the value of another one.
        headers: what every call needs besides the credential.
        counts: operations that tell how many there are of one parent: `{operation, member}`, and for lists
            `{items, row: [member, path parameter]}`.
    """

    name: str
    key: str
    path: str
    create: Mapping[str, Any]
    read: str = ""
    update: Mapping[str, Any] = field(default_factory=dict)
    list: Mapping[str, Any] = field(default_factory=dict)
    delete: str = ""
    volatile: frozenset[str] = frozenset()
    unechoed: frozenset[str] = frozenset()
    parents: Mapping[str, str] = field(default_factory=dict)
    conflict: bool = False
    cascades: bool = True
    wrapped: str = ""
    made: str = ""
    find: Mapping[str, Any] = field(default_factory=dict)
    named: str = ""
    at: str = "path"
    truncates: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    counts: tuple[Mapping[str, Any], ...] = ()

    @property
    def echoes(self) -> bool:
        """Whether the answer of a create is the new thing."""
        return not (self.made or self.find or self.named)

    @property
    def readable(self) -> bool:
        """Whether one thing can be looked at, by itself or in the list."""
        return bool(self.read or self.list)

    def told(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a request says, by the names that answers have for it."""
        return {self.renamed.get(name, name): value for name, value in body.items()}

    def place(self, key: str) -> tuple[dict[str, str], dict[str, str]]:
        """What a key puts into the path and into the query of a request."""
        return ({}, {self.path: key}) if self.at == "query" else ({self.path: key}, {})

    def made_by(self, exchange: Exchange) -> str:
        """The key of what a create has made, as far as its request and its answer tell it."""
        if self.find:
            return ""
        if self.named:
            return dict(exchange.query).get(self.path, "")
        at = self.made or (f"{self.wrapped}.{self.key}" if self.wrapped else self.key)
        found = member(exchange.value(), at)
        return "" if found is None else str(found)

    def operations(self) -> set[str]:
        calls = (self.create, self.update, self.list, *self.counts)
        named = {call["operation"] for call in calls if call}
        return {one for one in (*named, self.read, self.delete) if one}


@cache
def _described(api: str) -> Mapping[str, Any]:
    file = FAMILIES / f"{api}.yaml"
    found: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return found


def account_operations(api: str) -> frozenset[str]:
    """Operations that change the account itself; they are not called with anything that comes along."""
    return frozenset(_described(api).get("account", ()))


def stream_scripts(api: str) -> Mapping[str, Any]:
    """How operations that stream are called: `{parents, body, switch, text}` by operation."""
    found: Mapping[str, Any] = _described(api).get("streams", {})
    return found


def weak_keys(api: str) -> tuple[Mapping[str, Any], ...]:
    """How keys are made that may do less: `{kinds, first, operation, body, secret, headers}`."""
    return tuple(_described(api).get("weak_keys", ()))


@cache
def families(api: str) -> Mapping[str, Family]:
    """The families of an API that we know, none for another one."""
    rows = _described(api).get("families", {})
    return {name: _family(name, row) for name, row in rows.items()}


def _family(name: str, row: Mapping[str, Any]) -> Family:
    sets: dict[str, Any] = {k: frozenset(v) for k, v in row.items() if k in ("volatile", "unechoed")}
    sets["counts"] = tuple(row.get("counts", ()))
    return Family(name, **{**row, **sets})


class Broken(Exception):
    """A rule of a lifecycle does not hold."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.code} {finding.operation}: {finding.message}")
        self.finding = finding


@dataclass
class Thing:
    """A resource that was made: its key, what it was asked to be, and how it reads."""

    key: str
    body: Mapping[str, Any]
    shown: Mapping[str, Any]


class Lifecycle:
    """The steps of one family against one server; every step checks what it can see.

    Args:
        known: all families of the API.
        seen: gets everything that is found, also what a second try does not show.
    """

    def __init__(
        self, sender: Sender, family: Family, known: Mapping[str, Family], seen: list[Finding] | None = None
    ) -> None:
        self.sender = sender
        self.family = family
        self.known = known
        self.things: list[Thing] = []
        self.path: dict[str, str] = {}
        self._parents: list[tuple[Family, dict[str, str]]] = []
        self._steps: list[Exchange] = []
        self._seen: list[Finding] = [] if seen is None else seen
        for parameter, name in family.parents.items():
            self._add_parent(parameter, known[name])
        self.path |= {alias: self.path[name] for alias, name in family.aliases.items()}

    def create(self) -> Thing:
        number = next(_NUMBERS)
        body = filled_in(self.family.create.get("body"), number, self.path) or {}
        named = filled_in(self.family.named, number)
        answer = self._call(self.family.create, named=named, body=body or None)
        shown = self._accepted(answer)
        if self.family.echoes:
            self._same(self.family.told(body), shown, "UV201", answer, self.family.unechoed)
        thing = Thing(named or self._key(self.family, answer, number), body, shown)
        self.things.append(thing)
        if self.family.readable:
            thing.shown = self._read(thing, compared=shown if self.family.echoes else None)
            if not self.family.echoes:
                self._same(
                    self.family.told(body), thing.shown, "UV201", self._steps[-1], self.family.unechoed
                )
        self.count()
        return thing

    def read(self, thing: Thing) -> None:
        if self.family.readable:
            self._read(thing, compared=thing.shown)

    def count(self) -> None:
        """Counts that the API tells of a parent that is ours alone."""
        for spec in self.family.counts:
            answer = self._call(spec)
            told = answer.value()
            if "row" in spec:
                name, parameter = spec["row"]
                rows = member(told, spec["items"]) if spec.get("items") else told
                mine = [row for row in rows or () if member(row, name) == self.path[parameter]]
                told = mine[0] if mine else {}
            found = member(told, spec["member"])
            if found != len(self.things):
                self._break("UV213", answer, f"{spec['member']} is {found}, not {len(self.things)}")

    def pages(self, limit: int) -> None:
        """Every page of the list together holds each thing once."""
        spec = self.family.list
        if not spec:
            return
        rows, answer = self._listed(limit)
        whole = limit >= 100 or not spec.get("paged", True)
        keys = [str(row.get(self.family.key)) for row in rows]
        self._all_there(keys, answer, "UV203" if whole else "UV204")
        for row in rows if whole else ():
            for thing in self.things:
                if str(row.get(self.family.key)) == thing.key:
                    self._same(thing.shown, row, "UV203", answer, {*row} ^ {*thing.shown})

    def update(self, thing: Thing) -> None:
        """Change everything that the family says at once, then one member after another."""
        spec = self.family.update
        if not spec:
            return
        needed = {*spec.get("keep", ()), *spec.get("unechoed", ())}
        names = [name for name in spec.get("body", {}) if name not in needed]
        self._change(thing, self._changes(thing, names))
        check = self.sender.contract.body_check(spec["operation"])
        for name in names if len(names) > 1 else ():
            body = self._changes(thing, [name])
            if check is None or check.accepts(body):
                self._change(thing, body)

    def _changes(self, thing: Thing, names: list[str] | None = None) -> dict[str, Any]:
        """The body of an update; of what it may change only some members, or all."""
        spec = self.family.update
        whole: Mapping[str, Any] = spec.get("body", {})
        wanted = {*(whole if names is None else names), *spec.get("unechoed", ())}
        kept = {name: thing.body[name] for name in spec.get("keep", ())}
        said: dict[str, Any] = filled_in({n: v for n, v in whole.items() if n in wanted}, names=self.path)
        return kept | said

    def _change(self, thing: Thing, body: Mapping[str, Any]) -> None:
        spec = self.family.update
        answer = self._call(spec, thing, body=body)
        self._accepted(answer)
        if not self.family.readable:
            return
        shown = self._read(thing)
        told = self.family.told(body)
        self._same(told, shown, "UV205", self._steps[-1], {*self.family.unechoed, *spec.get("unechoed", ())})
        rest = {name: value for name, value in thing.shown.items() if name not in told}
        changing = {*self.family.volatile, *spec.get("changes", ())}
        self._same(rest, shown, "UV206", self._steps[-1], changing)
        thing.shown = shown

    def conflict(self, thing: Thing) -> None:
        if not self.family.conflict:
            return
        answer = self._call(self.family.create, body=thing.body, expected="")
        if answer.status < 300:
            self._break("UV207", answer, f"a second create of '{thing.key}' is accepted: {answer.status}")
        if self.family.readable:
            self._read(thing, compared=thing.shown, code="UV208")

    def refusals(self, thing: Thing) -> None:
        """Bodies that break the contract are refused and change nothing; everything else of them is right."""
        created = filled_in(self.family.create.get("body", {}), names=self.path)
        for spec, at, body in (
            (self.family.create, None, created),
            (self.family.update, thing, self._changes(thing)),
        ):
            check = self.sender.contract.body_check(spec["operation"]) if body else None
            for name, wrong in _wrong(body) if check else ():
                if check and check.accepts(wrong):
                    continue
                answer = self._call(spec, at, body=wrong, expected="invalid")
                if answer.status < 300:
                    self._break("UV107", answer, f"accepted with a wrong {name}: {answer.status}", name)
        if self.family.readable:
            self._read(thing, compared=thing.shown, code="UV208")

    def filter(self, thing: Thing) -> None:
        """A filter by the unique name leaves only what has it."""
        spec = self.family.list
        name = spec.get("filter")
        member = spec.get("by", self.family.key)
        if not name or member not in thing.shown:
            return
        rows, answer = self._page(spec, {name: str(thing.shown[member])})
        found = [str(row.get(self.family.key)) for row in rows]
        others = [one.key for one in self.things if one.shown.get(member) != thing.shown[member]]
        if thing.key not in found:
            self._break("UV211", answer, f"'{thing.key}' is missing from the list that it fits")
        if any(key in found for key in others):
            self._break("UV211", answer, f"the list holds what {name}={thing.shown[member]} does not fit")

    def delete(self, thing: Thing) -> None:
        if not self.family.delete:
            return
        answer = self._call({"operation": self.family.delete}, thing)
        self._accepted(answer)
        if self.family.truncates:
            del self.things[self.things.index(thing) :]
        else:
            self.things.remove(thing)
        if self.family.read:
            gone = self._call({"operation": self.family.read}, thing, expected="")
            if gone.status < 300:
                self._break("UV209", gone, f"'{thing.key}' can be read after it was deleted")
        if self.family.list:
            rows, told = self._listed(100)
            if thing.key in [str(row.get(self.family.key)) for row in rows]:
                self._break("UV209", told, f"'{thing.key}' is in the list after it was deleted")
        again = self._call({"operation": self.family.delete}, thing, expected="")
        if again.status < 300:
            self._break("UV210", again, f"deleting '{thing.key}' again succeeded with {again.status}")
        self.count()

    def foreign(self, thing: Thing) -> None:
        """Another account sees nothing of it and changes nothing of it."""
        other = self.sender.target.other
        operations = self.sender.contract.operations
        if not other:
            return
        if self.family.read and operations[self.family.read].secured:
            answer = self._call({"operation": self.family.read}, thing, headers=other, expected="")
            if answer.status < 300:
                self._break("UV404", answer, f"another account reads '{thing.key}'")
        if self.family.list and operations[self.family.list["operation"]].secured:
            answer = self._call(self.family.list, headers=other, expected="")
            if answer.status < 300 and thing.key in [str(r.get(self.family.key)) for r in self._rows(answer)]:
                self._break("UV404", answer, f"another account lists '{thing.key}'")
        if self.family.update and operations[self.family.update["operation"]].secured:
            self._call(self.family.update, thing, body=self._changes(thing), headers=other, expected="")
        if self.family.delete and operations[self.family.delete].secured:
            self._call({"operation": self.family.delete}, thing, headers=other, expected="")
        if self.family.readable:
            self._read(thing, compared=thing.shown, code="UV404")

    def clear(self) -> None:
        """Delete what was made; children are gone with their parents."""
        left = self.things[-1:] if self.family.read and self.family.cascades else []
        for thing in self.things if not self._parents else []:
            if self.family.delete:
                self._call({"operation": self.family.delete}, thing, expected="")
        for family, path in reversed(self._parents):
            if family.delete and family.at == "path":
                self.sender.call(family.delete, path, source="lifecycles")
        if any(family.delete for family, _ in self._parents):
            for thing in left:
                answer = self._call({"operation": self.family.read}, thing, expected="")
                if answer.status < 300:
                    self._break("UV212", answer, f"'{thing.key}' can be read after its parent was deleted")
        self.things, self._parents = [], []

    def _add_parent(self, parameter: str, family: Family) -> None:
        for above, name in family.parents.items():
            if above not in self.path:
                self._add_parent(above, self.known[name])
        number = next(_NUMBERS)
        answer = self._call(family.create, body=filled_in(family.create.get("body"), number, self.path))
        self._accepted(answer, family)
        key = self._key(family, answer, number)
        self.path[parameter] = key
        self._parents.append((family, {**self.path, family.path: key}))

    def _call(
        self,
        spec: Mapping[str, Any],
        thing: Thing | None = None,
        *,
        named: str = "",
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        expected: str = "valid",
    ) -> Exchange:
        key = thing.key if thing else named
        path, asked = self.family.place(key) if key else ({}, {})
        if self.family.headers:
            headers = {**(self.sender.target.headers if headers is None else headers), **self.family.headers}
        exchange = self.sender.call(
            spec["operation"],
            {**self.path, **path},
            query={**spec.get("query", {}), **asked, **(query or {})},
            body=body,
            headers=headers,
            expected=expected,
            source="lifecycles",
        )
        self._steps.append(exchange)
        return exchange

    def _accepted(self, answer: Exchange, family: Family | None = None) -> dict[str, Any]:
        if not 200 <= answer.status < 300:
            self._break("UV108", answer, f"refused with {answer.status}: {answer.answer[:200]!r}")
        if not answer.answer:
            return {}
        try:
            value = answer.json()
        except ValueError:
            return {}
        wrapped = (family or self.family).wrapped
        value = value.get(wrapped, {}) if wrapped and isinstance(value, dict) else value
        return value if isinstance(value, dict) else {}

    def _key(self, family: Family, answer: Exchange, number: int) -> str:
        if family.find:
            return self._found(family, number)
        key = family.made_by(answer)
        if not key:
            self._break("UV201", answer, f"the answer has no {family.made or family.key}")
        return key

    def _found(self, family: Family, number: int) -> str:
        """The key of a new thing that the answer of its create did not tell."""
        spec = family.find
        answer = self._call(spec)
        wanted = filled_in(spec["text"], number, self.path)
        for row in self._rows(answer, spec):
            known = str(row.get(family.key)) in {thing.key for thing in self.things}
            if not known and wanted in str(row.get(spec["member"])):
                return str(row.get(family.key))
        self._break("UV203", answer, f"what was created with {wanted} is not in the list")
        return ""

    def _read(
        self, thing: Thing, compared: Mapping[str, Any] | None = None, code: str = "UV202"
    ) -> Mapping[str, Any]:
        if self.family.read:
            answer = self._call({"operation": self.family.read}, thing)
            if answer.status >= 300:
                self._break(code, answer, f"'{thing.key}' reads {answer.status}")
            shown: Mapping[str, Any] = self._accepted(answer)
        else:
            rows, answer = self._listed(100)
            mine = [row for row in rows if str(row.get(self.family.key)) == thing.key]
            if not mine:
                self._break("UV203", answer, f"'{thing.key}' is not in the list")
            shown = mine[0]
        if compared is not None:
            self._same(compared, shown, code, answer, self.family.volatile)
        return shown

    def _listed(self, limit: int) -> tuple[list[Any], Exchange]:
        """The rows of all pages, and the answer with the last one."""
        spec = self.family.list
        paged = spec.get("paged", True)
        rows, answer = self._page(spec, {"limit": limit} if paged else {})
        found = list(rows)
        for _ in range(MOST_PAGES if paged else 0):
            if len(rows) > limit:
                self._break("UV204", answer, f"a page of at most {limit} holds {len(rows)}")
            following = _next_page(answer)
            if not following:
                break
            rows, answer = self._page(spec, {"limit": limit, **following})
            if rows and all(row in found for row in rows):
                self._break("UV204", answer, "a page holds nothing but what earlier pages have held")
            found += rows
        return found, answer

    def _page(self, spec: Mapping[str, Any], query: Mapping[str, Any]) -> tuple[list[Any], Exchange]:
        answer = self._call(spec, query=query)
        if answer.status >= 300:
            self._break("UV203", answer, f"the list is refused with {answer.status}")
        return self._rows(answer), answer

    def _rows(self, answer: Exchange, spec: Mapping[str, Any] | None = None) -> list[Any]:
        items = (self.family.list if spec is None else spec).get("items", "")
        value = answer.value()
        rows = member(value, items) if items else value
        if not isinstance(rows, list):
            self._break("UV203", answer, f"the answer has no list {items}")
        return [row for row in rows or () if isinstance(row, dict)]

    def _all_there(self, seen: list[str], answer: Exchange, code: str) -> None:
        mine = [thing.key for thing in self.things]
        for key in mine:
            if seen.count(key) != 1:
                self._break(code, answer, f"'{key}' is in the list {seen.count(key)} times")
        if len(set(seen)) != len(seen):
            self._break(code, answer, "something is in the list more than once")

    def _same(
        self, wanted: Mapping[str, Any], shown: Mapping[str, Any], code: str, answer: Exchange, but: Any
    ) -> None:
        for name, value in wanted.items():
            if name in but or name in self.family.volatile:
                continue
            if name not in shown:
                self._break(code, answer, f"{name} is missing", name)
            if not _alike(value, shown[name]):
                self._break(code, answer, f"{name} is {shown[name]!r}, not {value!r}"[:300], name)

    def _break(self, code: str, answer: Exchange, message: str, member: str = "") -> None:
        place = f"{self.family.name} {member}".strip()
        finding = Finding(code, answer.operation, place, message, tuple(self._steps[-12:]))
        self._seen.append(finding)
        raise Broken(finding)


class Prepared:
    """What has to be there for a call: made in the order of a script, taken away in the end."""

    def __init__(self, sender: Sender, script: Mapping[str, Any]) -> None:
        self.sender = sender
        self.path: dict[str, str] = {}
        self._number = next(_NUMBERS)
        self._made: list[tuple[str, dict[str, str]]] = []
        for step in script.get("first", ()):
            self._make(step)

    def call(self, operation: str, body: Any, more: Mapping[str, Any]) -> Exchange:
        wanted = {**filled_in(body, self._number, self.path), **more}
        return self.sender.call(operation, self.path, body=wanted, expected="valid", source="streams")

    def clear(self) -> None:
        for operation, path in reversed(self._made):
            self.sender.call(operation, path, source="streams")

    def _make(self, step: Mapping[str, Any]) -> None:
        body = filled_in(step.get("body"), self._number, self.path)
        answer = self.sender.call(
            step["operation"],
            self.path,
            query=step.get("query"),
            body=body,
            expected="valid",
            source="streams",
        )
        if answer.status < 300 and "path" in step:
            self.path[step["path"]] = str(member(answer.value(), step["key"]))
            if "delete" in step:
                self._made.append((step["delete"], dict(self.path)))


def member(value: Any, path: str) -> Any:
    """A member of a JSON value by a path such as `choices.0.message.content`; None when it is not there."""
    for name in path.split("."):
        if isinstance(value, list) and name.lstrip("-").isdigit() and -len(value) <= int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def check(
    sender: Sender,
    family: Family,
    known: Mapping[str, Family],
    *,
    examples: int,
    steps: int,
    seed: int,
    directory: Path | None = None,
) -> Iterator[Finding]:
    """Walk through a family; yields what is wrong, each kind once."""

    seen: list[Finding] = []

    over: list[OutOfBudget] = []

    class Walk(RuleBasedStateMachine):
        """Does nothing more once the time is over: an exception would be taken for a fault to shrink."""

        def __init__(self) -> None:
            super().__init__()
            self.life: Lifecycle | None = None
            self.act(self.begin)

        @rule()
        def create(self) -> None:
            self.act(lambda: self.alive().create())

        @precondition(lambda self: self.life and self.life.things)
        @rule(at=st.integers(0, 7), step=st.sampled_from(TOUCHES))
        def touch(self, at: int, step: str) -> None:
            self.act(lambda: getattr(self.alive(), step)(self.thing(at)))

        @precondition(lambda self: self.life and self.life.things)
        @rule(at=st.integers(0, 7))
        def delete(self, at: int) -> None:
            self.act(lambda: self.alive().delete(self.thing(at)))

        @rule(limit=st.sampled_from((1, 2, 3, 100)))
        def pages(self, limit: int) -> None:
            self.act(lambda: self.alive().pages(limit))

        def teardown(self) -> None:
            if self.life is not None:
                self.act(self.life.clear)

        def act(self, step: Callable[[], object]) -> None:
            if over:
                return
            try:
                step()
            except OutOfBudget as end:
                over.append(end)

        def begin(self) -> None:
            self.life = Lifecycle(sender, family, known, seen)

        def alive(self) -> Lifecycle:
            assert self.life is not None
            return self.life

        def thing(self, at: int) -> Thing:
            things = self.alive().things
            return things[at % len(things)]

    yield from _first_lap(sender, family, known)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seed == 0,
        database=DirectoryBasedExampleDatabase(directory) if directory else None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=True,
    )
    try:
        run_state_machine_as_test(Walk, settings=chosen, _min_steps=0)
    except Flaky:  # the server answers the same steps now so and now so
        yield from seen
    except BaseExceptionGroup as group:
        found = group.subgroup(Broken)
        if found is None:
            raise
        yield from (one.finding for one in _leaves(found))
    except Broken as broken:
        yield broken.finding
    if over:
        raise over[0]


def _leaves(group: BaseExceptionGroup[Any]) -> Iterator[Broken]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


def _first_lap(sender: Sender, family: Family, known: Mapping[str, Family]) -> Iterator[Finding]:
    """Every step once in a fixed order, going on after what is broken, so that one fault hides no other."""
    try:
        life = Lifecycle(sender, family, known)
    except Broken as broken:
        yield broken.finding
        return
    for _ in range(4):
        try:
            life.create()
        except Broken as broken:
            yield broken.finding
    steps: list[Callable[[], None]] = [
        *(lambda limit=limit: life.pages(limit) for limit in (1, 2, 3, 100)),
        *(
            lambda step=step, at=at: getattr(life, step)(life.things[at])
            for step in ("read", "filter", "conflict", "foreign", "update", "refusals", "read", "delete")
            for at in (0, -1)
            if life.things
        ),
        *(lambda limit=limit: life.pages(limit) for limit in (1, 100)),
        life.clear,
    ]
    for step in steps:
        try:
            step()
        except Broken as broken:
            yield broken.finding
        except IndexError:  # nothing is left to act upon
            continue


def filled_in(value: Any, number: int | None = None, names: Mapping[str, str] | None = None) -> Any:
    """A body with its places filled: `{n}` is a number that no other body has, `{unique}` a name, and what
    stands in the path of the request has the name of its parameter."""
    if number is None:
        number = next(_NUMBERS)
    if isinstance(value, str):
        for name, found in (names or {}).items():
            value = value.replace(f"{{{name}}}", found)
        return value.replace("{unique}", f"{MARK}-{number}").replace("{n}", str(number))
    if isinstance(value, list):
        return [filled_in(one, number, names) for one in value]
    if isinstance(value, dict):
        return {name: filled_in(one, number, names) for name, one in value.items()}
    return value


def _wrong(body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A body without each of its members, and with another type in its place."""
    for name, value in body.items():
        yield name, {key: one for key, one in body.items() if key != name}
        yield name, {**body, name: [7] if isinstance(value, Mapping) else {"wrong": 7}}


def _next_page(answer: Exchange) -> dict[str, str] | None:
    """The query for the page after this one."""
    key = member(answer.value(), "metadata.page_key")
    return {"page_key": key} if key else None


def _alike(wanted: Any, shown: Any) -> bool:
    """Whether a value holds what was wanted: objects may have more members, defaults among them."""
    if isinstance(wanted, dict) and isinstance(shown, dict):
        return all(name in shown and _alike(value, shown[name]) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(shown, list):
        return len(wanted) == len(shown) and all(map(_alike, wanted, shown))
    if isinstance(wanted, bool) or isinstance(shown, bool):
        return wanted is shown
    if isinstance(wanted, int | float) and isinstance(shown, int | float):
        return abs(wanted - shown) <= 1e-6 * max(1.0, abs(wanted))
    return bool(wanted == shown)
