"""What a running server leaves for commands of the same user: its token, where nobody else may read it."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from understudy.state.files import write_private


def remember(port: int, token: str) -> Path | None:
    """Write the token of the server on a port; None where there is no safe place for it."""
    directory = _directory(make=True)
    if directory is None:
        return None
    path = directory / f"{port}.token"
    write_private(path, token.encode())
    return path


def token_of(port: int) -> str | None:
    """The token of the server on a port of this machine, as far as this user may know it."""
    directory = _directory(make=False)
    try:
        return (directory / f"{port}.token").read_text() if directory is not None else None
    except OSError:
        return None


def _directory(*, make: bool) -> Path | None:
    """A directory of this user alone: nobody else could have put anything there."""
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    user = os.getuid() if hasattr(os, "getuid") else 0
    path = Path(base) / f"understudy-{user}"
    try:
        if make:
            path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    return path if private and (os.name != "posix" or found.st_uid == user) else None
