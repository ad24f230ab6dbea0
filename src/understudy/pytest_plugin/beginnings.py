"""What the world of a test begins as, from the arguments of its marker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_LIST = (list, tuple, set, frozenset)
MEMBERS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "scenario": ((str, Mapping), "a name, a path or a mapping"),
    "fixture": ((str,), "a name or a path"),
    "seed": ((int,), "a whole number"),
    "clock": ((str,), "a text"),
    "answer_form": ((str,), "a text"),
    "faults": (_LIST, "a list of mappings"),
    "strict": ((bool,), "True or False"),
    "allow_hosts": (_LIST, "a list of texts"),
}
"""What `@pytest.mark.understudy` takes, and of which types."""


def fault_in(name: str, value: Any) -> str:
    """Why a member of the marker cannot have this value; "" when it can."""
    types, words = MEMBERS[name]
    inner = {"faults": Mapping, "allow_hosts": str}.get(name, object)
    items = value if types is _LIST and isinstance(value, types) else ()
    good = isinstance(value, types) and all(isinstance(one, inner) for one in items)
    return "" if good else f"{name} takes {words}, not {value!r}"


def scenario_of(stated: str | Mapping[str, Any], *, strict: bool = False) -> tuple[dict[str, Any], str]:
    """`{scenario: name}` for a shipped scenario, `{document: ...}` for a file or a mapping; and its fixture.

    The fixture is given apart when it is a path, which the control plane would not read; else it is "".
    """
    if isinstance(stated, str) and not stated.endswith((".yaml", ".yml")) and not strict:
        return {"scenario": stated}, ""
    document = dict(stated) if isinstance(stated, Mapping) else _read(stated)
    fixture = document.pop("fixture") if is_path(str(document.get("fixture", ""))) else ""
    return {"document": {**document, "strict": True} if strict else document}, fixture


def _read(stated: str) -> dict[str, Any]:
    from understudy.playback.scenarios.documents import find
    from understudy.playback.scenarios.located import read

    _check(stated)
    return dict(read(find(stated)).value)


@cache
def _check(stated: str) -> None:
    """SetupError with line and column for a file that is no scenario; the control plane knows no lines."""
    from understudy.playback.scenarios.documents import find, load

    load(find(stated), _compiled())


@cache
def _compiled() -> Any:
    from understudy.app import create_server

    server = create_server()
    server.close()
    return server.apis


def snapshot_of(path: str, seed: int, clock: str, scenario: Mapping[str, Any] | None) -> dict[str, Any]:
    """A world with the fixture of a file, which the control plane would not read, and its scenario."""
    return _snapshot(path, seed, clock, json.dumps(scenario))


@cache
def _snapshot(path: str, seed: int, clock: str, scenario: str) -> dict[str, Any]:
    from understudy.app import create_server

    server = create_server()
    server.close()
    plays = json.loads(scenario) or {}
    name = plays.get("scenario", "")
    if "document" in plays:
        name = server.plane.library.add(plays["document"])
    return server.worlds.create("begun", path, seed, clock, scenario=name).snapshot()  # type: ignore[arg-type]


def is_path(fixture: str) -> bool:
    return Path(fixture).suffix in (".yaml", ".yml")
