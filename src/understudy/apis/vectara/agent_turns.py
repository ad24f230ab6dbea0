"""Turns: an agent gets a message, uses its tools, goes from step to step and answers.

Everything it does is an event, in the order in which it happens. The choices are those of `behaviours`: which
tools apply, with which arguments, and what is said in the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from understudy.apis.vectara import agent_compaction, agent_store, agent_tool_runs, agent_tools, glossaries
from understudy.apis.vectara.agent_log import Log
from understudy.apis.vectara.agent_tool_runs import Outcome, Run
from understudy.apis.vectara.agent_tools import LLM_CONTROLLED, Offer
from understudy.apis.vectara.agent_view import View, said
from understudy.apis.vectara.kinds import AGENTS, LLMS
from understudy.apis.vectara.user_functions import UserFunction, UserFunctionError, cached_function
from understudy.behaviours.decide import Decider, decide
from understudy.behaviours.inference import Reply, Request, prompt_tokens, respond
from understudy.behaviours.tokens import content_stems
from understudy.engine.context import Context, Principal
from understudy.errors import BadRequest, Unprocessable
from understudy.state.clock import stamp
from understudy.state.store import Record

Json = dict[str, Any]

MOST_ROUNDS = 8
"""How often a step asks the model; after that it has to answer (guess)."""
MOST_TRANSITIONS = 10
"""How often one turn goes to another step (guess)."""
DEEPEST = 4
"""How many agents stand behind each other in one turn (guess)."""
CONTEXT_WINDOW = 128_000
"""Tokens of a model that does not say how many it takes (guess)."""
OFFLOADED: Mapping[str, float] = {
    "context_percentage": 10.0, "min_threshold_bytes": 4096, "max_threshold_bytes": 262_144,
}  # fmt: skip
"""When the output of a tool becomes an artifact, unless the agent says otherwise (guess)."""
BYTES_PER_TOKEN = 4
CHARACTERS_OF_SUMMARY = 1
"""Characters of a summary per token of the window, which leaves most of it to the rest (guess)."""


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
    compacted: bool = False
    uploads: Sequence[Json] = ()

    def begin(self, messages: Sequence[Json]) -> str:
        """Take files and a message, and act until there is an answer, which is given as text."""
        self._check(messages)
        if self.uploads:
            self.log.add("artifact_upload", artifacts=list(self.uploads))
        if not messages:
            return ""
        self.log.add("input_message", messages=list(messages))
        text = said(messages)
        step_name = self._entry()
        self._load_skills(messages, text, self.agent["steps"][step_name])
        return self._act(step_name, text)

    def _check(self, messages: Sequence[Json]) -> None:
        skills = self.agent.get("skills", {})
        for number, part in enumerate(messages):
            if part["type"] == "skill" and part["skill_name"] not in skills:
                place = f"body.messages[{number}].skill_name"
                raise BadRequest({place: f"the agent has no skill '{part['skill_name']}'"})

    def _entry(self) -> str:
        """The step that takes the message: that of the last turn, or where it leads back to."""
        name = self.session["current_step_name"]
        if name not in self.agent["steps"]:
            return str(self.agent["first_step_name"])
        return str(name)

    def _load_skills(self, messages: Sequence[Json], text: str, step: Mapping[str, Any]) -> None:
        """Load the skills that the message asks for, and those that it is about."""
        skills, allowed = self.agent.get("skills", {}), step.get("allowed_skills")
        asked = [part["skill_name"] for part in messages if part["type"] == "skill"]
        usable = {name: skill for name, skill in skills.items() if allowed is None or name in allowed}
        loaded = {
            record.value["skill_name"]
            for record in self.log.visible()
            if record.value["type"] == "skill_load"
        }

        def about() -> list[str]:
            stems = set(content_stems(text))
            return [name for name, skill in usable.items() if _is_about(stems, name, skill["description"])]

        chosen = decide(self.decider, "skills", {"message": text, "skills": list(usable)}, about)
        for name in dict.fromkeys([*asked, *chosen]):
            if name not in loaded:
                self.log.add("skill_load", skill_name=name, content=skills[name]["content"])

    def _act(self, step_name: str, text: str) -> str:
        transitions = 0
        while True:
            step = self.agent["steps"][step_name]
            reply = self._step(step, text)
            if reply is None:
                self._finish(step_name)
                return ""
            following = self._following(step, reply)
            if following is None or transitions == MOST_TRANSITIONS:
                if following is not None:
                    self._exceeded()
                return self._answer(step_name, reply)
            self.log.add("step_transition", from_step=step_name, to_step=following, content=reply.text)
            step_name = following
            transitions += 1

    def _answer(self, step_name: str, reply: Reply) -> str:
        parser = self.agent["steps"][step_name]["output_parser"]
        if parser["type"] == "structured":
            name = parser["json_schema"]["name"]
            self.log.add("structured_output", schema_name=name, content=_structured(reply.text))
        else:
            self.log.add("agent_output", content=reply.text)
        self._finish(step_name)
        return reply.text

    def _exceeded(self) -> None:
        message = f"the agent went to another step {MOST_TRANSITIONS} times and stays where it is"
        limit = {"transition_limit": MOST_TRANSITIONS}
        self.log.tell("step_transition_limit_exceeded", **limit, message=message)

    def _step(self, step: Json, text: str) -> Reply | None:
        """Ask the model and run the tools it calls, until it answers; None when its context is too small."""
        view = View(self.ctx.store, self.agent, self.session, step, self.now)
        text = glossaries.expanded(self.ctx.store, step, text)
        for number in range(MOST_ROUNDS):
            artifacts = [record.value for record in self._artifacts()]
            offers = agent_tools.offers(
                self.ctx.store, self.agent, step, self.session, artifacts, stamp(self.now)
            )
            request = self._request(view, offers if number < MOST_ROUNDS - 1 else ())
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

    def _request(self, view: View, offers: Sequence[Offer]) -> Request | None:
        """What the model is asked, after a compaction if need be; None when it is still too much."""
        window, config = self._window(), self.session["effective_compaction"]
        request = view.request(self.log.visible(), offers)
        if config["enabled"] and not self.compacted and self._exceeds(request, config["threshold_percent"]):
            self.compacted = True
            keep = max(1, config["keep_recent_inputs"])
            old = agent_compaction.old_enough(self.log.visible(), keep)
            if old:
                longest = min(agent_compaction.LONGEST_SUMMARY, window * CHARACTERS_OF_SUMMARY)
                agent_compaction.compact(self.ctx.world, self.log, old, config, longest)
                request = view.request(self.log.visible(), offers)
        if not self._exceeds(request, 100):
            return request
        tokens = prompt_tokens(request)
        message = f"the conversation takes {tokens} tokens, and the model takes {window}"
        self.log.add("context_limit_exceeded", context_limit=window, actual_tokens=tokens, message=message)
        return None

    def _exceeds(self, request: Request, percent: int) -> bool:
        """Whether a request takes more than a share of the window; a token has at least one character."""
        most = self._window() * percent // 100
        texts = [*request.sources, *request.memories, request.instructions]
        size = len(orjson.dumps([request.messages, request.tools, request.response_format, texts]))
        return size > most and prompt_tokens(request) > most

    def _window(self) -> int:
        """The context window of the model; 422 when the account no longer has the model."""
        name = self.agent["model"]["name"]
        for model in self.ctx.store.table(LLMS).values():
            if name in (model["name"], model["id"]) and model["enabled"]:
                return int(model.get("capabilities", {}).get("context_limit", CONTEXT_WINDOW))
        raise Unprocessable(f"the model '{name}' of the agent is gone or disabled")

    def _artifacts(self) -> Sequence[Record[Json]]:
        return agent_store.artifacts_of(self.ctx.world, self.agent["key"], self.session["key"]).records()

    def _miss(self, name: str, arguments: Json) -> None:
        """Tell of a tool that the agent does not have, which only a scenario lets it call."""
        named = {
            "tool_call_id": f"call_{self.ctx.ids.hexadecimal('tool_call', 24)}",
            "tool_configuration_name": name,
            "tool_name": name,
        }
        event = self.log.add("tool_input", **named, tool_input=arguments)
        self.log.table.replace(event, said=arguments)
        output = {"error": f"there is no tool '{name}'"}
        event = self.log.add("tool_output", **named, tool_output=output, error=True)
        self.log.table.replace(event, passages=None, told="")

    def _call(self, offer: Offer, arguments: Json, text: str) -> None:
        """Run a tool, with an event of what it takes and one of what it gives."""
        artifacts = [record.value for record in self._artifacts()]
        told = agent_tools.arguments_for(offer, arguments, text, artifacts)
        named = {
            "tool_call_id": f"call_{self.ctx.ids.hexadecimal('tool_call', 24)}",
            "tool_configuration_name": offer.name,
            "tool_name": offer.tool["name"],
        }
        event = self.log.add("tool_input", **named, tool_input=told)
        self.log.table.replace(event, said=arguments)
        one = Run(self.ctx, offer, told, self.agent, self.session, self.now, self._hand_over)
        outcome = self._offloaded(offer, agent_tool_runs.run(one))
        event = self.log.add("tool_output", **named, tool_output=outcome.output, error=outcome.error)
        self.log.table.replace(event, passages=outcome.passages, told=outcome.told)
        if outcome.image:
            self.log.add("image_read", artifact_id=outcome.image[0], detail=outcome.image[1])

    def _offloaded(self, offer: Offer, outcome: Outcome) -> Outcome:
        """The outcome, or where it was put when it is too large to be told."""
        config = self.agent.get("tool_output_offloading", {})
        reads = any(one["type"] == "artifact_read" for one in self.agent["tool_configurations"].values())
        if outcome.error or not config.get("enabled", reads) or offer.kind.startswith("artifact_"):
            return outcome
        limits = {**OFFLOADED, **config}
        share = self._window() * BYTES_PER_TOKEN * limits["context_percentage"] / 100
        most = min(max(share, limits["min_threshold_bytes"]), limits["max_threshold_bytes"])
        content = orjson.dumps(outcome.output)
        if len(content) <= most:
            return outcome
        artifacts = agent_store.artifacts_of(self.ctx.world, self.agent["key"], self.session["key"])
        made = agent_store.keep(
            self.ctx.world, artifacts, f"{offer.name}.json", "application/json", content, self.now
        )
        return replace(outcome, output=agent_store.reference(made))

    def _following(self, step: Mapping[str, Any], reply: Reply) -> str | None:
        """The step that comes next, None when there is none."""
        ways = step.get("next_steps", ())
        if not ways:
            return None
        row = self._row(step, reply)

        def taken() -> str | None:
            return next(
                (way["step_name"] for way in ways if holds(way.get("condition"), row, self.now)), None
            )

        return decide(self.decider, "next_step", row, taken)

    def _row(self, step: Mapping[str, Any], reply: Reply) -> Json:
        """What the conditions of a way may ask for."""
        outputs: dict[str, Json] = {}
        for record in self.log.visible():
            if record.value["type"] == "tool_output":
                latest = record.value["tool_output"]
                outputs[record.value["tool_configuration_name"]] = {"outputs": {"latest": latest}}
        structured = step["output_parser"]["type"] == "structured"
        output = _structured(reply.text) if structured else {"text": reply.text}
        session = {name: self.session.get(name) for name in ("key", "name", "metadata")}
        agent = {name: self.agent.get(name) for name in ("key", "name", "metadata")}
        now = {"currentDate": stamp(self.now)[:10]}
        return {"agent": agent, "session": session, "tools": outputs, "output": output, **now}

    def _hand_over(self, one: Run) -> Json:
        """Let a sub-agent answer in a session of its own."""
        config = one.offer.configuration["sub_agent_configuration"]
        if self.depth >= DEEPEST:
            raise Unprocessable(f"{DEEPEST} agents wait for each other already")
        if not one.text("message").strip():
            raise BadRequest({"message": "is empty"})
        with self.ctx.store.transaction():
            return self._let_answer(one, config)

    def _let_answer(self, one: Run, config: Mapping[str, Any]) -> Json:
        agent = agent_store.usable(self.ctx.store, config["agent_key"])
        session = self._sub_session(one, agent, config)
        artifacts = agent_store.artifacts_of(self.ctx.world, agent["key"], session["key"])
        for record in self._artifacts():
            if record.value["artifact_id"] in one.text("message"):
                agent_store.copy(record, artifacts)
        message = [{"type": "text", "content": one.text("message")}]
        answer = _taken(self.ctx, agent, session, message, self.now, self.depth + 1).answer
        return {"session_key": session["key"], "sub_agent_response": answer}

    def _sub_session(self, one: Run, agent: Json, config: Mapping[str, Any]) -> Json:
        """The session of a sub-agent: a new one, or one that works for this agent already."""
        sessions = agent_store.sessions_of(self.ctx.store, agent["key"])
        mode, named = config.get("session_mode", LLM_CONTROLLED), one.text("session_key")
        if mode == LLM_CONTROLLED and named:
            record = sessions.find(named)
            if record is None or record.private.get("parent") != self.agent["key"]:
                raise BadRequest({"session_key": f"no session '{named}' that works for this agent"})
            return record.value
        mine = (self.agent["key"], self.session["key"], one.offer.name)
        if mode == "persistent":
            for record in sessions.records():
                if tuple(record.private.get("caller", ())) == mine:
                    return record.value
        minutes = one.arguments.get("session_tti_minutes")
        body: Json = {"metadata": config.get("session_metadata", {})}
        body |= {"tti_minutes": minutes} if isinstance(minutes, int) and minutes > 0 else {}
        facts = {"parent": self.agent["key"], "caller": list(mine)}
        return agent_store.make(self.ctx.world, agent, body, self.now, **facts)

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
            "model_context_window": self._window(),
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


def _structured(text: str) -> Any:
    """The value of a structured answer; a text that is none stays one."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _is_about(stems: set[str], name: str, description: str) -> bool:
    """Whether a message is about a skill: it says its name, or most of what describes it."""
    named = set(content_stems(name.replace("_", " ").replace("-", " ")))
    told = set(content_stems(description))
    return (bool(named) and named <= stems) or len(told & stems) * 2 > len(told)


def holds(condition: str | None, row: Mapping[str, Any], now: int) -> bool:
    """Whether a condition holds; one that cannot be worked out does not (guess)."""
    if condition is None:
        return True
    try:
        compiled = cached_function(condition)
        return isinstance(compiled, UserFunction) and bool(compiled(row, now))
    except UserFunctionError:
        return False
