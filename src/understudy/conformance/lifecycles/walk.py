"""Walks through a family: every step once in a fixed order, then in any order that Hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from understudy.conformance.findings import Finding
from understudy.conformance.lifecycles.families import Family
from understudy.conformance.lifecycles.scene import Broken, Thing
from understudy.conformance.lifecycles.steps import Lifecycle
from understudy.conformance.sending import OutOfBudget, Sender

TOUCHES = ("read", "update", "conflict", "filter", "foreign", "refusals")


@dataclass(frozen=True)
class Ground:
    """Where walks begin, and what came of them.

    Args:
        known: all families of the API.
        seen: everything that was found, also what a second try did not show.
        over: has what ended the time, once it has ended.
    """

    sender: Sender
    family: Family
    known: Mapping[str, Family]
    seen: list[Finding] = field(default_factory=list)
    over: list[OutOfBudget] = field(default_factory=list)

    def life(self) -> Lifecycle:
        return Lifecycle(self.sender, self.family, self.known, self.seen)


class Walk(RuleBasedStateMachine):
    """Does nothing more once the time is over: an exception would be taken for a fault to shrink."""

    ground: ClassVar[Ground]

    def __init__(self) -> None:
        super().__init__()
        self.life: Lifecycle | None = None
        self.act(self.begin)

    @rule()
    def create(self) -> None:
        self.act(lambda: self.alive().create())

    @precondition(lambda self: self.life and self.life.things)
    @rule(at=st.integers(0, 7), step=st.sampled_from(TOUCHES))
    def touch(self, at: int, step: str) -> None:
        self.act(lambda: getattr(self.alive(), step)(self.thing(at)))

    @precondition(lambda self: self.life and self.life.things)
    @rule(at=st.integers(0, 7))
    def delete(self, at: int) -> None:
        self.act(lambda: self.alive().delete(self.thing(at)))

    @rule(limit=st.sampled_from((1, 2, 3, 100)))
    def pages(self, limit: int) -> None:
        self.act(lambda: self.alive().pages(limit))

    def teardown(self) -> None:
        if self.life is not None:
            self.act(self.life.clear)

    def act(self, step: Callable[[], object]) -> None:
        if self.ground.over:
            return
        try:
            step()
        except OutOfBudget as end:
            self.ground.over.append(end)

    def begin(self) -> None:
        self.life = self.ground.life()

    def alive(self) -> Lifecycle:
        assert self.life is not None
        return self.life

    def thing(self, at: int) -> Thing:
        things = self.alive().things
        return things[at % len(things)]


def check(
    sender: Sender,
    family: Family,
    known: Mapping[str, Family],
    *,
    examples: int,
    steps: int,
    seed: int,
) -> Iterator[Finding]:
    """Walk through a family; yields what is wrong, each kind once."""
    ground = Ground(sender, family, known)
    yield from _first_lap(ground)
    yield from _walks(ground, examples, steps, seed)
    if ground.over:
        raise ground.over[0]


def _walks(ground: Ground, examples: int, steps: int, seed: int) -> Iterator[Finding]:
    """Let Hypothesis walk; the same seed goes the same ways."""
    walk: type[Walk] = type("Walk", (Walk,), {"ground": ground})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seed == 0,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=True,
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(walk) if seed else walk, settings=chosen)
    except Flaky:  # the server answers the same steps now so and now so
        yield from ground.seen
    except BaseExceptionGroup as group:
        found = group.subgroup(Broken)
        if found is None:
            raise
        yield from (one.finding for one in _leaves(found))
    except Broken as broken:
        yield broken.finding


def _leaves(group: BaseExceptionGroup[Any]) -> Iterator[Broken]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


def _first_lap(ground: Ground) -> Iterator[Finding]:
    """Every step once in a fixed order, going on after what is broken, so that one fault hides no other."""
    try:
        life = Lifecycle(ground.sender, ground.family, ground.known)
    except Broken as broken:
        yield broken.finding
        return
    for _ in range(4):
        try:
            life.create()
        except Broken as broken:
            yield broken.finding
    for step in _lap(life):
        try:
            step()
        except Broken as broken:
            yield broken.finding
        except IndexError:  # nothing is left to act upon
            continue


def _lap(life: Lifecycle) -> list[Callable[[], None]]:
    return [
        *(lambda limit=limit: life.pages(limit) for limit in (1, 2, 3, 100)),
        *(
            lambda step=step, at=at: getattr(life, step)(life.things[at])
            for step in ("read", "filter", "conflict", "foreign", "update", "refusals", "read", "delete")
            for at in (0, -1)
            if life.things
        ),
        *(lambda limit=limit: life.pages(limit) for limit in (1, 100)),
        life.clear,
    ]
