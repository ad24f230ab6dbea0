"""The fixture `support-desk`: it loads; filters, tables, the image, custom dimensions and keys work."""

from __future__ import annotations

import base64
import subprocess
import sys
from string import ascii_lowercase
from typing import Any

import httpx
import pytest

from understudy.pytest_plugin import Understudy

from .conftest import all_pages, found, ids, read, refused

pytestmark = pytest.mark.understudy(fixture="support-desk")

CORPORA = ("help", "manuals", "tickets")
TYPES = {"text", "integer", "real_number", "boolean", "list[text]", "list[integer]", "list[real_number]"}


def documents(api: httpx.Client, corpus_key: str, **parameters: Any) -> list[dict[str, Any]]:
    pages = all_pages(api, f"/v2/corpora/{corpus_key}/documents", "documents", limit=20, **parameters)
    return [document for page in pages for document in page]


def test_it_holds_three_corpora_of_many_small_documents(api: httpx.Client) -> None:
    assert sorted(c["key"] for c in read(api, "/v2/corpora")["corpora"]) == sorted(CORPORA)
    counts = [
        len(read(api, f"/v2/corpora/{key}/documents/{document['id']}")["parts"])
        for key in CORPORA
        for document in documents(api, key)
    ]
    assert len(counts) >= 60
    assert sum(3 <= count <= 12 for count in counts) > 0.9 * len(counts)


def test_its_filter_attributes_have_every_type_on_both_levels(api: httpx.Client) -> None:
    declared = [a for key in CORPORA for a in read(api, f"/v2/corpora/{key}")["filter_attributes"]]
    for level in ("document", "part"):
        assert {attribute["type"] for attribute in declared if attribute["level"] == level} == TYPES


@pytest.mark.parametrize(
    ("corpus_key", "wanted", "expected"),
    [
        ("help", "doc.topic = 'batteries'", {"batteries-last-longer", "dispose-of-batteries"}),
        ("help", "doc.revision >= 11", {"delivery-times-and-costs", "release-notes"}),
        ("help", "doc.helpfulness > 0.905", {"how-refunds-work", "delivery-times-and-costs"}),
        ("help", "doc.public = false", {"goodwill"}),
        ("help", "'dusk' IN doc.products and doc.topic = 'returns'", {"return-faulty", "exchanges"}),
        ("help", "2021 IN doc.reviewed", {"warranty-terms"}),
        ("help", "12.0 IN doc.prices", {"delivery-times-and-costs"}),
        ("tickets", "doc.resolved = false", {"t-1017"}),
        ("tickets", "doc.priority = 1 and doc.hours_open > 24", {"t-1008", "t-1015"}),
        ("tickets", "'invoice' IN doc.tags", {"t-1011"}),
    ],
)
def test_documents_are_filtered(api: httpx.Client, corpus_key: str, wanted: str, expected: set[str]) -> None:
    assert {d["id"] for d in documents(api, corpus_key, metadata_filter=wanted)} == expected


@pytest.mark.parametrize(
    ("corpus_key", "wanted", "expected"),
    [
        ("manuals", "part.chapter = 'Solar panel'", {"rill-quad-installation"}),
        ("manuals", "part.page > 16 and doc.product = 'rill'", {"rill-leaks"}),
        ("manuals", "part.minutes > 15.5", {"gable-mounting", "rill-quad-installation", "knoll-reset"}),
        ("manuals", "part.safety = true and doc.product = 'knoll'", {"knoll-setup"}),
        ("manuals", "'D2' IN part.models and doc.edition = 1", {"dusk-charging", "dusk-groups"}),
        ("manuals", "42 IN part.codes", {"knoll-lights", "error-codes"}),
        ("manuals", "3.7 IN part.volts", {"rill-quad-installation", "dusk-charging"}),
        ("help", "part.audience = 'staff'", {"goodwill"}),
        ("tickets", "part.internal = true and 'lost' IN doc.tags", {"t-1013"}),
        ("tickets", "part.author = 'customer' and doc.product = 'plus'", {"t-1007"}),
    ],
)
def test_parts_are_filtered(api: httpx.Client, corpus_key: str, wanted: str, expected: set[str]) -> None:
    every_word = " ".join(f"{letter}*" for letter in ascii_lowercase)
    results = found(api, corpus_key, every_word, lexical_interpolation=1, metadata_filter=wanted, limit=300)
    assert set(ids(results)) == expected


def test_a_table_is_found_by_its_rows_and_comes_with_the_result(api: httpx.Client) -> None:
    best = found(api, "help", "standard shipping to Norway and Switzerland")[0]
    assert best["document_id"] == "delivery-times-and-costs"
    assert best["text"].startswith("Zone: 3, Countries: Norway")
    assert best["part_metadata"]["vectara"] == {"table_id": "shipping-zones", "row_num": 2}
    assert best["table"]["title"] == "Shipping zones"
    assert len(best["table"]["data"]["rows"]) == 3
    own = [r for r in found(api, "manuals", "green means online, blue waits to be set up") if "table" in r]
    assert own[0]["table"]["id"] == "light-signals"


def test_the_image_comes_with_its_part_and_its_bytes_are_a_picture(api: httpx.Client) -> None:
    best = found(api, "manuals", "the light on the front has five colours")[0]
    assert best["image"]["id"] == "front"
    image = read(api, "/v2/corpora/manuals/documents/knoll-lights/images/front")
    assert image["image_data"]["mime_type"] == "image/png"
    assert base64.b64decode(image["image_data"]["data"]).startswith(b"\x89PNG\r\n\x1a\n")


def test_custom_dimensions_move_popular_articles_up(api: httpx.Client) -> None:
    def order(**search: Any) -> list[str]:
        return ids(found(api, "help", "return label", reranker={"type": "none"}, **search))

    assert order()[0] == "return-faulty"
    assert order(custom_dimensions={"popularity": 2.0})[0] == "return-a-product"
    assert order(custom_dimensions={"urgency": 2.0})[0] == "cancel-order"
    refused(
        api.post(
            "/v2/corpora/manuals/query",
            json={"query": "x", "search": {"custom_dimensions": {"popularity": 1}}},
        ),
        400,
        "body.search.custom_dimensions.popularity",
    )


@pytest.mark.parametrize(
    ("key", "corpus_key", "query", "write"),
    [
        ("zqt_understudy", "help", 200, 403),
        ("zqt_understudy", "manuals", 200, 403),
        ("zqt_understudy", "tickets", 403, 403),
        ("zwt_understudy", "tickets", 200, 201),
        ("zwt_understudy", "help", 403, 403),
        ("zut_understudy", "tickets", 200, 201),
    ],
)
def test_its_keys_open_their_corpora_alone(
    understudy: Understudy, key: str, corpus_key: str, query: int, write: int
) -> None:
    document = {"id": "new", "type": "core", "document_parts": [{"text": "A new one."}]}
    with understudy.client(x_api_key=f"{key}@{understudy.world}") as client:
        assert client.get(f"/v2/corpora/{corpus_key}/query", params={"query": "hub"}).status_code == query
        assert client.post(f"/v2/corpora/{corpus_key}/documents", json=document).status_code == write


def test_its_app_client_gets_a_token(understudy: Understudy) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": f"understudy@{understudy.world}",
        "client_secret": "understudy-secret",
    }
    answer = httpx.post(f"{understudy.url}/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    token = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert len(httpx.get(f"{understudy.url}/v2/corpora", headers=token).json()["corpora"]) == 3


def test_a_question_is_answered_from_it(api: httpx.Client) -> None:
    asked = {"query": "How long is the warranty of a device?", "generation": {}}
    answer = api.post("/v2/corpora/help/query", json=asked).json()
    assert (
        "Every Wrenfold device has a warranty of three years from the date of delivery. ["
        in answer["summary"]
    )
    assert answer["factual_consistency_score"] > 0.9


def test_its_conversations_quote_its_documents(api: httpx.Client) -> None:
    """Every answer without its citations stands in a part of the corpora that it is about."""
    parts = {
        key: " ".join(
            part["text"]
            for document in documents(api, key)
            for part in read(api, f"/v2/corpora/{key}/documents/{document['id']}")["parts"]
        )
        for key in CORPORA
    }
    chats = read(api, "/v2/chats")["chats"]
    assert [chat["id"] for chat in chats] == ["cht_frost", "cht_hub", "cht_refund"]
    turns = [turn for chat in chats for turn in read(api, f"/v2/chats/{chat['id']}/turns")["turns"]]
    assert len(turns) == 6
    for turn in turns:
        quoted = turn["answer"].removesuffix(" [1]")
        assert any(quoted in parts[key] for key in ("help", "manuals")), quoted


def test_its_history_tells_what_was_asked_in_its_chats(api: httpx.Client) -> None:
    history = [read(api, f"/v2/queries/{one['id']}") for one in read(api, "/v2/queries")["queries"]]
    assert len(history) == 4
    first = {
        chat["id"]: (chat["first_query"], chat["first_answer"]) for chat in read(api, "/v2/chats")["chats"]
    }
    for entry in history:
        if "chat_id" in entry:
            generated = [span["generation"] for span in entry["spans"] if span["type"] == "generation"]
            assert (entry["query"]["query"], generated[0]) == first[entry["chat_id"]]
    ticket = next(entry for entry in history if "chat_id" not in entry)
    assert [c["corpus_key"] for c in ticket["query"]["search"]["corpora"]] == ["tickets"]
    asked = {"query": ticket["query"]["query"], "search": ticket["query"]["search"]}
    again = api.post("/v2/query", json=asked)
    assert again.json()["search_results"][0]["document_id"] == "t-1013"


def test_it_loads_without_the_language_model() -> None:
    """Which takes longer to load than everything else that a start does."""
    code = (
        "import sys; from understudy.app import create_server; from understudy.settings import Settings; "
        "create_server(Settings(fixture='support-desk')).close(); print('py3langid' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"
