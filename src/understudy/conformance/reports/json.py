"""The whole report as JSON; the other forms tell parts of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from understudy.conformance.codes import CODES
from understudy.conformance.findings import Finding, plain
from understudy.conformance.run import Report

FORMAT = 1


def data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    options = report.options
    return {
        "format": FORMAT,
        "api": report.contract.name,
        "target": report.target,
        "options": {
            "only": list(options.only),
            "safe": options.safe,
            "examples": options.examples,
            "budget": options.budget,
            "seed": options.seed,
            "shard": list(options.shard),
        },
        "score": {
            "passed": report.score.count("passed"),
            "reached": report.score.reached,
            "applicable": report.score.applicable,
        },
        "interrupted": report.interrupted,
        "sent": dict(sorted(report.sent.items())),
        "operations": {
            name: {"verdicts": verdicts, "statuses": _counted(report.score.statuses.get(name, {}))}
            for name, verdicts in report.score.verdicts.items()
        },
        "findings": [finding_data(one, report.target) for one in report.findings],
        "silenced": [one.id for one in report.silenced],
        "left_behind": report.left_behind,
    }


def finding_data(finding: Finding, target: str) -> dict[str, Any]:
    return {
        "id": finding.id,
        "code": finding.code,
        "title": CODES[finding.code].title,
        "rule": CODES[finding.code].rule,
        "operation": finding.operation,
        "place": finding.place,
        "message": finding.message,
        "curl": finding.exchanges[-1].curl(target) if finding.exchanges else "",
        "exchanges": [plain(one) for one in finding.exchanges],
    }


def write(report: Report) -> str:
    return orjson.dumps(data(report), option=orjson.OPT_INDENT_2).decode()


def _counted(statuses: Mapping[int, int]) -> dict[str, int]:
    return {str(status): count for status, count in sorted(statuses.items())}
