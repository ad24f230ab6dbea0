"""The integrated models: their names, whose they are, how much they read and what they cost (all guesses)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Model:
    """One model. Prices are US dollars per token; `media` is what it reads besides text."""

    owner: str
    context: int
    price_in: Decimal
    price_out: Decimal
    media: frozenset[str] = frozenset()


SEEN = frozenset({"Image", "File"})
EVERY = SEEN | {"Audio", "Video", "OtherFiles"}


def _model(owner: str, context: int, price_in: str, price_out: str, media: frozenset[str]) -> Model:
    return Model(owner, context, Decimal(price_in), Decimal(price_out), media)


MODELS: Mapping[str, Model] = {
    "@openai/gpt-5-mini": _model("openai", 400_000, "0.00000025", "0.000002", SEEN),
    "@openai/gpt-4o": _model("openai", 128_000, "0.0000025", "0.00001", SEEN),
    "@google/gemini-2.5-flash": _model("google", 1_000_000, "0.0000003", "0.0000025", EVERY),
    "@google/gemini-3-flash": _model("google", 1_000_000, "0.0000005", "0.000003", EVERY),
    "@meta/llama-3.3-70b": _model("meta", 128_000, "0.0000006", "0.0000008", frozenset()),
    "@x-ai/grok-4.3": _model("x-ai", 256_000, "0.000002", "0.00001", SEEN),
}
"""Some names are documented; what they say is made here all the same."""
BROUGHT = _model("", 400_000, "0", "0", EVERY)
"""A model at the address of a provider, who is paid elsewhere and judges media itself."""


def model(name: str) -> Model:
    """A model of that name; one that is not integrated belongs to a provider."""
    return MODELS.get(name, BROUGHT)
