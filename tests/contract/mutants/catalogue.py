"""The mutants: faults times families and streams, as many of them as are judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from tests.contract.mutants.faults import COUNT, FAULTS, STREAM, Fault
from tests.contract.mutants.middle import Site
from understudy.conformance import lifecycles
from understudy.conformance.contract import Contract
from understudy.conformance.lifecycles import Family

APIS = ("vectara", "aivax")
PER_FAULT = 2
"""How many families of an API a fault is tried in."""
PER_FAMILY = 3
"""How many faults a family has at least, as far as that many fit."""
SPECS = Path(__file__).parents[3] / "specs"


@dataclass(frozen=True)
class Mutant:
    """A server with one fault.

    Args:
        family: whose operation has the fault; empty for a stream.
    """

    fault: Fault
    api: str
    operation: str
    family: str

    @property
    def name(self) -> str:
        return f"{self.fault.name}:{self.api}:{self.operation}"

    @property
    def only(self) -> str:
        return self.family or self.operation

    def site(self, owner: Mapping[str, str]) -> Site:
        family = lifecycles.families(self.api).get(self.family)
        return Site(contract(self.api), self.operation, family, dict(owner))


@cache
def contract(api: str) -> Contract:
    return Contract(json.loads((SPECS / api / "bundle.json").read_bytes()), api)


@cache
def mutants() -> tuple[Mutant, ...]:
    """All that are judged, each name once."""
    found = {one.name: one for api in APIS for one in _of(api)}
    return tuple(found[name] for name in sorted(found))


def _of(api: str) -> Iterator[Mutant]:
    possible = [_possible(fault, api) for fault in FAULTS]
    chosen = [one for row in possible for one in sorted(row, key=_rank)[:PER_FAULT]]
    yield from chosen
    for family in lifecycles.families(api):
        rest = [one for row in possible for one in row if one.family == family and one not in chosen]
        has = sum(one.family == family for one in chosen)
        yield from sorted(rest, key=_rank)[: max(0, PER_FAMILY - has)]


def _possible(fault: Fault, api: str) -> list[Mutant]:
    if fault.role == STREAM:
        operations = lifecycles.stream_scripts(api)
        return [Mutant(fault, api, one, "") for one in operations if _fits_stream(fault, api, one)]
    found = []
    for name, family in lifecycles.families(api).items():
        for operation in _operations(family, fault.role):
            one = Mutant(fault, api, operation, name)
            if fault.fits(family, one.site({})) and (family.delete or family.update or family.list):
                found.append(one)
    return found


def _operations(family: Family, role: str) -> list[str]:
    if role == COUNT:
        return sorted({spec["operation"] for spec in family.counts})
    if role in ("read", "delete"):
        return [one for one in (getattr(family, role),) if one]
    spec = getattr(family, role)
    return [spec["operation"]] if spec else []


def _fits_stream(fault: Fault, api: str, operation: str) -> bool:
    """Only streams of events with kinds have an order."""
    ordered = "order" in (told := contract(api).operations[operation].stream) or "follows" in told
    return ordered or fault.name != "stream-out-of-order"


def _rank(one: Mutant) -> bytes:
    """An order that has nothing to do with names, so that every family has its turn."""
    return blake2b(one.name.encode(), digest_size=8).digest()
