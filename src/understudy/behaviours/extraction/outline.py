"""What an extraction collects: headings, paragraphs, tables and facts, bounded in size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from understudy.behaviours.regex import regex

MAX_CHARACTERS = 10_000_000
MAX_SECTIONS = 20_000
MAX_TABLES = 2_000
MAX_CELLS = 200_000
MAX_SPAN = 1_000
_WHOLE = regex(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = regex(r"-?(?:0|[1-9]\d{0,14})\.\d{1,15}", re.ASCII)
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Cell = dict[str, Any]


class Refused(ValueError):
    """A file that is refused for a reason that its sender can understand."""


class Outline:
    """Grows in reading order.

    Args:
        media_type: what the file is.
        tables: whether tables are told apart from the text.
    """

    def __init__(self, media_type: str, tables: bool) -> None:
        self.title = ""
        self.metadata: dict[str, Any] = {"content_type": media_type}
        self._wants_tables = tables
        self._sections: list[dict[str, Any]] = []
        self._lines: list[str] = []
        self._size = 0
        self._tables = 0
        self._cells = 0
        self.section()

    def section(self, title: str = "", **metadata: Any) -> None:
        """Begin a section; `metadata` is that of its parts."""
        self._close()
        if len(self._sections) >= MAX_SECTIONS:
            raise Refused(f"has more than {MAX_SECTIONS} sections")
        self._sections.append({"title": self._counted(one_line(title)), "metadata": metadata, "tables": []})

    def paragraph(self, text: str) -> None:
        """Text whose line breaks mean nothing."""
        if line := one_line(text):
            self._lines.append(self._counted(line))

    def verbatim(self, text: str) -> None:
        """Text whose line breaks stay."""
        lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
        if lines.strip():
            self._lines.append(self._counted(lines))

    def table(self, rows: Sequence[Sequence[Cell]], headers: int = 0, title: str = "") -> None:
        """Rows of cells, the first `headers` of which are headings."""
        rows = [row for row in rows if row]
        self._cells += sum(len(row) for row in rows)
        if self._cells > MAX_CELLS:
            raise Refused(f"has tables with more than {MAX_CELLS} cells")
        if not rows:
            return
        if not self._wants_tables:
            self.paragraph(title)
            for row in rows:
                self.paragraph(", ".join(shown(cell) for cell in row if shown(cell)))
            return
        self._tables += 1
        if self._tables > MAX_TABLES:
            raise Refused(f"has more than {MAX_TABLES} tables")
        for row in rows:
            for cell in row:
                self._counted(shown(cell))
        made: dict[str, Any] = {"id": f"table_{self._tables}"}
        if title := one_line(title):
            made["title"] = self._counted(title)
        made["data"] = {"headers": list(rows[:headers]), "rows": list(rows[headers:])}
        self._sections[-1]["tables"].append(made)

    def fact(self, name: str, value: object) -> None:
        """Something about the whole file; empty values are left out, times become UTC."""
        if isinstance(value, datetime):
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            value = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif isinstance(value, str):
            value = one_line(value)[:1000]
        if value:
            self.metadata[name] = value

    def moment(self, name: str, text: str | None) -> None:
        """A fact that is a time in ISO 8601; what cannot be read as one is left out."""
        try:
            self.fact(name, datetime.fromisoformat((text or "").strip()))
        except ValueError:
            return

    def plain(self) -> dict[str, Any]:
        """The whole, as JSON can hold it; ValueError when there is nothing in it."""
        self._close()
        self.title = one_line(self.title)[:1000]
        kept = [s for s in self._sections if s["title"] or s["text"] or s["tables"]]
        if kept and kept[0]["title"] == self.title:
            kept[0]["title"] = ""
        kept = [s for s in kept if s["title"] or s["text"] or s["tables"]]
        if not kept and not self.title:
            raise Refused("holds no text")
        return {
            "title": self.title,
            "metadata": self.metadata,
            "sections": [{k: v for k, v in s.items() if v or k == "text"} for s in kept] or [{"text": ""}],
            "table_count": self._tables,
        }

    def _close(self) -> None:
        if self._sections:
            self._sections[-1]["text"] = "\n".join(self._lines)
        self._lines = []

    def _counted(self, text: str) -> str:
        self._size += len(text)
        if self._size > MAX_CHARACTERS:
            raise Refused(f"holds more than {MAX_CHARACTERS} characters of text")
        return text


def one_line(text: str) -> str:
    """A text without line breaks, control characters and doubled spaces."""
    return " ".join(_CONTROL.sub("", text).split())


def cell(text: str, colspan: str | int | None = None, rowspan: str | int | None = None) -> Cell:
    """A cell; what reads like a number becomes one."""
    text = one_line(text)
    made: Cell
    if _WHOLE.fullmatch(text):
        made = {"int_value": int(text)}
    elif _DECIMAL.fullmatch(text):
        made = {"float_value": float(text)}
    else:
        made = {"text_value": text}
    for name, span in (("colspan", colspan), ("rowspan", rowspan)):
        number = int(span) if span is not None and str(span).isdecimal() else 1
        if number > 1:
            made[name] = min(number, MAX_SPAN)
    return made


def shown(given: Cell) -> str:
    """A cell as text."""
    return str(
        next((given[name] for name in ("text_value", "int_value", "float_value") if name in given), "")
    )
