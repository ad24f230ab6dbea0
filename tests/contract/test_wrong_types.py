"""What every operation of the contract refuses: wrong types, wrong methods, wrong credentials.

Everything is enumerated from the bundle, so an operation that is added is tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.contract import CONTRACTS, METHODS, VECTARA, Contract, Described, kind_of, variants
from understudy.pytest_plugin import Understudy

OPERATIONS = [one for contract in CONTRACTS for one in contract.described()]
ACTED = [one for one in OPERATIONS if not one.planned]
WRONG = {"string": 5, "integer": "5", "number": "0.5", "boolean": "true", "object": [], "array": {}}
"""Per type a value of another one that a lenient reader would take."""


def named(value: Any) -> str | None:
    return value.id if isinstance(value, Described) else None


def wrong_bodies(operation: Described) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each top-level property, and one property inside of each of them, with a value of another type."""
    schema, contract = operation.body(), operation.contract
    for properties, valid in variants(contract, schema) if schema else ():
        for name, inner in properties.items():
            kind = kind_of(contract, inner)
            if kind in WRONG:
                yield name, {**valid, name: WRONG[kind]}
            inside = wrong_inside(contract, inner)
            yield from ((f"{name}{place}", {**valid, name: value}) for place, value in inside)


def wrong_inside(contract: Contract, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if kind_of(contract, schema) == "array":
        items = contract.resolved(schema)["items"]
        yield "[0]", [WRONG[kind_of(contract, items)]]
        yield from ((f"[0]{place}", [value]) for place, value in wrong_inside(contract, items))
    elif kind_of(contract, schema) == "object":
        for properties, valid in variants(contract, schema):
            for name, inner in properties.items():
                if kind_of(contract, inner) in WRONG:
                    yield f".{name}", {**valid, name: WRONG[kind_of(contract, inner)]}
                    break  # one of each object is enough


CASES = [
    pytest.param(operation, place, body, id=f"{operation.id}-{number}-{place}")
    for operation in ACTED
    for number, (place, body) in enumerate(wrong_bodies(operation))
]


@pytest.fixture
def calls(understudy: Understudy) -> Iterator[httpx.Client]:
    """A client without any credential."""
    with httpx.Client(base_url=understudy.url, timeout=30) as client:
        yield client


def key(understudy: Understudy, contract: Contract, name: str = "") -> dict[str, str]:
    """Headers with a key for the world of the test, the one that may do most when none is named."""
    return contract.headers(f"{name or list(contract.kinds_of_key)[-1]}@{understudy.world}")


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.store.version, world.store.dump()))


def test_every_operation_with_a_json_body_is_among_the_cases() -> None:
    tried = {case.values[0].id for case in CASES}
    assert tried == {operation.id for operation in ACTED if operation.body() is not None}


@pytest.mark.parametrize(("operation", "place", "body"), CASES)
def test_a_value_of_another_type_is_refused_and_named(
    understudy: Understudy, calls: httpx.Client, operation: Described, place: str, body: dict[str, Any]
) -> None:
    before = state(understudy)
    headers = key(understudy, operation.contract) if operation.secured else {}
    answer = calls.request(operation.method, operation.url, json=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert f"body.{place}: " in answer.text
    if operation.secured and operation.contract is VECTARA:
        assert f"body.{place}" in answer.json()["field_errors"]
    assert state(understudy) == before


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
def test_a_method_that_is_not_in_the_contract_is_refused_with_those_that_are(
    understudy: Understudy, calls: httpx.Client, path: str
) -> None:
    here = {one.method: one for one in OPERATIONS if one.path == path}
    allowed = ", ".join(sorted(method.upper() for method in here))
    first = next(iter(here.values()))
    for method in {*METHODS, "propfind"} - set(here):
        answer = calls.request(method, first.url, headers=key(understudy, first.contract))
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), method
        assert method == "head" or set(answer.json()) in (first.contract.refusal, {"error"})


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.secured], ids=named)
def test_no_credential_and_a_wrong_one_are_refused(
    understudy: Understudy, calls: httpx.Client, operation: Described
) -> None:
    before = state(understudy)
    for headers in operation.contract.wrong(understudy.world):
        answer = calls.request(operation.method, operation.url, headers=headers)
        assert answer.status_code == 401, answer.text
        assert set(answer.json()) in (operation.contract.refusal, {"error"})
    assert state(understudy) == before


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if not one.secured], ids=named)
def test_an_open_operation_asks_for_no_credential(calls: httpx.Client, operation: Described) -> None:
    for headers in ({}, {"x-api-key": "zut_wrong"}):
        answer = calls.request(operation.method, operation.url, headers=headers)
        assert answer.status_code in (200, 204, 400, 404), answer.text


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        pytest.param(one, name, id=f"{one.id}-{name}")
        for one in OPERATIONS
        if one.secured
        for name in one.contract.kinds_of_key
    ],
)
def test_a_key_is_forbidden_exactly_what_the_contract_keeps_from_its_kind(
    understudy: Understudy, calls: httpx.Client, operation: Described, name: str
) -> None:
    contract = operation.contract
    answer = calls.request(operation.method, operation.url, headers=key(understudy, contract, name))
    allowed = bool(contract.kinds_of_key[name] & set(operation.raw["x-key-kinds"]))
    assert (answer.status_code != 403) is allowed, answer.text
    assert answer.status_code not in (401, 405)
