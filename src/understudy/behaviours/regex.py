"""Patterns that are compiled when they are first used, which keeps the start short (ADR 3)."""

import re
from functools import cached_property
from typing import Any, cast


class _Late:
    """Stands for a pattern. What was once asked of it is kept, so that only the first time costs."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._given)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._compiled, name)
        setattr(self, name, value)
        return value


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, later; for patterns of our own, as a wrong one shows when it is used."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
