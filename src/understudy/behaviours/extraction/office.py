"""DOCX and PPTX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from understudy.behaviours.extraction.archives import opened
from understudy.behaviours.extraction.outline import Cell, Outline, cell


def read_docx(content: bytes, outline: Outline) -> None:
    import docx
    from docx.text.paragraph import Paragraph

    opened(content).close()
    document = docx.Document(BytesIO(content))
    _facts(document.core_properties, outline)
    for block in document.iter_inner_content():
        if not isinstance(block, Paragraph):
            rows = [_docx_row(row) for row in block._tbl.tr_lst]
            marked = [bool(row.xpath("./w:trPr/w:tblHeader")) for row in block._tbl.tr_lst]
            outline.table(rows, next((n for n, is_header in enumerate(marked) if not is_header), len(marked)))
            continue
        name = (block.style.name or "") if block.style is not None else ""
        if name.startswith("Heading") and block.text.strip():
            outline.section(block.text)
        elif name == "Title" and not outline.title:
            outline.title = block.text
        else:
            outline.paragraph(block.text)


def _docx_row(row: Any) -> list[Cell]:
    return [
        cell(" ".join(paragraph.text for paragraph in one.p_lst), one.grid_span)
        for one in row.tc_lst
        if one.vMerge != "continue"
    ]


def read_pptx(content: bytes, outline: Outline) -> None:
    """One section a slide, named by its title; notes come last."""
    import pptx

    opened(content).close()
    presentation = pptx.Presentation(BytesIO(content))
    _facts(presentation.core_properties, outline)
    outline.fact("page_count", len(presentation.slides))
    for number, slide in enumerate(presentation.slides, 1):
        title = slide.shapes.title
        outline.section(title.text_frame.text if title is not None else "", page=number)
        for shape in _shapes(slide.shapes):
            if title is not None and shape.shape_id == title.shape_id:
                continue
            if shape.has_text_frame:
                for paragraph in shape.text_frame.paragraphs:
                    outline.paragraph("".join(run.text for run in paragraph.runs))
            elif getattr(shape, "has_table", False):
                _pptx_table(shape.table, outline)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            outline.paragraph(slide.notes_slide.notes_text_frame.text)


def _shapes(shapes: Iterable[Any]) -> Iterator[Any]:
    """Every shape, with those in groups at any depth."""
    pending = list(shapes)[::-1]
    while pending:
        shape = pending.pop()
        if hasattr(shape, "shapes"):
            pending.extend(list(shape.shapes)[::-1])
        else:
            yield shape


def _pptx_table(table: Any, outline: Outline) -> None:
    rows = [
        [
            cell(one.text_frame.text, one.span_width if one.is_merge_origin else None)
            for one in row.cells
            if not one.is_spanned
        ]
        for row in table.rows
    ]
    outline.table(rows, 1 if table.first_row else 0)


def _facts(properties: Any, outline: Outline) -> None:
    outline.title = properties.title or ""
    outline.fact("author", properties.author)
    outline.fact("created_at", properties.created)
    outline.fact("modified_at", properties.modified)
