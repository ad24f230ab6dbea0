"""Large things: a document of a million characters, ten thousand documents, a chat of a thousand turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from scenarios import HEADERS
from servers import running

CHARACTERS, DOCUMENTS, TURNS = 1_000_000, 10_000, 1_000
REPEATS = 50


def measure(peers: Path, quick: bool) -> dict[str, float]:
    """Milliseconds by name; medians of 50 over one connection, every question a new one."""
    scale = 10 if quick else 1
    with running("understudy", peers) as server, httpx.Client(base_url=server.url, headers=HEADERS) as client:
        client.timeout = httpx.Timeout(120)
        for key in ("long", "many"):
            _sent(client, "POST", "/v2/corpora", {"key": key})
        return _long(client, scale) | _many(client, scale) | _chat(client, scale)


def _long(client: httpx.Client, scale: int) -> dict[str, float]:
    sentences = CHARACTERS // 55 // scale
    text = "".join(
        f"Shipment {number:05d} left the depot and reached its harbour. " for number in range(sentences)
    )
    document = {"id": "ledger", "type": "structured", "sections": [{"text": text}]}
    name = f"a document of {len(text):,} characters"
    return {
        f"{name}: index it": _timed(
            lambda _: _sent(client, "POST", "/v2/corpora/long/documents", document), 1
        ),
        f"{name}: first query": _timed(lambda _: _asked(client, "long", "which harbour"), 1),
        f"{name}: query": _timed(lambda n: _asked(client, "long", f"where is shipment {n:05d}")),
    }


def _many(client: httpx.Client, scale: int) -> dict[str, float]:
    count = DOCUMENTS // scale
    began = time.perf_counter()
    for number in range(count):
        text = f"Parcel {number} holds {number % 97} lamps for shelf {number % 13}."
        document = {"id": f"parcel-{number:05d}", "type": "core", "document_parts": [{"text": text}]}
        _sent(client, "POST", "/v2/corpora/many/documents", document)
    each = (time.perf_counter() - began) * 1000 / count
    name = f"{count:,} documents"
    return {
        f"{name}: index one": each,
        f"{name}: first query": _timed(lambda _: _asked(client, "many", "which shelf"), 1),
        f"{name}: query": _timed(lambda n: _asked(client, "many", f"what does parcel {n} hold")),
        f"{name}: list a page of 100": _timed(
            lambda _: _sent(client, "GET", "/v2/corpora/many/documents?limit=100")
        ),
    }


def _chat(client: httpx.Client, scale: int) -> dict[str, float]:
    count = TURNS // scale
    search = {"corpora": [{"corpus_key": "many"}], "limit": 3}
    body: dict[str, Any] = {"search": search, "generation": {}, "chat": {"store": True}}
    chat = _sent(client, "POST", "/v2/chats", {**body, "query": "What does parcel 1 hold?"})["chat_id"]

    def turn(number: int) -> object:
        return _sent(client, "POST", f"/v2/chats/{chat}/turns", {**body, "query": f"And parcel {number}?"})

    for number in range(1, count):
        turn(number)
    name = f"a chat of {count:,} turns"
    return {
        f"{name}: list a page of 100": _timed(
            lambda _: _sent(client, "GET", f"/v2/chats/{chat}/turns?limit=100")
        ),
        f"{name}: the next turn": _timed(lambda n: turn(count + n)),
    }


def _asked(client: httpx.Client, corpus: str, question: str) -> object:
    found = _sent(client, "POST", f"/v2/corpora/{corpus}/query", {"query": question})
    if not found["search_results"]:
        raise SystemExit(f"scale: nothing was found for {question!r}")
    return found


def _sent(client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    answer = client.request(method, path, json=body)
    if not answer.is_success:
        raise SystemExit(f"scale: {method} {path} answered {answer.status_code}: {answer.text}")
    return answer.json()


def _timed(call: Callable[[int], object], repeats: int = REPEATS) -> float:
    taken = []
    for number in range(repeats):
        began = time.perf_counter()
        call(number)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)
