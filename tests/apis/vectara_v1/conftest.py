"""What the tests of v1 share: a client, a query in one line, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from understudy.pytest_plugin import Understudy
from understudy.settings import CUSTOMER_ID

Json = dict[str, Any]
CUSTOMER = {"customer-id": str(CUSTOMER_ID)}
HANDBOOK = 1
QUESTION = "How many days do I have to return a lantern?"
SUMMARY = {
    "summarizerPromptName": "vectara-summary-ext-v1.2.0",
    "maxSummarizedResults": 5,
    "responseLang": "eng",
}


@pytest.fixture
def api(understudy: Understudy) -> Iterator[httpx.Client]:
    """A client with the personal key of this test's world and its customer."""
    with understudy.client(**CUSTOMER) as client:
        yield client


def question(text: str = QUESTION, *corpora: Json | int, **more: Any) -> Json:
    """One query of a batch; corpora by number, or as whole keys."""
    keys = [{"corpusId": one} if isinstance(one, int) else one for one in corpora or (HANDBOOK,)]
    return {"query": text, "corpusKey": keys, **more}


def ask(api: httpx.Client, *queries: Json) -> list[Json]:
    """The sets of a batch."""
    answer = api.post("/v1/query", json={"query": list(queries)})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["status"] == []
    return told["responseSet"]


def codes(one: Json) -> list[str]:
    return [status["code"] for status in one["status"]]


def documents(one: Json) -> list[str]:
    """The document of every response, as the set points to it."""
    return [one["document"][response["documentIndex"]]["id"] for response in one["response"]]
