"""Memory that grows, and recordings that hold secrets."""

from __future__ import annotations

import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.test_serve import Running
from tests.peers.talking import KEY, OWNER, TOKEN, port_of, request
from understudy.pytest_plugin import Understudy
from understudy.state.journal import MAX_BODY, MAX_BYTES, MAX_ENTRIES

REQUESTS = 20_000
GROWTH = 96 * 1024 * 1024
"""Bytes: the journal of 32 MB, and as much again twice for what Python keeps."""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path, "--admin-token", TOKEN, "--log-format", "none")
    yield server
    server.stop()


def resident(process: int) -> int:
    """The memory of a process, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def send(port: int, contents: Iterator[bytes]) -> int:
    """Send requests one after another on one connection; how many were answered."""
    answered = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        for content in contents:
            line.sendall(content)
            told = b""
            while b"\r\n\r\n" not in told:
                told += line.recv(65536)
            head, _, body = told.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length is not None, head
            left = int(length[1]) - len(body)
            while left > 0:
                left -= len(line.recv(65536))
            answered += 1
    return answered


def test_b1_29_aimock_a_journal_without_bound(understudy: Understudy) -> None:
    """The ring is bounded in bytes and in entries, its bodies are cut, and what fell out is counted."""
    port = port_of(understudy.url)
    headers = {"x-api-key": understudy.api_key}

    def large() -> Iterator[bytes]:
        for number in range(700):
            body = b'{"key": %d, "description": "%b"}' % (number, b"x" * 70_000)
            yield request("POST", "/v2/corpora", body, **headers)

    def small() -> Iterator[bytes]:
        for number in range(1500):
            yield request("GET", f"/v2/corpora/c{number}", **headers)

    assert send(port, large()) == 700
    sizes = understudy.look(lambda world: [entry.size for entry in world.journal.entries])
    assert 400 < len(sizes) < 700
    assert sum(sizes) <= MAX_BYTES
    assert (
        max(understudy.look(lambda world: [len(entry.request_body) for entry in world.journal.entries]))
        == MAX_BODY
    )
    assert send(port, small()) == 1500
    entries, dropped = understudy.look(lambda world: (len(world.journal.entries), world.journal.dropped))
    assert (entries, entries + dropped) == (MAX_ENTRIES, 2200)


def test_b1_30_wiremock_memory_grows_with_every_request(running: Running) -> None:
    """Requests that leave nothing behind cost no memory, whatever they name: paths, worlds, headers."""

    def varied(first: int, count: int) -> Iterator[bytes]:
        for number in range(first, first + count):
            key = f"zut_understudy@w{number}" if number % 4 == 0 else "zut_understudy"
            key = f"zut_stranger@s{number}" if number % 4 == 1 else key
            body = b'{"key": %d, "description": "%b"}' % (number, b"x" * 2000)
            if number % 4 == 0:
                yield request("GET", f"/v2/corpora/c{number}", **{"x-api-key": f"nobody{number}@w{number}"})
            else:
                yield request(
                    "POST", f"/v2/corpora?n={number}", body, **{"x-api-key": key, "X-Odd": f"{number}"}
                )

    port = port_of(running.url)
    assert send(port, varied(0, 4000)) == 4000
    before = resident(running.process.pid)
    assert send(port, varied(4000, REQUESTS)) == REQUESTS
    assert resident(running.process.pid) - before < GROWTH
    worlds = httpx.get(f"{running.url}/_understudy/worlds", headers=OWNER).json()["worlds"]
    assert worlds == ["default"]


def test_b1_31_vcrpy_recordings_hold_secrets(running: Running, tmp_path: Path) -> None:
    """The written files are looked into, not what was meant to be written."""
    secret = "zqt_7e1a55c0ffee42"
    with httpx.Client(base_url=running.url) as client:
        client.get("/v2/corpora", headers={"x-api-key": secret})
        client.get(f"/v2/corpora/{secret}?api_key={secret}", headers=KEY)
        client.post("/oauth/token", data={"client_secret": secret, "client_id": "a"})
        client.post("/v2/tool_servers", headers=KEY, json={"name": secret, "auth": {"token": [secret]}})
        client.post("/v2/corpora", headers=KEY, json={"key": "kept"})
    flags = ["--url", running.url, "--token", TOKEN]
    files = [tmp_path / f"calls.{form}" for form in ("har", "ndjson")]
    for file in files:
        command = [sys.executable, "-m", "understudy", "journal", "export", str(file), *flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        told = file.read_text()
        assert "createCorpus" in told
        assert told.count("[REDACTED]") >= 4
        assert secret not in told
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
