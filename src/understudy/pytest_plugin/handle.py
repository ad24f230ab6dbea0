"""What a test holds: its world, and everything that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from understudy.pytest_plugin.servers import BackgroundServer, Reachable

if TYPE_CHECKING:
    import httpx

    from understudy.state.world import World

T = TypeVar("T")
KEY, OPENAI_KEY = "zut_understudy", "sk-understudy"
CLIENT_ID, CLIENT_SECRET = "understudy", "understudy-secret"


class Understudy:
    """The world of one test.

    Args:
        url: base URL of the server.
        api_key: a personal key of Vectara that leads to this world alone.
        client_id, client_secret: an app client of Vectara, for OAuth, that leads to this world alone.
        openai_url, openai_key: what the `openai` package takes as `base_url` and `api_key`; the key opens
            all of AIVAX.
        world: name of the world.
        scenario: what it plays, as the control plane takes it.
    """

    def __init__(self, server: Reachable, world: str) -> None:
        self._server = server
        self.world = world
        self.scenario: Mapping[str, Any] | None = None
        self.url = server.url
        self.api_key = f"{KEY}@{world}"
        self.client_id, self.client_secret = f"{CLIENT_ID}@{world}", CLIENT_SECRET
        self.openai_url = f"{server.url}/v1"
        self.openai_key = f"{OPENAI_KEY}@{world}"

    def client(self, **headers: str) -> httpx.Client:
        """A plain HTTP client with the key of this world; `headers` replace or add."""
        import httpx

        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Client(base_url=self.url, headers={"x-api-key": self.api_key, **given}, timeout=30)

    def asgi_client(self, **headers: str) -> httpx.AsyncClient:
        """The same without a socket: calls go straight to the ASGI application of a server of their own.

        There is a copy of this world, as it is now; what is done there does not show here.
        """
        import httpx

        from understudy.app import create_server
        from understudy.settings import Settings

        given = {name.replace("_", "-"): value for name, value in headers.items()}
        server = create_server(Settings(log_format="none", strict_answers=True))
        if "document" in (self.scenario or {}):
            server.plane.library.add(self.scenario["document"])  # type: ignore[index]
        server.worlds.create(self.world)
        server.worlds.restore(self.world, self.control("GET", "snapshot"))
        transport = httpx.ASGITransport(app=server)
        headers = {"x-api-key": self.api_key, **given}
        return httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)

    def vectara_environment(self) -> Any:
        """What the official SDK takes as `environment`."""
        from vectara.environment import VectaraEnvironment

        return VectaraEnvironment(default=self.url, auth=self.url)

    def look(self, read: Callable[[World], T]) -> T:
        """Read or change the world itself: `understudy.look(lambda world: world.clock.stamp())`.

        Only where the server runs in this process, which under xdist it does not by default.
        """
        server = self._server
        if not isinstance(server, BackgroundServer):
            raise RuntimeError("the server is in another process; `understudy_xdist = each` lets you look")
        worlds = server.server.worlds
        return server.on_loop(lambda: read(worlds.existing(self.world)))

    def advance(self, *, seconds: float) -> None:
        """Move the clock of this world forward."""
        self.control("POST", "clock", {"advance_millis": int(seconds * 1000)})

    def lifecycle(self, **wanted: Any) -> None:
        """Turn the dials of this world, as `PUT /_understudy/worlds/{world}/lifecycle` takes them."""
        self.control("PUT", "lifecycle", wanted)

    def fault(self, operation: str = "*", **wanted: Any) -> str:
        """Let something go wrong in this world: `fault("queryCorpus", status=429, times=1)`; gives its name.

        The members are those of docs/reference/faults.md.
        """
        return str(self.control("POST", "faults", {"operation": operation, **wanted})["name"])

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self.control("DELETE", "faults")

    def play(self, scenario: str | Mapping[str, Any]) -> None:
        """Play a shipped scenario, one in a `.yaml` file, or a mapping; records stay as they are."""
        from understudy.pytest_plugin.beginnings import scenario_of

        self.scenario, _ = scenario_of(scenario)
        self.control("PUT", "scenario", self.scenario)

    def journal(self, **wanted: Any) -> list[dict[str, Any]]:
        """The calls of this test so far, oldest first; filters as the control plane takes them."""
        entries: list[dict[str, Any]] = self.control("GET", "journal", params=wanted)["entries"]
        return entries

    def assert_called(
        self, operation: str, *, times: int | None = None, at_least: int | None = None, **wanted: Any
    ) -> None:
        """Fail unless the operation was called so often, at least once when nothing is said.

        Args:
            wanted: `at_most`, `status`, `path`, `query`, `body`, `exact`, compared as scenarios compare.
        """
        __tracebackhide__ = True
        stated = {"operation": operation, "times": times, "at_least": at_least, **wanted}
        claim = {name: value for name, value in stated.items() if value is not None}
        verdict = self.control("POST", "verify", claim)
        if not verdict["ok"]:
            raise AssertionError("\n".join([verdict["message"], *_differing(verdict["nearest"])]))

    def assert_not_called(self, operation: str, **wanted: Any) -> None:
        """Fail when there was a call like that."""
        __tracebackhide__ = True
        self.assert_called(operation, times=0, **wanted)

    @property
    def violations(self) -> list[str]:
        """What was wrong with calls of this test that break the contract: their path, method or content."""
        return [
            f"{entry['method']} {entry['path']}: {entry['problem']}"
            for entry in self.journal()
            if entry["violates"]
        ]

    @property
    def usage(self) -> dict[str, float]:
        """What the calls of this test have used up: calls, searches, generations, tokens, cost."""
        used: dict[str, float] = self.control("GET", "usage")["used"]
        return used

    @property
    def coverage(self) -> dict[str, Any]:
        """What this test has touched of both contracts."""
        told: dict[str, Any] = self.control("GET", "coverage")
        return told

    def control(
        self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """A call of the control plane about this world; ValueError with its words when it refuses."""
        answer = self._server.control.request(
            method, f"/worlds/{self.world}/{path}".rstrip("/"), json=body, params=params
        )
        if not answer.is_success:
            raise ValueError(answer.json()["understudy"])
        return answer.json() if answer.content else None


def _differing(nearest: Mapping[str, Any] | None) -> Sequence[str]:
    if nearest is None:
        return []
    rows = [f"  {one['place']}: wanted {one['wanted']}, got {one['got']!r}" for one in nearest["differences"]]
    return [f"call {nearest['number']}:", *rows]
