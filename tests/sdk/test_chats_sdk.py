"""Chats and query history with the official Python SDK: every method, sync and async, sessions included."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import (
    AsyncVectara,
    ChatParameters,
    CitationParameters,
    GenerationParameters,
    KeyedSearchCorpus,
    SearchCorporaParameters,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, ForbiddenError, NotFoundError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
SEARCH = SearchCorporaParameters(corpora=[KeyedSearchCorpus(corpus_key="handbook")], limit=5)
LEAVE = "How many days of paid leave do employees have?"
LEAVE_ANSWER = "Every employee has 27 days of paid leave a year. [1]"
FOLLOW_UP = "And what happens to unused days?"
STREAM = [
    "search_results",
    "chat_info",
    "generation_info",
    "generation_chunk",
    "generation_end",
    "factual_consistency_score",
    "end",
]


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def kinds(events: list[Any]) -> list[str]:
    told = [event.type for event in events]
    return [kind for at, kind in enumerate(told) if not at or told[at - 1] != kind]


def text_of(events: list[Any]) -> str:
    return "".join(event.generation_chunk or "" for event in events if event.type == "generation_chunk")


def test_a_chat_is_held_read_and_deleted(client: Vectara) -> None:
    first = client.chats.create(
        query=LEAVE,
        search=SEARCH,
        generation=GenerationParameters(citations=CitationParameters(style="numeric")),
        chat=ChatParameters(store=True),
    )
    assert first.answer == LEAVE_ANSWER
    assert first.factual_consistency_score == 1.0
    assert first.rephrased_query is None
    assert first.chat_id is not None
    assert first.turn_id is not None
    chat = client.chats.get(first.chat_id)
    assert (chat.first_query, chat.first_answer, chat.enabled) == (LEAVE, LEAVE_ANSWER, True)
    second = client.chats.create_turns(first.chat_id, query=FOLLOW_UP, search=SEARCH)
    assert second.chat_id == first.chat_id
    assert second.rephrased_query == f"{FOLLOW_UP} (paid leave)"
    assert second.answer is not None
    assert "next spring" in second.answer
    turns = client.chats.list_turns(first.chat_id).turns
    assert turns is not None
    assert [turn.id for turn in turns] == [first.turn_id, second.turn_id]
    assert client.chats.get_turn(first.chat_id, first.turn_id) == turns[0]
    assert second.turn_id is not None
    disabled = client.chats.update_turn(first.chat_id, second.turn_id, enabled=False)
    assert (disabled.id, disabled.enabled) == (second.turn_id, False)
    client.chats.delete_turn(first.chat_id, second.turn_id)
    with pytest.raises(NotFoundError):
        client.chats.get_turn(first.chat_id, second.turn_id)
    client.chats.delete(first.chat_id)
    with pytest.raises(NotFoundError):
        client.chats.get(first.chat_id)


def test_chats_page_to_their_end(client: Vectara) -> None:
    made = [client.chats.create(query=f"kiln {number}", search=SEARCH).chat_id for number in range(5)]
    assert [chat.id for chat in client.chats.list(limit=2)] == [*made[::-1], "cht_welcome"]


def test_streams_of_chats_tell_what_the_answers_tell(client: Vectara) -> None:
    events: list[Any] = list(client.chats.create_stream(query=LEAVE, search=SEARCH))
    assert kinds(events) == STREAM
    assert text_of(events) == LEAVE_ANSWER
    chat_id = events[1].chat_id
    again: list[Any] = list(client.chats.create_turns_stream(chat_id, query=FOLLOW_UP, search=SEARCH))
    assert kinds(again) == STREAM
    assert again[1].chat_id == chat_id
    assert again[2].rephrased_query == f"{FOLLOW_UP} (paid leave)"
    assert client.chats.get_turn(chat_id, again[1].turn_id).answer == text_of(again)
    unstored: list[Any] = list(client.chats.create_stream(query=LEAVE, search=SEARCH, save_history=False))
    assert kinds(unstored) == [kind for kind in STREAM if kind != "chat_info"]


def test_the_shortcuts_of_the_client_do_the_same(client: Vectara) -> None:
    told = client.chat(query=LEAVE, search=SEARCH)
    assert (told.answer, told.chat_id is None) == (LEAVE_ANSWER, False)
    unstored = client.chat(query=LEAVE, search=SEARCH, chat=ChatParameters(store=False))
    assert (unstored.answer, unstored.chat_id, unstored.turn_id) == (LEAVE_ANSWER, None, None)
    events: list[Any] = list(client.chat_stream(query=LEAVE, search=SEARCH))
    assert text_of(events) == LEAVE_ANSWER


def test_a_chat_session_goes_on_in_its_chat(client: Vectara) -> None:
    session = client.create_chat_session(search=SEARCH, generation=GenerationParameters())
    assert session.chat(LEAVE).answer == LEAVE_ANSWER
    second = session.chat(FOLLOW_UP)
    assert second.chat_id == session.chat_id
    assert second.rephrased_query == f"{FOLLOW_UP} (paid leave)"
    for stream in session.chat_stream("Is that all of them?"):
        events: list[Any] = list(stream)
        assert kinds(events) == STREAM
        assert events[1].chat_id == session.chat_id
    assert session.chat_id is not None
    assert len(client.chats.list_turns(session.chat_id).turns or ()) == 3


def test_past_queries_are_listed_and_read(client: Vectara) -> None:
    chat = client.chats.create(query=LEAVE, search=SEARCH)
    told = client.query(
        query="How hot is the kiln of the workshop?",
        search=SEARCH,
        generation=GenerationParameters(),
        save_history=True,
    )
    client.query(query="not kept", search=SEARCH)
    newest, asked, *_ = list(client.query_history.list(limit=1))
    assert (newest.query, newest.corpus_key) == ("How hot is the kiln of the workshop?", "handbook")
    assert (newest.generation, newest.factual_consistency_score) == (
        told.summary, told.factual_consistency_score,
    )  # fmt: skip
    assert (asked.query, asked.chat_id) == (LEAVE, chat.chat_id)
    assert [entry.id for entry in client.query_history.list(chat_id=chat.chat_id)] == [asked.id]
    assert [entry.id for entry in client.query_history.list(history_id=newest.id)] == [newest.id]
    assert newest.started_at is not None
    day = dt.timedelta(days=1)
    inside = client.query_history.list(
        corpus_key="handbook",
        started_after=newest.started_at - day,
        started_before=newest.started_at + day,
    )
    assert [entry.id for entry in inside] == [newest.id, asked.id]
    entry = client.query_history.get(newest.id or "")
    assert entry.query is not None
    assert entry.query.search.corpora == SEARCH.corpora
    spans: list[Any] = entry.spans or []
    assert [span.type for span in spans] == ["search", "rerank", "generation", "fcs"]
    assert spans[2].generation == told.summary
    assert [one.score for one in spans[1].reranked_search_results] == [
        result.score for result in told.search_results or ()
    ]
    assert entry.latency_millis == sum(span.latency_millis for span in spans)


def test_rewritten_queries_are_told(client: Vectara) -> None:
    told = client.chats.create(
        query="How hot is the kiln of the workshop?", search=SEARCH, intelligent_query_rewriting=True
    )
    assert told.rewritten_queries is not None
    extraction = told.rewritten_queries[0].filter_extraction
    assert extraction is not None
    assert extraction.query == "How hot is the kiln?"
    assert extraction.metadata_filter == "doc.department = 'workshop'"
    (newest,) = client.query_history.list(chat_id=told.chat_id)
    spans: list[Any] = client.query_history.get(newest.id or "").spans or []
    assert spans[0].type == "rewritten_query"
    assert spans[0].filter_extraction == extraction


def test_refusals_are_the_exceptions_of_the_sdk(understudy: Understudy, client: Vectara) -> None:
    with pytest.raises(NotFoundError):
        client.chats.create_turns("cht_none", query="Why?", search=SEARCH)
    with pytest.raises(NotFoundError):
        list(client.chats.create_turns_stream("cht_none", query="Why?", search=SEARCH))
    with pytest.raises(NotFoundError):
        client.query_history.get("qry_none")
    nowhere = SearchCorporaParameters(corpora=[])
    with pytest.raises(BadRequestError) as caught:
        client.chats.create(query="Why?", search=nowhere, request_options=ONCE)
    assert "body.search.corpora" in str(caught.value.body)
    with pytest.raises(ApiError) as enabling:
        client.chats.update_turn("cht_welcome", "trn_next", enabled=True, request_options=ONCE)
    assert enabling.value.status_code == 400
    with httpx.Client(timeout=30) as pool:
        key = f"zqt_understudy@{understudy.world}"
        environment = understudy.vectara_environment()
        reader = Vectara(api_key=key, environment=environment, httpx_client=pool)
        with pytest.raises(ForbiddenError):
            reader.chats.delete("cht_welcome")


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    async def act(client: AsyncVectara) -> None:
        first = await client.chats.create(query=LEAVE, search=SEARCH)
        assert first.answer == LEAVE_ANSWER
        chat_id, turn_id = first.chat_id or "", first.turn_id or ""
        second = await client.chats.create_turns(chat_id, query=FOLLOW_UP, search=SEARCH)
        stream = client.chats.create_turns_stream(chat_id, query="Why?", search=SEARCH)
        events: list[Any] = [event async for event in stream]
        assert kinds(events) == STREAM
        started: list[Any] = [event async for event in client.chats.create_stream(query=LEAVE, search=SEARCH)]
        assert text_of(started) == LEAVE_ANSWER
        turns = (await client.chats.list_turns(chat_id)).turns or []
        assert [turn.id for turn in turns] == [turn_id, second.turn_id, events[1].turn_id]
        assert (await client.chats.get_turn(chat_id, turn_id)).answer == LEAVE_ANSWER
        listed = [chat.id async for chat in await client.chats.list(limit=1)]
        assert listed == [started[1].chat_id, chat_id, "cht_welcome"]
        history = [entry async for entry in await client.query_history.list(chat_id=chat_id, limit=2)]
        assert [entry.query for entry in history] == ["Why?", FOLLOW_UP, LEAVE]
        assert (await client.query_history.get(history[0].id or "")).chat_id == chat_id
        assert (await client.chats.update_turn(chat_id, turn_id, enabled=False)).enabled is False
        assert (await client.chats.get(chat_id)).enabled is False
        with pytest.raises(BadRequestError):
            await client.chats.create_turns(chat_id, query="Why?", search=SEARCH, request_options=ONCE)
        await client.chats.delete_turn(chat_id, second.turn_id or "")
        await client.chats.delete(chat_id)
        with pytest.raises(NotFoundError):
            await client.chats.get(chat_id)

    async def acted() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            await act(AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool))

    asyncio.run(acted())
