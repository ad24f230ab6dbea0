"""The legal order of the events of a stream, as `x-stream` of the contract has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

BEGIN = "begin"


def check_order(told: Mapping[str, Any], kinds: Sequence[str]) -> None:
    """Either `follows` says which event may come after which, or `order` is that of all of them."""
    if "follows" in told:
        for before, after in pairwise([BEGIN, *kinds]):
            assert after in told["follows"][before], f"{after} after {before} in {kinds}"
        assert not told["follows"][kinds[-1]], f"{kinds[-1]} is no end"
        return
    once = [
        kind
        for at, kind in enumerate(kinds)
        if not at or kind not in told["repeats"] or kinds[at - 1] != kind
    ]
    assert once == [kind for kind in told["order"] if kind in kinds]
    assert set(told["always"]) <= set(kinds)
