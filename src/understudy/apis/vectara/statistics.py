"""Figures over a corpus: its size, and the values of its filter attributes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from understudy.apis.vectara.attributes import compiled_filter, fits, value_at
from understudy.apis.vectara.filters import Filter
from understudy.apis.vectara.kinds import DOCUMENTS
from understudy.apis.vectara.wire import ComputeCorpusSizeResponse, Document
from understudy.errors import BadRequest
from understudy.state import derived
from understudy.state.store import Record, Store, Table

NOTHING: ComputeCorpusSizeResponse = {
    "used_docs": 0,
    "used_parts": 0,
    "used_characters": 0,
    "used_metadata_characters": 0,
}


def size(store: Store, corpus_key: str) -> ComputeCorpusSizeResponse:
    """`{used_docs, used_parts, used_characters, used_metadata_characters}`, counted once per version."""
    documents = store.table(DOCUMENTS, corpus_key)
    return documents.derived("size", _total) if len(documents) else NOTHING


def document_size(record: Record[Document]) -> tuple[int, int, int]:
    """Parts, characters of text and characters of metadata of one document."""
    return derived.of_record(record, "size", _document_size)


def _document_size(record: Record[Document]) -> tuple[int, int, int]:
    parts = record.value["parts"]
    metadata = [record.value["metadata"], *(part["metadata"] for part in parts)]
    return (
        len(parts),
        sum(len(part["text"]) for part in parts),
        sum(len(orjson.dumps(m).decode()) for m in metadata if m),
    )


def _total(table: Table[Document]) -> ComputeCorpusSizeResponse:
    sizes = [document_size(record) for record in table.records()]
    return {
        "used_docs": len(sizes),
        "used_parts": sum(parts for parts, _, _ in sizes),
        "used_characters": sum(characters for _, characters, _ in sizes),
        "used_metadata_characters": sum(metadata for _, _, metadata in sizes),
    }


def attribute_statistics(
    store: Store,
    corpus: Mapping[str, Any],
    fields: str | None,
    metadata_filter: str | None,
    max_values: int,
) -> list[dict[str, Any]]:
    """One entry per filter attribute: its values with their counts, and figures for numbers."""
    attributes = _chosen(corpus, fields)
    accepts = compiled_filter(corpus, metadata_filter, "query.metadata_filter") if metadata_filter else None
    documents = store.table(DOCUMENTS, corpus["key"]).values()
    return [
        _statistic(attribute, list(values(attribute, documents, accepts)), max_values)
        for attribute in attributes
    ]


def _chosen(corpus: Mapping[str, Any], fields: str | None) -> list[Mapping[str, Any]]:
    declared = {qualified(attribute): attribute for attribute in corpus["filter_attributes"]}
    if not fields:
        return list(declared.values())
    wanted = [field.strip() for field in fields.split(",")]
    unknown = [field for field in wanted if field not in declared]
    if unknown:
        known = ", ".join(declared) or "none"
        raise BadRequest(
            {"query.fields": f"no filter attribute '{unknown[0]}'; this corpus declares {known}"}
        )
    return [declared[field] for field in wanted]


def qualified(attribute: Mapping[str, Any]) -> str:
    return f"{'doc' if attribute['level'] == 'document' else 'part'}.{attribute['name']}"


def values(
    attribute: Mapping[str, Any], documents: Iterable[Mapping[str, Any]], accepts: Filter | None
) -> Iterator[Any]:
    """Each value of the declared type that occurs; elements of list attributes one by one.

    Attributes may be replaced after documents came, so what a document holds may be of another type.
    """
    for document in documents:
        parts = [
            part["metadata"]
            for part in document["parts"]
            if accepts is None or accepts(document["id"], document["metadata"], part["metadata"])
        ]
        if not parts:
            continue
        for metadata in [document["metadata"]] if attribute["level"] == "document" else parts:
            value = value_at(metadata, attribute["name"])
            if value is None or not fits(value, attribute["type"]):
                continue
            if isinstance(value, list):
                yield from value
            else:
                yield value


def _statistic(attribute: Mapping[str, Any], values: list[Any], max_values: int) -> dict[str, Any]:
    counts = Counter(values)
    in_order = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    statistic: dict[str, Any] = {
        "name": qualified(attribute),
        "type": attribute["type"],
        "values": [{"value": value, "count": count} for value, count in in_order[:max_values]],
    }
    if "description" in attribute:
        statistic["description"] = attribute["description"]
    if values and attribute["type"] in ("integer", "real_number", "list[integer]", "list[real_number]"):
        total = sum(values)
        statistic["stats"] = {
            "min": min(values),
            "max": max(values),
            "avg": round(_bounded(total / len(values)), 6),
            "sum": _bounded(total),
        }
    return statistic


def _bounded(number: float) -> float:
    """A number that JSON can carry: no integer beyond 64 bits, nothing beyond the largest double."""
    if isinstance(number, int) and -(2**63) <= number < 2**64:
        return number
    return max(-sys.float_info.max, min(sys.float_info.max, float(number)))
