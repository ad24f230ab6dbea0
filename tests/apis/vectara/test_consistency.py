"""What one operation tells, every other one tells too: answers, streams, turns, history, counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    all_pages,
    ask,
    attribute,
    core,
    make_corpus,
    put,
    read,
    streamed,
    structured,
)
from understudy.pytest_plugin import KEY, BackgroundServer, Understudy

SEARCH = {"corpora": [{"corpus_key": "handbook"}], "limit": 6}
FOLLOW_UP = "And what happens to unused days of the people department?"
NAMES = (f"consistency-{number}" for number in count(1))
FORMS: list[dict[str, Any]] = [
    {},
    {"generation": {"citations": {"style": "markdown", "url_pattern": "/{doc.id}"}}},
    {"generation": {"generation_preset_name": "mockingbird-2.0", "max_used_search_results": 2}},
    {"generation": {"enable_factual_consistency_score": False}},
    {"intelligent_query_rewriting": True, "search": {**SEARCH, "offset": 1}},
    {"search": {**SEARCH, "context_configuration": {"sentences_after": 1, "start_tag": "<b>"}}},
    {"search": {**SEARCH, "reranker": {"type": "mmr", "diversity_bias": 0.4}}},
]


@contextmanager
def forked(
    understudy_server: BackgroundServer, understudy: Understudy, number: int
) -> Iterator[list[httpx.Client]]:
    """Clients of so many worlds that begin where the world of the test is now, all alike."""
    worlds = understudy_server.server.worlds
    names = [next(NAMES) for _ in range(number)]
    for name in names:
        understudy_server.on_loop(lambda name=name: worlds.fork(understudy.world, name))
    clients = [
        httpx.Client(base_url=understudy.url, headers={"x-api-key": f"{KEY}@{name}"}, timeout=30)
        for name in names
    ]
    yield clients
    for client, name in zip(clients, names, strict=True):
        client.close()
        understudy_server.on_loop(lambda name=name: worlds.delete(name))


def assembled(events: list[dict[str, Any]], text_member: str) -> dict[str, Any]:
    """The JSON answer that a stream tells, without what streams have no event for."""
    told: dict[str, Any] = {}
    for event in events:
        told |= {name: value for name, value in event.items() if name not in ("type", "generation_chunk")}
        if "generation_chunk" in event:
            told[text_member] = told.get(text_member, "") + event["generation_chunk"]
    return told


def newest_entry(api: httpx.Client) -> dict[str, Any]:
    summary = read(api, "/v2/queries", limit=1)["queries"][0]
    return read(api, f"/v2/queries/{summary['id']}")


def check_history(api: httpx.Client, answer: dict[str, Any], text_member: str) -> None:
    """The last entry of the history tells what the answer told."""
    entry = newest_entry(api)
    spans = {span["type"]: span for span in entry["spans"]}
    assert spans["generation"]["generation"] == answer[text_member]
    assert spans["generation"]["prompt"] == answer["rendered_prompt"]
    assert spans.get("fcs", {}).get("score") == answer.get("factual_consistency_score")
    assert spans.get("rephrase", {}).get("rephrased_query") == answer.get("rephrased_query")
    assert [(result["text"], result["score"]) for result in spans["rerank"]["reranked_search_results"]] == [
        (result["text"], result["score"]) for result in answer["search_results"]
    ]
    assert [
        {"corpus_key": span["corpus_key"], "filter_extraction": span["filter_extraction"]}
        for span in entry["spans"]
        if span["type"] == "rewritten_query"
    ] == answer.get("rewritten_queries", [])
    assert entry.get("chat_id") == answer.get("chat_id")
    summary = read(api, "/v2/queries", limit=1)["queries"][0]
    assert summary["generation"] == answer[text_member]
    assert summary.get("factual_consistency_score") == answer.get("factual_consistency_score")
    assert (
        summary["latency_millis"]
        == entry["latency_millis"]
        == sum(span["latency_millis"] for span in entry["spans"])
    )


@pytest.mark.parametrize("form", FORMS)
def test_stream_json_turn_and_history_tell_the_same(
    understudy_server: BackgroundServer, understudy: Understudy, form: dict[str, Any]
) -> None:
    body = {"query": FOLLOW_UP, "search": SEARCH, **form}
    path = "/v2/chats/cht_welcome/turns"
    with forked(understudy_server, understudy, 3) as (one, other, third):
        answer = one.post(path, json=body)
        told = answer.json()
        assert other.post(path, json=body).content == answer.content
        assert assembled(streamed(third, body, path), "answer") == {
            name: value for name, value in told.items() if name not in ("response_language", "warnings")
        }
        for api in (one, other, third):
            turn = read(api, f"{path}/{told['turn_id']}")
            assert (turn["query"], turn["answer"]) == (FOLLOW_UP, told["answer"])
            assert turn == read(api, path)["turns"][-1]
            check_history(api, told, "answer")
        entry, streamed_entry = newest_entry(one), newest_entry(third)
        assert streamed_entry["query"].pop("stream_response") is True
        assert streamed_entry == entry
        assert entry["started_at"] == read(one, path)["turns"][-1]["created_at"]


@pytest.mark.parametrize("form", FORMS)
def test_a_new_chat_is_the_same_in_every_form_and_says_what_a_query_says(
    understudy_server: BackgroundServer, understudy: Understudy, form: dict[str, Any]
) -> None:
    body = {"query": "How many days of paid leave do employees have?", "search": SEARCH, **form}
    with forked(understudy_server, understudy, 3) as (one, other, third):
        told = one.post("/v2/chats", json=body).json()
        assert assembled(streamed(other, body, "/v2/chats"), "answer") == {
            name: value for name, value in told.items() if name not in ("response_language", "warnings")
        }
        for api in (one, other):
            chat = read(api, f"/v2/chats/{told['chat_id']}")
            assert (chat["first_query"], chat["first_answer"]) == (body["query"], told["answer"])
            check_history(api, told, "answer")
        query = {"generation": {}, **body, "save_history": True}
        answer = third.post("/v2/query", json=query).json()
        check_history(third, answer, "summary")
        assert {**answer, "answer": answer["summary"]} == {
            **{name: value for name, value in told.items() if name not in ("chat_id", "turn_id")},
            "summary": told["answer"],
        }
        events = streamed(third, query, "/v2/query")
        assert assembled(events, "summary") == {
            name: value for name, value in answer.items() if name not in ("response_language", "warnings")
        }


def test_one_corpus_asked_in_three_ways_answers_alike(api: httpx.Client) -> None:
    question = "How much may a hotel room cost?"
    one = ask(api, "handbook", question, search={"limit": 4})
    got = read(api, "/v2/corpora/handbook/query", query=question, limit=4)
    search = {"corpora": [{"corpus_key": "handbook"}], "limit": 4}
    assert one == got == api.post("/v2/query", json={"query": question, "search": search}).json()


def test_remembering_changes_no_answer(understudy_server: BackgroundServer, understudy: Understudy) -> None:
    """A query that the history keeps and one that it does not find the same, whichever comes first."""
    question = "Who checks the gloves?"
    with forked(understudy_server, understudy, 2) as (one, other):
        told = [
            [ask(api, "handbook", question, generation={}, save_history=kept) for kept in order]
            for api, order in ((one, (True, False, True)), (other, (False, True, False)))
        ]
    assert all(answer == told[0][0] for answers in told for answer in answers)


def test_sizes_counts_lists_and_results_agree(api: httpx.Client) -> None:
    make_corpus(api, "c", filter_attributes=[attribute("kind")])
    for number in range(7):
        document = structured if number % 2 else core
        text = f"Zebra number {number} sleeps. It dreams of grass."
        put(api, "c", document(f"d{number}", text, metadata={"kind": f"k{number % 3}"}))
    api.delete("/v2/corpora/c/documents/d3")
    size = api.post("/v2/corpora/c/compute_size").json()
    limits = read(api, "/v2/corpora/c")["limits"]
    listed = [one for page in all_pages(api, "/v2/corpora/c/documents", "documents", limit=2) for one in page]
    documents = [read(api, f"/v2/corpora/c/documents/{one['id']}") for one in listed]
    assert size["used_docs"] == limits["used_docs"] == len(listed) == 6
    assert size["used_parts"] == limits["used_parts"] == sum(len(one["parts"]) for one in documents)
    assert size["used_characters"] == sum(len(part["text"]) for one in documents for part in one["parts"])
    statistics = read(api, "/v2/corpora/c/filter_attribute_stats")["filter_attribute_stats"]
    counted = {value["value"]: value["count"] for value in statistics[0]["values"]}
    for kind, number in counted.items():
        narrowed = read(api, "/v2/corpora/c/documents", metadata_filter=f"doc.kind = '{kind}'", limit=100)
        assert len(narrowed["documents"]) == number
        found = ask(
            api,
            "c",
            "zebra dreams of grass",
            search={"metadata_filter": f"doc.kind = '{kind}'", "limit": 100},
        )
        assert {one["document_id"] for one in found["search_results"]} == {
            one["id"] for one in narrowed["documents"]
        }
    assert sum(counted.values()) == 6


def test_chats_turns_and_history_agree(api: httpx.Client) -> None:
    made = []
    for number in range(3):
        first = api.post("/v2/chats", json={"query": f"How hot is kiln {number}?", "search": SEARCH}).json()
        for _ in range(number):
            body = {"query": "Who opens it?", "search": SEARCH}
            api.post(f"/v2/chats/{first['chat_id']}/turns", json=body)
        made.append(first["chat_id"])
    for number, chat_id in enumerate(made):
        turns = read(api, f"/v2/chats/{chat_id}/turns")["turns"]
        history = read(api, "/v2/queries", chat_id=chat_id)["queries"][::-1]
        assert len(turns) == len(history) == number + 1
        assert [(turn["query"], turn["answer"], turn["created_at"]) for turn in turns] == [
            (entry["query"], entry["generation"], entry["started_at"]) for entry in history
        ]
        chat = read(api, f"/v2/chats/{chat_id}")
        assert chat in read(api, "/v2/chats")["chats"]
        assert (chat["first_query"], chat["first_answer"]) == (turns[0]["query"], turns[0]["answer"])
