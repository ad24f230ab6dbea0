"""Conversations: what the messages of a chat hold, in the wire shape of OpenAI's chat completions."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from understudy.behaviours.regex import regex

Message = Mapping[str, Any]

READ_CHARACTERS = 100_000
"""How much of a text file that came with a message is read."""

_TEXT_PARTS = ("text", "input_text", "output_text")
_KINDS = {"image_url": "image", "input_audio": "audio", "video_url": "video", "file": "file"}
_DATA_URL = regex(r"data:([^;,]{0,100})((?:;[^;,]{0,100}){0,5}),")


@dataclass(frozen=True)
class Attachment:
    """What came with a message besides text, and what is known of it.

    `kind` is image, audio, video or file; `size` is in bytes, None behind a link; `text` is what a file of
    text says, "" for all others.
    """

    kind: str
    name: str = ""
    media_type: str = ""
    size: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Result:
    """What a tool gave back: its name, the arguments it was called with as JSON text, its words.

    `passages` are texts that it found, to be read for an answer; None when its words are for telling.
    """

    name: str
    arguments: str
    text: str
    passages: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Exchange:
    """The last thing a person said, the messages before it, and the results that came after it."""

    text: str
    attachments: tuple[Attachment, ...]
    earlier: tuple[Message, ...]
    results: tuple[Result, ...]

    def said(self) -> Iterator[str]:
        """What the person said earlier, the latest first."""
        return (text_of(one) for one in reversed(self.earlier) if one.get("role") == "user")


def last_exchange(messages: Sequence[Message]) -> Exchange:
    """The exchange that waits for a reply; its text is "" when no person has said anything."""
    at = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].get("role") == "user"), -1)
    if at < 0:
        return Exchange("", (), tuple(messages), tuple(_results(messages)))
    last = messages[at]
    attachments = tuple(attachments_of(last))
    return Exchange(text_of(last), attachments, tuple(messages[:at]), tuple(_results(messages[at + 1 :])))


def text_of(message: Message) -> str:
    """The text of a message; its text parts are lines."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    texts = [part.get("text") for part in _parts(message) if part.get("type") in _TEXT_PARTS]
    return "\n".join(text for text in texts if isinstance(text, str))


def attachments_of(message: Message) -> Iterator[Attachment]:
    """The images, sounds, videos and files of a message, in order."""
    for part in _parts(message):
        kind = part.get("type")
        if isinstance(kind, str) and kind in _KINDS:
            held = part.get(kind)
            yield _attachment(_KINDS[kind], held if isinstance(held, Mapping) else {"url": held})


def tool_calls_of(message: Message) -> Iterator[tuple[str, str, str]]:
    """Id, name and arguments (JSON text) of each tool that the message calls."""
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            yield (
                str(call.get("id") or ""),
                str(function.get("name") or ""),
                str(function.get("arguments") or ""),
            )


def excerpt(text: str, longest: int) -> str:
    """The text, or its beginning and its end when it is longer."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}\n{text[-half:]}"


def _parts(message: Message) -> Iterator[Mapping[str, Any]]:
    content = message.get("content")
    return (part for part in (content if isinstance(content, list) else ()) if isinstance(part, Mapping))


def _results(messages: Sequence[Message]) -> Iterator[Result]:
    called: dict[str, tuple[str, str]] = {}
    for message in messages:
        for key, name, arguments in tool_calls_of(message):
            called[key] = (name, arguments)
        if message.get("role") in ("tool", "function"):
            name, arguments = called.get(str(message.get("tool_call_id")), ("", ""))
            found = message.get("passages")
            passages = tuple(map(str, found)) if isinstance(found, list | tuple) else None
            yield Result(str(message.get("name") or name), arguments, text_of(message), passages)


def _attachment(kind: str, held: Mapping[str, Any]) -> Attachment:
    place = next((held[key] for key in ("url", "file_data", "data") if isinstance(held.get(key), str)), "")
    name = str(held.get("filename") or held.get("name") or held.get("file_id") or "")
    match = _DATA_URL.match(place)
    if match:
        media_type, data = match.group(1) or "text/plain", place[match.end() :]
        coded = ";base64" in match.group(2)
        size = _decoded_size(data) if coded else len(unquote_to_bytes(data))
        text = _decoded_text(data, coded) if media_type.startswith("text/") else ""
        return Attachment(kind, name, media_type, size, text)
    if re.match(r"https?://", place):
        return Attachment(kind, name or re.split(r"[?#]", place)[0].rstrip("/").rpartition("/")[2])
    sound = f"audio/{held['format']}" if isinstance(held.get("format"), str) else ""
    return Attachment(kind, name, sound, _decoded_size(place) if place else None)


def _decoded_size(data: str) -> int:
    return max(0, len(data) * 3 // 4 - data[-2:].count("="))


def _decoded_text(data: str, coded: bool) -> str:
    head = data[: (READ_CHARACTERS // 3 + 1) * 4]
    try:
        raw = a2b_base64(head.encode("ascii", "ignore")) if coded else unquote_to_bytes(head)
    except Base64Error:
        return ""
    return raw.decode("utf-8", "replace")[:READ_CHARACTERS]
