"""A summary in Markdown, for the page that a CI shows."""

from __future__ import annotations

from understudy.conformance.codes import CODES
from understudy.conformance.run import Report

MOST = 50
"""How many findings are told; the others are counted."""


def write(report: Report) -> str:
    name = report.contract.name or "contract"
    lines = [f"## understudy verify: {name}", "", f"`{report.target}`: {report.score.line}", ""]
    if report.interrupted:
        lines += [f"Ended early: {report.interrupted}.", ""]
    if not report.findings:
        return "\n".join([*lines, "Nothing was found.", ""])
    lines += ["| Case | Operation | What is wrong | Where |", "|---|---|---|---|"]
    for one in report.findings[:MOST]:
        what = f"{one.code} {CODES[one.code].title}: {one.message}"
        lines.append(f"| `{one.id}` | {_cell(one.operation)} | {_cell(what)} | {_cell(one.place)} |")
    if len(report.findings) > MOST:
        lines.append(f"\n... and {len(report.findings) - MOST} more.")
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())[:200]
