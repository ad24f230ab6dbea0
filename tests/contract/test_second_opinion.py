"""openapi-core judges real answers: a reader of the contract that shares no code with ours."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.response.exceptions import ResponseValidationError

from tests.apis.aivax import scheduled
from tests.apis.aivax.conftest import UNKNOWN, client_of
from tests.contract.contract import AIVAX, CONTRACTS, VECTARA, VECTARA_V1, Contract
from understudy.pytest_plugin import Understudy

Calls = list[tuple[str, str, dict[str, Any], int]]
TABLE = {
    "id": "t",
    "title": "Tides",
    "data": {"headers": [[{"text_value": "Port"}]], "rows": [[{"int_value": 4}]]},
}
IMAGE = {"id": "i", "caption": "A pier", "image_data": {"data": "aGk=", "mime_type": "image/png"}}
CORPUS = {
    "key": "c",
    "description": "Of the harbour",
    "filter_attributes": [
        {"name": "year", "level": "document", "type": "integer", "description": "Of printing"},
        {"name": "tags", "level": "document", "type": "list[text]"},
    ],
    "custom_dimensions": [{"name": "votes", "description": "By readers"}],
}
STRUCTURED = {
    "id": "s",
    "type": "structured",
    "title": "Harbour",
    "metadata": {"year": 2020, "tags": ["a", "b"]},
    "sections": [
        {"title": "Tides", "text": "The tide is high at noon.", "tables": [TABLE], "images": [IMAGE]}
    ],
}
CORE = {
    "id": "k",
    "type": "core",
    "tables": [TABLE],
    "document_parts": [
        {
            "text": "The tide is low at dusk.",
            "table_id": "t",
            "context": "c",
            "custom_dimensions": {"votes": 2},
        }
    ],
}
JUDGED = {"generated_text": "Ships sail.", "source_texts": ["Ships sail at noon."]}
CORRECTOR = "/v2/hallucination_correctors/correct_hallucinations"
CORRECTED = {
    "generated_text": "Ships sail at dusk.",
    "documents": [{"text": "Ships sail at noon."}],
    "model_name": "vhc-small-1.0",
    "query": "When do ships sail?",
}
SEARCH = {"corpora": [{"corpus_key": "c"}, {"corpus_key": "handbook"}]}
GRANT = {"client_id": "understudy", "client_secret": "understudy-secret", "grant_type": "client_credentials"}

STEP = {
    "name": "ask",
    "instructions": [{"type": "inline", "name": "i", "template": "Be brief.", "metadata": {"a": 1}}],
    "output_parser": {"type": "structured", "json_schema": {"name": "s", "schema": {"type": "object"}}},
    "reminders": [{"type": "templated", "template": "Soon.", "hooks": ["tool_output"]}],
    "next_steps": [{"condition": "get('$.output.done') == true", "step_name": "ask"}],
    "allowed_tools": ["fetch"],
    "reentry_step": "ask",
}
AGENT = {
    "key": "pilot",
    "name": "Pilot",
    "description": "Of the harbour",
    "model": {"name": "gpt-4o", "parameters": {"seed": 1}, "retry_configuration": {"max_retries": 1}},
    "tool_configurations": {
        "fetch": {"type": "web_get", "argument_override": {"url": {"$ref": "session.metadata.url"}}},
        "search": {
            "type": "corpora_search",
            "query_configuration": {"search": {"corpora": [{"corpus_key": "c", "query": "tide"}]}},
        },
        "desk": {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "front-desk"}},
    },
    "skills": {"knots": {"description": "Ties", "content": "Over, under."}},
    "first_step": STEP,
    "compaction": {"threshold_percent": 80},
    "tool_output_offloading": {"enabled": True},
}
SAID = {"type": "input_message", "messages": [{"type": "text", "content": "Where is the kiln?"}]}
ELSEWHERE = {"url": "https://kiln.example"}
DAILY = {
    "key": "daily",
    "name": "Daily",
    "description": "At noon",
    "message": [{"type": "text", "content": "Report."}, {"type": "skill", "skill_name": "knots"}],
    "schedule": {"type": "cron", "cron_expression": "0 12 * * *"},
    "session_metadata": {"kind": "daily"},
}
HOURLY = {"schedule": {"type": "interval", "interval": "PT1H"}, "enabled": False}

ROLES = {
    "api_roles": ["viewer", "agent_user"],
    "corpus_roles": [{"corpus_key": "handbook", "role": "editor"}],
    "agent_roles": [{"agent_key": "a", "role": "agent_viewer"}],
}
KEY = {"name": "Till", "api_key_role": "serving", "corpus_keys": ["handbook"], **ROLES}
CLIENT = {"type": "client_credentials", "name": "Till", "description": "At the door", **ROLES}

INSTRUCTION = {
    "type": "initial",
    "name": "Tides",
    "template": "Hello $session.metadata.name.",
    "metadata": {"a": 1},
}

TOOL_SERVER = {
    "name": "Tides",
    "type": "mcp",
    "description": "High and low",
    "uri": "https://tides.example.com/mcp",
    "transport": "sse",
    "headers": {"x-port": "west"},
    "auth": {"type": "bearer", "token": "secret"},
    "metadata": {"a": 1},
}

MODEL = {
    "type": "openai-compatible",
    "name": "tides",
    "model": "tides-1",
    "uri": "https://models.example.com/v1/chat/completions",
    "auth": {"type": "bearer", "token": "secret"},
    "capabilities": {"context_limit": 4096},
}

PRESET = {"name": "tides", "llm_name": "gpt-4", "default": True, "max_tokens": 50}
ENCODER = {
    "type": "openai-compatible",
    "name": "tides",
    "description": "Of the sea",
    "uri": "https://models.example.com",
    "model": "t",
}
COMPLETED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "When is the tide high in Dover?"}]}
TIDE = {
    "type": "function",
    "function": {
        "name": "tide",
        "parameters": {"type": "object", "properties": {"port": {"type": "string"}}},
    },
}

FUNCTION = {
    "type": "lambda",
    "name": "tide",
    "title": "Tide",
    "description": "Tells when the tide is high.",
    "code": "def process(port: str, day: int = 1) -> str:\n    return port\n",
}
CONFIGURED = "/v2/tools/tol_corpora_search/configurations"
CONFIGURATION = {
    "type": "corpora_search",
    "name": "Tides",
    "description": "Of the handbook",
    "argument_override": {"query": "tides"},
    "query_configuration": {"search": {"corpora": [{"corpus_key": "handbook"}]}, "generation": {}},
}

PIPELINE = {
    "key": "post",
    "name": "Post",
    "description": "From the harbour",
    "source": {"type": "s3", "bucket": "inbox", "region": "eu", "secret_access_key": "secret"},
    "trigger": {"type": "interval", "duration": "P1D"},
    "transform": {
        "type": "agent",
        "agent_key": "front-desk",
        "verification": {"type": "condition", "expression": "get('$.output.text') != ''"},
    },
    "metadata": {"port": "west"},
}
GLOSSARY = {"key": "words", "name": "Words", "description": "Of the harbour"}
ENTRIES = {"entries": {"ETA": "estimated time of arrival"}}

CALLS: Calls = [
    ("post", "/v2/glossaries", {"json": GLOSSARY}, 201),
    ("post", "/v2/glossaries", {"json": GLOSSARY}, 409),
    ("post", "/v2/glossaries", {"json": {"name": ""}}, 400),
    ("get", "/v2/glossaries", {"params": {"filter": "words", "limit": 1}}, 200),
    ("get", "/v2/glossaries/words", {}, 200),
    ("get", "/v2/glossaries/none", {}, 404),
    ("patch", "/v2/glossaries/words", {"json": {"name": "More words"}}, 200),
    ("post", "/v2/glossaries/words/entries", {"json": ENTRIES}, 204),
    ("post", "/v2/glossaries/words/entries", {"json": {"entries": {" ": "blank"}}}, 400),
    ("get", "/v2/glossaries/words/entries", {"params": {"limit": 1}}, 200),
    ("delete", "/v2/glossaries/words/entries", {"json": {"terms": ["ETA", "no"]}}, 204),
    ("delete", "/v2/glossaries/words/entries", {"json": {}}, 400),
    ("delete", "/v2/glossaries/words", {}, 204),
    ("post", "/v2/pipelines", {"json": PIPELINE}, 201),
    ("post", "/v2/pipelines", {"json": PIPELINE}, 409),
    ("post", "/v2/pipelines", {"json": {**PIPELINE, "trigger": {"type": "cron", "expression": "x"}}}, 400),
    ("get", "/v2/pipelines", {"params": {"filter": "m", "status": "active", "source_type": "s3"}}, 200),
    ("get", "/v2/pipelines/post", {}, 200),
    ("get", "/v2/pipelines/none", {}, 404),
    ("post", "/v2/pipelines/post/trigger", {}, 201),
    ("get", "/v2/pipelines/post/runs", {"params": {"after": "2020-01-01T00:00:00Z"}}, 200),
    ("get", "/v2/pipelines/post/runs/none", {}, 404),
    ("get", "/v2/pipelines/post/dead_letters", {"params": {"origin": "pipeline"}}, 200),
    ("post", "/v2/pipelines/post/dead_letters", {"json": {"source_record_id": "a"}}, 201),
    ("post", "/v2/pipelines/post/dead_letters", {"json": {"source_record_id": "a"}}, 409),
    ("post", "/v2/pipelines/post/dead_letters/process", {"json": {"origin": "manual"}}, 201),
    ("post", "/v2/pipelines/post/dead_letters/process", {"json": {"source_record_ids": ["b"]}}, 400),
    ("get", "/v2/pipelines/post/dead_letters/none", {}, 404),
    ("delete", "/v2/pipelines/post/dead_letters/none", {}, 404),
    ("patch", "/v2/pipelines/post", {"json": {"source": {"type": "s3", "bucket": "no"}}}, 200),
    ("post", "/v2/pipelines/post/trigger", {}, 201),
    ("get", "/v2/pipelines/post", {}, 200),
    ("put", "/v2/pipelines/post", {"json": {**PIPELINE, "enabled": False}}, 200),
    ("delete", "/v2/pipelines/post", {}, 204),
    ("post", "/oauth/token", {"json": GRANT}, 200),
    ("post", "/oauth2/token", {"json": {**GRANT, "client_secret": "x"}}, 401),
    ("post", "/oauth2/token", {"json": {}}, 400),
    ("post", "/oauth2/token", {"json": GRANT}, 200),
    ("post", "/v2/api_keys", {"json": KEY}, 201),
    ("post", "/v2/api_keys", {"json": {**KEY, "api_key_role": "personal"}}, 400),
    ("post", "/v2/api_keys", {"json": {**KEY, "corpus_keys": ["none"]}}, 404),
    ("get", "/v2/api_keys", {}, 200),
    ("get", "/v2/api_keys/aky_5", {}, 200),
    ("get", "/v2/api_keys/none", {}, 404),
    ("patch", "/v2/api_keys/aky_5", {"json": {"enabled": False}}, 200),
    ("delete", "/v2/api_keys/aky_5", {}, 204),
    ("delete", "/v2/api_keys/aky_5", {}, 404),
    ("post", "/v2/app_clients", {"json": CLIENT}, 201),
    ("post", "/v2/app_clients", {"json": {"name": "Till"}}, 400),
    ("get", "/v2/app_clients", {}, 200),
    ("get", "/v2/app_clients/app_2", {}, 200),
    ("get", "/v2/app_clients/none", {}, 404),
    ("patch", "/v2/app_clients/app_2", {"json": {"description": "At the gate", **ROLES}}, 200),
    ("delete", "/v2/app_clients/app_2", {}, 204),
    ("delete", "/v2/app_clients/app_2", {}, 404),
    (
        "post",
        "/v2/users",
        {"json": {"email": "grace@lanterns.example", "description": "Lamps", **ROLES}},
        201,
    ),
    ("post", "/v2/users", {"json": {"email": "grace@lanterns.example"}}, 409),
    ("post", "/v2/users", {"json": {"email": "grace"}}, 400),
    ("get", "/v2/users", {"params": {"corpus_key": "handbook", "limit": 1}}, 200),
    ("get", "/v2/users/ada", {}, 200),
    ("get", "/v2/users/none", {}, 404),
    ("patch", "/v2/users/ada", {"json": {"enabled": False}}, 200),
    ("post", "/v2/users/ada/reset_password", {}, 200),
    ("delete", "/v2/users/ada", {}, 403),
    ("post", "/v2/corpora", {"json": CORPUS}, 201),
    ("post", "/v2/corpora", {"json": CORPUS}, 409),
    ("post", "/v2/corpora", {"json": {"key": 5}}, 400),
    ("post", "/v2/corpora", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
    ("get", "/v2/corpora", {"params": {"limit": 1}}, 200),
    ("get", "/v2/corpora/c", {}, 200),
    ("get", "/v2/corpora/none", {}, 404),
    ("patch", "/v2/corpora/c", {"json": {"name": "Harbour"}}, 200),
    ("post", "/v2/agents", {"json": AGENT}, 201),
    ("post", "/v2/agents", {"json": AGENT}, 409),
    ("post", "/v2/agents", {"json": {"name": "Pilot"}}, 400),
    ("get", "/v2/agents", {"params": {"filter": "pilot", "enabled": "true"}}, 200),
    ("get", "/v2/agents/pilot", {}, 200),
    ("get", "/v2/agents/none", {}, 404),
    ("patch", "/v2/agents/pilot", {"json": {"enabled": False, "skills": {"knots": None}}}, 200),
    ("put", "/v2/agents/pilot", {"json": AGENT}, 200),
    ("get", "/v2/agents/pilot/identity", {}, 200),
    ("patch", "/v2/agents/pilot/identity", {"json": {"mode": "manual", **ROLES}}, 200),
    ("patch", "/v2/agents/none/identity", {"json": {}}, 404),
    ("post", "/v2/agents/pilot/schedules", {"json": DAILY}, 201),
    ("post", "/v2/agents/pilot/schedules", {"json": DAILY}, 409),
    ("post", "/v2/agents/pilot/schedules", {"json": {**DAILY, "message": []}}, 400),
    ("get", "/v2/agents/pilot/schedules", {}, 200),
    ("get", "/v2/agents/pilot/schedules/daily", {}, 200),
    ("get", "/v2/agents/pilot/schedules/none", {}, 404),
    ("patch", "/v2/agents/pilot/schedules/daily", {"json": HOURLY}, 200),
    ("get", "/v2/agents/pilot/schedules/daily/executions", {}, 200),
    ("delete", "/v2/agents/pilot/schedules/daily", {}, 204),
    ("post", "/v2/agents/pilot/sessions", {"json": {"key": "s", "metadata": ELSEWHERE}}, 201),
    ("post", "/v2/agents/pilot/sessions", {"json": {"key": "s"}}, 409),
    ("post", "/v2/agents/pilot/sessions", {"json": {"from_session": {"session_key": "none"}}}, 400),
    ("post", "/v2/agents/none/sessions", {"json": {}}, 404),
    ("get", "/v2/agents/pilot/sessions", {"params": {"filter": "s"}}, 200),
    ("get", "/v2/agents/pilot/sessions/s", {}, 200),
    ("get", "/v2/agents/pilot/sessions/none", {}, 404),
    ("patch", "/v2/agents/pilot/sessions/s", {"json": {"name": "S", "metadata": ELSEWHERE}}, 200),
    ("post", "/v2/agents/pilot/sessions/s/events", {"json": SAID}, 201),
    ("post", "/v2/agents/pilot/sessions/s/events", {"json": {**SAID, "messages": []}}, 400),
    ("post", "/v2/agents/pilot/sessions/s/events", {"json": {"type": "interrupt"}}, 201),
    ("post", "/v2/agents/pilot/sessions/s/events", {"json": {"type": "compact"}}, 201),
    ("get", "/v2/agents/pilot/sessions/s/events", {"params": {"include_hidden": "true"}}, 200),
    ("get", "/v2/agents/pilot/sessions/s/events/none", {}, 404),
    ("get", "/v2/agents/pilot/sessions/s/artifacts", {"params": {"order_by": "desc"}}, 200),
    ("get", "/v2/agents/pilot/sessions/s/artifacts/none", {}, 404),
    ("get", "/v2/agents/front-desk/sessions/monday/events/aev_monday_1", {}, 200),
    ("post", "/v2/agents/front-desk/sessions/monday/events/aev_monday_1/hide", {}, 200),
    ("post", "/v2/agents/front-desk/sessions/monday/events/aev_monday_1/unhide", {}, 200),
    ("delete", "/v2/agents/front-desk/sessions/monday/events/aev_monday_1", {}, 204),
    ("get", "/v2/agents/front-desk/sessions/monday/artifacts/art_opening_hours", {}, 200),
    ("delete", "/v2/agents/pilot/sessions/s", {}, 204),
    ("delete", "/v2/agents/pilot", {}, 204),
    ("delete", "/v2/agents/pilot", {}, 404),
    ("post", "/v2/corpora/c/documents", {"json": STRUCTURED}, 201),
    ("post", "/v2/corpora/c/documents", {"json": CORE}, 201),
    ("post", "/v2/corpora/c/documents", {"json": CORE}, 409),
    ("get", "/v2/corpora/c/documents", {"params": {"limit": 1}}, 200),
    ("get", "/v2/corpora/c/documents/s", {}, 200),
    ("get", "/v2/corpora/c/documents/k", {}, 200),
    ("get", "/v2/corpora/c/documents/none", {}, 404),
    ("patch", "/v2/corpora/c/documents/k", {"json": {"metadata": {"year": 1}}}, 200),
    ("put", "/v2/corpora/c/documents/k/metadata", {"json": {"metadata": {"year": 2}}}, 200),
    ("post", "/v2/corpora/c/compute_size", {}, 200),
    ("get", "/v2/corpora/c/filter_attribute_stats", {}, 200),
    ("get", "/v2/corpora/c/query", {"params": {"query": "tide"}}, 200),
    ("post", "/v2/corpora/c/query", {"json": {"query": "tide", "generation": {}}}, 200),
    (
        "post",
        "/v2/query",
        {"json": {"query": "tide", "search": SEARCH, "intelligent_query_rewriting": True}},
        200,
    ),
    ("post", "/v2/query", {"json": {"query": "tide", "search": {"corpora": []}}}, 400),
    ("post", "/v2/corpora/c/replace_filter_attributes", {"json": {"filter_attributes": []}}, 200),
    ("post", "/v2/corpora/c/upload_file", {"files": {"file": ("a.txt", b"Ships sail.")}}, 201),
    ("post", "/v2/corpora/c/upload_file", {"files": {"file": ("a.txt", b"Ships sail.")}}, 409),
    ("post", "/v2/corpora/c/upload_file", {"files": {"metadata": b"{}"}}, 400),
    ("post", "/v2/corpora/c/upload_file", {"files": {"file": ("a.json", b"{}")}}, 415),
    (
        "post",
        "/v2/chats",
        {"json": {"query": "tide", "search": SEARCH, "intelligent_query_rewriting": True}},
        200,
    ),
    ("post", "/v2/chats", {"json": {"query": "tide", "search": {"corpora": []}}}, 400),
    ("get", "/v2/chats", {}, 200),
    ("get", "/v2/chats/{chat}", {}, 200),
    ("post", "/v2/chats/{chat}/turns", {"json": {"query": "why?", "search": SEARCH}}, 200),
    ("get", "/v2/chats/{chat}/turns", {}, 200),
    ("get", "/v2/chats/{chat}/turns/{turn}", {}, 200),
    ("get", "/v2/chats/{chat}/turns/trn_none", {}, 404),
    ("get", "/v2/queries", {"params": {"limit": 2}}, 200),
    ("get", "/v2/queries/qry_2", {}, 200),
    ("get", "/v2/queries/none", {}, 404),
    ("patch", "/v2/chats/{chat}/turns/{turn}", {"json": {"enabled": False}}, 200),
    ("patch", "/v2/chats/{chat}/turns/{turn}", {"json": {"enabled": True}}, 400),
    ("delete", "/v2/chats/{chat}/turns/{turn}", {}, 204),
    ("delete", "/v2/chats/{chat}", {}, 204),
    ("get", "/v2/chats/{chat}", {}, 404),
    ("get", "/v2/jobs", {}, 200),
    ("get", "/v2/jobs/{job}", {}, 200),
    ("get", "/v2/jobs/job_none", {}, 404),
    ("get", "/v2/corpora", {"headers": {"x-api-key": "zut_wrong"}}, 401),
    ("get", "/v2/corpora", {"headers": {"request-timeout": "soon"}}, 400),
    ("get", "/v2/corpora/c/documents/s/images/i", {}, 200),
    ("get", "/v2/corpora/c/documents/s/images/none", {}, 404),
    ("post", "/v2/corpora/c/documents/s/summarize", {"json": {"llm_name": "gpt-4o"}}, 200),
    ("post", "/v2/corpora/c/documents/s/summarize", {"json": {"llm_name": "none"}}, 400),
    (
        "post",
        "/v2/corpora/c/metadata_query",
        {"json": {"queries": [{"field": "tags", "query": "a", "prefix": None}]}},
        200,
    ),
    ("post", "/v2/corpora/c/metadata_query", {"json": {"queries": []}}, 400),
    (
        "post",
        "/v2/corpora/c/documents/s/summarize",
        {
            "json": {
                "llm_name": "gpt-4",
                "prompt_template": '[{"role": "user", "content": "$vectaraDocument.id()"}]',
            }
        },
        200,
    ),
    ("get", "/v2/encoders", {"params": {"limit": 1}}, 200),
    ("post", "/v2/encoders", {"json": ENCODER}, 201),
    ("post", "/v2/encoders", {"json": ENCODER}, 400),
    ("get", "/v2/rerankers", {}, 200),
    ("get", "/v2/rerankers", {"params": {"filter": "("}}, 400),
    ("get", "/v2/llms", {}, 200),
    ("post", "/v2/llms", {"json": MODEL}, 201),
    ("post", "/v2/llms", {"json": MODEL}, 400),
    ("get", "/v2/llms/tides", {}, 200),
    ("patch", "/v2/llms/llm_6", {"json": {"type": "openai-compatible", "enabled": False}}, 200),
    ("patch", "/v2/llms/gpt-4", {"json": {"type": "openai-compatible", "enabled": False}}, 403),
    ("delete", "/v2/llms/tides", {}, 204),
    ("post", "/v2/llms/chat/completions", {"json": COMPLETED}, 200),
    ("post", "/v2/llms/chat/completions", {"json": {**COMPLETED, "n": 2, "tools": [TIDE]}}, 200),
    ("post", "/v2/llms/chat/completions", {"json": {**COMPLETED, "model": "none"}}, 400),
    ("get", "/v2/llms/tides", {}, 404),
    ("get", "/v2/generation_presets", {}, 200),
    (
        "post",
        "/v2/generation_presets",
        {"json": PRESET},
        201,
    ),
    ("post", "/v2/generation_presets", {"json": {"name": "tides"}}, 400),
    ("put", "/v2/generation_presets/pmt_9", {"json": {"name": "ebb"}}, 200),
    ("put", "/v2/generation_presets/pmt_1", {"json": {"name": "ebb"}}, 403),
    ("delete", "/v2/generation_presets/pmt_9", {}, 204),
    ("delete", "/v2/generation_presets/pmt_9", {}, 404),
    ("get", "/v2/table_extractors", {}, 200),
    ("post", "/v2/instructions", {"json": INSTRUCTION}, 201),
    ("post", "/v2/instructions", {"json": INSTRUCTION}, 409),
    ("post", "/v2/instructions", {"json": {"type": "initial"}}, 400),
    ("get", "/v2/instructions", {"params": {"filter": "tide"}}, 200),
    ("patch", "/v2/instructions/ins_1", {"json": {"type": "initial", "template": "#if"}}, 200),
    ("get", "/v2/instructions/ins_1", {"params": {"version": 1}}, 200),
    ("get", "/v2/instructions/ins_none", {}, 404),
    ("post", "/v2/instructions/ins_1/test", {"json": {}}, 422),
    ("delete", "/v2/instructions/ins_1/versions/2", {}, 204),
    ("delete", "/v2/instructions/ins_1/versions/1", {}, 409),
    ("post", "/v2/instructions/ins_1/test", {"json": {"context": {"name": "Ada"}}}, 200),
    ("delete", "/v2/instructions/ins_1", {}, 204),
    ("post", "/v2/tool_servers", {"json": TOOL_SERVER}, 201),
    ("post", "/v2/tool_servers", {"json": TOOL_SERVER}, 409),
    ("post", "/v2/tool_servers", {"json": {"name": "Tides"}}, 400),
    ("get", "/v2/tool_servers", {}, 200),
    ("patch", "/v2/tool_servers/tsr_1", {"json": {"transport": "streamable-http"}}, 200),
    ("get", "/v2/tool_servers/tsr_1", {}, 200),
    ("post", "/v2/tool_servers/tsr_1/sync", {}, 503),
    ("post", "/v2/tool_servers/tsr_shop/sync", {}, 204),
    ("delete", "/v2/tool_servers/tsr_1", {}, 204),
    ("get", "/v2/tool_servers/tsr_1", {}, 404),
    ("get", "/v2/tools", {}, 200),
    ("post", "/v2/tools", {"json": FUNCTION}, 201),
    ("post", "/v2/tools", {"json": FUNCTION}, 409),
    ("post", "/v2/tools", {"json": {**FUNCTION, "code": "x = ("}}, 400),
    ("get", "/v2/tools/tol_tax", {}, 200),
    ("get", "/v2/tools/tol_none", {}, 404),
    ("patch", "/v2/tools/tol_tax", {"json": {"type": "lambda", "title": "Tax"}}, 200),
    ("post", "/v2/tools/test", {"json": {"code": FUNCTION["code"], "test_input": {"port": "a"}}}, 200),
    ("post", "/v2/tools/test", {"json": {"code": "x = (", "test_input": {}}}, 200),
    ("post", "/v2/tools/tol_tax/test", {"json": {"input": {}}}, 200),
    ("post", f"{CONFIGURED}", {"json": CONFIGURATION}, 201),
    ("post", f"{CONFIGURED}", {"json": CONFIGURATION}, 409),
    ("get", f"{CONFIGURED}", {}, 200),
    ("patch", f"{CONFIGURED}/tcf_1", {"json": {"type": "corpora_search", "name": "Ebb"}}, 200),
    ("get", f"{CONFIGURED}/tcf_1", {"params": {"version": 1}}, 200),
    ("delete", f"{CONFIGURED}/tcf_1/versions/1", {}, 204),
    ("delete", f"{CONFIGURED}/tcf_1/versions/2", {}, 409),
    ("delete", f"{CONFIGURED}/tcf_1", {}, 204),
    ("delete", "/v2/tools/tol_tax", {}, 204),
    ("delete", "/v2/tools/tol_web_search", {}, 403),
    ("get", "/v2/hallucination_correctors", {}, 200),
    ("post", CORRECTOR, {"json": CORRECTED}, 200),
    ("post", CORRECTOR, {"json": {**CORRECTED, "model_name": "none"}}, 400),
    ("post", "/v2/evaluate_factual_consistency", {"json": JUDGED}, 200),
    ("post", "/v2/evaluate_factual_consistency", {"json": {**JUDGED, "source_texts": 5}}, 400),
    ("post", "/v2/evaluate_factual_consistency", {"json": {**JUDGED, "generated_text": "こんにちは"}}, 422),
    ("delete", "/v2/corpora/c/documents", {}, 400),
    ("delete", "/v2/corpora/c/documents", {"params": {"document_ids": "none", "async": False}}, 200),
    ("delete", "/v2/corpora/c/documents", {"params": {"document_ids": "s"}}, 202),
    ("delete", "/v2/corpora/c/documents/k", {}, 204),
    ("post", "/v2/corpora/c/reset", {}, 204),
    ("delete", "/v2/corpora/c", {}, 204),
    ("delete", "/v2/corpora/c", {}, 404),
]


COLLECTION = "/api/v1/collections/01941f29-7c00-7000-a000-000000000021"
GATEWAY = "/api/v1/ai-gateways/01941f29-7c00-7000-a000-000000000031"
WEB_CHAT = "/api/v1/web-chat-client/01941f29-7c00-7000-a000-000000000071"
TELEGRAM = {"integrationType": "Telegram", "integrations": {"telegramIntegration": {"botToken": "1:a"}}}
SKILL = "/api/v1/skills/01941f29-7c00-7000-a000-000000000041"
SHELL: dict[str, Any] = {"headers": {"x-shell-user-id": "ada"}, "params": {"path": "/a/tide.txt"}}
DIRECTORY: dict[str, Any] = {**SHELL, "params": {"path": "/a"}}
LINE = b'{"docid": "tide", "text": "The tide is high at noon."}'
SAID = {"messages": [{"role": "user", "content": "Remember that I like tea."}], "user": "ada"}
COMPLETION = {"json": {"model": "01941f29-7c00-7000-a000-000000000031", **SAID}}
TERM = {"term": "paid leave", "collections": ["01941f29-7c00-7000-a000-000000000021"]}
MEMBERS = {"baseAddress": "@integrated", "modelName": "@openai/gpt-4o"}

AIVAX_CALLS: Calls = [
    ("get", "/v1/models", {}, 200),
    ("get", "/api/v1/models", {}, 200),
    ("post", "/v1/chat/completions", COMPLETION, 200),
    ("post", "/v1/chat/completions", {"json": {}}, 400),
    ("post", "/api/v1/chat/completions", COMPLETION, 200),
    ("get", "/v1/models", {"headers": {"authorization": "Bearer no"}}, 401),
    ("get", "/api/v1/memories", {}, 200),
    ("get", "/api/v1/memories/{memory}", {}, 200),
    ("get", f"/api/v1/memories/{UNKNOWN}", {}, 404),
    ("delete", "/api/v1/memories", {"params": {"externalUserId": "ada", "format": "Text"}}, 200),
    ("delete", "/api/v1/memories", {}, 400),
    ("get", "/api/v1/collections", {}, 200),
    ("get", "/api/v1/collections", {"headers": {"authorization": "Bearer no"}}, 401),
    ("post", "/api/v1/collections", {"json": {"collectionName": "Tides", "tags": "sea"}}, 200),
    ("post", "/api/v1/collections", {"json": {}}, 400),
    ("post", "/api/v1/collections", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
    ("get", COLLECTION, {}, 200),
    ("get", f"/api/v1/collections/{UNKNOWN}", {}, 404),
    ("put", COLLECTION, {"json": {"context": None}}, 200),
    ("get", f"{COLLECTION}/documents", {"params": {"filter": "leave"}}, 200),
    ("get", f"{COLLECTION}/documents", {"params": {"state": "gone"}}, 400),
    ("put", f"{COLLECTION}/documents", {"json": {"name": "tide", "contents": "High at noon."}}, 200),
    ("put", f"{COLLECTION}/documents", {"json": {"name": "tide"}}, 400),
    ("post", f"{COLLECTION}/documents", {"files": {"documents": ("a.jsonl", LINE)}}, 200),
    ("get", f"{COLLECTION}/documents/01941f29-7c00-7000-a000-000000000051", {}, 200),
    ("delete", f"{COLLECTION}/documents/01941f29-7c00-7000-a000-000000000051", {}, 200),
    ("delete", f"{COLLECTION}/documents/{UNKNOWN}", {}, 404),
    ("post", "/api/v1/query", {"json": TERM}, 200),
    ("post", "/api/v1/query", {"json": {**TERM, "top": 0}}, 400),
    ("get", f"{COLLECTION}/export.jsonl", {}, 200),
    ("delete", f"{COLLECTION}/vectors-only", {}, 200),
    ("delete", f"{COLLECTION}/reset-only", {}, 200),
    ("delete", COLLECTION, {}, 200),
    ("put", "/api/v1/accounts", {"json": {"parameters": {"automaticJsonHealing": True}}}, 200),
    ("put", "/api/v1/accounts", {"json": {"name": ""}}, 400),
    ("post", "/api/v1/accounts/roll-salt", {}, 200),
    ("get", "/api/v1/accounts/api-key", {}, 200),
    ("post", "/api/v1/accounts/api-key", {"json": {"label": "Till", "duration": 7}}, 200),
    ("post", "/api/v1/accounts/api-key", {"json": {"label": "Till"}}, 400),
    ("get", "/api/v1/accounts/api-key", {}, 200),
    ("delete", "/api/v1/accounts/api-key/{key}", {}, 200),
    ("delete", "/api/v1/accounts/api-key/{key}", {}, 400),
    ("post", "/api/v1/ai-gateways", {"json": {"name": "Tides", "parameters": MEMBERS}}, 200),
    ("post", "/api/v1/ai-gateways", {"json": {"name": "Tides"}}, 400),
    ("get", "/api/v1/ai-gateways", {"params": {"filter": "help"}}, 200),
    ("get", GATEWAY, {}, 200),
    ("get", f"/api/v1/ai-gateways/{UNKNOWN}", {}, 404),
    ("patch", GATEWAY, {"json": {"parameters": {"topP": 0.5}}}, 200),
    ("get", "/api/v1/web-chat-client", {}, 200),
    ("post", "/api/v1/web-chat-client", {"json": {"name": "Tides"}}, 200),
    ("post", "/api/v1/web-chat-client", {"json": {"name": ""}}, 400),
    ("get", WEB_CHAT, {}, 200),
    ("get", f"/api/v1/web-chat-client/{UNKNOWN}", {}, 404),
    ("put", WEB_CHAT, {"json": {"clientParameters": {"debug": True}}}, 200),
    ("put", f"{WEB_CHAT}/integrations", {"json": TELEGRAM}, 200),
    ("get", WEB_CHAT, {}, 200),
    ("delete", f"{WEB_CHAT}/integrations/telegram", {}, 200),
    ("delete", f"{WEB_CHAT}/integrations/fax", {}, 400),
    ("post", f"{WEB_CHAT}/sessions", {"json": {"tag": "ann", "expires": 600}}, 200),
    ("post", f"{WEB_CHAT}/sessions", {"json": {"expires": 1}}, 400),
    ("get", f"{WEB_CHAT}/sessions", {}, 200),
    ("get", "/api/v1/public/chat-clients/{access}", {}, 200),
    ("post", "/api/v1/public/chat-clients/{access}/retry", {}, 400),
    ("post", "/api/v1/public/chat-clients/{access}/prompt", {"json": {"prompt": "Hello there!"}}, 200),
    ("post", "/api/v1/public/chat-clients/{access}/prompt", {"json": {}}, 400),
    ("post", "/api/v1/public/chat-clients/{access}/retry", {}, 204),
    ("delete", "/api/v1/public/chat-clients/{access}", {}, 200),
    ("get", "/api/v1/public/chat-clients/{access}/transcript.json", {}, 200),
    ("delete", f"{WEB_CHAT}/sessions/{{session}}", {}, 200),
    ("get", "/api/v1/public/chat-clients/{access}", {}, 422),
    ("delete", GATEWAY, {}, 200),
    ("get", "/api/v1/skills", {}, 200),
    ("post", "/api/v1/skills", {"json": {"slug": "tides", "instructions": "Look at the moon."}}, 200),
    ("post", "/api/v1/skills", {"json": {"slug": "a b", "instructions": "Look."}}, 400),
    ("get", SKILL, {}, 200),
    ("get", f"/api/v1/skills/{UNKNOWN}", {}, 404),
    ("put", SKILL, {"json": {"description": None}}, 200),
    ("get", "/api/v1/skills/management/export.jsonl", {}, 200),
    ("post", "/api/v1/skills/management/import", {"files": {"skills": ("a.jsonl", b"{}")}}, 200),
    ("delete", SKILL, {}, 200),
    ("delete", "/api/v1/skills/management/clear", {}, 200),
    ("get", "/api/v1/shell/io/listing", DIRECTORY, 404),
    ("post", "/api/v1/shell/io/directory", DIRECTORY, 200),
    ("post", "/api/v1/shell/io/file", {**SHELL, "content": b"High at noon."}, 200),
    ("get", "/api/v1/shell/io/file", SHELL, 200),
    ("get", "/api/v1/shell/io/file", {"params": {"path": "/a"}}, 400),
    ("get", "/api/v1/shell/io/listing", DIRECTORY, 200),
    ("get", "/api/v1/shell/io/file/details", SHELL, 200),
    ("get", "/api/v1/shell/io/file/public-address", SHELL, 200),
    ("get", "/api/v1/public/ext-res/file/{token}", {}, 200),
    ("delete", "/api/v1/shell/io/file", SHELL, 200),
    ("get", "/api/v1/public/ext-res/file/{token}", {}, 404),
    ("delete", "/api/v1/shell/io/directory", DIRECTORY, 200),
    ("get", scheduled.PATH, {}, 200),
    ("get", f"/api/v1/web-chat-clients/{UNKNOWN}/hook-schedules", {}, 404),
    ("get", f"{scheduled.PATH}/schedules/{scheduled.ONCE}", {}, 200),
    ("delete", f"{scheduled.PATH}/schedules/{scheduled.ONCE}", {}, 200),
    ("delete", f"{scheduled.PATH}/schedules/{scheduled.ONCE}", {}, 404),
    ("get", f"{scheduled.PATH}/recurring/{scheduled.WEEKLY}", {}, 200),
    ("delete", f"{scheduled.PATH}/recurring/{scheduled.WEEKLY}", {}, 200),
    ("delete", WEB_CHAT, {}, 200),
]
BATCH = {
    "query": [
        {
            "query": "How long is the frame guaranteed?",
            "corpusKey": [{"corpusId": 1}],
            "summary": [{"debug": True, "factualConsistencyScore": True, "chat": {"store": True}}],
        },
        {"query": "lamp", "corpusKey": [{"corpusId": 999}]},
    ]
}
V1_CALLS: Calls = [
    ("post", "/v1/query", {"json": BATCH}, 200),
    ("post", "/v1/query", {"json": {"query": 1}}, 400),
    ("post", "/v1/stream-query", {"json": BATCH}, 200),
    *(("post", path, {"json": {}}, 410) for path in VECTARA_V1.bundle["paths"] if "query" not in path),
]
ALL_CALLS = {"vectara": CALLS, "aivax": AIVAX_CALLS, "vectara-v1": V1_CALLS}


def wrapped(contract: Contract) -> dict[str, Any]:
    """The contract with its answers as production wraps them, written without our own reading of `x-wire`."""
    document = deepcopy(contract.bundle)
    message = {"type": "string", "nullable": True}
    operations = [raw for item in document["paths"].values() for raw in item.values()]
    for raw in operations:
        media = raw["responses"].get("200", {}).get("content", {}).get("application/json")
        if raw["x-wire"] == "payload":
            inside = media["schema"]
        elif raw["x-wire"] in ("data", "flat"):
            inside = {"type": "object"}
        else:
            continue
        media["schema"] = {
            "type": "object",
            "required": ["message", "data"],
            "properties": {"message": message, "data": inside},
            "additionalProperties": False,
        }
    return document


JUDGES = {
    "vectara": OpenAPI.from_dict(VECTARA.bundle),
    "aivax": OpenAPI.from_dict(AIVAX.bundle),
    "vectara-v1": OpenAPI.from_dict(VECTARA_V1.bundle),
    "aivax wire": OpenAPI.from_dict(wrapped(AIVAX)),
}


def judge(api: str, answer: httpx.Response, path: str) -> None:
    request = MockRequest(
        "http://localhost", answer.request.method.lower(), path, headers=dict(answer.request.headers)
    )
    content_type = answer.headers.get("content-type", "application/json")
    JUDGES[api].validate_response(
        request,
        MockResponse(answer.content, answer.status_code, dict(answer.headers), content_type),
    )


def test_real_answers_are_what_the_contract_describes(understudy: Understudy) -> None:
    made = {"job": "", "chat": "", "turn": ""}
    with understudy.client() as client:
        for method, template, arguments, status in CALLS:
            path = template.format(**made)
            answer = client.request(method, path, **arguments)
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            judge("vectara", answer, path)
            if status == 200:
                told = answer.json()
                made |= {name: told[f"{name}_id"] for name in made if f"{name}_id" in told}


def test_real_answers_of_v1_are_what_the_contract_describes(understudy: Understudy) -> None:
    with httpx.Client(base_url=understudy.url, headers=VECTARA_V1.headers(understudy.api_key)) as client:
        for method, path, arguments, status in V1_CALLS:
            answer = client.request(method, path, **arguments)
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            judge("vectara-v1", answer, path)


@pytest.mark.parametrize("form", ["bare", "wire"])
def test_real_answers_of_aivax_are_what_the_contract_describes(understudy: Understudy, form: str) -> None:
    understudy.look(scheduled.put)
    understudy.lifecycle(answer_form=form)
    made = dict.fromkeys(("memory", "key", "token", "access", "session"), "")
    with client_of(understudy) as client:
        for method, template, arguments, status in AIVAX_CALLS:
            path = template.format(**made)
            answer = client.request(method, path, **arguments)
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            judge("aivax" if form == "bare" else "aivax wire", answer, path)
            made |= _made(path, answer)


def _made(path: str, answer: httpx.Response) -> dict[str, str]:
    """The ids that later calls need, of what an answer in either form tells."""
    asked = ("/memories", "/api-key", "/public-address", "/sessions")
    if answer.request.method != "GET" or not path.endswith(asked):
        return {}
    told = answer.json()
    if "data" in told:
        told = told["data"]
    if path.endswith("/memories"):
        return {"memory": told[0]["id"]}
    if path.endswith("/api-key"):
        return {"key": told["apiKeys"][-1]["id"]}
    if path.endswith("/sessions"):
        return {"access": told[0]["sessionKey"], "session": told[0]["id"]}
    return {"token": told["publicUrl"].rpartition("/")[2]}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_operation_that_is_acted_is_judged(contract: Contract) -> None:
    """A new operation needs a line in its calls."""
    methods = [(method, path.split("/")) for method, path, _, _ in ALL_CALLS[contract.name]]
    for operation in contract.described():
        wanted = operation.path.split("/")
        assert operation.planned or any(
            method == operation.method
            and len(path) == len(wanted)
            and all(one == two or two.startswith("{") for one, two in zip(path, wanted, strict=True))
            for method, path in methods
        ), operation.id


def test_the_judge_tells_a_wrong_answer(understudy: Understudy) -> None:
    with understudy.client() as client:
        answer = client.get("/v2/corpora")
    wrong = answer.content.replace(b'"enabled":true', b'"enabled":"true"')
    assert wrong != answer.content
    request = MockRequest("http://localhost", "get", "/v2/corpora")
    with pytest.raises(ResponseValidationError):
        JUDGES["vectara"].validate_response(request, MockResponse(wrong, 200, {}, "application/json"))


@pytest.mark.parametrize("form", ["bare", "wire"])
def test_the_judge_tells_the_forms_apart(understudy: Understudy, form: str) -> None:
    understudy.lifecycle(answer_form=form)
    with client_of(understudy) as client:
        answer = client.get("/api/v1/collections")
    judge("aivax" if form == "bare" else "aivax wire", answer, "/api/v1/collections")
    with pytest.raises(ResponseValidationError):
        judge("aivax wire" if form == "bare" else "aivax", answer, "/api/v1/collections")
