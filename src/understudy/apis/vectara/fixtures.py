"""The sections of this API's fixture files: the schema of a row, and who puts it into a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara import auth, corpora, index
from understudy.apis.vectara.bulk import seed_bulk
from understudy.engine.definition import Section


def _row(required: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_ROLE = {"type": "string", "enum": ["personal", "serving", "serving_and_indexing"]}
_KEYS = {"type": "array", "items": {"type": "string"}}

SECTIONS: Mapping[str, Section] = {
    "api_keys": Section(
        _row(
            {"name": _TEXT, "api_key_role": _ROLE, "secret_key": _TEXT},
            {"id": _TEXT, "enabled": {"type": "boolean"}, "corpus_keys": _KEYS},
        ),
        auth.seed_api_key,
    ),
    "app_clients": Section(
        _row(
            {"name": _TEXT, "client_id": _TEXT, "client_secret": _TEXT},
            {"id": _TEXT, "api_roles": {"type": "array", "items": _TEXT}},
        ),
        auth.seed_app_client,
    ),
    "corpora": Section({"$ref": "#/components/schemas/CreateCorpusRequest"}, corpora.seed),
    "documents": Section(
        {
            "allOf": [
                {"type": "object", "required": ["corpus_key"], "properties": {"corpus_key": _TEXT}},
                {"$ref": "#/components/schemas/CreateDocumentRequest"},
            ]
        },
        index.seed,
    ),
    "bulk": Section(
        _row(
            {"corpus_key": _TEXT, "documents": {"type": "integer", "minimum": 1, "maximum": 100_000}},
            {
                "parts": {"type": "integer", "minimum": 1, "maximum": 1000},
                "sentences": {"type": "integer", "minimum": 1, "maximum": 50},
                "prefix": _TEXT,
            },
        ),
        seed_bulk,
    ),
}
