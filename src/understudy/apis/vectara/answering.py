"""How a question is answered, for queries and chats alike: rewrite, search, rerank, generate, score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from understudy.apis.vectara import generation, jobs, rewriting
from understudy.apis.vectara.generation import Generated
from understudy.apis.vectara.rewriting import Rewriting
from understudy.apis.vectara.search import Findings, search
from understudy.apis.vectara.wire import RewrittenQuery
from understudy.engine.context import Context

Json = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """A question, whichever operation it came by.

    Args:
        text: what is searched and answered.
        corpora, parameters, places: as `search` takes them.
        generation: the parameters of the generated answer, as a request has them; None for search alone.
        rewritten: whether values that the text names are to become filters.
        rephrased: whether `text` is what a chat made of the question.
        traced: whether its steps will be told, see `query_history`.
    """

    text: str
    corpora: Sequence[Mapping[str, Any]]
    parameters: Mapping[str, Any]
    places: Sequence[str]
    generation: Mapping[str, Any] | None = None
    rewritten: bool = False
    rephrased: bool = False
    traced: bool = False


@dataclass(slots=True)
class Answered:
    """A question with all that was found and said; every form of the answer is made of this."""

    asked: Asked
    rewritings: Sequence[Rewriting]
    findings: Findings
    generated: Generated | None


def places(corpora: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where the corpora of a search stand in the body of a request."""
    return [f"body.search.corpora[{number}]" for number in range(len(corpora))]


def answer(ctx: Context, asked: Asked) -> Answered:
    """The answer; refusals as `search` and `generate` have them. Nothing is stored."""
    parameters = asked.generation
    if parameters is not None:
        generation.check(ctx.store, parameters)
    text, corpora = asked.text, asked.corpora
    rewritings: tuple[Rewriting, ...] = ()
    if asked.rewritten:
        text, corpora, rewritings = _rewritten(ctx, asked)
    findings = search(ctx, text, corpora, asked.parameters, asked.places, traced=asked.traced)
    generated = None
    if parameters is not None and generation.wanted(parameters):
        ctx.use("generations")
        generated = generation.generate(ctx.store, asked.text, findings, parameters, ctx.decider)
    return Answered(asked, rewritings, findings, generated)


def _rewritten(ctx: Context, asked: Asked) -> tuple[str, list[Json], tuple[Rewriting, ...]]:
    """What is searched after rewriting: the common query and the corpora, with what was made of each."""
    jobs.settle(ctx.world)
    made = tuple(
        rewriting.rewrite(ctx, asked.text, entry, place)
        for entry, place in zip(asked.corpora, asked.places, strict=True)
    )
    texts = {one.extraction.get("query", asked.text) for one in made}
    text = texts.pop() if len(texts) == 1 else asked.text
    corpora = [rewriting.applied(one, entry, text) for one, entry in zip(made, asked.corpora, strict=True)]
    return text, corpora, made


def whole(answered: Answered, text_member: str) -> Json:
    """The JSON answer, its text under `text_member`; absent members are left out, never null."""
    told: Json = {"search_results": answered.findings.results}
    warnings = []
    if any(one.failed for one in answered.rewritings):
        warnings.append("intelligent_query_rewriting_failed")
    generated = answered.generated
    if generated is not None:
        told[text_member] = generated.text
        told["response_language"] = generated.language
        told["rendered_prompt"] = generated.rendered_prompt
        if generated.score is not None:
            told["factual_consistency_score"] = generated.score
        warnings += generated.warnings
    if answered.asked.rephrased:
        told["rephrased_query"] = answered.asked.text
    if warnings:
        told["warnings"] = warnings
    if answered.rewritings:
        told["rewritten_queries"] = _rewritten_queries(answered.rewritings)
    return told


def events(answered: Answered, *stored: Json) -> list[Json]:
    """The same as a stream: results, what was stored, prompt, text in pieces, its end, its score, the end."""
    first: Json = {"type": "search_results", "search_results": answered.findings.results}
    if answered.rewritings:
        first["rewritten_queries"] = _rewritten_queries(answered.rewritings)
    told = [first, *stored]
    generated = answered.generated
    if generated is not None:
        prompt: Json = {"type": "generation_info", "rendered_prompt": generated.rendered_prompt}
        if answered.asked.rephrased:
            prompt["rephrased_query"] = answered.asked.text
        told += [prompt, *generation.chunk_events(generated.text)]
        if generated.score is not None:
            told.append({"type": "factual_consistency_score", "factual_consistency_score": generated.score})
    return [*told, {"type": "end"}]


def _rewritten_queries(rewritings: Sequence[Rewriting]) -> list[RewrittenQuery]:
    return [{"corpus_key": one.corpus_key, "filter_extraction": one.extraction} for one in rewritings]
