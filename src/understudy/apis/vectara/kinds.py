"""The kinds of records that several modules of this API read."""

from __future__ import annotations

from understudy.apis.vectara.wire import Corpus, Document, Job
from understudy.errors import Forbidden
from understudy.state.lifecycle import share_done
from understudy.state.store import Kind, Record, Store

CORPORA: Kind[Corpus] = Kind("corpus", key="key")
DOCUMENTS: Kind[Document] = Kind("document", noun="document id")
"""Documents, one table per corpus key. Clients read `document id '<id>'` out of the 409."""
JOBS: Kind[Job] = Kind("job")


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
