"""What the tests of pipelines share: a pipeline over the shipped bucket, and its runs and dead letters."""

from __future__ import annotations

from typing import Any

import httpx

from tests.apis.vectara.conftest import read
from understudy.pytest_plugin import Understudy
from understudy.state.lifecycle import Dial, Pace

PIPELINES = "/v2/pipelines"
ADA, BEN, CLEO, EMPTY = "mail/ada.txt", "mail/ben.txt", "mail/cleo.txt", "notes/empty.txt"
S3: dict[str, Any] = {"type": "s3", "bucket": "inbox"}
AGENT: dict[str, Any] = {"type": "agent", "agent_key": "front-desk"}
MANUAL: dict[str, Any] = {"type": "manual"}
PLAIN: dict[str, Any] = {"name": "Post Room", "source": S3, "trigger": MANUAL, "transform": AGENT}
HOUR = 3600


def make(api: httpx.Client, **members: Any) -> dict[str, Any]:
    answer = api.post(PIPELINES, json={**PLAIN, "key": "post", **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(api: httpx.Client, **members: Any) -> dict[str, Any]:
    answer = api.patch(f"{PIPELINES}/post", json=members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def trigger(api: httpx.Client, key: str = "post") -> dict[str, Any]:
    answer = api.post(f"{PIPELINES}/{key}/trigger")
    assert answer.status_code == 201, answer.text
    return answer.json()


def process(api: httpx.Client, **filters: Any) -> dict[str, Any]:
    answer = api.post(f"{PIPELINES}/post/dead_letters/process", json=filters)
    assert answer.status_code == 201, answer.text
    return answer.json()


def runs(api: httpx.Client, **narrowing: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(api, f"{PIPELINES}/post/runs", limit=100, **narrowing)["runs"]
    return found


def letters(api: httpx.Client, **narrowing: Any) -> dict[str, dict[str, Any]]:
    found = read(api, f"{PIPELINES}/post/dead_letters", limit=100, **narrowing)["dead_letters"]
    return {letter["source_record_id"]: letter for letter in found}


def counts(run: dict[str, Any]) -> tuple[int, int, int]:
    return run["records_fetched"], run["records_processed"], run["records_failed"]


def sessions(api: httpx.Client, agent_key: str = "front-desk") -> list[dict[str, Any]]:
    """Those that pipelines began."""
    found = read(api, f"/v2/agents/{agent_key}/sessions", limit=100)["sessions"]
    return [session for session in found if "pipeline_key" in session["metadata"]]


def events(api: httpx.Client, session: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/v2/agents/{session['agent_key']}/sessions/{session['key']}/events"
    found: list[dict[str, Any]] = read(api, path, limit=100)["events"]
    return found


def slow(understudy: Understudy, pace: Pace, amount: int) -> None:
    understudy.look(lambda world: world.lifecycle.dials.update(pipelines=Dial(pace, amount)))
