"""`understudy record` as a process: commands, signals, secrets, exit codes."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.recordings import CLIENT, COMMAND, clean, running, understudy
from tests.unit.drift.altered import served
from understudy.app import create_server
from understudy.playback import cassettes
from understudy.settings import Settings

KEY = {"x-api-key": "zut_understudy"}


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    server = create_server(Settings(log_format="none"))
    try:
        with served(server) as url:
            yield url
    finally:
        server.close()


def test_the_official_clients_are_recorded_and_replayed(upstream: str, tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text(CLIENT)
    program = [sys.executable, "client.py", "said"]
    flags = ["--target", upstream, "--allow-private", "--out", "c.yaml", "--json"]
    done = understudy("record", *flags, "--", *program, directory=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["saved"], told["interactions"], told["violations"]) == (True, 8, []), told
    text = (tmp_path / "c.yaml").read_text()
    assert stat.S_IMODE((tmp_path / "c.yaml").stat().st_mode) == 0o600
    for secret in ("zut_understudy", "understudy-secret", "sk-understudy"):
        assert secret not in text + done.stdout + done.stderr
    assert "a line of the command" in done.stderr
    first = (tmp_path / "said").read_text().splitlines()
    with running("replay", "c.yaml", "--port", "0", "--strict", directory=tmp_path) as player:
        replayed = understudy_client(player.url, tmp_path)
        assert player.stop() == 0, player.stdout
    assert replayed == first
    assert "PONG" in first
    assert "used 8 of 8, 0 missed" in player.stdout


def understudy_client(url: str, directory: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "client.py", "said again"], capture_output=True, text=True, timeout=60, check=False,
        cwd=directory, env={**clean(), "UNDERSTUDY_URL": url, "OPENAI_BASE_URL": f"{url}/v1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (directory / "said again").read_text().splitlines()


@pytest.mark.parametrize(
    ("program", "code"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_the_exit_code_is_that_of_the_command(upstream: str, tmp_path: Path, program: str, code: int) -> None:
    flags = ["--target", upstream, "--allow-private", "--out", "c.yaml"]
    done = understudy("record", *flags, "--", sys.executable, "-c", program, directory=tmp_path)
    assert done.returncode == code
    assert "nothing was recorded" in done.stdout
    assert not (tmp_path / "c.yaml").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_writes_what_there_is(upstream: str, tmp_path: Path, number: int) -> None:
    flags = ["--target", upstream, "--allow-private", "--out", "c.yaml"]
    with running("record", *flags, directory=tmp_path) as recorder:
        assert httpx.get(f"{recorder.url}/v2/corpora", headers=KEY).status_code == 200
        assert recorder.stop(number) == 0
    assert "1 interactions, 1 valid" in recorder.stdout
    assert "\x1b" not in recorder.stdout
    (entry,) = cassettes.load(tmp_path / "c.yaml").entries
    assert entry["operation"] == "listCorpora"


def test_an_interrupted_command_is_told_by_its_code(upstream: str, tmp_path: Path) -> None:
    program = (
        "import httpx, os, time\n"
        "httpx.get(os.environ['UNDERSTUDY_URL'] + '/v2/corpora', headers={'x-api-key': 'zut_understudy'})\n"
        "open('asked', 'w').close(); time.sleep(60)"
    )
    flags = ["--target", upstream, "--allow-private", "--out", "c.yaml"]
    process = subprocess.Popen(
        [*COMMAND, "record", *flags, "--", sys.executable, "-c", program],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=clean(),
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not (tmp_path / "asked").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert len(cassettes.load(tmp_path / "c.yaml").entries) == 1


def test_what_looks_like_a_secret_keeps_the_file_from_being_written(upstream: str, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("old")
    body = {"key": "x", "description": "use sk-0123456789abcdefghij here"}
    for flags, code in (([], 1), (["--allow", "sk-0123456789abcdefghij"], 0), (["--replace-suspicious"], 0),
                        (["--secret", "sk-0123456789abcdefghij"], 0)):  # fmt: skip
        base = ["--target", upstream, "--allow-private", "--out", "c.yaml", "--json"]
        with running("record", *base, *flags, directory=tmp_path) as recorder:
            httpx.post(f"{recorder.url}/v2/corpora", headers=KEY, json=body)
            assert recorder.stop() == code, recorder.stderr
        told = json.loads(recorder.stdout)
        assert told["saved"] == (code == 0)
        assert "0123456789abcdefghij" not in recorder.stdout + recorder.stderr
        text = (tmp_path / "c.yaml").read_text()
        if code:
            assert text == "old"
            assert told["suspicions"][0]["what"] == "an API key"
            assert told["suspicions"][0]["entry"] == 1
            assert "--replace-suspicious" in recorder.stderr
        else:
            assert ("sk-0123456789abcdefghij" in text) == ("--allow" in flags)


def test_an_own_secret_from_a_variable(upstream: str, tmp_path: Path) -> None:
    done = understudy(
        "record", "--target", upstream, "--out", "c.yaml", "--secret", "$NO_SUCH", directory=tmp_path
    )
    assert (done.returncode, "there is no variable NO_SUCH" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("flags", "code", "told"),
    [
        (["--target", "http://127.0.0.1:1", "--out", "c.yaml"], 2, "--allow-private"),
        (["--target", "http://169.254.169.254", "--out", "c.yaml"], 2, "--allow-private"),
        (["--target", "http://0x7f.1", "--out", "c.yaml", "--allow-private"], 2, "unusual spelling"),
        (["--target", "http://127.0.0.1:1", "--out", "c.yaml", "--allow-private"], 3, "cannot be reached"),
        (["--target", "http://no-such-host.invalid", "--out", "c.yaml"], 3, "cannot be reached"),
        (["--target", "vektara", "--out", "c.yaml"], 2, "neither a URL nor one of vectara, aivax"),
        (["--target", "ftp://a.io", "--out", "c.yaml"], 2, "has to begin with"),
        (
            ["--target", "https://u:pw-hidden@a.io", "--out", "c.yaml"],
            2,
            "credentials come with the requests",
        ),
        (["--target", "vectara", "--out", "none/c.yaml"], 2, "there is no directory none"),
        (["--target", "vectara", "--out", "."], 2, "is a directory"),
        (["--target", "vectara"], 2, "--out"),
        (["--target", "vectara", "--out", "c.yaml", "--port", "99999"], 2, "--port"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, flags: list[str], code: int, told: str) -> None:
    done = understudy("record", *flags, directory=tmp_path)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "pw-hidden" not in done.stderr + done.stdout


def test_a_command_that_is_not_there_and_a_taken_port(upstream: str, tmp_path: Path) -> None:
    flags = ["--target", upstream, "--allow-private", "--out", "c.yaml"]
    done = understudy("record", *flags, "--", "no-such-program", directory=tmp_path)
    assert (done.returncode, done.stderr.strip()) == (
        2,
        "understudy: no-such-program: cannot be run: No such file or directory",
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = understudy("record", *flags, "--port", port, directory=tmp_path)
    assert (done.returncode, "is in use" in done.stderr) == (2, True)


def test_the_recorder_is_no_target_of_itself(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    flags = [
        "--target",
        f"http://localhost:{port}",
        "--port",
        str(port),
        "--out",
        "c.yaml",
        "--allow-private",
    ]
    done = understudy("record", *flags, directory=tmp_path)
    assert (done.returncode, "is the recorder itself" in done.stderr) == (2, True)
