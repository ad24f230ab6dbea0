"""The sections of this API's fixtures: the schema of a row, and what puts it into a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax import (
    accounts,
    ai_gateways,
    api_keys,
    collections,
    documents,
    hook_schedules,
    indexing,
    memories,
    shell_io,
    skills,
    web_chat,
    web_chat_sessions,
)
from understudy.apis.aivax.document_lines import MOST_NAME, MOST_REFERENCE
from understudy.behaviours import web_pages
from understudy.engine.definition import Section


def _row(required: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_ID = {"type": "string", "format": "uuid"}
_TIME = {"type": "string", "format": "date-time"}
_FLAG = {"type": "boolean"}
_SCHEDULED = {
    "id": _ID,
    "target": {"type": "string", "enum": list(hook_schedules.TARGETS)},
    "targetIdentifier": _TEXT,
    "createdAt": _TIME,
}

SECTIONS: Mapping[str, Section] = {
    "accounts": Section(
        _row(
            {"name": _TEXT},
            {
                "id": _ID,
                "salt": _TEXT,
                "plan": {"type": "string", "enum": list(accounts.PLANS)},
                "balance": {"type": "number"},
                "parameters": {"$ref": "#/components/schemas/AccountParameters"},
            },
        ),
        accounts.seed,
    ),
    "api_keys": Section(
        _row(
            {"key": {**_TEXT, "pattern": "^[^@]+$"}, "account": _TEXT},
            {
                "id": _ID,
                "label": _TEXT,
                "type": {"type": "string", "enum": list(api_keys.PREFIXES)},
                "expiresAt": _TIME,
                "gateway": _ID,
            },
        ),
        api_keys.seed,
    ),
    "collections": Section(
        _row(
            {"account": _TEXT, "name": _TEXT},
            {"id": _ID, "context": _TEXT, "tags": {"type": "array", "items": _TEXT}},
        ),
        collections.seed,
    ),
    "ai_gateways": Section(
        _row(
            {
                "account": _TEXT,
                "name": _TEXT,
                "parameters": {"$ref": "#/components/schemas/NewGatewayParameters"},
            },
            {"id": _ID},
        ),
        ai_gateways.seed,
    ),
    "skills": Section(
        {
            "type": "object",
            "required": ["account", "slug", "instructions"],
            "properties": {"account": _TEXT, "id": _ID},
            "allOf": [{"$ref": "#/components/schemas/NewSkillRequest"}],
        },
        skills.seed,
    ),
    "memories": Section(
        _row(
            {"account": _TEXT, "externalUserId": _TEXT, "content": _TEXT},
            {"id": _ID, "format": {"$ref": "#/components/schemas/MemoryFormat"}, "expiresAt": _TIME},
        ),
        memories.seed,
    ),
    "web_pages": Section(
        _row({"url": {**_TEXT, "pattern": "^https?://"}, "title": _TEXT, "text": _TEXT}, {}),
        web_pages.seed,
    ),
    "shell_files": Section(
        _row({"account": _TEXT, "user": _TEXT, "path": _TEXT, "text": {"type": "string"}}, {}),
        shell_io.seed,
    ),
    "collection_documents": Section(
        _row(
            {
                "account": _TEXT,
                "collection": _TEXT,
                "name": {**_TEXT, "maxLength": MOST_NAME},
                "contents": _TEXT,
            },
            {
                "id": _ID,
                "reference": {"type": "string", "maxLength": MOST_REFERENCE},
                "tags": {"type": "array", "items": {"type": "string"}},
                "metadata": {"type": "object"},
                "state": {"type": "string", "enum": [indexing.INDEXED, indexing.CANCELLED]},
            },
        ),
        documents.seed,
    ),
    "web_chats": Section(
        {
            "type": "object",
            "required": ["account"],
            "properties": {"account": _TEXT, "id": _ID},
            "allOf": [{"$ref": "#/components/schemas/NewWebChatRequest"}],
        },
        web_chat.seed,
    ),
    "web_chat_sessions": Section(
        {
            "type": "object",
            "required": ["account", "client"],
            "properties": {
                "account": _TEXT,
                "client": _TEXT,
                "id": _ID,
                "accessKey": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"},
                "messages": {"type": "array", "items": {"$ref": "#/components/schemas/ChatMessage"}},
            },
            "allOf": [{"$ref": "#/components/schemas/NewChatSessionRequest"}],
        },
        web_chat_sessions.seed,
    ),
    "schedules": Section(
        _row(
            {"account": _TEXT, "web_chat": _TEXT, "externalUserId": _TEXT, "scheduledTime": _TIME},
            {**_SCHEDULED, "reason": _TEXT, "context": _TEXT, "session": _ID},
        ),
        hook_schedules.seed_schedule,
    ),
    "recurring_tasks": Section(
        _row(
            {"account": _TEXT, "web_chat": _TEXT, "externalUserId": _TEXT, "cronExpression": _TEXT},
            {
                **_SCHEDULED,
                "jobDescription": _TEXT,
                "maxExecutions": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
            },
        ),
        hook_schedules.seed_recurring_task,
    ),
}
