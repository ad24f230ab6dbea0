"""Corpora: named containers of documents. Spec tag: Corpora."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from understudy.apis.vectara import api_keys, jobs, models, statistics
from understudy.apis.vectara.auth import maker, visible
from understudy.apis.vectara.kinds import CORPORA, DOCUMENTS, ENCODERS
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.roles import forget
from understudy.apis.vectara.wire import (
    ComputeCorpusSizeResponse,
    Corpus,
    CorpusCustomDimension,
    CorpusLimits,
    FilterAttribute,
)
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.store import Store
from understudy.state.world import World

MAX_METADATA_BYTES = 50 * 1024 * 1024
"""Quota reported in `limits.max_metadata_bytes` (guess: depends on the plan)."""

_CHANGEABLE: tuple[Literal["enabled", "name", "description", "save_history"], ...] = (
    "enabled", "name", "description", "save_history",
)  # fmt: skip


@operation("listCorpora")
def list_corpora(
    ctx: Context,
    *,
    limit: int,
    filter: str | None = None,
    corpus_id: list[str] | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    jobs.settle(ctx.world)
    records = ctx.store.table(CORPORA).records()
    seen = visible(ctx)
    if seen is not None:
        records = [r for r in records if r.value["key"] in seen]
    return listing(ctx, "corpora", records, limit, page_key, filter, id=corpus_id)


@operation("createCorpus")
def create_corpus(ctx: Context, body: dict[str, Any]) -> tuple[Corpus, int]:
    corpus = _new_corpus(ctx.world, body)
    return with_limits(ctx.store, ctx.store.table(CORPORA).add(corpus, maker=maker(ctx))), 201


@operation("getCorpus")
def get_corpus(ctx: Context, corpus_key: str) -> Corpus:
    jobs.settle(ctx.world)
    return with_limits(ctx.store, ctx.store.table(CORPORA).get(corpus_key))


@operation("updateCorpus")
def update_corpus(ctx: Context, corpus_key: str, body: dict[str, Any]) -> Corpus:
    corpora = ctx.store.table(CORPORA)
    corpus = corpora.get(corpus_key)
    changed = corpus.copy()
    for member in _CHANGEABLE:
        if body.get(member) is not None:
            changed[member] = body[member]
    return with_limits(ctx.store, corpora.replace(changed))


@operation("deleteCorpus")
def delete_corpus(ctx: Context, corpus_key: str) -> None:
    jobs.settle(ctx.world)
    ctx.store.table(CORPORA).remove(corpus_key)
    ctx.store.table(DOCUMENTS, corpus_key).clear()
    api_keys.unbind(ctx.store, corpus_key)
    forget(ctx.store, "corpus", corpus_key)
    jobs.abort(ctx.world, corpus_key)


@operation("resetCorpus")
def reset_corpus(ctx: Context, corpus_key: str) -> None:
    jobs.settle(ctx.world)
    ctx.store.table(CORPORA).get(corpus_key)
    ctx.store.table(DOCUMENTS, corpus_key).clear()


@operation("replaceFilterAttributes")
def replace_filter_attributes(ctx: Context, corpus_key: str, body: dict[str, Any]) -> dict[str, Any]:
    ctx.store.table(CORPORA).get(corpus_key)
    attributes = _filter_attributes(body["filter_attributes"])
    effect = {"corpus_key": corpus_key, "filter_attributes": attributes}
    job = jobs.start(ctx.world, "replace_filter_attributes", [corpus_key], effect)
    return {"job_id": job["id"]}


@operation("computeCorpusSize")
def compute_corpus_size(ctx: Context, corpus_key: str) -> ComputeCorpusSizeResponse:
    jobs.settle(ctx.world)
    ctx.store.table(CORPORA).get(corpus_key)
    return statistics.size(ctx.store, corpus_key)


@operation("getFilterAttributeStats")
def get_filter_attribute_stats(
    ctx: Context,
    corpus_key: str,
    *,
    max_values: int,
    fields: str | None = None,
    metadata_filter: str | None = None,
) -> dict[str, Any]:
    jobs.settle(ctx.world)
    corpus = ctx.store.table(CORPORA).get(corpus_key)
    return {
        "filter_attribute_stats": statistics.attribute_statistics(
            ctx.store, corpus, fields, metadata_filter, max_values
        )
    }


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `corpora`: a create request."""
    world.store.table(CORPORA).add(_new_corpus(world, row))


def with_limits(store: Store, corpus: Corpus) -> Corpus:
    """A corpus as a single read shows it; lists leave `limits` out."""
    used = statistics.size(store, corpus["key"])
    limits: CorpusLimits = {
        "used_docs": used["used_docs"],
        "used_parts": used["used_parts"],
        "used_characters": used["used_characters"],
        "max_metadata_bytes": MAX_METADATA_BYTES,
    }
    return {**corpus, "limits": limits}


def _new_corpus(world: World, body: Mapping[str, Any]) -> Corpus:
    encoder = models.chosen(world.store, ENCODERS, body, "body") or models.default(world.store, ENCODERS)
    if encoder is None:
        raise BadRequest({"body.encoder_name": "is required: the default encoder is disabled"})
    corpus: Corpus = {
        "id": world.ids.numbered("crp"),
        "key": body["key"],
        "name": body.get("name", body["key"]),
        "enabled": True,
        "chat_history_corpus": False,
        "queries_are_answers": body.get("queries_are_answers", False),
        "documents_are_questions": body.get("documents_are_questions", False),
        "encoder_id": encoder["id"],
        "encoder_name": encoder["name"],
        "save_history": body.get("save_history", False),
        "filter_attributes": _filter_attributes(body.get("filter_attributes", ())),
        "custom_dimensions": [_dimension(given) for given in body.get("custom_dimensions", ())],
        "created_at": world.clock.stamp(),
    }
    if "description" in body:
        corpus["description"] = body["description"]
    return corpus


def _dimension(given: Mapping[str, Any]) -> CorpusCustomDimension:
    dimension: CorpusCustomDimension = {
        "name": given["name"],
        "indexing_default": given.get("indexing_default", 0),
        "querying_default": given.get("querying_default", 0),
    }
    if "description" in given:
        dimension["description"] = given["description"]
    return dimension


def _filter_attributes(given: Sequence[Mapping[str, Any]]) -> list[FilterAttribute]:
    attributes: list[FilterAttribute] = []
    seen: set[tuple[str, str]] = set()
    for number, attribute in enumerate(given):
        place = f"body.filter_attributes[{number}]"
        identity = (attribute["level"], attribute["name"])
        if identity in seen:
            raise BadRequest({f"{place}.name": f"'{attribute['name']}' stands twice on this level"})
        seen.add(identity)
        attributes.append(_filter_attribute(attribute))
    return attributes


def _filter_attribute(given: Mapping[str, Any]) -> FilterAttribute:
    attribute: FilterAttribute = {
        "name": given["name"],
        "level": given["level"],
        "type": given["type"],
        "indexed": given.get("indexed", True),
    }
    if "description" in given:
        attribute["description"] = given["description"]
    return attribute
