"""The walls of the kernel around a process: nothing to reach, nothing to write, bounded time and memory.

Linux only; runs in the process apart and imports the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import Any

NAMESPACES = {
    "user": 0x10000000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "ipc": 0x08000000,
    "mount": 0x00020000,
    "uts": 0x04000000,
}
"""The namespaces that are made anew, with their flags of unshare(2); all of them or none."""
NOBODY = 65534
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_NO_NEW_PRIVS = 1, 4, 38
_MOUNT_PRIVATE = 0x40000 | 0x4000
_MOUNT_BARE = 1 | 2 | 4 | 8
"""Read-only, without programs, devices or changes of user."""
_CAPABILITIES_3 = 0x20080522
_ROOM_AFTER = 32 * 1024 * 1024


class WallError(Exception):
    """A wall that could not be built; says which and why."""


class Walls:
    """The steps in their order: `leave`, `enter` in a child of that process, then `limit`."""

    def __init__(self) -> None:
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._unshare, self._mount = self._libc.unshare, self._libc.mount
            self._prctl, self._capset = self._libc.prctl, self._libc.capset
        except (OSError, AttributeError) as error:
            raise WallError(f"the C library: {error}") from None

    def leave(self) -> None:
        """Be nobody, in namespaces of one's own; the one for processes begins with the next fork."""
        if os.geteuid() == 0:  # limits do not bind root
            try:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            except OSError as error:
                raise WallError(f"becoming user {NOBODY}: {error.strerror}") from None
        self._call("prctl(PDEATHSIG)", self._prctl, _SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        self._call("prctl(DUMPABLE)", self._prctl, _SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self is root's
        self._ids = os.getuid(), os.getgid()
        self._call(f"unshare({', '.join(NAMESPACES)})", self._unshare, sum(NAMESPACES.values()))

    def enter(self) -> None:
        """See an empty root directory, without any right."""
        self._call("prctl(PDEATHSIG)", self._prctl, _SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        user, group = self._ids
        try:
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/uid_map", f"{user} {user} 1")
            _write("/proc/self/gid_map", f"{group} {group} 1")
        except OSError as error:
            raise WallError(f"writing {error.filename}: {error.strerror}") from None
        self._call("mount(private)", self._mount, b"none", b"/", None, _MOUNT_PRIVATE, None)
        self._call("mount(tmpfs)", self._mount, b"none", b"/proc", b"tmpfs", _MOUNT_BARE, None)
        try:
            os.chroot("/proc")
            os.chdir("/")
        except OSError as error:
            raise WallError(f"chroot: {error.strerror}") from None
        head, none = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
        self._call("capset", self._capset, head, none)
        self._call("prctl(NO_NEW_PRIVS)", self._prctl, _SET_NO_NEW_PRIVS, 1, 0, 0, 0)

    def _call(self, what: str, function: Any, *arguments: Any) -> None:
        if function(*arguments):
            raise WallError(f"{what}: {os.strerror(ctypes.get_errno())}")


def used_memory() -> int:
    """The address space of this process, in bytes; asked for while /proc can be seen."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def limit(seconds: int, memory_bytes: int) -> None:
    """Bound what this process may take: processor time, and its address space in all."""
    _set(resource.RLIMIT_CPU, seconds + 1, seconds + 1)
    _set(resource.RLIMIT_AS, memory_bytes, memory_bytes + _ROOM_AFTER)
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE):
        _set(kind, 0, 0)


def give_room() -> None:
    """A little more memory, to say that there was too little."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _set(kind: int, soft: int, hard: int) -> None:
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError) as error:
        raise WallError(f"setrlimit: {error}") from None


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
