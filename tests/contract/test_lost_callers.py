"""Whoever has a credential of a world that cannot be is unknown, and is answered as the contract says."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from tests.contract.mutants.catalogue import APIS, contract
from tests.contract.test_verify import HEADERS, served
from understudy.app import Server
from understudy.conformance import judging
from understudy.conformance.contract import Operation
from understudy.conformance.findings import Exchange
from understudy.conformance.sending import Sender, Target, filled

NO_WORLDS = ("no world", "\x1f", "éé", "x" * 65, "a/b")
"""Names that no world can have."""
OPEN = "wky_understudy"
"""An access key that is right in the world without a name."""
OPERATIONS = [(api, one) for api in APIS for one in contract(api).operations.values()]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as server:
        yield server


def asked(
    server: Server, api: str, operation: Operation, credential: str, headers: dict[str, str] | None = None
) -> Exchange:
    """The answer to a caller whose credential stands wherever the operation takes one."""
    sender = Sender(contract(api), Target("http://127.0.0.1", app=server), lambda _: None)
    values = dict.fromkeys(contract(api).values(operation, operation.path), credential)
    client = {"client_id": credential, "client_secret": "s", "grant_type": "client_credentials"}
    body = {"prompt": "Hello?"} if operation.id == "sendPrompt" else client
    content = orjson.dumps(body) if "requestBody" in operation.raw else b""
    sent = {"content-type": "application/json"} if content else {}
    try:
        path = filled(operation, values)
        answer = sender.send(operation.method, path, (), {**sent, **(headers or {})}, content)
    finally:
        sender.close()
    return Exchange(**{**vars(answer), "operation": operation.id})


@pytest.mark.parametrize("world", NO_WORLDS)
@pytest.mark.parametrize(
    ("api", "operation"),
    [pytest.param(api, one, id=one.id) for api, one in OPERATIONS if not one.secured],
)
def test_a_public_operation_answers_as_to_any_wrong_credential(
    server: Server, api: str, operation: Operation, world: str
) -> None:
    wrong = asked(server, api, operation, "wrong")
    lost = asked(server, api, operation, f"{OPEN}@{world}")
    assert lost.status == wrong.status >= 400
    assert list(judging.judge(contract(api), lost)) == []


@pytest.mark.parametrize("world", ["no world", "x" * 65, "a/b"])
@pytest.mark.parametrize("api", APIS)
def test_a_key_that_is_right_elsewhere_opens_no_secured_operation(
    server: Server, api: str, world: str
) -> None:
    name, key = HEADERS[api]
    for operation in (one for of, one in OPERATIONS if of == api and one.secured):
        answer = asked(server, api, operation, "nobody", {name: f"{key}@{world}"})
        assert answer.status == 401, operation.id
        assert list(judging.judge(contract(api), answer)) == []


def test_the_journal_of_the_plain_world_tells_of_it_and_no_world_is_made() -> None:
    transcript = contract("aivax").operations["downloadSessionTranscript"]
    with served() as server:
        asked(server, "aivax", transcript, f"{OPEN}@no world")
        worlds = server.worlds.names()
        (entry,) = server.worlds.get().journal.entries
    assert worlds == [""]
    assert (entry.operation, entry.status) == (transcript.id, 422)
    assert OPEN not in str(entry)
