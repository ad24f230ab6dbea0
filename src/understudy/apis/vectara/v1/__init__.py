"""Vectara v1, the retired query interface, on one page: another way to ask the store of v2."""

from __future__ import annotations

from dataclasses import replace

from understudy.apis.vectara import auth, roles
from understudy.apis.vectara.v1 import customers, errors
from understudy.engine.definition import ApiDefinition
from understudy.settings import CUSTOMER_ID, Settings

_PATHS = (
    "query", "stream-query", "compute-account-size", "compute-corpus-size", "create-api-key", "create-corpus",
    "delete-api-key", "delete-conversations", "delete-corpus", "delete-doc", "delete-turns", "disable-turns",
    "enable-api-key", "get-usage-metrics", "index", "list-api-keys", "list-conversations", "list-corpora",
    "list-documents", "list-jobs", "list-users", "manage-user", "read-conversations", "read-corpus",
    "replace-corpus-filter-attrs", "reset-corpus", "update-corpus-enablement", "core/index", "upload",
)  # fmt: skip


def configured(api: ApiDefinition, settings: Settings) -> ApiDefinition:
    """The definition for one server: its customer, and whether the interface is retired."""
    authenticate = errors.gone if settings.retired_v1 == "gone" else customers.of(settings.customer_id)
    return replace(api, authenticate=authenticate)


API = ApiDefinition(
    name="vectara-v1",
    title="Vectara v1",
    prefixes=tuple(f"/v1/{path}" for path in _PATHS),
    hosts=("api.vectara.io",),
    package="understudy.apis.vectara.v1",
    resources=("queries", "retired"),
    world_hint=auth.world_hint,
    authenticate=customers.of(CUSTOMER_ID),
    authorize=auth.authorize,
    rights=roles.rights,
    error_body=errors.body,
    secret_headers=("x-api-key", "authorization"),
    sample_keys=("zut_understudy",),
    configure=configured,
)
