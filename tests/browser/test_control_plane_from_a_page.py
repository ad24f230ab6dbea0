"""A page of another origin in a real browser: it reads nothing of the control plane, and changes nothing."""

from __future__ import annotations

import json
import queue
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from understudy.pytest_plugin import BackgroundServer

PAGE = Path(__file__).with_name("page.html")
ATTEMPTS = re.findall(r'^  "([a-z-]+)": ', PAGE.read_text("utf-8"), re.MULTILINE)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-popup-blocking",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SECONDS = 60
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class Site(ThreadingHTTPServer):
    """Serves the page, and takes what it reports."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reports: queue.Queue[dict[str, Any]] = queue.Queue()


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        content = PAGE.read_bytes()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.reports.put(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield site
        site.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[BackgroundServer]:
    server = BackgroundServer().start()
    yield server
    server.stop()


def browser() -> str:
    """Chromium; a machine without one cannot say that this holds, and fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found is not None, "there is no Chromium here; `apt-get install chromium` brings one"
    return found


def visit(site: Site, url: str, directory: Path) -> dict[str, Any]:
    """Let a browser open an address of the page; what the page reports."""
    command = [
        browser(),
        *FLAGS,
        f"--user-data-dir={directory}",
        "--host-resolver-rules=MAP evil.example 127.0.0.1",
        url,
    ]
    with (directory / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            return site.reports.get(timeout=SECONDS)
        except queue.Empty:
            pytest.fail(
                "the page did not report: " + (directory / "output").read_text("utf-8", "replace")[-2000:]
            )
        finally:
            process.terminate()
            process.wait(timeout=20)


def state(server: BackgroundServer) -> Any:
    """Worlds with all that they hold, their clocks, faults and scenarios; and the listeners."""

    def read() -> Any:
        worlds = server.server.worlds
        told = {name: worlds.existing(name).snapshot() for name in worlds.names()}
        return told, sorted(server.server.plane.listeners)

    return server.on_loop(read)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.example"])
def test_a_page_reads_nothing_and_changes_nothing(
    server: BackgroundServer, site: Site, tmp_path: Path, name: str
) -> None:
    """The page comes from a name of the same site, of another one, and from one rebound to loopback."""
    server.control.post(
        "/worlds/default/faults", json={"operation": "getJob", "status": 503}
    ).raise_for_status()
    before = state(server)
    port = server.port
    facts = {
        "plain": f"http://127.0.0.1:{port}",
        "other": f"http://localhost:{port}",
        "rebound": f"http://evil.example:{port}",
        "token": server.server.admin_token,
    }
    page = f"http://{name}:{site.server_address[1]}/#{quote(json.dumps(facts))}"
    results = visit(site, page, tmp_path)
    assert len(ATTEMPTS) >= 40
    assert sorted(results) == sorted(ATTEMPTS)
    assert {attempt: read for attempt, read in results.items() if read} == {}
    assert state(server) == before


def test_the_page_could_read_what_is_open_to_it(site: Site, tmp_path: Path) -> None:
    """The same page against a server that lets it in: nearly every attempt reads something or is seen."""

    class Open(Handler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            seen.append(f"{self.command} {self.path}")
            self.send_response(200)
            origin = self.headers.get("origin", "*")
            for header, value in (
                ("content-type", "text/plain"), ("content-length", "4"), ("access-control-allow-origin",
                origin),
                ("access-control-allow-credentials", "true"), ("access-control-allow-methods",
                "*, PUT, PATCH, DELETE"),
                ("access-control-allow-headers", "authorization, content-type"),
            ):  # fmt: skip
                self.send_header(header, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"open")

    for method in METHODS:
        setattr(Open, f"do_{method}", Open.answer)
    seen: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Open) as target:
        thread = threading.Thread(target=target.serve_forever, daemon=True)
        thread.start()
        port = target.server_address[1]
        url = f"http://127.0.0.1:{port}"
        facts = {
            "plain": url,
            "other": f"http://localhost:{port}",
            "rebound": f"http://evil.example:{port}",
            "token": "t",
        }
        results = visit(
            site, f"http://127.0.0.1:{site.server_address[1]}/#{quote(json.dumps(facts))}", tmp_path
        )
        target.shutdown()
        thread.join()
    readable = [attempt for attempt, read in results.items() if "open" in read]
    assert len(readable) > 15, results
    for method in METHODS[:-1]:
        assert any(line.startswith(method) for line in seen)
