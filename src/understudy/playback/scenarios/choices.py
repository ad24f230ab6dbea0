"""The choices of a scenario: what the acting asks through `behaviours.decide`, answered from a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import orjson

from understudy.behaviours.decide import Decision
from understudy.behaviours.tool_choice import Call

T = TypeVar("T")
Json = Mapping[str, Any]

SPOKEN = ("summary", "document_summary", "reply")
"""Kinds of decisions whose choice is a text that is said."""
OF_REPLIES = ("say", "thinking", "call_tools", "data")


class Script:
    """Chooses what a rule says, each time the model is asked; all else is left to the acting.

    The model of an agent is asked several times within one call: the first time for the first of the
    `replies`, and so on. When they are used up, the acting goes on by itself.
    """

    def __init__(self, then: Json) -> None:
        self._then = then
        self._replies = _replies(then)
        self._asked = -1
        self._events = 0

    def __call__(self, decision: Decision, default: Callable[[], T]) -> T:
        chosen = self._chosen(decision.kind)
        return default() if chosen is None else chosen[0]

    def _chosen(self, kind: str) -> tuple[Any] | None:
        """The choice in a tuple, None when there is none."""
        if kind == "score":
            return (self._then["score"],) if "score" in self._then else None
        if kind == "tool_calls":
            self._asked += 1
            return self._calls()
        if kind == "worker":
            return self._of_worker()
        if kind in SPOKEN or kind == "thinking":
            return self._said(kind)
        decided = self._then.get("decide", {})
        return (decided[kind],) if kind in decided else None

    def _of_worker(self) -> tuple[Any] | None:
        """What the worker of a gateway answers, one reply for each event; then it acts."""
        replies = self._then.get("decide", {}).get("worker", ())
        self._events += 1
        return (replies[self._events - 1],) if self._events <= len(replies) else None

    @property
    def _now(self) -> Json:
        at = max(self._asked, 0)
        return self._replies[at] if at < len(self._replies) else {}

    def _calls(self) -> tuple[Any] | None:
        reply = self._now
        if "call_tools" in reply:
            return ([Call(one["name"], one.get("arguments", {})) for one in reply["call_tools"]],)
        return ([],) if "say" in reply or "data" in reply else None

    def _said(self, kind: str) -> tuple[Any] | None:
        reply = self._now
        if kind == "thinking":
            return (reply["thinking"],) if "thinking" in reply else None
        if "data" in reply:
            return (orjson.dumps(reply["data"]).decode(),)
        return (reply["say"],) if "say" in reply else None


def _replies(then: Json) -> Sequence[Json]:
    """What the model says each time: tools first, and what is said beside them afterwards."""
    if "replies" in then:
        replies: Sequence[Json] = then["replies"]
        return replies
    whole = {name: then[name] for name in OF_REPLIES if name in then}
    if whole.get("call_tools") and ("say" in whole or "data" in whole):
        first: Json = {name: whole[name] for name in ("thinking", "call_tools") if name in whole}
        return [first, {name: whole[name] for name in ("say", "data") if name in whole}]
    return [whole]
