"""The steps of a lifecycle; each checks what it can see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.conformance.lifecycles.bodies import NUMBERS, broken, filled_in, member
from understudy.conformance.lifecycles.scene import Scene, Thing


class Lifecycle(Scene):
    """The steps of one family against one server."""

    def create(self) -> Thing:
        number = next(NUMBERS)
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
            for name, wrong in broken(body) if check else ():
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
