"""Semantic search: what is found where, in which order, and at what price, in both forms of answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client, change_account, client_of
from tests.unit.behaviours.passages import PASSAGES, QUESTIONS
from understudy.apis.aivax import search
from understudy.apis.aivax.kinds import ACCOUNTS, COLLECTION_DOCUMENTS
from understudy.pytest_plugin import Understudy
from understudy.settings import data_directory

QUERY = "/api/v1/query"
COLLECTIONS = "/api/v1/collections"
HANDBOOK = "01941f29-7c00-7000-a000-000000000021"
NEXT_DOOR = "01941f29-7c00-7000-a000-000000000022"
RERANKERS = ("none", "lexical", "rrf", "smart")
LEAVE = "How many days of paid leave do employees have?"


def ask(api: Client, term: str | list[str], *collections: str, **more: Any) -> list[dict[str, Any]]:
    named = {"term": term} if isinstance(term, str) else {"terms": term}
    found: list[dict[str, Any]] = api.post(QUERY, {**named, "collections": collections or [HANDBOOK], **more})
    scores = [result["score"] for result in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    return found


def names(found: list[dict[str, Any]]) -> list[str]:
    return [result["documentName"] for result in found]


def collection(api: Client, name: str, texts: dict[str, str]) -> str:
    """A new collection of these documents; its id."""
    made = str(api.post(COLLECTIONS, {"collectionName": name})["collectionId"])
    lines = "\n".join(json.dumps({"docid": docid, "text": text}) for docid, text in texts.items())
    files = {"documents": ("texts.jsonl", lines.encode())}
    assert api.ask("POST", f"{COLLECTIONS}/{made}/documents", files=files)["skipped"] == 0
    return made


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.clock.millis(), world.store.dump()))


# What is found


def test_a_result_holds_the_whole_document(api: Client) -> None:
    result, *_ = ask(api, LEAVE, reranker="none")
    document = api.get(f"{COLLECTIONS}/{HANDBOOK}/documents/{result['documentId']}")
    assert result == {
        "collectionId": HANDBOOK,
        "documentId": document["id"],
        "documentName": "holidays",
        "documentContent": document["contents"],
        "score": result["score"],
        "metadata": {"year": 2024},
        "referencedDocuments": [],
    }
    assert 0.4 < result["score"] < 1


@pytest.mark.parametrize(
    ("term", "name"),
    [
        (LEAVE, "holidays"), ("unused days", "holidays"), ("refund", "refunds"), ("kiln", "kiln-safety"),
        ("Can I return a broken lantern?", "returns"), ("who checks the gloves", "kiln-safety"),
        ("train or plane", "travel"), ("serial number", "warranty"),
        ("how long is the frame guaranteed", "warranty"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reranker", RERANKERS)
def test_sensible_queries_find_their_document(api: Client, term: str, name: str, reranker: str) -> None:
    assert names(ask(api, term, reranker=reranker))[0] == name


@pytest.mark.parametrize(
    "term",
    [
        "quantum entanglement", "recipe for chocolate cake", "zebra", "guitar chords", "?!",
        "symptoms of influenza", "What is the capital of France?", "kubernetes pod restart policy",
    ],
)  # fmt: skip
def test_what_has_nothing_to_do_with_the_documents_finds_nothing(api: Client, term: str) -> None:
    assert ask(api, term) == []


def test_questions_find_their_passages_with_the_defaults(api: Client) -> None:
    passages = collection(api, "Passages", PASSAGES)
    ranks = [[*names(ask(api, q, passages)), expected].index(expected) for q, expected, _ in QUESTIONS]
    found = [expected in names(ask(api, q, passages)) for q, expected, _ in QUESTIONS]
    assert sum(found) >= 48
    assert sum(rank == 0 for rank in ranks) >= 46


def test_of_a_long_text_the_best_part_decides(api: Client) -> None:
    filler = "Shipments leave the depot at noon and reach the harbour by night. " * 60
    needle = "The lighthouse keeper polishes the brass lens every morning."
    made = collection(
        api, "Long", {"alone": needle, "within": f"{filler}\n{needle}\n{filler}", "other": filler}
    )
    alone, within = ask(api, "who polishes the lens of the lighthouse", made, reranker="none")
    assert (alone["documentName"], within["documentName"]) == ("alone", "within")
    assert within["score"] > 0.7 * alone["score"]
    assert within["documentContent"].count(needle) == 1


def test_a_text_is_most_like_itself(api: Client) -> None:
    made = collection(api, "Pair", {"a": "The tide is high at noon.", "b": "The tide is low at dusk."})
    best, second = ask(api, "The tide is low at dusk.", made, reranker="none")
    assert (best["documentName"], best["score"]) == ("b", 1)
    assert second["score"] < 1


def test_only_indexed_documents_are_found(api: Client, understudy: Understudy) -> None:
    everything = {"minScore": 0.01, "top": 128}
    assert "old-holidays" not in names(ask(api, "24 days of paid leave until 2019", **everything))
    understudy.lifecycle(dials={"indexing": {"pace": "polls", "amount": 2}})
    api.put(f"{COLLECTIONS}/{HANDBOOK}/documents", {"name": "zebras", "contents": "Zebras graze at dusk."})
    assert "zebras" not in names(ask(api, "zebras", **everything))
    assert names(ask(api, "zebras")) == ["zebras"]


def test_a_change_is_seen_at_once(api: Client) -> None:
    documents = f"{COLLECTIONS}/{HANDBOOK}/documents"
    assert ask(api, "zebras") == []
    made = api.put(documents, {"name": "zebras", "contents": "Zebras graze at dusk."})
    assert names(ask(api, "zebras")) == ["zebras"]
    api.put(documents, {"name": "zebras", "contents": "Nothing of the kind."})
    assert ask(api, "zebras") == []
    api.put(documents, {"name": "zebras", "contents": "Zebras graze at dusk.", "metadata": {"n": 1}})
    assert ask(api, "zebras")[0]["metadata"] == {"n": 1}
    api.delete(f"{documents}/{made['documentId']}")
    assert ask(api, "zebras") == []


def test_worlds_share_one_index_until_they_differ(understudy: Understudy) -> None:
    with client_of(understudy) as http:
        ask(Client(http, "bare"), LEAVE)

    def views(world: Any) -> tuple[Any, Any]:
        twin = world.fork("twin").store
        one, two = (store.table(COLLECTION_DOCUMENTS, HANDBOOK) for store in (world.store, twin))
        return one.derived("view", lambda table: None), two.derived("view", lambda table: None)

    one, two = understudy.look(views)
    assert one is two
    assert one is not None


# Limits of a search


def test_top_is_how_many_come_at_most(api: Client) -> None:
    texts = {f"parcel {number:03}": f"A parcel with {number} lamps." for number in range(140)}
    made = collection(api, "Parcels", texts)
    assert len(ask(api, "parcel with lamps", made)) == 5
    for top in (1, 7, 128):
        assert len(ask(api, "parcel with lamps", made, top=top)) == top


@pytest.mark.parametrize("reranker", RERANKERS)
def test_the_least_score_counts_before_reranking(api: Client, reranker: str) -> None:
    everything = ask(api, "unused days of a return", reranker="none", minScore=0.01, top=128)
    assert len(everything) > 3
    least = everything[2]["score"]
    kept = ask(api, "unused days of a return", reranker=reranker, minScore=least, top=128)
    assert sorted(names(kept)) == sorted(names(everything[:3]))
    assert ask(api, "unused days of a return", reranker=reranker, minScore=0.99) == []


def test_equals_come_in_order_of_their_ids(api: Client) -> None:
    same = "A parcel with lamps."
    one, two = (collection(api, name, {"b": same, "a": same}) for name in ("One", "Two"))
    for reranker in ("none", "lexical", "smart"):
        found = ask(api, "parcel with lamps", two, one, reranker=reranker)
        assert [result["documentId"] for result in found] == sorted(r["documentId"] for r in found)
        assert names(found) == ["b", "a", "b", "a"]


# Terms and collections


@pytest.mark.parametrize("reranker", RERANKERS)
def test_several_terms_are_a_union_with_the_best_score(api: Client, reranker: str) -> None:
    apart = [ask(api, term, reranker=reranker) for term in (LEAVE, "serial number", "unused days")]
    best: dict[str, float] = {}
    for result in (result for found in apart for result in found):
        best[result["documentName"]] = max(result["score"], best.get(result["documentName"], 0))
    together = ask(api, [LEAVE, "serial number", "unused days"], reranker=reranker)
    assert {result["documentName"]: result["score"] for result in together} == best
    assert len(together) > 2
    both = api.post(
        QUERY,
        {
            "collections": [HANDBOOK],
            "term": LEAVE,
            "terms": ["serial number", "unused days"],
            "reranker": reranker,
        },
    )
    assert both == together


@pytest.mark.parametrize("reranker", ["none", "lexical", "smart"])
def test_several_collections_are_one_list(api: Client, reranker: str) -> None:
    made = collection(api, "Lamps", {"lamp": "A lamp has a serial number.", "tent": "Tents have poles."})
    both = ask(api, "serial number", HANDBOOK, made, HANDBOOK, reranker=reranker)
    apart = ask(api, "serial number", HANDBOOK, reranker=reranker) + ask(
        api, "serial number", made, reranker=reranker
    )
    assert sorted(both, key=lambda r: str(r["documentId"])) == sorted(
        apart, key=lambda r: str(r["documentId"])
    )
    assert {result["collectionId"] for result in both} == {HANDBOOK, made}


def test_ranks_are_fused_over_all_collections(api: Client) -> None:
    made = collection(api, "Lamps", {"lamp": "A lamp has a serial number."})
    found = ask(api, "serial number", HANDBOOK, made)
    assert sorted(names(found)) == ["lamp", "warranty"]
    assert any(result["score"] < 1 for result in found)


def test_an_empty_collection_has_nothing(api: Client) -> None:
    made = str(api.post(COLLECTIONS, {"collectionName": "Empty"})["collectionId"])
    assert ask(api, LEAVE, made) == []
    assert ask(api, LEAVE, made, HANDBOOK) == ask(api, LEAVE, HANDBOOK) != []


# Rerankers


def test_each_reranker_does_what_it_says(api: Client) -> None:
    texts = {
        "words": "The harbour crane lifts crates. Crates of tea, and the harbour tax on them.",
        "likeness": "Harbours have cranes.",
        "answer": "A crane of the harbour lifts thirty tonnes.",
    }
    made = collection(api, "Harbour", texts)
    told = {reranker: ask(api, "harbour crane", made, reranker=reranker) for reranker in RERANKERS}
    scores = {
        reranker: {result["documentName"]: result["score"] for result in found}
        for reranker, found in told.items()
    }
    similarity = scores["none"]
    assert len(similarity) == 3

    words = {name: 2 * score - similarity[name] for name, score in scores["lexical"].items()}
    assert all(0 < score < 1 for score in words.values())
    place = {name: at for at, name in enumerate(similarity, 1)}
    rank = {name: at for at, name in enumerate(sorted(words, key=lambda name: -words[name]), 1)}
    assert scores["rrf"] == {
        name: pytest.approx((1 / (60 + place[name]) + 1 / (60 + rank[name])) * 61 / 2, abs=1e-6)
        for name in texts
    }
    assert names(told["smart"])[-1] == "answer", "it alone turns the words round"
    assert scores["smart"] != similarity


def test_a_document_without_the_words_ranks_by_likeness_alone(api: Client) -> None:
    made = collection(api, "Like", {"a": "Harbour crane.", "b": "Harbourside."})
    best, other = ask(api, "harbour crane", made, minScore=0.01)
    assert (best["score"], other["score"]) == (1, pytest.approx(61 / 62 / 2, abs=1e-6))


def test_the_default_reranker_fuses_ranks(api: Client) -> None:
    for name in ("rrf", "RRF"):
        assert ask(api, "unused days") == ask(api, "unused days", reranker=name)


# References


def test_documents_of_the_same_reference_are_told_when_asked_for(api: Client) -> None:
    (result,) = ask(api, "serial number", includeReferences=True)
    documents = f"{COLLECTIONS}/{HANDBOOK}/documents"
    others = [api.get(f"{documents}/01941f29-7c00-7000-a000-00000000005{n}") for n in (1, 2)]
    assert result["documentName"] == "warranty"
    assert result["referencedDocuments"] == [
        {"documentId": other["id"], "documentContent": other["contents"]} for other in others
    ]
    assert ask(api, LEAVE, includeReferences=True)[0]["referencedDocuments"] == []


def test_a_reference_stays_within_its_collection(api: Client) -> None:
    made = collection(api, "Lamps", {"lamp": "Lamps are sold here."})
    path = f"{COLLECTIONS}/{made}/documents"
    api.put(path, {"name": "lamp", "contents": "Lamps are sold here.", "reference": "sales"})
    assert ask(api, "lamps", made, includeReferences=True)[0]["referencedDocuments"] == []
    api.put(path, {"name": "tent", "contents": "Tents too.", "reference": "sales"})
    assert len(ask(api, "lamps", made, includeReferences=True)[0]["referencedDocuments"]) == 1


# Refusals


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"collections": []}, "body.collections"), ({"collections": None}, "body.collections"),
        ({"collections": HANDBOOK}, "body.collections"),
        ({"collections": ["no-uuid"]}, "body.collections[0]"),
        ({"collections": [5]}, "body.collections[0]"), ({"term": ""}, "body.term"),
        ({"term": " \n"}, "body.term"),
        ({"term": 5}, "body.term"), ({"term": ["a"]}, "body.term"), ({"term": None}, "body.terms"),
        ({"term": None, "terms": None}, "body.terms"), ({"term": None, "terms": []}, "body.terms"),
        ({"terms": "a"}, "body.terms"), ({"terms": ["a", ""]}, "body.terms[1]"),
        ({"terms": [None]}, "body.terms[0]"),
        ({"terms": ["a"] * 129}, "body.terms"), ({"top": 0}, "body.top"), ({"top": 129}, "body.top"),
        ({"top": 5.5}, "body.top"), ({"top": "5"}, "body.top"), ({"minScore": 0}, "body.minScore"),
        ({"minScore": 1}, "body.minScore"), ({"minScore": "0.5"}, "body.minScore"),
        ({"reranker": "best"}, "body.reranker"),
        ({"reranker": None}, "body.reranker"), ({"includeReferences": "yes"}, "body.includeReferences"),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_by_its_field(
    api: Client, understudy: Understudy, change: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    body = {"collections": [HANDBOOK], "term": "kiln", **change}
    assert field in api.refused("POST", QUERY, 400, json=body)["details"]
    assert state(understudy) == before


def test_collections_must_be_named(api: Client) -> None:
    assert "body.collections" in api.refused("POST", QUERY, 400, json={"term": "kiln"})["details"]


@pytest.mark.parametrize("wanted", [UNKNOWN, NEXT_DOOR])
def test_a_collection_that_the_account_does_not_have_is_not_found(
    api: Client, understudy: Understudy, wanted: str
) -> None:
    before = state(understudy)
    body = {"term": "kiln", "collections": [HANDBOOK, wanted]}
    assert wanted in api.refused("POST", QUERY, 404, json=body)["error"]
    assert state(understudy) == before


def test_a_public_key_may_search_and_pays(understudy: Understudy) -> None:
    with client_of(understudy, "pk-understudy") as public:
        answer = public.post(QUERY, json={"term": "kiln", "collections": [HANDBOOK]})
        assert names(answer.json()) == ["kiln-safety"]
        assert public.post(QUERY, json={"term": "bees", "collections": [NEXT_DOOR]}).status_code == 404
        change_account(understudy, balance=0)
        assert public.post(QUERY, json={"term": "kiln", "collections": [HANDBOOK]}).status_code == 402


# Money and plans


def test_a_search_costs_by_its_terms_and_its_reranker(api: Client, understudy: Understudy) -> None:
    change_account(understudy, balance=1.0)
    spent = 0.0
    for body, price in (
        ({"term": "x" * 320, "reranker": "none"}, "0.000005"),
        ({"terms": ["x" * 320, "y" * 320, "x" * 320]}, "0.00001"),
        ({"term": "x" * 320, "reranker": "SMART"}, "0.000505"),
    ):
        answer = api.http.post(QUERY, json={"collections": [HANDBOOK], **body})
        assert (answer.status_code, answer.headers["consumed-credits"]) == (200, price)
        spent += float(price)
        left = understudy.look(lambda world: world.store.table(ACCOUNTS).values()[0]["balance"])
        assert left == pytest.approx(1 - spent, abs=1e-12)


@pytest.mark.parametrize("left", [0, -1.5])
def test_without_means_nothing_is_found(api: Client, understudy: Understudy, left: float) -> None:
    change_account(understudy, balance=left)
    before = state(understudy)
    api.refused("POST", QUERY, 402, json={"term": "kiln", "collections": [HANDBOOK]})
    assert state(understudy) == before


def test_the_last_money_may_be_spent(api: Client, understudy: Understudy) -> None:
    change_account(understudy, balance=0.0001)
    assert names(ask(api, "kiln", reranker="smart")) == ["kiln-safety"]
    api.refused("POST", QUERY, 402, json={"term": "kiln", "collections": [HANDBOOK]})


def test_a_plan_limits_the_searches_of_a_minute(api: Client, understudy: Understudy) -> None:
    change_account(understudy, plan="free")
    for number in range(20):
        ask(api, "kiln", reranker=RERANKERS[number % 4])
    before = state(understudy)
    answer = api.http.post(QUERY, json={"term": "kiln", "collections": [HANDBOOK]})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert set(answer.json()) == {"error", "details"}
    assert state(understudy) == before
    understudy.advance(seconds=60)
    ask(api, "kiln")


def test_the_defaults_are_those_of_the_contract() -> None:
    bundle = json.loads((data_directory("specs") / "aivax" / "bundle.json").read_bytes())
    described = bundle["components"]["schemas"]["SearchRequest"]["properties"]
    assert (described["top"]["default"], described["minScore"]["default"]) == (search.TOP, search.MIN_SCORE)
    assert bundle["components"]["schemas"]["SearchReranker"]["default"] == search.RERANKER
