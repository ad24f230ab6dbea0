"""The pytest fixtures: one server per session, one fresh world per test.

    def test_search(understudy):
        client = Vectara(api_key=understudy.api_key, environment=understudy.vectara_environment())

A test that makes Understudy break its own contract fails: the answers it got cannot be trusted.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    import httpx

    from understudy.app import Server
    from understudy.state.world import World

T = TypeVar("T")
START_SECONDS = 20
KEY, OPENAI_KEY = "zut_understudy", "sk-understudy"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "understudy(scenario=..., fixture=..., seed=..., clock=...): what the world of this test begins as",
    )


class BackgroundServer:
    """A server on a free loopback port, in a thread of its own."""

    def __init__(self, **settings: Any) -> None:
        import uvicorn

        from understudy.app import create_server
        from understudy.engine.protocol import protocol_for
        from understudy.settings import Settings

        chosen = Settings(**{"log_format": "none", "strict_answers": True, **settings})
        self.server: Server = create_server(chosen)
        self._socket = socket.create_server((chosen.host, 0))
        # asyncio leaves Nagle's algorithm on for sockets made so, which costs 40 ms a call.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{chosen.host}:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self.server.gate,
                http=protocol_for(self.server.gate, chosen.limits),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=self._run, name="understudy", daemon=True)

    def start(self) -> BackgroundServer:
        self._thread.start()
        with socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS):
            pass
        self.on_loop(lambda: None)
        return self

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(timeout=START_SECONDS)
        self._socket.close()

    def on_loop(self, act: Callable[[], T]) -> T:
        """Run something where the worlds live; a test's own thread never touches them."""

        async def acted() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acted(), self._loop).result(timeout=START_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._uvicorn.serve(sockets=[self._socket]))
        finally:
            self.server.close()
            self._loop.close()


class Understudy:
    """The world of one test.

    Args:
        url: base URL of the server.
        api_key: a personal key of Vectara that leads to this world alone.
        openai_url, openai_key: what the `openai` package takes as `base_url` and `api_key`; the key opens
            all of AIVAX.
        world: name of the world.
    """

    def __init__(self, background: BackgroundServer, world: str) -> None:
        self._background = background
        self.world = world
        self.url = background.url
        self.api_key = f"{KEY}@{world}"
        self.openai_url = f"{background.url}/v1"
        self.openai_key = f"{OPENAI_KEY}@{world}"

    def client(self, **headers: str) -> httpx.Client:
        """A plain HTTP client with the key of this world; `headers` replace or add."""
        import httpx

        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Client(base_url=self.url, headers={"x-api-key": self.api_key, **given}, timeout=30)

    def vectara_environment(self) -> Any:
        """What the official SDK takes as `environment`."""
        from vectara.environment import VectaraEnvironment

        return VectaraEnvironment(default=self.url, auth=self.url)

    def look(self, read: Callable[[World], T]) -> T:
        """Read or change the world itself: `understudy.look(lambda world: world.clock.stamp())`."""
        worlds = self._background.server.worlds
        return self._background.on_loop(lambda: read(worlds.existing(self.world)))

    def advance(self, *, seconds: float) -> None:
        """Move the clock of this world forward."""
        self.look(lambda world: world.clock.advance(int(seconds * 1000)))

    def lifecycle(self, **wanted: Any) -> None:
        """Turn the dials of this world, as `PUT /_understudy/worlds/{world}/lifecycle` takes them."""
        self.look(lambda world: world.lifecycle.change(wanted))

    def fault(self, operation: str = "*", **wanted: Any) -> str:
        """Let something go wrong in this world: `fault("queryCorpus", status=429, times=1)`; gives its name.

        The members are those of scenario files, see docs/reference/faults.md.
        """

        def add(world: World) -> str:
            world.play = world.play or Play()
            return str(world.play.faults.add({"operation": operation, **wanted}).name)

        from understudy.engine.play import Play

        return self.look(add)

    def journal(self) -> list[dict[str, Any]]:
        """The calls of this test so far, oldest first."""
        return self.look(lambda world: [entry.plain() for entry in world.journal.entries])

    def violations(self) -> list[str]:
        """Answers of Understudy that broke the contract since the session began."""
        return list(self._background.server.violations)


@pytest.fixture(scope="session")
def understudy_server() -> Iterator[BackgroundServer]:
    """One running server for the session; worlds keep tests apart."""
    background = BackgroundServer().start()
    yield background
    background.stop()


@pytest.fixture(scope="session")
def _understudy_names() -> Iterator[str]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return (f"test-{worker}-{number}" for number in itertools.count(1))


@pytest.fixture
def understudy(
    request: pytest.FixtureRequest, understudy_server: BackgroundServer, _understudy_names: Iterator[str]
) -> Iterator[Understudy]:
    """A fresh world for this test."""
    marker = request.node.get_closest_marker("understudy")
    wanted = dict(marker.kwargs) if marker else {}
    name = next(_understudy_names)
    worlds = understudy_server.server.worlds
    understudy_server.on_loop(lambda: worlds.create(name, **wanted))
    handle = Understudy(understudy_server, name)
    before = len(handle.violations())
    yield handle
    understudy_server.on_loop(lambda: worlds.delete(name))
    broken = handle.violations()[before:]
    if broken:
        pytest.fail("Understudy broke its own contract: " + "; ".join(broken))
