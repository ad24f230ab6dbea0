"""What recorded calls have made, as rows of a fixture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.definition import Rows

ACCOUNT = "Understudy"
KEYS: Rows = {"accounts": [{"name": ACCOUNT}], "api_keys": [{"account": ACCOUNT, "key": "sk-understudy"}]}
"""What every such fixture begins with."""
_OF_A_DOCUMENT = ("name", "contents", "reference", "tags", "metadata")


def note(rows: Rows, operation: str, path: Mapping[str, str], body: Any, answer: Any) -> None:
    """Put what a successful call made into the rows, or take out what it removed."""
    told = answer.get("data", answer) if isinstance(answer, dict) else {}
    collection = path.get("collection-id", "")
    if operation == "createCollection" and isinstance(body, dict):
        row = {"account": ACCOUNT, "id": told.get("collectionId"), "name": body.get("collectionName")}
        row |= {"context": body.get("context"), "tags": body.get("tags")}
        rows.setdefault("collections", []).append(_given(row))
    elif operation == "createOrUpdateDocument" and isinstance(body, dict):
        name = next((one["name"] for one in rows.get("collections", ()) if one.get("id") == collection), None)
        if name is not None:
            _without(rows, "collection_documents", collection=name, name=body.get("name"))
            row = {"account": ACCOUNT, "collection": name, "id": told.get("documentId")}
            row |= {member: body.get(member) for member in _OF_A_DOCUMENT}
            rows.setdefault("collection_documents", []).append(_given(row))
    elif operation in ("deleteCollection", "resetCollection"):
        for one in rows.get("collections", ()):
            if one.get("id") == collection:
                _without(rows, "collection_documents", collection=one["name"])
        if operation == "deleteCollection":
            _without(rows, "collections", id=collection)
    elif operation == "deleteDocument":
        _without(rows, "collection_documents", id=path.get("document-id"))


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _without(rows: Rows, section: str, **wanted: Any) -> None:
    if section in rows:
        rows[section] = [row for row in rows[section] if any(row.get(k) != v for k, v in wanted.items())]
