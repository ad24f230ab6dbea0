"""Documents with the official Python SDK: bulk delete, images, summaries, metadata queries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import (
    AsyncVectara,
    CoreDocumentPart,
    CreateDocumentRequest_Core,
    CreateDocumentRequest_Structured,
    FieldQuery,
    FilterAttribute,
    Image,
    ImageData,
    StructuredDocumentSection,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, NotFoundError
from vectara.types.bulk_delete_documents_response import (
    BulkDeleteDocumentsResponse_Async,
    BulkDeleteDocumentsResponse_Success,
)

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
TEXT = "The lamp runs for nine hours on one charge. Charging takes two hours. The lamp weighs 240 grams."
PICTURE = Image(
    id="front/1", title="Front", image_data=ImageData(data="aGVsbG8=", mime_type="image/png"), caption="Lit"
)


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        connected = Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )
        year = FilterAttribute(name="year", level="document", type="integer")
        connected.corpora.create(key="manual", filter_attributes=[year])
        section = StructuredDocumentSection(text=TEXT, images=[PICTURE])
        lamp = CreateDocumentRequest_Structured(id="lamp", metadata={"year": 2020}, sections=[section])
        connected.documents.create("manual", request=lamp)
        for number in range(3):
            part = CoreDocumentPart(text=f"Tent number {number}.")
            metadata = {"year": 2021 + number, "kind": f"tent {number}"}
            tent = CreateDocumentRequest_Core(id=f"tent{number}", metadata=metadata, document_parts=[part])
            connected.documents.create("manual", request=tent)
        yield connected


def listed(client: Vectara) -> list[str | None]:
    return [document.id for document in client.documents.list("manual")]


def test_a_bulk_delete_is_followed_through_its_job(understudy: Understudy, client: Vectara) -> None:
    understudy.lifecycle(dials={"jobs": {"pace": "polls", "amount": 2}})
    told = client.documents.bulk_delete("manual", document_ids="tent0,tent1")
    assert isinstance(told, BulkDeleteDocumentsResponse_Async)
    states = [client.jobs.get(told.job_id).state for _ in range(2)]
    assert states == ["started", "completed"]
    assert listed(client) == ["lamp", "tent2"]
    (job,) = client.jobs.list(corpus_key="manual", state="completed")
    assert (job.id, job.type) == (told.job_id, "bulk_delete_documents")


def test_a_bulk_delete_can_be_waited_for(client: Vectara) -> None:
    told = client.documents.bulk_delete(
        "manual", metadata_filter="doc.year >= 2022", document_ids="lamp,none", async_=False
    )
    assert isinstance(told, BulkDeleteDocumentsResponse_Success)
    assert (told.deleted_count, told.skipped_count) == (3, 1)
    assert listed(client) == ["tent0"]
    used = client.corpora.get("manual").limits
    assert used is not None
    assert used.used_docs == 1
    with pytest.raises(BadRequestError):
        client.documents.bulk_delete("manual", request_options=ONCE)


def test_an_image_comes_with_its_bytes(client: Vectara) -> None:
    assert client.documents.get_image("manual", "lamp", "front%2F1") == PICTURE
    with pytest.raises(NotFoundError):
        client.documents.get_image("manual", "lamp", "back")


def test_a_document_is_summed_up(client: Vectara) -> None:
    told = client.documents.summarize("manual", "lamp", llm_name="gpt-4o")
    assert told.summary == "The lamp runs for nine hours on one charge."
    assert TEXT in (told.rendered_prompt or "")
    with pytest.raises(ApiError) as caught:
        client.documents.summarize("manual", "lamp", llm_name="none", request_options=ONCE)
    assert caught.value.status_code == 400


def test_documents_are_found_by_their_metadata(client: Vectara) -> None:
    answer = client.metadata.query_metadata(
        "manual",
        queries=[
            FieldQuery(field="kind", query="tnet 2", weight=2.0),
            FieldQuery(field="year", query="2023"),
        ],
    )
    assert answer.total_count == 4
    assert answer.documents is not None
    best = answer.documents[0]
    assert best.doc_id == "tent2"
    assert best.metadata == {"year": 2023, "kind": "tent 2"}
    narrowed = client.metadata.query_metadata(
        "manual",
        queries=[FieldQuery(field="kind", query="te", prefix=2, fuzzy=False)],
        level="document",
        metadata_filter="doc.year < 2023",
        limit=1,
        offset=1,
    )
    assert [document.doc_id for document in narrowed.documents or ()] == ["tent1"]
    assert narrowed.total_count == 2


def test_the_async_client_does_the_same(understudy: Understudy, client: Vectara) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            other = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            assert await other.documents.get_image("manual", "lamp", "front%2F1") == PICTURE
            queries = [FieldQuery(field="kind", query="tent")]
            assert (await other.metadata.query_metadata("manual", queries=queries)).total_count == 3
            assert (await other.documents.summarize("manual", "lamp", llm_name="gpt-4")).summary
            await other.documents.bulk_delete("manual", document_ids="lamp")

    asyncio.run(act())
    assert listed(client) == ["tent0", "tent1", "tent2"]
