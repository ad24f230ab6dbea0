"""What the platform puts into every account: encoders, rerankers, models, presets, extractors and tools.

Plain literals, since every start reads them. The docs and their samples give names, the ids of rerankers,
what is the default encoder, and that newer presets use 25 results; the rest is a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from understudy.apis.vectara.kinds import (
    ENCODERS,
    GENERATION_PRESETS,
    HALLUCINATION_CORRECTORS,
    LLMS,
    RERANKERS,
    TABLE_EXTRACTORS,
    TOOLS,
)
from understudy.apis.vectara.platform_tools import TOOLS_OF_THE_PLATFORM
from understudy.apis.vectara.wire import (
    LLM,
    Encoder,
    GenerationPreset,
    HallucinationCorrector,
    Reranker,
    TableExtractor,
)
from understudy.state.store import Kind
from understudy.state.world import World

PROMPT = (
    '[{"role":"system","content":"Answer from the numbered sources alone and cite each one you use by its'
    ' number."},{"role":"user","content":"Sources:'
    "#foreach ($result in $vectaraQueryResults)\\n[$foreach.count] $result.text()#end"
    '\\n\\nQuestion: $vectaraQuery"}]'
)
"""The template of every preset here; `prompts` writes what it says without interpreting it."""
MMR_RERANKER = "rnk_272725718"
"""It is listed, and chosen by the reranker type mmr alone."""
USED_RESULTS = 25
MAX_TOKENS = 2048

_ENCODERS: Sequence[Encoder] = (
    {
        "id": "enc_1",
        "name": "boomerang-2023-q3",
        "type": "vectara",
        "output_dimensions": 768,
        "description": "Embeds text of many languages; the standard one.",
        "default": True,
        "enabled": True,
    },
    {
        "id": "enc_0",
        "name": "boomerang-legacy",
        "type": "vectara",
        "output_dimensions": 768,
        "description": "The one before, for corpora that were made with it.",
        "default": False,
        "enabled": True,
    },
)


def _reranker(number: int, name: str, description: str) -> Reranker:
    return {"id": f"rnk_{number}", "name": name, "description": description, "enabled": True}


_RERANKERS: Sequence[Reranker] = (
    _reranker(272725719, "Rerank_Multilingual_v1", "Judges how well a text answers a query in any language."),
    _reranker(272725718, "Rerank_MMR_v1", "Trades relevance for variety; ask for it by the type mmr."),
    _reranker(272725717, "Rerank_English_v1", "The one before, for English."),
)


def _llm(number: int, name: str, context_limit: int, *, default: bool = False, image: bool = False) -> LLM:
    return {
        "id": f"llm_{number}",
        "name": name,
        "description": f"Plays {name}.",
        "enabled": True,
        "default": default,
        "capabilities": {
            "image_support": image,
            "context_limit": context_limit,
            "tool_calling": name.startswith("gpt"),
            "structured_outputs": image,
            "requires_role_alternation": False,
        },
        "ownership": "platform",
    }


_LLMS: Sequence[LLM] = (
    _llm(1, "mockingbird-2.0", 32_768, default=True),
    _llm(2, "gpt-3.5-turbo", 16_385),
    _llm(3, "gpt-4", 8_192),
    _llm(4, "gpt-4-turbo", 128_000),
    _llm(5, "gpt-4o", 128_000, image=True),
)


def _preset(number: int, name: str, llm_name: str, *, default: bool = False) -> GenerationPreset:
    return {
        "id": f"pmt_{number}",
        "name": name,
        "description": f"Answers with {llm_name} from cited sources.",
        "llm_name": llm_name,
        "prompt_template": PROMPT,
        "max_used_search_results": USED_RESULTS,
        "max_tokens": MAX_TOKENS,
        "temperature": 0.0,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
        "enabled": True,
        "default": default,
    }


_PRESETS: Sequence[GenerationPreset] = (
    _preset(1, "mockingbird-2.0", "mockingbird-2.0", default=True),
    _preset(2, "vectara-summary-ext-24-05-sml", "gpt-3.5-turbo"),
    _preset(3, "vectara-summary-ext-24-05-med", "gpt-4"),
    _preset(4, "vectara-summary-ext-24-05-med-omni", "gpt-4o"),
    _preset(5, "vectara-summary-ext-24-05-large", "gpt-4-turbo"),
    _preset(6, "vectara-summary-table-query-ext-dec-2024-gpt-4o", "gpt-4o"),
    _preset(7, "vectara-summary-ext-v1.2.0", "gpt-3.5-turbo"),
    _preset(8, "vectara-summary-ext-v1.3.0", "gpt-4"),
)
PRESET_IDS = frozenset(preset["id"] for preset in _PRESETS)
DEFAULT_PRESET = next(preset["id"] for preset in _PRESETS if preset["default"])
"""The default of an account that has no other."""
_TABLE_EXTRACTORS: Sequence[TableExtractor] = (
    {"name": "textract", "is_default": True, "description": "Reads tables out of documents."},
)
_CORRECTORS: Sequence[HallucinationCorrector] = tuple(
    {"id": f"hcm_{number}", "name": name, "type": "vectara", "description": told, "enabled": True}
    for number, name, told in (
        (1, "vhc-small-1.0", "Corrects quickly."),
        (2, "vhc-large-1.0", "Corrects thoroughly."),
    )
)
_ROWS: Sequence[tuple[Kind[Any], Sequence[Any]]] = (
    (ENCODERS, _ENCODERS),
    (RERANKERS, _RERANKERS),
    (LLMS, _LLMS),
    (GENERATION_PRESETS, _PRESETS),
    (TABLE_EXTRACTORS, _TABLE_EXTRACTORS),
    (HALLUCINATION_CORRECTORS, _CORRECTORS),
    (TOOLS, TOOLS_OF_THE_PLATFORM),
)


def begin(world: World) -> None:
    """Put all of it into a new world, before its fixture."""
    for kind, rows in _ROWS:
        for row in rows:
            world.store.table(kind).add(row)
