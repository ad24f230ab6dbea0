"""What a spec says of roles is whole and known, or the start is refused."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.apis.vectara.roles import ACCOUNT, SCOPED, bits, grants, rights
from understudy.engine.contract import Schemas
from understudy.engine.operation import Operation, compile_operation
from understudy.errors import SpecError


def operation(**extensions: Any) -> Operation:
    described = {name.replace("_", "-"): value for name, value in extensions.items()}
    path = {"name": "corpus_key", "in": "path", "required": True, "schema": {"type": "string"}}
    described["parameters"] = [path, {**path, "in": "query", "required": False}]
    raw = {"operationId": "getThing", "tags": ["Things"], "responses": {"200": {}}, **described}
    return compile_operation("/v2/things/{corpus_key}", "get", raw, Schemas({}), True)


def test_roles_are_bits() -> None:
    found = rights(operation(x_roles=["owner", "viewer"]))
    assert found.account == bits(["viewer", "owner"], ACCOUNT)
    assert (found.scopes, found.late, found.told) == ({}, False, "owner, viewer")


@pytest.mark.parametrize(
    ("place", "late"),
    [("path.corpus_key", False), ("implicit.chat", False), ("query.corpus_key", True), ("body.a[].b", True)],
)
def test_a_place_is_read_before_or_after_validation(place: str, late: bool) -> None:
    found = rights(operation(x_roles=["owner", "corpus:viewer"], x_scope={"corpus": [place]}))
    assert found.late is late
    assert found.scopes["corpus"].places == (tuple(place.replace("[]", "").split(".")),)
    assert found.scopes["corpus"].roles == bits(["viewer"], SCOPED["corpus"])


@pytest.mark.parametrize(
    "extensions",
    [
        {},
        {"x_roles": ["king"]},
        {"x_roles": ["corpus:viewer"]},
        {"x_roles": ["agent:agent_user"], "x_scope": {"corpus": []}},
        {"x_roles": ["corpus:agent_user"], "x_scope": {"corpus": []}},
        {"x_roles": ["table:viewer"]},
        {"x_roles": ["corpus:viewer"], "x_scope": {"corpus": ["header.corpus_key"]}},
        {"x_roles": ["corpus:viewer"], "x_scope": {"corpus": ["path"]}},
        {"x_roles": ["corpus:viewer"], "x_scope": {"corpus": ["path.corpus"]}},
        {"x_roles": ["corpus:viewer"], "x_scope": {"corpus": ["query.corpus"]}},
        {"x_roles": ["corpus:viewer"], "x_scope": {"corpus": ["implicit.corpus"]}},
    ],
)
def test_what_is_lacking_or_misspelt_stops_the_start(extensions: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="getThing"):
        rights(operation(**extensions))


def test_several_roles_on_one_thing_add_up() -> None:
    given = [{"corpus_key": "a", "role": name} for name in ("viewer", "owner")]
    found = grants("usr_1", {"corpus_roles": given}, None)
    assert found.things["corpus"] == {"a": bits(["viewer", "owner"], SCOPED["corpus"])}
    assert found.some == {"corpus": found.things["corpus"]["a"], "agent": 0}
