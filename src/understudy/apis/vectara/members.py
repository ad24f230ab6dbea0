"""Members of objects, as bodies and fixtures hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def picked(holder: Mapping[str, Any], members: Iterable[str]) -> dict[str, Any]:
    """Those of the named members that an object has, in the order in which they are named."""
    return {member: holder[member] for member in members if member in holder}
