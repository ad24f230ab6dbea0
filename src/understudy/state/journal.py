"""The journal of a world: its last calls, bounded in entries and in bytes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_ENTRIES = 1_000
MAX_BYTES = 32 * 1024 * 1024
MAX_BODY = 64 * 1024
WAITING = 64
WAITING_BYTES = 256 * 1024


class Entry(NamedTuple):
    """One call, credentials already redacted. Bodies are cut at `MAX_BODY` bytes.

    `at` is the time of the world in milliseconds; `problem` says what we think was wrong, `played` which
    rules and faults had a part in it, `events` which kinds of events a stream told, `violates` whether it was
    refused for breaking the contract. A status of 0 means that the connection was reset.
    """

    number: int
    at: int
    api: str
    method: str
    path: str
    operation: str
    status: int
    request_body: bytes
    response_body: bytes
    problem: str = ""
    played: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    request_type: str = ""
    violates: bool = False

    @property
    def size(self) -> int:
        return len(self.path) + len(self.request_body) + len(self.response_body) + 200

    def plain(self) -> dict[str, Any]:
        """The entry as the control plane shows it."""
        return {
            "number": self.number,
            "at": self.at,
            "api": self.api,
            "method": self.method,
            "path": self.path,
            "operation": self.operation,
            "status": self.status,
            "request_body": self.request_body.decode("utf-8", "replace"),
            "response_body": self.response_body.decode("utf-8", "replace"),
            "problem": self.problem,
            "played": list(self.played),
            "request_type": self.request_type,
            "violates": self.violates,
        }


class Tally:
    """How often what was touched, over all calls of a world; it does not forget what the ring does.

    Args:
        calls: by API, operation and status.
        events: streams that told an event, by API, operation and kind.
        played: by rule or fault.
    """

    __slots__ = ("calls", "events", "played")

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str, int]] = Counter()
        self.events: Counter[tuple[str, str, str]] = Counter()
        self.played: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        self.calls[entry.api, entry.operation, entry.status] += 1
        if entry.events:
            self.events.update((entry.api, entry.operation, kind) for kind in entry.events)
        if entry.played:
            self.played.update(entry.played)


Make = Callable[[Any], Entry]


class Journal:
    """A ring: when it is full the oldest entries go and are counted as dropped.

    Entries are made in batches: a call hands in its facts and what makes an entry of them, and that is
    done when somebody looks or `WAITING` calls wait, which costs a third of doing it between two calls.
    """

    __slots__ = ("_bytes", "_dropped", "_entries", "_tally", "_waiting", "_waiting_bytes")

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._waiting: list[tuple[Make, Any]] = []
        self._waiting_bytes = 0
        self._dropped = 0
        self._bytes = 0
        self._tally = Tally()

    @property
    def entries(self) -> deque[Entry]:
        """The last calls, oldest first."""
        self.settle()
        return self._entries

    @property
    def tally(self) -> Tally:
        """What was touched so far."""
        self.settle()
        return self._tally

    @property
    def dropped(self) -> int:
        """How many entries have had to go."""
        self.settle()
        return self._dropped

    def later(self, make: Make, facts: Any, size: int) -> None:
        """Keep a call whose entry `make(facts)` makes; `facts` has about `size` bytes."""
        self._waiting.append((make, facts))
        self._waiting_bytes += size
        if len(self._waiting) >= WAITING or self._waiting_bytes > WAITING_BYTES:
            self.settle()

    def clear(self) -> None:
        """Forget the entries; what they touched stays counted."""
        self.settle()
        self._entries.clear()
        self._waiting.clear()
        self._waiting_bytes = self._bytes = self._dropped = 0

    def settle(self) -> None:
        """Make the entries that wait."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for make, facts in waiting:
            entry = make(facts)
            self._entries.append(entry)
            self._tally.add(entry)
            self._bytes += entry.size
        while len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BYTES:
            self._bytes -= self._entries.popleft().size
            self._dropped += 1
