"""A world: everything one caller can see or change; and the registry that makes and forgets worlds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol, cast

from understudy.errors import NotThere, SetupError, WorldNameError
from understudy.state.clock import LAST_MILLIS, MODES, Clock, ClockState, Mode
from understudy.state.ids import Ids
from understudy.state.journal import Journal
from understudy.state.lifecycle import FORMS, Lifecycle
from understudy.state.store import Store

DEFAULT = ""
"""Name of the world of a plain credential."""

NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
SHIPPED = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""A name of a shipped fixture or scenario, which is never a path."""
MOST_STARTS = 256
"""How many beginnings of worlds are kept ready; others are made again when they are asked for."""
SNAPSHOT_VERSION = 1


@dataclass(slots=True)
class World:
    """State, clock, ids, dials and journal of one isolated place. Two worlds never meet."""

    name: str
    fixture: str
    seed: int
    store: Store
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    journal: Journal = field(default_factory=Journal)
    calls: int = 0
    """How many calls came in; request ids are made from it."""
    used: dict[str, float] = field(default_factory=dict)
    """What its calls have used up: searches, tokens, cost; not part of snapshots."""
    scenario: str = ""
    """Name or path of the scenario that it began with, if any."""
    start_clock: Mode = "ticking"
    """How time moved when it began; `clock.mode` may have been changed since."""
    play: Any = None
    """What the world plays besides acting, see `engine/play.py`; None for nothing."""
    seen: dict[str, int] = field(default_factory=dict)
    """When a credential was last accepted, by its id, in milliseconds; kept by APIs that tell it."""
    origin: World | None = None
    """What it began as, when that is a snapshot whose fixture or scenario this server does not have."""

    @property
    def clock(self) -> Clock:
        return self.store.clock

    @property
    def ids(self) -> Ids:
        return self.store.ids

    def credential(self, secret: str) -> str:
        """A secret as its holder sends it: the name of the world stands behind it and leads back here."""
        return f"{secret}@{self.name}" if self.name else secret

    def fork(self, name: str, seed: int | None = None) -> World:
        """A world with the same content, clock and counters, in time that does not grow with it."""
        clock = Clock(self.clock.state)
        seed = self.seed if seed is None else seed
        store = self.store.fork(clock, Ids(seed, name, dict(self.ids.counters)))
        play = self.play.copy() if self.play is not None else None
        return World(
            name,
            self.fixture,
            seed,
            store,
            self.lifecycle.copy(),
            calls=self.calls,
            scenario=self.scenario,
            start_clock=self.start_clock,
            play=play,
            seen=dict(self.seen),
            origin=self.origin,
        )

    def emptied(self) -> World:
        """What somebody sees whose credential leads nowhere: nothing; journal and dials are those of here."""
        return replace(self, store=Store(Clock(self.clock.state), Ids(self.seed, self.name)))

    def snapshot(self) -> dict[str, Any]:
        """Everything but the journal as plain data, versioned."""
        return {
            "understudy_snapshot": SNAPSHOT_VERSION,
            "fixture": self.fixture,
            "seed": self.seed,
            "clock": self.clock.state._asdict(),
            "start_clock": self.start_clock,
            "counters": dict(sorted(self.ids.counters.items())),
            "calls": self.calls,
            "seen": dict(sorted(self.seen.items())),
            "lifecycle": self.lifecycle.dump(),
            "scenario": self.scenario,
            "play": self.play.plain() if self.play is not None else None,
            "tables": self.store.dump(),
        }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Become what `snapshot` describes; the name stays. What it plays is restored by `Worlds`."""
        if snapshot.get("understudy_snapshot") != SNAPSHOT_VERSION:
            raise SetupError(
                f"snapshot version {snapshot.get('understudy_snapshot')!r} is not {SNAPSHOT_VERSION}; "
                "save it again with this release"
            )
        clock = Clock(_clock_state(snapshot["clock"]["mode"], snapshot["clock"]["millis"]))
        store = Store(clock, Ids(snapshot["seed"], self.name, dict(snapshot["counters"])))
        store.load(snapshot["tables"])
        lifecycle = Lifecycle()
        lifecycle.change(snapshot["lifecycle"])
        self.fixture, self.seed, self.calls = snapshot["fixture"], snapshot["seed"], snapshot["calls"]
        self.seen = dict(snapshot.get("seen", {}))
        self.scenario = snapshot.get("scenario", "")
        self.start_clock = _clock_state(snapshot.get("start_clock", clock.mode), 0).mode
        self.store, self.lifecycle = store, lifecycle


def _clock_state(mode: Mode, millis: int) -> ClockState:
    """What a snapshot says of a clock; ValueError for a moment that no clock can show."""
    if mode not in MODES or not isinstance(millis, int) or not 0 <= millis <= LAST_MILLIS:
        raise ValueError("its clock is none")
    return ClockState(mode, millis)


Seeder = Callable[[World, str], None]
"""Fills an empty world from the fixture of that name."""


class Start(NamedTuple):
    """What a scenario wants a world to begin as; None for what the server begins with."""

    fixture: str | None = None
    seed: int | None = None
    clock: str | None = None


class Scenarios(Protocol):
    """Where scenarios come from, see `playback/scenarios/library.py`."""

    def start(self, name: str) -> Start: ...

    def begin(self, world: World, name: str) -> None: ...

    def restore(self, world: World, plain: Mapping[str, Any] | None) -> None: ...


class Worlds:
    """All worlds of a server, made on first use from the start fixture.

    Args:
        seed_world: fills an empty world from a fixture; called once per fixture and seed.
        fixture: name of the start fixture.
        seed: seed of worlds that do not ask for another.
        clock: mode of their clocks.
        limit: how many worlds may exist.
        answer_form: how their answers are wrapped.
        scenarios: where the scenarios of worlds come from.
        scenario: what worlds play that do not ask for another; "" for none.
    """

    def __init__(
        self,
        seed_world: Seeder,
        fixture: str,
        seed: int = 0,
        clock: Mode = "ticking",
        limit: int = 10_000,
        answer_form: str = FORMS[0],
        scenarios: Scenarios | None = None,
        scenario: str = "",
    ) -> None:
        self._scenarios = scenarios
        self._scenario = scenario
        self._seed_world = seed_world
        self._fixture = fixture
        self._seed = seed
        self._clock = clock
        self._limit = limit
        self._answer_form = answer_form
        self._starts: dict[tuple[str, int, str, str], World] = {}
        self._worlds: dict[str, World] = {}

    def get(self, name: str = DEFAULT) -> World:
        """The world of that name, made from the start fixture when it is new."""
        world = self._worlds.get(name)
        return world if world is not None else self.create(name)

    def preview(self, name: str) -> World:
        """The world of that name, or what it would begin as; only `keep` makes the latter one of ours.

        So a stranger with an unknown key makes no worlds.
        """
        known = self._worlds.get(name)
        if known is not None:
            return known
        self._check_new(name)
        return self._start(None, None, None).fork(name)

    def keep(self, world: World) -> None:
        """Make a preview one of the worlds."""
        self._worlds.setdefault(world.name, world)

    def find(self, name: str) -> World | None:
        return self._worlds.get(name)

    def names(self) -> list[str]:
        return sorted(self._worlds)

    def create(
        self,
        name: str,
        fixture: str | None = None,
        seed: int | None = None,
        clock: Mode | None = None,
        answer_form: str | None = None,
        scenario: str | None = None,
    ) -> World:
        """A fresh world; SetupError when the name is taken, malformed, or there are too many."""
        self._check_new(name)
        world = self._start(fixture, seed, clock, scenario).fork(name)
        if answer_form:
            world.lifecycle.answer_form = answer_form
        self._worlds[name] = world
        return world

    def reset(self, name: str = DEFAULT) -> World:
        """Back to how this world began: records, clock, counters, dials, faults, scenario and journal."""
        old = self.existing(name)
        fresh = self.start_of(old).fork(name)
        fresh.origin = old.origin
        self._worlds[name] = fresh
        return fresh

    def restore(self, name: str, snapshot: dict[str, Any]) -> World:
        """Let a world become what a snapshot says; unchanged when that is none.

        A snapshot may come over HTTP: no file is read because one names it. A world whose fixture or
        scenario is not here began as the snapshot.
        """
        world = self.existing(name)
        restored = world.fork(name)
        restored.restore(snapshot)
        if self._scenarios is not None:
            self._scenarios.restore(restored, snapshot.get("play"))
        here = self._is_here(restored.fixture, self._fixture) and (
            not restored.scenario or self._is_here(restored.scenario, self._scenario)
        )
        restored.origin = None if here else replace(restored.fork(name), origin=None)
        restored.journal = world.journal
        self._worlds[name] = restored
        return restored

    def fork(self, source: str, name: str) -> World:
        """A new world that begins where `source` is now."""
        self._check_new(name)
        self._worlds[name] = self.existing(source).fork(name)
        return self._worlds[name]

    def delete(self, name: str) -> None:
        """Forget a world; the default one comes back fresh at its next use."""
        self.existing(name)
        del self._worlds[name]

    def existing(self, name: str) -> World:
        """The world of that name; the default one always exists, another is a SetupError."""
        if name == DEFAULT:
            return self.get(DEFAULT)
        world = self._worlds.get(name)
        if world is None:
            raise NotThere(f"no world '{name}'; a call with a key that ends in @{name} makes it")
        return world

    def start_of(self, world: World) -> World:
        """The untouched world that this one began as, to compare with."""
        if world.origin is not None:
            return world.origin
        return self._start(world.fixture, world.seed, world.start_clock, world.scenario)

    @staticmethod
    def _is_here(name: str, own: str) -> bool:
        """Whether a fixture or scenario is that of this server, or could be a shipped one."""
        return name == own or SHIPPED.fullmatch(name) is not None

    def _check_new(self, name: str) -> None:
        if name != DEFAULT and not NAME.fullmatch(name):
            raise WorldNameError(
                f"world name {name!r} must be 1 to 64 letters, digits, dots, dashes or underscores"
            )
        if name in self._worlds:
            raise SetupError(f"world '{name or 'default'}' exists already")
        if len(self._worlds) >= self._limit:
            raise SetupError(f"there are {self._limit} worlds already; delete some first")

    def _start(
        self, fixture: str | None, seed: int | None, clock: Mode | None, scenario: str | None = None
    ) -> World:
        scenario = self._scenario if scenario is None else scenario
        if scenario and self._scenarios is not None:
            wanted = self._scenarios.start(scenario)
            fixture = wanted.fixture if fixture is None else fixture
            seed = wanted.seed if seed is None else seed
            clock = clock or cast("Mode | None", wanted.clock)
        fixture = self._fixture if fixture is None else fixture
        seed = self._seed if seed is None else seed
        clock = clock or self._clock
        if clock not in MODES:
            raise SetupError(f"clock {clock!r} must be one of {', '.join(MODES)}")
        key = (fixture, seed, clock, scenario)
        if key not in self._starts:
            store = Store(Clock(ClockState(clock)), Ids(seed))
            world = World(DEFAULT, fixture, seed, store, start_clock=clock)
            world.lifecycle.answer_form = self._answer_form
            self._seed_world(world, fixture)
            if scenario and self._scenarios is not None:
                self._scenarios.begin(world, scenario)
            if len(self._starts) >= MOST_STARTS:
                del self._starts[next(iter(self._starts))]
            self._starts[key] = world
        return self._starts[key]
