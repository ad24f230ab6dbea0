"""Metadata queries through HTTP. Spec tag: Metadata Query."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import attribute, core, make_corpus, put, refused
from understudy.pytest_plugin import Understudy

PATH = "/v2/corpora/c/metadata_query"
BOOKS = {
    "b1": {"title": "Commercial lease agreement", "category": "contract", "year": 2020},
    "b2": {"title": "Lease of a boat", "category": "contract", "year": 2021},
    "b3": {"title": "Boat building", "category": "manual", "year": 2021, "tags": ["wood", "glue"]},
    "b4": {"title": "Agreements of the sea", "category": "history", "deep": {"place": "Trondheim"}},
}


@pytest.fixture(autouse=True)
def corpus(api: httpx.Client) -> None:
    attributes = [attribute("year", "integer"), attribute("page", "integer", "part")]
    make_corpus(api, "c", filter_attributes=attributes)
    for book, metadata in BOOKS.items():
        put(api, "c", core(book, "Some text.", metadata=metadata))


def asked(api: httpx.Client, *queries: tuple[str, str] | dict[str, Any], **body: Any) -> dict[str, Any]:
    """A query; a field query is `(field, query)` or the whole of it."""
    given = [q if isinstance(q, dict) else {"field": q[0], "query": q[1]} for q in queries]
    answer = api.post(PATH, json={"queries": given, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def scores(answer: dict[str, Any]) -> dict[str, float]:
    return {document["doc_id"]: document["score"] for document in answer["documents"]}


def test_the_best_match_comes_first_with_its_metadata(api: httpx.Client) -> None:
    answer = asked(api, ("title", "lease agreement"))
    assert scores(answer) == {"b1": 1.0, "b2": 0.5, "b4": 0.45}
    assert answer["documents"][0]["metadata"] == BOOKS["b1"]
    assert answer["total_count"] == 3


def test_matching_forgives_typing_mistakes_and_case(api: httpx.Client) -> None:
    assert scores(asked(api, ("title", "LEASE"))) == {"b1": 1.0, "b2": 1.0}
    for mistaken in ("laese", "leas", "leasee", "lesse", "elase"):
        found = scores(asked(api, ("title", mistaken)))
        assert list(found) == ["b1", "b2"], mistaken
        assert all(0.7 < score < 1 for score in found.values())
    assert list(scores(asked(api, ("title", "agreemnet")))) == ["b1", "b4"]
    assert scores(asked(api, ("title", "xlesa"))) == {}


def test_short_words_are_taken_as_they_are(api: httpx.Client) -> None:
    assert scores(asked(api, ("title", "og"))) == {}
    assert list(scores(asked(api, ("title", "of")))) == ["b2", "b4"]


def test_fuzzy_matching_can_be_switched_off(api: httpx.Client) -> None:
    assert scores(asked(api, {"field": "title", "query": "laese", "fuzzy": False})) == {}
    assert len(scores(asked(api, {"field": "title", "query": "lease", "fuzzy": False}))) == 2


def test_prefixes_count_from_the_length_that_is_asked_for(api: httpx.Client) -> None:
    given = {"field": "title", "query": "Comm"}
    assert scores(asked(api, given)) == {}
    assert scores(asked(api, {**given, "prefix": None})) == {}
    assert scores(asked(api, {**given, "prefix": 5})) == {}
    assert scores(asked(api, {**given, "prefix": 4})) == {"b1": 0.9}
    assert scores(asked(api, {**given, "query": "lease of a bo", "prefix": 3}))["b2"] == 0.9
    assert scores(asked(api, {**given, "query": "building", "prefix": 3})) == {"b3": 1.0}


def test_scores_are_averaged_by_weight(api: httpx.Client) -> None:
    title, category = ("title", "boat"), {"field": "category", "query": "contract"}
    assert scores(asked(api, title, category)) == {"b2": 1.0, "b1": 0.5, "b3": 0.5}
    heavy = scores(asked(api, title, {**category, "weight": 3}))
    assert heavy == {"b2": 1.0, "b1": 0.75, "b3": 0.25}
    assert scores(asked(api, title, {**category, "weight": 0})) == {"b2": 1.0, "b3": 1.0}
    assert scores(asked(api, {**category, "weight": 0})) == {}
    assert scores(asked(api, {**category, "weight": 1e308}, {**category, "weight": 1.7e308})) == {
        "b1": 1.0, "b2": 1.0,
    }  # fmt: skip


def test_values_of_every_type_can_be_found(api: httpx.Client) -> None:
    metadata = {"real": 1.5, "yes": True, "nothing": None, "list": [7, "seven", ["inner"]], "": "unnamed"}
    put(api, "c", core("typed", "text", metadata=metadata))
    for field, query in (
        ("year", "2020"),
        ("tags", "glue"),
        ("deep.place", "trondheim"),
        ("real", "1.5"),
        ("yes", "true"),
        ("list", "7 seven"),
        ("", "unnamed"),
    ):
        assert max(scores(asked(api, (field, query))).values()) == 1.0, field
    for field, query in (("nothing", "none"), ("list", "inner"), ("deep", "place"), ("none", "x")):
        assert asked(api, (field, query)) == {"documents": [], "total_count": 0}, field


def test_a_query_without_words_finds_nothing(api: httpx.Client) -> None:
    assert scores(asked(api, ("title", ""))) == {}
    assert scores(asked(api, ("title", "?!"))) == {}


def test_the_filter_is_exact_and_comes_first(api: httpx.Client) -> None:
    answer = asked(api, ("title", "boat lease"), metadata_filter="doc.year = 2021")
    assert scores(answer) == {"b2": 1.0, "b3": 0.5}
    assert answer["total_count"] == 2
    assert len(scores(asked(api, ("title", "boat"), metadata_filter=""))) == 2


def test_matches_are_paged_and_ties_come_in_order_of_ids(api: httpx.Client) -> None:
    for number in reversed(range(25)):
        put(api, "c", core(f"n{number:02}", "text", metadata={"kind": "numbered"}))
    pages = [asked(api, ("kind", "numbered"), limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page["documents"]) for page in pages] == [10, 10, 5, 0]
    assert [found for page in pages for found in scores(page)] == [f"n{number:02}" for number in range(25)]
    assert {page["total_count"] for page in pages} == {25}
    assert len(asked(api, ("kind", "numbered"))["documents"]) == 10


def test_parts_are_found_by_their_own_metadata(api: httpx.Client) -> None:
    parts = [
        {"text": f"Part {number}.", "metadata": {"topic": topic, "page": number}}
        for number, topic in enumerate(("tides", "boats", "tides"))
    ]
    put(api, "c", core("d", *parts, metadata={"topic": "tides", "year": 1999}))
    answer = asked(api, ("topic", "tides"), level="part")
    assert [(one["doc_id"], one["metadata"]["page"]) for one in answer["documents"]] == [("d", 0), ("d", 2)]
    assert answer["total_count"] == 2
    assert asked(api, ("topic", "tides"), level="document")["total_count"] == 1
    narrowed = asked(
        api, ("topic", "tides"), level="part", metadata_filter="part.page > 0 AND doc.year < 2000"
    )
    assert [one["metadata"]["page"] for one in narrowed["documents"]] == [2]


def test_matches_follow_the_documents(api: httpx.Client) -> None:
    assert list(scores(asked(api, ("title", "building")))) == ["b3"]
    api.patch("/v2/corpora/c/documents/b1", json={"metadata": {"title": "Building bridges"}})
    assert list(scores(asked(api, ("title", "building")))) == ["b1", "b3"]
    api.delete("/v2/corpora/c/documents/b3")
    assert list(scores(asked(api, ("title", "building")))) == ["b1"]


def test_a_document_is_found_once_it_is_indexed(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"indexing": {"pace": "millis", "amount": 60_000}})
    put(api, "c", core("fresh", "text", metadata={"title": "Fresh fish"}))
    assert scores(asked(api, ("title", "fish"))) == {}
    understudy.advance(seconds=61)
    assert scores(asked(api, ("title", "fish"))) == {"fresh": 1.0}


FIELD = {"field": "x", "query": "y"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.queries"),
        ({"queries": []}, "body.queries"),
        ({"queries": [{"query": "x"}]}, "body.queries[0].field"),
        ({"queries": [{**FIELD, "weight": -1}]}, "body.queries[0].weight"),
        ({"queries": [FIELD] * 51}, "body.queries"),
        (
            {"queries": [FIELD, {**FIELD, "query": "w " * 64}]},
            "body.queries[1].query",
        ),
        ({"queries": [FIELD], "level": "corpus"}, "body.level"),
        ({"queries": [FIELD], "limit": 101}, "body.limit"),
        ({"queries": [FIELD], "limit": 0}, "body.limit"),
        ({"queries": [FIELD], "offset": -1}, "body.offset"),
        ({"queries": [FIELD], "metadata_filter": "doc.x = 1"}, "body.metadata_filter"),
        (
            {"queries": [FIELD], "metadata_filter": "part.page = 1"},
            "body.metadata_filter",
        ),
    ],
)
def test_a_wrong_query_is_refused(api: httpx.Client, body: dict[str, Any], field: str) -> None:
    refused(api.post(PATH, json=body), 400, field)


def test_an_unknown_corpus_and_a_disabled_one_are_refused(api: httpx.Client) -> None:
    body = {"queries": [{"field": "title", "query": "boat"}]}
    assert refused(api.post("/v2/corpora/none/metadata_query", json=body), 404)["id"] == "none"
    api.patch("/v2/corpora/c", json={"enabled": False})
    refused(api.post(PATH, json=body), 403)
