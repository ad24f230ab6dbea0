"""Documents through HTTP: reading, listing, deleting. Spec tag: Documents."""

from __future__ import annotations

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

DOCUMENTS = "/v2/corpora/c/documents"


@pytest.fixture(autouse=True)
def corpus(api: httpx.Client) -> None:
    make_corpus(
        api, "c", filter_attributes=[attribute("year", "integer"), attribute("page", "integer", "part")]
    )


def listed(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [document["id"] for page in pages for document in page]


def test_a_read_shows_parts_and_a_list_does_not(api: httpx.Client) -> None:
    put(
        api,
        "c",
        core("d", {"text": "One.", "metadata": {"page": 1}, "context": "hidden"}, metadata={"a": "b"}),
    )
    assert read(api, f"{DOCUMENTS}/d") == {
        "id": "d",
        "metadata": {"a": "b"},
        "parts": [{"text": "One.", "metadata": {"page": 1}, "context": "hidden"}],
    }
    assert read(api, DOCUMENTS)["documents"] == [{"id": "d", "metadata": {"a": "b"}}]


def test_storage_usage_is_told_by_the_write_alone(api: httpx.Client) -> None:
    made = put(api, "c", core("d", "Über", metadata={"a": 1}))
    assert made["storage_usage"] == {"bytes_used": 5, "metadata_bytes_used": len('{"a":1}')}
    assert "storage_usage" not in read(api, f"{DOCUMENTS}/d")
    assert "storage_usage" not in read(api, DOCUMENTS)["documents"][0]


def test_metadata_keeps_its_json_types(api: httpx.Client) -> None:
    metadata = {
        "text": "1",
        "integer": 9007199254740993,
        "real": 1.0,
        "yes": True,
        "nothing": None,
        "list": [1, "2", [3.5]],
        "deep": {"a": {"b": [{"c": "ü"}]}},
        "": "empty name",
    }
    put(api, "c", core("d", "Typed metadata.", metadata=metadata))
    assert read(api, f"{DOCUMENTS}/d")["metadata"] == metadata
    shown = found(api, "c", "typed metadata")[0]["document_metadata"]
    assert shown == metadata
    assert [type(value) for value in shown.values()] == [type(value) for value in metadata.values()]


def test_unknown_ids_are_named(api: httpx.Client) -> None:
    for answer in (
        api.get(f"{DOCUMENTS}/nobody"),
        api.delete(f"{DOCUMENTS}/nobody"),
        api.patch(f"{DOCUMENTS}/nobody", json={}),
        api.put(f"{DOCUMENTS}/nobody/metadata", json={}),
    ):
        assert refused(answer, 404)["id"] == "nobody"
    for answer in (
        api.get("/v2/corpora/nowhere/documents"),
        api.get("/v2/corpora/nowhere/documents/nobody"),
        api.delete("/v2/corpora/nowhere/documents/nobody"),
        api.post("/v2/corpora/nowhere/documents", json=core("d", "t")),
        api.patch("/v2/corpora/nowhere/documents/nobody", json={}),
        api.put("/v2/corpora/nowhere/documents/nobody/metadata", json={}),
    ):
        assert refused(answer, 404)["id"] == "nowhere"


def test_a_deleted_document_is_gone_everywhere_and_its_id_is_free(api: httpx.Client) -> None:
    put(api, "c", core("d", "A zebra in the snow."))
    answer = api.delete(f"{DOCUMENTS}/d")
    assert (answer.status_code, answer.content) == (204, b"")
    refused(api.get(f"{DOCUMENTS}/d"), 404)
    refused(api.delete(f"{DOCUMENTS}/d"), 404)
    assert read(api, DOCUMENTS)["documents"] == []
    assert found(api, "c", "zebra") == []
    put(api, "c", core("d", "A walrus in the sun."))
    assert found(api, "c", "zebra") == []
    assert ids(found(api, "c", "walrus")) == ["d"]


@pytest.mark.parametrize(
    "id", ["a/b", "../up", "a b", "ä ö", "文書 1", "50%", "%2F", "?q=1", "#x", "a+b", "🦓", "a\\b", "x" * 900]
)
def test_an_id_may_be_any_text_when_it_is_percent_encoded(api: httpx.Client, id: str) -> None:
    from urllib.parse import quote

    put(api, "c", core(id, "Some text."))
    path = f"{DOCUMENTS}/{quote(id, safe='')}"
    assert api.get(path).json()["id"] == id
    assert api.patch(path, json={"metadata": {"a": 1}}).json()["metadata"] == {"a": 1}
    assert api.put(f"{path}/metadata", json={"metadata": {}}).json() == {"id": id, "metadata": {}}
    assert ids(found(api, "c", "text")) == [id]
    assert api.delete(path).status_code == 204
    assert refused(api.get(path), 404)["id"] == id


# Lists


def test_documents_are_listed_in_the_order_they_came_ten_at_a_time(api: httpx.Client) -> None:
    names = [f"d{n:02}" for n in reversed(range(25))]
    for name in names:
        put(api, "c", core(name, "text"))
    pages = all_pages(api, DOCUMENTS, "documents")
    assert [len(page) for page in pages] == [10, 10, 5]
    assert listed(pages) == names
    assert listed(all_pages(api, DOCUMENTS, "documents", limit=7)) == names
    assert listed(all_pages(api, DOCUMENTS, "documents", limit=1000)) == names
    refused(api.get(DOCUMENTS, params={"limit": 1001}), 400, "query.limit")
    refused(api.get(DOCUMENTS, params={"limit": 0}), 400, "query.limit")


def test_documents_that_come_and_go_between_pages_neither_repeat_nor_hide_others(api: httpx.Client) -> None:
    for number in range(8):
        put(api, "c", core(f"d{number}", "text"))
    first = read(api, DOCUMENTS, limit=3)
    for gone in ("d1", "d2", "d3"):
        api.delete(f"{DOCUMENTS}/{gone}")
    put(api, "c", core("d1", "back again, hence new"))
    api.patch(f"{DOCUMENTS}/d0", json={"metadata": {"changed": True}})  # a change does not move it
    pages, page_key = [first["documents"]], first["metadata"]["page_key"]
    while page_key:
        answer = read(api, DOCUMENTS, limit=2, page_key=page_key)
        pages.append(answer["documents"])
        page_key = answer["metadata"]["page_key"]
    assert listed(pages[1:]) == ["d4", "d5", "d6", "d7", "d1"]


def test_a_list_narrows_to_a_filter_on_documents(api: httpx.Client) -> None:
    for number in range(6):
        put(api, "c", core(f"d{number}", "text", metadata={"year": 2000 + number}))
    pages = all_pages(api, DOCUMENTS, "documents", metadata_filter="doc.year >= 2002", limit=3)
    assert [[document["id"] for document in page] for page in pages] == [["d2", "d3", "d4"], ["d5"]]
    assert listed(all_pages(api, DOCUMENTS, "documents", metadata_filter="doc.id = 'd1'")) == ["d1"]
    assert len(read(api, DOCUMENTS, metadata_filter="")["documents"]) == 6
    page_key = read(api, DOCUMENTS, metadata_filter="doc.year >= 2002", limit=1)["metadata"]["page_key"]
    for other in ({}, {"metadata_filter": "doc.year >= 2001"}):
        answer = api.get(DOCUMENTS, params={**other, "limit": 1, "page_key": page_key})
        refused(answer, 400, "query.page_key")


@pytest.mark.parametrize(
    "condition",
    ["part.page = 1", "doc.colour = 'red'", "doc.year", "doc.year = ", "year = 1", "doc.year LIKE 'x'", "'"],
)
def test_a_filter_that_does_not_fit_the_documents_is_refused(api: httpx.Client, condition: str) -> None:
    answer = api.get(DOCUMENTS, params={"metadata_filter": condition})
    refused(answer, 400, "query.metadata_filter")


def test_what_is_in_the_contract_and_not_acted_says_so(api: httpx.Client) -> None:
    put(api, "c", core("d", "text"))
    for answer in (
        api.delete(DOCUMENTS, params={"document_ids": "d"}),
        api.get(f"{DOCUMENTS}/d/images/i"),
        api.post(f"{DOCUMENTS}/d/summarize", json={"llm_name": "gpt-4o"}),
    ):
        assert "not acted" in refused(answer, 501)["messages"][0]
    assert read(api, f"{DOCUMENTS}/d")["id"] == "d"


def test_documents_of_one_corpus_are_not_in_another(understudy: Understudy, api: httpx.Client) -> None:
    make_corpus(api, "other")
    put(api, "c", structured("same id", "A zebra."))
    put(api, "other", structured("same id", "A walrus."))
    api.delete("/v2/corpora/other")
    assert [part["text"] for part in read(api, f"{DOCUMENTS}/same id")["parts"]] == ["A zebra."]
