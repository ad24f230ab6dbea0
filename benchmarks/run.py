"""Measures Understudy against Prism, openapi-backend and Connexion; see README.md."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import orjson

import agents
import completions
import load
import report
import scale
import scenarios
import single
from peers import setup
from scenarios import SCENARIOS, Scenario
from servers import COMMANDS, ROOT, Server, running

WARM_UP_SECONDS = 1


def main() -> None:
    options = _options()
    setup.install(options.peers)
    _compile()
    say(f"comparison: {options.rounds} rounds of {options.seconds} s")
    found: dict[str, Any] = {
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "command": " ".join(["benchmarks/run.py", *sys.argv[1:]]),
        "load_before": os.getloadavg()[0],
        "rounds": compare(options.peers, options.rounds, options.seconds) if options.rounds else [],
    }
    found["single"] = measure_alone(options)
    found["load_after"] = os.getloadavg()[0]
    if options.json:
        options.json.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    print(report.text(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of the comparison; 0 leaves it out")
    parser.add_argument("--seconds", type=int, default=4, help="length of one run of wrk")
    parser.add_argument("--quick", action="store_true", help="one round of 2 s, everything else shortened")
    parser.add_argument(
        "--alone", nargs="*", choices=ALONE, default=list(ALONE), help="which figures of Understudy alone"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure there")
    parser.add_argument("--peers", type=Path, default=setup.DIRECTORY, help="where the Node packages are put")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 2
    return options


def _compile() -> None:
    """Byte code as an installer leaves it, so that start times are those of an installed package."""
    import compileall

    compileall.compile_dir(ROOT / "src", quiet=2)


def compare(peers: Path, rounds: int, seconds: int) -> list[dict[str, Any]]:
    """One entry a round: `{scenario: {server: figures}}`; servers take turns within each scenario."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(name, peers)) for name in COMMANDS]
        for server in servers:
            scenarios.prepare(server)
            for scenario in SCENARIOS:
                measure(server, scenario, "warm-up", WARM_UP_SECONDS)
        found: list[dict[str, Any]] = []
        for number in range(1, rounds + 1):
            say(f"round {number}")
            order = servers[number % len(servers) :] + servers[: number % len(servers)]
            found.append({
                scenario.name: {s.name: measure(s, scenario, f"round-{number}", seconds) for s in order}
                for scenario in SCENARIOS
            })  # fmt: skip
        return found


def measure(server: Server, scenario: Scenario, marker: str, seconds: int) -> dict[str, Any]:
    """Load between two samples; `invalid` says why the figures do not count."""
    wrong = scenarios.sample(server, scenario, f"{marker}-before")
    done = load.run(server, scenario.path, scenario.lua(marker), seconds)
    wrong += scenarios.sample(server, scenario, f"{marker}-after")
    refused = done.requests if scenario.status >= 400 else 0
    if done.refused != refused:
        wrong.append(f"{done.refused} of {done.requests} answers were no success, {refused} should not be")
    if done.broken:
        wrong.append(f"{done.broken} connections broke")
    if scenario.grows:
        scenarios.prepare(server)
    return {
        "per_second": done.per_second,
        "cpu_us": done.cpu_us,
        "requests": done.requests,
        "latency_ms": done.latency_ms,
        "invalid": sorted(set(wrong)),
    }


def measure_alone(options: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in options.alone:
        say(name.replace("_", " "))
        found[name] = ALONE[name](options)
    return found


def _self_check(options: argparse.Namespace) -> dict[str, float]:
    checks = [single.self_check() for _ in range(1 if options.quick else 3)]
    return {name: median(check[name] for check in checks) for name in checks[0]}


ALONE: dict[str, Callable[[argparse.Namespace], Any]] = {
    "starts": lambda o: single.starts(o.peers, o.quick),
    "growth": lambda o: single.growth(o.peers, o.quick),
    "large": lambda o: single.large_corpus(o.peers, o.seconds),
    "scale": lambda o: scale.measure(o.peers, o.quick),
    "completions": lambda o: completions.measure(o.peers, max(1, o.rounds), o.seconds),
    "agents": lambda o: agents.measure(o.peers, max(1, o.rounds), o.seconds),
    "shapes": lambda o: single.shapes(o.peers, o.seconds),
    "self_check": _self_check,
    "wrong_types": lambda o: single.wrong_bodies(o.peers),
}
"""What is measured of Understudy alone, by name."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
