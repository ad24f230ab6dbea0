"""The pytest fixtures: one server per session, one fresh world per test.

    @pytest.mark.understudy(scenario="support-bot")
    def test_search(understudy):                      # the real SDK, the production URL, no code change
        understudy.fault("queryCorpus", status=429, times=1, retry_after=0)
        answer = Vectara(api_key="x").corpora.query("docs", query="refund?")
        understudy.assert_called("queryCorpus", times=2)

While a test has the fixture, production hosts lead to its world and all other hosts are blocked. A test that
makes Understudy break its own contract fails: the answers it got cannot be trusted.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from understudy.errors import SetupError
from understudy.pytest_plugin import beginnings, bundles, network
from understudy.pytest_plugin.handle import KEY, OPENAI_KEY, Understudy
from understudy.pytest_plugin.network import BlockedConnection
from understudy.pytest_plugin.servers import BackgroundServer, Reachable, RemoteServer, WaitingServer

if TYPE_CHECKING:
    from openai import OpenAI
    from vectara import Vectara

__all__ = ["KEY", "OPENAI_KEY", "BackgroundServer", "BlockedConnection", "Understudy"]

WAITING: pytest.StashKey[WaitingServer] = pytest.StashKey()
XDIST = "understudy_xdist"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        XDIST,
        "what workers of xdist use: `one` server for all, or `each` one of its own, which can be looked into",
        default="one",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"understudy({', '.join(f'{name}=...' for name in beginnings.MEMBERS)}): how a test's world begins",
    )


class _Nodes:
    """Tells the workers of xdist where their server is; registered when there is xdist."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        config: pytest.Config = node.config
        if config.getini(XDIST) == "one":
            if WAITING not in config.stash:
                config.stash[WAITING] = WaitingServer()
            waiting = config.stash[WAITING]
            node.workerinput["understudy"] = {"url": waiting.url, "token": waiting.token}


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    if manager.hasplugin("dsession") and not manager.hasplugin("understudy-nodes"):
        manager.register(_Nodes(), "understudy-nodes")


def pytest_unconfigure(config: pytest.Config) -> None:
    if WAITING in config.stash:
        config.stash[WAITING].stop()


@pytest.fixture(scope="session")
def understudy_server(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The running server of the session; worlds keep tests apart."""
    given = getattr(request.config, "workerinput", {}).get("understudy")
    server: Any = RemoteServer(given["url"], given["token"]) if given else BackgroundServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _understudy_names() -> Iterator[str]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return (f"test-{worker}-{number}" for number in itertools.count(1))


@pytest.fixture(scope="session")
def _understudy_listener(
    understudy_server: Reachable, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Listener]:
    listener = Listener(understudy_server, tmp_path_factory)
    yield listener
    listener.close()


class Listener:
    """The TLS listener of this process, opened when its first test begins."""

    def __init__(self, server: Reachable, directories: pytest.TempPathFactory) -> None:
        self._server = server
        self._directories = directories
        self._opened: tuple[int, Path] | None = None

    @property
    def opened(self) -> tuple[int, Path]:
        """Its port, and the file with the certificate to trust."""
        if self._opened is None:
            told = self._server.control.post("/listeners", json={"world": "default"}).json()
            path = self._directories.mktemp("understudy") / "ca.pem"
            path.write_text(told["certificate_authority"])
            self._opened = told["port"], path
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._server.control.delete(f"/listeners/{self._opened[0]}")


@pytest.fixture
def understudy(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    understudy_server: Reachable,
    _understudy_names: Iterator[str],
    _understudy_listener: Listener,
) -> Iterator[Understudy]:
    """A fresh world for this test; production hosts lead there, and other hosts are blocked."""
    wanted = _wanted(request.node)
    port, authority = _understudy_listener.opened
    handle = Understudy(understudy_server, next(_understudy_names))
    handle.scenario = _begin(handle, understudy_server, wanted, port)
    told = network.environment(handle.url, handle.api_key, handle.openai_key, authority)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for name in network.without_proxies():
        monkeypatch.delenv(name)
    before = _broken(understudy_server)
    hosts = production_hosts()
    with network.Network(hosts, lambda: port, wanted.get("allow_hosts", ())).entered():
        yield handle
    violations = handle.violations if wanted.get("strict") else []
    handle.control("DELETE", "")
    if broken := _broken(understudy_server)[len(before) :]:
        pytest.fail("Understudy broke its own contract: " + "; ".join(broken))
    if violations:
        pytest.fail("the client broke the contract: " + "; ".join(violations))


def production_hosts() -> frozenset[str]:
    """The names that are stood in for."""
    from understudy.app import APIS

    return frozenset(host for api in APIS for host in api.hosts)


def _wanted(item: pytest.Item) -> dict[str, Any]:
    """The arguments of the markers of a test, the nearest first."""
    wanted: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("understudy"))):
        wanted |= marker.kwargs
        unknown = sorted(set(marker.kwargs) - set(beginnings.MEMBERS))
        if marker.args or unknown:
            given = unknown[0] if unknown else repr(marker.args[0])
            taken = ", ".join(beginnings.MEMBERS)
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.understudy takes {taken} by name, not {given}"
            )
    for name, value in wanted.items():
        if wrong := beginnings.fault_in(name, value):
            raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.understudy: {wrong}")
    return wanted


def _begin(handle: Understudy, server: Reachable, wanted: dict[str, Any], port: int) -> dict[str, Any] | None:
    """Make the world of a test; what scenario it plays."""
    kept = ("fixture", "seed", "clock", "answer_form")
    body: dict[str, Any] = {name: wanted[name] for name in kept if name in wanted}
    scenario = snapshot = None
    path = ""
    try:
        if "scenario" in wanted:
            scenario, path = beginnings.scenario_of(wanted["scenario"], strict=wanted.get("strict", False))
        if "fixture" in body:
            path = body.pop("fixture") if beginnings.is_path(body["fixture"]) else ""
        if path:
            beginning = wanted.get("seed", 0), wanted.get("clock", "ticking")
            snapshot = beginnings.snapshot_of(path, *beginning, scenario)
    except SetupError as error:
        raise pytest.UsageError(f"@pytest.mark.understudy: {error}") from None
    told = {"name": handle.world, "listener": port, **body, **(scenario or {})}
    answer = server.control.post("/worlds", json=told)
    if not answer.is_success:
        raise pytest.UsageError(f"@pytest.mark.understudy: {answer.json()['understudy']}")
    try:
        if snapshot is not None:
            handle.control("PUT", "snapshot", snapshot)
        for fault in wanted.get("faults", ()):
            handle.fault(**fault)
    except ValueError as error:
        handle.control("DELETE", "")
        raise pytest.UsageError(f"@pytest.mark.understudy: {error}") from None
    return scenario


def _broken(server: Reachable) -> list[str]:
    """Answers that broke the contract, where they can be seen; elsewhere they are refusals with 500."""
    return list(server.server.violations) if isinstance(server, BackgroundServer) else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A failed test tells its last calls, and where the file is that plays them again."""
    report = yield
    handle = getattr(item, "funcargs", {}).get("understudy")
    if report.when == "call" and report.failed and isinstance(handle, Understudy):
        try:
            report.sections.append(("Understudy: last calls", bundles.last_calls(handle)))
            content = bundles.bundle(handle, item.nodeid)
            cache = getattr(item.config, "cache", None)  # there is none with -p no:cacheprovider
            if cache is not None:
                path = bundles.write(cache.mkdir("understudy"), item.nodeid, content)
                told = f"{path}\nplay it again: understudy replay-bundle {path}"
                report.sections.append(("Understudy: bundle", told))
        except Exception as error:  # noqa: BLE001 - the report of a failure never fails
            report.sections.append(("Understudy", f"the journal could not be read: {error!r}"))
    return report


@pytest.fixture
def understudy_url(understudy: Understudy) -> str:
    """The base URL of the server; keys with the name of the world lead to it."""
    return understudy.url


@pytest.fixture
def understudy_env(understudy: Understudy) -> dict[str, str]:
    """The variables that are set while this test runs; they are set with `understudy` already."""
    names = network.environment("", "", "", Path())
    return {name: os.environ[name] for name in names}


@pytest.fixture
def vectara_client(understudy: Understudy) -> Iterator[Vectara]:
    """The official client of Vectara, with a key of this test's world."""
    import httpx
    from vectara import Vectara

    with httpx.Client(timeout=60) as pool:
        environment = understudy.vectara_environment()
        yield Vectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)  # type: ignore[no-untyped-call]


@pytest.fixture
def aivax_openai_client(understudy: Understudy) -> Iterator[OpenAI]:
    """The official client of OpenAI, with AIVAX of this test's world behind it."""
    from openai import OpenAI

    with OpenAI(base_url=understudy.openai_url, api_key=understudy.openai_key) as client:
        yield client
