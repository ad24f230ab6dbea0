"""Reads fixture files: YAML with bounds on size, depth and aliases, every record with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from understudy.errors import SetupError

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 2_000_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Row:
    """One record of a fixture and the place it stands: `path:line`."""

    section: str
    value: Any
    where: str


def find_fixture(name: str, directory: Path) -> Path:
    """The file of a shipped fixture (`quickstart`) or of a path; SetupError lists what there is."""
    shipped = directory / f"{name}.yaml"
    if shipped.is_file():
        return shipped
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.is_file():
        return path
    known = ", ".join(sorted(p.stem for p in directory.glob("*.yaml")))
    raise SetupError(f"no fixture '{name}'; shipped ones are {known}, or give the path of a .yaml file")


def read_fixture(path: Path) -> Iterator[Row]:
    """The records of a fixture in the order of the file."""
    text = checked_text(path)
    root = yaml.compose(text, Loader=_Loader)
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise SetupError("a fixture is a mapping of sections to lists of records", _place(path, root))
    for name, rows in root.value:
        if not isinstance(rows, yaml.SequenceNode):
            raise SetupError(f"section '{name.value}' must be a list of records", _place(path, rows))
        for row in rows.value:
            yield Row(str(name.value), _construct(row, path), _place(path, row))


def _construct(node: yaml.Node, path: Path) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    except yaml.constructor.ConstructorError as error:
        raise SetupError(f"is no plain value: {error.problem}", _place(path, node)) from None
    finally:
        loader.dispose()


def _place(path: Path, node: yaml.Node) -> str:
    return f"{path}:{node.start_mark.line + 1}"


def unsafe(text: str, most_depth: int, *, aliases: bool = False) -> tuple[int, int, str] | None:
    """The first thing that keeps YAML from being loaded: its line and column from 1 on, and what it is.

    The C loader recurses on nesting and takes the interpreter down on very deep input, so depth is
    counted on the flat stream of events first.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > most_depth:
                    return *_at(event.start_mark), f"nests deeper than {most_depth}"
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.AliasEvent) and not aliases:
                return *_at(event.start_mark), "aliases (*name) are not allowed here"
    except yaml.MarkedYAMLError as error:
        return *_at(error.problem_mark), f"is not valid YAML: {error.problem}"
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        column = len(before) - before.rfind("\n")
        return before.count("\n") + 1, column, f"is not valid YAML: {error.reason}"
    return None


def _at(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def checked_text(
    path: Path, most: int = MAX_BYTES, deepest: int = MAX_DEPTH, *, aliases: bool = False
) -> str:
    """The text, once its size and depth are known, and its freedom from aliases unless these are allowed."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"cannot be read: {error}", str(path)) from None
    if len(text) > most:
        raise SetupError(f"is larger than {most} bytes", str(path))
    fault = unsafe(text, deepest, aliases=aliases)
    if fault is not None:
        line, _, what = fault
        raise SetupError(what, f"{path}:{line}")
    return text


def loaded(path: Path, most: int = MAX_BYTES, deepest: int = MAX_DEPTH) -> Any:
    """The value of a file that may have aliases, as long as it does not grow by them beyond `MAX_NODES`."""
    text = checked_text(path, most, deepest, aliases=True)
    root = yaml.compose(text, Loader=_Loader)
    if root is not None and _nodes(root, {}) > MAX_NODES:
        raise SetupError(f"has more than {MAX_NODES} values once its aliases are followed", str(path))
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _nodes(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node is with all that its aliases lead to; one that holds itself is endless."""
    if id(node) not in known:
        known[id(node)] = MAX_NODES + 1  # until it is counted
        inner = node.value if isinstance(node, yaml.CollectionNode) else []
        pairs = [one for pair in inner for one in pair] if isinstance(node, yaml.MappingNode) else inner
        known[id(node)] = 1 + sum(_nodes(one, known) for one in pairs)
    return known[id(node)]
