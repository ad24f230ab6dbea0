"""Documents through HTTP: reading, listing, deleting. Spec tag: Documents."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

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
    put(api, "c", core(id, "Some text."))
    path = f"{DOCUMENTS}/{quote(id, safe='')}"
    assert api.get(path).json()["id"] == id
    assert api.patch(path, json={"metadata": {"a": 1}}).json()["metadata"] == {"a": 1}
    assert api.put(f"{path}/metadata", json={"metadata": {}}).json() == {"id": id, "metadata": {}}
    assert ids(found(api, "c", "text")) == [id]
    assert api.delete(path).status_code == 204
    assert refused(api.get(path), 404)["id"] == id


@pytest.mark.parametrize("id", [".", "..", "\0", "a\0b"])
@pytest.mark.parametrize("make", [core, structured])
def test_an_id_that_no_path_can_hold_is_refused(api: httpx.Client, make: Any, id: str) -> None:
    refused(api.post(DOCUMENTS, json=make(id, "text")), 400, "body.id")
    assert read(api, DOCUMENTS)["documents"] == []


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


def test_documents_of_one_corpus_are_not_in_another(understudy: Understudy, api: httpx.Client) -> None:
    make_corpus(api, "other")
    put(api, "c", structured("same id", "A zebra."))
    put(api, "other", structured("same id", "A walrus."))
    api.delete("/v2/corpora/other")
    assert [part["text"] for part in read(api, f"{DOCUMENTS}/same id")["parts"]] == ["A zebra."]


# Limits


def test_the_limits_of_the_corpus_move_with_its_documents(api: httpx.Client) -> None:
    def used() -> tuple[int, ...]:
        limits = read(api, "/v2/corpora/c")["limits"]
        size = api.post("/v2/corpora/c/compute_size").json()
        told = tuple(limits[name] for name in ("used_docs", "used_parts", "used_characters"))
        assert told == tuple(size[name] for name in ("used_docs", "used_parts", "used_characters"))
        return *told, size["used_metadata_characters"]

    assert used() == (0, 0, 0, 0)
    put(api, "c", core("a", "12345", "678", metadata={"a": 1}))
    assert used() == (1, 2, 8, len('{"a":1}'))
    put(api, "c", core("b", "12"))
    put(api, "c", core("d", "3"))
    assert used() == (3, 4, 11, 7)
    api.patch(f"{DOCUMENTS}/a", json={"metadata": {"a": 1000}})
    assert used() == (3, 4, 11, 10)
    assert delete(api, document_ids="a,b", **SYNC)["deleted_count"] == 2
    assert used() == (1, 1, 1, 0)
    api.delete(f"{DOCUMENTS}/d")
    assert used() == (0, 0, 0, 0)


# Tables and images

TABLE = {"id": "t", "title": "Prices", "data": {"rows": [[{"text_value": "Lamp"}, {"int_value": 5}]]}}
IMAGE = {
    "id": "i/1",
    "title": "A pier",
    "caption": "At noon",
    "description": "Planks over water",
    "image_data": {"data": "aGk=", "mime_type": "image/png"},
}


def test_a_document_shows_its_tables_whole_and_its_images_without_bytes(api: httpx.Client) -> None:
    put(api, "c", core("k", "Prices are low.", tables=[TABLE], images=[IMAGE]))
    put(api, "c", structured("s", {"text": "A sentence.", "tables": [TABLE], "images": [IMAGE]}))
    shown = {key: value for key, value in IMAGE.items() if key != "image_data"} | {"mime_type": "image/png"}
    for document_id in ("k", "s"):
        document = read(api, f"{DOCUMENTS}/{document_id}")
        assert document["tables"] == [TABLE]
        assert document["images"] == [shown]


@pytest.mark.parametrize("nested", [False, True])
def test_an_image_is_read_with_its_bytes(api: httpx.Client, nested: bool) -> None:
    section: dict[str, Any] = {"text": "A sentence.", "images": [IMAGE, {**IMAGE, "id": "second"}]}
    if nested:
        put(api, "c", structured("d/1", {"text": "Around it.", "sections": [section]}))
    else:
        put(api, "c", core("d/1", "A pier.", images=section["images"]))
    assert read(api, f"{DOCUMENTS}/d%2F1/images/i%2F1") == IMAGE
    assert read(api, f"{DOCUMENTS}/d%2F1/images/second") == {**IMAGE, "id": "second"}
    plain = {"id": "plain", "image_data": IMAGE["image_data"]}
    put(api, "c", core("plain", "text", images=[plain]))
    assert read(api, f"{DOCUMENTS}/plain/images/plain") == plain


def test_of_two_images_with_one_id_the_first_counts(api: httpx.Client) -> None:
    other = {"id": "i/1", "image_data": {"data": "eHg=", "mime_type": "image/gif"}}
    put(api, "c", core("d", "text", images=[IMAGE, other]))
    assert read(api, f"{DOCUMENTS}/d/images/i%2F1") == IMAGE


def test_an_image_that_is_not_there_names_what_is_missing(api: httpx.Client) -> None:
    put(api, "c", core("d", "text", images=[IMAGE]))
    put(api, "c", core("bare", "text"))
    assert refused(api.get(f"{DOCUMENTS}/d/images/none"), 404)["id"] == "none"
    assert refused(api.get(f"{DOCUMENTS}/bare/images/i%2F1"), 404)["id"] == "i/1"
    assert refused(api.get(f"{DOCUMENTS}/none/images/i%2F1"), 404)["id"] == "none"
    assert refused(api.get("/v2/corpora/none/documents/d/images/i%2F1"), 404)["id"] == "none"
    api.delete(f"{DOCUMENTS}/d")
    assert refused(api.get(f"{DOCUMENTS}/d/images/i%2F1"), 404)["id"] == "d"


def test_the_images_of_a_document_survive_a_change_of_metadata_and_a_snapshot(
    understudy: Understudy, api: httpx.Client
) -> None:
    put(api, "c", core("d", "text", images=[IMAGE]))
    api.put(f"{DOCUMENTS}/d/metadata", json={"metadata": {"a": 1}})
    understudy.look(lambda world: world.restore(json.loads(json.dumps(world.snapshot()))))
    assert read(api, f"{DOCUMENTS}/d/images/i%2F1") == IMAGE


# Bulk delete

SYNC = {"async": False}


def delete(api: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = api.request("delete", DOCUMENTS, params=parameters)
    assert answer.status_code == (200 if parameters.get("async") is False else 202), answer.text
    return answer.json()


def remaining(api: httpx.Client) -> list[str]:
    return [document["id"] for document in read(api, DOCUMENTS, limit=1000)["documents"]]


@pytest.fixture
def five(api: httpx.Client) -> None:
    """Documents d0 to d4 of the years 2000 to 2004, each with two pages."""
    for number in range(5):
        pages = [{"text": f"Page {n} of {number}.", "metadata": {"page": 10 * number + n}} for n in range(2)]
        put(api, "c", core(f"d{number}", *pages, metadata={"year": 2000 + number}))


@pytest.mark.usefixtures("five")
def test_a_bulk_delete_is_a_job_that_is_over_at_once_by_default(api: httpx.Client) -> None:
    told = delete(api, document_ids="d1,d3")
    assert set(told) == {"response_type", "job_id", "cutoff_timestamp"}
    assert told["response_type"] == "async"
    job = read(api, f"/v2/jobs/{told['job_id']}")
    assert (job["type"], job["corpus_keys"], job["state"]) == ("bulk_delete_documents", ["c"], "completed")
    assert told["cutoff_timestamp"] <= job["created_at"]
    assert remaining(api) == ["d0", "d2", "d4"]
    assert found(api, "c", "Page 1 of 3.", metadata_filter="doc.year = 2003") == []


@pytest.mark.usefixtures("five")
def test_a_caller_who_waits_gets_the_counts(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 1_000_000}})
    told = delete(api, document_ids="d1,nobody,d3,d1,,", **SYNC)
    job = read(api, f"/v2/jobs/{told.pop('job_id')}")
    assert job["state"] == "completed"
    assert told.pop("cutoff_timestamp") <= job["created_at"]
    assert told == {"response_type": "success", "deleted_count": 2, "skipped_count": 1}
    assert remaining(api) == ["d0", "d2", "d4"]


@pytest.mark.usefixtures("five")
def test_a_filter_names_what_goes_and_a_list_adds_to_it(api: httpx.Client) -> None:
    assert delete(api, metadata_filter="doc.year >= 2003", **SYNC)["deleted_count"] == 2
    assert remaining(api) == ["d0", "d1", "d2"]
    told = delete(api, metadata_filter="doc.year = 2001", document_ids="d0,d1", **SYNC)
    assert (told["deleted_count"], told["skipped_count"]) == (2, 0)
    assert remaining(api) == ["d2"]
    assert delete(api, metadata_filter="doc.year = 1", **SYNC)["deleted_count"] == 0


@pytest.mark.usefixtures("five")
def test_a_filter_on_parts_takes_documents_with_such_a_part(api: httpx.Client) -> None:
    assert delete(api, metadata_filter="part.page = 21 OR part.page = 40", **SYNC)["deleted_count"] == 2
    assert remaining(api) == ["d0", "d1", "d3"]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "query.document_ids"),
        ({"document_ids": ""}, "query.document_ids"),
        ({"document_ids": ",,"}, "query.document_ids"),
        ({"metadata_filter": ""}, "query.document_ids"),
        ({"metadata_filter": "", "document_ids": "", "async": "false"}, "query.document_ids"),
        ({"document_ids": ",".join("x" * 10_001)}, "query.document_ids"),
        ({"metadata_filter": "doc.colour = 'red'"}, "query.metadata_filter"),
        ({"metadata_filter": "doc.year >", "document_ids": "d0"}, "query.metadata_filter"),
        ({"document_ids": "d0", "async": "maybe"}, "query.async"),
    ],
)
def test_a_bulk_delete_that_is_not_clear_deletes_nothing(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.request("delete", DOCUMENTS, params=parameters), 400, field)
    assert len(remaining(api)) == 5
    assert read(api, "/v2/jobs")["jobs"] == []


@pytest.mark.usefixtures("five")
def test_ten_thousand_ids_may_be_named(api: httpx.Client) -> None:
    told = delete(api, document_ids=",".join(["d0", "d4", *"x" * 9_998]), **SYNC)
    assert (told["deleted_count"], told["skipped_count"]) == (2, 1)


def test_a_bulk_delete_in_an_unknown_corpus_is_not_found(api: httpx.Client) -> None:
    answer = api.delete("/v2/corpora/none/documents", params={"document_ids": "d"})
    assert refused(answer, 404)["id"] == "none"


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("clock", ["ticking", "frozen"])
def test_what_changes_after_the_cutoff_is_kept(understudy: Understudy, api: httpx.Client, clock: Any) -> None:
    understudy.look(lambda world: world.clock.set_mode(clock))
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 2}})
    job_id = delete(api, document_ids="d0,d1,d2,late", metadata_filter="doc.year = 2003")["job_id"]
    api.patch(f"{DOCUMENTS}/d1", json={"metadata": {"seen": True}})
    api.delete(f"{DOCUMENTS}/d2")
    put(api, "c", core("d2", "Back again.", metadata={"year": 2003}))
    put(api, "c", core("late", "Came late."))
    assert len(remaining(api)) == 6
    assert read(api, f"/v2/jobs/{job_id}")["state"] == "started"
    assert len(remaining(api)) == 6
    assert read(api, f"/v2/jobs/{job_id}")["state"] == "completed"
    assert remaining(api) == ["d1", "d4", "d2", "late"]
    (outcome,) = understudy.look(
        lambda world: [
            row["private"]["outcome"]
            for table in world.store.dump()
            if table["kind"] == "job"
            for row in table["rows"]
        ]
    )
    assert outcome == {"deleted_count": 2, "skipped_count": 3}


@pytest.mark.usefixtures("five")
def test_the_cutoff_holds_in_a_world_that_was_restored(understudy: Understudy, api: httpx.Client) -> None:
    api.patch(f"{DOCUMENTS}/d0", json={"metadata": {"seen": True}})
    understudy.look(lambda world: world.restore(json.loads(json.dumps(world.snapshot()))))
    assert delete(api, document_ids="d0,d1", **SYNC)["deleted_count"] == 2


@pytest.mark.usefixtures("five")
def test_every_read_and_write_sees_what_a_job_has_done_by_now(
    understudy: Understudy, api: httpx.Client
) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 60_000}})
    acts = [
        lambda: api.get(f"{DOCUMENTS}/d0").status_code == 404,
        lambda: api.delete(f"{DOCUMENTS}/d1").status_code == 404,
        lambda: api.patch(f"{DOCUMENTS}/d2", json={}).status_code == 404,
        lambda: api.post(DOCUMENTS, json=core("d3", "text")).status_code == 201,
        lambda: api.post("/v2/corpora/c/compute_size").json()["used_docs"] == 1,
    ]
    for number, act in enumerate(acts):
        delete(api, document_ids=f"d{number}")
        assert api.get(f"{DOCUMENTS}/d{number}").status_code == 200
        understudy.advance(seconds=61)
        assert act(), number


@pytest.mark.usefixtures("five")
def test_several_bulk_deletes_of_one_corpus_may_run(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 60_000}})
    first, second = delete(api, document_ids="d0"), delete(api, document_ids="d0,d1")
    jobs = read(api, "/v2/jobs", corpus_key="c", state=["queued", "started"])["jobs"]
    assert [job["id"] for job in jobs] == [second["job_id"], first["job_id"]]
    understudy.advance(seconds=61)
    assert remaining(api) == ["d2", "d3", "d4"]
    assert len(read(api, "/v2/jobs", state="completed")["jobs"]) == 2


def test_a_filter_does_not_see_documents_that_queries_do_not_find_yet(
    understudy: Understudy, api: httpx.Client
) -> None:
    understudy.lifecycle(dials={"indexing": {"pace": "millis", "amount": 60_000}})
    put(api, "c", core("fresh", "text", metadata={"year": 2000}))
    assert delete(api, metadata_filter="doc.year = 2000", **SYNC)["deleted_count"] == 0
    understudy.advance(seconds=61)
    assert delete(api, metadata_filter="doc.year = 2000", **SYNC)["deleted_count"] == 1
    put(api, "c", core("fresh", "text"))
    assert delete(api, document_ids="fresh", **SYNC)["deleted_count"] == 1


# Summaries

HARBOUR = (
    "The harbour was built in 1880. The harbour wall keeps storms out of the harbour. "
    "A cat sleeps on a rope. Boats land fish in the harbour each morning. Is it cold there? "
    "The harbour wall was raised twice."
)


def summary(api: httpx.Client, id: str = "d", **body: Any) -> dict[str, Any]:
    answer = api.post(f"{DOCUMENTS}/{id}/summarize", json={"llm_name": "gpt-4o", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("make", [core, structured])
def test_a_summary_is_made_of_sentences_of_the_document(api: httpx.Client, make: Any) -> None:
    put(api, "c", make("d", HARBOUR))
    told = summary(api)
    assert told["summary"] == (
        "The harbour wall keeps storms out of the harbour. Boats land fish in the harbour each morning."
    )
    system, user = json.loads(told["rendered_prompt"])
    assert (system["role"], user["role"]) == ("system", "user")
    assert HARBOUR in user["content"]
    assert summary(api) == told


def test_a_summary_follows_the_document(api: httpx.Client) -> None:
    put(api, "c", core("d", "Zebras graze."))
    assert summary(api)["summary"] == "Zebras graze."
    api.delete(f"{DOCUMENTS}/d")
    put(api, "c", core("d", "Walruses swim."))
    assert summary(api)["summary"] == "Walruses swim."


def test_max_tokens_shortens_a_summary_and_what_else_stands_there_is_ignored(api: httpx.Client) -> None:
    put(api, "c", structured("d", HARBOUR))
    whole = summary(api)["summary"]
    assert summary(api, model_parameters={"max_tokens": 10})["summary"] == whole.partition(". ")[0] + "."
    for ignored in ({}, {"max_tokens": 0}, {"max_tokens": "5"}, {"max_tokens": True}, {"temperature": None}):
        assert summary(api, model_parameters=ignored)["summary"] == whole


def test_a_document_without_text_says_so(api: httpx.Client) -> None:
    put(api, "c", core("d", ""))
    assert summary(api)["summary"] == "The document holds no text to sum up."


def test_the_stream_of_a_summary_tells_the_same(api: httpx.Client) -> None:
    put(api, "c", structured("d", HARBOUR))
    told = summary(api)
    events = streamed(api)
    kinds = [event["type"] for event in events]
    assert kinds[0] == "generation_info"
    assert kinds[-2:] == ["generation_end", "end"]
    assert set(kinds[1:-2]) == {"generation_chunk"}
    assert events[0]["rendered_prompt"] == told["rendered_prompt"]
    assert "".join(event.get("generation_chunk", "") for event in events) == told["summary"]


def test_a_prompt_of_the_callers_own_is_rendered_and_told(api: httpx.Client) -> None:
    put(api, "c", structured("d", HARBOUR, title='The "old" harbour', metadata={"year": 2020}))
    template = (
        '[{"role": "system", "content": "$vectaraDocument.id()"}, {"role": "user", "content": "'
        "$vectaraDocument.metadata().get('title') of $vectaraDocument.metadata().get('year')"
        "$vectaraDocument.metadata().get('none'):"
        "#foreach ($part in $vectaraDocument.parts()) $part.metadata().get('lang')=$part.text()#end"
        '"}]'
    )
    told = summary(api, prompt_template=template)
    system, user = json.loads(told["rendered_prompt"])
    assert system["content"] == "d"
    parts = read(api, f"{DOCUMENTS}/d")["parts"]
    texts = " ".join(f"eng={part['text']}" for part in parts)
    assert user["content"] == f'The "old" harbour of 2020: {texts}'
    assert told["summary"] == summary(api)["summary"]
    assert streamed(api, prompt_template=template)[0] == {
        "type": "generation_info",
        "rendered_prompt": told["rendered_prompt"],
    }


def test_a_prompt_can_hold_the_whole_document_and_its_tables(api: httpx.Client) -> None:
    table = {"id": "t", "data": {"headers": [[{"text_value": "Port"}]], "rows": [[{"text_value": "Oslo"}]]}}
    put(api, "c", core("d", {"text": "Ports.", "table_id": "t"}, "Ships.", tables=[table]))
    template = '[{"role": "user", "content": "$vectaraDocument.json()"}]'
    (message,) = json.loads(summary(api, prompt_template=template)["rendered_prompt"])
    assert json.loads(message["content"]) == read(api, f"{DOCUMENTS}/d")
    template = (
        '[{"role": "user", "content": "#foreach ($part in $vectaraDocument.parts())'
        "#if ($part.hasTable())$part.table().json()#{else}$part.text() $part.table()#end#end"
        '"}]'
    )
    (message,) = json.loads(summary(api, prompt_template=template)["rendered_prompt"])
    shown, _, rest = message["content"].partition("Ships.")
    assert json.loads(shown) == table
    assert rest == " $part.table()"
    put(api, "c", structured("s", {"text": "Ports.", "tables": [table]}))
    prompt = summary(api, "s", prompt_template=template)["rendered_prompt"]
    assert json.loads(prompt)[0]["content"].count('"Oslo"') == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("#if(", "position 3"),
        ("Sum up $vectaraDocument.id()", "JSON array"),
        ("[]", "JSON array"),
        ('[{"role": "user"}]', "JSON array"),
    ],
)
def test_a_prompt_that_cannot_be_rendered_is_refused(
    api: httpx.Client, template: str, told: str, stream: bool
) -> None:
    put(api, "c", core("d", "text"))
    body = {"llm_name": "gpt-4", "prompt_template": template, "stream_response": stream}
    fields = refused(api.post(f"{DOCUMENTS}/d/summarize", json=body), 400)["field_errors"]
    assert set(fields) == {"body.prompt_template"}
    assert told in fields["body.prompt_template"]


def test_an_empty_prompt_template_counts_as_none(api: httpx.Client) -> None:
    put(api, "c", core("d", "Zebras graze."))
    assert summary(api, prompt_template="") == summary(api)


def test_the_work_of_a_prompt_is_bounded_for_a_large_document(api: httpx.Client) -> None:
    put(api, "c", core("d", "Zebras graze. " * 20_000))
    template = (
        '[{"role": "user", "content": "'
        "#set ($twice = $vectaraDocument.json() + $vectaraDocument.json())"
        "#set ($more = $twice + $twice)"
        '$more"}]'
    )
    answer = api.post(f"{DOCUMENTS}/d/summarize", json={"llm_name": "gpt-4", "prompt_template": template})
    told = refused(answer, 400, "body.prompt_template")["field_errors"]["body.prompt_template"]
    assert "1000000 characters" in told


def streamed(api: httpx.Client, **body: Any) -> list[dict[str, Any]]:
    given = {"llm_name": "mockingbird-2.0", "stream_response": True, **body}
    answer = api.post(f"{DOCUMENTS}/d/summarize", json=given)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [
        json.loads(line.removeprefix("data:"))
        for line in answer.text.splitlines()
        if line.startswith("data:")
    ]


def test_a_summary_that_cannot_be_is_refused(api: httpx.Client) -> None:
    put(api, "c", core("d", "text"))
    path = f"{DOCUMENTS}/d/summarize"
    for stream in (False, True):
        answer = api.post(path, json={"llm_name": "gpt-none", "stream_response": stream})
        assert "gpt-4o" in refused(answer, 400, "body.llm_name")["messages"][0]
    refused(api.post(path, json={}), 400, "body.llm_name")
    known = {"llm_name": "gpt-4"}
    assert refused(api.post(f"{DOCUMENTS}/none/summarize", json=known), 404)["id"] == "none"
    assert refused(api.post("/v2/corpora/none/documents/d/summarize", json=known), 404)["id"] == "none"
