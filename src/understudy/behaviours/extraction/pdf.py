"""PDF: the text of each page, one section a page."""

from __future__ import annotations

from io import BytesIO

from understudy.behaviours.extraction.outline import Outline, Refused

MAX_PAGES = 2_000


def read_pdf(content: bytes, outline: Outline) -> None:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("is locked with a password")
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise Refused(f"has more than {MAX_PAGES} pages")
    outline.fact("page_count", count)
    told = reader.metadata
    if told is not None:
        outline.title = told.title or ""
        outline.fact("author", told.author)
        outline.fact("created_at", told.creation_date)
        outline.fact("modified_at", told.modification_date)
    for number, page in enumerate(reader.pages, 1):
        outline.section(page=number)
        outline.verbatim(page.extract_text())
