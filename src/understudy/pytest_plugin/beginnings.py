"""What the world of a test begins as, from the arguments of its marker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

MEMBERS = ("scenario", "fixture", "seed", "clock", "answer_form", "faults", "strict", "allow_hosts")
"""What `@pytest.mark.understudy` takes."""


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
