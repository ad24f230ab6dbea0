"""Generation presets: prompt, model and limits under one name. Spec tag: Generation Presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.kinds import GENERATION_PRESETS, LLMS
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.platform import PROMPT
from understudy.apis.vectara.prompts import template_member
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.state.store import Store

DEFAULT_USED_RESULTS = 5
PLACE = "body.generation"


@dataclass(frozen=True)
class Settings:
    """What counts for one generation: the values of the preset, those of the request in front.

    `max_tokens` is 0 for no limit; `place` is where the request names its template, for `field_errors`.
    """

    used_results: int
    max_tokens: int
    template: str
    place: str


@operation("listGenerationPresets")
def list_generation_presets(
    ctx: Context, *, limit: int, llm_name: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    records = ctx.store.table(GENERATION_PRESETS).records()
    if llm_name is not None:
        records = [r for r in records if r.value.get("llm_name") == llm_name]
    shown, metadata = page(ctx, records, limit, page_key, llm_name)
    return {"generation_presets": shown, "metadata": metadata}


def settings(store: Store, parameters: Mapping[str, Any]) -> Settings:
    """The settings of a generation; 400 for a preset or a model that is unknown or disabled."""
    preset, place = _preset(store, parameters)
    model = parameters.get("model_parameters") or {}
    if model.get("llm_name") is not None:
        models.named(store, LLMS, model["llm_name"], f"{PLACE}.model_parameters.llm_name")
    elif "llm_name" in preset:
        models.named(store, LLMS, preset["llm_name"], place)
    used, tokens = parameters.get("max_used_search_results"), model.get("max_tokens")
    if used is None:  # a preset decides about this one only when it is named
        own = None if place == PLACE else preset.get("max_used_search_results")
        used = DEFAULT_USED_RESULTS if own is None else own
    member = template_member(parameters)
    return Settings(
        used_results=used,
        max_tokens=preset.get("max_tokens", 0) if tokens is None else tokens,
        template=parameters[member] if member else preset.get("prompt_template") or PROMPT,
        place=f"{PLACE}.{member}" if member else place,
    )


def _preset(store: Store, parameters: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The preset that is named, or the default one, and the place where the request names it."""
    preset, place = models.default(store, GENERATION_PRESETS), PLACE
    for member in ("prompt_name", "generation_preset_name"):
        if parameters.get(member) is not None:
            place = f"{PLACE}.{member}"
            preset = models.named(store, GENERATION_PRESETS, parameters[member], place)
    return preset or {}, place
