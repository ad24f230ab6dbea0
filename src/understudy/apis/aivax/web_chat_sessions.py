"""Sessions of web chat clients: who may talk with one, and until when. Spec tag: Web Chat Sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.aivax import accounts
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.kinds import WEB_CHATS, account_id, own
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import NotFound
from understudy.state.store import Kind, Record, Store
from understudy.state.world import World

Json = dict[str, Any]

SESSIONS: Kind[Json] = Kind("web_chat_session", noun="session")
"""Sessions, one table per web chat client; the access key and the end stand in `private`."""
ACCESS_KEYS: Kind[Json] = Kind("web_chat_key", key="key", noun="access key")
"""Which session of which client and account an access key opens, for the whole world."""
MESSAGES: Kind[Json] = Kind("web_chat_message", key="message_id", noun="message")
"""What was said, one table per session."""
RATES: Kind[Json] = Kind("web_chat_rate", key="who")
"""How much each tag, or each session without one, has sent, one table per web chat client."""

PREFIX, CHARACTERS = "wky_", 55
LASTS = 3600
"""Seconds that a session lasts when nothing is said. Source: docs."""
TALK_URL = "https://console.aivax.net/chat/"
"""Where people talk, before the access key. Source: older documents."""
PREVIEW = 120
"""Characters of the context that a list shows (guess)."""
_CONTEXT = ("extraContext", "contextLocation", "metadata")
_COUNTED = ("user", "assistant")


@operation("createWebChatSession")
def create_web_chat_session(ctx: Context, chat_client_id: str, body: Json) -> Json:
    """A new session, or the one that is open for the tag: longer, with the context that is given now."""
    own(ctx, WEB_CHATS).get(chat_client_id)
    ends = ctx.clock.millis() + _millis(body)
    record = _of_tag(ctx, chat_client_id, body.get("tag"))
    if record is None:
        session_id = _add(ctx.world, account_id(ctx), chat_client_id, body, ends)
        record = ctx.store.table(SESSIONS, chat_client_id).record(session_id)
    else:
        given = {member: body[member] for member in _CONTEXT if member in body}
        ctx.store.table(SESSIONS, chat_client_id).replace({**record.value, **given}, ends=ends)
    key = ctx.world.credential(record.private["key"])
    return {"sessionId": record.value["id"], "accessKey": key, "talkUrl": TALK_URL + key}


@operation("listWebChatSessions")
def list_web_chat_sessions(ctx: Context, chat_client_id: str, *, filter: str = "") -> list[Json]:
    """Those that are not over, newest first; the filter is found anywhere, in any case (guess)."""
    own(ctx, WEB_CHATS).get(chat_client_id)
    wanted = filter.lower()
    return [
        _summary(ctx, record)
        for record in reversed(alive(ctx, chat_client_id))
        if any(wanted in text.lower() for text in _searched(ctx, record))
    ]


@operation("deleteWebChatSession")
def delete_web_chat_session(ctx: Context, chat_client_id: str, session_id: str) -> Json:
    own(ctx, WEB_CHATS).get(chat_client_id)
    record = ctx.store.table(SESSIONS, chat_client_id).record(session_id)
    if not is_alive(ctx, record):
        raise NotFound("The session is over.", session_id)
    _remove(ctx, chat_client_id, record)
    return said("Session deleted successfully.")


def alive(ctx: Context, client_id: str) -> list[Record[Json]]:
    """The sessions of a client that are not over, oldest first."""
    return [one for one in ctx.store.table(SESSIONS, client_id).records() if is_alive(ctx, one)]


def is_alive(ctx: Context, session: Record[Json]) -> bool:
    ends: int = session.private["ends"]
    return ctx.clock.millis() < ends


def remove_all(ctx: Context, client_id: str) -> None:
    """Take every session of a client away."""
    for record in ctx.store.table(SESSIONS, client_id).records():
        _remove(ctx, client_id, record)
    ctx.store.table(RATES, client_id).clear()


def message_count(store: Store, session_id: str) -> int:
    """How many messages people and the assistant have in a session."""
    return len([one for one in store.table(MESSAGES, session_id).values() if one["role"] in _COUNTED])


def keep_messages(world: World, session_id: str, said: Sequence[Mapping[str, Any]]) -> None:
    """Put messages at the end of a session, each with an id of its own."""
    for message in said:
        message_id = f"msg_{world.ids.hexadecimal(MESSAGES.name, 24)}"
        kept = {"role": message["role"], "content": None, **message, "message_id": message_id}
        world.store.table(MESSAGES, session_id).add(kept)


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `web_chat_sessions`; its client comes before it."""
    account = accounts.named(world.store, row["account"]).value["id"]
    clients = world.store.table(WEB_CHATS, account).values()
    client_id = next((one["id"] for one in clients if one["name"] == row["client"]), None)
    if client_id is None:
        raise NotFound(f"web chat client '{row['client']}' not found", row["client"])
    session_id = _add(world, account, client_id, row, world.clock.millis() + _millis(row))
    messages = row.get("messages", ())
    keep_messages(world, session_id, messages)
    if messages:
        sessions = world.store.table(SESSIONS, client_id)
        sessions.replace({**sessions.get(session_id), "lastMessage": world.clock.stamp()})


def _millis(given: Mapping[str, Any]) -> int:
    seconds: float = given.get("expires", LASTS)
    return round(seconds * 1000)


def _of_tag(ctx: Context, client_id: str, tag: str | None) -> Record[Json] | None:
    """The session of that tag that is not over; an empty tag is none."""
    if not tag:
        return None
    sessions = ctx.store.table(SESSIONS, client_id)
    found = sessions.derived("by_tag", lambda t: {one.value["tag"]: one for one in t.records()}).get(tag)
    return found if found is not None and is_alive(ctx, found) else None


def _add(world: World, account: str, client_id: str, given: Mapping[str, Any], ends: int) -> str:
    """Keep a new session; its id."""
    key = given.get("accessKey") or world.ids.secret(PREFIX, CHARACTERS)
    value = {
        "id": given.get("id") or world.ids.uuid7(SESSIONS.name, world.clock.millis()),
        "tag": given.get("tag") or None,
        **{member: given.get(member) for member in _CONTEXT},
        "createdAt": world.clock.stamp(),
        "lastMessage": None,
        "tokenCount": 0,
    }
    world.store.table(SESSIONS, client_id).add(value, key=key, ends=ends)
    place = {"account": account, "client": client_id, "session": value["id"]}
    world.store.table(ACCESS_KEYS).add({"key": key, **place})
    return str(value["id"])


def _remove(ctx: Context, client_id: str, record: Record[Json]) -> None:
    ctx.store.table(ACCESS_KEYS).remove(record.private["key"])
    ctx.store.table(MESSAGES, record.value["id"]).clear()
    ctx.store.table(SESSIONS, client_id).remove(record.value["id"])


def _searched(ctx: Context, record: Record[Json]) -> list[str]:
    value = record.value
    key = ctx.world.credential(record.private["key"])
    return [value["id"], key, value["tag"] or "", value["extraContext"] or ""]


def _summary(ctx: Context, record: Record[Json]) -> Json:
    value = record.value
    context = value["extraContext"]
    return {
        "id": value["id"],
        "tagName": value["tag"],
        "contextPreview": None if context is None else context[:PREVIEW],
        "sessionKey": ctx.world.credential(record.private["key"]),
        "createdAt": value["createdAt"],
        "lastMessage": value["lastMessage"],
        "messageCount": message_count(ctx.store, value["id"]),
        "tokenCount": value["tokenCount"],
    }
