"""Who calls: a credential of v2, and the number of the customer beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from understudy.apis.vectara import auth
from understudy.engine.context import Call, Context, Principal
from understudy.errors import ApiError, BadRequest, Forbidden

HEADERS = (b"customer-id", b"customer_id")
"""Its name, and that in older documents."""
FACT = "customer"


def of(number: int) -> Callable[[Call], Principal | ApiError]:
    """What authenticates the calls of one customer."""

    def authenticate(call: Call) -> Principal | ApiError:
        principal = auth.authenticate(call)
        if isinstance(principal, ApiError):
            return principal
        refusal = _refusal(call, number)
        return refusal or replace(principal, facts={**principal.facts, FACT: number})

    return authenticate


def number_of(ctx: Context) -> int:
    """The number of the customer that calls."""
    assert ctx.principal is not None
    number: int = ctx.principal.facts[FACT]
    return number


def _refusal(call: Call, number: int) -> ApiError | None:
    stated = next((text for name in HEADERS if (text := call.header(name)) is not None), None)
    if stated is None:
        return BadRequest({"header.customer-id": "is required"})
    if not (stated.strip().isascii() and stated.strip().isdigit() and len(stated) <= 20):
        return BadRequest({"header.customer-id": "must be a whole number"})
    if int(stated) != number:
        return Forbidden(f"the credential does not belong to customer {int(stated)}")
    return None
