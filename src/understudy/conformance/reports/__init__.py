"""Reports of a run, each form in a module that has one function: `write(report) -> str`."""

from __future__ import annotations

from collections.abc import Mapping

FORMS: Mapping[str, str] = {
    "json": "report.json",
    "ndjson": "report.ndjson",
    "junit": "junit.xml",
    "html": "index.html",
    "har": "findings.har",
    "markdown": "summary.md",
    "sarif": "findings.sarif",
}
"""The forms and the names of their files. `json` is always written: cases are replayed from it."""
