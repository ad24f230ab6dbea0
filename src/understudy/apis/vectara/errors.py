"""The error envelopes of Vectara v2: Error, BadRequestError, NotFoundError."""

from __future__ import annotations

from typing import Any

from understudy.engine.context import Call
from understudy.errors import ApiError, BadRequest, NotFound, Unauthorized

TOKEN_PATHS = (b"/oauth/token", b"/oauth2/token")


def body(error: ApiError, call: Call) -> dict[str, Any]:
    """`{messages, request_id}`, with `field_errors` on a 400 and `id` on a 404; OAuth has its own form."""
    if isinstance(error, OAuthRefusal):
        return {"error": error.code, "error_description": error.message}
    if isinstance(error, BadRequest | Unauthorized) and call.path in TOKEN_PATHS:
        return {"error": _oauth_code(error), "error_description": "; ".join(error.messages)}
    envelope: dict[str, Any] = {"messages": error.messages, "request_id": call.request_id}
    if isinstance(error, BadRequest):
        return {"field_errors": dict(error.fields), **envelope}
    if isinstance(error, NotFound):
        return {"id": error.id or "", **envelope}
    return envelope


def stream_events(message: str, named: bool) -> list[dict[str, Any]]:
    """How a stream tells of a failure: a last event; streams of completions have the form of OpenAI."""
    if named:
        return [{"type": "error", "messages": [message]}]
    return [{"error": {"message": message, "type": "server_error", "param": None, "code": None}}]


def _oauth_code(error: BadRequest | Unauthorized) -> str:
    """RFC 6749, section 5.2: a grant type that was given and is another one has its own code."""
    if isinstance(error, Unauthorized):
        return "invalid_client"
    other = error.fields.get("body.grant_type", "is required") != "is required"
    return "unsupported_grant_type" if other else "invalid_request"


class OAuthRefusal(ApiError):
    """A refusal of the token endpoint, in the form of RFC 6749 and not in Vectara's envelope (guess)."""

    status = 401

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
