"""The error envelopes of AIVAX: its own, and that of OpenAI on the inference paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.context import Call
from understudy.errors import ApiError, BadRequest

OPENAI_PREFIXES = (b"/v1/", b"/api/v1/chat/", b"/api/v1/models")
"""Paths whose errors have the form that OpenAI clients read."""
KINDS: Mapping[int, tuple[str, str]] = {
    400: ("invalid_request_error", "invalid_request"),
    401: ("authentication_error", "invalid_api_key"),
    402: ("billing_error", "insufficient_balance"),
    403: ("permission_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}
"""`type` and `code` by status (guess: the documents print none); anything else of the 4xx is a 400."""
_CLIENT, _SERVER = KINDS[400], ("server_error", "server_error")


class InferenceRefused(BadRequest):
    """400 on an inference path, with a `code` of its own."""

    def __init__(self, code: str, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.code = code


def body(error: ApiError, call: Call) -> dict[str, Any]:
    """`{error, details}`; on inference paths `{error: {message, type, param, code}}`."""
    message = "; ".join(error.messages)
    fields = dict(error.fields) if isinstance(error, BadRequest) else {}
    if not call.path.startswith(OPENAI_PREFIXES):
        return {"error": message, "details": fields or None}
    kind, code = KINDS.get(error.status, _CLIENT if error.status < 500 else _SERVER)
    first = next(iter(fields), "")
    return {
        "error": {
            "message": message,
            "type": kind,
            "param": first.partition(".")[2] or None,
            "code": error.code if isinstance(error, InferenceRefused) else code,
        }
    }
