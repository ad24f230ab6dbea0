"""ODT and EPUB, which are archives of XML, and the care that all archives need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from understudy.behaviours.extraction.outline import Cell, Outline, Refused, cell

MAX_ENTRIES = 5_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_REPEATED = 100
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"


def opened(content: bytes) -> ZipFile:
    """An archive that unpacks to a bearable size; its entries are read by name and never written anywhere."""
    archive = ZipFile(BytesIO(content))
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused(f"is an archive of more than {MAX_ENTRIES} entries")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Refused(f"unpacks to more than {MAX_UNPACKED} bytes")
    return archive


def parsed_xml(content: bytes) -> Any:
    """A tree; entities stay what they are, and nothing is loaded from anywhere."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    return etree.fromstring(content, parser)


def read_odt(content: bytes, outline: Outline) -> None:
    with opened(content) as archive:
        if archive.read("mimetype").strip() != b"application/vnd.oasis.opendocument.text":
            raise Refused("is an archive, but no text document")
        if "meta.xml" in archive.namelist():
            _odt_facts(parsed_xml(archive.read("meta.xml")), outline)
        body = parsed_xml(archive.read("content.xml")).find(f"{_OFFICE}body/{_OFFICE}text")
    from lxml import etree

    walker = etree.iterwalk(body, events=("start",))
    for _, element in walker:
        if element.tag == f"{_TEXT}h":
            outline.section(_odt_text(element))
        elif element.tag == f"{_TEXT}p":
            outline.paragraph(_odt_text(element))
        elif element.tag == f"{_TABLE}table":
            header = element.find(f"{_TABLE}table-header-rows")
            rows = [_odt_row(row) for row in element.iter(f"{_TABLE}table-row")]
            outline.table(rows, len(header) if header is not None else 0)
        elif element.tag not in (f"{_TEXT}tracked-changes", f"{_OFFICE}annotation"):
            continue
        walker.skip_subtree()


def _odt_facts(meta: Any, outline: Outline) -> None:
    outline.title = meta.findtext(f".//{_DC}title") or ""
    outline.fact("author", meta.findtext(f".//{_DC}creator") or meta.findtext(f".//{_META}initial-creator"))
    outline.moment("created_at", meta.findtext(f".//{_META}creation-date"))
    outline.moment("modified_at", meta.findtext(f".//{_DC}date"))
    statistic = meta.find(f".//{_META}document-statistic")
    if statistic is not None and (statistic.get(f"{_META}page-count") or "").isdecimal():
        outline.fact("page_count", int(statistic.get(f"{_META}page-count")[:9]))


def _odt_text(element: Any) -> str:
    from lxml import etree

    found: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if event == "end":
            found.append(node.tail or "" if node is not element else "")
        elif node.tag == f"{_OFFICE}annotation":
            walker.skip_subtree()
        else:
            blank = node.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break", f"{_TEXT}p")
            found.append((" " if blank else "") + (node.text or ""))
    return "".join(found)


def _odt_row(row: Any) -> list[Cell]:
    cells: list[Cell] = []
    for child in row:
        if child.tag == f"{_TABLE}table-cell":
            spans = (child.get(f"{_TABLE}number-{axis}-spanned") for axis in ("columns", "rows"))
            made = cell(_odt_text(child), *spans)
            repeated = child.get(f"{_TABLE}number-columns-repeated") or "1"
            cells += [made] * min(int(repeated[:6]), MAX_REPEATED)
    return cells


def read_epub(content: bytes, outline: Outline) -> None:
    from understudy.behaviours.extraction.html import parsed, walk
    from understudy.behaviours.extraction.texts import decoded

    with opened(content) as archive:
        package = _package(archive)
        tree = parsed_xml(archive.read(package))
        outline.title = tree.findtext(f".//{_DC}title") or ""
        outline.fact("author", tree.findtext(f".//{_DC}creator"))
        outline.fact("language", tree.findtext(f".//{_DC}language"))
        outline.moment("created_at", tree.findtext(f".//{_DC}date"))
        for chapter in _chapters(archive, package, tree):
            outline.section()
            root = parsed(decoded(archive.read(chapter)))
            if root is not None:
                walk(root, outline)


def _package(archive: ZipFile) -> str:
    container = parsed_xml(archive.read("META-INF/container.xml"))
    file = container.find(f".//{_CONTAINER}rootfile")
    if file is None:
        raise Refused("is an archive, but no book")
    return str(file.get("full-path"))


def _chapters(archive: ZipFile, package: str, tree: Any) -> Iterator[str]:
    """Names of the entries with text, in reading order."""
    places = {item.get("id"): item.get("href") or "" for item in tree.iter(f"{_OPF}item")}
    names = set(archive.namelist())
    for number, reference in enumerate(tree.iter(f"{_OPF}itemref")):
        if number >= MAX_ENTRIES:
            raise Refused(f"has more than {MAX_ENTRIES} chapters")
        href = places.get(reference.get("idref"), "")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(href)))
        if name in names:
            yield name
