"""Users: people with roles, whose personal keys may do what they may. Spec tag: Users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.auth import narrowed
from understudy.apis.vectara.kinds import ROLE_LISTS, USERS
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.roles import stated_policy
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import Conflict
from understudy.state.store import Table
from understudy.state.world import World

CODE_LENGTH = 20
CODE_PAGE = "https://console.invalid/one_time_code/"
"""What a code is put behind (guess: the page is undocumented); a name that leads nowhere, see RFC 2606."""
_GIVEN = ("email", "username", "description", *ROLE_LISTS)


@operation("listUsers")
def list_users(
    ctx: Context, *, limit: int, page_key: str | None = None, corpus_key: str | None = None
) -> dict[str, Any]:
    """Users oldest first; `corpus_key` narrows to those with a role on that corpus itself (guess)."""
    records = [
        record
        for record in ctx.store.table(USERS).records()
        if corpus_key is None
        or any(corpus_key == role["corpus_key"] for role in record.value["corpus_roles"])
    ]
    shown, metadata = page(ctx, records, limit, page_key, corpus_key)
    return {"users": shown, "metadata": metadata}


@operation("createUser")
def create_user(ctx: Context, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    given = picked(body, _GIVEN)
    user = _add(ctx.world, {**given, **narrowed(ctx)})
    return {**user, **_new_code(ctx, user)}, 201


@operation("getUser")
def get_user(ctx: Context, username: str) -> dict[str, Any]:
    return ctx.store.table(USERS).get(username)


@operation("updateUser")
def update_user(ctx: Context, username: str, body: dict[str, Any]) -> dict[str, Any]:
    users = ctx.store.table(USERS)
    changes = picked(body, ("enabled", "description", *ROLE_LISTS))
    user = users.get(username)
    return users.replace({**user, **changes, "updated_at": ctx.clock.stamp()}) if changes else user


@operation("deleteUser")
def delete_user(ctx: Context, username: str) -> None:
    """Its keys end too: each call with one asks for the user."""
    ctx.store.table(USERS).remove(username)


@operation("resetUserPassword")
def reset_user_password(ctx: Context, username: str) -> dict[str, Any]:
    """No mail is sent, so the answer tells the code; the user stays as it was."""
    return _new_code(ctx, ctx.store.table(USERS).get(username))


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `users`."""
    _add(world, row)


def _add(world: World, given: Mapping[str, Any]) -> dict[str, Any]:
    users = world.store.table(USERS)
    _refuse_taken(users, given["email"])
    now = world.clock.stamp()
    user = {
        "id": world.ids.numbered("usr"),
        "email": given["email"],
        "username": given.get("username", given["email"]),
        "enabled": given.get("enabled", True),
        "created_at": now,
        "updated_at": now,
        **{name: given.get(name, []) for name in ROLE_LISTS},
        **({"description": given["description"]} if "description" in given else {}),
        **({"api_policy": stated_policy(given["api_policy"])} if "api_policy" in given else {}),
    }
    return users.add(user)


def _refuse_taken(users: Table[dict[str, Any]], email: str) -> None:
    """409 when somebody has the email already; whether letters are small or capital does not matter."""
    wanted = email.casefold()
    if any(user["email"].casefold() == wanted for user in users.values()):
        raise Conflict(f"a user with the email '{email}' already exists")


def _new_code(ctx: Context, user: Mapping[str, Any]) -> dict[str, Any]:
    """A code that is kept with the user, in place of the one before."""
    code = ctx.ids.secret("", CODE_LENGTH)
    ctx.store.table(USERS).replace(dict(user), one_time_code=code)
    return {"one_time_code": code, "one_time_code_link": CODE_PAGE + code}
