"""What a world plays besides acting: its faults, and the scene of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from understudy.behaviours.decide import Decider
from understudy.engine.context import Call
from understudy.engine.faults import Fault, Faults


@dataclass(frozen=True)
class Scripted:
    """An answer that is told instead of acting; `events` make it a stream."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    events: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Choice:
    """What a scene has for a call.

    Args:
        rule: name of the rule, for the journal.
        answer: told instead of acting.
        script: makes what chooses in the acting of this call, anew for each time it is acted.
        fault: goes wrong with this call.
        seconds: passes before anything happens.
    """

    rule: str
    answer: Scripted | None = None
    script: Callable[[], Decider] | None = None
    fault: Fault | None = None
    seconds: float = 0.0


class Scene(Protocol):
    """A scenario as it stands in one world, see `playback/scene.py`."""

    @property
    def name(self) -> str: ...

    def choose(self, call: Call) -> Choice | None:
        """What the scenario has for a call, which counts as played; Missed when it should have had one."""

    def copy(self) -> Scene: ...

    def plain(self) -> dict[str, Any]: ...


class Missed(Exception):
    """A strict scenario has nothing for a call that it is about.

    Args:
        message: one line.
        nearest: the rule that comes nearest, and where the call differs: `{place, wanted, got}`.
    """

    def __init__(self, message: str, nearest: Mapping[str, Any] | None) -> None:
        super().__init__(message)
        self.nearest = nearest


@dataclass
class Play:
    """The faults and the scene of one world."""

    faults: Faults = field(default_factory=Faults)
    scene: Scene | None = None

    @property
    def idle(self) -> bool:
        """Whether there is nothing to play."""
        return self.scene is None and not len(self.faults)

    def copy(self) -> Play:
        return Play(self.faults.copy(), self.scene.copy() if self.scene else None)

    def plain(self) -> dict[str, Any]:
        """Plain data, for snapshots: `{faults, scene}`."""
        return {"faults": self.faults.plain(), "scene": self.scene.plain() if self.scene else None}
