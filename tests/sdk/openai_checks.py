"""What the official `openai` package does alike with every API in OpenAI's form."""

from __future__ import annotations

import asyncio
from typing import Any

from openai import AsyncOpenAI, OpenAI

PONG = "Reply with exactly the word: PONG"
JOHN = "Generate a person named John who is 30 years old."
TOKYO = "What is the weather in Tokyo?"
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def ask(text: str) -> Any:
    return [{"role": "user", "content": text}]


def check_tools_go_round(client: OpenAI, model: str) -> None:
    messages = ask(TOKYO)
    first = client.chat.completions.create(model=model, messages=messages, tools=[WEATHER])
    (call,) = first.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("get_weather", '{"city": "Tokyo"}')
    messages += [
        first.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "Rain, 12 degrees."},
    ]
    final = client.chat.completions.create(model=model, messages=messages, tools=[WEATHER])
    assert "12 degrees" in (final.choices[0].message.content or "")


def check_a_streamed_tool_call(client: OpenAI, model: str) -> None:
    with client.chat.completions.stream(model=model, messages=ask(TOKYO), tools=[WEATHER]) as stream:
        final = stream.get_final_completion()
    (call,) = final.choices[0].message.tool_calls or []
    assert (call.function.name, call.function.arguments) == ("get_weather", '{"city": "Tokyo"}')


def check_the_async_client(base_url: str, key: str, model: str) -> None:
    async def streamed() -> str:
        async with AsyncOpenAI(base_url=base_url, api_key=key) as client:
            stream = await client.chat.completions.create(model=model, messages=ask(PONG), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(streamed()) == "PONG"
