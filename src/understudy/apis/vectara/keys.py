"""Keys that are made after a name: of agents and of what belongs to them."""

from __future__ import annotations

import re
from typing import Any

from understudy.state.store import Table
from understudy.state.world import World

LONGEST_KEY = 50
SUFFIX_LENGTH = 4
"""Hex digits behind the name (guess: samples have four, some with a time before them)."""


def slug(name: str, room: int) -> str:
    """A name in small letters, digits and `_`, cut to `room` characters; empty when nothing is left."""
    return re.sub(r"[^0-9a-z]+", "_", name.lower())[:room].strip("_")


def new_key(world: World, prefix: str, name: str, taken: Table[Any]) -> str:
    """A key after a name, such as `agt_front_desk_3fa9`, that is not in `taken`."""
    stem = slug(name, LONGEST_KEY - len(prefix) - SUFFIX_LENGTH - 2)
    stem = f"{prefix}_{stem}" if stem else prefix
    while (key := f"{stem}_{world.ids.hexadecimal(prefix, SUFFIX_LENGTH)}") in taken:
        continue
    return key
