"""`python -m tests.contract.mutants [--plain N] [--write FILE] [WORD...]`: judge all, or those named."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.contract.mutants.catalogue import Mutant, mutants
from tests.contract.mutants.judging import EXAMPLES, FIRST, LEAST_SECONDS, Verdict, healthy, judge, plain

LEAST = 0.95
"""The share of mutants that has to be found."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contract.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names")
    parser.add_argument("--plain", type=int, default=0, help="run Schemathesis alone too, over every nth")
    parser.add_argument("--write", type=Path, help="page for the result")
    asked = parser.parse_args()
    wanted = [one for one in mutants() if not asked.words or any(word in one.name for word in asked.words)]
    begin = time.perf_counter()
    rows = []
    faults = 0
    for number, one in enumerate(wanted):
        verdict, alone, fault = _judged(one, bool(asked.plain) and number % asked.plain == 0)
        faults += bool(fault)
        rows.append((one, verdict, alone))
        print(_line(one, verdict, alone), fault, flush=True)
    caught = sum(verdict.caught for _, verdict, _ in rows)
    print(f"{caught} of {len(rows)} found, {time.perf_counter() - begin:.0f} s")
    if asked.write:
        asked.write.write_text(_page(rows, asked.plain, time.perf_counter() - begin), "utf-8")
    return 0 if caught >= LEAST * len(rows) and not faults else 1


def _judged(one: Mutant, alone: bool) -> tuple[Verdict, tuple[str, ...] | None, str]:
    """The verdict, what Schemathesis alone says, and what is wrong with the mutant itself."""
    verdict = judge(one)
    fault = "" if verdict.changed else "IS NO MUTANT"
    if told := healthy(one.api, one.only, FIRST):
        fault = f"THE HEALTHY SERVER HAS FINDINGS {told}"
    return verdict, plain(one, verdict.seconds) if alone else None, fault


def _line(one: Mutant, verdict: Verdict, alone: tuple[str, ...] | None) -> str:
    ours = ", ".join(verdict.codes) or "not found"
    others = "" if alone is None else ", ".join(alone) or "not found"
    return f"| {one.name} | {ours} | {verdict.requests} | {verdict.seconds:.1f} | {others} |"


def _page(rows: list[tuple[Mutant, Verdict, tuple[str, ...] | None]], plain: int, seconds: float) -> str:
    caught = sum(verdict.caught for _, verdict, _ in rows)
    tried = [(verdict, alone) for _, verdict, alone in rows if alone is not None]
    both = sum(verdict.caught for verdict, _ in tried)
    found = sum(bool(alone) for _, alone in tried)
    which = "every mutant" if plain == 1 else f"every mutant whose number divides by {plain}"
    return "\n".join([
        "# Mutants",
        "",
        "Servers with one fault each, and what finds it. Written by",
        "",
        f"    python -m tests.contract.mutants --plain {plain} --write docs/reference/mutants.md",
        "",
        "Each mutant is our own server behind a layer that does one thing wrong at one operation. Names",
        "are `fault:api:operation`. The second column has the codes that `understudy verify` finds,",
        f"limited to the family of the operation, with {EXAMPLES} examples; {', '.join(FIRST)} run",
        "first, the other layers only where those find nothing. The last column is for " + which,
        "(numbered by name): the failures of Schemathesis with its own checks and the same",
        f"examples over the same operations, for the same number of seconds (at least {LEAST_SECONDS:.0f},",
        "and until the operation at hand is done), without the failures that it reports for the server",
        "without a fault.",
        "",
        f"- Mutants: {len(rows)}",
        f"- Found by `understudy verify`: {caught} of {len(rows)} ({_share(caught, len(rows))})",
        f"- Of the {len(tried)} that Schemathesis alone was run over: found by `understudy verify` {both}"
        f" ({_share(both, len(tried))}), by Schemathesis alone {found} ({_share(found, len(tried))})",
        f"- Time for all: {seconds:.0f} s",
        "",
        "| mutant | found by | requests | seconds | Schemathesis alone |",
        "| --- | --- | ---: | ---: | --- |",
        *(_line(*row) for row in rows),
        "",
    ])  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


if __name__ == "__main__":
    sys.exit(main())
