"""A scenario as it stands in one world: which state it is in, and how often each rule was played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from understudy.engine.context import Call
from understudy.engine.faults import fault_of
from understudy.engine.operation import Operation
from understudy.engine.play import Choice, Missed, Scripted
from understudy.playback.scenarios.choices import Script
from understudy.playback.scenarios.conditions import Difference, differences
from understudy.playback.scenarios.documents import Rule, Scenario
from understudy.state.world import World

Json = Mapping[str, Any]


class Played:
    """One scenario in one world.

    Args:
        scenario: what is played.
        state: the state it is in.
        used: how often each rule was played.
    """

    def __init__(
        self, scenario: Scenario, state: str | None = None, used: Mapping[str, int] | None = None
    ) -> None:
        self._scenario = scenario
        self._state = state or scenario.state
        self._used = dict(used or {})
        self._about = frozenset(name for rule in scenario.rules for name in rule.operations)

    @property
    def name(self) -> str:
        return self._scenario.name

    def copy(self) -> Played:
        return Played(self._scenario, self._state, self._used)

    def plain(self) -> dict[str, Any]:
        """Where it stands, for snapshots and the control plane."""
        rules = {rule.name: self._used.get(rule.name, 0) for rule in self._scenario.rules}
        return {"scenario": self.name, "state": self._state, "played": rules}

    def choose(self, call: Call) -> Choice | None:
        operation = call.operation
        if operation is None or call.api.name != self._scenario.api or operation.id not in self._about:
            return None
        misses: list[tuple[Rule, list[Difference]]] = []
        for rule in self._scenario.rules:
            if operation.id not in rule.operations:
                continue
            found = list(self._differences(rule, call))
            if not found:
                return self._play(rule, operation)
            misses.append((rule, found))
        if self._scenario.strict:
            raise _missed(operation.id, self._scenario.name, misses)
        return None

    def _differences(self, rule: Rule, call: Call) -> Iterator[Difference]:
        """Why a rule does not apply to a call; nothing when it does."""
        used = self._used.get(rule.name, 0)
        if rule.times is not None and used >= rule.times:
            yield Difference("times", f"at most {rule.times} calls", used + 1)
        elif used >= len(rule.steps) and rule.after == "act":
            yield Difference("sequence", f"at most {len(rule.steps)} calls", used + 1)
        when = rule.when
        states = when.get("state")
        if states is not None and self._state not in ([states] if isinstance(states, str) else states):
            yield Difference("state", repr(states), self._state)
        ignored = self._scenario.ignore
        for part in ("path", "query"):
            if part in when:
                yield from differences(when[part], _given(call, part), part, ignored=ignored)
        if "body" in when:
            body = call.arguments.get("body")
            yield from differences(
                when["body"], body, "body", exact=when.get("exact", False), ignored=ignored
            )
        for condition in when.get("world", ()):
            yield from _in_world(condition, call.world)

    def _play(self, rule: Rule, operation: Operation) -> Choice:
        used = self._used.get(rule.name, 0)
        if used >= len(rule.steps) and rule.after == "error":
            raise Missed(f"rule '{rule.name}' of scenario '{self.name}' is used up", {"rule": rule.name})
        self._used[rule.name] = used + 1
        then = rule.steps[min(used, len(rule.steps) - 1)]
        self._state = then.get("go_to", self._state)
        return Choice(
            rule=rule.name,
            answer=_scripted(then, operation),
            script=(lambda: Script(then)),
            fault=fault_of(then["fault"], f"of rule {rule.name}") if "fault" in then else None,
            seconds=seconds(then.get("delay", 0)),
        )


def _scripted(then: Json, operation: Operation) -> Scripted | None:
    if "events" in then:
        return Scripted(operation.streamed, events=then["events"])
    answer = then.get("answer")
    if answer is None:
        return None
    return Scripted(
        status=answer.get("status", operation.success),
        body=answer.get("body"),
        headers=answer.get("headers", {}),
        media_type=answer.get("media_type", "application/json"),
    )


def seconds(stated: float | str) -> float:
    """A duration of a scenario: a number of seconds, `2s` or `500ms`."""
    if not isinstance(stated, str):
        return float(stated)
    if stated.endswith("ms"):
        return float(stated.removesuffix("ms")) / 1000
    return float(stated.removesuffix("s"))


def _given(call: Call, part: str) -> dict[str, Any]:
    """The path or query values of a call by their names in the contract."""
    assert call.operation is not None
    parameters = call.operation.in_path if part == "path" else call.operation.in_query
    return {one.name: call.arguments[one.argument] for one in parameters if one.argument in call.arguments}


def _in_world(condition: Json, world: World) -> Iterator[Difference]:
    """Whether the world holds what a condition says."""
    kind, scope = condition["kind"], condition.get("scope")
    table = world.store.tables().get((kind,) if scope is None else (kind, scope))
    told = f"{kind} of {scope}" if scope else str(kind)
    if "id" in condition:
        record = table.find(condition["id"]) if table is not None else None
        place = f"world {told} '{condition['id']}'"
        if (record is not None) is not condition.get("exists", True):
            yield Difference(
                place,
                "there" if condition.get("exists", True) else "nothing",
                "there" if record else "nothing",
            )
        elif record is not None and "has" in condition:
            yield from differences(condition["has"], record.value, place)
        return
    records = table.records() if table is not None else ()
    wanted = condition.get("has", {})
    count = sum(next(differences(wanted, record.value, ""), None) is None for record in records)
    least, most = condition.get("at_least", 0 if "at_most" in condition else 1), condition.get("at_most")
    if count < least:
        yield Difference(f"world {told}", f"at least {least}", count)
    if most is not None and count > most:
        yield Difference(f"world {told}", f"at most {most}", count)


def _missed(operation: str, scenario: str, misses: Sequence[tuple[Rule, list[Difference]]]) -> Missed:
    rule, found = min(misses, key=lambda miss: len(miss[1]))
    first = found[0].plain()
    message = (
        f"scenario '{scenario}' is strict and has nothing for this {operation}; nearest is '{rule.name}', "
        f"which differs at {first['place']}: it wants {first['wanted']}, this has {first['got']!r}"
    )
    return Missed(message, {"rule": rule.name, "differences": [one.plain() for one in found]})
