"""What a run in this process may be sent, and that the same seed sends the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.mutants.catalogue import APIS, contract
from tests.contract.test_verify import HEADERS, served
from understudy.app import Server
from understudy.conformance import lifecycles
from understudy.conformance.findings import Exchange
from understudy.conformance.run import NOBODY, Options, Report, Run
from understudy.conformance.sending import Target


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as server:
        yield server


def prepared(server: Server, api: str, **options: Any) -> Run:
    name, key = HEADERS[api]
    return Run(contract(api), Target("http://127.0.0.1", {name: key}, app=server), Options(**options))


def unfinished(server: Server, api: str) -> Run:
    """A run that has nothing to send any more and can be asked what it would."""
    run = prepared(server, api, layers=())
    run.execute()
    return run


@pytest.mark.parametrize(
    ("api", "operation"),
    [(api, one) for api in APIS for one in sorted(lifecycles.account_operations(api))],
)
def test_what_could_end_the_credential_goes_to_things_of_the_run(
    server: Server, api: str, operation: str
) -> None:
    run = unfinished(server, api)
    known = contract(api).operations[operation]
    mine = dict.fromkeys(contract(api).values(known, known.path), "made-here")
    theirs = dict.fromkeys(mine, "found-there")
    assert run.before(operation, theirs, {}, True) == (dict.fromkeys(mine, NOBODY), {})
    for family in lifecycles.families(api).values():
        run._made[(family.name, "made-here")] = (family, {})
    assert run.before(operation, mine, {}, True) == (mine, {})


def test_everything_else_goes_out_as_it_is(server: Server) -> None:
    run = unfinished(server, "vectara")
    body = {"name": "Lamps"}
    assert run.before("updateCorpus", {"corpus_key": "found-there"}, body, True) == (
        {"corpus_key": "found-there"},
        body,
    )


def test_on_another_server_what_is_made_bears_a_name_and_nothing_else_is_changed() -> None:
    options = Options(only=("importSkillsJSONL",), layers=())
    run = Run(contract("aivax"), Target("http://127.0.0.1:1"), options)
    run.execute()
    named, form = {"name": "Lamps", "size": 7}, {"skills": b"{}"}
    path, marked = run.before("createGateway", {}, named, True)
    assert (path, marked) == ({}, {"name": f"{lifecycles.MARK}-f1", "size": 7})
    for operation, body, valid in (("createGateway", named, False), ("importSkillsJSONL", form, True)):
        assert run.before(operation, {}, body, valid)[1] is body


def test_fuzzing_the_account_keeps_the_key_of_the_run(server: Server) -> None:
    account = tuple(lifecycles.account_operations("vectara"))
    makers = ("createApiKey", "createAppClient", "createUser", "listApiKeys", "listUsers", "listAppClient")
    report = prepared(
        server, "vectara", only=account + makers, examples=2, layers=("schemathesis",)
    ).execute()
    assert report.sent["schemathesis"] > 500
    assert report.left_behind == []
    assert report.findings == []


def test_a_file_is_not_taken_for_a_body_that_breaks_the_contract(server: Server) -> None:
    report = prepared(
        server, "aivax", only=("importSkillsJSONL", "uploadFile"), examples=40, layers=("schemathesis",)
    ).execute()
    assert report.sent["schemathesis"] > 100
    assert report.findings == []


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_walks_the_same_ways(seed: int) -> None:
    assert walked(seed) == walked(seed)


def test_another_seed_walks_other_ways() -> None:
    assert len({tuple(walked(seed)) for seed in (7, 8, 9)}) == 3


def walked(seed: int) -> list[tuple[str, int]]:
    """The operations that lifecycles of one family call, and their answers' status."""
    seen: list[tuple[str, int]] = []

    class Watched(Run):
        def _listen(self, exchange: Exchange) -> None:
            seen.append((exchange.operation, exchange.status))
            super()._listen(exchange)

    name, key = HEADERS["vectara"]
    with served() as server:
        target = Target("http://127.0.0.1", {name: key}, app=server)
        options = Options(only=("instructions",), examples=8, seed=seed, layers=("lifecycles",))
        report: Report = Watched(contract("vectara"), target, options).execute()
    assert report.findings == []
    return seen
