"""The legal order of the events of a stream, as `x-stream` of the contract has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

BEGIN = "begin"


def check_order(told: Mapping[str, Any], kinds: Sequence[str], body: object = None) -> None:
    """Either `follows` says which event may come after which, or `order` is that of all of them.

    The `body` of the request matters where it may ask for earlier events, which come first.
    """
    if "follows" in told:
        recalled = isinstance(body, Mapping) and told.get("recalls") in body
        starts = [at for at in range(len(kinds)) if recalled or not at]
        faults = [_fault(told["follows"], kinds[at:]) for at in starts]
        assert "" in faults, f"{faults[0]} in {kinds}"
        return
    once = [
        kind
        for at, kind in enumerate(kinds)
        if not at or kind not in told["repeats"] or kinds[at - 1] != kind
    ]
    assert once == [kind for kind in told["order"] if kind in kinds]
    assert set(told["always"]) <= set(kinds)


def _fault(follows: Mapping[str, Sequence[str]], kinds: Sequence[str]) -> str:
    """What is wrong with an order, nothing when it is right."""
    for before, after in pairwise([BEGIN, *kinds]):
        if after not in follows[before]:
            return f"{after} after {before}"
    return f"{kinds[-1]} is no end" if follows[kinds[-1]] else ""
