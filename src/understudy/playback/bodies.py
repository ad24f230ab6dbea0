"""Bodies as people read them, and back to their bytes.

{json: ...}      JSON; `layout` says how it was written when that was not without blanks
{text: ...}      UTF-8
{base64: ...}    anything else
{form: ...}      a form of names and texts; of requests alone
{parts: [...]}   a form with files; of requests alone
{events: [...]}  a stream; of answers alone
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from understudy.engine.multipart import FilePart, Part, is_deeper, parameters, read_parts

Body = dict[str, Any]
Frame = tuple[int, bytes]
"""Milliseconds since the answer began, and bytes up to the end of an event."""

JSON_TYPE = "application/json"
STREAM_TYPE = "text/event-stream"
FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MOST_DEPTH = 200
_END_OF_EVENT = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_BLANK = re.compile(rb"(?m)^(?:data|event): ")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _dumps(value: Any, **layout: Any) -> bytes:
    return json.dumps(value, **layout).encode()


LAYOUTS: Mapping[str, Callable[[Any], bytes]] = {
    "compact": orjson.dumps,
    "ascii": lambda value: _dumps(value, separators=(",", ":")),
    "spaced": lambda value: _dumps(value, ensure_ascii=False),
    "spaced-ascii": _dumps,
    "indented": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2),
    "indented-ascii": lambda value: _dumps(value, indent=2),
}
"""Ways to write JSON, by name; a body in none of them is kept as text."""


def media_type(content_type: str) -> str:
    """A content type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_json(content_type: str) -> bool:
    return media_type(content_type).endswith(("/json", "+json"))


def parsed(raw: bytes) -> Any:
    """JSON; ValueError when it is none, or nests too deep to be written as YAML."""
    value = orjson.loads(raw)
    if is_deeper(value, MOST_DEPTH):
        raise ValueError("nests too deep")
    return value


def of_request(raw: bytes, content_type: str) -> Body | None:
    """The body of a request; None for none. How its JSON was written is nothing that matters."""
    if not raw:
        return None
    media = media_type(content_type)
    try:
        if media == MULTIPART:
            return {"parts": [_part(one) for one in read_parts(raw, content_type)]}
        if media == FORM_TYPE:
            return {"form": grouped(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"))}
        return {"json": parsed(raw)} if is_json(content_type) or not media else _plain(raw)
    except ValueError:
        return _plain(raw)


def of_answer(raw: bytes, content_type: str) -> Body | None:
    """The body of an answer; None for none. Its bytes can be told from it."""
    if not raw:
        return None
    if is_json(content_type):
        try:
            value = parsed(raw)
        except ValueError:
            return _plain(raw)
        layout = _layout(value, raw)
        if layout:
            return {"json": value} if layout == "compact" else {"layout": layout, "json": value}
    return _plain(raw)


def of_stream(frames: Sequence[Frame]) -> Body:
    """A stream, event by event."""
    whole = b"".join(frame for _, frame in frames)
    body: Body = {}
    newline = "\r\n" if b"\r\n" in whole else "\n"
    blank = _BLANK.search(whole) is not None
    if newline != "\n":
        body["newline"] = "crlf"
    if blank:
        body["blank"] = True
    layout = next(filter(None, (_data_layout(frame) for _, frame in frames)), "compact")
    if layout != "compact":
        body["layout"] = layout
    body["events"] = [_event(at, frame, newline, blank, layout) for at, frame in frames]
    return body


def to_bytes(body: Mapping[str, Any] | None, content_type: str = "") -> bytes:
    """The bytes of a body; those of an answer are what they were."""
    if not body:
        return b""
    if "json" in body:
        return LAYOUTS[body.get("layout", "compact")](body["json"])
    if "text" in body:
        return str(body["text"]).encode()
    if "base64" in body:
        return unbase64(body["base64"])
    if "form" in body:
        return urlencode(pairs(body["form"])).encode()
    if "parts" in body:
        return _multipart(body["parts"], parameters(content_type).get("boundary", "understudy"))
    return b"".join(frame for _, frame in to_frames(body))


def to_frames(body: Mapping[str, Any]) -> list[Frame]:
    """The events of a stream with their times."""
    newline = "\r\n" if body.get("newline") == "crlf" else "\n"
    layout = body.get("layout", "compact")
    return [(one["at"], _frame(one, newline, bool(body.get("blank")), layout)) for one in body["events"]]


def split_frames(raw: bytes) -> tuple[list[bytes], bytes]:
    """The complete events at the beginning of a stream, and what is left over."""
    frames, at = [], 0
    for match in _END_OF_EVENT.finditer(raw):
        frames.append(raw[at : match.end()])
        at = match.end()
    return frames, raw[at:]


def grouped(listed: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Names with their text, or with all texts of a name that came more than once."""
    found: dict[str, Any] = {}
    for name, text in listed:
        if name not in found:
            found[name] = text
        elif isinstance(found[name], list):
            found[name].append(text)
        else:
            found[name] = [found[name], text]
    return found


def pairs(names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What `grouped` was made of."""
    return [
        (name, one)
        for name, texts in names.items()
        for one in (texts if isinstance(texts, list) else [texts])
    ]


def unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("is no base64") from None


def _plain(raw: bytes) -> Body:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}
    return {"base64": base64.b64encode(raw).decode()} if _UNREADABLE.search(text) else {"text": text}


def _part(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {"name": part.name}
    if part.file.filename is not None:
        told["filename"] = part.file.filename
    if part.file.content_type is not None:
        told["content_type"] = part.file.content_type
    body = of_request(part.file.content, part.file.content_type or "text/plain") or {"text": ""}
    return told | (body if "parts" not in body else _plain(part.file.content))


def _multipart(parts: Sequence[Mapping[str, Any]], boundary: str) -> bytes:
    written = []
    for part in parts:
        line = f'Content-Disposition: form-data; name="{_quoted(part["name"])}"'
        if "filename" in part:
            line += f'; filename="{_quoted(part["filename"])}"'
        if "content_type" in part:
            line += f"\r\nContent-Type: {part['content_type']}"
        written.append(f"--{boundary}\r\n{line}\r\n\r\n".encode() + to_bytes(part) + b"\r\n")
    return b"".join(written) + f"--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def file_of(part: Mapping[str, Any]) -> FilePart:
    """A part as the engine reads it."""
    return FilePart(to_bytes(part), part.get("filename"), part.get("content_type"))


def _layout(value: Any, raw: bytes) -> str:
    """The name of the way in which JSON was written; "" for another way."""
    return next((name for name, write in LAYOUTS.items() if write(value) == raw), "")


def _data_layout(frame: bytes) -> str:
    """How the JSON of an event was written; "" when it has none."""
    for line in frame.splitlines():
        data = line.removeprefix(b"data:").strip() if line.startswith(b"data:") else b""
        if data[:1] in (b"{", b"["):
            try:
                return _layout(parsed(data), data)
            except ValueError:
                return ""
    return ""


def _event(at: int, frame: bytes, newline: str, blank: bool, layout: str) -> dict[str, Any]:
    """An event by its lines; as it stands when these would not give the same bytes."""
    told: dict[str, Any] = {"at": at}
    try:
        text = frame.decode()
    except UnicodeDecodeError:
        return {"at": at, "base64": base64.b64encode(frame).decode()}
    for line in text.split(newline)[:-2]:
        name, _, value = line.partition(":")
        told[name] = _data(value.removeprefix(" "), layout) if name == "data" else value.removeprefix(" ")
    known = set(told) <= {"at", "event", "id", "retry", "data"}
    if known and len(told) > 1 and _frame(told, newline, blank, layout) == frame:
        return told
    return {"at": at} | ({"raw": text} if not _UNREADABLE.search(text) else _plain(frame))


def _data(text: str, layout: str) -> Any:
    """The JSON of a line of data; the text itself when it is none, or written otherwise."""
    if text[:1] not in ("{", "["):
        return text
    try:
        value = parsed(text.encode())
    except ValueError:
        return text
    return value if LAYOUTS[layout](value).decode() == text else text


def _frame(event: Mapping[str, Any], newline: str, blank: bool, layout: str) -> bytes:
    if "raw" in event:
        return str(event["raw"]).encode()
    if "base64" in event:
        return unbase64(event["base64"])
    lines = []
    for name, value in event.items():
        if name != "at":
            text = value if isinstance(value, str) else LAYOUTS[layout](value).decode()
            lines.append(f"{name}:{' ' if blank else ''}{text}{newline}")
    return ("".join(lines) + newline).encode()
