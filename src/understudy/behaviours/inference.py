"""Inference: a language model played by rules. The same request gives the same reply, from its own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from understudy.behaviours.answers import Answer, answer, is_courtesy, situation
from understudy.behaviours.conversation import Exchange, Message, last_exchange, text_of
from understudy.behaviours.decide import Decider, decide
from understudy.behaviours.grounding import Material
from understudy.behaviours.structured import structured
from understudy.behaviours.token_budget import MESSAGE_TOKENS, count, count_messages, count_value, cut
from understudy.behaviours.tool_choice import Call, chosen_calls, json_text, tools_of

_REMEMBERED, _LARGEST = 256, 65536
_KNOWN: dict[bytes, Reply] = {}
"""The last different requests and their replies: tests ask the same again and again."""
_SCRIPTED = "The reply was decided beforehand."


@dataclass(frozen=True)
class Request:
    """What a model is asked.

    Args:
        messages: as in OpenAI's chat completions. Those of system and developer count as instructions.
        sources: passages of knowledge that were found for the last message, best first.
        memories: short facts that are known of the person.
        tools, tool_choice, response_format: as in OpenAI's chat completions.
        stop: texts that end the reply; they are not part of it.
        max_tokens: of text and reasoning together; the text comes first.
        reasoning: whether the reply shall give an account of itself.
    """

    messages: Sequence[Message]
    instructions: str = ""
    sources: Sequence[str] = ()
    memories: Sequence[str] = ()
    tools: Sequence[Mapping[str, Any]] = ()
    tool_choice: str | Mapping[str, Any] = "auto"
    parallel_tool_calls: bool = True
    response_format: Mapping[str, Any] | None = None
    stop: Sequence[str] = ()
    max_tokens: int | None = None
    reasoning: bool = False


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool: `seed` is what its id is made of, `arguments` is JSON text."""

    seed: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Usage:
    """Tokens by the estimate of `token_budget`; those of the reasoning are part of the completion."""

    prompt: int
    completion: int
    cached: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True)
class Reply:
    """What the model says. `finish_reason` is stop, length or tool_calls."""

    text: str
    usage: Usage
    finish_reason: str = "stop"
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


def respond(request: Request, decider: Decider | None = None) -> Reply:
    """The reply to a request.

    What was replied to one of the last 256 different requests is not worked out again. A decider may decide
    `tool_calls` (a list of `Call`) and `reply` (a text); the subjects hold the question, the messages and
    what the request offers.
    """
    if decider is not None:
        return _reply(request, decider)
    try:
        key = orjson.dumps(request)
    except orjson.JSONEncodeError:  # nested too deeply
        return _reply(request, None)
    known = _KNOWN.get(key)
    if known is None:
        known = _reply(request, None)
        if len(key) <= _LARGEST:
            if len(_KNOWN) >= _REMEMBERED:
                del _KNOWN[next(iter(_KNOWN))]
            _KNOWN[key] = known
    return known


def _reply(request: Request, decider: Decider | None) -> Reply:
    exchange = last_exchange(request.messages)
    account = [_reading(request)]
    asks = request.tools or decider is not None  # a scenario may call what is not offered
    calls = _calls(request, exchange, decider, account) if asks else []
    if calls:
        made = tuple(
            ToolCall(f"{len(request.messages)} {number} {call.name}", call.name, json_text(call.arguments))
            for number, call in enumerate(calls)
        )
        return _limited(request, "", "tool_calls", _thought(account, decider), made)
    text = _text(request, exchange, decider, account)
    text = text[
        : min((at for stop in request.stop if stop and (at := text.find(stop)) >= 0), default=len(text))
    ]
    return _limited(request, text, "stop", _thought(account, decider), ())


def _thought(account: list[str], decider: Decider | None) -> str:
    return decide(decider, "thinking", {"account": account}, lambda: " ".join(account))


def prompt_tokens(request: Request) -> int:
    """The tokens of everything that the model is given."""
    given = [request.instructions, *request.sources, *request.memories]
    offered = [one for one in (*request.tools, request.response_format) if one]
    tokens = count_messages(request.messages) + sum(MESSAGE_TOKENS + count(text) for text in given if text)
    return tokens + sum(MESSAGE_TOKENS + count_value(one) for one in offered)


def _calls(request: Request, exchange: Exchange, decider: Decider | None, account: list[str]) -> list[Call]:
    tools = tools_of(request.tools)

    def chosen() -> list[Call]:
        if request.tool_choice in ("auto", None) and is_courtesy(exchange.text):
            return []
        background = [*request.memories, _instructions(request)]
        return chosen_calls(
            tools, request.tool_choice, exchange, background, parallel=request.parallel_tool_calls
        )

    subject = {"question": exchange.text, "messages": request.messages, "tools": [one.name for one in tools]}
    calls = list(decide(decider, "tool_calls", subject, chosen))
    if calls:
        account.append(f"To call: {', '.join(call.name for call in calls)}.")
    elif request.tool_choice != "none":
        account.append("No tool is to be called.")
    return calls


def _text(request: Request, exchange: Exchange, decider: Decider | None, account: list[str]) -> str:
    made: list[Answer] = []

    def said() -> str:
        read = [one.text for one in exchange.attachments if one.text]
        read += [text for result in exchange.results for text in result.passages or ()]
        told = tuple(result for result in exchange.results if result.passages is None)
        material = Material([*read, *request.sources], request.memories, _instructions(request))
        now = situation(replace(exchange, results=told), material)
        made.append(structured(request.response_format, now) or answer(now))
        return made[-1].text

    subject = {
        "question": exchange.text,
        "messages": request.messages,
        "sources": request.sources,
        "memories": request.memories,
        "response_format": request.response_format,
    }
    text = decide(decider, "reply", subject, said)
    account.append(made[-1].account if made else _SCRIPTED)
    return text


def _instructions(request: Request) -> str:
    told = (text_of(one) for one in request.messages if one.get("role") in ("system", "developer"))
    return "\n".join(filter(None, (request.instructions, *told)))


def _reading(request: Request) -> str:
    parts = {"message": request.messages, "source": request.sources, "memory": request.memories}
    counted = [f"{len(held)} x {name}" for name, held in parts.items() if held]
    return f"Read: {', '.join(counted) or 'nothing'}."


def _limited(request: Request, text: str, reason: str, reasoning: str, calls: tuple[ToolCall, ...]) -> Reply:
    most = request.max_tokens
    kept = text if most is None else cut(text, most)
    used = count(kept)
    thought = reasoning if request.reasoning else ""
    if most is not None and thought:
        thought = cut(thought, most - used)
    spent = count(thought)
    called = sum(count(call.name) + count(call.arguments) for call in calls)
    usage = Usage(prompt_tokens(request), used + called + spent, 0, spent)
    return Reply(kept, usage, reason if kept == text else "length", thought, calls)
