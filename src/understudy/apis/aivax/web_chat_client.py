"""What the page of a web chat calls; the access key in the path says whose session it is.

Spec tag: Web Chat Client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from understudy.apis.aivax import web_chat
from understudy.apis.aivax.auth import without_world
from understudy.apis.aivax.hook_schedules import WEB_CHAT, schedule_from
from understudy.apis.aivax.inference import Answered, answered, routed
from understudy.apis.aivax.kinds import WEB_CHATS, own
from understudy.apis.aivax.web_chat_sessions import (
    ACCESS_KEYS,
    MESSAGES,
    RATES,
    SESSIONS,
    is_alive,
    keep_messages,
    message_count,
)
from understudy.behaviours import openai_form
from understudy.behaviours.conversation import Message, text_of
from understudy.engine.context import Context, Principal
from understudy.engine.operation import operation
from understudy.engine.replies import Reply
from understudy.errors import BadRequest, TooManyRequests, Unprocessable
from understudy.state.store import Record

Json = dict[str, Any]

HOUR = 60 * 60 * 1000
EXTENDED = 30 * 60 * 1000
"""Milliseconds that a session lasts at least after a message. Source: docs."""
TITLE = 48
"""Characters of the first message that make the title of a chat (guess)."""
CULTURES: Mapping[str, Mapping[str, str]] = {
    "en": {"sendButtonLabel": "Send", "inputPlaceholder": "Write here"},
    "pt-BR": {"sendButtonLabel": "Enviar", "inputPlaceholder": "Escreva aqui"},
}
"""The words of the page by its language."""
_SHOWN = (
    "customScripts", "customStyles", "helloLabel", "helloSubLabel", "logoImageUrl", "primaryColor",
    "pageTitle", "suggestionButtons", "debug", "textAreaPlaceholder",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """An open session, its client, and the gateway that answers there."""

    client: Json
    session: Record[Json]
    gateway: Json


@operation("getSessionInfo")
def get_session_info(ctx: Context, access_key: str) -> Json:
    visit = _visit(ctx, access_key)
    parameters = visit.client["clientParameters"]
    messages = ctx.store.table(MESSAGES, visit.session.value["id"]).values()
    first = next((text_of(one) for one in messages if one["role"] == "user"), "")
    return {
        "messages": messages,
        "chatTitle": first[:TITLE] or parameters["pageTitle"],
        "culture": _culture(parameters["languageCode"] or ""),
        "client": {
            **{member: parameters[member] for member in _SHOWN},
            "inputModes": ["text", *(mode.lower() for mode in parameters["inputModes"])],
            "audioSynthesisEnabled": parameters["audioSynthesisSource"] != "None",
        },
        "chatCreationData": None,
    }


@operation("cancelInference")
def cancel_inference(ctx: Context, access_key: str) -> Json:
    """Nothing runs by then: an inference is over as soon as it is asked for."""
    _visit(ctx, access_key)
    return {"message": "Inference cancelled."}


@operation("retryLastMessage")
def retry_last_message(ctx: Context, access_key: str) -> None:
    """Forget what came after the last message of the user; 400 when there is none."""
    visit = _visit(ctx, access_key)
    messages = ctx.store.table(MESSAGES, visit.session.value["id"])
    said = messages.values()
    last = max((at for at, one in enumerate(said) if one["role"] == "user"), default=None)
    if last is None:
        raise BadRequest(message="Nobody has said anything in this session that could be tried again.")
    for message in said[last + 1 :]:
        messages.remove(message["message_id"])


@operation("sendPrompt")
def send_prompt(ctx: Context, access_key: str, body: Json) -> Json:
    """Let the gateway answer in the light of the session, and keep both unless `commit` is false."""
    visit = _visit(ctx, access_key)
    session_id = visit.session.value["id"]
    _check_length(ctx, visit)
    _count(ctx, visit)
    history = [_bare(one) for one in ctx.store.table(MESSAGES, session_id).values()]
    new = _unsaid(history, _messages(body["prompt"]))
    instructions = body.get("instructions") or []
    told = [visit.session.value["extraContext"] or "", *_texts(instructions)]
    system = [{"role": "system", "content": text} for text in told if text]
    done = _answered(ctx, visit, [*system, *history, *new])
    message = _message(done)
    if body.get("commit", True):
        keep_messages(ctx.world, session_id, [*new, message])
        _schedule(ctx, visit, new)
    _touch(ctx, visit, done.reply.usage.total if body.get("commit", True) else None)
    usage = done.reply.usage
    return {
        "completionText": done.reply.text,
        "reasoning": done.reply.reasoning or None,
        "toolCalls": _tool_calls(visit, done),
        "usage": {
            "promptTokens": usage.prompt,
            "completionTokens": usage.completion,
            "totalTokens": usage.total,
        },
        "createdMessages": [message],
    }


@operation("downloadSessionTranscript")
def download_session_transcript(ctx: Context, access_key: str) -> Reply:
    session = _visit(ctx, access_key).session.value
    transcript = {
        "messages": [_bare(one) for one in ctx.store.table(MESSAGES, session["id"]).values()],
        "context": session["extraContext"],
        "sessionId": session["id"],
        "metadata": session["metadata"] or {},
    }
    return Reply(transcript, 200, {"content-disposition": 'attachment; filename="transcript.json"'})


def _visit(ctx: Context, access_key: str) -> Visit:
    """Who is there; from here on the call is one of the account that the session belongs to.

    422 for a key that opens nothing, and where no gateway could answer.
    """
    place = ctx.store.table(ACCESS_KEYS).find(without_world(access_key))
    if place is None:
        raise _unavailable()
    opened = place.value
    session = ctx.store.table(SESSIONS, opened["client"]).record(opened["session"])
    ctx.call.principal = Principal(opened["session"], "session", None, {"account": opened["account"]})
    client = own(ctx, WEB_CHATS).get(opened["client"])
    gateway = web_chat.gateway_of(ctx, client)
    if not is_alive(ctx, session) or gateway is None:
        raise _unavailable()
    return Visit(client, session, gateway)


def _unavailable() -> Unprocessable:
    return Unprocessable("The client is not available.")


def _culture(language: str) -> Mapping[str, str]:
    """The words for a language code; those of English when there are none (guess)."""
    return CULTURES["pt-BR" if language.lower().partition("-")[0].partition("_")[0] == "pt" else "en"]


def _check_length(ctx: Context, visit: Visit) -> None:
    """422 when the chat is full."""
    most = visit.client["limitingParameters"]["maxMessages"]
    if message_count(ctx.store, visit.session.value["id"]) >= most:
        raise Unprocessable(f"This chat has reached its limit of {most} messages.")


def _count(ctx: Context, visit: Visit) -> None:
    """Count a message of this tag; 429 when it is too many for this hour.

    Hours begin where those of the world's clock do (guess).
    """
    most = visit.client["limitingParameters"]["messagesPerHour"]
    rates = ctx.store.table(RATES, visit.client["id"])
    who = visit.session.value["tag"] or visit.session.value["id"]
    now = ctx.clock.millis()
    known = rates.find(who)
    before = known.value["count"] if known is not None and known.value["hour"] == now // HOUR else 0
    if before >= most:
        wait = str(-(-(HOUR - now % HOUR) // 1000))
        raise TooManyRequests(f"{most} messages may be sent in an hour.", headers={"retry-after": wait})
    value = {"who": who, "hour": now // HOUR, "count": before + 1}
    if known is None:
        rates.add(value)
    else:
        rates.replace(value)


def _messages(prompt: Any) -> list[Json]:
    """The prompt as messages."""
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    return [prompt] if isinstance(prompt, dict) else list(prompt)


def _texts(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def _bare(message: Mapping[str, Any]) -> Json:
    """A message as models get it: without its id."""
    return {member: value for member, value in message.items() if member != "message_id"}


def _unsaid(history: list[Json], given: list[Json]) -> list[Json]:
    """What is new of a prompt: after a retry its first message may be the one at the end already (guess)."""
    first = _bare(given[0])
    return given[1:] if first["role"] == "user" and [first] == history[-1:] else given


def _answered(ctx: Context, visit: Visit, messages: Sequence[Message]) -> Answered:
    """The answer of the gateway; what it refuses names the prompt."""
    resolved = routed(visit.gateway, messages)
    try:
        return answered(ctx, resolved, messages, {}, visit.session.value["tag"] or "")
    except BadRequest as refusal:
        raise BadRequest({"body.prompt": "; ".join(refusal.fields.values())}) from None


def _schedule(ctx: Context, visit: Visit, said: Sequence[Message]) -> None:
    """Keep what the message asks to have done later, where the client allows it."""
    texts = [text_of(one) for one in said if one["role"] == "user"]
    if texts and visit.client["clientParameters"]["allowScheduledContinuations"]:
        session = visit.session.value
        user, client = session["tag"] or session["id"], visit.client["id"]
        schedule_from(ctx, client, user, WEB_CHAT, texts[-1], session_id=session["id"])


def _message(done: Answered) -> Json:
    told = openai_form.completion(done.reply, "", 0, done.model, call_ids=done.call_ids)
    message: Json = told["choices"][0]["message"]
    return message


def _tool_calls(visit: Visit, done: Answered) -> list[Json]:
    protocol = {one["name"] for one in visit.gateway["parameters"]["protocolFunctions"]}
    return [
        {
            "id": call_id,
            "functionName": call.name,
            "contents": call.arguments,
            "isProtocolFunction": call.name in protocol,
        }
        for call_id, call in zip(done.call_ids, done.reply.tool_calls, strict=True)
    ]


def _touch(ctx: Context, visit: Visit, tokens: int | None) -> None:
    """Let the session last long enough for an answer; count tokens when messages were kept."""
    value = visit.session.value
    now = ctx.clock.millis()
    if tokens is not None:
        value = {**value, "lastMessage": ctx.clock.stamp(), "tokenCount": value["tokenCount"] + tokens}
    ends = max(visit.session.private["ends"], now + EXTENDED)
    ctx.store.table(SESSIONS, visit.client["id"]).replace(value, ends=ends)
