"""The kinds of files that are read, and how they are told from one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_OFFICE = "application/vnd.openxmlformats-officedocument"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PDF_HEAD = 1024
"""The mark of a PDF may stand behind other bytes, within these."""


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Args:
        module: where it is read.
        extensions, media_types: what it is called; the first media type is its own.
        magic: how it begins; text when empty.
    """

    module: str
    extensions: tuple[str, ...]
    media_types: tuple[str, ...]
    magic: bytes = b""


KINDS: Mapping[str, Kind] = {
    "text": Kind("texts", ("txt", "text"), ("text/plain",)),
    "markdown": Kind("texts", ("md", "markdown"), ("text/markdown", "text/x-markdown")),
    "html": Kind("html", ("html", "htm", "xhtml", "lxml"), ("text/html", "application/xhtml+xml")),
    "mail": Kind("texts", ("eml",), ("message/rfc822",)),
    "rtf": Kind("texts", ("rtf",), ("application/rtf", "text/rtf"), b"{\\rtf"),
    "pdf": Kind("pdf", ("pdf",), ("application/pdf",), b"%PDF-"),
    "docx": Kind("office", ("docx",), (f"{_OFFICE}.wordprocessingml.document",), b"PK\x03\x04"),
    "pptx": Kind("office", ("pptx",), (f"{_OFFICE}.presentationml.presentation",), b"PK\x03\x04"),
    "odt": Kind("archives", ("odt",), ("application/vnd.oasis.opendocument.text",), b"PK\x03\x04"),
    "epub": Kind("archives", ("epub",), ("application/epub+zip",), b"PK\x03\x04"),
}
SUPPORTED = ", ".join(sorted(extension for kind in KINDS.values() for extension in kind.extensions))
UNREAD = frozenset({"doc", "ppt", "json"})
"""Extensions that decide against a file whatever its content type says."""


def kind_of(names: tuple[str, ...], content_type: str | None) -> str | None:
    """The kind of a file by the first name with a known extension, else by its content type."""
    for name in names:
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        if extension in UNREAD:
            return None
        for kind, facts in KINDS.items():
            if extension in facts.extensions:
                return kind
    media = (content_type or "").partition(";")[0].strip().lower()
    return next((kind for kind, facts in KINDS.items() if media in facts.media_types), None)


def kind_within(content: bytes) -> str | None:
    """The kind of a file that has neither name nor type: by its first bytes, else text if it is UTF-8."""
    for kind in ("pdf", "rtf"):
        if content.startswith(KINDS[kind].magic):
            return kind
    try:
        content.decode()
    except UnicodeDecodeError:
        return None
    return None if b"\x00" in content else "text"


def mismatch(kind: str, content: bytes) -> str | None:
    """Why the first bytes cannot be those of this kind; None when they can."""
    magic = KINDS[kind].magic
    if magic:
        begins = magic in content[:_PDF_HEAD] if kind == "pdf" else content.startswith(magic)
        return None if begins else f"does not begin like a {kind} file"
    for other, facts in KINDS.items():
        if facts.magic and content.startswith(facts.magic):
            return f"begins like a {other} file"
    if b"\x00" in content and not content.startswith(_BOMS):
        return "holds bytes that no text has"
    return None
