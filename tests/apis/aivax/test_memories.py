"""Memories: kept in a conversation, listed, read, used in the next one, over by the clock, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client
from understudy.pytest_plugin import Understudy

PATH = "/api/v1/memories"
HELP = "01941f29-7c00-7000-a000-000000000031"


def say(api: Client, text: str, user: str | None = "ada", **more: Any) -> str:
    body = {"model": HELP, "messages": [{"role": "user", "content": text}], **more}
    if user is not None:
        body["user"] = user
    told = api.ask("POST", "/v1/chat/completions", json=body)
    return str(told["choices"][0]["message"]["content"])


def contents(api: Client, **query: str) -> list[str]:
    return [one["content"] for one in api.get(PATH, **query)]


def test_what_is_to_be_remembered_is_listed_read_used_and_deleted(api: Client) -> None:
    say(api, "Please remember that I prefer tea.")
    say(api, "Remember that my desk is by the window.")
    listed = api.get(PATH)
    assert [one["externalUserId"] for one in listed] == ["ada", "ada"]
    assert "desk" in listed[0]["content"]
    read = api.get(f"{PATH}/{listed[1]['id']}")
    assert "tea" in read["content"]
    assert read["format"] == "Text"
    assert read["createdAt"] < read["expiresAt"]
    assert "tea" in say(api, "What do I prefer?")
    assert "tea" not in say(api, "What do I prefer?", user="bob")
    gone = api.ask("DELETE", PATH, params={"id": listed[1]["id"]})
    gone = gone if "removedCount" in gone else gone["data"]
    assert (gone["removedCount"], gone["externalUserId"], gone["format"]) == (1, "ada", "Text")
    assert "tea" not in say(api, "What do I prefer?")
    api.refused("GET", f"{PATH}/{listed[1]['id']}", 404)
    api.refused("DELETE", PATH, 404, params={"id": listed[1]["id"]})


def test_nothing_is_kept_without_a_user_or_without_the_function(api: Client) -> None:
    say(api, "Remember that I like tea.", user=None)
    say(api, "Remember that I like tea.", model="@openai/gpt-4o")
    say(api, "Do you remember what I like?")
    assert contents(api) == []


def test_the_same_fact_is_kept_once(api: Client) -> None:
    for _ in range(2):
        say(api, "Remember that I like tea.")
    assert len(contents(api)) == 1


def test_a_memory_is_over_after_thirty_days(api: Client, understudy: Understudy) -> None:
    say(api, "Remember that I like tea.")
    (memory,) = api.get(PATH)
    understudy.advance(seconds=30 * 24 * 3600 + 1)
    assert api.get(PATH) == []
    api.refused("GET", f"{PATH}/{memory['id']}", 404)
    assert "tea" not in say(api, "What do I like?")


def test_filters(api: Client) -> None:
    say(api, "Remember that I like tea.")
    say(api, "Remember that I like coffee.", user="Bob")
    assert (
        [text for text in contents(api, filter="TEA") if "tea" in text] == contents(api, filter="tea") != []
    )
    assert len(contents(api, filter="bob")) == 1
    assert len(contents(api, format="Text")) == 2
    assert contents(api, format="DateReminder") == []
    api.refused("GET", PATH, 400, params={"format": "text-ish"})


def test_a_long_memory_is_cut_in_the_list_alone(api: Client) -> None:
    say(api, f"Remember that my locker holds {'a coat and a hat and ' * 8}a scarf.")
    (shown,) = api.get(PATH)
    assert len(shown["content"]) == 120
    assert api.get(f"{PATH}/{shown['id']}")["content"].startswith(shown["content"])


def test_deleting_by_user_takes_every_user_that_begins_so(api: Client) -> None:
    for user in ("customer-1", "customer-12", "other"):
        say(api, "Remember that I like tea.", user=user)
    gone = api.ask("DELETE", PATH, params={"externalUserId": "customer-1@shop", "format": "Text"})
    gone = gone if "removedCount" in gone else gone["data"]
    assert gone["removedCount"] == 2
    assert [one["externalUserId"] for one in api.get(PATH)] == ["other"]


@pytest.mark.parametrize(
    "query",
    [
        {}, {"id": UNKNOWN, "externalUserId": "a"}, {"externalUserId": "a"}, {"id": "no-uuid"},
        {"externalUserId": "a", "format": "Other"}, {"id": UNKNOWN, "format": "Other"},
    ],
)  # fmt: skip
def test_a_delete_that_says_too_little_or_too_much_is_refused(api: Client, query: dict[str, str]) -> None:
    say(api, "Remember that I like tea.")
    api.refused("DELETE", PATH, 400, params=query)
    assert len(api.get(PATH)) == 1


def test_memories_of_another_account_are_unknown(api: Client, neighbour: Client) -> None:
    say(api, "Remember that I like tea.")
    (memory,) = api.get(PATH)
    neighbour.form = api.form
    assert neighbour.get(PATH) == []
    neighbour.ask("GET", f"{PATH}/{memory['id']}", 404)
    neighbour.ask("DELETE", PATH, 404, params={"id": memory["id"]})
