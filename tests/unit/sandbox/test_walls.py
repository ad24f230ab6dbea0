"""What the kernel refuses to a process behind the walls, whatever Python would let it do."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import understudy
from tests.walls import needs_walls

_TRY = """
import sys
sys.path.insert(0, sys.argv[1])
import _socket, _thread, json, os, signal, time
from understudy.sandbox import walls

around = walls.Walls()
around.leave()
inner = os.fork()
if inner:
    os.waitpid(inner, 0)
    os._exit(0)
base = walls.used_memory()
around.enter()
walls.limit(5, base + 50_000_000)
port, outer = int(sys.argv[2]), int(sys.argv[3])
def connect():
    _socket.socket().connect(("127.0.0.1", port))
attempts = {
    "connect": connect,
    "read": lambda: open("/etc/passwd"),
    "read_up": lambda: open("../../../../../../../etc/passwd"),
    "write": lambda: open("/dev/null", "w"),
    "fork": os.fork,
    "thread": lambda: _thread.start_new_thread(print, ()),
    "exec": lambda: os.execv(sys.executable, ["x"]),
    "kill": lambda: os.kill(outer, 0),
    "memory": lambda: bytearray(90_000_000),
    "be_root": lambda: os.setuid(0),
    "chroot": lambda: os.chroot("/"),
    "pipe": os.pipe,
    "unshare": lambda: around._call("", around._unshare, walls.NAMESPACES["user"]),
    "mount": lambda: around._call("", around._mount, b"none", b"/", b"proc", 0, None),
}
told = {"process": os.getpid()}
for name, attempt in attempts.items():
    try:
        told[name] = f"possible: {attempt()}"
    except BaseException as error:
        told[name] = type(error).__name__
print(json.dumps(told), flush=True)
os._exit(0)
"""


def attempted(code: str = _TRY) -> dict[str, Any]:
    packages = str(Path(understudy.__file__).parents[1])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-P", "-S", "-B", "-c", code, packages, str(port), str(os.getpid())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env={})
    assert done.stdout, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@needs_walls
def test_nothing_can_be_reached_written_or_started() -> None:
    told = attempted()
    assert told.pop("process") == 1
    assert told.pop("memory") == "MemoryError"
    assert told.pop("thread") in ("RuntimeError", "error")
    assert told.pop("kill") == "ProcessLookupError"
    assert told.pop("fork") == "BlockingIOError"
    assert told.pop("unshare") == told.pop("mount") == "WallError"
    assert told.pop("connect") in ("OSError", "ConnectionRefusedError")
    assert not [name for name, what in told.items() if what.startswith("possible")], told


def test_without_walls_it_can_be_done() -> None:
    """So the test above can fail."""
    bare = _TRY.partition("around = ")[0] + "port, outer = " + _TRY.partition("port, outer = ")[2]
    bare = re.sub(r'\n    "(fork|exec|be_root|chroot|unshare|mount)": .*', "", bare)
    told = attempted(bare)
    possible = {name for name, what in told.items() if str(what).startswith("possible")}
    assert {"connect", "read", "read_up", "thread", "kill", "memory", "pipe"} <= possible
