"""The OpenAI form: replies as chat completions and as chunks of a stream, as OpenAI's SDKs read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from understudy.behaviours.generation import pieces
from understudy.behaviours.inference import Reply, Usage


def completion(
    reply: Reply,
    id: str,
    created: int,
    model: str,
    *,
    call_ids: Sequence[str] = (),
    reasoning_member: str | None = None,
) -> dict[str, Any]:
    """The reply as a `chat.completion`.

    Args:
        created: Unix seconds.
        call_ids: one for each tool call, made of its seed.
        reasoning_member: the member of the message that holds the reasoning; None leaves it out.
    """
    said = message(reply, call_ids)
    if reasoning_member and reply.reasoning:
        said[reasoning_member] = reply.reasoning
    return {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [{"index": 0, "message": said, "finish_reason": reply.finish_reason}],
        "usage": usage(reply.usage),
    }


def message(reply: Reply, call_ids: Sequence[str]) -> dict[str, Any]:
    """The reply as a message of the assistant, without its reasoning."""
    said: dict[str, Any] = {"role": "assistant", "content": reply.text or (None if reply.tool_calls else "")}
    if reply.tool_calls:
        said["tool_calls"] = [
            {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call_id, call in zip(call_ids, reply.tool_calls, strict=True)
        ]
    return said


def chunks(
    reply: Reply,
    id: str,
    created: int,
    model: str,
    *,
    call_ids: Sequence[str] = (),
    reasoning_member: str | None = None,
    include_usage: Literal["no", "last", "extra"] = "no",
    size: int = 20,
) -> list[dict[str, Any]]:
    """The reply as `chat.completion.chunk` objects; the end mark `[DONE]` is the transport's.

    The first delta carries the role. The last chunk with a choice has an empty delta and the finish reason.

    Args:
        include_usage: not at all; on that last chunk; or on an extra one without choices, as OpenAI does it.
            Where it is included the other chunks have `usage: null`.
        size: characters of a piece of text.
    """
    head = {"id": id, "object": "chat.completion.chunk", "created": created, "model": model}
    told: list[dict[str, Any]] = []
    for number, delta in enumerate(_deltas(reply, call_ids, reasoning_member, size)):
        first = {"role": "assistant"} if number == 0 else {}
        told.append({**head, "choices": [_choice({**first, **delta}, None)]})
    told.append({**head, "choices": [_choice({}, reply.finish_reason)]})
    if include_usage == "extra":
        told.append({**head, "choices": []})
    if include_usage != "no":
        told = [{**chunk, "usage": None} for chunk in told]
        told[-1]["usage"] = usage(reply.usage)
    return told


def usage(counted: Usage) -> dict[str, Any]:
    """The usage as OpenAI tells it."""
    return {
        "prompt_tokens": counted.prompt,
        "completion_tokens": counted.completion,
        "total_tokens": counted.total,
        "prompt_tokens_details": {"cached_tokens": counted.cached},
        "completion_tokens_details": {"reasoning_tokens": counted.reasoning},
    }


def _choice(delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason}


def _deltas(reply: Reply, call_ids: Sequence[str], member: str | None, size: int) -> Iterator[dict[str, Any]]:
    for piece in pieces(reply.reasoning, size) if member else ():
        yield {str(member): piece}
    if not reply.text and not reply.tool_calls:
        yield {"content": ""}
    for piece in pieces(reply.text, size):
        yield {"content": piece}
    for index, (call_id, call) in enumerate(zip(call_ids, reply.tool_calls, strict=True)):
        function = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]}
        for piece in pieces(call.arguments, size):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
