"""Credentials: every secured operation without one, with wrong ones, and with those that may do less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.conformance.contract import Contract, Operation
from understudy.conformance.findings import Exchange, Finding
from understudy.conformance.lifecycles import Prepared, member, weak_keys
from understudy.conformance.sending import Sender

REFUSED = frozenset({401, 403})
UNCLEAR = frozenset({0, 400, 405, 413, 415, 422, 429})
"""Answers that may be about the request, which names things that nobody has, and not about the credential."""
_WRONG: Mapping[str, Mapping[str, str]] = {
    "an unknown key": {"x-api-key": "zut_" + "0" * 34},
    "an unknown token": {"authorization": "Bearer sk-0000000000000000"},
    "a key cut short": {},
}


def check(sender: Sender, operations: list[Operation]) -> Iterator[Finding]:
    """Yield an operation's faults one after another."""
    for operation in operations:
        if not operation.secured:
            continue
        yield from _without(sender, operation)
        yield from _wrong(sender, operation)
        yield from _weak(sender, operation)


def _without(sender: Sender, operation: Operation) -> Iterator[Finding]:
    answer = _tried(sender, operation, {})
    if _let_in(answer):
        yield _finding("UV401", answer, "", f"without a credential the answer is {answer.status}")


def _wrong(sender: Sender, operation: Operation) -> Iterator[Finding]:
    for name, headers in _WRONG.items():
        shortened = {key: value[: len(value) // 2] for key, value in sender.target.headers.items()}
        answer = _tried(sender, operation, headers or shortened)
        if _let_in(answer):
            yield _finding("UV402", answer, name, f"with {name} the answer is {answer.status}")


def _weak(sender: Sender, operation: Operation) -> Iterator[Finding]:
    """A key of a kind that the operation does not list is refused with 403."""
    allowed: list[str] = operation.raw.get("x-key-kinds", [])
    for kinds, headers in sender.target.weak if allowed else ():
        if not kinds.isdisjoint(allowed):
            continue
        answer = _tried(sender, operation, headers)
        if _let_in(answer):
            told = " and ".join(sorted(kinds))
            yield _finding("UV403", answer, told, f"a key of the kind {told} gets {answer.status}")


def _let_in(answer: Exchange) -> bool:
    return answer.status not in REFUSED and answer.status not in UNCLEAR


def _tried(sender: Sender, operation: Operation, headers: Mapping[str, str]) -> Exchange:
    """A call that names things which nobody has, so that a server without guard does no harm."""
    body: dict[str, str] | None = {} if "requestBody" in operation.raw else None
    return sender.call(operation.id, _nobody(operation), headers=headers, body=body, source="security")


def _nobody(operation: Operation) -> dict[str, str]:
    names = [part["name"] for part in operation.raw["parameters"] if part.get("in") == "path"]
    return dict.fromkeys(names, "understudy-verify-nobody")


def _finding(code: str, exchange: Exchange, place: str, message: str) -> Finding:
    return Finding(code, exchange.operation, place, message, (exchange,))


def weaker_keys(sender: Sender, contract: Contract) -> tuple[tuple[frozenset[str], Mapping[str, str]], ...]:
    """Keys of the kinds that may do less, made for the run; none where we do not know how."""
    found = []
    for row in weak_keys(contract.name):
        prepared = Prepared(sender, {"first": row.get("first", ())})
        answer = prepared.call(row["operation"], row["body"], {})
        secret = member(answer.value(), row["secret"]) if answer.status < 300 else None
        if secret is not None:
            headers = {name: value.replace("{secret}", secret) for name, value in row["headers"].items()}
            found.append((frozenset(row["kinds"]), headers))
    return tuple(found)
