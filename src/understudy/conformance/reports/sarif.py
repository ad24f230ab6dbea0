"""Results as SARIF 2.1.0, as GitHub and other viewers of static analysis take it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import orjson

from understudy import __version__
from understudy.conformance.codes import CODES
from understudy.conformance.findings import Finding
from understudy.settings import data_directory

if TYPE_CHECKING:
    from understudy.conformance.run import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Result:
    """One result.

    Args:
        rule: stable id; results of one rule have one title and one help text.
        place: the operation or schema, and the member in it.
        file: where a reader should look, mostly the contract; every viewer wants one.
        line: counted from 1.
    """

    rule: str
    level: Level
    message: str
    place: str
    file: str
    line: int = 1
    title: str = ""
    help: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same rule, place and message, also when lines have moved."""
        return blake2b("\n".join((self.rule, self.place, self.message)).encode(), digest_size=10).hexdigest()


def write(report: Report) -> str:
    """The findings of a verification, at the file of the contract; `openapi.yaml` for one not ours."""
    name = report.contract.name
    file = str(data_directory("specs") / name / "openapi.yaml") if name else "openapi.yaml"
    results = [of_finding(one, file) for one in report.findings]
    return orjson.dumps(sarif(results), option=orjson.OPT_INDENT_2).decode()


def of_finding(finding: Finding, file: str, line: int = 1) -> Result:
    """A finding of a verification as a result."""
    code = CODES[finding.code]
    place = f"{finding.operation} {finding.place}".strip()
    return Result(
        finding.code, "error", finding.message, place, file, line, code.title, f"{code.rule} {code.cure}"
    )


def sarif(results: Iterable[Result]) -> dict[str, Any]:
    """The document: one run with its rules and results, in the order they came."""
    listed = list(results)
    first: dict[str, Result] = {}
    for one in listed:
        first.setdefault(one.rule, one)
    rules = sorted(first)
    driver = {
        "name": "Understudy",
        "semanticVersion": __version__,
        "rules": [_rule(first[name]) for name in rules],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, rules.index(one.rule)) for one in listed],
            }
        ],
    }


def _rule(one: Result) -> dict[str, Any]:
    title = one.title or one.rule.replace("-", " ")
    return {
        "id": one.rule,
        "name": "".join(word.capitalize() for word in title.replace("-", " ").split()),
        "shortDescription": {"text": title},
        "fullDescription": {"text": one.help or title},
        "help": {"text": one.help or title},
        "defaultConfiguration": {"level": one.level},
    }


def _result(one: Result, index: int) -> dict[str, Any]:
    where = {
        "artifactLocation": {"uri": _uri(one.file)},
        "region": {"startLine": max(one.line, 1)},
    }
    return {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": one.level,
        "message": {"text": f"{one.place}: {one.message}" if one.place else one.message},
        "locations": [
            {
                "physicalLocation": where,
                "logicalLocations": [{"fullyQualifiedName": one.place or one.rule}],
            }
        ],
        "partialFingerprints": {"understudy/v1": one.fingerprint},
    }


def _uri(file: str) -> str:
    """The file from where we stand, as code scanning wants it; else its whole address."""
    path = Path(file).resolve()
    here = Path.cwd()
    return quote(path.relative_to(here).as_posix()) if path.is_relative_to(here) else path.as_uri()
