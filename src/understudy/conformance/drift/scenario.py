"""The calls that are played on both sides: what can be read, then the families and streams of lifecycles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from understudy.conformance import lifecycles
from understudy.conformance.contract import Contract, Operation
from understudy.conformance.findings import Exchange
from understudy.conformance.lifecycles import Family
from understudy.conformance.sending import Sender

Played = dict[tuple[str, str], Exchange]
"""What was answered, by step and operation."""
Made = tuple[str, dict[str, str]]
"""What takes a thing away: an operation and the values of its path."""
FIRST_NUMBER = 9001
"""Names of what is made bear numbers from here, so that both sides get the same bodies."""
NOWHERE = "understudy-nowhere"


class Player:
    """Plays the scenario on one server.

    Args:
        wanted: the operations that it is about; a family or stream without any of them is not played.
        tell: gets a line of progress now and then.
    """

    def __init__(
        self, sender: Sender, wanted: frozenset[str], tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self.sender = sender
        self._wanted = wanted
        self.contract = sender.contract
        self.played: Played = {}
        self._tell = tell
        self._numbers = itertools.count(FIRST_NUMBER)

    def read(self) -> None:
        """Call what changes nothing: lists, and things that are not there."""
        self._tell("reading")
        for operation in self.contract.operations.values():
            reads = operation.safe and operation.method == "GET" and operation.id in self._wanted
            if reads and not _wants_more(self.contract, operation):
                path = dict.fromkeys(self.contract.values(operation, operation.path), NOWHERE)
                self._call("read", operation.id, path)

    def write(self) -> None:
        """Make things of every family that can be deleted, read, change and delete them; then stream."""
        known = lifecycles.families(self.contract.name)
        for name, family in known.items():
            meant = not self._wanted.isdisjoint(family.operations())
            if meant and _can_be_undone(family, known) and self._has(_needed(family, known)):
                self._tell(f"family {name}")
                self._family(name, family, known)
        for operation, script in lifecycles.stream_scripts(self.contract.name).items():
            steps = script.get("first", ())
            named = (one[word] for one in steps for word in ("operation", "delete") if word in one)
            if operation in self._wanted and self._has({operation, *named}):
                self._tell(f"stream {operation}")
                self._stream(operation, script)

    def _has(self, operations: set[str]) -> bool:
        return operations <= self.contract.operations.keys()

    def _family(self, name: str, family: Family, known: Mapping[str, Family]) -> None:
        made: list[Made] = []
        path: dict[str, str] = {}
        try:
            if self._parents(name, family, known, path, made):
                self._walk(name, family, path, made)
        finally:
            for operation, where in reversed(made):
                self.sender.call(operation, where, source="clean up")

    def _parents(
        self,
        name: str,
        family: Family,
        known: Mapping[str, Family],
        path: dict[str, str],
        made: list[Made],
    ) -> bool:
        """Make what has to be there first; whether it is."""
        for parameter, above in family.parents.items():
            parent = known[above]
            if parameter in path:
                continue
            if not self._parents(name, parent, known, path, made):
                return False
            body = self._body(parent.create)
            key = self._create(f"{name}: parent {above}", parent, path, body, made)
            if key is None:
                return False
            path[parameter] = key
        return True

    def _body(self, spec: Mapping[str, Any]) -> Any:
        return lifecycles.filled_in(spec.get("body", {}), next(self._numbers))

    def _create(
        self, step: str, family: Family, path: Mapping[str, str], body: Any, made: list[Made]
    ) -> str | None:
        answer = self._call(step, family.create["operation"], path, body=body)
        place = f"{family.wrapped}.{family.key}" if family.wrapped else family.key
        key = None
        if 200 <= answer.status < 300:
            with suppress(ValueError):
                key = lifecycles.member(answer.json(), place)
        if key is None:
            return None
        if family.delete:
            made.append((family.delete, {**path, family.path: str(key)}))
        return str(key)

    def _walk(self, name: str, family: Family, path: dict[str, str], made: list[Made]) -> None:
        self._call(f"{name}: create from nothing", family.create["operation"], path, body={})
        body = self._body(family.create)
        key = self._create(f"{name}: create", family, path, body, made)
        if key is None:
            return
        here = {**path, family.path: key}
        for query in ({"limit": 1}, {"limit": 100}) if family.list else ():
            wanted = query if family.list.get("paged", True) else {}
            asked = {**family.list.get("query", {}), **wanted}
            self._call(f"{name}: list {query['limit']}", family.list["operation"], path, query=asked)
        if family.conflict:
            self._call(f"{name}: create again", family.create["operation"], path, body=body)
        if family.read:
            self._call(f"{name}: read", family.read, here)
        if family.update:
            changed = self._body(family.update)
            self._call(f"{name}: update", family.update["operation"], here, body=changed)
        if family.update and family.read:
            self._call(f"{name}: read after the update", family.read, here)
        if family.delete:
            self._call(f"{name}: delete", family.delete, here)
            self._call(f"{name}: delete again", family.delete, here)
            made[:] = [one for one in made if one != (family.delete, here)]
        if family.delete and family.read:
            self._call(f"{name}: read after the delete", family.read, here)

    def _stream(self, operation: str, script: Mapping[str, Any]) -> None:
        life = lifecycles.Prepared(self.sender, script)
        try:
            self.played["as JSON", operation] = life.call(operation, script["body"], {})
            self.played["as a stream", operation] = life.call(operation, script["body"], script["switch"])
        finally:
            life.clear()

    def _call(
        self,
        step: str,
        operation: str,
        path: Mapping[str, str],
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Exchange:
        answer = self.sender.call(operation, path, query=query, body=body, source="drift")
        self.played[step, operation] = answer
        return answer


def _can_be_undone(family: Family, known: Mapping[str, Family]) -> bool:
    """Whether nothing of a family stays behind."""
    return bool(family.delete) and all(_can_be_undone(known[name], known) for name in family.parents.values())


def _needed(family: Family, known: Mapping[str, Family]) -> set[str]:
    """The operations of a family, and of what has to be there first."""
    above = (_needed(known[name], known) for name in family.parents.values())
    return family.operations().union(*above)


def _wants_more(contract: Contract, operation: Operation) -> bool:
    """Whether a call needs a query or header that we do not know."""
    return any(one.get("required") and one.get("in") != "path" for one in _parameters(contract, operation))


def _parameters(contract: Contract, operation: Operation) -> Iterator[Mapping[str, Any]]:
    for node in operation.raw.get("parameters", ()):
        yield contract.target(node)
