"""Schemathesis: examples, boundaries, random values and the links between operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from understudy.conformance.contract import Contract
from understudy.conformance.findings import Exchange, Finding
from understudy.conformance.sending import OutOfBudget, Target


@dataclass(frozen=True)
class FalseAlarm:
    """Something that Schemathesis takes for a fault and that is none.

    Args:
        code: of the finding; `broken` is searched in what broke the contract, `answer` in the answer.
        reason: why it is none.
    """

    code: str
    reason: str
    broken: str = ""
    answer: str = ""

    def covers(self, finding: Finding) -> bool:
        exchange = finding.exchanges[-1]
        return (
            finding.code == self.code
            and bool(re.search(self.broken, exchange.broken))
            and bool(re.search(self.answer, exchange.answer.decode("utf-8", "replace")))
        )


FALSE_ALARMS: tuple[FalseAlarm, ...] = (
    FalseAlarm(
        "UV107", "HTTP lets clients send headers that nobody asked for", r"in header - object with unexpected"
    ),
    FalseAlarm(
        "UV107", "members that are not described are allowed", r"unexpected propert|additional propert"
    ),
    FalseAlarm("UV107", "the address can be read as another one", r"in path"),
    FalseAlarm("UV107", "a form without its optional parts is whole", r"with only required properties"),
    FalseAlarm(
        "UV107", "every call is sent with the customer of the run instead", r"customer-id.? in header"
    ),
    FalseAlarm(
        "UV107", "every call is sent with the customer of the run instead", r"in header - customer-id"
    ),
    FalseAlarm("UV107", "cookies are not part of the contract", r"in cookie"),
)


def check(
    contract: Contract,
    target: Target,
    operations: Sequence[str],
    listen: Callable[[Exchange], None],
    *,
    examples: int,
    seed: int,
    stateful: bool,
    over: Callable[[], bool],
    guard: Guard,
) -> Iterator[Finding]:
    """Send what Schemathesis thinks of; what one exchange says is for whoever listens."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    config = SchemathesisConfig.from_dict({
        "base-url": target.url,
        "headers": dict(target.headers),
        "seed": seed,
        "continue-on-failure": True,
        "generation": {"max-examples": examples, "deterministic": seed == 0, "database": "none"},
        "phases": {"stateful": {"enabled": stateful}, "examples": {"enabled": True}},
        "warnings": False,
    })  # fmt: skip
    schema = schemathesis.openapi.from_dict(contract.bundle, config=config)
    if target.app is not None:
        schema.app = target.app
    chosen = schema.include(operation_id=list(operations)) if operations else schema
    with _protected(guard):
        stream = from_schema(chosen).execute()
        try:
            for event in stream:
                if isinstance(event, events.ScenarioFinished):
                    yield from _scenario(contract, event.recorder, listen)
                elif isinstance(event, events.FatalError):
                    raise RuntimeError(str(event.exception))
                if over():
                    raise OutOfBudget
        finally:
            stream.stop()


class Guard(Protocol):
    """What keeps a run from touching things that it has not made."""

    def before(
        self, operation: str, path: dict[str, Any], body: Any, valid: bool
    ) -> tuple[dict[str, Any], Any]:
        """The values in the path and the body that may be sent instead."""
        ...

    def after(self, exchange: Exchange) -> None:
        """Hear at once what came of a call."""
        ...


@contextmanager
def _protected(guard: Guard) -> Iterator[None]:
    """Requests go out as the guard wants them.

    Schemathesis knows these hooks for the whole process alone, so they are taken away again.
    """
    from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER as HOOKS

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        valid = case.meta is not None and case.meta.generation.mode.value == "positive"
        operation = case.operation.definition.raw.get("operationId", "")
        path = dict(case.path_parameters or {})
        held, body = guard.before(operation, path, case.body, valid)
        if held != path:
            case.path_parameters = held
        if body is not case.body:  # a body that is set is judged anew, and what is no JSON taken for invalid
            case.body = body

    def after_call(context: Any, case: Any, response: Any) -> None:
        told = Exchange(
            case.operation.definition.raw.get("operationId", ""),
            case.method.upper(),
            urlsplit(response.request.url).path,
            status=response.status_code,
            answer=response.content or b"",
        )
        guard.after(told)

    hooks = (before_call, after_call)
    for hook in hooks:
        HOOKS.register_hook_with_name(hook, hook.__name__)
    try:
        yield
    finally:
        for hook in hooks:
            HOOKS.unregister(hook)


def _scenario(contract: Contract, recorder: Any, listen: Callable[[Exchange], None]) -> Iterator[Finding]:
    for case_id, interaction in recorder.interactions.items():
        node = recorder.cases.get(case_id)
        if node is None:
            continue
        exchange = _exchange(contract, node.value, interaction)
        listen(exchange)
        for check in recorder.checks.get(case_id, ()):
            if check.failure_info is not None:
                finding = _finding(exchange, check.failure_info.failure)
                if finding is not None:
                    yield finding


def _exchange(contract: Contract, case: Any, interaction: Any) -> Exchange:
    request, response = interaction.request, interaction.response
    parts = urlsplit(request.uri)
    meta = case.meta
    mode = meta.generation.mode.value if meta is not None else ""
    expected = {"positive": "valid", "negative": "invalid"}.get(mode, "")
    description = getattr(getattr(getattr(meta, "phase", None), "data", None), "description", "") or ""
    location = getattr(getattr(getattr(meta, "phase", None), "data", None), "parameter_location", "") or ""
    headers = [(name, value[0]) for name, value in request.headers.items()]
    answer_headers = [(n, v[0]) for n, v in response.headers.items()] if response is not None else []
    raw = case.operation.definition.raw
    identity = raw.get("operationId") or f"{case.operation.method.upper()} {case.operation.path}"
    known = contract.operations.get(identity)
    same_method = known is not None and request.method.upper() == known.method
    return Exchange(
        operation=identity if same_method else "",
        method=request.method.upper(),
        path=parts.path,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers=tuple(headers),
        body=request.body or b"",
        status=response.status_code if response is not None else 0,
        answer_headers=tuple(answer_headers),
        answer=(response.content or b"") if response is not None else b"",
        expected=expected if same_method else "",
        source="schemathesis",
        broken=f"{description} in {location}" if expected == "invalid" else "",
    )


_CODES: Mapping[str, str] = {
    "AcceptedNegativeData": "UV107",
    "UseAfterFree": "UV209",
    "EnsureResourceAvailability": "UV202",
    "UnsupportedMethodResponse": "UV110",
}
"""Failures that only Schemathesis sees; the others are judged from the exchange."""


def _finding(exchange: Exchange, failure: Any) -> Finding | None:
    code = _CODES.get(type(failure).__name__)
    if code is None:
        return None
    message = " ".join(str(failure.message).split())[:300]
    broken = re.search(r"Invalid component: (.*)", message)
    if broken:
        message = f"answered with {exchange.status}; {broken.group(1)}"
    shown = Exchange(**{**vars(exchange), "broken": broken.group(1) if broken else exchange.broken})
    about = exchange.operation or f"{exchange.method} {exchange.path}"
    found = Finding(code, about, _place(shown.broken), message, (shown,))
    return None if any(alarm.covers(found) for alarm in FALSE_ALARMS) else found


def _place(broken: str) -> str:
    """The member that a request broke, without the value."""
    match = re.search(r"in (\w+) - ([\w.\[\]]+)|parameter `([^`]+)` in (\w+)", broken)
    return " ".join(filter(None, match.groups())) if match else ""
