"""Generation presets: prompt, model and limits under one name. Spec tag: Generation Presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.kinds import GENERATION_PRESETS, LLMS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.platform import DEFAULT_PRESET, PRESET_IDS, PROMPT
from understudy.apis.vectara.prompts import template_member
from understudy.apis.vectara.wire import GenerationPreset
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Forbidden
from understudy.state.store import Store

DEFAULT_USED_RESULTS = 5
PLACE = "body.generation"
_MEMBERS = (
    "name", "description", "llm_name", "prompt_template", "max_used_search_results", "max_tokens",
    "temperature", "frequency_penalty", "presence_penalty", "additional_model_params", "enabled", "default",
)  # fmt: skip


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


@operation("createGenerationPreset")
def create_generation_preset(ctx: Context, body: dict[str, Any]) -> tuple[GenerationPreset, int]:
    _check(ctx.store, body)
    made = _preset_of(free_id(ctx.world, GENERATION_PRESETS, "pmt"), body)
    ctx.store.table(GENERATION_PRESETS).add(made)
    _settle_default(ctx.store, made)
    return made, 201


@operation("replaceGenerationPreset")
def replace_generation_preset(
    ctx: Context, generation_preset_id: str, body: dict[str, Any]
) -> GenerationPreset:
    old = _own(ctx.store, generation_preset_id)
    _check(ctx.store, body, old)
    new = _preset_of(generation_preset_id, body)
    if new != old:
        ctx.store.table(GENERATION_PRESETS).replace(new)
        _settle_default(ctx.store, new)
    return new


@operation("deleteGenerationPreset")
def delete_generation_preset(ctx: Context, generation_preset_id: str) -> None:
    _own(ctx.store, generation_preset_id)
    ctx.store.table(GENERATION_PRESETS).remove(generation_preset_id)
    _settle_default(ctx.store)


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


def _own(store: Store, preset_id: str) -> GenerationPreset:
    """A preset that may change: 403 when it came with the account (guess: 400 would be the other)."""
    preset = store.table(GENERATION_PRESETS).get(preset_id)
    if preset_id in PRESET_IDS:
        raise Forbidden(f"{GENERATION_PRESETS.title(preset_id)} belongs to the platform and stays as it is")
    return preset


def _check(store: Store, body: Mapping[str, Any], old: GenerationPreset | None = None) -> None:
    """400 for a taken name, a model that cannot be used and a template that is not well formed."""
    taken = models.by_name(store, GENERATION_PRESETS).get(body["name"])
    if taken is not None and taken.value is not old:
        raise BadRequest({"body.name": f"{GENERATION_PRESETS.title(body['name'])} exists already"})
    models.check_preset(store, body, "body.")


def _preset_of(preset_id: str, body: Mapping[str, Any]) -> GenerationPreset:
    given = picked(body, _MEMBERS)
    preset: Any = {"id": preset_id, "description": "", "enabled": True, "default": False, **given}
    found: GenerationPreset = preset
    return found


def _settle_default(store: Store, changed: GenerationPreset | None = None) -> None:
    """One preset is the default: the one that has become it, or else the one that was, or the platform's."""
    table = store.table(GENERATION_PRESETS)
    defaults = [preset["id"] for preset in table.values() if preset["default"]]
    if changed is not None and changed["default"]:
        chosen = changed["id"]
    else:
        chosen = defaults[0] if defaults else DEFAULT_PRESET
    for preset in table.values():
        if preset["default"] is not (preset["id"] == chosen):
            flipped: Any = {**preset, "default": not preset["default"]}
            table.replace(flipped)


def _preset(store: Store, parameters: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The preset that is named, or the default one, and the place where the request names it."""
    preset, place = models.default(store, GENERATION_PRESETS), PLACE
    for member in ("prompt_name", "generation_preset_name"):
        if parameters.get(member) is not None:
            place = f"{PLACE}.{member}"
            preset = models.named(store, GENERATION_PRESETS, parameters[member], place)
    return preset or {}, place
