"""Glossaries through HTTP. Spec tag: Glossaries."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from understudy.pytest_plugin import Understudy

SHIPPED = "/v2/glossaries/workshop-words"
TOOLS = {
    "handbook": {
        "type": "corpora_search",
        "query_configuration": {"search": {"corpora": [{"corpus_key": "handbook"}], "limit": 3}},
    }
}


def make(api: httpx.Client, **members: Any) -> dict[str, Any]:
    answer = api.post("/v2/glossaries", json={"name": "Harbour Words", **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(api: httpx.Client, key: str, entries: dict[str, str]) -> None:
    answer = api.post(f"/v2/glossaries/{key}/entries", json={"entries": entries})
    assert (answer.status_code, answer.content) == (204, b"")


def drop(api: httpx.Client, key: str, *terms: str) -> httpx.Response:
    return api.request("DELETE", f"/v2/glossaries/{key}/entries", json={"terms": terms})


def entries(api: httpx.Client, key: str) -> dict[str, str]:
    found = read(api, f"/v2/glossaries/{key}/entries", limit=100)["entries"]
    return {entry["term"]: entry["expansion"] for entry in found}


def step(*keys: str) -> dict[str, Any]:
    reminders = [{"type": "glossary_expansion", "glossary_key": key} for key in keys]
    return {"name": "main", "instructions": [], "output_parser": {"type": "default"}, "reminders": reminders}


def agent(api: httpx.Client, *keys: str) -> httpx.Response:
    body = {"key": "bench", "name": "Bench", "model": {"name": "gpt-4o"}, "tool_configurations": TOOLS}
    return api.post("/v2/agents", json={**body, "first_step": step(*keys)})


def say(api: httpx.Client, text: str) -> httpx.Response:
    session = api.post("/v2/agents/bench/sessions", json={}).json()["key"]
    body = {"type": "input_message", "messages": [{"type": "text", "content": text}]}
    return api.post(f"/v2/agents/bench/sessions/{session}/events", json=body)


def test_a_glossary_is_made_and_read(api: httpx.Client) -> None:
    made = make(api, description="Said at sea")
    assert made["key"].startswith("gls_harbour_words_")
    assert (made["name"], made["description"], made["num_entries"]) == ("Harbour Words", "Said at sea", 0)
    assert made["created_at"] == made["updated_at"]
    assert read(api, f"/v2/glossaries/{made['key']}") == made
    assert entries(api, made["key"]) == {}


def test_a_key_is_given_once(api: httpx.Client) -> None:
    assert "description" not in make(api, key="mine")
    before = read(api, "/v2/glossaries")
    refused(api.post("/v2/glossaries", json={"key": "mine", "name": "Other"}), 409)
    assert read(api, "/v2/glossaries") == before


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.name"),
        ({"name": ""}, "body.name"),
        ({"name": "A", "key": "no blank"}, "body.key"),
        ({"name": "A", "key": "k" * 51}, "body.key"),
        ({"name": "A", "description": 5}, "body.description"),
    ],
)
def test_a_glossary_with_faults_is_refused(api: httpx.Client, body: dict[str, Any], place: str) -> None:
    before = read(api, "/v2/glossaries")
    refused(api.post("/v2/glossaries", json=body), 400, place)
    assert read(api, "/v2/glossaries") == before


def test_a_list_is_paged_and_narrowed_by_a_text_and_not_by_an_expression(api: httpx.Client) -> None:
    for number in range(5):
        make(api, name=f"Tide {number}", description="[high]" if number % 2 else "low")
    names = [
        [one["name"] for one in page] for page in all_pages(api, "/v2/glossaries", "glossaries", limit=4)
    ]
    assert names == [["Workshop words", "Tide 0", "Tide 1", "Tide 2"], ["Tide 3", "Tide 4"]]
    found = read(api, "/v2/glossaries", filter="[HIGH]")["glossaries"]
    assert [one["name"] for one in found] == ["Tide 1", "Tide 3"]
    assert read(api, "/v2/glossaries", filter="tide.*")["glossaries"] == []
    first = read(api, "/v2/glossaries", filter="tide", limit=1)["metadata"]["page_key"]
    refused(api.get("/v2/glossaries", params={"page_key": first}), 400, "query.page_key")
    refused(api.get("/v2/glossaries", params={"limit": 101}), 400, "query.limit")


def test_name_and_description_change(api: httpx.Client) -> None:
    made = make(api, description="Said at sea")
    changed = api.patch(f"/v2/glossaries/{made['key']}", json={"name": "Sea words"}).json()
    assert changed == {**made, "name": "Sea words", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    assert api.patch(f"/v2/glossaries/{made['key']}", json={"name": "Sea words"}).json() == changed
    refused(api.patch(f"/v2/glossaries/{made['key']}", json={"name": ""}), 400, "body.name")
    assert read(api, f"/v2/glossaries/{made['key']}") == changed


def test_entries_are_put_changed_listed_and_taken_out(api: httpx.Client) -> None:
    key = make(api)["key"]
    put(api, key, {"ETA": "arrival", "knot": "a mile an hour", "eta": "a letter"})
    put(api, key, {"ETA": "estimated time of arrival", "port": "left"})
    pages = all_pages(api, f"/v2/glossaries/{key}/entries", "entries", limit=3)
    assert [[one["term"] for one in page] for page in pages] == [["ETA", "knot", "eta"], ["port"]]
    assert entries(api, key)["ETA"] == "estimated time of arrival"
    glossary = read(api, f"/v2/glossaries/{key}")
    assert glossary["num_entries"] == 4
    assert glossary["updated_at"] > glossary["created_at"]
    assert (drop(api, key, "knot", "eta", "knot", "none").status_code) == 204
    assert list(entries(api, key)) == ["ETA", "port"]
    assert read(api, f"/v2/glossaries/{key}")["num_entries"] == 2


def test_what_changes_no_entry_changes_nothing(api: httpx.Client) -> None:
    before = read(api, SHIPPED)
    put(api, "workshop-words", {"PTO": "paid leave"})
    put(api, "workshop-words", {})
    drop(api, "workshop-words", "pto")
    drop(api, "workshop-words")
    assert read(api, SHIPPED) == before


def test_lengths_of_terms_and_expansions(api: httpx.Client) -> None:
    key = make(api)["key"]
    longest = {"t" * 200: "e" * 1000, "u": "e"}
    put(api, key, longest)
    path = f"/v2/glossaries/{key}/entries"
    for wanted, place in (
        ({"good": "one", "t" * 201: "e"}, "body.entries." + "t" * 201),
        ({"good": "one", " ": "e"}, "body.entries. "),
        ({"good": "one", "": "e"}, "body.entries."),
        ({"good": "one", "v": "e" * 1001}, "body.entries.v"),
        ({"good": "one", "v": ""}, "body.entries.v"),
        ({"good": "one", "v": None}, "body.entries.v"),
    ):
        refused(api.post(path, json={"entries": wanted}), 400, place)
    refused(api.post(path, json={}), 400, "body.entries")
    refused(api.request("DELETE", path, json={}), 400, "body.terms")
    refused(api.request("DELETE", path, json={"terms": "u"}), 400, "body.terms")
    refused(api.request("DELETE", path), 400)
    assert entries(api, key) == longest


def test_a_deleted_glossary_is_gone_with_its_entries(api: httpx.Client) -> None:
    make(api, key="mine")
    put(api, "mine", {"ETA": "arrival"})
    assert api.delete("/v2/glossaries/mine").status_code == 204
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "A"}),
        ("DELETE", "", None),
        ("GET", "/entries", None),
        ("POST", "/entries", {"entries": {"a": "b"}}),
        ("DELETE", "/entries", {"terms": ["a"]}),
    ):
        answer = api.request(method, f"/v2/glossaries/mine{path}", json=body)
        assert refused(answer, 404)["id"] == "mine"
    make(api, key="mine")
    assert entries(api, "mine") == {}


def test_only_personal_keys_open_glossaries(understudy: Understudy) -> None:
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as reader:
        refused(reader.get("/v2/glossaries"), 403)
        refused(drop(reader, "workshop-words", "PTO"), 403)


def test_an_agent_names_glossaries_that_are_there(api: httpx.Client) -> None:
    place = "body.first_step.reminders[1].glossary_key"
    refused(agent(api, "workshop-words", "none"), 400, place)
    assert agent(api, "workshop-words").status_code == 201
    before = read(api, "/v2/agents/bench")
    refused(api.patch("/v2/agents/bench", json={"first_step": step("workshop-words", "none")}), 400, place)
    steps = {"other": step("none")}
    answer = api.patch("/v2/agents/bench", json={"steps": steps})
    refused(answer, 400, "body.steps.other.reminders[0].glossary_key")
    assert read(api, "/v2/agents/bench") == before


def test_an_agent_searches_for_what_a_term_stands_for(api: httpx.Client) -> None:
    assert agent(api, "workshop-words").status_code == 201
    events = say(api, "How many days of pto?").json()["events"]
    by_type = {event["type"]: event for event in events}
    assert by_type["input_message"]["messages"][0]["content"] == "How many days of pto?"
    assert by_type["tool_input"]["tool_input"]["query"] == "How many days of pto (paid leave)?"
    results = by_type["tool_output"]["tool_output"]["search_results"]
    assert results[0]["document_id"] == "holidays"
    assert "27 days of paid leave" in by_type["agent_output"]["content"]


def test_what_is_found_follows_the_entries(api: httpx.Client) -> None:
    make(api, key="mine")
    assert agent(api, "mine").status_code == 201

    def found() -> tuple[str, str]:
        """What was searched for, and the document that was found first."""
        events = {event["type"]: event for event in say(api, "Who uses the blinkenkasten?").json()["events"]}
        results = events["tool_output"]["tool_output"]["search_results"]
        return events["tool_input"]["tool_input"]["query"], results[0]["document_id"]

    query, document = found()
    assert query == "Who uses the blinkenkasten?"
    assert document != "kiln-safety"
    put(api, "mine", {"Blinkenkasten": "kiln"})
    assert found() == ("Who uses the blinkenkasten (kiln)?", "kiln-safety")
    drop(api, "mine", "Blinkenkasten")
    assert found() == (query, document)


def test_an_agent_misses_a_glossary_that_is_gone(api: httpx.Client) -> None:
    assert agent(api, "workshop-words").status_code == 201
    assert api.delete(SHIPPED).status_code == 204
    body = refused(say(api, "How many days of PTO?"), 422)
    assert "workshop-words" in body["messages"][0]
