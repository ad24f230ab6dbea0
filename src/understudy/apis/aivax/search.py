"""Search in collections: which documents are like a term, and in which order they come.

A document is one unit of answer. A long text is embedded in parts, of which the one most like the term
decides. The similarity is the cosine, brought to the scale that callers of trained embeddings know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from understudy.apis.aivax import indexing
from understudy.behaviours.documents import max_chars_chunks
from understudy.state import derived
from understudy.state.store import Record, Table
from understudy.state.world import World

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from understudy.behaviours.retrieval import Index, Segment

TOP, MIN_SCORE, RERANKER = 5, 0.2, "rrf"
"""The defaults of a search."""
PART_CHARACTERS = 200
COSINES = (0.0, 0.18, 0.4, 1.0)
SIMILARITIES = (0.0, 0.2, 0.6, 1.0)
"""The similarity that belongs to a cosine, with straight lines between: what has nothing to do with a term
stays below 0.18 there, good answers begin above it."""
RERANKED = 256
"""So many of the most similar documents are reranked."""
RANK_CONSTANT = 60
"""What reciprocal rank fusion adds to each rank."""


@dataclass(frozen=True, eq=False)
class View:
    """What a search reads of one version of a collection.

    Args:
        documents: the indexed ones, in order of their ids.
        index: their parts.
        starts: the row of the first part of each document, and behind the last one the number of rows.
        by_reference: the documents that share a reference.
    """

    documents: Sequence[Record[dict[str, Any]]]
    index: Index
    starts: NDArray[np.intp]
    by_reference: Mapping[str, Sequence[Record[dict[str, Any]]]]

    def best(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The greatest score that a part of each document has."""
        import numpy as np

        return np.maximum.reduceat(scores, self.starts[:-1])


@dataclass(frozen=True, eq=False)
class Hit:
    """A document that was found; `number` is its place in the view, `row` that of its best part."""

    collection_id: str
    view: View
    number: int
    row: int
    cosine: float
    score: float

    @property
    def document(self) -> Record[dict[str, Any]]:
        return self.view.documents[self.number]

    def scored(self, score: float) -> Hit:
        return Hit(self.collection_id, self.view, self.number, self.row, self.cosine, round(score, 6))


def search(
    world: World,
    collection_ids: Sequence[str],
    terms: Sequence[str],
    *,
    top: int = TOP,
    min_score: float = MIN_SCORE,
    reranker: str = RERANKER,
) -> list[Hit]:
    """The best documents of all of the collections, best first, ties in order of their ids.

    Each term is searched and reranked by itself; a document keeps the best score that it has for any.
    """
    views = {collection_id: _view(world, collection_id) for collection_id in collection_ids}
    best: dict[str, Hit] = {}
    for term in dict.fromkeys(terms):
        for hit in RERANKERS[reranker](term, _similar(views, term, min_score)):
            document_id = hit.document.value["id"]
            if document_id not in best or hit.score > best[document_id].score:
                best[document_id] = hit
    return sorted(best.values(), key=_by_score)[:top]


def _by_score(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.document.value["id"]


def _similar(views: Mapping[str, View], term: str, min_score: float) -> list[Hit]:
    """The documents whose similarity to the term is not below the least one, best first."""
    found: list[Hit] = []
    for collection_id, view in views.items():
        if view.documents:
            found += _similar_in(collection_id, view, term, min_score)
    return sorted(found, key=_by_score)[:RERANKED] if len(views) > 1 else found


def _similar_in(collection_id: str, view: View, term: str, min_score: float) -> list[Hit]:
    import numpy as np

    scores = view.index.scores(term)
    cosines = view.best(scores)
    similarities = np.interp(cosines, COSINES, SIMILARITIES).round(6)
    enough = (similarities >= min_score).nonzero()[0]
    chosen = enough[(-similarities[enough]).argsort(kind="stable")[:RERANKED]]
    found = []
    for number in chosen.tolist():
        start, end = view.starts[number : number + 2]
        row = int(start + scores[start:end].argmax())
        found.append(
            Hit(collection_id, view, number, row, float(cosines[number]), float(similarities[number]))
        )
    return found


def _none(term: str, hits: list[Hit]) -> list[Hit]:
    """The similarity alone."""
    return hits


def _lexical(term: str, hits: list[Hit]) -> list[Hit]:
    """The mean of the similarity and of BM25, so that words that occur literally count more."""
    return [
        hit.scored((hit.score + words) / 2) for hit, words in zip(hits, _word_scores(term, hits), strict=True)
    ]


def _rrf(term: str, hits: list[Hit]) -> list[Hit]:
    """Reciprocal rank fusion of the order by similarity and the order by BM25; first in both is 1."""
    words = _word_scores(term, hits)
    holding = [place for place in range(len(hits)) if words[place] > 0]
    ranks = {place: rank for rank, place in enumerate(sorted(holding, key=lambda place: -words[place]), 1)}
    fused = []
    for place, hit in enumerate(hits):
        score = 1 / (RANK_CONSTANT + place + 1)
        if place in ranks:
            score += 1 / (RANK_CONSTANT + ranks[place])
        fused.append(hit.scored(score * (RANK_CONSTANT + 1) / 2))
    return fused


def _smart(term: str, hits: list[Hit]) -> list[Hit]:
    """How well the best part answers the term: what it covers of it, how close together, how similar."""
    relevance: dict[int, float] = {}
    for view in dict.fromkeys(hit.view for hit in hits):
        places = [place for place, hit in enumerate(hits) if hit.view is view]
        rows, cosines = [hits[place].row for place in places], [hits[place].cosine for place in places]
        relevance.update(zip(places, view.index.relevance(term, rows, cosines), strict=True))
    return [hit.scored(relevance[place]) for place, hit in enumerate(hits)]


def _word_scores(term: str, hits: list[Hit]) -> list[float]:
    """The BM25 of each document within its collection, 0 to 1."""
    by_view = {view: view.best(view.index.lexical(term)) for view in dict.fromkeys(hit.view for hit in hits)}
    return [float(by_view[hit.view][hit.number]) for hit in hits]


RERANKERS: Mapping[str, Callable[[str, list[Hit]], list[Hit]]] = {
    "rrf": _rrf,
    "lexical": _lexical,
    "smart": _smart,
    "none": _none,
}


def _view(world: World, collection_id: str) -> View:
    return indexing.settled(world, collection_id).derived("view", _build_view)


def _build_view(documents: Table[dict[str, Any]]) -> View:
    import numpy as np

    from understudy.behaviours.retrieval import Index

    indexed = [record for record in documents.records() if record.private["state"] == indexing.INDEXED]
    indexed.sort(key=lambda record: str(record.value["id"]))
    segments = [derived.of_record(record, "segment", _build_segment) for record in indexed]
    starts = np.cumsum([0, *map(len, segments)]).astype(np.intp)
    by_reference: dict[str, list[Record[dict[str, Any]]]] = {}
    for record in indexed:
        if record.value["reference"] is not None:
            by_reference.setdefault(record.value["reference"], []).append(record)
    return View(indexed, Index(segments), starts, by_reference)


def _build_segment(record: Record[dict[str, Any]]) -> Segment:
    from understudy.behaviours.retrieval import segment

    text = record.value["contents"]
    spans = max_chars_chunks(text, PART_CHARACTERS)
    return segment([text[span.offset : span.offset + span.length] for span in spans] or [text])
