"""Whether this kernel lets a process be shut in, asked without the code under test.

Where it does not, a test marked `needs_walls` tests what is promised then: that nothing runs.
"""

from __future__ import annotations

import contextlib
import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from understudy.errors import SetupError
from understudy.sandbox.running import Limits, check, run

_PROBE = """
import ctypes, os
libc = ctypes.CDLL(None)
if os.geteuid() == 0:
    os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
libc.prctl(4, 1, 0, 0, 0)
user, group = os.getuid(), os.getgid()
if libc.unshare(0x10000000 | 0x40000000 | 0x20000000 | 0x08000000 | 0x20000 | 0x04000000):
    raise SystemExit(1)
child = os.fork()
if child:
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
for name, text in ("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"):
    open(f"/proc/self/{name}", "w").write(text)
raise SystemExit(bool(libc.mount(b"none", b"/proc", b"tmpfs", 1, None)))
"""
WALLS = sys.platform == "linux" and not subprocess.run([sys.executable, "-c", _PROBE], stderr=-3).returncode


def descendants(process: int) -> set[int]:
    """The processes that one has started, and those that they have; those that have ended do not count."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(entry.parent.name)] = int(parent)
    found: set[int] = set()
    new = {process}
    while new:
        new = {one for one, parent in parents.items() if parent in new}
        found |= new
    return found


def needs_walls(test: Callable[..., None]) -> Callable[..., None]:
    if WALLS:
        return test

    @functools.wraps(test)
    def refused(*_: Any, **__: Any) -> None:
        with pytest.raises(SetupError, match="--allow-lambda: "):
            check()
        with pytest.raises(RuntimeError, match="a function was not run"):
            run("def process(): return 1", {}, Limits(), 0)

    return refused
