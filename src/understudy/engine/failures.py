"""Everything that goes wrong passes here once; the API decides the bytes."""

from __future__ import annotations

import logging

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.replies import JSON, send_bytes
from understudy.errors import ApiError, InternalFault

logger = logging.getLogger("understudy")


async def refuse(send: Send, call: Call, error: ApiError) -> None:
    """Answer with a refusal, in place."""
    call.problem = call.problem or "; ".join(error.messages)
    for name, value in error.headers.items():
        call.add_header(name.encode(), value.encode())
    await send_bytes(send, call, error.status, orjson.dumps(call.api.error_body(error, call)), JSON)


class Failures:
    """The outermost layer inside the gate: turns what was raised into an answer.

    An `ApiError` is a refusal. Anything else is a fault of ours: it is logged with its traceback and
    answered as a 500 in the API's own form, without one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call: Call = scope[SCOPE_KEY]
        try:
            await self.app(scope, receive, send)
        except ApiError as error:
            if call.status:
                raise
            await refuse(send, call, error)
        except Exception:
            logger.exception("fault in %s %s", call.method, call.path.decode("latin-1"))
            if call.status:
                raise
            await refuse(send, call, InternalFault("Understudy failed to act this call; its log says why"))
