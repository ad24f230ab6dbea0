"""Large things stay right: a document of a million characters, a corpus of ten thousand documents."""

from __future__ import annotations

import httpx

from tests.apis.vectara.conftest import all_pages, ask, core, found, ids, make_corpus, put, read, structured
from understudy.apis.vectara.index import add_document
from understudy.apis.vectara.kinds import CORPORA
from understudy.pytest_plugin import Understudy
from understudy.state.world import World

CHARACTERS = 1_000_000
DOCUMENTS = 10_000
NEEDLE = "The lighthouse keeper polishes the brass lens every morning."


def test_a_document_of_a_million_characters(api: httpx.Client) -> None:
    make_corpus(api, "long")
    filler = "".join(
        f"Shipment {number} left the depot and reached its harbour. " for number in range(18_500)
    )
    half = len(filler) // 2
    cut = filler.index("Shipment", half)
    text = f"{filler[:cut]}{NEEDLE} {filler[cut:]}"
    assert len(text) > CHARACTERS
    made = put(api, "long", structured("ledger", text))

    (best, *_) = found(api, "long", "who polishes the lens of the lighthouse", limit=3)
    assert best["text"] == NEEDLE
    assert text[best["part_metadata"]["offset"] :][: best["part_metadata"]["len"]] == NEEDLE
    (around, *_) = found(
        api, "long", "who polishes the lens of the lighthouse",
        context_configuration={"sentences_before": 1, "sentences_after": 1},
    )  # fmt: skip
    place = text.index(NEEDLE)
    assert around["text"] in text
    assert NEEDLE in around["text"]
    assert around["text"].count("Shipment") == 2
    assert around["text"].startswith("Shipment")
    assert around["text"].endswith(text[place + len(NEEDLE) + 1 :].split(".")[0] + ".")

    stored = read(api, "/v2/corpora/long/documents/ledger")
    assert len(stored["parts"]) == 18_501
    size = api.post("/v2/corpora/long/compute_size").json()
    assert (size["used_docs"], size["used_parts"]) == (1, 18_501)
    assert size["used_characters"] == sum(len(part["text"]) for part in stored["parts"])
    assert made["storage_usage"]["bytes_used"] == size["used_characters"]  # all of it is ASCII


def fill(world: World) -> None:
    corpus = world.store.table(CORPORA).get("many")
    for number in range(DOCUMENTS):
        text = f"Parcel {number} holds {number % 97} lamps for shelf {number % 13}."
        add_document(world, corpus, core(f"parcel-{number:05d}", text, metadata={"shelf": number % 13}))


def test_ten_thousand_documents(api: httpx.Client, understudy: Understudy) -> None:
    shelf = {"name": "shelf", "level": "document", "type": "integer"}
    make_corpus(api, "many", filter_attributes=[shelf])
    understudy.look(fill)

    pages = all_pages(api, "/v2/corpora/many/documents", "documents", limit=1000)
    listed = [document["id"] for page in pages for document in page]
    assert len(pages) == 10
    assert listed == [f"parcel-{number:05d}" for number in range(DOCUMENTS)]

    assert ids(found(api, "many", "Parcel 7731", limit=1, lexical_interpolation=0.1)) == ["parcel-07731"]
    filtered = {"limit": 2000, "metadata_filter": "doc.shelf = 4", "reranker": {"type": "none"}}
    on_shelf = ask(api, "many", "lamps on the shelf", search=filtered)["search_results"]
    assert len({result["document_id"] for result in on_shelf}) == DOCUMENTS // 13
    assert {result["document_metadata"]["shelf"] for result in on_shelf} == {4}

    put(api, "many", core("late", NEEDLE))
    assert ids(found(api, "many", "lighthouse keeper", limit=1)) == ["late"]
    assert api.delete("/v2/corpora/many/documents/late").status_code == 204
    assert "late" not in ids(found(api, "many", "lighthouse keeper", limit=10))
    assert read(api, "/v2/corpora/many")["limits"]["used_docs"] == DOCUMENTS
