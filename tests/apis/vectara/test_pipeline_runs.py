"""Runs of pipelines through HTTP. Spec tag: Pipeline Runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, read, refused
from tests.apis.vectara.pipeline_world import (
    ADA,
    AGENT,
    BEN,
    CLEO,
    EMPTY,
    HOUR,
    PIPELINES,
    S3,
    change,
    counts,
    events,
    letters,
    make,
    runs,
    sessions,
    slow,
    trigger,
)
from understudy.apis.vectara.pipeline_records import approves
from understudy.pytest_plugin import BackgroundServer, Understudy

MAIL = {**S3, "prefix": "mail/"}
WEEK = 7 * 24 * HOUR
DAY = 24 * HOUR * 1000
SHELF = """
agents:
  - key: front-desk
    name: Clerk
    model: {name: gpt-4o}
    tool_configurations: {}
    first_step: {instructions: [], output_parser: {type: default}}
pipeline_sources:
  - bucket: shelf
    records:
      - {id: a, text: Old.}
      - {id: a, text: New., updated_at: "2026-01-01T12:00:00Z"}
      - {id: b, content: {rows: [1, null]}}
"""


@pytest.fixture(autouse=True)
def _frozen(understudy: Understudy) -> None:
    """Time moves when it is told to; a world begins on Thursday, 1 January 2026 at midnight."""
    understudy.look(lambda world: world.clock.set_mode("frozen"))


def verified(**verification: Any) -> dict[str, Any]:
    return {**AGENT, "verification": verification}


def judge(api: httpx.Client, template: str) -> None:
    step = {
        "instructions": [{"type": "inline", "name": "i", "template": template}],
        "output_parser": {"type": "default"},
    }
    body = {"key": "judge", "name": "Judge", "model": {"name": "gpt-4o"}, "first_step": step}
    answer = api.post("/v2/agents", json={**body, "tool_configurations": {}})
    assert answer.status_code == 201, answer.text


def test_every_record_gets_a_session(understudy: Understudy, api: httpx.Client) -> None:
    make(api, source=MAIL)
    run = trigger(api)
    assert run["id"].startswith("run_post_manual_")
    assert (run["pipeline_key"], run["agent_key"], run["trigger_type"]) == ("post", "front-desk", "manual")
    assert (run["status"], counts(run)) == ("completed", (2, 2, 0))
    assert run["started_at"] == run["created_at"] == run["completed_at"]
    assert "error" not in run
    assert read(api, f"{PIPELINES}/post/runs/{run['id']}") == run
    told = {session["name"]: session for session in sessions(api)}
    assert set(told) == {ADA, BEN}
    names = {"pipeline_key": "post", "run_id": run["id"], "source_record_id": ADA}
    assert told[ADA]["metadata"] == {"from": "Ada", **names}
    first, *_, last = events(api, told[ADA])
    assert first["messages"][0]["content"] == "How many days of paid leave do employees have?"
    assert "27 days of paid leave" in last["content"]


def test_a_record_that_fails_leaves_the_others_alone(api: httpx.Client) -> None:
    make(api)
    run = trigger(api)
    assert (run["status"], counts(run)) == ("completed", (3, 2, 1))
    assert set(letters(api)) == {EMPTY}


def test_incremental_runs_read_what_is_new(understudy: Understudy, api: httpx.Client) -> None:
    make(api, source=MAIL)
    first = trigger(api)
    mark = read(api, f"{PIPELINES}/post")["watermark"]
    assert mark == {"value": first["started_at"], "updated_at": first["completed_at"]}
    assert counts(trigger(api)) == (0, 0, 0)
    understudy.advance(seconds=WEEK)
    run = trigger(api)
    assert counts(run) == (1, 1, 0)
    assert [s["name"] for s in sessions(api) if s["metadata"]["run_id"] == run["id"]] == [CLEO]
    assert read(api, f"{PIPELINES}/post")["watermark"]["value"] == run["started_at"]
    assert counts(trigger(api)) == (0, 0, 0)


def test_a_full_refresh_reads_everything(understudy: Understudy, api: httpx.Client) -> None:
    make(api, source=MAIL, sync_mode="full_refresh")
    assert [counts(trigger(api)) for _ in range(2)] == [(2, 2, 0)] * 2
    understudy.advance(seconds=WEEK)
    assert counts(trigger(api)) == (3, 3, 0)


def test_another_source_is_read_from_its_beginning(api: httpx.Client) -> None:
    make(api, source=MAIL)
    trigger(api)
    assert "watermark" not in change(api, source={"type": "s3", "prefix": "mail/a"})
    assert counts(trigger(api)) == (1, 1, 0)


def test_records_have_versions_and_may_be_json(understudy_server: BackgroundServer, tmp_path: Path) -> None:
    with begin_from(understudy_server, "shelf", tmp_path / "shelf.yaml", SHELF) as api:

        def said() -> list[str]:
            return sorted(events(api, one)[0]["messages"][0]["content"] for one in sessions(api))

        make(api, source={"type": "s3", "bucket": "shelf"})
        assert counts(trigger(api)) == (2, 2, 0)
        assert said() == ["Old.", '{"rows":[1,null]}']
        understudy_server.on_loop(lambda: understudy_server.server.worlds.get("shelf").clock.advance(DAY))
        assert counts(trigger(api)) == (1, 1, 0)
        assert said() == ["New.", "Old.", '{"rows":[1,null]}']


@pytest.mark.parametrize(
    ("source", "reason"), [({"type": "s3", "bucket": "none"}, "'none'"), ({"type": "s3"}, "no bucket")]
)
def test_a_source_that_is_not_there_fails_the_run(
    api: httpx.Client, source: dict[str, Any], reason: str
) -> None:
    make(api, source=source)
    run = trigger(api)
    assert (run["status"], counts(run)) == ("failed", (0, 0, 0))
    assert reason in run["error"]
    pipeline = read(api, f"{PIPELINES}/post")
    assert (pipeline["status"], pipeline["status_message"]) == ("error", run["error"])
    assert "watermark" not in pipeline
    change(api, source=MAIL)
    assert trigger(api)["status"] == "completed"
    pipeline = read(api, f"{PIPELINES}/post")
    assert pipeline["status"] == "active"
    assert "status_message" not in pipeline


def test_an_agent_that_is_disabled_or_gone_fails_the_run(api: httpx.Client) -> None:
    make(api)
    api.patch("/v2/agents/front-desk", json={"enabled": False})
    assert "disabled" in trigger(api)["error"]
    api.delete("/v2/agents/front-desk")
    assert "not found" in trigger(api)["error"]
    assert [run["status"] for run in runs(api)] == ["failed", "failed"]
    assert letters(api) == {}


def test_a_condition_decides_what_went_well(api: httpx.Client) -> None:
    expression = "get('$.record.metadata.from') == 'Ada' && get('$.output.text') != ''"
    make(api, source=MAIL, transform=verified(type="condition", expression=expression))
    assert counts(trigger(api)) == (2, 1, 1)
    assert letters(api)[BEN]["error_message"].endswith(expression)


def test_a_condition_sees_what_the_agent_did(api: httpx.Client) -> None:
    expression = (
        "get('$.tools.handbook.outputs.latest.search_results[0].document_id') == 'holidays'"
        " && get('$.agent.key') == 'front-desk' && get('$.session.metadata.pipeline_key') == 'post'"
        " && get('$.currentDate') == '2026-01-01'"
    )
    make(api, source=MAIL, transform=verified(type="condition", expression=expression))
    assert counts(trigger(api)) == (2, 1, 1)
    assert set(letters(api)) == {BEN}


def test_a_judge_gets_the_record_and_the_answer(api: httpx.Client) -> None:
    judge(api, "Records are processed as they should be.")
    make(api, source={**S3, "prefix": ADA}, transform=verified(type="agent", agent_key="judge"))
    assert counts(trigger(api)) == (1, 1, 0)
    (session,) = sessions(api, "judge")
    told = events(api, session)[0]["messages"][0]["content"]
    assert "How many days of paid leave do employees have?" in told
    assert "27 days of paid leave" in told


def test_a_judge_that_is_gone_rejects(api: httpx.Client) -> None:
    judge(api, "Say yes.")
    make(api, source=MAIL, transform=verified(type="agent", agent_key="judge"))
    api.delete("/v2/agents/judge")
    assert counts(trigger(api)) == (2, 0, 2)
    assert "judge" in letters(api)[ADA]["error_message"]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("Yes, it was.", True),
        ("No.", False),
        ("  not at all", False),
        ("FAILED: no date", False),
        ("Rejected", False),
        ("Nothing is missing", True),
        ("", True),
        ("true", True),
        ("false", False),
        ('{"why": "no date", "passed": false}', False),
        ('{"why": "no", "passed": true, "sure": false}', True),
        ('{"why": "no"}', True),
        ("[1]", True),
    ],
)
def test_what_counts_as_a_yes(verdict: str, expected: bool) -> None:
    assert approves(verdict) is expected


def test_one_run_at_a_time_counted_in_looks(understudy: Understudy, api: httpx.Client) -> None:
    slow(understudy, "polls", 2)
    make(api, source=MAIL)
    run = trigger(api)
    assert (run["status"], counts(run)) == ("running", (2, 0, 0))
    assert "completed_at" not in run
    refused(api.post(f"{PIPELINES}/post/trigger"), 409)
    refused(api.post(f"{PIPELINES}/post/dead_letters/process", json={}), 409)
    assert read(api, f"{PIPELINES}/post")["status"] == "initializing"
    assert "watermark" not in read(api, f"{PIPELINES}/post")
    assert counts(runs(api)[0]) == (2, 1, 0)
    done = read(api, f"{PIPELINES}/post/runs/{run['id']}")
    assert (done["status"], counts(done)) == ("completed", (2, 2, 0))
    assert read(api, f"{PIPELINES}/post")["status"] == "active"
    assert trigger(api)["status"] == "running"
    assert read(api, f"{PIPELINES}/post")["status"] == "active"


def test_a_run_that_takes_time_ends_when_its_time_is_over(understudy: Understudy, api: httpx.Client) -> None:
    slow(understudy, "millis", 90 * 60_000)
    make(api, source=MAIL, trigger={"type": "interval", "duration": "PT1H"}, sync_mode="full_refresh")
    understudy.advance(seconds=5 * HOUR)
    found = [
        (run["status"], run["started_at"][11:16], run.get("completed_at", "")[11:16]) for run in runs(api)
    ]
    assert found == [
        ("running", "05:00", ""),
        ("completed", "03:00", "04:30"),
        ("completed", "01:00", "02:30"),
    ]


def test_runs_are_listed_newest_first_and_narrowed(understudy: Understudy, api: httpx.Client) -> None:
    make(api, source={**S3, "bucket": "none"})
    failed = trigger(api)
    change(api, source=MAIL)
    understudy.advance(seconds=60)
    made = [trigger(api)["id"] for _ in range(3)]
    pages = all_pages(api, f"{PIPELINES}/post/runs", "runs", limit=3)
    assert [[run["id"] for run in page] for page in pages] == [made[::-1], [failed["id"]]]
    assert [run["id"] for run in runs(api, status="failed")] == [failed["id"]]
    assert [run["id"] for run in runs(api, after=failed["created_at"])] == made[::-1]
    assert runs(api, status="cancelled") == []
    path = f"{PIPELINES}/post/runs"
    refused(api.get(path, params={"status": "done"}), 400, "query.status")
    refused(api.get(path, params={"after": "today"}), 400, "query.after")
    first = read(api, path, limit=1)["metadata"]["page_key"]
    refused(api.get(path, params={"page_key": first, "status": "failed"}), 400, "query.page_key")
    assert refused(api.get(f"{path}/none"), 404)["id"] == "none"
