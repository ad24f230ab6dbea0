"""Agents through HTTP. Spec tag: Agents."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, make_corpus, read, refused
from understudy.apis.vectara.kinds import INSTRUCTIONS, TOOLS
from understudy.pytest_plugin import Understudy
from understudy.state.world import World

PLAIN: dict[str, Any] = {"type": "default"}
INLINE: dict[str, Any] = {"type": "inline", "name": "manners", "template": "Be brief."}
STEP: dict[str, Any] = {"instructions": [INLINE], "output_parser": PLAIN}
AGENT: dict[str, Any] = {
    "name": "Front Desk",
    "model": {"name": "gpt-4o"},
    "tool_configurations": {},
    "first_step": {"type": "conversational", **STEP},
}
ELSEWHERE = {"argument_override": {"corpus_key": "no"}}


def searching(*corpora: dict[str, Any]) -> dict[str, Any]:
    """A configuration of a search."""
    return {"type": "corpora_search", "query_configuration": {"search": {"corpora": list(corpora)}}}


SEARCH = searching({"corpus_key": "handbook"})
TOOL_KINDS: list[dict[str, Any]] = [
    {"type": "mcp", "tool_id": "tol_mcp", "argument_override": {"city": "Turin", "when": None}},
    {"type": "lambda", "tool_id": "tol_lambda", "description_template": "Adds"},
    {"type": "dynamic_vectara", "tool_id": "tol_dynamic_vectara", "argument_override": {}},
    {**SEARCH, "argument_override": {"query": "kiln"}},
    {"type": "web_search", "argument_override": {"limit": 3, "provider": "tavily"}},
    {"type": "web_get", "argument_override": {"url": {"$ref": "session.metadata.url"}, "method": "GET"}},
    {"type": "structured_indexing", "argument_override": {"corpus_key": "handbook", "title": "Log"}},
    {
        "type": "sub_agent",
        "sub_agent_configuration": {"agent_key": "front-desk", "session_mode": "persistent"},
        "argument_override": {"session_tti_minutes": 5},
    },
    {"type": "artifact_create"},
    {"type": "artifact_read", "tool_configuration": {"max_lines": 20}},
    {"type": "artifact_grep", "argument_override": {"grep_options": ["-i"]}},
    {"type": "image_read", "argument_override": {"detail": "low"}},
    {"type": "document_conversion", "argument_override": {"output_format": "markdown"}},
    {
        "type": "get_document_text",
        "argument_override": {"corpus_key": "handbook"},
        "tool_configuration": {"metadata": {"include": False}},
    },
]


@pytest.fixture(autouse=True)
def equipped(understudy: Understudy) -> None:
    """Tools and instructions to name."""

    def put(world: World) -> None:
        for kind in ("mcp", "lambda", "dynamic_vectara"):
            tool = {"id": f"tol_{kind}", "type": kind, "name": kind, "enabled": True}
            world.store.table(TOOLS).add(tool)
        for name, enabled in (("on", True), ("off", False)):
            instruction = {"id": f"ins_{name}", "type": "initial", "enabled": enabled, "version": 2}
            versions = [{**instruction, "version": 1}, instruction]
            world.store.table(INSTRUCTIONS).add(instruction, versions=versions, made=2)

    understudy.look(put)


def make(api: httpx.Client, **members: Any) -> dict[str, Any]:
    answer = api.post("/v2/agents", json={**AGENT, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(api: httpx.Client, agent: dict[str, Any], **members: Any) -> dict[str, Any]:
    answer = api.patch(f"/v2/agents/{agent['key']}", json=members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def with_step(**members: Any) -> dict[str, Any]:
    return {**AGENT, "first_step": {"name": "main", **STEP, **members}}


def structured(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "structured", "json_schema": {"name": "report", "strict": True, "schema": schema}}


def test_an_agent_of_the_older_form_gets_a_key_and_names(api: httpx.Client) -> None:
    agent = make(api, metadata={"team": None})
    assert agent["key"].startswith("agt_front_desk_")
    assert len(agent["key"]) == len("agt_front_desk_") + 4
    step = {"type": "conversational", **STEP}
    assert agent["first_step"] == {"name": "main", **step}
    assert (agent["first_step_name"], agent["steps"]) == ("main", {"main": step})
    assert (agent["enabled"], agent["metadata"], agent["tool_configurations"]) == (True, {"team": None}, {})
    assert agent["created_at"] == agent["updated_at"]
    assert not {"description", "skills", "compaction", "tool_output_offloading"} & agent.keys()
    assert read(api, f"/v2/agents/{agent['key']}") == agent


def test_generated_keys_differ_and_keep_to_the_limit(api: httpx.Client) -> None:
    keys = [make(api, name=name)["key"] for name in ("x" * 50, "x" * 50, "日本", "日本")]
    assert len(set(keys)) == 4
    assert max(len(key) for key in keys) == 50
    assert keys[2].startswith("agt_")


def test_a_chosen_key_is_unique(api: httpx.Client) -> None:
    assert make(api, key="Mine_1-a")["key"] == "Mine_1-a"
    before = read(api, "/v2/agents")
    refused(api.post("/v2/agents", json={**AGENT, "key": "Mine_1-a"}), 409)
    assert read(api, "/v2/agents") == before


@pytest.mark.parametrize("configuration", TOOL_KINDS, ids=lambda one: str(one["type"]))
def test_every_kind_of_tool_is_kept_as_it_is_given(api: httpx.Client, configuration: dict[str, Any]) -> None:
    agent = make(api, tool_configurations={"tool": {**configuration, "unknown": 1}})
    assert agent["tool_configurations"] == {"tool": configuration}
    assert read(api, f"/v2/agents/{agent['key']}") == agent


@pytest.mark.parametrize(
    ("configuration", "place"),
    [
        ({}, ".type"),
        ({"type": "magic"}, ".type"),
        ({"type": "mcp"}, ".tool_id"),
        ({"type": "mcp", "tool_id": "mcp"}, ".tool_id"),
        ({"type": "mcp", "tool_id": "tol_none"}, ".tool_id"),
        ({"type": "lambda", "tool_id": "tol_mcp"}, ".tool_id"),
        ({"type": "dynamic_vectara", "tool_id": "tol_none"}, ".tool_id"),
        ({"type": "corpora_search"}, ".query_configuration"),
        ({"type": "corpora_search", "query_configuration": {}}, ".query_configuration.search"),
        (
            {"type": "corpora_search", "query_configuration": {"search": {"corpora": []}}},
            ".query_configuration.search.corpora",
        ),
        (
            searching({"corpus_key": "no"}),
            ".query_configuration.search.corpora[0].corpus_key",
        ),
        (
            searching({"corpus_key": {}}),
            ".query_configuration.search.corpora[0].corpus_key",
        ),
        ({**SEARCH, "argument_override": {"limit": 3}}, ".argument_override.limit"),
        ({"type": "web_search", "argument_override": {"limit": 0}}, ".argument_override.limit"),
        ({"type": "web_search", "argument_override": {"provider": "x"}}, ".argument_override.provider"),
        ({"type": "web_get", "argument_override": {"method": "BREW"}}, ".argument_override.method"),
        ({"type": "web_get", "argument_override": {"url": 5}}, ".argument_override.url"),
        ({"type": "structured_indexing", **ELSEWHERE}, ".argument_override.corpus_key"),
        ({"type": "get_document_text", **ELSEWHERE}, ".argument_override.corpus_key"),
        ({"type": "sub_agent"}, ".sub_agent_configuration"),
        ({"type": "sub_agent", "sub_agent_configuration": {}}, ".sub_agent_configuration.agent_key"),
        (
            {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "no"}},
            ".sub_agent_configuration.agent_key",
        ),
        ({"type": "artifact_read", "tool_configuration": {"max_lines": 0}}, ".tool_configuration.max_lines"),
        ({"type": "image_read", "argument_override": {"detail": "full"}}, ".argument_override.detail"),
        ({"type": "artifact_grep", "argument_override": {"x": 1}}, ".argument_override.x"),
    ],
)  # fmt: skip
def test_a_bad_tool_is_named(api: httpx.Client, configuration: dict[str, Any], place: str) -> None:
    body = {**AGENT, "tool_configurations": {"tool": configuration}}
    refused(api.post("/v2/agents", json=body), 400, f"body.tool_configurations.tool{place}")
    agent = make(api)
    answer = api.patch(
        f"/v2/agents/{agent['key']}", json={"tool_configurations": body["tool_configurations"]}
    )
    refused(answer, 400, f"body.tool_configurations.tool{place}")
    assert read(api, f"/v2/agents/{agent['key']}") == agent


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"name": ""}, "body.name"),
        ({"name": "x" * 51}, "body.name"),
        ({"key": "a b"}, "body.key"),
        ({"key": "x" * 51}, "body.key"),
        ({"model": {"name": "none"}}, "body.model.name"),
        ({"model": {}}, "body.model.name"),
        ({"model": {"name": "gpt-4o", "retry_configuration": {"max_retries": 11}}},
         "body.model.retry_configuration.max_retries"),
        ({"compaction": {"threshold_percent": 49}}, "body.compaction.threshold_percent"),
        ({"compaction": {"tool_event_policy": "some"}}, "body.compaction.tool_event_policy"),
        ({"skills": {"a": {"description": "x"}}}, "body.skills.a.content"),
        ({"tool_configurations": None}, "body.tool_configurations"),
        ({"first_step": {}}, "body.first_step.instructions"),
        ({"steps": {"a": {"instructions": []}}}, "body.steps.a.output_parser"),
    ],
)  # fmt: skip
def test_bad_members_are_named(api: httpx.Client, members: dict[str, Any], place: str) -> None:
    assert place in refused(api.post("/v2/agents", json={**AGENT, **members}), 400)["field_errors"]


@pytest.mark.parametrize("missing", ["name", "model", "tool_configurations", "first_step"])
def test_what_an_agent_cannot_do_without(api: httpx.Client, missing: str) -> None:
    body = {member: value for member, value in AGENT.items() if member != missing}
    refused(api.post("/v2/agents", json=body), 400, f"body.{missing}")
    refused(api.put("/v2/agents/front-desk", json=body), 400, f"body.{missing}")


@pytest.mark.parametrize(
    ("instruction", "place"),
    [
        ({"type": "reference"}, ".id"),
        ({"type": "reference", "id": "ins_none"}, ".id"),
        ({"type": "reference", "id": "ins_off"}, ".id"),
        ({"type": "reference", "id": "ins_on", "version": 3}, ".version"),
        ({"type": "reference", "id": "ins_on", "version": 0}, ".version"),
        ({"type": "inline", "template": "x"}, ".name"),
        ({"type": "inline", "name": "x"}, ".template"),
        ({"type": "initial", "name": "x", "template": "x"}, ".type"),
    ],
)
def test_a_bad_instruction_is_named(api: httpx.Client, instruction: dict[str, Any], place: str) -> None:
    body = with_step(instructions=[INLINE, instruction])
    refused(api.post("/v2/agents", json=body), 400, f"body.first_step.instructions[1]{place}")


def test_an_agent_goes_on_with_an_instruction_that_was_disabled(
    understudy: Understudy, api: httpx.Client
) -> None:
    instruction = {"type": "reference", "id": "ins_on", "version": 1}
    agent = make(api, first_step={"name": "main", **STEP, "instructions": [instruction]})

    def switch_off(world: World) -> None:
        table = world.store.table(INSTRUCTIONS)
        table.replace({**table.get("ins_on"), "enabled": False})

    understudy.look(switch_off)
    again = change(api, agent, first_step={"instructions": [instruction, INLINE]})
    assert again["first_step"]["instructions"] == [instruction, INLINE]
    refused(
        api.post("/v2/agents", json=with_step(instructions=[instruction])),
        400,
        "body.first_step.instructions[0].id",
    )


def test_steps_lead_to_each_other(api: httpx.Client) -> None:
    last = {**STEP, "type": "anything", "allowed_skills": None, "reentry_step": "ask", "allowed_tools": []}
    ask = {
        **STEP,
        "next_steps": [
            {"condition": "get('$.output.text') == 'done'", "step_name": "last"},
            {"step_name": "ask"},
        ],
        "allowed_tools": ["search"],
        "allowed_skills": ["knots"],
        "reminders": [{"type": "templated", "template": "Soon.", "hooks": ["input_message"]}],
    }
    members = {
        "tool_configurations": {"search": SEARCH},
        "skills": {"knots": {"description": "Ties", "content": "Over."}},
        "steps": {"ask": ask, "last": last},
        "first_step_name": "ask",
    }
    body = {member: value for member, value in AGENT.items() if member != "first_step"} | members
    agent = api.post("/v2/agents", json=body).json()
    kept = {member: value for member, value in last.items() if member != "allowed_skills"}
    assert agent["steps"]["last"] == {**kept, "type": "conversational"}
    assert agent["first_step"] == {"name": "ask", "type": "conversational", **ask}
    again = api.put(f"/v2/agents/{agent['key']}", json=agent)
    assert again.json() == agent


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ({"next_steps": [{"step_name": "none"}]}, "next_steps[0].step_name"),
        ({"next_steps": [{"step_name": "main", "condition": "1 +"}]}, "next_steps[0].condition"),
        ({"next_steps": [{"step_name": "main", "condition": "knee()"}]}, "next_steps[0].condition"),
        ({"allowed_tools": ["none"]}, "allowed_tools[0]"),
        ({"allowed_skills": ["none"]}, "allowed_skills[0]"),
        ({"reentry_step": "none"}, "reentry_step"),
        ({"reminders": [{"type": "templated", "template": "x"}]}, "reminders[0].hooks"),
        ({"reminders": [{"type": "templated", "template": "x", "hooks": ["y"]}]}, "reminders[0].hooks[0]"),
        ({"output_parser": {"type": "structured"}}, "output_parser.json_schema"),
    ],
)
def test_a_bad_step_is_named(api: httpx.Client, step: dict[str, Any], place: str) -> None:
    refused(api.post("/v2/agents", json=with_step(**step)), 400, f"body.first_step.{place}")
    path = f"/v2/agents/{make(api)['key']}"
    refused(api.patch(path, json={"steps": {"more": {**STEP, **step}}}), 400, f"body.steps.more.{place}")


OPEN = {"type": "object", "additionalProperties": False, "required": [], "properties": {}}


def nested(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = OPEN
    for _ in range(levels - 1):
        inner = {**OPEN, "required": ["a"], "properties": {"a": inner}}
    return inner


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "object", "properties": {}}, "additionalProperties"),
        ({**OPEN, "properties": {"a": {"type": "string"}}}, "required"),
        ({**OPEN, "required": ["a"], "properties": {"a": {"type": "string", "maxLength": 3}}},
         "properties.a.maxLength"),
        (nested(6), "properties.a" + ".properties.a" * 4),
        ({**OPEN, "required": [f"p{n}" for n in range(101)],
          "properties": {f"p{n}": {"type": "string"} for n in range(101)}}, ""),
        ({**OPEN, "required": ["a"], "properties": {"a": {"type": "array", "items": {"type": "object"}}}},
         "properties.a.items.additionalProperties"),
    ],
)  # fmt: skip
def test_a_strict_schema_keeps_to_its_rules(api: httpx.Client, schema: dict[str, Any], place: str) -> None:
    answer = api.post("/v2/agents", json=with_step(output_parser=structured(schema)))
    at = "body.first_step.output_parser.json_schema.schema"
    refused(answer, 400, f"{at}.{place}" if place else at)
    loose = structured(schema)
    loose["json_schema"]["strict"] = False
    assert make(api, first_step={**STEP, "output_parser": loose})["first_step"]["output_parser"] == loose


def test_a_strict_schema_of_five_levels_is_taken(api: httpx.Client) -> None:
    parser = structured(nested(5))
    assert make(api, first_step={**STEP, "output_parser": parser})["first_step"]["output_parser"] == parser


def test_the_first_step_is_said_once_or_twice_alike(api: httpx.Client) -> None:
    first = {"name": "ask", **STEP}
    agent = make(api, first_step=first, first_step_name="ask", steps={"ask": STEP})
    assert list(agent["steps"]) == ["ask"]
    other = {**STEP, "instructions": []}
    body = {**AGENT, "first_step": first, "steps": {"ask": other}}
    refused(api.post("/v2/agents", json=body), 400, "body.first_step.name")
    body = {**AGENT, "first_step": first, "first_step_name": "other", "steps": {"other": other}}
    refused(api.post("/v2/agents", json=body), 400, "body.first_step_name")
    body = {"name": "x", "model": AGENT["model"], "tool_configurations": {}, "first_step_name": "ask"}
    refused(api.post("/v2/agents", json=body), 400, "body.first_step_name")
    assert make(api, first_step_name="named")["first_step"]["name"] == "named"


def test_a_change_merges_maps_and_replaces_the_rest(understudy: Understudy, api: httpx.Client) -> None:
    agent = make(
        api,
        description="Old",
        metadata={"a": 1},
        enabled=False,
        tool_configurations={"search": SEARCH, "web": {"type": "web_search"}},
        skills={"knots": {"description": "Ties", "content": "Over."}},
        compaction={"threshold_percent": 60, "enabled": True},
        tool_output_offloading={"enabled": True},
    )
    understudy.advance(seconds=5)
    changed = change(
        api,
        agent,
        name="New",
        description=None,
        metadata={"b": 2},
        enabled=None,
        tool_configurations={"web": None, "grep": {"type": "artifact_grep"}},
        skills={"bells": {"description": "Rings", "content": "Ding."}},
        compaction={"threshold_percent": 70},
        tool_output_offloading=None,
    )
    assert changed["tool_configurations"] == {"search": SEARCH, "grep": {"type": "artifact_grep"}}
    assert list(changed["skills"]) == ["knots", "bells"]
    assert (changed["name"], changed["metadata"], changed["enabled"]) == ("New", {"b": 2}, True)
    assert changed["compaction"] == {"threshold_percent": 70}
    assert not {"description", "tool_output_offloading"} & changed.keys()
    assert changed["created_at"] == agent["created_at"] < changed["updated_at"]
    emptied = change(api, agent, tool_configurations=None, skills=None, compaction=None, metadata=None)
    assert (emptied["tool_configurations"], emptied["metadata"]) == ({}, {})
    assert not {"skills", "compaction"} & emptied.keys()
    assert change(api, agent) == emptied


def test_steps_change_one_by_one(api: httpx.Client) -> None:
    agent = make(api, first_step={"name": "ask", **STEP, "allowed_tools": [], "reentry_step": "ask"})
    more = {**STEP, "next_steps": [{"step_name": "ask"}]}
    changed = change(api, agent, steps={"more": more, "ask": {"reentry_step": "more"}})
    assert changed["first_step"]["reentry_step"] == "more"
    assert changed["first_step"]["allowed_tools"] == []
    cleared = change(api, agent, first_step={"allowed_tools": None, "instructions": None})
    assert cleared["first_step"]["instructions"] == []
    assert "allowed_tools" not in cleared["first_step"]
    moved = change(api, agent, first_step_name="more")
    assert (moved["first_step_name"], moved["first_step"]["name"]) == ("more", "more")
    answer = api.patch(f"/v2/agents/{agent['key']}", json={"steps": {"ask": None}})
    refused(answer, 400, "body.steps.more.next_steps[0].step_name")
    rest = change(api, agent, steps={"ask": None, "more": {"next_steps": None}})
    assert list(rest["steps"]) == ["more"]
    renamed = change(api, agent, first_step={"name": "only", "instructions": [INLINE]})
    assert (list(renamed["steps"]), renamed["first_step_name"]) == (["only"], "only")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"steps": {"answer": None}}, "body.first_step_name"),
        ({"first_step_name": "none"}, "body.first_step_name"),
        ({"first_step": {"name": "b"}, "first_step_name": "c"}, "body.first_step_name"),
        ({"first_step": {"name": "b"}, "steps": {"b": STEP}}, "body.first_step.name"),
        ({"steps": {"new": {"instructions": []}}}, "body.steps.new.output_parser"),
        ({"first_step": {"output_parser": None}}, "body.first_step.output_parser"),
        ({"name": None}, "body.name"),
        ({"model": {"name": "none"}}, "body.model.name"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(
    api: httpx.Client, body: dict[str, Any], place: str
) -> None:
    before = read(api, "/v2/agents/front-desk")
    refused(api.patch("/v2/agents/front-desk", json=body), 400, place)
    assert read(api, "/v2/agents/front-desk") == before


def test_a_tool_that_a_step_allows_cannot_be_taken_away(api: httpx.Client) -> None:
    agent = make(
        api, tool_configurations={"search": SEARCH}, first_step={**STEP, "allowed_tools": ["search"]}
    )
    answer = api.patch(f"/v2/agents/{agent['key']}", json={"tool_configurations": None})
    refused(answer, 400, "body.steps.main.allowed_tools[0]")


def test_a_replacement_leaves_nothing_of_the_old_agent(understudy: Understudy, api: httpx.Client) -> None:
    agent = make(api, description="Old", enabled=False, skills={"a": {"description": "b", "content": "c"}})
    understudy.advance(seconds=5)
    answer = api.put(f"/v2/agents/{agent['key']}", json={**AGENT, "name": "New", "key": agent["key"]})
    replaced = answer.json()
    assert answer.status_code == 200
    assert (replaced["key"], replaced["name"], replaced["enabled"]) == (agent["key"], "New", True)
    assert not {"description", "skills"} & replaced.keys()
    assert replaced["created_at"] == agent["created_at"] < replaced["updated_at"]
    refused(api.put(f"/v2/agents/{agent['key']}", json={**AGENT, "key": "other"}), 400, "body.key")
    refused(api.put("/v2/agents/none", json=AGENT), 404)
    assert read(api, f"/v2/agents/{agent['key']}") == replaced


def test_agents_are_listed_oldest_first_and_narrowed(api: httpx.Client) -> None:
    made = [make(api, name=f"Clerk {n}", enabled=n % 2 == 0)["key"] for n in range(11)]
    pages = all_pages(api, "/v2/agents", "agents")
    assert [agent["key"] for page in pages for agent in page] == ["front-desk", *made]
    assert [len(page) for page in pages] == [10, 2]
    listed = read(api, "/v2/agents", filter="CLERK 1", enabled=True)["agents"]
    assert [agent["key"] for agent in listed] == [made[10]]
    about = read(api, "/v2/agents", filter="about the handbook")["agents"]
    assert [agent["key"] for agent in about] == ["front-desk"]
    refused(api.get("/v2/agents", params={"filter": "("}), 400, "query.filter")
    refused(api.get("/v2/agents", params={"limit": 101}), 400, "query.limit")
    first = read(api, "/v2/agents", limit=1)["metadata"]["page_key"]
    refused(api.get("/v2/agents", params={"page_key": first, "enabled": True}), 400, "query.page_key")


def test_a_deleted_agent_is_gone_and_its_users_stay(api: httpx.Client) -> None:
    configuration = {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "front-desk"}}
    user = make(api, tool_configurations={"desk": configuration})
    assert api.delete("/v2/agents/front-desk").status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/identity")):
        assert refused(api.request(method, f"/v2/agents/front-desk{path}"), 404)["id"] == "front-desk"
    refused(api.patch("/v2/agents/front-desk", json={}), 404)
    refused(api.patch("/v2/agents/front-desk/identity", json={}), 404)
    assert change(api, user, name="Alone")["tool_configurations"] == {"desk": configuration}
    assert read(api, f"/v2/agents/{user['key']}/identity")["agent_roles"] == []


def test_the_identity_follows_the_tools_until_it_is_set_by_hand(api: httpx.Client) -> None:
    make_corpus(api, "log")
    tools = {
        "search": SEARCH,
        "write": {"type": "structured_indexing", "argument_override": {"corpus_key": "log"}},
        "desk": {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "front-desk"}},
    }
    agent = make(api, tool_configurations=tools)
    path = f"/v2/agents/{agent['key']}/identity"
    told = read(api, path)
    handbook, log = (
        {"corpus_key": key, "role": role} for key, role in (("handbook", "viewer"), ("log", "editor"))
    )
    assert (told["mode"], told["api_roles"], told["corpus_roles"]) == ("auto", [], [handbook, log])
    assert told["agent_roles"] == [{"agent_key": "front-desk", "role": "agent_user"}]
    assert api.patch(path, json={"api_roles": ["owner"]}).json() == told
    frozen = api.patch(path, json={"mode": "manual", "api_roles": ["viewer"]}).json()
    assert frozen == {**told, "mode": "manual", "api_roles": ["viewer"]}
    change(api, agent, tool_configurations={"search": None})
    assert read(api, path) == frozen
    assert api.patch(path, json={"corpus_roles": []}).json()["corpus_roles"] == []
    again = api.patch(path, json={"mode": "auto"}).json()
    assert again == {**told, "corpus_roles": [log]}
    api.delete("/v2/corpora/log")
    assert read(api, path)["corpus_roles"] == []
    refused(api.patch(path, json={"mode": "off"}), 400, "body.mode")
    refused(api.patch(path, json={"api_roles": ["king"]}), 400, "body.api_roles[0]")
