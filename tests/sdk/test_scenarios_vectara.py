"""The shipped scenarios of Vectara, as its official Python SDK sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from vectara import (
    AgentInput_Text,
    CoreDocumentPart,
    CreateAgentEventsRequestBody_InputMessage,
    CreateAgentEventsStreamRequestBody_InputMessage,
    CreateDocumentRequest_Core,
    GenerationParameters,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import ForbiddenError

from tests.sdk import scenes
from understudy.pytest_plugin import Understudy

play = pytest.mark.understudy
ONCE: Any = {"max_retries": 0}
REFUND = "How is a refund paid?"
ANSWERED = GenerationParameters()


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    """The SDK with a connection pool that is closed in the end, which it does not do by itself."""
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def note(document_id: str, text: str) -> CreateDocumentRequest_Core:
    return CreateDocumentRequest_Core(id=document_id, document_parts=[CoreDocumentPart(text=text)])


def saying(text: str) -> Any:
    return CreateAgentEventsRequestBody_InputMessage(messages=[AgentInput_Text(content=text)])


def found(client: Vectara, query: str) -> list[Any]:
    return [one.document_id for one in client.corpora.query("docs", query=query).search_results or []]


def refused(act: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize("name", scenes.of("vectara"))
def test_every_shipped_scenario_is_played_here(name: str) -> None:
    assert scenes.tests_of(name, globals())


@play(scenario="support-bot")
def test_support_bot(client: Vectara) -> None:
    assert found(client, "refund?")[0] == "policy-7"
    told = client.corpora.query("docs", query=REFUND, generation=ANSWERED)
    assert "five working days" in (told.summary or "")
    angry = client.corpora.query("docs", query="My lawyer will hear of this refund!", generation=ANSWERED)
    assert angry.summary == "I pass this on to a person of our team."
    assert angry.factual_consistency_score == 1


@play(scenario="support-bot")
def test_support_bot__with_an_agent(client: Vectara) -> None:
    client.agent_sessions.create("clerk", key="s")
    told = client.agent_events.create("clerk", "s", request=saying(REFUND)).events
    assert "five working days" in told[-1].content
    angry = client.agent_events.create("clerk", "s", request=saying("I will sue you")).events
    assert [event.type for event in angry] == ["input_message", "thinking", "agent_output"]
    assert angry[-1].content == "I pass this on to a person of our team."


@play(scenario="support-bot")
def test_support_bot__at_the_address_of_production(understudy: Understudy) -> None:
    with httpx.Client(timeout=30) as pool:
        told = Vectara(api_key="x", httpx_client=pool).corpora.query("docs", query="refund?")
    assert (told.search_results or [])[0].document_id == "policy-7"


@play(scenario="rate-limited")
def test_rate_limited(client: Vectara, understudy: Understudy) -> None:
    error = refused(lambda: client.corpora.query("docs", query=REFUND, request_options=ONCE))
    assert (error.status_code, (error.headers or {})["retry-after"]) == (429, "1")
    assert client.corpora.query("docs", query=REFUND).search_results
    understudy.assert_called("queryCorpus", times=2, status=429)


@play(scenario="slow-indexing")
def test_slow_indexing(client: Vectara) -> None:
    client.documents.create("docs", request=note("moths", "Moths in a kite are taken out for free."))
    assert client.documents.get("docs", "moths").id == "moths"
    looks = ["moths" in found(client, "Who takes moths out of a kite?") for _ in range(3)]
    assert looks == [False, False, True]


@play(scenario="stream-drops-midway")
def test_stream_drops_midway(client: Vectara) -> None:
    def streamed(told: list[str]) -> list[str]:
        for event in client.corpora.query_stream("docs", query=REFUND, generation=ANSWERED):
            told.append(event.type)
        return told

    held: list[str] = []
    with pytest.raises(httpx.RemoteProtocolError):
        streamed(held)
    assert len(held) <= 3
    assert "end" not in held
    assert streamed([])[-1] == "end"


@play(scenario="missing-tool")
def test_missing_tool(client: Vectara) -> None:
    client.agent_sessions.create("clerk", key="s")
    events = client.agent_events.create("clerk", "s", request=saying("Where is my refund?")).events
    calls = [event for event in events if event.type == "tool_input"]
    outputs = [event for event in events if event.type == "tool_output"]
    assert [one.tool_configuration_name for one in calls] == ["order_lookup", "policies"]
    assert outputs[0].tool_output == {"error": "there is no tool 'order_lookup'"}
    assert outputs[1].tool_output["search_results"][0]["document_id"] == "policy-7"
    assert events[-1].content.startswith("I cannot see your order.")


@play(scenario="missing-tool")
def test_missing_tool__in_a_stream(client: Vectara) -> None:
    client.agent_sessions.create("clerk", key="s")
    request = CreateAgentEventsStreamRequestBody_InputMessage(
        messages=[AgentInput_Text(content="Where is my refund?")], stream_response=True
    )
    events = list(client.agent_events.create_stream("clerk", "s", request=request))
    text = "".join(event.content for event in events if event.type == "streaming_agent_output")
    assert text.startswith("I cannot see your order.")
    assert [event.type for event in events].count("tool_output") == 2


@play(scenario="hallucinated-answer")
def test_hallucinated_answer(client: Vectara) -> None:
    told = client.corpora.query("docs", query=REFUND, generation=ANSWERED)
    assert told.summary == "Refunds are paid in cash within an hour, at any of our 900 shops [1]."
    assert told.factual_consistency_score == 0.06
    assert (told.search_results or [])[0].document_id == "policy-7"
    honest = client.corpora.query("docs", query="How long is a carbon frame guaranteed?", generation=ANSWERED)
    assert (honest.factual_consistency_score or 0) > 0.5


@play(scenario="hallucinated-answer")
def test_hallucinated_answer__in_a_stream(client: Vectara) -> None:
    events = list(client.corpora.query_stream("docs", query=REFUND, generation=ANSWERED))
    text = "".join(event.generation_chunk or "" for event in events if event.type == "generation_chunk")
    (scored,) = [event for event in events if event.type == "factual_consistency_score"]
    assert "900 shops" in text
    assert scored.factual_consistency_score == 0.06


@play(scenario="expired-key-mid-session")
def test_expired_key_mid_session(client: Vectara) -> None:
    client.agent_sessions.create("clerk", key="s")
    client.agent_events.create("clerk", "s", request=saying(REFUND))
    assert found(client, REFUND)
    assert refused(lambda: client.agent_sessions.get("clerk", "s")).status_code == 401
    assert refused(lambda: client.corpora.query("docs", query=REFUND)).status_code == 401


@play(scenario="corpus-quota-reached")
def test_corpus_quota_reached(client: Vectara) -> None:
    for name in ("one", "two"):
        client.documents.create("docs", request=note(name, "A kite."))
    with pytest.raises(ForbiddenError):
        client.documents.create("docs", request=note("three", "A kite."))
    assert len(list(client.documents.list("docs"))) == 10
    client.documents.delete("docs", "one")
    assert client.documents.create("docs", request=note("three", "A kite.")).id == "three"


@play(scenario="slow-first-token")
def test_slow_first_token(client: Vectara, understudy: Understudy) -> None:
    with httpx.Client(timeout=0.4) as pool:
        hurried = Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )
        with pytest.raises(httpx.ReadTimeout):
            list(hurried.corpora.query_stream("docs", query=REFUND, request_options=ONCE))
    assert list(client.corpora.query_stream("docs", query=REFUND))[-1].type == "end"


@play(scenario="bad-gateway-then-fine")
def test_bad_gateway_then_fine(client: Vectara, understudy: Understudy) -> None:
    error = refused(lambda: client.corpora.query("docs", query=REFUND, request_options=ONCE))
    assert error.status_code == 502
    assert found(client, REFUND)[0] == "policy-7"
    understudy.assert_called("queryCorpus", times=2, status=502)


@play(scenario="agent-plan")
def test_agent_plan(client: Vectara) -> None:
    client.agent_sessions.create("triage", key="s")
    events = client.agent_events.create("triage", "s", request=saying("I want my money back.")).events
    assert [event.type for event in events] == [
        "input_message",
        "thinking",
        "tool_input",
        "tool_output",
        "thinking",
        "structured_output",
    ]
    assert events[1].content == "First the rule for refunds."
    assert events[-1].content == {"action": "refund", "policy": "policy-7", "days": 5}


@play(scenario="agent-plan")
def test_agent_plan__in_a_stream(client: Vectara) -> None:
    client.agent_sessions.create("triage", key="s")
    request = CreateAgentEventsStreamRequestBody_InputMessage(
        messages=[AgentInput_Text(content="I want my money back.")], stream_response=True
    )
    events = list(client.agent_events.create_stream("triage", "s", request=request))
    (decided,) = [event for event in events if event.type == "structured_output"]
    assert decided.content["action"] == "refund"
    assert events[-1].type == "end"


@play(scenario="busy-agent")
def test_busy_agent(client: Vectara) -> None:
    client.agent_sessions.create("clerk", key="s")
    client.agent_events.create("clerk", "s", request=saying(REFUND))
    statuses = []
    for _ in range(3):
        try:
            client.agent_events.create("clerk", "s", request=saying("Hello?"), request_options=ONCE)
            statuses.append(201)
        except ApiError as error:
            statuses.append(error.status_code or 0)
    assert statuses[0] == 409
    assert 201 in statuses
