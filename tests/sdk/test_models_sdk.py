"""Lists of models, presets and factual consistency with the official Python SDK, sync and async."""

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
    EvaluateFactualConsistencyRequestModelParameters,
    GenerationParameters,
    GenerationParametersModelParameters,
    KeyedSearchCorpus,
    SearchCorporaParameters,
    SearchReranker_CustomerReranker,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, ForbiddenError, UnprocessableEntityError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
SOURCES = ["The lamp runs for nine hours.", "Charging takes two hours."]


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        connected = Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )
        connected.corpora.create(key="manual", encoder_name="boomerang-2023-q3")
        parts = [CoreDocumentPart(text=text) for text in SOURCES]
        lamp = CreateDocumentRequest_Core(id="lamp", metadata={"year": 2020}, document_parts=parts)
        connected.documents.create("manual", request=lamp)
        yield connected


def test_lists_are_walked_page_by_page(client: Vectara) -> None:
    assert [one.name for one in client.encoders.list(limit=1)] == ["boomerang-2023-q3", "boomerang-legacy"]
    assert [one.id for one in client.rerankers.list(filter="multilingual")] == ["rnk_272725719"]
    llms = list(client.llms.list(limit=2))
    assert (len(llms), llms[0].default, llms[0].ownership) == (5, True, "platform")
    assert llms[0].capabilities is not None
    presets = list(client.generation_presets.list(limit=3))
    assert len(presets) == 8
    assert {preset.llm_name for preset in presets} <= {llm.name for llm in llms}
    (only,) = client.generation_presets.list(llm_name="mockingbird-2.0")
    assert (only.name, only.max_used_search_results) == ("mockingbird-2.0", 25)
    (extractor,) = client.table_extractors.list().table_extractors or ()
    assert (extractor.name, extractor.is_default) == ("textract", True)


def test_lists_refuse_what_they_cannot_read(client: Vectara, understudy: Understudy) -> None:
    with pytest.raises(ApiError) as caught:
        list(client.encoders.list(filter="(", request_options=ONCE))
    assert caught.value.status_code == 400
    key = f"zqt_understudy@{understudy.world}"
    with httpx.Client() as pool:
        reader = Vectara(api_key=key, environment=understudy.vectara_environment(), httpx_client=pool)
        assert list(reader.llms.list())
        with pytest.raises(ForbiddenError):
            reader.table_extractors.list(request_options=ONCE)


def test_what_was_listed_can_be_used(client: Vectara) -> None:
    reranker = next(iter(client.rerankers.list()))
    model = GenerationParametersModelParameters(llm_name="gpt-4o", max_tokens=100, temperature=0.5)
    for preset in client.generation_presets.list():
        answer = client.query(
            query="How long does the lamp run?",
            search=SearchCorporaParameters(
                corpora=[KeyedSearchCorpus(corpus_key="manual", semantics="query")],
                reranker=SearchReranker_CustomerReranker(reranker_name=reranker.name),
            ),
            generation=GenerationParameters(generation_preset_name=preset.name, model_parameters=model),
        )
        assert answer.summary == "The lamp runs for nine hours. [1]"
    with pytest.raises(BadRequestError) as caught:
        client.query(
            query="How long does the lamp run?",
            search=SearchCorporaParameters(corpora=[KeyedSearchCorpus(corpus_key="manual")]),
            generation=GenerationParameters(generation_preset_name="none"),
            request_options=ONCE,
        )
    assert list(caught.value.body["field_errors"]) == ["body.generation.generation_preset_name"]


def test_texts_like_one_are_found(client: Vectara) -> None:
    answer = client.query(
        query=SOURCES[1],
        search=SearchCorporaParameters(
            corpora=[KeyedSearchCorpus(corpus_key="manual", semantics="response", lexical_interpolation=0.5)]
        ),
    )
    best = (answer.search_results or ())[0]
    assert (best.text, best.score) == (SOURCES[1], 1)


def test_a_summary_follows_a_template(client: Vectara) -> None:
    template = (
        '[{"role": "user", "content": "$vectaraDocument.metadata().get(\'year\')'
        '#foreach ($part in $vectaraDocument.parts()) $part.text()#end"}]'
    )
    told = client.documents.summarize("manual", "lamp", llm_name="gpt-4o", prompt_template=template)
    assert told.rendered_prompt == f'[{{"role": "user", "content": "2020 {" ".join(SOURCES)}"}}]'
    assert told.summary


def test_factual_consistency_is_scored(client: Vectara) -> None:
    score = client.factual_consistency.evaluate(generated_text=SOURCES[0], source_texts=SOURCES).score
    assert score == 1
    named = EvaluateFactualConsistencyRequestModelParameters(model_name="hhem_v2.3")
    told = client.factual_consistency.evaluate(
        generated_text="Elephants wear boots.", source_texts=SOURCES, model_parameters=named
    )
    assert told.score == 0
    other = EvaluateFactualConsistencyRequestModelParameters(model_name="none")
    with pytest.raises(BadRequestError):
        client.factual_consistency.evaluate(
            generated_text="", source_texts=[], model_parameters=other, request_options=ONCE
        )
    with pytest.raises(UnprocessableEntityError):
        client.factual_consistency.evaluate(
            generated_text="港は冬の間ずっと閉まっています。", source_texts=[], request_options=ONCE
        )


def test_the_async_client_does_the_same(understudy: Understudy, client: Vectara) -> None:
    async def act() -> None:
        async with httpx.AsyncClient(timeout=30) as pool:
            other = AsyncVectara(
                api_key=understudy.api_key,
                environment=understudy.vectara_environment(),
                httpx_client=pool,
            )
            encoders = [one async for one in await other.encoders.list(limit=1)]
            assert encoders == list(client.encoders.list())
            assert [one async for one in await other.rerankers.list()] == list(client.rerankers.list())
            assert [one async for one in await other.llms.list(limit=2)] == list(client.llms.list())
            presets = [one async for one in await other.generation_presets.list(limit=5)]
            assert presets == list(client.generation_presets.list())
            assert await other.table_extractors.list() == client.table_extractors.list()
            told = await other.factual_consistency.evaluate(generated_text=SOURCES[0], source_texts=SOURCES)
            assert told.score == 1
            with pytest.raises(UnprocessableEntityError):
                await other.factual_consistency.evaluate(
                    generated_text="港は冬の間ずっと閉まっています。", source_texts=[], request_options=ONCE
                )

    asyncio.run(act())
