"""Turns the figures of a run into tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

REFERENCE = "prism"
TARGETS = {"list": 8, "get": 8, "create": 8, "refused": 8, "query": 5}
"""How many times Prism's requests a second Understudy wants to answer."""


def text(found: dict[str, Any]) -> str:
    machine, rounds, single = found["machine"], found["rounds"], found["single"]
    tables = [f"{found['date']}, {machine['cores']} cores, Python {machine['python']}: `{found['command']}`"]
    if rounds:
        tables += [comparison(rounds), *invalid(rounds)]
    rows = [_against(scenario, rounds) for scenario in TARGETS if rounds]
    rows += [row for name, figures in single.items() if name in ALONE for row in ALONE[name](figures)]
    tables.append(_table(["figure", "measured", "target", ""], rows))
    if "completions" in single:
        tables.append(_side_by_side("chat completion", single["completions"]))
    if "agents" in single:
        tables.append(_side_by_side("turn of an agent", single["agents"]))
    if "shapes" in single:
        tables.append(shapes(single["shapes"]))
    return "\n\n".join(tables)


def comparison(rounds: Sequence[dict[str, Any]]) -> str:
    """Medians over rounds; ratios are taken within a round."""
    rows = []
    for scenario, servers in rounds[0].items():
        for server in sorted(servers, key=lambda name: name != REFERENCE):
            runs = [(entry[scenario][server], entry[scenario][REFERENCE]) for entry in rounds]
            if any(run["invalid"] for run, _ in runs):
                rows.append([scenario, server, "INVALID", "", "", "", ""])
                continue
            times = [run["per_second"] / reference["per_second"] for run, reference in runs]
            rows.append([
                scenario,
                server,
                f"{median(run['per_second'] for run, _ in runs):,.0f}",
                f"{median(times):.1f}",
                f"{min(times):.1f} to {max(times):.1f}",
                f"{median(run['cpu_us'] for run, _ in runs):,.0f}",
                f"{median(run['cpu_us'] / reference['cpu_us'] for run, reference in runs):.2f}",
            ])  # fmt: skip
    heads = [
        "scenario",
        "server",
        "requests/s",
        "times Prism",
        "over the rounds",
        "CPU us/request",
        "CPU to Prism's",
    ]
    return _table(heads, rows)


def _side_by_side(what: str, forms: dict[str, Any]) -> str:
    rows = [
        [form, server, f"{run['per_second']:,.0f}", f"{run['cpu_us']:,.0f}"]
        for form, servers in forms.items()
        for server, run in servers.items()
    ]
    return _table([what, "server", "requests/s", "CPU us/request"], rows)


def invalid(rounds: Sequence[dict[str, Any]]) -> list[str]:
    """Why a server is not compared in a scenario."""
    reasons = {
        f"{scenario}, {server}: {reason}"
        for entry in rounds
        for scenario, servers in entry.items()
        for server, run in servers.items()
        for reason in run["invalid"]
    }
    return ["\n".join(f"- INVALID {reason}" for reason in sorted(reasons))] if reasons else []


def _starts(figures: dict[str, Any]) -> list[list[str]]:
    rows = []
    for name, shown in (("understudy", "empty fixture"), ("quickstart", "quickstart fixture")):
        rows.append(_at_most(f"start to first answer, {shown}", figures[name]["seconds"], 0.5, "s"))
        rows.append(_at_most(f"idle memory, {shown}", figures[name]["idle_rss_mb"], 100, "MB"))
    prism = figures["prism"]
    rows.append(["start to first answer, Prism", f"{prism['seconds']:.2f} s", "", ""])
    rows.append(["idle memory, Prism", f"{prism['idle_rss_mb']:.0f} MB", "", ""])
    return rows


def _large(figures: dict[str, Any]) -> list[list[str]]:
    return [
        _at_most("query on 10,000 parts, p50", figures["p50_ms"], 5, "ms"),
        ["query on 10,000 parts, p99", f"{figures['p99_ms']:.2f} ms", "", ""],
        ["query on 10,000 parts, CPU", f"{figures['cpu_us'] / 1000:.2f} ms", "", ""],
    ]


def _scale(figures: dict[str, float]) -> list[list[str]]:
    return [[name, f"{value:.2f} ms", "", ""] for name, value in figures.items()]


def _growth(figures: dict[str, Any]) -> list[list[str]]:
    return [_at_most(f"growth over {figures['requests']:,} requests", figures["growth_mb"], 20, "MB")]


def _self_check(figures: dict[str, Any]) -> list[list[str]]:
    rows = []
    for prefix, query in (("", "the repeated query"), ("new_", "a new query")):
        check, whole = figures[f"{prefix}check_us"], figures[f"{prefix}query_us"]
        rows.append(
            _at_most(f"self-check, {check:.1f} of {whole:.0f} us of {query}", check / whole * 100, 10, "%")
        )
    return rows


def _wrong_types(figures: dict[str, Any]) -> list[list[str]]:
    return [
        [f"wrong-typed bodies refused, {name}", f"{counted['refused']} of {counted['sent']}", "", ""]
        for name, counted in figures.items()
    ]


ALONE: dict[str, Callable[[dict[str, Any]], list[list[str]]]] = {
    "starts": _starts,
    "growth": _growth,
    "large": _large,
    "scale": _scale,
    "self_check": _self_check,
    "wrong_types": _wrong_types,
}


def _against(scenario: str, rounds: Sequence[dict[str, Any]]) -> list[str]:
    runs = [entry[scenario] for entry in rounds]
    times = median(run["understudy"]["per_second"] / run[REFERENCE]["per_second"] for run in runs)
    wanted = TARGETS[scenario]
    verdict = "met" if times >= wanted else "missed"
    if any(run["understudy"]["invalid"] or run[REFERENCE]["invalid"] for run in runs):
        verdict = "INVALID"
    return [f"{scenario}, requests/s", f"{times:.1f} x Prism", f"at least {wanted}", verdict]


def _at_most(name: str, value: float, limit: float, unit: str) -> list[str]:
    shown = f"{value:.2f}" if limit <= 5 else f"{value:.1f}"
    return [name, f"{shown} {unit}", f"at most {limit:g}", "met" if value <= limit else "missed"]


def shapes(measured: dict[str, dict[str, float]]) -> str:
    rows = [
        [name, f"{run['bytes']:,.0f}", f"{run['per_second']:,.0f}", f"{run['cpu_us']:,.0f}"]
        for name, run in measured.items()
    ]
    return _table(
        ["shape of the query (Understudy, 100 parts)", "bytes", "requests/s", "CPU us/request"], rows
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
