"""What a script makes before the call that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.conformance.findings import Exchange
from understudy.conformance.lifecycles.bodies import NUMBERS, filled_in, member
from understudy.conformance.sending import Sender


class Prepared:
    """What has to be there for a call: made in the order of a script, taken away in the end."""

    def __init__(self, sender: Sender, script: Mapping[str, Any]) -> None:
        self.sender = sender
        self.path: dict[str, str] = {}
        self._number = next(NUMBERS)
        self._made: list[tuple[str, dict[str, str]]] = []
        for step in script.get("first", ()):
            self._make(step)

    def call(self, operation: str, body: Any, more: Mapping[str, Any]) -> Exchange:
        wanted = {**filled_in(body, self._number, self.path), **more}
        return self.sender.call(operation, self.path, body=wanted, expected="valid", source="streams")

    def clear(self) -> None:
        for operation, path in reversed(self._made):
            self.sender.call(operation, path, source="streams")

    def _make(self, step: Mapping[str, Any]) -> None:
        body = filled_in(step.get("body"), self._number, self.path)
        answer = self.sender.call(
            step["operation"],
            self.path,
            query=step.get("query"),
            body=body,
            expected="valid",
            source="streams",
        )
        if answer.status < 300 and "path" in step:
            self.path[step["path"]] = str(member(answer.value(), step["key"]))
            if "delete" in step:
                self._made.append((step["delete"], dict(self.path)))
