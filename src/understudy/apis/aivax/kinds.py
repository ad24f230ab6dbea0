"""The kinds of records that several modules of this API read. All but accounts are kept per account."""

from __future__ import annotations

from typing import Any

from understudy.engine.context import Context
from understudy.state.store import Kind, Record, Table

ACCOUNTS: Kind[dict[str, Any]] = Kind("account")
ACCOUNT_KEYS: Kind[dict[str, Any]] = Kind("account_key", noun="API key")
"""API keys of all accounts; `private.account` says whose."""
COLLECTIONS: Kind[dict[str, Any]] = Kind("collection")
COLLECTION_DOCUMENTS: Kind[dict[str, Any]] = Kind("collection_document", noun="document")
"""Documents, one table per collection id."""
SHELL_ENTRIES: Kind[dict[str, Any]] = Kind("shell_entry", key="path", noun="path")
"""Files and directories, one table per account and shell user; the content stands in `private`."""

SKILLS: Kind[dict[str, Any]] = Kind("skill")
GATEWAYS: Kind[dict[str, Any]] = Kind("gateway", noun="AI gateway")
WEB_CHATS: Kind[dict[str, Any]] = Kind("web_chat", noun="web chat client")


def own(ctx: Context, kind: Kind[dict[str, Any]]) -> Table[dict[str, Any]]:
    """The records of a kind that the caller's account has; ids of other accounts are unknown there."""
    return ctx.store.table(kind, account_id(ctx))


def account_id(ctx: Context) -> str:
    assert ctx.principal is not None
    account: str = ctx.principal.facts["account"]
    return account


def account(ctx: Context) -> Record[dict[str, Any]]:
    """The account of the caller."""
    return ctx.store.table(ACCOUNTS).record(account_id(ctx))


def new_id(ctx: Context, kind: Kind[dict[str, Any]]) -> str:
    """A UUID of version 7 from the clock of the world."""
    return ctx.ids.uuid7(kind.name, ctx.clock.millis())
