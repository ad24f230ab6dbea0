"""`understudy serve` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.walls import WALLS, descendants, needs_walls

COMMAND = [sys.executable, "-m", "understudy"]
KEY = {"x-api-key": "zut_understudy"}
Start = Callable[..., "Running"]


class Running:
    """A started server: its process, its base URL and what it prints."""

    def __init__(self, directory: Path, *flags: str) -> None:
        self.ready = directory / "ready"
        self.output = directory / "output"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("UNDERSTUDY_")}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "understudy",
                    "serve",
                    "--port",
                    "0",
                    "--ready-file",
                    str(self.ready),
                    *flags,
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        deadline = time.monotonic() + 20
        while not self.ready.exists():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        self.url = self.ready.read_text().strip()

    def text(self) -> str:
        return self.output.read_text()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Running] = []

    def started(*flags: str) -> Running:
        directory = tmp_path / str(len(running))
        directory.mkdir()
        running.append(Running(directory, *flags))
        return running[-1]

    yield started
    for server in running:
        server.stop()


def described() -> list[dict[str, Any]]:
    """The operations of the bundle."""
    bundle = json.loads((Path(__file__).parents[2] / "specs" / "vectara" / "bundle.json").read_bytes())
    return [
        operation
        for item in bundle["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]


def counted_operations() -> str:
    """How the banner and `spec coverage` count them: those that are acted, and those that are planned."""
    planned = sum(bool(operation.get("x-planned")) for operation in described())
    return f"{len(described()) - planned} operations" + (f", {planned} planned" if planned else "")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_banner_names_urls_keys_and_counted_operations(start: Start) -> None:
    server = start()
    assert httpx.get(f"{server.url}/v2/corpora", headers=KEY).status_code == 200
    time.sleep(0.3)
    assert server.stop() == 0
    text = server.text()
    assert server.url in text
    assert "zut_understudy" in text
    assert counted_operations() in text
    assert "no telemetry" in text
    assert "\x1b" not in text
    (line,) = [line for line in text.splitlines() if "listCorpora" in line]
    assert line.startswith("GET    /v2/corpora ")
    assert " 200 " in line


def test_log_lines_as_json(start: Start) -> None:
    server = start("--log-format", "json")
    httpx.get(f"{server.url}/v2/corpora/nix", headers={"x-api-key": "zut_understudy@w1"})
    server.stop()
    (line,) = [json.loads(line) for line in server.text().splitlines() if line.startswith("{")]
    assert (line["status"], line["operation"], line["world"]) == (404, "getCorpus", "w1")


def test_a_busy_port_is_one_line_with_the_cure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 2
    assert "is in use; --port 0 picks a free one" in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "--fixture", "nix"], "no fixture 'nix'; shipped ones are empty, quickstart"),
        (["serve", "--host", "0.0.0.0"], "needs --admin-token and --allowed-host"),
        (["serve", "--port", "70000"], "--port"),
        (["serve", "--clock", "nix"], "ticking"),
        (["serve", "--allow-worker", "http://example.com"], "'http://example.com' is no origin on loopback"),
    ],
)
def test_bad_flags_are_told_without_a_traceback(arguments: list[str], told: str) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_workers_that_may_be_called_stand_in_the_banner(start: Start) -> None:
    server = start("--allow-worker", "http://localhost:9000", "--allow-worker", "http://127.0.0.1:9001")
    assert "http://localhost:9000  http://127.0.0.1:9001   (called by AIVAX gateways)" in server.text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("corpora:\n  - {key: a}\n  - {kye: b}\n", ":3: corpora.key is required"),
        ("corpora:\n  - {key: a}\n  - {key: a}\n", ":3: corpus 'a' already exists"),
        ("corpra: []\ncorpora: [{key: a}]\nkeys:\n  - {}\n", ":4: unknown section 'keys'"),
        (
            "documents:\n  - {corpus_key: a, id: d, type: core, document_parts: [{text: x}]}",
            ":2: corpus 'a' not found",
        ),
        ("corpora: [{key: a, encoder_name: x}]", ":1: body.encoder_name no encoder 'x'"),
    ],
)
def test_a_bad_fixture_is_told_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text)
    result = run("serve", "--port", "0", "--fixture", str(file))
    assert result.returncode == 2
    assert f"{file}{told}" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_own_fixture_with_generated_bulk_data(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(
        "api_keys:\n  - {name: k, api_key_role: personal, secret_key: zut_mine}\n"
        "corpora:\n  - {key: big}\nbulk:\n  - {corpus_key: big, documents: 50, parts: 2}\n"
    )
    answers = []
    for _ in range(2):
        server = start("--fixture", str(file), "--seed", "3")
        with httpx.Client(base_url=server.url, headers={"x-api-key": "zut_mine"}) as client:
            assert client.get("/v2/corpora/big").json()["limits"]["used_parts"] == 100
            answers.append(client.get("/v2/corpora/big/documents/bulk-50").content)
    assert answers[0] == answers[1]


def test_a_shipped_fixture_by_name(start: Start) -> None:
    server = start("--fixture", "support-desk")
    corpora = httpx.get(f"{server.url}/v2/corpora", headers=KEY).json()["corpora"]
    assert sorted(corpus["key"] for corpus in corpora) == ["help", "manuals", "tickets"]


def trial(url: str, code: str) -> httpx.Response:
    """A test of a function in the default world."""
    body = {"code": code, "test_input": {}, "timeout_seconds": 60}
    return httpx.post(f"{url}/v2/tools/test", json=body, headers=KEY, timeout=30)


@needs_walls
def test_code_of_tools_runs_where_that_is_allowed(start: Start) -> None:
    code = "def process(): return 1"
    allowed, other = (
        trial(start(*flags).url, code).json()["execution"] for flags in (("--allow-lambda",), ())
    )
    assert allowed["output"] == {"value": 1}
    assert "--allow-lambda" in other["error"]["message"]


@needs_walls
def test_a_server_that_stops_ends_the_code_that_runs(start: Start) -> None:
    server = start("--allow-lambda")
    endless = "def process():\n  while True: pass"
    caller = threading.Thread(target=trial, args=(server.url, endless))
    caller.start()
    deadline = time.monotonic() + 20
    while len(started := descendants(server.process.pid)) < 3:  # the worker and the two of the sandbox
        assert time.monotonic() < deadline
        time.sleep(0.05)
    server.stop()
    caller.join()
    deadline = time.monotonic() + 5
    while left := [process for process in started if Path(f"/proc/{process}").exists()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_a_kernel_without_walls_is_one_line_with_the_cure() -> None:
    """The kernel is asked for a namespace that no kernel has."""
    code = (
        "from understudy.sandbox import running; spoiled = 'from understudy.sandbox import walls; "
        "walls.NAMESPACES[\\'none\\'] = 1; main()'; "
        "running._START = running._START.replace('main()', spoiled); "
        "from understudy.__main__ import main; main()"
    )
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--allow-lambda"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("understudy: --allow-lambda: the kernel does not let a process be shut in; tried ")
    assert "sysctl" in line
    assert ("unshare(user, net, pid, ipc, mount, uts, none): Invalid argument" in line) is WALLS


def test_profiles_decide_which_operations_exist(start: Start) -> None:
    server = start("--profile", "seed")
    answer = httpx.post(f"{server.url}/v2/corpora/handbook/compute_size", headers=KEY)
    assert answer.status_code == 404
    assert httpx.get(f"{server.url}/v2/corpora", headers=KEY).status_code == 200


@pytest.mark.parametrize(
    ("profile", "kinds"),
    [
        ("seed", ["streaming_thinking", "streaming_thinking_end", "streaming_agent_output"]),
        ("sdk-0.4.3", ["input_message", "streaming_thinking", "streaming_thinking_end", "thinking"]),
    ],
)
def test_profiles_decide_which_events_streams_tell(start: Start, profile: str, kinds: list[str]) -> None:
    server = start("--profile", profile)
    message = {"type": "input_message", "messages": [{"type": "text", "content": "Hello!"}]}
    path = f"{server.url}/v2/agents/front-desk/sessions/monday/events"
    answer = httpx.post(path, headers=KEY, json={**message, "stream_response": True})
    assert answer.status_code == 201
    told = [line.removeprefix("event:") for line in answer.text.splitlines() if line.startswith("event:")]
    assert list(dict.fromkeys(told))[: len(kinds)] == kinds
    assert ("context_consumed" in told) is (profile == "sdk-0.4.3")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--profile", "sdk-0.4.3"), []), (("--answer-form", "wire"), {"message": None, "data": []})],
)
def test_a_profile_leaves_the_other_api_whole_and_its_answers_have_a_form(
    start: Start, arguments: tuple[str, ...], told: object
) -> None:
    server = start("--fixture", "empty", *arguments)
    for key in ("sk-understudy", "sk-understudy@w1"):
        answer = httpx.get(f"{server.url}/api/v1/collections", headers={"authorization": f"Bearer {key}"})
        assert answer.json() == told


def test_sigterm_ends_streams_in_flight_and_frees_the_port(start: Start) -> None:
    server = start("--admin-token", "token")
    admin = {"authorization": "Bearer token"}
    httpx.put(
        f"{server.url}/_understudy/worlds/default/lifecycle", json={"cadence_millis": 60_000}, headers=admin
    ).raise_for_status()
    body = {"query": "How long is the warranty of the frame?", "generation": {}, "stream_response": True}
    with (
        httpx.Client(base_url=server.url, headers=KEY) as client,
        client.stream("POST", "/v2/corpora/handbook/query", json=body) as answer,
    ):
        assert b"search_results" in next(answer.iter_raw())
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10
    port = int(server.url.rpartition(":")[2])
    socket.create_server(("127.0.0.1", port)).close()


def test_spec_commands() -> None:
    coverage = run("spec", "coverage")
    assert coverage.returncode == 0
    planned = [operation["operationId"] for operation in described() if operation.get("x-planned")]
    total = len(described())
    assert f"vectara: {total - len(planned)} of {total} operations acted" in coverage.stdout
    assert all(f"planned: {name} (" in coverage.stdout for name in planned)
    assert run("spec", "bundle", "--check").returncode == 0
    assert run("version").stdout.strip() == "0.1.0"
    help_text = run("serve", "--help").stdout
    for flag in ("--host", "--port", "--fixture", "--seed", "--clock", "--profile", "--cors", "--log-format"):
        assert flag in help_text


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_server_ends(start: Start, end: signal.Signals) -> None:
    server = start()
    assert httpx.post(f"{server.url}/v2/corpora", headers=KEY, json={"key": "c"}).status_code == 201
    form = {"file": ("a.txt", b"Ships sail.")}
    assert httpx.post(f"{server.url}/v2/corpora/c/upload_file", headers=KEY, files=form).status_code == 201
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True, check=True
    )
    (worker,) = (int(line) for line in children.stdout.split())
    server.process.send_signal(end)
    assert server.process.wait(timeout=15) == (0 if end is not signal.SIGKILL else -end)
    deadline = time.monotonic() + 5
    stat = Path(f"/proc/{worker}/stat")
    while stat.exists() and " Z " not in stat.read_text():
        assert time.monotonic() < deadline, "a worker outlives its server"
        time.sleep(0.02)
