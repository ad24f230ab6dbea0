"""Plans: how much of something an account may do in a window of time. `unlimited` has no limit at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from understudy.apis.aivax.kinds import (
    ACCOUNTS,
    COLLECTION_DOCUMENTS,
    COLLECTIONS,
    SHELL_ENTRIES,
    account,
    account_id,
    own,
)
from understudy.engine.context import Context
from understudy.errors import PaymentRequired, TooManyRequests
from understudy.state.store import Table

Windows = tuple[tuple[int, int], ...]
"""How often, in how many milliseconds."""
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 60 * 60_000, 24 * 60 * 60_000
"""Milliseconds."""
MODELS, TOKENS, BROUGHT = "model requests", "input tokens", "requests to models of providers"
SEARCHES, RERANKED, INSERTED = "semantic searches", "reranking searches", "document insertions"
WEB = "web searches"
RATES: Mapping[str, Mapping[str, Windows]] = {
    "free": {
        MODELS: ((20, MINUTE), (500, DAY)),
        TOKENS: ((1_000_000, MINUTE),),
        BROUGHT: ((30, MINUTE),),
        SEARCHES: ((20, MINUTE),),
        RERANKED: ((30, MINUTE),),
        INSERTED: ((500, DAY),),
        WEB: ((15, DAY),),
    },
    "pro": {
        MODELS: ((200, MINUTE),),
        TOKENS: ((20_000_000, MINUTE),),
        BROUGHT: ((200, MINUTE),),
        SEARCHES: ((500, MINUTE),),
        RERANKED: ((1_000, MINUTE),),
        INSERTED: ((10_000, DAY),),
        WEB: ((1_000, DAY),),
    },
    "max": {SEARCHES: ((3_000, MINUTE),), WEB: ((10_000, DAY),)},
}
"""Per plan what is limited. Source: docs."""
PUBLIC_REQUESTS: Mapping[str, Windows] = {
    "address": ((3, 5 * SECOND), (20, MINUTE), (300, HOUR), (1_000, DAY)),
    "key": ((10, 5 * SECOND), (60, MINUTE), (1_500, HOUR), (10_000, DAY)),
}
PUBLIC_TOKENS: Mapping[str, Windows] = {
    "address": (
        (100_000, 5 * MINUTE),
        (500_000, 30 * MINUTE),
        (2_000_000, 6 * HOUR),
        (5_000_000, DAY),
    ),
    "key": (
        (500_000, 5 * MINUTE),
        (2_000_000, 30 * MINUTE),
        (10_000_000, 6 * HOUR),
        (25_000_000, DAY),
    ),
}
"""What each address and each key may do with public keys, whatever the plan but `unlimited`. Source: docs."""
IMPORTED_LINES: Mapping[str, int] = {"free": 1_000, "pro": 10_000, "max": 1_000_000}
"""An import is refused when it has as many lines as its plan says."""
MOST_COLLECTIONS: Mapping[str, int] = {"free": 5}
CONTEXT: Mapping[str, int] = {"free": 65_536}
"""The most tokens of a conversation."""
STORAGE: Mapping[str, int] = {"free": 30_000_000, "pro": 2_000_000_000, "max": 20_000_000_000}
"""The most bytes of documents and of files of shells together (guess: what counts is not said)."""
FORWARDED = b"x-forwarded-for"
"""Whose first value is the address of the caller; without it all callers share one (guess)."""


def spend(ctx: Context, what: str, count: int = 1) -> None:
    """Count what the account does; 429 with `Retry-After` when it is too much for a window.

    Windows begin at whole spans (minutes, days) of the world's clock (guess).
    """
    plan = account(ctx).value["plan"]
    _spend(ctx, [(what, RATES.get(plan, {}).get(what, ()))], count, f"The plan '{plan}'", what)


def spend_public(ctx: Context, limits: Mapping[str, Windows], what: str, count: int = 1) -> None:
    """Count what is done with a public key, per address and per key; 429 as for a plan."""
    assert ctx.principal is not None
    if ctx.principal.kind != "public" or account(ctx).value["plan"] == "unlimited":
        return
    address = (ctx.call.header(FORWARDED) or "local").partition(",")[0].strip()
    counted = [
        (f"public {what} of {who} {name}", limits[who])
        for who, name in (("address", address), ("key", ctx.principal.id))
    ]
    _spend(ctx, counted, count, "A public key", what)


def check_collections(ctx: Context) -> None:
    """429 when the plan allows no further collection."""
    plan = account(ctx).value["plan"]
    most = MOST_COLLECTIONS.get(plan)
    if most is not None and len(own(ctx, COLLECTIONS)) >= most:
        raise TooManyRequests(f"The plan '{plan}' allows {most} collections.")


def check_storage(ctx: Context) -> None:
    """402 when the account keeps more than its plan allows."""
    plan = account(ctx).value["plan"]
    most = STORAGE.get(plan)
    if most is None:
        return
    used = sum(table.derived("bytes", _bytes) for table in _stored(ctx))
    if used > most:
        raise PaymentRequired(f"The plan '{plan}' allows {most} bytes of storage; {used} are needed.")


def _spend(ctx: Context, counted: Iterable[tuple[str, Windows]], count: int, whose: str, what: str) -> None:
    record = account(ctx)
    now = ctx.clock.millis()
    used: dict[str, Any] = dict(record.private.get("used", {}))
    limits = [(f"{name} / {span}", most, span) for name, windows in counted for most, span in windows]
    if not limits or not count:
        return
    for key, most, span in limits:
        begun, before = used.get(key, (0, 0))
        spent = count + (before if begun == now // span * span else 0)
        if spent > most:
            message = f"{whose} allows {most} {what} in {span // 1000} seconds."
            raise TooManyRequests(message, headers={"retry-after": str(-(-(span - now % span) // 1000))})
        used[key] = (now // span * span, spent)
    alive = {key: one for key, one in used.items() if one[0] + int(key.rpartition("/")[2]) > now}
    ctx.store.table(ACCOUNTS).replace(record.value, used=alive)


def _stored(ctx: Context) -> list[Table[Any]]:
    """The tables that hold what counts as storage of the account."""
    files = (SHELL_ENTRIES.name, account_id(ctx))
    tables = [table for address, table in ctx.store.tables().items() if address[:2] == files]
    return tables + [ctx.store.table(COLLECTION_DOCUMENTS, key) for key in own(ctx, COLLECTIONS).keys()]  # noqa: SIM118


def _bytes(table: Table[Any]) -> int:
    sizes = (one["size"] or 0 if "size" in one else len(one["contents"].encode()) for one in table.values())
    return sum(sizes)
