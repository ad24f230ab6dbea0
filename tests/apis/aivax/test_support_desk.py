"""The fixture `support-desk`: both APIs know the same company, and every part of it works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apis.aivax.conftest import Client
from understudy.pytest_plugin import Understudy
from understudy.settings import data_directory

pytestmark = pytest.mark.understudy(fixture="support-desk")

DESK = "01941f29-7c00-7000-a000-000000000131"
SHELL = "/api/v1/shell/io"


def rows(api: str) -> dict[str, list[dict[str, Any]]]:
    file = Path(data_directory("fixtures")) / api / "support-desk.yaml"
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(file.read_text("utf-8"))
    return found


def answer(api: Client, question: str, user: str = "nobody") -> str:
    body = {"model": DESK, "user": user, "messages": [{"role": "user", "content": question}]}
    told = api.ask("POST", "/v1/chat/completions", json=body)
    return str(told["choices"][0]["message"]["content"])


def test_its_collections_hold_their_documents(api: Client) -> None:
    listed = {one["name"]: one["documentCount"] for one in api.get("/api/v1/collections")}
    assert set(listed) == {"Help articles", "Products", "Past tickets"}
    for name, count in listed.items():
        kept = [one for one in rows("aivax")["collection_documents"] if one["collection"] == name]
        cancelled = [one for one in kept if one.get("state") == "Cancelled"]
        assert count["totalDocuments"] == len(kept) >= 7
        assert count["indexedDocuments"] == len(kept) - len(cancelled)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What does the return label cost?", "4.50"),
        ("How long is the warranty of a device?", "three years"),
        ("How much is Plus a month?", "3.50"),
        ("How many devices fit on the Knoll hub?", "forty"),
    ],
)
def test_its_desk_answers_from_them(api: Client, question: str, told: str) -> None:
    assert told in answer(api, question)


def test_its_desk_remembers_customers(api: Client) -> None:
    assert "two Rill valves" in answer(api, "Which valves are in my garden?", "maren@odderby")
    assert "two Rill valves" not in answer(api, "Which valves are in my garden?", "jonas")
    assert {one["format"] for one in api.get("/api/v1/memories")} == {"Text", "DateReminder"}


def test_its_skills_are_those_of_its_gateway(api: Client) -> None:
    skills = {one["id"]: one["slug"] for one in api.get("/api/v1/skills")}
    gateways = {one["name"]: one["id"] for one in api.get("/api/v1/ai-gateways")}
    assert gateways["Support desk"] == DESK
    parameters = api.get(f"/api/v1/ai-gateways/{DESK}")["parameters"]
    assert set(parameters["skills"]) == set(skills)
    collections = {one["id"] for one in api.get("/api/v1/collections")}
    assert set(parameters["knowledgeCollections"]) < collections


def test_its_agents_have_files(api: Client) -> None:
    headers = {"x-shell-user-id": "agent-ida"}
    query = {"path": "/home/workspace"}
    listed = api.ask("GET", f"{SHELL}/listing", headers=headers, params=query)["entries"]
    assert [one["name"] for one in listed] == ["reports", "templates", "notes.txt"]


def test_the_dealer_sees_nothing_of_it(neighbour: Client) -> None:
    assert [one["name"] for one in neighbour.get("/api/v1/collections")] == ["Shop floor"]
    for path in ("skills", "memories", "ai-gateways"):
        assert neighbour.get(f"/api/v1/{path}") == []


def test_both_apis_tell_the_same_story() -> None:
    """A product or ticket of one is known to the other, and no number stands in one alone."""
    here, there = rows("aivax"), rows("vectara")
    known = str([there["documents"], there["corpora"]])
    tickets = {one["id"] for one in there["documents"] if one["corpus_key"] == "tickets"}
    numbers = set(re.findall(r"\d+(?:\.\d+)?", known))
    for one in here["collection_documents"]:
        if one["account"] != "Wrenfold" or one.get("state") == "Cancelled":
            continue
        assert one["collection"] != "Past tickets" or one["name"] in tickets
        for number in re.findall(r"\d+(?:\.\d+)?", one["contents"]):
            assert {number, f"{number}.0", f"{number}0", number.removesuffix("0")} & numbers, (
                one["name"],
                number,
            )


def test_a_key_of_each_api_opens_it(api: Client, understudy: Understudy) -> None:
    assert api.get("/api/v1/collections")
    with understudy.client() as client:
        assert len(client.get("/v2/corpora").json()["corpora"]) == 3


def test_its_web_chat_goes_on(api: Client, understudy: Understudy) -> None:
    chat, listed = "01941f29-7c00-7000-a000-000000000171", api.get("/api/v1/web-chat-client")
    assert {one["name"]: one["activeSessions"] for one in listed} == {"Help centre": 1, "Dealers": 0}
    session = f"/api/v1/public/chat-clients/wky_understudy@{understudy.world}"
    assert [one["role"] for one in api.get(session)["messages"]] == ["user", "assistant"]
    told = api.post(f"{session}/prompt", {"prompt": "How long is the warranty of a device?"})
    assert "three years" in told["completionText"]
    hooks = api.get(f"/api/v1/web-chat-clients/{chat}/hook-schedules")
    assert [one["externalUserId"] for one in hooks["schedules"] + hooks["recurringTasks"]] == [
        "maren@odderby"
    ] * 2
