"""Intelligent query rewriting through HTTP: values that a query names become filters."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    ask,
    attribute,
    core,
    ids,
    make_corpus,
    put,
    read,
    refused,
    streamed,
)
from understudy.pytest_plugin import Understudy

REWRITE = {"intelligent_query_rewriting": True}
ATTRIBUTES = [
    attribute("department", description="Who wrote it: sales, people or legal affairs."),
    attribute("year", "integer"),
    attribute("price", "real_number"),
    attribute("archived", "boolean"),
    attribute("tags", "list[text]"),
    attribute("status", description='Either "draft" or "in review".'),
    attribute("chapter", level="part"),
    attribute("version"),
]
DOCUMENTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "a",
        {"department": "sales", "year": 2023, "price": 1.5, "tags": ["kiln", "fire-proof"]},
        {"chapter": "Intro"},
    ),
    ("b", {"department": "people", "year": 2024, "archived": True, "version": "2"}, {"chapter": "Outlook"}),
    ("c", {"department": "Skipper's Log", "year": 2023, "status": "draft"}, {}),
    ("d", {"department": "Sales", "year": 12, "archived": False, "price": -7}, {}),
]


@pytest.fixture
def shop(api: httpx.Client) -> httpx.Client:
    make_corpus(api, "shop", filter_attributes=ATTRIBUTES)
    for name, metadata, part in DOCUMENTS:
        text = {"text": f"Document {name} holds rules about lanterns.", "metadata": part}
        put(api, "shop", core(name, text, metadata=metadata))
    return api


def extraction(api: httpx.Client, text: str, **body: Any) -> dict[str, Any]:
    told = ask(api, "shop", text, **REWRITE, **body)
    assert [one["corpus_key"] for one in told["rewritten_queries"]] == ["shop"]
    assert "warnings" not in told
    return told["rewritten_queries"][0]["filter_extraction"]


@pytest.mark.parametrize(
    ("text", "metadata_filter", "found"),
    [
        ("rules of people", "doc.department = 'people'", ["b"]),
        ("rules of PEOPLE!", "doc.department = 'people'", ["b"]),
        ("the people's rules", "doc.department = 'people'", ["b"]),
        ("rules of sales", "(doc.department = 'sales' OR doc.department = 'Sales')", ["a", "d"]),
        (
            "rules of sales or people",
            "(doc.department = 'sales' OR doc.department = 'Sales' OR doc.department = 'people')",
            ["a", "b", "d"],
        ),
        ("Which rules has the skipper's log?", "doc.department = 'Skipper''s Log'", ["c"]),
        ("rules of legal affairs", "doc.department = 'legal affairs'", []),
        ("rules that are in review", "doc.status = 'in review'", []),
        ("rules of the draft", "doc.status = 'draft'", ["c"]),
        ("rules for fire proof things", "'fire-proof' IN doc.tags", ["a"]),
        ("the outlook on lanterns", "part.chapter = 'Outlook'", ["b"]),
        ("rules of 2023", "doc.year = 2023", ["a", "c"]),
        ("rules of the year 12", "doc.year = 12", ["d"]),
        ("rules with a price of 1.5", "doc.price = 1.5", ["a"]),
        ("archived rules", "doc.archived = true", ["b"]),
        ("rules that are not archived", "doc.archived = false", ["d"]),
        ("rules of version 2", "doc.version = '2'", ["b"]),
        (
            "sales in 2023",
            "(doc.department = 'sales' OR doc.department = 'Sales') AND doc.year = 2023",
            ["a"],
        ),
    ],
)
def test_a_value_that_is_named_becomes_a_filter(
    shop: httpx.Client, text: str, metadata_filter: str, found: list[str]
) -> None:
    assert extraction(shop, text)["metadata_filter"] == metadata_filter
    assert sorted(ids(ask(shop, "shop", text, **REWRITE)["search_results"])) == found


@pytest.mark.parametrize(
    "text",
    [
        "rules about lanterns",
        "rules that are not from people",
        "rules for 12 lanterns",
        "2 lanterns",
        "a price of 7",
        "lanterns of 1999",
        "",
        "???",
    ],
)
def test_a_query_that_names_no_value_stays_as_it_is(shop: httpx.Client, text: str) -> None:
    assert extraction(shop, text) == {"query": text}
    plain = ask(shop, "shop", text)["search_results"]
    assert ask(shop, "shop", text, **REWRITE)["search_results"] == plain


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("How long may it take in the people department?", "How long may it take?"),
        ("Which rules of people hold for lanterns?", "Which rules hold for lanterns?"),
        ("What was decided in 2023?", "What was decided?"),
        ("What do people decide?", "What do people decide?"),
        ("in people", "in people"),
    ],
)
def test_a_phrase_that_the_filter_stands_for_is_taken_out(shop: httpx.Client, text: str, query: str) -> None:
    assert extraction(shop, text)["query"] == query


def test_the_filter_joins_the_one_of_the_request(shop: httpx.Client) -> None:
    given = {"metadata_filter": "doc.year = 2023 OR doc.year = 12"}
    told = ask(shop, "shop", "rules of sales", search=given, **REWRITE, save_history=True)
    extracted = told["rewritten_queries"][0]["filter_extraction"]["metadata_filter"]
    assert sorted(ids(told["search_results"])) == ["a", "d"]
    both = f"({given['metadata_filter']}) AND ({extracted})"
    same = ask(shop, "shop", "rules", search={"metadata_filter": both})
    assert same["search_results"] == told["search_results"]
    newest = read(shop, "/v2/queries", limit=1)["queries"][0]["id"]
    request = read(shop, f"/v2/queries/{newest}")["query"]
    assert request["search"]["corpora"][0]["metadata_filter"] == given["metadata_filter"]
    blank = ask(shop, "shop", "rules of people", search={"metadata_filter": "  "}, **REWRITE)
    assert ids(blank["search_results"]) == ["b"]


def test_a_wrong_filter_of_the_request_is_refused_as_it_is(shop: httpx.Client) -> None:
    body = {"query": "rules of people", "search": {"metadata_filter": "doc.none = 1"}, **REWRITE}
    refusal = refused(shop.post("/v2/corpora/shop/query", json=body), 400, "body.search.metadata_filter")
    assert "at position 0" in refusal["field_errors"]["body.search.metadata_filter"]


def test_each_corpus_has_a_rewriting_of_its_own(shop: httpx.Client) -> None:
    make_corpus(shop, "plain")
    put(shop, "plain", core("p", "Rules of people about lanterns."))
    corpora = [
        {"corpus_key": "shop"},
        {"corpus_key": "plain"},
        {"corpus_key": "shop", "query": "rules of 2024", "metadata_filter": "doc.year > 2000"},
    ]
    body = {"query": "rules of people", "search": {"corpora": corpora}, **REWRITE}
    told = shop.post("/v2/query", json=body).json()
    assert told["rewritten_queries"] == [
        {
            "corpus_key": "shop",
            "filter_extraction": {"query": "rules", "metadata_filter": "doc.department = 'people'"},
        },
        {"corpus_key": "plain", "filter_extraction": {"query": "rules of people"}},
        {"corpus_key": "shop", "filter_extraction": {"query": "rules", "metadata_filter": "doc.year = 2024"}},
    ]
    found = {(result["request_corpora_index"], result["document_id"]) for result in told["search_results"]}
    assert found == {(0, "b"), (1, "p"), (2, "b")}
    assert "warnings" not in told


@pytest.mark.parametrize("name", ["the-kind", "a b"])
def test_a_filter_that_cannot_be_written_fails_and_the_query_runs_as_it_is(
    api: httpx.Client, name: str
) -> None:
    make_corpus(api, "c", filter_attributes=[attribute(name)])
    put(api, "c", core("d", "The lamp glows.", metadata={name: "lamp"}))
    put(api, "c", core("e", "A lamp burns."))
    told = ask(api, "c", "lamp", **REWRITE)
    assert told["warnings"] == ["intelligent_query_rewriting_failed"]
    assert told["rewritten_queries"] == [{"corpus_key": "c", "filter_extraction": {}}]
    assert told["search_results"] == ask(api, "c", "lamp")["search_results"]
    assert len(told["search_results"]) == 2


def test_a_filter_that_would_be_too_long_fails(shop: httpx.Client) -> None:
    given = "doc.year > 0 OR " * 498 + "doc.year > 0"
    told = ask(shop, "shop", "rules of people", search={"metadata_filter": given}, **REWRITE)
    assert told["warnings"] == ["intelligent_query_rewriting_failed"]
    plain = ask(shop, "shop", "rules of people", search={"metadata_filter": given})
    assert told["search_results"] == plain["search_results"]


def test_the_attribute_that_the_query_names_wins(api: httpx.Client) -> None:
    make_corpus(api, "c", filter_attributes=[attribute("city"), attribute("author")])
    put(api, "c", core("d", "A book.", metadata={"city": "Paris"}))
    put(api, "c", core("e", "A book.", metadata={"author": "Paris"}))
    for text, metadata_filter in (
        ("a book about Paris", "doc.city = 'Paris'"),
        ("a book by the author Paris", "doc.author = 'Paris'"),
    ):
        told = ask(api, "c", text, **REWRITE)
        assert told["rewritten_queries"][0]["filter_extraction"]["metadata_filter"] == metadata_filter


def test_the_longest_value_wins(api: httpx.Client) -> None:
    make_corpus(api, "c", filter_attributes=[attribute("place")])
    for place in ("York", "New York", "New York City"):
        put(api, "c", core(place, "Rain.", metadata={"place": place}))
    told = ask(api, "c", "rain in New York City", **REWRITE)
    assert ids(told["search_results"]) == ["New York City"]


def test_values_follow_the_documents_and_the_attributes(shop: httpx.Client) -> None:
    assert extraction(shop, "rules of the kitchen") == {"query": "rules of the kitchen"}
    put(shop, "shop", core("new", "Rules of cooking.", metadata={"department": "kitchen"}))
    assert extraction(shop, "rules of the kitchen")["metadata_filter"] == "doc.department = 'kitchen'"
    shop.delete("/v2/corpora/shop/documents/new")
    assert extraction(shop, "rules of the kitchen") == {"query": "rules of the kitchen"}
    attributes = {"filter_attributes": [attribute("year", "integer")]}
    shop.post("/v2/corpora/shop/replace_filter_attributes", json=attributes)
    assert extraction(shop, "rules of people") == {"query": "rules of people"}


def test_get_and_streams_rewrite_too(shop: httpx.Client) -> None:
    plain = ask(shop, "shop", "rules of people", **REWRITE)
    got = read(shop, "/v2/corpora/shop/query", query="rules of people", intelligent_query_rewriting="true")
    assert got == plain
    body = {"query": "rules of people", "generation": {}, **REWRITE}
    events = streamed(shop, body, "/v2/corpora/shop/query")
    assert events[0]["rewritten_queries"] == plain["rewritten_queries"]
    assert events[0]["search_results"] == plain["search_results"]
    assert "rewritten_queries" not in streamed(shop, {"query": "rules"}, "/v2/corpora/shop/query")[0]


def test_the_answer_is_to_the_question_as_it_was_asked(shop: httpx.Client) -> None:
    told = ask(shop, "shop", "Which rules of people?", generation={}, **REWRITE)
    assert "Which rules of people?" in told["rendered_prompt"]


def test_a_key_without_access_learns_nothing_by_rewriting(understudy: Understudy, shop: httpx.Client) -> None:
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as reader:
        for key in ("shop", "nowhere"):
            body = {"query": "rules of people", "search": {"corpora": [{"corpus_key": key}]}, **REWRITE}
            refused(reader.post("/v2/query", json=body), 403)


@pytest.mark.parametrize("unit", ["people ", "in the people ", " ", "of     people", "not people ", "a'"])
def test_hostile_queries_cost_little(shop: httpx.Client, unit: str) -> None:
    text = (unit * 5000)[:5000]
    began = time.perf_counter()
    ask(shop, "shop", text, **REWRITE)
    assert time.perf_counter() - began < 5  # some ms; a quadratic scan would take much longer
