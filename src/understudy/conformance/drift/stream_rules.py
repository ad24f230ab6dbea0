"""The events of two streams compared: their kinds, their order, and which of them always come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.conformance.drift.flattening import COMPONENT
from understudy.conformance.drift.schemas import Frame, SchemaComparison
from understudy.conformance.streams import BEGIN

AT = " stream"


def compare_streams(
    frame: Frame, schemas: SchemaComparison, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> None:
    """Compare what `x-stream` says of an operation on both sides."""
    if not old or not new:
        if old or new:
            frame.add("stream-added" if new else "stream-removed", AT, "is new" if new else "is gone")
        return
    if old.get("switch") != new.get("switch"):
        what = f"is switched on by {new.get('switch', 'nothing')} now, was {old.get('switch', 'nothing')}"
        frame.add("stream-switch", AT, what)
    before, after = kinds(old), kinds(new)
    for kind in before:
        if kind not in after:
            frame.add("event-removed", f"{AT} event {kind}", "is gone")
    for kind in after:
        if kind not in before:
            frame.add("event-added", f"{AT} event {kind}", "is new")
    both = [kind for kind in before if kind in after]
    _certainty(frame, old, new, both)
    _order(frame, old, new, both)
    _repeats(frame, old, new, both)
    if old.get("events") and new.get("events"):
        first, second = ({"$ref": COMPONENT + one["events"]} for one in (old, new))
        schemas.compare(frame, first, second, "answer", f"{AT} event")


def kinds(stream: Mapping[str, Any]) -> list[str]:
    """Every kind of event of a stream, in the order of the contract."""
    follows = stream.get("follows", {})
    named = [*stream.get("order", ()), *follows, *(kind for after in follows.values() for kind in after)]
    named += [stream["breaks"]] if stream.get("breaks") else []
    return [kind for kind in dict.fromkeys(named) if kind != BEGIN]


def _certainty(frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], both: list[str]) -> None:
    for kind in both:
        before, after = kind in old.get("always", ()), kind in new.get("always", ())
        if before != after:
            became = "certain" if after else "optional"
            frame.add(f"event-became-{became}", f"{AT} event {kind}", f"is {became} now")


def _order(frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], both: list[str]) -> None:
    if bool(old.get("follows")) != bool(new.get("follows")):
        frame.add("event-order", AT, "the order is described in another way")
    first, second = ([k for k in one.get("order", ()) if k in both] for one in (old, new))
    if first != second and set(first) == set(second):
        frame.add("event-order", AT, f"the order is {', '.join(second)} now, was {', '.join(first)}")
    if not old.get("follows") or not new.get("follows"):
        return
    for kind in (BEGIN, *both):
        before, after = ([k for k in one["follows"].get(kind, ()) if k in both] for one in (old, new))
        added, removed = [k for k in after if k not in before], [k for k in before if k not in after]
        at = f"{AT} event {kind}"
        if added:
            frame.add("event-order", at, f"may be followed by {', '.join(added)} now")
        if removed:
            frame.add("event-order-narrower", at, f"is not followed by {', '.join(removed)} any more")


def _repeats(frame: Frame, old: Mapping[str, Any], new: Mapping[str, Any], both: list[str]) -> None:
    for kind in both:
        before, after = kind in old.get("repeats", ()), kind in new.get("repeats", ())
        if before != after:
            rule = "event-repeats" if after else "event-repeats-no-more"
            frame.add(
                rule, f"{AT} event {kind}", f"may come {'several times' if after else 'once alone'} now"
            )
