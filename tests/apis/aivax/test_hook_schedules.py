"""Hook schedules: fired by the clock when they are looked at, asked for in messages, listed, cancelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client
from tests.apis.aivax.scheduled import (
    CHAT,
    DAY,
    FOREIGN_CHAT,
    ONCE,
    OTHER_CHAT,
    PATH,
    SESSION,
    WEEKLY,
    put,
    row,
)
from understudy.apis.aivax import hook_schedules
from understudy.engine.context import Call, Context
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.state.world import World


@pytest.fixture
def desk(api: Client, understudy: Understudy) -> Client:
    understudy.look(put)
    return api


def ask(understudy: Understudy, text: str, user: str = "ada", **more: Any) -> list[dict[str, Any]]:
    """What the prompt of a web chat does with a message when it may schedule."""

    def act(world: World) -> list[dict[str, Any]]:
        call = Call("POST", b"/", b"", {})
        call.world = world
        return hook_schedules.schedule_from(Context(call), CHAT, user, "WebChat", text, **more)

    return understudy.look(act)


def test_what_is_pending_is_listed_and_read(desk: Client) -> None:
    told = desk.get(PATH)
    assert told["webChat"] == {"id": CHAT, "name": "Scheduling desk"}
    assert told["inactiveUsers"] == []
    assert told["schedules"] == [
        {
            "id": ONCE, "externalUserId": "ada", "target": "Telegram", "targetIdentifier": "+47555",
            "scheduledTime": "2026-01-02T15:00:00.000Z", "activatedAt": None,
            "createdAt": "2026-01-01T00:00:00.000Z",
        }
    ]  # fmt: skip
    assert told["recurringTasks"] == [
        {
            "id": WEEKLY, "externalUserId": "bob", "target": "WebChat", "targetIdentifier": "bob",
            "cronExpression": "0 9 * * MON", "nextActivation": "2026-01-05T09:00:00.000Z",
            "lastActivation": None, "executionCount": 0, "createdAt": "2026-01-01T00:00:00.000Z",
        }
    ]  # fmt: skip
    assert desk.get(f"{PATH}/schedules/{ONCE}") == {
        **told["schedules"][0],
        "reason": "Call Ann.",
        "context": '{"order": 42}',
        "activatedSessionId": None,
        "activationResult": None,
    }
    assert desk.get(f"{PATH}/recurring/{WEEKLY}") == {
        **told["recurringTasks"][0],
        "jobDescription": "Greet.",
        "maxExecutions": 3,
    }


def test_a_schedule_is_activated_by_the_clock(desk: Client, understudy: Understudy) -> None:
    understudy.advance(seconds=DAY + 15 * 60 * 60 - 1)
    assert desk.get(f"{PATH}/schedules/{ONCE}")["activatedAt"] is None
    understudy.advance(seconds=1)
    read = desk.get(f"{PATH}/schedules/{ONCE}")
    assert read["activatedAt"] == "2026-01-02T15:00:00.000Z"
    assert read["activatedSessionId"] == SESSION
    assert "Telegram" in read["activationResult"]
    understudy.advance(seconds=DAY)
    assert desk.get(f"{PATH}/schedules/{ONCE}") == read
    assert desk.get(PATH)["schedules"][0]["activatedAt"] == "2026-01-02T15:00:00.000Z"


def test_a_task_runs_by_its_cron_line_until_it_may_no_more(desk: Client, understudy: Understudy) -> None:
    def state() -> tuple[int, str | None, str | None]:
        one = desk.get(f"{PATH}/recurring/{WEEKLY}")
        return one["executionCount"], one["lastActivation"], one["nextActivation"]

    understudy.advance(seconds=5 * DAY)
    assert state() == (1, "2026-01-05T09:00:00.000Z", "2026-01-12T09:00:00.000Z")
    understudy.advance(seconds=7 * DAY)
    assert state() == (2, "2026-01-12T09:00:00.000Z", "2026-01-19T09:00:00.000Z")
    understudy.advance(seconds=1000 * DAY)
    assert state() == (3, "2026-01-19T09:00:00.000Z", None)
    assert desk.get(PATH)["recurringTasks"][0]["executionCount"] == 3


def test_looking_changes_nothing(desk: Client, understudy: Understudy) -> None:
    understudy.advance(seconds=30 * DAY)
    before = understudy.look(lambda world: world.store.dump())
    for path in (PATH, f"{PATH}/schedules/{ONCE}", f"{PATH}/recurring/{WEEKLY}"):
        desk.get(path)
    assert understudy.look(lambda world: world.store.dump()) == before


def test_the_list_of_one_user(desk: Client, understudy: Understudy) -> None:
    understudy.advance(seconds=7 * DAY)
    for user, counts in (("ada", (1, 1, 0)), ("bob", (1, 0, 1)), ("a", (0, 0, 0))):
        told = desk.get(PATH, **{"external-user-id": user})
        lists = (told["inactiveUsers"], told["schedules"], told["recurringTasks"])
        assert tuple(map(len, lists)) == counts


def test_users_who_do_not_react_are_told(desk: Client, understudy: Understudy) -> None:
    understudy.advance(seconds=7 * DAY)
    assert desk.get(PATH)["inactiveUsers"] == [
        {
            "externalUserId": "ada", "lastScheduledMessageAt": "2026-01-02T15:00:00.000Z",
            "lastUserMessageAt": "2026-01-01T00:00:00.000Z",
        },
        {
            "externalUserId": "bob", "lastScheduledMessageAt": "2026-01-05T09:00:00.000Z",
            "lastUserMessageAt": "2026-01-01T00:00:00.000Z",
        },
    ]  # fmt: skip
    assert ask(understudy, "I am back.") == []
    assert [one["externalUserId"] for one in desk.get(PATH)["inactiveUsers"]] == ["bob"]


def test_a_message_makes_a_schedule_that_fires(desk: Client, understudy: Understudy) -> None:
    said = "Please remind me tomorrow at 9 to call Ann."
    (ran,) = ask(understudy, said, identifier="wky_1", session_id=SESSION)
    assert ran.pop("id").startswith("fn_")
    assert ran == {
        "name": "schedule_message",
        "arguments": {"reason": "Call Ann.", "scheduledTime": "2026-01-02T09:00:00.000Z"},
        "result": "scheduled",
        "state": "Completed",
    }
    made = desk.get(PATH)["schedules"][-1]
    assert (made["externalUserId"], made["target"], made["targetIdentifier"]) == ("ada", "WebChat", "wky_1")
    read = desk.get(f"{PATH}/schedules/{made['id']}")
    assert read["reason"] == "Call Ann."
    assert json.loads(read["context"]) == {"message": said}
    understudy.advance(seconds=DAY + 9 * 60 * 60)
    read = desk.get(f"{PATH}/schedules/{made['id']}")
    assert (read["activatedAt"], read["activatedSessionId"]) == ("2026-01-02T09:00:00.000Z", SESSION)


def test_a_message_makes_a_recurring_task(desk: Client, understudy: Understudy) -> None:
    (ran,) = ask(understudy, "Every Monday at 8 send me the report, 5 times.")
    assert ran["name"] == "schedule_recurring_task"
    made = desk.get(PATH)["recurringTasks"][-1]
    read = desk.get(f"{PATH}/recurring/{made['id']}")
    assert (read["jobDescription"], read["cronExpression"]) == ("Send me the report.", "0 8 * * 1")
    assert (read["maxExecutions"], read["nextActivation"]) == (5, "2026-01-05T08:00:00.000Z")


def test_a_message_that_asks_for_nothing_later_schedules_nothing(
    desk: Client, understudy: Understudy
) -> None:
    before = desk.get(PATH)
    for text in ("Hello!", "What happens tomorrow at 9?", ""):
        assert ask(understudy, text) == []
    assert desk.get(PATH) == before


@pytest.mark.parametrize("days", [0, 99])
@pytest.mark.parametrize(("kind", "one"), [("schedules", ONCE), ("recurring", WEEKLY)])
def test_cancelling_takes_it_away_once(
    desk: Client, understudy: Understudy, kind: str, one: str, days: int
) -> None:
    understudy.advance(seconds=days * DAY)
    told = desk.delete(f"{PATH}/{kind}/{one}")
    assert told["message"].endswith("cancelled successfully.")
    assert told["data"] is None
    for method in ("GET", "DELETE"):
        desk.refused(method, f"{PATH}/{kind}/{one}", 404)
    assert desk.get(PATH)["schedules" if kind == "schedules" else "recurringTasks"] == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        f"{CHAT}/hook-schedules/schedules/{WEEKLY}",
        f"{CHAT}/hook-schedules/recurring/{ONCE}",
        f"{CHAT}/hook-schedules/schedules/{UNKNOWN}",
        f"{CHAT}/hook-schedules/recurring/{UNKNOWN}",
        f"{CHAT}/hook-schedules/schedules/none",
        f"{CHAT}/hook-schedules/recurring/none",
        f"{OTHER_CHAT}/hook-schedules/schedules/{ONCE}",
        f"{OTHER_CHAT}/hook-schedules/recurring/{WEEKLY}",
        f"{FOREIGN_CHAT}/hook-schedules/schedules/{ONCE}",
        f"none/hook-schedules/recurring/{WEEKLY}",
        f"{UNKNOWN}/hook-schedules/schedules/{ONCE}",
    ],
)
def test_what_is_not_there_is_not_found(desk: Client, understudy: Understudy, method: str, path: str) -> None:
    before = understudy.look(lambda world: world.store.dump())
    desk.refused(method, f"/api/v1/web-chat-clients/{path}", 404)
    assert understudy.look(lambda world: world.store.dump()) == before


@pytest.mark.parametrize("chat", [UNKNOWN, FOREIGN_CHAT, "none"])
def test_an_unknown_chat_has_no_list(desk: Client, chat: str) -> None:
    desk.refused("GET", f"/api/v1/web-chat-clients/{chat}/hook-schedules", 404)


def test_chats_do_not_share_their_schedules(desk: Client, neighbour: Client) -> None:
    neighbour.form = desk.form
    for client, chat in ((desk, OTHER_CHAT), (neighbour, FOREIGN_CHAT)):
        told = client.get(f"/api/v1/web-chat-clients/{chat}/hook-schedules")
        assert (told["schedules"], told["recurringTasks"], told["inactiveUsers"]) == ([], [], [])
    neighbour.refused("GET", PATH, 404)


def test_what_belongs_to_a_chat_goes_with_it(desk: Client, understudy: Understudy) -> None:
    ask(understudy, "Remind me tomorrow at 9 to call Ann.")

    def forget(world: World) -> None:
        call = Call("DELETE", b"/", b"", {})
        call.world = world
        hook_schedules.forget(Context(call), CHAT)

    understudy.advance(seconds=30 * DAY)
    understudy.look(forget)
    told = desk.get(PATH)
    assert (told["schedules"], told["recurringTasks"], told["inactiveUsers"]) == ([], [], [])


@pytest.mark.parametrize(
    ("section", "fault", "said"),
    [
        ("schedules", {"scheduledTime": "2026-01-02T15:00:00Z", "web_chat": "Nobody"}, "not found"),
        ("schedules", {"scheduledTime": "tomorrow"}, "scheduledTime"),
        ("schedules", {"scheduledTime": "2026-01-02T15:00:00Z", "target": "Pigeon"}, "target"),
        ("recurring_tasks", {"cronExpression": "every day"}, "cronExpression"),
        ("recurring_tasks", {"cronExpression": "* * * * *", "maxExecutions": 0}, "maxExecutions"),
    ],
)
def test_a_faulty_row_of_a_fixture_is_told(
    understudy_server: BackgroundServer, tmp_path: Path, section: str, fault: dict[str, Any], said: str
) -> None:
    file = tmp_path / "mine.yaml"
    rows = {"aivax/accounts": [{"name": "Understudy"}], f"aivax/{section}": [row(**fault)]}
    file.write_text(json.dumps(rows))
    with pytest.raises(SetupError, match=said):
        understudy_server.on_loop(lambda: understudy_server.server.worlds.create("faulty", str(file)))
