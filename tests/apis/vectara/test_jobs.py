"""Jobs through HTTP. Spec tag: Jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, attribute, begin_from, make_corpus, read, refused
from understudy.apis.vectara.jobs import JobType
from understudy.pytest_plugin import BackgroundServer, Understudy

TYPES = get_args(JobType)
STATES = ("unknown", "queued", "started", "completed", "failed", "failed_will_retry", "aborted")
SEEDED = "corpora: [{key: c}]\njobs:\n" + "".join(
    f"  - {{id: job_{number}, type: {kind}, state: {state}, corpus_keys: [c], created_by_username: ada}}\n"
    for number, (kind, state) in enumerate((kind, state) for kind in TYPES for state in STATES)
)


def start(api: httpx.Client, key: str) -> str:
    """Start a job on a corpus, which is made when it is new."""
    if api.get(f"/v2/corpora/{key}").status_code == 404:
        make_corpus(api, key)
    body = {"filter_attributes": [attribute("a")]}
    answer = api.post(f"/v2/corpora/{key}/replace_filter_attributes", json=body)
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


def test_a_job_is_completed_at_once_by_default(api: httpx.Client) -> None:
    job = read(api, f"/v2/jobs/{start(api, 'c')}")
    assert job["id"].startswith("job_")
    assert (job["type"], job["corpus_keys"], job["state"]) == (
        "replace_filter_attributes",
        ["c"],
        "completed",
    )
    assert job["created_at"] <= job["started_at"] <= job["completed_at"]


def test_a_job_goes_from_queued_to_started_to_completed_with_the_clock(
    understudy: Understudy, api: httpx.Client
) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 10_000}})
    make_corpus(api, "c")
    understudy.look(lambda world: world.clock.set_mode("frozen"))
    job_id = start(api, "c")
    queued = read(api, f"/v2/jobs/{job_id}")
    understudy.advance(seconds=5)
    started = read(api, f"/v2/jobs/{job_id}")
    understudy.advance(seconds=5)
    completed = read(api, f"/v2/jobs/{job_id}")
    assert [job["state"] for job in (queued, started, completed)] == ["queued", "started", "completed"]
    assert not {"started_at", "completed_at"} & set(queued)
    assert "completed_at" not in started
    assert started["started_at"] == completed["started_at"]


def test_reading_the_list_counts_as_looking_at_jobs(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 2}})
    start(api, "c")
    states = [read(api, "/v2/jobs")["jobs"][0]["state"] for _ in range(3)]
    assert states == ["started", "completed", "completed"]


def test_jobs_are_listed_newest_first_page_by_page(api: httpx.Client) -> None:
    made = [start(api, f"c{number}") for number in range(12)][::-1]
    pages = all_pages(api, "/v2/jobs", "jobs")
    assert [len(page) for page in pages] == [10, 2]
    assert [job["id"] for page in pages for job in page] == made
    first = read(api, "/v2/jobs", limit=5)
    late = start(api, "late")
    rest = read(api, "/v2/jobs", limit=100, page_key=first["metadata"]["page_key"])
    assert [job["id"] for job in first["jobs"] + rest["jobs"]] == made
    assert read(api, "/v2/jobs", limit=1)["jobs"][0]["id"] == late


def test_jobs_narrow_to_corpora_states_and_a_time(understudy: Understudy, api: httpx.Client) -> None:
    first, second = start(api, "a"), start(api, "b")
    understudy.advance(seconds=60)
    middle = understudy.look(lambda world: world.clock.stamp())
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 1_000_000}})
    third = start(api, "c")

    def listed(**parameters: object) -> list[str]:
        return [job["id"] for job in api.get("/v2/jobs", params=parameters).json()["jobs"]]

    assert listed(corpus_key=["a", "c"]) == [third, first]
    assert listed(corpus_key="nowhere") == []
    assert listed(state=["completed"]) == [second, first]
    assert listed(state=["queued", "started"]) == [third]
    assert listed(state=["failed"]) == []
    assert listed(after=middle) == [third]
    assert listed(after="2026-01-01T01:00:00+01:00") == [third, second, first]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"state": "finished"}, "query.state"),
        ({"after": "yesterday"}, "query.after"),
        ({"after": "2026-01-01T00:00:00"}, "query.after"),
        ({"after": "2026-13-01T00:00:00Z"}, "query.after"),
        ({"corpus_key": "not a key"}, "query.corpus_key"),
        ({"limit": 0}, "query.limit"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.get("/v2/jobs", params=parameters), 400, field)


def test_an_unknown_job_is_named_and_a_malformed_id_is_refused(api: httpx.Client) -> None:
    assert refused(api.get("/v2/jobs/job_none"), 404)["id"] == "job_none"
    refused(api.get("/v2/jobs/none"), 400, "path.job_id")


def test_deleting_a_corpus_aborts_its_jobs_alone(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "millis", "amount": 1000}})
    gone, kept = start(api, "gone"), start(api, "kept")
    api.delete("/v2/corpora/gone")
    understudy.advance(seconds=2)
    assert read(api, f"/v2/jobs/{gone}")["state"] == "aborted"
    assert read(api, f"/v2/jobs/{kept}")["state"] == "completed"
    make_corpus(api, "gone")
    read(api, "/v2/jobs")
    assert read(api, "/v2/corpora/gone")["filter_attributes"] == []


def test_a_refused_list_is_no_look(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 1}})
    start(api, "c")
    refused(api.get("/v2/jobs", params={"page_key": "x"}), 400, "query.page_key")
    jobs = understudy.look(lambda world: [t for t in world.store.dump() if t["kind"] == "job"])
    assert jobs[0]["rows"][0]["value"]["state"] == "queued"


def test_a_bulk_delete_is_a_job_of_its_type(understudy: Understudy, api: httpx.Client) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 2}})
    other = start(api, "c")
    answer = api.delete("/v2/corpora/handbook/documents", params={"document_ids": ["travel"]})
    job_id = answer.json()["job_id"]
    path = "/v2/jobs"
    (job,) = read(api, path, corpus_key="handbook")["jobs"]
    assert (job["id"], job["type"], job["state"]) == (job_id, "bulk_delete_documents", "started")
    assert [one["id"] for one in read(api, path)["jobs"]] == [job_id, other]
    assert read(api, f"/v2/jobs/{job_id}")["state"] == "completed"
    refused(api.get("/v2/corpora/handbook/documents/travel"), 404)


def test_jobs_of_every_type_in_every_state(understudy_server: BackgroundServer, tmp_path: Path) -> None:
    with begin_from(understudy_server, "every-job", tmp_path / "jobs.yaml", SEEDED) as api:

        def told(**narrowing: Any) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = read(api, "/v2/jobs", limit=100, **narrowing)["jobs"]
            return found

        assert [(job["type"], job["state"]) for job in told()][::-1] == [
            (kind, state) for kind in TYPES for state in STATES
        ]
        assert told() == told(corpus_key="c")
        for state in STATES:
            assert [job["type"] for job in told(state=state)] == list(TYPES)[::-1]
        begun = {job["state"] for job in told() if "started_at" in job}
        assert begun == {"started", "completed", "failed", "failed_will_retry"}
        assert {job["state"] for job in told() if "completed_at" in job} == {"completed", "failed", "aborted"}
        assert {job["created_by_username"] for job in told()} == {"ada"}
        assert read(api, "/v2/jobs/job_3") == told()[-4]
        body = {"filter_attributes": []}
        refused(api.post("/v2/corpora/c/replace_filter_attributes", json=body), 409)
        assert api.delete("/v2/corpora/c").status_code == 204
        assert told(state=["queued", "started"]) == []
        assert len(told(state="aborted")) == 3 * len(TYPES)
