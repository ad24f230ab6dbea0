"""The gRPC server: QueryService, health and reflection, on the event loop of the HTTP server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NoReturn

import grpc
import orjson
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from understudy.apis.vectara.v1.grpc import messages
from understudy.engine.context import SCOPE_KEY, Call
from understudy.engine.gate import Gate
from understudy.errors import SetupError

MESSAGE_BYTES = 4 * 1024 * 1024
"""The largest message that is read: the usual limit of gRPC (guess)."""
STOP_SECONDS = 1.0
UNAVAILABLE = 14
HEALTH = "grpc.health.v1.Health"
PATHS = {"Query": b"/v1/query", "StreamQuery": b"/v1/stream-query"}
_PASSED = ("x-api-key", "authorization", "customer-id", "customer_id")
"""Metadata that says who calls."""
_CODES = {code.value[0]: code for code in grpc.StatusCode}
_Context = Any
"""`grpc.aio.ServicerContext`, whose stubs lag behind."""


class QueryServer:
    """A server that hands every call to the gate.

    Args:
        gate: of the server whose worlds are asked.
        host, port: where it listens; port 0 lets the system choose, see `port` after `start`.
    """

    def __init__(self, gate: Gate, host: str, port: int) -> None:
        self._gate = gate
        self._host = f"[{host}]" if ":" in host else host
        self.port = port

    async def start(self) -> None:
        """Listen; SetupError when the port is taken."""
        self._server = grpc.aio.server(options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),
        ])  # fmt: skip
        name = messages.SERVICE.full_name
        methods = {
            "Query": grpc.unary_unary_rpc_method_handler(self._query),
            "StreamQuery": grpc.unary_stream_rpc_method_handler(self._stream_query),
        }
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, methods),))
        await self._add_health(name)
        names = (name, HEALTH, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)
        try:
            self.port = self._server.add_insecure_port(f"{self._host}:{self.port}")
        except RuntimeError:
            raise SetupError(f"port {self.port} is in use; 0 picks a free one", "--grpc-port") from None
        await self._server.start()

    async def stop(self) -> None:
        """Let calls in flight end, for a moment."""
        await self._server.stop(STOP_SECONDS)

    async def _add_health(self, name: str) -> None:
        servicer = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(servicer, self._server)
        for service in ("", name):
            await servicer.set(service, health_pb2.HealthCheckResponse.SERVING)

    async def _query(self, data: bytes, context: _Context) -> bytes:
        call = await self._begun("Query", data, context)
        if not call.status:  # the world plays something, or there is slow work
            await self._go_on(call, context)
        return messages.batch_response(call.answer_body)

    async def _stream_query(self, data: bytes, context: _Context) -> AsyncIterator[bytes]:
        call = await self._begun("StreamQuery", data, context)
        async for line in _lines(self._gate, call):
            await _refused(call, context)
            yield messages.response_part(line)

    async def _begun(self, method: str, data: bytes, context: _Context) -> Call:
        """The call of REST, answered or with its stream to tell; a refusal ends the call of gRPC."""
        try:
            body = messages.read(data)
        except ValueError as error:
            await _abort(context, 3, str(error))
        left = context.time_remaining()
        if left is not None and left <= 0:
            await _abort(context, 4, "the deadline has passed")
        fields = _headers(context, left)
        headers = dict(fields)
        if len(headers) < len(fields) or not self._gate.admits(fields, headers):
            await _abort(context, 3, "the metadata is too large, or tells a credential twice")
        call = self._gate.at_once("POST", PATHS[method], b"", headers, body)
        assert call is not None
        await _refused(call, context)
        return call

    async def _go_on(self, call: Call, context: _Context) -> None:
        """Wait for the answer of a call that was not finished at once."""
        try:
            await self._gate({"type": "http", SCOPE_KEY: call}, _nobody_leaves, _unheard)
        except ConnectionError:
            await _abort(context, UNAVAILABLE, "the connection is cut by a fault of this world")
        await _refused(call, context)


def _headers(context: _Context, left: float | None) -> list[tuple[bytes, bytes]]:
    """The headers of the same call of REST, with the seconds that are left as its deadline."""
    fields = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    for name, value in context.invocation_metadata() or ():
        if name in _PASSED:
            fields.append((name.encode(), value if isinstance(value, bytes) else value.encode()))
    if left is not None:
        millis = min(int(left * 1000), 99_999_999)
        fields.append((b"grpc-timeout", b"%dm" % millis))
    return fields


async def _refused(call: Call, context: _Context) -> None:
    """End a call of gRPC as that of REST has ended, when it was refused."""
    if call.status < 400:
        return
    try:
        told = orjson.loads(call.answer_body)
        code, message = int(told["code"]), str(told["message"])
    except (ValueError, KeyError, TypeError):  # a fault with a body of its own
        code, message = UNAVAILABLE, f"answered {call.status}"
    await _abort(context, code if code in _CODES else UNAVAILABLE, message)


async def _nobody_leaves() -> dict[str, Any]:
    """What arrives from a caller who waits: nothing."""
    await asyncio.Event().wait()
    raise AssertionError


async def _unheard(message: Any) -> None:
    """Where an answer goes that is read from its call."""


async def _abort(context: _Context, code: int, message: str) -> NoReturn:
    await context.abort(_CODES[code], message)
    raise AssertionError("abort returned")


async def _lines(gate: Gate, call: Call) -> AsyncIterator[bytes]:
    """The lines of a stream as the gate sends them; whoever stops listening stops the sending."""
    written: asyncio.Queue[bytes | None] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            for line in message.get("body", b"").splitlines():
                written.put_nowait(line)

    async def run() -> None:
        try:
            await gate({"type": "http", SCOPE_KEY: call}, receive, send)
        finally:
            written.put_nowait(None)

    telling = asyncio.ensure_future(run())
    try:
        while (line := await written.get()) is not None:
            yield line
        await telling
    finally:
        gone.set()
        telling.cancel()
