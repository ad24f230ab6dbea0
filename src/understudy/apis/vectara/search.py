"""Search over corpora: filter, retrieve, merge, rerank, cut out with context. Used by queries and chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from understudy.apis.vectara import jobs, rerank_stages, rerankers
from understudy.apis.vectara.attributes import compiled_filter
from understudy.apis.vectara.context_windows import Configuration
from understudy.apis.vectara.filters import Filter
from understudy.apis.vectara.kinds import DOCUMENTS, enabled_corpus
from understudy.apis.vectara.rerank_stages import Hit
from understudy.apis.vectara.wire import Corpus
from understudy.engine.context import Context
from understudy.errors import BadRequest
from understudy.state import derived
from understudy.state.lifecycle import looked_at, share_done
from understudy.state.store import Record, Table

if TYPE_CHECKING:
    from understudy.behaviours.retrieval import Index, Segment

DEFAULT_LIMIT = 10
REMEMBERED = 64
"""How many searches of one version of a corpus are kept."""

Result = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Trace:
    """What was retrieved before reranking, and the score that each final result had then."""

    retrieved: list[Result]
    scores: list[float]


@dataclass(eq=False)
class Findings:
    """Ranked results in wire shape, and what they were made from."""

    results: list[Result]
    hits: list[Hit]
    windows: Configuration | None
    trace: Trace | None = None

    @cached_property
    def sources(self) -> list[str]:
        """Per result the text that a model reads: with its context, without tags."""
        if self.windows is None:
            return [result["text"] for result in self.results]
        plain = self.windows.without_tags()
        return [plain.cut(hit.document, hit.part) for hit in self.hits]


@dataclass(frozen=True, eq=False)
class CorpusIndex:
    """What retrieval knows of one version of a corpus: documents in order of their ids, and their rows.

    `known` holds the findings of the last different searches of this version: tests ask the same
    questions again and again, and worlds that share documents share the answers.
    """

    documents: Sequence[Record[Any]]
    index: Index
    known: dict[bytes, Findings] = field(default_factory=dict)

    def at(self, row: int) -> tuple[Record[Any], int]:
        """The document of a row and the number of the part in it."""
        segment, part = self.index.row(row)
        return self.documents[segment], part

    def remember(self, search: bytes, findings: Findings) -> None:
        if len(self.known) >= REMEMBERED:
            del self.known[next(iter(self.known))]
        self.known[search] = findings


@dataclass(frozen=True)
class Wanted:
    """One corpus of a search: what the request says of it, where it says so, and what it can be read by."""

    request: Mapping[str, Any]
    place: str
    corpus: Corpus
    accepts: Filter | None
    view: CorpusIndex

    @property
    def as_answer(self) -> bool:
        """Whether the query stands for an answer whose like is looked for; default follows the corpus."""
        semantics = self.request.get("semantics") or "default"
        return semantics == "response" or (semantics == "default" and self.corpus["queries_are_answers"])


def search(
    ctx: Context,
    query: str,
    corpora: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
    places: Sequence[str],
    *,
    traced: bool = False,
) -> Findings:
    """Ranked results.

    Args:
        query: what is asked for; an entry of `corpora` may bring its own.
        corpora: `{corpus_key, query?, metadata_filter?, lexical_interpolation?, custom_dimensions?,
            semantics?}`.
        parameters: `{offset?, limit?, context_configuration?, reranker?}`.
        places: the path of each entry of `corpora` in the request, for `field_errors`.
        traced: keep what was there before reranking, which the query history tells.

    Order of work: filter, retrieve per corpus, merge by score, take offset + limit, rerank, drop the
    offset, cut out the text. Ties: corpus order, document id, part.
    """
    ctx.use("searches")
    jobs.settle(ctx.world)
    wanted = [_wanted(ctx, request, place) for request, place in zip(corpora, places, strict=True)]
    if parameters.get("reranker") is not None:
        rerankers.check(ctx.store, parameters["reranker"])
    if len(wanted) > 1:
        return _found(ctx, query, wanted, parameters, traced)
    asked = orjson.dumps((query, corpora[0], parameters))
    if traced:
        asked += b"traced"
    known = wanted[0].view.known.get(asked)
    if known is None:
        known = _found(ctx, query, wanted, parameters, traced)
        if b"userfn" not in asked:  # a user function may look at the clock
            wanted[0].view.remember(asked, known)
    return known


def _found(
    ctx: Context, query: str, corpora: Sequence[Wanted], parameters: Mapping[str, Any], traced: bool
) -> Findings:
    offset = parameters.get("offset") or 0
    limit = parameters.get("limit") or DEFAULT_LIMIT
    hits: list[Hit] = []
    for number, wanted in enumerate(corpora):
        hits += _retrieve(wanted, query, number, offset + limit)
    if len(corpora) > 1:
        hits.sort(key=lambda hit: -hit.score)
    hits = hits[: offset + limit]
    windows = Configuration.read(parameters.get("context_configuration"))
    keys = [wanted.corpus["key"] for wanted in corpora]
    retrieved = [_result(hit, keys[hit.corpus_number], windows) for hit in hits] if traced else []
    scores = {id(hit): hit.score for hit in hits} if traced else {}
    hits = rerank_stages.apply(parameters.get("reranker"), query, hits, ctx.clock.millis())[offset:]
    results = [_result(hit, keys[hit.corpus_number], windows) for hit in hits]
    trace = Trace(retrieved, [scores[id(hit)] for hit in hits]) if traced else None
    return Findings(results, hits, windows, trace)


def _wanted(ctx: Context, request: Mapping[str, Any], place: str) -> Wanted:
    """A corpus that may be searched, its filter understood."""
    corpus = enabled_corpus(ctx.store, request["corpus_key"])
    accepts = None
    if request.get("metadata_filter"):
        accepts = compiled_filter(corpus, request["metadata_filter"], f"{place}.metadata_filter")
    documents = ctx.store.table(DOCUMENTS, corpus["key"])
    _look_at_unindexed(ctx, documents)
    return Wanted(request, place, corpus, accepts, documents.derived("index", _build_index))


def _retrieve(wanted: Wanted, query: str, number: int, count: int) -> list[Hit]:
    from understudy.behaviours.retrieval import top  # deferred: numpy comes with the first query

    request, view = wanted.request, wanted.view
    weights = request.get("custom_dimensions")
    boosts = _boosts(wanted.corpus, view, weights, f"{wanted.place}.custom_dimensions")
    share = request.get("lexical_interpolation") or 0.0
    as_answer = wanted.as_answer
    scores = view.index.scores(request.get("query") or query, share, boosts, as_answer)
    plain = share <= 0 and boosts is None and not request.get("query")
    mask = None if wanted.accepts is None else _mask(wanted.accepts, view)
    return [
        Hit(score, number, row, *view.at(row), view.index, score if plain else None, as_answer)
        for row, score in top(scores, mask, min(count, len(scores)))
    ]


def _look_at_unindexed(ctx: Context, documents: Table[Any]) -> None:
    """Count this query as a look at documents that the `indexing` dial still holds back."""
    waiting = documents.derived(
        "unindexed", lambda t: [r for r in t.records() if r.private.get("indexing") is not None]
    )
    for record in waiting:
        progress = looked_at(record.private["indexing"])
        done = share_done(progress, ctx.clock.millis()) >= 1
        documents.replace(record.value, indexing=None if done else progress)


def _build_index(documents: Table[Any]) -> CorpusIndex:
    from understudy.behaviours.retrieval import Index

    records = sorted(
        (r for r in documents.records() if r.private.get("indexing") is None),
        key=lambda r: str(r.value["id"]),
    )
    return CorpusIndex(records, Index([derived.of_record(r, "segment", _build_segment) for r in records]))


def _build_segment(record: Record[Any]) -> Segment:
    from understudy.behaviours.retrieval import segment

    return segment([
        f"{part['context']} {part['text']}" if part.get("context") else part["text"]
        for part in record.value["parts"]
    ])  # fmt: skip


def _mask(accepts: Filter, view: CorpusIndex) -> Any:
    """Which rows a filter lets through; a filter without part references is asked once per document."""
    import numpy as np

    verdicts: list[bool] = []
    for record in view.documents:
        document = record.value
        parts = document["parts"]
        if accepts.uses_part:
            verdicts += [accepts(document["id"], document["metadata"], part["metadata"]) for part in parts]
        else:
            verdicts += [accepts(document["id"], document["metadata"], {})] * len(parts)
    return np.array(verdicts, dtype=bool)


def _boosts(
    corpus: Corpus, view: CorpusIndex, weights: Mapping[str, float] | None, place: str
) -> list[float] | None:
    """Sum over dimensions of query weight times part value, per row; None when no weight counts."""
    declared = {dimension["name"]: dimension for dimension in corpus["custom_dimensions"]}
    for name in weights or ():
        if name not in declared:
            raise BadRequest({f"{place}.{name}": f"corpus declares no custom dimension '{name}'"})
    given = {name: (weights or {}).get(name, d["querying_default"]) for name, d in declared.items()}
    active = {name: weight for name, weight in given.items() if weight}
    if not active:
        return None
    defaults = {name: dimension["indexing_default"] for name, dimension in declared.items()}
    return [
        sum(w * part.get("custom_dimensions", {}).get(name, defaults[name]) for name, w in active.items())
        for record in view.documents
        for part in record.value["parts"]
    ]


def _result(hit: Hit, corpus_key: str, windows: Configuration | None) -> Result:
    document = hit.document.value
    part = document["parts"][hit.part]
    result: Result = {
        "text": part["text"] if windows is None else windows.cut(hit.document, hit.part),
        "score": hit.score,
        "part_metadata": part["metadata"],
        "document_metadata": document["metadata"],
        "document_id": document["id"],
        "request_corpora_index": hit.corpus_number,
        "corpus_key": corpus_key,
    }
    if "table_id" not in part and "image_id" not in part:
        return result
    for member, section in (("table_id", "tables"), ("image_id", "images")):
        if member in part:
            for candidate in document.get(section, ()):
                if candidate.get("id") == part[member]:
                    result[section[:-1]] = candidate
    return result
