"""Generated bulk data: core documents by a recipe, the same for the same seed."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara.index import add_document
from understudy.apis.vectara.kinds import CORPORA
from understudy.state.world import World


def seed_bulk(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `bulk`: `{corpus_key, documents, parts=1, sentences=3, prefix=bulk}`."""
    from faker import Faker  # deferred: only worlds with generated data pay for it

    faker = Faker("en_US")
    faker.seed_instance(world.seed)
    corpus = world.store.table(CORPORA).get(row["corpus_key"])
    prefix = row.get("prefix", "bulk")
    for number in range(1, row["documents"] + 1):
        parts = [
            {"text": " ".join(faker.sentences(row.get("sentences", 3)))} for _ in range(row.get("parts", 1))
        ]
        add_document(world, corpus, {"id": f"{prefix}-{number}", "type": "core", "document_parts": parts})
