"""The agents of the fixture `support-desk`: they know their sessions and use their tools."""

from __future__ import annotations

import httpx
import pytest

from tests.apis.vectara.conftest import read
from tests.apis.vectara.talking import (
    answered,
    artifacts,
    begin,
    failure,
    history,
    inputs,
    outputs,
    say,
    types,
)

pytestmark = pytest.mark.understudy(fixture="support-desk")

DESK = "/v2/agents/help-desk/sessions"
ANA = f"{DESK}/parcel-of-ana"
CLERK = "/v2/agents/ticket-clerk/sessions"


def test_a_session_with_a_history_is_gone_on_with(api: httpx.Client) -> None:
    assert types(history(api, ANA)) == ["input_message", "agent_output"] * 2
    assert read(api, ANA)["metadata"]["customer"] == "Ana Brandt"
    assert "20417" in answered(say(api, ANA, "Which order was it?"))
    assert "14" in answered(say(api, ANA, "Which number is my doorbell?"))
    assert "KN-4409" in answered(say(api, ANA, "What does packing_list.txt say?"))
    assert [one["artifact_id"] for one in artifacts(api, ANA)] == ["art_packing_list"]


def test_articles_are_searched_and_only_the_public_ones(api: httpx.Client) -> None:
    session = begin(api, DESK)
    told = say(api, session, "How long is the warranty of a device?")
    assert "three years" in answered(told)
    results = outputs(told, "articles")[0]["search_results"]
    assert {one["corpus_key"] for one in results} <= {"help", "manuals"}
    assert "goodwill" not in {one["document_id"] for one in results}


def test_the_tool_server_tells_of_orders(api: httpx.Client) -> None:
    session = begin(api, DESK)
    told = say(api, session, "What is the status of order 20417?")
    assert inputs(told, "order_status") == [{"order": 20417}]
    assert "Odderby" in answered(told)
    unknown = say(api, session, "What is the status of order 999?")
    assert [one["tool_output"] for one in unknown if one["type"] == "tool_output"] == [
        {"reason": "there is no such order"}
    ]


def test_the_web_is_searched(api: httpx.Client) -> None:
    told = say(api, begin(api, DESK), "Search the web: is there a strike in Padborg?")
    assert outputs(told, "web_search")[0]["results"][0]["url"] == "https://parcels.example.com/strike"
    assert "Friday" in answered(told)


def test_the_desk_asks_the_clerk_who_has_one_session_for_it(api: httpx.Client) -> None:
    session = begin(api, DESK)
    before = len(read(api, CLERK)["sessions"])
    for order in (20417, 20388):
        told = say(api, session, f"Ask the ticket clerk to sort this: order {order} is broken.")
        assert str(order) in outputs(told, "ask_ticket_clerk")[0]["sub_agent_response"]
    assert len(read(api, CLERK)["sessions"]) == before + 1


def test_the_clerk_sorts_tickets(api: httpx.Client) -> None:
    told = say(api, f"{CLERK}/inbox", "My order 20417 came without the hub.")
    assert told[-1]["type"] == "structured_output"
    assert told[-1]["content"]["order"] == 20417
    assert told[-1]["content"]["urgency"] in ("low", "high")
    points = say(api, f"{CLERK}/inbox", "How many loyalty points are there for 30 euros?")
    assert "run" in failure(points)


def test_its_instruction_has_three_versions(api: httpx.Client) -> None:
    assert read(api, "/v2/instructions/ins_desk")["version"] == 3
    assert "8 to 18" not in read(api, "/v2/instructions/ins_desk", version=2)["template"]
    assert "8 to 18" in read(api, "/v2/instructions/ins_desk")["template"]


def test_a_skill_of_the_desk(api: httpx.Client) -> None:
    told = say(api, begin(api, DESK), "How much does gift wrapping cost?")
    assert "skill_load" in types(told)
    assert "3 euros" in answered(told)
