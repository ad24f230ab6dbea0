"""Large language models: what generates texts. Nobody is asked. Spec tag: Large Language Models."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.kinds import GENERATION_PRESETS, LLMS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import matching, page
from understudy.apis.vectara.wire import LLM, Prompt
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Forbidden, NotFound
from understudy.state.store import Record, Store

DEFAULT_TYPE = "openai-compatible"
"""What a model of a fixture counts as (guess)."""
_SECRET = ("type", "model", "uri", "auth", "headers", "test_model_parameters")
_CHANGEABLE = ("description", "enabled", "capabilities")


@operation("listLLMs")
def list_llms(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    """Without models of the platform whose name a model of the account has (guess)."""
    usable = models.by_name(ctx.store, LLMS)
    records = [r for r in ctx.store.table(LLMS).records() if usable[r.value["name"]] is r]
    shown, metadata = page(ctx, matching(records, filter, "name", "description"), limit, page_key, filter)
    return {"llms": [_with_prompts(ctx.store, llm) for llm in shown], "metadata": metadata}


@operation("createLLM")
def create_llm(ctx: Context, body: dict[str, Any]) -> tuple[LLM, int]:
    table, name = ctx.store.table(LLMS), body["name"]
    taken = models.by_name(ctx.store, LLMS).get(name)
    if taken is not None and taken.value["ownership"] == "customer":
        raise BadRequest({"body.name": f"{LLMS.title(name)} exists already"})
    models.check_reachable(body.get("uri", ""))
    llm: LLM = {
        "id": free_id(ctx.world, LLMS, "llm"),
        "name": name,
        "description": body.get("description", ""),
        "enabled": True,
        "default": taken is not None and taken.value["default"],
        "ownership": "customer",
    }
    if "capabilities" in body:
        llm["capabilities"] = body["capabilities"]
    return _with_prompts(ctx.store, table.add(llm, **picked(body, _SECRET))), 201


@operation("getLLM")
def get_llm(ctx: Context, llm_id: str) -> LLM:
    return _with_prompts(ctx.store, _find(ctx.store, llm_id).value)


@operation("updateLLM")
def update_llm(ctx: Context, llm_id: str, body: dict[str, Any]) -> LLM:
    record = _own(ctx.store, llm_id)
    made_as = record.private.get("type", DEFAULT_TYPE)
    if body["type"] != made_as:
        raise BadRequest({"body.type": f"{LLMS.title(llm_id)} is of type '{made_as}', which does not change"})
    models.check_reachable(body.get("uri", ""))
    changes, secret = picked(body, _CHANGEABLE), picked(body, _SECRET)
    if {**record.value, **changes} == record.value and {**record.private, **secret} == record.private:
        return _with_prompts(ctx.store, record.value)
    changed: Any = {**record.value, **changes}
    return _with_prompts(ctx.store, ctx.store.table(LLMS).replace(changed, **secret))


@operation("deleteLLM")
def delete_llm(ctx: Context, llm_id: str) -> None:
    """Also when presets name it: generations with them are refused then (guess)."""
    ctx.store.table(LLMS).remove(_own(ctx.store, llm_id).value["id"])


def _find(store: Store, llm_id: str) -> Record[LLM]:
    """The model of that id or, if there is none, of that name."""
    found = store.table(LLMS).find(llm_id) or models.by_name(store, LLMS).get(llm_id)
    if found is None:
        raise NotFound(f"{LLMS.title(llm_id)} not found", llm_id)
    return found


def _own(store: Store, llm_id: str) -> Record[LLM]:
    """The same, unless it came with the account: 403 (guess: 400 would be the other)."""
    record = _find(store, llm_id)
    if record.value["ownership"] == "platform":
        raise Forbidden(f"{LLMS.title(llm_id)} belongs to the platform and stays as it is")
    return record


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
