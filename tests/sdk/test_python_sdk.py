"""The official Python SDK, unmodified, over a live port: the main job, sync and async, and every error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from vectara import (
    AsyncVectara,
    ChunkingStrategy_MaxCharsChunkingStrategy,
    ContextConfiguration,
    CoreDocumentPart,
    CreateDocumentRequest_Core,
    CreateDocumentRequest_Structured,
    FilterAttribute,
    GenerationParameters,
    KeyedSearchCorpus,
    QueryCorpusRequestSearch,
    SearchCorporaParameters,
    StructuredDocumentSection,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError

from understudy.pytest_plugin import Understudy

TEXT = "The lamp runs for nine hours on one charge. Charging takes two hours. The lamp weighs 240 grams."
LAMP = CreateDocumentRequest_Structured(
    id="lamp",
    title="Lamp",
    metadata={"year": 2026, "kind": "lamp"},
    sections=[StructuredDocumentSection(title="Battery", text=TEXT)],
)
TENT = CreateDocumentRequest_Core(
    id="tent/2",
    metadata={"year": 2025, "kind": "tent"},
    document_parts=[
        CoreDocumentPart(text="The tent sleeps three people.", metadata={"page": 1}),
        CoreDocumentPart(text="Its poles are made of aluminium.", metadata={"page": 2}),
    ],
)
ONCE: Any = {"max_retries": 0}


@contextmanager
def sdk(understudy: Understudy, **credentials: Any) -> Iterator[Vectara]:
    """The SDK with a connection pool that is closed in the end, which it does not do by itself."""
    with httpx.Client(timeout=30) as pool:
        yield Vectara(environment=understudy.vectara_environment(), httpx_client=pool, **credentials)


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with sdk(understudy, api_key=understudy.api_key) as connected:
        yield connected


@pytest.fixture
def manual(client: Vectara) -> Vectara:
    client.corpora.create(
        key="manual",
        filter_attributes=[
            FilterAttribute(name="year", level="document", type="integer"),
            FilterAttribute(name="page", level="part", type="integer"),
        ],
    )
    client.documents.create("manual", request=LAMP)
    client.documents.create("manual", request=TENT)
    return client


def test_a_corpus_is_created_listed_read_updated_and_deleted(client: Vectara) -> None:
    created = client.corpora.create(key="one", description="first")
    assert created.id is not None
    assert created.id.startswith("crp_")
    assert created.limits is not None
    assert created.limits.used_docs == 0
    assert client.corpora.get("one").description == "first"
    assert client.corpora.update("one", name="The one", enabled=False).name == "The one"
    assert client.corpora.get("one").enabled is False
    assert "one" in [corpus.key for corpus in client.corpora.list()]
    client.corpora.delete("one")
    with pytest.raises(NotFoundError):
        client.corpora.get("one")


def test_lists_page_to_their_end(client: Vectara) -> None:
    keys = [f"c{number}" for number in range(7)]
    for key in keys:
        client.corpora.create(key=key)
    listed = [corpus.key for corpus in client.corpora.list(limit=3, filter="^c")]
    assert listed == keys
    for number in range(5):
        part = CoreDocumentPart(text=f"Part {number}.")
        client.documents.create(
            "c0", request=CreateDocumentRequest_Core(id=f"d{number}", document_parts=[part])
        )
    assert [document.id for document in client.documents.list("c0", limit=2)] == [f"d{n}" for n in range(5)]


def test_documents_are_read_changed_and_deleted(manual: Vectara) -> None:
    lamp = manual.documents.get("manual", "lamp")
    assert lamp.parts is not None
    assert [part.text for part in lamp.parts] == [
        "Lamp",
        "Battery",
        "The lamp runs for nine hours on one charge.",
        "Charging takes two hours.",
        "The lamp weighs 240 grams.",
    ]
    assert manual.documents.update("manual", "lamp", metadata={"colour": "red"}).metadata == {
        "year": 2026, "kind": "lamp", "title": "Lamp", "colour": "red",
    }  # fmt: skip
    assert manual.documents.update_metadata("manual", "lamp", metadata={"year": 1}).metadata == {"year": 1}
    assert manual.documents.get("manual", "tent%2F2").id == "tent/2"
    manual.documents.delete("manual", "tent%2F2")
    assert [document.id for document in manual.documents.list("manual")] == ["lamp"]
    manual.corpora.reset("manual")
    assert list(manual.documents.list("manual")) == []


def test_chunking_by_characters(client: Vectara) -> None:
    client.corpora.create(key="chunks")
    request = CreateDocumentRequest_Structured(
        id="long",
        sections=[StructuredDocumentSection(text=TEXT * 4)],
        chunking_strategy=ChunkingStrategy_MaxCharsChunkingStrategy(max_chars_per_chunk=100),
    )
    client.documents.create("chunks", request=request)
    parts = client.documents.get("chunks", "long").parts
    assert parts is not None
    assert all(part.text is not None and len(part.text) <= 100 for part in parts)
    assert len(parts) >= 4


def test_a_query_returns_ranked_passages_and_a_cited_answer(manual: Vectara) -> None:
    answer = manual.corpora.query(
        "manual",
        query="How long does charging take?",
        search=QueryCorpusRequestSearch(
            limit=3,
            context_configuration=ContextConfiguration(sentences_before=1, start_tag="<b>", end_tag="</b>"),
        ),
        generation=GenerationParameters(max_used_search_results=3),
    )
    assert answer.search_results is not None
    best = answer.search_results[0]
    assert best.document_id == "lamp"
    assert best.text == "The lamp runs for nine hours on one charge. <b>Charging takes two hours.</b>"
    assert answer.summary == "Charging takes two hours. [1]"
    assert answer.factual_consistency_score == 1.0
    scores = [result.score or 0 for result in answer.search_results]
    assert scores == sorted(scores, reverse=True)


def test_queries_over_several_corpora_with_filters(manual: Vectara) -> None:
    answer = manual.query(
        query="What are the poles made of?",
        search=SearchCorporaParameters(
            corpora=[
                KeyedSearchCorpus(corpus_key="handbook"),
                KeyedSearchCorpus(
                    corpus_key="manual", metadata_filter="part.page = 2", lexical_interpolation=0.05
                ),
            ]
        ),
    )
    assert answer.search_results is not None
    assert answer.search_results[0].text == "Its poles are made of aluminium."
    assert answer.search_results[0].request_corpora_index == 1
    assert answer.summary is None
    found = manual.corpora.search("manual", query="lamp", limit=1).search_results
    assert found is not None
    assert len(found) == 1


def test_one_query_has_four_ways(manual: Vectara) -> None:
    asked: dict[str, Any] = {
        "query": "How heavy is the lamp, in grams?",
        "search": SearchCorporaParameters(corpora=[KeyedSearchCorpus(corpus_key="manual")]),
        "generation": GenerationParameters(),
    }
    whole = manual.query(**asked)
    assert manual.queries.query(**asked) == whole
    for events in (list(manual.query_stream(**asked)), list(manual.queries.query_stream(**asked))):
        told: list[Any] = [event for event in events if event.type == "generation_chunk"]
        assert "".join(event.generation_chunk for event in told) == whole.summary


def test_a_stream_tells_what_the_json_answer_tells(manual: Vectara) -> None:
    given: dict[str, Any] = {
        "query": "How heavy is the lamp, in grams?",
        "generation": GenerationParameters(),
    }
    whole = manual.corpora.query("manual", **given)
    events = list(manual.corpora.query_stream("manual", **given))
    kinds = [event.type for event in events]
    assert kinds[:2] == ["search_results", "generation_info"]
    assert kinds[-3:] == ["generation_end", "factual_consistency_score", "end"]
    text = "".join(event.generation_chunk or "" for event in events if event.type == "generation_chunk")
    assert text == whole.summary
    assert "240 grams" in text
    first: Any = events[0]
    assert first.search_results == whole.search_results


def test_filter_attributes_are_replaced_by_a_job_and_counted(manual: Vectara) -> None:
    attributes = [FilterAttribute(name="kind", level="document", type="text")]
    job_id = manual.corpora.replace_filter_attributes("manual", filter_attributes=attributes).job_id
    assert manual.jobs.get(job_id).state == "completed"
    assert [job.id for job in manual.jobs.list(corpus_key="manual")] == [job_id]
    (statistic,) = manual.corpora.get_filter_attribute_stats("manual").filter_attribute_stats
    assert sorted((value.value, value.count) for value in statistic.values) == [("lamp", 1), ("tent", 1)]
    assert manual.corpora.compute_size("manual").used_docs == 2
    assert [d.id for d in manual.documents.list("manual", metadata_filter="doc.kind = 'tent'")] == ["tent/2"]


def test_oauth_works_with_the_client_of_the_fixture(understudy: Understudy) -> None:
    given = {"client_id": f"understudy@{understudy.world}", "client_secret": "understudy-secret"}
    with sdk(understudy, **given) as client:
        client.corpora.create(key="by-oauth")
        assert client.corpora.get("by-oauth").key == "by-oauth"
    assert understudy.journal()[0]["operation"] in ("getOAuthToken", "getOAuthTokenAlias")


REFUSALS: list[tuple[type[ApiError], int, Callable[[Vectara], Any]]] = [
    (BadRequestError, 400, lambda c: c.corpora.create(key="not a key", request_options=ONCE)),
    (BadRequestError, 400, lambda c: c.corpora.query("manual", query="x", search={"limit": -1})),
    (ApiError, 400, lambda c: list(c.documents.list("manual", metadata_filter="doc.nix = 1"))),
    (NotFoundError, 404, lambda c: c.corpora.get("nix")),
    (NotFoundError, 404, lambda c: c.documents.get("manual", "nix")),
    (ConflictError, 409, lambda c: c.documents.create("manual", request=LAMP, request_options=ONCE)),
    (NotFoundError, 404, lambda c: list(c.corpora.query_stream("nix", query="x"))),
]


@pytest.mark.parametrize(("kind", "status", "act"), REFUSALS)
def test_refusals_are_the_exceptions_of_the_sdk(
    manual: Vectara, kind: type[ApiError], status: int, act: Callable[[Vectara], Any]
) -> None:
    with pytest.raises(kind) as caught:
        act(manual)
    assert caught.value.status_code == status
    body: Any = caught.value.body
    messages = body["messages"] if isinstance(body, dict) else body.messages
    assert messages


def test_the_conflict_names_the_existing_document(manual: Vectara) -> None:
    with pytest.raises(ConflictError, match="document id 'lamp'"):
        manual.documents.create("manual", request=LAMP, request_options=ONCE)


@pytest.mark.parametrize(
    ("key", "kind", "status"),
    [
        ("zut_disabled", ForbiddenError, 403),
        ("zut_nix", ApiError, 401),
        ("zqt_understudy", ForbiddenError, 403),
    ],
)
def test_keys_without_rights_are_refused(
    understudy: Understudy, key: str, kind: type[ApiError], status: int
) -> None:
    with sdk(understudy, api_key=f"{key}@{understudy.world}") as client, pytest.raises(kind) as caught:
        client.corpora.create(key="x")
    assert caught.value.status_code == status


def test_a_conflict_that_the_sdk_retries_changes_nothing(manual: Vectara, understudy: Understudy) -> None:
    before = understudy.look(lambda world: world.store.dump())
    with pytest.raises(ConflictError):
        manual.corpora.create(key="manual", request_options={"max_retries": 1})
    assert understudy.look(lambda world: world.store.dump()) == before


def test_the_async_client_does_the_main_job(understudy: Understudy) -> None:
    async def main_job() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            await act(AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool))

    async def act(client: AsyncVectara) -> None:
        await client.corpora.create(key="manual")
        await client.documents.create("manual", request=LAMP)
        query = "How long does the lamp run on one charge?"
        answer = await client.corpora.query("manual", query=query, generation=GenerationParameters())
        assert answer.summary == "The lamp runs for nine hours on one charge. [1]"
        events = [event async for event in client.corpora.query_stream("manual", query=query)]
        assert [event.type for event in events] == ["search_results", "end"]
        listed = await client.documents.list("manual", limit=1)
        assert [document.id async for document in listed] == ["lamp"]
        with pytest.raises(NotFoundError):
            await client.corpora.get("nix")
        await client.documents.delete("manual", "lamp")
        await client.corpora.delete("manual")

    asyncio.run(main_job())
