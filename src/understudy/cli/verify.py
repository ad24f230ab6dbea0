"""`understudy verify`, `replay-case` and `explain`: judge a server, look at a finding again."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import typer

from understudy.cli import targets
from understudy.conformance.codes import CODES
from understudy.conformance.contract import Contract, read
from understudy.conformance.findings import Finding
from understudy.conformance.lifecycles import usual_headers
from understudy.conformance.reports import FORMS
from understudy.conformance.run import Options, Report, Run
from understudy.conformance.sending import Target, Unreachable
from understudy.engine import spec
from understudy.errors import SetupError
from understudy.settings import data_directory

DIRECTORY = "understudy-report"
UNREACHABLE = 3
SHOWN = 40
"""How many findings the terminal tells; the reports have them all."""
_HEADERS = {
    "vectara": ("x-api-key", ""),
    "aivax": ("authorization", "Bearer "),
    "vectara-v1": ("x-api-key", ""),
}


@dataclass(frozen=True)
class Wanted:
    """The flags of `verify`, as they were given."""

    api: str | None
    spec: Path | None
    target: str
    key: str | None
    other_key: str | None
    oauth: str | None
    header: Sequence[str]
    only: Sequence[str]
    safe: bool | None
    budget: float | None
    examples: int
    seed: int
    shard: str
    baseline: Path | None
    report: str
    out: Path


def verify(wanted: Wanted) -> int:
    """Judge a server; the exit code: 0 nothing found, 1 findings, 3 nobody there, 4 nothing verified."""
    contract = _contract(wanted)
    target = _target(wanted, contract)
    options = _options(wanted, target)
    forms = _forms(wanted.report)
    targets.check_only(contract, options.only)
    run = Run(contract, target, options, _teller())
    skipped = len(run.operations) - sum(one.safe for one in run.operations) if options.safe else 0
    typer.echo(
        f"{contract.name or wanted.spec}: {len(run.operations)} operations of {target.url}"
        f"{f', {skipped} left out since they change things (--allow-write calls them)' if skipped else ''}, "
        f"seed {options.seed}"
    )
    try:
        _knock(target)
        report = run.execute()
    except Unreachable as error:
        typer.echo(f"understudy: {wanted.target}: cannot be reached ({error})", err=True)
        return UNREACHABLE
    _tell(report)
    _write(report, forms, wanted.out)
    return 130 if report.interrupted == "interrupt" else report.exit_code


def replay_case(case: str, directory: Path, target: str | None, key: str | None) -> int:
    """Send the requests of a finding again and tell the answers; 0 when the last one answers otherwise."""
    told = _report_file(directory)
    found = next((one for one in told["findings"] if one["id"] == case), None)
    if found is None:
        known = ", ".join(one["id"] for one in told["findings"][:20]) or "none"
        raise SetupError(f"no case '{case}'; there is {known}", str(directory))
    name, prefix = _HEADERS.get(told["api"], ("authorization", "Bearer "))
    base = target or told["target"]
    status = 0
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        for step in found["exchanges"]:
            headers = {k: v for k, v in step["headers"].items() if v != "[redacted]"}
            if key and len(headers) < len(step["headers"]):
                headers[name] = f"{prefix}{key}"
            headers.pop("content-length", None)
            try:
                answer = client.request(
                    step["method"], step["path"], params=step["query"], headers=headers,
                    content=step["body"].encode(),
                )  # fmt: skip
            except httpx.ConnectError as error:
                typer.echo(f"understudy: {base}: cannot be reached ({error})", err=True)
                return UNREACHABLE
            status = answer.status_code
            typer.echo(f"{step['method']} {step['path']}  {step['status']} then, {status} now")
            typer.echo(f"  {answer.text[:400]}")
    typer.echo(f"{found['code']} {found['title']}: {found['message']}")
    return 1 if found["exchanges"] and status == found["exchanges"][-1]["status"] else 0


def explain(code: str) -> None:
    """What a code means and what to do; SetupError lists the codes."""
    found = CODES.get(code.upper())
    if found is None:
        raise SetupError(f"no code '{code}'; there is {', '.join(CODES)}", "explain")
    typer.echo(f"{found.code} {found.title}\n\nThe rule: {found.rule}\nThe cure: {found.cure}")


def _contract(wanted: Wanted) -> Contract:
    if (wanted.api is None) == (wanted.spec is None):
        raise SetupError("give one of the two: an API that we know, or a file", "--api, --spec")
    if wanted.spec is not None:
        return read(wanted.spec)
    directory = data_directory("specs") / str(wanted.api)
    if not (directory / spec.BUNDLE).is_file():
        raise SetupError(f"no API '{wanted.api}'; there is {', '.join(_HEADERS)}", "--api")
    return Contract(spec.load(directory), str(wanted.api))


def _target(wanted: Wanted, contract: Contract) -> Target:
    if not wanted.target.startswith(("http://", "https://")):
        raise SetupError("has to begin with http:// or https://", "--target")
    usual = usual_headers(contract.name)
    headers = {**usual, **targets.headers(wanted.header)}
    if wanted.oauth:
        headers["authorization"] = f"Bearer {targets.token(contract.name, wanted.target, wanted.oauth)}"
    if wanted.key:
        headers |= _credential(contract.name, wanted.key)
    other: dict[str, str] = {}
    if wanted.other_key:
        other = {**usual, **_credential(contract.name, wanted.other_key, "--other-key")}
    return Target(wanted.target.rstrip("/"), headers, other)


def _credential(api: str, key: str, flag: str = "--key") -> dict[str, str]:
    name, prefix = _HEADERS.get(api, ("authorization", "Bearer "))
    return {name: f"{prefix}{targets.key(key, flag)}"}


def _options(wanted: Wanted, target: Target) -> Options:
    number, slash, count = wanted.shard.partition("/")
    if not (slash and number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        raise SetupError(f"'{wanted.shard}' is no part such as 2/4", "--shard")
    safe = wanted.safe if wanted.safe is not None else not target.is_local
    return Options(
        only=tuple(wanted.only),
        safe=safe,
        examples=wanted.examples,
        budget=wanted.budget,
        seed=wanted.seed,
        shard=(int(number), int(count)),
        baseline=_baseline(wanted.baseline),
    )


def _baseline(file: Path | None) -> frozenset[str]:
    """The ids that a file lists, a line each; what stands behind `#` is a remark."""
    if file is None:
        return frozenset()
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise SetupError(f"cannot be read: {error.strerror}", str(file)) from None
    return frozenset(text for line in lines if (text := line.partition("#")[0].strip()))


def _forms(text: str) -> list[str]:
    forms = [one.strip() for one in text.split(",") if one.strip()]
    for one in forms:
        if one not in FORMS:
            raise SetupError(f"no form '{one}'; there is {', '.join(FORMS)}", "--report")
    return list(dict.fromkeys(["json", *forms]))


def _knock(target: Target) -> None:
    """Unreachable when nobody is there, before anything is begun."""
    try:
        httpx.get(target.url, timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        raise Unreachable(str(error) or type(error).__name__) from None


def _teller() -> Any:
    """One line that is written over on a terminal, a line each elsewhere."""
    if sys.stdout.isatty():
        return lambda text: typer.echo(f"\r\x1b[K{text}", nl=False)
    return lambda text: typer.echo(f"  {text}")


def _tell(report: Report) -> None:
    if sys.stdout.isatty():
        typer.echo("\r\x1b[K", nl=False)
    for one in report.findings[:SHOWN]:
        _tell_finding(one, report.target)
    if len(report.findings) > SHOWN:
        typer.echo(f"... and {len(report.findings) - SHOWN} more in the reports")
    for left in report.left_behind:
        typer.echo(f"left behind: {left}")
    sent = ", ".join(f"{count} {name}" for name, count in sorted(report.sent.items()))
    early = f"; ended early: {report.interrupted}" if report.interrupted else ""
    silenced = f", {len(report.silenced)} known" if report.silenced else ""
    typer.echo(f"{len(report.findings)} findings{silenced}; {report.score.line}{early}")
    typer.echo(f"requests: {sent or 'none'}")


def _tell_finding(finding: Finding, target: str) -> None:
    code = CODES[finding.code]
    typer.echo(f"FAIL  {finding.operation}: {code.title} ({finding.code})")
    typer.echo(f"      {' '.join(finding.message.split())}")
    typer.echo(f"      {code.rule}")
    if finding.exchanges:
        typer.echo(f"      {finding.exchanges[-1].curl(target)[:300]}")
    typer.echo(f"      understudy replay-case {finding.id}    understudy explain {finding.code}")


def _write(report: Report, forms: Sequence[str], out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for form in forms:
            module = importlib.import_module(f"understudy.conformance.reports.{form}")
            (out / FORMS[form]).write_text(module.write(report), "utf-8")
    except OSError as error:
        raise SetupError(f"cannot be written: {error.strerror}", str(out)) from None
    typer.echo(f"reports: {', '.join(str(out / FORMS[form]) for form in forms)}")


def _report_file(directory: Path) -> dict[str, Any]:
    file = directory / FORMS["json"]
    try:
        found: dict[str, Any] = orjson.loads(file.read_bytes())
    except OSError:
        raise SetupError("is not there; `understudy verify` writes it", str(file)) from None
    except orjson.JSONDecodeError:
        raise SetupError("is no report", str(file)) from None
    return found
