"""Everything that goes wrong passes here once; the API decides the bytes."""

from __future__ import annotations

import logging

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.replies import JSON, finish, send_answer
from understudy.errors import ApiError, InternalFault

logger = logging.getLogger("understudy")


class ConnectionCut(ConnectionResetError):
    """A fault that ends the connection, where there is none to end: in process the caller sees this."""


def refuse(call: Call, error: ApiError) -> None:
    """Finish a call with a refusal."""
    call.problem = call.problem or "; ".join(error.messages)
    for name, value in error.headers.items():
        call.add_header(name.encode(), value.encode())
    finish(call, error.status, orjson.dumps(call.api.error_body(error, call)), JSON)


def fail(call: Call, error: Exception) -> None:
    """Finish a call with what was raised.

    An `ApiError` is a refusal. Anything else is a fault of ours: it is logged with its traceback and
    answered as a 500 in the API's own form, without one.
    """
    if not isinstance(error, ApiError):
        logger.error("fault in %s %s", call.method, call.path.decode("latin-1"), exc_info=error)
        error = InternalFault("Understudy failed to act this call; its log says why")
    refuse(call, error)


class Failures:
    """The outermost layer inside the gate: turns what was raised into an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call: Call = scope[SCOPE_KEY]
        try:
            await self.app(scope, receive, send)
        except ConnectionCut:
            raise
        except Exception as error:
            if call.status:  # the answer is on its way
                raise
            fail(call, error)
            await send_answer(send, call)
