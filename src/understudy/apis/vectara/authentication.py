"""Tokens for app clients. Spec tag: Authentication."""

from __future__ import annotations

import hmac
from typing import Any

from understudy.apis.vectara import tokens
from understudy.apis.vectara.auth import find_client
from understudy.apis.vectara.errors import OAuthRefusal
from understudy.apis.vectara.kinds import APP_CLIENTS
from understudy.behaviours.credentials import is_well_formed
from understudy.engine.context import Context
from understudy.engine.operation import operation


@operation("getOAuthToken", "getOAuthTokenAlias")
def get_oauth_token(ctx: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A bearer token for a client id and its secret; the SDK fails when `token_type` is missing."""
    client = find_client(ctx.store, body["client_id"])
    trusted = ctx.call.bound and is_well_formed(body["client_id"]) and is_well_formed(body["client_secret"])
    if client is None and trusted:
        client = next(iter(ctx.store.table(APP_CLIENTS).records()), None)
    if client is None or not (trusted or _same(client.private["client_secret"], body["client_secret"])):
        raise OAuthRefusal("invalid_client", "client id or client secret is wrong")
    return {
        "access_token": tokens.issue(client.value["client_id"], ctx.world),
        "token_type": "Bearer",
        "expires_in": tokens.LIFETIME_SECONDS,
    }


def _same(secret: str, given: str) -> bool:
    return hmac.compare_digest(secret.encode(), given.encode())
