"""Tool choice: which of the offered functions the last message calls for, and with what arguments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from understudy.behaviours.arguments import fill
from understudy.behaviours.arithmetic import sum_in
from understudy.behaviours.concepts import concepts_of, name_concepts, name_words, telling_concepts
from understudy.behaviours.conversation import Exchange, Result, excerpt
from understudy.behaviours.evidence import READ_CHARACTERS, Evidence
from understudy.behaviours.mentions import Mention, clause_starts, mentions
from understudy.behaviours.questions import wants_to_be_told
from understudy.behaviours.schemas import properties_of, required_of
from understudy.behaviours.stop_words import words_of
from understudy.behaviours.tokens import stems, words
from understudy.behaviours.tool_results import as_lines

MOST_TOOLS = 256
MOST_CALLS = 8
"""How many calls one reply makes."""
LONGEST_DESCRIPTION = 2000

_BY_NAME, _BY_DESCRIPTION, _BY_PARAMETER = 3.0, 1.0, 0.5
_LEAST = 2.0  # a word of the name, or two of the description that no other tool has
_NEGATIONS = words_of("not don don't never no nicht kein keine nie pas ne jamais nunca não")
_ADDRESS, _SCHEMES = "url", ("http", "https")
_SEARCHING = words_of("search knowledg corpus corpora document web retriev rag")
_QUERYING = words_of("queri q question search search_queri text prompt input")


@dataclass(frozen=True)
class Tool:
    """A function that may be called; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """A call to be made."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class _Fit:
    """A tool, how well it fits, the concepts of the message that speak for it, and where the first stands."""

    tool: Tool
    score: float
    concepts: frozenset[str]
    place: int


def tools_of(offered: Sequence[Mapping[str, Any]]) -> list[Tool]:
    """The functions among offered tools, in the wire shape of OpenAI; others are passed over."""
    found = []
    for one in offered[:MOST_TOOLS]:
        function = one.get("function", one)
        if (
            one.get("type", "function") == "function"
            and isinstance(function, Mapping)
            and function.get("name")
        ):
            parameters = function.get("parameters")
            described = str(function.get("description") or "")[:LONGEST_DESCRIPTION]
            found.append(
                Tool(str(function["name"]), described, parameters if isinstance(parameters, Mapping) else {})
            )
    return found


def chosen_calls(
    tools: Sequence[Tool],
    tool_choice: str | Mapping[str, Any] | None,
    exchange: Exchange,
    background: Sequence[str] = (),
    *,
    parallel: bool = True,
) -> list[Call]:
    """The calls that the last message asks for and that have not been made for it.

    Args:
        tool_choice: none, auto, required, or an object that names a function.
        background: texts besides the conversation that may hold arguments.
        parallel: whether there may be several.
    """
    if tool_choice == "none" or not tools:
        return []
    text = excerpt(exchange.text, READ_CHARACTERS)
    forced = _forced(tool_choice)
    fits = _fits(tools, text)
    if forced is not None:
        chosen = [fit for fit in fits if fit.tool.name == forced][:1]
    else:
        chosen = _applying(fits) or _searching(fits, text)
    if not chosen and tool_choice in ("required", "any"):
        done = {result.name for result in exchange.results}
        left = [fit for fit in fits if fit.tool.name not in done]
        chosen = [max(left, key=lambda fit: fit.score)] if left else []
    calls = _left(_made(chosen[:MOST_CALLS], text, exchange, background), exchange.results)
    return calls[: MOST_CALLS if parallel else 1]


def json_text(value: Any) -> str:
    """A value as JSON text, as models write it."""
    return json.dumps(value, ensure_ascii=False)


def _forced(tool_choice: str | Mapping[str, Any] | None) -> str | None:
    if not isinstance(tool_choice, Mapping):
        return None
    function = tool_choice.get("function")
    named = function.get("name") if isinstance(function, Mapping) else tool_choice.get("name")
    return str(named) if named else None


def _fits(tools: Sequence[Tool], text: str) -> list[_Fit]:
    """How well each tool fits the text, in the order of the tools."""
    plain = words(text)
    said = concepts_of(plain)
    places: dict[str, int] = {}
    for place, word in enumerate(said):
        negated = not _NEGATIONS.isdisjoint(plain[max(0, place - 4) : place])
        if not negated:
            places.setdefault(word, place)
    if sum_in(text):
        places.setdefault("calcul", 0)
    for place, word in enumerate(plain):
        if word in _SCHEMES:
            places.setdefault(_ADDRESS, place)
    described = [set(telling_concepts(tool.description)) for tool in tools]
    holders = Counter(word for one in described for word in one)
    return [
        _fit(tool, telling, places, holders, tool.name in text)
        for tool, telling in zip(tools, described, strict=True)
    ]


def _fit(
    tool: Tool, described: set[str], places: Mapping[str, int], holders: Mapping[str, int], named: bool
) -> _Fit:
    by_name = {word for word in name_concepts(tool.name) if word in places}
    if _ADDRESS in places and any(_ADDRESS in name_concepts(name) for name in required_of(tool.parameters)):
        by_name.add(_ADDRESS)  # an address is what such a tool is for
    by_description = {word for word in described if word in places} - by_name
    parameters = {
        word
        for name in list(properties_of(tool.parameters))[:50]
        for word in name_concepts(name)
        if word in places
    }
    score = len(by_name) * _BY_NAME + _BY_PARAMETER * bool(parameters) + 100.0 * named
    score += sum(_BY_DESCRIPTION / holders[word] for word in sorted(by_description))
    concepts = frozenset(by_name | (by_description if not by_name else set()))
    place = min((places[word] for word in concepts), default=0)
    return _Fit(tool, score, concepts, place)


def _applying(fits: Iterable[_Fit]) -> list[_Fit]:
    """The tools that clearly apply, in the order of the words that call for them.

    Each needs a word of the message for itself: two tools for the same thing are not both called.
    """
    claimed: set[str] = set()
    chosen: list[_Fit] = []
    for fit in sorted(fits, key=lambda fit: -fit.score):
        if fit.score >= _LEAST and (fit.score >= 100 or fit.concepts - claimed):
            if chosen and len(fit.concepts - claimed) < len(fit.concepts):
                continue
            chosen.append(fit)
            claimed |= fit.concepts
    return sorted(chosen, key=lambda fit: fit.place)


def _searching(fits: Iterable[_Fit], text: str) -> list[_Fit]:
    """A tool that searches, for a question or wish to know that no other tool is for."""
    if not wants_to_be_told(text.strip()):
        return []
    for fit in fits:
        about = {*name_concepts(fit.tool.name), *telling_concepts(fit.tool.description)}
        needed = {word for name in required_of(fit.tool.parameters) for word in stems(name_words(name))}
        if not about.isdisjoint(_SEARCHING) and not needed.isdisjoint(_QUERYING):
            return [fit]
    return []


def _made(chosen: Sequence[_Fit], text: str, exchange: Exchange, background: Sequence[str]) -> list[Call]:
    starts = _clause_of_words(text)
    clauses = {fit.tool.name: starts[min(fit.place, len(starts) - 1)] if starts else 0 for fit in chosen}
    texts = [text, *(as_lines(result.text) for result in exchange.results), *exchange.said(), *background]
    calls: list[Call] = []
    for fit in chosen:
        own = clauses[fit.tool.name]
        others = frozenset(clause for clause in clauses.values() if clause != own)
        evidence = Evidence(texts, frozenset({own}) if others else frozenset(), others)
        arguments = fill({"type": "object", **fit.tool.parameters}, evidence)
        calls.append(Call(fit.tool.name, arguments if isinstance(arguments, Mapping) else {}))
        calls += _alike(calls[-1], text, evidence, fit.tool)
    return calls


def _alike(call: Call, text: str, evidence: Evidence, tool: Tool) -> list[Call]:
    """Calls for the other things named in one breath: the weather in Tokyo and Paris."""
    found: list[Call] = []
    for name in required_of(tool.parameters):
        told = call.arguments.get(name)
        at = next(
            (at for at, one in enumerate(mentions(text)) if isinstance(told, str) and one.text == told), None
        )
        if at is None:
            continue
        first = mentions(text)[at]
        others = _breath(mentions(text)[at + 1 :], first)
        for one in others[: MOST_CALLS - 1]:
            arguments = {**call.arguments, name: one.text}
            if not _is_used(one, call.arguments, name):
                found.append(Call(call.name, arguments))
        if found:
            break
    return found


def _breath(following: Sequence[Mention], first: Mention) -> list[Mention]:
    found = []
    for one in following:
        if one.kind != first.kind:
            continue
        if not one.joined:
            break
        found.append(one)
    return found


def _is_used(mention: Mention, arguments: Mapping[str, Any], name: str) -> bool:
    return any(mention.text == value for key, value in arguments.items() if key != name)


def _clause_of_words(text: str) -> list[int]:
    """The clause of each word of a text, by the place of the word."""
    starts = clause_starts(text)
    clauses: list[int] = []
    for clause, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        clauses += [clause] * len(words(text[start:end]))
    return clauses


def _left(calls: Sequence[Call], results: Sequence[Result]) -> list[Call]:
    """The calls whose results are not there: as many of each tool as were not made, other arguments first."""
    made = Counter(result.name for result in results)
    done = {(result.name, _canonical(result.arguments)) for result in results}
    planned = Counter(call.name for call in calls)
    found: list[Call] = []
    for call in calls:
        key = (call.name, json.dumps(call.arguments, sort_keys=True))
        if key not in done and planned[call.name] > made[call.name]:
            planned[call.name] -= 1
            found.append(call)
    return found


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
