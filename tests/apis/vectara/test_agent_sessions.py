"""Agent sessions through HTTP: their life, copies of them, schedules. Spec tag: Agent Sessions."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from tests.apis.vectara.talking import (
    SEARCH,
    answered,
    artifacts,
    begin,
    history,
    make_agent,
    message,
    say,
    send,
    types,
    upload,
)
from understudy.pytest_plugin import Understudy

SESSIONS = "/v2/agents/front-desk/sessions"
ORDER = "My order is 7731 and it came broken."
RECALL = "Which order was it, and what was wrong?"
HOUR = 3600


@pytest.fixture(autouse=True)
def _frozen(understudy: Understudy) -> None:
    """Time moves when it is told to; a world begins on Thursday, 1 January 2026 at midnight."""
    understudy.look(lambda world: world.clock.set_mode("frozen"))


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_a_session_is_made_read_changed_and_deleted(api: httpx.Client) -> None:
    made = api.post(SESSIONS, json={}).json()
    assert made["key"].startswith("ase_front_desk_")
    assert (made["name"], made["agent_key"], made["metadata"]) == ("Front desk", "front-desk", {})
    assert (made["enabled"], made["tti_minutes"], made["current_step_name"]) == (True, 0, "answer")
    assert "description" not in made
    assert made["effective_compaction"]["enabled"] is True
    path = f"{SESSIONS}/{made['key']}"
    assert read(api, path) == made
    changed = api.patch(
        path, json={"name": "Tuesday", "metadata": {"a": {"b": [1]}}, "tti_minutes": 5}
    ).json()
    assert changed == {**made, "name": "Tuesday", "metadata": {"a": {"b": [1]}}, "tti_minutes": 5}
    assert api.patch(path, json={"metadata": {}, "description": "D"}).json() == {
        **changed,
        "metadata": {},
        "description": "D",
    }
    assert api.delete(path).status_code == 204
    for refusal in (api.get(path), api.delete(path), api.patch(path, json={}), api.get(f"{path}/events")):
        assert refused(refusal, 404)["id"] == made["key"]


def test_a_session_has_the_name_that_is_given_else_its_key(api: httpx.Client) -> None:
    assert read(api, begin(api, SESSIONS, key="x-1"))["name"] == "x-1"
    named = read(api, begin(api, SESSIONS, key="x-2", name="N", description="D", enabled=False))
    assert (named["name"], named["description"], named["enabled"]) == ("N", "D", False)


def test_a_key_is_unique_for_its_agent(api: httpx.Client) -> None:
    refused(api.post(SESSIONS, json={"key": "monday"}), 409)
    other = begin(api, make_agent(api), key="monday")
    assert history(api, other) == []
    assert len(history(api, f"{SESSIONS}/monday")) == 2


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"key": ""}, "body.key"),
        ({"key": "a b"}, "body.key"),
        ({"key": "k" * 51}, "body.key"),
        ({"metadata": []}, "body.metadata"),
        ({"metadata": None}, "body.metadata"),
        ({"enabled": "no"}, "body.enabled"),
        ({"tti_minutes": -1}, "body.tti_minutes"),
        ({"tti_minutes": 1 << 63}, "body.tti_minutes"),
        ({"from_session": {}}, "body.from_session.session_key"),
        ({"from_session": {"session_key": "none"}}, "body.from_session.session_key"),
        ({"from_session": {"session_key": "monday", "agent_key": "none"}}, "body.from_session.agent_key"),
        (
            {"from_session": {"session_key": "monday", "include_up_to_event_id": "aev_none"}},
            "body.from_session.include_up_to_event_id",
        ),
        (
            {"from_session": {"session_key": "monday", "compact_up_to_event_id": "aev_none"}},
            "body.from_session.compact_up_to_event_id",
        ),
        (
            {
                "from_session": {
                    "session_key": "monday",
                    "include_up_to_event_id": "aev_monday_1",
                    "compact_up_to_event_id": "aev_monday_1",
                }
            },
            "body.from_session.compact_up_to_event_id",
        ),
    ],
)
def test_bad_members_are_named_and_nothing_changes(
    understudy: Understudy, api: httpx.Client, body: dict[str, Any], place: str
) -> None:
    before = state(understudy)
    refused(api.post(SESSIONS, json=body), 400, place)
    if not place.startswith(("body.key", "body.from_session")):
        refused(api.patch(f"{SESSIONS}/monday", json=body), 400, place)
    assert state(understudy) == before


def test_sessions_are_listed_over_pages_and_filtered(api: httpx.Client) -> None:
    sessions = make_agent(api)
    for number in range(12):
        begin(
            api,
            sessions,
            key=f"s{number}",
            name=f"Talk {number}",
            description="odd" if number % 2 else "Even",
        )
    pages = all_pages(api, sessions, "sessions")
    assert [[one["key"] for one in page] for page in pages] == [
        [f"s{number}" for number in range(10)],
        ["s10", "s11"],
    ]
    assert [one["key"] for one in read(api, sessions, filter="TALK 1[01]")["sessions"]] == ["s10", "s11"]
    assert len(read(api, sessions, filter="even", limit=100)["sessions"]) == 6
    assert [one["key"] for one in read(api, sessions, filter="^s3$")["sessions"]] == ["s3"]
    first = read(api, sessions, limit=5, filter="even")["metadata"]["page_key"]
    assert [one["key"] for one in read(api, sessions, filter="even", page_key=first)["sessions"]] == ["s10"]
    refused(api.get(sessions, params={"limit": 101}), 400, "query.limit")
    refused(api.get(sessions, params={"filter": "("}), 400, "query.filter")
    refused(api.get(sessions, params={"page_key": "x"}), 400, "query.page_key")
    refused(api.get(sessions, params={"page_key": first, "filter": "odd"}), 400, "query.page_key")


def test_what_is_not_there_is_404(api: httpx.Client) -> None:
    for path in ("/v2/agents/none/sessions", "/v2/agents/none/sessions/monday", f"{SESSIONS}/none"):
        assert refused(api.get(path), 404)["id"] == "none"
    for path in (f"{SESSIONS}/none/events", f"{SESSIONS}/none/artifacts"):
        assert refused(api.get(path), 404)["id"] == "none"
    assert refused(api.post("/v2/agents/none/sessions", json={}), 404)["id"] == "none"
    assert refused(api.post(f"{SESSIONS}/none/events", json=message("Hi")), 404)["id"] == "none"


def test_a_disabled_agent_and_a_disabled_session_take_nothing(
    understudy: Understudy, api: httpx.Client
) -> None:
    session = begin(api, SESSIONS, enabled=False)
    before = state(understudy)
    refused(api.post(f"{session}/events", json=message("Hi")), 400, "path.session_key")
    assert state(understudy) == before
    api.patch(session, json={"enabled": True})
    api.patch("/v2/agents/front-desk", json={"enabled": False})
    before = state(understudy)
    refused(api.post(f"{session}/events", json=message("Hi")), 403)
    refused(api.post(SESSIONS, json={}), 403)
    assert state(understudy) == before
    assert read(api, session)["enabled"] is True
    api.patch("/v2/agents/front-desk", json={"enabled": True})
    assert types(say(api, session, "Hello!"))[-1] == "agent_output"


def test_an_idle_session_goes_by_the_clock_of_the_world(understudy: Understudy, api: httpx.Client) -> None:
    session = begin(api, SESSIONS, tti_minutes=30, key="short")
    understudy.advance(seconds=29 * 60)
    say(api, session, ORDER)
    understudy.advance(seconds=29 * 60)
    assert len(history(api, session)) == 3
    api.patch(session, json={"name": "Touched"})
    understudy.advance(seconds=30 * 60 - 1)
    assert read(api, session)["name"] == "Touched"
    understudy.advance(seconds=1)
    assert [one["key"] for one in read(api, SESSIONS)["sessions"]] == ["monday"]
    refused(api.get(session), 404)
    again = begin(api, SESSIONS, key="short")
    assert history(api, again) == []


def test_sessions_go_with_their_agent_and_know_nothing_of_each_other(api: httpx.Client) -> None:
    sessions = make_agent(api)
    one, other = begin(api, sessions, key="one"), begin(api, sessions, key="other")
    say(api, one, ORDER)
    upload(api, one, "", ("a.txt", b"alpha", "text/plain"))
    assert "7731" not in answered(say(api, other, RECALL))
    assert artifacts(api, other) == []
    foreign = history(api, one)[0]["id"]
    refused(api.get(f"{other}/events/{foreign}"), 404)
    refused(api.post(f"{other}/events/{foreign}/hide"), 404)
    refused(api.delete(f"{other}/events/{foreign}"), 404)
    refused(api.get(f"{other}/artifacts/{artifacts(api, one)[0]['artifact_id']}"), 404)
    api.delete("/v2/agents/clerk")
    refused(api.get(one), 404)
    make_agent(api)
    refused(api.get(one), 404)
    anew = begin(api, sessions, key="one")
    assert (history(api, anew), artifacts(api, anew)) == ([], [])


def test_what_was_said_is_known_many_turns_later(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools={"search": SEARCH}))
    say(api, session, ORDER)
    for question in (
        "How many days of paid leave do employees have?",
        "Thanks!",
        "How long is the frame of a lantern guaranteed?",
        "When is the kiln opened?",
        "What does a claim need?",
    ):
        assert "7731" not in answered(say(api, session, question))
    told = answered(say(api, session, RECALL))
    assert "7731" in told
    assert "broken" in told


def test_a_copy_knows_what_its_origin_knew_and_goes_its_own_way(api: httpx.Client) -> None:
    sessions = make_agent(api, tools={"search": SEARCH, "read_file": {"type": "artifact_read"}})
    origin = begin(api, sessions, key="origin")
    say(api, origin, ORDER)
    say(api, origin, "How many days of paid leave do employees have?")
    upload(api, origin, "", ("note.txt", b"The shelf is B12.", "text/plain"))
    before = history(api, origin)
    copy = begin(api, sessions, from_session={"session_key": "origin"})
    copied = history(api, copy)
    ends = ("id", "session_key")
    assert [{k: v for k, v in event.items() if k not in ends} for event in copied] == [
        {k: v for k, v in event.items() if k not in ends} for event in before
    ]
    assert {event["session_key"] for event in copied} == {copy.rpartition("/")[2]}
    assert not {event["id"] for event in copied} & {event["id"] for event in before}
    assert artifacts(api, copy) == artifacts(api, origin)
    assert "7731" in answered(say(api, copy, RECALL))
    assert "B12" in answered(say(api, copy, "What does note.txt say?"))
    assert history(api, origin) == before
    api.delete(origin)
    assert len(artifacts(api, copy)) == 1


def test_a_copy_up_to_an_event_does_not_know_the_rest(api: httpx.Client) -> None:
    sessions = make_agent(api)
    origin = begin(api, sessions, key="origin")
    say(api, origin, "My badge is number 5120.")
    last = say(api, origin, "My locker is number 88.")[0]["id"]
    say(api, origin, ORDER)
    from_session = {"session_key": "origin", "include_up_to_event_id": last}
    copy = begin(api, sessions, from_session=from_session)
    assert types(history(api, copy)) == [*["input_message", "thinking", "agent_output"], "input_message"]
    assert "88" in answered(say(api, copy, "Which number has my locker?"))
    assert "7731" not in answered(say(api, copy, RECALL))


def test_a_copy_between_a_call_and_its_output_goes_on(api: httpx.Client) -> None:
    sessions = make_agent(api, tools={"search": SEARCH})
    origin = begin(api, sessions, key="origin")
    events = say(api, origin, "How many days of paid leave do employees have?")
    called = next(event["id"] for event in events if event["type"] == "tool_input")
    from_session = {"session_key": "origin", "include_up_to_event_id": called}
    copy = begin(api, sessions, from_session=from_session)
    assert types(history(api, copy))[-1] == "tool_input"
    assert "27 days" in answered(say(api, copy, "How many days of paid leave do employees have?"))


def test_a_compacted_copy_begins_with_a_summary(api: httpx.Client) -> None:
    sessions = make_agent(api)
    origin = begin(api, sessions, key="origin")
    last = say(api, origin, ORDER)[-1]["id"]
    say(api, origin, "My locker is number 88.")
    upload(api, origin, "", ("note.txt", b"The shelf is B12.", "text/plain"))
    from_session = {"session_key": "origin", "compact_up_to_event_id": last}
    copy = begin(api, sessions, from_session=from_session)
    told = history(api, copy)
    assert types(told) == ["compaction", "input_message", "thinking", "agent_output", "artifact_upload"]
    assert (told[0]["turns_compacted"], told[0]["events_compacted"]) == (1, 3)
    assert "7731" in told[0]["summary_text"]
    assert history(api, copy, include_hidden=True) == told
    assert types(history(api, origin)).count("compaction") == 0
    assert len(artifacts(api, copy)) == 1
    assert "broken" in answered(say(api, copy, RECALL))


def test_a_copy_may_be_for_another_agent_and_leaves_out_what_is_hidden(api: httpx.Client) -> None:
    origin = begin(api, make_agent(api, tools={"search": SEARCH}), key="origin")
    say(api, origin, "How many days of paid leave do employees have?")
    secret = say(api, origin, ORDER)
    for event in secret:
        assert api.post(f"{origin}/events/{event['id']}/hide").status_code == 200
    from_session = {"agent_key": "clerk", "session_key": "origin"}
    copy = begin(api, make_agent(api, "heir"), from_session=from_session, name="Heir")
    assert "7731" not in str(history(api, copy, include_hidden=True))
    assert read(api, copy)["agent_key"] == "heir"
    assert "27 days" in answered(say(api, copy, "How many days of leave did you say?"))


def test_the_origin_of_a_copy_may_be_gone_by_the_time(understudy: Understudy, api: httpx.Client) -> None:
    begin(api, SESSIONS, key="short", tti_minutes=1)
    understudy.advance(seconds=60)
    body = {"from_session": {"session_key": "short"}}
    refused(api.post(SESSIONS, json=body), 400, "body.from_session.session_key")


def test_schedules_make_sessions_with_the_times_at_which_they_were_due(
    understudy: Understudy, api: httpx.Client
) -> None:
    understudy.advance(seconds=5 * 24 * HOUR)
    assert len(read(api, SESSIONS)["sessions"]) == 2
    understudy.advance(seconds=7 * 24 * HOUR)
    made = [one for one in read(api, SESSIONS)["sessions"] if one["name"] == "Monday greeting"]
    assert [one["created_at"][:19] for one in made] == ["2026-01-05T08:00:00", "2026-01-12T08:00:00"]
    for one in made:
        events = history(api, f"{SESSIONS}/{one['key']}")
        assert {event["created_at"] for event in events} == {one["created_at"]}
        assert types(events)[0] == "input_message"
        assert types(events)[-1] == "agent_output"
        assert "kiln" in answered(events).lower()
    executions = read(api, "/v2/agents/front-desk/schedules/monday-greeting/executions")["executions"]
    assert {one["session_key"] for one in executions} == {one["key"] for one in made}
    say(api, f"{SESSIONS}/{made[0]['key']}", "Thanks!")


def test_a_schedule_that_fails_leaves_no_half_turn(understudy: Understudy, api: httpx.Client) -> None:
    broken = [{"type": "inline", "name": "t", "template": "#if($x) never ends"}]
    api.patch("/v2/agents/front-desk", json={"first_step": {"instructions": broken}})
    understudy.advance(seconds=5 * 24 * HOUR)
    (done,) = read(api, "/v2/agents/front-desk/schedules/monday-greeting/executions")["executions"]
    assert done["status"] == "error"
    assert "rendered" in done["error_message"]
    assert history(api, f"{SESSIONS}/{done['session_key']}") == []


def test_the_snapshot_of_a_world_keeps_its_sessions(understudy: Understudy, api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools={"search": SEARCH}))
    say(api, session, ORDER)
    say(api, session, "How many days of paid leave do employees have?")
    send(api, session, {"type": "compact"})
    before = history(api, session, include_hidden=True)
    understudy.look(lambda world: world.store.load(world.store.dump()))
    assert history(api, session, include_hidden=True) == before
    assert "7731" in answered(say(api, session, RECALL))
