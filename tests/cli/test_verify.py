"""`understudy verify` as a process against servers on loopback, and what belongs to it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import orjson
import pytest

from tests.cli.test_serve import Running
from understudy.conformance import run as running
from understudy.conformance.codes import CODES
from understudy.conformance.contract import Contract
from understudy.conformance.lifecycles import families
from understudy.engine import spec
from understudy.settings import data_directory

KEY = "zut_understudy"
HEADERS = {"x-api-key": KEY}
BASE = [sys.executable, "-m", "understudy"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = Running(tmp_path_factory.mktemp("served"))
    yield server
    server.stop()


def understudy(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UNDERSTUDY_")}
    return subprocess.run(
        [*BASE, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def verify(server: Running, cwd: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    wanted = ("verify", "--api", "vectara", "--target", server.url, "--key", KEY, "--examples", "1")
    return understudy(*wanted, *flags, cwd=cwd)


def listed(server: Running, path: str, items: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = httpx.get(
        f"{server.url}{path}", headers=HEADERS, params={"limit": 100}
    ).json()[items]
    return rows


def test_our_server_passes_and_nothing_stays_behind(server: Running, tmp_path: Path) -> None:
    before = listed(server, "/v2/corpora", "corpora"), listed(server, "/v2/api_keys", "api_keys")
    flags = ("--only", "jobs", "--only", "corpora", "--only", "query", "--other-key", f"{KEY}@other")
    result = verify(server, tmp_path, *flags, "--report", "junit,html,har,markdown,ndjson")
    assert result.returncode == 0, result.stdout
    assert "0 findings; score 100.0 %" in result.stdout
    assert "left behind" not in result.stdout
    after = listed(server, "/v2/corpora", "corpora"), listed(server, "/v2/api_keys", "api_keys")
    assert after == before
    reports = tmp_path / "understudy-report"
    told = orjson.loads((reports / "report.json").read_bytes())
    assert told["score"]["passed"] == told["score"]["reached"] > 0
    cases = ElementTree.fromstring((reports / "junit.xml").read_text("utf-8")).iter("testcase")
    assert len(list(cases)) == told["score"]["applicable"]
    page = (reports / "index.html").read_text("utf-8")
    assert "Nothing was found." in page
    assert not re.findall(r"(?:src|href)=", page), "the page needs nothing else"
    assert "Nothing was found." in (reports / "summary.md").read_text("utf-8")
    lines = (reports / "report.ndjson").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["kind"] == "score"
    assert orjson.loads((reports / "findings.har").read_bytes())["log"]["entries"] == []


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A contract that our server does not keep: it wants a member that no corpus has."""
    bundle = orjson.loads(orjson.dumps(spec.load(data_directory("specs") / "vectara")))
    bundle["components"]["schemas"]["Job"]["required"].append("colour")
    bundle["components"]["schemas"]["Corpus"]["required"].append("colour")
    file = tmp_path / "broken.json"
    file.write_bytes(orjson.dumps(bundle))
    return file


def test_findings_are_told_replayed_explained_and_silenced(
    server: Running, broken: Path, tmp_path: Path
) -> None:
    flags = ("verify", "--spec", str(broken), "--target", server.url, "--header", f"x-api-key: {KEY}")
    flags = (*flags, "--only", "listCorpora", "--only", "getCorpus", "--examples", "1", "--safe")
    result = understudy(*flags, "--report", "junit,html,har,markdown,ndjson,sarif", cwd=tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "FAIL  listCorpora: body breaks its schema (UV104)" in result.stdout
    assert "$UNDERSTUDY_KEY" in result.stdout
    reports = tmp_path / "understudy-report"
    written = "".join(file.read_text("utf-8") for file in reports.iterdir())
    assert KEY not in written, "no report tells the key"
    findings = orjson.loads((reports / "report.json").read_bytes())["findings"]
    (case,) = [one["id"] for one in findings if one["operation"] == "listCorpora"]
    assert "colour" in next(one["message"] for one in findings if one["id"] == case)

    again = understudy("replay-case", case, "--key", KEY, cwd=tmp_path)
    assert again.returncode == 1, "the answer is still the same"
    assert "200 then, 200 now" in again.stdout
    refused = understudy("replay-case", case, "--key", "zut_wrong", cwd=tmp_path)
    assert refused.returncode == 0
    assert "200 then, 401 now" in refused.stdout
    explained = understudy("explain", "uv104", cwd=tmp_path)
    assert CODES["UV104"].rule in explained.stdout

    baseline = tmp_path / "known.txt"
    baseline.write_text("".join(f"{one['id']}  # {one['message']}\n" for one in findings), "utf-8")
    quiet = understudy(*flags, "--baseline", str(baseline), cwd=tmp_path)
    assert quiet.returncode == 0, quiet.stdout
    assert f"0 findings, {len(findings)} known" in quiet.stdout
    baseline.write_text(f"{case}\n", "utf-8")
    others = understudy(*flags, "--baseline", str(baseline), cwd=tmp_path)
    assert others.returncode == (1 if len(findings) > 1 else 0)
    left = orjson.loads((reports / "report.json").read_bytes())["findings"]
    assert {one["id"] for one in left} == {one["id"] for one in findings} - {case}


def test_a_foreign_host_gets_only_what_changes_nothing(server: Running, tmp_path: Path) -> None:
    before = httpx.get(f"{server.url}/v2/corpora", headers=HEADERS).json()
    result = verify(server, tmp_path, "--safe", "--only", "corpora")
    assert result.returncode == 0, result.stdout
    assert "left out since they change things (--allow-write calls them)" in result.stdout
    told = orjson.loads((tmp_path / "understudy-report" / "report.json").read_bytes())
    assert told["options"]["safe"] is True
    assert "createCorpus" in told["operations"]
    assert set(told["operations"]["createCorpus"]["verdicts"].values()) == {"not reached"}
    assert httpx.get(f"{server.url}/v2/corpora", headers=HEADERS).json() == before


def test_ctrl_c_leaves_nothing_behind(server: Running, tmp_path: Path) -> None:
    before = listed(server, "/v2/corpora", "corpora")
    flags = ["--api", "vectara", "--target", server.url, "--key", KEY, "--examples", "200"]
    process = subprocess.Popen(
        [*BASE, "verify", *flags, "--only", "corpora"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while listed(server, "/v2/corpora", "corpora") == before:
        assert time.monotonic() < deadline, "nothing was made"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "ended early: interrupt" in output
    assert listed(server, "/v2/corpora", "corpora") == before


def test_a_budget_ends_the_run(server: Running, tmp_path: Path) -> None:
    result = verify(server, tmp_path, "--budget", "1", "--examples", "500", "--only", "corpora")
    assert result.returncode == 0, result.stdout
    assert "ended early: budget" in result.stdout


def test_nobody_there_is_three(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        target = f"http://127.0.0.1:{taken.getsockname()[1]}"
    result = understudy("verify", "--api", "vectara", "--target", target, cwd=tmp_path)
    assert result.returncode == 3
    assert result.stderr.startswith(f"understudy: {target}: cannot be reached")
    assert not (tmp_path / "understudy-report").exists()


def test_nothing_verified_is_four(server: Running, tmp_path: Path) -> None:
    result = verify(server, tmp_path, "--safe", "--only", "createCorpus")
    assert result.returncode == 4, result.stdout


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--only", "kilns"), "--only: 'kilns' is no operation, tag or family of this contract"),
        (("--shard", "5/4"), "--shard: '5/4' is no part such as 2/4"),
        (("--report", "pdf"), "--report: no form 'pdf'; there is json, ndjson, junit"),
        (("--baseline", "none.txt"), "none.txt: cannot be read: No such file or directory"),
        (("--header", "nonsense"), "--header: 'nonsense' is no header; write 'Name: value'"),
        (("--oauth", "nonsense"), "--oauth: takes CLIENT_ID:CLIENT_SECRET"),
        (("--oauth", "a:b"), "--oauth: gave no token"),
        (("--spec", "x.yaml"), "--api, --spec: give one of the two"),
    ],
)
def test_a_wrong_flag_is_one_line(server: Running, tmp_path: Path, flags: tuple[str, ...], told: str) -> None:
    result = verify(server, tmp_path, *flags)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"understudy: {told}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("verify", "--api", "nix", "--target", "http://x"), "--api: no API 'nix'; there is vectara, aivax"),
        (("verify", "--api", "aivax", "--target", "ftp://x"), "--target: has to begin with http"),
        (("verify", "--spec", "no.yaml", "--target", "http://x"), "no.yaml: cannot be read"),
        (("verify", "--spec", "list.json", "--target", "http://x"), "list.json: is no OpenAPI 3.0 document"),
        (
            ("verify", "--spec", "bad.yaml", "--target", "http://x"),
            "bad.yaml: is no valid OpenAPI 3.0 document: paths//x/get",
        ),
        (
            ("replay-case", "abc"),
            "understudy-report/report.json: is not there; `understudy",
        ),
        (("explain", "UV999"), "explain: no code 'UV999'; there is UV101"),
    ],
)
def test_what_is_not_there_is_one_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "bad.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: x, version: x}\npaths: {/x: {get: {}}}\n"
    )
    result = understudy(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"understudy: {told}")


def test_a_token_is_taken_for_a_client(server: Running, tmp_path: Path) -> None:
    body = {"type": "client_credentials", "name": "judge", "api_roles": ["owner"]}
    made = httpx.post(f"{server.url}/v2/app_clients", headers=HEADERS, json=body).json()
    wanted = ("verify", "--api", "vectara", "--target", server.url, "--examples", "1", "--only", "listJobs")
    flags = ("--oauth", f"{made['client_id']}:{made['client_secret']}")
    result = understudy(*wanted, *flags, cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    assert made["client_secret"] not in result.stdout


@pytest.mark.parametrize("api", ["vectara", "aivax"])
def test_every_operation_and_family_is_in_exactly_one_shard(api: str) -> None:
    contract = Contract(spec.load(data_directory("specs") / api), api)
    operations: list[str] = []
    walked: list[str] = []
    for number in range(1, 5):
        options = running.Options(shard=(number, 4))
        operations += [one.id for one in running.chosen(contract, options)]
        walked += [one.name for one in running.chosen_families(contract, options)]
    assert sorted(operations) == sorted(contract.operations)
    assert sorted(walked) == sorted(families(api))
