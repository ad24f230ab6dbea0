"""Rerankers through HTTP: the list, and the names that a search may use. Spec tag: Rerankers.

What the stages of a search do is in test_queries.
"""

from __future__ import annotations

import httpx

from tests.apis.vectara.conftest import HOUSE_MODELS, all_pages, found, read, refused


def names(api: httpx.Client, **parameters: object) -> list[str]:
    return [one["name"] for one in read(api, "/v2/rerankers", **parameters)["rerankers"]]


def test_the_rerankers_of_the_platform(api: httpx.Client) -> None:
    rerankers = read(api, "/v2/rerankers")["rerankers"]
    assert [(one["id"], one["enabled"]) for one in rerankers] == [
        ("rnk_272725719", True),
        ("rnk_272725718", True),
        ("rnk_272725717", True),
    ]
    assert rerankers[0]["name"] == "Rerank_Multilingual_v1"
    assert all(one["description"] for one in rerankers)


def test_a_list_is_narrowed_by_an_expression_and_read_in_pages(api: httpx.Client) -> None:
    assert [len(page) for page in all_pages(api, "/v2/rerankers", "rerankers", limit=2)] == [2, 1]
    assert names(api, filter="multi") == ["Rerank_Multilingual_v1"]
    assert names(api, filter="FOR ENGLISH") == ["Rerank_English_v1"]
    for parameters, field in (
        ({"filter": "["}, "filter"),
        ({"limit": 101}, "limit"),
        ({"page_key": "x"}, "page_key"),
    ):
        refused(api.get("/v2/rerankers", params=parameters), 400, f"query.{field}")


def test_a_search_takes_names_and_ids_that_agree(api: httpx.Client) -> None:
    plain = found(api, "handbook", "days of leave")
    for given in (
        {"reranker_name": "Rerank_Multilingual_v1"},
        {"reranker_id": "rnk_272725717"},
        {"reranker_name": "Rerank_English_v1", "reranker_id": "rnk_272725717"},
    ):
        assert found(api, "handbook", "days of leave", reranker=given) == plain


def test_a_search_that_names_no_usable_reranker_is_refused(api: httpx.Client) -> None:
    both = {"reranker_name": "Rerank_English_v1", "reranker_id": "rnk_272725719"}
    for reranker, field in (
        ({"reranker_name": "Rerank_Guess_v9"}, "reranker_name"),
        ({"reranker_name": "Rerank_MMR_v1"}, "reranker_name"),
        ({"reranker_id": "rnk_1"}, "reranker_id"),
        ({"reranker_id": "rnk_272725718"}, "reranker_id"),
        (both, "reranker_id"),
        (
            {"type": "chain", "rerankers": [{"type": "chain", "rerankers": [both]}]},
            "rerankers[0].rerankers[0].reranker_id",
        ),
    ):
        for path, body in (
            ("/v2/corpora/handbook/query", {"search": {"reranker": reranker}}),
            ("/v2/query", {"search": {"corpora": [{"corpus_key": "handbook"}] * 2, "reranker": reranker}}),
        ):
            answer = api.post(path, json={"query": "days", **body})
            refused(answer, 400, f"body.search.reranker.{field}")


@HOUSE_MODELS
def test_a_fixture_adds_rerankers_and_switches_them_off(api: httpx.Client) -> None:
    plain = found(api, "manual", "hours")
    assert len(plain) == 2
    assert names(api)[-1] == "Rerank_House_v1"
    own = read(api, "/v2/rerankers", filter="house")["rerankers"][0]
    assert (own["id"], own["enabled"]) == ("rnk_1", True)
    assert found(api, "manual", "hours", reranker={"reranker_name": "Rerank_House_v1"}) == plain
    assert found(api, "manual", "hours", reranker={"reranker_id": "rnk_1"}) == plain
    off = {"reranker_name": "Rerank_English_v1"}
    for _ in range(2):  # what was found before must not be told again
        answer = api.post("/v2/corpora/manual/query", json={"query": "hours", "search": {"reranker": off}})
        told = refused(answer, 400)["field_errors"]
        assert told == {"body.search.reranker.reranker_name": "reranker 'Rerank_English_v1' is disabled"}
