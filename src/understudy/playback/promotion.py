"""Cassettes become scenarios, with fixtures of what the recorded calls have made."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.engine.compiling import Compiled
from understudy.engine.definition import Rows
from understudy.engine.operation import Operation
from understudy.playback import bodies, cassettes
from understudy.playback.cassettes import Cassette, Entry
from understudy.playback.contracts import Contracts

ANYTHING = {"$any": True}
"""What stands in a condition where a secret stood."""
_IMPLIED = ("content-type", "content-length", "cache-control")


@dataclass
class Promoted:
    """What was made of the calls of one API.

    Args:
        left_out: names of entries that no rule could be made of, with the reason.
    """

    api: str
    rules: list[dict[str, Any]] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def scenario(self, description: str, fixture: str) -> dict[str, Any]:
        """The scenario file."""
        return {
            "understudy_scenario": 1, "api": self.api, "description": description, "fixture": fixture,
            "rules": self.rules,
        }  # fmt: skip


def promote(cassette: Cassette, contracts: Contracts, apis: Sequence[Compiled]) -> list[Promoted]:
    """One scenario for each API that was called, a rule for each interaction, in their order."""
    made: dict[str, Promoted] = {}
    definitions = {compiled.api.name: compiled.api for compiled in apis}
    for number, entry in enumerate(cassette.entries, 1):
        request = entry["request"]
        owner = contracts.owner(request["path"])
        found = contracts.operation(request["method"], request["path"])
        if not owner:
            continue
        if owner not in made:
            made[owner] = Promoted(owner, rows=copy.deepcopy(dict(definitions[owner].recorded_keys)))
        promoted = made[owner]
        why = "no operation of the contract" if found is None else _impossible(entry)
        if found is None or why:
            promoted.left_out.append(f"#{number} {cassettes.name_of(entry)}: {why}")
            continue
        operation, values = found
        path = dict(zip(operation.path_names, values, strict=True))
        promoted.rules.append(_rule(number, entry, operation, path))
        if entry["response"]["status"] < 300:
            body, answer = _json(request), _json(entry["response"])
            definitions[owner].note_recorded(promoted.rows, operation.id, path, copy.deepcopy(body), answer)
    return list(made.values())


def _impossible(entry: Entry) -> str:
    """Why no rule can be made; "" when one can."""
    body = entry["response"].get("body") or {}
    if "base64" in body:
        return "its answer is a file of bytes"
    answer = body.get("json")
    hands_out = isinstance(answer, dict) and "access_token" in answer
    return "it hands out a token, and one that was recorded opens nothing" if hands_out else ""


def _rule(number: int, entry: Entry, operation: Operation, path: Mapping[str, str]) -> dict[str, Any]:
    request = entry["request"]
    when: dict[str, Any] = {"operation": operation.id}
    if path:
        when["path"] = {p.name: _typed(p, [path[p.name]]) for p in operation.in_path}
    given = request.get("query", {})
    query = {
        p.name: _typed(p, given[p.name] if isinstance(given[p.name], list) else [given[p.name]])
        for p in operation.in_query
        if p.name in given and "<secret-" not in str(given[p.name])
    }
    if query:
        when["query"] = query
    body = _asked(request.get("body"))
    if body is not None:
        when["body"] = body
        if body == _json(request):
            when["exact"] = True
    return {"name": f"{number:03}-{operation.id}", "when": when, "times": 1, "then": _then(entry)}


def _typed(parameter: Any, texts: list[str]) -> Any:
    """A parameter as the engine reads it; anything where a secret stood."""
    if any("<secret-" in text for text in texts):
        return ANYTHING
    try:
        return parameter.read(texts)
    except ValueError:
        return texts[-1]


def _asked(body: Mapping[str, Any] | None) -> Any:
    """A body as a condition."""
    if not body:
        return None
    if "json" in body:
        return _free(body["json"])
    if "form" in body:
        return _free(body["form"])
    if "parts" in body:
        return {one["name"]: _part(one) for one in body["parts"]}
    return None


def _part(part: Mapping[str, Any]) -> Any:
    if "filename" in part:
        return ANYTHING
    return _free(part["json"] if "json" in part else part.get("text", ANYTHING))


def _free(value: Any) -> Any:
    """A value in which anything may stand where a secret stood."""
    if isinstance(value, str):
        return ANYTHING if "<secret-" in value else value
    if isinstance(value, list):
        return [_free(item) for item in value]
    if isinstance(value, dict):
        return {name: _free(member) for name, member in value.items()}
    return value


def _json(message: Mapping[str, Any]) -> Any:
    return (message.get("body") or {}).get("json")


def _then(entry: Entry) -> dict[str, Any]:
    response = entry["response"]
    body = response.get("body") or {}
    unchecked = {"unchecked": True} if entry.get("violations") else {}
    if "events" in body:
        return {
            "events": [one["data"] for one in body["events"] if isinstance(one.get("data"), dict)],
            **unchecked,
        }
    answer: dict[str, Any] = {"status": response["status"]}
    headers = {name: text for name, text in response.get("headers", {}).items() if name not in _IMPLIED}
    if headers:
        answer["headers"] = headers
    if "json" in body:
        answer["body"] = body["json"]
    elif "text" in body:
        answer["body"] = _text(body["text"])
    return {"answer": answer | unchecked}


def _text(text: str) -> Any:
    """JSON that was written in a way of its own is JSON nevertheless."""
    try:
        return bodies.parsed(text.encode())
    except ValueError:
        return text
