"""What is measured of Understudy alone: start, memory, a large corpus, the self-check, wrong types."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import orjson

import load
import scenarios
import wrong_types
from scenarios import CORPUS, LARGE
from servers import running

MIXED_REQUESTS = 200_000


def starts(peers: Path, quick: bool) -> dict[str, Any]:
    """Seconds to the first answer, and the memory a second later in MB; medians."""
    found: dict[str, Any] = {}
    for name, times in (("understudy", 7), ("quickstart", 7), ("prism", 3)):
        seconds, memory = [], []
        for _ in range(1 if quick else times):
            with running(name, peers) as server:
                seconds.append(server.started)
                time.sleep(1)
                memory.append(server.rss())
        found[name] = {"seconds": median(seconds), "all": seconds, "idle_rss_mb": median(memory)}
    return found


def growth(peers: Path, quick: bool) -> dict[str, float]:
    """Resident memory in MB along 200,000 requests (a tenth when quick): list, get and query in turn."""
    wanted = MIXED_REQUESTS // 10 if quick else MIXED_REQUESTS
    with running("understudy", peers) as server:
        scenarios.prepare(server)
        load.run(
            server, f"/v2/corpora/{CORPUS}/query", scenarios.SCENARIOS[-1].lua("first"), 1, connections=1
        )
        found = {"before_mb": server.rss()}
        sent = 0
        while sent < wanted:
            done = load.run(server, "/", scenarios.mixed_lua(), 2 if quick else 5)
            if done.refused or done.broken:
                raise SystemExit(f"mixed load: {done.refused} refused, {done.broken} broken")
            sent += done.requests
            found.setdefault("after_first_slice_mb", server.rss())
        found |= {"requests": sent, "after_mb": server.rss()}
        return {**found, "growth_mb": found["after_mb"] - found["before_mb"]}


def large_corpus(peers: Path, seconds: int) -> dict[str, Any]:
    """Latencies in ms of the query over 10,000 parts, one connection at a time."""
    with running("understudy", peers) as server:
        scenarios.prepare_large(server)
        path = f"/v2/corpora/{LARGE}/query"
        script = scenarios.SCENARIOS[-1].lua("large")
        load.run(server, path, script, 2, connections=1)
        done = load.run(server, path, script, seconds, connections=1)
        if done.refused or done.broken:
            raise SystemExit(f"large corpus: {done.refused} refused, {done.broken} broken")
        return {
            "p50_ms": done.latency_ms["50"],
            "p99_ms": done.latency_ms["99"],
            "cpu_us": done.cpu_us,
            "rss_mb": server.rss(),
        }


def shapes(peers: Path, seconds: int) -> dict[str, dict[str, float]]:
    """Requests a second and CPU of other shapes of the query, 100 parts, 16 connections."""
    found: dict[str, dict[str, float]] = {}
    query = scenarios.SCENARIOS[-1]
    with running("understudy", peers) as server:
        scenarios.prepare(server)
        for name, body in scenarios.query_shapes().items():
            shaped = scenarios.Scenario(name, query.method, query.path, query.status, query.content, body)
            wrong = scenarios.sample(server, shaped, "shape")
            done = load.run(server, shaped.path, shaped.lua("shape"), seconds)
            if wrong or done.refused:
                raise SystemExit(f"query {name}: {wrong or done.refused}")
            found[name] = {"bytes": len(body), "per_second": done.per_second, "cpu_us": done.cpu_us}
    return found


def self_check() -> dict[str, float]:
    """See `self_check.py`, which runs in a process of its own."""
    script = Path(__file__).with_name("self_check.py")
    printed = subprocess.run([sys.executable, str(script)], capture_output=True, check=True).stdout
    return orjson.loads(printed)


def wrong_bodies(peers: Path) -> dict[str, dict[str, Any]]:
    """How many bodies with one member of a wrong type Understudy and Prism refuse."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("understudy", "prism"):
        with running(name, peers) as server:
            scenarios.prepare(server)
            found[name] = vars(wrong_types.count(server))
    return found
