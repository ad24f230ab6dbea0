"""Documents and parts by what their metadata says, mistakes forgiven. Spec tag: Metadata Query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.apis.vectara import jobs
from understudy.apis.vectara.attributes import compiled_filter, value_at
from understudy.apis.vectara.kinds import DOCUMENTS, enabled_corpus, is_searchable
from understudy.apis.vectara.wire import (
    Document,
    FieldQuery,
    MetadataQueryRequest,
    MetadataQueryResponse,
    ScoredDocument,
)
from understudy.behaviours.fuzzy import Values
from understudy.behaviours.tokens import words
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.store import Record, Table

MOST_WORDS = 64
"""How many words the queries of one request may have together (guess: none is documented)."""
KEPT_FIELDS = 64
"""How many fields are kept ready for one version of a corpus."""


@dataclass
class Rows:
    """What can be found, in the order of ties: by document id, then by place in the document."""

    records: Sequence[Record[Document]]
    metadata: Sequence[dict[str, Any]]
    fields: dict[str, Values] = field(default_factory=dict)

    def values(self, name: str) -> Values:
        """The values of a field of the metadata, prepared when first asked for."""
        if name not in self.fields:
            while len(self.fields) >= KEPT_FIELDS:
                del self.fields[next(iter(self.fields))]
            self.fields[name] = Values([_text(value_at(metadata, name)) for metadata in self.metadata])
        return self.fields[name]


@operation("queryMetadata")
def query_metadata(ctx: Context, corpus_key: str, body: MetadataQueryRequest) -> MetadataQueryResponse:
    """The best matches of what the filter lets through; equally good ones in order of their ids."""
    jobs.settle(ctx.world)
    corpus = enabled_corpus(ctx.store, corpus_key)
    _check_length(body["queries"])
    of_parts = body.get("level") == "part"
    accepts = None
    if body.get("metadata_filter"):
        accepts = compiled_filter(
            corpus, body["metadata_filter"], "body.metadata_filter", document_only=not of_parts
        )
    documents = ctx.store.table(DOCUMENTS, corpus_key)
    build: Callable[[Table[Document]], Rows] = _parts if of_parts else _documents
    rows = documents.derived(f"metadata_query_{'parts' if of_parts else 'documents'}", build)
    now = ctx.clock.millis()
    found: list[tuple[float, int]] = []
    for row, score in _scores(rows, body["queries"]).items():
        document = rows.records[row].value
        part = rows.metadata[row] if of_parts else {}
        if is_searchable(rows.records[row], now) and (
            accepts is None or accepts(document["id"], document["metadata"], part)
        ):
            found.append((-score, row))
    found.sort()
    offset = body.get("offset", 0)
    shown = found[offset : offset + body.get("limit", 10)]
    return {"documents": [_shown(rows, row, -score) for score, row in shown], "total_count": len(found)}


def _check_length(queries: Sequence[FieldQuery]) -> None:
    count = 0
    for number, query in enumerate(queries):
        count += len(words(query["query"]))
        if count > MOST_WORDS:
            raise BadRequest(
                {f"body.queries[{number}].query": f"the queries have more than {MOST_WORDS} words together"}
            )


def _scores(rows: Rows, queries: Sequence[FieldQuery]) -> dict[int, float]:
    """The mean of the fields' scores by their weights, per row, without those that score nothing."""
    weights = [query.get("weight", 1.0) for query in queries]
    heaviest = max(weights)
    if heaviest <= 0:
        return {}
    shares = [weight / heaviest for weight in weights]  # so that no sum leaves the range of numbers
    totals: dict[int, float] = {}
    for query, share in zip(queries, shares, strict=True):
        matches = rows.values(query["field"]).scores(
            query["query"], fuzzy=query.get("fuzzy", True), prefix=query.get("prefix")
        )
        for row, score in matches.items():
            totals[row] = totals.get(row, 0.0) + share * score
    whole = sum(shares)
    scores = {row: round(total / whole, 6) for row, total in totals.items()}
    return {row: score for row, score in scores.items() if score > 0}


def _documents(table: Table[Document]) -> Rows:
    records = _by_id(table)
    return Rows(records, [record.value["metadata"] for record in records])


def _parts(table: Table[Document]) -> Rows:
    found = [(record, part["metadata"]) for record in _by_id(table) for part in record.value["parts"]]
    return Rows([record for record, _ in found], [metadata for _, metadata in found])


def _by_id(table: Table[Document]) -> list[Record[Document]]:
    return sorted(table.records(), key=lambda record: record.value["id"])


def _text(value: Any) -> str:
    """A value as text to compare: members of a list one after another, nothing for deeper ones."""
    if isinstance(value, list):
        return " ".join(_text(item) for item in value if not isinstance(item, list))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _shown(rows: Rows, row: int, score: float) -> ScoredDocument:
    return {"doc_id": rows.records[row].value["id"], "score": score, "metadata": rows.metadata[row]}
