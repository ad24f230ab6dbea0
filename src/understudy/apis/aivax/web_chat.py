"""Web chat clients: pages and messengers through which people talk with a gateway. Spec tag: Web Chat."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from understudy.apis.aivax import accounts, ai_gateways, hook_schedules, web_chat_sessions
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.kinds import GATEWAYS, WEB_CHATS, new_id, own
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.world import World

Json = dict[str, Any]

LIMITS: Mapping[str, int] = {"messagesPerHour": 30, "maxMessages": 300}
"""Source: an example in older documents."""
_NULL = (
    "languageCode", "customScripts", "customStyles", "helloLabel", "helloSubLabel", "textAreaPlaceholder",
    "logoImageUrl", "audioSynthesisVoice", "audioSynthesisInstruction", "maxScheduledIgnoredZone",
    "messageDebounceInterval",
)  # fmt: skip
_EMPTY = ("suggestionButtons", "inputModes", "allowedFrameOrigins")
_FALSE = (
    "debug", "showToolCalls", "summarizeTextBeforeAudioSynthesis", "uploadUnsupportedFiles",
    "allowScheduledContinuations", "splitAnswerIntoMessageChunks",
)  # fmt: skip
COLOUR = "#6366f1"
INPUT_MODES = ("Image", "Document", "Audio")
VOICES = ("None", "Gpt4oTts", "ElevenMultilingualV2", "ElevenV3")
_TIME_SPANS = ("maxScheduledIgnoredZone", "messageDebounceInterval")
INTEGRATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Zapi": ("zapiIntegration", ("instanceId", "instanceToken", "clientToken")),
    "Telegram": ("telegramIntegration", ("botToken",)),
    "EvolutionApi": ("evolutionIntegration", ("endpointUrl", "instanceName", "apiKey")),
    "Kapso": (
        "kapsoIntegration",
        ("apiKey", "phoneNumberId", "webhookSecretKey", "continuedMessagesTemplateId"),
    ),
}
"""Per type of integration its member, and what that holds beside the duration of a session."""
SESSION_DURATION = "03:00:00"
"""How long a session of a messenger lasts when nothing is said. Source: docs."""


@operation("listWebChatClients")
def list_web_chat_clients(ctx: Context) -> list[Json]:
    """In the order of their creation (guess)."""
    return [_summary(ctx, value) for value in own(ctx, WEB_CHATS).values()]


@operation("createWebChatClient")
def create_web_chat_client(ctx: Context, body: Json) -> Json:
    made = _client(new_id(ctx, WEB_CHATS), body)
    _link(ctx, made)
    own(ctx, WEB_CHATS).add(made)
    return {"id": made["id"]}


@operation("viewWebChatClient")
def view_web_chat_client(ctx: Context, id: str) -> Json:
    value = own(ctx, WEB_CHATS).get(id)
    gateway = gateway_of(ctx, value)
    return {
        "name": value["name"],
        "aiGateway": None if gateway is None else {"id": gateway["id"], "name": gateway["name"]},
        **{member: value[member] for member in ("limitingParameters", "clientParameters", "integrations")},
    }


@operation("editWebChatClient")
def edit_web_chat_client(ctx: Context, id: str, body: Json) -> Json:
    """What is absent stays, of the parameters too; a gateway of null is none."""
    old = own(ctx, WEB_CHATS).get(id)
    changed: Json = {**old, **_known(body, ("name", "aiGatewayId"))}
    if "aiGatewayId" in body:
        _link(ctx, changed)
    changed["limitingParameters"] = _limits(old["limitingParameters"], body)
    changed["clientParameters"] = _parameters(old["clientParameters"], body)
    own(ctx, WEB_CHATS).replace(changed)
    return said("Web client updated successfully.")


@operation("deleteWebChatClient")
def delete_web_chat_client(ctx: Context, id: str) -> Json:
    own(ctx, WEB_CHATS).remove(id)
    web_chat_sessions.remove_all(ctx, id)
    hook_schedules.forget(ctx, id)
    return said("Web client deleted successfully.")


@operation("editWebChatClientIntegrations")
def edit_web_chat_client_integrations(ctx: Context, id: str, body: Json) -> Json:
    """Set the integration of the type that is named; what else stands in the body does not count (guess)."""
    value = own(ctx, WEB_CHATS).get(id)
    member, names = INTEGRATIONS[_documented(body["integrationType"], INTEGRATIONS)]
    given = body["integrations"].get(member)
    if given is None:
        raise BadRequest({f"body.integrations.{member}": "is required for this integrationType"})
    duration = given.get("sessionDuration")
    made = {
        **{name: given.get(name) for name in names},
        "sessionDuration": SESSION_DURATION if duration is None else _time_span(duration),
    }
    own(ctx, WEB_CHATS).replace({**value, "integrations": {**value["integrations"], member: made}})
    return said("Web client integrations updated successfully.")


@operation("deleteWebChatClientIntegration")
def delete_web_chat_client_integration(ctx: Context, id: str, name: str) -> Json:
    """Take an integration away, by its type in any case; one that is not set is fine (guess)."""
    value = own(ctx, WEB_CHATS).get(id)
    kind = _documented(name, INTEGRATIONS)
    if kind not in INTEGRATIONS:
        raise BadRequest({"path.name": f"must be one of {', '.join(INTEGRATIONS)}"})
    integrations = {**value["integrations"], INTEGRATIONS[kind][0]: None}
    own(ctx, WEB_CHATS).replace({**value, "integrations": integrations})
    return said("Web client integration deleted successfully.")


def gateway_of(ctx: Context, client: Mapping[str, Any]) -> Json | None:
    """The gateway behind a client; None also when it is deleted, which unlinks the client."""
    found = own(ctx, GATEWAYS).find(client["aiGatewayId"] or "")
    return None if found is None else found.value


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `web_chats`."""
    account = accounts.named(world.store, row["account"]).value["id"]
    made = _client(row.get("id") or world.ids.uuid7(WEB_CHATS.name, world.clock.millis()), row)
    if made["aiGatewayId"] is not None:
        world.store.table(GATEWAYS, account).get(made["aiGatewayId"])
    world.store.table(WEB_CHATS, account).add(made)


def _client(client_id: str, given: Mapping[str, Any]) -> Json:
    parameters: Json = {
        **dict.fromkeys(_NULL),
        **{member: [] for member in _EMPTY},
        **dict.fromkeys(_FALSE, False),
        "primaryColor": COLOUR,
        "pageTitle": given["name"],
        "audioSynthesisSource": VOICES[0],
    }
    return {
        "id": client_id,
        "name": given["name"],
        "aiGatewayId": given.get("aiGatewayId"),
        "limitingParameters": _limits(LIMITS, given),
        "clientParameters": _parameters(parameters, given),
        "integrations": {member: None for member, _ in INTEGRATIONS.values()},
    }


def _link(ctx: Context, client: Json) -> None:
    """Put the id of the gateway in the form that it has; NotFound when there is no such gateway."""
    if client["aiGatewayId"] is not None:
        client["aiGatewayId"] = ai_gateways.find(own(ctx, GATEWAYS), client["aiGatewayId"]).value["id"]


def _limits(old: Mapping[str, int], given: Mapping[str, Any]) -> Json:
    return {**old, **_known(given.get("limitingParameters", {}), LIMITS)}


def _parameters(old: Mapping[str, Any], given: Mapping[str, Any]) -> Json:
    """The old parameters with those that are given, words and durations in their documented form."""
    changes = _known(given.get("clientParameters", {}), old)
    if "inputModes" in changes:
        modes = (_documented(mode, INPUT_MODES) for mode in changes["inputModes"])
        changes["inputModes"] = list(dict.fromkeys(modes))
    if "audioSynthesisSource" in changes:
        changes["audioSynthesisSource"] = _documented(changes["audioSynthesisSource"], VOICES)
    for member in _TIME_SPANS:
        if changes.get(member) is not None:
            changes[member] = _time_span(changes[member])
    return {**old, **changes}


def _known(given: Mapping[str, Any], members: Collection[str]) -> Json:
    return {member: value for member, value in given.items() if member in members}


def _documented(word: str, words: Collection[str]) -> str:
    """The word in the case of the documents; itself when they do not have it."""
    return next((one for one in words if one.lower() == word.lower()), word)


def _time_span(given: str | float) -> str:
    """A duration as `d.hh:mm:ss`; a number counts seconds."""
    if isinstance(given, str):
        return given
    ticks = round(given * 10_000_000)
    seconds, fraction = divmod(ticks, 10_000_000)
    days, rest = divmod(seconds, 24 * 60 * 60)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return (f"{days}." if days else "") + clock + (f".{fraction:07d}" if fraction else "")


def _summary(ctx: Context, value: Mapping[str, Any]) -> Json:
    gateway = gateway_of(ctx, value)
    linked = gateway and {
        "id": gateway["id"],
        "name": gateway["name"],
        "modelName": gateway["parameters"]["modelName"],
    }
    return {
        "id": value["id"],
        "name": value["name"],
        "color": value["clientParameters"]["primaryColor"],
        "activeSessions": len(web_chat_sessions.alive(ctx, value["id"])),
        "associatedGateway": linked,
    }
