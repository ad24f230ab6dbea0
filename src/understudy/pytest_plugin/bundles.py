"""What a failed test leaves behind: its last calls in the report, and a file that plays them again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from understudy.pytest_plugin.handle import Understudy

BUNDLE_VERSION = 1
LAST = 10


def last_calls(handle: Understudy) -> str:
    """The last calls, a line each, with what was wrong and what was played."""
    return "\n".join(_line(entry) for entry in handle.journal(last=LAST)) or "there were no calls"


def _line(entry: Mapping[str, Any]) -> str:
    operation = f"  {entry['operation']}" if entry["operation"] else ""
    told = [f"{entry['number']:>4} {entry['method']} {entry['path']}  {entry['status']}{operation}"]
    told += [f"       {text}" for text in (*entry["played"], entry["problem"]) if text]
    return "\n".join(told)


def bundle(handle: Understudy, test: str) -> dict[str, Any]:
    """Everything that plays a test again: how its world began, what it played, and its calls."""
    start = handle.control("GET", "snapshot", params={"start": True})
    began_with = {fault["name"] for fault in (start.get("play") or {}).get("faults", ())}
    faults = [
        {name: value for name, value in fault.items() if name not in ("met", "fired")}
        for fault in handle.control("GET", "faults")["faults"]
        if fault["name"] not in began_with
    ]
    return {
        "understudy_bundle": BUNDLE_VERSION,
        "test": test,
        "world": handle.world,
        "start": start,
        "scenario": handle.scenario,
        "faults": faults,
        "lifecycle": handle.control("GET", "lifecycle"),
        "journal": handle.journal(),
    }


def write(directory: Path, test: str, content: Mapping[str, Any]) -> Path:
    """Put a bundle into a file that is named after its test."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", test).strip("-")[-120:]
    path = directory / f"{name}.json"
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    partial.replace(path)
    return path
