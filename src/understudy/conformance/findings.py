"""What was seen: requests with their answers, and what is wrong with them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

SECRETS = frozenset({"authorization", "x-api-key", "cookie"})
_OF_THE_CLIENT = frozenset({"content-length", "host", "user-agent", "accept-encoding", "connection"})
SHOWN = 2000
"""Characters of a body that a finding shows."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    Args:
        operation: id of the operation; empty when the path is none of the contract.
        path: as it was sent, without query.
        expected: whether the request keeps the contract (`valid`) or breaks it (`invalid`); else empty.
        status: 0 when there was no answer.
        source: the layer that sent it.
    """

    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int = 0
    answer_headers: tuple[tuple[str, str], ...] = ()
    answer: bytes = b""
    expected: str = ""
    source: str = ""
    broken: str = ""
    """What breaks the contract in the request, where that is known."""

    def answer_header(self, name: str) -> str:
        return next((value for key, value in self.answer_headers if key.lower() == name), "")

    @property
    def media_type(self) -> str:
        return self.answer_header("content-type").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The answer as JSON; ValueError when it is none."""
        try:
            return json.loads(self.answer)
        except RecursionError:
            raise ValueError("nests too deep to be read") from None

    def value(self) -> Any:
        """The answer as JSON; None when it is none."""
        try:
            return self.json()
        except ValueError:
            return None

    @property
    def size(self) -> int:
        return len(self.path) + len(self.body) + sum(len(k) + len(v) for k, v in self.query)

    def curl(self, base: str) -> str:
        """The request as a line for a shell, with names of variables for credentials."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        parts = ["curl", "-i", "-X", self.method, shlex.quote(f"{base}{self.path}{query}")]
        for name, value in self.headers:
            if name.lower() in SECRETS:
                parts += ["-H", f'"{name}: $UNDERSTUDY_KEY"']
            elif name.lower() not in (
                "content-length",
                "host",
                "user-agent",
                "accept-encoding",
                "connection",
            ):
                parts += ["-H", shlex.quote(f"{name}: {value}")]
        if self.body:
            parts += ["--data-binary", shlex.quote(self.body.decode("utf-8", "replace")[:SHOWN])]
        return " ".join(parts)


@dataclass(frozen=True)
class Finding:
    """Something that is wrong.

    Args:
        code: see `codes`.
        place: where in the answer, or which family; findings of one code, operation and place are one.
        message: what was expected and what came.
        exchanges: the requests that show it, in order; the last one is the culprit.
    """

    code: str
    operation: str
    place: str
    message: str
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.code, self.operation, self.place

    @property
    def id(self) -> str:
        """The same for the same code, operation and place, in every run."""
        return blake2b("\n".join(self.key).encode(), digest_size=5).hexdigest()

    @property
    def size(self) -> int:
        return sum(one.size for one in self.exchanges)


class Findings:
    """Findings without doubles: of several with one key the one with the smallest requests stays."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str, str], Finding] = {}

    def add(self, finding: Finding) -> None:
        known = self._by_key.get(finding.key)
        if known is None or finding.size < known.size:
            self._by_key[finding.key] = finding

    def all(self) -> list[Finding]:
        return sorted(self._by_key.values(), key=lambda one: one.key)


def plain(exchange: Exchange) -> Mapping[str, Any]:
    """An exchange as JSON, without the values of credentials."""
    headers = {k: "[redacted]" if k.lower() in SECRETS else v for k, v in exchange.headers}
    return {
        "operation": exchange.operation,
        "method": exchange.method,
        "path": exchange.path,
        "query": [list(pair) for pair in exchange.query],
        "headers": headers,
        "body": exchange.body.decode("utf-8", "replace"),
        "status": exchange.status,
        "answer_headers": dict(exchange.answer_headers),
        "answer": exchange.answer.decode("utf-8", "replace")[:SHOWN],
        "expected": exchange.expected,
        "source": exchange.source,
    }
