"""Dead letters of pipelines through HTTP. Spec tag: Pipeline Dead Letters."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from tests.apis.vectara.pipeline_world import (
    ADA,
    AGENT,
    BEN,
    EMPTY,
    PIPELINES,
    change,
    counts,
    letters,
    make,
    process,
    runs,
    slow,
    trigger,
)
from understudy.pytest_plugin import Understudy

PATH = f"{PIPELINES}/post/dead_letters"
NEVER = {**AGENT, "verification": {"type": "condition", "expression": "1 == 2"}}


@pytest.fixture(autouse=True)
def _frozen(understudy: Understudy) -> None:
    """Time moves when it is told to."""
    understudy.look(lambda world: world.clock.set_mode("frozen"))


def add(api: httpx.Client, record_id: str, **members: Any) -> dict[str, Any]:
    answer = api.post(PATH, json={"source_record_id": record_id, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_record_that_fails_becomes_a_dead_letter_once(understudy: Understudy, api: httpx.Client) -> None:
    make(api, sync_mode="full_refresh")
    first = trigger(api)
    letter = letters(api)[EMPTY]
    assert (letter["status"], letter["origin"], letter["attempt_count"]) == ("pending", "pipeline", 1)
    assert letter["last_run_id"] == first["id"]
    assert "empty" in letter["error_message"]
    assert read(api, f"{PATH}/{letter['id']}") == letter
    understudy.advance(seconds=1)
    second = trigger(api)
    again = letters(api)[EMPTY]
    assert (again["id"], again["attempt_count"], again["last_run_id"]) == (letter["id"], 2, second["id"])
    assert again["created_at"] == letter["created_at"] < again["updated_at"]


def test_a_record_that_goes_well_has_none_any_more(api: httpx.Client) -> None:
    make(api, transform=NEVER, sync_mode="full_refresh")
    trigger(api)
    assert set(letters(api)) == {ADA, BEN, EMPTY}
    change(api, transform=AGENT)
    trigger(api)
    assert set(letters(api)) == {EMPTY}


def test_a_retry_takes_the_pending_ones(api: httpx.Client) -> None:
    make(api, transform=NEVER)
    trigger(api)
    mark = read(api, f"{PIPELINES}/post")["watermark"]
    change(api, transform=AGENT)
    run = process(api)
    assert run["id"].startswith("run_post_retry_")
    assert (run["trigger_type"], run["status"], counts(run)) == ("retry", "completed", (3, 2, 1))
    assert letters(api)[EMPTY]["attempt_count"] == 2
    assert read(api, f"{PIPELINES}/post")["watermark"] == mark
    assert counts(process(api)) == (1, 0, 1)
    api.delete(f"{PATH}/{letters(api)[EMPTY]['id']}")
    assert counts(process(api)) == (0, 0, 0)


def test_every_filter_of_a_retry_narrows(api: httpx.Client) -> None:
    make(api, transform=NEVER)
    first = trigger(api)
    change(api, transform=AGENT)
    add(api, "mail/none.txt")
    assert counts(process(api, source_record_ids=[ADA])) == (1, 1, 0)
    assert counts(process(api, source_record_ids=[BEN], origin="manual")) == (0, 0, 0)
    assert counts(process(api, last_run_id="none")) == (0, 0, 0)
    assert counts(process(api, last_run_id=first["id"], origin="pipeline")) == (2, 1, 1)
    assert counts(process(api, source_record_ids=[])) == (0, 0, 0)
    assert set(letters(api)) == {EMPTY, "mail/none.txt"}


def test_a_retry_of_records_that_are_not_pending_is_refused(api: httpx.Client) -> None:
    make(api)
    trigger(api)
    before = letters(api), runs(api)
    answer = api.post(f"{PATH}/process", json={"source_record_ids": [EMPTY, ADA, "x"]})
    refused(answer, 400, "body.source_record_ids[1]", "body.source_record_ids[2]")
    refused(api.post(f"{PATH}/process", json={"origin": "x"}), 400, "body.origin")
    refused(api.post(f"{PATH}/process", json={"source_record_ids": "x"}), 400, "body.source_record_ids")
    assert (letters(api), runs(api)) == before


def test_a_record_that_left_the_source_fails_again(api: httpx.Client) -> None:
    make(api)
    letter = add(api, "gone.txt", error_message="The answer was wrong")
    assert (letter["origin"], letter["attempt_count"], letter["status"]) == ("manual", 0, "pending")
    assert letter["error_message"] == "The answer was wrong"
    assert "last_run_id" not in letter
    run = process(api)
    assert counts(run) == (0, 0, 1)
    after = letters(api)["gone.txt"]
    assert (after["origin"], after["attempt_count"], after["last_run_id"]) == ("manual", 1, run["id"])
    assert "no such record" in after["error_message"]


def test_a_record_is_marked_by_hand_once(api: httpx.Client) -> None:
    make(api)
    trigger(api)
    assert "error_message" not in add(api, ADA)
    before = letters(api)
    refused(api.post(PATH, json={"source_record_id": ADA}), 409)
    refused(api.post(PATH, json={"source_record_id": EMPTY}), 409)
    refused(api.post(PATH, json={}), 400, "body.source_record_id")
    refused(api.post(PATH, json={"source_record_id": ""}), 400, "body.source_record_id")
    assert letters(api) == before
    assert counts(process(api, origin="manual")) == (1, 1, 0)
    assert set(letters(api)) == {EMPTY}


def test_a_letter_is_retrying_while_its_run_is_active(understudy: Understudy, api: httpx.Client) -> None:
    make(api, transform=NEVER)
    trigger(api)
    change(api, transform=AGENT)
    slow(understudy, "polls", 3)
    run = process(api, source_record_ids=[ADA, BEN])
    assert run["status"] == "running"
    assert {letter["last_run_id"] for letter in letters(api, status="retrying").values()} == {run["id"]}
    assert set(letters(api, status="retrying")) == {ADA, BEN}
    assert set(letters(api, status="pending")) == {EMPTY}
    refused(api.post(f"{PATH}/process", json={"source_record_ids": [ADA]}), 400)
    refused(api.post(f"{PATH}/process", json={}), 409)
    runs(api)
    runs(api)
    assert set(letters(api)) == {BEN, EMPTY}
    assert api.delete(f"{PATH}/{letters(api)[BEN]['id']}").status_code == 204
    assert runs(api)[0]["status"] == "completed"
    assert set(letters(api)) == {EMPTY}


def test_letters_are_listed_narrowed_and_dismissed(api: httpx.Client) -> None:
    make(api, transform=NEVER)
    run = trigger(api)
    add(api, "x")
    pages = all_pages(api, PATH, "dead_letters", limit=3)
    assert [[one["source_record_id"] for one in page] for page in pages] == [[ADA, BEN, EMPTY], ["x"]]
    assert set(letters(api, origin="manual")) == {"x"}
    assert set(letters(api, last_run_id=run["id"], status="pending")) == {ADA, BEN, EMPTY}
    assert letters(api, last_run_id="none") == {}
    refused(api.get(PATH, params={"status": "dead"}), 400, "query.status")
    refused(api.get(PATH, params={"origin": "x"}), 400, "query.origin")
    first = read(api, PATH, limit=1)["metadata"]["page_key"]
    refused(api.get(PATH, params={"page_key": first, "origin": "manual"}), 400, "query.page_key")
    letter = letters(api)["x"]["id"]
    assert api.delete(f"{PATH}/{letter}").status_code == 204
    assert refused(api.delete(f"{PATH}/{letter}"), 404)["id"] == letter
    refused(api.get(f"{PATH}/{letter}"), 404)
    assert set(letters(api)) == {ADA, BEN, EMPTY}
