"""`understudy spec diff` and `understudy drift`, from flags to exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.drift.altered import Altered, served
from tests.unit.drift.documents import document, members
from understudy.app import create_server
from understudy.settings import Settings

TEXT = {"type": "string"}


def understudy(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UNDERSTUDY_")}
    return subprocess.run(
        [sys.executable, "-m", "understudy", *arguments],
        capture_output=True, text=True, timeout=100, check=False, cwd=directory, env=environment,
    )  # fmt: skip


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """`old.yaml`, `wider.json` with one more optional member of the request, and `broken.yaml`."""
    old = document(request=members(name=TEXT), answer=members("id", id=TEXT)).bundle
    wider = document(request=members(name=TEXT, size=TEXT), answer=members("id", id=TEXT)).bundle
    broken = document(request=members(name=TEXT), answer=members()).bundle
    (tmp_path / "old.yaml").write_text(yaml.safe_dump(old))
    (tmp_path / "wider.json").write_text(json.dumps(wider, indent=2))
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(broken))
    return tmp_path


@pytest.mark.parametrize(
    ("new", "flags", "code"),
    [
        ("old.yaml", [], 0),
        ("wider.json", [], 0),
        ("wider.json", ["--fail-on", "additive"], 1),
        ("broken.yaml", [], 1),
    ],
)
def test_the_exit_code_of_a_diff_follows_fail_on(specs: Path, new: str, flags: list[str], code: int) -> None:
    assert understudy("spec", "diff", "old.yaml", new, *flags, directory=specs).returncode == code


def test_a_diff_is_plain_lines_in_a_pipe(specs: Path) -> None:
    done = understudy("spec", "diff", "old.yaml", "broken.yaml", directory=specs)
    assert done.stdout.splitlines() == [
        "breaking: POST /things/{id} answer 200.id: is gone (clients that read it find nothing)",
        "old.yaml to broken.yaml: 1 breaking, 0 additive, 0 neutral",
    ]


def test_a_diff_as_json_and_as_sarif_with_lines(specs: Path) -> None:
    flags = ["--json", "--sarif", "out.sarif", "--fail-on", "additive"]
    done = understudy("spec", "diff", "old.yaml", "wider.json", *flags, directory=specs)
    told = json.loads(done.stdout)
    assert told["summary"] == {"breaking": 0, "additive": 1, "neutral": 0}
    assert told["changes"][0]["rule"] == "request-member-added"
    (result,) = json.loads((specs / "out.sarif").read_text())["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "wider.json"
    line = (specs / "wider.json").read_text().splitlines()[physical["region"]["startLine"] - 1]
    assert line.strip() == '"post": {'


def test_shipped_contracts_are_compared_by_name_and_profile(tmp_path: Path) -> None:
    done = understudy("spec", "diff", "vectara@seed", "vectara@sdk-0.4.3", directory=tmp_path)
    assert done.returncode == 1
    assert "additive: POST /v2/tools: is new (createTool) (nobody calls it yet)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["spec", "diff", "none.yaml", "vectara"],
            "none.yaml: is neither a file nor one of aivax, understudy, vectara",
        ),
        (["spec", "diff", "vectara@new", "vectara"], "vectara@new: has no profile 'new'; it has oas-"),
        (["spec", "diff", "bad.yaml", "vectara"], "bad.yaml: is no OpenAPI 3.0 document"),
        (["spec", "diff", "apart.yaml", "vectara"], "apart.yaml: refers to other files"),
        (["spec", "diff", "odd.yaml", "odd.yaml"], "odd.yaml"),
        (["drift", "--api", "vectara"], "--against, --target: give one of them"),
        (["drift", "--against", "."], "--spec, --api: give one of them"),
        (["drift", "--spec", "old.yaml", "--target", "http://127.0.0.1:1"], "--api: a live comparison needs"),
        (["drift", "--api", "vectara", "--target", "example"], "--target: has to begin with http://"),
        (
            ["drift", "--api", "vectara", "--target", "http://h", "--key", "$NO"],
            "--key: there is no variable NO",
        ),
        (
            ["drift", "--api", "vectara", "--target", "http://127.0.0.1:1", "--only", "lamps"],
            "--only: 'lamps' is no operation, tag or family",
        ),
        (
            ["drift", "--api", "vectara", "--target", "http://127.0.0.1:1", "--header", "lamps"],
            "--header: 'lamps' is no header",
        ),
        (["drift", "--api", "aivax", "--target", "http://127.0.0.1:1", "--oauth", "a:b"], "--oauth: takes"),
        (
            ["drift", "--api", "vectara", "--target", "http://127.0.0.1:1", "--oauth", "a:b"],
            "--oauth: gave no",
        ),
        (["drift", "--api", "vectara", "--against", "none"], "none: is neither a file nor a directory"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(specs: Path, arguments: list[str], said: str) -> None:
    (specs / "bad.yaml").write_text("swagger: '2.0'\n")
    (specs / "odd.yaml").write_text("openapi: 3.0.3\npaths: {/a: {get: {responses: {'200': 7}}}}\n")
    (specs / "apart.yaml").write_text("openapi: 3.0.3\npaths: {/a: {$ref: 'a.yaml'}}\n")
    done = understudy(*arguments, directory=specs)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert done.stderr.splitlines()[-1].startswith("understudy: ")
    assert "Traceback" not in done.stderr


class Heard:
    """A server of ours that keeps the headers of every request."""

    def __init__(self) -> None:
        self.inner = create_server(Settings(log_format="none"))
        self.headers: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        await self.inner(scope, receive, send)


@pytest.mark.parametrize(
    ("flags", "api_key", "authorization"),
    [
        ([], "zut_understudy", ""),
        (["--key", "zut_understudy"], "zut_understudy", ""),
        (["--header", "Authorization: Bearer zut_understudy"], "", "Bearer zut_understudy"),
        (["--oauth", "understudy:understudy-secret"], "", "Bearer ey"),
    ],
)
def test_the_target_gets_the_credential_that_was_given(
    tmp_path: Path, flags: list[str], api_key: str, authorization: str
) -> None:
    heard = Heard()
    common = ["--api", "vectara", "--only", "listCorpora", "--header", "X-Gateway: inner", "--json"]
    with served(heard) as url:
        done = understudy("drift", *common, "--target", url, *flags, directory=tmp_path)
    heard.inner.close()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["compared"] > 2
    asked = [one for one in heard.headers if one.get("x-gateway")]
    assert len(asked) > 2
    assert {one.get("x-api-key", "") for one in asked} == {api_key}
    assert all(one.get("authorization", "").startswith(authorization) for one in asked)
    assert not authorization or all(one["authorization"] for one in asked)


def test_nobody_at_the_address_is_exit_code_3(tmp_path: Path) -> None:
    done = understudy("drift", "--api", "vectara", "--target", "http://127.0.0.1:1", directory=tmp_path)
    assert done.returncode == 3
    assert "http://127.0.0.1:1: cannot be reached" in done.stderr


def test_recorded_answers_are_judged_by_a_file(specs: Path) -> None:
    rows = [
        {"method": "POST", "path": "/things/7", "status": 200, "response_body": body}
        for body in ('{"id": "7"}', '{"id": 7}')
    ]
    (specs / "calls.ndjson").write_text("\n".join(map(json.dumps, rows)))
    flags = ["--spec", "old.yaml", "--against", "calls.ndjson", "--sarif", "out.sarif"]
    done = understudy("drift", *flags, directory=specs)
    assert done.returncode == 1
    first, last = done.stdout.splitlines()
    assert first.startswith("error: changeThing 200 answer.id: UV104: answer.id")
    assert last == "old.yaml and calls.ndjson: 2 answers compared, 1 errors, 0 notes"
    (result,) = json.loads((specs / "out.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "UV104"
    line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert (specs / "old.yaml").read_text().splitlines()[line - 1].strip() == "post:"


def test_a_live_target_that_was_altered(tmp_path: Path) -> None:
    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if method == "POST" and path == "/v2/corpora" and status == 201:
            return 200, {**body, "colour": "red"}
        if path.startswith("/v2/corpora/understudy-verify") and path.count("/") == 3 and method == "GET":
            return status, {**body, "colour": "red"}
        return status, body

    altered = Altered(change)
    with served(altered) as url:
        flags = ["--api", "vectara", "--target", url, "--key", "zut_understudy", "--json"]
        done = understudy("drift", *flags, directory=tmp_path)
    altered.inner.close()
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["compared"] > 180
    seen = {(one["operation"], one["rule"]) for one in told["differences"]}
    assert seen == {("createCorpus", "status-differs"), ("getCorpus", "member-differs")}
    assert "family corpora" in done.stderr
