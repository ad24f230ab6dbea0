"""Media in messages: what a part must hold, which a model reads, what an account must have for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from understudy.apis.aivax.models import model
from understudy.behaviours.conversation import Message, attachments_of
from understudy.errors import BadRequest

KINDS = ("Image", "Audio", "Video", "File", "OtherFiles")
LEAST_BALANCE: Mapping[str, float] = {
    "Image": 0.10,
    "Audio": 0.10,
    "Video": 0.50,
    "File": 0.50,
    "OtherFiles": 0.50,
}
"""US dollars that an account must have. Source: docs."""
_NEEDED: Mapping[str, Sequence[str]] = {
    "image_url": ("url",),
    "video_url": ("url",),
    "input_audio": ("data",),
    "file": ("file_data", "url", "file_id"),
}
"""One of these is in a part of that type."""
_TEXT = ("text", "input_text", "output_text", "refusal")
_READABLE = re.compile(r"application/pdf|text/.*", re.IGNORECASE)
_OTHER_NAME = re.compile(r".\.(?!pdf\Z|txt\Z|md\Z|csv\Z|html?\Z|json\Z|xml\Z)[a-z0-9]{1,8}\Z", re.IGNORECASE)


def check(
    messages: Sequence[Message], name: str, parameters: Mapping[str, Any], preprocessed: str | None
) -> set[str]:
    """The kinds of media in a conversation; BadRequest names the first part that cannot be read.

    Args:
        name: the model that shall read them.
        preprocessed: kinds that are turned into text beforehand, besides those of the gateway.
    """
    readable = _readable(name, parameters, preprocessed)
    held: set[str] = set()
    for place, part in _parts(messages):
        kind = _kind(place, part)
        if kind and kind not in readable:
            flag = f"; 'multimodal_preprocess': '{kind}' has it turned into text"
            raise BadRequest({place: f"the model '{name}' does not read this kind of media ({kind}){flag}"})
        if kind:
            held.add(kind)
    return held


def least_balance(held: Collection[str]) -> float:
    """The balance that a conversation with such media needs, in US dollars."""
    return max((LEAST_BALANCE[kind] for kind in held), default=0)


def _readable(name: str, parameters: Mapping[str, Any], preprocessed: str | None) -> set[str]:
    named = {kind.lower(): kind for kind in (*KINDS, "All")}
    asked = [named[flag.strip().lower()] for flag in (preprocessed or "").split(",") if flag.strip()]
    turned = {*parameters.get("enabledMultimodalFeatures", ()), *asked}
    if "All" in turned:
        return set(KINDS)
    blind = "DisableMultiModalInput" in parameters.get("flags", ())
    return turned | (set() if blind else model(name).media)


def _parts(messages: Sequence[Message]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every part and where it stands; BadRequest for content that is neither a text nor a list of parts."""
    for number, message in enumerate(messages):
        content, place = message.get("content"), f"body.messages[{number}].content"
        if content is None or isinstance(content, str):
            continue
        if not isinstance(content, list):
            raise BadRequest({place: "must be a text or a list of parts"})
        for at, part in enumerate(content):
            if not isinstance(part, Mapping):
                raise BadRequest({f"{place}[{at}]": "must be of type object"})
            yield f"{place}[{at}]", part


def _kind(place: str, part: Mapping[str, Any]) -> str:
    """The kind of media that a part is; "" for text."""
    type_ = part.get("type")
    if type_ in _TEXT:
        member = "refusal" if type_ == "refusal" else "text"
        if not isinstance(part.get(member), str):
            raise BadRequest({f"{place}.{member}": "must be of type string"})
        return ""
    if not isinstance(type_, str) or type_ not in _NEEDED:
        raise BadRequest({f"{place}.type": f"must be one of text, {', '.join(_NEEDED)}"})
    held = part.get(type_)
    is_link = isinstance(held, str) and type_.endswith("_url")
    needed = _NEEDED[type_]
    if not is_link and not (
        isinstance(held, Mapping) and any(isinstance(held.get(one), str) and held[one] for one in needed)
    ):
        raise BadRequest({f"{place}.{type_}": f"must hold {' or '.join(needed)}"})
    (attachment,) = attachments_of({"content": [part]})
    if attachment.kind != "file":
        return attachment.kind.capitalize()
    if attachment.media_type and attachment.media_type != "application/octet-stream":
        return "File" if _READABLE.fullmatch(attachment.media_type) else "OtherFiles"
    return "OtherFiles" if _OTHER_NAME.search(attachment.name) else "File"
