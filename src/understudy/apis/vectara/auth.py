"""Credentials: API keys and tokens of app clients, the world each leads to, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import orjson

from understudy.apis.vectara import roles, tokens
from understudy.apis.vectara.errors import TOKEN_PATHS
from understudy.apis.vectara.kinds import (
    API_KEYS,
    APP_CLIENTS,
    CHATS,
    CORPORA,
    JOBS,
    QUERY_HISTORY,
    ROLE_LISTS,
    USERS,
)
from understudy.apis.vectara.roles import Grants, Rights
from understudy.behaviours.credentials import is_well_formed
from understudy.engine.context import Call, Context, Principal
from understudy.engine.operation import Operation
from understudy.errors import ApiError, Forbidden, Unauthorized
from understudy.state.store import Kind, Record, Store, Table

KINDS_OF_ROLE: Mapping[str, frozenset[str]] = {
    "serving": frozenset({"QueryService"}),
    "serving_and_indexing": frozenset({"QueryService", "IndexService"}),
    "personal": frozenset({"Personal"}),
}
"""Which of the kinds that an operation names (`x-key-kinds`) a key of a role counts as."""
ROLE_OF_KIND: Mapping[str, str] = {"serving": "viewer", "serving_and_indexing": "editor"}
"""The role on its corpora of a key that was given no roles."""


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
    record = find_key(keys, key) or (_owners_key(call, keys) if call.bound else None)
    if record is None:
        return Unauthorized("the API key is not known")
    if not record.value["enabled"]:
        return Forbidden(f"API key '{record.value['name']}' is disabled")
    if "username" in record.private:
        return _of_user(call, record)
    principal = _principal(record)
    if len(principals) >= 256:  # one for every private world that shares these keys
        principals.clear()
    principals[key] = principal  # forgotten with the next change of any key
    return principal


def _owners_key(call: Call, keys: Table[dict[str, Any]]) -> Record[dict[str, Any]] | None:
    """The first key that may do all: whom a listener that leads to one world takes any credential for."""
    if not is_well_formed(call.credential):
        return None
    records = (
        one for one in keys.records() if one.value["api_key_role"] == "personal" and one.value["enabled"]
    )
    return next((one for one in records if not {"username", "corpus_keys"} & one.private.keys()), None)


def _principal(record: Record[dict[str, Any]]) -> Principal:
    """What a key that belongs to no user may do: as its maker, or on the corpora it is bound to."""
    key = record.value
    kind, reach = key["api_key_role"], ""
    bound = record.private.get("corpus_keys")
    if bound is None:  # it may do what its owner may, whatever roles it was given
        lists = record.private.get("roles", roles.OWNER)
    else:
        given = roles.given_roles(key)
        reach = "" if given else ROLE_OF_KIND[kind]
        lists = given or {"corpus_roles": [{"corpus_key": one, "role": reach} for one in bound]}
    granted = roles.grants(key["id"], lists, key.get("api_policy"), reach)
    return Principal(key["id"], kind, None if bound is None else frozenset(bound), grants=granted)


def _of_user(call: Call, record: Record[dict[str, Any]]) -> Principal | ApiError:
    """What the user may do whose personal key it is, at this moment."""
    user = call.world.store.table(USERS).find(record.private["username"])
    if user is None or user.value["id"] != record.private["user"]:
        return Unauthorized("the user of this API key is gone")
    if not user.value["enabled"]:
        return Forbidden(f"user '{user.value['username']}' is disabled")
    principal: Principal | None = user.memo.get("principal")
    if principal is None:
        granted = roles.grants(user.value["id"], user.value, user.value.get("api_policy"))
        facts = {"username": user.value["username"]}
        principal = user.memo["principal"] = Principal("", "personal", None, facts, granted)
    return replace(principal, id=record.value["id"])


def _of_token(call: Call, token: str) -> Principal | ApiError:
    world = call.world
    claims = tokens.verify(token, world)
    if claims is None:
        return Unauthorized("the token is not valid or has expired")
    client = find_client(world.store, claims["sub"])
    if client is None:
        return Unauthorized("the app client of this token is gone")
    principal: Principal | None = client.memo.get("principal")
    if principal is None:
        value = client.value
        lists = roles.given_roles(value) or client.private.get("roles", {})
        granted = roles.grants(value["id"], lists, value.get("api_policy"))
        principal = client.memo["principal"] = Principal(value["id"], "oauth", grants=granted)
    return principal


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
    """403 when the caller lacks the kind of key, the role, the corpus or the agent that this takes."""
    kinds = KINDS_OF_ROLE.get(principal.kind)
    if kinds is not None and not (kinds & operation.key_kinds):
        return Forbidden(f"{principal.kind} keys may not call {operation.id}")
    granted: Grants = principal.grants
    wanted: Rights = operation.rights
    if granted.policy is None:
        if principal.resources is None and granted.account & wanted.account:
            return None
        if wanted.corpus_at >= 0:  # the usual case of a bound key, without a detour
            key = call.path_values[wanted.corpus_at]
            held = granted.things["corpus"].get(key, 0) & wanted.scopes["corpus"].roles
            if held and (principal.resources is None or key in principal.resources):
                return None
        if wanted.late and any(granted.some[name] & asked.roles for name, asked in wanted.scopes.items()):
            call.confirm = _confirm
            return None
    if wanted.late or granted.policy is not None:
        call.confirm = _confirm
    return _verdict(operation, call, principal, roles.EARLY)


def _confirm(call: Call) -> ApiError | None:
    """The rest of `authorize`, once the body and the query string have been read."""
    assert call.operation is not None
    assert call.principal is not None
    return _verdict(call.operation, call, call.principal, roles.PLACES)


def confirm_as(ctx: Context, body: Mapping[str, Any]) -> ApiError | None:
    """The refusal of a caller by what `body` names, for a call that stands for several requests."""
    inner = copy(ctx.call)
    inner.arguments = {"body": body}
    return _confirm(inner)


def _verdict(
    operation: Operation, call: Call, principal: Principal, read: tuple[str, ...]
) -> ApiError | None:
    granted: Grants = principal.grants
    wanted: Rights = operation.rights
    named: dict[str, list[str]] = {}
    for scope, asked in wanted.scopes.items():
        keys = named[scope] = []
        for place in asked.places:
            if place[0] in read:
                keys += _named(operation, call, place)
    if principal.resources is not None:
        for key in named.get("corpus", ()):
            if key not in principal.resources:
                return Forbidden(f"this API key has no access to one or more corpora: '{key}'")
    if granted.policy is not None:
        refusal = _against_policy(operation, call, granted.policy, read, named.get("corpus", ()))
        if refusal is not None:
            return refusal
    if granted.account & wanted.account:
        return None
    lacking = ""
    for scope, asked in wanted.scopes.items():
        missed = [key for key in named[scope] if not _roles_on(call, granted, scope, key) & asked.roles]
        if granted.some[scope] & asked.roles and not missed:
            return None
        lacking = lacking or "".join(f" (lacking on {scope} '{key}')" for key in missed[:1])
    return Forbidden(f"{operation.id} takes one of the roles {wanted.told}{lacking}")


def _roles_on(call: Call, granted: Grants, scope: str, key: str) -> int:
    """The roles on one thing; corpus developers own the corpora that they have made."""
    found = granted.things[scope].get(key, 0)
    if scope == "corpus" and granted.account & roles.DEVELOPER:
        corpus = call.world.store.table(CORPORA).find(key)
        if corpus is not None and corpus.private.get("maker") == granted.holder:
            found |= roles.OWNS
    return found


def _against_policy(
    operation: Operation,
    call: Call,
    policy: roles.Policy,
    read: tuple[str, ...],
    corpora: Sequence[str],
) -> ApiError | None:
    name = operation.extensions.get("x-policy-operation", operation.id)
    if name not in policy:
        return Forbidden(f"the policy of this credential does not allow {name}")
    for place, allowed in (policy[name] or {}).items():
        pieces = tuple(place.replace("[]", "").split("."))
        if pieces[0] in read:
            found = corpora if pieces == IMPLIED else _named(operation, call, pieces)
            for key in found:
                if key not in allowed:
                    return Forbidden(f"the policy of this credential allows no {name} of '{key}'")
    return None


IMPLIED = ("implicit", "corpus_key")
"""In a policy: whatever corpora an operation is about."""
_IMPLICIT: Mapping[str, tuple[Kind[Any], str]] = {
    "chat": (CHATS, "chat_id"),
    "job": (JOBS, "job_id"),
    "query": (QUERY_HISTORY, "query_id"),
}
"""Things in a path that are about corpora: where they stand, and what names them."""


def _named(operation: Operation, call: Call, place: tuple[str, ...]) -> list[str]:
    """What a request names at a place; nothing for a thing that there is none of, which is 404 later."""
    where, name = place[0], place[1]
    if where == "body":
        return _texts(call.arguments.get("body"), place[1:])
    if where == "query":
        return _texts(call.arguments.get(name), ())
    if where == "path":
        return [call.path_values[operation.path_names.index(name)]] if name in operation.path_names else []
    if name not in _IMPLICIT:
        return []
    kind, parameter = _IMPLICIT[name]
    keys = _named(operation, call, ("path", parameter))
    record = call.world.store.table(kind).find(keys[0]) if keys else None
    return about(record) if record is not None else []


def _texts(node: Any, members: tuple[str, ...]) -> list[str]:
    """Every text at the end of a way through objects; lists are gone through."""
    nodes = node if isinstance(node, list) else [node]
    for member in members:
        inner: list[Any] = []
        for one in nodes:
            found = one.get(member) if isinstance(one, dict) else None
            if isinstance(found, list):
                inner += found
            else:
                inner.append(found)
        nodes = inner
    return [one for one in nodes if isinstance(one, str)]


def about(record: Record[Any]) -> list[str]:
    """The keys of the corpora that a chat, a job or an entry of the history is about."""
    found: list[str] = (
        record.private["corpus_keys"] if "corpus_keys" in record.private else (record.value["corpus_keys"])
    )
    return found


def visible(ctx: Context, scope: str = "corpus") -> frozenset[str] | None:
    """The corpora (or agents) that a list of this caller may be about; None when it may be about any."""
    operation, principal = ctx.call.operation, ctx.principal
    assert operation is not None
    assert principal is not None
    granted: Grants = principal.grants
    wanted: Rights = operation.rights
    allowed = (granted.policy or {}).get(operation.id) or {}
    limits = [keys for place, keys in allowed.items() if place == f"implicit.{scope}_key"]
    if principal.resources is not None and scope == "corpus":
        limits.append(principal.resources)
    if not granted.account & wanted.account:
        candidates = {*granted.things[scope]}
        if granted.account & roles.DEVELOPER:
            candidates.update(ctx.store.table(CORPORA).keys())
        asked = wanted.scopes[scope].roles
        limits.append(frozenset(k for k in candidates if _roles_on(ctx.call, granted, scope, k) & asked))
    return frozenset.intersection(*limits) if limits else None


def maker(ctx: Context) -> str:
    """Whose what is made now will be: the user's, or that of the key or client."""
    assert ctx.principal is not None
    holder: str = ctx.principal.grants.holder
    return holder


def inherited(ctx: Context) -> dict[str, Any]:
    """What a credential that is made without roles of its own keeps of its maker: its user, or its roles."""
    principal = ctx.principal
    assert principal is not None
    if "username" in principal.facts:
        return {"username": principal.facts["username"], "user": principal.grants.holder}
    return {"roles": roles_of(ctx)}


def narrowed(ctx: Context) -> dict[str, Any]:
    """The policy of the caller, which whatever it makes has too, so that it is no way around."""
    assert ctx.principal is not None
    policy = ctx.principal.grants.told_policy
    return {} if policy is None else {"api_policy": policy}


def roles_of(ctx: Context) -> dict[str, Any]:
    """The roles that the caller has at this moment, in lists."""
    assert ctx.principal is not None
    return {name: list(ctx.principal.grants.lists.get(name, ())) for name in ROLE_LISTS}
