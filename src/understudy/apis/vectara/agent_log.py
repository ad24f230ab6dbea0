"""What happens in a session: events that are kept, and those that only the answer of a turn tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from understudy.apis.vectara.kinds import AGENT_EVENTS
from understudy.behaviours.generation import pieces
from understudy.state.clock import stamp
from understudy.state.store import Record, Table
from understudy.state.world import World

Json = dict[str, Any]

MANUAL, COMPACTED = "manual", "compacted"
"""Why an event is hidden."""
_STREAMED_ALONE = frozenset({"compaction_started", "context_consumed"})
"""Kinds that only streams tell: the events of a JSON answer do not have them."""


class Log:
    """The events of one session; `told` are those of this turn, in their order.

    Args:
        now: the time of the turn in milliseconds.
    """

    def __init__(self, world: World, agent_key: str, session_key: str, now: int) -> None:
        self.told: list[Json] = []
        self._world = world
        self._scope = (agent_key, session_key)
        self._now = now

    @property
    def table(self) -> Table[Json]:
        return events_of(self._world, *self._scope)

    def add(self, kind: str, **members: Any) -> Json:
        """Keep an event and tell it."""
        event = self.table.add(self._event(kind, members))
        self.told.append(event)
        return event

    def tell(self, kind: str, **members: Any) -> None:
        """Tell an event that is not kept."""
        self.told.append(self._event(kind, members))

    def copy(self, record: Record[Json]) -> None:
        """Keep a copy of an event of another session."""
        event = {**record.value, "id": self._world.ids.uuid("aev"), "session_key": self._scope[1]}
        self.table.add(event, **record.private)

    def visible(self) -> list[Record[Json]]:
        return visible(self.table)

    def _event(self, kind: str, members: Mapping[str, Any]) -> Json:
        event: Json = {"type": kind, **members}
        if kind != "context_consumed":
            event |= {"id": self._world.ids.uuid("aev"), "session_key": self._scope[1]}
        return {**event, "created_at": stamp(self._now)}


def events_of(world: World, agent_key: str, session_key: str) -> Table[Json]:
    """Every event of a session that is kept."""
    return world.store.table(AGENT_EVENTS, agent_key, session_key)


def visible(events: Table[Json]) -> list[Record[Json]]:
    """The events that are neither hidden nor compacted, in order."""
    return [record for record in events.records() if not record.private.get("hidden")]


def hide(events: Table[Json], event_id: str, why: str) -> Json:
    return events.replace(events.get(event_id), hidden=why)


def in_answer(told: Sequence[Json]) -> list[Json]:
    """The events of a turn as its JSON answer has them."""
    return [event for event in told if event["type"] not in _STREAMED_ALONE]


def as_stream(told: Sequence[Json]) -> list[Json]:
    """The events of a turn as a stream: what the agent thinks and says comes in pieces."""
    return [*(frame for event in told for frame in _frames(event)), {"type": "end"}]


def _frames(event: Json) -> Iterator[Json]:
    at = {"created_at": event["created_at"]}
    if event["type"] == "agent_output":
        for piece in pieces(event["content"]):
            yield {"type": "streaming_agent_output", "content": piece, **at}
        yield {"type": "streaming_agent_output_end", "event_id": event["id"], **at}
        return
    if event["type"] == "thinking":
        for piece in pieces(event.get("content", "")):
            yield {"type": "streaming_thinking", "content": piece, **at}
        yield {"type": "streaming_thinking_end", **at}
    yield event
