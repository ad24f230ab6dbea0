"""HTML, from a file, a mail, a book or a rendered markdown text."""

from __future__ import annotations

import re
from typing import Any

from understudy.behaviours.extraction.outline import Outline, cell, one_line
from understudy.behaviours.extraction.texts import decoded

_UNSEEN = frozenset(["head", "script", "style", "template", "noscript", "svg", "math", "object", "iframe"])
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr",
})  # fmt: skip
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{1,40})", re.IGNORECASE)
_META = {"author": "author", "description": "description"}


def read_html(content: bytes, outline: Outline) -> None:
    charset = _CHARSET.search(content[:4096])
    root = parsed(decoded(content, charset[1].decode("ascii") if charset else None))
    if root is None:
        return
    outline.title = text_of(root.find(".//title"))
    if language := root.get("lang"):
        outline.fact("language", language)
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() in _META:
            outline.fact(_META[meta.get("name").lower()], meta.get("content"))
    walk(root, outline)


def parsed(text: str) -> Any:
    """The tree of an HTML text, None for one without any element; it loads nothing from anywhere."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParserError:
        return None


def walk(root: Any, outline: Outline) -> None:
    """Tell the headings, paragraphs and tables below an element, without recursion."""
    from lxml import etree

    line: list[str] = []

    def flush() -> None:
        outline.paragraph("".join(line))
        line.clear()

    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "end":
            if tag not in _INLINE:
                flush()
            if element is not root:
                line.append(element.tail or "")
            continue
        if tag not in _INLINE:
            flush()
        if tag in _UNSEEN:
            walker.skip_subtree()
        elif tag in _HEADINGS:
            outline.section(text_of(element))
            walker.skip_subtree()
        elif tag == "table":
            _table(element, outline)
            walker.skip_subtree()
        elif tag == "pre":
            outline.verbatim("".join(element.itertext()))
            walker.skip_subtree()
        else:
            line.append(element.text or "")
    flush()


def text_of(element: Any) -> str:
    """All text of an element in one line; "" for None."""
    return "" if element is None else one_line("".join(element.itertext()))


def _table(table: Any, outline: Outline) -> None:
    rows, headers, counting = [], 0, True
    for row in table.iter("tr"):
        cells = [child for child in row if child.tag in ("td", "th")]
        if not cells:
            continue
        heading = row.getparent().tag == "thead" or all(child.tag == "th" for child in cells)
        counting = counting and heading
        headers += counting
        rows.append([cell(text_of(child), child.get("colspan"), child.get("rowspan")) for child in cells])
    outline.table(rows, headers, text_of(table.find("caption")))
