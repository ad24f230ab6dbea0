"""JUnit: a test case for each verdict on each operation, so that CI shows which one fell."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from understudy.conformance.codes import CODES
from understudy.conformance.findings import Finding
from understudy.conformance.run import Report
from understudy.conformance.score import FAILED, OF_CODE, UNREACHED, VERDICTS

_UNPRINTABLE = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report) -> str:
    root = Element("testsuites")
    name = report.contract.name or "contract"
    suite = SubElement(root, "testsuite", name=f"understudy verify {name}")
    counts = {"tests": 0, "failures": 0, "skipped": 0}
    for operation, verdicts in report.score.verdicts.items():
        for verdict in VERDICTS:
            case = SubElement(suite, "testcase", classname=f"{name}.{operation}", name=verdict)
            counts["tests"] += 1
            if verdicts[verdict] == UNREACHED:
                SubElement(case, "skipped", message="not reached")
                counts["skipped"] += 1
            elif verdicts[verdict] == FAILED:
                _failure(case, report, operation, verdict)
                counts["failures"] += 1
    for key, value in counts.items():
        suite.set(key, str(value))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _failure(case: Element, report: Report, operation: str, verdict: str) -> None:
    found = [f for f in [*report.findings, *report.silenced] if f.operation == operation and _is(f, verdict)]
    failure = SubElement(case, "failure", message=_printable(found[0].message if found else verdict))
    failure.text = _printable("\n\n".join(_told(one, report.target) for one in found))


def _is(finding: Finding, verdict: str) -> bool:
    return OF_CODE.get(finding.code, "accepts valid") == verdict


def _told(finding: Finding, target: str) -> str:
    curl = finding.exchanges[-1].curl(target) if finding.exchanges else ""
    return f"{finding.code} {CODES[finding.code].title}: {finding.message}\ncase {finding.id}\n{curl}"


def _printable(text: str) -> str:
    """XML has no way to write most control characters."""
    return "".join(
        c if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c <= "\ufffd" else "?" for c in text
    )
