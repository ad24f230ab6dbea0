"""What an agent names of its account: whether it is there, and which roles that takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.agent_steps import instructions, reminders
from understudy.apis.vectara.kinds import AGENTS, CORPORA, GLOSSARIES, INSTRUCTIONS, LLMS, TOOLS
from understudy.errors import BadRequest
from understudy.state.store import Store

SEARCHES = "viewer"
WRITES = "editor"
CALLS = "agent_user"
"""The roles that tools take: on a corpus that is searched or read, one that is written, an agent (guess)."""


def check(store: Store, body: Mapping[str, Any], used: Collection[str] = ()) -> None:
    """400 with every place where a request names something that is not there.

    Args:
        body: the request; what it does not give is not looked at.
        used: ids of the instructions that the agent has already, which may be disabled.
    """
    if "model" in body:
        models.named(store, LLMS, body["model"]["name"], "body.model.name")
    found: dict[str, str] = {}
    for name, configuration in (body.get("tool_configurations") or {}).items():
        if configuration is not None:
            found |= dict(_unknown_of_tool(store, configuration, f"body.tool_configurations.{name}"))
    for place, one in instructions(body):
        if one["type"] == "reference":
            found |= _unknown_instruction(store, one, place, used)
    for place, one in reminders(body):
        key = one.get("glossary_key", "")
        if one["type"] == "glossary_expansion" and key not in store.table(GLOSSARIES):
            found[f"{place}.glossary_key"] = f"no {GLOSSARIES.title(key)}"
    if found:
        raise BadRequest(found)


def used_instructions(agent: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the instructions that the steps of an agent refer to."""
    given = instructions({"steps": agent["steps"]})
    return frozenset(one["id"] for _, one in given if one["type"] == "reference")


def roles(store: Store, agent: Mapping[str, Any]) -> dict[str, Any]:
    """The roles that the tools of an agent take, on what there is of the things they name."""
    corpora: dict[str, str] = {}
    agents: dict[str, str] = {}
    for configuration in agent["tool_configurations"].values():
        writes = configuration["type"] == "structured_indexing"
        for _, key in _corpora_of(configuration):
            if key in store.table(CORPORA):
                corpora[key] = WRITES if writes else corpora.get(key, SEARCHES)
        sub_agent = configuration.get("sub_agent_configuration", {}).get("agent_key")
        if sub_agent in store.table(AGENTS):
            agents[sub_agent] = CALLS
    return {
        "api_roles": [],
        "corpus_roles": [{"corpus_key": key, "role": role} for key, role in corpora.items()],
        "agent_roles": [{"agent_key": key, "role": role} for key, role in agents.items()],
    }


def _unknown_of_tool(store: Store, configuration: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    if "tool_id" in configuration:
        tool_id, kind = configuration["tool_id"], configuration["type"]
        tool = store.table(TOOLS).find(tool_id)
        if tool is None:
            yield f"{place}.tool_id", f"no {TOOLS.title(tool_id)}"
        elif tool.value["type"] != kind:
            yield (
                f"{place}.tool_id",
                f"{TOOLS.title(tool_id)} is of the type {tool.value['type']}, not {kind}",
            )
    for where, key in _corpora_of(configuration):
        if key not in store.table(CORPORA):
            yield f"{place}.{where}", f"no {CORPORA.title(key)}"
    if "sub_agent_configuration" in configuration:
        key = configuration["sub_agent_configuration"]["agent_key"]
        if key not in store.table(AGENTS):
            yield f"{place}.sub_agent_configuration.agent_key", f"no {AGENTS.title(key)}"


def _corpora_of(configuration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The corpora that a tool is configured for, with their places; those of the session come later."""
    search = configuration.get("query_configuration", {}).get("search", {})
    for number, corpus in enumerate(search.get("corpora", ())):
        if isinstance(corpus["corpus_key"], str):
            yield f"query_configuration.search.corpora[{number}].corpus_key", corpus["corpus_key"]
    if configuration["type"] in ("structured_indexing", "get_document_text"):
        key = configuration.get("argument_override", {}).get("corpus_key")
        if key is not None:
            yield "argument_override.corpus_key", key


def _unknown_instruction(
    store: Store, reference: Mapping[str, Any], place: str, used: Collection[str]
) -> dict[str, str]:
    identity = reference["id"]
    record = store.table(INSTRUCTIONS).find(identity)
    if record is None:
        return {f"{place}.id": f"no {INSTRUCTIONS.title(identity)}"}
    if not record.value["enabled"] and identity not in used:
        return {f"{place}.id": f"{INSTRUCTIONS.title(identity)} is disabled"}
    wanted = reference.get("version")
    if wanted is not None and not any(one["version"] == wanted for one in record.private["versions"]):
        return {f"{place}.version": f"there is no such version; the latest is {record.value['version']}"}
    return {}
