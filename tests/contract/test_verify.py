"""Our own server keeps its contract, as `understudy verify` judges it: no finding, with a fixed seed.

`UNDERSTUDY_CASES` says how many cases of Schemathesis an API gets at least; `nox -s verify_full`: 10,000.
`UNDERSTUDY_SEED` takes the place of the seed, and `UNDERSTUDY_FIGURES` names a file for rows of a table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.contract.mutants.catalogue import APIS, contract
from understudy.app import Server, create_server
from understudy.conformance.lifecycles import usual_headers
from understudy.conformance.run import LAYERS, Options, Report, Run
from understudy.conformance.score import FAILED
from understudy.conformance.sending import Target
from understudy.settings import Settings

SEED = int(os.environ.get("UNDERSTUDY_SEED", "20260101"))
CASES = int(os.environ.get("UNDERSTUDY_CASES", "0"))
EXAMPLES: Mapping[str, int] = {
    "vectara": max(1, CASES // 5000),
    "aivax": max(1, 6 * CASES // 1000),
    "vectara-v1": max(1, CASES // 20),
}
"""Cases of each way of making them: Vectara has so many more operations and members that few are enough."""
SECONDS = None if CASES else 30.0
"""The suite ends each API after this time; what was sent until then is judged."""
PAGE = os.environ.get("UNDERSTUDY_FIGURES", "")
HEADERS: Mapping[str, tuple[str, str]] = {
    "vectara": ("x-api-key", "zut_understudy"),
    "aivax": ("authorization", "Bearer sk-understudy"),
    "vectara-v1": ("x-api-key", "zut_understudy"),
}


@contextmanager
def served() -> Iterator[Server]:
    server = create_server(Settings())
    try:
        yield server
    finally:
        server.close()


def run(server: Server, api: str) -> Report:
    name, key = HEADERS[api]
    server.worlds.create("neighbour")
    usual = usual_headers(api)
    other = {**usual, name: f"{key}@neighbour"}
    target = Target("http://127.0.0.1", {**usual, name: key}, other, app=server)
    options = Options(examples=EXAMPLES[api], seed=SEED, budget=SECONDS, layers=LAYERS)
    return Run(contract(api), target, options).execute()


def figures(api: str, report: Report) -> str:
    by_layer = ", ".join(f"{name} {count}" for name, count in sorted(report.sent.items()))
    return (
        f"| {api} | {SEED} | {EXAMPLES[api]} | {sum(report.sent.values())} | {by_layer} | "
        f"{len(report.findings)} | {report.score.count(FAILED)} | {report.score.line} |\n"
    )


@pytest.mark.parametrize("api", APIS)
def test_our_server_keeps_its_contract(api: str) -> None:
    with served() as server:
        report = run(server, api)
        assert [f"{one.code} {one.operation} {one.place}: {one.message}" for one in report.findings] == []
        assert server.violations == []
    assert report.left_behind == []
    assert report.sent["lifecycles"] > 1000
    assert report.sent["security"] > 100
    assert report.sent.get("schemathesis", 0) >= CASES
    if PAGE:
        with open(PAGE, "a", encoding="utf-8") as page:
            page.write(figures(api, report))


def test_our_server_keeps_the_contract_of_v1() -> None:
    """It has no lifecycles; what is created is created in v2."""
    with served() as server:
        report = run(server, "vectara-v1")
        assert [f"{one.code} {one.operation} {one.place}: {one.message}" for one in report.findings] == []
        assert server.violations == []
        assert report.exit_code == 0
    assert report.sent["security"] > 50
    assert report.sent["schemathesis"] >= max(CASES, 100)
