"""Servers that tests of this directory share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.peers.talking import TOKEN, Watched
from understudy.pytest_plugin import BackgroundServer


@pytest.fixture(scope="module")
def server() -> Iterator[BackgroundServer]:
    """A server of this module alone, which counts as broken when it is not there at the end."""
    server = BackgroundServer(admin_token=TOKEN).start()
    yield server
    assert httpx.get(f"{server.url}/_understudy/health").status_code == 200
    assert server.server.violations == []
    server.stop()


@pytest.fixture
def owner(server: BackgroundServer) -> httpx.Client:
    """A client of the control plane, with its token."""
    return server.control


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A server whose deeds are written down."""
    server = Watched(tmp_path, monkeypatch)
    yield server
    server.stop()
