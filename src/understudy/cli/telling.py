"""How commands tell what they found: one JSON document, or lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import typer


def as_json(data: Any) -> None:
    """One JSON document on the standard output."""
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())


def rows(table: Iterable[Sequence[Any]]) -> None:
    """Lines whose columns stand under each other."""
    lines = [[str(cell) for cell in row] for row in table]
    if not lines:
        return
    columns = [line for line in lines if len(line) > 1] or lines  # a single cell is a remark
    widths = [max(len(line[at]) for line in columns if at < len(line)) for at in range(max(map(len, lines)))]
    for line in lines:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)).rstrip())


def members(data: Mapping[str, Any]) -> None:
    """One line for each member, those of inner objects with their path."""
    rows(_flat("", data))


def _flat(prefix: str, data: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", orjson.dumps(value).decode() if isinstance(value, list | dict) else value
