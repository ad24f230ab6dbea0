"""AIVAX, on one page."""

from __future__ import annotations

from understudy.apis.aivax import auth, errors, recorded
from understudy.apis.aivax.fixtures import SECTIONS
from understudy.apis.aivax.forms import FORMS
from understudy.engine.definition import ApiDefinition

API = ApiDefinition(
    name="aivax",
    title="AIVAX",
    prefixes=("/api/v1", "/v1"),
    hosts=("inference.aivax.net", "direct.inference.aivax.net", "console.aivax.net"),
    package="understudy.apis.aivax",
    resources=(
        "inference",
        "memories",
        "collections",
        "documents",
        "rag",
        "accounts",
        "api_keys",
        "ai_gateways",
        "skills",
        "shell_io",
        "hook_schedules",
        "web_chat",
        "web_chat_sessions",
        "web_chat_client",
    ),
    world_hint=auth.world_hint,
    authenticate=auth.authenticate,
    authorize=auth.authorize,
    error_body=errors.body,
    sections=SECTIONS,
    secret_headers=("authorization",),
    secret_query=("api-key",),
    secret_members=(
        "grantKey",
        "accessKey",
        "sessionKey",
        "talkUrl",
        "publicUrl",
        "apiKey",
        "botToken",
        "clientToken",
        "instanceToken",
        "webhookSecretKey",
    ),
    secret_paths=auth.PUBLIC_PATHS,
    secret_beginnings=("sk-", "pk-aiv-", "wky_"),
    sample_keys=("sk-understudy",),
    forms=FORMS,
    upload_paths=frozenset({b"/api/v1/shell/io/file"}),
    trailing_slash=True,
    recorded_keys=recorded.KEYS,
    note_recorded=recorded.note,
)
