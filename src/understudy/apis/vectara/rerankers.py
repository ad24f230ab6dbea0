"""Rerankers: the trained ones that a search may name. Spec tag: Rerankers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.kinds import RERANKERS
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.platform import MMR_RERANKER
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.store import Store


@operation("listRerankers")
def list_rerankers(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    return listing(ctx, "rerankers", ctx.store.table(RERANKERS).records(), limit, page_key, filter)


def check(store: Store, reranker: Mapping[str, Any], place: str = "body.search.reranker") -> None:
    """400 for a stage, at any depth of a chain, that names a reranker which the account cannot use."""
    kind = reranker.get("type", "customer_reranker")
    if kind == "chain":
        for number, stage in enumerate(reranker["rerankers"]):
            check(store, stage, f"{place}.rerankers[{number}]")
    elif kind == "customer_reranker":
        trained = models.chosen(store, RERANKERS, reranker, place)
        if trained is not None and trained["id"] == MMR_RERANKER:
            raise BadRequest({f"{place}.reranker_name": "is chosen by the type mmr, not by name"})
