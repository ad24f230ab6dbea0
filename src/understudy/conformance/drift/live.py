"""A live target against the stand-in: the same scenario on both, compared by status, shape and events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from understudy.conformance import choosing, judging, lifecycles, streams
from understudy.conformance.contract import Contract, Operation
from understudy.conformance.drift.differences import Difference, Outcome, ordered
from understudy.conformance.drift.documents import Document
from understudy.conformance.drift.flattening import COMPONENT
from understudy.conformance.drift.scenario import Played, Player
from understudy.conformance.drift.shapes import Apart, Known, Shape, apart, known, shape
from understudy.conformance.findings import Exchange
from understudy.conformance.sending import Sender, Target

TARGET, STAND_IN = "the target", "the stand-in"
STREAM = "text/event-stream"


def compare(
    document: Document,
    target: Target,
    stand_in: Target,
    *,
    write: bool,
    only: Sequence[str] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Play the scenario on both; `write` also makes and deletes things.

    `only` names tags, operations or families: their answers alone are compared, and what has to be there
    first is made.

    Raises:
        Unreachable: there is nobody at the address.
    """
    contract = Contract(document.bundle, document.api)
    wanted = frozenset(one.id for one in choosing.operations(contract, only))
    sides = [_played(contract, one, wanted, write, tell) for one in (target, stand_in)]
    comparison = _Comparison(contract, document)
    outcome = Outcome()
    found: list[Difference] = []
    for key in sorted({*sides[0], *sides[1]}):
        if key in sides[0] and key in sides[1]:
            outcome.compared += 1
            found += comparison.differences(key[0], sides[0][key], sides[1][key])
        else:
            outcome.skip("of one side alone, since an earlier call failed on the other")
    outcome.differences = ordered(found)
    return outcome


def credential(contract: Contract, key: str) -> dict[str, str]:
    """The headers that carry a key, by the first scheme that has one, and what every call needs besides."""
    usual = dict(lifecycles.usual_headers(contract.name))
    schemes = contract.bundle.get("components", {}).get("securitySchemes", {})
    for scheme in schemes.values():
        if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
            bare = scheme["name"].lower() != "authorization" or " " in key
            return {**usual, scheme["name"]: key if bare else f"Bearer {key}"}
    return {**usual, "authorization": f"Bearer {key}"}


def _played(
    contract: Contract, target: Target, wanted: frozenset[str], write: bool, tell: Callable[[str], None]
) -> Played:
    """What was answered to the operations that are wanted."""
    sender = Sender(contract, target, lambda _: None)
    player = Player(sender, wanted, lambda line: tell(f"{target.url}: {line}"))
    try:
        player.read()
        if write:
            player.write()
    finally:
        sender.close()
    return {key: answer for key, answer in player.played.items() if key[1] in wanted}


@dataclass(frozen=True)
class _Comparison:
    contract: Contract
    document: Document

    def differences(self, step: str, target: Exchange, ours: Exchange) -> Iterator[Difference]:
        """What differs between two answers to the same call."""
        if target.status != ours.status:
            yield self._status(step, target, ours)
            return
        if target.media_type != ours.media_type:
            message = _told(target.media_type, ours.media_type)
            yield self._of(step, target, ours, "media-differs", "", message)
            return
        if target.media_type == STREAM:
            yield from self._streams(step, target, ours)
        elif target.media_type.endswith("json"):
            values = _json(target), _json(ours)
            schema = self._schema(target)
            for one in apart(shape([values[0]]), shape([values[1]])):
                yield from self._member(f"{step} {target.status}", target.operation, one, schema)

    def _status(self, step: str, target: Exchange, ours: Exchange) -> Difference:
        message = _told(str(target.status or "no answer"), str(ours.status or "no answer"))
        return self._of(step, target, ours, "status-differs", "", message)

    def _of(
        self, step: str, target: Exchange, ours: Exchange, rule: str, place: str, message: str
    ) -> Difference:
        """A difference that is an error, with who of the two breaks the contract as its reason."""
        guilty = [
            name
            for name, one in ((TARGET, target), (STAND_IN, ours))
            if any((*judging.judge(self.contract, one), *streams.check(self.contract, one)))
        ]
        reason = f"{' and '.join(guilty)} {'breaks' if len(guilty) == 1 else 'break'} the contract"
        if not guilty:
            reason = "the contract allows both, and a client of one meets something else at the other"
        return Difference("error", rule, target.operation, f"{step} {place}".strip(), message, reason)

    def _member(
        self, step: str, operation: str, one: Apart, schema: Mapping[str, Any] | None
    ) -> Iterator[Difference]:
        said = known(self.document, schema, one.path) if schema is not None else Known(free=True)
        if said.free:
            return  # the names of such members are data
        place = f"{step} {one.path}".strip()
        if one.first and one.second:
            yield _type_difference(operation, place, one, said)
        else:
            side = TARGET if one.first else STAND_IN
            level, reason = _lone(said, STAND_IN if one.first else TARGET, side)
            message = f"{side} alone has it"
            yield Difference(level, "member-differs", operation, place, message, reason)

    def _schema(self, exchange: Exchange) -> Mapping[str, Any] | None:
        operation = self.contract.operations[exchange.operation]
        answers = {str(status): answer for status, answer in operation.raw.get("responses", {}).items()}
        wanted = (str(exchange.status), f"{exchange.status // 100}XX", "default")
        answer = self.document.target(next((answers[s] for s in wanted if s in answers), {}))
        content = answer.get("content", {}).get(exchange.media_type, {})
        found: Mapping[str, Any] | None = content.get("schema")
        return found

    def _streams(self, step: str, target: Exchange, ours: Exchange) -> Iterator[Difference]:
        operation = self.contract.operations[target.operation]
        events = streams.read(target.answer)[0], streams.read(ours.answer)[0]
        first, second = (_kinds(one) for one in events)
        if first != second:
            yield self._order(step, operation, target, ours, (first, second))
        name = operation.stream.get("events")
        schema = {"$ref": COMPONENT + name} if name else None
        theirs, mine = (_by_kind(one) for one in events)
        for kind in sorted({*theirs} & {*mine}):
            for one in apart(theirs[kind], mine[kind]):
                yield from self._member(f"{step} event {kind}", target.operation, one, schema)

    def _order(
        self,
        step: str,
        operation: Operation,
        target: Exchange,
        ours: Exchange,
        kinds: tuple[list[str], list[str]],
    ) -> Difference:
        message = _told(", ".join(kinds[0]), ", ".join(kinds[1]))
        found = self._of(step, target, ours, "events-differ", "", message)
        if operation.stream and set(kinds[0]) == set(kinds[1]) and "allows both" in found.reason:
            reason = "the contract allows both orders"
            return Difference("note", found.rule, found.operation, found.place, message, reason)
        return found


def _type_difference(operation: str, place: str, one: Apart, said: Known) -> Difference:
    message = _told(*(" or ".join(sorted(types)) for types in (one.first, one.second)))
    wrong = [
        name
        for name, types in ((TARGET, one.first), (STAND_IN, one.second))
        if said.types and types - said.types
    ]
    if not said.names:
        level, reason = "error", "the contract does not know this member"
    elif wrong:
        level, reason = "error", f"the contract says {' or '.join(sorted(said.types))}, {wrong[0]} breaks it"
    else:
        level, reason = "note", "the contract allows both"
    return Difference(level, "type-differs", operation, place, message, reason)


def _lone(said: Known, lacking: str, having: str) -> tuple[str, str]:
    """The level and the reason when a member is on one side alone."""
    if not said.names:
        return "error", f"the contract does not know this member, {having} adds it"
    if said.required:
        return "error", f"the contract wants this member, {lacking} leaves it out"
    return "note", "the contract lets it be absent"


def _told(target: str, ours: str) -> str:
    return f"{TARGET}: {target or 'none'}; {STAND_IN}: {ours or 'none'}"


def _json(exchange: Exchange) -> Any:
    try:
        return exchange.json()
    except (ValueError, RecursionError):
        return None


def _kinds(events: list[Mapping[str, Any]]) -> list[str]:
    """The kinds of events in their order; a row of the same kind counts once."""
    return [kind for kind, _ in groupby(str(event.get("type", "event")) for event in events)]


def _by_kind(events: list[Mapping[str, Any]]) -> dict[str, Shape]:
    sorted_events = sorted(events, key=lambda one: str(one.get("type", "event")))
    groups = groupby(sorted_events, key=lambda one: str(one.get("type", "event")))
    return {kind: shape(group) for kind, group in groups}
