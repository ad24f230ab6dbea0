"""What is made and what can be seen of it: calls of one family, and what breaks when they disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.conformance.findings import Exchange, Finding
from understudy.conformance.lifecycles.bodies import NUMBERS, alike, filled_in, member, next_page
from understudy.conformance.lifecycles.families import Family
from understudy.conformance.sending import Sender

MOST_PAGES = 500


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


class Scene:
    """One family on one server: the things that were made, and the calls that look at them.

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

    def _add_parent(self, parameter: str, family: Family) -> None:
        for above, name in family.parents.items():
            if above not in self.path:
                self._add_parent(above, self.known[name])
        number = next(NUMBERS)
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
            following = next_page(answer.value())
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
            if not alike(value, shown[name]):
                self._break(code, answer, f"{name} is {shown[name]!r}, not {value!r}"[:300], name)

    def _break(self, code: str, answer: Exchange, message: str, member: str = "") -> None:
        place = f"{self.family.name} {member}".strip()
        finding = Finding(code, answer.operation, place, message, tuple(self._steps[-12:]))
        self._seen.append(finding)
        raise Broken(finding)
