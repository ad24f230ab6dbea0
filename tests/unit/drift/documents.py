"""Small OpenAPI documents for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from understudy.conformance.drift.documents import Document

PATH = "/things/{id}"
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def document(
    *,
    path: str = PATH,
    request: Any = None,
    answer: Any = None,
    query: Any = None,
    schemas: Any = None,
    schemes: Any = None,
    security: Any = None,
    **operation: Any,
) -> Document:
    """A document with one operation.

    Args:
        request, answer: the schemas of its JSON body and of its 200.
        query: parameters besides the one in the path.
        operation: members that are added to the operation or take the place of others.
    """
    raw: dict[str, Any] = {
        "operationId": "changeThing",
        "parameters": [ID, *(query or [])],
        "responses": {
            "200": {"description": "It.", "content": {"application/json": {"schema": answer or {}}}}
        },
        **operation,
    }
    if request is not None:
        raw["requestBody"] = {"content": {"application/json": {"schema": request}}}
    bundle = {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": {path: {"post": raw}},
        "components": {"schemas": schemas or {}, "securitySchemes": schemes or {}},
    }
    if security is not None:
        bundle["security"] = security
    return Document("things", Path("things.yaml"), bundle)


def members(*required: str, **schemas: Any) -> dict[str, Any]:
    """A schema of an object."""
    return {"type": "object", "properties": schemas, **({"required": list(required)} if required else {})}
