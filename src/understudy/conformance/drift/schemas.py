"""Two schemas compared, from the side of a request or of an answer.

What a server accepts may grow, what it answers may shrink: the same difference is breaking on one side and
additive on the other. A component is compared once for each side, and recursion ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Literal

from understudy.conformance.drift.changes import Change, change
from understudy.conformance.drift.documents import Document
from understudy.conformance.drift.flattening import COMPONENT, Flat, Union, component, flat

Side = Literal["request", "answer"]
Pair = tuple[str, str, Side]
NOTES = ("title", "description", "example", "externalDocs", "deprecated", "summary")
DEEPEST = 40
"""Members within members within one component; what goes deeper grows without end."""
_WIDER_FORMATS = {("int32", "int64"), ("float", "double")}
_WIDER_TYPES = {("integer", "number")}


@dataclass
class Frame:
    """What was found in one component or operation, and the pairs of components that it leads to."""

    label: str
    pointer: tuple[str, ...]
    changes: list[Change] = field(default_factory=list)
    leads_to: set[Pair] = field(default_factory=set)

    def add(self, rule: str, path: str, what: str) -> None:
        self.changes.append(change(rule, f"{self.label}{path}", what, self.pointer))


class SchemaComparison:
    """Compares schemas of two documents; `frames` holds every pair of components that was met."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new
        self.frames: dict[Pair, Frame] = {}

    def compare(
        self,
        frame: Frame,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        side: Side,
        path: str = "",
        depth: int = 0,
    ) -> None:
        """Compare two schemas at a path of a frame."""
        names = component(old), component(new)
        if not all(names):
            if depth < DEEPEST:
                self._compare(frame, flat(self._old, old), flat(self._new, new), side, path, depth + 1)
            return
        pair = (*names, side)
        frame.leads_to.add(pair)
        if pair in self.frames:
            return
        label = f"{names[1]} ({'requests' if side == 'request' else 'answers'})"
        inner = self.frames[pair] = Frame(label, ("components", "schemas", names[1]))
        self._compare(inner, flat(self._old, old), flat(self._new, new), side, "", 0)

    def _compare(self, frame: Frame, old: Flat, new: Flat, side: Side, path: str, depth: int) -> None:
        if old.is_union_alone != new.is_union_alone and (old.type or old.unions) and (new.type or new.unions):
            old, new = _as_union(old), _as_union(new)
        for effect, what in _limits(old, new):
            frame.add(f"{side}-{effect}", path, what)
        _values(frame, old, new, side, path)
        _defaults(frame, old, new, side, path)
        notes(frame, old.keywords, new.keywords, path, NOTES)
        if _type_effect(old.type, new.type) == "changed":
            return
        self._members(frame, old, new, side, path, depth)
        self._items(frame, old, new, side, path, depth)
        self._additional(frame, old, new, side, path, depth)
        for mine, theirs in zip_longest(old.unions, new.unions):
            self._union(frame, mine, theirs, side, path, depth)

    def _members(self, frame: Frame, old: Flat, new: Flat, side: Side, path: str, depth: int) -> None:
        before, after = self._seen(self._old, old, side), self._seen(self._new, new, side)
        for name in sorted({*before, *after}):
            at = f"{path}.{name}"
            if name not in after:
                frame.add(f"{side}-member-removed", at, "is gone")
            elif name not in before:
                needed = side == "request" and name in new.required
                frame.add(f"{side}-member-added{'-required' if needed else ''}", at, "is new")
            else:
                self.compare(frame, before[name], after[name], side, at, depth)
        for name in sorted(set(old.required) ^ set(new.required)):
            if (name in before) == (name in after):
                became = "required" if name in new.required else "optional"
                frame.add(f"{side}-member-became-{became}", f"{path}.{name}", f"is {became} now")
        for what, first, second in (("members", before, after), ("required", old.required, new.required)):
            if list(first) != list(second) and set(first) == set(second):
                frame.add("order", path, f"the {what} stand in another order")

    def _seen(self, document: Document, view: Flat, side: Side) -> dict[str, Mapping[str, Any]]:
        """The members that a side knows: `readOnly` ones are not sent, `writeOnly` ones not answered."""
        hidden = "readOnly" if side == "request" else "writeOnly"
        return {
            name: schema
            for name, schema in view.members.items()
            if not flat(document, schema).keywords.get(hidden)
        }

    def _items(self, frame: Frame, old: Flat, new: Flat, side: Side, path: str, depth: int) -> None:
        before, after = old.keywords.get("items"), new.keywords.get("items")
        if before is not None or after is not None:
            self.compare(frame, before or {}, after or {}, side, f"{path}[]", depth)

    def _additional(self, frame: Frame, old: Flat, new: Flat, side: Side, path: str, depth: int) -> None:
        before = old.keywords.get("additionalProperties", True)
        after = new.keywords.get("additionalProperties", True)
        at = f"{path}.*"
        if bool(before is not False) != bool(after is not False):
            opened = before is False
            if side == "answer":
                rule = "answer-opened" if opened else "answer-closed"
            else:
                rule = "request-wider" if opened else "request-narrower"
            frame.add(rule, at, f"members without a name are {'' if opened else 'not '}allowed now")
        elif (before is not False and before != after) or isinstance(before, dict):
            first = before if isinstance(before, dict) else {}
            self.compare(frame, first, after if isinstance(after, dict) else {}, side, at, depth)

    def _union(
        self, frame: Frame, old: Union | None, new: Union | None, side: Side, path: str, depth: int
    ) -> None:
        if old is None or new is None:
            effect, what = ("narrower", "limited to") if old is None else ("wider", "no longer limited to")
            names = _listed((new or old or Union("", {})).forms)
            frame.add(f"{side}-{effect}", path, f"is {what} the forms {names}")
            return
        if old.by and new.by and old.by != new.by:
            frame.add(f"{side}-changed", path, f"the form is told by {new.by} now, was by {old.by}")
        pairs, removed, added = self._paired(old, new, side)
        for first, second in pairs:
            at = path if first == second == "" else f"{path}<{_short(second)}>"
            self.compare(frame, old.forms[first], new.forms[second], side, at, depth)
        if removed:
            frame.add(f"{side}-form-removed", path, f"forms removed: {_listed(removed)}")
        if added:
            frame.add(f"{side}-form-added", path, f"forms added: {_listed(added)}")

    def _paired(
        self, old: Union, new: Union, side: Side
    ) -> tuple[list[tuple[str, str]], list[str], list[str]]:
        """Forms of one name belong together, then those that do not differ, then the last two."""
        pairs = [(name, name) for name in old.forms if name in new.forms]
        removed = [name for name in old.forms if name not in new.forms]
        added = [name for name in new.forms if name not in old.forms]
        if old.by and old.by == new.by:
            return pairs, removed, added
        for first in list(removed):
            same = next((n for n in added if self._same(old.forms[first], new.forms[n], side)), None)
            if same is not None:
                pairs.append((first, same))
                removed.remove(first)
                added.remove(same)
        if len(removed) == len(added) == 1:
            pairs.append((removed.pop(), added.pop()))
        return pairs, removed, added

    def _same(self, old: Mapping[str, Any], new: Mapping[str, Any], side: Side) -> bool:
        """Whether two forms differ in nothing but notes."""
        apart = SchemaComparison(self._old, self._new)
        frame = Frame("", ())
        apart.compare(frame, old, new, side)
        found = [*frame.changes, *(one for inner in apart.frames.values() for one in inner.changes)]
        return all(one.kind == "neutral" for one in found)


def _as_union(view: Flat) -> Flat:
    """A schema with one form as a union of one."""
    if view.is_union_alone:
        return Flat({k: v for k, v in view.keywords.items() if k != "type"}, {}, view.required, view.unions)
    shared = {k: v for k, v in view.keywords.items() if k == "nullable" or k in NOTES}
    schema: dict[str, Any] = {k: v for k, v in view.keywords.items() if k not in shared}
    if view.members:
        schema |= {"properties": view.members, "required": view.required}
    if view.name:
        schema = {"$ref": COMPONENT + view.name}
    return Flat(shared, {}, [], [Union("", {view.name or str(view.type or schema): schema}), *view.unions])


def _limits(old: Flat, new: Flat) -> Iterator[tuple[str, str]]:
    """What became narrower, wider or other: type, null, format, pattern and limits."""
    effect = _type_effect(old.type, new.type)
    if effect:
        yield effect, f"is {new.type or 'of any type'} now, was {old.type or 'of any type'}"
    a, b = old.keywords, new.keywords
    if bool(a.get("nullable")) != bool(b.get("nullable")):
        yield ("wider", "may be null now") if b.get("nullable") else ("narrower", "may not be null now")
    for word in ("format", "pattern"):
        before, after = a.get(word), b.get(word)
        if before != after:
            yield _worded(word, before, after)
    yield from _bounds(a, b)
    if a.get("multipleOf") != b.get("multipleOf"):
        yield _multiple(a.get("multipleOf"), b.get("multipleOf"))
    if bool(a.get("uniqueItems")) != bool(b.get("uniqueItems")):
        narrower = bool(b.get("uniqueItems"))
        yield "narrower" if narrower else "wider", f"doubles are {'not ' if narrower else ''}allowed now"


def _type_effect(old: str, new: str) -> str:
    if old == new:
        return ""
    if not new or (old, new) in _WIDER_TYPES:
        return "wider"
    return "narrower" if not old or (new, old) in _WIDER_TYPES else "changed"


def _worded(word: str, old: Any, new: Any) -> tuple[str, str]:
    """The effect of another format or pattern."""
    if old is None or new is None:
        return ("narrower", f"{word} {new} is new") if old is None else ("wider", f"{word} {old} is gone")
    effect = (
        "wider" if (old, new) in _WIDER_FORMATS else "narrower" if (new, old) in _WIDER_FORMATS else "changed"
    )
    return effect, f"{word} is {new} now, was {old}"


def _bounds(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The effects of other limits; a smallest size of 0 is none."""
    for word in ("minimum", "minLength", "minItems", "minProperties"):
        before, after = (_bound(one, word, "exclusiveMinimum", 1) for one in (old, new))
        if before != after:
            narrower = before is None or (after is not None and after > before)
            yield "narrower" if narrower else "wider", _bound_told(word, old, new)
    for word in ("maximum", "maxLength", "maxItems", "maxProperties"):
        before, after = (_bound(one, word, "exclusiveMaximum", -1) for one in (old, new))
        if before != after:
            narrower = before is None or (after is not None and after < before)
            yield "narrower" if narrower else "wider", _bound_told(word, old, new)


def _bound(keywords: Mapping[str, Any], word: str, exclusive: str, step: int) -> tuple[Any, int] | None:
    """A limit, and a number that puts an exclusive one after it (before it, for an upper one)."""
    value = keywords.get(word)
    if value is None or (value == 0 and word.startswith("min") and word != "minimum"):
        return None
    return value, step if keywords.get(exclusive) and word in ("minimum", "maximum") else 0


def _bound_told(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    def told(keywords: Mapping[str, Any]) -> str:
        exclusive = keywords.get(word.replace("m", "exclusiveM", 1)) and word in ("minimum", "maximum")
        return f"{keywords.get(word, 'none')}{' (exclusive)' if exclusive else ''}"

    return f"{word} is {told(new)} now, was {told(old)}"


def _multiple(old: Any, new: Any) -> tuple[str, str]:
    what = f"multipleOf is {new or 'none'} now, was {old or 'none'}"
    if not new or (old and old % new == 0):
        return "wider", what
    return ("narrower" if not old or new % old == 0 else "changed"), what


def _values(frame: Frame, old: Flat, new: Flat, side: Side, path: str) -> None:
    """Values of an enum; one more for requests is welcome, one more in answers is not."""
    before, after = old.keywords.get("enum"), new.keywords.get("enum")
    if before is None or after is None:
        if before != after:
            effect, what = ("narrower", "limited to") if before is None else ("wider", "no longer limited to")
            frame.add(f"{side}-{effect}", path, f"is {what} {_listed(after or before or ())}")
        return
    removed, added = [v for v in before if v not in after], [v for v in after if v not in before]
    if removed:
        frame.add(f"{side}-value-removed", path, f"values removed: {_listed(removed)}")
    if added:
        frame.add(f"{side}-value-added", path, f"values added: {_listed(added)}")
    if before != after and not removed and not added:
        frame.add("order", path, "the values stand in another order")


def _defaults(frame: Frame, old: Flat, new: Flat, side: Side, path: str) -> None:
    before, after = old.keywords.get("default"), new.keywords.get("default")
    if before == after and type(before) is type(after):
        return
    if side == "answer":
        rule = "answer-default"
    else:
        rule = "request-default-added" if before is None else "request-default-changed"
    told = ["none" if value is None else repr(value) for value in (after, before)]
    frame.add(rule, path, f"default is {told[0]} now, was {told[1]}")


def notes(
    frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], path: str, names: Iterable[str]
) -> None:
    """Say in one change which of the members for readers differ."""
    other = [name for name in names if old.get(name) != new.get(name)]
    if other:
        frame.add("annotation", path, f"{', '.join(other)} differs")


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(_short(str(value)) for value in values)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
