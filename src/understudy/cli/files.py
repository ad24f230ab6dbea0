"""Files of JSON that commands read and write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from understudy.errors import SetupError


def write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read: whole, or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SetupError(f"cannot be written: {error.strerror}", str(path)) from None


def write_json(path: Path, data: Any) -> None:
    write(path, orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


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
