"""Pipelines through HTTP. Spec tag: Pipelines."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from tests.apis.vectara.pipeline_world import (
    AGENT,
    HOUR,
    PIPELINES,
    PLAIN,
    S3,
    change,
    counts,
    letters,
    make,
    runs,
    sessions,
    slow,
    trigger,
)
from understudy.pytest_plugin import Understudy

CREDENTIALS = {"access_key_id": "AKIASECRET", "secret_access_key": "very/secret"}


@pytest.fixture(autouse=True)
def _frozen(understudy: Understudy) -> None:
    """Time moves when it is told to; a world begins on Thursday, 1 January 2026 at midnight."""
    understudy.look(lambda world: world.clock.set_mode("frozen"))


def test_a_pipeline_is_made_and_read(api: httpx.Client) -> None:
    answer = api.post(PIPELINES, json={**PLAIN, "description": "All of it", "metadata": {"team": "a"}})
    made = answer.json()
    assert answer.status_code == 201
    assert made["key"].startswith("pip_post_room_")
    assert {name: made[name] for name in PLAIN} == PLAIN
    assert (made["description"], made["metadata"]) == ("All of it", {"team": "a"})
    assert (made["status"], made["enabled"], made["sync_mode"]) == ("active", True, "incremental")
    assert made["created_at"] == made["updated_at"]
    assert not {"watermark", "status_message"} & made.keys()
    assert read(api, f"{PIPELINES}/{made['key']}") == made


def test_a_key_is_given_once(api: httpx.Client) -> None:
    make(api)
    before = read(api, PIPELINES)
    refused(api.post(PIPELINES, json={**PLAIN, "key": "post"}), 409)
    assert read(api, PIPELINES) == before


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"name": ""}, "body.name"),
        ({"key": "no blank"}, "body.key"),
        ({"source": {"type": "ftp"}}, "body.source.type"),
        ({"source": {**S3, "bucket": 5}}, "body.source.bucket"),
        ({"trigger": {"type": "cron", "expression": "every day"}}, "body.trigger.expression"),
        ({"trigger": {"type": "cron"}}, "body.trigger.expression"),
        ({"trigger": {"type": "interval", "duration": "PT1S"}}, "body.trigger.duration"),
        ({"trigger": {"type": "never"}}, "body.trigger.type"),
        ({"transform": {"type": "agent", "agent_key": "none"}}, "body.transform.agent_key"),
        ({"transform": {"type": "agent"}}, "body.transform.agent_key"),
        (
            {"transform": {**AGENT, "verification": {"type": "agent", "agent_key": "none"}}},
            "body.transform.verification.agent_key",
        ),
        (
            {"transform": {**AGENT, "verification": {"type": "condition", "expression": "1 +"}}},
            "body.transform.verification.expression",
        ),
        (
            {"transform": {**AGENT, "verification": {"type": "condition", "expression": "knee()"}}},
            "body.transform.verification.expression",
        ),
        ({"sync_mode": "often"}, "body.sync_mode"),
        ({"enabled": "yes"}, "body.enabled"),
        ({"metadata": {"a": 1}}, "body.metadata.a"),
        ({"metadata": {"a": None}}, "body.metadata.a"),
    ],
)
def test_a_pipeline_with_faults_is_refused(api: httpx.Client, members: dict[str, Any], place: str) -> None:
    make(api)
    before = read(api, PIPELINES)
    refused(api.post(PIPELINES, json={**PLAIN, **members}), 400, place)
    if members.keys() != {"key"}:
        refused(api.put(f"{PIPELINES}/post", json={**PLAIN, **members}), 400, place)
    if members.keys().isdisjoint({"key"}) and members != {"metadata": {"a": None}}:
        refused(api.patch(f"{PIPELINES}/post", json=members), 400, place)
    assert read(api, PIPELINES) == before


@pytest.mark.parametrize("missing", ["name", "source", "trigger", "transform"])
def test_what_a_pipeline_cannot_do_without(api: httpx.Client, missing: str) -> None:
    body = {name: value for name, value in PLAIN.items() if name != missing}
    refused(api.post(PIPELINES, json=body), 400, f"body.{missing}")
    refused(api.put(f"{PIPELINES}/mail", json=body), 400, f"body.{missing}")


def test_credentials_are_never_told(understudy: Understudy, api: httpx.Client) -> None:
    made = make(api, source={**S3, **CREDENTIALS})
    assert made["source"] == S3
    assert change(api, source={"type": "s3", **CREDENTIALS})["source"] == S3
    assert (
        api.put(f"{PIPELINES}/post", json={**PLAIN, "source": {**S3, **CREDENTIALS}}).json()["source"] == S3
    )
    refused(api.post(PIPELINES, json={**PLAIN, "name": "", "source": {**S3, **CREDENTIALS}}), 400)
    told = str(read(api, PIPELINES)) + str(understudy.journal())
    assert "AKIASECRET" not in told
    assert "very/secret" not in told


def test_a_list_is_paged_and_narrowed(understudy: Understudy, api: httpx.Client) -> None:
    for number in range(4):
        make(api, key=f"p{number}", name=f"Tide {number}", enabled=number % 2 == 0)
    make(api, key="broken", name="Broken", source={**S3, "bucket": "none"})
    trigger(api, "broken")

    def keys(**narrowing: Any) -> list[str]:
        return [one["key"] for one in read(api, PIPELINES, limit=100, **narrowing)["pipelines"]]

    pages = all_pages(api, PIPELINES, "pipelines", limit=4)
    assert [[one["key"] for one in page] for page in pages] == [["mail", "p0", "p1", "p2"], ["p3", "broken"]]
    assert keys(filter="tide [12]") == ["p1", "p2"]
    assert keys(filter="inbox") == ["mail"]
    assert keys(enabled=False) == keys(status="paused") == ["p1", "p3"]
    assert keys(status="error") == ["broken"]
    assert keys(status="active", enabled=True) == ["mail", "p0", "p2"]
    assert keys(source_type="s3", filter="tide") == ["p0", "p1", "p2", "p3"]
    assert keys(source_type="sharepoint") == []
    first = read(api, PIPELINES, limit=1)["metadata"]["page_key"]
    refused(api.get(PIPELINES, params={"page_key": first, "enabled": True}), 400, "query.page_key")
    for name, value in {"source_type": "x", "status": "x", "filter": "(", "limit": 0}.items():
        refused(api.get(PIPELINES, params={name: value}), 400, f"query.{name}")


def test_a_change_merges_source_and_metadata(understudy: Understudy, api: httpx.Client) -> None:
    made = make(api, source={**S3, "prefix": "mail/"}, metadata={"a": "1", "b": "2"})
    understudy.advance(seconds=1)
    changed = change(api, source={"type": "s3", "region": "eu"}, metadata={"a": None, "c": "3", "d": None})
    assert changed["source"] == {**S3, "prefix": "mail/", "region": "eu"}
    assert changed["metadata"] == {"b": "2", "c": "3"}
    assert changed["updated_at"] > made["updated_at"]
    assert {**made, **{name: changed[name] for name in ("source", "metadata", "updated_at")}} == changed
    understudy.advance(seconds=1)
    assert change(api, name="Post Room", source={"type": "s3", "region": "eu"}) == changed
    assert change(api) == changed
    assert change(api, enabled=False, sync_mode="full_refresh")["status"] == "paused"


def test_a_replacement_leaves_nothing_of_the_old_one(api: httpx.Client) -> None:
    made = make(
        api, description="Old", metadata={"a": "1"}, enabled=False, source={**S3, "region": "eu"},
        sync_mode="full_refresh",
    )  # fmt: skip
    body = {**PLAIN, "name": "New"}
    replaced = api.put(f"{PIPELINES}/post", json={**body, "key": "post"}).json()
    assert "description" not in replaced
    assert {name: replaced[name] for name in body} == body
    assert (replaced["metadata"], replaced["enabled"], replaced["sync_mode"]) == ({}, True, "incremental")
    assert replaced["created_at"] == made["created_at"]
    refused(api.put(f"{PIPELINES}/post", json={**body, "key": "other"}), 400, "body.key")


def test_a_deleted_pipeline_is_gone_with_runs_and_letters_and_its_sessions_stay(
    understudy: Understudy, api: httpx.Client
) -> None:
    make(api)
    run = trigger(api)
    assert (len(sessions(api)), len(letters(api))) == (2 + 1, 1)
    assert api.delete(f"{PIPELINES}/post").status_code == 204
    assert len(sessions(api)) == 3
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", PLAIN),
        ("PATCH", "", {"name": "A"}),
        ("DELETE", "", None),
        ("POST", "/trigger", None),
        ("GET", "/runs", None),
        ("GET", f"/runs/{run['id']}", None),
        ("GET", "/dead_letters", None),
        ("POST", "/dead_letters", {"source_record_id": "a"}),
        ("POST", "/dead_letters/process", {}),
        ("GET", "/dead_letters/a", None),
        ("DELETE", "/dead_letters/a", None),
    ):
        assert refused(api.request(method, f"{PIPELINES}/post{path}", json=body), 404)["id"] == "post"
    make(api)
    assert runs(api) == []
    assert letters(api) == {}


def test_a_deletion_ends_the_active_run(understudy: Understudy, api: httpx.Client) -> None:
    slow(understudy, "millis", 3000)
    make(api, source={**S3, "prefix": "mail/"})
    trigger(api)
    understudy.advance(seconds=2)
    assert counts(runs(api)[0]) == (2, 1, 0)
    assert api.delete(f"{PIPELINES}/post").status_code == 204
    understudy.advance(seconds=2)
    assert [session["name"] for session in sessions(api)] == ["mail/ada.txt"]


def test_the_trigger_decides_when_it_runs(understudy: Understudy, api: httpx.Client) -> None:
    make(api, trigger={"type": "interval", "duration": "PT1H"}, sync_mode="full_refresh")
    understudy.advance(seconds=2 * HOUR + 60)
    found = [(run["trigger_type"], run["created_at"][11:16]) for run in runs(api)]
    assert found == [("scheduled", "02:00"), ("scheduled", "01:00")]
    change(api, trigger={"type": "cron", "expression": "30 * * * *"})
    understudy.advance(seconds=HOUR)
    assert runs(api)[0]["created_at"][11:16] == "02:30"
    change(api, trigger={"type": "manual"})
    understudy.advance(seconds=5 * HOUR)
    assert len(runs(api)) == 3


def test_a_pause_is_not_made_up_for_and_a_disabled_pipeline_runs_by_hand(
    understudy: Understudy, api: httpx.Client
) -> None:
    make(api, trigger={"type": "interval", "duration": "PT1H"}, enabled=False)
    understudy.advance(seconds=3 * HOUR + 60)
    assert trigger(api)["status"] == "completed"
    change(api, enabled=True)
    assert len(runs(api)) == 1
    understudy.advance(seconds=HOUR)
    assert [run["created_at"][11:16] for run in runs(api)] == ["04:00", "03:01"]


def test_only_the_latest_runs_are_made_up_for(understudy: Understudy, api: httpx.Client) -> None:
    make(api, trigger={"type": "interval", "duration": "PT1H"})
    understudy.advance(seconds=1_000_000 * HOUR)
    assert len(runs(api)) == 10
    assert len(runs(api)) == 10


def test_looking_at_the_agent_brings_its_pipelines_up_to_date(
    understudy: Understudy, api: httpx.Client
) -> None:
    make(api, trigger={"type": "interval", "duration": "PT1H"})
    understudy.advance(seconds=HOUR)
    assert {session["created_at"][11:16] for session in sessions(api)} == {"01:00"}


def test_only_personal_keys_open_pipelines(understudy: Understudy) -> None:
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as reader:
        refused(reader.get(PIPELINES), 403)
        refused(reader.post(f"{PIPELINES}/mail/trigger"), 403)
