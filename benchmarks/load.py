"""Runs wrk and reads what it prints."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from servers import Server

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True)
class Load:
    """One run of wrk: requests a second, CPU in microseconds per request, latencies in milliseconds."""

    requests: int
    refused: int
    broken: int
    per_second: float
    cpu_us: float
    latency_ms: dict[str, float]


def run(server: Server, path: str, script: str, seconds: int, connections: int = 16) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        before = server.cpu()
        printed = subprocess.run(
            [
                "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s",
                "-s", Path(file.name), server.url + path,
            ],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        used = server.cpu() - before
    requests = int(_number(r"(\d+) requests in", printed))
    if not requests:
        raise SystemExit(f"{server.name} answered nothing at {path}:\n{printed}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", printed)
    return Load(
        requests=requests,
        refused=int(_number(r"Non-2xx or 3xx responses: (\d+)", printed)),
        broken=sum(int(count) for count in errors.groups()) if errors else 0,
        per_second=_number(r"Requests/sec:\s+([\d.]+)", printed),
        cpu_us=used / requests * 1e6,
        latency_ms={
            share: float(value) * _UNITS[unit]
            for share, value, unit in re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s)$", printed, re.M)
        },
    )


def _number(pattern: str, text: str) -> float:
    match = re.search(pattern, text)
    return float(match[1]) if match else 0.0
