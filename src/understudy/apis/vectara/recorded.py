"""What recorded calls have made, as rows of a fixture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.definition import Rows

KEYS: Rows = {
    "api_keys": [{"name": "Understudy", "api_key_role": "personal", "secret_key": "zut_understudy"}],
    "app_clients": [{"name": "Understudy", "client_id": "understudy", "client_secret": "understudy-secret"}],
}
"""What every such fixture begins with."""


def note(rows: Rows, operation: str, path: Mapping[str, str], body: Any, answer: Any) -> None:
    """Put what a successful call made into the rows, or take out what it removed."""
    if operation == "createCorpus" and isinstance(body, dict):
        rows.setdefault("corpora", []).append(body)
    elif operation == "createCorpusDocument" and isinstance(body, dict):
        if any(one.get("key") == path["corpus_key"] for one in rows.get("corpora", ())):
            rows.setdefault("documents", []).append({"corpus_key": path["corpus_key"], **body})
    elif operation == "deleteCorpus":
        _without(rows, "corpora", key=path["corpus_key"])
        _without(rows, "documents", corpus_key=path["corpus_key"])
    elif operation == "resetCorpus":
        _without(rows, "documents", corpus_key=path["corpus_key"])
    elif operation == "deleteCorpusDocument":
        _without(rows, "documents", corpus_key=path["corpus_key"], id=path["document_id"])


def _without(rows: Rows, section: str, **wanted: str) -> None:
    if section in rows:
        rows[section] = [row for row in rows[section] if any(row.get(k) != v for k, v in wanted.items())]
