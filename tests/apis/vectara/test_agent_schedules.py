"""Agent schedules through HTTP. Spec tag: Agent Schedules."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from understudy.pytest_plugin import Understudy

SCHEDULES = "/v2/agents/front-desk/schedules"
TEXT: dict[str, Any] = {"type": "text", "content": "Report."}
HOURLY: dict[str, Any] = {
    "name": "Every hour",
    "message": [TEXT],
    "schedule": {"type": "interval", "interval": "PT1H"},
}
HOUR = 3600


def make(api: httpx.Client, **members: Any) -> dict[str, Any]:
    answer = api.post(SCHEDULES, json={**HOURLY, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(api: httpx.Client, schedule: dict[str, Any], /, **members: Any) -> dict[str, Any]:
    answer = api.patch(f"{SCHEDULES}/{schedule['key']}", json=members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def executions(api: httpx.Client, schedule: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(api, f"{SCHEDULES}/{schedule['key']}/executions", limit=100)[
        "executions"
    ]
    return found


@pytest.fixture(autouse=True)
def _frozen(understudy: Understudy) -> None:
    """Time moves when it is told to; a world begins on Thursday, 1 January 2026 at midnight."""
    understudy.look(lambda world: world.clock.set_mode("frozen"))


def test_a_schedule_is_made_and_read(api: httpx.Client) -> None:
    made = make(api, description="All day", session_metadata={"kind": None})
    assert made["key"].startswith("sch_every_hour_")
    assert (made["agent_key"], made["enabled"], made["max_executions_to_keep"]) == ("front-desk", True, 10)
    assert (made["message"], made["schedule"]) == (HOURLY["message"], HOURLY["schedule"])
    assert (made["description"], made["session_metadata"]) == ("All day", {"kind": None})
    assert "last_execution_at" not in made
    assert read(api, f"{SCHEDULES}/{made['key']}") == made
    assert executions(api, made) == []


def test_a_key_is_unique_for_its_agent(api: httpx.Client) -> None:
    make(api, key="mine")
    refused(api.post(SCHEDULES, json={**HOURLY, "key": "mine"}), 409)


def test_intervals_are_executed_by_the_clock_and_told_newest_first(
    understudy: Understudy, api: httpx.Client
) -> None:
    made = make(api)
    understudy.advance(seconds=3 * HOUR - 1)
    assert len(executions(api, made)) == 2
    understudy.advance(seconds=1)
    told = executions(api, made)
    hours = [one["executed_at"][11:16] for one in told]
    assert hours == ["03:00", "02:00", "01:00"]
    assert {(one["schedule_key"], one["attempt"], one["status"]) for one in told} == {
        (made["key"], 1, "success")
    }
    assert len({one["workflow_run_id"] for one in told}) == len({one["session_key"] for one in told}) == 3
    assert all(one["session_key"].startswith("ase_sch_every_hour_") for one in told)
    assert read(api, f"{SCHEDULES}/{made['key']}")["last_execution_at"] == told[0]["executed_at"]
    assert executions(api, made) == told


def test_cron_is_executed_in_utc(understudy: Understudy, api: httpx.Client) -> None:
    schedule = {"type": "cron", "cron_expression": "30 9 * * 1-5"}
    made = make(api, schedule=schedule)
    understudy.advance(seconds=5 * 24 * HOUR)
    told = [one["executed_at"] for one in executions(api, made)]
    assert [moment[:16] for moment in told] == ["2026-01-05T09:30", "2026-01-02T09:30", "2026-01-01T09:30"]


def test_only_the_latest_executions_are_kept(understudy: Understudy, api: httpx.Client) -> None:
    made = make(api, max_executions_to_keep=3)
    understudy.advance(seconds=1_000_000 * HOUR)
    told = executions(api, made)
    assert len(told) == 3
    change(api, made, max_executions_to_keep=5)
    understudy.advance(seconds=HOUR)
    assert executions(api, made)[1:] == told
    change(api, made, max_executions_to_keep=1)
    assert len(executions(api, made)) == 1


def test_executions_are_told_over_pages_while_new_ones_come(
    understudy: Understudy, api: httpx.Client
) -> None:
    made = make(api)
    understudy.advance(seconds=5 * HOUR)
    path = f"{SCHEDULES}/{made['key']}/executions"
    before = executions(api, made)
    assert [len(page) for page in all_pages(api, path, "executions", limit=2)] == [2, 2, 1]
    first = read(api, path, limit=2)
    understudy.advance(seconds=2 * HOUR)
    rest = read(api, path, limit=100, page_key=first["metadata"]["page_key"])
    assert first["executions"] + rest["executions"] == before
    refused(api.get(path, params={"limit": 0}), 400, "query.limit")


def test_a_pause_is_not_made_up_for_and_does_not_move_the_interval(
    understudy: Understudy, api: httpx.Client
) -> None:
    made = make(api)
    understudy.advance(seconds=HOUR + 600)
    assert change(api, made, enabled=False)["enabled"] is False
    understudy.advance(seconds=5 * HOUR)
    assert len(executions(api, made)) == 1
    change(api, made, enabled=True)
    understudy.advance(seconds=HOUR)
    hours = [one["executed_at"][11:16] for one in executions(api, made)]
    assert hours == ["07:00", "01:00"]


def test_another_interval_counts_from_the_change_and_keeps_the_past(
    understudy: Understudy, api: httpx.Client
) -> None:
    made = make(api)
    understudy.advance(seconds=HOUR + 600)
    past = executions(api, made)
    change(api, made, schedule={"type": "interval", "interval": "PT2H"}, name="Less")
    understudy.advance(seconds=2 * HOUR)
    told = executions(api, made)
    assert told[1:] == past
    assert told[0]["executed_at"][11:16] == "03:10"
    before = read(api, f"{SCHEDULES}/{made['key']}")
    assert change(api, made) == before


def test_an_agent_that_is_disabled_has_errors_for_as_long(understudy: Understudy, api: httpx.Client) -> None:
    made = make(api)
    understudy.advance(seconds=HOUR)
    api.patch("/v2/agents/front-desk", json={"enabled": False})
    understudy.advance(seconds=HOUR)
    api.patch("/v2/agents/front-desk", json={"enabled": True})
    understudy.advance(seconds=HOUR)
    told = executions(api, made)
    assert [one["status"] for one in told] == ["success", "error", "success"]
    assert "session_key" not in told[1]
    assert "front-desk" in told[1]["error_message"]
    assert "error_message" not in told[0]


def test_schedules_are_listed_oldest_first(understudy: Understudy, api: httpx.Client) -> None:
    made = [make(api, name=f"S{number}")["key"] for number in range(11)]
    understudy.advance(seconds=HOUR)
    pages = all_pages(api, SCHEDULES, "schedules")
    assert [one["key"] for page in pages for one in page] == ["monday-greeting", *made]
    assert [len(page) for page in pages] == [10, 2]
    assert pages[1][0]["last_execution_at"].startswith("2026-01-01T01:00")
    refused(api.get(SCHEDULES, params={"limit": 101}), 400, "query.limit")


def test_a_deleted_schedule_begins_anew_under_its_key(understudy: Understudy, api: httpx.Client) -> None:
    made = make(api, key="mine")
    understudy.advance(seconds=HOUR)
    old = executions(api, made)
    assert api.delete(f"{SCHEDULES}/mine").status_code == 204
    make(api, key="mine")
    assert executions(api, made) == []
    understudy.advance(seconds=HOUR)
    assert executions(api, made)[0]["session_key"] != old[0]["session_key"]


def test_what_is_not_there_is_404(api: httpx.Client) -> None:
    for path in ("/v2/agents/none/schedules", f"{SCHEDULES}/none", f"{SCHEDULES}/none/executions"):
        assert refused(api.get(path), 404)["id"] == "none"
    refused(api.post("/v2/agents/none/schedules", json=HOURLY), 404)
    refused(api.patch(f"{SCHEDULES}/none", json={}), 404)
    refused(api.delete(f"{SCHEDULES}/none"), 404)


def test_schedules_go_with_their_agent(api: httpx.Client) -> None:
    agent = read(api, "/v2/agents/front-desk")
    api.delete("/v2/agents/front-desk")
    refused(api.get(f"{SCHEDULES}/monday-greeting"), 404)
    assert api.post("/v2/agents", json=agent).status_code == 201
    assert read(api, SCHEDULES)["schedules"] == []


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"name": ""}, "body.name"),
        ({"message": []}, "body.message"),
        ({"message": [{"type": "image"}]}, "body.message[0].type"),
        ({"message": [{"type": "text"}]}, "body.message[0].content"),
        ({"message": [TEXT, {"type": "text", "content": " \n"}]}, "body.message[1].content"),
        ({"message": [TEXT, {"type": "skill", "skill_name": "none"}]}, "body.message[1].skill_name"),
        ({"schedule": {"interval": "PT1H"}}, "body.schedule.type"),
        ({"schedule": {"type": "daily"}}, "body.schedule.type"),
        ({"schedule": {"type": "interval"}}, "body.schedule.interval"),
        ({"schedule": {"type": "interval", "interval": "PT30S"}}, "body.schedule.interval"),
        ({"schedule": {"type": "interval", "interval": "1 hour"}}, "body.schedule.interval"),
        ({"schedule": {"type": "cron"}}, "body.schedule.cron_expression"),
        ({"schedule": {"type": "cron", "cron_expression": "61 * * * *"}}, "body.schedule.cron_expression"),
        ({"schedule": {"type": "cron", "cron_expression": "0 0 9 * * *"}}, "body.schedule.cron_expression"),
        ({"max_executions_to_keep": 0}, "body.max_executions_to_keep"),
        ({"max_executions_to_keep": 1001}, "body.max_executions_to_keep"),
        ({"session_metadata": []}, "body.session_metadata"),
        ({"enabled": "yes"}, "body.enabled"),
    ],
)
def test_bad_members_are_named_and_nothing_changes(
    api: httpx.Client, members: dict[str, Any], place: str
) -> None:
    made = make(api)
    refused(api.post(SCHEDULES, json={**HOURLY, **members}), 400, place)
    refused(api.patch(f"{SCHEDULES}/{made['key']}", json=members), 400, place)
    assert read(api, SCHEDULES)["schedules"][1:] == [made]


@pytest.mark.parametrize("missing", ["name", "message", "schedule"])
def test_what_a_schedule_cannot_do_without(api: httpx.Client, missing: str) -> None:
    body = {member: value for member, value in HOURLY.items() if member != missing}
    refused(api.post(SCHEDULES, json=body), 400, f"body.{missing}")


def test_a_snapshot_keeps_what_was_executed(understudy: Understudy, api: httpx.Client) -> None:
    made = make(api)
    understudy.advance(seconds=HOUR)
    api.patch("/v2/agents/front-desk", json={"enabled": False})
    understudy.advance(seconds=HOUR)
    before = executions(api, made)
    understudy.look(lambda world: world.store.load(world.store.dump()))
    assert executions(api, made) == before
