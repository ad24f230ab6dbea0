"""What differs between a contract or the stand-in and the answers of a server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from understudy.conformance.codes import CODES
from understudy.conformance.findings import Finding

LEVELS = ("error", "note")


@dataclass(frozen=True)
class Difference:
    """One difference.

    Args:
        level: `error` where somebody breaks the contract or the stand-in misleads, else `note`.
        rule: stable name: a code of `codes`, or one of `RULES`.
        operation: id of the operation; else method and path.
        place: the step and the member.
        message: what the two sides do.
        reason: why it has its level.
    """

    level: str
    rule: str
    operation: str
    place: str
    message: str
    reason: str

    @property
    def key(self) -> tuple[int, str, str, str]:
        return LEVELS.index(self.level), self.operation, self.place, self.rule


@dataclass
class Outcome:
    """What a comparison has found.

    Args:
        compared: how many answers were compared.
        skipped: how many could not be, by why.
    """

    differences: list[Difference] = field(default_factory=list)
    compared: int = 0
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 when nothing drifts, 1 when something does, 4 when nothing was compared."""
        if any(one.level == "error" for one in self.differences):
            return 1
        return 0 if self.compared else 4

    def skip(self, why: str) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + 1


RULES: dict[str, str] = {
    "undocumented-operation": "An answer came from a path that the contract does not have.",
    "status-differs": "The same call has another status.",
    "media-differs": "The same call is answered with another media type.",
    "member-differs": "A member is on one side alone.",
    "type-differs": "A member has another JSON type.",
    "events-differ": "The same call has other events, or events in another order.",
}


def of_finding(finding: Finding) -> Difference:
    """What is wrong with a recorded answer, as a difference from the contract."""
    return Difference(
        "error", finding.code, finding.operation, finding.place, finding.message, CODES[finding.code].rule
    )


def help_of(rule: str) -> str:
    """The sentence of a rule."""
    return RULES.get(rule) or CODES[rule].rule


def ordered(differences: Iterable[Difference]) -> list[Difference]:
    """Errors first, then by operation and place; of several with one key the first stays."""
    first: dict[tuple[int, str, str, str], Difference] = {}
    for one in differences:
        first.setdefault(one.key, one)
    return [first[key] for key in sorted(first)]
