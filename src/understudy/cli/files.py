"""Files of JSON that commands read and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from understudy.errors import SetupError
from understudy.state.files import write_private


def write_json(path: Path, data: Any) -> None:
    write_private(path, orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def read_json(path: Path) -> Any:
    """The value in a file; SetupError names the line of what is wrong."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SetupError(f"cannot be read: {error.strerror}", str(path)) from None
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise SetupError(f"is no JSON: {error.msg}", f"{path}:{error.lineno}:{error.colno}") from None


def parsed(text: str, where: str) -> Any:
    """The value of an argument that is JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SetupError(f"{text!r} is no JSON: {error.msg}", where) from None


def compact(data: Any) -> str:
    return orjson.dumps(data).decode()
