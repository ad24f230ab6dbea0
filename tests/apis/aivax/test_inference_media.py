"""Media in messages, and the prompts by which a chat client tries out a model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.apis.aivax.conftest import (
    MINI,
    Client,
    change_account,
    chat,
    gateway,
    not_answered,
    stream_text,
    streamed,
    text,
    user,
)
from understudy.pytest_plugin import Understudy

GEMINI = "@google/gemini-3-flash"
LLAMA = "@meta/llama-3.3-70b"
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}}
SOUND = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
PDF = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}
ARCHIVE = {"type": "file", "file": {"filename": "a.zip", "file_data": "data:application/zip;base64,UEsDBA=="}}
VIDEO = {"type": "video_url", "video_url": {"url": "https://media.example/clip.mp4"}}
LINKED = {"type": "file", "file": {"filename": "a.docx", "url": "https://media.example/a.docx"}}


def tool(name: str, parameter: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {parameter: {"type": "string"}}, "required": [parameter]}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


def word(part: dict[str, Any], said: str = "WORD") -> dict[str, Any]:
    return user([{"type": "text", "text": f"Reply with exactly the word: {said}"}, part])


def calls(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """The arguments of the called tools, by name."""
    names: dict[int, str] = {}
    told: dict[int, str] = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            for call in choice["delta"].get("tool_calls", ()):
                names.setdefault(call["index"], call["function"].get("name", ""))
                told[call["index"]] = told.get(call["index"], "") + call["function"]["arguments"]
    return {name: json.loads(told[index]) for index, name in names.items()}


# The panel of prompts


def test_panel_a_word_is_repeated(api: Client) -> None:
    assert stream_text(streamed(api, user("Reply with exactly the word: PONG"))) == "PONG"


@pytest.mark.parametrize(
    ("part", "seen", "said"),
    [
        (IMAGE, "see this image", "VISIBLE"),
        (SOUND, "hear this audio", "AUDIBLE"),
        (PDF, "read this document", "READABLE"),
        (VIDEO, "see this video", "WATCHABLE"),
    ],
)
def test_panel_media_are_received(api: Client, part: dict[str, Any], seen: str, said: str) -> None:
    asked = f"If you can {seen}, reply with exactly the word: {said}"
    assert stream_text(streamed(api, user([{"type": "text", "text": asked}, part]), model=GEMINI)) == said


def test_panel_structured_output_is_filled(api: Client) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "number"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": schema}}
    asked = user("Generate a person named John who is 30 years old.")
    assert json.loads(stream_text(streamed(api, asked, response_format=form))) == {"name": "John", "age": 30}


def test_panel_a_tool_is_called(api: Client) -> None:
    chunks = streamed(api, user("What is the weather in Tokyo?"), tools=[tool("get_weather", "city")])
    assert calls(chunks) == {"get_weather": {"city": "Tokyo"}}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_panel_two_tools_are_called_in_one_answer(api: Client) -> None:
    asked = user("What is the weather in Tokyo and what time is it in UTC?")
    chunks = streamed(api, asked, tools=[tool("get_weather", "city"), tool("get_time", "timezone")])
    assert calls(chunks) == {"get_weather": {"city": "Tokyo"}, "get_time": {"timezone": "UTC"}}


# What is read


@pytest.mark.parametrize(
    ("part", "flag", "name"),
    [
        (IMAGE, "Image", LLAMA),
        (SOUND, "audio", MINI),
        (VIDEO, "Video", MINI),
        (PDF, "File", LLAMA),
        (ARCHIVE, "OtherFiles", MINI),
        (LINKED, "otherfiles", MINI),
    ],
)
def test_media_that_a_model_does_not_read_are_turned_into_text_or_refused(
    api: Client, part: dict[str, Any], flag: str, name: str
) -> None:
    asked = word(part)
    told = not_answered(api, 400, model=name, messages=[user("Hi"), asked])
    assert told["param"] == "messages[1].content[1]"
    for preprocess in (flag, f"Image, {flag}", "All"):
        assert text(chat(api, asked, model=name, multimodal_preprocess=preprocess)) == "WORD"
    other = "Video" if flag == "Image" else "Image"
    not_answered(api, 400, model=name, messages=[asked], multimodal_preprocess=other)
    documented = {"audio": "Audio", "otherfiles": "OtherFiles"}.get(flag, flag)
    for features in ([documented], ["All"]):
        reads = gateway(api, modelName=name, enabledMultimodalFeatures=features)
        assert text(chat(api, asked, model=reads)) == "WORD"
    assert text(chat(api, asked, model=GEMINI)) == "WORD"


def test_a_gateway_may_be_without_media(api: Client) -> None:
    blind = gateway(api, flags=["DisableMultiModalInput"])
    assert text(chat(api, word(IMAGE), model=gateway(api))) == "WORD"
    assert not_answered(api, 400, model=blind, messages=[word(IMAGE)])["param"] == "messages[0].content[1]"
    assert text(chat(api, word(IMAGE), model=blind, multimodal_preprocess="Image")) == "WORD"


@pytest.mark.parametrize(("part", "least"), [(IMAGE, 0.1), (SOUND, 0.1), (PDF, 0.5), (VIDEO, 0.5)])
def test_media_need_a_balance(
    api: Client, understudy: Understudy, part: dict[str, Any], least: float
) -> None:
    change_account(understudy, balance=least - 0.01)
    assert not_answered(api, 402, model=GEMINI, messages=[word(part)])["code"] == "insufficient_balance"
    assert text(chat(api, user("Reply with exactly the word: WORD"), model=GEMINI)) == "WORD"
    change_account(understudy, balance=least)
    assert text(chat(api, word(part), model=GEMINI)) == "WORD"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (5, ""),
        ({"type": "text"}, ""),
        (["Hi"], ""),
        ([{"text": "Hi"}], "[0].type"),
        ([{"type": "smell"}], "[0].type"),
        ([{"type": "text"}], "[0].text"),
        ([{"type": "image_url"}], "[0].image_url"),
        ([{"type": "image_url", "image_url": {"url": ""}}], "[0].image_url"),
        ([{"type": "text", "text": "Hi"}, {"type": "input_audio", "input_audio": "x"}], "[1].input_audio"),
        ([{"type": "file", "file": {"filename": "a.pdf"}}], "[0].file"),
    ],
)
def test_a_part_that_is_none_is_refused(api: Client, content: Any, place: str) -> None:
    told = not_answered(api, 400, messages=[{"role": "user", "content": content}])
    assert told["param"] == f"messages[0].content{place}"


@pytest.mark.parametrize("flags", ["", "Smell", "Image;Audio", 5])
def test_other_flags_are_refused(api: Client, flags: Any) -> None:
    assert not_answered(api, 400, multimodal_preprocess=flags)["param"] == "multimodal_preprocess"
