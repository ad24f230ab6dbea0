"""Files with one JSON object a line: what imports read and exports write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from understudy.engine.multipart import MAX_DEPTH, is_deeper
from understudy.engine.replies import Reply

MEDIA_TYPE = "application/jsonl"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a file that hold something."""
    return [line for line in content.removeprefix(_BYTE_ORDER_MARK).split(b"\n") if line.strip()]


def read_object(line: bytes) -> dict[str, Any] | None:
    """The object of a line; None when it is none, or nests deeper than a body may."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and not is_deeper(found, MAX_DEPTH) else None


def exported(objects: Iterable[Mapping[str, Any]], name: str) -> Reply:
    """A file for download, one object a line."""
    content = b"".join(orjson.dumps(one) + b"\n" for one in objects)
    return Reply(content, 200, {"content-disposition": f'attachment; filename="{name}.jsonl"'}, MEDIA_TYPE)
