"""Old cassettes against the contracts of today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from understudy.playback import cassettes
from understudy.playback.cassettes import Cassette, Entry
from understudy.playback.contracts import Contracts

_STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True)
class Finding:
    """What no longer holds: the number of the entry, from 1 on, the place in it, and why."""

    entry: int
    name: str
    place: str
    message: str
    where: str


def check(cassette: Cassette, contracts: Contracts) -> Iterator[Finding]:
    """Everything in a cassette that the contracts do not allow; placeholders of secrets may be anything."""
    for index, entry in enumerate(cassette.entries):
        exchange = cassettes.exchange_of(entry)
        recorded = exchange.operation
        found = contracts.check(exchange)
        if recorded and found and exchange.operation != recorded:
            found.append(("operation", f"was {recorded}, is {exchange.operation or 'none'}"))
        for place, why in found:
            if not _hidden(entry, place):
                where = cassette.where(index, _in_file(place))
                yield Finding(index + 1, cassettes.name_of(entry), place, why, where)


def _in_file(place: str) -> str:
    """A place of a call as it stands in the file."""
    side, _, rest = place.partition(".")
    name, _, inner = rest.partition(".")
    return f"{side}.body.json.{inner}" if name == "body" and inner else f"{side}.{name}"


def _hidden(entry: Entry, place: str) -> bool:
    """Whether a placeholder stands at a place, or in the path that a parameter is read from."""
    if place.startswith("request.path."):
        return "<secret-" in entry["request"]["path"]
    value: Any = entry
    for step in _STEP.findall(place if ".events[" in place else _in_file(place)):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return isinstance(value, str) and "<secret-" in value
