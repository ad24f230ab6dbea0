"""Recorded answers in every form, judged by a contract."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.drift.documents import document, members
from understudy.conformance.contract import Contract
from understudy.conformance.drift import recorded
from understudy.conformance.drift.differences import Outcome
from understudy.conformance.findings import Exchange, plain
from understudy.errors import SetupError
from understudy.state.journal import MAX_BODY, Entry

SCHEMA = members("id", id={"type": "string"})
STREAM = {"order": ["chunk", "end"], "always": ["end"], "repeats": ["chunk"], "events": "Event"}


def contract() -> Contract:
    found = document(answer=SCHEMA, schemas={"Event": members("type", type={"type": "string"})})
    raw = found.bundle["paths"]["/things/{id}"]["post"]
    raw["responses"]["200"]["content"]["text/event-stream"] = {}
    raw["x-stream"] = STREAM
    found.bundle["servers"] = [{"url": "https://api.example/v1"}]
    return Contract(found.bundle)


def har(
    answer: str, status: int = 200, url: str = "https://api.example/v1/things/7?x=1", **content: Any
) -> Any:
    return {
        "request": {"method": "POST", "url": url},
        "response": {
            "status": status,
            "headers": [{"name": "Content-Type", "value": "application/json; charset=utf-8"}],
            "content": {"text": answer, **content},
        },
    }


def journal(answer: str, status: int = 200) -> Any:
    return Entry(
        1, 0, "things", "POST", "/things/7?limit=2", "changeThing", status, b"{}", answer.encode()
    ).plain()


def judged(directory: Path, value: Any, name: str = "a.json") -> Outcome:
    file = directory / name
    file.write_text(value if isinstance(value, str) else json.dumps(value))
    return recorded.compare(contract(), file)


def codes(outcome: Outcome) -> list[str]:
    return [one.rule for one in outcome.differences]


@pytest.mark.parametrize("good", [True, False])
@pytest.mark.parametrize("form", ["har", "base64", "journal", "export", "exchange", "lines"])
def test_every_form_is_judged(tmp_path: Path, form: str, good: bool) -> None:
    answer = json.dumps({"id": "7"} if good else {"id": 7})
    kept = plain(
        Exchange(
            "", "POST", "/things/7", status=200, answer=answer.encode(),
            answer_headers=(("content-type", "application/json"),),
        )
    )  # fmt: skip
    value = {
        "har": {"log": {"entries": [har(answer)]}},
        "base64": {"log": {"entries": [har(base64.b64encode(answer.encode()).decode(), encoding="base64")]}},
        "journal": {"entries": [journal(answer)], "dropped": 0},
        "export": [journal(answer)],
        "exchange": kept,
        "lines": f"{json.dumps(journal(answer))}\n\n{json.dumps(kept)}\n",
    }[form]
    outcome = judged(tmp_path, value)
    assert outcome.compared == (2 if form == "lines" else 1)
    assert codes(outcome) == ([] if good else ["UV104"])
    assert outcome.exit_code == (0 if good else 1)


def test_a_difference_names_the_operation_the_member_and_the_rule(tmp_path: Path) -> None:
    (one,) = judged(tmp_path, [journal("{}"), journal("{}")]).differences
    assert (one.operation, one.level, one.place) == ("changeThing", "error", "200 answer.id")
    assert "id" in one.message
    assert one.reason == "The body of an answer is valid after the schema of its status."


def test_statuses_and_streams_are_judged(tmp_path: Path) -> None:
    assert codes(judged(tmp_path, [journal("", 418)])) == ["UV102"]
    events = 'data: {"type": "end"}\n\ndata: {"type": "chunk"}\n\n'
    assert codes(judged(tmp_path, [journal(events)])) == ["UV301"]


def test_bodies_that_are_cut_off_are_judged_by_their_status_alone(tmp_path: Path) -> None:
    long = '{"id": "' + "x" * MAX_BODY
    outcome = judged(tmp_path, [journal(long[:MAX_BODY])])
    assert (codes(outcome), sum(outcome.skipped.values())) == ([], 1)
    assert codes(judged(tmp_path, [journal(long[:MAX_BODY], 418)])) == ["UV102"]
    lost = har("", size=40)
    del lost["response"]["content"]["text"]
    assert codes(judged(tmp_path, {"log": {"entries": [lost]}})) == []


def test_paths_that_the_contract_does_not_have_are_notes(tmp_path: Path) -> None:
    answered, missing = har("", url="https://x.example/more"), har("", 404, url="https://x.example/none")
    outcome = judged(tmp_path, {"log": {"entries": [answered, missing]}})
    assert [(one.rule, one.level, one.operation) for one in outcome.differences] == [
        ("undocumented-operation", "note", "POST /more")
    ]
    assert outcome.skipped == {"of no operation of the contract": 2}
    assert outcome.exit_code == 4


def test_calls_without_an_answer_are_counted(tmp_path: Path) -> None:
    assert judged(tmp_path, [journal("", 0)]).skipped == {"without an answer": 1}


def test_all_files_of_a_directory_are_read(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (below / "b.ndjson").write_text(json.dumps(journal("{}")))
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [har('{"id": "7"}')]}}))
    (tmp_path / "notes.txt").write_text("nothing")
    outcome = recorded.compare(contract(), tmp_path)
    assert (outcome.compared, codes(outcome)) == (2, ["UV104"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "record 1: is none of the forms"),
        (f"{json.dumps(journal('{}'))}\n{{", ":2: is no JSON"),
        ('"text"', "is none of the forms"),
        ('[{"method": "GET", "path": "/a", "status": "high", "answer": ""}]', "is none of the forms"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        judged(tmp_path, text)


def test_places_without_records_are_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="is neither a file nor a directory"):
        recorded.compare(contract(), tmp_path / "none")
    with pytest.raises(SetupError, match="holds no file"):
        recorded.compare(contract(), tmp_path)
