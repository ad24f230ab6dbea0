"""One line per request, as text or JSON, gathered and written together."""

from __future__ import annotations

import asyncio
import sys
from typing import TextIO

import orjson

from understudy.engine.context import Call

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

    def __call__(self, call: Call, seconds: float) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._lines.append(self._json(call, seconds) if self._as_json else self._text(call, seconds))

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()

    def _text(self, call: Call, seconds: float) -> str:
        path = call.path.decode("latin-1").translate(_UNSAFE)
        operation = call.operation.id if call.operation else "-"
        world = f" @{call.world.name}" if call.world.name else ""
        problem = f"  {call.problem[:160].translate(_UNSAFE)}" if call.problem else ""
        status = str(call.status)
        if self._colour:
            status = f"\x1b[{'32' if call.status < 400 else '31'}m{status}\x1b[0m"
        return f"{call.method:<6} {path:<44} {status} {seconds * 1000:6.1f} ms  {operation}{world}{problem}"

    def _json(self, call: Call, seconds: float) -> str:
        line = {
            "method": call.method,
            "path": call.path.decode("latin-1"),
            "status": call.status,
            "milliseconds": round(seconds * 1000, 3),
            "operation": call.operation.id if call.operation else None,
            "world": call.world.name or "default",
            "problem": call.problem or None,
        }
        return orjson.dumps(line).decode()
