"""The two forms of an answer: as the documents print it, and as production wraps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.definition import AnswerForm
from understudy.engine.operation import Operation

MESSAGE = {"type": "string", "nullable": True}


def _schema(raw: Mapping[str, Any], bare: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema of an answer on the wire, by the operation's `x-wire`; None when both forms are one."""
    if raw.get("x-wire") == "payload":
        return {
            "type": "object",
            "required": ["message", "data"],
            "properties": {"message": MESSAGE, "data": bare},
        }
    if raw.get("x-wire") == "flat":
        return {
            "type": "object",
            "required": ["message", "data"],
            "properties": {"message": MESSAGE, "data": {"type": "object"}},
        }
    if raw.get("x-wire") == "data":
        return {
            "allOf": [bare, {"type": "object", "required": ["message"], "properties": {"message": MESSAGE}}]
        }
    return None


def _wrap(operation: Operation, answer: Any) -> Any:
    if operation.extensions["x-wire"] == "data":
        return {"message": None, **answer}
    if operation.extensions["x-wire"] == "flat":
        return {"message": answer["message"], "data": {k: v for k, v in answer.items() if k != "message"}}
    return {"message": None, "data": answer}


FORMS = {"wire": AnswerForm(_schema, _wrap)}


def said(sentence: str, data: Any = None) -> dict[str, Any]:
    """What an operation without a payload answers in either form."""
    return {"message": sentence, "data": data}
