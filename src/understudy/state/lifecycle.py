"""The dials that decide when slow things of a world are finished: at once, after n looks, after a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from understudy.errors import SetupError

Pace = Literal["immediate", "polls", "millis"]


@dataclass(frozen=True, slots=True)
class Dial:
    """How long something takes.

    `immediate`: done when it is made. `polls`: done at the n-th look at it. `millis`: done when the
    clock of the world is that far past its beginning.
    """

    pace: Pace = "immediate"
    amount: int = 0

    def begun(self, now: int) -> dict[str, Any] | None:
        """What a record keeps while it is unfinished, or None when it is finished at once."""
        if self.pace == "immediate" or self.amount <= 0:
            return None
        return {"pace": self.pace, "amount": self.amount, "since": now, "polls": 0}


def looked_at(progress: Mapping[str, Any]) -> dict[str, Any]:
    """The same progress with one more look counted."""
    return {**progress, "polls": progress["polls"] + 1}


def share_done(progress: Mapping[str, Any], now: int) -> float:
    """How far it is, 0 to 1; 1 is finished."""
    so_far: int = progress["polls"] if progress["pace"] == "polls" else now - progress["since"]
    return min(1.0, so_far / int(progress["amount"]))


DIALS: dict[str, str] = {
    "jobs": "how long a job runs, counted in reads of it",
    "indexing": "how long a new document stays out of results, counted in queries of where it is",
    "pipelines": "how long a run of a pipeline lasts, counted in reads of its runs",
    "agent_turns": "how long a session of an agent is busy with a message, counted in inputs to it",
}
FORMS = ("bare", "wire")
"""`bare`: answers as the documents print them; `wire`: in the wrapper that production puts around them."""


@dataclass(slots=True)
class Lifecycle:
    """The dials of one world, and its pace of answering.

    Args:
        dials: by name, see `DIALS`.
        latency_millis: simulated time that every call takes; compared with the caller's deadline.
        cadence_millis: pause between two events of a stream; 0 sends them as fast as they are read.
        answer_form: how answers are wrapped, for APIs that know several forms.
    """

    dials: dict[str, Dial] = field(default_factory=dict)
    latency_millis: int = 0
    cadence_millis: int = 0
    answer_form: str = FORMS[0]

    def dial(self, name: str) -> Dial:
        return self.dials.get(name, Dial())

    def copy(self) -> Lifecycle:
        return Lifecycle(dict(self.dials), self.latency_millis, self.cadence_millis, self.answer_form)

    def dump(self) -> dict[str, Any]:
        """Plain data: `{dials: {name: {pace, amount}}, latency_millis, cadence_millis, answer_form}`."""
        return {
            "dials": {name: {"pace": d.pace, "amount": d.amount} for name, d in sorted(self.dials.items())},
            "latency_millis": self.latency_millis,
            "cadence_millis": self.cadence_millis,
            "answer_form": self.answer_form,
        }

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Take over the members that `wanted` has, in the shape of `dump`."""
        for name, dial in wanted.get("dials", {}).items():
            if name not in DIALS:
                raise SetupError(f"no dial '{name}'; there are {', '.join(sorted(DIALS))}")
            self.dials[name] = Dial(dial["pace"], dial.get("amount", 0))
        self.latency_millis = wanted.get("latency_millis", self.latency_millis)
        self.cadence_millis = wanted.get("cadence_millis", self.cadence_millis)
        self.answer_form = wanted.get("answer_form", self.answer_form)
