"""Credentials: API keys of three kinds, tokens of app clients, and the world each leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from understudy.apis.vectara import tokens
from understudy.apis.vectara.errors import TOKEN_PATHS
from understudy.apis.vectara.kinds import API_KEYS, APP_CLIENTS
from understudy.engine.context import Call, Principal
from understudy.engine.operation import Operation
from understudy.errors import ApiError, Forbidden, Unauthorized
from understudy.state.store import Record, Store, Table

KINDS_OF_ROLE: Mapping[str, frozenset[str]] = {
    "serving": frozenset({"QueryService"}),
    "serving_and_indexing": frozenset({"QueryService", "IndexService"}),
    "personal": frozenset({"Personal"}),
}
"""Which of the kinds that an operation names (`x-key-kinds`) a key of a role counts as."""


def world_hint(call: Call) -> str:
    """The world behind the last `@` of the key, inside the token, or behind the `@` of a client id."""
    key = call.headers.get(b"x-api-key")
    if key:
        return key.rpartition(b"@")[2].decode("latin-1") if b"@" in key else ""
    authorization = call.headers.get(b"authorization")
    if authorization is not None:
        credential = authorization.partition(b" ")[2].strip().decode("latin-1")
        if credential.count(".") == 2 and "@" not in credential:
            return tokens.world_of(credential)
        return _suffix(credential)
    if call.path in TOKEN_PATHS:
        return _suffix(_client_id(call))
    return ""


def _suffix(credential: str) -> str:
    return credential.rpartition("@")[2] if "@" in credential else ""


def _without_suffix(credential: str) -> str:
    return credential.rpartition("@")[0] if "@" in credential else credential


def _client_id(call: Call) -> str:
    """The client id in a buffered body of either encoding; "" when there is none to be found."""
    try:
        if call.body.lstrip()[:1] == b"{":
            value = orjson.loads(call.body).get("client_id", "")
        else:
            value = dict(parse_qsl(call.body.decode())).get("client_id", "")
    except (ValueError, UnicodeDecodeError):
        return ""
    return value if isinstance(value, str) else ""


def authenticate(call: Call) -> Principal | ApiError:
    """The owner of the credential: `x-api-key` first, else a bearer token or a key sent as one."""
    key = call.header(b"x-api-key")
    if key:
        return _of_key(call, key)
    scheme, _, credential = (call.header(b"authorization") or "").partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential:
        return Unauthorized("no credential: send x-api-key, or Authorization: Bearer with a token")
    if credential.startswith(("zut_", "zqt_", "zwt_")):
        return _of_key(call, credential)
    call.credential = credential
    return _of_token(call, credential)


def _of_key(call: Call, key: str) -> Principal | ApiError:
    call.credential = key
    keys = call.world.store.table(API_KEYS)
    principals: dict[str, Principal] = keys.derived("principals", lambda _: {})
    principal = principals.get(key)
    if principal is not None:
        return principal
    record = find_key(keys, key)
    if record is None:
        return Unauthorized("the API key is not known")
    value = record.value
    if not value["enabled"]:
        return Forbidden(f"API key '{value['name']}' is disabled")
    bound = record.private.get("corpus_keys")
    principal = Principal(value["id"], value["api_key_role"], None if bound is None else frozenset(bound))
    if len(principals) >= 256:  # one for every private world that shares these keys
        principals.clear()
    principals[key] = principal  # forgotten with the next change of any key
    return principal


def _of_token(call: Call, token: str) -> Principal | ApiError:
    world = call.world
    claims = tokens.verify(token, world)
    if claims is None:
        return Unauthorized("the token is not valid or has expired")
    client = find_client(world.store, claims["sub"])
    if client is None:
        return Unauthorized("the app client of this token is gone")
    return Principal(client.value["id"], "oauth")


def find_key(keys: Table[dict[str, Any]], secret: str) -> Record[dict[str, Any]] | None:
    """The API key with that secret, also when `@world` stands behind it."""
    by_secret = keys.derived("by_secret_key", lambda t: {r.private["secret_key"]: r for r in t.records()})
    return by_secret.get(_without_suffix(secret))


def find_client(store: Store, client_id: str) -> Record[dict[str, Any]] | None:
    """The app client with that client id, also when `@world` stands behind it."""
    table = store.table(APP_CLIENTS)
    by_id = table.derived("by_client_id", lambda t: {r.value["client_id"]: r for r in t.records()})
    return by_id.get(_without_suffix(client_id))


def authorize(operation: Operation, call: Call, principal: Principal) -> ApiError | None:
    """403 when the kind of key is not one the operation allows, or the key is bound to other corpora."""
    kinds = KINDS_OF_ROLE.get(principal.kind)
    if kinds is not None and not (kinds & operation.key_kinds):
        return Forbidden(f"{principal.kind} keys may not call {operation.id}")
    if principal.resources is not None and operation.path_names[:1] == ("corpus_key",):
        corpus_key = call.path_values[0]
        if corpus_key not in principal.resources:
            return Forbidden(f"this API key has no access to corpus '{corpus_key}'")
    return None
