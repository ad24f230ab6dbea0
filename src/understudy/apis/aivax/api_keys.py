"""API keys: what callers of an account send. Spec tag: API Keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax import accounts
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.kinds import ACCOUNT_KEYS, account, account_id, new_id
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.clock import parse_stamp, stamp
from understudy.state.store import Record
from understudy.state.world import World

PREFIXES: Mapping[str, str] = {"private": "sk-aiv-acc", "public": "pk-aiv-", "gateway": "sk-aiv-acc"}
"""What a key of a kind begins with."""
CHARACTERS = 32
DAY_MILLIS = 24 * 60 * 60 * 1000
"""`duration` counts days (guess: the console offers 7, 30 and 90 days)."""
LAST_MILLIS = 253_402_300_799_000
"""The end of the year 9999, which no expiry may pass."""


@operation("listAPIKeys")
def list_api_keys(ctx: Context) -> dict[str, Any]:
    """The keys of the account, oldest first, each masked, and the salt of the account."""
    shown = [_shown(ctx, record) for record in _own(ctx)]
    return {"apiKeys": shown, "salt": account(ctx).value["salt"]}


@operation("createAPIKey")
def create_api_key(ctx: Context, body: dict[str, Any]) -> dict[str, Any]:
    """The only answer that shows the whole key; a negative duration never ends."""
    ends = _end(ctx.clock.millis(), body["duration"])
    kind = body.get("type", "private")
    key = ctx.ids.secret(PREFIXES[kind], CHARACTERS)
    value = {"id": new_id(ctx, ACCOUNT_KEYS), "label": body["label"]}
    ctx.store.table(ACCOUNT_KEYS).add(value, key=key, account=account_id(ctx), kind=kind, ends=ends)
    return {"grantKey": ctx.world.credential(key)}


@operation("deleteAPIKey")
def delete_api_key(ctx: Context, key_id: str) -> dict[str, Any]:
    """400 for a key that the account does not have, as documented, and for one of the fixture (guess)."""
    found = next((record for record in _own(ctx) if record.value["id"] == key_id), None)
    if found is None:
        raise BadRequest(message="API key not found.")
    if found.private.get("given"):
        raise BadRequest(message="This key is part of the fixture and cannot be deleted.")
    ctx.store.table(ACCOUNT_KEYS).remove(key_id)
    return said("API key deleted successfully.")


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `api_keys`; its account comes before it."""
    value = {
        "id": row.get("id") or world.ids.uuid7(ACCOUNT_KEYS.name, world.clock.millis()),
        "label": row.get("label", row["key"]),
    }
    world.store.table(ACCOUNT_KEYS).add(
        value,
        key=row["key"],
        account=accounts.named(world.store, row["account"]).value["id"],
        kind=row.get("type", "private"),
        ends=parse_stamp(row["expiresAt"]) if "expiresAt" in row else None,
        gateway=row.get("gateway"),
        given=True,
    )


def _own(ctx: Context) -> list[Record[dict[str, Any]]]:
    mine = account_id(ctx)
    return [record for record in ctx.store.table(ACCOUNT_KEYS).records() if record.private["account"] == mine]


def _shown(ctx: Context, record: Record[dict[str, Any]]) -> dict[str, Any]:
    ends, used = record.private["ends"], ctx.world.seen.get(record.value["id"])
    return {
        **record.value,
        "expiresAt": None if ends is None else stamp(ends),
        "usedAt": None if used is None else stamp(used),
        "key": f"...{record.private['key'][-6:]}",
    }


def _end(now: int, days: int) -> int | None:
    if days < 0:
        return None
    ends = now + days * DAY_MILLIS
    if days == 0 or ends > LAST_MILLIS:
        raise BadRequest({"body.duration": "must be days from now, or negative for a key that never ends"})
    return ends
