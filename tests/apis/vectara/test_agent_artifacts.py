"""Artifacts of agent sessions through HTTP. Spec tag: Agent Sessions."""

from __future__ import annotations

import base64
import hashlib

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from tests.apis.vectara.talking import artifacts, begin, make_agent, say, types, upload
from understudy.pytest_plugin import Understudy

MONDAY = "/v2/agents/front-desk/sessions/monday"


@pytest.fixture
def session(api: httpx.Client) -> str:
    return begin(api, make_agent(api))


def test_an_artifact_of_the_fixture_is_listed_and_read(api: httpx.Client) -> None:
    (one,) = artifacts(api, MONDAY)
    assert "data" not in one
    assert (one["artifact_id"], one["filename"]) == ("art_opening_hours", "opening_hours.txt")
    whole = read(api, f"{MONDAY}/artifacts/art_opening_hours")
    content = base64.b64decode(whole.pop("data"))
    assert whole == one
    assert content.startswith(b"Monday to Friday")
    assert (one["size_bytes"], one["mime_type"]) == (len(content), "text/plain")
    assert one["checksum_sha256"] == hashlib.sha256(content).hexdigest()


def test_uploads_become_artifacts_with_ids_from_their_names(api: httpx.Client, session: str) -> None:
    content = bytes(range(256))
    upload(api, session, "", ("Jahres Bericht (2).PDF", content, ""), ("日本.txt", b"", "text/plain"))
    report, empty = artifacts(api, session)
    assert report["artifact_id"].startswith("art_jahres_bericht_2_")
    assert empty["artifact_id"].startswith("art_file_")
    assert (report["filename"], empty["filename"], empty["size_bytes"]) == (
        "Jahres Bericht (2).PDF",
        "日本.txt",
        0,
    )
    whole = read(api, f"{session}/artifacts/{report['artifact_id']}")
    assert base64.b64decode(whole["data"]) == content
    assert read(api, f"{session}/artifacts/{empty['artifact_id']}")["data"] == ""


def test_artifacts_are_sorted_over_pages(understudy: Understudy, api: httpx.Client, session: str) -> None:
    for number in range(7):
        upload(api, session, "", (f"n{number}.txt", b"x", "text/plain"))
        understudy.advance(seconds=1)
    oldest = [f"n{number}.txt" for number in range(7)]
    for sort_by in ("created_at", "updated_at"):
        for order_by, names in (("asc", oldest), ("desc", oldest[::-1])):
            asked = {"sort_by": sort_by, "order_by": order_by, "limit": 3}
            pages = all_pages(api, f"{session}/artifacts", "artifacts", **asked)
            assert [len(page) for page in pages] == [3, 3, 1]
            assert [one["filename"] for page in pages for one in page] == names
    first = read(api, f"{session}/artifacts", limit=3)["metadata"]["page_key"]
    bad = {"page_key": first, "order_by": "desc"}
    refused(api.get(f"{session}/artifacts", params=bad), 400, "query.page_key")
    refused(api.get(f"{session}/artifacts", params={"sort_by": "name"}), 400, "query.sort_by")
    refused(api.get(f"{session}/artifacts", params={"order_by": "up"}), 400, "query.order_by")
    refused(api.get(f"{session}/artifacts", params={"limit": 0}), 400, "query.limit")


def test_what_is_not_there_is_404(api: httpx.Client) -> None:
    assert refused(api.get(f"{MONDAY}/artifacts/art_none"), 404)["id"] == "art_none"
    refused(api.get(f"{MONDAY}/artifacts/none"), 404)


def test_artifacts_go_with_their_session(api: httpx.Client, session: str) -> None:
    upload(api, session, "", ("a.txt", b"alpha", "text/plain"))
    api.delete(session)
    again = begin(api, session.rpartition("/")[0], key=session.rpartition("/")[2])
    assert artifacts(api, again) == []


def test_the_same_file_twice_is_two_artifacts(api: httpx.Client, session: str) -> None:
    for _ in range(2):
        upload(api, session, "", ("a.txt", b"alpha", "text/plain"))
    assert len({one["artifact_id"] for one in artifacts(api, session)}) == 2


def test_a_thousand_artifacts_do_not_drown_the_session(api: httpx.Client) -> None:
    tools = {kind: {"type": kind} for kind in ("artifact_read", "artifact_grep", "document_conversion")}
    session = begin(api, make_agent(api, tools=tools))
    for lot in range(10):
        names = [(f"report-of-the-month-{lot}-{number}.txt", b"x", "text/plain") for number in range(100)]
        upload(api, session, "", *names)
    assert len(artifacts(api, session)) == 1000
    told = say(api, session, "What does report-of-the-month-3-33.txt say?")
    assert types(told)[-1] == "agent_output"
    called = next(event for event in told if event["type"] == "tool_input")
    assert called["tool_input"]["artifact_id"].startswith("art_report_of_the_month_3_33_")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("/abs/b.md", "b.md"),
        (".txt", ".txt"),
        ("a\u200bb.txt", "a\u200bb.txt"),
    ],
)
def test_names_with_paths_lose_them(api: httpx.Client, session: str, given: str, kept: str) -> None:
    upload(api, session, "", (given, b"x", "text/plain"))
    assert [one["filename"] for one in artifacts(api, session)] == [kept]
