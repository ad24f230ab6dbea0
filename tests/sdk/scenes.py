"""Every shipped scenario has a test that is named after it, in the file of its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from understudy.playback.scenarios.documents import shipped


def of(api: str) -> list[str]:
    """The names of the shipped scenarios of an API."""
    return [name for name, path in shipped().items() if path.parent.name == api]


def tests_of(name: str, names: Mapping[str, Any]) -> list[str]:
    """The tests that play a scenario: `test_rate_limited`, or `test_rate_limited__in_a_stream`."""
    wanted = re.compile(rf"test_{name.replace('-', '_')}(__\w+)?")
    return [test for test in names if wanted.fullmatch(test) and _plays(names[test], name)]


def _plays(test: Any, name: str) -> bool:
    marks = getattr(test, "pytestmark", ())
    return any(mark.name == "understudy" and mark.kwargs.get("scenario") == name for mark in marks)
