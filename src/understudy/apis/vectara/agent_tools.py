"""The tools of an agent: which of them it may use now, what each is called and takes, and its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from understudy.apis.vectara.instructions import rendered
from understudy.apis.vectara.kinds import AGENTS, TOOL_SERVERS, TOOLS
from understudy.errors import Unprocessable
from understudy.state.store import Store

Json = dict[str, Any]

LLM_CONTROLLED = "llm_controlled"
"""The mode of sub-agents in which the model says which session goes on."""
_TEXT = {"type": "string"}
_SESSION_KEY = {"type": "string", "pattern": "^ase_[0-9a-z_]+$"}
"""Sessions of sub-agents have keys of our making."""
LONGEST_READ = 20_000
"""Characters of a message in which the name of a file is looked for."""
OF_ARTIFACTS = frozenset({"artifact_read", "artifact_grep", "image_read", "document_conversion"})
"""Kinds that only make sense while the session has artifacts."""
_WHAT_IT_IS_ABOUT = ("query", "message", "text", "question")
"""Arguments that are the message itself, unless they are a part of it."""
_INDEXING: Json = {
    "name": "structured_document_index",
    "description": "Puts a document into a corpus, so that later searches find it.",
    "enabled": True,
    "input_schema": {
        "type": "object",
        "properties": {
            "corpus_key": _TEXT, "document_id": _TEXT, "title": _TEXT, "description": _TEXT,
            "metadata": {"type": "object"}, "document": {"type": "object"},
        },
        "required": ["corpus_key", "document_id"],
    },
}  # fmt: skip
"""The one kind that the platform does not list any more."""


@dataclass(frozen=True)
class Offer:
    """A tool as an agent has it.

    Args:
        name: of its configuration.
        overrides: arguments that are settled and that the model does not see.
        description, parameters: what the model sees.
    """

    name: str
    tool: Json
    configuration: Json
    overrides: Mapping[str, Any]
    description: str
    parameters: Json

    @property
    def kind(self) -> str:
        return str(self.configuration["type"])

    def as_function(self) -> Json:
        """In the form of OpenAI's tools."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}


def offers(
    store: Store,
    agent: Mapping[str, Any],
    step: Mapping[str, Any],
    session: Mapping[str, Any],
    artifacts: Sequence[Mapping[str, Any]],
    now: str,
) -> list[Offer]:
    """The tools of a step that can be used now; 422 when one of them is gone."""
    allowed = step.get("allowed_tools")
    found = []
    for name, configuration in agent["tool_configurations"].items():
        if (allowed is not None and name not in allowed) or (
            configuration["type"] in OF_ARTIFACTS and not artifacts
        ):
            continue
        tool = _tool(store, name, configuration)
        if tool["enabled"]:
            found.append(_offer(store, name, tool, configuration, agent, session, artifacts, now))
    return found


def arguments_for(offer: Offer, said: Mapping[str, Any], asked: str, artifacts: Sequence[Json]) -> Json:
    """The arguments of a call: what the model says and what is settled, with what only the session knows."""
    arguments = {name: value for name, value in said.items() if _is_meant(offer, name, value, asked)}
    properties = offer.parameters.get("properties", {})
    for name in _WHAT_IT_IS_ABOUT:
        if name in properties and str(arguments.get(name) or "\0") not in asked:
            arguments[name] = asked
    if "artifact_id" in properties and artifacts:
        known = {artifact["artifact_id"] for artifact in artifacts}
        if arguments.get("artifact_id") not in known:
            arguments["artifact_id"] = (named_artifact(artifacts, asked) or artifacts[-1])["artifact_id"]
    if offer.kind == "artifact_create":
        arguments["name"] = _with_extension(str(arguments.get("name", "")), asked)
    return {**arguments, **offer.overrides}


def _is_meant(offer: Offer, name: str, value: Any, asked: str) -> bool:
    """Whether a value is for the call: numbers and sessions are taken from the message alone (guess)."""
    if offer.kind in ("mcp", "lambda"):
        return True
    return (name != "session_key" and not isinstance(value, int)) or str(value) in asked


def _with_extension(name: str, asked: str) -> str:
    """The name of a file with the extension that the message gives it."""
    found = re.search(rf"(?<!\w){re.escape(name)}(\.\w{{1,8}})(?!\w)", asked[:LONGEST_READ]) if name else None
    return name + found.group(1) if found else name


def reader_of(offers: Sequence[Offer], artifact: Mapping[str, Any]) -> Offer | None:
    """The tool that reads an artifact, None when the agent has none for it."""
    media_type = artifact["mime_type"]
    kind = "artifact_read" if media_type.startswith("text/") else "document_conversion"
    wanted = "image_read" if media_type.startswith("image/") else kind
    return next((offer for offer in offers if offer.kind == wanted), None)


def named_artifact(artifacts: Sequence[Json], asked: str) -> Json | None:
    """The latest artifact whose name or id the message says."""
    said = asked.lower()
    for artifact in reversed(artifacts):
        if artifact["artifact_id"] in asked or artifact["filename"].lower() in said:
            return artifact
    return None


def resolved(value: Any, agent: Mapping[str, Any], session: Mapping[str, Any], place: str) -> Any:
    """A configured value with its references to agent and session looked up; 422 for others."""
    if isinstance(value, list):
        return [resolved(one, agent, session, place) for one in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"$ref"} and isinstance(value["$ref"], str):
        return _looked_up(value["$ref"], {"agent": agent, "session": session}, place)
    return {name: resolved(one, agent, session, place) for name, one in value.items()}


def _looked_up(path: str, roots: Mapping[str, Any], place: str) -> Any:
    found: Any = roots
    for name in path.removeprefix("$.").split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise Unprocessable(f"{place}: there is no {path}")
        found = found[name]
    return found


def _tool(store: Store, name: str, configuration: Mapping[str, Any]) -> Json:
    kind = configuration["type"]
    if kind == "structured_indexing":
        return _INDEXING
    tool_id = configuration.get("tool_id", f"tol_{kind}")
    record = store.table(TOOLS).find(tool_id)
    if record is None:
        raise Unprocessable(f"the tool configuration '{name}' names {TOOLS.title(tool_id)}, which is gone")
    tool = record.value
    server = store.table(TOOL_SERVERS).find(tool["server_id"]) if "server_id" in tool else None
    return {**tool, "enabled": tool["enabled"] and (server is None or server.value["enabled"])}


def _offer(
    store: Store,
    name: str,
    tool: Json,
    configuration: Json,
    agent: Mapping[str, Any],
    session: Mapping[str, Any],
    artifacts: Sequence[Mapping[str, Any]],
    now: str,
) -> Offer:
    place = f"tool configuration '{name}'"
    overrides = resolved(configuration.get("argument_override", {}), agent, session, place)
    schema = tool.get("input_schema") or {}
    members = dict(schema.get("properties", {}))
    sub_agent = configuration.get("sub_agent_configuration")
    if sub_agent and sub_agent.get("session_mode", LLM_CONTROLLED) == LLM_CONTROLLED:
        members["session_key"] = _SESSION_KEY
    visible = {member: value for member, value in members.items() if member not in overrides}
    required = [member for member in schema.get("required", ()) if member in visible]
    template = configuration.get("description_template")
    described = rendered(template, agent, session, (), now) if template else tool["description"]
    more = " ".join(_more(store, configuration, artifacts))
    parameters = {**schema, "type": "object", "properties": visible, "required": required}
    return Offer(name, tool, configuration, overrides, f"{described} {more}".strip(), parameters)


def _more(
    store: Store, configuration: Mapping[str, Any], artifacts: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """What tells the model when to use the tool, besides its description."""
    if configuration["type"] == "sub_agent":
        record = store.table(AGENTS).find(configuration["sub_agent_configuration"]["agent_key"])
        if record is not None:
            yield f"{record.value['name']}. {record.value.get('description', '')}"
    if configuration["type"] in OF_ARTIFACTS:
        yield f"Files: {', '.join(artifact['filename'] for artifact in artifacts)}."
