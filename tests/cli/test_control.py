"""The commands about a running server: what they print, as JSON and for people, and how they end."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from understudy.cli import running
from understudy.cli.commands import app
from understudy.cli.remote import Unreachable
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

Run = Callable[..., Result]


@pytest.fixture
def run(understudy: Understudy, understudy_server: BackgroundServer) -> Run:
    """Runs a command about the world of this test; what it raises is raised."""
    environment = {
        "UNDERSTUDY_URL": understudy.url,
        "UNDERSTUDY_ADMIN_TOKEN": understudy_server.server.admin_token,
        "UNDERSTUDY_WORLD": understudy.world,
    }

    def one(*arguments: str, code: int = 0) -> Result:
        done = CliRunner(env=environment).invoke(app, arguments, catch_exceptions=False, standalone_mode=True)
        assert done.exit_code == code, done.output
        return done

    return one


def told(done: Result) -> Any:
    """The one JSON document on the standard output."""
    return json.loads(done.stdout)


@pytest.fixture
def client(understudy: Understudy) -> Iterator[httpx.Client]:
    with understudy.client() as client:
        yield client


def test_a_world_is_made_saved_loaded_compared_and_forgotten(
    run: Run, client: httpx.Client, understudy: Understudy, tmp_path: Path
) -> None:
    copy, file = f"{understudy.world}-copy", tmp_path / "saved.json"
    assert understudy.world in run("state", "list").stdout.splitlines()
    client.post("/v2/corpora", json={"key": "more"})
    assert told(run("state", "diff", "--json"))["changes"][0]["key"] == "more"
    assert "added  corpus  more" in run("state", "diff").stdout
    run("state", "save", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told(run("state", "load", str(file), "--world", copy, "--json"))["name"] == copy
    assert told(run("state", "diff", copy, "--json")) == {"changes": []}
    assert told(run("state", "records", "--kind", "corpus", "--json"))["records"][1]["id"] == "more"
    assert "corpus" in run("state", "records", "--kind", "corpus").stdout
    changed = (
        "state",
        "patch",
        "document",
        "travel",
        '{"metadata": {"x": 1}}',
        "--scope",
        "handbook",
        "--json",
    )
    assert told(run(*changed))["value"]["metadata"]["x"] == 1
    assert told(run("state", "reset", "--json"))["calls"] == 0
    run("state", "delete", copy)
    assert told(run("state", "create", copy, "--fixture", "empty", "--seed", "7", "--json"))["seed"] == 7
    assert told(run("state", "fork", f"{copy}2", "--world", copy, "--json"))["fixture"] == "empty"
    for name in (copy, f"{copy}2"):
        assert told(run("state", "delete", name, "--json"))["done"].endswith("is gone")
    assert "fixture" in run("state", "inspect").stdout


def test_calls_are_shown_exported_claimed_and_counted(run: Run, client: httpx.Client, tmp_path: Path) -> None:
    client.get("/v2/corpora")
    client.post("/v2/corpora", json={"key": 5})
    assert [one["number"] for one in told(run("journal", "tail", "--json"))["entries"]] == [1, 2]
    assert "body.key: must be of type string" in run("journal", "tail", "--problems").stdout
    assert len(told(run("journal", "tail", "-n", "1", "--json"))["entries"]) == 1
    run("journal", "export", str(tmp_path / "calls.har"))
    assert json.loads((tmp_path / "calls.har").read_text())["log"]["version"] == "1.2"
    run("journal", "export", str(tmp_path / "calls.ndjson"), "--operation", "listCorpora")
    assert len((tmp_path / "calls.ndjson").read_text().splitlines()) == 1
    run("journal", "verify", "listCorpora", "--times", "1")
    missed = run("journal", "verify", "createCorpus", "--body", '{"key": "x"}', code=1)
    assert "which differs at body.key: wanted 'x', got 5" in missed.stdout
    assert told(run("journal", "usage", "--json"))["used"]["calls"] == 2
    counted = told(run("journal", "coverage", "--json"))["summary"]
    shown = run("journal", "coverage").stdout.splitlines()
    assert shown[-1].startswith(
        f"2 of {counted['operations']} operations, 2 of {counted['statuses']} statuses"
    )
    run("journal", "clear")
    assert told(run("journal", "tail", "--json"))["entries"] == []


def test_faults_and_scenarios_come_and_go(run: Run, client: httpx.Client, tmp_path: Path) -> None:
    run("fault", "add", "listCorpora", "--status", "429", "--retry-after", "1", "--times", "1")
    run("fault", "add", "listJobs", "--set", '{"bad_json": true, "name": "bad"}')
    assert client.get("/v2/corpora").status_code == 429
    assert "fired 1 of 1" in run("fault", "list").stdout
    run("fault", "remove", "bad")
    assert [one["name"] for one in told(run("fault", "list", "--json"))["faults"]] == ["fault-1"]
    run("fault", "remove")
    assert told(run("fault", "list", "--json")) == {"faults": []}
    rule = {"name": "r", "when": {"operation": "listCorpora"}, "then": {"fault": {"status": 503}}}
    good = {"understudy_scenario": 1, "api": "vectara", "description": "Mine.", "rules": [rule]}
    (tmp_path / "good.yaml").write_text(json.dumps(good))
    (tmp_path / "bad.yaml").write_text(json.dumps({**good, "api": "nix"}))
    files = [str(tmp_path / name) for name in ("good.yaml", "bad.yaml")]
    found = told(run("scenario", "validate", *files, "--json", code=1))["scenarios"]
    assert found[0]["fault"] is None
    assert re.search(r"bad\.yaml:1:\d+: ", found[1]["fault"])
    run("scenario", "validate", files[0])
    assert told(run("scenario", "run", files[0], "--json"))["played"] == {"r": 0}
    assert client.get("/v2/corpora").status_code == 503
    assert told(run("scenario", "show", "--json"))["played"] == {"r": 1}
    run("scenario", "stop")
    assert client.get("/v2/corpora").status_code == 200
    assert isinstance(told(run("scenario", "list", "--json"))["scenarios"], list)
    with pytest.raises(SetupError, match=r"bad\.yaml:1:"):
        run("scenario", "run", files[1])


def test_the_clock_is_shown_moved_and_stopped(run: Run) -> None:
    before = told(run("clock", "show", "--json"))["millis"]
    assert told(run("clock", "advance", "2h", "--json"))["millis"] == before + 7_200_000
    assert told(run("clock", "set", "frozen", "--json"))["mode"] == "frozen"
    assert "frozen" in run("clock", "show").stdout
    with pytest.raises(SetupError, match="is no duration; write 90s"):
        run("clock", "advance", "soon")


def test_variables_are_written_as_each_place_takes_them(run: Run, understudy: Understudy) -> None:
    key = f"zut_understudy@{understudy.world}"
    assert f"export VECTARA_API_KEY={key}" in run("env").stdout
    assert f"VECTARA_API_KEY={key}\n" in run("env", "--format", "dotenv").stdout
    assert f"$env:VECTARA_API_KEY = '{key}'" in run("env", "--format", "powershell").stdout
    assert told(run("env", "--json"))["OPENAI_BASE_URL"] == f"{understudy.url}/v1"


def test_the_doctor_looks_at_everything(run: Run) -> None:
    found = told(run("doctor", "--json"))["findings"]
    assert {one["grade"] for one in found} <= {"good", "note"}
    assert any("answers, with" in one["what"] for one in found)
    assert "a server can be assembled" in run("doctor").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("state", "inspect", "--world", "nix"), "no world 'nix'; a call with a key that ends in @nix"),
        (("state", "load", "nix.json"), "nix.json: cannot be read: No such file"),
        (("state", "save", "nowhere/x.json"), "nowhere/x.json: cannot be written: No such file"),
        (("state", "patch", "corpus", "handbook", "{"), "VALUE: '{' is no JSON"),
        (("fault", "add", "listCorpora"), "does nothing: it needs one of status"),
        (("fault", "add", "listCorpora", "--set", "[1]"), "--set: '[1]' is no JSON object"),
        (("fault", "remove", "nix"), "no fault 'nix'"),
        (("scenario", "run", "nix"), "no scenario 'nix'"),
        (("journal", "verify", "nix"), "there is no operation 'nix'"),
        (("journal", "verify", "querycorpus"), "did you mean 'queryCorpus'?"),
        (("replay-bundle", "bundle.json"), "bundle.json: is no whole bundle: it has no test"),
        (("state", "list", "--token", "wrong"), "the start banner shows it; or give --token"),
        (("state", "list", "--url", "nowhere"), "'nowhere' is no address"),
        (("state", "list", "--url", "http://x:y"), "is no address"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundle.json").write_text('{"understudy_bundle": 1}')
    with pytest.raises(SetupError) as caught:
        run(*arguments)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nobody_at_the_address_has_an_exit_code_of_its_own(run: Run) -> None:
    with pytest.raises(Unreachable) as caught:
        run("state", "list", "--url", "http://127.0.0.1:9")
    assert caught.value.exit_code == 3
    assert SetupError.exit_code == 2


def test_a_token_is_left_for_commands_of_the_same_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    path = running.remember(4711, "secret")
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert running.token_of(4711) == "secret"
    assert running.token_of(4712) is None
    os.chmod(path.parent, 0o755)
    assert running.token_of(4711) is None
    assert running.remember(4711, "other") is None
