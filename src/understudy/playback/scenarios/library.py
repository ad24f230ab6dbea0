"""The scenarios of a server: each is read once, and begins in any number of worlds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from understudy.engine.compiling import Compiled
from understudy.engine.faults import Faults
from understudy.engine.play import Play
from understudy.errors import NotThere, SetupError
from understudy.playback.scenarios.documents import Scenario, find, load, scenario_of, shipped
from understudy.playback.scenarios.located import Located
from understudy.playback.scenarios.scene import Played
from understudy.state.world import SHIPPED, Start, World


class Library:
    """Reads scenarios, and lets worlds play them.

    Args:
        apis: what the scenarios are about.
    """

    def __init__(self, apis: Sequence[Compiled]) -> None:
        self._apis = apis
        self._read: dict[str, Scenario] = {}

    def scenario(self, name: str) -> Scenario:
        """The scenario of that name or path; SetupError says what is wrong with it."""
        if name not in self._read:
            self._read[name] = load(find(name), self._apis)
        return self._read[name]

    def add(self, document: Mapping[str, Any]) -> str:
        """Take over a scenario that somebody wrote without a file; the name it has here.

        The same document has the same name. Its fixture is a shipped one: a document may
        come over HTTP, and leads to no file.
        """
        fixture = document.get("fixture", "")
        if isinstance(fixture, str) and fixture and not SHIPPED.fullmatch(fixture):
            raise SetupError("fixture: is the name of a shipped one here, never a path")
        name = f"document-{hashlib.blake2b(orjson.dumps(document), digest_size=8).hexdigest()}"
        if name not in self._read:
            self._read[name] = scenario_of(Located(Path(name), document), self._apis)
        return name

    def start(self, name: str) -> Start:
        """What a world of this scenario begins as."""
        scenario = self.scenario(name)
        return Start(scenario.fixture, scenario.seed, scenario.clock)

    def begin(self, world: World, name: str) -> None:
        """Let a world play a scenario from its beginning."""
        scenario = self.scenario(name)
        world.lifecycle.change(scenario.lifecycle)
        world.scenario = name
        world.play = Play(Faults(scenario.faults), Played(scenario))

    def restore(self, world: World, plain: Mapping[str, Any] | None) -> None:
        """Let a world play what `Play.plain` told."""
        if plain is None:
            world.play = None
            return
        faults = Faults()
        for one in plain["faults"]:
            given = {member: value for member, value in one.items() if member not in ("met", "fired")}
            counts = faults.counts[faults.add(given).name]
            counts.met, counts.fired = one["met"], one["fired"]
        told = plain["scene"]
        scene = Played(self._named(world.scenario), told["state"], told["played"]) if told else None
        world.play = Play(faults, scene)

    def _named(self, name: str) -> Scenario:
        """A scenario by a name that came over HTTP: one that was read before or is shipped, never a file."""
        if name not in self._read and name not in shipped():
            raise NotThere(f"no scenario '{name}' is known here")
        return self.scenario(name)
