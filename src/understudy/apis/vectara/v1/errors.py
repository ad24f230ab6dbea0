"""Refusals of whole calls in the form that a gRPC gateway gives them: `{code, message, details}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.context import Call
from understudy.errors import ApiError, BadRequest

INTERNAL = 13
CODES: Mapping[int, int] = {
    400: 3, 401: 16, 403: 7, 404: 12, 405: 12, 408: 4, 410: 12, 413: 8, 415: 3, 429: 8, 501: 12,
    503: 14, 504: 4,
}  # fmt: skip
"""Codes of gRPC by status; those of 405, 410, 413 and 415 are a guess."""
_DETAIL = "type.googleapis.com/google.rpc.BadRequest"


class Gone(ApiError):
    """410: retired. A guess: the docs tell that the interface is switched off, and no status."""

    status = 410


class Expired(ApiError):
    """504, as a gateway says it: the latency of this world is longer than the caller would wait."""

    status = 504


def gone(call: Call) -> ApiError:
    """The answer to everybody once the interface is retired."""
    return Gone("v1 is retired; v2 answers at /v2/query")


def body(error: ApiError, call: Call) -> dict[str, Any]:
    """`{code, message, details}`, with the fields at fault as details."""
    details = []
    if isinstance(error, BadRequest) and error.fields:
        violations = [{"field": field, "description": text} for field, text in error.fields.items()]
        details = [{"@type": _DETAIL, "fieldViolations": violations}]
    return {
        "code": CODES.get(error.status, INTERNAL),
        "message": "; ".join(error.messages),
        "details": details,
    }
