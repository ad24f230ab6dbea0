"""Limits: how many requests and tokens a plan and a public key allow, and how long one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax import plans
from understudy.apis.aivax.errors import InferenceRefused
from understudy.apis.aivax.kinds import account
from understudy.engine.context import Context


def admit(ctx: Context, parameters: Mapping[str, Any]) -> None:
    """Count a request; 429 with `Retry-After` when there were too many."""
    plans.spend_public(ctx, plans.PUBLIC_REQUESTS, "requests")
    plans.spend(ctx, plans.MODELS if _integrated(parameters) else plans.BROUGHT)


def account_for(ctx: Context, parameters: Mapping[str, Any], tokens: int) -> None:
    """Count what a model read; 400 for a conversation beyond the plan, 429 when there was too much in all."""
    plan = account(ctx).value["plan"]
    most = plans.CONTEXT.get(plan)
    if most is not None and tokens > most:
        message = f"has {tokens} tokens with all that is added, the plan '{plan}' allows {most}"
        raise InferenceRefused("context_length_exceeded", {"body.messages": message})
    plans.spend_public(ctx, plans.PUBLIC_TOKENS, "tokens", tokens)
    if _integrated(parameters):
        plans.spend(ctx, plans.TOKENS, tokens)


def _integrated(parameters: Mapping[str, Any]) -> bool:
    return bool(parameters.get("baseAddress", "@integrated") == "@integrated")
