"""Chat completions: conversations with a model in the form of OpenAI. Spec tag: LLM Chat Completions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.kinds import LLMS
from understudy.behaviours import openai_form
from understudy.behaviours.inference import Reply, Request, respond
from understudy.behaviours.openai_options import forced_function, most_tokens, not_strict, structured_format
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.streaming import EventStream
from understudy.errors import BadRequest

Json = dict[str, Any]
Head = tuple[str, int, str]
"""Id, time in seconds and model of a completion."""
DONE = b"data: [DONE]\n\n"
ID_DIGITS, CALL_ID_DIGITS = 32, 24


@operation("createChatCompletion")
def create_chat_completion(ctx: Context, body: Json) -> Json | EventStream:
    model = models.named(ctx.store, LLMS, body["model"], "body.model")
    _check(body)
    reply = respond(_request(body), ctx.decider)
    ctx.use("generations")
    ctx.use("prompt_tokens", reply.usage.prompt)
    ctx.use("completion_tokens", reply.usage.completion)
    most = model.get("capabilities", {}).get("context_limit")
    if most is not None and reply.usage.prompt > most:
        told = f"make {reply.usage.prompt} tokens, {LLMS.title(body['model'])} takes {most}"
        raise BadRequest({"body.messages": told})
    completion_id = f"chatcmpl-{ctx.ids.hexadecimal('completion', ID_DIGITS)}"
    call_ids = [
        [f"call_{ctx.ids.hexadecimal('call', CALL_ID_DIGITS)}" for _ in reply.tool_calls]
        for _ in range(body.get("n") or 1)
    ]
    head = (completion_id, ctx.clock.millis() // 1000, body["model"])
    if not body.get("stream"):
        return _whole(reply, head, call_ids)
    usage = bool((body.get("stream_options") or {}).get("include_usage"))
    return EventStream(_chunks(reply, head, call_ids, usage=usage), named=False, closing=DONE)


def _check(body: Json) -> None:
    """400 for a function that is not offered, and for a schema that cannot be followed."""
    offered = [tool["function"]["name"] for tool in body.get("tools") or ()]
    forced = forced_function(body.get("tool_choice"))
    if forced is not None and forced not in offered:
        raise BadRequest({"body.tool_choice.function.name": f"'{forced}' is not among the tools"})
    if body.get("tool_choice") == "required" and not offered:
        raise BadRequest({"body.tool_choice": "'required' needs tools"})
    stated = body.get("response_format") or {}
    if stated.get("type") != "json_schema":
        return
    place, described = "body.response_format.json_schema", stated.get("json_schema")
    if described is None:
        raise BadRequest({place: "is required by the type json_schema"})
    fault = not_strict(described["schema"]) if described.get("strict") else None
    if fault:
        raise BadRequest({f"{place}.schema": f"does not fit strict: {fault}"})


def _request(body: Json) -> Request:
    stop = body.get("stop") or ()
    return Request(
        messages=body["messages"],
        tools=body.get("tools") or (),
        tool_choice=body.get("tool_choice") or "auto",
        parallel_tool_calls=body.get("parallel_tool_calls") is not False,
        response_format=structured_format(body.get("response_format")),
        stop=[stop] if isinstance(stop, str) else stop,
        max_tokens=most_tokens(body),
    )


def _whole(reply: Reply, head: Head, call_ids: list[list[str]]) -> Json:
    told = [openai_form.completion(reply, *head, call_ids=ids) for ids in call_ids]
    choices = [{**one["choices"][0], "index": index} for index, one in enumerate(told)]
    return {**told[0], "choices": choices, "usage": _usage(reply, len(choices))}


def _chunks(reply: Reply, head: Head, call_ids: list[list[str]], *, usage: bool) -> list[Json]:
    """The chunks of every choice, one choice after the other."""
    told: list[Json] = []
    for index, ids in enumerate(call_ids):
        one = openai_form.chunks(reply, *head, call_ids=ids, include_usage="extra" if usage else "no")
        last = one.pop() if usage else None
        told += [{**chunk, "choices": [{**chunk["choices"][0], "index": index}]} for chunk in one]
    return [*told, {**last, "usage": _usage(reply, len(call_ids))}] if last else told


def _usage(reply: Reply, choices: int) -> Json:
    """The prompt counts once, each choice for itself."""
    return openai_form.usage(replace(reply.usage, completion=reply.usage.completion * choices))
