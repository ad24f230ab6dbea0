"""Query history through HTTP: what is kept, what it tells, who sees it. Spec tag: Query History."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    all_pages,
    ask,
    attribute,
    begin_from,
    core,
    make_corpus,
    put,
    read,
    refused,
    streamed,
    texts,
)
from understudy.apis.vectara.query_history import KEPT, SPAN_MILLIS, seed
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.state.clock import parse_stamp

QUESTION = "How many days of paid leave do employees have?"
ANSWER = "Every employee has 27 days of paid leave a year. [1]"
SEARCH = {"corpora": [{"corpus_key": "handbook"}]}


def summaries(api: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
    return read(api, "/v2/queries", **parameters)["queries"]


def newest(api: httpx.Client) -> dict[str, Any]:
    """The full entry of the last query that was kept."""
    return read(api, f"/v2/queries/{summaries(api, limit=1)[0]['id']}")


def spans_of(entry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its spans by type, without their times."""
    times = ("type", "latency_millis", "started_at")
    return {
        span["type"]: {name: value for name, value in span.items() if name not in times}
        for span in entry["spans"]
    }


def count(understudy: Understudy) -> int:
    return understudy.look(
        lambda world: next(len(t["rows"]) for t in world.store.dump() if t["kind"] == "query_history")
    )


# What is kept


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("stated", [True, False, None])
@pytest.mark.parametrize("form", ["get", "post", "several", "stream"])
def test_the_request_decides_and_else_the_corpus(
    understudy: Understudy, api: httpx.Client, default: bool, stated: bool | None, form: str
) -> None:
    make_corpus(api, "c", save_history=default)
    before = count(understudy)
    version = understudy.look(lambda world: world.store.version)
    said = {} if stated is None else {"save_history": stated}
    if form == "get":
        read(api, "/v2/corpora/c/query", query="x", **said)
    elif form == "post":
        ask(api, "c", "x", **said)
    elif form == "stream":
        streamed(api, {"query": "x", **said}, "/v2/corpora/c/query")
    else:
        search = {"corpora": [{"corpus_key": "c"}]}
        assert api.post("/v2/query", json={"query": "x", "search": search, **said}).status_code == 200
    kept = default if stated is None else stated
    assert count(understudy) - before == kept
    assert understudy.look(lambda world: world.store.version) - version == kept


def test_of_several_corpora_one_that_keeps_is_enough(understudy: Understudy, api: httpx.Client) -> None:
    make_corpus(api, "keeps", save_history=True)
    search = {"corpora": [{"corpus_key": "handbook"}, {"corpus_key": "keeps"}]}
    before = count(understudy)
    api.post("/v2/query", json={"query": "kiln", "search": search})
    assert count(understudy) == before + 1
    entry = newest(api)
    assert summaries(api)[0]["corpus_key"] == "handbook"
    assert [corpus["corpus_key"] for corpus in entry["query"]["search"]["corpora"]] == ["handbook", "keeps"]
    for key in ("handbook", "keeps"):
        assert summaries(api, corpus_key=key)[0]["id"] == entry["id"]


def test_a_refused_query_is_not_kept(understudy: Understudy, api: httpx.Client) -> None:
    before = understudy.look(lambda world: world.store.dump())
    for body in (
        {"query": "x", "search": {"metadata_filter": "("}},
        {"query": "x", "generation": {"prompt_template": "#if("}},
        {"query": "x", "generation": {"generation_preset_name": "none"}},
        {"query": "x", "save_history": "yes"},
    ):
        for stream in (True, False):
            whole = {"save_history": True, **body, "stream_response": stream}
            refused(api.post("/v2/corpora/handbook/query", json=whole), 400)
    refused(api.get("/v2/corpora/none/query", params={"query": "x", "save_history": "true"}), 404)
    assert understudy.look(lambda world: world.store.dump()) == before


def test_chats_are_kept_with_their_chat_unless_they_say_otherwise(api: httpx.Client) -> None:
    first = api.post("/v2/chats", json={"query": QUESTION, "search": SEARCH}).json()
    chat = f"/v2/chats/{first['chat_id']}"
    follow_up = {"query": "Do they expire?", "search": SEARCH}
    api.post(f"{chat}/turns", json=follow_up)
    api.post(f"{chat}/turns", json={**follow_up, "save_history": False})
    kept = summaries(api, chat_id=first["chat_id"])
    assert [entry["query"] for entry in kept] == ["Do they expire?", QUESTION]
    api.post(f"{chat}/turns", json={**follow_up, "chat": {"store": False}})
    assert summaries(api, chat_id=first["chat_id"]) == kept
    assert summaries(api)[0]["query"] == "Do they expire?"
    assert "chat_id" not in summaries(api)[0]
    assert api.delete(chat).status_code == 204
    assert summaries(api, chat_id=first["chat_id"]) == kept


# What an entry tells


def test_a_summary_and_its_entry(api: httpx.Client) -> None:
    told = ask(api, "handbook", QUESTION, generation={}, save_history=True)
    summary, entry = summaries(api)[0], newest(api)
    assert summary == {
        "id": entry["id"],
        "query": QUESTION,
        "corpus_key": "handbook",
        "started_at": entry["started_at"],
        "latency_millis": entry["latency_millis"],
        "generation": told["summary"],
        "factual_consistency_score": told["factual_consistency_score"],
    }
    assert set(entry) == {"id", "query", "latency_millis", "started_at", "spans"}
    spans = spans_of(entry)
    assert list(spans) == ["search", "rerank", "generation", "fcs"]
    assert spans["generation"] == {"prompt": told["rendered_prompt"], "generation": told["summary"]}
    assert spans["fcs"] == {"score": told["factual_consistency_score"]}


def test_a_search_without_generation_has_no_generation_spans(api: httpx.Client) -> None:
    ask(api, "handbook", QUESTION, save_history=True)
    assert list(spans_of(newest(api))) == ["search", "rerank"]
    assert not {"generation", "factual_consistency_score", "chat_id"} & set(summaries(api)[0])
    ask(api, "handbook", QUESTION, save_history=True, search={"reranker": {"type": "none"}})
    assert list(spans_of(newest(api))) == ["search"]
    unscored = {"enable_factual_consistency_score": False}
    ask(api, "handbook", QUESTION, save_history=True, generation=unscored)
    assert list(spans_of(newest(api))) == ["search", "rerank", "generation"]


def test_spans_follow_one_another_and_make_up_the_latency(api: httpx.Client) -> None:
    first = api.post("/v2/chats", json={"query": QUESTION, "search": SEARCH}).json()
    asked = {"query": "Which of them does the people department lose?", "search": SEARCH}
    api.post(
        f"/v2/chats/{first['chat_id']}/turns",
        json={**asked, "intelligent_query_rewriting": True, "generation": {"max_used_search_results": 9}},
    )
    entry = newest(api)
    kinds = [span["type"] for span in entry["spans"]]
    assert kinds == ["rephrase", "rewritten_query", "search", "rerank", "generation", "fcs"]
    assert entry["spans"][0]["rephrased_query"] == f"{asked['query']} (paid leave)"
    assert [span["latency_millis"] for span in entry["spans"]] == [SPAN_MILLIS[kind] for kind in kinds]
    assert entry["latency_millis"] == sum(SPAN_MILLIS[kind] for kind in kinds)
    assert entry["started_at"] == entry["spans"][0]["started_at"]
    for one, other in pairwise(entry["spans"]):
        assert parse_stamp(one["started_at"]) + one["latency_millis"] == parse_stamp(other["started_at"])


@pytest.mark.parametrize(
    "reranker",
    [
        {"type": "customer_reranker", "limit": 3},
        {"type": "mmr", "diversity_bias": 0.5},
        {"type": "userfn", "user_function": "if (get('$.score') > 0.1) 1 - get('$.score') else null"},
        {"type": "chain", "rerankers": [{"type": "customer_reranker"}, {"type": "mmr", "limit": 2}]},
    ],
)
def test_rerank_tells_both_scores(api: httpx.Client, reranker: dict[str, Any]) -> None:
    search = {"limit": 6, "context_configuration": {"sentences_after": 1}}
    plain = ask(api, "handbook", QUESTION, search={**search, "reranker": {"type": "none"}})["search_results"]
    told = ask(api, "handbook", QUESTION, search={**search, "reranker": reranker}, save_history=True)
    spans = spans_of(newest(api))
    assert spans["search"]["search_results"] == plain
    before = {result["text"]: result["score"] for result in plain}
    assert spans["rerank"]["reranked_search_results"] == [
        {"text": result["text"], "score": result["score"], "original_score": before[result["text"]]}
        for result in told["search_results"]
    ]


def test_an_offset_is_in_the_search_and_not_in_the_reranked_results(api: httpx.Client) -> None:
    told = ask(api, "handbook", QUESTION, search={"offset": 2, "limit": 3}, save_history=True)
    spans = spans_of(newest(api))
    assert len(spans["search"]["search_results"]) == 5
    assert texts(spans["rerank"]["reranked_search_results"]) == texts(told["search_results"])
    assert len(told["search_results"]) == 3


FULL = {
    "metadata_filter": "doc.year > 2000",
    "lexical_interpolation": 0.1,
    "semantics": "default",
    "custom_dimensions": {},
}
SHAPING = {
    "offset": 0,
    "limit": 4,
    "context_configuration": {"sentences_before": 1},
    "reranker": {"type": "none"},
}


def test_an_entry_holds_the_request_in_one_form(api: httpx.Client) -> None:
    rest = {"generation": {"max_used_search_results": 2}, "save_history": True, "stream_response": False}
    wanted = {
        "query": QUESTION,
        "search": {**SHAPING, "corpora": [{"corpus_key": "handbook", **FULL}]},
        **rest,
    }
    ignored = {"corpora": [{"corpus_key": "none"}], "unknown": 1}
    ask(api, "handbook", QUESTION, search={**FULL, **SHAPING, **ignored}, **rest, unknown=[1])
    assert newest(api)["query"] == wanted
    api.post("/v2/query", json=wanted)
    assert newest(api)["query"] == wanted
    api.post("/v2/chats", json={**wanted, "chat": {"store": True}})
    assert newest(api)["query"] == {**wanted, "chat": {"store": True}}
    read(api, "/v2/corpora/handbook/query", query=QUESTION, limit=3, save_history="true")
    assert newest(api)["query"] == {
        "query": QUESTION,
        "search": {"limit": 3, "offset": 0, "corpora": [{"corpus_key": "handbook"}]},
        "save_history": True,
        "intelligent_query_rewriting": False,
    }


def test_a_query_of_its_own_stays_with_its_corpus(api: httpx.Client) -> None:
    corpora = [{"corpus_key": "handbook", "query": "gloves"}, {"corpus_key": "handbook"}]
    api.post("/v2/query", json={"query": "kiln", "search": {"corpora": corpora}, "save_history": True})
    entry = newest(api)
    assert entry["query"]["search"]["corpora"] == corpora
    assert summaries(api)[0]["query"] == "kiln"


def test_rewriting_is_told_per_corpus(api: httpx.Client) -> None:
    make_corpus(api, "plain")
    make_corpus(api, "broken", filter_attributes=[attribute("the-kind", description="one of lamp, tent")])
    keys = ["handbook", "plain", "broken"]
    body = {
        "query": "Which lamp does the workshop use?",
        "search": {"corpora": [{"corpus_key": key} for key in keys]},
        "intelligent_query_rewriting": True,
        "save_history": True,
    }
    told = api.post("/v2/query", json=body).json()
    spans = newest(api)["spans"][:3]
    assert [span["type"] for span in spans] == ["rewritten_query"] * 3
    assert [
        {"corpus_key": span["corpus_key"], "filter_extraction": span["filter_extraction"]} for span in spans
    ] == told["rewritten_queries"]
    assert [span.get("warnings") for span in spans] == [
        None, ["no_filter_attrs"], ["failed_to_parse_extracted_filter"],
    ]  # fmt: skip
    ask(api, "handbook", "kiln", intelligent_query_rewriting=True, save_history=True)
    assert newest(api)["spans"][0]["warnings"] == ["extracted_empty_filter"]


def test_an_entry_outlives_what_it_tells_of(api: httpx.Client) -> None:
    make_corpus(api, "c", save_history=True)
    put(api, "c", core("d", "The zebra sleeps."))
    ask(api, "c", "zebra", generation={})
    entry = newest(api)
    put(api, "c", core("e", "The zebra dreams."))
    api.delete("/v2/corpora/c/documents/d")
    assert newest(api) == entry
    api.delete("/v2/corpora/c")
    assert newest(api) == entry
    assert summaries(api, corpus_key="c")[0]["id"] == entry["id"]


# Lists


def test_entries_are_listed_newest_first_page_by_page(api: httpx.Client) -> None:
    for number in range(12):
        ask(api, "handbook", f"question {number}", save_history=True)
    pages = all_pages(api, "/v2/queries", "queries", limit=5)
    asked = [entry["query"] for page in pages for entry in page]
    assert asked == [*[f"question {number}" for number in range(12)][::-1], QUESTION]
    assert [len(page) for page in pages] == [5, 5, 3]
    first = read(api, "/v2/queries", limit=2)
    ask(api, "handbook", "late", save_history=True)
    rest = read(api, "/v2/queries", limit=1, page_key=first["metadata"]["page_key"])
    assert rest["queries"][0]["query"] == "question 9"
    assert len(summaries(api)) == 10


def test_entries_narrow_to_corpora_chats_ids_and_times(understudy: Understudy, api: httpx.Client) -> None:
    make_corpus(api, "c")
    ask(api, "c", "early", save_history=True)
    understudy.advance(seconds=60)
    ask(api, "handbook", "middle", save_history=True)
    at = newest(api)["started_at"]
    understudy.advance(seconds=60)
    chat_id = api.post("/v2/chats", json={"query": "late", "search": SEARCH}).json()["chat_id"]

    def listed(**parameters: Any) -> list[str]:
        return [entry["query"] for entry in summaries(api, **parameters)]

    assert listed() == ["late", "middle", "early", QUESTION]
    assert listed(corpus_key="c") == ["early"]
    assert listed(corpus_key="nowhere") == []
    assert listed(chat_id=chat_id) == ["late"]
    assert listed(chat_id="cht_none") == []
    assert listed(history_id=summaries(api)[1]["id"]) == ["middle"]
    assert listed(history_id="qry_none") == []
    assert listed(started_after=at) == ["late"]
    assert listed(started_before=at) == ["early", QUESTION]
    assert listed(started_after="2026-01-01T01:00:30+01:00", started_before="2026-01-01T00:01:30Z") == [
        "middle"
    ]
    assert listed(started_after=at, started_before=at) == []
    assert listed(corpus_key="handbook", started_before=at) == [QUESTION]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"started_after": "yesterday"}, "query.started_after"),
        ({"started_after": "2026-01-01"}, "query.started_after"),
        ({"started_before": "2026-01-01T00:00:00"}, "query.started_before"),
        ({"started_before": "2026-13-01T00:00:00Z"}, "query.started_before"),
        ({"limit": 0}, "query.limit"),
        ({"limit": 101}, "query.limit"),
        ({"limit": "1.0"}, "query.limit"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, Any], field: str
) -> None:
    refused(api.get("/v2/queries", params=parameters), 400, field)


def test_a_page_key_belongs_to_its_filters(api: httpx.Client) -> None:
    for _ in range(3):
        ask(api, "handbook", "kiln", save_history=True)
    page_key = read(api, "/v2/queries", limit=1)["metadata"]["page_key"]
    wrong = {"page_key": page_key, "corpus_key": "handbook"}
    refused(api.get("/v2/queries", params=wrong), 400, "query.page_key")


def test_an_unknown_entry_is_named(api: httpx.Client) -> None:
    assert refused(api.get("/v2/queries/qry_none"), 404)["id"] == "qry_none"


# Keys and bounds


def test_a_bound_key_sees_the_queries_over_its_corpora_alone(
    understudy: Understudy, api: httpx.Client
) -> None:
    make_corpus(api, "secret")
    ask(api, "secret", "hidden", save_history=True)
    hidden = newest(api)["id"]
    both = {"corpora": [{"corpus_key": "handbook"}, {"corpus_key": "secret"}]}
    api.post("/v2/query", json={"query": "partly", "search": both, "save_history": True})
    partly = newest(api)["id"]
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as reader:
        ask(reader, "handbook", "own", save_history=True)
        assert [entry["query"] for entry in summaries(reader)] == ["own", QUESTION]
        assert newest(reader)["query"]["query"] == "own"
        assert summaries(reader, corpus_key="secret") == []
        for query_id in (hidden, partly):
            refused(reader.get(f"/v2/queries/{query_id}"), 403)
    assert len(summaries(api)) == 4


def test_the_oldest_entries_leave(understudy: Understudy, api: httpx.Client) -> None:
    row = {"query": {"query": "seeded", "search": SEARCH}}
    before = count(understudy)
    understudy.look(lambda world: [seed(world, row) for _ in range(KEPT - before)])
    assert count(understudy) == KEPT
    assert read(api, "/v2/queries/qry_1")["query"]["query"] == QUESTION
    ask(api, "handbook", "one more", save_history=True)
    ask(api, "handbook", "and another", save_history=True)
    assert count(understudy) == KEPT
    refused(api.get("/v2/queries/qry_1"), 404)
    refused(api.get("/v2/queries/qry_2"), 404)
    assert read(api, "/v2/queries/qry_3")["query"]["query"] == "seeded"
    assert [entry["query"] for entry in summaries(api, limit=3)] == ["and another", "one more", "seeded"]


HISTORY = """
corpora: [{key: x}]
query_history:
  - query: {query: Who?, search: {corpora: [{corpus_key: x}]}, generation: {}}
    chat_id: cht_a
    started_at: "2024-05-06T07:08:09+02:00"
    generation: Nobody.
    factual_consistency_score: 0.5
  - query: {query: What?, search: {corpora: [{corpus_key: x}, {corpus_key: y}]}}
"""


def test_a_fixture_holds_past_queries(understudy_server: BackgroundServer, tmp_path: Path) -> None:
    with begin_from(understudy_server, "history-fixture", tmp_path / "f.yaml", HISTORY) as api:
        plain, chat = summaries(api)
        assert chat == {
            "id": "qry_1",
            "query": "Who?",
            "corpus_key": "x",
            "chat_id": "cht_a",
            "started_at": "2024-05-06T05:08:09.000Z",
            "latency_millis": SPAN_MILLIS["generation"] + SPAN_MILLIS["fcs"],
            "generation": "Nobody.",
            "factual_consistency_score": 0.5,
        }
        assert (plain["id"], plain["latency_millis"]) == ("qry_2", 0)
        assert read(api, "/v2/queries/qry_1")["query"]["generation"] == {}
        assert [entry["id"] for entry in summaries(api, corpus_key="y")] == ["qry_2"]
        assert [entry["id"] for entry in summaries(api, started_before="2025-01-01T00:00:00Z")] == ["qry_1"]
        ask(api, "x", "new", save_history=True)
        assert newest(api)["id"] == "qry_3"


def test_a_fault_of_a_fixture_is_told_with_its_line(
    understudy_server: BackgroundServer, tmp_path: Path
) -> None:
    text = "query_history: [{query: {query: q, search: {corpora: []}}}]"
    with pytest.raises(SetupError, match=r"f.yaml:2: query_history.query.search.corpora"):
        begin_from(understudy_server, f"history-{time.monotonic_ns()}", tmp_path / "f.yaml", text)
