"""Decisions: the one seam through which the acting chooses, so that a scenario can choose instead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Decision:
    """A choice to make: its kind, such as `answer` or `tool`, and the facts it may depend on."""

    kind: str
    subject: Mapping[str, Any]


class Decider(Protocol):
    """Whatever chooses in place of the acting: it returns its own choice or `default()`."""

    def __call__(self, decision: Decision, default: Callable[[], T]) -> T: ...


def decide(decider: Decider | None, kind: str, subject: Mapping[str, Any], default: Callable[[], T]) -> T:
    """The decider's choice, or `default()` without one.

    Every choice of the acting parts (which tool, which text, what to think) comes through here. A scenario
    overrides one by passing a decider that knows the kind and hands all others to `default`.
    """
    if decider is None:
        return default()
    return decider(Decision(kind, subject), default)
