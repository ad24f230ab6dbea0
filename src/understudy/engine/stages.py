"""The Connexion app: its stack, with our routing, security, validation and acting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from understudy.engine import binding, callouts
from understudy.engine.compiling import Compiled, Handlers
from understudy.engine.connexion_names import (
    API,
    AbstractApp,
    AbstractRoutingAPI,
    AsyncApp,
    OpenAPISpecification,
    RoutedAPI,
    RoutedMiddleware,
    SpecMiddleware,
)
from understudy.engine.context import SCOPE_KEY, Call, Context, Pending
from understudy.engine.contract import Check
from understudy.engine.failures import Failures, fail, refuse
from understudy.engine.operation import Operation
from understudy.engine.playing import Playing
from understudy.engine.replies import JSON, Reply, finish, send_answer
from understudy.engine.routing import Router
from understudy.engine.streaming import EventStream, send_stream
from understudy.engine.work import Work, Workers
from understudy.errors import ApiError, InternalFault, MethodNotAllowed, NotFound, Unavailable
from understudy.settings import Settings

logger = logging.getLogger("understudy")
MOST_WORK = 64
"""How many pieces of slow work one call may come to need."""


class Specification(OpenAPISpecification):  # type: ignore[misc]
    """A bundle as Connexion sees it: already resolved where it matters, checked in CI and not at start."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self._set_defaults(bundle)
        self._raw_spec = self._spec = bundle
        self._base_uri = ""


class RoutingApi(AbstractRoutingAPI):  # type: ignore[misc]
    """Registers the operations of one specification in our router."""

    def __init__(self, specification: Specification, *, compiled: Compiled, **kwargs: Any) -> None:
        self._compiled = compiled
        super().__init__(specification, **kwargs)

    def make_operation(self, operation: Any) -> Operation:
        return self._compiled.operations[operation.operation_id]

    @staticmethod
    def _framework_path_and_name(operation: Any, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(
        self, method: str, path: str, operation: Operation, name: str | None = None
    ) -> None:
        self._compiled.router.add(path, operation)

    def _handle_add_operation_error(self, path: str, method: str, exc: Exception) -> None:
        raise exc


class Step:
    """A layer that does its part without waiting, then hands the call on or refuses it."""

    app: Any

    def step(self, call: Call) -> ApiError | None:
        """Do this layer's part; a refusal ends the call."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call: Call = scope[SCOPE_KEY]
        refusal = self.step(call)
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            refuse(call, refusal)
            await send_answer(send, call)


class Routing(Step, SpecMiddleware):  # type: ignore[misc]
    """Finds the operation of a call."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.routers: dict[str, Router] = {}

    def add_api(self, specification: Specification, *, compiled: Compiled, **kwargs: Any) -> None:
        RoutingApi(
            specification, compiled=compiled, resolver=kwargs["resolver"], base_path=kwargs["base_path"]
        )
        self.routers[compiled.api.name] = compiled.router

    def step(self, call: Call) -> ApiError | None:
        router = self.routers[call.api.name]
        found = router.find(call.path)
        if found is None and call.api.trailing_slash and call.path.endswith(b"/"):
            found = router.find(call.path[:-1])
        if found is None:
            call.violates = True
            return _unknown_path(router, call)
        methods, call.path_values = found
        operation = methods.get(call.method)
        if operation is None:
            call.violates = True
            return MethodNotAllowed(call.method, sorted(methods))
        call.operation = operation
        return None


def _unknown_path(router: Router, call: Call) -> NotFound:
    path = call.path.decode("latin-1")
    nearest = router.nearest(call.method, path)
    hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
    return NotFound(f"there is no {call.method} {path}{hint}", path)


class StageApi(RoutedAPI):  # type: ignore[misc]
    """The operations of one specification as a stage knows them: by our compiled record."""

    def __init__(self, specification: Specification, *, compiled: Compiled, **kwargs: Any) -> None:
        super().__init__(
            specification,
            next_app=kwargs["next_app"],
            resolver=kwargs["resolver"],
            base_path=kwargs["base_path"],
        )
        self.compiled = compiled
        self.add_paths()

    def make_operation(self, operation: Any) -> Operation:
        return self.compiled.operations[operation.operation_id]


class Stage(Step, RoutedMiddleware):  # type: ignore[misc]
    """A layer behind routing; the compiled record travels on the call, so nothing is looked up again."""

    api_cls = StageApi


class Security(Stage):
    """Decides who calls, and whether they may."""

    def step(self, call: Call) -> ApiError | None:
        operation = call.operation
        assert operation is not None
        if not operation.secured:
            return None
        principal = call.api.authenticate(call)
        if isinstance(principal, ApiError):
            return principal
        refusal = call.api.authorize(operation, call, principal)
        if refusal is None:
            call.principal = principal
            if call.keep_world is not None:
                call.keep_world(call.world)
        return refusal


class Validation(Stage):
    """Turns the call into the handler's arguments, or refuses it naming the fields."""

    def __init__(self, app: Any, settings: Settings) -> None:
        super().__init__(app)
        self._limits = settings.limits

    def step(self, call: Call) -> ApiError | None:
        operation = call.operation
        assert operation is not None
        bound = binding.bind(operation, call, self._limits) if not operation.planned else {}
        if isinstance(bound, ApiError):
            call.violates = True
            return bound
        call.arguments = bound
        refusal = call.confirm(call) if call.confirm is not None else None
        return refusal or binding.deadline(operation, call)


class Acting(RoutedMiddleware):  # type: ignore[misc]
    """Calls the handler and sends what it returns, once that has been compared with the contract."""

    api_cls = StageApi

    def __init__(self, settings: Settings) -> None:
        super().__init__(_nothing_behind)
        self._check = settings.check_answers
        self._strict = settings.strict_answers
        self._allows_code = settings.allow_lambda
        self._origins = callouts.allowed(settings.workers)
        self.workers = Workers(settings.limits)
        self.violations: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Act the call, or tell the stream that it has become already."""
        call: Call = scope[SCOPE_KEY]
        if call.stream is None:
            await self.perform(call)
        await self.tell(call, receive, send)

    async def perform(self, call: Call) -> None:
        """Call the handler, with the slow work that it takes: the call is finished then, or has a stream."""
        operation = call.operation
        assert operation is not None
        if operation.prepare is not None:
            work = operation.prepare(Context(call, self._allows_code, self._origins), **call.arguments)
            done = None if work is None else await self.workers.run(work)
            call.arguments = {**call.arguments, "prepared": done}
        await self._act_and_work(call)

    async def tell(self, call: Call, receive: Receive, send: Send) -> None:
        """Send the answer of a call that was acted."""
        if call.stream is None:
            await send_answer(send, call)
        else:
            cadence = call.world.lifecycle.cadence_millis / 1000
            await send_stream(receive, send, call, call.stream, cadence)

    async def _act_and_work(self, call: Call) -> None:
        """Call the handler, anew after each piece of work that it turns out to need."""
        while True:
            try:
                self.act(call)
            except Pending as wanted:
                if len(call.worked) >= MOST_WORK:
                    raise Unavailable(f"the call needs more than {MOST_WORK} pieces of work") from None
                call.worked = {**call.worked, wanted.work: await self._outcome(wanted.work)}
            else:
                return

    async def _outcome(self, work: Work) -> Any:
        try:
            return await self.workers.run(work)
        except ApiError as refusal:
            return refusal

    def act(self, call: Call) -> None:
        """Call the handler: the call is finished then, or has a stream to tell."""
        operation = call.operation
        assert operation is not None
        assert operation.handler is not None
        body = b""
        call.used = None
        if call.script is not None:
            call.decider = call.script()
        with call.world.store.transaction():
            result = operation.handler(Context(call, self._allows_code, self._origins), **call.arguments)
            status = operation.success
            if isinstance(result, tuple):
                result, status = result
            checks = operation.answers
            if operation.forms and (formed := operation.forms.get(call.world.lifecycle.answer_form)):
                checks = formed
                result = call.api.forms[call.world.lifecycle.answer_form].wrap(operation, result)
            if type(result) is dict or type(result) is list:
                body = orjson.dumps(result)
            if self._check:
                self._compare(operation, checks.get(status), result, body)
        call.account()
        if not operation.secured and call.keep_world is not None:  # the handler has known its caller
            call.keep_world(call.world)
        if body:
            finish(call, status, body, JSON)
        elif result is None:
            finish(call, status, b"", None)
        elif isinstance(result, EventStream):
            if operation.untold:
                result.events = [e for e in result.events if e["type"] not in operation.untold]
            call.stream = result
        else:
            _finish_reply(call, result if isinstance(result, Reply) else Reply(result, status))

    def _compare(self, operation: Operation, check: Check | None, result: Any, body: bytes) -> None:
        if body:
            if check is not None and not check.accepts_again(result, body):
                self._violated(operation, check.faults(result, "answer"))
            return
        if isinstance(result, EventStream):
            assert operation.events is not None
            for number, event in enumerate(result.events):
                if not operation.events.accepts(event):
                    self._violated(operation, operation.events.faults(event, f"events[{number}]"))
            return
        if isinstance(result, Reply):
            result, check = result.content, operation.answers.get(result.status)
        if check is not None and not isinstance(result, bytes) and not check.accepts(result):
            self._violated(operation, check.faults(result, "answer"))

    def _violated(self, operation: Operation, faults: dict[str, str]) -> None:
        text = f"{operation.id} broke its contract: {faults}"
        logger.error("%s", text)
        if len(self.violations) < 1000:
            self.violations.append(text)
        if self._strict:
            raise InternalFault(text)


def _finish_reply(call: Call, reply: Reply) -> None:
    for name, value in reply.headers.items():
        call.add_header(name.encode(), value.encode())
    if isinstance(reply.content, bytes):
        finish(call, reply.status, reply.content, (b"content-type", reply.media_type.encode()))
    elif reply.content is None:
        finish(call, reply.status, b"", JSON if reply.status != 204 else None)
    else:
        finish(call, reply.status, orjson.dumps(reply.content), JSON)


async def _nothing_behind(scope: Scope, receive: Receive, send: Send) -> None:
    """What lies behind the last stage, which answers every call itself."""
    raise AssertionError("the last stage let a call through")


class StageApp(AsyncApp):  # type: ignore[misc]
    """`connexion.AsyncApp` with our stages in the place of its own.

    Args:
        settings: limits and self-check.
    """

    def __init__(self, settings: Settings) -> None:
        self._middleware_app = Acting(settings)
        AbstractApp.__init__(
            self,
            "understudy",
            middlewares=[
                Failures,
                Routing,
                Security,
                lambda app: Validation(app, settings),
                Playing,
            ],
        )

    @property
    def violations(self) -> list[str]:
        """Answers of ours that broke the contract since the start."""
        violations: list[str] = self._middleware_app.violations
        return violations

    @property
    def workers(self) -> Workers:
        """The processes for slow work; whoever stops the server closes them."""
        workers: Workers = self._middleware_app.workers
        return workers

    def add_definition(self, compiled: Compiled, resolver: Handlers) -> None:
        """Serve one API."""
        self.middleware.apis.append(
            API(
                Specification(dict(compiled.bundle)),
                base_path="",
                resolver=resolver,
                compiled=compiled,
            )
        )

    def build(self) -> None:
        """Put the stack together now, so that a fault of the contract stops the start and not a request.

        Only calls of an API may enter it, with their `Call` in the scope: the gate sees to that.
        """
        middleware = self.middleware
        middleware.app, middleware.middleware_stack = middleware._build_middleware_stack()
        self._steps: list[Callable[[Call], ApiError | None]] = []
        layer = middleware.app
        while not isinstance(layer, Acting):
            if isinstance(layer, Step):
                self._steps.append(layer.step)
            layer = layer.app
        self._rest = Failures(Playing(layer))

    def at_once(self, call: Call) -> bool:
        """Take a call through the stack without waiting (ADR 0008).

        False when there is something to wait for: slow work, a stream, or what is played. Then `go_on` does
        the rest.
        """
        try:
            for step in self._steps:
                refusal = step(call)
                if refusal is not None:
                    refuse(call, refusal)
                    return True
            if call.world.play is not None or b"prefer" in call.headers:
                return False
            if call.operation.prepare is not None:  # type: ignore[union-attr]
                return False
            self._middleware_app.act(call)
        except Pending:
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the call is answered
            fail(call, error)
        return call.stream is None

    async def go_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What `at_once` has left to do, with the call in the scope."""
        await self._rest(scope, receive, send)
