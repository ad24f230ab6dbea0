"""Indexing through HTTP: two shapes, their parts, metadata that changes. Spec tag: Index."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    attribute,
    core,
    found,
    ids,
    make_corpus,
    put,
    read,
    refused,
    structured,
    texts,
)
from understudy.pytest_plugin import Understudy

PATH = "/v2/corpora/c/documents"
ENGLISH = "The harbour was quiet that morning. Two boats left before sunrise. Nobody waved."
GERMAN = "Der Hafen war an diesem Morgen still. Zwei Boote fuhren vor Sonnenaufgang aus."


def parts_of(api: httpx.Client, id: str, corpus_key: str = "c") -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = read(api, f"/v2/corpora/{corpus_key}/documents/{id}")["parts"]
    return parts


# Core documents


def test_each_part_of_a_core_document_is_one_search_unit(api: httpx.Client) -> None:
    make_corpus(api, "c")
    made = put(api, "c", core("d", "First. Still first.", "Second."))
    assert "parts" not in made
    assert parts_of(api, "d") == [
        {"text": "First. Still first.", "metadata": {}},
        {"text": "Second.", "metadata": {}},
    ]


def test_a_taken_id_is_a_conflict_that_names_it_and_changes_nothing(
    understudy: Understudy, api: httpx.Client
) -> None:
    make_corpus(api, "c")
    put(api, "c", core("a 'b'", "First."))
    before = understudy.look(lambda world: (world.store.version, world.store.dump()))
    for again in (core("a 'b'", "First."), core("a 'b'", "Second."), structured("a 'b'", "Third.")):
        body = refused(api.post(PATH, json=again), 409)
        assert "document id 'a 'b''" in body["messages"][0]
    assert understudy.look(lambda world: (world.store.version, world.store.dump())) == before


def test_the_context_of_a_part_is_searched_and_not_shown(api: httpx.Client) -> None:
    make_corpus(api, "c")
    put(api, "c", core("d", {"text": "It was delayed.", "context": "Ferry to Oslo"}, "Nothing to see."))
    (best, *_) = found(api, "c", "ferry to oslo", reranker={"type": "none"})
    assert best["text"] == "It was delayed."


def test_tables_and_images_that_parts_point_to_must_be_there(api: httpx.Client) -> None:
    make_corpus(api, "c")
    document = core("d", {"text": "t", "table_id": "t1"}, {"text": "t", "image_id": "i1"})
    refused(
        api.post(PATH, json=document),
        400,
        "body.document_parts[0].table_id",
        "body.document_parts[1].image_id",
    )
    image = {"id": "i1", "caption": "A chart", "image_data": {"data": "aGk=", "mime_type": "image/png"}}
    put(api, "c", {**document, "tables": [{"id": "t1"}], "images": [image]})
    read_back = read(api, f"{PATH}/d")
    assert read_back["images"] == [{"id": "i1", "caption": "A chart", "mime_type": "image/png"}]
    assert read_back["tables"] == [{"id": "t1"}]


def test_a_result_brings_the_table_or_image_of_its_part(api: httpx.Client) -> None:
    make_corpus(api, "c")
    table = {"id": "t1", "title": "Tides"}
    image = {"id": "i1", "image_data": {"data": "aGk=", "mime_type": "image/png"}}
    parts = [{"text": "High tide", "table_id": "t1"}, {"text": "A lighthouse", "image_id": "i1"}]
    put(api, "c", core("d", *parts, tables=[table], images=[image]))
    assert found(api, "c", "tide")[0]["table"] == table
    assert found(api, "c", "lighthouse")[0]["image"] == {"id": "i1", "mime_type": "image/png"}


def test_the_bytes_of_an_image_are_in_no_answer(api: httpx.Client) -> None:
    make_corpus(api, "c")
    image = {"id": "i1", "image_data": {"data": "c2VjcmV0IGJ5dGVz", "mime_type": "image/png"}}
    put(api, "c", core("d", {"text": "A lighthouse", "image_id": "i1"}, images=[image]))
    put(api, "c", structured("s", {"text": "A lighthouse.", "images": [{**image, "id": "i2"}]}))
    for answer in (
        api.get(f"{PATH}/d"),
        api.get(f"{PATH}/s"),
        api.get(PATH),
        api.post("/v2/corpora/c/query", json={"query": "lighthouse"}),
    ):
        assert "c2VjcmV0IGJ5dGVz" not in answer.text
    assert read(api, f"{PATH}/s")["images"] == [{"id": "i2", "mime_type": "image/png"}]


# Structured documents


def test_a_structured_document_is_cut_into_sentences(api: httpx.Client) -> None:
    make_corpus(api, "c")
    put(api, "c", structured("d", ENGLISH))
    sentences = ["The harbour was quiet that morning.", "Two boats left before sunrise.", "Nobody waved."]
    parts = parts_of(api, "d")
    assert [part["text"] for part in parts] == sentences
    for part in parts:
        metadata = part["metadata"]
        assert ENGLISH[metadata["offset"] : metadata["offset"] + metadata["len"]] == part["text"]
        assert (metadata["lang"], metadata["section"]) == ("eng", 1)
        assert "is_title" not in metadata


def test_the_sentence_strategy_may_be_named_or_left_nameless(api: httpx.Client) -> None:
    make_corpus(api, "c")
    for number, strategy in enumerate(({"type": "sentence_chunking_strategy"}, {})):
        put(api, "c", structured(f"d{number}", ENGLISH, chunking_strategy=strategy))
        assert len(parts_of(api, f"d{number}")) == 3


def test_the_characters_strategy_packs_whole_sentences_and_never_crosses_sections(api: httpx.Client) -> None:
    make_corpus(api, "c")
    sentence = "Thirty characters are in here. "
    long = "word " * 60 + "end."
    strategy = {"type": "max_chars_chunking_strategy", "max_chars_per_chunk": 100}
    put(api, "c", structured("d", sentence * 4, sentence, long, chunking_strategy=strategy))
    parts = parts_of(api, "d")
    by_section = [[p["text"] for p in parts if p["metadata"]["section"] == n] for n in (1, 2, 3)]
    assert [len(text) for text in by_section[0]] == [92, 30]
    assert by_section[1] == [sentence.strip()]
    assert all(len(text) <= 100 for text in by_section[2])
    assert " ".join(by_section[2]) == long
    for limit, status in ((99, 400), (100, 201)):
        other = structured(f"l{limit}", "t", chunking_strategy={**strategy, "max_chars_per_chunk": limit})
        assert api.post(PATH, json=other).status_code == status


def test_titles_become_parts_that_say_so(api: httpx.Client) -> None:
    make_corpus(api, "c")
    put(api, "c", structured("d", {"title": "Dawn", "text": ENGLISH}, "No title here.", title="Harbours"))
    parts = parts_of(api, "d")
    titles = [(part["text"], part["metadata"]["section"]) for part in parts if part["metadata"]["is_title"]]
    assert titles == [("Harbours", 0), ("Dawn", 1)]
    assert [part["metadata"]["is_title"] for part in parts] == [True, True, False, False, False, False]
    assert read(api, f"{PATH}/d")["metadata"] == {"title": "Harbours"}
    answer = found(api, "c", "harbour", metadata_filter="part.is_title = true")
    assert texts(answer) == ["Harbours"]
    rest = found(api, "c", "harbour boats", metadata_filter="part.is_title <> true", limit=100)
    assert "Harbours" not in texts(rest)


def test_each_section_has_its_language(api: httpx.Client) -> None:
    make_corpus(api, "c")
    put(api, "c", structured("d", ENGLISH, GERMAN))
    languages = {part["metadata"]["section"]: part["metadata"]["lang"] for part in parts_of(api, "d")}
    assert languages == {1: "eng", 2: "deu"}
    german = found(api, "c", "Hafen", metadata_filter="part.lang = 'deu'", limit=100)
    assert all(result["part_metadata"]["lang"] == "deu" for result in german)


def test_nested_sections_are_read_in_order_and_keep_their_metadata_and_ids(api: httpx.Client) -> None:
    make_corpus(api, "c")
    nested = {
        "text": "One.",
        "metadata": {"chapter": "I"},
        "sections": [
            {"text": "One one.", "sections": [{"text": "One one one.", "id": 77}]},
            {"text": "One two.", "metadata": {"chapter": "I b"}},
        ],
    }
    put(api, "c", structured("d", nested, "Two."))
    parts = parts_of(api, "d")
    assert [part["text"] for part in parts] == ["One.", "One one.", "One one one.", "One two.", "Two."]
    assert [part["metadata"]["section"] for part in parts] == [1, 2, 77, 4, 5]
    assert [part["metadata"].get("chapter") for part in parts] == ["I", None, None, "I b", None]


def test_sections_nest_to_a_depth_of_sixty(api: httpx.Client) -> None:
    make_corpus(api, "c")
    section: dict[str, Any] = {"text": "The bottom."}
    for level in range(60):
        section = {"text": f"Level {level}.", "sections": [section]}
    put(api, "c", structured("d", section))
    assert len(parts_of(api, "d")) == 61


def test_a_table_is_found_by_its_title_its_description_and_its_rows(api: httpx.Client) -> None:
    make_corpus(api, "c")
    table = {
        "id": "t1",
        "title": "Ferries",
        "description": "Departures from the island",
        "data": {
            "headers": [[{"text_value": "Port"}, {"text_value": "Minutes"}, {"text_value": "Daily"}]],
            "rows": [
                [{"text_value": "Havelund"}, {"int_value": 45}, {"bool_value": True}],
                [{"text_value": "Ostvik"}, {"float_value": 62.5}, {"bool_value": False}],
            ],
        },
    }
    put(api, "c", structured("d", {"text": "How to leave.", "tables": [table]}))
    made = [(part["text"], part["metadata"]["vectara"]) for part in parts_of(api, "d")[1:]]
    assert made == [
        ("Ferries", {"table_id": "t1", "is_table_title": True}),
        ("Departures from the island", {"table_id": "t1", "is_table_summary": True}),
        ("Port: Havelund, Minutes: 45, Daily: true", {"table_id": "t1", "row_num": 0}),
        ("Port: Ostvik, Minutes: 62.5, Daily: false", {"table_id": "t1", "row_num": 1}),
    ]
    best = found(api, "c", "How many minutes to Ostvik?")[0]
    assert best["part_metadata"]["vectara"]["row_num"] == 1
    assert best["table"] == table
    assert read(api, f"{PATH}/d")["tables"] == [table]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "...", "?!", "\u200b", "no full stop", "a" * 5000, "𝔘𝔫𝔦", "\u2028x\u2028", "\x00\x1f"],
)
def test_text_of_any_kind_can_be_indexed_and_asked_for(api: httpx.Client, text: str) -> None:
    make_corpus(api, "c")
    put(api, "c", core("k", text))
    for number, limit in enumerate((None, 100)):
        strategy = (
            {"chunking_strategy": {"type": "max_chars_chunking_strategy", "max_chars_per_chunk": limit}}
            if limit
            else {}
        )
        put(api, "c", structured(f"s{number}", {"text": text, "title": text}, title=text, **strategy))
        for part in parts_of(api, f"s{number}"):
            offset, length = part["metadata"]["offset"], part["metadata"]["len"]
            assert text[offset : offset + length] == part["text"]
    found(api, "c", text[:5000], lexical_interpolation=0.5)


# Custom dimensions


def test_custom_dimensions_lift_parts_by_query_weight_times_part_value(api: httpx.Client) -> None:
    make_corpus(api, "c", custom_dimensions=[{"name": "votes"}, {"name": "age"}])
    for name, dimensions in (("a", {"votes": 1}), ("b", {"votes": 5, "age": 2}), ("z", {})):
        put(api, "c", core(name, {"text": "The same words.", "custom_dimensions": dimensions}))
    plain = {"reranker": {"type": "none"}}
    base = found(api, "c", "same words", **plain)
    assert ids(base) == ["a", "b", "z"]
    lifted = found(api, "c", "same words", custom_dimensions={"votes": 0.5, "age": -0.25}, **plain)
    assert ids(lifted) == ["b", "a", "z"]
    by_id = {result["document_id"]: result["score"] for result in lifted}
    score = base[0]["score"]
    assert by_id == pytest.approx({"a": score + 0.5, "b": score + 2.0, "z": score}, abs=2e-6)


def test_dimension_defaults_count_when_nothing_is_said(api: httpx.Client) -> None:
    make_corpus(
        api, "c", custom_dimensions=[{"name": "votes", "indexing_default": 2, "querying_default": 0.5}]
    )
    put(api, "c", core("a", "The same words."))
    put(api, "c", core("b", {"text": "The same words.", "custom_dimensions": {"votes": 4}}))
    plain = {"reranker": {"type": "none"}}
    lifted = found(api, "c", "same words", **plain)
    level = found(api, "c", "same words", custom_dimensions={"votes": 0}, **plain)
    assert (ids(lifted), ids(level)) == (["b", "a"], ["a", "b"])
    assert lifted[1]["score"] == pytest.approx(level[0]["score"] + 1.0, abs=2e-6)


def test_the_dimensions_of_a_structured_document_hold_for_its_parts(api: httpx.Client) -> None:
    make_corpus(api, "c", custom_dimensions=[{"name": "votes"}])
    put(api, "c", structured("d", ENGLISH, custom_dimensions={"votes": 3}))
    assert all(part["custom_dimensions"] == {"votes": 3} for part in parts_of(api, "d"))


def test_an_undeclared_dimension_is_refused(api: httpx.Client) -> None:
    make_corpus(api, "c")
    part = {"text": "t", "custom_dimensions": {"votes": 1}}
    refused(api.post(PATH, json=core("d", part)), 400, "body.document_parts[0].custom_dimensions.votes")
    refused(
        api.post(PATH, json=structured("d", "t", custom_dimensions={"votes": 1})),
        400,
        "body.custom_dimensions.votes",
    )
    answer = api.post(
        "/v2/corpora/c/query", json={"query": "t", "search": {"custom_dimensions": {"votes": 1}}}
    )
    refused(answer, 400, "body.search.custom_dimensions.votes")


def test_dimensions_of_any_size_give_scores_that_are_numbers(api: httpx.Client) -> None:
    make_corpus(api, "c", custom_dimensions=[{"name": "up"}, {"name": "down"}])
    extreme = {"up": 1.7e308, "down": 1.7e308}
    put(api, "c", core("d", {"text": "The same words.", "custom_dimensions": extreme}))
    for reranker in ({"type": "none"}, {"type": "mmr", "diversity_bias": 1}, None):
        more = {"reranker": reranker} if reranker else {}
        for weights in ({"up": 1e308}, {"up": 1e308, "down": -1e308}, {"down": -1e308}):
            for result in found(api, "c", "same words", custom_dimensions=weights, **more):
                assert isinstance(result["score"], float)


# Metadata and the types of attributes

TYPES = {
    "integer": ([0, -3], ["1", 1.5, True, [1], {}]),
    "real_number": ([0, 1.5], ["1", True, [1.5]]),
    "text": (["", "x"], [1, True, ["x"], {"a": "b"}]),
    "boolean": ([True, False], [0, 1, "true", [True]]),
    "list[integer]": ([[], [1, 2]], [1, ["1"], [1.5], [True], "1,2"]),
    "list[real_number]": ([[], [1, 1.5]], [1.5, ["1.5"], [False]]),
    "list[text]": ([[], ["x"]], ["x", [1], [["x"]], [None]]),
}


@pytest.mark.parametrize("type", TYPES)
def test_values_of_filter_attributes_must_be_of_the_declared_type(api: httpx.Client, type: str) -> None:
    make_corpus(
        api,
        "c",
        filter_attributes=[attribute("m", type), attribute("p", type, "part"), attribute("a.b", type)],
    )
    right, wrong = TYPES[type]
    for number, value in enumerate([*right, None]):
        put(api, "c", core(f"ok{number}", {"text": "t", "metadata": {"p": value}}, metadata={"m": value}))
    for value in wrong:
        refused(api.post(PATH, json=core("no", "t", metadata={"m": value})), 400, "body.metadata.m")
        refused(api.post(PATH, json=core("no", "t", metadata={"a": {"b": value}})), 400, "body.metadata.a.b")
        part = {"text": "t", "metadata": {"p": value}}
        refused(api.post(PATH, json=core("no", part)), 400, "body.document_parts[0].metadata.p")
        section = {"text": "t", "sections": [part]}
        refused(
            api.post(PATH, json=structured("no", section)), 400, "body.sections[0].sections[0].metadata.p"
        )
        for send, path in ((api.patch, f"{PATH}/ok0"), (api.put, f"{PATH}/ok0/metadata")):
            refused(send(path, json={"metadata": {"m": value}}), 400, "body.metadata.m")
    refused(api.get(f"{PATH}/no"), 404)
    assert read(api, f"{PATH}/ok0")["metadata"] == {"m": right[0]}


def test_a_patch_merges_metadata_and_null_takes_a_member_away(api: httpx.Client) -> None:
    make_corpus(api, "c", filter_attributes=[attribute("b", "integer")])
    put(api, "c", core("d", "Some text.", metadata={"a": 1, "b": 2, "deep": {"x": 1}}))
    answer = api.patch(f"{PATH}/d", json={"metadata": {"b": None, "c": "new", "deep": {"y": 2}}})
    assert answer.status_code == 200
    assert answer.json() == {"id": "d", "metadata": {"a": 1, "c": "new", "deep": {"y": 2}}}
    assert api.patch(f"{PATH}/d", json={}).json() == answer.json()
    assert read(api, f"{PATH}/d")["metadata"] == answer.json()["metadata"]
    assert texts(found(api, "c", "text")) == ["Some text."]


def test_a_put_replaces_all_metadata_and_filters_see_it(api: httpx.Client) -> None:
    make_corpus(api, "c", filter_attributes=[attribute("b", "integer")])
    put(api, "c", core("d", "Some text.", metadata={"a": 1, "b": 2}))
    answer = api.put(f"{PATH}/d/metadata", json={"metadata": {"b": 3}})
    assert (answer.status_code, answer.json()) == (200, {"id": "d", "metadata": {"b": 3}})
    assert ids(found(api, "c", "text", metadata_filter="doc.b = 3")) == ["d"]
    assert found(api, "c", "text", metadata_filter="doc.b = 2") == []
    assert found(api, "c", "text")[0]["document_metadata"] == {"b": 3}
    assert api.put(f"{PATH}/d/metadata", json={}).json()["metadata"] == {}


# Lag


def test_a_document_is_searchable_at_once(api: httpx.Client) -> None:
    make_corpus(api, "c")
    for number, wait_for in enumerate(("searchable", "indexed")):
        answer = api.post(PATH, json=core(f"d{number}", "A zebra."), params={"wait_for": wait_for})
        assert answer.status_code == 201
        assert len(found(api, "c", "zebra")) == number + 1
    refused(api.post(PATH, json=core("x", "t"), params={"wait_for": "tomorrow"}), 400, "query.wait_for")


def test_the_indexing_dial_keeps_a_document_out_of_so_many_queries(
    understudy: Understudy, api: httpx.Client
) -> None:
    make_corpus(api, "c")
    make_corpus(api, "other")
    put(api, "c", core("old", "A zebra."))
    understudy.lifecycle(dials={"indexing": {"pace": "polls", "amount": 3}})
    put(api, "c", core("new", "A zebra."))
    found(api, "other", "zebra")  # a query of another corpus is no look at this one
    assert [ids(found(api, "c", "zebra")) for _ in range(4)] == [
        ["old"],
        ["old"],
        ["new", "old"],
        ["new", "old"],
    ]
    assert read(api, f"{PATH}/new")["id"] == "new"


def test_the_indexing_dial_can_follow_the_clock(understudy: Understudy, api: httpx.Client) -> None:
    make_corpus(api, "c")
    understudy.lifecycle(dials={"indexing": {"pace": "millis", "amount": 5000}})
    put(api, "c", core("new", "A zebra."))
    assert found(api, "c", "zebra") == []
    assert [document["id"] for document in read(api, PATH)["documents"]] == ["new"]
    understudy.advance(seconds=6)
    assert ids(found(api, "c", "zebra")) == ["new"]
