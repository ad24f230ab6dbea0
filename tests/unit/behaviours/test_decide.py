"""The seam through which the acting chooses."""

from collections.abc import Callable
from typing import Any

from understudy.behaviours.decide import Decision, decide


def test_without_a_decider_the_default_is_chosen() -> None:
    assert decide(None, "answer", {}, lambda: "own") == "own"


def test_a_decider_sees_kind_and_subject_and_may_leave_the_default() -> None:
    def decider(decision: Decision, default: Callable[[], Any]) -> Any:
        return f"no to {decision.subject['query']}" if decision.kind == "answer" else default()

    assert decide(decider, "answer", {"query": "tents"}, lambda: "own") == "no to tents"
    assert decide(decider, "tool", {"query": "tents"}, lambda: "own") == "own"
