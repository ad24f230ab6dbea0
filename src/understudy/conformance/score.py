"""The score: for each operation four verdicts, for each API two numbers that are never told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from understudy.conformance.contract import Contract
from understudy.conformance.findings import Exchange, Finding

VERDICTS = ("accepts valid", "rejects invalid", "documented answers", "bodies match")
PASSED, FAILED, UNREACHED = "passed", "failed", "not reached"
OF_CODE = {
    "UV101": "documented answers", "UV102": "documented answers", "UV103": "documented answers",
    "UV109": "documented answers", "UV110": "documented answers",
    "UV104": "bodies match", "UV105": "bodies match", "UV106": "bodies match",
    "UV107": "rejects invalid", "UV108": "accepts valid", "UV301": "bodies match", "UV302": "bodies match",
    "UV303": "bodies match", "UV304": "bodies match", "UV401": "rejects invalid", "UV402": "rejects invalid",
    "UV403": "rejects invalid", "UV404": "rejects invalid", "UV207": "rejects invalid",
    "UV210": "rejects invalid",
}  # fmt: skip


@dataclass
class Score:
    """What became of each operation.

    Args:
        verdicts: by operation and verdict: passed, failed or not reached.
        statuses: the statuses that each operation was seen to answer.
    """

    verdicts: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def empty(cls, operations: Iterable[str]) -> Score:
        return cls({one: dict.fromkeys(VERDICTS, UNREACHED) for one in operations})

    def see(self, exchange: Exchange) -> None:
        """Count an exchange that nothing was wrong with."""
        verdicts = self.verdicts.get(exchange.operation)
        if verdicts is None:
            return
        counts = self.statuses.setdefault(exchange.operation, {})
        counts[exchange.status] = counts.get(exchange.status, 0) + 1
        reached = ["documented answers"]
        if exchange.answer:
            reached.append("bodies match")
        if exchange.expected == "valid" and 200 <= exchange.status < 300:
            reached.append("accepts valid")
        if exchange.expected == "invalid" and 400 <= exchange.status < 500:
            reached.append("rejects invalid")
        for name in reached:
            if verdicts[name] == UNREACHED:
                verdicts[name] = PASSED

    def fail(self, finding: Finding) -> None:
        verdicts = self.verdicts.get(finding.operation)
        if verdicts is not None:
            verdicts[OF_CODE.get(finding.code, "accepts valid")] = FAILED

    def count(self, state: str) -> int:
        return sum(value == state for verdicts in self.verdicts.values() for value in verdicts.values())

    @property
    def applicable(self) -> int:
        return len(self.verdicts) * len(VERDICTS)

    @property
    def reached(self) -> int:
        return self.applicable - self.count(UNREACHED)

    @property
    def line(self) -> str:
        """`score 98.1 % (passed 412 of 420 reached), coverage 94.6 % (reached 420 of 444)`"""
        passed, reached = self.count(PASSED), self.reached
        score = 100 * passed / reached if reached else 0.0
        coverage = 100 * reached / self.applicable if self.applicable else 0.0
        return (
            f"score {score:.1f} % (passed {passed} of {reached} reached), "
            f"coverage {coverage:.1f} % (reached {reached} of {self.applicable})"
        )


def of(contract: Contract, operations: Iterable[str]) -> Score:
    return Score.empty(one for one in operations if one in contract.operations)
