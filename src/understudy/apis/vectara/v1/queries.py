"""Batches of queries, answered by v2 one after another. Spec tag: Queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara import auth, chats, queries
from understudy.apis.vectara.kinds import CHATS, CORPORA
from understudy.apis.vectara.v1 import answers, customers, deadlines, statuses, translation
from understudy.apis.vectara.v1.bounds import MOST_QUERIES, MOST_SUMMARIES
from understudy.apis.vectara.v1.statuses import Refused
from understudy.apis.vectara.v1.wire import comvectaraStatus, servingResponseSet, servingSummary
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.streaming import EventStream
from understudy.errors import ApiError

Json = dict[str, Any]


@operation("Query")
def query(
    ctx: Context,
    body: Json,
    customer_id: int | None = None,
    grpc_timeout: str | None = None,
    timeout: int | None = None,
) -> Json:
    """Answer a batch; `customer_id` was looked at with the credential."""
    deadlines.check(ctx, grpc_timeout, timeout)
    status = _batch_status(body)
    sets = [] if status else [_answered(ctx, one) for one in body["query"]]
    return {"responseSet": sets, "status": status}


@operation("StreamQuery")
def stream_query(
    ctx: Context,
    body: Json,
    customer_id: int | None = None,
    grpc_timeout: str | None = None,
    timeout: int | None = None,
) -> EventStream:
    """The same, told line by line."""
    deadlines.check(ctx, grpc_timeout, timeout)
    status = _batch_status(body)
    if status:
        return EventStream([{"result": {"status": status}}], lines=True)
    return EventStream(list(answers.parts([_answered(ctx, one) for one in body["query"]])), lines=True)


def _batch_status(body: Json) -> list[comvectaraStatus]:
    """What keeps a whole batch from being answered."""
    if not body["query"]:
        return [{"code": "QRY__MISSING_QUERY", "statusDetail": "the batch is empty"}]
    if len(body["query"]) > MOST_QUERIES:
        return [
            {"code": "QRY__TOO_MANY_QUERIES", "statusDetail": f"a batch has at most {MOST_QUERIES} queries"}
        ]
    return []


def _answered(ctx: Context, one: Json) -> servingResponseSet:
    """The set of one query; nothing is kept of a query that cannot be answered."""
    try:
        with ctx.store.transaction():
            return _whole(ctx, one)
    except Refused as refused:
        return answers.refused_set(refused.status)
    except ApiError as error:
        if error.status >= 500:
            raise
        return answers.refused_set(statuses.of_error(error))


def _whole(ctx: Context, one: Json) -> servingResponseSet:
    customer = customers.number_of(ctx)
    wanted = translation.request(one, translation.by_number(ctx.store), customer)
    refusal = auth.confirm_as(ctx, wanted)
    if refusal is not None:
        raise refusal
    summaries = one.get("summary") or []
    if len(summaries) > MOST_SUMMARIES:
        raise Refused("INVALID_ARGUMENT", f"a query has at most {MOST_SUMMARIES} summaries")
    attempts = [_summarised(ctx, wanted, each, number) for number, each in enumerate(summaries)]
    told = next((told for told, _ in attempts if told), None) or _told(queries.query(ctx, wanted))
    corpora = ctx.store.table(CORPORA)
    keys = [entry["corpus_key"] for entry in wanted["search"]["corpora"]]
    numbers = {key: translation.number_of(corpora.get(key)) for key in keys}
    made = answers.response_set(told["search_results"], numbers, customer)
    for _, summary in attempts:
        made["summary"].append(summary)
        made["status"] += summary["status"]
    return made


def _summarised(ctx: Context, wanted: Json, summary: Json, number: int) -> tuple[Json, servingSummary]:
    """What v2 tells, nothing when it refuses, and the summary made of it."""
    try:
        with ctx.store.transaction():
            body = {**wanted, "generation": translation.generation(summary)}
            if _is_chat(summary):
                told = _chat(ctx, body, summary["chat"])
            else:  # one entry in the history is enough for a query with several summaries
                told = _told(queries.query(ctx, body if number == 0 else {**body, "save_history": False}))
    except Refused as refused:
        return {}, _refused(summary, refused.status)
    except ApiError as error:
        if error.status >= 500:
            raise
        return {}, _refused(summary, statuses.of_error(error))
    made = answers.summary(told, summary)
    if _is_chat(summary):
        made["chat"] = {
            "conversationId": told.get("chat_id", summary["chat"].get("conversationId", "")),
            "turnId": told.get("turn_id", ""),
            "rephrasedQuery": told.get("rephrased_query", ""),
            "status": answers.OK,
        }
    return told, made


def _is_chat(summary: Mapping[str, Any]) -> bool:
    chat = summary.get("chat") or {}
    return bool(chat.get("store") or chat.get("conversationId"))


def _refused(summary: Json, status: comvectaraStatus) -> servingSummary:
    made = answers.refused_summary(status)
    if _is_chat(summary):
        made["chat"] = {"conversationId": summary["chat"].get("conversationId", ""), "status": status}
    return made


def _chat(ctx: Context, body: Json, chat: Json) -> Json:
    """A turn of a chat of v2: a new one, or that of the conversation, which the caller must be allowed."""
    body = {**body, "chat": {"store": chat.get("store", False)}}
    conversation = chat.get("conversationId")
    if not conversation:
        return _told(chats.create_chat(ctx, body))
    keys = auth.about(ctx.store.table(CHATS).record(conversation))
    refusal = auth.confirm_as(ctx, {"search": {"corpora": [{"corpus_key": key} for key in keys]}})
    if refusal is not None:
        raise refusal
    return _told(chats.create_chat_turn(ctx, conversation, body))


def _told(answer: Json | EventStream) -> Json:
    assert isinstance(answer, dict)
    return answer
