"""What `--only` leaves of a contract: operations by their name, their tag or their family."""

from __future__ import annotations

from collections.abc import Iterable

from understudy.conformance import lifecycles
from understudy.conformance.contract import Contract, Operation
from understudy.conformance.lifecycles import Family


def operations(contract: Contract, only: Iterable[str]) -> list[Operation]:
    """Those that are named by themselves, by a tag or by a family; all when nothing is named."""
    wanted = {name.lower() for name in only}
    known = lifecycles.families(contract.name)
    of_families = {op for name, family in known.items() if name in wanted for op in family.operations()}
    return [
        one
        for one in contract.operations.values()
        if not wanted or one.id.lower() in wanted or one.tag.lower() in wanted or one.id in of_families
    ]


def families(contract: Contract, only: Iterable[str]) -> list[Family]:
    """The families of the contract that are named, or have something that is."""
    wanted = {name.lower() for name in only}
    found = []
    for name, family in lifecycles.families(contract.name).items():
        operation = contract.operations.get(family.create["operation"])
        if operation is None:
            continue
        names = {name, operation.tag.lower(), *(one.lower() for one in family.operations())}
        if not wanted or not wanted.isdisjoint(names):
            found.append(family)
    return found


def unknown(contract: Contract, only: Iterable[str]) -> list[str]:
    """Names that no operation, tag or family has."""
    known = {name.lower() for one in contract.operations.values() for name in (one.id, one.tag)}
    known |= {*lifecycles.families(contract.name)}
    return [name for name in only if name.lower() not in known]
