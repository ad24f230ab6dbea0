"""A world with web chats, a schedule and a recurring task, put there past the API, which makes none."""

from __future__ import annotations

from typing import Any

from understudy.apis.aivax import hook_schedules, web_chat
from understudy.state.world import World

CHAT, FOREIGN_CHAT, OTHER_CHAT = (f"01941f29-7c00-7000-a000-00000000f0a{n}" for n in (1, 2, 3))
ONCE, WEEKLY = (f"01941f29-7c00-7000-a000-00000000f0b{n}" for n in (1, 2))
SESSION = "01941f29-7c00-7000-a000-00000000f0c1"
PATH = f"/api/v1/web-chat-clients/{CHAT}/hook-schedules"
DAY = 24 * 60 * 60
NOW = "2026-01-01T00:00:00Z"


def add_chat(world: World, account: str, chat_id: str, name: str) -> None:
    scheduling = {"allowScheduledContinuations": True}
    web_chat.seed(world, {"account": account, "id": chat_id, "name": name, "clientParameters": scheduling})


def row(**more: Any) -> dict[str, Any]:
    return {
        "account": "Understudy",
        "web_chat": "Scheduling desk",
        "externalUserId": "ada",
        "createdAt": NOW,
        **more,
    }


def put(world: World) -> None:
    """Two chats of the account and one next door; in the first a schedule and a task, of two users."""
    world.clock.set_mode("frozen")
    add_chat(world, "Understudy", CHAT, "Scheduling desk")
    add_chat(world, "Understudy", OTHER_CHAT, "Quiet desk")
    add_chat(world, "Neighbour", FOREIGN_CHAT, "Next door")
    hook_schedules.seed_schedule(
        world,
        row(id=ONCE, scheduledTime="2026-01-02T15:00:00Z", target="Telegram", targetIdentifier="+47555",
            reason="Call Ann.", context='{"order": 42}', session=SESSION),
    )  # fmt: skip
    hook_schedules.seed_recurring_task(
        world,
        row(id=WEEKLY, externalUserId="bob", cronExpression="0 9 * * MON", jobDescription="Greet.",
            maxExecutions=3),
    )  # fmt: skip
