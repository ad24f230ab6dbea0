"""Vectara REST v2, on one page."""

from __future__ import annotations

from understudy.apis.vectara import auth, errors, platform
from understudy.apis.vectara.fixtures import SECTIONS
from understudy.engine.definition import ApiDefinition

API = ApiDefinition(
    name="vectara",
    title="Vectara REST",
    prefixes=("/v2", "/oauth/token", "/oauth2/token"),
    hosts=("api.vectara.io", "auth.vectara.io"),
    package="understudy.apis.vectara",
    resources=(
        "authentication",
        "corpora",
        "documents",
        "index",
        "upload",
        "queries",
        "query_history",
        "chats",
        "metadata_query",
        "jobs",
        "api_keys",
        "application_clients",
        "encoders",
        "rerankers",
        "large_language_models",
        "generation_presets",
        "table_extractors",
        "factual_consistency_evaluation",
        "instructions",
        "tool_servers",
        "tools",
        "tool_configurations",
        "agents",
        "agent_schedules",
        "agent_sessions",
        "agent_events",
        "agent_artifacts",
    ),
    world_hint=auth.world_hint,
    authenticate=auth.authenticate,
    authorize=auth.authorize,
    error_body=errors.body,
    begin=platform.begin,
    sections=SECTIONS,
    secret_headers=("x-api-key", "authorization"),
    secret_query=("api_key", "api-key", "access_token"),
    secret_members=("client_secret", "secret_key", "access_token", "api_key", "password", "token", "value"),
    sample_keys=("zut_understudy",),
)
