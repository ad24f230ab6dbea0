"""Plans: how much of something an account may do in a window of time. `unlimited` has no limit at all."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.apis.aivax.kinds import ACCOUNTS, account
from understudy.engine.context import Context
from understudy.errors import TooManyRequests

MINUTE, DAY = 60_000, 24 * 60 * 60_000
"""Milliseconds."""
RATES: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "free": {
        "semantic searches": (20, MINUTE),
        "reranking searches": (30, MINUTE),
        "document insertions": (500, DAY),
    },
    "pro": {
        "semantic searches": (500, MINUTE),
        "reranking searches": (1_000, MINUTE),
        "document insertions": (10_000, DAY),
    },
    "max": {"semantic searches": (3_000, MINUTE)},
}
"""Per plan what is limited: how often, in how many milliseconds."""
IMPORTED_LINES: Mapping[str, int] = {"free": 1_000, "pro": 10_000, "max": 1_000_000}
"""An import is refused when it has as many lines as its plan says."""


def spend(ctx: Context, what: str, count: int = 1) -> None:
    """Count what the account does; 429 with `Retry-After` when it is too much for this window.

    Windows begin at whole minutes and days of the world's clock (guess).
    """
    record = account(ctx)
    limit = RATES.get(record.value["plan"], {}).get(what)
    if limit is None or not count:
        return
    most, span = limit
    now = ctx.clock.millis()
    used = record.private.get("used", {})
    window, before = used.get(what, (0, 0))
    spent = count + (before if window == now // span else 0)
    if spent > most:
        message = f"The plan '{record.value['plan']}' allows {most} {what} in {span // 1000} seconds."
        raise TooManyRequests(message, headers={"retry-after": str(-(-(span - now % span) // 1000))})
    ctx.store.table(ACCOUNTS).replace(record.value, used={**used, what: (now // span, spent)})
