"""Routes on the raw path, so that an escaped slash stays inside its value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from understudy.engine.operation import Operation
from understudy.errors import BadRequest

KNOWN_PATHS = 4096
KNOWN_LENGTH = 256


class Node:
    """One segment of the tree of paths."""

    __slots__ = ("literals", "methods", "parameter")

    def __init__(self) -> None:
        self.literals: dict[bytes, Node] = {}
        self.parameter: Node | None = None
        self.methods: dict[str, Operation] = {}


class Router:
    """Finds the operations of a path; literal segments win over values."""

    def __init__(self) -> None:
        self._root = Node()
        self._paths: list[str] = []
        self._known: dict[bytes, tuple[dict[str, Operation], tuple[str, ...]]] = {}

    def add(self, path: str, operation: Operation) -> None:
        node = self._root
        for segment in path.split("/")[1:]:
            if segment.startswith("{"):
                node.parameter = node.parameter or Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment.encode(), Node())
        node.methods[operation.method] = operation
        self._paths.append(f"{operation.method} {path}")

    def find(self, path: bytes) -> tuple[dict[str, Operation], tuple[str, ...]] | None:
        """The operations of a path by method, and its decoded values; None for an unknown path.

        BadRequest names a value that cannot be one. Paths are asked for again and again, so what was
        found is kept.
        """
        found = self._known.get(path)
        if found is None:
            raw = _find(self._root, path.split(b"/"), 1, [])
            if raw is None:
                return None
            methods, values = raw
            found = methods, decode(next(iter(methods.values())).path_names, values)
            if len(path) <= KNOWN_LENGTH:
                if len(self._known) >= KNOWN_PATHS:
                    self._known.clear()
                self._known[path] = found
        return found

    def nearest(self, method: str, path: str) -> list[str]:
        """Up to three operations that the caller may have meant."""
        return difflib.get_close_matches(f"{method} {path}", self._paths, n=3, cutoff=0.5)

    def paths(self) -> Iterable[str]:
        return self._paths


def _find(
    node: Node, segments: list[bytes], at: int, values: list[bytes]
) -> tuple[dict[str, Operation], list[bytes]] | None:
    if at == len(segments):
        return (node.methods, values) if node.methods else None
    segment = segments[at]
    child = node.literals.get(segment)
    if child is not None:
        found = _find(child, segments, at + 1, values)
        if found is not None:
            return found
    if node.parameter is not None and segment:
        return _find(node.parameter, segments, at + 1, [*values, segment])
    return None


def decode(names: tuple[str, ...], values: list[bytes]) -> tuple[str, ...]:
    """Path values, each percent-decoded on its own; BadRequest names a value that cannot be one."""
    return tuple(_decoded(name, value) for name, value in zip(names, values, strict=True))


def _decoded(name: str, value: bytes) -> str:
    try:
        text = (unquote_to_bytes(value) if b"%" in value else value).decode()
    except UnicodeDecodeError:
        raise BadRequest({f"path.{name}": "must be percent-encoded UTF-8"}) from None
    if text in (".", ".."):
        raise BadRequest({f"path.{name}": "must not be a dot segment"})
    if "\0" in text:
        raise BadRequest({f"path.{name}": "must not contain NUL"})
    return text
