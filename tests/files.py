"""Files to upload, made here: real ones of every kind that is read, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from email.message import EmailMessage

import docx
import pptx
from fpdf import FPDF
from pptx.util import Inches

WORDS = "The lighthouse keeper counts the ships. Fog hides the northern reef."
MADE = datetime(2024, 3, 5, 10, 30, tzinfo=UTC)
Entries = dict[str, bytes | str]


def archive(entries: Entries) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return buffer.getvalue()


def text() -> bytes:
    return WORDS.encode()


def markdown() -> bytes:
    return (
        f"---\ntitle: Harbour log\nauthor: Ida\ndate: 2024-03-05\n---\n\n# Harbour log\n\n{WORDS}\n\n"
        "## Tides\n\n| Port | Height | Open |\n|---|---|---|\n| Bergen | 12 | yes |\n| Oslo | 3.5 | no |\n"
    ).encode()


def html() -> bytes:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Harbour log</title>"
        "<meta name='author' content='Ida'><style>p{color:red}</style></head><body><h1>Harbour log</h1>"
        f"<p>The <b>light</b>house keeper counts the ships.<!-- hidden --> {WORDS[40:]}</p>"
        "<script>evil()</script>"
        "<table><caption>Tides</caption><thead><tr><th>Port</th><th>Height</th></tr></thead>"
        "<tbody><tr><td>Bergen</td><td>12</td></tr><tr><td colspan='2'>none</td></tr></tbody></table>"
    ).encode()


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ida@example.org", "ole@example.org", "Harbour log"
    message["Date"] = MADE
    message.set_content(WORDS)
    message.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    message.add_attachment(b"secret", maintype="application", subtype="octet-stream", filename="a.bin")
    return message.as_bytes()


def rtf() -> bytes:
    return (
        r"{\rtf1\ansi{\info{\title Harbour log}{\author Ida}{\creatim\yr2024\mo3\dy5\hr10\min30}}"
        r"{\fonttbl{\f0 Arial;}}\f0 " + WORDS + r"\par Caf\'e9 by the pier.\par}"
    ).encode("ascii")


def pdf() -> bytes:
    made = FPDF()
    made.set_title("Harbour log")
    made.set_author("Ida")
    made.set_creation_date(MADE)
    for page in (WORDS, "The second page tells of seals."):
        made.add_page()
        made.set_font("helvetica", size=12)
        made.multi_cell(0, 8, page)
    return bytes(made.output())


def word() -> bytes:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = "Harbour log", "Ida"
    made.core_properties.created = made.core_properties.modified = MADE.replace(tzinfo=None)
    made.add_heading("Watch", level=1)
    made.add_paragraph(WORDS)
    table = made.add_table(rows=2, cols=2)
    for at, value in enumerate(("Port", "Height", "Bergen", "12")):
        table.cell(at // 2, at % 2).text = value
    return _saved(made)


def slides() -> bytes:
    made = pptx.Presentation()
    made.core_properties.title, made.core_properties.author = "Harbour log", "Ida"
    made.core_properties.created = made.core_properties.modified = MADE.replace(tzinfo=None)
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Watch", WORDS
    slide.notes_slide.notes_text_frame.text = "Remember the seals."
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1)).text_frame.text = "A grouped note."
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for at, value in enumerate(("Port", "Height", "Bergen", "12")):
        table.cell(at // 2, at % 2).text = value
    return _saved(made)


def open_document() -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "meta")
    )
    names += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    cells = "".join(f"<table:table-cell><text:p>{v}</text:p></table:table-cell>" for v in ("Port", "Height"))
    row = cells.replace("Port", "Bergen").replace("Height", "12")
    body = (
        f'<text:h text:outline-level="1">Watch</text:h><text:p>The <text:span>light</text:span>house<text:s/>'
        "keeper "
        f"counts the ships. {WORDS[40:]}</text:p><table:table><table:table-header-rows>"
        f"<table:table-row>{cells}"
        f"</table:table-row></table:table-header-rows><table:table-row>{row}</table:table-row></table:table>"
    )
    facts = (
        "<dc:title>Harbour log</dc:title><dc:creator>Ida</dc:creator>"
        "<meta:creation-date>2024-03-05T10:30:00</meta:creation-date>"
        '<meta:document-statistic meta:page-count="1"/>'
    )
    return archive({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {names}><office:body><office:text>{body}"
        "</office:text></office:body></office:document-content>",
        "meta.xml": f"<office:document-meta {names}><office:meta>{facts}</office:meta>"
        "</office:document-meta>",
    })  # fmt: skip


def book(chapter: str = "text/one.xhtml") -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    dublin = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf" {dublin}><metadata>'
        "<dc:title>Harbour log</dc:title><dc:creator>Ida</dc:creator><dc:language>en</dc:language>"
        "<dc:date>2024-03-05</dc:date></metadata>"
        f'<manifest><item id="one" href="{chapter}"/></manifest>'
        '<spine><itemref idref="one"/></spine></package>'
    )
    chapter = f"<html><head><title>x</title></head><body><h1>Watch</h1><p>{WORDS}</p></body></html>"
    return archive({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/book.opf": package,
        "OEBPS/text/one.xhtml": chapter,
    })  # fmt: skip


KINDS = {
    "log.txt": text,
    "log.md": markdown,
    "log.html": html,
    "log.eml": mail,
    "log.rtf": rtf,
    "log.pdf": pdf,
    "log.docx": word,
    "log.pptx": slides,
    "log.odt": open_document,
    "log.epub": book,
}
"""A file of every kind that is read, by a name that fits."""


def zip_bomb(name: str) -> bytes:
    """An archive that looks right and unpacks to 120 MB."""
    return archive({"mimetype": name, "content.xml": b"\0" * 120_000_000})


def laughs() -> str:
    """XML whose entities expand to billions of characters."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    return f"<!DOCTYPE x [{entities}]>"


def with_entities(outside: str = "") -> bytes:
    """An ODT that asks for the expansion of entities."""
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    names += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    head = f'<!DOCTYPE x [<!ENTITY a10 SYSTEM "{outside}">]>' if outside else laughs()
    return archive({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"{head}<office:document-content {names}><office:body><office:text>"
        "<text:p>Ship &a10;</text:p></office:text></office:body></office:document-content>",
    })  # fmt: skip


def _saved(made: object) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def huge_picture() -> bytes:
    """A DOCX with a picture that says it has ten thousand million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
    made = docx.Document()
    made.add_paragraph(WORDS)
    made.add_picture(io.BytesIO(picture + chunk(b"IEND", b"")))
    return _saved(made)


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 300 MB."""
    stream = zlib.compress(b"BT (ship) Tj ET\n" * 20_000_000)
    return pdf_of(b"<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream")


def pdf_of(content: bytes, kids: bytes = b"3 0 R") -> bytes:
    """A PDF of one page, its objects one after the other."""
    made = b"%PDF-1.4\n"
    offsets = []
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[" + kids + b"]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 100 100]>>",
        content,
    ]
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer
