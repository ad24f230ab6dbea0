"""The sections of this API's fixture files: the schema of a row, and who puts it into a world."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

from understudy.apis.vectara import (
    agent_schedules,
    agent_sessions,
    agents,
    api_keys,
    application_clients,
    chats,
    corpora,
    glossaries,
    index,
    instructions,
    jobs,
    models,
    pipeline_sources,
    pipelines,
    query_history,
    tool_servers,
    tools,
    users,
)
from understudy.apis.vectara.bulk import seed_bulk
from understudy.apis.vectara.kinds import (
    ENCODERS,
    HALLUCINATION_CORRECTORS,
    LLMS,
    RERANKERS,
    TABLE_EXTRACTORS,
)
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
_CREDENTIAL = {**_TEXT, "pattern": "^[^@]+$"}
"""Callers put `@` and the name of a world behind it."""

_TIME = {"type": "string", "format": "date-time"}


def _list_of(schema: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


_ABOUT = {"corpus_keys": _list_of("CorpusKey"), "enabled": {"type": "boolean"}, "created_at": _TIME}
_ROLES = {
    "api_roles": _list_of("ApiRole"),
    "corpus_roles": _list_of("CorpusRole"),
    "agent_roles": _list_of("AgentRole"),
}
_FLAG = {"type": "boolean"}
_NUMBER = {"type": "number"}
_COUNT = {"type": "integer", "format": "int32", "minimum": 1}
_DESCRIPTION = {"type": "string"}
_TOLD = {"description": _DESCRIPTION, "metadata": {"type": "object"}, "enabled": _FLAG}
_OFFER = _row(
    {"name": _TEXT},
    {
        "title": _TEXT,
        "description": _DESCRIPTION,
        "input_schema": {"type": "object"},
        "annotations": {"$ref": "#/components/schemas/McpToolAnnotations"},
        "answers": {
            "type": "array",
            "items": _row({"output": {}}, {"input": {"type": "object"}, "error": _FLAG}),
        },
    },
)
_KEPT = {"updated_at": _TIME, "metadata": {"type": "object"}}
_OBJECT = {
    "anyOf": [
        _row({"id": _TEXT, "text": {"type": "string"}}, _KEPT),
        _row({"id": _TEXT, "content": {}}, _KEPT),
    ]
}
_MODEL = {"description": _DESCRIPTION, "enabled": _FLAG}


def _id(prefix: str, rest: str = "[0-9]+") -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{prefix}_{rest}$"}


_POLICY = _row(
    {
        "name": _TEXT,
        "allowed_operations": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "nullable": True,
                "allOf": [{"$ref": "#/components/schemas/ApiOperationPolicy"}],
            },
        },
    },
    {},
)
SECTIONS: Mapping[str, Section] = {
    "users": Section(
        {
            "allOf": [
                {"$ref": "#/components/schemas/CreateUserRequest"},
                {"properties": {"enabled": _FLAG, "api_policy": _POLICY}},
            ]
        },
        users.seed,
    ),
    "api_keys": Section(
        _row(
            {
                "name": _TEXT,
                "api_key_role": {"$ref": "#/components/schemas/ApiKeyRole"},
                "secret_key": _CREDENTIAL,
            },
            {
                "id": {"type": "string", "pattern": "^aky_.+$"},
                "enabled": {"type": "boolean"},
                "corpus_keys": _list_of("CorpusKey"),
                "username": _TEXT,
                **_ROLES,
                "api_policy": _POLICY,
            },
        ),
        api_keys.seed,
    ),
    "app_clients": Section(
        _row(
            {"name": _TEXT, "client_id": _CREDENTIAL, "client_secret": _TEXT},
            {
                "id": {"type": "string", "pattern": "^app_.+$"},
                "description": {"type": "string"},
                **_ROLES,
                "api_policy": _POLICY,
            },
        ),
        application_clients.seed,
    ),
    "encoders": Section(
        _row(
            {"name": _TEXT},
            {**_MODEL, "id": _id("enc"), "type": _TEXT, "output_dimensions": _COUNT, "default": _FLAG},
        ),
        partial(models.seed, ENCODERS),
    ),
    "rerankers": Section(
        _row({"name": _TEXT}, {**_MODEL, "id": _id("rnk")}),
        partial(models.seed, RERANKERS),
    ),
    "llms": Section(
        _row(
            {"name": _TEXT},
            {
                **_MODEL,
                "id": _id("llm", ".+"),
                "default": _FLAG,
                "capabilities": {"$ref": "#/components/schemas/LlmCapabilities"},
                "ownership": {"$ref": "#/components/schemas/LlmOwnership"},
            },
        ),
        partial(models.seed, LLMS),
    ),
    "generation_presets": Section(
        _row(
            {"name": _TEXT},
            {
                **_MODEL,
                "id": _id("pmt", ".+"),
                "llm_name": _TEXT,
                "prompt_template": _TEXT,
                "max_used_search_results": _COUNT,
                "max_tokens": _COUNT,
                "temperature": _NUMBER,
                "frequency_penalty": _NUMBER,
                "presence_penalty": _NUMBER,
                "default": _FLAG,
            },
        ),
        models.seed_preset,
    ),
    "hallucination_correctors": Section(
        _row({"name": _TEXT}, {**_MODEL, "id": _id("hcm"), "type": _TEXT}),
        partial(models.seed, HALLUCINATION_CORRECTORS),
    ),
    "table_extractors": Section(
        _row({"name": _TEXT}, {"description": _DESCRIPTION, "is_default": _FLAG}),
        partial(models.seed, TABLE_EXTRACTORS),
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
    "jobs": Section(
        _row(
            {
                "type": {"enum": list(get_args(jobs.JobType))},
                "state": {"$ref": "#/components/schemas/JobState"},
            },
            {
                "id": _id("job", ".+"),
                "corpus_keys": _list_of("CorpusKey"),
                "created_at": _TIME,
                "started_at": _TIME,
                "completed_at": _TIME,
                "created_by_username": _TEXT,
            },
        ),
        jobs.seed,
    ),
    "chats": Section(
        _row(
            {"first_query": _TEXT, "first_answer": _TEXT},
            {"id": {"type": "string", "pattern": "^cht_.+$"}, **_ABOUT},
        ),
        chats.seed_chat,
    ),
    "turns": Section(
        _row(
            {"chat_id": _TEXT, "query": _TEXT, "answer": _TEXT},
            {"id": {"type": "string", "pattern": "^trn_.+$"}, **_ABOUT},
        ),
        chats.seed_turn,
    ),
    "query_history": Section(
        _row(
            {"query": {"$ref": "#/components/schemas/QueryRequest"}},
            {
                "chat_id": _TEXT,
                "started_at": _TIME,
                "prompt": _TEXT,
                "generation": _TEXT,
                "factual_consistency_score": {"type": "number", "minimum": 0, "maximum": 1},
            },
        ),
        query_history.seed,
    ),
    "instructions": Section(
        _row(
            {"name": {"$ref": "#/components/schemas/InstructionName"}, "template": {"type": "string"}},
            {
                "id": {"$ref": "#/components/schemas/InstructionId"},
                **_TOLD,
                "template_type": {"$ref": "#/components/schemas/TemplateType"},
                "versions": {"type": "array", "items": _row({"template": {"type": "string"}}, {})},
            },
        ),
        instructions.seed,
    ),
    "tool_catalogues": Section(
        _row({"server": _TEXT, "tools": {"type": "array", "items": _OFFER}}, {}), tool_servers.seed_catalogue
    ),
    "web_pages": Section(
        _row({"url": {**_TEXT, "pattern": "^https?://"}, "title": _TEXT, "text": _TEXT}, {}), web_pages.seed
    ),
    "tool_servers": Section(
        {
            "allOf": [
                {"$ref": "#/components/schemas/CreateToolServerRequest"},
                {"properties": {"id": {"$ref": "#/components/schemas/ToolServerId"}, "synced": _FLAG}},
            ]
        },
        tool_servers.seed,
    ),
    "tools": Section(
        {
            "allOf": [
                {"$ref": "#/components/schemas/CreateLambdaToolRequest"},
                {"properties": {"id": {"$ref": "#/components/schemas/ToolId"}, "enabled": _FLAG}},
            ]
        },
        tools.seed,
    ),
    "glossaries": Section(
        {
            "allOf": [
                {"$ref": "#/components/schemas/CreateGlossaryRequest"},
                {"properties": {"entries": {"type": "object", "additionalProperties": _TEXT}}},
            ]
        },
        glossaries.seed,
    ),
    "agents": Section({"$ref": "#/components/schemas/CreateAgentRequest"}, agents.seed),
    "agent_sessions": Section(
        {
            "allOf": [
                {"$ref": "#/components/schemas/CreateAgentSessionRequest"},
                {
                    "type": "object",
                    "required": ["agent_key"],
                    "properties": {
                        "agent_key": _TEXT,
                        "turns": {"type": "array", "items": _row({"user": _TEXT, "agent": _TEXT}, {})},
                        "artifacts": {
                            "type": "array",
                            "items": _row(
                                {"filename": _TEXT, "text": {"type": "string"}},
                                {
                                    "artifact_id": {"$ref": "#/components/schemas/ArtifactId"},
                                    "mime_type": _TEXT,
                                },
                            ),
                        },
                    },
                },
            ]
        },
        agent_sessions.seed,
    ),
    "agent_schedules": Section(
        {
            "allOf": [
                {"type": "object", "required": ["agent_key"], "properties": {"agent_key": _TEXT}},
                {"$ref": "#/components/schemas/CreateAgentScheduleRequest"},
            ]
        },
        agent_schedules.seed,
    ),
    "pipeline_sources": Section(
        _row({"bucket": _TEXT, "records": {"type": "array", "items": _OBJECT}}, {}), pipeline_sources.seed
    ),
    "pipelines": Section({"$ref": "#/components/schemas/CreatePipelineRequest"}, pipelines.seed),
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
