"""App clients: trade an id and a secret for bearer tokens. Spec tag: Application Clients."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara.auth import narrowed, roles_of
from understudy.apis.vectara.kinds import APP_CLIENTS, ROLE_LISTS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import matching, page
from understudy.apis.vectara.roles import OWNER, given_roles, stated_policy
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.state.store import Record
from understudy.state.world import World

CLIENT_ID_LENGTH = 26
CLIENT_SECRET_LENGTH = 40
"""Small letters and digits (guess: both forms are undocumented)."""
_CHANGEABLE = ("description", *ROLE_LISTS)


@operation("listAppClient")
def list_app_client(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    clients = ctx.store.table(APP_CLIENTS)
    records = matching(clients.records(), filter, "name")
    shown, metadata = page(ctx, records, limit, page_key, filter)
    return {
        "app_clients": [_shown(ctx.world, clients.record(client["id"])) for client in shown],
        "metadata": metadata,
    }


@operation("createAppClient")
def create_app_client(ctx: Context, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    client = {
        "id": free_id(ctx.world, APP_CLIENTS, "app"),
        "name": body["name"],
        "client_id": ctx.ids.secret("", CLIENT_ID_LENGTH),
        **picked(body, _CHANGEABLE),
        **narrowed(ctx),
    }
    clients = ctx.store.table(APP_CLIENTS)
    # Without roles of its own it may do what its maker may at that moment (guess).
    secret = ctx.ids.secret("", CLIENT_SECRET_LENGTH)
    clients.add(client, client_secret=secret, roles=roles_of(ctx))
    return _shown(ctx.world, clients.record(client["id"])), 201


@operation("getAppClient")
def get_app_client(ctx: Context, app_client_id: str) -> dict[str, Any]:
    return _shown(ctx.world, ctx.store.table(APP_CLIENTS).record(app_client_id))


@operation("updateAppClient")
def update_app_client(ctx: Context, app_client_id: str, body: dict[str, Any]) -> dict[str, Any]:
    clients = ctx.store.table(APP_CLIENTS)
    client, changes = clients.get(app_client_id), picked(body, _CHANGEABLE)
    if changes:
        clients.replace({**client, **changes})
    return _shown(ctx.world, clients.record(app_client_id))


@operation("deleteAppClient")
def delete_app_client(ctx: Context, app_client_id: str) -> None:
    """Its tokens end too: each call with one asks for the client."""
    ctx.store.table(APP_CLIENTS).remove(app_client_id)


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `app_clients`."""
    client = {
        "id": row.get("id") or free_id(world, APP_CLIENTS, "app"),
        "name": row["name"],
        "client_id": row["client_id"],
        **(given_roles(row) or OWNER),
        **picked(row, _CHANGEABLE),
        **({"api_policy": stated_policy(row["api_policy"])} if "api_policy" in row else {}),
    }
    world.store.table(APP_CLIENTS).add(client, client_secret=row["client_secret"])


def _shown(world: World, record: Record[dict[str, Any]]) -> dict[str, Any]:
    """With its secret in every answer, as the SDK expects; the client id leads back to this world."""
    return {
        **record.value,
        "client_id": world.credential(record.value["client_id"]),
        "client_secret": record.private["client_secret"],
    }
