"""`understudy scenario`: what needs no server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from understudy.app import create_server
from understudy.errors import SetupError
from understudy.playback.scenarios import documents
from understudy.playback.scenarios.located import read

Json = dict[str, Any]


def shipped() -> list[Json]:
    """Name, API, description and file of every shipped scenario."""
    found = []
    for name, path in documents.shipped().items():
        value = read(path).value
        found.append(
            {"name": name, "api": value["api"], "description": value["description"], "file": str(path)}
        )
    return found


def validated(files: Sequence[str]) -> list[Json]:
    """Each file with its fault, None when it is good."""
    server = create_server()
    server.close()
    found: list[Json] = []
    for name in files:
        try:
            path = documents.find(name)
            documents.load(path, server.apis)
            found.append({"file": str(path), "fault": None})
        except SetupError as error:
            found.append({"file": name, "fault": str(error)})
    return found


def body_of(name: str) -> Json:
    """What the control plane takes: the name of a shipped scenario, or a checked document."""
    if not name.endswith((".yaml", ".yml")):
        return {"scenario": name}
    (found,) = validated([name])
    if found["fault"]:
        raise SetupError(found["fault"])
    document = dict(read(documents.find(name)).value)
    document.pop("fixture", None)  # records stay as they are
    return {"document": document}
