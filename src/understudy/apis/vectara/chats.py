"""Chats: conversations whose questions are read in the light of earlier turns. Spec tag: Chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.vectara import answering, query_history
from understudy.apis.vectara.answering import Answered, Asked
from understudy.apis.vectara.auth import visible
from understudy.apis.vectara.kinds import CHATS, TURNS
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.wire import Chat, Turn
from understudy.behaviours.decide import decide
from understudy.behaviours.rephrasing import Topic, rephrase, topic_after
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.streaming import EventStream
from understudy.errors import BadRequest
from understudy.state.store import Record, Table
from understudy.state.world import World

Body = dict[str, Any]
LONGEST_QUERY = 5000
"""Characters of a query, a rephrased one included. Source: the OAS."""


@operation("listChats")
def list_chats(ctx: Context, *, limit: int, page_key: str | None = None) -> dict[str, Any]:
    records = ctx.store.table(CHATS).records()
    seen = visible(ctx)
    if seen is not None:
        records = [record for record in records if seen.issuperset(record.private["corpus_keys"])]
    shown, metadata = page(ctx, records, limit, page_key, newest_first=True)
    return {"chats": shown, "metadata": metadata}


@operation("createChat")
def create_chat(ctx: Context, body: Body) -> dict[str, Any] | EventStream:
    answered = answering.answer(ctx, _asked(body, body["query"]))
    turn = None
    if _is_stored(body):
        chat_id = ctx.ids.uuid("cht")
        turn = _turn(ctx.world, chat_id, _first_id(chat_id), body["query"], _text(answered))
    _record(ctx, body, answered, turn)
    if turn:
        _begin(ctx.world, turn, _corpus_keys(body))
    return _told(body, answered, turn)


@operation("createChatTurn")
def create_chat_turn(ctx: Context, chat_id: str, body: Body) -> dict[str, Any] | EventStream:
    chat = ctx.store.table(CHATS).record(chat_id)
    if not chat.value["enabled"]:
        raise BadRequest({"path.chat_id": f"chat '{chat_id}' is disabled and takes no further turns"})
    query = body["query"]
    topic = _topic(ctx.world, chat_id)
    subject = {"query": query, "topic": topic}
    text = decide(ctx.decider, "rephrase", subject, lambda: rephrase(query, topic, LONGEST_QUERY))
    answered = answering.answer(ctx, _asked(body, text, rephrased=True))
    turn = None
    if _is_stored(body):
        turn = _turn(ctx.world, chat_id, ctx.ids.uuid("trn"), query, _text(answered))
    _record(ctx, body, answered, turn)
    if turn:
        _continue(ctx.world, chat, turn, _corpus_keys(body))
    return _told(body, answered, turn)


@operation("getChat")
def get_chat(ctx: Context, chat_id: str) -> Chat:
    return ctx.store.table(CHATS).record(chat_id).value


@operation("deleteChat")
def delete_chat(ctx: Context, chat_id: str) -> None:
    ctx.store.table(CHATS).record(chat_id)
    _remove(ctx.world, chat_id)


@operation("listChatTurns")
def list_chat_turns(ctx: Context, chat_id: str) -> dict[str, Any]:
    ctx.store.table(CHATS).record(chat_id)
    return {"turns": ctx.store.table(TURNS, chat_id).values()}


@operation("getChatTurn")
def get_chat_turn(ctx: Context, chat_id: str, turn_id: str) -> Turn:
    ctx.store.table(CHATS).record(chat_id)
    return ctx.store.table(TURNS, chat_id).get(turn_id)


@operation("updateChatTurn")
def update_chat_turn(ctx: Context, chat_id: str, turn_id: str, body: Body) -> Turn:
    """Disable a turn and all later ones; the contract knows no other change."""
    chat = ctx.store.table(CHATS).record(chat_id)
    turns = ctx.store.table(TURNS, chat_id)
    first = turns.record(turn_id)
    if body.get("enabled") is False:
        for record in _from(turns.records(), first):
            if record.value["enabled"]:
                turns.replace({**record.value, "enabled": False})
        if _is_first(turns, first) and chat.value["enabled"]:
            ctx.store.table(CHATS).replace({**chat.value, "enabled": False})
    return turns.get(turn_id)


@operation("deleteChatTurn")
def delete_chat_turn(ctx: Context, chat_id: str, turn_id: str) -> None:
    """Take a turn and all later ones away; with the first turn the chat goes."""
    ctx.store.table(CHATS).record(chat_id)
    turns = ctx.store.table(TURNS, chat_id)
    first = turns.record(turn_id)
    if _is_first(turns, first):
        _remove(ctx.world, chat_id)
        return
    for record in _from(turns.records(), first):
        turns.remove(record.value["id"])


def seed_chat(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `chats`: a chat with its first turn."""
    chat_id = row.get("id") or world.ids.uuid("cht")
    turn = _turn(world, chat_id, _first_id(chat_id), row["first_query"], row["first_answer"])
    _begin(world, _stated(turn, row), row.get("corpus_keys", []))


def seed_turn(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `turns`: a further turn of a chat of the fixture."""
    chat = world.store.table(CHATS).record(row["chat_id"])
    turn_id = row.get("id") or world.ids.uuid("trn")
    turn = _turn(world, row["chat_id"], turn_id, row["query"], row["answer"])
    _continue(world, chat, _stated(turn, row), row.get("corpus_keys", []))


def _stated(turn: Turn, row: Mapping[str, Any]) -> Turn:
    """The turn with what a fixture says of its time and its standing."""
    turn["enabled"] = row.get("enabled", True)
    turn["created_at"] = row.get("created_at", turn["created_at"])
    return turn


def _asked(body: Body, text: str, *, rephrased: bool = False) -> Asked:
    """The question of a chat, which is always answered in words: `generation.enabled` means nothing here."""
    corpora = body["search"]["corpora"]
    return Asked(
        text,
        corpora,
        body["search"],
        answering.places(corpora),
        {**(body.get("generation") or {}), "enabled": True},
        rewritten=body.get("intelligent_query_rewriting", False),
        rephrased=rephrased,
        traced=body.get("save_history", True),
    )


def _is_stored(body: Body) -> bool:
    """`save_history` wins over `chat.store`; both are true when absent."""
    return bool(body.get("save_history", True) and (body.get("chat") or {}).get("store", True))


def _text(answered: Answered) -> str:
    assert answered.generated is not None
    return answered.generated.text


def _corpus_keys(body: Body) -> list[str]:
    return list(dict.fromkeys(entry["corpus_key"] for entry in body["search"]["corpora"]))


def _record(ctx: Context, body: Body, answered: Answered, turn: Turn | None) -> None:
    if answered.asked.traced:
        query_history.record(ctx, body, answered, turn["chat_id"] if turn else None)


def _told(body: Body, answered: Answered, turn: Turn | None) -> dict[str, Any] | EventStream:
    ids = {"chat_id": turn["chat_id"], "turn_id": turn["id"]} if turn else {}
    if body.get("stream_response"):
        stored = [{"type": "chat_info", **ids}] if turn else []
        return EventStream(answering.events(answered, *stored))
    return {**ids, **answering.whole(answered, "answer")}


def _begin(world: World, turn: Turn, corpus_keys: list[str]) -> None:
    """Keep a new chat with its first turn."""
    chat: Chat = {
        "id": turn["chat_id"],
        "first_query": turn["query"],
        "first_answer": turn["answer"],
        "enabled": turn["enabled"],
        "created_at": turn["created_at"],
    }
    world.store.table(CHATS).add(chat, corpus_keys=corpus_keys)
    _keep(world, turn)


def _continue(world: World, chat: Record[Chat], turn: Turn, corpus_keys: list[str]) -> None:
    """Keep a further turn of a chat."""
    known = chat.private["corpus_keys"]
    added = [key for key in corpus_keys if key not in known]
    if added:
        world.store.table(CHATS).replace(chat.value, corpus_keys=[*known, *added])
    _keep(world, turn)


def _keep(world: World, turn: Turn) -> None:
    """Keep a turn with what the chat is about after it, so that the next one reads this turn alone."""
    topic = topic_after(turn["query"], _topic(world, turn["chat_id"]))
    world.store.table(TURNS, turn["chat_id"]).add(turn, things=list(topic.things), said=list(topic.said))


def _topic(world: World, chat_id: str) -> Topic:
    """What the chat is about after its last enabled turn."""
    for record in world.store.table(TURNS, chat_id).newest_first():
        if record.value["enabled"]:
            return Topic(tuple(record.private["things"]), tuple(record.private["said"]))
    return Topic()


def _turn(world: World, chat_id: str, turn_id: str, query: str, answer: str) -> Turn:
    return {
        "id": turn_id,
        "chat_id": chat_id,
        "query": query,
        "answer": answer,
        "enabled": True,
        "created_at": world.clock.stamp(),
    }


def _first_id(chat_id: str) -> str:
    """The id of the first turn: that of the chat behind another prefix, as recorded answers show it."""
    return f"trn_{chat_id.partition('_')[2]}"


def _is_first(turns: Table[Turn], record: Record[Turn]) -> bool:
    return record.sequence == turns.records()[0].sequence


def _from(records: Sequence[Record[Turn]], first: Record[Turn]) -> list[Record[Turn]]:
    return [record for record in records if record.sequence >= first.sequence]


def _remove(world: World, chat_id: str) -> None:
    world.store.table(TURNS, chat_id).clear()
    world.store.table(CHATS).remove(chat_id)
