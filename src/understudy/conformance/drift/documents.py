"""Contracts by the name of a file, or by the name of an API that we ship, with a profile or without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from understudy.conformance import contract
from understudy.engine import spec
from understudy.errors import SetupError, SpecError
from understudy.settings import data_directory

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WHOLE = "union"
_KINDS_IN = ("order", "always", "repeats")


@dataclass(frozen=True)
class Document:
    """An OpenAPI 3.0 document.

    Args:
        name: as it was asked for.
        file: where a reader finds it.
        api: the name of one that we ship, empty for another.
    """

    name: str
    file: Path
    bundle: dict[str, Any]
    api: str = ""

    def target(self, node: Any) -> Any:
        """What stands behind the references of a node; SpecError when one leads nowhere."""
        followed: list[str] = []
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            reference: str = node["$ref"]
            if reference in followed or not reference.startswith("#/"):
                raise SpecError(f"reference {reference!r} leads nowhere", self.name)
            followed.append(reference)
            node = self.bundle
            for name in reference.removeprefix("#/").split("/"):
                node = node.get(_plain(name)) if isinstance(node, dict) else None
            if node is None:
                raise SpecError(f"reference {reference!r} leads nowhere", self.name)
        return node

    def lines(self) -> Callable[[Sequence[str]], int]:
        """What tells the line of a place in the file, or of the nearest place above it that is there."""
        try:
            root = yaml.compose(self.file.read_text("utf-8"), Loader=_Loader)
        except (OSError, yaml.YAMLError):
            root = None
        return lambda pointer: _line(root, pointer)


def open_document(wanted: str) -> Document:
    """A document by file, or by `api` or `api@profile`; SetupError says what would be right."""
    path = Path(wanted)
    if path.is_file():
        return Document(wanted, path, _read(path))
    name, _, profile = wanted.partition("@")
    shipped = sorted(one.name for one in data_directory("specs").iterdir() if one.is_dir())
    if name not in shipped:
        raise SetupError(f"is neither a file nor one of {', '.join(shipped)}", wanted)
    directory = data_directory("specs") / name
    bundle = spec.load(directory)
    chosen = of_profile(bundle, profile, wanted) if profile not in ("", WHOLE) else bundle
    return Document(wanted, directory / "openapi.yaml", chosen, name)


def of_profile(bundle: dict[str, Any], profile: str, name: str) -> dict[str, Any]:
    """What the documents of a profile know of a bundle."""
    operations = list(spec.operations(bundle))
    known = sorted({source for _, _, raw in operations for source in spec.sources(raw)})
    if profile not in known:
        raise SetupError(f"has no profile '{profile}'; it has {', '.join([*known, WHOLE])}", name)
    paths: dict[str, dict[str, Any]] = {}
    for path, method, raw in operations:
        if profile in spec.sources(raw):
            shared = {k: v for k, v in bundle["paths"][path].items() if k not in spec.METHODS}
            paths.setdefault(path, shared)[method] = _told(raw, profile)
    return {**bundle, "paths": paths}


def _told(raw: dict[str, Any], profile: str) -> dict[str, Any]:
    """An operation without the kinds of events that a profile does not know."""
    stream = raw.get("x-stream", {})
    untold = {kind for kind, sources in stream.get("sources", {}).items() if profile not in sources}
    if not untold:
        return raw
    kept = {
        name: [kind for kind in value if kind not in untold] if name in _KINDS_IN else value
        for name, value in stream.items()
    }
    if "follows" in stream:
        kept["follows"] = {
            kind: [one for one in after if one not in untold]
            for kind, after in stream["follows"].items()
            if kind not in untold
        }
    return {**raw, "x-stream": kept}


def _read(path: Path) -> dict[str, Any]:
    try:
        bundle = contract.parsed(path)
    except (KeyError, TypeError, AttributeError):
        raise SetupError(
            "is not built like an OpenAPI document, or a reference leads nowhere", str(path)
        ) from None
    if any(not reference.startswith("#") for reference in _references(bundle)):
        if path.name != "openapi.yaml":
            raise SetupError("refers to other files; bundle it first, or call it openapi.yaml", str(path))
        return spec.bundle(path.parent)
    return bundle


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _plain(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")


def _line(node: Any, pointer: Sequence[str]) -> int:
    line = 1
    for name in pointer:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next(((key, value) for key, value in node.value if key.value == name), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
