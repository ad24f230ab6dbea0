"""`understudy migrate-check` as a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_serve import run
from understudy.cli.migrate import compare

QUESTION = "How many days do I have to return a lantern?"
KEY = {"customerId": 1234, "corpusId": 5678}
QUERY = {
    "query": QUESTION,
    "numResults": 3,
    "corpusKey": [KEY],
    "summary": [{"responseLang": "en", "factualConsistencyScore": True}],
}


def lines(tmp_path: Path, *rows: Any) -> str:
    file = tmp_path / "recorded.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(file)


def har(tmp_path: Path, *requests: tuple[str, Any]) -> str:
    entries = [
        {
            "request": {
                "method": "POST",
                "url": f"https://api.vectara.io{path}",
                "postData": {"text": json.dumps(body)},
            }
        }
        for path, body in requests
    ]
    file = tmp_path / "recorded.har"
    file.write_text(json.dumps({"log": {"entries": entries}}, indent=1), "utf-8")
    return str(file)


def requests_in(text: str) -> list[tuple[str, Any]]:
    told = [line.strip() for line in text.splitlines()]
    return [
        (line.removeprefix("POST "), json.loads(told[number + 1]))
        for number, line in enumerate(told)
        if line.startswith("POST ")
    ]


def test_the_request_of_v2_is_told_and_answers_the_same(tmp_path: Path) -> None:
    done = run("migrate-check", lines(tmp_path, {"query": [QUERY]}), "--corpus", "5678=handbook")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "same answer" in done.stdout
    assert requests_in(done.stdout) == [
        (
            "/v2/query",
            {
                "query": QUESTION,
                "search": {
                    "corpora": [{"corpus_key": "handbook", "semantics": "default"}],
                    "offset": 0,
                    "limit": 3,
                    "reranker": {"type": "none"},
                },
                "generation": {"response_language": "eng", "enable_factual_consistency_score": True},
            },
        )
    ]


def test_chats_and_further_summaries_are_requests_of_their_own(tmp_path: Path) -> None:
    query = {**QUERY, "queryContext": "shop", "summary": [{"chat": {"store": True}}, {"responseLang": "eng"}]}
    recorded = {"path": "/v1/query", "body": json.dumps({"query": [query]})}
    done = run("migrate-check", lines(tmp_path, recorded), "--corpus", "5678=handbook")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path for path, _ in requests_in(done.stdout)] == ["/v2/chats", "/v2/query"]
    assert "no place for queryContext" in done.stdout


def test_har_files_are_read_and_other_calls_passed_over(tmp_path: Path) -> None:
    file = har(
        tmp_path, ("/v1/list-corpora", {}), ("/v1/stream-query", {"query": [QUERY, QUERY]}), ("/v2/query", {})
    )
    done = run("migrate-check", file, "--corpus", "5678=handbook")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("same answer") == 2
    assert done.stdout.endswith("2 queries, 0 answered otherwise by v2\n")


def test_what_cannot_be_asked_is_a_difference(tmp_path: Path) -> None:
    done = run("migrate-check", lines(tmp_path, {"query": [QUERY]}, {"query": [{"numResults": "x"}]}))
    assert done.returncode == 1
    assert "INVALID_CORPUS_ID, there is no corpus 5678" in done.stdout
    assert "v1 refuses it: body.query[0].numResults" in done.stdout


@pytest.mark.parametrize(
    ("rows", "flags", "code", "said"),
    [
        ([], (), 4, "holds no request"),
        ([["no"]], (), 2, "is no batch of queries"),
        ([{"query": [QUERY]}], ("--corpus", "5678=none"), 2, "--corpus: '5678=none'"),
    ],
)
def test_wrong_files_and_flags_are_told(
    tmp_path: Path, rows: list[Any], flags: tuple[str, ...], code: int, said: str
) -> None:
    done = run("migrate-check", lines(tmp_path, *rows), *flags)
    assert done.returncode == code
    assert said in done.stderr
    assert run("migrate-check", str(tmp_path / "none")).returncode == 2


def test_every_difference_is_seen() -> None:
    found = {"text": "a", "score": 0.5, "documentIndex": 0}
    summary = {"text": "s", "factualConsistency": {"score": 1.0}}
    old = {"response": [found], "document": [{"id": "d"}], "summary": [summary], "status": []}
    result = {"document_id": "d", "text": "a", "score": 0.5}
    new = {"search_results": [result], "summary": "s", "factual_consistency_score": 1.0}
    assert compare(old, [new]) == []
    changes: list[Any] = [
        {"search_results": []},
        {"search_results": [{**result, "score": 0.4}]},
        {"summary": "t"},
        {"factual_consistency_score": 0.5},
        {"messages": ["no"]},
    ]
    assert [len(compare(old, [{**new, **change}])) for change in changes] == [1] * 5
    assert compare({**old, "status": [{"code": "FAILURE", "statusDetail": "x"}]}, [new]) == [
        "v1 has the status FAILURE: x"
    ]
