"""Prices: what calls cost, in US dollars, and the account that pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from understudy.apis.aivax.kinds import ACCOUNTS, account
from understudy.engine.context import Context
from understudy.errors import PaymentRequired

PRICES: Mapping[str, Decimal] = {
    "indexed token": Decimal("0.00000005"),
    "searched token": Decimal("0.00000005"),
    "rrf": Decimal(0),
    "lexical": Decimal(0),
    "smart": Decimal("0.0005"),
    "none": Decimal(0),
}
"""Per token of a document or term, and per search with a reranker (guess: no price is published)."""
HEADER = b"consumed-credits"
_CHARACTERS_PER_TEN_TOKENS = 32
"""About 5,000 characters are 1,562 tokens."""


def tokens(text: str) -> int:
    """About how many tokens a text has; no text has none."""
    return -(-len(text) * 10 // _CHARACTERS_PER_TEN_TOKENS)


def of_indexing(count: int) -> Decimal:
    """The price of indexing so many tokens."""
    return PRICES["indexed token"] * count


def of_search(terms: Iterable[str], reranker: str) -> Decimal:
    """The price of one search for all of the terms."""
    return PRICES["searched token"] * sum(map(tokens, terms)) + PRICES[reranker]


def require_balance(ctx: Context, least: float = 0) -> None:
    """402 when nothing is left, or less than is needed at least."""
    balance = account(ctx).value["balance"]
    if balance <= 0 or balance < least:
        needed = f"at least {least}" if least else "more than 0"
        raise PaymentRequired(f"The balance of the account is {balance} US dollars; {needed} is needed.")


def charge(ctx: Context, price: Decimal) -> None:
    """Take a price off the balance, which may end below 0, and tell it in `Consumed-Credits`."""
    if price:
        ctx.use("cost", float(price))
        value = account(ctx).value
        left = float(Decimal(str(value["balance"])) - price)
        ctx.store.table(ACCOUNTS).replace({**value, "balance": left})
    ctx.call.add_header(HEADER, f"{price.normalize():f}".encode())
