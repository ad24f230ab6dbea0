"""Faults: what goes wrong is exactly what was asked for, where and as often as it was asked for."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from openai import APIStatusError, OpenAI
from vectara import Vectara
from vectara.core.api_error import ApiError

from understudy.app import create_server
from understudy.engine.faults import Fault, Faults, preferred, share
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.settings import Settings

QUERY = {"query": "How long may a shift be?", "generation": {}}
STREAM = {**QUERY, "stream_response": True}
KINDS = {
    "status": {"status": 503},
    "latency": {"latency": 1},
    "reset": {"reset": True},
    "half_body": {"half_body": True},
    "drip": {"drip": {"bytes": 100, "millis": 1}},
    "bad_json": {"bad_json": True},
    "content_type": {"content_type": "text/html"},
}
STREAM_KINDS = {
    "cut_after": {"cut_after": 2},
    "cut_at_byte": {"cut_at_byte": 100},
    "cut_in_character": {"cut_in_character": True},
    "end_after": {"end_after": 2},
    "error_after": {"error_after": 1},
    "stall_after": {"stall_after": 1, "millis": 30},
}
CALLS = {
    "getCorpus": ("GET", "/v2/corpora/handbook", None),
    "queryCorpus": ("POST", "/v2/corpora/handbook/query", QUERY),
    "createCorpus": ("POST", "/v2/corpora", {"key": "made"}),
    "listCollections": ("GET", "/api/v1/collections", None),
    "inferenceChatCompletions": (
        "POST",
        "/v1/chat/completions",
        {"model": "@openai/gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]},
    ),
}


def call(understudy: Understudy, operation: str) -> httpx.Response | Exception:
    """The answer, or what went wrong with the connection."""
    method, path, body = CALLS[operation]
    with understudy.client(authorization=f"Bearer {understudy.openai_key}") as client:
        if path.startswith("/v2"):
            del client.headers["authorization"]
        try:
            return client.request(method, path, json=body)
        except httpx.HTTPError as error:
            return error


def holds(kind: str, answer: httpx.Response | Exception) -> bool:
    """Whether an answer shows the fault."""
    if kind == "reset":
        return isinstance(answer, httpx.ReadError)
    if kind == "half_body":
        return isinstance(answer, httpx.RemoteProtocolError)
    assert isinstance(answer, httpx.Response)
    if kind == "status":
        return answer.status_code == 503 and "fault" in answer.text
    if kind == "content_type":
        return answer.headers["content-type"] == "text/html"
    if kind == "bad_json":
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        return True
    return answer.is_success and answer.json() is not None


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_happens_once_to_its_operation_and_never_in_another_world(
    understudy: Understudy, understudy_server: BackgroundServer, operation: str, kind: str
) -> None:
    other = f"{understudy.world}-other"
    understudy_server.on_loop(lambda: understudy_server.server.worlds.create(other))
    neighbour = Understudy(understudy_server, other)
    understudy.fault(operation, times=1, **KINDS[kind])
    assert holds(kind, call(understudy, operation))
    for handle in (understudy, neighbour):
        answer = call(handle, operation)
        assert isinstance(answer, httpx.Response)
        assert answer.status_code in (200, 201, 409), answer.text
        assert answer.json()
    entries = understudy.journal()
    assert entries[0]["played"] == [f"fault fault-1: {kind}"]
    assert entries[1]["played"] == []
    assert entries[0]["status"] == {"reset": 0, "status": 503}.get(kind, entries[0]["status"])


@pytest.mark.parametrize("kind", ["status", "reset"])
def test_a_refusing_fault_changes_nothing(understudy: Understudy, kind: str) -> None:
    before = understudy.look(lambda world: world.store.dump())
    understudy.fault("createCorpus", **KINDS[kind])
    call(understudy, "createCorpus")
    assert understudy.look(lambda world: world.store.dump()) == before


def test_a_spoilt_answer_was_acted(understudy: Understudy) -> None:
    understudy.fault("createCorpus", half_body=True)
    assert isinstance(call(understudy, "createCorpus"), httpx.RemoteProtocolError)
    with understudy.client() as client:
        assert client.get("/v2/corpora/made").status_code == 200


def read_stream(understudy: Understudy, body: dict[str, Any] = STREAM) -> tuple[bytes, bool]:
    """What came of a stream, and whether it ended as HTTP has it."""
    got = b""
    with (
        understudy.client() as client,
        client.stream("POST", "/v2/corpora/handbook/query", json=body) as answer,
    ):
        try:
            for piece in answer.iter_raw():
                got += piece
        except httpx.RemoteProtocolError:
            return got, False
    return got, True


@pytest.mark.parametrize("kind", STREAM_KINDS)
def test_a_stream_breaks_where_it_is_told_to(understudy: Understudy, kind: str) -> None:
    whole, _ = read_stream(understudy)
    frames = whole.split(b"\n\n")[:-1]
    understudy.fault("queryCorpus", stream=STREAM_KINDS[kind], times=1)
    got, ended = read_stream(understudy)
    assert ended is (kind not in ("cut_after", "cut_at_byte", "cut_in_character"))
    if kind == "cut_after":
        assert got == b"\n\n".join(frames[:2]) + b"\n\n"
    elif kind == "cut_at_byte":
        assert got == whole[:100]
    elif kind == "end_after":
        assert got == b"\n\n".join(frames[:2]) + b"\n\n"
        assert b"event:end" not in got
    elif kind == "error_after":
        assert got.count(b"event:") == 2
        assert b'event:error\ndata:{"type":"error","messages":[' in got
    elif kind == "stall_after":
        assert got == whole
    assert read_stream(understudy) == (whole, True)


def test_a_stream_ends_inside_a_character(understudy: Understudy) -> None:
    with understudy.client() as client:
        part = {"text": "Die Schicht dauert höchstens acht Stunden."}
        made = {"id": "schicht", "type": "core", "document_parts": [part]}
        assert client.post("/v2/corpora/handbook/documents", json=made).status_code == 201
    understudy.fault("queryCorpus", stream={"cut_in_character": True})
    got, ended = read_stream(understudy, {**STREAM, "query": "Wie lange dauert die Schicht?"})
    assert not ended
    with pytest.raises(UnicodeDecodeError):
        got.decode()


def test_a_fault_of_streams_leaves_other_answers_alone(understudy: Understudy) -> None:
    understudy.fault("queryCorpus", stream={"cut_after": 1}, times=1)
    answer = call(understudy, "queryCorpus")
    assert isinstance(answer, httpx.Response)
    assert answer.json()["search_results"]
    assert not read_stream(understudy)[1]


def test_a_completion_ends_with_an_error_in_the_form_of_openai(understudy: Understudy) -> None:
    understudy.fault("inferenceChatCompletions", stream={"error_after": 1})
    messages: Any = [{"role": "user", "content": "Hello there"}]
    client = OpenAI(base_url=understudy.openai_url, api_key=understudy.openai_key, max_retries=0)
    with client, pytest.raises(Exception, match="a fault of this world"):
        list(client.chat.completions.create(model="@openai/gpt-5-mini", messages=messages, stream=True))


def test_it_skips_and_then_fires_so_often(understudy: Understudy) -> None:
    understudy.fault("getCorpus", status=500, skip=2, times=3)
    answers = [call(understudy, "getCorpus") for _ in range(8)]
    statuses = [answer.status_code for answer in answers if isinstance(answer, httpx.Response)]
    assert statuses == [200, 200, 500, 500, 500, 200, 200, 200]


def test_a_share_of_the_calls_fails_the_same_in_every_run(understudy_server: BackgroundServer) -> None:
    def run(name: str, seed: int) -> list[bool]:
        understudy_server.on_loop(lambda: understudy_server.server.worlds.create(name, seed=seed))
        handle = Understudy(understudy_server, name)
        handle.fault("listCorpora", status=500, probability=0.3)
        with handle.client() as client:
            return [client.get("/v2/corpora").status_code == 500 for _ in range(400)]

    first, second, third = run("share-1", 7), run("share-2", 7), run("share-3", 8)
    assert first == second
    assert first != third
    deviation = (400 * 0.3 * 0.7) ** 0.5
    assert abs(sum(first) - 120) < 3 * deviation


def test_shares_are_spread_evenly() -> None:
    shares = [share("seed", number) for number in range(10_000)]
    assert all(0 <= one < 1 for one in shares)
    assert abs(sum(shares) / 10_000 - 0.5) < 0.02


def test_a_latency_follows_its_distribution() -> None:
    fault = Fault("slow", latency={"lognormal": {"median": 100, "sigma": 0.5}})
    times = sorted(fault.seconds(share("x", number)) for number in range(1001))
    assert 0.09 < times[500] < 0.11
    assert times[840] / times[500] == pytest.approx(1.65, abs=0.15)  # one deviation above
    assert Fault("fixed", latency={"fixed": 250}).seconds(0.9) == 0.25


def test_a_delay_is_real_time(understudy: Understudy) -> None:
    understudy.fault("getCorpus", latency=150)
    began = time.perf_counter()
    assert isinstance(call(understudy, "getCorpus"), httpx.Response)
    assert time.perf_counter() - began >= 0.15


def test_a_preference_is_for_one_request(understudy: Understudy) -> None:
    with understudy.client() as client:
        answer = client.get("/v2/corpora", headers={"prefer": "code=429, delay=0.05, retry-after=7"})
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "7"
        assert answer.json()["messages"]
        assert client.get("/v2/corpora").status_code == 200
        assert client.get("/v2/corpora", headers={"prefer": "respond-async, code=200"}).status_code == 200


@pytest.mark.parametrize(
    "header", [b"", b"code=", b"code=42", b"code=\xff", b"delay=nan", b"delay=-1, code=1e3"]
)
def test_a_strange_preference_asks_for_nothing(header: bytes) -> None:
    assert preferred(header) == []


def test_the_sdk_retries_a_rate_limit_and_gives_up_on_a_lasting_one(understudy: Understudy) -> None:
    environment = understudy.vectara_environment()
    with httpx.Client() as pool:
        client = Vectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
        name = understudy.fault("queryCorpus", status=429, times=1, retry_after=0)
        assert client.corpora.query("handbook", query="How long may a shift be?").search_results
        assert [entry["status"] for entry in understudy.journal()] == [429, 200]
        understudy.look(lambda world: world.play.faults.remove(name))
        understudy.fault("queryCorpus", status=429, retry_after=0)
        with pytest.raises(ApiError, match="429"):
            client.corpora.query("handbook", query="x", request_options={"max_retries": 1})


def test_a_body_of_its_own_is_told_as_it_stands(understudy: Understudy) -> None:
    understudy.fault("inferenceChatCompletions", status=402, body={"error": {"message": "no money"}})
    client = OpenAI(base_url=understudy.openai_url, api_key=understudy.openai_key, max_retries=0)
    with client, pytest.raises(APIStatusError, match="no money") as caught:
        client.chat.completions.create(
            model="@openai/gpt-5-mini", messages=[{"role": "user", "content": "Hello"}]
        )
    assert caught.value.status_code == 402


def test_an_operation_is_named_with_its_api_or_by_its_tag(understudy: Understudy) -> None:
    understudy.fault("aivax:listCollections", status=500)
    understudy.fault("Corpora", status=502)
    assert call(understudy, "listCollections").status_code == 500  # type: ignore[union-attr]
    assert call(understudy, "getCorpus").status_code == 502  # type: ignore[union-attr]
    assert call(understudy, "queryCorpus").status_code == 200  # type: ignore[union-attr]


def test_without_a_socket_a_reset_is_an_error_of_the_connection() -> None:
    server = create_server(Settings())
    server.worlds.get().play = None

    async def attempt() -> None:
        from understudy.engine.play import Play

        server.worlds.get().play = Play()
        server.worlds.get().play.faults.add({"reset": True})
        transport = httpx.ASGITransport(app=server)
        headers = {"x-api-key": "zut_understudy"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers
        ) as client:
            with pytest.raises(ConnectionResetError):
                await client.get("/v2/corpora")

    asyncio.run(attempt())
    server.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "does nothing"),
        ({"status": 500, "reset": True}, "two things at once, status and reset"),
        ({"reset": True, "retry_after": 1}, "beside a status"),
        ({"stream": {}}, "stream takes one of cut_after"),
        ({"stream": {"cut_after": 1, "end_after": 2}}, "stream takes one of"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(Exception, match=said):
        Faults().add(given)
