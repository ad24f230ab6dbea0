"""One line per request, as text or JSON, gathered and written together."""

from __future__ import annotations

import asyncio
import sys
from typing import TextIO

import orjson

from understudy.engine.context import Call
from understudy.engine.journal import Redaction

FLUSH_SECONDS = 0.05
_UNSAFE = {n: f"\\x{n:02x}" for n in [*range(32), 127]}


class AccessLog:
    """Writes finished calls to a stream; a pipe gets no colour codes.

    Args:
        stream: where lines go.
        as_json: one JSON object per line instead of columns.
    """

    def __init__(self, stream: TextIO = sys.stdout, *, as_json: bool = False) -> None:
        self._stream = stream
        self._as_json = as_json
        self._colour = stream.isatty() and not as_json
        self._lines: list[str] = []

    def __call__(self, call: Call, seconds: float, redaction: Redaction) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        path, problem = redaction.told(call)
        line = self._json if self._as_json else self._text
        self._lines.append(line(call, seconds, path, problem))

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()

    def _text(self, call: Call, seconds: float, path: str, problem: str) -> str:
        path = path.translate(_UNSAFE)
        operation = call.operation.id if call.operation else "-"
        world = f" @{call.world.name}" if call.world.name else ""
        problem = f"  {problem[:160].translate(_UNSAFE)}" if problem else ""
        status = str(call.status)
        if self._colour:
            status = f"\x1b[{'32' if call.status < 400 else '31'}m{status}\x1b[0m"
        return f"{call.method:<6} {path:<44} {status} {seconds * 1000:6.1f} ms  {operation}{world}{problem}"

    def _json(self, call: Call, seconds: float, path: str, problem: str) -> str:
        line = {
            "method": call.method,
            "path": path,
            "status": call.status,
            "milliseconds": round(seconds * 1000, 3),
            "operation": call.operation.id if call.operation else None,
            "world": call.world.name or "default",
            "problem": problem or None,
        }
        return orjson.dumps(line).decode()
