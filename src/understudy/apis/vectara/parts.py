"""Turns an index request into the parts that are searched, with their place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.apis.vectara.wire import DocumentPart, Image, Table
from understudy.behaviours.documents import Span, max_chars_chunks, sentence_chunks
from understudy.behaviours.languages import detect

Part = DocumentPart
Place = tuple[int, int, int]
"""Number of the section, offset and length in its text."""


@dataclass
class Built:
    """A document taken apart.

    `sections` are the texts that context is cut from; `places` says where each part lies in them.
    """

    metadata: dict[str, Any]
    parts: list[Part] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)

    def add(self, part: Part, place: Place) -> None:
        self.parts.append(part)
        self.places.append(place)


def build(body: Mapping[str, Any]) -> Built:
    """The parts of a core or structured document, in reading order."""
    return _core(body) if body["type"] == "core" else _structured(body)


def walk(sections: Sequence[Mapping[str, Any]], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every section at any depth in reading order, with its path in the request."""
    pending = [(f"{place}[{n}]", section) for n, section in enumerate(sections)][::-1]
    while pending:
        path, section = pending.pop()
        yield path, section
        nested = section.get("sections") or ()
        pending.extend([(f"{path}.sections[{n}]", child) for n, child in enumerate(nested)][::-1])


def _core(body: Mapping[str, Any]) -> Built:
    """Each given part is one search unit; the parts together stand in for the text around them."""
    built = Built(dict(body.get("metadata", {})))
    built.tables = list(body.get("tables", ()))
    built.images = list(body.get("images", ()))
    offset = 0
    for given in body["document_parts"]:
        part: Part = {"text": given["text"], "metadata": dict(given.get("metadata", {}))}
        for member in ("context", "custom_dimensions", "table_id", "image_id"):
            if given.get(member) is not None:
                part[member] = given[member]
        built.add(part, (0, offset, len(given["text"])))
        offset += len(given["text"]) + 1
    built.sections = [" ".join(part["text"] for part in built.parts)]
    return built


def _structured(body: Mapping[str, Any]) -> Built:
    built = Built(dict(body.get("metadata", {})))
    if body.get("title"):
        built.metadata.setdefault("title", body["title"])
    sections = [section for _, section in walk(body["sections"], "")]
    titled = bool(body.get("title")) or any(section.get("title") for section in sections)
    if body.get("title"):
        _add_title(built, body["title"], {"lang": detect(sections[0]["text"]), "section": 0}, body)
    for number, section in enumerate(sections, 1):
        _add_section(built, section, number, titled, body)
    return built


def _add_section(
    built: Built, section: Mapping[str, Any], number: int, titled: bool, body: Mapping[str, Any]
) -> None:
    text = section["text"]
    language = detect(text)  # of the title too: a few words alone tell little
    own = {"lang": language, "section": section.get("id", number)}
    inherited = section.get("metadata", {})
    built.tables += section.get("tables", ())
    built.images += section.get("images", ())
    if section.get("title"):
        _add_title(built, section["title"], {**own, **inherited}, body)
    here = len(built.sections)
    built.sections.append(text)
    for span in chunks(text, body.get("chunking_strategy")):
        metadata = {**own, "offset": span.offset, "len": span.length}
        if titled:
            metadata["is_title"] = False
        part: Part = {
            "text": text[span.offset : span.offset + span.length],
            "metadata": {**metadata, **inherited},
        }
        built.add(_with_dimensions(part, body), (here, span.offset, span.length))
    for table in section.get("tables", ()):
        _add_table(built, table, {**own, **inherited}, body)


def chunks(text: str, strategy: Mapping[str, Any] | None) -> list[Span]:
    """Where the parts of a text begin and how long they are; one part per sentence by default."""
    if strategy and strategy.get("type") == "max_chars_chunking_strategy":
        return max_chars_chunks(text, strategy["max_chars_per_chunk"])
    return sentence_chunks(text)


def _add_title(built: Built, title: str, metadata: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    made = {"offset": 0, "len": len(title), **metadata, "is_title": True}
    built.add(_with_dimensions({"text": title, "metadata": made}, body), (len(built.sections), 0, len(title)))
    built.sections.append(title)


def _add_table(
    built: Built, table: Mapping[str, Any], metadata: Mapping[str, Any], body: Mapping[str, Any]
) -> None:
    """A table is found by its title, its description and each of its rows."""
    texts: list[tuple[str, dict[str, Any]]] = []
    if table.get("title"):
        texts.append((table["title"], {"is_table_title": True}))
    if table.get("description"):
        texts.append((table["description"], {"is_table_summary": True}))
    data = table.get("data", {})
    headers = [_cell_text(cell) for row in data.get("headers", ())[:1] for cell in row]
    for number, row in enumerate(data.get("rows", ())):
        texts.append((_row_text(headers, [_cell_text(cell) for cell in row]), {"row_num": number}))
    for text, facts in texts:
        if text:
            place = {**metadata, "vectara": {"table_id": table.get("id", ""), **facts}}
            part = _with_dimensions({"text": text, "metadata": place, "table_id": table.get("id", "")}, body)
            built.add(part, (len(built.sections), 0, len(text)))
            built.sections.append(text)


def _row_text(headers: Sequence[str], cells: Sequence[str]) -> str:
    named = [
        f"{headers[n]}: {cell}" if n < len(headers) and headers[n] else cell for n, cell in enumerate(cells)
    ]
    return ", ".join(text for text in named if text)


def _cell_text(cell: Mapping[str, Any]) -> str:
    for member in ("text_value", "int_value", "float_value", "bool_value"):
        if cell.get(member) is not None:
            value = cell[member]
            return str(value).lower() if isinstance(value, bool) else str(value)
    return ""


def _with_dimensions(part: Part, body: Mapping[str, Any]) -> Part:
    if body.get("custom_dimensions"):
        part["custom_dimensions"] = body["custom_dimensions"]
    return part
