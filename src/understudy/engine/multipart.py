"""Bodies of `multipart/form-data`: parts become the members that the contract describes."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

import orjson

from understudy.engine.contract import Check
from understudy.errors import ApiError, BadRequest, TooLarge

MULTIPART_TYPE = "multipart/form-data"
MAX_PARTS = 100
MAX_DEPTH = 200

Nature = Literal["file", "files", "text", "json"]
_FILES = ("file", "files")
_SILENT = logging.Logger("understudy.multipart", logging.CRITICAL)
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a form, as it was sent; `filename` is what the client called it, never a path of ours."""

    content: bytes
    filename: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form, in the order in which it was sent."""

    name: str
    file: FilePart


def read_form(
    raw: bytes, content_type: str, natures: Mapping[str, Nature], check: Check, json_bytes: int
) -> dict[str, Any] | ApiError:
    """The members of a form by their names, files as `FilePart`, or the refusal that names the faults.

    Args:
        raw: the body.
        content_type: the header with the boundary.
        natures: what kind of value each member of the contract has; other parts are ignored.
        check: the check of the whole; it sees "" in the place of each file.
        json_bytes: how many bytes all members that are no files may have together.
    """
    try:
        parts = read_parts(raw, content_type)
    except ValueError as error:
        return BadRequest({"body": str(error)})
    members: dict[str, Any] = {}
    faults: dict[str, str] = {}
    size = 0
    for part in parts:
        nature = natures.get(part.name)
        if nature is None:
            continue
        size += len(part.file.content) if nature not in _FILES else 0
        if size > json_bytes:
            return TooLarge(f"the parts without files have more than {json_bytes} bytes together")
        if nature == "files":
            members.setdefault(part.name, []).append(part.file)
            continue
        try:
            if part.name in members:
                raise ValueError("is given twice")
            members[part.name] = part.file if nature == "file" else _value(part.file.content, nature)
        except ValueError as error:
            faults[f"body.{part.name}"] = str(error)
    shown = {name: _shown(value, natures[name]) for name, value in members.items()}
    told = {} if check.accepts(shown) else check.faults(shown, "body")
    faults = {**told, **faults}
    return BadRequest(faults) if faults else members


def _shown(value: Any, nature: Nature) -> Any:
    """A member as the check of the form sees it."""
    if nature == "files":
        return [""] * len(value)
    return "" if nature == "file" else value


def _value(content: bytes, nature: Nature) -> Any:
    if nature == "text":
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise ValueError("is not UTF-8") from None
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON: {error}") from None
    if is_deeper(value, MAX_DEPTH):
        raise ValueError(f"nests deeper than {MAX_DEPTH}")
    return value


def is_deeper(value: Any, limit: int) -> bool:
    """Whether a value of JSON nests deeper than that."""
    level = [value]
    for _ in range(limit + 1):
        nodes = [node for node in level if isinstance(node, dict | list)]
        if not nodes:
            return False
        level = [child for node in nodes for child in (node.values() if isinstance(node, dict) else node)]
    return True


def read_parts(raw: bytes, content_type: str) -> list[Part]:
    """The parts of a form; ValueError says what is wrong with it."""
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser

    boundary = parameters(content_type).get("boundary")
    if not boundary:
        raise ValueError("the content type names no boundary")
    reader = _Reader()
    parser = MultipartParser(boundary.encode("latin-1"), reader.callbacks)  # type: ignore[arg-type]
    parser.logger = _SILENT  # what is wrong is told to the caller
    try:
        parser.write(raw)
        parser.finalize()
    except FormParserError as error:
        raise ValueError(f"is no valid multipart form: {error}") from None
    if not reader.ended:
        raise ValueError("ends before its last boundary")
    return reader.parts


def parameters(header: str) -> dict[str, str]:
    """The parameters of a header value by lower-case name, unquoted and otherwise as they were sent."""
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(header):
        value = re.sub(r'\\(["\\])', r"\1", quoted) if quoted else plain.strip()
        found.setdefault(name.lower(), value)
    return found


class _Reader:
    """Collects the parts while the parser goes through the body."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False
        self._headers: dict[str, str] = {}
        self._field = b""
        self._text = b""
        self._data: list[bytes] = []
        self.callbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise ValueError(f"has more than {MAX_PARTS} parts")
        self._headers, self._data = {}, []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._text += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = _decoded(self._text)
        self._field = self._text = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _end(self) -> None:
        told = parameters(self._headers.get("content-disposition", ""))
        name = told.get("name")
        if name is None:
            raise ValueError("has a part without a name")
        if self._headers.get("content-transfer-encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
            raise ValueError(f"encodes the part '{name}', which forms do not do")
        content_type = self._headers.get("content-type")
        self.parts.append(Part(name, FilePart(b"".join(self._data), _filename(told), content_type)))

    def _finish(self) -> None:
        self.ended = True


def _filename(told: Mapping[str, str]) -> str | None:
    if "filename" not in told and "filename*" in told:  # RFC 5987, which some clients use all the same
        charset, _, rest = told["filename*"].partition("'")
        if charset.lower() == "utf-8":
            return unquote(rest.partition("'")[2])
    return told.get("filename") or None


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
