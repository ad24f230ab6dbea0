"""Queries of v1 as requests of v2. Nothing is looked up here but corpora by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.kinds import CORPORA
from understudy.apis.vectara.v1.bounds import LONGEST_FILTER, LONGEST_QUERY, MOST_CORPORA
from understudy.apis.vectara.v1.statuses import Refused
from understudy.apis.vectara.wire import Corpus
from understudy.state.store import Store

Json = dict[str, Any]
DEFAULT_RESULTS = 10
MMR_RERANKER = 272725718
_SEMANTICS = {0: "default", 1: "query", 2: "response"}
_LANGUAGES = {
    "en": "eng", "de": "deu", "fr": "fra", "zh": "zho", "ko": "kor", "ar": "ara", "ru": "rus", "th": "tha",
    "nl": "nld", "it": "ita", "pt": "por", "es": "spa", "ja": "jpn", "pl": "pol", "tr": "tur", "vi": "vie",
    "id": "ind", "cs": "ces", "uk": "ukr", "el": "ell", "he": "heb", "fa": "fas", "hi": "hin", "ur": "urd",
    "sv": "swe", "bn": "ben", "ms": "msa", "ro": "ron",
}  # fmt: skip
_MODEL = {
    "maxTokens": "max_tokens",
    "temperature": "temperature",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
}


def request(query: Mapping[str, Any], corpora: Mapping[int, Corpus], customer: int) -> Json:
    """The body of `/v2/query` that asks the same, without a summary; Refused says why there is none."""
    text = query.get("query", "")
    if not text.strip():
        raise Refused("QRY__MISSING_QUERY", "the query is empty")
    if len(text) > LONGEST_QUERY:
        raise Refused("INVALID_ARGUMENT", f"a query has at most {LONGEST_QUERY} characters")
    keys = query.get("corpusKey") or []
    if not keys:
        raise Refused("QRY__MISSING_CORPUS", "the query names no corpus")
    if len(keys) > MOST_CORPORA:
        raise Refused("QRY__TOO_MANY_CORPORA", f"a query names at most {MOST_CORPORA} corpora")
    search: Json = {
        "corpora": [_corpus(key, corpora, customer) for key in keys],
        "offset": query.get("start", 0),
        "limit": query.get("numResults") or DEFAULT_RESULTS,
        "reranker": _reranker(query.get("rerankingConfig") or {}),
    }
    context = _context(query.get("contextConfig") or {})
    if context:
        search["context_configuration"] = context
    return {"query": text, "search": search}


def generation(summary: Mapping[str, Any]) -> Json:
    """The member `generation` for one summary; Refused for a language that there is none of."""
    made: Json = {
        "response_language": _language(summary.get("responseLang", "")),
        "enable_factual_consistency_score": summary.get("factualConsistencyScore", False),
    }
    for old, new in (
        ("summarizerPromptName", "generation_preset_name"),
        ("maxSummarizedResults", "max_used_search_results"),
        ("promptText", "prompt_template"),
        ("responseChars", "max_response_characters"),
    ):
        if summary.get(old):
            made[new] = summary[old]
    model = summary.get("modelParams") or {}
    if model:
        made["model_parameters"] = {new: model[old] for old, new in _MODEL.items() if old in model}
    if summary.get("citationParams"):
        made["citations"] = _citations(summary["citationParams"])
    return made


def by_number(store: Store) -> Mapping[int, Corpus]:
    """The corpora of a world by the numbers in their ids: `crp_7` is 7."""
    table = store.table(CORPORA)
    return table.derived("by_number", lambda t: {number_of(one.value): one.value for one in t.records()})


def number_of(corpus: Corpus) -> int:
    """What v1 calls a corpus."""
    return int(corpus["id"].partition("_")[2])


def _corpus(key: Mapping[str, Any], corpora: Mapping[int, Corpus], customer: int) -> Json:
    if key.get("customerId", 0) not in (0, customer):
        raise Refused("INVALID_CUSTOMER_ID", f"there is no customer {key['customerId']} here")
    number = key.get("corpusId", 0)
    corpus = corpora.get(number)
    if corpus is None:
        raise Refused("INVALID_CORPUS_ID", f"there is no corpus {number}")
    if not corpus["enabled"]:
        raise Refused("QRY__DISABLED_CORPUS", f"corpus {number} is disabled")
    semantics = key.get("semantics", 0)
    made: Json = {
        "corpus_key": corpus["key"],
        "semantics": _SEMANTICS.get(semantics) or str(semantics).lower(),
    }
    condition = key.get("metadataFilter", "")
    if len(condition) > LONGEST_FILTER:
        raise Refused("INVALID_ARGUMENT", f"a filter has at most {LONGEST_FILTER} characters")
    if condition:
        made["metadata_filter"] = condition
    share = (key.get("lexicalInterpolationConfig") or {}).get("lambda")
    if share:
        made["lexical_interpolation"] = share
    if key.get("dim"):
        made["custom_dimensions"] = {one.get("name", ""): one.get("weight", 0.0) for one in key["dim"]}
    return made


def _reranker(config: Mapping[str, Any]) -> Json:
    """v1 reranks when it is told to, v2 unless it is told not to."""
    number = config.get("rerankerId", 0)
    if number == 0:
        return {"type": "none"}
    if number == MMR_RERANKER:
        return {"type": "mmr", "diversity_bias": (config.get("mmrConfig") or {}).get("diversityBias", 0.0)}
    return {"type": "customer_reranker", "reranker_id": f"rnk_{number}"}


def _context(config: Mapping[str, Any]) -> Json:
    """v2 counts in sentences once it is told any, so 0 is left out; v1 cannot tell it from absent."""
    members = {
        "characters_before": max(0, config.get("charsBefore", 0)),
        "characters_after": max(0, config.get("charsAfter", 0)),
        "sentences_before": max(0, config.get("sentencesBefore", 0)),
        "sentences_after": max(0, config.get("sentencesAfter", 0)),
        "start_tag": config.get("startTag"),
        "end_tag": config.get("endTag"),
    }
    return {name: value for name, value in members.items() if value}


def _language(stated: str) -> str:
    code = stated.lower() or "auto"
    found = _LANGUAGES.get(code, code)
    if found != "auto" and found not in _LANGUAGES.values():
        raise Refused("QRY__SMRY__INVALID_SUMMARY_LANG", f"there is no language '{stated}'")
    return found


def _citations(given: Mapping[str, Any]) -> Json:
    style = given.get("style", "NUMERIC")
    if style in ("HTML", "MARKDOWN") and not given.get("urlPattern"):
        raise Refused("INVALID_ARGUMENT", f"citations of the style {style} need a urlPattern")
    made: Json = {"style": style.lower()}
    if given.get("urlPattern"):
        made["url_pattern"] = given["urlPattern"]
    if given.get("textPattern"):
        made["text_pattern"] = given["textPattern"]
    return made
