"""Encoders: what embeds the text of a corpus. Spec tag: Encoders."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara.kinds import ENCODERS
from understudy.apis.vectara.pages import matching, page
from understudy.engine.context import Context
from understudy.engine.operation import operation


@operation("listEncoders")
def list_encoders(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    records = matching(ctx.store.table(ENCODERS).records(), filter, "name", "description")
    shown, metadata = page(ctx, records, limit, page_key, filter)
    return {"encoders": shown, "metadata": metadata}
