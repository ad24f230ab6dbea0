"""Turns: an agent gets a message, uses its tools, goes from step to step and answers.

Everything it does is an event, in the order in which it happens. The choices are those of `behaviours`: which
tools apply, with which arguments, and what is said in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from understudy.apis.vectara import agent_skills, agent_store, agent_tool_runs, agent_tools, glossaries
from understudy.apis.vectara.agent_delegation import delegate
from understudy.apis.vectara.agent_log import Log
from understudy.apis.vectara.agent_offloading import offloaded
from understudy.apis.vectara.agent_requests import Requests, window_of
from understudy.apis.vectara.agent_tool_runs import Outcome, Run
from understudy.apis.vectara.agent_tools import Offer
from understudy.apis.vectara.agent_transitions import following, structured
from understudy.apis.vectara.agent_view import View, said
from understudy.apis.vectara.kinds import AGENTS
from understudy.behaviours.decide import Decider
from understudy.behaviours.inference import Reply, Request, respond
from understudy.engine.context import Context, Principal
from understudy.state.clock import stamp

Json = dict[str, Any]

MOST_ROUNDS = 8
"""How often a step asks the model; after that it has to answer (guess)."""
MOST_TRANSITIONS = 10
"""How often one turn goes to another step (guess)."""


class AgentContext(Context):
    """What an agent sees of the world: it acts in its own right, not in that of whoever asked."""

    __slots__ = ()

    @property
    def principal(self) -> Principal | None:
        return None


@dataclass
class Turn:
    """One turn of an agent in a session.

    Args:
        now: the time of the turn in milliseconds.
        depth: how many agents wait for this one.
        uploads: the files that came with the message, as events name them.
    """

    ctx: Context
    agent: Json
    session: Json
    log: Log
    now: int
    depth: int = 0
    decider: Decider | None = None
    usage: Json = field(default_factory=dict)
    uploads: Sequence[Json] = ()
    requests: Requests = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Requests(self.ctx.world, self.log)

    def begin(self, messages: Sequence[Json]) -> str:
        """Take files and a message, and act until there is an answer, which is given as text."""
        agent_skills.check(self.agent, messages)
        if self.uploads:
            self.log.add("artifact_upload", artifacts=list(self.uploads))
        if not messages:
            return ""
        self.log.add("input_message", messages=list(messages))
        step_name = self._entry()
        agent_skills.load(self.log, self.agent, self.agent["steps"][step_name], messages, self.decider)
        return self._act(step_name, said(messages))

    def _entry(self) -> str:
        """The step that takes the message: that of the last turn, or where it leads back to."""
        name = self.session["current_step_name"]
        return str(name if name in self.agent["steps"] else self.agent["first_step_name"])

    def _act(self, step_name: str, text: str) -> str:
        transitions = 0
        while True:
            view = View(self.ctx.store, self.agent, self.session, self.agent["steps"][step_name], self.now)
            reply = self._step(view, text)
            if reply is None:
                self._finish(step_name)
                return ""
            to_step = following(view, self.log.visible(), reply.text, self.decider)
            if to_step is None or transitions == MOST_TRANSITIONS:
                if to_step is not None:
                    self._exceeded()
                return self._answer(step_name, reply)
            self.log.add("step_transition", from_step=step_name, to_step=to_step, content=reply.text)
            step_name = to_step
            transitions += 1

    def _answer(self, step_name: str, reply: Reply) -> str:
        parser = self.agent["steps"][step_name]["output_parser"]
        if parser["type"] == "structured":
            name = parser["json_schema"]["name"]
            self.log.add("structured_output", schema_name=name, content=structured(reply.text))
        else:
            self.log.add("agent_output", content=reply.text)
        self._finish(step_name)
        return reply.text

    def _exceeded(self) -> None:
        message = f"the agent went to another step {MOST_TRANSITIONS} times and stays where it is"
        limit = {"transition_limit": MOST_TRANSITIONS}
        self.log.tell("step_transition_limit_exceeded", **limit, message=message)

    def _step(self, view: View, text: str) -> Reply | None:
        """Ask the model and run the tools it calls, until it answers; None when its context is too small."""
        text = glossaries.expanded(self.ctx.store, view.step, text)
        for number in range(MOST_ROUNDS):
            artifacts = self._artifacts()
            offers = agent_tools.offers(
                self.ctx.store, self.agent, view.step, self.session, artifacts, stamp(self.now)
            )
            request = self.requests.next(view, offers if number < MOST_ROUNDS - 1 else ())
            if request is None:
                return None
            reply = respond(request, self.decider)
            if number == 0:
                reply = self._with_files_read(request, reply, offers, artifacts, text)
            self._count(reply)
            self.log.add("thinking", content=reply.reasoning)
            if not reply.tool_calls:
                return reply
            by_name = {offer.name: offer for offer in offers}
            for call in reply.tool_calls:
                arguments = orjson.loads(call.arguments)
                if call.name in by_name:
                    self._call(by_name[call.name], arguments, text)
                else:
                    self._miss(call.name, arguments)
        raise AssertionError("a model without tools calls none")

    def _with_files_read(
        self, request: Request, reply: Reply, offers: Sequence[Offer], artifacts: Sequence[Json], text: str
    ) -> Reply:
        """The reply, which reads a file that the message names, or that came with it."""
        kinds = {offer.name: offer.kind for offer in offers}
        if any(kinds.get(call.name) in agent_tools.OF_ARTIFACTS for call in reply.tool_calls):
            return reply
        meant = agent_tools.named_artifact(artifacts, text) or (artifacts[-1] if self.uploads else None)
        reader = agent_tools.reader_of(offers, meant) if meant else None
        if reader is None:
            return reply
        choice = {"type": "function", "function": {"name": reader.name}}
        return respond(replace(request, tool_choice=choice), self.decider)

    def _artifacts(self) -> Sequence[Json]:
        return agent_store.artifacts_of(self.ctx.world, self.agent["key"], self.session["key"]).values()

    def _miss(self, name: str, arguments: Json) -> None:
        """Tell of a tool that the agent does not have, which only a scenario lets it call."""
        named = self._called(name, name, arguments, arguments)
        self._gave(named, Outcome({"error": f"there is no tool '{name}'"}, error=True))

    def _call(self, offer: Offer, arguments: Json, text: str) -> None:
        """Run a tool, with an event of what it takes and one of what it gives."""
        told = agent_tools.arguments_for(offer, arguments, text, self._artifacts())
        named = self._called(offer.name, offer.tool["name"], told, arguments)
        one = Run(self.ctx, offer, told, self.agent, self.session, self.now, self._hand_over)
        outcome = offloaded(one, agent_tool_runs.run(one))
        self._gave(named, outcome)
        if outcome.image:
            self.log.add("image_read", artifact_id=outcome.image[0], detail=outcome.image[1])

    def _called(self, name: str, tool_name: str, taken: Json, arguments: Json) -> Json:
        """Tell what a tool takes, and keep what the model said; gives the names of the call."""
        named = {
            "tool_call_id": f"call_{self.ctx.ids.hexadecimal('tool_call', 24)}",
            "tool_configuration_name": name,
            "tool_name": tool_name,
        }
        event = self.log.add("tool_input", **named, tool_input=taken)
        self.log.table.replace(event, said=arguments)
        return named

    def _gave(self, named: Json, outcome: Outcome) -> None:
        event = self.log.add("tool_output", **named, tool_output=outcome.output, error=outcome.error)
        self.log.table.replace(event, passages=outcome.passages, told=outcome.told)

    def _hand_over(self, one: Run) -> Json:
        """Let a sub-agent answer in a session of its own."""

        def answer(agent: Json, session: Json, messages: Sequence[Json]) -> str:
            return _taken(self.ctx, agent, session, messages, self.now, self.depth + 1).answer

        return delegate(one, self.depth, answer)

    def _count(self, reply: Reply) -> None:
        """The context is that of the last request; what the model said adds up over the turn."""
        used = reply.usage
        self.ctx.use("generations")
        self.ctx.use("prompt_tokens", used.prompt)
        self.ctx.use("completion_tokens", used.completion)
        said_before = self.usage.get("output_tokens", {"count": 0, "reasoning_tokens": 0})
        output = {
            "count": said_before["count"] + used.completion,
            "reasoning_tokens": said_before["reasoning_tokens"] + used.reasoning,
        }
        self.usage |= {
            "input_tokens": {"count": used.prompt},
            "output_tokens": output,
            "total_tokens": used.prompt + output["count"],
            "model_context_window": window_of(self.ctx.store, self.agent),
        }

    def _finish(self, step_name: str) -> None:
        """Keep where the session stands, and tell what the turn took."""
        step = self.agent["steps"][step_name]
        sessions = agent_store.sessions_of(self.ctx.store, self.agent["key"])
        changed = {**self.session, "current_step_name": step.get("reentry_step", step_name)}
        if self.usage:
            changed["session_context_usage"] = self.usage
            self.log.tell("context_consumed", session_context_usage=self.usage)
        sessions.replace(changed, active=self.now)


@dataclass(frozen=True)
class Taken:
    """A turn that is over: its events in order, and what was answered."""

    told: list[Json]
    answer: str


def take(
    ctx: Context,
    agent_key: str,
    session_key: str,
    messages: Sequence[Json],
    now: int,
    uploads: Sequence[Json] = (),
) -> Taken:
    """Let an agent take a turn; 422 when something that it needs is gone."""
    agent = ctx.store.table(AGENTS).get(agent_key)
    session = agent_store.sessions_of(ctx.store, agent_key).get(session_key)
    return _taken(AgentContext(ctx.call, ctx.allows_code), agent, session, messages, now, 0, uploads)


def _taken(
    ctx: Context,
    agent: Json,
    session: Json,
    messages: Sequence[Json],
    now: int,
    depth: int,
    uploads: Sequence[Json] = (),
) -> Taken:
    log = Log(ctx.world, agent["key"], session["key"], now)
    turn = Turn(ctx, agent, session, log, now, depth, ctx.decider, uploads=uploads)
    answer = turn.begin(messages)
    return Taken(log.told, answer)
