"""Agents with the official Python SDK, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import (
    AgentCorporaSearchQueryConfiguration,
    AgentInput_Skill,
    AgentInput_Text,
    AgentKeyedSearchCorpus,
    AgentModel,
    AgentOutputParser_Default,
    AgentOutputParser_Structured,
    AgentSearchCorporaParameters,
    AgentSkill,
    AgentStep,
    AgentStepInstruction_Inline,
    AgentStepReminder_Templated,
    AgentToolConfiguration_ArtifactRead,
    AgentToolConfiguration_CorporaSearch,
    AgentToolConfiguration_SubAgent,
    AgentToolConfiguration_WebGet,
    ArtifactReadConfiguration,
    AsyncVectara,
    CompactionConfig,
    CorpusRole,
    EagerReference,
    FirstAgentStep,
    JsonSchemaDefinition,
    JsonSchemaSpec,
    NextStep,
    ScheduleConfiguration_Cron,
    ScheduleConfiguration_Interval,
    SubAgentConfiguration,
    ToolOutputOffloadingConfiguration,
    UpdateAgentStep,
    UpdateFirstAgentStep,
    Vectara,
    WebGetToolParameters,
)
from vectara.errors import BadRequestError, ConflictError, NotFoundError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
BRIEF = AgentStepInstruction_Inline(name="brief", template="Be brief, $agent.name.")
SEARCH = AgentToolConfiguration_CorporaSearch(
    query_configuration=AgentCorporaSearchQueryConfiguration(
        search=AgentSearchCorporaParameters(
            corpora=[
                AgentKeyedSearchCorpus(corpus_key="handbook"),
                AgentKeyedSearchCorpus(corpus_key=EagerReference(ref="session.metadata.corpus")),
            ]
        )
    )
)
TOOLS: Any = {
    "search": SEARCH,
    "fetch": AgentToolConfiguration_WebGet(
        argument_override=WebGetToolParameters(url=EagerReference(ref="session.metadata.url"))
    ),
    "desk": AgentToolConfiguration_SubAgent(
        sub_agent_configuration=SubAgentConfiguration(agent_key="front-desk", session_mode="ephemeral")
    ),
    "read": AgentToolConfiguration_ArtifactRead(tool_configuration=ArtifactReadConfiguration(max_lines=9)),
}
REPORT = AgentOutputParser_Structured(
    json_schema=JsonSchemaSpec(
        name="report",
        schema=JsonSchemaDefinition(type="object", properties={"done": JsonSchemaDefinition(type="boolean")}),
    )
)
STEPS = {
    "ask": AgentStep(
        instructions=[BRIEF],
        output_parser=REPORT,
        next_steps=[NextStep(condition="get('$.output.done') == true", step_name="close")],
        allowed_tools=["search"],
    ),
    "close": AgentStep(
        instructions=[],
        output_parser=AgentOutputParser_Default(),
        reminders=[AgentStepReminder_Templated(template="Say goodbye.", hooks=["input_message"])],
        allowed_skills=["knots"],
        reentry_step="ask",
    ),
}
PILOT: dict[str, Any] = {
    "name": "Pilot",
    "description": "Of the harbour",
    "model": AgentModel(name="gpt-4o", parameters={"temperature": 0.1}),
    "tool_configurations": TOOLS,
    "skills": {"knots": AgentSkill(description="Ties", content="Over, under.")},
    "steps": STEPS,
    "first_step_name": "ask",
    "metadata": {"berth": 4},
    "compaction": CompactionConfig(threshold_percent=80),
    "tool_output_offloading": ToolOutputOffloadingConfiguration(enabled=True),
}
HOURLY: dict[str, Any] = {
    "name": "Hourly",
    "message": [AgentInput_Text(content="Report."), AgentInput_Skill(skill_name="knots")],
    "schedule": ScheduleConfiguration_Interval(interval="PT1H"),
    "session_metadata": {"berth": 4},
}


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    """The SDK with a connection pool that is closed in the end, which it does not do by itself."""
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def test_an_agent_is_made_of_all_its_parts_and_read(client: Vectara) -> None:
    made = client.agents.create(**PILOT, key="pilot", enabled=False)
    assert (made.key, made.name, made.enabled, made.metadata) == ("pilot", "Pilot", False, {"berth": 4})
    assert made.tool_configurations == TOOLS
    assert (made.skills, made.compaction) == (PILOT["skills"], PILOT["compaction"])
    assert made.steps is not None
    assert list(made.steps) == ["ask", "close"]
    assert made.steps["close"].reminders == STEPS["close"].reminders
    assert (made.first_step_name, made.first_step.name) == ("ask", "ask")
    assert made.first_step.output_parser == REPORT
    assert made.first_step.next_steps == STEPS["ask"].next_steps
    assert client.agents.get("pilot") == made


def test_agents_are_listed_over_pages(client: Vectara) -> None:
    step = FirstAgentStep(name="only", instructions=[BRIEF], output_parser=AgentOutputParser_Default())
    made = [
        client.agents.create(
            name=f"Clerk {n}", tool_configurations={}, model=PILOT["model"], first_step=step
        ).key
        for n in range(3)
    ]
    assert [agent.key for agent in client.agents.list(limit=2)] == ["front-desk", *made]
    assert [agent.key for agent in client.agents.list(filter="clerk 1", enabled=True)] == [made[1]]
    assert made[0].startswith("agt_clerk_0_")


def test_an_agent_changes_in_parts_and_as_a_whole(client: Vectara) -> None:
    client.agents.create(**PILOT, key="pilot")
    changed = client.agents.update(
        "pilot",
        name="Night pilot",
        tool_configurations={"fetch": None},
        skills={"bells": AgentSkill(description="Rings", content="Ding.")},
        first_step=UpdateFirstAgentStep(instructions=[]),
        steps={"close": UpdateAgentStep(reentry_step="close")},
        metadata={},
    )
    assert changed.name == "Night pilot"
    assert list(changed.tool_configurations) == ["search", "desk", "read"]
    assert list(changed.skills or {}) == ["knots", "bells"]
    assert (changed.first_step.instructions, changed.first_step.output_parser) == ([], REPORT)
    assert (changed.steps or {})["close"].reentry_step == "close"
    assert (changed.metadata, changed.description) == ({}, "Of the harbour")
    replaced = client.agents.replace(
        "pilot",
        name="Pilot",
        tool_configurations={},
        model=AgentModel(name="gpt-4o"),
        first_step=FirstAgentStep(
            name="only", instructions=[BRIEF], output_parser=AgentOutputParser_Default()
        ),
    )
    assert (replaced.first_step.name, replaced.tool_configurations) == ("only", {})
    assert (replaced.description, replaced.skills) == (None, None)
    client.agents.delete("pilot")
    with pytest.raises(NotFoundError):
        client.agents.get("pilot", request_options=ONCE)


def test_the_identity_is_read_and_set(client: Vectara) -> None:
    client.agents.create(**PILOT, key="pilot")
    identity = client.agents.get_identity("pilot")
    assert identity.mode == "auto"
    assert identity.corpus_roles == [CorpusRole(corpus_key="handbook", role="viewer")]
    assert [role.agent_key for role in identity.agent_roles] == ["front-desk"]
    frozen = client.agents.update_identity("pilot", mode="manual", api_roles=["viewer"], agent_roles=[])
    assert (frozen.mode, frozen.api_roles, frozen.agent_roles) == ("manual", ["viewer"], [])
    assert frozen.corpus_roles == identity.corpus_roles
    assert client.agents.update_identity("pilot", mode="auto") == identity


def test_a_bad_agent_is_an_exception_that_names_the_field(client: Vectara) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.agents.create(**{**PILOT, "model": AgentModel(name="none")}, request_options=ONCE)
    assert set(caught.value.body["field_errors"]) == {"body.model.name"}


def test_a_schedule_is_made_executed_changed_and_deleted(understudy: Understudy, client: Vectara) -> None:
    client.agents.create(**PILOT, key="pilot")
    made = client.agent_schedules.create("pilot", **HOURLY, key="hourly", description="All day")
    assert (made.key, made.agent_key, made.name, made.enabled) == ("hourly", "pilot", "Hourly", True)
    assert (made.message, made.schedule) == (HOURLY["message"], HOURLY["schedule"])
    assert (made.session_metadata, made.max_executions_to_keep) == ({"berth": 4}, 10)
    assert (made.last_execution_at, made.description) == (None, "All day")
    understudy.advance(seconds=3 * 3600 + 1)
    told = list(client.agent_schedules.list_executions("pilot", "hourly", limit=2))
    assert [(one.status, one.attempt, one.schedule_key) for one in told] == [("success", 1, "hourly")] * 3
    assert told[0].executed_at > told[1].executed_at > told[2].executed_at > made.created_at
    assert all(one.session_key and one.workflow_run_id for one in told)
    read = client.agent_schedules.get("pilot", "hourly")
    assert read.last_execution_at == told[0].executed_at
    nightly = ScheduleConfiguration_Cron(cron_expression="0 3 * * *")
    changed = client.agent_schedules.update("pilot", "hourly", schedule=nightly, enabled=False)
    assert (changed.schedule, changed.enabled, changed.name) == (nightly, False, "Hourly")
    other = client.agent_schedules.create("pilot", **HOURLY)
    assert other.key.startswith("sch_hourly_")
    listed = list(client.agent_schedules.list("pilot", limit=1))
    assert [schedule.key for schedule in listed] == ["hourly", other.key]
    client.agent_schedules.delete("pilot", "hourly")
    with pytest.raises(NotFoundError):
        client.agent_schedules.get("pilot", "hourly", request_options=ONCE)
    with pytest.raises(ConflictError):
        client.agent_schedules.create("pilot", **HOURLY, key=other.key, request_options=ONCE)
    soon = ScheduleConfiguration_Interval(interval="PT1S")
    with pytest.raises(BadRequestError) as caught:
        client.agent_schedules.update("pilot", other.key, schedule=soon, request_options=ONCE)
    assert set(caught.value.body["field_errors"]) == {"body.schedule.interval"}


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    async def act(client: AsyncVectara) -> None:
        made = await client.agents.create(**PILOT, key="pilot")
        assert await client.agents.get("pilot") == made
        assert [agent.key async for agent in await client.agents.list(limit=1)] == ["front-desk", "pilot"]
        assert (await client.agents.update("pilot", enabled=False)).enabled is False
        assert (await client.agents.replace("pilot", **PILOT)).enabled is True
        assert (await client.agents.get_identity("pilot")).mode == "auto"
        assert (await client.agents.update_identity("pilot", mode="manual")).mode == "manual"
        schedules = client.agent_schedules
        hourly = await schedules.create("pilot", **HOURLY)
        assert await schedules.get("pilot", hourly.key) == hourly
        assert [one.key async for one in await schedules.list("pilot")] == [hourly.key]
        assert (await schedules.update("pilot", hourly.key, name="Often")).name == "Often"
        understudy.advance(seconds=3600)
        assert len([one async for one in await schedules.list_executions("pilot", hourly.key)]) == 1
        await schedules.delete("pilot", hourly.key)
        await client.agents.delete("pilot")

    async def connected() -> None:
        async with httpx.AsyncClient(timeout=30) as pool:
            await act(
                AsyncVectara(
                    api_key=understudy.api_key,
                    environment=understudy.vectara_environment(),
                    httpx_client=pool,
                )
            )

    asyncio.run(connected())
