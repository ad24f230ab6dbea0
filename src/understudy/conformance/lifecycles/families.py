"""The families of resources, as `families/<api>.yaml` describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from understudy.conformance.findings import Exchange
from understudy.conformance.lifecycles.bodies import member

FAMILIES = Path(__file__).parents[1] / "families"


@dataclass(frozen=True)
class Family:
    """The operations of one kind of resource.

    Args:
        key: the member of an answer that identifies one; `path` is the name of the path parameter for it.
        create, update, list: the operation and what it is called with. Texts may hold `{unique}` and `{n}`.
        volatile: members that may differ between two answers about the same thing.
        unechoed: members of a request that no answer has.
        parents: families that have to be there first, by the path parameter that names one.
        conflict: whether a second create with the same key is refused.
        wrapped: the member of answers that holds the thing, when they do not hold it themselves.
        made: where the answer of a create tells the key alone, such as `data.id`; the thing is then read.
        find: how a new thing is found in a list when the answer of the create does not tell its key:
            `{operation, items, member, text}`, and `sent`, the member of the request that has the text.
        named: what the caller calls a new thing, where keys are chosen so outside of the body.
        at: where a key stands in a request, `path` or `query`.
        renamed: members of a request by what answers call them.
        truncates: whether with a thing all go that were made after it.
        aliases: path parameters that take the value of another one.
        headers: what every call needs besides the credential.
        counts: operations that tell how many there are of one parent: `{operation, member}`, and for lists
            `{items, row: [member, path parameter]}`.
    """

    name: str
    key: str
    path: str
    create: Mapping[str, Any]
    read: str = ""
    update: Mapping[str, Any] = field(default_factory=dict)
    list: Mapping[str, Any] = field(default_factory=dict)
    delete: str = ""
    volatile: frozenset[str] = frozenset()
    unechoed: frozenset[str] = frozenset()
    parents: Mapping[str, str] = field(default_factory=dict)
    conflict: bool = False
    cascades: bool = True
    wrapped: str = ""
    made: str = ""
    find: Mapping[str, Any] = field(default_factory=dict)
    named: str = ""
    at: str = "path"
    truncates: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    counts: tuple[Mapping[str, Any], ...] = ()

    @property
    def echoes(self) -> bool:
        """Whether the answer of a create is the new thing."""
        return not (self.made or self.find or self.named)

    @property
    def readable(self) -> bool:
        """Whether one thing can be looked at, by itself or in the list."""
        return bool(self.read or self.list)

    def told(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a request says, by the names that answers have for it."""
        return {self.renamed.get(name, name): value for name, value in body.items()}

    def place(self, key: str) -> tuple[dict[str, str], dict[str, str]]:
        """What a key puts into the path and into the query of a request."""
        return ({}, {self.path: key}) if self.at == "query" else ({self.path: key}, {})

    def made_by(self, exchange: Exchange) -> str:
        """The key of what a create has made, as far as its request and its answer tell it."""
        if self.find:
            return ""
        if self.named:
            return dict(exchange.query).get(self.path, "")
        at = self.made or (f"{self.wrapped}.{self.key}" if self.wrapped else self.key)
        found = member(exchange.value(), at)
        return "" if found is None else str(found)

    def operations(self) -> set[str]:
        calls = (self.create, self.update, self.list, *self.counts)
        named = {call["operation"] for call in calls if call}
        return {one for one in (*named, self.read, self.delete) if one}


@cache
def _described(api: str) -> Mapping[str, Any]:
    file = FAMILIES / f"{api}.yaml"
    found: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return found


def account_operations(api: str) -> frozenset[str]:
    """Operations that change the account itself; they are not called with anything that comes along."""
    return frozenset(_described(api).get("account", ()))


def usual_headers(api: str) -> Mapping[str, str]:
    """What every call of an API needs besides the credential."""
    found: Mapping[str, str] = _described(api).get("headers", {})
    return found


def stream_scripts(api: str) -> Mapping[str, Any]:
    """How operations that stream are called: `{parents, body, switch, text}` by operation."""
    found: Mapping[str, Any] = _described(api).get("streams", {})
    return found


def weak_keys(api: str) -> tuple[Mapping[str, Any], ...]:
    """How keys are made that may do less: `{kinds, first, operation, body, secret, headers}`."""
    return tuple(_described(api).get("weak_keys", ()))


@cache
def families(api: str) -> Mapping[str, Family]:
    """The families of an API that we know, none for another one."""
    rows = _described(api).get("families", {})
    return {name: _family(name, row) for name, row in rows.items()}


def _family(name: str, row: Mapping[str, Any]) -> Family:
    sets: dict[str, Any] = {k: frozenset(v) for k, v in row.items() if k in ("volatile", "unechoed")}
    sets["counts"] = tuple(row.get("counts", ()))
    return Family(name, **{**row, **sets})
