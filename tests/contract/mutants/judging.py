"""Judging one mutant in this process: by our layers, and by Schemathesis alone."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.types import ASGIApp

from tests.contract.mutants.catalogue import Mutant, contract
from tests.contract.mutants.middle import Middle
from understudy.app import Server, create_server
from understudy.conformance.run import LAYERS, Options, Report, Run, chosen
from understudy.conformance.sending import Target
from understudy.settings import Settings

EXAMPLES = 2
"""Cases of each way of making them, in every run."""
FIRST = ("lifecycles", "streams", "security")
"""These layers run first; the others follow where they find nothing, so that a fault is told in a second."""
LEAST_SECONDS = 2.0
"""Schemathesis alone gets the seconds of our layers, and at least so many."""
_KEYS: Mapping[str, tuple[str, str]] = {
    "vectara": ("x-api-key", "zut_understudy"),
    "aivax": ("authorization", "Bearer sk-understudy"),
}
_WORLDS = itertools.count()


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the codes of its findings, and how many answers the fault has changed."""

    codes: tuple[str, ...]
    changed: int
    requests: int
    seconds: float

    @property
    def caught(self) -> bool:
        return bool(self.codes)


@cache
def server() -> Server:
    """One server for all mutants of a process; each has a world of its own."""
    return create_server(Settings())


def judge(mutant: Mutant, layers: tuple[str, ...] = LAYERS) -> Verdict:
    """Run our layers over a mutant, the quick ones first."""
    begin = time.perf_counter()
    codes: tuple[str, ...] = ()
    changed = requests = 0
    for part in (FIRST, tuple(name for name in layers if name not in FIRST)):
        if part and not codes:
            report, fresh = _run(mutant.api, mutant.only, part, mutant)
            codes = tuple(sorted({finding.code for finding in report.findings}))
            changed += fresh
            requests += sum(report.sent.values())
    return Verdict(codes, changed, requests, time.perf_counter() - begin)


@cache
def healthy(api: str, only: str, layers: tuple[str, ...] = LAYERS) -> tuple[str, ...]:
    """The findings of the same run over the server without a fault."""
    report, _ = _run(api, only, layers, None)
    return tuple(f"{one.code} {one.operation} {one.place}: {one.message}" for one in report.findings)


def _run(api: str, only: str, layers: tuple[str, ...], mutant: Mutant | None) -> tuple[Report, int]:
    target, middle, worlds = _target(api, mutant)
    try:
        options = Options(only=(only,), examples=EXAMPLES, layers=layers)
        report = Run(contract(api), target, options).execute()
    finally:
        _forget(worlds)
    return report, middle.changed if middle else 0


def _target(api: str, mutant: Mutant | None) -> tuple[Target, Middle | None, tuple[str, str]]:
    """A server in fresh worlds, with the fault in front of it."""
    number = next(_WORLDS)
    mine, other = f"mutant-{number}", f"neighbour-{number}"
    name, key = _KEYS[api]
    server().worlds.create(mine)
    server().worlds.create(other)
    app: ASGIApp = server()
    headers = {name: f"{key}@{mine}"}
    middle = Middle(app, mutant.site(headers), mutant.fault.act) if mutant else None
    served = Target("http://127.0.0.1", headers, {name: f"{key}@{other}"}, app=middle or app)
    return served, middle, (mine, other)


def _forget(worlds: tuple[str, ...]) -> None:
    for name in worlds:
        server().worlds.delete(name)


def plain(mutant: Mutant, seconds: float) -> tuple[str, ...]:
    """The checks of Schemathesis alone that fail for a mutant and not without its fault."""
    seconds = max(seconds, LEAST_SECONDS)
    usual = _usual(mutant.api, mutant.only)
    return tuple(sorted({name for name, _ in _failures(mutant.api, mutant.only, seconds, mutant) - usual}))


@cache
def _usual(api: str, only: str) -> frozenset[tuple[str, str]]:
    """What fails on the server without a fault: alarms that are false, in twice the time."""
    return frozenset(_failures(api, only, 2 * LEAST_SECONDS, None))


def _failures(api: str, only: str, seconds: float, mutant: Mutant | None) -> set[tuple[str, str]]:
    """Failed checks with their operations, as `schemathesis run` with its own checks and phases has them."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    target, _, worlds = _target(api, mutant)
    operations = [one.id for one in chosen(contract(api), Options(only=(only,)))]
    config = SchemathesisConfig.from_dict({
        "base-url": target.url, "headers": dict(target.headers), "seed": 1, "continue-on-failure": True,
        "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
        "warnings": False,
    })  # fmt: skip
    schema: Any = schemathesis.openapi.from_dict(contract(api).bundle, config=config)
    found: set[tuple[str, str]] = set()
    schema.app = target.app
    end = time.perf_counter() + seconds
    stream = from_schema(schema.include(operation_id=operations)).execute()
    try:
        for event in stream:
            if isinstance(event, events.ScenarioFinished):
                found |= set(_failed(event.recorder))
            if time.perf_counter() > end:
                break
    finally:
        stream.stop()
        _forget(worlds)
    return found


def _failed(recorder: Any) -> list[tuple[str, str]]:
    return [
        (type(check.failure_info.failure).__name__, check.failure_info.failure.operation)
        for checks in recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]
