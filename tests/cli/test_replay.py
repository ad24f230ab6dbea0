"""`understudy replay` as a process: modes, flags, exit codes."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
import pytest

from tests.cli.recordings import running, understudy

ONE = """understudy_cassette: 1
entries:
- request: {method: POST, path: /v2/corpora, body: {json: {key: docs}}}
  response: {status: 201, headers: {content-type: application/json}, body: {json: {id: crp_1}}}
- request: {method: GET, path: /v2/corpora}
  response: {status: 200, body: {json: {corpora: []}}}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(ONE)
    (tmp_path / "two.yaml").write_text(ONE.replace("docs", "more").replace("crp_1", "crp_2"))
    return tmp_path


def test_files_are_played_as_one_until_a_signal(directory: Path) -> None:
    with running("replay", "one.yaml", "two.yaml", "--port", "0", directory=directory) as player:
        ids = [
            httpx.post(f"{player.url}/v2/corpora", json={"key": key}).json()["id"]
            for key in ("more", "docs", "more")
        ]
        assert player.stop(signal.SIGINT) == 0
    assert ids == ["crp_2", "crp_1", "crp_2"]
    assert "used 2 of 4, 0 missed" in player.stdout
    assert "\x1b" not in player.stdout


def test_strict_ends_with_both_lists(directory: Path) -> None:
    with running("replay", "one.yaml", "--port", "0", "--strict", "--json", directory=directory) as player:
        missed = httpx.post(f"{player.url}/v2/corpora", json={"key": "dogs"})
        assert httpx.post(f"{player.url}/v2/corpora", json={"key": "docs"}).status_code == 201
        assert player.stop() == 1
    assert missed.status_code == 503
    told = json.loads(player.stdout)
    assert (told["hits"], told["passed"], told["strict"]) == (1, False, True)
    assert told["unused"] == [{"entry": 2, "where": "one.yaml:5:3", "name": "#2 GET /v2/corpora"}]
    (miss,) = told["missed"]
    assert miss["nearest"]["differences"] == [{"path": "body.key", "wanted": '"docs"', "got": '"dogs"'}]
    assert miss == missed.json()["understudy"]
    assert 'body.key: "docs" != "dogs"' in player.stderr
    assert "unused  #2 GET /v2/corpora  (one.yaml:5:3)" in player.stderr


def test_places_are_ignored_by_a_flag(directory: Path) -> None:
    with running("replay", "one.yaml", "--port", "0", "--ignore", "body.key", directory=directory) as player:
        assert httpx.post(f"{player.url}/v2/corpora", json={"key": "other"}).status_code == 201
        assert player.stop() == 0


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["absent.yaml"], "absent.yaml: cannot be read"),
        (["bad.yaml"], "bad.yaml:2:12: entries[0].request"),
        (["newer.yaml"], "newer.yaml: is a cassette of version 7, this Understudy reads up to 1"),
        (["deep.yaml"], "nests deeper than"),
        (["one.yaml", "--speed", "fast"], "--speed: 'fast' is neither 'recorded' nor a number"),
        (["one.yaml", "--speed", "-1"], "--speed"),
        (["one.yaml", "--speed", "nan"], "--speed"),
        (["one.yaml", "--ignore", "key"], "--ignore: 'key' is no place"),
        (["one.yaml", "--port", "x"], "--port"),
        ([], "Missing argument"),
    ],
)
def test_what_is_wrong_is_one_line(directory: Path, flags: list[str], told: str) -> None:
    (directory / "bad.yaml").write_text(
        "understudy_cassette: 1\nentries: [{request: 1, response: {status: 200}}]\n"
    )
    (directory / "newer.yaml").write_text("understudy_cassette: 7\nanything: else\n")
    (directory / "deep.yaml").write_text("understudy_cassette: 1\nentries: " + "[" * 100_000)
    done = understudy("replay", *flags, directory=directory)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
