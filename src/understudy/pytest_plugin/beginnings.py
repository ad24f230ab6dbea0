"""What the world of a test begins as, from the arguments of its marker."""

from __future__ import annotations

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


def scenario_of(stated: str | Mapping[str, Any], *, strict: bool = False) -> dict[str, Any]:
    """`{scenario: name}` for a shipped scenario, `{document: ...}` for a file or a mapping."""
    if isinstance(stated, Mapping):
        return {"document": {**stated, "strict": True} if strict else dict(stated)}
    if not stated.endswith((".yaml", ".yml")) and not strict:
        return {"scenario": stated}
    from understudy.playback.scenarios.documents import find
    from understudy.playback.scenarios.located import read

    _check(stated)
    document = read(find(stated)).value
    return {"document": {**document, "strict": True} if strict else document}


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


@cache
def snapshot_of(path: str, seed: int, clock: str) -> dict[str, Any]:
    """A world with the fixture of a file, which the control plane would not read."""
    from understudy.app import create_server
    from understudy.settings import Settings

    server = create_server(Settings(fixture=path, seed=seed, clock=clock))  # type: ignore[arg-type]
    server.close()
    return server.worlds.get().snapshot()


def is_path(fixture: str) -> bool:
    return Path(fixture).suffix in (".yaml", ".yml")
