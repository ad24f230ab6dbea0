"""Two OpenAPI documents compared, operation by operation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from understudy.conformance.drift.changes import Change, change, ordered
from understudy.conformance.drift.documents import Document
from understudy.conformance.drift.schemas import Frame, Pair, SchemaComparison, Side, notes
from understudy.conformance.drift.stream_rules import compare_streams
from understudy.engine import spec
from understudy.errors import SpecError

_NOTES = ("summary", "description", "tags", "externalDocs", "deprecated")
_OWN = ("x-stream", "x-planned")
"""Extensions that are not for readers alone."""
_CALLERS = {"x-key-kinds": "kinds of keys", "x-roles": "roles"}
_PLACES = {"path": "path parameter", "query": "query", "header": "header", "cookie": "cookie"}


def compare(old: Document, new: Document) -> list[Change]:
    """Every difference between two documents, breaking ones first; SpecError when one is not understood."""
    try:
        return _Comparison(old, new).run()
    except (AttributeError, KeyError, TypeError) as error:
        where = f"{old.name}, {new.name}"
        raise SpecError(f"one of them is not built like an OpenAPI document: {error!r}", where) from error


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new
        self._schemas = SchemaComparison(old, new)
        self._frames: dict[str, Frame] = {}
        self._changes: list[Change] = []

    def run(self) -> list[Change]:
        before, after = _operations(self._old), _operations(self._new)
        moved = self._moved(before, after)
        for key in sorted({*before, *after} - set(moved.values())):
            there = after.get(moved.get(key, key))
            if key not in before:
                self._note("operation-added", "is new", there)
            elif there is None:
                self._note("operation-removed", "is gone", before[key])
            else:
                self._operation(before[key], there)
        self._schemes()
        return ordered([*self._changes, *self._reached()])

    def _note(self, rule: str, what: str, operation: _Operation | None) -> None:
        if operation is not None:
            told = f"{what} ({operation.id})" if operation.id else what
            self._changes.append(change(rule, operation.label, told, operation.pointer))

    def _moved(
        self, before: Mapping[tuple[str, str], _Operation], after: Mapping[tuple[str, str], _Operation]
    ) -> dict[tuple[str, str], tuple[str, str]]:
        """Operations of one id that stand at another address."""
        gone = {one.id: key for key, one in before.items() if key not in after and one.id}
        return {gone[one.id]: key for key, one in after.items() if key not in before and one.id in gone}

    def _operation(self, old: _Operation, new: _Operation) -> None:
        frame = self._frames[new.label] = Frame(new.label, new.pointer)
        if (old.method, old.shape) != (new.method, new.shape):
            frame.add("operation-moved", "", f"was {old.label}")
        elif old.id != new.id:
            frame.add(
                "operation-renamed", "", f"operationId is {new.id or 'none'} now, was {old.id or 'none'}"
            )
        notes(frame, old.raw, new.raw, "", (*_NOTES, *_extensions(old.raw, new.raw)))
        self._parameters(frame, self._parameters_of(old, self._old), self._parameters_of(new, self._new))
        self._body(frame, old.raw.get("requestBody"), new.raw.get("requestBody"))
        self._answers(frame, old.raw.get("responses", {}), new.raw.get("responses", {}))
        self._security(frame, old, new)
        for name, said in _CALLERS.items():
            _callers(frame, said, old.raw.get(name), new.raw.get(name))
        compare_streams(frame, self._schemas, old.raw.get("x-stream"), new.raw.get("x-stream"))

    def _parameters_of(
        self, operation: _Operation, document: Document
    ) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Parameters by where they are and what tells them apart: in a path that is their position."""
        names = re.findall(r"\{([^}]+)\}", operation.path)
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for node in (*operation.shared, *operation.raw.get("parameters", ())):
            parameter = document.target(node)
            where, name = parameter["in"], str(parameter["name"])
            if where == "path" and name in names:
                name = str(names.index(name))
            found[where, name.lower() if where == "header" else name] = parameter
        return found

    def _parameters(
        self,
        frame: Frame,
        old: Mapping[tuple[str, str], Mapping[str, Any]],
        new: Mapping[tuple[str, str], Mapping[str, Any]],
    ) -> None:
        for key in sorted({*old, *new}):
            before, after = old.get(key), new.get(key)
            at = f" {_PLACES.get(key[0], key[0])} {(after or before or {})['name']}"
            if after is None:
                frame.add("parameter-removed", at, "is gone")
            elif before is None:
                needed = "-required" if after.get("required") else ""
                frame.add(f"parameter-added{needed}", at, "is new")
            else:
                self._parameter(frame, before, after, at)
        kept = [key for key in old if key in new]
        if kept != [key for key in new if key in old]:
            frame.add("order", "", "the parameters stand in another order")

    def _parameter(self, frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], at: str) -> None:
        if old["name"] != new["name"] and old["in"] == "path":
            frame.add("parameter-renamed", at, f"was called {old['name']}")
        _became(frame, "parameter", at, bool(old.get("required")), bool(new.get("required")))
        if _style(old) != _style(new):
            frame.add("parameter-style", at, f"is written as {_style(new)} now, was {_style(old)}")
        notes(frame, old, new, at, ("description", "example", "examples", "deprecated"))
        self._schemas.compare(frame, _schema(old), _schema(new), "request", at)

    def _body(self, frame: Frame, old: Any, new: Any) -> None:
        before, after = self._old.target(old), self._new.target(new)
        if before is None and after is None:
            return
        if after is None:
            frame.add("body-removed", " body", "is gone")
        elif before is None:
            frame.add(f"body-added{'-required' if after.get('required') else ''}", " body", "is new")
        else:
            _became(frame, "body", " body", bool(before.get("required")), bool(after.get("required")))
            notes(frame, before, after, " body", ("description",))
            self._media(frame, before.get("content", {}), after.get("content", {}), "request", " body")

    def _media(
        self, frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], side: Side, at: str
    ) -> None:
        for name in sorted({*old, *new}):
            if name not in new:
                frame.add(f"{side}-media-removed", at, f"is {name} no longer")
            elif name not in old:
                frame.add(f"{side}-media-added", at, f"may be {name} now")
            else:
                notes(frame, old[name], new[name], at, ("example", "examples"))
                first, second = old[name].get("schema", {}), new[name].get("schema", {})
                self._schemas.compare(frame, first, second, side, at)

    def _answers(self, frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        before = {str(status): self._old.target(answer) for status, answer in old.items()}
        after = {str(status): self._new.target(answer) for status, answer in new.items()}
        for status in sorted({*before, *after}):
            kind = "success" if status[0] in "123" else "refusal"
            at = f" answer {status}"
            if status not in after:
                frame.add(f"{kind}-removed", at, "is gone")
            elif status not in before:
                frame.add(f"{kind}-added", at, "is new")
            else:
                self._answer(frame, before[status], after[status], at)

    def _answer(self, frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], at: str) -> None:
        notes(frame, old, new, at, ("description", "links"))
        self._media(frame, old.get("content", {}), new.get("content", {}), "answer", at)
        before = {name.lower(): self._old.target(one) for name, one in old.get("headers", {}).items()}
        after = {name.lower(): self._new.target(one) for name, one in new.get("headers", {}).items()}
        for name in sorted({*before, *after}):
            here = f"{at} header {name}"
            if name not in after:
                frame.add("header-removed", here, "is gone")
            elif name not in before:
                frame.add("header-added", here, "is new")
            else:
                first, second = before[name], after[name]
                notes(frame, first, second, here, ("description", "example", "deprecated"))
                if bool(first.get("required")) != bool(second.get("required")):
                    became = "certain" if second.get("required") else "optional"
                    frame.add(f"header-became-{became}", here, f"is {became} now")
                self._schemas.compare(
                    frame, first.get("schema", {}), second.get("schema", {}), "answer", here
                )

    def _security(self, frame: Frame, old: _Operation, new: _Operation) -> None:
        before = _credentials(old.raw.get("security", self._old.bundle.get("security")))
        after = _credentials(new.raw.get("security", self._new.bundle.get("security")))
        if not before and after:
            frame.add("security-added", "", f"wants a credential now: {'; '.join(after)}")
        elif before and not after:
            frame.add("security-removed", "", "wants no credential now")
        else:
            for one in before:
                if one not in after:
                    frame.add("credential-removed", "", f"does not take {one} any more")
            for one in after:
                if one not in before:
                    frame.add("credential-added", "", f"takes {one} now")

    def _schemes(self) -> None:
        old, new = (
            one.bundle.get("components", {}).get("securitySchemes", {}) for one in (self._old, self._new)
        )
        for name in sorted({*old} & {*new}):
            first, second = ({k: v for k, v in one[name].items() if k != "description"} for one in (old, new))
            if first != second:
                other = sorted(k for k in {*first, *second} if first.get(k) != second.get(k))
                pointer = ("components", "securitySchemes", name)
                what = f"{', '.join(other)} differs"
                self._changes.append(change("scheme-changed", f"credential {name}", what, pointer))

    def _reached(self) -> Iterator[Change]:
        """The changes of operations, and those of components with the operations that lead to them."""
        users: dict[Pair, set[str]] = {}
        for label, frame in self._frames.items():
            yield from frame.changes
            pending = list(frame.leads_to)
            while pending:
                pair = pending.pop()
                if label not in users.setdefault(pair, set()):
                    users[pair].add(label)
                    pending.extend(self._schemas.frames[pair].leads_to)
        for pair, labels in users.items():
            for one in self._schemas.frames[pair].changes:
                yield replace(one, operations=tuple(sorted(labels)))


class _Operation:
    """An operation as it stands in a document."""

    def __init__(self, path: str, method: str, raw: Mapping[str, Any], shared: Sequence[Any]) -> None:
        self.path = path
        self.method = method.upper()
        self.raw = raw
        self.id = str(raw.get("operationId", ""))
        self.shared = shared
        self.shape = re.sub(r"\{[^}]+\}", "{}", path)
        self.label = f"{self.method} {path}"
        self.pointer = ("paths", path, method)


def _operations(document: Document) -> dict[tuple[str, str], _Operation]:
    """Operations by path and method; the names of path parameters do not count."""
    found = {}
    for path, method, raw in spec.operations({"paths": document.bundle.get("paths", {})}):
        if not raw.get("x-planned"):
            one = _Operation(path, method, raw, document.bundle["paths"][path].get("parameters", ()))
            found[one.shape, one.method] = one
    return found


def _extensions(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Extensions that no rule reads: unknown ones, and callers that one side alone names."""
    apart = {*_OWN, *(name for name in _CALLERS if name in old and name in new)}
    return sorted(name for name in {*old, *new} if name.startswith("x-") and name not in apart)


def _became(frame: Frame, subject: str, at: str, old: bool, new: bool) -> None:
    if old != new:
        became = "required" if new else "optional"
        frame.add(f"{subject}-became-{became}", at, f"is {became} now")


def _schema(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a parameter, also of one that is written as a document."""
    content: Mapping[str, Any] = next(iter(parameter.get("content", {}).values()), {})
    found: Mapping[str, Any] = parameter.get("schema", content.get("schema", {}))
    return found


def _style(parameter: Mapping[str, Any]) -> str:
    style = parameter.get("style", "form" if parameter["in"] in ("query", "cookie") else "simple")
    exploded = parameter.get("explode", style == "form")
    return f"{style}, {'exploded' if exploded else 'not exploded'}"


def _credentials(security: Any) -> list[str]:
    """Each way to prove who one is, as text; empty when there is a way without a credential."""
    ways = sorted(
        " and ".join(f"{name}{sorted(scopes) if scopes else ''}" for name, scopes in sorted(way.items()))
        for way in security or ()
    )
    return [] if "" in ways else ways


def _callers(frame: Frame, said: str, old: Any, new: Any) -> None:
    """The kinds of keys or roles that may call; a contract that names none says nothing about them."""
    if old is None or new is None or old == new:
        return
    removed, added = [one for one in old if one not in new], [one for one in new if one not in old]
    if removed:
        frame.add("caller-removed", "", f"{said} removed: {json.dumps(removed)[1:-1]}")
    if added:
        frame.add("caller-added", "", f"{said} added: {json.dumps(added)[1:-1]}")
