"""Inference: models, and conversations with them in the form of OpenAI. Spec tag: Inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from understudy.apis.aivax import (
    ai_gateways,
    builtin_functions,
    functions,
    limits,
    media,
    moderation,
    plans,
    prices,
    structured_output,
    workers,
)
from understudy.apis.aivax.ai_gateways import DEFAULTS
from understudy.apis.aivax.conversations import Prepared, prepare
from understudy.apis.aivax.errors import InferenceRefused
from understudy.apis.aivax.kinds import GATEWAYS, account, own
from understudy.apis.aivax.models import MODELS, model
from understudy.apis.aivax.rendering import TEXTUAL_BLOCKS, as_blocks
from understudy.behaviours import openai_form
from understudy.behaviours.conversation import Message, text_of
from understudy.behaviours.inference import Reply, Request, respond
from understudy.behaviours.json_healing import heal
from understudy.behaviours.openai_options import most_tokens, structured_format
from understudy.behaviours.token_budget import count
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.replies import Reply as Answer
from understudy.engine.streaming import EventStream
from understudy.errors import BadRequest, Forbidden, NotFound

Json = dict[str, Any]
PUBLIC_MEMBERS = frozenset({
    "model", "messages", "prompt", "temperature", "top_p", "top_k", "seed", "tools", "reasoning_effort",
    "max_completion_tokens", "stream",
})  # fmt: skip
"""What a public key may send; anything else is 400 (guess: the documents leave out the status)."""
DONE = b"data: [DONE]\n\n"
PING, PING_SECONDS = b": ping\n\n", 15.0
"""What keeps a slow stream open, and how often it comes; clients pass over a comment. Source: older docs."""
NOT_PUBLIC: Json = {"skills": [], "sentinelOptions": None, "tools": None}
"""What a gateway does not do for a public key."""
EASY_TOKENS, HARD_TOKENS = 60, 400
"""Where the complexity of a message begins to be medium, and high (guess)."""


@dataclass(frozen=True)
class Resolved:
    """What answers: the model, the parameters and id of its gateway ("" for none), and the complexity."""

    name: str
    parameters: Mapping[str, Any]
    complexity: str | None = None
    gateway: str = ""


@dataclass(frozen=True)
class Answered:
    """A reply that is paid: its model, ids for its tool calls, what it cost, and the functions that ran."""

    reply: Reply
    model: str
    call_ids: Sequence[str]
    usage_rows: list[Json]
    functions: list[Json]


@operation("modelListing", "modelListingAlias")
def model_listing(ctx: Context) -> Json:
    owner = account(ctx).value["name"]
    named = [(name, one.owner) for name, one in MODELS.items()]
    named += [(gateway["id"], owner) for gateway in own(ctx, GATEWAYS).values()]
    data = [{"id": name, "object": "model", "created": 1, "owned_by": owned_by} for name, owned_by in named]
    return {"object": "list", "data": data}


@operation("inferenceChatCompletions", "inferenceChatCompletionsAlias")
def inference_chat_completions(
    ctx: Context, body: Json, *, sse_stream_options: str | None = None
) -> Json | EventStream | Answer:
    messages = _messages(body)
    automatic = account(ctx).value["parameters"]["automaticJsonHealing"]
    owed = structured_output.duty(body, automatic=automatic)
    resolved = _resolve(ctx, body, messages)
    done = answered(ctx, resolved, messages, body, body.get("user") or "", owed)
    context = {"generated_usage": done.usage_rows, "runned_functions": done.functions}
    reply, shown = done.reply, done.functions
    if body.get("json_only"):
        return _json_only(reply, streamed=bool(body.get("stream")))
    if body.get("rendering_mode") == TEXTUAL_BLOCKS:
        reply, shown = as_blocks(reply, shown), []
    completion_id = ctx.ids.uuid7("completion", ctx.clock.millis())
    created = ctx.clock.millis() // 1000
    if body.get("stream"):
        explained = body.get(
            "tool_invocation_explanations", resolved.parameters["toolInvocationExplanations"]
        )
        told = _chunks(reply, f"chatcmpl-{completion_id}", created, done.model, done.call_ids, context)
        told = [*functions.chunks(shown, told[0], explained=explained), *told]
        ping = b"" if "no-ping" in (sse_stream_options or "") else PING
        return EventStream(told, named=False, closing=DONE, ping=ping, ping_seconds=PING_SECONDS)
    return _whole(reply, completion_id, created, done.model, done.call_ids, context)


def answered(
    ctx: Context,
    resolved: Resolved,
    messages: Sequence[Message],
    options: Json,
    user: str,
    owed: structured_output.Duty | None = None,
) -> Answered:
    """Let a model answer within the limits of the account, and charge it.

    Args:
        options: members of a chat completion, which win over the gateway.
        user: whose memories count.
        owed: what the text has to satisfy.
    """
    limits.admit(ctx, resolved.parameters)
    held = media.check(messages, resolved.name, resolved.parameters, options.get("multimodal_preprocess"))
    prices.require_balance(ctx, media.least_balance(held))
    plans.check_storage(ctx)
    reply, ran = _reply(ctx, resolved, messages, options, user, owed)
    limits.account_for(ctx, resolved.parameters, reply.usage.prompt)
    ctx.use("generations")
    ctx.use("prompt_tokens", reply.usage.prompt)
    ctx.use("completion_tokens", reply.usage.completion)
    rows = _usage_rows(resolved.name, reply)
    prices.charge(ctx, sum((Decimal(str(row["amount"])) for row in rows), Decimal(0)))
    if resolved.complexity:
        ctx.call.add_header(b"x-model-routed-complexity", resolved.complexity.encode())
    call_ids = [f"call_{ctx.ids.hexadecimal('call', 24)}" for _ in reply.tool_calls]
    return Answered(reply, resolved.name, call_ids, rows, ran)


def _messages(body: Json) -> Sequence[Message]:
    if body.get("messages"):
        messages: Sequence[Message] = body["messages"]
        return messages
    if body.get("prompt"):
        return [{"role": "user", "content": body["prompt"]}]
    raise BadRequest({"body.messages": "is required, or prompt"})


def _resolve(ctx: Context, body: Json, messages: Sequence[Message]) -> Resolved:
    """The model of the request: an integrated one, or that of a gateway by its id or slug."""
    assert ctx.principal is not None
    name, kind = body["model"], ctx.principal.kind
    if kind == "public":
        _check_public(body)
    if name in MODELS and kind == "private":
        _check_extra(body, "@integrated")
        return Resolved(name, DEFAULTS)
    gateways = own(ctx, GATEWAYS)
    try:
        found = gateways.record(name) if kind == "public" else ai_gateways.find(gateways, name)
    except NotFound:
        raise InferenceRefused("model_not_found", {"body.model": f"there is no model '{name}'"}) from None
    if kind == "gateway" and found.value["id"] != ctx.principal.facts["gateway"]:
        raise Forbidden("This key belongs to another gateway.")
    _check_extra(body, found.value["parameters"]["baseAddress"])
    parameters: Json = {**found.value["parameters"], **(NOT_PUBLIC if kind == "public" else {})}
    return routed({**found.value, "parameters": parameters}, messages)


def _check_extra(body: Json, address: str) -> None:
    if body.get("extra_body") is not None and address == "@integrated":
        raise BadRequest({"body.extra_body": "is for gateways to the model of a provider alone"})


def _check_public(body: Json) -> None:
    for member in body:
        if member not in PUBLIC_MEMBERS:
            raise BadRequest({f"body.{member}": "may not be sent with a public key"})


def routed(gateway: Mapping[str, Any], messages: Sequence[Message]) -> Resolved:
    """The model of a gateway, by the length of the last message when it asks for that (guess)."""
    parameters = gateway["parameters"]
    routing = parameters.get("modelRoutingParameters")
    if not routing:
        return Resolved(parameters["modelName"], parameters, gateway=gateway["id"])
    tokens = count(text_of(messages[-1]))
    complexity = "low" if tokens < EASY_TOKENS else "medium" if tokens < HARD_TOKENS else "high"
    name = routing[f"{complexity}ComplexityModelName"]
    return Resolved(name, parameters, complexity, gateway["id"])


def _reply(
    ctx: Context,
    resolved: Resolved,
    messages: Sequence[Message],
    options: Json,
    user: str,
    owed: structured_output.Duty | None,
) -> tuple[Reply, list[Json]]:
    """The reply, and the functions of the service that ran for it; nothing runs for a refusal."""
    parameters = builtin_functions.asked_for(resolved.parameters, options)
    refused = moderation.refused(messages, parameters, ctx.decider)
    if refused:
        return refused, []
    prepared = prepare(ctx, messages, parameters, user)
    worker = workers.worker_of(ctx, resolved.gateway, parameters)
    if worker is None:
        reply = _respond(ctx, options, prepared, parameters)
    else:
        reply = worker.steer(prepared, user, lambda: _respond(ctx, options, prepared, parameters))
    return structured_output.fulfilled(reply, owed, _most(options, parameters)), prepared.functions


def _respond(ctx: Context, body: Json, prepared: Prepared, parameters: Mapping[str, Any]) -> Reply:
    """The reply; members of the request win over parameters of the gateway."""
    effort = body.get("reasoning_effort") or parameters["reasoningEffort"] or "none"
    reply = respond(
        Request(
            messages=prepared.messages,
            instructions=prepared.instructions,
            sources=prepared.sources,
            memories=prepared.memories,
            tools=body.get("tools") or parameters["tools"] or (),
            tool_choice=body.get("tool_choice") or "auto",
            parallel_tool_calls=body.get("parallel_tool_calls") is not False,
            response_format=_format(body),
            stop=_stops(body.get("stop") or parameters["stop"]),
            max_tokens=_most(body, parameters),
            reasoning=effort != "none",
        ),
        ctx.decider,
    )
    prefill = parameters["assistantPrefill"]
    if prefill and parameters["includePrefillingInMessages"] and reply.text and _format(body) is None:
        return Reply(
            prefill + reply.text, reply.usage, reply.finish_reason, reply.reasoning, reply.tool_calls
        )
    return reply


def _most(body: Json, parameters: Mapping[str, Any]) -> int | None:
    """The most tokens of an answer."""
    stated: int | None = parameters["maxCompletionTokens"]
    return most_tokens(body) or stated


def _stops(given: Any) -> list[str]:
    texts = [given] if isinstance(given, str) else given or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise BadRequest({"body.stop": "must be a text or a list of texts"})
    return texts


def _format(body: Json) -> Json | None:
    """The response format, which was found to be one; a schema of `response_schema` counts as one."""
    if body.get("response_schema") is not None:
        return {"type": "json_schema", "json_schema": {"schema": body["response_schema"]}}
    return structured_format(body.get("response_format"))


def _usage_rows(name: str, reply: Reply) -> list[Json]:
    """What the answer cost; each amount is its price times its quantity."""
    one = model(name)
    described = f"Inference of the model '{name}'"
    rows = []
    for way, price, quantity in (
        ("in", one.price_in, reply.usage.prompt),
        ("out", one.price_out, reply.usage.completion),
    ):
        rows.append({
            "sku": f"inference.chat_completions.{way}",
            "amount": float(price * quantity),
            "unit_price": float(price),
            "quantity": quantity,
            "description": described,
        })  # fmt: skip
    return rows


def _json_only(reply: Reply, *, streamed: bool) -> Answer:
    """The generated JSON alone; text that is none is told as a JSON text."""
    value = heal(reply.text)
    content = orjson.dumps(reply.text if value is None else value)
    if streamed:
        return Answer(b"data: " + content + b"\n\n" + DONE, 200, media_type="text/event-stream")
    return Answer(content, 200)


def _whole(
    reply: Reply, completion_id: str, created: int, name: str, call_ids: Sequence[str], context: Json
) -> Json:
    told = openai_form.completion(
        reply, completion_id, created, name, call_ids=call_ids, reasoning_member="reasoning"
    )
    choice = told["choices"][0]
    message = {"refusal": None, "annotations": [], "tool_calls": [], **choice["message"]}
    if reply.finish_reason == moderation.FINISH_REASON:
        moderation.as_refusal(message)
    told["choices"] = [{**choice, "message": message, "logprobs": None}]
    return {**told, "service_tier": "default", "generation_context": context}


def _chunks(
    reply: Reply, completion_id: str, created: int, name: str, call_ids: Sequence[str], context: Json
) -> list[Json]:
    told = openai_form.chunks(
        reply,
        completion_id,
        created,
        name,
        call_ids=call_ids,
        reasoning_member="reasoning",
        include_usage="last",
    )
    for chunk in told:
        chunk["system_fingerprint"] = "fp_understudy"
        for choice in chunk["choices"]:
            choice["logprobs"] = None
            if reply.finish_reason == moderation.FINISH_REASON:
                moderation.as_refusal(choice["delta"])
    told[-1]["generation_context"] = context
    return told
