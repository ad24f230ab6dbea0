"""Scenario files: read, checked against their schema and the contract, and found by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from understudy.engine.compiling import Compiled
from understudy.engine.faults import Fault, check_headers, fault_of
from understudy.engine.operation import Operation
from understudy.errors import NotThere, SetupError
from understudy.playback.scenarios import conditions
from understudy.playback.scenarios.located import Located, Step, read
from understudy.settings import data_directory
from understudy.state.lifecycle import DIALS

Json = dict[str, Any]
FIRST_STATE = "start"
_WHERE = ("path", "query", "body")


@dataclass(frozen=True)
class Rule:
    """What happens for some calls: `steps` one after the other, then `after` (act, repeat or error).

    `times` says how often it applies, None for ever; `operations` are the ids that it is about.
    """

    name: str
    operations: frozenset[str]
    when: Json
    steps: Sequence[Json]
    after: str
    times: int | None


@dataclass(frozen=True)
class Scenario:
    """One scenario file, ready to be played."""

    name: str
    api: str
    description: str
    rules: Sequence[Rule]
    faults: Sequence[Fault] = ()
    fixture: str | None = None
    seed: int | None = None
    clock: str | None = None
    lifecycle: Json = field(default_factory=dict)
    strict: bool = False
    ignore: frozenset[str] = frozenset()
    state: str = FIRST_STATE


def schema() -> Json:
    """The JSON Schema of scenario files, as it is published."""
    content: Json = orjson.loads((data_directory("scenarios") / "scenario.schema.json").read_bytes())
    return content


@cache
def _validator(part: str = "") -> jsonschema_rs.Draft7Validator:
    whole = schema()
    return jsonschema_rs.Draft7Validator(
        {"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole
    )


def faults_in(value: Any, part: str = "") -> Iterator[tuple[tuple[Step, ...], str]]:
    """Place and message of everything that the schema, or a part of it, has against a value."""
    for error in _validator(part).iter_errors(value):
        yield tuple(error.instance_path), error.message


def shipped() -> dict[str, Path]:
    """The scenarios that come with the package, by name."""
    files = sorted(data_directory("scenarios").glob("*/*.yaml"))
    return {path.stem: path for path in files}


def find(name: str) -> Path:
    """The file of a shipped scenario or of a path; SetupError names what there is."""
    known = shipped()
    if name in known:
        return known[name]
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        if path.is_file():
            return path
        raise NotThere("there is no such file", name)
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"shipped ones are {', '.join(known)}"
    raise NotThere(f"no scenario '{name}'; {hint} A path ends in .yaml")


def load(path: Path, apis: Iterable[Compiled]) -> Scenario:
    """The scenario in a file; SetupError says with line and column what is wrong and what would be right."""
    return scenario_of(read(path), apis)


def scenario_of(document: Located, apis: Iterable[Compiled]) -> Scenario:
    """The scenario that a document is; SetupError as for `load`."""
    for place, message in faults_in(document.value):
        raise document.fault(message, place)
    compiled = next(one for one in apis if one.api.name == document.value["api"])
    return _Reader(document, compiled).scenario()


class _Reader:
    """Turns a document that fits the schema into a scenario, looking at what a schema cannot know."""

    def __init__(self, document: Located, compiled: Compiled) -> None:
        self._document = document
        self._api = compiled.api.name
        self._operations = {operation.id: operation for operation in compiled.operations.values()}
        self._tags = {operation.tag for operation in compiled.operations.values()}

    def scenario(self) -> Scenario:
        value: Json = self._document.value
        rules = [self._rule(rule, ("rules", number)) for number, rule in enumerate(value.get("rules", ()))]
        names = [rule.name for rule in rules]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise self._document.fault(f"there is a rule '{name}' already", ("rules", number, "name"))
        for name in value.get("lifecycle", {}).get("dials", {}):
            self._known(name, DIALS, "dial", ("lifecycle", "dials", name))
        faults = [
            self._fault(one, ("faults", at), f"fault-{at + 1}")
            for at, one in enumerate(value.get("faults", ()))
        ]
        kept = {
            name: value[name]
            for name in ("fixture", "seed", "clock", "strict", "state", "lifecycle")
            if name in value
        }
        return Scenario(
            name=self._document.path.stem,
            api=self._api,
            description=value["description"],
            rules=rules,
            faults=faults,
            ignore=frozenset(value.get("ignore", ())),
            **kept,
        )

    def _rule(self, rule: Json, place: tuple[Step, ...]) -> Rule:
        when = rule["when"]
        stated = when["operation"]
        operations = [stated] if isinstance(stated, str) else stated
        for name in operations:
            self._known(name, self._operations, "operation", (*place, "when", "operation"))
        for part in _WHERE:
            if part in when:
                self._checked(lambda part=part: conditions.check(when[part]), (*place, "when", part))
        for number, one in enumerate(when.get("world", ())):
            self._checked(
                lambda one=one: conditions.check(one.get("has", {})), (*place, "when", "world", number)
            )
        if ("then" in rule) == ("sequence" in rule):
            raise self._document.fault(f"rule '{rule['name']}' takes one of then and sequence", place)
        steps = rule.get("sequence") or [rule["then"]]
        for number, step in enumerate(steps):
            at = (*place, "sequence", number) if "sequence" in rule else (*place, "then")
            self._step(step, operations, at)
        after = rule.get("after", "repeat")
        return Rule(rule["name"], frozenset(operations), when, steps, after, rule.get("times"))

    def _step(self, step: Json, operations: Sequence[str], place: tuple[Step, ...]) -> None:
        ways = [name for name in ("answer", "events", "act") if name in step]
        if len(ways) > 1:
            raise self._document.fault(f"takes one of {', '.join(ways)}", place)
        choices = [
            name
            for name in ("say", "thinking", "call_tools", "data", "replies", "score", "decide")
            if name in step
        ]
        if choices and ways and ways != ["act"]:
            raise self._document.fault(
                f"'{choices[0]}' is for calls that are acted, not beside '{ways[0]}'", place
            )
        if "replies" in step and {"say", "thinking", "call_tools", "data"} & step.keys():
            raise self._document.fault("'replies' stands for say, thinking, call_tools and data", place)
        if "fault" in step:
            self._fault(step["fault"], (*place, "fault"), "fault of a rule")
        for name in operations:
            operation = self._operations[name]
            if "events" in step:
                self._events(step, operation, place)
            elif "answer" in step:
                self._answer(step["answer"], operation, (*place, "answer"))

    def _answer(self, answer: Json, operation: Operation, place: tuple[Step, ...]) -> None:
        """A scripted answer keeps the contract, unless it says that it does not."""
        self._checked(lambda: check_headers(answer.get("headers", {})), (*place, "headers"))
        check = operation.answers.get(answer.get("status", operation.success))
        if (
            answer.get("unchecked")
            or check is None
            or answer.get("media_type", "").partition("/")[0] == "text"
        ):
            return
        if not check.accepts(answer.get("body")):
            where, why = next(iter(check.faults(answer.get("body"), "body").items()))
            told = f"{where}: {why}; {operation.id} never answers so. `unchecked: true` tells it nevertheless"
            raise self._document.fault(told, (*place, "body"))

    def _events(self, step: Json, operation: Operation, place: tuple[Step, ...]) -> None:
        if operation.events is None:
            raise self._document.fault(f"{operation.id} has no stream", (*place, "events"))
        for number, event in enumerate(step["events"]):
            if not step.get("unchecked") and not operation.events.accepts(event):
                where, why = next(iter(operation.events.faults(event, "event").items()))
                told = f"{where}: {why}; `unchecked: true` tells it nevertheless"
                raise self._document.fault(told, (*place, "events", number))

    def _fault(self, given: Json, place: tuple[Step, ...], name: str) -> Fault:
        stated = given.get("operation", "*")
        if stated != "*":
            self._known(
                stated.rpartition(":")[2],
                {*self._operations, *self._tags},
                "operation",
                (*place, "operation"),
            )
        fault: Fault = self._checked(lambda: fault_of(given, name), place)
        return fault

    def _known(self, name: str, known: Iterable[str], noun: str, place: tuple[Step, ...]) -> None:
        if name not in known:
            close = difflib.get_close_matches(name, list(known), n=1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise self._document.fault(f"{self._api} has no {noun} '{name}'{hint}", place)

    def _checked(self, act: Any, place: tuple[Step, ...]) -> Any:
        try:
            return act()
        except SetupError as error:
            raise self._document.fault(str(error), place) from None
