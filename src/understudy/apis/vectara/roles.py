"""Roles: those that operations ask for (`x-roles`, `x-scope`) and those that credentials have, as bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from understudy.apis.vectara.kinds import API_KEYS, APP_CLIENTS, ROLE_LISTS, USERS
from understudy.engine.operation import Operation
from understudy.errors import SpecError
from understudy.state.store import Store

ACCOUNT = (
    "owner", "administrator", "billing_administrator", "corpus_administrator", "corpus_developer",
    "agent_administrator", "agent_viewer", "agent_developer", "agent_user", "pipeline_administrator",
    "pipeline_viewer", "viewer", "corpus_viewer",
)  # fmt: skip
SCOPED: Mapping[str, tuple[str, ...]] = {
    "corpus": ("owner", "administrator", "editor", "viewer"),
    "agent": ("agent_administrator", "agent_developer", "agent_viewer", "agent_user"),
}
"""Roles on one corpus, or on one agent; `x-roles` names them `corpus:viewer` and so on."""
PLACES = ("path", "query", "body", "implicit")
EARLY = ("path", "implicit")
"""Where ids can be read before the request is validated."""
IMPLICIT = ("chat", "job", "query")
"""Things in a path that are about corpora."""
OWNER: Mapping[str, Any] = {"api_roles": ["owner"]}
Policy = Mapping[str, Mapping[str, frozenset[str]] | None]
"""Operation to the ids that may stand at a place of its request; None when any may."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Roles on single things that allow an operation, and where it names these things.

    Without `places`, or when a request names nothing there, such a role on anything is enough.
    """

    roles: int
    places: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """What an operation asks for.

    Args:
        account: roles on the account that are enough.
        scopes: roles on things that are enough.
        late: whether a request names such things in its body or query string.
        corpus_at: which of the values in the path is the one thing it names, a corpus; -1 otherwise.
        told: all of these roles, for messages.
    """

    account: int
    scopes: Mapping[str, Scope]
    late: bool
    corpus_at: int
    told: str


@dataclass(frozen=True, slots=True)
class Grants:
    """What a credential may do.

    Args:
        holder: id of the user, key or client whose rights these are.
        lists: the roles in the form of the API, for credentials that it makes.
        account: its roles on the account.
        things: its roles by thing, per scope.
        some: its roles on anything, per scope.
        policy: what it is narrowed to besides.
        told_policy: the same as answers tell it, for what it makes.
    """

    holder: str
    lists: Mapping[str, Any]
    account: int
    things: Mapping[str, Mapping[str, int]]
    some: Mapping[str, int]
    policy: Policy | None = None
    told_policy: Mapping[str, Any] | None = None


def bits(names: Iterable[str], known: Sequence[str]) -> int:
    """Names as bits in the order of the known ones; ValueError for one that is not known."""
    found = 0
    for name in names:
        found |= 1 << known.index(name)
    return found


DEVELOPER = bits(["corpus_developer"], ACCOUNT)
OWNS = bits(["owner"], SCOPED["corpus"])


def rights(operation: Operation) -> Rights:
    """What the spec says of an operation, compiled; SpecError when it is not whole."""
    try:
        named: list[str] = operation.extensions["x-roles"]
        places = operation.extensions.get("x-scope", {})
        account = bits((name for name in named if name.partition(":")[0] not in SCOPED), ACCOUNT)
        scopes = {
            scope: Scope(
                bits((name.partition(":")[2] for name in named if name.startswith(f"{scope}:")), known),
                tuple(_place(operation, place) for place in places[scope]),
            )
            for scope, known in SCOPED.items()
            if scope in places or any(name.startswith(f"{scope}:") for name in named)
        }
    except (KeyError, ValueError) as error:
        raise SpecError(f"x-roles or x-scope of '{operation.id}' lacks or misspells {error}") from None
    late = any(place[0] not in EARLY for scope in scopes.values() for place in scope.places)
    alone = list(scopes) == ["corpus"] and scopes["corpus"].places == (("path", "corpus_key"),)
    corpus_at = operation.path_names.index("corpus_key") if alone else -1
    return Rights(account, scopes, late, corpus_at, ", ".join(named))


def _place(operation: Operation, stated: str) -> tuple[str, ...]:
    """`body.search.corpora[].corpus_key` in pieces; ValueError for a place where nothing would be found."""
    pieces = tuple(stated.replace("[]", "").split("."))
    known: Mapping[str, Iterable[str]] = {
        "path": operation.path_names,
        "query": [parameter.name for parameter in operation.in_query],
        "implicit": IMPLICIT,
        "body": pieces[1:],
    }
    if len(pieces) < 2 or pieces[1] not in known.get(pieces[0], ()):
        raise ValueError(stated)
    return pieces


def grants(
    holder: str, lists: Mapping[str, Any], policy: Mapping[str, Any] | None, reach: str = ""
) -> Grants:
    """The rights that lists of roles give; `reach` is a corpus role that is held without naming a corpus."""
    account = bits(lists.get("api_roles", ()), ACCOUNT)
    things = {
        scope: _by_thing(lists.get(f"{scope}_roles", ()), f"{scope}_key", known)
        for scope, known in SCOPED.items()
    }
    some = {scope: _either(found.values()) for scope, found in things.items()}
    some["corpus"] |= bits([reach] if reach else [], SCOPED["corpus"]) | (OWNS if account & DEVELOPER else 0)
    return Grants(holder, lists, account, things, some, None if policy is None else _compiled(policy), policy)


def _by_thing(given: Iterable[Mapping[str, str]], key: str, known: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for role in given:
        found[role[key]] = found.get(role[key], 0) | bits([role["role"]], known)
    return found


def _either(found: Iterable[int]) -> int:
    either = 0
    for one in found:
        either |= one
    return either


def _compiled(policy: Mapping[str, Any]) -> Policy:
    return {
        name: None
        if entry["allow_any_resource"]
        else {place: frozenset(ids) for place, ids in entry.get("allowed_resources", {}).items()}
        for name, entry in policy["allowed_operations"].items()
    }


def stated_policy(given: Mapping[str, Any]) -> dict[str, Any]:
    """A policy of a fixture as answers tell it: an operation without any entry may use any resource."""
    allowed = {
        name: {"allow_any_resource": True} if entry is None else entry
        for name, entry in given["allowed_operations"].items()
    }
    return {"name": given["name"], "allowed_operations": allowed}


def given_roles(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The lists of roles that a credential was given; None when there is none at all."""
    return {name: value[name] for name in ROLE_LISTS if name in value} or None


def forget(store: Store, scope: str, key: str) -> None:
    """Take the roles on a thing that goes away from everybody: one made later of that key is another."""
    name, member = f"{scope}_roles", f"{scope}_key"
    for kind in (API_KEYS, APP_CLIENTS, USERS):
        table = store.table(kind)
        for record in table.records():
            left = [role for role in record.value.get(name, ()) if role[member] != key]
            if len(left) < len(record.value.get(name, ())):
                table.replace({**record.value, name: left})
