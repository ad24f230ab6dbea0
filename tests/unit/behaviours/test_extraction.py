"""Extraction: every kind is read, facts and tables come out, hostile files end in a ValueError."""

from __future__ import annotations

from typing import Any

import pytest

from tests import files
from understudy.behaviours.extraction import KINDS, extract, kind_of, mismatch

SENTENCES = ("The lighthouse keeper counts the ships.", "Fog hides the northern reef.")
TABLED = ("log.md", "log.html", "log.docx", "log.pptx", "log.odt")


def read(name: str, content: bytes | None = None, tables: bool = False) -> dict[str, Any]:
    kind = kind_of((name,), None)
    assert kind is not None
    given = files.KINDS[name]() if content is None else content
    assert mismatch(kind, given) is None
    return extract(given, kind=kind, tables=tables)


def text_of(outline: dict[str, Any]) -> str:
    return "\n".join(section["text"] for section in outline["sections"])


def test_there_is_a_file_of_every_kind() -> None:
    assert {kind_of((name,), None) for name in files.KINDS} == set(KINDS)


@pytest.mark.parametrize("name", files.KINDS)
def test_the_text_of_every_kind_is_read(name: str) -> None:
    outline = read(name)
    assert all(sentence in text_of(outline) for sentence in SENTENCES)
    assert outline["metadata"]["content_type"] == KINDS[kind_of((name,), None) or ""].media_types[0]
    assert outline == read(name)


@pytest.mark.parametrize("name", [name for name in files.KINDS if name != "log.txt"])
def test_a_file_tells_its_title(name: str) -> None:
    outline = read(name)
    assert outline["title"] == "Harbour log"
    assert all(section.get("title") != "Harbour log" for section in outline["sections"])


@pytest.mark.parametrize(
    "name", [n for n in files.KINDS if n not in ("log.txt", "log.html", "log.epub", "log.md")]
)
def test_a_file_tells_when_it_was_made(name: str) -> None:
    assert read(name)["metadata"]["created_at"] == "2024-03-05T10:30:00Z"


def test_pages_are_counted() -> None:
    outline = read("log.pdf")
    assert outline["metadata"]["page_count"] == 2
    assert [section["metadata"] for section in outline["sections"]] == [{"page": 1}, {"page": 2}]
    assert read("log.pptx")["metadata"]["page_count"] == 1
    assert read("log.odt")["metadata"]["page_count"] == 1


@pytest.mark.parametrize("name", TABLED)
def test_tables_are_told_apart_when_that_is_wanted(name: str) -> None:
    outline = read(name, tables=True)
    (table,) = [table for section in outline["sections"] for table in section.get("tables", ())]
    rows = [*table["data"]["headers"], *table["data"]["rows"]]
    assert rows[0][:2] == [{"text_value": "Port"}, {"text_value": "Height"}]
    assert rows[1][:2] == [{"text_value": "Bergen"}, {"int_value": 12}]
    assert outline["table_count"] == 1
    assert "Bergen" not in text_of(outline)


@pytest.mark.parametrize("name", TABLED)
def test_otherwise_the_rows_of_a_table_are_text(name: str) -> None:
    outline = read(name)
    assert "Bergen, 12" in text_of(outline)
    assert outline["table_count"] == 0


def test_html_tables_keep_captions_headers_and_spans() -> None:
    outline = read("log.html", tables=True)
    (table,) = outline["sections"][0]["tables"]
    assert table["title"] == "Tides"
    assert len(table["data"]["headers"]) == 1
    assert table["data"]["rows"][1] == [{"text_value": "none", "colspan": 2}]


def test_what_is_not_seen_is_not_read() -> None:
    shown = text_of(read("log.html"))
    assert "evil" not in shown
    assert "color" not in shown
    assert "hidden" not in shown
    assert "secret" not in text_of(read("log.eml"))


def test_slides_bring_groups_and_notes() -> None:
    shown = text_of(read("log.pptx"))
    assert "A grouped note." in shown
    assert "Remember the seals." in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_decoded(encoding: str) -> None:
    assert text_of(read("log.txt", "Café über Straße".encode(encoding))) == "Café über Straße"


def test_html_declares_its_encoding() -> None:
    page = '<meta charset="iso-8859-2"><p>Łódź</p>'.encode("iso-8859-2")
    assert text_of(read("log.html", page)) == "Łódź"


@pytest.mark.parametrize(
    ("names", "content_type", "kind"),
    [
        (("a.PDF",), None, "pdf"),
        (("id", "a.docx"), None, "docx"),
        (("a.md", "a.pdf"), "text/html", "markdown"),
        (("notes",), "text/plain; charset=utf-8", "text"),
        (("notes.v2",), "Text/HTML", "html"),
        (("notes",), None, None),
        (("a.json",), "text/plain", None),
        (("a.doc",), "application/msword", None),
        (("a.ppt",), "text/plain", None),
        ((".pdf",), None, "pdf"),
    ],
)
def test_the_kind_is_told_by_the_extension_else_by_the_content_type(
    names: tuple[str, ...], content_type: str | None, kind: str | None
) -> None:
    assert kind_of(names, content_type) == kind


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", b"hello"),
        ("docx", b"%PDF-1.7"),
        ("docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("rtf", b"hello"),
        ("text", b"%PDF-1.7"),
        ("markdown", b"PK\x03\x04"),
        ("html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("mail", b"\x7fELF\x02\x01\x01\0"),
    ],
)
def test_a_wrong_beginning_is_told(kind: str, content: bytes) -> None:
    assert mismatch(kind, content)


HOSTILE = {
    "cut.pdf": ("pdf", lambda: files.pdf()[:300]),
    "garbage.pdf": ("pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 50),
    "circle.pdf": ("pdf", lambda: files.pdf_of(b"<<>>", kids=b"2 0 R")),
    "no word.docx": ("docx", files.slides),
    "no slides.pptx": ("pptx", files.word),
    "no archive.docx": ("docx", lambda: b"PK\x03\x04" + b"\xff" * 100),
    "cut.docx": ("docx", lambda: files.word()[:-200]),
    "bomb.docx": ("docx", lambda: files.zip_bomb("x")),
    "bomb.odt": ("odt", lambda: files.zip_bomb("application/vnd.oasis.opendocument.text")),
    "many.odt": ("odt", lambda: files.archive({f"{n}": "" for n in range(5001)})),
    "other.odt": ("odt", files.book),
    "other.epub": ("epub", files.open_document),
    "deep.odt": ("odt", lambda: deep_odt()),
    "empty.txt": ("text", lambda: b" \n "),
    "empty.html": ("html", lambda: b"<html></html>"),
    "empty.md": ("markdown", lambda: b"<!-- nothing -->"),
    "empty.rtf": ("rtf", lambda: b"{\\rtf1}"),
    "no.eml": ("mail", lambda: b"no header here"),
    "large.txt": ("text", lambda: b"a" * 10_000_001),
}


def deep_odt() -> bytes:
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    deep = f"<a {names}>" + "<a>" * 100_000 + "</a>" * 100_001
    return files.archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": deep})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_a_value_error(name: str) -> None:
    kind, made = HOSTILE[name]
    with pytest.raises(ValueError, match=r"^(is|holds|has|unpacks)\b"):
        extract(made(), kind=kind, tables=True)


def test_entities_are_not_expanded_and_nothing_is_loaded() -> None:
    for content in (files.with_entities(), files.with_entities("file:///etc/passwd")):
        try:
            shown = text_of(extract(content, kind="odt", tables=False))
        except ValueError:
            continue
        assert "root:" not in shown
        assert len(shown) < 1000


def test_deep_html_is_read_without_recursion() -> None:
    page = b"<p>flat</p>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000
    assert text_of(extract(page, kind="html", tables=False)).startswith("flat")


def test_the_chapter_of_a_book_is_looked_for_inside_of_it() -> None:
    outline = extract(files.book("../../../../etc/passwd"), kind="epub", tables=False)
    assert text_of(outline) == ""


def test_spans_and_numbers_of_cells_are_bounded() -> None:
    page = (
        b"<table><tr><td colspan=99999999999 rowspan=-3>007</td><td>12345678901234567890123</td></tr></table>"
    )
    (section,) = extract(page, kind="html", tables=True)["sections"]
    assert section["tables"][0]["data"]["rows"] == [
        [{"text_value": "007", "colspan": 1000}, {"text_value": "12345678901234567890123"}]
    ]
