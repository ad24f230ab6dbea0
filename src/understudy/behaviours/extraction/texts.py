"""Files that are text: plain, markdown, mail and RTF."""

from __future__ import annotations

import codecs
import re
from email.message import EmailMessage
from typing import Any

from understudy.behaviours.extraction.outline import Outline, Refused, one_line
from understudy.behaviours.regex import regex

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FRONT_MATTER = regex(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = regex(r"^(title|author|date):[ \t]*(.+)$", re.MULTILINE)
_RTF_INFO = regex(r"\\(title|author)\s([^{}\\]{1,1000})\}")
_RTF_TIME = regex(r"\\(creatim|revtim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})(?:\\hr(\d{1,2})\\min(\d{1,2}))?")


def decoded(content: bytes, charset: str | None = None) -> str:
    """Text of a file: by its mark, its declared encoding, as UTF-8, else as old Windows files are written."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    for declared in (charset, "utf-8"):
        try:
            if declared:
                return content.decode(declared)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def read_text(content: bytes, outline: Outline) -> None:
    outline.verbatim(decoded(content))


def read_markdown(content: bytes, outline: Outline) -> None:
    """CommonMark with tables; front matter tells facts and is not read as text."""
    from markdown_it import MarkdownIt

    from understudy.behaviours.extraction.html import parsed, text_of, walk

    text = decoded(content).replace("\r\n", "\n")
    if front := _FRONT_MATTER.match(text):
        text = text[front.end() :]
        told = {name: value.strip("\"' ") for name, value in _FRONT_LINE.findall(front[1])}
        outline.title = told.get("title", "")
        outline.fact("author", told.get("author"))
        outline.moment("created_at", told.get("date"))
    root = parsed(MarkdownIt("commonmark").enable("table").render(text))
    if root is not None:
        outline.title = outline.title or text_of(root.find(".//h1"))
        walk(root, outline)


def read_rtf(content: bytes, outline: Outline) -> None:
    from striprtf.striprtf import rtf_to_text

    source = content.decode("latin-1")
    told = dict(_RTF_INFO.findall(source[:65536]))
    outline.title = told.get("title", "")
    outline.fact("author", told.get("author"))
    for word, *numbers in _RTF_TIME.findall(source[:65536]):
        year, month, day, hour, minute = (int(number or 0) for number in numbers)
        name = "created_at" if word == "creatim" else "modified_at"
        outline.moment(name, f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00")
    outline.verbatim(rtf_to_text(source, errors="ignore"))


def read_mail(content: bytes, outline: Outline) -> None:
    """The subject, who wrote to whom, and the text; attachments are not read."""
    from email import policy
    from email.parser import BytesParser

    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
    if not any(message[name] for name in ("from", "to", "subject", "date")):
        raise Refused("is no mail: it has neither sender, receiver, subject nor date")
    outline.title = _header(message, "subject")
    for name in ("from", "to"):
        outline.fact(name, _header(message, name))
    outline.fact("created_at", getattr(message["date"], "datetime", None))
    body: Any = message.get_body(("plain", "html"))
    if body is None:
        return
    text = decoded(body.get_payload(decode=True) or b"", body.get_content_charset())
    if body.get_content_type() == "text/html":
        from understudy.behaviours.extraction.html import parsed, walk

        root = parsed(text)
        if root is not None:
            walk(root, outline)
    else:
        outline.verbatim(text)


def _header(message: EmailMessage, name: str) -> str:
    return one_line(str(message[name] or ""))
