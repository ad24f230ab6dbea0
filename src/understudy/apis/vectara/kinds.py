"""The kinds of records that several modules of this API read."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara.wire import (
    LLM,
    Chat,
    Corpus,
    Document,
    Encoder,
    GenerationPreset,
    HallucinationCorrector,
    Job,
    QueryHistory,
    Reranker,
    TableExtractor,
    Turn,
)
from understudy.errors import Forbidden
from understudy.state.lifecycle import share_done
from understudy.state.store import Kind, Record, Store
from understudy.state.world import World

CORPORA: Kind[Corpus] = Kind("corpus", key="key")
DOCUMENTS: Kind[Document] = Kind("document", noun="document id")
"""Documents, one table per corpus key. Clients read `document id '<id>'` out of the 409."""
JOBS: Kind[Job] = Kind("job")
API_KEYS: Kind[dict[str, Any]] = Kind("api_key", noun="API key")
APP_CLIENTS: Kind[dict[str, Any]] = Kind("app_client", noun="app client")
USERS: Kind[dict[str, Any]] = Kind("user", key="username")

ROLE_LISTS = ("api_roles", "corpus_roles", "agent_roles")
"""Members that give roles to whoever holds a credential, see `roles`."""
CHATS: Kind[Chat] = Kind("chat")
TURNS: Kind[Turn] = Kind("turn")
"""Turns, one table per chat id."""
QUERY_HISTORY: Kind[QueryHistory] = Kind("query_history", noun="query")
ENCODERS: Kind[Encoder] = Kind("encoder")
RERANKERS: Kind[Reranker] = Kind("reranker")
LLMS: Kind[LLM] = Kind("llm", noun="model")
GENERATION_PRESETS: Kind[GenerationPreset] = Kind("generation_preset", noun="preset")
TABLE_EXTRACTORS: Kind[TableExtractor] = Kind("table_extractor", key="name", noun="table extractor")
HALLUCINATION_CORRECTORS: Kind[HallucinationCorrector] = Kind("hallucination_corrector", noun="corrector")
AGENTS: Kind[dict[str, Any]] = Kind("agent", key="key")
AGENT_SESSIONS: Kind[dict[str, Any]] = Kind("agent_session", key="key", noun="session")
"""Sessions, one table per agent key."""
AGENT_EVENTS: Kind[dict[str, Any]] = Kind("agent_event", noun="event")
ARTIFACTS: Kind[dict[str, Any]] = Kind("artifact", key="artifact_id")
"""Events and artifacts, one table per agent key and session key."""
INSTRUCTIONS: Kind[dict[str, Any]] = Kind("instruction")
TOOLS: Kind[dict[str, Any]] = Kind("tool")
TOOL_SERVERS: Kind[dict[str, Any]] = Kind("tool_server", noun="tool server")
PIPELINES: Kind[dict[str, Any]] = Kind("pipeline", key="key")
PIPELINE_RUNS: Kind[dict[str, Any]] = Kind("pipeline_run", noun="run")
DEAD_LETTERS: Kind[dict[str, Any]] = Kind("pipeline_dead_letter", noun="dead letter")
"""Runs and dead letters, one table per pipeline key."""
GLOSSARIES: Kind[dict[str, Any]] = Kind("glossary", key="key")
GLOSSARY_ENTRIES: Kind[dict[str, Any]] = Kind("glossary_entry", key="term", noun="term")
"""Entries, one table per glossary key."""


def free_id(world: World, kind: Kind[Any], prefix: str) -> str:
    """`aky_1`, `aky_2`, ...: the next one that no record has, since fixtures may choose ids."""
    records = world.store.table(kind)
    while (found := world.ids.numbered(prefix)) in records:
        continue
    return found


def enabled_corpus(store: Store, corpus_key: str) -> Corpus:
    """A corpus to query and write to; 404 when there is none, 403 when it is disabled (guess)."""
    corpus = store.table(CORPORA).get(corpus_key)
    if not corpus["enabled"]:
        raise Forbidden(f"Corpus {corpus_key} is disabled")
    return corpus


def is_searchable(record: Record[Document], now: int) -> bool:
    """Whether the `indexing` dial has let a document into the search index by `now`, in milliseconds."""
    progress = record.private.get("indexing")
    return progress is None or share_done(progress, now) >= 1
