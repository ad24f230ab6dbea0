"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from understudy.errors import SetupError


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; SetupError says why it cannot be."""
    partial = ""
    try:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except OSError as error:
        if partial:
            Path(partial).unlink(missing_ok=True)
        raise SetupError(f"cannot be written: {error.strerror or error}", str(path)) from None


def write_address(path: Path, url: str) -> None:
    """Write the file that says where a server answers, which anybody may read."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(url + "\n")
    partial.replace(path)
