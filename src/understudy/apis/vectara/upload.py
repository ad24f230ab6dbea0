"""Upload: a file is read in a process apart and becomes a structured document. Spec tag: Upload."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_to_bytes

from understudy.apis.vectara import jobs, models
from understudy.apis.vectara.attributes import fits
from understudy.apis.vectara.documents import without_parts
from understudy.apis.vectara.index import add_document, storage_usage
from understudy.apis.vectara.kinds import DOCUMENTS, LLMS, TABLE_EXTRACTORS, enabled_corpus
from understudy.apis.vectara.wire import Document, ExtractionUsage
from understudy.behaviours.extraction import SUPPORTED, extract, kind_of, kind_within, mismatch
from understudy.engine.context import Context
from understudy.engine.multipart import FilePart
from understudy.engine.operation import operation, prepare
from understudy.engine.work import Work
from understudy.errors import ApiError, BadRequest, Conflict, TooLarge, UnsupportedMedia
from understudy.state.store import Store, Table

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Source: the guide of the SDK."""


@prepare("uploadFile")
def plan_upload(ctx: Context, corpus_key: str, body: dict[str, Any]) -> Work:
    """Refuse what can be refused at a glance, and have the rest read."""
    enabled_corpus(ctx.store, corpus_key)
    file: FilePart = body["file"]
    faults = dict(_faults(body))
    if faults:
        raise BadRequest(faults)
    _check_extraction(ctx.store, body.get("table_extraction_config") or {})
    if len(file.content) > MAX_FILE_BYTES:
        raise TooLarge(f"the file has {len(file.content)} bytes, {MAX_FILE_BYTES} are allowed")
    names = (body.get("filename") or "", file.filename or "")
    kind = kind_of(names, file.content_type) or (None if any(names) else kind_within(file.content))
    if kind is None:
        raise UnsupportedMedia(
            f"the file '{_id(body)}' of type '{file.content_type or 'unknown'}' is not read; {SUPPORTED} are"
        )
    fault = mismatch(kind, file.content)
    if fault is not None:
        raise UnsupportedMedia(f"the file '{_id(body)}' {fault}")
    return Work(extract, file.content, _unreadable, {"kind": kind, "tables": _wants_tables(body)})


@operation("uploadFile")
def upload_file(
    ctx: Context, corpus_key: str, body: dict[str, Any], *, prepared: Mapping[str, Any]
) -> tuple[Document, int]:
    jobs.settle(ctx.world)
    corpus = enabled_corpus(ctx.store, corpus_key)
    digest = sha256(body["file"].content).hexdigest()
    _refuse_known(ctx.store.table(DOCUMENTS, corpus_key), _id(body), digest)
    wanted = _structured(corpus, body, prepared)
    document = add_document(ctx.world, corpus, wanted, digest=digest)
    made: Document = {**without_parts(document), "storage_usage": storage_usage(document)}
    if _wants_tables(body):
        usage: ExtractionUsage = {"table_extraction_used": prepared["table_count"]}
        made["extraction_usage"] = usage
    return made, 201


def _faults(body: Mapping[str, Any]) -> Mapping[str, str]:
    """What the schema cannot see."""
    faults: dict[str, str] = {}
    name = _id(body)
    if name in (".", "..") or "\0" in name:
        faults["body.filename"] = "cannot be an id: it is a dot segment or contains NUL"
    if not body["file"].content:
        faults["body.file"] = "is empty"
    return faults


def _check_extraction(store: Store, config: Mapping[str, Any]) -> None:
    """400 for a table extractor or a model that the account cannot use."""
    place = "body.table_extraction_config"
    if config.get("extractor") is not None:
        models.named(store, TABLE_EXTRACTORS, config["extractor"]["name"], f"{place}.extractor.name")
    if (config.get("generation") or {}).get("llm_name") is not None:
        models.named(store, LLMS, config["generation"]["llm_name"], f"{place}.generation.llm_name")


def _unreadable(why: str) -> ApiError:
    return BadRequest({"body.file": why})


def _wants_tables(body: Mapping[str, Any]) -> bool:
    return bool((body.get("table_extraction_config") or {}).get("extract_tables"))


def _id(body: Mapping[str, Any]) -> str:
    """The id: the name as it was sent, undone only where it is a URL-encoded name beyond ASCII.

    A file without any name, as the SDK sends bare bytes, is named after its content (guess).
    """
    name: str = body.get("filename") or body["file"].filename or ""
    if not name:
        return f"file-{sha256(body['file'].content).hexdigest()[:12]}"
    raw = unquote_to_bytes(name) if name.isascii() else b""
    if raw.isascii():
        return name
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return name


def _refuse_known(documents: Table[Document], id: str, digest: str) -> None:
    """409 names the document that is there: of this id, or of the same content under another one."""
    if id in documents:
        return  # the table itself refuses it, in its own words
    for record in documents.records():
        if record.private.get("digest") == digest:
            raise Conflict(f"{DOCUMENTS.title(record.value['id'])} already exists with the same content")


def _structured(
    corpus: Mapping[str, Any], body: Mapping[str, Any], prepared: Mapping[str, Any]
) -> dict[str, Any]:
    """The file as a request to index it."""
    given = body.get("metadata") or {}
    facts = _fitting(corpus, "document", prepared["metadata"])
    wanted: dict[str, Any] = {
        "id": _id(body),
        "type": "structured",
        "metadata": {**given, **{name: value for name, value in facts.items() if name not in given}},
        "sections": [_section(corpus, body, section) for section in prepared["sections"]],
    }
    if prepared["title"]:
        wanted["title"] = prepared["title"]
    if body.get("chunking_strategy"):
        wanted["chunking_strategy"] = body["chunking_strategy"]
    return wanted


def _section(
    corpus: Mapping[str, Any], body: Mapping[str, Any], section: Mapping[str, Any]
) -> dict[str, Any]:
    made = dict(section)
    if "metadata" in made:
        made["metadata"] = _fitting(corpus, "part", made["metadata"])
    if "tables" in made and body["table_extraction_config"].get("generation") is not None:
        made["tables"] = [{**table, "description": _described(table)} for table in made["tables"]]
    return made


def _fitting(corpus: Mapping[str, Any], level: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of ours without those whose name the corpus declares with another type."""
    declared = {a["name"]: a["type"] for a in corpus["filter_attributes"] if a["level"] == level}
    return {
        name: value for name, value in facts.items() if name not in declared or fits(value, declared[name])
    }


def _described(table: Mapping[str, Any]) -> str:
    """What a generated summary of a table says here: its size and its columns (guess)."""
    data = table["data"]
    columns = [str(next(iter(cell.values()), "")) for row in data["headers"][:1] for cell in row]
    named = f" The columns are {', '.join(columns)}." if columns else ""
    return f"A table of {len(data['rows'])} rows.{named}"
