"""Puts fixture files into worlds: each row is checked against its schema, then seeded by its API."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from understudy.engine.compiling import Compiled
from understudy.engine.contract import Check
from understudy.engine.definition import Section
from understudy.errors import ApiError, BadRequest, SetupError
from understudy.settings import data_directory
from understudy.state.seeding import Row, find_fixture, read_fixture
from understudy.state.world import World

BARE = "empty"
"""The shipped fixture of an API that a fixture says nothing about."""


class Fixtures:
    """Fills worlds.

    A shipped name means one file per API (`fixtures/<api>/<name>.yaml`). A file of the user's own may
    hold sections of several APIs: `corpora` belongs to the first API that has such a section,
    `<api>/corpora` to the API that is named.
    """

    def __init__(self, apis: Sequence[Compiled]) -> None:
        self._apis = {compiled.api.name: compiled for compiled in apis}
        self._checks: dict[tuple[str, str], Check] = {}

    def seed(self, world: World, fixture: str) -> None:
        """Put a fixture into an empty world; SetupError tells a fault with file and line."""
        for compiled in self._apis.values():
            compiled.api.begin(world)
        rows = list(self._rows(fixture))
        spoken_of = {api for api, _, _ in rows}
        for name, compiled in self._apis.items():
            if compiled.api.sections and name not in spoken_of and not _shipped(name, fixture).is_file():
                rows += [(name, row.section, row) for row in read_fixture(_shipped(name, BARE))]
        for api, section, row in rows:
            self._seed_row(world, api, section, row)

    def _rows(self, fixture: str) -> Iterator[tuple[str, str, Row]]:
        """Every row with the API and the section that it belongs to."""
        shipped = [name for name in self._apis if _shipped(name, fixture).is_file()]
        for name in shipped:
            for row in read_fixture(_shipped(name, fixture)):
                yield name, row.section, row
        if not shipped:
            first = next(iter(self._apis))
            for row in read_fixture(find_fixture(fixture, _shipped(first, fixture).parent)):
                yield *self._owner(row), row

    def _owner(self, row: Row) -> tuple[str, str]:
        stated, _, section = row.section.rpartition("/")
        for name, compiled in self._apis.items():
            if section in compiled.api.sections and stated in ("", name):
                return name, section
        return stated or next(iter(self._apis)), section

    def _seed_row(self, world: World, api: str, name: str, row: Row) -> None:
        section = self._apis[api].api.sections.get(name) if api in self._apis else None
        if section is None:
            raise SetupError(f"unknown section '{row.section}'; {self._hint(name)}", row.where)
        check = self._check(api, name, section)
        if not check.accepts(row.value):
            raise SetupError(_told(check.faults(row.value, name)), row.where)
        try:
            section.seed(world, row.value)
        except BadRequest as error:
            raise SetupError(_told(dict(error.fields)), row.where) from None
        except ApiError as error:
            raise SetupError(error.message, row.where) from None

    def _check(self, api: str, name: str, section: Section) -> Check:
        key = (api, name)
        if key not in self._checks:
            self._checks[key] = self._apis[api].schemas.validator(dict(section.schema), request=True)
        return self._checks[key]

    def _hint(self, name: str) -> str:
        known = {s: None for compiled in self._apis.values() for s in compiled.api.sections}
        close = difflib.get_close_matches(name, known, n=1)
        return f"did you mean '{close[0]}'" if close else f"there are {', '.join(known)}"


def seeder(apis: Sequence[Compiled]) -> Callable[[World, str], None]:
    """What fills the worlds of a server that serves these APIs."""
    return Fixtures(apis).seed


def _shipped(api: str, fixture: str) -> Path:
    return data_directory("fixtures") / api / f"{fixture}.yaml"


def _told(faults: dict[str, str]) -> str:
    return "; ".join(f"{path} {text}" for path, text in faults.items())
