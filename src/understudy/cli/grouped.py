"""Rows under headings: with colours on a terminal, as plain lines with their heading in front elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import typer

STYLES = {"breaking": "bold red", "error": "bold red", "additive": "green", "neutral": "dim", "note": "dim"}


@dataclass(frozen=True)
class Row:
    """One line of a report: how grave, where, what and why."""

    grade: str
    place: str
    what: str
    reason: str


def show(rows: Iterable[Row], summary: str) -> None:
    """Print rows, in the order they come, and a last line."""
    listed = list(rows)
    if sys.stdout.isatty():
        _coloured(listed, summary)
        return
    for row in listed:
        place = f"{row.place}: " if row.place else ""
        typer.echo(f"{row.grade}: {place}{row.what} ({row.reason})")
    typer.echo(summary)


def _coloured(rows: list[Row], summary: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for grade, graded in groupby(rows, key=lambda row: row.grade):
        console.print(Text(grade, STYLES.get(grade, "")))
        for reason, alike in groupby(sorted(graded, key=lambda row: row.reason), key=lambda row: row.reason):
            console.print(Text(f"  {reason}", "italic"))
            for row in alike:
                line = Text.assemble("    ", (row.place, "bold"), " " if row.place else "", row.what)
                console.print(line, soft_wrap=True)
    console.print(Text(summary))
