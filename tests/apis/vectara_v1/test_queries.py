"""Queries of v1 through HTTP, over the store of v2. Spec tag: Queries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.apis.vectara.conftest import attribute, core, make_corpus, put, read
from tests.apis.vectara_v1.conftest import (
    HANDBOOK,
    QUESTION,
    SUMMARY,
    Json,
    ask,
    codes,
    documents,
    question,
)
from understudy.pytest_plugin import Understudy
from understudy.settings import CUSTOMER_ID

RELEVANCE = Path(__file__).parents[3] / "benchmarks" / "relevance" / "support-desk.yaml"


def number(api: httpx.Client, key: str) -> int:
    """What v1 calls a corpus of v2."""
    return int(read(api, f"/v2/corpora/{key}")["id"].removeprefix("crp_"))


# The shapes


def test_a_request_in_the_documented_shape_is_answered_in_the_documented_shape(api: httpx.Client) -> None:
    one = {
        "query": QUESTION,
        "start": 0,
        "numResults": 10,
        "contextConfig": {
            "charsBefore": 30,
            "charsAfter": 30,
            "sentencesBefore": 3,
            "sentencesAfter": 3,
            "startTag": "<b>",
            "endTag": "</b>",
        },
        "corpusKey": [
            {
                "customerId": 0,
                "corpusId": HANDBOOK,
                "semantics": "DEFAULT",
                "dim": [],
                "metadataFilter": "part.lang = 'eng'",
                "lexicalInterpolationConfig": {"lambda": 0.025},
            }
        ],
        "rerankingConfig": {"rerankerId": 272725717},
        "summary": [SUMMARY],
    }
    (found,) = ask(api, one)
    assert set(found) == {"response", "status", "document", "summary"}
    best = found["response"][0]
    assert set(best) == {"text", "score", "metadata", "documentIndex", "corpusKey"}
    assert best["text"].startswith("<b>A customer may return a lantern within 45 days of delivery.</b>")
    assert {"name": "lang", "value": "eng"} in best["metadata"]
    assert (best["corpusKey"]["customerId"], best["corpusKey"]["corpusId"]) == (CUSTOMER_ID, HANDBOOK)
    assert found["document"][best["documentIndex"]] == {
        "id": "returns",
        "metadata": [
            {"name": "department", "value": "sales"},
            {"name": "year", "value": "2025"},
            {"name": "title", "value": "Returns and refunds"},
        ],
    }
    (summary,) = found["summary"]
    assert summary["text"].startswith("A customer may return a lantern within 45 days of delivery. [1]")
    assert (summary["lang"], summary["status"]) == ("eng", [])


def test_documents_stand_once_and_every_index_leads_to_one(api: httpx.Client) -> None:
    (found,) = ask(api, question(numResults=30))
    ids = [document["id"] for document in found["document"]]
    assert len(set(ids)) == len(ids) < len(found["response"])
    assert {one["documentIndex"] for one in found["response"]} == set(range(len(ids)))


def test_documents_of_two_corpora_with_one_id_are_two(api: httpx.Client) -> None:
    for key, text in (("north", "The zebra sleeps."), ("south", "The zebra eats.")):
        make_corpus(api, key)
        put(api, key, core("zoo", text))
    first, second = number(api, "north"), number(api, "south")
    (found,) = ask(api, question("What does the zebra do?", first, second))
    assert [document["id"] for document in found["document"]] == ["zoo", "zoo"]
    keys = [one["corpusKey"]["corpusId"] for one in found["response"]]
    assert sorted(keys) == sorted([first, second])
    assert [one["documentIndex"] for one in found["response"]] == [0, 1]


def test_every_value_of_metadata_is_a_text(api: httpx.Client) -> None:
    make_corpus(api, "things")
    metadata = {"n": 3, "f": 1.5, "b": True, "l": ["a"], "t": "x"}
    put(api, "things", core("one", "A lamp.", metadata=metadata))
    (found,) = ask(api, question("lamp", number(api, "things")))
    told = {pair["name"]: pair["value"] for pair in found["document"][0]["metadata"]}
    assert told | {"n": "3", "f": "1.5", "b": "true", "l": '["a"]', "t": "x"} == told


# The same store


@pytest.mark.understudy(fixture="support-desk")
@pytest.mark.parametrize("reranked", [True, False])
def test_the_judged_questions_find_what_v2_finds(api: httpx.Client, reranked: bool) -> None:
    judged = yaml.safe_load(RELEVANCE.read_text("utf-8"))["questions"]
    assert len(judged) == 50
    numbers = {key: number(api, key) for key in {key for one in judged for key in one["corpora"]}}
    config: Json = {"rerankingConfig": {"rerankerId": 272725717}} if reranked else {}
    queries = [question(one["ask"], *(numbers[key] for key in one["corpora"]), **config) for one in judged]
    for one, found in zip(judged, ask(api, *queries), strict=True):
        search: Json = {"corpora": [{"corpus_key": key} for key in one["corpora"]]}
        if not reranked:
            search["reranker"] = {"type": "none"}
        told = api.post("/v2/query", json={"query": one["ask"], "search": search}).json()["search_results"]
        assert [
            (d, r["text"], r["score"]) for d, r in zip(documents(found), found["response"], strict=True)
        ] == [(result["document_id"], result["text"], result["score"]) for result in told]
        assert found["response"]


def test_what_v2_indexes_and_deletes_v1_finds_and_loses(api: httpx.Client) -> None:
    make_corpus(api, "zoo")
    corpus = number(api, "zoo")
    assert ask(api, question("zebra", corpus))[0]["response"] == []
    put(api, "zoo", core("zebra", "The zebra has stripes."))
    assert documents(ask(api, question("zebra", corpus))[0]) == ["zebra"]
    assert api.delete("/v2/corpora/zoo/documents/zebra").status_code == 204
    assert ask(api, question("zebra", corpus))[0]["response"] == []
    assert api.delete("/v2/corpora/zoo").status_code == 204
    assert codes(ask(api, question("zebra", corpus))[0]) == ["INVALID_CORPUS_ID"]


# Parameters


def test_start_and_num_results_cut_one_order(api: httpx.Client) -> None:
    whole, none_stated, second = ask(
        api, question(numResults=12), question(), question(start=5, numResults=7)
    )
    texts = [one["text"] for one in whole["response"]]
    assert len(texts) == 12
    assert [one["text"] for one in none_stated["response"]] == texts[:10]
    assert [one["text"] for one in second["response"]] == texts[5:]


def test_filter_semantics_lambda_dimensions_and_mmr_reach_v2(api: httpx.Client) -> None:
    make_corpus(
        api,
        "shop",
        filter_attributes=[attribute("kind")],
        custom_dimensions=[{"name": "importance", "indexing_default": 0, "querying_default": 0}],
    )
    for name, kind in (("lamp", "light"), ("torch", "light"), ("tent", "camp")):
        part: Json = {
            "text": f"The {name} is new.",
            "custom_dimensions": {"importance": float(name == "tent")},
        }
        put(api, "shop", core(name, part, metadata={"kind": kind}))
    corpus = number(api, "shop")
    cases: list[tuple[Json, Json, Json, Json]] = [
        (
            {"metadataFilter": "doc.kind = 'camp'"},
            {},
            {"metadata_filter": "doc.kind = 'camp'"},
            {"type": "none"},
        ),
        ({"semantics": 2}, {}, {"semantics": "response"}, {"type": "none"}),
        ({"semantics": "QUERY"}, {}, {"semantics": "query"}, {"type": "none"}),
        (
            {"lexicalInterpolationConfig": {"lambda": 1.0}},
            {},
            {"lexical_interpolation": 1.0},
            {"type": "none"},
        ),
        (
            {"dim": [{"name": "importance", "weight": 5.0}]},
            {},
            {"custom_dimensions": {"importance": 5.0}},
            {"type": "none"},
        ),
        (
            {},
            {"rerankerId": 272725718, "mmrConfig": {"diversityBias": 0.7}},
            {},
            {"type": "mmr", "diversity_bias": 0.7},
        ),
    ]
    plain = ask(api, question("new tent lamp", corpus))[0]["response"]
    for key, reranking, entry, reranker in cases:
        more = {"rerankingConfig": reranking} if reranking else {}
        (found,) = ask(api, question("new tent lamp", {"corpusId": corpus, **key}, **more))
        search = {"corpora": [{"corpus_key": "shop", **entry}], "reranker": reranker}
        told = api.post("/v2/query", json={"query": "new tent lamp", "search": search}).json()
        assert [(one["text"], one["score"]) for one in found["response"]] == [
            (one["text"], one["score"]) for one in told["search_results"]
        ]
        if key not in ({"semantics": "QUERY"}, {}):
            assert found["response"] != plain, key


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({}, "The lantern must be clean and its glass unbroken."),
        (
            {"sentencesBefore": 1},
            "A customer may return a lantern within 45 days of delivery. The lantern must be clean",
        ),
        (
            {"charsBefore": 5, "startTag": "[", "endTag": "]"},
            "A customer may return a lantern within 45 days of delivery. [The lantern must be clean",
        ),
        ({"charsBefore": 9000, "sentencesBefore": -1, "charsAfter": -4}, "A customer may return"),
        ({"sentencesBefore": 0, "sentencesAfter": 0, "startTag": "<"}, "<The lantern must be clean"),
    ],
)
def test_context_around_a_part(api: httpx.Client, config: Json, text: str) -> None:
    (found,) = ask(api, question("glass unbroken clean lantern", numResults=1, contextConfig=config))
    assert found["response"][0]["text"].startswith(text)


# Batches and statuses


def test_a_batch_is_answered_in_its_order_and_a_bad_query_harms_no_other(
    understudy: Understudy, api: httpx.Client
) -> None:
    make_corpus(api, "off")
    api.patch("/v2/corpora/off", json={"enabled": False})
    closed = number(api, "off")
    bad: list[tuple[Json, str]] = [
        (question(""), "QRY__MISSING_QUERY"),
        (question("x" * 5001), "INVALID_ARGUMENT"),
        ({"query": "x"}, "QRY__MISSING_CORPUS"),
        (question("x", *[HANDBOOK] * 65), "QRY__TOO_MANY_CORPORA"),
        (question("x", 999), "INVALID_CORPUS_ID"),
        (question("x", closed), "QRY__DISABLED_CORPUS"),
        (question("x", {"customerId": 77, "corpusId": HANDBOOK}), "INVALID_CUSTOMER_ID"),
        (question("x", {"corpusId": HANDBOOK, "metadataFilter": "doc.("}), "INVALID_ARGUMENT"),
        (question("x", {"corpusId": HANDBOOK, "metadataFilter": "x" * 8001}), "INVALID_ARGUMENT"),
        (
            question("x", {"corpusId": HANDBOOK, "dim": [{"name": "no", "weight": 1}]}),
            "QRY__INVALID_DIMENSION",
        ),
        (question("x", rerankingConfig={"rerankerId": 5}), "QRY__INVALID_RERANKER"),
        (question("x", summary=[SUMMARY] * 17), "INVALID_ARGUMENT"),
    ]
    before = understudy.look(lambda world: world.store.dump())
    sets = ask(api, question(numResults=1), *(one for one, _ in bad), question("hotel room", numResults=1))
    assert [codes(one) for one in sets[1:-1]] == [[code] for _, code in bad]
    assert all(one["status"][0]["statusDetail"] and one["response"] == [] for one in sets[1:-1])
    assert (documents(sets[0]), documents(sets[-1])) == (["returns"], ["travel"])
    assert understudy.look(lambda world: world.store.dump()) == before


@pytest.mark.parametrize(("count", "code"), [(0, "QRY__MISSING_QUERY"), (65, "QRY__TOO_MANY_QUERIES")])
def test_a_batch_has_bounds(api: httpx.Client, count: int, code: str) -> None:
    for path in ("/v1/query", "/v1/stream-query"):
        answer = api.post(path, json={"query": [question()] * count})
        assert answer.status_code == 200
        told = answer.json()
        status = told.get("result", told)["status"]
        assert [one["code"] for one in status] == [code]


# Summaries


def test_summaries_are_those_of_v2(api: httpx.Client) -> None:
    summary = {
        **SUMMARY,
        "debug": True,
        "responseChars": 80,
        "modelParams": {
            "maxTokens": 300,
            "temperature": 0.0,
            "frequencyPenalty": 0.1,
            "presencePenalty": 0.2,
        },
        "citationParams": {
            "style": "MARKDOWN",
            "urlPattern": "https://d/{doc.id}",
            "textPattern": "{doc.title}",
        },
        "factualConsistencyScore": True,
    }
    (found,) = ask(api, question(summary=[summary]))
    generation = {
        "generation_preset_name": SUMMARY["summarizerPromptName"],
        "max_used_search_results": 5,
        "response_language": "eng",
        "max_response_characters": 80,
        "model_parameters": {"max_tokens": 300},
        "citations": {
            "style": "markdown",
            "url_pattern": "https://d/{doc.id}",
            "text_pattern": "{doc.title}",
        },
    }
    search = {"reranker": {"type": "none"}}
    told = api.post(
        "/v2/corpora/handbook/query", json={"query": QUESTION, "search": search, "generation": generation}
    ).json()
    (made,) = found["summary"]
    assert made == {
        "text": told["summary"],
        "lang": "eng",
        "prompt": told["rendered_prompt"],
        "factualConsistency": {
            "score": told["factual_consistency_score"],
            "status": {"code": "OK", "statusDetail": ""},
        },
        "status": [],
    }
    assert "[Returns and refunds](https://d/returns)" in made["text"]


def test_several_summaries_come_in_their_order(api: httpx.Client) -> None:
    styles = ("NUMERIC", "NONE", "HTML")
    wanted = [{"citationParams": {"style": style, "urlPattern": "u"}} for style in styles]
    (found,) = ask(api, question(numResults=1, summary=wanted))
    numeric, none, html = (one["text"] for one in found["summary"])
    assert numeric == f"{none} [1]"
    assert html == f'{none} <a href="u">1</a>'


@pytest.mark.parametrize("language", ["en", "eng", "EN", "auto", ""])
def test_languages_have_two_letters_or_three(api: httpx.Client, language: str) -> None:
    (found,) = ask(api, question(summary=[{"responseLang": language}]))
    assert found["summary"][0]["lang"] == "eng"


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        ({"summarizerPromptName": "none-such"}, "QRY__SMRY__INVALID_SUMMARIZER_PROMPT"),
        ({"promptText": "#foreach("}, "QRY__SMRY__INVALID_SUMMARIZER_PROMPT"),
        ({"responseLang": "xx"}, "QRY__SMRY__INVALID_SUMMARY_LANG"),
        ({"citationParams": {"style": "HTML"}}, "INVALID_ARGUMENT"),
        ({"chat": {"conversationId": "cht_none"}}, "NOT_FOUND"),
    ],
)
def test_a_summary_that_cannot_be_made_leaves_the_results(
    understudy: Understudy, api: httpx.Client, summary: Json, code: str
) -> None:
    before = understudy.look(lambda world: world.store.dump())
    (found,) = ask(api, question(numResults=1, summary=[summary]))
    assert documents(found) == ["returns"]
    assert codes(found) == codes(found["summary"][0]) == [code]
    assert found["summary"][0]["text"] == ""
    assert understudy.look(lambda world: world.store.dump()) == before


def test_there_is_no_summary_of_nothing(api: httpx.Client) -> None:
    make_corpus(api, "bare")
    (found,) = ask(api, question("lamp", number(api, "bare"), summary=[SUMMARY]))
    assert codes(found) == codes(found["summary"][0]) == ["QRY__SMRY__NO_QUERY_RESULTS"]


def test_a_score_that_cannot_be_told_says_why(api: httpx.Client) -> None:
    make_corpus(api, "leguas")
    put(
        api, "leguas", core("a", "Isang bahay na bato ang nakatayo sa tabi ng ilog sa loob ng maraming taon.")
    )
    (found,) = ask(
        api, question("bahay na bato", number(api, "leguas"), summary=[{"factualConsistencyScore": True}])
    )
    assert found["summary"][0]["factualConsistency"] == {
        "status": {"code": "QRY__SMRY__EVAL_UNSUPPORTED_LANG", "statusDetail": "fcs_language_not_supported"}
    }


# Chats


def test_a_conversation_is_a_chat_of_v2(api: httpx.Client) -> None:
    (first,) = ask(api, question("How long is the frame guaranteed?", summary=[{"chat": {"store": True}}]))
    chat = first["summary"][0]["chat"]
    assert chat["status"]["code"] == "OK"
    wanted = {"chat": {"store": True, "conversationId": chat["conversationId"]}}
    (second,) = ask(api, question("And the motor?", summary=[wanted]))
    follow_up = second["summary"][0]["chat"]
    assert follow_up["conversationId"] == chat["conversationId"]
    assert "guaranteed" in follow_up["rephrasedQuery"]
    turns = read(api, f"/v2/chats/{chat['conversationId']}/turns")["turns"]
    assert [turn["id"] for turn in turns] == [chat["turnId"], follow_up["turnId"]]
    assert [turn["answer"] for turn in turns] == [first["summary"][0]["text"], second["summary"][0]["text"]]
    assert [turn["query"] for turn in turns] == ["How long is the frame guaranteed?", "And the motor?"]


def test_a_chat_of_v2_goes_on_in_v1_and_is_kept_only_when_asked_for(api: httpx.Client) -> None:
    made = api.post(
        "/v2/chats",
        json={
            "query": "How long is the frame guaranteed?",
            "search": {"corpora": [{"corpus_key": "handbook"}]},
        },
    ).json()
    path = f"/v2/chats/{made['chat_id']}/turns"
    for store, turns in ((False, 1), (True, 2)):
        wanted = {"chat": {"store": store, "conversationId": made["chat_id"]}}
        (found,) = ask(api, question("And the motor?", summary=[wanted]))
        assert "guaranteed" in found["summary"][0]["chat"]["rephrasedQuery"]
        assert len(read(api, path)["turns"]) == turns


def test_nothing_is_kept_without_store(understudy: Understudy, api: httpx.Client) -> None:
    before = understudy.look(lambda world: world.store.dump())
    (found,) = ask(api, question(summary=[{"chat": {"store": False}}]))
    assert "chat" not in found["summary"][0]
    assert understudy.look(lambda world: world.store.dump()) == before


def test_a_query_with_two_summaries_is_one_entry_of_the_history(api: httpx.Client) -> None:
    make_corpus(api, "kept", save_history=True)
    put(api, "kept", core("a", "The lamp runs for nine hours."))
    ask(api, question("lamp", number(api, "kept"), summary=[SUMMARY, SUMMARY]))
    assert len(read(api, "/v2/queries", corpus_key="kept")["queries"]) == 1


# Streams


def lines(answer: httpx.Response) -> list[Json]:
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text.endswith("\n")
    return [json.loads(line)["result"] for line in answer.text.splitlines()]


def test_a_stream_tells_numbers_then_sets_then_summaries(api: httpx.Client) -> None:
    summary = {**SUMMARY, "factualConsistencyScore": True}
    queries = [question(numResults=2, summary=[summary]), question("hotel room cost", numResults=1)]
    whole = ask(api, *queries)
    told = lines(api.post("/v1/stream-query", json={"query": queries}))
    stubs = told[0]["batchQueryResponse"]["responseSet"]
    assert [(one["futureId"], [s["futureId"] for s in one["summary"]]) for one in stubs] == [
        (1, [2]),
        (3, []),
    ]
    sets = [one["responseSet"] for one in told[1:3]]
    assert [one["futureId"] for one in sets] == [1, 3]
    assert [one["response"] for one in sets] == [one["response"] for one in whole]
    pieces = [one["summary"] for one in told[3:]]
    assert {one["futureId"] for one in pieces} == {2}
    assert "".join(one.get("text", "") for one in pieces) == whole[0]["summary"][0]["text"]
    assert [one["done"] for one in pieces] == [False] * (len(pieces) - 2) + [True, True]
    assert pieces[-2]["lang"] == "eng"
    assert pieces[-1]["factualConsistency"] == whole[0]["summary"][0]["factualConsistency"]


def test_a_stream_tells_refusals_and_keeps_a_chat(api: httpx.Client) -> None:
    queries = [question("x", 999), question(summary=[{"chat": {"store": True}}])]
    told = lines(api.post("/v1/stream-query", json={"query": queries}))
    assert [one["code"] for one in told[1]["responseSet"]["status"]] == ["INVALID_CORPUS_ID"]
    chat = told[-1]["summary"]["chat"]
    assert read(api, f"/v2/chats/{chat['conversationId']}")["first_query"] == QUESTION


def test_the_same_calls_give_the_same_bytes(understudy: Understudy, api: httpx.Client) -> None:
    body: Any = {"query": [question(summary=[SUMMARY])]}
    assert api.post("/v1/query", json=body).content == api.post("/v1/query", json=body).content
    assert api.post("/v1/stream-query", json=body).content == api.post("/v1/stream-query", json=body).content
