"""Encoders: what embeds the text of a corpus. Nobody is asked. Spec tag: Encoders."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.kinds import ENCODERS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.wire import Encoder
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest

DEFAULT_DIMENSIONS = 768
"""Of an encoder that does not say how long its vectors are (guess: the platform would look)."""
_SECRET = ("uri", "model", "auth")


@operation("listEncoders")
def list_encoders(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    return listing(ctx, "encoders", ctx.store.table(ENCODERS).records(), limit, page_key, filter)


@operation("createEncoder")
def create_encoder(ctx: Context, body: dict[str, Any]) -> tuple[Encoder, int]:
    """Texts are embedded as ever: every encoder is played by the same rules."""
    if body["name"] in models.by_name(ctx.store, ENCODERS):
        raise BadRequest({"body.name": f"{ENCODERS.title(body['name'])} exists already"})
    models.check_reachable(body["uri"])
    encoder: Encoder = {
        "id": free_id(ctx.world, ENCODERS, "enc"),
        "name": body["name"],
        "type": "openai-compatible",
        "output_dimensions": body.get("output_dimensions", DEFAULT_DIMENSIONS),
        "description": body["description"],
        "default": False,
        "enabled": True,
    }
    secret = picked(body, _SECRET)
    return ctx.store.table(ENCODERS).add(encoder, **secret), 201
