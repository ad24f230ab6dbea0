"""Large language models: what generates texts. Spec tag: Large Language Models."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara.kinds import GENERATION_PRESETS, LLMS
from understudy.apis.vectara.pages import matching, page
from understudy.apis.vectara.wire import LLM, Prompt
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.state.store import Store


@operation("listLLMs")
def list_llms(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    records = matching(ctx.store.table(LLMS).records(), filter, "name", "description")
    shown, metadata = page(ctx, records, limit, page_key, filter)
    return {"llms": [_with_prompts(ctx.store, llm) for llm in shown], "metadata": metadata}


def _with_prompts(store: Store, llm: LLM) -> LLM:
    """A model with its presets in the deprecated form."""
    prompts: list[Prompt] = [
        {
            "id": preset["id"],
            "name": preset["name"],
            "description": preset["description"],
            "enabled": preset["enabled"],
            "default": preset["default"],
        }
        for preset in store.table(GENERATION_PRESETS).values()
        if preset.get("llm_name") == llm["name"]
    ]
    return {**llm, "prompts": prompts}
