"""The bodies that the control plane takes, and their check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from understudy.state.clock import MODES
from understudy.state.lifecycle import DIALS, FORMS


class Refused(Exception):
    """A refusal of the control plane: status and one line."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _closed(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53}
_NAME = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"}
_DIAL = _closed(("pace",), pace={"enum": ["immediate", "polls", "millis"]}, amount=_COUNT)

NEW_WORLD = _closed(
    ("name",),
    name=_NAME,
    fixture={"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    seed={"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    clock={"enum": list(MODES)},
    answer_form={"enum": list(FORMS)},
)
"""A new world; over HTTP a fixture is a shipped name, never a path."""

CHANGES: Mapping[str, Mapping[str, Any]] = {
    "clock": _closed((), mode={"enum": list(MODES)}, advance_millis=_COUNT),
    "lifecycle": _closed(
        (),
        dials={"type": "object", "additionalProperties": _DIAL, "propertyNames": {"enum": sorted(DIALS)}},
        latency_millis=_COUNT,
        cadence_millis=_COUNT,
        answer_form={"enum": list(FORMS)},
    ),
}


def check(schema: Mapping[str, Any], value: Any) -> None:
    """Refuse a value that is not what the route takes, naming the first fault."""
    validator = jsonschema_rs.Draft7Validator(dict(schema))
    for error in validator.iter_errors(value):
        where = ".".join(str(step) for step in error.instance_path) or "body"
        raise Refused(400, f"{where}: {error.message}")
