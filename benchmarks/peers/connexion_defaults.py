"""Connexion as shipped: its default middlewares over our bundle, plain handlers with state in memory.

Run as `connexion_defaults.py BUNDLE PORT`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import connexion
import uvicorn
from connexion.resolver import Resolver

KEY = "zut_understudy"
RESET = "/_benchmark/reset"
WORD = re.compile(r"\w+")

corpora: dict[str, dict[str, Any]] = {}
documents: dict[str, dict[str, dict[str, Any]]] = {}
parts: dict[str, list[tuple[set[str], str, dict[str, Any], dict[str, Any]]]] = {}


def check_key(apikey: str, required_scopes: Any = None) -> dict[str, str] | None:
    return {"sub": "benchmark"} if apikey == KEY else None


async def list_corpora(limit: int = 10) -> dict[str, Any]:
    return {"corpora": list(corpora.values())[:limit], "metadata": {"page_key": ""}}


async def create_corpus(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    key = body["key"]
    if key in corpora:
        return _error(f"corpus '{key}' already exists"), 409
    corpora[key] = {
        "id": f"crp_{len(corpora) + 1}",
        "key": key,
        "name": body.get("name", key),
        "description": body.get("description", ""),
        "enabled": True,
        "chat_history_corpus": False,
        "queries_are_answers": False,
        "documents_are_questions": False,
        "encoder_id": "enc_1",
        "encoder_name": "boomerang-2023-q3",
        "save_history": False,
        "filter_attributes": body.get("filter_attributes", []),
        "custom_dimensions": [],
        "created_at": "2026-01-01T00:00:00Z",
    }
    documents[key], parts[key] = {}, []
    return corpora[key], 201


async def get_corpus(corpus_key: str) -> Any:
    if corpus_key not in corpora:
        return _error(f"corpus '{corpus_key}' not found", id=corpus_key), 404
    limits = {
        "used_docs": len(documents[corpus_key]),
        "used_parts": len(parts[corpus_key]),
        "used_characters": 0,
        "max_metadata_bytes": 52_428_800,
    }
    return {**corpora[corpus_key], "limits": limits}


async def create_document(corpus_key: str, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    if corpus_key not in corpora:
        return _error(f"corpus '{corpus_key}' not found", id=corpus_key), 404
    document = {"id": body["id"], "metadata": body.get("metadata", {})}
    documents[corpus_key][body["id"]] = document
    for part in body["document_parts"]:
        found = set(WORD.findall(part["text"].lower()))
        parts[corpus_key].append((found, part["text"], part.get("metadata", {}), document))
    return {**document, "storage_usage": {"bytes_used": 0, "metadata_bytes_used": 0}}, 201


async def query_corpus(corpus_key: str, body: dict[str, Any]) -> Any:
    """The parts that share most words with the query: a stand-in for retrieval, far cheaper than it."""
    if corpus_key not in corpora:
        return _error(f"corpus '{corpus_key}' not found", id=corpus_key), 404
    asked = set(WORD.findall(body["query"].lower()))
    scored = [(len(asked & entry[0]) / len(asked), entry) for entry in parts[corpus_key]]
    scored.sort(key=lambda pair: -pair[0])
    limit = body.get("search", {}).get("limit", 10)
    results = [
        {
            "text": text,
            "score": score,
            "part_metadata": metadata,
            "document_metadata": document["metadata"],
            "document_id": document["id"],
            "request_corpora_index": 0,
            "corpus_key": corpus_key,
        }
        for score, (_, text, metadata, document) in scored[:limit]
        if score > 0
    ]
    return {"search_results": results}, 200, {"content-type": "application/json"}


async def not_measured() -> tuple[dict[str, Any], int]:
    return _error("not part of the benchmark"), 501


HANDLERS = {
    "listCorpora": list_corpora,
    "createCorpus": create_corpus,
    "getCorpus": get_corpus,
    "createCorpusDocument": create_document,
    "queryCorpus": query_corpus,
}


def _error(message: str, **members: Any) -> dict[str, Any]:
    return {"messages": [message], "request_id": "0", **members}


def create_app(bundle: dict[str, Any]) -> Any:
    """The app, with one way past the contract that empties the state between two measurements."""
    schemes = bundle["components"]["securitySchemes"]
    schemes["ApiKeyAuth"]["x-apikeyInfoFunc"] = f"{Path(__file__).stem}.check_key"
    # Its loader takes the schema of a member that is called `$ref` for a reference; none of this is measured.
    bundle["components"]["schemas"]["EagerReference"] = {"type": "object"}
    app = connexion.AsyncApp(__name__)
    resolver = Resolver(function_resolver=lambda operation_id: HANDLERS.get(operation_id, not_measured))
    app.add_api(bundle, resolver=resolver, validate_responses=False)

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == RESET:
            for state in (corpora, documents, parts):
                state.clear()
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await app(scope, receive, send)

    return served


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # a line per refusal would be measured too
    application = create_app(json.loads(Path(sys.argv[1]).read_text()))
    uvicorn.run(
        application,
        port=int(sys.argv[2]),
        http="httptools",
        loop="uvloop",
        log_level="error",
        access_log=False,
    )
