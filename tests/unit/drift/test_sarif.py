"""SARIF as GitHub wants it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from understudy.conformance.contract import Contract
from understudy.conformance.findings import Finding
from understudy.conformance.reports.sarif import Result, of_finding, sarif, write
from understudy.conformance.run import Options, Report
from understudy.conformance.score import Score

ONE = Result(
    "operation-removed", "error", "is gone", "GET /a", "specs/a b.yaml", 7, help="Who calls it fails."
)
OTHER = Result("annotation", "note", "differs", "GET /b", "specs/a b.yaml", 0)


def test_the_structure_that_code_scanning_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = sarif([ONE, OTHER, ONE])
    assert told["version"] == "2.1.0"
    assert told["$schema"].endswith("sarif-2.1.0.json")
    (run,) = told["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Understudy"
    assert [rule["id"] for rule in driver["rules"]] == ["annotation", "operation-removed"]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert len(run["results"]) == 3
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "specs/a%20b.yaml"
        assert physical["region"]["startLine"] >= 1
        assert result["partialFingerprints"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 7
    assert run["results"][0]["message"]["text"] == "GET /a: is gone"


def test_a_file_that_lies_elsewhere_has_its_whole_address(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    result = sarif([Result("annotation", "note", "differs", "", str(file))])["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == file.as_uri()


def test_a_fingerprint_outlives_another_line() -> None:
    moved = Result(ONE.rule, ONE.level, ONE.message, ONE.place, ONE.file, 70)
    assert moved.fingerprint == ONE.fingerprint != OTHER.fingerprint


def test_no_results_are_a_run_too() -> None:
    (run,) = sarif([])["runs"]
    assert run["results"] == run["tool"]["driver"]["rules"] == []


def test_findings_of_a_verification_become_results() -> None:
    result = of_finding(Finding("UV104", "getCorpus", "200 key", "key: is missing"), "specs/a.yaml", 3)
    told = sarif([result])["runs"][0]
    assert told["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == "body breaks its schema"
    assert told["results"][0]["message"]["text"] == "getCorpus 200 key: key: is missing"


@pytest.mark.parametrize(("api", "file"), [("vectara", "specs/vectara/openapi.yaml"), ("", "openapi.yaml")])
def test_a_report_is_written_at_the_file_of_its_contract(api: str, file: str) -> None:
    report = Report(Contract({"paths": {}}, api), "http://127.0.0.1", Options(), Score.empty([]))
    report.findings.append(Finding("UV101", "getCorpus", "500", "answered with 500"))
    (result,) = json.loads(write(report))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith(file)
