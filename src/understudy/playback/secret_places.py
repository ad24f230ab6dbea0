"""Where secrets stand: names of headers, of members and of values in a query, beginnings of paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from understudy.engine.journal import Places

EVERYWHERE = 6
"""Characters from which on a secret is replaced wherever it occurs; shorter ones in their place alone."""
EVERYWHERE_GENERIC = 12
"""The same for members that hold other things as well."""
_GENERIC = {"value": "count", "token": "logprob"}
"""Names that hold no secret beside the other member, and outside of which they may be anything."""
_WORDS = re.compile(r"[^a-z0-9]")


class SecretPlaces:
    """The places of a recording where secrets stand.

    Args:
        places: the list that also decides what the journal leaves out.
    """

    def __init__(self, places: Places) -> None:
        self.headers = frozenset(name.lower() for name in places.headers)
        self.paths = [prefix.decode() for prefix in places.paths]
        self._names = {_plainly(name) for name in (*places.members, *places.query, *places.headers)}
        strong = sorted(name for name in (*places.members, *places.query) if _plainly(name) not in _GENERIC)
        named = "|".join(map(re.escape, strong))
        self.in_text = re.compile(
            rf'(\\{{0,8}}"(?:{named})\\{{0,8}}"\s{{0,40}}:\s{{0,40}}\\{{0,8}}")([^"\\]+)', re.IGNORECASE
        )
        """JSON within a text: what stands before a secret, and the secret."""
        self.assigned = re.compile(rf"((?:^|[?&;\s])(?:{named})=)([^&\s\"'<>#;]+)", re.IGNORECASE)
        """The same for a query within a text."""

    def names(self, name: str) -> bool:
        """Whether a name is one of a secret."""
        return _plainly(name) in self._names

    def least(self, name: str) -> int:
        """From how many characters on the secret of this name is replaced wherever it occurs."""
        return EVERYWHERE_GENERIC if _plainly(name) in _GENERIC else EVERYWHERE

    def is_secret(self, name: str, around: Mapping[str, Any]) -> bool:
        """Whether a member of an object is a secret."""
        plain = _plainly(name)
        if plain in _GENERIC:
            return plain in self._names and isinstance(around[name], str) and _GENERIC[plain] not in around
        return plain in self._names


def _plainly(name: str) -> str:
    """A name as it is compared: `apiKey`, `api_key` and `Api-Key` are one."""
    return _WORDS.sub("", name.lower())
