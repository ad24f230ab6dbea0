"""`understudy spec diff` and `understudy drift`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typer

from understudy.cli import targets, telling
from understudy.cli.grouped import Row, show
from understudy.conformance.contract import Contract
from understudy.conformance.drift import differences, specs
from understudy.conformance.drift.changes import KINDS, Change
from understudy.conformance.drift.differences import Outcome
from understudy.conformance.drift.documents import Document, open_document
from understudy.conformance.reports.sarif import Level, Result, sarif
from understudy.errors import SetupError

if TYPE_CHECKING:
    from understudy.conformance.sending import Target

SHOWN_OPERATIONS = 3
UNREACHABLE = 3
"""The exit code when there is nobody at the address."""


def diff(old: str, new: str, as_json: bool, sarif_file: Path | None, fail_on: str) -> int:
    """Compare two contracts; the exit code is 1 when a change is as grave as `fail_on`, else 0."""
    documents = open_document(old), open_document(new)
    changes = specs.compare(*documents)
    counts = Counter(one.kind for one in changes)
    if sarif_file is not None:
        _write(sarif_file, _results_of_changes(documents[1], changes))
    if as_json:
        told = {"old": old, "new": new, "summary": {kind: counts[kind] for kind in KINDS}}
        telling.as_json({**told, "changes": [asdict(one) for one in changes]})
    else:
        summary = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)
        show(
            (Row(one.kind, one.place, _what(one), one.reason) for one in changes),
            f"{old} to {new}: {summary}",
        )
    grave = KINDS[: KINDS.index(fail_on) + 1]
    return int(any(counts[kind] for kind in grave))


def judge_records(document: Document, against: Path, as_json: bool, sarif_file: Path | None) -> int:
    """Judge recorded answers."""
    from understudy.conformance.drift import recorded

    outcome = recorded.compare(Contract(document.bundle, document.api), against)
    return _tell(document, str(against), outcome, as_json, sarif_file)


@dataclass(frozen=True)
class Live:
    """The flags of a live comparison, as they were given."""

    url: str
    key: str
    oauth: str
    header: Sequence[str]
    only: Sequence[str]
    write: bool
    fixture: str


def play(document: Document, wanted: Live, as_json: bool, sarif_file: Path | None) -> int:
    """Play the scenario on a target and on the stand-in."""
    from understudy.app import create_server
    from understudy.conformance.drift import live
    from understudy.conformance.sending import Unreachable
    from understudy.settings import Settings

    if not document.api:
        raise SetupError(
            "a live comparison needs an API that Understudy plays: --api vectara or --api aivax", "--api"
        )
    if not wanted.url.startswith(("http://", "https://")):
        raise SetupError("has to begin with http:// or https://", "--target")
    contract = Contract(document.bundle, document.api)
    targets.check_only(contract, wanted.only)
    server = create_server(Settings(fixture=wanted.fixture, log_format="none"))
    own = next(one.api.sample_keys[0] for one in server.apis if one.api.name == document.api)
    try:
        target, stand_in = _sides(contract, wanted, own, server)
        allowed = wanted.write or target.is_local
        if not allowed:
            _progress("only reading, as the target is not on loopback; --allow-write plays all")
        outcome = live.compare(document, target, stand_in, write=allowed, only=wanted.only, tell=_progress)
    except Unreachable as error:
        _progress(f"understudy: {wanted.url}: cannot be reached ({error})")
        return UNREACHABLE
    finally:
        server.close()
    return _tell(document, wanted.url, outcome, as_json, sarif_file)


def _sides(contract: Contract, wanted: Live, own: str, server: Any) -> tuple[Target, Target]:
    """The target with what the flags say, and the stand-in with its own key and the same other headers."""
    from understudy.conformance.drift import live
    from understudy.conformance.sending import Target

    ours = {name.lower(): value for name, value in live.credential(contract, own).items()}
    carrying = {"authorization", *ours}
    headers = targets.headers(wanted.header)
    common = {name: value for name, value in headers.items() if name not in carrying}
    if wanted.oauth:
        headers["authorization"] = f"Bearer {targets.token(contract.name, wanted.url, wanted.oauth)}"
    if wanted.key or carrying.isdisjoint(headers):
        given = live.credential(contract, targets.key(wanted.key) or own)
        headers |= {name.lower(): value for name, value in given.items()}
    return (
        Target(wanted.url.rstrip("/"), headers),
        Target("http://127.0.0.1", common | ours, app=server),
    )


def _tell(document: Document, subject: str, outcome: Outcome, as_json: bool, sarif_file: Path | None) -> int:
    if sarif_file is not None:
        _write(sarif_file, _results_of_differences(document, outcome))
    counts = Counter(one.level for one in outcome.differences)
    if as_json:
        told = {"contract": document.name, "subject": subject, "compared": outcome.compared}
        rest = {"skipped": outcome.skipped, "differences": [asdict(one) for one in outcome.differences]}
        telling.as_json({**told, **rest})
        return outcome.exit_code
    rows = (
        Row(one.level, f"{one.operation} {one.place}".strip(), f"{one.rule}: {one.message}", one.reason)
        for one in outcome.differences
    )
    skipped = "".join(f", {count} {why}" for why, count in sorted(outcome.skipped.items()))
    found = f"{counts['error']} errors, {counts['note']} notes"
    show(rows, f"{document.name} and {subject}: {outcome.compared} answers compared, {found}{skipped}")
    return outcome.exit_code


def _what(one: Change) -> str:
    """What a change is, with some of the operations that it reaches."""
    if not one.operations:
        return one.what
    shown = ", ".join(one.operations[:SHOWN_OPERATIONS])
    more = len(one.operations) - SHOWN_OPERATIONS
    return f"{one.what}; in {shown}{f' and {more} more' if more > 0 else ''}"


def _results_of_changes(document: Document, changes: Iterable[Change]) -> list[Result]:
    lines: dict[tuple[str, ...], int] = {}
    find = document.lines()
    for one in changes:
        lines.setdefault(one.pointer, find(one.pointer))
    levels: dict[str, Level] = {"breaking": "error", "additive": "note", "neutral": "note"}
    return [
        Result(
            one.rule, levels[one.kind], f"{_what(one)}: {one.reason}", one.place, str(document.file),
            lines[one.pointer], help=f"{one.kind.capitalize()}: {one.reason}.",
        )
        for one in changes
    ]  # fmt: skip


def _results_of_differences(document: Document, outcome: Outcome) -> list[Result]:
    find = document.lines()
    contract = Contract(document.bundle, document.api)
    found = []
    for one in outcome.differences:
        operation = contract.operations.get(one.operation)
        line = find(("paths", operation.path, operation.method.lower())) if operation else 1
        place, message = f"{one.operation} {one.place}".strip(), f"{one.message}: {one.reason}"
        level: Level = "error" if one.level == "error" else "note"
        told = differences.help_of(one.rule)
        found.append(Result(one.rule, level, message, place, str(document.file), line, help=told))
    return found


def _write(file: Path, results: list[Result]) -> None:
    try:
        file.write_bytes(orjson.dumps(sarif(results), option=orjson.OPT_INDENT_2))
    except OSError as error:
        raise SetupError(f"cannot be written: {error.strerror}", str(file)) from None


def _progress(line: str) -> None:
    typer.echo(line, file=sys.stderr)
