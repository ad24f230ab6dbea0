"""Agent events through HTTP: inputs, busy sessions, hidden events, summaries. Spec tag: Agent Sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, read, refused
from tests.apis.vectara.talking import (
    SEARCH,
    answered,
    artifacts,
    begin,
    frames,
    history,
    make_agent,
    message,
    say,
    send,
    streamed_input,
    types,
    upload,
)
from understudy.pytest_plugin import BackgroundServer, Understudy

MONDAY = "/v2/agents/front-desk/sessions/monday"
EVENTS = f"{MONDAY}/events"
ORDER = "My order is 7731 and it came broken."
RECALL = "Which order was it, and what was wrong?"
TURN = ["input_message", "thinking", "agent_output"]
COMPACT = {"type": "compact"}
INTERRUPT = {"type": "interrupt"}
MODELS = """\
llms:
  - {name: tiny, capabilities: {context_limit: 400}}
  - {name: speck, capabilities: {context_limit: 40}}
"""


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def busy_for(understudy: Understudy, pace: str, amount: int = 0) -> None:
    understudy.lifecycle(dials={"agent_turns": {"pace": pace, "amount": amount}})


@pytest.fixture
def session(api: httpx.Client) -> str:
    return begin(api, make_agent(api))


def test_a_message_is_answered_and_kept(api: httpx.Client, session: str) -> None:
    told = say(api, session, ORDER)
    assert types(told) == TURN
    assert told[0]["messages"] == [{"type": "text", "content": ORDER}]
    assert history(api, session) == told
    for event in told:
        assert event["id"].startswith("aev_")
        assert read(api, f"{session}/events/{event['id']}") == event
    usage = read(api, session)["session_context_usage"]
    assert usage["model_context_window"] > usage["total_tokens"] > usage["input_tokens"]["count"] > 0
    assert usage["total_tokens"] == usage["input_tokens"]["count"] + usage["output_tokens"]["count"]


def test_several_parts_are_one_message(api: httpx.Client, session: str) -> None:
    parts = [{"type": "text", "content": "My locker is number 88."}, {"type": "text", "content": ORDER}]
    told = send(api, session, {"type": "input_message", "messages": parts})
    assert told[0]["messages"] == parts
    assert "88" in answered(say(api, session, "Which number has my locker?"))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.type"),
        ({"type": "shout"}, "body.type"),
        ({"type": "input_message"}, "body.messages"),
        ({"type": "input_message", "messages": []}, "body.messages"),
        (message(""), "body.messages[0].content"),
        (message(" \n\t"), "body.messages[0].content"),
        (message("x" * 200_001), "body.messages[0].content"),
        ({"type": "input_message", "messages": [{"type": "text"}]}, "body.messages[0].content"),
        ({"type": "input_message", "messages": [{"type": "image"}]}, "body.messages[0].type"),
        (
            {"type": "input_message", "messages": [{"type": "skill", "skill_name": "none"}]},
            "body.messages[0].skill_name",
        ),
        (message("Hi", since="aev_none"), "body.since"),
        (message("Hi", behavior="shout"), "body.behavior"),
        (message("Hi", stream_response="yes"), "body.stream_response"),
        ({"type": "compact", "compact_up_to_event_id": "aev_none"}, "body.compact_up_to_event_id"),
    ],
)
def test_bad_inputs_are_named_and_nothing_changes(
    understudy: Understudy, api: httpx.Client, body: dict[str, Any], place: str
) -> None:
    before = state(understudy)
    refused(api.post(EVENTS, json=body), 400, place)
    refused(api.post(EVENTS, json={**body, "stream_response": body.get("stream_response", True)}), 400, place)
    assert state(understudy) == before


def test_an_empty_session_cannot_be_summed_up(api: httpx.Client, session: str) -> None:
    refused(api.post(f"{session}/events", json=COMPACT), 400, "body.type")


def test_events_are_listed_over_pages(api: httpx.Client, session: str) -> None:
    told = [event for number in range(5) for event in say(api, session, f"My locker is number {number}.")]
    pages = all_pages(api, f"{session}/events", "events", limit=4)
    assert [len(page) for page in pages] == [4, 4, 4, 3]
    assert [event for page in pages for event in page] == told
    first = read(api, f"{session}/events", limit=4)["metadata"]["page_key"]
    refused(api.get(f"{session}/events", params={"page_key": first, "include_hidden": True}), 400)
    refused(api.get(f"{session}/events", params={"limit": 0}), 400, "query.limit")


def test_what_is_not_there_is_404(understudy: Understudy, api: httpx.Client) -> None:
    before = state(understudy)
    for answer in (
        api.get(f"{EVENTS}/aev_none"),
        api.delete(f"{EVENTS}/aev_none"),
        api.post(f"{EVENTS}/aev_none/hide"),
        api.post(f"{EVENTS}/aev_none/unhide"),
    ):
        assert refused(answer, 404)["id"] == "aev_none"
    assert state(understudy) == before


def test_what_is_hidden_is_not_known_until_it_is_shown_again(api: httpx.Client, session: str) -> None:
    told = say(api, session, ORDER)
    for event in told:
        hidden = api.post(f"{session}/events/{event['id']}/hide")
        assert (hidden.status_code, hidden.json()) == (200, event)
    assert history(api, session) == []
    assert history(api, session, include_hidden=True) == told
    assert read(api, f"{session}/events/{told[0]['id']}") == told[0]
    blind = say(api, session, RECALL)
    assert "7731" not in str(blind)
    for event in told:
        assert api.post(f"{session}/events/{event['id']}/hide").json() == event
        shown = api.post(f"{session}/events/{event['id']}/unhide")
        assert (shown.status_code, shown.json()) == (200, event)
    assert history(api, session) == [*told, *blind]
    assert "7731" in answered(say(api, session, RECALL))


def test_what_is_deleted_is_gone(api: httpx.Client, session: str) -> None:
    told = say(api, session, ORDER)
    for event in told:
        assert api.delete(f"{session}/events/{event['id']}").status_code == 204
        refused(api.get(f"{session}/events/{event['id']}"), 404)
    assert history(api, session, include_hidden=True) == []
    assert "7731" not in str(say(api, session, RECALL))


def test_the_output_of_a_hidden_call_tells_nothing(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools={"search": SEARCH}))
    question = "How many days of paid leave do employees have?"
    for event in say(api, session, question):
        if event["type"] in ("tool_input", "agent_output"):
            api.post(f"{session}/events/{event['id']}/hide")
    assert "27 days" in answered(say(api, session, question))


def test_since_tells_what_was_missed_first(api: httpx.Client, session: str) -> None:
    first = say(api, session, ORDER)
    second = say(api, session, "My locker is number 88.")
    told = say(api, session, "Thanks!", since=first[-1]["id"])
    assert told[:3] == second
    assert types(told) == TURN * 2
    whole = say(api, session, "Thank you!", since="start")
    assert whole[:-3] == first + told
    assert history(api, session) == whole
    assert types(say(api, session, "Bye!", since=whole[-1]["id"])) == TURN
    api.post(f"{session}/events/{first[0]['id']}/hide")
    refused(api.post(f"{session}/events", json=message("Hi", since=first[0]["id"])), 400, "body.since")


def test_a_busy_session_wants_to_know_what_becomes_of_a_message(
    understudy: Understudy, api: httpx.Client, session: str
) -> None:
    busy_for(understudy, "millis", 60_000)
    understudy.look(lambda world: world.clock.set_mode("frozen"))
    told = say(api, session, ORDER)
    refused(api.post(f"{session}/events", json=message("And?")), 409)
    refused(api.post(f"{session}/events", json=COMPACT), 409)
    refused(api.post(f"{session}/events", files={"files": ("a.txt", b"a", "text/plain")}), 409)
    assert history(api, session) == told
    assert artifacts(api, session) == []
    for behavior in ("steer", "follow_up"):
        assert types(say(api, session, "My locker is number 88.", behavior=behavior)) == TURN
        refused(api.post(f"{session}/events", json=message("And?")), 409)
    understudy.advance(seconds=60)
    assert "7731" in answered(say(api, session, RECALL))


def test_a_busy_session_counts_every_input_as_a_look(
    understudy: Understudy, api: httpx.Client, session: str
) -> None:
    busy_for(understudy, "polls", 3)
    say(api, session, ORDER)
    for _ in range(2):
        refused(api.post(f"{session}/events", json=message("And?")), 409)
        read(api, session)
    assert types(say(api, session, "And?"))[0] == "input_message"
    other = begin(api, session.rpartition("/")[0])
    assert types(say(api, other, "Hello!")) == TURN


def test_a_turn_is_interrupted(understudy: Understudy, api: httpx.Client, session: str) -> None:
    assert send(api, session, INTERRUPT) == []
    busy_for(understudy, "polls", 10)
    told = say(api, session, ORDER)
    interrupted = send(api, session, INTERRUPT)
    assert types(interrupted) == ["session_interrupted"]
    assert history(api, session, include_hidden=True) == told
    busy_for(understudy, "immediate")
    assert types(say(api, session, "And?"))[0] == "input_message"
    assert types(streamed_input(api, session, INTERRUPT)) == ["end"]


def test_a_request_for_a_summary_hides_the_past_and_keeps_what_it_told(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools={"search": SEARCH}))
    say(api, session, ORDER)
    say(api, session, "How many days of paid leave do employees have?")
    before = history(api, session)
    (event,) = send(api, session, {**COMPACT, "compaction_message": "Briefly."})
    assert event["type"] == "compaction"
    assert (event["turns_compacted"], event["events_compacted"]) == (2, len(before))
    assert event["summary_key"].startswith("sum_")
    assert history(api, session) == [event]
    assert history(api, session, include_hidden=True) == [*before, event]
    told = answered(say(api, session, RECALL))
    assert "7731" in told
    assert "broken" in told
    again = send(api, session, COMPACT)[0]
    assert again["turns_compacted"] == 1
    assert "7731" in again["summary_text"]
    assert "broken" in answered(say(api, session, RECALL))
    assert "27 days" in answered(say(api, session, "How many days of paid leave do employees have?"))


def test_a_summary_up_to_an_event_leaves_the_rest(api: httpx.Client, session: str) -> None:
    last = say(api, session, ORDER)[-1]
    rest = say(api, session, "My locker is number 88.")
    event = send(api, session, {**COMPACT, "compact_up_to_event_id": last["id"]})[0]
    assert (event["turns_compacted"], event["events_compacted"]) == (1, 3)
    assert history(api, session) == [*rest, event]
    assert "7731" in answered(say(api, session, RECALL))
    assert "88" in answered(say(api, session, "Which number has my locker?"))
    hidden = api.post(f"{session}/events/{last['id']}/hide")
    assert hidden.status_code == 200
    assert api.post(f"{session}/events/{last['id']}/unhide").status_code == 200
    assert last in history(api, session)


@pytest.mark.parametrize(
    ("policy", "told"), [("exclude", ()), ("include_outputs", ("27",)), ("include_all", ("27", "query"))]
)
def test_a_summary_tells_of_tools_what_the_agent_says(
    api: httpx.Client, policy: str, told: tuple[str, ...]
) -> None:
    sessions = make_agent(api, tools={"search": SEARCH}, compaction={"tool_event_policy": policy})
    session = begin(api, sessions)
    assert read(api, session)["effective_compaction"]["tool_event_policy"] == policy
    say(api, session, "How many days of paid leave do employees have?")
    summary = send(api, session, COMPACT)[0]["summary_text"]
    lines = [line for line in summary.splitlines() if line.startswith("Tool ")]
    assert bool(lines) is bool(told)
    assert all(one in "\n".join(lines) for one in told)
    api.patch("/v2/agents/clerk", json={"compaction": {"tool_event_policy": "exclude"}})
    assert read(api, session)["effective_compaction"]["tool_event_policy"] == policy


@pytest.fixture
def small(understudy_server: BackgroundServer, tmp_path: Path) -> Iterator[httpx.Client]:
    """A world with models that take little."""
    name = "small-models"
    with begin_from(understudy_server, name, tmp_path / "world.yaml", MODELS) as client:
        yield client
    understudy_server.on_loop(lambda: understudy_server.server.worlds.delete(name))


def test_a_small_model_is_spared_by_summaries(small: httpx.Client) -> None:
    session = begin(small, make_agent(small, model={"name": "tiny"}))
    say(small, session, ORDER)
    told = [say(small, session, f"My locker on floor {number} is number {number}8.") for number in range(40)]
    compacted = [events for events in told if "compaction" in types(events)]
    assert len(compacted) >= 3
    for events in compacted:
        assert types(events) == ["input_message", "compaction", "thinking", "agent_output"]
    assert "7731" in answered(say(small, session, RECALL))
    assert read(small, session)["session_context_usage"]["total_tokens"] <= 400
    stream = [streamed_input(small, session, message(f"My car is number {n}.")) for n in range(12)]
    started = next(events for events in stream if "compaction_started" in types(events))
    assert types(started)[:3] == ["input_message", "compaction_started", "compaction"]


def test_a_message_that_is_too_large_for_the_model_ends_the_turn(small: httpx.Client) -> None:
    sessions = make_agent(small, model={"name": "speck"}, compaction={"enabled": False})
    session = begin(small, sessions)
    told = say(small, session, "My order came broken. " * 40)
    assert types(told) == ["input_message", "context_limit_exceeded"]
    assert told[1]["context_limit"] == 40
    assert told[1]["actual_tokens"] > 40
    assert history(small, session) == told
    again = streamed_input(small, session, message("Hi"))
    assert types(again) == ["input_message", "context_limit_exceeded", "end"]
    small.post(f"{session}/events/{told[0]['id']}/hide")
    for event in again[:1]:
        small.post(f"{session}/events/{event['id']}/hide")
    assert types(say(small, session, "Hello!")) == TURN


def test_files_come_first_and_are_kept(api: httpx.Client, session: str) -> None:
    told = upload(
        api,
        session,
        ORDER,
        ("a.txt", b"alpha", "text/plain"),
        ("pic.PNG", b"\x89PNG", "image/png"),
        ("B.md", b"# Beta", ""),
    )
    assert types(told) == ["artifact_upload", *TURN]
    kept = told[0]["artifacts"]
    assert [one["filename"] for one in kept] == ["a.txt", "pic.PNG", "B.md"]
    assert [one["mime_type"] for one in kept] == ["text/plain", "image/png", "text/markdown"]
    assert [one["size_bytes"] for one in kept] == [5, 4, 6]
    assert [one["artifact_id"] for one in artifacts(api, session)] == [one["artifact_id"] for one in kept]
    alone = upload(api, session, "", ("c.txt", b"gamma", "text/plain"))
    assert types(alone) == ["artifact_upload"]
    form = {"files": ("d.txt", b"delta", "text/plain")}
    stream = frames(
        api.post(f"{session}/events", files=form, data={"message": "Hi", "stream_response": "true"})
    )
    assert types(stream)[:2] == ["artifact_upload", "input_message"]
    assert types(stream)[-1] == "end"
    said = api.post(f"{session}/events", files={"message": (None, RECALL)})
    assert "7731" in answered(said.json()["events"])


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.exe", "application/octet-stream"), ("noname", ""), ("a.mp4", "video/mp4"), ("pdf", "x/y")],
)
def test_files_of_other_kinds_are_refused(
    understudy: Understudy, api: httpx.Client, name: str, media_type: str
) -> None:
    before = state(understudy)
    files = [("files", ("a.txt", b"a", "text/plain")), ("files", (name, b"\0\1", media_type))]
    refused(api.post(EVENTS, files=files, data={"message": "Hi"}), 400, "body.files[1]")
    assert state(understudy) == before


def test_a_form_without_anything_is_refused(understudy: Understudy, api: httpx.Client) -> None:
    before = state(understudy)
    refused(api.post(EVENTS, files={"message": (None, "")}), 400, "body.files")
    refused(api.post(EVENTS, files={"message": (None, "  ")}), 400, "body.message")
    refused(api.post(EVENTS, files={"message": (None, "x" * 200_001)}), 400, "body.message")
    large = {"files": ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "text/plain")}
    refused(api.post(EVENTS, files=large), 413)
    assert state(understudy) == before
