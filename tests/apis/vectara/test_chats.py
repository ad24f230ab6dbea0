"""Chats through HTTP: turns, rephrasing, what is stored, streams. Spec tag: Chats."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    all_pages,
    attribute,
    begin_from,
    core,
    ids,
    kinds,
    make_corpus,
    put,
    read,
    refused,
    streamed,
    texts,
)
from understudy.apis.vectara.chats import seed_chat, seed_turn
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

SEARCH = {"corpora": [{"corpus_key": "handbook"}]}
LEAVE = "How many days of paid leave do employees have?"
LEAVE_ANSWER = "Every employee has 27 days of paid leave a year. [1]"
ORDER = [
    "search_results",
    "chat_info",
    "generation_info",
    "generation_chunk",
    "generation_end",
    "factual_consistency_score",
    "end",
]


def begin(api: httpx.Client, query: str = LEAVE, **body: Any) -> dict[str, Any]:
    """The answer to the first question of a new chat."""
    answer = api.post("/v2/chats", json={"query": query, "search": SEARCH, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def go_on(api: httpx.Client, chat_id: str, query: str, **body: Any) -> dict[str, Any]:
    """The answer to the next question of a chat."""
    answer = api.post(f"/v2/chats/{chat_id}/turns", json={"query": query, "search": SEARCH, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def turns_of(api: httpx.Client, chat_id: str) -> list[dict[str, Any]]:
    return read(api, f"/v2/chats/{chat_id}/turns")["turns"]


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.store.version, world.clock.millis(), world.store.dump()))


# A new chat


def full_body(**changed: Any) -> dict[str, Any]:
    """Every member that a request may have, in the form in which the vendor's example has them."""
    template = """[
      {"role": "system", "content": "You know the harbour."},
      #foreach ($one in $vectaraQueryResults)
      {"role": "user", "content": "Read the $vectaraIdxWord[$foreach.index] passage."},
      {"role": "assistant", "content": "${one.getText()}" },
      #end
      {"role": "user", "content": "What do they say about '${vectaraQuery}'?"}
    ]"""
    corpus = {
        "corpus_key": "harbour",
        "custom_dimensions": {},
        "metadata_filter": "doc.title = 'Skipper''s Log'",
        "lexical_interpolation": 0.1,
        "semantics": "default",
    }
    return {
        "query": "When does the ferry leave?",
        "search": {
            "corpora": [corpus],
            "offset": 0,
            "limit": 20,
            "context_configuration": {
                "characters_before": 40,
                "characters_after": 20,
                "sentences_before": 1,
                "sentences_after": 2,
                "start_tag": "<mark>",
                "end_tag": "</mark>",
            },
            "reranker": {
                "type": "customer_reranker",
                "reranker_name": "Rerank_Multilingual_v1",
                "limit": 0,
                "cutoff": 0,
            },
        },
        "generation": {
            "generation_preset_name": "vectara-summary-ext-24-05-med",
            "max_used_search_results": 4,
            "prompt_template": template,
            "max_response_characters": 200,
            "response_language": "auto",
            "model_parameters": {
                "max_tokens": 0,
                "temperature": 0,
                "frequency_penalty": 0,
                "presence_penalty": 0,
            },
            "citations": {
                "style": "none",
                "url_pattern": "https://harbour.example/{doc.id}",
                "text_pattern": "{doc.title}",
            },
            "enable_factual_consistency_score": True,
        },
        "chat": {"store": True},
        "save_history": True,
        "stream_response": False,
        **changed,
    }


@pytest.fixture
def harbour(api: httpx.Client) -> httpx.Client:
    make_corpus(api, "harbour", filter_attributes=[attribute("title")])
    log = core(
        "log", "The ferry leaves at nine.", "Cars wait for the ferry.", metadata={"title": "Skipper's Log"}
    )
    put(api, "harbour", log)
    put(api, "harbour", core("other", "The ferry leaves at ten.", metadata={"title": "Rumours"}))
    return api


def test_a_request_with_every_member_is_answered(harbour: httpx.Client) -> None:
    answer = harbour.post("/v2/chats", json=full_body())
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["answer"] == "The ferry leaves at nine. Cars wait for the ferry."
    assert (
        told["search_results"][0]["text"] == "<mark>The ferry leaves at nine.</mark> Cars wait for the ferry."
    )
    assert set(ids(told["search_results"])) == {"log"}
    assert "Read the second passage." in told["rendered_prompt"]
    assert "'When does the ferry leave?'" in told["rendered_prompt"]
    assert set(told) == {
        "chat_id", "turn_id", "answer", "response_language", "search_results", "rendered_prompt",
        "factual_consistency_score",
    }  # fmt: skip


def test_a_stream_of_a_request_with_every_member(harbour: httpx.Client) -> None:
    events = streamed(harbour, full_body(), "/v2/chats")
    assert kinds(events) == ORDER
    assert set(events[1]) == {"type", "chat_id", "turn_id"}
    assert (
        read(harbour, f"/v2/chats/{events[1]['chat_id']}")["first_answer"]
        == "The ferry leaves at nine. Cars wait for the ferry."
    )


def test_a_chat_is_kept_with_its_first_turn(api: httpx.Client) -> None:
    told = begin(api)
    assert told["answer"] == LEAVE_ANSWER
    assert told["chat_id"].partition("_")[2] == told["turn_id"].partition("_")[2]
    assert (told["chat_id"][:4], told["turn_id"][:4]) == ("cht_", "trn_")
    chat = read(api, f"/v2/chats/{told['chat_id']}")
    assert chat == {
        "id": told["chat_id"],
        "first_query": LEAVE,
        "first_answer": LEAVE_ANSWER,
        "enabled": True,
        "created_at": chat["created_at"],
    }
    turn = {
        "id": told["turn_id"],
        "chat_id": told["chat_id"],
        "query": LEAVE,
        "answer": LEAVE_ANSWER,
        "enabled": True,
        "created_at": chat["created_at"],
    }
    assert read(api, f"/v2/chats/{told['chat_id']}/turns/{told['turn_id']}") == turn
    assert turns_of(api, told["chat_id"]) == [turn]


@pytest.mark.parametrize("generation", [{}, None, {"enabled": False}, {"enabled": True}, "absent"])
def test_an_answer_is_always_generated(api: httpx.Client, generation: Any) -> None:
    body = {} if generation == "absent" else {"generation": generation}
    first = begin(api, **body)
    assert first["answer"] == LEAVE_ANSWER
    again = go_on(api, first["chat_id"], "How much may a hotel room cost?", **body)
    assert again["answer"] == "Hotel rooms may cost at most 140 euros a night. [1]"


def test_nothing_found_is_answered_in_words(api: httpx.Client) -> None:
    make_corpus(api, "empty")
    told = begin(api, search={"corpora": [{"corpus_key": "empty"}]})
    assert told["search_results"] == []
    assert told["answer"]
    assert "factual_consistency_score" not in told
    assert turns_of(api, told["chat_id"])[0]["answer"] == told["answer"]


KEPT = [
    ({}, True),
    ({"chat": {}}, True),
    ({"chat": {"store": True}}, True),
    ({"save_history": True, "chat": {"store": True}}, True),
    ({"chat": {"store": False}}, False),
    ({"save_history": True, "chat": {"store": False}}, False),
    ({"save_history": False}, False),
    ({"save_history": False, "chat": {"store": True}}, False),
]


@pytest.mark.parametrize(("body", "kept"), KEPT)
@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_is_stored_when_both_members_say_so(
    api: httpx.Client, body: dict[str, Any], kept: bool, stream: bool
) -> None:
    before = read(api, "/v2/chats")["chats"]
    if stream:
        events = streamed(api, {"query": LEAVE, "search": SEARCH, **body}, "/v2/chats")
        assert kinds(events) == [kind for kind in ORDER if kept or kind != "chat_info"]
    else:
        assert ({"chat_id", "turn_id"} <= set(begin(api, **body))) is kept
    assert len(read(api, "/v2/chats")["chats"]) - len(before) == kept


@pytest.mark.parametrize(("body", "kept"), KEPT)
def test_a_turn_is_stored_when_both_members_say_so(
    api: httpx.Client, body: dict[str, Any], kept: bool
) -> None:
    chat_id = begin(api)["chat_id"]
    before = (read(api, f"/v2/chats/{chat_id}"), turns_of(api, chat_id))
    told = go_on(api, chat_id, "And what happens to unused ones?", **body)
    assert told["rephrased_query"] == "And what happens to unused ones? (paid leave)"
    if kept:
        assert told["chat_id"] == chat_id
        assert turns_of(api, chat_id)[1]["id"] == told["turn_id"]
    else:
        assert not {"chat_id", "turn_id"} & set(told)
        assert (read(api, f"/v2/chats/{chat_id}"), turns_of(api, chat_id)) == before


# Turns


def test_a_follow_up_is_searched_with_what_it_leaves_out(api: httpx.Client) -> None:
    make_corpus(api, "shop")
    put(api, "shop", core("lamp", "The lamp runs for nine hours on one charge.", "The lamp costs 40 euros."))
    put(api, "shop", core("tent", "The tent costs 90 euros.", "The tent sleeps three people."))
    search = {"corpora": [{"corpus_key": "shop"}]}
    first = begin(api, "How long does the lamp run on one charge?", search=search)
    assert "rephrased_query" not in first
    alone = begin(api, "and what does it cost?", search=search)
    assert alone["search_results"][0]["text"] == "The tent costs 90 euros."
    told = go_on(api, first["chat_id"], "and what does it cost?", search=search)
    assert told["rephrased_query"] == "and what does it cost? (lamp)"
    assert told["search_results"][0]["text"] == "The lamp costs 40 euros."
    assert told["answer"] == "The lamp costs 40 euros. [1]"
    assert told["rephrased_query"] in told["rendered_prompt"]
    assert turns_of(api, first["chat_id"])[1]["query"] == "and what does it cost?"
    other = go_on(api, first["chat_id"], "How many people does the tent sleep?", search=search)
    assert other["rephrased_query"] == "How many people does the tent sleep?"
    last = go_on(api, first["chat_id"], "and what does it cost?", search=search)
    assert last["search_results"][0]["text"] == "The tent costs 90 euros."


def test_a_rephrased_query_never_grows_beyond_the_limit(api: httpx.Client) -> None:
    chat_id = begin(api)["chat_id"]
    longest = "Does it " + "x" * 4992
    assert go_on(api, chat_id, longest)["rephrased_query"] == longest
    fits = go_on(api, chat_id, "Does it " + "x" * 4900)
    assert fits["rephrased_query"].endswith("(paid leave)")


def test_disabled_turns_are_listed_and_forgotten(api: httpx.Client) -> None:
    chat_id = begin(api)["chat_id"]
    kiln = go_on(api, chat_id, "How hot is the kiln?")["turn_id"]
    go_on(api, chat_id, "Who checks the gloves?")
    path = f"/v2/chats/{chat_id}/turns/{kiln}"
    changed = api.patch(path, json={"enabled": False})
    assert changed.status_code == 200
    assert changed.json() == {**read(api, path), "enabled": False}
    assert [turn["enabled"] for turn in turns_of(api, chat_id)] == [True, False, False]
    assert read(api, f"/v2/chats/{chat_id}")["enabled"] is True
    assert go_on(api, chat_id, "Do they expire?")["rephrased_query"] == "Do they expire? (paid leave)"
    assert [turn["enabled"] for turn in turns_of(api, chat_id)] == [True, False, False, True]


def test_disabling_the_first_turn_ends_the_chat(api: httpx.Client) -> None:
    first = begin(api)
    chat_id = first["chat_id"]
    go_on(api, chat_id, "Do they expire?")
    api.patch(f"/v2/chats/{chat_id}/turns/{first['turn_id']}", json={"enabled": False})
    assert [turn["enabled"] for turn in turns_of(api, chat_id)] == [False, False]
    assert read(api, f"/v2/chats/{chat_id}")["enabled"] is False
    asked = {"query": "Why?", "search": SEARCH}
    refusal = refused(api.post(f"/v2/chats/{chat_id}/turns", json=asked), 400, "path.chat_id")
    assert chat_id in refusal["field_errors"]["path.chat_id"]
    asked["stream_response"] = True
    refused(api.post(f"/v2/chats/{chat_id}/turns", json=asked), 400, "path.chat_id")
    assert len(turns_of(api, chat_id)) == 2


def test_a_change_that_changes_nothing(understudy: Understudy, api: httpx.Client) -> None:
    path = "/v2/chats/cht_welcome/turns/trn_next"
    turn = read(api, path)
    before = state(understudy)
    assert api.patch(path, json={}).json() == turn
    for value in (True, None, 0, "false"):
        refused(api.patch(path, json={"enabled": value}), 400, "body.enabled")
    assert state(understudy) == before
    api.patch(path, json={"enabled": False})
    once = state(understudy)
    assert api.patch(path, json={"enabled": False}).json() == {**turn, "enabled": False}
    assert state(understudy) == once


def test_deleting_a_turn_takes_the_later_ones_along(api: httpx.Client) -> None:
    chat_id = begin(api)["chat_id"]
    second = go_on(api, chat_id, "How hot is the kiln?")["turn_id"]
    third = go_on(api, chat_id, "Who opens it?")["turn_id"]
    assert api.delete(f"/v2/chats/{chat_id}/turns/{second}").status_code == 204
    assert len(turns_of(api, chat_id)) == 1
    for turn_id in (second, third):
        path = f"/v2/chats/{chat_id}/turns/{turn_id}"
        assert refused(api.get(path), 404)["id"] == turn_id
        assert refused(api.delete(path), 404)["id"] == turn_id
        assert refused(api.patch(path, json={"enabled": False}), 404)["id"] == turn_id
    assert go_on(api, chat_id, "Do they expire?")["rephrased_query"] == "Do they expire? (paid leave)"


def test_deleting_the_first_turn_takes_the_chat_along(api: httpx.Client) -> None:
    first = begin(api)
    chat_id = first["chat_id"]
    go_on(api, chat_id, "Do they expire?")
    assert api.delete(f"/v2/chats/{chat_id}/turns/{first['turn_id']}").status_code == 204
    refused(api.get(f"/v2/chats/{chat_id}"), 404)
    assert [chat["id"] for chat in read(api, "/v2/chats")["chats"]] == ["cht_welcome"]


def test_a_deleted_chat_is_gone_for_every_operation(api: httpx.Client) -> None:
    first = begin(api)
    path = f"/v2/chats/{first['chat_id']}"
    assert api.delete(path).status_code == 204
    asked = {"query": "Why?", "search": SEARCH}
    for answer in (
        api.get(path),
        api.delete(path),
        api.get(f"{path}/turns"),
        api.post(f"{path}/turns", json=asked),
        api.post(f"{path}/turns", json={**asked, "stream_response": True}),
        api.get(f"{path}/turns/{first['turn_id']}"),
        api.patch(f"{path}/turns/{first['turn_id']}", json={"enabled": False}),
        api.delete(f"{path}/turns/{first['turn_id']}"),
    ):
        assert refused(answer, 404)["id"] == first["chat_id"]


def test_a_turn_of_another_chat_is_not_found(api: httpx.Client) -> None:
    one, other = begin(api), begin(api)
    refused(api.get(f"/v2/chats/{one['chat_id']}/turns/{other['turn_id']}"), 404)
    refused(api.delete(f"/v2/chats/{one['chat_id']}/turns/{other['turn_id']}"), 404)
    assert len(turns_of(api, other["chat_id"])) == 1


# Lists


def test_chats_are_listed_newest_first_page_by_page(api: httpx.Client) -> None:
    made = [begin(api)["chat_id"] for _ in range(7)][::-1]
    pages = all_pages(api, "/v2/chats", "chats", limit=3)
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [chat["id"] for page in pages for chat in page] == [*made, "cht_welcome"]
    first = read(api, "/v2/chats", limit=2)
    begin(api)
    api.delete(f"/v2/chats/{made[1]}")
    rest = read(api, "/v2/chats", page_key=first["metadata"]["page_key"])
    assert [chat["id"] for chat in rest["chats"]] == [*made[2:], "cht_welcome"]
    assert rest["metadata"] == {"page_key": ""}


def test_a_page_holds_a_thousand_chats_by_default_and_ten_thousand_at_most(
    understudy: Understudy, api: httpx.Client
) -> None:
    row = {"first_query": "q", "first_answer": "a"}
    understudy.look(lambda world: [seed_chat(world, row) for _ in range(1100)])
    assert len(read(api, "/v2/chats")["chats"]) == 1000
    assert len(read(api, "/v2/chats", limit=10_000)["chats"]) == 1101
    for limit in (0, 10_001, "x"):
        refused(api.get("/v2/chats", params={"limit": limit}), 400, "query.limit")
    refused(api.get("/v2/chats", params={"page_key": "x"}), 400, "query.page_key")


def test_a_chat_of_a_thousand_turns_is_listed_and_goes_on(understudy: Understudy, api: httpx.Client) -> None:
    chat_id = begin(api, "How hot is the kiln?")["chat_id"]
    row = {"chat_id": chat_id, "query": "Who opens it?", "answer": "Nobody."}
    understudy.look(lambda world: [seed_turn(world, row) for _ in range(998)])
    last = go_on(api, chat_id, "Is it lit?")
    assert last["rephrased_query"] == "Is it lit? (kiln)"
    turns = turns_of(api, chat_id)
    assert len(turns) == 1000
    assert [turn["created_at"] for turn in turns] == sorted(turn["created_at"] for turn in turns)
    assert turns[-1]["id"] == last["turn_id"]
    middle = turns[500]["id"]
    api.patch(f"/v2/chats/{chat_id}/turns/{middle}", json={"enabled": False})
    assert [turn["enabled"] for turn in turns_of(api, chat_id)].count(True) == 500
    assert go_on(api, chat_id, "Is it lit?")["rephrased_query"] == "Is it lit? (kiln)"
    api.delete(f"/v2/chats/{chat_id}/turns/{middle}")
    assert len(turns_of(api, chat_id)) == 500


# Streams


def test_a_turn_is_streamed_with_its_rephrased_query(api: httpx.Client) -> None:
    chat_id = begin(api)["chat_id"]
    body = {"query": "And what happens to unused days?", "search": SEARCH}
    events = streamed(api, body, f"/v2/chats/{chat_id}/turns")
    assert kinds(events) == ORDER
    text = "".join(event.get("generation_chunk", "") for event in events)
    assert events[2]["rephrased_query"] == "And what happens to unused days? (paid leave)"
    stored = read(api, f"/v2/chats/{chat_id}/turns/{events[1]['turn_id']}")
    assert (stored["query"], stored["answer"]) == (body["query"], text)
    first = streamed(api, {"query": LEAVE, "search": SEARCH}, "/v2/chats")
    assert "rephrased_query" not in first[2]


def test_a_client_that_goes_away_does_not_take_its_turn_along(
    understudy: Understudy, api: httpx.Client
) -> None:
    understudy.lifecycle(cadence_millis=60_000)
    body = {"query": LEAVE, "search": SEARCH, "stream_response": True}
    with api.stream("POST", "/v2/chats", json=body) as answer:
        next(answer.iter_raw())
    newest = read(api, "/v2/chats", limit=1)["chats"][0]
    assert (newest["first_query"], newest["first_answer"]) == (LEAVE, LEAVE_ANSWER)
    history = read(api, "/v2/queries", chat_id=newest["id"])["queries"]
    assert [entry["generation"] for entry in history] == [LEAVE_ANSWER]


# Refusals


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"search": SEARCH}, ["body.query"]),
        ({"query": "x"}, ["body.search"]),
        ({"query": "x", "search": {}}, ["body.search.corpora"]),
        ({"query": "x", "search": {"corpora": []}}, ["body.search.corpora"]),
        ({"query": "x" * 5001, "search": SEARCH}, ["body.query"]),
        ({"query": "x", "search": SEARCH, "chat": {"store": "yes"}}, ["body.chat.store"]),
        ({"query": "x", "search": SEARCH, "save_history": 1}, ["body.save_history"]),
        (
            {"query": "x", "search": SEARCH, "generation": {"generation_preset_name": "none"}},
            ["body.generation.generation_preset_name"],
        ),
        (
            {"query": "x", "search": SEARCH, "generation": {"enabled": False, "prompt_template": "#if("}},
            ["body.generation.prompt_template"],
        ),
        (
            {
                "query": "x",
                "search": {"corpora": [{"corpus_key": "handbook", "metadata_filter": "doc.x = 1"}]},
            },
            ["body.search.corpora[0].metadata_filter"],
        ),
        (
            {"query": "x", "search": {**SEARCH, "reranker": {"reranker_name": "none"}}},
            ["body.search.reranker.reranker_name"],
        ),
        (
            {
                "query": "x",
                "search": {"corpora": [{"corpus_key": "handbook", "metadata_filter": "("}]},
                "intelligent_query_rewriting": True,
            },
            ["body.search.corpora[0].metadata_filter"],
        ),
    ],
)
@pytest.mark.parametrize("path", ["/v2/chats", "/v2/chats/cht_welcome/turns"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_question_is_refused_and_changes_nothing(
    understudy: Understudy,
    api: httpx.Client,
    path: str,
    body: dict[str, Any],
    fields: list[str],
    stream: bool,
) -> None:
    before = state(understudy)
    refused(api.post(path, json={**body, "stream_response": stream}), 400, *fields)
    assert state(understudy) == before


@pytest.mark.parametrize("path", ["/v2/chats", "/v2/chats/cht_welcome/turns"])
def test_a_corpus_that_cannot_be_searched_is_refused(
    understudy: Understudy, api: httpx.Client, path: str
) -> None:
    make_corpus(api, "off")
    api.patch("/v2/corpora/off", json={"enabled": False})
    before = state(understudy)
    for key, status in (("nowhere", 404), ("off", 403)):
        search = {"corpora": [{"corpus_key": "handbook"}, {"corpus_key": key}]}
        for more in ({}, {"intelligent_query_rewriting": True}):
            refused(api.post(path, json={"query": "x", "search": search, **more}), status)
    assert state(understudy) == before


@pytest.mark.parametrize("chat_id", ["chat_1", "cht_", "x"])
def test_an_id_of_another_form_is_refused(api: httpx.Client, chat_id: str) -> None:
    refused(api.get(f"/v2/chats/{chat_id}"), 400, "path.chat_id")
    refused(api.get(f"/v2/chats/{chat_id}/turns/turn"), 400, "path.chat_id", "path.turn_id")


# Keys


def test_a_bound_key_chats_about_its_corpora_and_sees_no_other_chat(
    understudy: Understudy, api: httpx.Client
) -> None:
    make_corpus(api, "secret")
    both = {"corpora": [{"corpus_key": "handbook"}, {"corpus_key": "secret"}]}
    hidden = begin(api, search=both)
    shared = begin(api)
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as reader:
        own = begin(reader)
        go_on(reader, shared["chat_id"], "Do they expire?")
        listed = [chat["id"] for chat in read(reader, "/v2/chats")["chats"]]
        assert listed == [own["chat_id"], shared["chat_id"], "cht_welcome"]
        path = f"/v2/chats/{hidden['chat_id']}"
        for answer in (
            reader.get(path),
            reader.get(f"{path}/turns"),
            reader.get(f"{path}/turns/{hidden['turn_id']}"),
            reader.post(f"{path}/turns", json={"query": "Why?", "search": SEARCH}),
            reader.post("/v2/chats", json={"query": "Why?", "search": both}),
            reader.patch(f"/v2/chats/{own['chat_id']}/turns/{own['turn_id']}", json={"enabled": False}),
            reader.delete(f"/v2/chats/{own['chat_id']}"),
        ):
            refused(answer, 403)
        go_on(api, shared["chat_id"], "And here?", search=both)
        refused(reader.get(f"/v2/chats/{shared['chat_id']}"), 403)
    assert len(read(api, "/v2/chats")["chats"]) == 4


# Lives of their own


def test_a_chat_outlives_its_corpus(api: httpx.Client) -> None:
    make_corpus(api, "gone")
    put(api, "gone", core("d", "The zebra sleeps."))
    search = {"corpora": [{"corpus_key": "gone"}]}
    chat_id = begin(api, "Does the zebra sleep?", search=search)["chat_id"]
    assert api.delete("/v2/corpora/gone").status_code == 204
    assert read(api, f"/v2/chats/{chat_id}")["first_answer"] == "The zebra sleeps. [1]"
    refused(api.post(f"/v2/chats/{chat_id}/turns", json={"query": "Why?", "search": search}), 404)
    assert go_on(api, chat_id, "How much may a hotel room cost?")["turn_id"]


def test_a_chat_uses_the_corpora_of_each_turn(api: httpx.Client) -> None:
    make_corpus(api, "other")
    put(api, "other", core("d", "Every employee has 3 days of paid leave a year."))
    chat_id = begin(api)["chat_id"]
    told = go_on(api, chat_id, LEAVE, search={"corpora": [{"corpus_key": "other"}]})
    assert told["answer"] == "Every employee has 3 days of paid leave a year. [1]"
    assert texts(told["search_results"]) == ["Every employee has 3 days of paid leave a year."]


def test_rewriting_works_on_the_rephrased_query(api: httpx.Client) -> None:
    told = begin(api, "What are the rules of the workshop?", intelligent_query_rewriting=True)
    extraction = {"query": "What are the rules?", "metadata_filter": "doc.department = 'workshop'"}
    assert told["rewritten_queries"] == [{"corpus_key": "handbook", "filter_extraction": extraction}]
    again = go_on(api, told["chat_id"], "Are they of 2023?", intelligent_query_rewriting=True)
    assert again["rephrased_query"] == "Are they of 2023? (rules, workshop)"
    assert again["rewritten_queries"][0]["filter_extraction"]["metadata_filter"] == (
        "doc.department = 'workshop' AND doc.year = 2023"
    )
    assert {result["document_id"] for result in again["search_results"]} == {"kiln-safety"}


CONVERSATION = """
chats:
  - {id: cht_a, first_query: How hot is the kiln?, first_answer: Below 60 degrees., corpus_keys: [x]}
  - {first_query: q, first_answer: a, enabled: false, created_at: "2020-02-02T02:02:02Z"}
turns:
  - {chat_id: cht_a, id: trn_b, query: Who opens it?, answer: Two people., created_at: "2021-01-01T00:00:00Z"}
  - {chat_id: cht_a, query: Why?, answer: Glass bursts., enabled: false}
corpora:
  - {key: x}
"""


def test_a_fixture_holds_earlier_conversations(understudy_server: BackgroundServer, tmp_path: Path) -> None:
    with begin_from(understudy_server, "chats-fixture", tmp_path / "f.yaml", CONVERSATION) as api:
        old, first = read(api, "/v2/chats")["chats"]
        assert (first["id"], first["enabled"], first["first_query"]) == (
            "cht_a",
            True,
            "How hot is the kiln?",
        )
        assert (old["enabled"], old["created_at"]) == (False, "2020-02-02T02:02:02Z")
        assert [turn["enabled"] for turn in turns_of(api, old["id"])] == [False]
        turns = turns_of(api, "cht_a")
        assert [turn["id"] for turn in turns][:2] == ["trn_a", "trn_b"]
        assert [turn["enabled"] for turn in turns] == [True, True, False]
        told = go_on(api, "cht_a", "Is it lit?", search={"corpora": [{"corpus_key": "x"}]})
        assert told["rephrased_query"] == "Is it lit? (kiln)"
        asked = {"query": "x", "search": SEARCH}
        refused(api.post(f"/v2/chats/{old['id']}/turns", json=asked), 400, "path.chat_id")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("chats: [{first_query: q}]", "first_answer is required"),
        ("chats: [{first_query: q, first_answer: a, id: x}]", "must match"),
        ("chats: [{first_query: q, first_answer: a, created_at: yesterday}]", "must be a date-time"),
        ("turns: [{chat_id: cht_none, query: q, answer: a}]", "chat 'cht_none' not found"),
    ],
)
def test_a_fault_of_a_fixture_is_told_with_its_line(
    understudy_server: BackgroundServer, tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(SetupError, match=rf"f.yaml:2: .*{fault}"):
        begin_from(understudy_server, f"chats-{time.monotonic_ns()}", tmp_path / "f.yaml", text)
