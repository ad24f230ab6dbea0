"""One run: every layer over a server, within a budget, with everything that was made taken away again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import orjson

from understudy.conformance import choosing, fuzzing, judging, lifecycles, second_opinion, security, streams
from understudy.conformance.contract import Contract, Operation
from understudy.conformance.findings import Exchange, Finding, Findings
from understudy.conformance.score import Score
from understudy.conformance.sending import OutOfBudget, Sender, Target

LAYERS = ("lifecycles", "streams", "security", "schemathesis", "second opinion")
SAFE_LAYERS = ("security", "schemathesis", "second opinion")
NOBODY = "understudy-verify-nobody"
"""What stands in a path where nothing may be touched."""
NAMES = ("key", "name", "id")
"""Members that name what is made."""
KEPT = 1000
"""How many exchanges are kept for a second opinion."""


@dataclass(frozen=True)
class Options:
    """What a run does.

    Args:
        only: tags, operations or families; all when empty.
        safe: whether only calls are sent that change nothing.
        examples: how many cases an operation gets of each way of making them.
        budget: seconds for everything, None for no end.
        shard: which of how many parts, such as (1, 4).
        baseline: ids of findings that are known.
        layers: which layers run.
    """

    only: tuple[str, ...] = ()
    safe: bool = False
    examples: int = 10
    budget: float | None = None
    seed: int = 0
    shard: tuple[int, int] = (1, 1)
    baseline: frozenset[str] = frozenset()
    layers: tuple[str, ...] = LAYERS


@dataclass
class Report:
    """What a run has found.

    Args:
        silenced: findings of the baseline that were found again.
        interrupted: what ended the run early: "", "budget" or "interrupt".
        sent: requests by layer.
    """

    contract: Contract
    target: str
    options: Options
    score: Score
    findings: list[Finding] = field(default_factory=list)
    silenced: list[Finding] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)
    interrupted: str = ""
    left_behind: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 for findings, 4 when nothing was verified."""
        if self.findings:
            return 1
        return 0 if self.score.reached else 4


class Run:
    """A run over one server.

    Args:
        tell: gets a line of progress now and then.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        options: Options,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.contract = contract
        self.options = options
        self.operations = chosen(contract, options)
        self.families = chosen_families(contract, options)
        self.report = Report(contract, target.url, options, Score.empty(o.id for o in self.operations))
        self._findings = Findings()
        self._made: dict[tuple[str, str], tuple[lifecycles.Family, Mapping[str, str]]] = {}
        self._sent: dict[str, set[Any]] = {}
        self._before: dict[str, set[str]] = {}
        self._marks = 0
        self._tell = tell
        self._deadline = time.monotonic() + options.budget if options.budget else None
        self._sender = Sender(contract, target, self._listen, self._deadline)

    def execute(self) -> Report:
        """Run every layer; what one of them makes is gone in the end, also after an interruption."""
        try:
            self._look_around()
            for name in self.options.layers:
                if self.options.safe and name not in SAFE_LAYERS:
                    continue
                self._tell(name)
                getattr(self, f"_{name.replace(' ', '_')}")()
        except OutOfBudget:
            self.report.interrupted = "budget"
        except KeyboardInterrupt:
            self.report.interrupted = "interrupt"
        finally:
            self._clean_up()
            self._sender.close()
        self._sort_out()
        return self.report

    def _lifecycles(self) -> None:
        known = lifecycles.families(self.contract.name)
        for family in self.families:
            self._tell(f"lifecycles: {family.name}")
            examples = max(1, self.options.examples // 2)
            for finding in lifecycles.check(
                self._sender, family, known, examples=examples, steps=12, seed=self.options.seed
            ):
                self._findings.add(finding)

    def _streams(self) -> None:
        """Streams are judged where they appear; here those are called that need something to be there."""
        for finding in streams_of(self._sender, self.contract, {one.id for one in self.operations}):
            self._findings.add(finding)

    def _security(self) -> None:
        target = self._sender.target
        operations = [one for one in self.operations if one.safe or not self.options.safe]
        if not self.options.safe and not target.weak:
            self._sender.target = replace(target, weak=security.weaker_keys(self._sender, self.contract))
        for finding in security.check(self._sender, operations):
            self._findings.add(finding)

    def _schemathesis(self) -> None:
        wanted = [one.id for one in self.operations if one.safe or not self.options.safe]
        if self._sender.target.app is None:
            account = lifecycles.account_operations(self.contract.name)
            wanted = [one for one in wanted if one not in account]
        if not wanted:
            return
        stateful = not self.options.safe
        for finding in fuzzing.check(
            self.contract,
            self._sender.target,
            wanted,
            self._listen,
            examples=self.options.examples,
            seed=self.options.seed,
            stateful=stateful,
            over=self._is_over,
            guard=self,
        ):
            self._findings.add(finding)

    def _second_opinion(self) -> None:
        clean = [e for e in self.report.exchanges if e.operation and e.media_type == "application/json"]
        seen: dict[tuple[str, int], Exchange] = {}
        for exchange in clean:
            seen.setdefault((exchange.operation, exchange.status), exchange)
        for finding in second_opinion.check(self.contract, list(seen.values())):
            self._findings.add(finding)

    def before(
        self, operation: str, path: dict[str, Any], body: Any, valid: bool
    ) -> tuple[dict[str, Any], Any]:
        """Changes go to what this run has made; what it makes has a name that tells where it is from.

        In this process everything may be changed but what could end the credential of the run.
        """
        known = self.contract.operations.get(operation)
        if known is None or known.safe:
            return path, body
        if self._sender.target.app is not None:
            account = lifecycles.account_operations(self.contract.name)
            return (self._held(path) if operation in account else path), body
        named = [name for name in NAMES if isinstance(body.get(name), str)] if isinstance(body, dict) else []
        if valid and named:
            body = {**body, **{name: self._mark() for name in named}}
        return self._held(path), body

    def _held(self, path: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a path that name what this run has made; the others lead to nobody."""
        mine = {key for _, key in self._made}
        mine |= {str(value) for _, where in self._made.values() for value in where.values()}
        return {name: value if str(value) in mine else NOBODY for name, value in path.items()}

    def after(self, exchange: Exchange) -> None:
        self._remember(exchange)

    def _mark(self) -> str:
        self._marks += 1
        return f"{lifecycles.MARK}-f{self._marks}"

    def _is_over(self) -> bool:
        return self._deadline is not None and time.monotonic() > self._deadline

    def _listen(self, exchange: Exchange) -> None:
        """Judge an exchange that any layer has sent."""
        self.report.sent[exchange.source] = self.report.sent.get(exchange.source, 0) + 1
        found = [*judging.judge(self.contract, exchange), *streams.check(self.contract, exchange)]
        for finding in found:
            self._findings.add(finding)
        if not found:
            self.report.score.see(exchange)
            if len(self.report.exchanges) < KEPT:
                self.report.exchanges.append(exchange)
        self._remember(exchange)

    def _remember(self, exchange: Exchange) -> None:
        """Note what a create has made, so that it can be taken away."""
        operation = self.contract.operations.get(exchange.operation)
        if operation is None or not 200 <= exchange.status < 300:
            return
        path = self.contract.values(operation, exchange.path)
        for family in lifecycles.families(self.contract.name).values():
            if not family.delete:
                continue
            if family.create["operation"] == exchange.operation:
                key = family.made_by(exchange)
                if key:
                    self._made[(family.name, key)] = (family, path)
                elif "sent" in family.find:
                    with suppress(ValueError, AttributeError):
                        text = orjson.loads(exchange.body).get(family.find["sent"])
                        self._sent.setdefault(family.name, set()).add(text)
            elif family.delete == exchange.operation:
                key = path.get(family.path) or dict(exchange.query).get(family.path, "")
                self._made.pop((family.name, key), None)

    def _look_around(self) -> None:
        """Note what is there already, of families whose new things can be told by a text alone."""
        wanted = {one.id for one in self.operations}
        for name, family in lifecycles.families(self.contract.name).items():
            if "sent" in family.find and family.create["operation"] in wanted and not self.options.safe:
                self._before[name] = {str(row.get(family.key)) for row in self._rows_of(family)}

    def _rows_of(self, family: lifecycles.Family) -> list[dict[str, Any]]:
        answer = self._sender.call(family.find["operation"], source="clean up")
        rows = lifecycles.member(answer.value(), family.find["items"])
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _clean_up(self) -> None:
        self._sender.deadline = None
        for (_, key), (family, path) in reversed(self._made.copy().items()):
            self._take_away(family, key, path)
        for name, texts in self._sent.items():
            family = lifecycles.families(self.contract.name)[name]
            with suppress(Exception):
                for row in self._rows_of(family) if name in self._before else ():
                    key = str(row.get(family.key))
                    if row.get(family.find["member"]) in texts and key not in self._before[name]:
                        self._take_away(family, key, {})

    def _take_away(self, family: lifecycles.Family, key: str, path: Mapping[str, str]) -> None:
        place, query = family.place(key)
        headers = {**self._sender.target.headers, **family.headers}
        with suppress(Exception):
            answer = self._sender.call(
                family.delete, {**path, **place}, query=query, headers=headers, source="clean up"
            )
            if answer.status >= 400 and answer.status != 404:
                self.report.left_behind.append(f"{family.name} {key}: {answer.status}")

    def _sort_out(self) -> None:
        for finding in self._findings.all():
            self.report.score.fail(finding)
            known = finding.id in self.options.baseline
            (self.report.silenced if known else self.report.findings).append(finding)


def chosen(contract: Contract, options: Options) -> list[Operation]:
    """The operations that a run is about: those asked for, of this shard."""
    return [one for one in choosing.operations(contract, options.only) if in_shard(one.id, options.shard)]


def chosen_families(contract: Contract, options: Options) -> list[lifecycles.Family]:
    """The families of a run; each is in one shard."""
    families = choosing.families(contract, options.only)
    return [one for one in families if in_shard(f"family {one.name}", options.shard)]


def in_shard(name: str, shard: tuple[int, int]) -> bool:
    """Whether a name belongs to part k of n: the same in every run."""
    number, count = shard
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) % count == number - 1


def streams_of(sender: Sender, contract: Contract, operations: set[str]) -> Iterable[Finding]:
    """Call every operation that streams, once as JSON and once as a stream, where we know how."""
    for name, script in lifecycles.stream_scripts(contract.name).items():
        if name in operations:
            yield from _stream(sender, name, script)


def _stream(sender: Sender, name: str, script: Mapping[str, Any]) -> Iterable[Finding]:
    life = lifecycles.Prepared(sender, script)
    try:
        whole = life.call(name, script["body"], {})
        streamed = life.call(name, script["body"], script["switch"])
    finally:
        life.clear()
    if whole.status >= 300 or streamed.status >= 300 or "text" not in script:
        return
    if streamed.media_type != "text/event-stream":
        message = f"a stream was asked for, and the answer is {streamed.media_type}"
        yield Finding("UV303", name, "", message, (whole, streamed))
        return
    told = _joined(streamed, script["text"])
    said = lifecycles.member(whole.value(), script["text"]["answer"])
    if said is not None and told != said:
        message = f"the stream tells {told[:120]!r}, the answer {str(said)[:120]!r}"
        yield Finding("UV303", name, "", message, (whole, streamed))


def _joined(streamed: Exchange, text: Mapping[str, str]) -> str:
    events, _ = streams.read(streamed.answer)
    pieces = [lifecycles.member(event, text["member"]) for event in events if _is(event, text.get("event"))]
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _is(event: Mapping[str, Any], kind: str | None) -> bool:
    return kind is None or event.get("type") == kind
