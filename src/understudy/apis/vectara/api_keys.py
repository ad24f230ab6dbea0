"""API keys: secrets that let callers in, most of them to named corpora alone. Spec tag: API Keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.auth import inherited, narrowed
from understudy.apis.vectara.kinds import API_KEYS, CORPORA, ROLE_LISTS, USERS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.roles import ACCOUNT, bits, stated_policy
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Forbidden
from understudy.state.store import Record, Store
from understudy.state.world import World

PREFIXES: Mapping[str, str] = {"personal": "zut_", "serving": "zqt_", "serving_and_indexing": "zwt_"}
"""What the secret of a kind of key begins with."""
GIVERS = bits(["owner", "administrator"], ACCOUNT)
SECRET_TOLD_BY = frozenset({"createApiKey"})
"""Operations that answer with `secret_key` (guess: prose says that a read has none, its schema has one)."""


@operation("listApiKeys")
def list_api_keys(
    ctx: Context,
    *,
    limit: int,
    page_key: str | None = None,
    corpus_key: str | None = None,
    api_key_role: str | None = None,
) -> dict[str, Any]:
    """Keys oldest first; `corpus_key` narrows to keys bound to it, which no personal key is (guess)."""
    keys = ctx.store.table(API_KEYS)
    records = [
        record
        for record in keys.records()
        if (corpus_key is None or corpus_key in record.private.get("corpus_keys", ()))
        and (api_key_role is None or record.value["api_key_role"] == api_key_role)
    ]
    shown, metadata = page(ctx, records, limit, page_key, corpus_key, api_key_role)
    return {"api_keys": [_shown(ctx, keys.record(key["id"])) for key in shown], "metadata": metadata}


@operation("createApiKey")
def create_api_key(ctx: Context, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    _refuse_raising(ctx, body)
    bound = _bound(ctx.store, body)
    private = inherited(ctx) if bound is None else {"corpus_keys": bound}
    key = {**_described(free_id(ctx.world, API_KEYS, "aky"), body), **narrowed(ctx)}
    keys = ctx.store.table(API_KEYS)
    keys.add(key, secret_key=ctx.ids.secret(PREFIXES[key["api_key_role"]]), **private)
    return _shown(ctx, keys.record(key["id"])), 201


@operation("getApiKey")
def get_api_key(ctx: Context, api_key_id: str) -> dict[str, Any]:
    return _shown(ctx, ctx.store.table(API_KEYS).record(api_key_id))


@operation("updateApiKey")
def update_api_key(ctx: Context, api_key_id: str, body: dict[str, Any]) -> dict[str, Any]:
    keys = ctx.store.table(API_KEYS)
    key = keys.get(api_key_id)
    if "enabled" in body:
        keys.replace({**key, "enabled": body["enabled"]})
    return _shown(ctx, keys.record(api_key_id))


@operation("deleteApiKey")
def delete_api_key(ctx: Context, api_key_id: str) -> None:
    ctx.store.table(API_KEYS).remove(api_key_id)


def unbind(store: Store, corpus_key: str) -> None:
    """Take a corpus that goes away from every key: one made later under its name is another corpus."""
    keys = store.table(API_KEYS)
    for record in keys.records():
        bound = record.private.get("corpus_keys", ())
        if corpus_key in bound:
            keys.replace(record.value, corpus_keys=[key for key in bound if key != corpus_key])


def _refuse_raising(ctx: Context, body: Mapping[str, Any]) -> None:
    """403 when somebody who gives roles to nobody else would give them to a key (guess)."""
    given = any(body.get(name) for name in ROLE_LISTS)
    assert ctx.principal is not None
    if given and not ctx.principal.grants.account & GIVERS:
        raise Forbidden("a key with roles is made by an owner or administrator")


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `api_keys`; its corpora may come later in the file, its user not."""
    key = _described(row.get("id") or free_id(world, API_KEYS, "aky"), row)
    key["enabled"] = row.get("enabled", True)
    if "api_policy" in row:
        key["api_policy"] = stated_policy(row["api_policy"])
    private: dict[str, Any] = {"secret_key": row["secret_key"]}
    if row["api_key_role"] != "personal":
        private["corpus_keys"] = row.get("corpus_keys", [])
    if "username" in row:
        if "corpus_keys" in private or "api_policy" in row:
            raise BadRequest({"username": "belongs to a personal key, whose policy is that of the user"})
        private |= {"username": row["username"], "user": world.store.table(USERS).get(row["username"])["id"]}
    world.store.table(API_KEYS).add(key, **private)


def _described(key_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": key_id,
        "name": given["name"],
        "enabled": True,
        "api_key_role": given["api_key_role"],
        **picked(given, ROLE_LISTS),
    }


def _bound(store: Store, body: Mapping[str, Any]) -> list[str] | None:
    """The corpora of a new key, each once; None for a personal key, which is bound to none."""
    if body["api_key_role"] == "personal":
        if "corpus_keys" in body:
            raise BadRequest({"body.corpus_keys": "a personal key takes none, it may do what its owner may"})
        return None
    named = list(dict.fromkeys(body.get("corpus_keys", ())))
    if not named:
        message = f"a key of the kind {body['api_key_role']} needs at least one corpus"
        raise BadRequest({"body.corpus_keys": message})
    for corpus_key in named:
        store.table(CORPORA).get(corpus_key)
    return named


def _shown(ctx: Context, record: Record[dict[str, Any]]) -> dict[str, Any]:
    operation = ctx.call.operation
    if operation is None or operation.id not in SECRET_TOLD_BY:
        return record.value
    return {**record.value, "secret_key": ctx.world.credential(record.private["secret_key"])}
