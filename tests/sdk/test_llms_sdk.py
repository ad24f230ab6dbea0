"""Models, completions, presets, encoders and correctors of an account with the official Python SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import AsyncVectara, GenerationParameters, KeyedSearchCorpus, SearchCorporaParameters, Vectara
from vectara.errors import BadRequestError, ForbiddenError, NotFoundError
from vectara.types.anthropic_auth import AnthropicAuth_BedrockApiKey
from vectara.types.chat_completion_request_message import ChatCompletionRequestMessage
from vectara.types.create_encoder_request import CreateEncoderRequest_OpenaiCompatible
from vectara.types.create_llm_request import (
    CreateLlmRequest_Anthropic,
    CreateLlmRequest_OpenaiCompatible,
    CreateLlmRequest_OpenaiResponses,
    CreateLlmRequest_VertexAi,
)
from vectara.types.hcm_source_document import HcmSourceDocument
from vectara.types.json_schema_definition import JsonSchemaDefinition
from vectara.types.json_schema_spec import JsonSchemaSpec
from vectara.types.remote_auth import RemoteAuth_Bearer
from vectara.types.response_format import ResponseFormat
from vectara.types.update_llm_request import UpdateLlmRequest_OpenaiCompatible
from vectara.types.vertex_ai_auth import VertexAiAuth_ApiKey

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
PLACE = "https://models.example.com/v1"
WRITER = CreateLlmRequest_OpenaiCompatible(
    name="writer", model="w-1", uri=PLACE, auth=RemoteAuth_Bearer(token="s3cret"), headers={"a": "s3cret"}
)


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def test_a_model_is_added_read_changed_and_deleted(client: Vectara) -> None:
    llms = client.llms
    made = llms.create(request=WRITER)
    assert (made.name, made.ownership, made.enabled) == ("writer", "customer", True)
    assert "s3cret" not in made.json()
    assert made.id is not None
    assert llms.get(made.id) == llms.get("writer") == made
    changed = llms.update("writer", request=UpdateLlmRequest_OpenaiCompatible(enabled=False, model="w-2"))
    assert changed.enabled is False
    assert [one.id for one in llms.list(filter="^writer$")] == [made.id]
    llms.delete("writer")
    with pytest.raises(NotFoundError):
        llms.get("writer")


@pytest.mark.parametrize(
    "wanted",
    [
        CreateLlmRequest_OpenaiResponses(name="a", model="a", uri=PLACE),
        CreateLlmRequest_VertexAi(name="a", model="a", uri=PLACE, auth=VertexAiAuth_ApiKey(api_key="k")),
        CreateLlmRequest_Anthropic(
            name="a", model="a", auth=AnthropicAuth_BedrockApiKey(api_key="k", region="eu")
        ),
    ],
)
def test_every_type_of_model_is_taken(client: Vectara, wanted: Any) -> None:
    assert client.llms.create(request=wanted).name == "a"


def test_refusals_of_models_are_those_of_the_sdk(client: Vectara) -> None:
    failing = CreateLlmRequest_OpenaiResponses(name="a", model="a", uri="https://model.invalid/v1")
    with pytest.raises(BadRequestError) as caught:
        client.llms.create(request=failing, request_options=ONCE)
    assert list(caught.value.body["field_errors"]) == ["body.uri"]
    with pytest.raises(ForbiddenError):
        client.llms.delete("gpt-4", request_options=ONCE)
    with pytest.raises(NotFoundError):
        client.llms.delete("none", request_options=ONCE)


def test_the_async_client_does_the_same_with_models(understudy: Understudy) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            made = await client.llms.create(request=WRITER)
            assert await client.llms.get("writer") == made
            change = UpdateLlmRequest_OpenaiCompatible(description="new")
            assert (await client.llms.update("writer", request=change)).description == "new"
            await client.llms.delete("writer")

    asyncio.run(act())


def test_a_conversation_goes_on(client: Vectara) -> None:
    said = [ChatCompletionRequestMessage(role="user", content="Generate a person named John, 30 years old.")]
    person = JsonSchemaSpec(
        name="person",
        strict=True,
        schema_=JsonSchemaDefinition(
            type="object",
            properties={"name": {"type": "string"}, "age": {"type": "integer"}},
            required=["name", "age"],
            additional_properties=False,
        ),
    )
    form = ResponseFormat(type="json_schema", json_schema=person)
    told = client.llm.chat_completion(model="gpt-4o", messages=said, response_format=form)
    assert told.object == "chat.completion"
    message: Any = told.choices[0].message
    assert (message.role, message.content) == ("assistant", '{"name": "John", "age": 30}')
    with pytest.raises(BadRequestError) as caught:
        client.llm.chat_completion(model="none", messages=said, request_options=ONCE)
    assert list(caught.value.body["field_errors"]) == ["body.model"]


def test_the_async_client_completes_too(understudy: Understudy) -> None:
    async def act() -> Any:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            said = ChatCompletionRequestMessage(role="user", content="Reply with exactly the word: PONG")
            return await client.llm.chat_completion(model="gpt-4o", messages=[said])

    assert asyncio.run(act()).choices[0].message.content == "PONG"


def test_a_preset_is_made_used_replaced_and_deleted(client: Vectara) -> None:
    presets = client.generation_presets
    made = presets.create(
        name="terse",
        description="Short",
        llm_name="gpt-4",
        prompt_template='[{"role": "user", "content": "$vectaraQuery"}]',
        max_used_search_results=1,
        max_tokens=9,
        temperature=0.5,
        frequency_penalty=0,
        presence_penalty=0,
        additional_model_params={"seed": 1},
        enabled=True,
        default=True,
    )
    assert made.id is not None
    assert [one.name for one in presets.list() if one.default] == ["terse"]
    search = SearchCorporaParameters(corpora=[KeyedSearchCorpus(corpus_key="handbook")])
    generation = GenerationParameters(generation_preset_name="terse")
    asked: Any = {"query": "How many days of leave?", "search": search, "generation": generation}
    assert client.query(**asked).rendered_prompt == '[{"role": "user", "content": "How many days of leave?"}]'
    new = presets.replace(made.id, name="plain")
    assert (new.name, new.max_tokens, new.default) == ("plain", None, False)
    with pytest.raises(BadRequestError):
        presets.create(name="plain", request_options=ONCE)
    with pytest.raises(ForbiddenError):
        presets.delete("pmt_1", request_options=ONCE)
    presets.delete(made.id)
    with pytest.raises(NotFoundError):
        presets.delete(made.id, request_options=ONCE)
    with pytest.raises(BadRequestError) as caught:
        client.query(**asked, request_options=ONCE)
    assert list(caught.value.body["field_errors"]) == ["body.generation.generation_preset_name"]


def test_an_encoder_is_added_and_used(client: Vectara) -> None:
    wanted = CreateEncoderRequest_OpenaiCompatible(
        name="own", description="Ours", uri=PLACE, model="e-1", output_dimensions=64,
        auth=RemoteAuth_Bearer(token="s3cret"),
    )  # fmt: skip
    made = client.encoders.create(request=wanted)
    assert (made.type, made.output_dimensions) == ("openai-compatible", 64)
    assert "s3cret" not in made.json()
    assert client.corpora.create(key="own", encoder_name="own").encoder_id == made.id
    with pytest.raises(BadRequestError):
        client.encoders.create(request=wanted, request_options=ONCE)


def test_the_async_client_does_the_same_with_presets_and_encoders(understudy: Understudy) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            made = await client.generation_presets.create(name="terse")
            assert made.id is not None
            assert (await client.generation_presets.replace(made.id, name="plain")).name == "plain"
            await client.generation_presets.delete(made.id)
            wanted = CreateEncoderRequest_OpenaiCompatible(name="own", description="", uri=PLACE, model="e")
            assert (await client.encoders.create(request=wanted)).name == "own"

    asyncio.run(act())


def test_a_text_is_corrected(client: Vectara) -> None:
    correctors = client.hallucination_correctors
    assert [one.id for one in correctors.list(filter="vhc", limit=1)] == ["hcm_1", "hcm_2"]
    asked: Any = {
        "generated_text": "The lamp runs for five hours. Elephants fly.",
        "documents": [HcmSourceDocument(text="The lamp runs for nine hours.")],
        "query": "How long does the lamp run?",
    }
    told = correctors.hallucination_correction(**asked, model_name="vhc-large-1.0")
    assert (told.corrected_text, told.model) == ("The lamp runs for nine hours.", "vhc-large-1.0")
    assert [one.corrected_text for one in told.corrections] == ["The lamp runs for nine hours.", ""]
    with pytest.raises(BadRequestError):
        correctors.hallucination_correction(**asked, model_name="none", request_options=ONCE)


def test_the_async_client_corrects_too(understudy: Understudy) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            assert len([one async for one in await client.hallucination_correctors.list()]) == 2
            told = await client.hallucination_correctors.hallucination_correction(
                generated_text="Oak.", documents=[HcmSourceDocument(text="Oak.")], model_name="vhc-small-1.0"
            )
            assert (told.corrected_text, told.corrections) == ("Oak.", [])

    asyncio.run(act())
