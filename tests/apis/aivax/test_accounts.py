"""The account: its name and parameters change, its salt rolls."""

from __future__ import annotations

import pytest

from tests.apis.aivax.conftest import Client
from understudy.apis.aivax.kinds import ACCOUNTS
from understudy.pytest_plugin import Understudy


def values(understudy: Understudy) -> list[dict[str, object]]:
    return understudy.look(lambda world: world.store.table(ACCOUNTS).values())


def test_what_is_named_changes(api: Client, understudy: Understudy) -> None:
    said = api.put("/api/v1/accounts", {"name": "Harbour", "parameters": {"automaticJsonHealing": True}})
    assert said == {"message": "Parameters updated successfully.", "data": None}
    api.put("/api/v1/accounts", {})
    mine, next_door = values(understudy)
    assert mine["name"] == "Harbour"
    assert mine["parameters"] == {"allowConversationsLogging": True, "automaticJsonHealing": True}
    assert next_door["name"] == "Neighbour"


@pytest.mark.parametrize(
    "body",
    [
        {"name": " "}, {"name": None}, {"parameters": []},
        {"name": "a", "parameters": {"automaticJsonHealing": "yes"}},
    ],
)  # fmt: skip
def test_a_bad_body_changes_nothing(api: Client, understudy: Understudy, body: object) -> None:
    before = values(understudy)
    api.refused("PUT", "/api/v1/accounts", 400, json=body)
    assert values(understudy) == before


def test_a_rolled_salt_is_a_new_one(api: Client) -> None:
    before = api.get("/api/v1/accounts/api-key")["salt"]
    assert api.ask("POST", "/api/v1/accounts/roll-salt") == {
        "message": "Salt rolled successfully.",
        "data": None,
    }
    after = api.get("/api/v1/accounts/api-key")["salt"]
    assert before == "understudysalt"
    assert after not in ("", before)
