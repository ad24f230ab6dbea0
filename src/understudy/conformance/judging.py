"""What can be said of one exchange alone: status, media type, body, and the form of a refusal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from understudy.conformance.contract import Contract, Operation
from understudy.conformance.findings import Exchange, Finding

FAULTS_SHOWN = 3
_ENVELOPES: dict[str, tuple[str, ...]] = {"vectara": ("messages",), "vectara-v1": ("code",)}
"""Members of every refusal, by API; forms that a schema describes otherwise are judged by it alone."""


def judge(contract: Contract, exchange: Exchange) -> Iterator[Finding]:
    """Everything that is wrong with an exchange."""
    operation = contract.operations.get(exchange.operation)
    if exchange.status == 0:
        yield _finding("UV109", exchange, "", "there was no answer")
        return
    media = operation.documents(exchange.status) if operation else None
    if exchange.status == 500 or (exchange.status > 500 and media is None):
        yield _finding("UV101", exchange, str(exchange.status), f"answered with {exchange.status}")
    if operation is None:
        return
    if media is None:
        known = ", ".join(operation.answers)
        yield _finding("UV102", exchange, str(exchange.status), f"{exchange.status} is not among {known}")
        return
    yield from _body(exchange, media)
    yield from _refusal(contract, operation, exchange)


def is_clean(contract: Contract, exchange: Exchange) -> bool:
    return next(judge(contract, exchange), None) is None


def _documented(media_type: str, media: Collection[str]) -> str | None:
    """The documented type, or range of types such as `image/*`, that a type is of; the closest one."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((one for one in ranges if one in media), None)


def _body(exchange: Exchange, media: Any) -> Iterator[Finding]:
    if not media:
        if exchange.answer.strip():
            yield _finding(
                "UV104", exchange, f"{exchange.status}", "there is a body where none is documented"
            )
        return
    documented = _documented(exchange.media_type, media)
    if documented is None:
        place = f"{exchange.status} {exchange.media_type}"
        yield _finding("UV103", exchange, place, f"is '{exchange.media_type}', not {', '.join(media)}")
        return
    check = media[documented]
    if check is None:
        return
    try:
        value = exchange.json()
    except (ValueError, RecursionError):
        yield _finding("UV104", exchange, f"{exchange.status}", "the body is no JSON")
        return
    if not check.accepts(value):
        for place, why in list(check.faults(value, "answer").items())[:FAULTS_SHOWN]:
            yield _finding("UV104", exchange, f"{exchange.status} {_general(place)}", f"{place}: {why}")


def _general(place: str) -> str:
    """A place without the numbers of elements, so that each member is one finding."""
    out = []
    for part in place.split("["):
        number, bracket, rest = part.partition("]")
        out.append(f"]{rest}" if bracket and number.isdigit() else part)
    return "[".join(out)


def _refusal(contract: Contract, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
    members = _ENVELOPES.get(contract.name)
    if members is None or exchange.status < 400 or exchange.media_type != "application/json":
        return
    try:
        value = exchange.json()
    except (ValueError, RecursionError):
        return
    if operation.path.startswith("/oauth"):
        return
    if not isinstance(value, dict) or not any(name in value for name in members):
        said = f"has none of {', '.join(members)}"
        yield _finding("UV105", exchange, str(exchange.status), said)
    elif exchange.status == 400 and contract.name == "vectara" and not value.get("field_errors"):
        yield _finding("UV106", exchange, "400", "field_errors is missing or empty")


def _finding(code: str, exchange: Exchange, place: str, message: str) -> Finding:
    return Finding(code, exchange.operation, place, message, (exchange,))
