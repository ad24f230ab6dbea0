"""Accounts: their name, their parameters and the salt of their hooks. Spec tag: Accounts."""

from __future__ import annotations

from typing import Any

from understudy.apis.aivax.forms import said
from understudy.apis.aivax.kinds import ACCOUNTS, account
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import NotFound
from understudy.state.store import Record, Store
from understudy.state.world import World

PLANS = ("unlimited", "free", "pro", "max")
"""`unlimited` is the stand-in's own: no limit is ever reached."""
BALANCE = 100.0
"""US dollars that an account of a fixture has when it says nothing."""
SALT_CHARACTERS = 24


@operation("updateAccount")
def update_account(ctx: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Apply what is there; nothing reads an account back but the list of models and JSON healing."""
    record = account(ctx)
    changed = dict(record.value)
    if "name" in body:
        changed["name"] = body["name"]
    changed["parameters"] = {**changed["parameters"], **body.get("parameters", {})}
    ctx.store.table(ACCOUNTS).replace(changed)
    return said("Parameters updated successfully.")


@operation("rollSalt")
def roll_salt(ctx: Context) -> dict[str, Any]:
    ctx.store.table(ACCOUNTS).replace({**account(ctx).value, "salt": _salt(ctx.world)})
    return said("Salt rolled successfully.")


def named(store: Store, name: str) -> Record[dict[str, Any]]:
    """The account that a row of a fixture names."""
    for record in store.table(ACCOUNTS).records():
        if record.value["name"] == name:
            return record
    raise NotFound(f"account '{name}' not found", name)


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `accounts`."""
    value = {
        "id": row.get("id") or world.ids.uuid7(ACCOUNTS.name, world.clock.millis()),
        "name": row["name"],
        "salt": row.get("salt") or _salt(world),
        "plan": row.get("plan", PLANS[0]),
        "balance": row.get("balance", BALANCE),
        "parameters": {
            "allowConversationsLogging": True,
            "automaticJsonHealing": False,
            **row.get("parameters", {}),
        },
    }
    world.store.table(ACCOUNTS).add(value)


def _salt(world: World) -> str:
    return world.ids.secret("", SALT_CHARACTERS)
