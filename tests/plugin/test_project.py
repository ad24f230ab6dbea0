"""The plugin as a user has it: in a project outside the repository, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = """\
import pytest
from vectara import Vectara


@pytest.mark.understudy(scenario="support-bot")
def test_retry_on_rate_limit(understudy):          # real SDK, production URL, no code change
    understudy.fault("queryCorpus", status=429, times=1, retry_after=0)
    answer = Vectara(api_key="x").corpora.query("docs", query="refund?")
    assert answer.search_results[0].document_id == "policy-7"
    understudy.assert_called("queryCorpus", times=2)
    assert understudy.violations == []
"""


def run(directory: Path, code: str, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """pytest in a directory with one file of tests."""
    (directory / "test_it.py").write_text(code)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("UNDERSTUDY_", "PYTEST_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *flags],
        capture_output=True, text=True, timeout=300, check=False, cwd=directory, env={**kept, **environment},
    )  # fmt: skip


def passed(done: subprocess.CompletedProcess[str], count: int) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout


def test_the_example_runs_as_written_from_the_built_wheel(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    built, installed = tmp_path / "built", tmp_path / "installed"
    for command in (
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(built), str(ROOT)],
        [
            *pip,
            "install",
            "--no-deps",
            "--no-index",
            "--target",
            str(installed),
            "--find-links",
            str(built),
            "understudy",
        ],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    where = (
        f"\n\ndef test_it_is_the_wheel():\n    assert understudy.__file__.startswith({str(installed)!r})\n"
    )
    project = tmp_path / "project"
    project.mkdir()
    passed(run(project, "import understudy\n" + EXAMPLE + where, PYTHONPATH=str(installed)), 2)


UNCHANGED = """\
import asyncio
import socket

import httpx
import openai
import pytest
from vectara import AsyncVectara, Vectara


def test_a_key(understudy):
    assert Vectara(api_key="x").corpora.get("handbook").key == "handbook"
    understudy.assert_called("getCorpus", times=1)


def test_an_app_client(understudy):
    client = Vectara(client_id="anybody", client_secret="anything")
    assert client.corpora.get("handbook").key == "handbook"


def test_an_app_client_without_the_production_address(understudy):
    environment = understudy.vectara_environment()
    client = Vectara(
        client_id=understudy.client_id, client_secret=understudy.client_secret, environment=environment
    )
    client.corpora.get("handbook")
    assert understudy.journal()[-1]["operation"] == "getCorpus"


def test_a_stream(understudy):
    events = Vectara(api_key="x").corpora.query_stream("handbook", query="How many days of paid leave?")
    assert [event.type for event in events][-1] == "end"


def test_asyncio(understudy):
    async def ask():
        return await AsyncVectara(api_key="x").corpora.get("handbook")

    assert asyncio.run(ask()).key == "handbook"


def test_openai_with_the_production_address(understudy):
    client = openai.OpenAI(base_url="https://inference.aivax.net/v1", api_key="anything")
    assert client.models.list().data
    assert understudy.usage["calls"] == 1


def test_openai_from_the_environment(understudy, understudy_env):
    assert openai.OpenAI().base_url == understudy_env["OPENAI_BASE_URL"] + "/"
    assert openai.OpenAI().models.list().data


def test_the_given_clients(vectara_client, aivax_openai_client, understudy, understudy_url):
    assert vectara_client.corpora.get("handbook").key == "handbook"
    assert aivax_openai_client.models.list().data
    assert httpx.get(f"{understudy_url}/_understudy/health").status_code == 200
    assert understudy.coverage["summary"]["operations_touched"] == 2


@pytest.mark.parametrize("address", ["https://example.com", "http://192.0.2.7", "http://[2001:db8::7]"])
def test_other_hosts_are_blocked(understudy, address):
    with pytest.raises(Exception, match="Understudy blocks connections to"):
        httpx.get(address)


def test_a_socket_is_blocked_too(understudy):
    with socket.socket() as one, pytest.raises(RuntimeError, match="allow_hosts"):
        one.connect(("192.0.2.7", 80))
    with socket.socket() as one, pytest.raises(RuntimeError, match="allow_hosts"):
        one.connect_ex(("192.0.2.7", 80))


def test_certificates_are_checked(understudy, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get("https://api.vectara.io/v2/corpora")


def test_without_a_socket(understudy):
    async def ask():
        async with understudy.asgi_client() as client:
            await client.post("/v2/corpora", json={"key": "there"})
            return [corpus["key"] for corpus in (await client.get("/v2/corpora")).json()["corpora"]]

    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "here"})
        assert sorted(asyncio.run(ask())) == ["handbook", "here", "there"]
        assert client.get("/v2/corpora/there").status_code == 404


def test_loopback_is_open(understudy):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(listener.getsockname()).close()


def test_without_the_fixture_nothing_is_changed():
    assert socket.getaddrinfo.__module__ == "socket"
    assert "connect" not in socket.socket.__dict__
"""


@pytest.mark.parametrize("flags", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_code_that_names_production_is_not_changed(tmp_path: Path, flags: tuple[str, ...]) -> None:
    passed(run(tmp_path, UNCHANGED, *flags), 16)


MARKED = """\
import pytest

RULE = {"name": "r", "when": {"operation": "listCorpora"}, "then": {"fault": {"status": 503}}}
MINE = {"understudy_scenario": 1, "api": "vectara", "description": "Mine.", "rules": [RULE]}


def status(understudy):
    with understudy.client() as client:
        return client.get("/v2/corpora").status_code


@pytest.mark.understudy(scenario=MINE)
def test_a_scenario_as_a_mapping(understudy):
    assert status(understudy) == 503


@pytest.mark.understudy(scenario="mine.yaml", seed=7, clock="frozen")
def test_a_scenario_in_a_file(understudy):
    assert status(understudy) == 503


@pytest.mark.understudy(faults=[{"operation": "listCorpora", "status": 500, "times": 1}])
def test_faults(understudy):
    assert [status(understudy), status(understudy)] == [500, 200]


@pytest.mark.understudy(fixture="corpora.yaml")
def test_a_fixture_in_a_file(understudy, vectara_client):
    assert [corpus.key for corpus in vectara_client.corpora.list()] == ["mine"]


@pytest.mark.understudy(scenario="with-fixture.yaml")
def test_a_scenario_with_a_fixture_in_a_file(understudy, vectara_client):
    assert [corpus.key for corpus in vectara_client.corpora.list()] == ["mine"]
    with understudy.client() as client:
        assert client.get("/v2/corpora/mine").status_code == 503
    understudy.control("POST", "reset")
    with understudy.client() as client:
        assert client.get("/v2/corpora/mine").status_code == 503
        assert client.get("/v2/corpora/mine").status_code == 200


@pytest.mark.understudy(scenario="with-fixture.yaml", fixture="empty")
def test_a_marker_wins_over_the_scenario(understudy, vectara_client):
    assert list(vectara_client.corpora.list()) == []


def test_a_scenario_later(understudy):
    assert status(understudy) == 200
    understudy.play(MINE)
    assert status(understudy) == 503
    understudy.assert_not_called("createCorpus")


def test_time(understudy, vectara_client):
    understudy.advance(seconds=86400)
    assert vectara_client.corpora.create(key="late").created_at.day == 2
"""


@pytest.mark.parametrize("flags", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_marker_says_what_a_world_begins_as(tmp_path: Path, flags: tuple[str, ...]) -> None:
    rule = {"name": "r", "when": {"operation": "listCorpora"}, "then": {"fault": {"status": 503}}}
    mine = {"understudy_scenario": 1, "api": "vectara", "description": "Mine.", "rules": [rule]}
    (tmp_path / "mine.yaml").write_text(json.dumps(mine))
    (tmp_path / "corpora.yaml").write_text(
        "api_keys: [{name: me, api_key_role: personal, secret_key: zut_understudy}]\ncorpora: [{key: mine}]\n"
    )
    once = {"name": "o", "when": {"operation": "getCorpus"}, "sequence": [rule["then"]], "after": "act"}
    other = {**mine, "fixture": "corpora.yaml", "rules": [once]}
    (tmp_path / "with-fixture.yaml").write_text(json.dumps(other))
    passed(run(tmp_path, MARKED, *flags), 8)


WRONG = """\
import pytest


@pytest.mark.understudy({marker})
def test_it(understudy):
    assert understudy.world
"""


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("senario='x'", "understudy takes scenario, fixture, seed"),
        ("'x'", "by name, not 'x'"),
        ("scenario='nix'", "no scenario 'nix'"),
        ("scenario='broken.yaml'", "broken.yaml:1:22: 1 was expected"),
        ("fixture='nix'", "no fixture 'nix'"),
        ("clock='slow'", "body.clock"),
        ("fixture='nix.yaml'", "UsageError: @pytest.mark.understudy: no fixture 'nix.yaml'"),
        ("fixture=3", "fixture takes a name or a path, not 3"),
        ("scenario=4", "scenario takes a name, a path or a mapping, not 4"),
        ("faults={'status': 500}", "faults takes a list of mappings, not {'status': 500}"),
        ("allow_hosts='example.org'", "allow_hosts takes a list of texts, not 'example.org'"),
        ("faults=[{'status': 1}]", "body.status: 1 is less than the minimum of 400"),
    ],
)
def test_a_wrong_marker_is_told_in_one_line(tmp_path: Path, marker: str, said: str) -> None:
    (tmp_path / "broken.yaml").write_text("understudy_scenario: 2\napi: vectara\ndescription: x\n")
    done = run(tmp_path, WRONG.format(marker=marker))
    assert done.returncode == 1
    assert said in done.stdout


FAILING = """\
import pytest


def test_it_fails(understudy):
    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "one"})
        client.post("/v2/corpora", json={"key": 5})
        client.get("/v2/corpora/one")
    understudy.assert_called("createCorpus", times=2, body={"key": "one"})


@pytest.mark.understudy(strict=True)
def test_it_is_strict(understudy):
    with understudy.client() as client:
        client.get("/v2/nowhere")
"""


def test_a_failed_test_leaves_what_plays_it_again(tmp_path: Path) -> None:
    done = run(tmp_path, FAILING)
    assert done.returncode == 1
    told = done.stdout
    assert (
        "createCorpus: 2 such calls wanted, 1 made; the nearest is call 2, which differs at body.key" in told
    )
    assert "   2 POST /v2/corpora  400  createCorpus\n       body.key: must be of type string, not 5" in told
    assert "the client broke the contract: GET /v2/nowhere: there is no GET /v2/nowhere" in told
    found = re.search(r"understudy replay-bundle (\S+)", told)
    assert found is not None
    command = [sys.executable, "-m", "understudy", "replay-bundle", found[1], "--json"]
    again = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads(again.stdout) == {"test": "test_it.py::test_it_fails", "calls": 3, "differing": []}
    path = Path(found[1])
    bundle = json.loads(path.read_text())
    bundle["journal"][2]["response_body"] = "{}"
    path.write_text(json.dumps(bundle))
    again = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 1
    assert [one["number"] for one in json.loads(again.stdout)["differing"]] == [3]


MANY = """\
import pytest


@pytest.mark.parametrize("number", range(1000))
def test_a_world_of_its_own(understudy, number):
    with understudy.client() as client:
        assert [corpus["key"] for corpus in client.get("/v2/corpora").json()["corpora"]] == ["handbook"]
        made = client.post("/v2/corpora", json={"key": f"mine-{number}"})
        assert (made.status_code, made.json()["id"]) == (201, "crp_2")
        listed = {corpus["key"] for corpus in client.get("/v2/corpora").json()["corpora"]}
        assert listed == {"handbook", f"mine-{number}"}
    operations = [entry["operation"] for entry in understudy.journal()]
    assert operations == ["listCorpora", "createCorpus", "listCorpora"]
"""
COSTS = """\
import statistics
import time

import pytest

COSTS = []


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    began = time.perf_counter()
    done = yield
    if fixturedef.argname == "understudy":
        COSTS.append(time.perf_counter() - began)
    return done


def pytest_sessionfinish(session):
    if COSTS:
        with open("costs", "a") as file:
            file.writelines(f"{cost}\\n" for cost in COSTS)
"""


def test_a_thousand_tests_of_eight_workers_share_one_server_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(COSTS)
    passed(run(tmp_path, MANY, "-n", "8", "-p", "no:randomly"), 1000)
    costs = sorted(map(float, (tmp_path / "costs").read_text().splitlines()))
    assert len(costs) == 1000
    print(f"median cost of a fresh world with eight workers: {costs[500] * 1000:.2f} ms")
