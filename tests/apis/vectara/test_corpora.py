"""Corpora through HTTP. Spec tag: Corpora."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    all_pages,
    attribute,
    core,
    found,
    ids,
    make_corpus,
    put,
    read,
    refused,
    structured,
)
from understudy.pytest_plugin import Understudy

empty = pytest.mark.understudy(fixture="empty")


def keys_of(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [corpus["key"] for page in pages for corpus in page]


# Creating and reading


def test_a_corpus_of_a_key_alone_has_the_documented_defaults(api: httpx.Client) -> None:
    corpus = make_corpus(api, "plain")
    assert corpus.pop("id").startswith("crp_")
    assert corpus.pop("created_at").startswith("2026-01-01T00:00:00.")
    limits = corpus.pop("limits")
    assert {name: limits[name] for name in ("used_docs", "used_parts", "used_characters")} == {
        "used_docs": 0,
        "used_parts": 0,
        "used_characters": 0,
    }
    assert limits["max_metadata_bytes"] > 0
    assert not {"used_bytes", "max_bytes", "index_rate"} & set(limits)
    assert corpus == {
        "key": "plain",
        "name": "plain",
        "enabled": True,
        "chat_history_corpus": False,
        "queries_are_answers": False,
        "documents_are_questions": False,
        "encoder_id": "enc_1",
        "encoder_name": "boomerang-2023-q3",
        "save_history": False,
        "filter_attributes": [],
        "custom_dimensions": [],
    }


def test_everything_given_at_creation_is_kept(api: httpx.Client) -> None:
    made = make_corpus(
        api,
        "Given_=-1",
        name="Ships",
        description="Of the northern harbour",
        save_history=True,
        queries_are_answers=True,
        documents_are_questions=True,
        encoder_name="boomerang-2023-q3",
        filter_attributes=[attribute("tonnage", "integer", description="Gross", indexed=False)],
        custom_dimensions=[{"name": "votes", "indexing_default": 1.5}],
    )
    assert made == read(api, "/v2/corpora/Given_=-1")
    assert (made["name"], made["description"]) == ("Ships", "Of the northern harbour")
    assert made["save_history"] is made["queries_are_answers"] is made["documents_are_questions"] is True
    assert made["filter_attributes"] == [
        {"name": "tonnage", "level": "document", "type": "integer", "description": "Gross", "indexed": False}
    ]
    assert made["custom_dimensions"] == [{"name": "votes", "indexing_default": 1.5, "querying_default": 0}]


def test_a_filter_attribute_is_indexed_unless_it_says_otherwise(api: httpx.Client) -> None:
    made = make_corpus(api, "c", filter_attributes=[attribute("a")])
    assert made["filter_attributes"][0]["indexed"] is True


def test_a_taken_key_is_a_conflict_that_changes_nothing(api: httpx.Client) -> None:
    first = make_corpus(api, "taken", name="first")
    body = refused(api.post("/v2/corpora", json={"key": "taken", "name": "second"}), 409)
    assert "'taken'" in body["messages"][0]
    assert read(api, "/v2/corpora/taken") == first


def test_names_need_not_be_unique(api: httpx.Client) -> None:
    assert make_corpus(api, "one", name="same")["id"] != make_corpus(api, "two", name="same")["id"]


@pytest.mark.parametrize("key", ["", "a b", "a/b", "ä", "a" * 51, "a\n"])
def test_a_key_outside_the_pattern_is_refused(api: httpx.Client, key: str) -> None:
    refused(api.post("/v2/corpora", json={"key": key}), 400, "body.key")


def test_a_key_of_fifty_characters_is_taken(api: httpx.Client) -> None:
    assert make_corpus(api, "k" * 50)["key"] == "k" * 50


def test_an_attribute_that_stands_twice_on_a_level_is_refused(api: httpx.Client) -> None:
    twice = [attribute("a"), attribute("a", level="part"), attribute("a", "integer")]
    refused(
        api.post("/v2/corpora", json={"key": "c", "filter_attributes": twice}),
        400,
        "body.filter_attributes[2].name",
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"encoder_name": "nobody"}, "body.encoder_name"),
        ({"encoder_id": "enc_999"}, "body.encoder_id"),
        ({"encoder_name": "boomerang-2023-q3", "encoder_id": "enc_0"}, "body.encoder_id"),
    ],
)
def test_an_encoder_that_is_unknown_or_contradicts_itself_is_refused(
    api: httpx.Client, given: dict[str, str], field: str
) -> None:
    refused(api.post("/v2/corpora", json={"key": "c", **given}), 400, field)


def test_an_unknown_corpus_is_named_by_every_operation_on_it(api: httpx.Client) -> None:
    path = "/v2/corpora/nowhere"
    calls = [
        api.get(path),
        api.patch(path, json={}),
        api.delete(path),
        api.post(f"{path}/reset"),
        api.post(f"{path}/compute_size"),
        api.get(f"{path}/filter_attribute_stats"),
        api.post(f"{path}/replace_filter_attributes", json={"filter_attributes": []}),
    ]
    for answer in calls:
        assert refused(answer, 404)["id"] == "nowhere"


# Listing


@empty
def test_lists_show_corpora_in_the_order_they_came_and_without_limits(api: httpx.Client) -> None:
    for key in ("zebra", "ant", "mole"):
        make_corpus(api, key)
    answer = read(api, "/v2/corpora")
    assert [corpus["key"] for corpus in answer["corpora"]] == ["zebra", "ant", "mole"]
    assert all("limits" not in corpus for corpus in answer["corpora"])
    assert answer["metadata"] == {"page_key": ""}


@empty
def test_a_page_holds_ten_corpora_unless_another_number_is_asked_for(api: httpx.Client) -> None:
    for number in range(12):
        make_corpus(api, f"c{number}")
    assert [len(page) for page in all_pages(api, "/v2/corpora", "corpora")] == [10, 2]
    assert [len(page) for page in all_pages(api, "/v2/corpora", "corpora", limit=5)] == [5, 5, 2]
    assert keys_of(all_pages(api, "/v2/corpora", "corpora", limit=1)) == [f"c{n}" for n in range(12)]
    assert [len(page) for page in all_pages(api, "/v2/corpora", "corpora", limit=12)] == [12]


@empty
def test_corpora_that_come_and_go_between_pages_neither_repeat_nor_hide_others(api: httpx.Client) -> None:
    for number in range(9):
        make_corpus(api, f"c{number}")
    first = read(api, "/v2/corpora", limit=3)
    for gone in ("c0", "c2", "c4"):  # one of them is where the page ended
        api.delete(f"/v2/corpora/{gone}")
    make_corpus(api, "late")
    second = read(api, "/v2/corpora", limit=3, page_key=first["metadata"]["page_key"])
    third = read(api, "/v2/corpora", limit=3, page_key=second["metadata"]["page_key"])
    assert keys_of([second["corpora"], third["corpora"]]) == ["c3", "c5", "c6", "c7", "c8", "late"]


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1.5", "many", "", "99999999999999999999"])
def test_a_limit_out_of_range_is_refused(api: httpx.Client, limit: str) -> None:
    refused(api.get("/v2/corpora", params={"limit": limit}), 400, "query.limit")


@empty
def test_a_page_key_leads_on_in_its_own_list_alone(understudy: Understudy, api: httpx.Client) -> None:
    for number in range(4):
        make_corpus(api, f"c{number}")
    page_key = read(api, "/v2/corpora", limit=1)["metadata"]["page_key"]
    put(api, "c0", core("d", "text"))
    foreign = [
        ("/v2/corpora", {"filter": "c", "page_key": page_key}),
        ("/v2/corpora", {"corpus_id": "crp_1", "page_key": page_key}),
        ("/v2/corpora/c0/documents", {"page_key": page_key}),
        ("/v2/jobs", {"page_key": page_key}),
    ]
    for path, parameters in foreign:
        refused(api.get(path, params=parameters), 400, "query.page_key")
    documents_key = {}
    for key in ("c0", "c1"):
        for document in ("x", "y"):
            put(api, key, core(document, "text"))
        documents_key[key] = read(api, f"/v2/corpora/{key}/documents", limit=1)["metadata"]["page_key"]
    refused(
        api.get("/v2/corpora/c1/documents", params={"page_key": documents_key["c0"]}), 400, "query.page_key"
    )
    with understudy.client(x_api_key=f"{understudy.api_key}-other") as other:
        refused(other.get("/v2/corpora", params={"page_key": page_key}), 400, "query.page_key")


@empty
@pytest.mark.parametrize("change", ["append", "cut", "first", "pad", "space", "random"])
def test_a_forged_page_key_is_refused(api: httpx.Client, change: str) -> None:
    for number in range(3):
        make_corpus(api, f"c{number}")
    page_key = read(api, "/v2/corpora", limit=1)["metadata"]["page_key"]
    forged = {
        "append": page_key + "A",
        "cut": page_key[:-1],
        "first": ("A" if page_key[0] != "A" else "B") + page_key[1:],
        "pad": page_key + "!!",
        "space": page_key[:4] + " " + page_key[4:],
        "random": "bm90IGEgcGFnZSBrZXk",
    }[change]
    refused(api.get("/v2/corpora", params={"page_key": forged}), 400, "query.page_key")


def test_an_empty_page_key_means_the_first_page(api: httpx.Client) -> None:
    assert read(api, "/v2/corpora", page_key="") == read(api, "/v2/corpora")


@empty
def test_the_filter_searches_name_and_description_and_ignores_case(api: httpx.Client) -> None:
    make_corpus(api, "a", name="GPT notes")
    make_corpus(api, "b", description="about gpt-4")
    make_corpus(api, "gpt", name="key alone does not count")
    make_corpus(api, "c", name="ÄRGER")
    assert keys_of([read(api, "/v2/corpora", filter="gpt")["corpora"]]) == ["a", "b"]
    assert keys_of([read(api, "/v2/corpora", filter="^GPT N.tes$")["corpora"]]) == ["a"]
    assert keys_of([read(api, "/v2/corpora", filter="ärger")["corpora"]]) == ["c"]
    assert keys_of([read(api, "/v2/corpora", filter="nothing like it")["corpora"]]) == []
    assert len(read(api, "/v2/corpora", filter="")["corpora"]) == 4


@pytest.mark.parametrize("pattern", ["(", "[a", "a{3", "*", "(?=look)", "a{1001}", "(?P<n", "\\"])
def test_a_filter_that_is_no_regular_expression_is_refused(api: httpx.Client, pattern: str) -> None:
    answer = api.get("/v2/corpora", params={"filter": pattern})
    if pattern == "a{3":  # a brace that closes nothing is a brace
        assert answer.status_code == 200
    else:
        refused(answer, 400, "query.filter")


@empty
@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a|a)*$", "(.*)*b", "((a{1,30}){1,30}){1,30}"])
def test_a_catastrophic_filter_costs_linear_time(api: httpx.Client, pattern: str) -> None:
    make_corpus(api, "long", name="a" * 20_000 + "!")
    began = time.perf_counter()
    api.get("/v2/corpora", params={"filter": pattern})
    assert time.perf_counter() - began < 2


@empty
def test_corpora_can_be_chosen_by_id(api: httpx.Client) -> None:
    made = {key: make_corpus(api, key)["id"] for key in ("a", "b", "c")}
    chosen = api.get("/v2/corpora", params={"corpus_id": [made["c"], made["a"], "crp_987"]}).json()
    assert keys_of([chosen["corpora"]]) == ["a", "c"]
    refused(api.get("/v2/corpora", params={"corpus_id": ["crp_1", "other"]}), 400, "query.corpus_id")


# Changing


def test_a_patch_changes_what_it_gives(api: httpx.Client) -> None:
    before = make_corpus(api, "c", description="old")
    changed = {"enabled": False, "name": "n", "description": "new", "save_history": True}
    answer = api.patch("/v2/corpora/c", json=changed)
    assert answer.status_code == 200
    assert answer.json() == {**before, **changed} == read(api, "/v2/corpora/c")


def test_null_or_absence_in_a_patch_leaves_the_value(api: httpx.Client) -> None:
    before = make_corpus(api, "c", name="kept", description="kept too", save_history=True)
    nothing = dict.fromkeys(("enabled", "name", "description", "save_history"))
    assert api.patch("/v2/corpora/c", json=nothing).json() == before
    assert api.patch("/v2/corpora/c", json={}).json() == before


def test_filter_attributes_and_key_are_out_of_reach_of_a_patch(api: httpx.Client) -> None:
    before = make_corpus(api, "c")
    sent = {"key": "other", "id": "crp_77", "filter_attributes": [attribute("a")], "encoder_name": "x"}
    assert api.patch("/v2/corpora/c", json=sent).json() == before


def test_a_disabled_corpus_takes_no_queries_and_no_documents_but_is_read_and_enabled(
    api: httpx.Client,
) -> None:
    api.patch("/v2/corpora/handbook", json={"enabled": False})
    for answer in (
        api.post("/v2/corpora/handbook/documents", json=core("d", "t")),
        api.get("/v2/corpora/handbook/query", params={"query": "kiln"}),
        api.post("/v2/corpora/handbook/query", json={"query": "kiln"}),
        api.post("/v2/query", json={"query": "kiln", "search": {"corpora": [{"corpus_key": "handbook"}]}}),
    ):
        assert refused(answer, 403)["messages"] == ["Corpus handbook is disabled"]
    assert read(api, "/v2/corpora/handbook")["enabled"] is False
    assert len(read(api, "/v2/corpora/handbook/documents")["documents"]) == 5
    api.patch("/v2/corpora/handbook", json={"enabled": True})
    assert found(api, "handbook", "kiln")


def test_a_deleted_corpus_is_gone_with_its_documents_and_its_key_is_free(api: httpx.Client) -> None:
    old = read(api, "/v2/corpora/handbook")
    assert api.delete("/v2/corpora/handbook").status_code == 204
    refused(api.get("/v2/corpora/handbook"), 404)
    refused(api.get("/v2/corpora/handbook/documents"), 404)
    refused(api.get("/v2/corpora/handbook/documents/travel"), 404)
    refused(api.post("/v2/corpora/handbook/query", json={"query": "kiln"}), 404)
    refused(api.delete("/v2/corpora/handbook"), 404)
    new = make_corpus(api, "handbook")
    assert new["id"] != old["id"]
    assert new["filter_attributes"] == []
    assert read(api, "/v2/corpora/handbook/documents")["documents"] == []
    assert found(api, "handbook", "kiln") == []
    put(api, "handbook", core("travel", "Walking is preferred."))


def test_a_reset_empties_a_corpus_and_keeps_its_settings(api: httpx.Client) -> None:
    before = read(api, "/v2/corpora/handbook")
    assert before["limits"]["used_docs"] == 5
    answer = api.post("/v2/corpora/handbook/reset")
    assert (answer.status_code, answer.content) == (204, b"")
    after = read(api, "/v2/corpora/handbook")
    assert after["limits"]["used_docs"] == after["limits"]["used_characters"] == 0
    assert {**after, "limits": 0} == {**before, "limits": 0}
    assert read(api, "/v2/corpora/handbook/documents")["documents"] == []
    assert found(api, "handbook", "kiln") == []
    put(api, "handbook", core("travel", "Walking is preferred.", metadata={"year": 2026}))


# Sizes


@empty
def test_size_and_limits_follow_what_comes_and_goes(api: httpx.Client) -> None:
    make_corpus(api, "c")
    size = "/v2/corpora/c/compute_size"
    nothing = {"used_docs": 0, "used_parts": 0, "used_characters": 0, "used_metadata_characters": 0}
    assert api.post(size).json() == nothing
    put(api, "c", core("one", "abcde", "fgh"))
    put(api, "c", core("two", {"text": "é", "metadata": {"a": 1}}, metadata={"ü": True}))
    assert api.post(size).json() == {
        "used_docs": 2,
        "used_parts": 3,
        "used_characters": 9,
        "used_metadata_characters": len('{"a":1}{"ü":true}'),
    }
    limits = read(api, "/v2/corpora/c")["limits"]
    assert (limits["used_docs"], limits["used_parts"], limits["used_characters"]) == (2, 3, 9)
    api.delete("/v2/corpora/c/documents/one")
    assert api.post(size).json()["used_characters"] == 1
    api.post("/v2/corpora/c/reset")
    assert api.post(size).json() == nothing


# Filter attributes


YEARS = [attribute("year", "integer")]


def replace(api: httpx.Client, key: str, attributes: list[dict[str, Any]]) -> str:
    answer = api.post(f"/v2/corpora/{key}/replace_filter_attributes", json={"filter_attributes": attributes})
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["job_id"]
    assert answer.json() == {"job_id": job_id}
    return job_id


@pytest.fixture
def ledger(api: httpx.Client) -> str:
    """A corpus that declares `colour`, with two documents that also have a year."""
    make_corpus(api, "ledger", filter_attributes=[attribute("colour")])
    put(api, "ledger", core("old", "An entry of the ledger.", metadata={"colour": "red", "year": 1990}))
    put(api, "ledger", core("new", "An entry of the ledger.", metadata={"colour": "blue", "year": 2020}))
    return "ledger"


def test_replaced_attributes_count_at_once_when_jobs_are_immediate(api: httpx.Client, ledger: str) -> None:
    job = read(api, f"/v2/jobs/{replace(api, ledger, YEARS)}")
    assert job["state"] == "completed"
    assert ids(found(api, ledger, "entry", metadata_filter="doc.year > 2000")) == ["new"]
    assert [a["name"] for a in read(api, f"/v2/corpora/{ledger}")["filter_attributes"]] == ["year"]


def filters_by(api: httpx.Client, key: str, condition: str) -> bool:
    answer = api.post(
        f"/v2/corpora/{key}/query", json={"query": "entry", "search": {"metadata_filter": condition}}
    )
    if answer.status_code == 200:
        assert ids(answer.json()["search_results"]) == ["new"]
        return True
    refused(answer, 400, "body.search.metadata_filter")
    return False


def test_the_old_attributes_count_until_the_job_was_polled_to_its_end(
    understudy: Understudy, api: httpx.Client, ledger: str
) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 3}})
    job_id = replace(api, ledger, YEARS)
    states = []
    for _ in range(3):
        assert filters_by(api, ledger, "doc.colour = 'blue'")
        assert not filters_by(api, ledger, "doc.year = 2020")
        assert [a["name"] for a in read(api, f"/v2/corpora/{ledger}")["filter_attributes"]] == ["colour"]
        states.append(read(api, f"/v2/jobs/{job_id}")["state"])
    assert states == ["started", "started", "completed"]
    assert filters_by(api, ledger, "doc.year = 2020")
    assert not filters_by(api, ledger, "doc.colour = 'blue'")


def test_the_job_ends_with_the_clock_of_the_world_without_being_looked_at(
    understudy: Understudy, api: httpx.Client, ledger: str
) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 60_000}})
    replace(api, ledger, YEARS)
    understudy.advance(seconds=59)
    assert not filters_by(api, ledger, "doc.year = 2020")
    understudy.advance(seconds=2)
    assert filters_by(api, ledger, "doc.year = 2020")
    assert ids(
        read(api, f"/v2/corpora/{ledger}/documents", metadata_filter="doc.year < 2000")["documents"]
        and found(api, ledger, "entry", metadata_filter="doc.year < 2000")
    ) == ["old"]


def test_a_second_replace_while_one_runs_is_a_conflict(
    understudy: Understudy, api: httpx.Client, ledger: str
) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 1}})
    job_id = replace(api, ledger, YEARS)
    again = {"filter_attributes": []}
    answer = api.post(f"/v2/corpora/{ledger}/replace_filter_attributes", json=again)
    assert job_id in refused(answer, 409)["messages"][0]
    make_corpus(api, "elsewhere")
    replace(api, "elsewhere", YEARS)
    assert read(api, f"/v2/jobs/{job_id}")["state"] == "completed"
    replace(api, ledger, [])


def test_a_replace_with_a_repeated_attribute_is_refused_and_starts_no_job(
    api: httpx.Client, ledger: str
) -> None:
    answer = api.post(
        f"/v2/corpora/{ledger}/replace_filter_attributes", json={"filter_attributes": YEARS + YEARS}
    )
    refused(answer, 400, "body.filter_attributes[1].name")
    assert read(api, "/v2/jobs")["jobs"] == []


# Statistics of filter attributes


@pytest.fixture
def shop(api: httpx.Client) -> str:
    make_corpus(
        api,
        "shop",
        filter_attributes=[
            attribute("price", "real_number"),
            attribute("stock", "integer", description="Pieces left"),
            attribute("tags", "list[text]"),
            attribute("sizes", "list[integer]"),
            attribute("sold", "boolean"),
            attribute("page", "integer", "part"),
        ],
    )
    rows: list[dict[str, Any]] = [
        {"price": 1.5, "stock": 4, "tags": ["red", "small"], "sizes": [1, 2], "sold": True},
        {"price": 2, "stock": 4, "tags": ["red"], "sizes": [2], "sold": False},
        {"stock": 10, "tags": [], "sold": True},
    ]
    for number, metadata in enumerate(rows):
        put(
            api,
            "shop",
            core(
                f"d{number}",
                *({"text": f"Part {page}", "metadata": {"page": page}} for page in (1, 2)),
                metadata=metadata,
            ),
        )
    return "shop"


def statistics(api: httpx.Client, key: str, **parameters: Any) -> dict[str, dict[str, Any]]:
    answer = read(api, f"/v2/corpora/{key}/filter_attribute_stats", **parameters)
    return {entry.pop("name"): entry for entry in answer["filter_attribute_stats"]}


def test_statistics_count_values_and_sum_numbers(api: httpx.Client, shop: str) -> None:
    told = statistics(api, shop)
    assert list(told) == ["doc.price", "doc.stock", "doc.tags", "doc.sizes", "doc.sold", "part.page"]
    assert told["doc.stock"] == {
        "type": "integer",
        "description": "Pieces left",
        "values": [{"value": 4, "count": 2}, {"value": 10, "count": 1}],
        "stats": {"min": 4, "max": 10, "avg": 6, "sum": 18},
    }
    assert told["doc.price"]["stats"] == {"min": 1.5, "max": 2, "avg": 1.75, "sum": 3.5}
    assert told["doc.tags"] == {
        "type": "list[text]",
        "values": [{"value": "red", "count": 2}, {"value": "small", "count": 1}],
    }
    assert told["doc.sizes"]["values"] == [{"value": 2, "count": 2}, {"value": 1, "count": 1}]
    assert told["doc.sizes"]["stats"]["sum"] == 5
    assert told["doc.sold"] == {
        "type": "boolean",
        "values": [{"value": True, "count": 2}, {"value": False, "count": 1}],
    }
    assert told["part.page"]["values"] == [{"value": 1, "count": 3}, {"value": 2, "count": 3}]


def test_statistics_narrow_to_fields_filter_and_number_of_values(api: httpx.Client, shop: str) -> None:
    assert list(statistics(api, shop, fields="part.page, doc.price")) == ["part.page", "doc.price"]
    assert statistics(api, shop, fields="doc.tags", max_values=1)["doc.tags"]["values"] == [
        {"value": "red", "count": 2}
    ]
    sold = statistics(api, shop, metadata_filter="doc.sold = true and part.page = 1")
    assert sold["doc.stock"]["stats"]["sum"] == 14
    assert sold["part.page"]["values"] == [{"value": 1, "count": 2}]
    assert statistics(api, shop, fields="doc.stock", metadata_filter="doc.stock > 100")["doc.stock"] == {
        "type": "integer",
        "description": "Pieces left",
        "values": [],
    }


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"fields": "doc.weight"}, "query.fields"),
        ({"fields": "price"}, "query.fields"),
        ({"fields": "part.price"}, "query.fields"),
        ({"metadata_filter": "doc.weight = 1"}, "query.metadata_filter"),
        ({"max_values": 0}, "query.max_values"),
        ({"max_values": 1001}, "query.max_values"),
    ],
)
def test_statistics_of_what_is_not_there_are_refused(
    api: httpx.Client, shop: str, parameters: dict[str, Any], field: str
) -> None:
    refused(api.get(f"/v2/corpora/{shop}/filter_attribute_stats", params=parameters), 400, field)


def test_values_of_another_type_than_a_replaced_attribute_declares_do_not_count(api: httpx.Client) -> None:
    make_corpus(api, "mixed")
    for number, value in enumerate([7, "seven", {"deep": 7}, [7, {"a": 1}], None, True, 7.5]):
        put(api, "mixed", core(f"d{number}", "text", metadata={"n": value}))
    for declared, counted in (
        ("integer", [7]),
        ("text", ["seven"]),
        ("boolean", [True]),
        ("real_number", [7, 7.5]),
        ("list[integer]", []),
    ):
        replace(api, "mixed", [attribute("n", declared)])
        told = statistics(api, "mixed")["doc.n"]
        assert [entry["value"] for entry in told["values"]] == counted, declared


def test_sums_of_the_largest_numbers_are_still_numbers(api: httpx.Client) -> None:
    make_corpus(api, "large", filter_attributes=[attribute("i", "integer"), attribute("r", "real_number")])
    for number in range(3):
        put(api, "large", core(f"d{number}", "text", metadata={"i": 2**63 - 1, "r": 1.7e308}))
    told = statistics(api, "large")
    assert told["doc.i"]["stats"]["sum"] == pytest.approx(3 * (2**63 - 1))
    assert isinstance(told["doc.r"]["stats"]["sum"], float)


def test_nested_metadata_counts_under_its_dotted_name(api: httpx.Client) -> None:
    make_corpus(api, "deep", filter_attributes=[attribute("author.name")])
    put(api, "deep", structured("d", "Some text here.", metadata={"author": {"name": "Ada"}}))
    assert statistics(api, "deep")["doc.author.name"]["values"] == [{"value": "Ada", "count": 1}]
