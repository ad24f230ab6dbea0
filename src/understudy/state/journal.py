"""The journal of a world: its last calls, bounded in entries and in bytes."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

MAX_ENTRIES = 1_000
MAX_BYTES = 32 * 1024 * 1024
MAX_BODY = 64 * 1024


class Entry(NamedTuple):
    """One call, credentials already redacted. Bodies are cut at `MAX_BODY` bytes.

    `at` is the time of the world in milliseconds; `problem` says what we think was wrong.
    """

    number: int
    at: int
    method: str
    path: str
    operation: str
    status: int
    request_body: bytes
    response_body: bytes
    problem: str = ""

    @property
    def size(self) -> int:
        return len(self.path) + len(self.request_body) + len(self.response_body) + 200

    def plain(self) -> dict[str, Any]:
        """The entry as the control plane shows it."""
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "operation": self.operation,
            "status": self.status,
            "request_body": self.request_body.decode("utf-8", "replace"),
            "response_body": self.response_body.decode("utf-8", "replace"),
            "problem": self.problem,
        }


class Journal:
    """A ring: when it is full the oldest entries go and are counted as dropped."""

    __slots__ = ("_bytes", "count", "dropped", "entries")

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.count = 0
        self.dropped = 0
        self._bytes = 0

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._bytes += entry.size
        while len(self.entries) > MAX_ENTRIES or self._bytes > MAX_BYTES:
            self._bytes -= self.entries.popleft().size
            self.dropped += 1

    def clear(self) -> None:
        self.entries.clear()
        self._bytes = 0
        self.dropped = 0
