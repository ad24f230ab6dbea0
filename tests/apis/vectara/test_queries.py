"""Queries through HTTP: ranking, filters, rerankers, context, generation, streams. Spec tag: Queries."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    FRAME,
    ask,
    attribute,
    core,
    found,
    ids,
    kinds,
    make_corpus,
    put,
    read,
    refused,
    streamed,
    structured,
    texts,
)
from understudy.pytest_plugin import Understudy

QUERY = "/v2/corpora/handbook/query"
NONE = {"type": "none"}
QUESTIONS = [
    ("How many days do I have to return a lantern?", "returns", "45 days"),
    ("How much may a hotel room cost?", "travel", "140 euros"),
    ("Who checks the gloves and goggles?", "kiln-safety", "Ines Marlow"),
    ("How many days of paid leave do employees have?", "holidays", "27 days"),
    ("How long is the frame guaranteed?", "warranty", "ten years"),
    ("When are refunds paid to the card?", "returns", "six working days"),
]


def several(*corpora: dict[str, Any], query: str = "zebra", **more: Any) -> dict[str, Any]:
    search = more.pop("search", {})
    return {"query": query, "search": {"corpora": list(corpora), **search}, **more}


# Ranking and the three entry points


@pytest.mark.parametrize(("question", "document_id", "said"), QUESTIONS)
@pytest.mark.parametrize("lexical", [0, 0.1, 1])
def test_the_passage_that_answers_comes_first(
    api: httpx.Client, question: str, document_id: str, said: str, lexical: float
) -> None:
    best = found(api, "handbook", question, lexical_interpolation=lexical)[0]
    assert best["document_id"] == document_id
    assert said in best["text"]


def test_the_three_entry_points_find_the_same(api: httpx.Client) -> None:
    question = QUESTIONS[0][0]
    by_get = read(api, QUERY, query=question)
    assert by_get == ask(api, "handbook", question)
    assert by_get == api.post("/v2/query", json=several({"corpus_key": "handbook"}, query=question)).json()
    assert set(by_get) == {"search_results"}
    assert set(by_get["search_results"][0]) == {
        "text",
        "score",
        "part_metadata",
        "document_metadata",
        "document_id",
        "request_corpora_index",
        "corpus_key",
    }


def test_a_query_is_repeatable_and_changes_nothing(understudy: Understudy, api: httpx.Client) -> None:
    body = {"query": QUESTIONS[1][0], "generation": {}}
    before = understudy.look(lambda world: (world.store.version, world.store.dump()))
    assert api.post(QUERY, json=body).content == api.post(QUERY, json=body).content
    assert understudy.look(lambda world: (world.store.version, world.store.dump())) == before


def test_scores_fall_and_offset_and_limit_cut_the_same_order(api: httpx.Client) -> None:
    for reranker in (None, NONE):
        more = {"reranker": reranker} if reranker else {}
        everything = found(api, "handbook", "days", limit=100, **more)
        scores = [result["score"] for result in everything]
        assert scores == sorted(scores, reverse=True)
        assert len(everything) > 4
    plain = found(api, "handbook", "days", limit=100, reranker=NONE)
    assert found(api, "handbook", "days", limit=2, offset=1, reranker=NONE) == plain[1:3]
    assert read(api, QUERY, query="days", limit=100, offset=len(plain))["search_results"] == []
    assert len(found(api, "handbook", "days")) <= 10


def test_a_query_that_matches_nothing_is_an_empty_answer(api: httpx.Client) -> None:
    make_corpus(api, "c")
    assert ask(api, "c", "anything") == {"search_results": []}
    put(api, "c", core("d", "A zebra."))
    assert found(api, "c", "zebra", metadata_filter="doc.id = 'other'") == []


def test_results_with_equal_scores_are_in_order_of_their_ids(api: httpx.Client) -> None:
    make_corpus(api, "c")
    for name in ("m", "b", "z", "a"):
        put(api, "c", core(name, "The very same words.", "The very same words."))
    assert ids(found(api, "c", "same words")) == ["a", "a", "b", "b", "m", "m", "z", "z"]


@pytest.fixture
def zoo(api: httpx.Client) -> None:
    for key in ("north", "south"):
        make_corpus(api, key, filter_attributes=[attribute("year", "integer")])
    put(api, "north", core("n1", "A zebra in the snow.", metadata={"year": 1}))
    put(api, "north", core("n2", "A walrus on the ice.", metadata={"year": 2}))
    put(api, "south", core("s1", "A zebra in the sun.", metadata={"year": 1}))
    put(api, "south", core("s2", "Zebra zebra zebra.", metadata={"year": 2}))


@pytest.mark.usefixtures("zoo")
def test_results_of_several_corpora_are_merged_by_score(api: httpx.Client) -> None:
    corpora = [{"corpus_key": "south"}, {"corpus_key": "north"}]
    for reranker in ({}, {"reranker": NONE}):
        results = api.post("/v2/query", json=several(*corpora, search=reranker)).json()["search_results"]
        scores = [result["score"] for result in results]
        assert scores == sorted(scores, reverse=True)
        assert {"n1", "s1", "s2"} <= set(ids(results))
        for result in results:
            index = result["request_corpora_index"]
            assert result["corpus_key"] == corpora[index]["corpus_key"]
            assert result["document_id"][0] == result["corpus_key"][0]
    only = several(*corpora, search={"limit": 1})
    assert ids(api.post("/v2/query", json=only).json()["search_results"]) == ["s2"]


@pytest.mark.usefixtures("zoo")
def test_each_corpus_has_its_own_query_and_filter(api: httpx.Client) -> None:
    body = several(
        {"corpus_key": "north", "query": "walrus ice"},
        {"corpus_key": "south", "metadata_filter": "doc.year = 1"},
        search={"reranker": NONE},
    )
    results = api.post("/v2/query", json=body).json()["search_results"]
    assert results[0]["document_id"] == "n2"
    assert {result["document_id"] for result in results if result["corpus_key"] == "south"} == {"s1"}
    body["search"]["corpora"][1]["metadata_filter"] = "doc.weight = 1"
    refused(api.post("/v2/query", json=body), 400, "body.search.corpora[1].metadata_filter")


@pytest.mark.usefixtures("zoo")
def test_one_corpus_may_be_asked_twice(api: httpx.Client) -> None:
    body = several({"corpus_key": "north"}, {"corpus_key": "north", "metadata_filter": "doc.year = 1"})
    results = api.post("/v2/query", json=body).json()["search_results"]
    assert {result["request_corpora_index"] for result in results} == {0, 1}


@pytest.mark.usefixtures("zoo")
def test_a_missing_corpus_is_named_and_no_corpus_is_refused(api: httpx.Client) -> None:
    body = several({"corpus_key": "north"}, {"corpus_key": "west"})
    assert refused(api.post("/v2/query", json=body), 404)["id"] == "west"
    answer = refused(api.post("/v2/query", json=several()), 400)
    assert answer["field_errors"] == {"body.search.corpora": "[] should have at least 1 items."}


def test_the_corpora_of_a_single_corpus_query_are_ignored(api: httpx.Client) -> None:
    results = found(api, "handbook", "kiln", corpora=[{"corpus_key": "nowhere"}])
    assert results[0]["corpus_key"] == "handbook"


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "the of and", "-", '"', '""', "*", '-* "a', "日本", "\x00", "x" * 5000]
)
@pytest.mark.parametrize("lexical", [0, 0.5, 1])
def test_a_query_of_any_text_is_answered(api: httpx.Client, text: str, lexical: float) -> None:
    assert isinstance(found(api, "handbook", text, lexical_interpolation=lexical), list)


def test_a_query_of_five_thousand_and_one_characters_is_refused(api: httpx.Client) -> None:
    refused(api.post(QUERY, json={"query": "x" * 5001}), 400, "body.query")
    refused(api.get(QUERY, params={"query": "x" * 5001}), 400, "query.query")
    refused(api.get(QUERY), 400, "query.query")


@pytest.mark.parametrize("name", ["save_history", "intelligent_query_rewriting"])
@pytest.mark.parametrize("value", ["True", "1", "yes", "", "null"])
def test_a_switch_in_the_url_is_true_or_false(api: httpx.Client, name: str, value: str) -> None:
    refused(api.get(QUERY, params={"query": "kiln", name: value}), 400, f"query.{name}")
    for right in ("true", "false"):
        read(api, QUERY, query="kiln", **{name: right})


def test_queries_filter_by_document_and_part(api: httpx.Client) -> None:
    sales = found(api, "handbook", "the", metadata_filter="doc.department = 'sales'", limit=100)
    assert set(ids(sales)) == {"returns", "warranty"}
    recent = "doc.year IN (2024, 2025) and not doc.department = 'sales'"
    assert set(ids(found(api, "handbook", "the", metadata_filter=recent, limit=100))) == {
        "holidays",
        "travel",
    }
    titles = found(api, "handbook", "returns", metadata_filter="part.is_title = true")
    assert texts(titles)[0] == "Returns and refunds"
    assert found(api, "handbook", "kiln", metadata_filter="") == found(api, "handbook", "kiln")


@pytest.mark.parametrize(
    "condition",
    [
        "doc.color = 'x'",
        "doc.year = '",
        "year = 1",
        "doc.year =",
        "(" * 3000,
        "not " * 1500,
        "doc.year LIKE 1",
        "\x00",
    ],
)
def test_a_bad_filter_is_refused_where_it_stands(api: httpx.Client, condition: str) -> None:
    answer = api.post(QUERY, json={"query": "x", "search": {"metadata_filter": condition}})
    refused(answer, 400, "body.search.metadata_filter")


# The lexical syntax


@pytest.fixture
def quotes(api: httpx.Client) -> None:
    make_corpus(api, "quotes")
    for name, text in (
        ("a", "The silver lamp stands by the window."),
        ("b", "By the lamp lies a silver spoon."),
        ("c", "Lampposts and lampshades are sold here."),
    ):
        put(api, "quotes", core(name, text))


@pytest.mark.usefixtures("quotes")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"silver lamp"', {"a"}),
        ("silver lamp", {"a", "b"}),
        ("lampp*", {"c"}),
        ("lamp*", {"a", "b", "c"}),
        ("lamp -spoon", {"a"}),
        ("lamp* -lamps*", {"a", "b"}),
        ('lamp -"silver spoon"', {"a"}),
        ("harpsichord", set()),
    ],
)
def test_the_lexical_syntax_decides_what_is_found(api: httpx.Client, text: str, expected: set[str]) -> None:
    results = found(api, "quotes", text, lexical_interpolation=1, reranker=NONE)
    assert set(ids(results)) == expected


@pytest.mark.usefixtures("quotes")
def test_without_a_lexical_part_the_syntax_is_plain_text(api: httpx.Client) -> None:
    assert {"a", "b"} <= set(ids(found(api, "quotes", "lamp -spoon", reranker=NONE)))


def test_lexical_interpolation_lies_between_nought_and_one(api: httpx.Client) -> None:
    for value in (-0.1, 1.1, "0.5"):
        answer = api.post(QUERY, json={"query": "x", "search": {"lexical_interpolation": value}})
        refused(answer, 400, "body.search.lexical_interpolation")


# Semantics: a query is a question, or an answer whose like is looked for

NOTES = (
    "Set the dial to -5 and wait.",
    "Set the dial to 5, and do not wait at the dial: set it and the dial will be set.",
    'The "red dial" is not to be set.',
    "A dial is set.",
)


@pytest.fixture
def notes(api: httpx.Client) -> None:
    for key, settings in (("notes", {}), ("answers", {"queries_are_answers": True})):
        make_corpus(api, key, **settings)
        put(api, key, core("d", *NOTES))


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("lexical", [0, 0.5, 1])
@pytest.mark.parametrize("text", NOTES)
def test_a_text_as_a_response_finds_itself_first(api: httpx.Client, text: str, lexical: float) -> None:
    best = found(api, "notes", text, semantics="response", lexical_interpolation=lexical)[0]
    assert (best["text"], best["score"]) == (text, 1)
    one = several(
        {"corpus_key": "notes", "semantics": "response", "lexical_interpolation": lexical}, query=text
    )
    assert api.post("/v2/query", json=one).json()["search_results"][0] == best


@pytest.mark.usefixtures("notes")
def test_a_query_has_syntax_that_a_response_has_not(api: httpx.Client) -> None:
    lexical: dict[str, Any] = {"lexical_interpolation": 1, "reranker": NONE}
    for semantics in ("query", "default"):
        assert NOTES[0] not in texts(found(api, "notes", NOTES[0], semantics=semantics, **lexical))
    assert NOTES[0] in texts(found(api, "notes", NOTES[0], semantics="response", **lexical))
    # Words of little meaning count too.
    assert found(api, "notes", "is not to be dial", **lexical) != found(
        api, "notes", "is not to be dial", semantics="response", **lexical
    )


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize(
    "reranker", [{}, {"reranker": NONE}, {"reranker": {"type": "mmr", "diversity_bias": 0.2}}]
)
def test_default_semantics_follow_the_corpus(api: httpx.Client, reranker: dict[str, Any]) -> None:
    def scored(key: str, **search: Any) -> list[tuple[str, float]]:
        results = found(api, key, "How is the dial set?", lexical_interpolation=0.3, **search, **reranker)
        return [(result["text"], result["score"]) for result in results]

    as_query, as_response = (scored("notes", semantics=one) for one in ("query", "response"))
    assert as_query != as_response
    assert scored("notes") == scored("notes", semantics="default") == as_query
    assert scored("answers") == scored("answers", semantics="default") == as_response
    assert scored("answers", semantics="query") == as_query


@pytest.mark.usefixtures("notes")
def test_each_corpus_has_its_own_semantics(api: httpx.Client) -> None:
    corpora = [{"corpus_key": "notes"}, {"corpus_key": "notes", "semantics": "response"}]
    results = api.post("/v2/query", json=several(*corpora, query=NOTES[3])).json()["search_results"]
    first = {result["request_corpora_index"]: result["score"] for result in reversed(results)}
    assert first[1] == 1
    alone = [found(api, "notes", NOTES[3], **one)[0]["score"] for one in ({}, {"semantics": "response"})]
    assert [first[0], first[1]] == alone


@pytest.mark.usefixtures("notes")
def test_the_get_follows_the_corpus_too(api: httpx.Client) -> None:
    for key, semantics, other in (("notes", "query", "response"), ("answers", "response", "query")):
        results = read(api, f"/v2/corpora/{key}/query", query=NOTES[1])["search_results"]
        assert results == found(api, key, NOTES[1], semantics=semantics)
        assert results != found(api, key, NOTES[1], semantics=other)


def test_other_semantics_are_refused(api: httpx.Client) -> None:
    for value in ("answer", "", 1, None):
        answer = api.post(QUERY, json={"query": "x", "search": {"semantics": value}})
        refused(answer, 400, "body.search.semantics")
    body = several({"corpus_key": "handbook"}, {"corpus_key": "handbook", "semantics": "RESPONSE"})
    refused(api.post("/v2/query", json=body), 400, "body.search.corpora[1].semantics")


# Rerankers


def test_no_reranker_keeps_the_order_of_retrieval(api: httpx.Client) -> None:
    plain = found(api, "handbook", "days", reranker=NONE)
    assert plain != found(api, "handbook", "days")
    assert found(api, "handbook", "days", reranker={"type": "none", "limit": 2}) == plain[:2]
    assert found(api, "handbook", "days", reranker={"type": "none", "limit": 0}) == plain


def test_the_standard_reranker_works_by_name_by_id_and_by_default(api: httpx.Client) -> None:
    default = found(api, "handbook", "refund of shipping costs")
    for reranker in (
        {"type": "customer_reranker", "reranker_name": "Rerank_Multilingual_v1"},
        {"type": "customer_reranker", "reranker_id": "rnk_272725719"},
        {"reranker_name": "Rerank_Multilingual_v1"},
    ):
        assert found(api, "handbook", "refund of shipping costs", reranker=reranker) == default
    assert all(0 <= result["score"] <= 1 for result in default)


def test_a_cutoff_drops_before_the_limit_counts(api: httpx.Client) -> None:
    ranked = found(api, "handbook", "returns after 45 days", limit=50)
    cutoff = ranked[2]["score"]
    reranker = {"type": "customer_reranker", "cutoff": cutoff}
    kept = found(api, "handbook", "returns after 45 days", limit=50, reranker=reranker)
    assert kept == [result for result in ranked if result["score"] >= cutoff]
    limited = {**reranker, "limit": 2}
    assert found(api, "handbook", "returns after 45 days", limit=50, reranker=limited) == ranked[:2]
    assert found(api, "handbook", "returns", reranker={"type": "customer_reranker", "cutoff": 2}) == []


def test_an_unknown_reranker_is_refused_where_it_stands(api: httpx.Client) -> None:
    unknown = {"type": "customer_reranker", "reranker_name": "Rerank_Guess_v9"}
    for reranker, field in (
        (unknown, "reranker_name"),
        ({"type": "customer_reranker", "reranker_id": "rnk_1"}, "reranker_id"),
        ({"type": "chain", "rerankers": [NONE, unknown]}, "rerankers[1].reranker_name"),
        ({"type": "mmr", "diversity_bias": 1.5}, "diversity_bias"),
        ({"type": "magic"}, "type"),
    ):
        answer = api.post(QUERY, json={"query": "days", "search": {"reranker": reranker}})
        refused(answer, 400, f"body.search.reranker.{field}")


def test_an_unknown_reranker_is_refused_when_nothing_is_found_too(api: httpx.Client) -> None:
    make_corpus(api, "c")
    for reranker in (
        {"type": "customer_reranker", "reranker_name": "x"},
        {"type": "mmr", "diversity_bias": -1},
    ):
        answer = api.post("/v2/corpora/c/query", json={"query": "days", "search": {"reranker": reranker}})
        refused(answer, 400)


def by(function: str, **more: Any) -> dict[str, Any]:
    """A reranker with a user function."""
    return {"type": "userfn", "user_function": function, **more}


@pytest.fixture
def stock(api: httpx.Client) -> None:
    make_corpus(api, "stock")
    for name, metadata in (
        ("old", {"sold": 5, "day": "2020-01-01T00:00:00Z"}),
        ("new", {"sold": 9, "day": "2025-12-31T00:00:00Z"}),
        ("bare", {}),
    ):
        part = {"text": "A zebra stands in the snow.", "metadata": {"page": len(name)}}
        put(api, "stock", core(name, part, metadata=metadata))


@pytest.mark.usefixtures("stock")
def test_a_user_function_scores_by_metadata_and_null_removes(api: httpx.Client) -> None:
    results = found(api, "stock", "zebra", reranker=by("get('$.document_metadata.sold')"))
    assert [(result["document_id"], result["score"]) for result in results] == [("new", 9), ("old", 5)]
    results = found(api, "stock", "zebra", reranker=by("get('$.document_metadata.sold', 7) + get('$.score')"))
    assert ids(results) == ["new", "bare", "old"]
    assert 7 < results[1]["score"] < 8.5
    function = "if (get('$.document_id') == 'bare' && get('$.text') != '') get('$.part_metadata.page') else 0"
    assert [result["score"] for result in found(api, "stock", "zebra", reranker=by(function))] == [4, 0, 0]


@pytest.mark.usefixtures("stock")
def test_a_null_score_goes_before_cutoff_and_limit(api: httpx.Client) -> None:
    function = "if (get('$.document_id') == 'new') null else get('$.document_metadata.sold', 1)"
    assert ids(found(api, "stock", "zebra", reranker=by(function, limit=2))) == ["old", "bare"]
    assert ids(found(api, "stock", "zebra", reranker=by(function, cutoff=2))) == ["old"]
    assert found(api, "stock", "zebra", reranker=by("null")) == []


@pytest.mark.usefixtures("stock")
def test_a_user_function_knows_the_time_of_the_world(understudy: Understudy, api: httpx.Client) -> None:
    day = "iso_datetime_parse(get('$.document_metadata.day'))"
    age = by(f"hours(now() - {day}) / 24")
    before = found(api, "stock", "zebra", reranker=age)
    assert ids(before) == ["old", "new"]
    understudy.advance(seconds=86400)
    after = found(api, "stock", "zebra", reranker=age)
    for early, late in zip(before, after, strict=True):
        assert late["score"] - early["score"] == pytest.approx(1)
    recent = by(f"if (now() - {day} < hours(24 * 1000)) 1 else null")
    assert ids(found(api, "stock", "zebra", reranker=recent)) == ["new"]


def test_knee_cuts_at_the_largest_drop_of_the_stage_before(api: httpx.Client) -> None:
    question = QUESTIONS[0][0]
    ranked = found(api, "handbook", question)
    chain = {"type": "chain", "rerankers": [{"type": "customer_reranker"}, by("knee(1, 0)")]}
    kept = found(api, "handbook", question, reranker=chain)
    scores = [result["score"] for result in ranked]
    drops = [round(above - below, 9) for above, below in pairwise(scores)]
    assert kept == ranked[: drops.index(max(drops)) + 1] != ranked
    assert found(api, "handbook", question, reranker={**chain, "rerankers": [NONE, by("knee()")]})


@pytest.mark.usefixtures("stock")
def test_stages_of_a_chain_may_be_chains_and_hand_on_their_scores(api: httpx.Client) -> None:
    inner = {"type": "chain", "rerankers": [by("get('$.document_metadata.sold')"), by("get('$.score') * 2")]}
    chain = {
        "type": "chain",
        "rerankers": [{"type": "customer_reranker"}, inner, by("-get('$.score')", limit=1)],
    }
    results = found(api, "stock", "zebra", reranker=chain)
    assert [(result["document_id"], result["score"]) for result in results] == [("old", -10)]


def test_a_user_function_is_refused_where_its_fault_is(api: httpx.Client) -> None:
    make_corpus(api, "void")
    for reranker, place, position in (
        (by("get('$.score"), "", 4),
        (by("1 + foo(2)"), "", 4),
        (by(""), "", 0),
        ({"type": "userfn"}, "", 0),
        (by("knee(2)"), "", 5),
        ({"type": "chain", "rerankers": [NONE, by("1 +")]}, "rerankers[1].", 3),
    ):
        for path in (QUERY, "/v2/corpora/void/query"):
            answer = api.post(path, json={"query": "days", "search": {"reranker": reranker}})
            field = f"body.search.reranker.{place}user_function"
            refused(answer, 400, field)
            assert f"(at position {position})" in answer.json()["field_errors"][field]


def test_mmr_prefers_what_differs_the_more_the_bias_grows(api: httpx.Client) -> None:
    make_corpus(api, "c")
    for number in range(4):
        put(api, "c", core(f"same{number}", "A zebra stands in the snow."))
    put(api, "c", core("other", "Zebra crossings were invented in England."))
    order = {}
    for bias in (0, 0.7, 1):
        reranker = {"type": "mmr", "diversity_bias": bias}
        order[bias] = ids(found(api, "c", "zebra in the snow", reranker=reranker))
        assert len(order[bias]) == 5
    assert order[0] == ["same0", "same1", "same2", "same3", "other"]
    assert order[0.7][:2] == order[1][:2] == ["same0", "other"]


def test_mmr_reaches_over_corpora(api: httpx.Client) -> None:
    for key in ("x", "y"):
        make_corpus(api, key)
        put(api, key, core(key, "A zebra stands in the snow."))
    put(api, "y", core("z", "Zebra crossings were invented in England."))
    body = several(
        {"corpus_key": "x"},
        {"corpus_key": "y"},
        query="zebra in the snow",
        search={"reranker": {"type": "mmr", "diversity_bias": 0.5}},
    )
    assert ids(api.post("/v2/query", json=body).json()["search_results"]) == ["x", "z", "y"]


def test_a_chain_hands_on_what_each_stage_kept(api: httpx.Client) -> None:
    standard = {"type": "customer_reranker"}
    ranked = found(api, "handbook", "days of leave", limit=50)
    chain = {
        "type": "chain",
        "rerankers": [{**standard, "limit": 4}, {"type": "mmr", "diversity_bias": 0, "limit": 2}],
    }
    assert texts(found(api, "handbook", "days of leave", limit=50, reranker=chain)) == texts(ranked)[:2]
    nested = {
        "type": "chain",
        "rerankers": [{"type": "chain", "rerankers": [standard]}, {"type": "none", "limit": 3}],
    }
    assert found(api, "handbook", "days of leave", limit=50, reranker=nested) == ranked[:3]
    assert found(api, "handbook", "days", reranker={"type": "chain", "rerankers": []})
    fifty_one = {"type": "chain", "rerankers": [NONE] * 51}
    answer = api.post(QUERY, json={"query": "days", "search": {"reranker": fifty_one}})
    refused(answer, 400, "body.search.reranker.rerankers")


# Context

STORY = "Alpha began it. Bravo went on. Charlie was named in the middle. Delta followed. Echo ended it."


@pytest.fixture
def story(api: httpx.Client) -> None:
    make_corpus(api, "story")
    put(api, "story", structured("s", "An earlier section.", STORY, "A later section."))
    put(api, "story", core("c", *STORY.replace("Charlie", "Quebec").replace(". ", ".|").split("|")))


def window(api: httpx.Client, text: str, **context: Any) -> str:
    shown: str = found(api, "story", text, limit=1, context_configuration=context)[0]["text"]
    return shown


@pytest.mark.usefixtures("story")
def test_context_counts_whole_sentences_with_tags_around_the_part_alone(api: httpx.Client) -> None:
    middle = "Charlie was named in the middle."
    assert window(api, middle) == middle
    assert window(api, middle, sentences_before=1) == f"Bravo went on. {middle}"
    assert window(api, middle, sentences_after=1, start_tag="<b>", end_tag="</b>") == (
        f"<b>{middle}</b> Delta followed."
    )
    assert window(api, middle, sentences_before=99, sentences_after=99) == STORY
    assert window(api, middle, start_tag="<b>") == f"<b>{middle}"


@pytest.mark.usefixtures("story")
def test_context_in_characters_is_widened_to_sentences(api: httpx.Client) -> None:
    middle = "Charlie was named in the middle."
    assert window(api, middle, characters_before=2) == f"Bravo went on. {middle}"
    assert window(api, middle, characters_after=2) == f"{middle} Delta followed."
    assert window(api, middle, characters_before=17, characters_after=20) == STORY


@pytest.mark.usefixtures("story")
def test_sentences_win_over_characters(api: httpx.Client) -> None:
    middle = "Charlie was named in the middle."
    assert window(api, middle, sentences_before=0, characters_before=500) == middle
    assert window(api, middle, sentences_after=1, characters_before=500) == f"{middle} Delta followed."


@pytest.mark.usefixtures("story")
def test_the_parts_of_a_core_document_are_the_sentences_of_its_context(api: httpx.Client) -> None:
    shown = window(api, "Quebec was named in the middle.", sentences_before=1, sentences_after=1)
    assert shown == "Bravo went on. Quebec was named in the middle. Delta followed."


@pytest.mark.usefixtures("story")
def test_negative_sentences_are_refused(api: httpx.Client) -> None:
    body = {"query": "x", "search": {"context_configuration": {"sentences_before": -1}}}
    answer = api.post("/v2/corpora/story/query", json=body)
    refused(answer, 400, "body.search.context_configuration.sentences_before")


# Generation


def claims(summary: str) -> list[tuple[str, int]]:
    """The sentences of an answer with the numbers they cite."""
    return [(text.strip(), int(number)) for text, number in re.findall(r"(.+?) \[(\d+)\]", summary)]


@pytest.mark.parametrize(("question", "document_id", "said"), QUESTIONS)
def test_every_sentence_of_an_answer_stands_in_the_result_it_cites(
    api: httpx.Client, question: str, document_id: str, said: str
) -> None:
    answer = ask(api, "handbook", question, generation={}, search={"limit": 5})
    assert said in answer["summary"]
    cited = claims(answer["summary"])
    assert "".join(f"{text} [{number}]" for text, number in cited).replace(" ", "") == answer[
        "summary"
    ].replace(" ", "")
    for text, number in cited:
        assert text in answer["search_results"][number - 1]["text"]
    assert answer["search_results"][cited[0][1] - 1]["document_id"] == document_id
    assert answer["response_language"] == "eng"
    assert 0.9 < answer["factual_consistency_score"] <= 1
    assert question in json.loads(answer["rendered_prompt"])[-1]["content"]


def test_an_answer_uses_the_context_of_its_results(api: httpx.Client) -> None:
    generation = {"max_used_search_results": 1}
    context = {"sentences_after": 3, "start_tag": "<b>", "end_tag": "</b>"}
    answer = ask(
        api,
        "handbook",
        "trains and hotel rooms",
        search={"limit": 1, "context_configuration": context},
        generation=generation,
    )
    assert "<b>" in answer["search_results"][0]["text"]
    assert "<b>" not in answer["summary"]
    assert "<b>" not in answer["rendered_prompt"]


def test_without_generation_there_is_none(api: httpx.Client) -> None:
    plain = ask(api, "handbook", "kiln")
    assert set(plain) == {"search_results"}
    assert ask(api, "handbook", "kiln", generation=None) == plain
    assert ask(api, "handbook", "kiln", generation={"enabled": False}) == plain


def test_no_results_give_no_made_up_text(api: httpx.Client) -> None:
    make_corpus(api, "void")
    answer = ask(api, "void", "How old is the moon?", generation={})
    assert answer["search_results"] == []
    assert "moon" not in answer["summary"]
    assert "[" not in answer["summary"]
    assert "factual_consistency_score" not in answer
    assert (
        ask(api, "handbook", "kiln", generation={"max_used_search_results": 0})["summary"]
        == answer["summary"]
    )
    off_topic = ask(api, "handbook", "Xylophone quartets", generation={})
    assert off_topic["summary"] == answer["summary"]


def test_only_the_first_results_are_used(api: httpx.Client) -> None:
    for count in (1, 2):
        generation = {"max_used_search_results": count}
        answer = ask(api, "handbook", "days of return, leave and refunds", generation=generation)
        assert max(number for _, number in claims(answer["summary"])) <= count
        sources = json.loads(answer["rendered_prompt"])[-1]["content"]
        assert (f"[{count}] " in sources, f"[{count + 1}] " in sources) == (True, False)


@pytest.mark.parametrize("member", ["generation_preset_name", "prompt_name"])
def test_a_preset_must_be_known(api: httpx.Client, member: str) -> None:
    known = ask(api, "handbook", "kiln", generation={member: "mockingbird-2.0"})
    assert known["summary"]
    for more in ({}, {"enabled": False}, {"enabled": True}):
        answer = api.post(QUERY, json={"query": "kiln", "generation": {member: "gpt-9", **more}})
        refused(answer, 400, f"body.generation.{member}")


@pytest.mark.parametrize(
    ("citations", "mark"),
    [
        ({}, "[1]"),
        ({"style": "numeric"}, "[1]"),
        ({"style": "none"}, ""),
        ({"style": "markdown", "url_pattern": "https://x/{doc.id}"}, "[1](https://x/travel)"),
        (
            {"style": "markdown", "url_pattern": "/{doc.year}/{part.lang}", "text_pattern": "{doc.title}"},
            "[Travel](/2025/eng)",
        ),
        ({"style": "html", "url_pattern": "/{doc.id}"}, '<a href="/travel">1</a>'),
        (
            {"style": "html", "url_pattern": "/{doc.none}x", "text_pattern": "T{part.none}"},
            '<a href="/x">T</a>',
        ),
        ({"style": "markdown"}, "[1]()"),
    ],
)
def test_citations_have_the_style_that_is_asked_for(
    api: httpx.Client, citations: dict[str, str], mark: str
) -> None:
    generation = {"citations": citations, "max_used_search_results": 1}
    summary = ask(api, "handbook", "How much may a hotel room cost?", generation=generation)["summary"]
    sentence = "Hotel rooms may cost at most 140 euros a night."
    assert summary == f"{sentence} {mark}".rstrip()


def test_the_score_is_left_out_when_it_is_not_wanted_or_not_possible(api: httpx.Client) -> None:
    unwanted = ask(api, "handbook", "kiln", generation={"enable_factual_consistency_score": False})
    assert "factual_consistency_score" not in unwanted
    assert "warnings" not in unwanted
    make_corpus(api, "es")
    put(
        api, "es", structured("d", "El puerto de la isla está cerrado durante todo el invierno por el hielo.")
    )
    spanish = ask(api, "es", "¿Cuándo está cerrado el puerto de la isla?", generation={})
    assert spanish["response_language"] == "spa"
    assert spanish["warnings"] == ["fcs_language_not_supported"]
    assert "factual_consistency_score" not in spanish
    make_corpus(api, "de")
    put(
        api,
        "de",
        structured("d", "Der Hafen der Insel ist während des ganzen Winters wegen Eis geschlossen."),
    )
    german = ask(api, "de", "Wann ist der Hafen der Insel geschlossen?", generation={})
    assert (german["response_language"], german["factual_consistency_score"]) == ("deu", 1)


def test_an_answer_stays_near_its_limit_in_characters(api: httpx.Client) -> None:
    long = ask(api, "handbook", "days of return, leave and refunds", generation={})["summary"]
    for limits in ({"max_response_characters": 40}, {"model_parameters": {"max_tokens": 10}}):
        short = ask(api, "handbook", "days of return, leave and refunds", generation=limits)["summary"]
        assert len(claims(short)) == 1 < len(claims(long))
    unlimited = {"model_parameters": {"max_tokens": 0}, "max_response_characters": 0}
    assert ask(api, "handbook", "days of return, leave and refunds", generation=unlimited)["summary"] == long


# Streams

ORDER = [
    "search_results",
    "generation_info",
    "generation_chunk",
    "generation_end",
    "factual_consistency_score",
    "end",
]


@pytest.mark.parametrize("entry", ["one", "several"])
def test_a_stream_tells_what_the_json_answer_tells(api: httpx.Client, entry: str) -> None:
    path, body = (QUERY, {"query": QUESTIONS[0][0], "generation": {}})
    if entry == "several":
        path, body = "/v2/query", several({"corpus_key": "handbook"}, query=QUESTIONS[0][0], generation={})
    plain = api.post(path, json=body).json()
    events = streamed(api, body, path)
    assert kinds(events) == ORDER
    assert events[0]["search_results"] == plain["search_results"]
    assert events[1]["rendered_prompt"] == plain["rendered_prompt"]
    pieces = [event["generation_chunk"] for event in events if event["type"] == "generation_chunk"]
    assert len(pieces) > 1
    assert "".join(pieces) == plain["summary"]
    assert events[-2]["factual_consistency_score"] == plain["factual_consistency_score"]
    assert events[-1] == {"type": "end"}


def test_a_stream_without_generation_or_score_leaves_their_events_out(api: httpx.Client) -> None:
    assert kinds(streamed(api, {"query": "kiln"})) == ["search_results", "end"]
    generation = {"enable_factual_consistency_score": False}
    events = streamed(api, {"query": "kiln", "generation": generation})
    assert kinds(events) == [kind for kind in ORDER if kind != "factual_consistency_score"]


def test_a_template_of_the_caller_is_told_as_rendered(api: httpx.Client) -> None:
    plain = ask(api, "handbook", "kiln", generation={})
    for member in ("prompt_template", "prompt_text"):
        generation = {member: '[{"role":"user","content":"Say: $vectaraQuery"}]'}
        rendered = '[{"role":"user","content":"Say: kiln"}]'
        answer = ask(api, "handbook", "kiln", generation=generation)
        assert answer == {**plain, "rendered_prompt": rendered}
        events = streamed(api, {"query": "kiln", "generation": generation})
        assert kinds(events) == ORDER
        assert events[1] == {"type": "generation_info", "rendered_prompt": rendered}
    both = {"prompt_template": '[{"role":"user","content":"new"}]', "prompt_text": "#if("}
    assert ask(api, "handbook", "kiln", generation=both)["rendered_prompt"] == both["prompt_template"]


def test_a_template_reads_the_results_and_stays_json(api: httpx.Client) -> None:
    make_corpus(api, "c")
    for name, metadata in (("a", {"title": 'The "A"'}), ("b", {})):
        part = {"text": f'A zebra\n"{name}".', "metadata": {"page": 2}}
        put(api, "c", core(name, part, metadata=metadata))
    template = """[
      {"role": "system", "content": "$vectaraLangCode $vectaraLangName $vectaraOutChars"},
      #foreach ($hit in $vectaraQueryResults)
      ## one message for each
      {"role": "$vectaraIdxWord[$foreach.index]", "content": "${hit.getText()} $hit.text() of
        $hit.docMetadata().get('title'), $hit.docMetadata().present(), $hit.partMetadata().get("page")"},
      #end
      {"role": "user", "content": "#if ($vectaraQueryResults.size() > 1)several#{else}one#end $nothing"}
    ]""".replace("of\n        ", "of ")
    generation = {
        "prompt_template": template,
        "max_response_characters": 30,
        "response_language": "fra",
        "max_used_search_results": 2,
    }
    answer = ask(api, "c", 'zebra "a"', generation=generation)
    system, *hits, user = json.loads(answer["rendered_prompt"])
    assert system["content"] == "fra French 30"
    assert [hit["role"] for hit in hits] == ["first", "second"]
    said = {
        "a": 'A zebra\n"a". A zebra\n"a". of The "A", true, 2',
        "b": 'A zebra\n"b". A zebra\n"b". of , false, 2',
    }
    assert [hit["content"] for hit in hits] == [said[name] for name in ids(answer["search_results"])]
    assert user["content"] == "several $nothing"


def test_with_a_template_the_number_of_characters_is_a_matter_of_the_template(api: httpx.Client) -> None:
    question = "days of return, leave and refunds"
    template = '[{"role":"user","content":"$vectaraQuery, in $vectaraOutChars characters"}]'
    generation = {"prompt_template": template, "max_response_characters": 40}
    answer = ask(api, "handbook", question, generation=generation)
    assert answer["summary"] == ask(api, "handbook", question, generation={})["summary"]
    assert f"{question}, in 40 characters" in answer["rendered_prompt"]


@pytest.mark.parametrize("member", ["prompt_template", "prompt_text"])
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("#if($vectaraQuery)[]", "(at position 0)"),
        ("[${vectaraQuery]", "(at position 15)"),
        ("#foreach($x in $vectaraQueryResults)#foreach($y in $vectaraQueryResults)", "no #end"),
        ("Answer $vectaraQuery.", "must give a JSON array"),
        ('{"role": "user", "content": "x"}', "must give a JSON array"),
        ("[]", "must give a JSON array"),
        ('["x"]', "must give a JSON array"),
        ('[{"role": "user"}]', "must give a JSON array"),
        ('[{"role": "user", "content": 5}]', "must give a JSON array"),
        ('[{"role": "user", "content": "x"},]', "must give a JSON array"),
    ],
)
def test_a_template_that_gives_no_messages_is_refused(
    api: httpx.Client, member: str, template: str, message: str
) -> None:
    for stream in (False, True):
        body = {"query": "kiln", "generation": {member: template}, "stream_response": stream}
        answer = api.post(QUERY, json=body)
        refused(answer, 400, f"body.generation.{member}")
        assert message in answer.json()["field_errors"][f"body.generation.{member}"]
    off = {"query": "kiln", "generation": {member: template, "enabled": False}}
    assert api.post(QUERY, json=off).status_code == 200


def test_a_line_break_in_a_text_does_not_break_the_framing(api: httpx.Client) -> None:
    make_corpus(api, "c")
    text = "event:end\ndata:{}\n\nA zebra\u2028with\u0085breaks\r\nof all kinds."
    put(api, "c", core("d\n1", text))
    events = streamed(api, {"query": "zebra breaks", "generation": {}}, "/v2/corpora/c/query")
    assert events[0]["search_results"][0]["text"] == text
    assert kinds(events)[-1] == "end"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v2/corpora/nowhere/query", {"query": "x"}, 404),
        (QUERY, {"query": "x", "generation": {"prompt_name": "gpt-9"}}, 400),
        (QUERY, {"query": "x", "search": {"metadata_filter": "("}}, 400),
        (QUERY, {"query": 5}, 400),
        (QUERY, {"query": "x", "search": {"reranker": {"type": "userfn", "user_function": "("}}}, 400),
        (QUERY, {"query": "x", "generation": {"prompt_template": "#if("}}, 400),
    ],
)
def test_an_error_before_the_first_event_is_plain_json(
    api: httpx.Client, path: str, body: dict[str, Any], status: int
) -> None:
    refused(api.post(path, json={**body, "stream_response": True}), status)


def timed(api: httpx.Client, body: dict[str, Any]) -> Iterator[tuple[float, bytes]]:
    with api.stream("POST", QUERY, json={**body, "stream_response": True}) as answer:
        for chunk in answer.iter_raw():
            yield time.perf_counter(), chunk


def test_with_a_cadence_events_arrive_one_by_one(understudy: Understudy, api: httpx.Client) -> None:
    body = {"query": "How much may a hotel room cost?", "generation": {"max_used_search_results": 1}}
    together = b"".join(chunk for _, chunk in timed(api, body))
    understudy.lifecycle(cadence_millis=20)
    arrived = list(timed(api, body))
    assert b"".join(chunk for _, chunk in arrived) == together
    assert [len(FRAME.findall(chunk)) for _, chunk in arrived] == [1] * len(FRAME.findall(together))
    assert arrived[-1][0] - arrived[0][0] > 0.02 * (len(arrived) - 1) * 0.7


def test_other_calls_are_answered_while_a_slow_stream_runs(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(cadence_millis=200)
    with (
        understudy.client() as other,
        api.stream("POST", QUERY, json={"query": "kiln", "stream_response": True}),
    ):
        began = time.perf_counter()
        assert other.get("/v2/corpora").status_code == 200
        assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize("cadence", [0, 30])
def test_a_client_that_goes_away_harms_nothing(
    understudy: Understudy, api: httpx.Client, cadence: int
) -> None:
    understudy.lifecycle(cadence_millis=cadence)
    body = json.dumps({"query": "days", "generation": {}, "stream_response": True}).encode()
    head = (
        f"POST {QUERY} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {understudy.api_key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode()
    address = ("127.0.0.1", httpx.URL(understudy.url).port or 0)
    for _ in range(5):
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(head + body)
            assert connection.recv(20).startswith(b"HTTP/1.1 200")
    understudy.lifecycle(cadence_millis=0)
    assert kinds(streamed(api, {"query": "days", "generation": {}})) == ORDER
    deadline = time.monotonic() + 5
    while len(understudy.journal()) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    told = [entry for entry in understudy.journal() if entry["path"] == QUERY]
    assert [entry["status"] for entry in told] == [200] * 6
    assert all(entry["response_body"].endswith('event:end\ndata:{"type":"end"}\n\n') for entry in told)
