"""What the model sees of a session: its visible events as messages, and all that its agent is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from understudy.apis.vectara import agent_compaction, glossaries
from understudy.apis.vectara.agent_tools import Offer
from understudy.apis.vectara.instructions import rendered
from understudy.apis.vectara.kinds import INSTRUCTIONS
from understudy.apis.vectara.versions import version_of
from understudy.behaviours.inference import Request
from understudy.errors import NotFound, Unprocessable
from understudy.state.clock import stamp
from understudy.state.store import Record, Store

Json = dict[str, Any]


@dataclass(frozen=True)
class View:
    """A session in one of its steps, at a time in milliseconds."""

    store: Store
    agent: Json
    session: Json
    step: Json
    now: int

    def request(self, events: Sequence[Record[Json]], offers: Sequence[Offer]) -> Request:
        """What the model is asked next; 422 for instructions that are gone or cannot be rendered."""
        parser = self.step["output_parser"]
        wanted = None
        if parser["type"] == "structured":
            schema = {**parser["json_schema"], "schema": parser["json_schema"]["schema"]}
            wanted = {"type": "json_schema", "json_schema": schema}
        return Request(
            list(_messages(events, partial(glossaries.expanded, self.store, self.step))),
            instructions="\n".join(self._instructions(events, offers)),
            sources=[record.value["content"] for record in events if record.value["type"] == "skill_load"],
            memories=list(_remembered(events)),
            tools=[offer.as_function() for offer in offers],
            response_format=wanted,
            reasoning=True,
        )

    def _instructions(self, events: Sequence[Record[Json]], offers: Sequence[Offer]) -> Iterator[str]:
        tools = [{"name": offer.name, "description": offer.description} for offer in offers]
        for one in self.step["instructions"]:
            if one["type"] == "reference" or one.get("enabled", True):
                yield self._rendered(self._template(one), tools)
        hooks = {"tool_output" if _last(events) == "tool_output" else "input_message"}
        for reminder in self.step.get("reminders", ()):
            if reminder["type"] == "templated" and not hooks.isdisjoint(reminder["hooks"]):
                yield self._rendered(reminder["template"], tools)

    def _rendered(self, template: str, tools: Sequence[Mapping[str, Any]]) -> str:
        return rendered(template, self.agent, self.session, tools, stamp(self.now))

    def _template(self, one: Mapping[str, Any]) -> str:
        if one["type"] == "inline":
            return str(one["template"])
        try:
            found = version_of(self.store.table(INSTRUCTIONS), one["id"], one.get("version"))
        except NotFound as error:
            raise Unprocessable(f"the step names an instruction that is gone: {error.message}") from None
        return str(found["template"])


def said(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text of what was said to an agent."""
    return "\n".join(part["content"] for part in messages if part["type"] == "text")


def _last(events: Sequence[Record[Json]]) -> str:
    return events[-1].value["type"] if events else ""


def _remembered(events: Sequence[Record[Json]]) -> Iterator[str]:
    for record in events:
        if record.value["type"] == "compaction":
            yield from agent_compaction.known_from(record.value.get("summary_text", ""))


def _messages(events: Sequence[Record[Json]], expanded: Callable[[str], str]) -> Iterator[Json]:
    """The events as messages, those of users `expanded`.

    An output of a tool whose input is hidden tells nothing.
    """
    called: dict[str, str] = {}
    for record in events:
        event = record.value
        kind = event["type"]
        if kind == "input_message":
            yield {"role": "user", "content": expanded(said(event["messages"]))}
        elif kind == "agent_output":
            yield {"role": "assistant", "content": event["content"]}
        elif kind == "structured_output":
            yield {"role": "assistant", "content": orjson.dumps(event["content"]).decode()}
        elif kind == "tool_input":
            called[event["tool_call_id"]] = event["tool_configuration_name"]
            arguments = orjson.dumps(record.private["said"]).decode()
            function = {"name": event["tool_configuration_name"], "arguments": arguments}
            call = {"id": event["tool_call_id"], "type": "function", "function": function}
            yield {"role": "assistant", "content": None, "tool_calls": [call]}
        elif kind == "tool_output" and event["tool_call_id"] in called:
            yield {
                "role": "tool",
                "tool_call_id": event["tool_call_id"],
                "content": record.private["told"] or orjson.dumps(event["tool_output"]).decode(),
                "passages": record.private["passages"],
            }
