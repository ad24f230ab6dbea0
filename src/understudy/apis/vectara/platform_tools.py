"""The tools that the platform puts into every account. Arguments are documented, the rest is a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 1}
_FLAG = {"type": "boolean"}
_DOMAINS = {"type": "array", "maxItems": 50, "items": _TEXT}


def _tool(
    kind: str,
    title: str,
    category: str,
    description: str,
    required: Sequence[str],
    members: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """A tool whose name is its type; `members` are its arguments."""
    return {
        "id": f"tol_{kind}",
        "type": kind,
        "name": kind,
        "title": title,
        "description": description,
        "enabled": True,
        "category": category,
        "input_schema": {
            "type": "object",
            "properties": members,
            "required": list(required),
            "additionalProperties": False,
        },
    }


TOOLS_OF_THE_PLATFORM: Sequence[dict[str, Any]] = (
    _tool(
        "corpora_search", "Corpora search", "search", "Searches corpora for passages that answer a query.",
        ["query"], {"query": {"type": "string", "maxLength": 5000}},
    ),
    _tool(
        "web_search", "Web search", "search", "Searches the web for pages on a query.",
        ["query"],
        {
            "query": _TEXT, "limit": _COUNT, "provider": {"type": "string", "enum": ["tavily"]},
            "include_domains": _DOMAINS, "exclude_domains": _DOMAINS,
        },
    ),
    _tool(
        "web_get", "Web get", "web", "Fetches the page at an address of the web.",
        ["url"],
        {
            "url": _TEXT, "method": {"type": "string", "enum": ["GET", "POST", "PUT", "DELETE", "HEAD"]},
            "headers": {"type": "object", "additionalProperties": _TEXT}, "body": _TEXT,
            "follow_redirects": _FLAG, "timeout_seconds": _COUNT, "head_lines": _COUNT, "tail_lines": _COUNT,
            "ssl_verify": _FLAG, "max_content_bytes": _COUNT,
        },
    ),
    _tool(
        "sub_agent", "Sub-agent", "agents", "Hands a task to another agent and waits for its answer.",
        ["message"], {"message": _TEXT, "session_tti_minutes": _COUNT},
    ),
    _tool(
        "get_document_text", "Get document text", "documents", "Reads the whole text of a document.",
        ["document_id"], {"document_id": _TEXT, "corpus_key": _TEXT},
    ),
    _tool(
        "artifact_create", "Create artifact", "artifacts", "Writes a text into a new file of the session.",
        ["name", "content"], {"name": _TEXT, "content": _TEXT},
    ),
    _tool(
        "artifact_read", "Read artifact", "artifacts", "Reads a file of the session, or some of its lines.",
        ["artifact_id"],
        {
            "artifact_id": _TEXT, "encoding": {"type": "string", "enum": ["raw", "base64"]},
            "start_line": _COUNT, "end_line": _COUNT,
        },
    ),
    _tool(
        "artifact_grep", "Search artifact", "artifacts", "Finds the lines of a file that match a pattern.",
        ["artifact_id", "pattern"],
        {"artifact_id": _TEXT, "pattern": _TEXT, "grep_options": {"type": "array", "items": _TEXT}},
    ),
    _tool(
        "image_read", "Read image", "artifacts", "Looks at an image of the session.",
        ["artifact_id"],
        {
            "artifact_id": {"type": "string", "pattern": "^art_[a-z0-9_-]+$"},
            "detail": {"type": "string", "enum": ["auto", "low", "high"], "default": "auto"},
        },
    ),
    _tool(
        "document_conversion", "Convert document", "artifacts", "Turns a file of the session into text.",
        ["artifact_id"],
        {
            "artifact_id": _TEXT, "description": _TEXT,
            "output_format": {"type": "string", "enum": ["markdown", "structured_document"]},
        },
    ),
)  # fmt: skip
"""Without structured_indexing, which the SDK cannot read any more."""
