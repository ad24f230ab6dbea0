"""`understudy cassette`: import, export, promote, stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from understudy.cli import playing, telling
from understudy.errors import SetupError
from understudy.playback import cassettes, exports, imports, promotion, staleness, yaml_text
from understudy.playback.cassettes import Cassette
from understudy.playback.contracts import Contracts
from understudy.playback.secrets import Secrets
from understudy.state.files import write_private

SCHEMA_LINE = "# yaml-language-server: $schema=scenario.schema.json\n"


def take_in(
    file: Path, out: Path, given: Sequence[str], allowed: Sequence[str], replace: bool, *, as_json: bool
) -> int:
    """Make a cassette of a HAR file or of one of VCR.py; 1 when what looks like a secret forbids it."""
    playing.check_out(out)
    tell = playing.teller(as_json)
    secrets = Secrets(playing.places(), playing.given_secrets(given))
    contracts = Contracts(playing.compiled())
    read = imports.load(file)
    taken = [(target, exchange) for target, exchange in read if contracts.owner(exchange.path)]
    if not taken:
        raise SetupError(f"holds no call of an API, among {len(read)}", str(file))
    for _, exchange in taken:
        exchange.violations = [f"{place}: {why}" for place, why in contracts.check(exchange)]
        secrets.see(exchange)
    entries = [cassettes.entry_of(exchange) for _, exchange in taken]

    def make() -> Cassette:
        return Cassette([secrets.clean(one) for one in entries], taken[0][0])

    cassette, text, found = playing.write(make, secrets, out, allowed, replace)
    _tell_entries(cassette, tell)
    if found:
        playing.tell_suspicions(text, found, out, tell)
    else:
        tell(f"{len(taken)} of {len(read)} calls, {len(secrets)} secrets replaced.   Wrote {out}")
    if as_json:
        telling.as_json({
            "file": str(file), "out": str(out), "interactions": len(taken), "skipped": len(read) - len(taken),
            "saved": not found, "secrets": dict(secrets.counts), "suspicions": playing.plain(text, found),
            "violations": sum(len(one.get("violations", ())) for one in cassette.entries),
        })  # fmt: skip
    return int(bool(found))


def _tell_entries(cassette: Cassette, tell: Callable[[str], None]) -> None:
    for number, entry in enumerate(cassette.entries, 1):
        for violation in entry.get("violations", ()):
            tell(f"  #{number} {cassettes.name_of(entry)} breaks the contract: {violation}")


def hand_out(file: Path, out: Path, *, as_json: bool) -> int:
    """Write a cassette as HAR."""
    playing.check_out(out)
    cassette = cassettes.load(file)
    write_private(out, exports.har(cassette).encode())
    playing.teller(as_json)(f"{len(cassette.entries)} interactions.   Wrote {out}")
    if as_json:
        telling.as_json({"file": str(file), "out": str(out), "interactions": len(cassette.entries)})
    return 0


def promote(file: Path, out: Path, *, as_json: bool) -> int:
    """Write a scenario and a fixture for each API of a cassette."""
    cassette = cassettes.load(file)
    apis = playing.compiled()
    made = promotion.promote(cassette, Contracts(apis), apis)
    if not made:
        raise SetupError("holds no call of an API", str(file))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"cannot be made: {error.strerror or error}", str(out)) from None
    tell = playing.teller(as_json)
    told: list[dict[str, Any]] = []
    for one in made:
        scenario, fixture = out / f"{one.api}.scenario.yaml", out / f"{one.api}.fixture.yaml"
        rows = {f"{one.api}/{section}": listed for section, listed in one.rows.items() if listed}
        write_private(fixture, yaml_text.write(rows).encode())
        value = one.scenario(f"Promoted from {file.name}.", str(fixture))
        write_private(scenario, yaml_text.write(value, SCHEMA_LINE).encode())
        for left in one.left_out:
            tell(f"  left out  {left}")
        tell(f"{one.api}: {len(one.rules)} rules.   Wrote {scenario} and {fixture}")
        told.append({
            "api": one.api, "rules": len(one.rules), "scenario": str(scenario), "fixture": str(fixture),
            "left_out": one.left_out,
        })  # fmt: skip
    if as_json:
        telling.as_json({"file": str(file), "made": told})
    return 0


def stale(files: Sequence[Path], *, as_json: bool) -> int:
    """Check cassettes against the contracts of today; 1 when something no longer holds."""
    tapes = [cassettes.load(file) for file in files]
    contracts = Contracts(playing.compiled())
    tell = playing.teller(as_json)
    told: list[dict[str, Any]] = []
    for file, tape in zip(files, tapes, strict=True):
        for one in staleness.check(tape, contracts):
            tell(f"{one.where}: #{one.entry} {one.name}: {one.place}: {one.message}")
            told.append({"file": str(file), **vars(one)})
    checked = sum(len(tape.entries) for tape in tapes)
    tell(f"{checked} interactions checked, {len(told)} findings")
    if as_json:
        telling.as_json({"checked": checked, "findings": told})
    return int(bool(told))
