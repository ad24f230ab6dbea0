"""Sessions, events and artifacts of agents with the official Python SDK, sync and async."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import (
    AgentInput_Skill,
    AgentInput_Text,
    AgentModel,
    AgentOutputParser_Default,
    AgentOutputParser_Structured,
    AgentSkill,
    AgentStep,
    AgentToolConfiguration_ArtifactCreate,
    AgentToolConfiguration_ImageRead,
    AsyncVectara,
    CreateAgentEventsRequestBody_Compact,
    CreateAgentEventsRequestBody_InputMessage,
    CreateAgentEventsRequestBody_Interrupt,
    CreateAgentEventsStreamRequestBody_Compact,
    CreateAgentEventsStreamRequestBody_InputMessage,
    CreateAgentEventsStreamRequestBody_Interrupt,
    CreateAgentSessionRequestFromSession,
    FirstAgentStep,
    JsonSchemaDefinition,
    JsonSchemaSpec,
    NextStep,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
DESK = "front-desk"
ORDER = "My order is 7731 and it came broken."
RECALL = "Which order was it, and what was wrong?"
LEAVE = "How many days of paid leave do employees have?"
TURN = ["input_message", "thinking", "agent_output"]


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    """The SDK with a connection pool that is closed in the end, which it does not do by itself."""
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def saying(text: str, **more: Any) -> Any:
    return CreateAgentEventsRequestBody_InputMessage(messages=[AgentInput_Text(content=text)], **more)


def streaming(text: str, **more: Any) -> Any:
    return CreateAgentEventsStreamRequestBody_InputMessage(
        messages=[AgentInput_Text(content=text)], stream_response=True, **more
    )


def types(events: Any) -> list[str]:
    return [event.type for event in events]


def test_a_session_is_made_read_listed_changed_and_deleted(client: Vectara) -> None:
    sessions = client.agent_sessions
    made = sessions.create(DESK, key="s1", name="One", description="D", metadata={"a": 1}, tti_minutes=90)
    assert (made.key, made.agent_key, made.name, made.description) == ("s1", DESK, "One", "D")
    assert (made.metadata, made.enabled, made.tti_minutes) == ({"a": 1}, True, 90)
    assert made.current_step_name == "answer"
    assert made.effective_compaction is not None
    assert made.effective_compaction.enabled is True
    assert sessions.get(DESK, "s1") == made
    other = sessions.create(DESK)
    assert other.key.startswith("ase_front_desk_")
    assert [one.key for one in sessions.list(DESK, limit=1)] == ["monday", "s1", other.key]
    assert [one.key for one in sessions.list(DESK, filter="one")] == ["s1"]
    changed = sessions.update(
        DESK, "s1", name="Two", metadata={}, enabled=False, tti_minutes=0, description="E"
    )
    assert (changed.name, changed.metadata, changed.enabled, changed.tti_minutes) == ("Two", {}, False, 0)
    assert changed.description == "E"
    with pytest.raises(BadRequestError):
        client.agent_events.create(DESK, "s1", request=saying("Hi"), request_options=ONCE)
    with pytest.raises(ApiError) as caught:  # the SDK has no class for this one
        sessions.create(DESK, key="s1", request_options=ONCE)
    assert caught.value.status_code == 409
    sessions.delete(DESK, "s1")
    with pytest.raises(NotFoundError):
        sessions.get(DESK, "s1", request_options=ONCE)


def test_an_agent_answers_and_its_events_are_read_and_deleted(client: Vectara) -> None:
    client.agent_sessions.create(DESK, key="s1")
    told = client.agent_events.create(DESK, "s1", request=saying(LEAVE))
    assert told.session_key == "s1"
    assert types(told.events) == [
        "input_message",
        "thinking",
        "tool_input",
        "tool_output",
        "thinking",
        "agent_output",
    ]
    called, given, said = told.events[2], told.events[3], told.events[-1]
    assert (called.tool_configuration_name, called.tool_name) == ("handbook", "corpora_search")
    assert called.tool_input == {"query": LEAVE}
    assert given.tool_call_id == called.tool_call_id
    assert (given.error, given.tool_output["search_results"][0]["corpus_key"]) == (False, "handbook")
    assert "27 days" in said.content
    assert list(client.agent_events.list(DESK, "s1", limit=2)) == told.events
    assert [client.agent_events.get(DESK, "s1", event.id) for event in told.events] == told.events
    client.agent_events.delete(DESK, "s1", said.id)
    with pytest.raises(NotFoundError):
        client.agent_events.get(DESK, "s1", said.id, request_options=ONCE)
    usage = client.agent_sessions.get(DESK, "s1").session_context_usage
    assert usage is not None
    assert usage.total_tokens


def test_events_are_hidden_and_shown_again(client: Vectara) -> None:
    events = client.agent_events
    client.agent_sessions.create(DESK, key="s1")
    told = events.create(DESK, "s1", request=saying(ORDER)).events
    assert [events.hide(DESK, "s1", event.id) for event in told] == told
    assert list(events.list(DESK, "s1")) == []
    assert list(events.list(DESK, "s1", include_hidden=True)) == told
    assert "7731" not in events.create(DESK, "s1", request=saying(RECALL)).events[-1].content
    assert [events.unhide(DESK, "s1", event.id) for event in told] == told
    assert "7731" in events.create(DESK, "s1", request=saying(RECALL)).events[-1].content
    since = events.create(DESK, "s1", request=saying("Thanks!", since="start", behavior="steer")).events
    assert since == list(events.list(DESK, "s1", limit=100))


def test_a_turn_is_streamed(client: Vectara) -> None:
    client.agent_sessions.create(DESK, key="s1")
    chunks = list(client.agent_events.create_stream(DESK, "s1", request=streaming(LEAVE)))
    kinds = types(chunks)
    assert (kinds[0], kinds[-2:]) == ("input_message", ["context_consumed", "end"])
    text = "".join(chunk.content for chunk in chunks if chunk.type == "streaming_agent_output")
    kept = list(client.agent_events.list(DESK, "s1", limit=100))
    assert (kept[-1].type, kept[-1].content) == ("agent_output", text)
    (ended,) = [chunk for chunk in chunks if chunk.type == "streaming_agent_output_end"]
    assert ended.event_id == kept[-1].id
    consumed = chunks[-2].session_context_usage
    assert consumed == client.agent_sessions.get(DESK, "s1").session_context_usage


def test_summaries_and_interrupts(understudy: Understudy, client: Vectara) -> None:
    events = client.agent_events
    client.agent_sessions.create(DESK, key="s1")
    told = events.create(DESK, "s1", request=saying(ORDER)).events
    (summary,) = events.create(
        DESK, "s1", request=CreateAgentEventsRequestBody_Compact(compact_up_to_event_id=told[-1].id)
    ).events
    assert (summary.type, summary.turns_compacted, summary.events_compacted) == ("compaction", 1, 3)
    assert "7731" in (summary.summary_text or "")
    assert "broken" in events.create(DESK, "s1", request=saying(RECALL)).events[-1].content
    compact = CreateAgentEventsStreamRequestBody_Compact(stream_response=True)
    assert types(events.create_stream(DESK, "s1", request=compact)) == [
        "compaction_started",
        "compaction",
        "end",
    ]
    understudy.lifecycle(dials={"agent_turns": {"pace": "polls", "amount": 9}})
    events.create(DESK, "s1", request=saying("Hello!"))
    with pytest.raises(ConflictError):
        events.create(DESK, "s1", request=saying("Hello!"), request_options=ONCE)
    stopped = events.create(DESK, "s1", request=CreateAgentEventsRequestBody_Interrupt()).events
    assert types(stopped) == ["session_interrupted"]
    stop = CreateAgentEventsStreamRequestBody_Interrupt(stream_response=True)
    assert types(events.create_stream(DESK, "s1", request=stop)) == ["end"]


def test_a_copy_of_a_session(client: Vectara) -> None:
    client.agent_sessions.create(DESK, key="s1")
    last = client.agent_events.create(DESK, "s1", request=saying(ORDER)).events[-1].id
    for number, origin in enumerate(
        (
            CreateAgentSessionRequestFromSession(session_key="s1"),
            CreateAgentSessionRequestFromSession(
                session_key="s1", agent_key=DESK, include_up_to_event_id=last
            ),
            CreateAgentSessionRequestFromSession(session_key="s1", compact_up_to_event_id=last),
        )
    ):
        client.agent_sessions.create(DESK, key=f"copy-{number}", from_session=origin)
        answer = client.agent_events.create(DESK, f"copy-{number}", request=saying(RECALL))
        assert "7731" in answer.events[-1].content


def test_artifacts_are_listed_and_read(understudy: Understudy, client: Vectara) -> None:
    with understudy.client() as plain:  # the SDK has no upload into a session
        path = f"/v2/agents/{DESK}/sessions/monday/events"
        told = plain.post(path, files={"files": ("a.md", b"# Alpha", "text/markdown")})
        assert told.status_code == 201
    artifacts = client.agent_artifacts
    oldest = list(artifacts.list(DESK, "monday", limit=1))
    assert [one.filename for one in oldest] == ["opening_hours.txt", "a.md"]
    newest = list(artifacts.list(DESK, "monday", sort_by="updated_at", order_by="desc"))
    assert newest == oldest[::-1]
    whole = artifacts.get(DESK, "monday", oldest[1].artifact_id)
    assert base64.b64decode(whole.data or "") == b"# Alpha"
    assert (whole.mime_type, whole.size_bytes, whole.metadata) == ("text/markdown", 7, {})
    uploaded = list(client.agent_events.list(DESK, "monday"))[-1]
    assert uploaded.type == "artifact_upload"
    assert uploaded.artifacts[0].artifact_id == whole.artifact_id
    with pytest.raises(NotFoundError):
        artifacts.get(DESK, "monday", "art_none", request_options=ONCE)


REPORT = AgentOutputParser_Structured(
    json_schema=JsonSchemaSpec(
        name="report",
        schema=JsonSchemaDefinition(
            type="object", properties={"order": JsonSchemaDefinition(type="integer")}
        ),
    )
)


def test_every_further_kind_of_event_is_read(understudy: Understudy, client: Vectara) -> None:
    client.agents.create(
        key="pilot",
        name="Pilot",
        model=AgentModel(name="gpt-4o"),
        tool_configurations={
            "look_at_image": AgentToolConfiguration_ImageRead(),
            "take_note": AgentToolConfiguration_ArtifactCreate(),
        },
        skills={"knots": AgentSkill(description="Ties", content="Over, under.")},
        first_step=FirstAgentStep(
            name="ask",
            instructions=[],
            output_parser=AgentOutputParser_Default(),
            next_steps=[NextStep(step_name="report")],
        ),
        steps={"report": AgentStep(instructions=[], output_parser=REPORT)},
    )
    client.agent_sessions.create("pilot", key="s1")
    with understudy.client() as plain:
        path = "/v2/agents/pilot/sessions/s1/events"
        form = {"files": ("boat.png", b"\x89PNG", "image/png"), "message": (None, "What is in the picture?")}
        assert plain.post(path, files=form).status_code == 201
    parts = [AgentInput_Skill(skill_name="knots"), AgentInput_Text(content=ORDER)]
    request = CreateAgentEventsRequestBody_InputMessage(messages=parts)
    told = client.agent_events.create("pilot", "s1", request=request).events
    assert types(told) == ["input_message", "skill_load", "thinking", "structured_output"]
    assert told[0].messages == parts
    assert (told[-1].schema_name, told[-1].content) == ("report", {"order": 7731})
    kept = {event.type: event for event in client.agent_events.list("pilot", "s1", limit=100)}
    assert kept["image_read"].detail == "auto"
    assert (kept["step_transition"].from_step, kept["step_transition"].to_step) == ("ask", "report")
    assert kept["skill_load"].content == "Over, under."


def test_a_disabled_agent_refuses(client: Vectara) -> None:
    client.agents.update(DESK, enabled=False)
    with pytest.raises(ForbiddenError):
        client.agent_events.create(DESK, "monday", request=saying("Hi"), request_options=ONCE)


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    async def act(client: AsyncVectara) -> None:
        sessions, events = client.agent_sessions, client.agent_events
        made = await sessions.create(DESK, key="s1")
        assert await sessions.get(DESK, "s1") == made
        assert [one.key async for one in await sessions.list(DESK, limit=1)] == ["monday", "s1"]
        assert (await sessions.update(DESK, "s1", name="Two")).name == "Two"
        told = (await events.create(DESK, "s1", request=saying(ORDER))).events
        assert types(told) == TURN
        assert [event async for event in await events.list(DESK, "s1")] == told
        assert await events.get(DESK, "s1", told[0].id) == told[0]
        assert await events.hide(DESK, "s1", told[0].id) == told[0]
        assert await events.unhide(DESK, "s1", told[0].id) == told[0]
        chunks = [chunk async for chunk in events.create_stream(DESK, "s1", request=streaming(RECALL))]
        said = "".join(chunk.content for chunk in chunks if chunk.type == "streaming_agent_output")
        assert "7731" in said
        await events.delete(DESK, "s1", told[1].id)
        (kept,) = [one async for one in await client.agent_artifacts.list(DESK, "monday")]
        assert (await client.agent_artifacts.get(DESK, "monday", kept.artifact_id)).data
        await sessions.delete(DESK, "s1")

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
