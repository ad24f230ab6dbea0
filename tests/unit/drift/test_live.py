"""The same scenario on a target and on the stand-in: what is altered is found, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.drift.altered import Altered, Change
from understudy.app import create_server
from understudy.conformance.contract import Contract
from understudy.conformance.drift import live
from understudy.conformance.drift.differences import Difference, Outcome
from understudy.conformance.drift.documents import open_document
from understudy.conformance.sending import Target

KEY = {"x-api-key": "zut_understudy"}
CORPUS = "/v2/corpora/"


def compared(change: Change, *, write: bool = True, only: tuple[str, ...] = ()) -> Outcome:
    sides = [Altered(one) for one in (change, same)]
    target, stand_in = (Target("http://127.0.0.1", KEY, app=one) for one in sides)
    try:
        return live.compare(open_document("vectara"), target, stand_in, write=write, only=only)
    finally:
        for one in sides:
            one.inner.close()


def same(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
    return status, body


def of_corpora(body: Any, **changes: Any) -> Any:
    """A corpus, alone or in a list, with other members; None takes one away."""
    if not isinstance(body, dict):
        return body
    if "corpora" in body:
        return {**body, "corpora": [of_corpora(one, **changes) for one in body["corpora"]]}
    if "filter_attributes" not in body:
        return body
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def of(outcome: Outcome, operation: str) -> list[Difference]:
    return [one for one in outcome.differences if one.operation == operation]


def test_two_servers_of_ours_do_not_differ() -> None:
    outcome = compared(same)
    assert outcome.differences == []
    assert outcome.skipped == {}
    assert outcome.compared > 180
    assert outcome.exit_code == 0


def test_members_that_come_go_or_change_their_type() -> None:
    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        return status, of_corpora(body, key=None, colour="red", name=7, description=None)

    outcome = compared(change, write=False)
    told = {one.place.rpartition(".")[2]: one for one in of(outcome, "listCorpora")}
    assert {name: (one.level, one.rule) for name, one in told.items()} == {
        "colour": ("error", "member-differs"),
        "key": ("error", "member-differs"),
        "name": ("error", "type-differs"),
        "description": ("note", "member-differs"),
    }
    assert told["colour"].reason == "the contract does not know this member, the target adds it"
    assert told["key"].reason == "the contract wants this member, the target leaves it out"
    assert told["name"].message == "the target: number; the stand-in: string"
    assert told["name"].reason == "the contract says string, the target breaks it"
    assert told["description"].message == "the stand-in alone has it"
    assert told["description"].reason == "the contract lets it be absent"
    assert outcome.exit_code == 1


def test_statuses_with_who_breaks_the_contract() -> None:
    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if method == "DELETE" and path.startswith(CORPUS) and path.count("/") == 3:
            return (418 if status < 300 else 403), body
        return status, body

    found = of(compared(change), "deleteCorpus")
    assert {(one.place, one.rule) for one in found} == {
        ("corpora: delete", "status-differs"),
        ("corpora: delete again", "status-differs"),
    }
    first, second = sorted(found, key=lambda one: one.place)
    assert first.message == "the target: 418; the stand-in: 204"
    assert first.reason == "the target breaks the contract"
    assert second.reason.startswith("the contract allows both")


def test_events_in_another_order_and_of_another_shape() -> None:
    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if isinstance(body, str) and path.endswith("/query") and "data:" in body:
            first, *rest = body.strip().split("\n\n")
            late = "\n\n".join([*rest[:-1], first, rest[-1]]) + "\n\n"
            return status, late.replace('"generation_chunk":', '"piece":')
        return status, body

    found = {one.rule: one for one in of(compared(change), "queryCorpus")}
    assert found["events-differ"].reason == "the target breaks the contract"
    assert found["events-differ"].message.startswith("the target: generation_info, ")
    assert found["member-differs"].place.startswith("as a stream event generation_chunk")


def test_calls_after_a_create_that_fails_are_counted_and_nothing_is_left_behind() -> None:
    corpora: set[str] = set()

    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if method == "POST" and path == "/v2/instructions":
            return 503, {"messages": ["Not now."]}
        if method == "POST" and path == "/v2/corpora" and status == 201:
            corpora.add(CORPUS + body["key"])
            made.append(body["key"])
        if method == "DELETE" and status == 204:
            corpora.discard(path)
        return status, body

    made: list[str] = []
    outcome = compared(change)
    assert [one.place for one in of(outcome, "createInstruction")]
    assert outcome.skipped == {"of one side alone, since an earlier call failed on the other": 9}
    assert of(outcome, "getInstruction") == []
    assert made
    assert corpora == set()


def test_what_could_not_be_deleted_is_not_made() -> None:
    made = set()

    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if method == "POST":
            made.add(path)
        return status, body

    assert compared(change).exit_code == 0
    assert "/v2/corpora" in made
    assert "/v2/users" not in made


def test_a_profile_leaves_out_what_it_does_not_know() -> None:
    target, stand_in = (Target("http://127.0.0.1", KEY, app=create_server()) for _ in range(2))
    outcome = live.compare(open_document("vectara@seed"), target, stand_in, write=True)
    assert outcome.differences == []
    assert 100 < outcome.compared < 180


@pytest.mark.parametrize(
    ("only", "operations"),
    [
        ("getCorpus", {"getCorpus"}),
        ("Corpora", {"createCorpus", "getCorpus", "updateCorpus", "listCorpora"}),
        ("corpora", {"createCorpus", "getCorpus", "updateCorpus", "listCorpora"}),
        ("documents", {"getCorpus"}),
        ("agents", set()),
    ],
)
def test_only_what_was_asked_for_is_compared(only: str, operations: set[str]) -> None:
    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        return status, of_corpora(body, colour="red")

    outcome = compared(change, only=(only,))
    assert {one.operation for one in outcome.differences} == operations
    assert 0 < outcome.compared < 30


def test_what_was_not_asked_for_is_called_only_to_have_something_to_ask_about() -> None:
    called = set()

    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        called.add(path.split("/")[2])
        return status, body

    outcome = compared(change, only=("documents", "createChatTurn"))
    assert outcome.differences == []
    assert called == {"corpora", "chats"}


def test_reading_alone_changes_nothing() -> None:
    methods = set()

    def change(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        methods.add(method)
        return status, body

    assert compared(change, write=False).compared > 50
    assert methods == {"GET"}


@pytest.mark.parametrize(
    ("api", "key", "headers"),
    [
        ("vectara", "zut_k", {"x-api-key": "zut_k"}),
        ("aivax", "sk-k", {"Authorization": "Bearer sk-k"}),
        ("aivax", "Basic abc", {"Authorization": "Basic abc"}),
    ],
)
def test_a_key_is_sent_as_the_contract_says(api: str, key: str, headers: dict[str, str]) -> None:
    assert live.credential(Contract(open_document(api).bundle, api), key) == headers
