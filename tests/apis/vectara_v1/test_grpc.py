"""v1 by gRPC: what REST says, bad input, deadlines, health and reflection."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf import descriptor_pb2, json_format
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.apis.vectara_v1.conftest import CUSTOMER, QUESTION, Json, documents
from understudy.apis.vectara.v1.grpc.generated import query_service_pb2 as pb
from understudy.apis.vectara.v1.grpc.service import MESSAGE_BYTES
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

SERVICE = "com.vectara.serving.QueryService"
IDENTITY = (("x-api-key", "zut_understudy"), ("customer-id", CUSTOMER["customer-id"]))
QUERY = pb.QueryRequest(query=QUESTION, num_results=2, corpus_key=[pb.CorpusKey(corpus_id=1)])
BATCH = pb.BatchQueryRequest(query=[QUERY])
Send = Callable[..., Any]


@pytest.fixture(scope="module")
def server() -> Iterator[BackgroundServer]:
    background = BackgroundServer(grpc_port=0).start()
    yield background
    assert background.server.violations == []
    background.stop()


@pytest.fixture
def channel(server: BackgroundServer) -> Iterator[grpc.Channel]:
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}", options=options) as made:
        yield made


def send(channel: grpc.Channel, data: bytes, metadata: Any = IDENTITY, timeout: float | None = 10) -> Json:
    """A call with the bytes of a message; its answer as JSON."""
    call = channel.unary_unary(f"/{SERVICE}/Query")
    answer = pb.BatchQueryResponse.FromString(call(data, metadata=metadata, timeout=timeout))
    return json_format.MessageToDict(answer, always_print_fields_with_no_presence=True)


def refused(channel: grpc.Channel, data: bytes, **more: Any) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as caught:
        send(channel, data, **more)
    assert caught.value.details()
    return caught.value.code()


def batch(**query: Any) -> bytes:
    return json_format.ParseDict({"query": [query]}, pb.BatchQueryRequest()).SerializeToString()


def dump(server: BackgroundServer) -> Any:
    return server.on_loop(lambda: server.server.worlds.existing("").store.dump())


def test_the_answer_is_that_of_rest(server: BackgroundServer, channel: grpc.Channel) -> None:
    query: Json = {
        "query": QUESTION,
        "numResults": 3,
        "corpusKey": [{"corpusId": 1, "semantics": "QUERY", "lexicalInterpolationConfig": {"lambda": 0.025}}],
        "rerankingConfig": {"rerankerId": 272725717},
        "contextConfig": {"sentencesBefore": 1, "startTag": "<b>", "endTag": "</b>"},
        "summary": [{"responseLang": "eng", "debug": True, "factualConsistencyScore": True}],
    }
    by_rest = httpx.post(
        f"{server.url}/v1/query", json={"query": [query]}, headers=dict(IDENTITY), timeout=10
    ).json()
    whole = json_format.ParseDict(by_rest, pb.BatchQueryResponse())
    assert send(channel, batch(**query)) == json_format.MessageToDict(
        whole, always_print_fields_with_no_presence=True
    )


def test_a_conversation_goes_from_grpc_to_v2(server: BackgroundServer, channel: grpc.Channel) -> None:
    summary = {"chat": {"store": True}}
    told = send(channel, batch(query=QUESTION, corpusKey=[{"corpusId": 1}], summary=[summary]))
    chat = told["responseSet"][0]["summary"][0]["chat"]["conversationId"]
    found = httpx.get(f"{server.url}/v2/chats/{chat}", headers=dict(IDENTITY[:1])).json()
    assert found["first_query"] == QUESTION


def test_a_stream_ends_as_the_call_does(channel: grpc.Channel) -> None:
    wanted = pb.BatchQueryRequest()
    wanted.CopyFrom(BATCH)
    wanted.query[0].summary.add(response_lang="eng", factual_consistency_score=True)
    (whole,) = send(channel, wanted.SerializeToString())["responseSet"]
    call = channel.unary_stream(f"/{SERVICE}/StreamQuery")
    parts = [
        pb.QueryResponsePart.FromString(one)
        for one in call(wanted.SerializeToString(), metadata=IDENTITY, timeout=10)
    ]
    assert parts[0].HasField("batch_query_response")
    assert documents(
        json_format.MessageToDict(parts[1].response_set, always_print_fields_with_no_presence=True)
    )
    assert "".join(one.summary.text for one in parts) == whole["summary"][0]["text"]
    assert parts[-1].summary.factual_consistency.score == 1
    assert parts[-1].summary.done


def test_a_stream_that_is_left_leaves_the_server_alive(
    server: BackgroundServer, channel: grpc.Channel
) -> None:
    server.on_loop(lambda: server.server.worlds.existing("").lifecycle.change({"cadence_millis": 50}))
    try:
        call = channel.unary_stream(f"/{SERVICE}/StreamQuery")(BATCH.SerializeToString(), metadata=IDENTITY)
        next(iter(call))
        call.cancel()
        assert len(send(channel, BATCH.SerializeToString())["responseSet"]) == 1
    finally:
        server.on_loop(lambda: server.server.worlds.existing("").lifecycle.change({"cadence_millis": 0}))


def test_a_token_and_a_world_of_its_own(server: BackgroundServer, channel: grpc.Channel) -> None:
    grant = {
        "client_id": "understudy@apart",
        "client_secret": "understudy-secret",
        "grant_type": "client_credentials",
    }
    token = httpx.post(f"{server.url}/oauth/token", json=grant).json()["access_token"]
    bearer = (("authorization", f"Bearer {token}"), IDENTITY[1])
    assert len(send(channel, BATCH.SerializeToString(), metadata=bearer)["responseSet"]) == 1
    journal = server.on_loop(
        lambda: [entry.plain() for entry in server.server.worlds.existing("apart").journal.entries]
    )
    assert journal[-1]["operation"] == "Query"
    assert token not in str(journal)


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ((), grpc.StatusCode.UNAUTHENTICATED),
        ((("x-api-key", "zut_wrong"), IDENTITY[1]), grpc.StatusCode.UNAUTHENTICATED),
        ((("authorization", "Bearer a.b.c"), IDENTITY[1]), grpc.StatusCode.UNAUTHENTICATED),
        (IDENTITY[:1], grpc.StatusCode.INVALID_ARGUMENT),
        ((IDENTITY[0], ("customer-id", "7")), grpc.StatusCode.PERMISSION_DENIED),
        ((*IDENTITY, IDENTITY[0]), grpc.StatusCode.INVALID_ARGUMENT),
        ((("x-api-key", "zwt_understudy"), IDENTITY[1]), None),
    ],
)
def test_metadata_says_who_calls(channel: grpc.Channel, metadata: Any, code: grpc.StatusCode | None) -> None:
    if code is None:
        assert send(channel, BATCH.SerializeToString(), metadata=metadata)["responseSet"]
    else:
        assert refused(channel, BATCH.SerializeToString(), metadata=metadata) is code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xff\xff", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x2a\x05ab", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x2a\x04\x2a\x02\xc3\x28", grpc.StatusCode.INVALID_ARGUMENT),  # no UTF-8
        (b"\x33" * 100_000, grpc.StatusCode.INVALID_ARGUMENT),  # groups within groups
        (batch(query="x", corpusKey=[{"semantics": 9}]), grpc.StatusCode.INVALID_ARGUMENT),
        (
            batch(query="x", corpusKey=[{"lexicalInterpolationConfig": {"lambda": "NaN"}}]),
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
        (batch(query="x", corpusKey=[{"dim": [{}] * 1001}]), grpc.StatusCode.INVALID_ARGUMENT),
        (b"x" * (MESSAGE_BYTES + 1), grpc.StatusCode.RESOURCE_EXHAUSTED),
    ],
    ids=["noise", "cut", "utf-8", "groups", "enum", "nan", "dimensions", "huge"],
)
def test_bad_messages_are_refused_and_harm_nothing(
    server: BackgroundServer, channel: grpc.Channel, data: bytes, code: grpc.StatusCode
) -> None:
    before = dump(server)
    assert refused(channel, data) is code
    assert dump(server) == before
    assert len(send(channel, BATCH.SerializeToString())["responseSet"]) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "QRY__MISSING_QUERY"),
        (b"\x2a\x00" * 100_000, "QRY__TOO_MANY_QUERIES"),
    ],
)
def test_a_batch_of_nothing_or_too_much_has_a_status(channel: grpc.Channel, data: bytes, code: str) -> None:
    told = send(channel, data)
    assert [one["code"] for one in told["status"]] == [code]


def test_unknown_corpora_and_customers_are_statuses_of_their_queries(channel: grpc.Channel) -> None:
    wanted = pb.BatchQueryRequest()
    wanted.query.add(query="x", corpus_key=[pb.CorpusKey(corpus_id=999)])
    wanted.query.add(query="x", corpus_key=[pb.CorpusKey(corpus_id=1, customer_id=5)])
    wanted.query.add(query="x", corpus_key=[pb.CorpusKey(corpus_id=1)] * 100)
    wanted.query.append(QUERY)
    sets = send(channel, wanted.SerializeToString())["responseSet"]
    codes = [[status["code"] for status in one["status"]] for one in sets]
    assert codes == [["INVALID_CORPUS_ID"], ["INVALID_CUSTOMER_ID"], ["QRY__TOO_MANY_CORPORA"], []]


def test_deadlines(server: BackgroundServer, channel: grpc.Channel) -> None:
    assert refused(channel, BATCH.SerializeToString(), timeout=-1) is grpc.StatusCode.DEADLINE_EXCEEDED
    server.on_loop(lambda: server.server.worlds.existing("").lifecycle.change({"latency_millis": 60_000}))
    try:
        code = refused(channel, BATCH.SerializeToString(), timeout=30)
        assert code is grpc.StatusCode.DEADLINE_EXCEEDED
        assert send(channel, BATCH.SerializeToString(), timeout=90)["responseSet"]
        assert send(channel, BATCH.SerializeToString(), timeout=None)["responseSet"]
    finally:
        server.on_loop(lambda: server.server.worlds.existing("").lifecycle.change({"latency_millis": 0}))


def test_unknown_methods_are_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(f"/{SERVICE}/Index")(b"", metadata=IDENTITY)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_health_is_told(channel: grpc.Channel) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    for name in ("", SERVICE):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_reflection_lists_and_describes_the_service(channel: grpc.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest
    wanted = [request(list_services=""), request(file_containing_symbol=SERVICE)]
    listed, described = stub.ServerReflectionInfo(iter(wanted))
    names = [one.name for one in listed.list_services_response.service]
    assert SERVICE in names
    assert "grpc.health.v1.Health" in names
    file = descriptor_pb2.FileDescriptorProto.FromString(
        described.file_descriptor_response.file_descriptor_proto[0]
    )
    assert [method.name for method in file.service[0].method] == ["Query", "StreamQuery"]


def test_a_retired_service_is_unimplemented() -> None:
    background = BackgroundServer(grpc_port=0, retired_v1="gone").start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{background.grpc_port}") as channel:
            assert refused(channel, BATCH.SerializeToString()) is grpc.StatusCode.UNIMPLEMENTED
    finally:
        background.stop()


def test_a_port_that_is_taken_stops_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        background = BackgroundServer(grpc_port=taken.getsockname()[1])
        try:
            with pytest.raises(SetupError, match=r"--grpc-port: port .* is in use"):
                background.start()
        finally:
            background.server.close()
            background._uvicorn.should_exit = True


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 429}, grpc.StatusCode.RESOURCE_EXHAUSTED),
        ({"status": 503}, grpc.StatusCode.UNAVAILABLE),
        ({"status": 500, "body": {"what": "ever"}}, grpc.StatusCode.UNAVAILABLE),
        ({"reset": True}, grpc.StatusCode.UNAVAILABLE),
    ],
)
def test_what_a_world_plays_is_played_here_too(
    server: BackgroundServer, channel: grpc.Channel, fault: Json, code: grpc.StatusCode
) -> None:
    handle = Understudy(server, "default")
    handle.fault("vectara-v1:Query", times=1, **fault)
    try:
        assert refused(channel, BATCH.SerializeToString()) is code
        assert send(channel, BATCH.SerializeToString())["responseSet"]
        handle.fault("vectara-v1:StreamQuery", status=429, times=1)
        stream = channel.unary_stream(f"/{SERVICE}/StreamQuery")
        with pytest.raises(grpc.RpcError) as caught:
            list(stream(BATCH.SerializeToString(), metadata=IDENTITY, timeout=10))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    finally:
        handle.clear_faults()
