"""The kinds of records that several modules of this API read."""

from __future__ import annotations

from typing import Any

from understudy.errors import Forbidden
from understudy.state.store import Kind, Store

CORPORA: Kind[dict[str, Any]] = Kind("corpus", key="key")
DOCUMENTS: Kind[dict[str, Any]] = Kind("document", noun="document id")
"""Documents, one table per corpus key. Clients read `document id '<id>'` out of the 409."""
JOBS: Kind[dict[str, Any]] = Kind("job")


def enabled_corpus(store: Store, corpus_key: str) -> dict[str, Any]:
    """A corpus to query and write to; 404 when there is none, 403 when it is disabled (guess)."""
    corpus = store.table(CORPORA).get(corpus_key)
    if not corpus["enabled"]:
        raise Forbidden(f"Corpus {corpus_key} is disabled")
    return corpus
