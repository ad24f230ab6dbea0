"""Limits of plans and of public keys, in both forms of refusal, by the clock of the world."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.aivax.conftest import (
    CHAT,
    MINI,
    Client,
    change_account,
    chat,
    client_of,
    gateway,
    not_answered,
    user,
)
from understudy.apis.aivax import plans
from understudy.pytest_plugin import Understudy

HELP = "01941f29-7c00-7000-a000-000000000031"
HANDBOOK = "01941f29-7c00-7000-a000-000000000021"
HI = {"model": MINI, "messages": [user("Hi")]}


def limit(monkeypatch: pytest.MonkeyPatch, what: str, *windows: tuple[int, int]) -> None:
    """Give the plan `free` smaller numbers, so that few calls reach them."""
    free = {**plans.RATES["free"], what: windows}
    monkeypatch.setattr(plans, "RATES", {**plans.RATES, "free": free})


def too_many(answer: httpx.Response, seconds: int) -> None:
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(seconds)), answer.text
    told = answer.json()["error"]
    assert (told["type"], told["code"]) == ("rate_limit_error", "rate_limit_exceeded")


def test_the_default_has_no_limits(api: Client) -> None:
    for _ in range(25):
        chat(api, user("Hi"))
    for number in range(6):
        api.post("/api/v1/collections", {"collectionName": f"C{number}"})


def test_a_plan_limits_the_requests_of_a_minute_and_of_a_day(
    api: Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, plans.MODELS, (2, plans.MINUTE), (3, plans.DAY))
    change_account(understudy, plan="free")
    chat(api, user("Hi"))
    chat(api, user("Hi"))
    answer = api.http.post(CHAT, json={**HI, "stream": True})
    wait = int(answer.headers["retry-after"])
    too_many(answer, wait)
    assert 0 < wait <= 60
    understudy.advance(seconds=wait)
    chat(api, user("Hi"))
    answer = api.http.post(CHAT, json=HI)
    wait = int(answer.headers["retry-after"])
    assert 60 < wait <= 24 * 3600
    brought = gateway(api, baseAddress="https://models.example/v1", modelName="own")
    assert chat(api, user("Hi"), model=brought)
    understudy.advance(seconds=wait)
    chat(api, user("Hi"))


def test_the_free_plan_has_its_printed_numbers(api: Client, understudy: Understudy) -> None:
    change_account(understudy, plan="free")
    for _ in range(20):
        chat(api, user("Hi"))
    assert api.http.post(CHAT, json=HI).status_code == 429
    assert api.http.post("/api/v1/chat/completions", json=HI).json()["error"]["type"] == "rate_limit_error"
    brought = gateway(api, baseAddress="https://models.example/v1", modelName="own")
    for _ in range(30):
        chat(api, user("Hi"), model=brought)
    assert api.http.post(CHAT, json={**HI, "model": brought}).status_code == 429


def test_a_plan_limits_the_tokens_of_a_minute(
    api: Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, plans.TOKENS, (100, plans.MINUTE))
    change_account(understudy, plan="free")
    chat(api, user("word " * 50))
    answer = api.http.post(CHAT, json={**HI, "messages": [user("word " * 50)]})
    assert answer.status_code == 429
    assert plans.TOKENS in answer.json()["error"]["message"]
    understudy.advance(seconds=60)
    chat(api, user("word " * 50))


def test_a_refused_request_counts_for_nothing(
    api: Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, plans.MODELS, (1, plans.DAY))
    change_account(understudy, plan="free")
    not_answered(api, 400, extra_body={})
    not_answered(api, 400, response_schema={"type": "thing"})
    chat(api, user("Hi"))
    not_answered(api, 429)


def test_the_free_plan_has_a_shorter_context(api: Client, understudy: Understudy) -> None:
    long = user("word " * 70_000)
    chat(api, long)
    change_account(understudy, plan="free")
    told = not_answered(api, 400, messages=[long])
    assert (told["param"], told["code"]) == ("messages", "context_length_exceeded")
    change_account(understudy, plan="pro")
    chat(api, long)


def test_the_free_plan_has_five_collections(api: Client, understudy: Understudy) -> None:
    change_account(understudy, plan="free")
    made = [api.post("/api/v1/collections", {"collectionName": f"C{number}"}) for number in range(4)]
    api.refused("POST", "/api/v1/collections", 429, json={"collectionName": "C5"})
    assert len(api.get("/api/v1/collections")) == 5
    api.delete(f"/api/v1/collections/{made[0]['collectionId']}")
    api.post("/api/v1/collections", {"collectionName": "C5"})
    change_account(understudy, plan="pro")
    api.post("/api/v1/collections", {"collectionName": "C6"})


def test_storage_is_documents_and_files_together(
    api: Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "STORAGE", {"free": 3_000})
    change_account(understudy, plan="free")
    file = {"params": {"path": "/a"}, "headers": {"x-shell-user-id": "ada"}}
    api.ask("POST", "/api/v1/shell/io/file", content=b"x" * 1_000, **file)
    api.refused("POST", "/api/v1/shell/io/file", 402, content=b"x" * 2_500, **file)
    assert len(api.http.get("/api/v1/shell/io/file", **file).content) == 1_000
    documents = f"/api/v1/collections/{HANDBOOK}/documents"
    api.refused("PUT", documents, 402, json={"name": "long", "contents": "x" * 1_500})
    before = api.get(documents)
    body = {"documents": ("d.jsonl", b'{"docid": "long", "text": "' + b"x" * 1_500 + b'"}')}
    api.refused("POST", documents, 402, files=body)
    assert api.get(documents) == before
    chat(api, user("Hi"))
    monkeypatch.setattr(plans, "STORAGE", {"free": 500})
    assert not_answered(api, 402)["code"] == "insufficient_balance"


def test_searches_of_the_web_are_counted(
    api: Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, plans.WEB, (1, plans.DAY))
    change_account(understudy, plan="free")
    more: dict[str, Any] = {"builtin_tools": {"tools": ["WebSearch"]}}
    states = []
    for _ in range(2):
        told = chat(api, user("How high is Mount Boreas?"), **more)
        states.append(told["generation_context"]["runned_functions"][0]["state"])
    assert states == ["Completed", "Failed"]


@pytest.mark.parametrize("plan", ["free", "max"])
def test_public_keys_are_limited_by_address_and_by_key(understudy: Understudy, plan: str) -> None:
    change_account(understudy, plan=plan)
    body = {"model": HELP, "messages": [user("Hi")]}
    with client_of(understudy, "pk-understudy") as http:
        statuses = [
            http.post(CHAT, json=body, headers={"x-forwarded-for": f"10.0.0.{address}, 10.1.1.1"}).status_code
            for address in (1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4)
        ]
        assert statuses == [200, 200, 200, 429, *[200] * 7, 429]
        answer = http.post(CHAT, json=body)
        too_many(answer, int(answer.headers["retry-after"]))
        assert int(answer.headers["retry-after"]) <= 5
        search = {"term": "kiln", "collections": [HANDBOOK]}
        answer = http.post("/api/v1/query", json=search)
        assert (answer.status_code, set(answer.json())) == (429, {"error", "details"})
        understudy.advance(seconds=5)
        assert http.post("/api/v1/query", json=search).status_code == 200
    with client_of(understudy) as http:
        assert [http.post(CHAT, json=HI).status_code for _ in range(5)] == [200] * 5


def test_public_keys_are_limited_by_tokens(understudy: Understudy, monkeypatch: pytest.MonkeyPatch) -> None:
    change_account(understudy, plan="max")
    windows = {**plans.PUBLIC_TOKENS, "address": ((300, 5 * plans.MINUTE),)}
    monkeypatch.setattr(plans, "PUBLIC_TOKENS", windows)
    body = {"model": HELP, "messages": [user("word " * 200)]}
    with client_of(understudy, "pk-understudy") as http:
        assert [http.post(CHAT, json=body).status_code for _ in range(2)] == [200, 429]
        understudy.advance(seconds=300)
        assert http.post(CHAT, json=body).status_code == 200


def test_without_a_plan_public_keys_have_no_limits(understudy: Understudy) -> None:
    with client_of(understudy, "pk-understudy") as http:
        body = {"model": HELP, "messages": [user("Hi")]}
        assert {http.post(CHAT, json=body).status_code for _ in range(12)} == {200}
