"""Bad input on a live port: refused naming the field or closed in time, and nothing is changed by it."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.apis.vectara.conftest import core, found, make_corpus, put, read, refused
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.settings import Limits

QUERY = "/v2/corpora/handbook/query"
DOCUMENTS = "/v2/corpora/handbook/documents"
JSON = {"content-type": "application/json"}


@pytest.fixture(autouse=True)
def unchanged(understudy: Understudy, request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test the world is as it was, unless its name says that something is accepted."""

    def state() -> Any:
        return understudy.look(
            lambda world: (world.store.version, world.store.clock.millis(), world.store.dump())
        )

    before = state()
    yield
    if "accepted" not in request.node.name:
        assert state() == before
        assert all(entry["status"] < 500 for entry in understudy.journal())


@pytest.fixture
def send(understudy: Understudy) -> Callable[..., bytes]:
    """Sends bytes and returns everything that comes back until the server closes."""

    def sent(content: bytes, *, seconds: float = 10) -> bytes:
        return exchange(httpx.URL(understudy.url).port or 0, content, seconds)

    return sent


def exchange(port: int, content: bytes, seconds: float = 10) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        received = bytearray()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(content)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += chunk
        return bytes(received)


def request(
    understudy: Understudy, line: str, *headers: str, body: bytes = b"", host: str = "localhost"
) -> bytes:
    """A request as bytes; the connection ends with its answer."""
    fields = [f"Host: {host}"] if host else []
    fields += [f"x-api-key: {understudy.api_key}", "Connection: close", *headers]
    head = "\r\n".join([f"{line} HTTP/1.1", *fields, "", ""])
    return head.encode("latin-1") + body


def split(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return int(first.split()[1]), headers, body


def status_of(answer: bytes) -> int:
    return split(answer)[0]


# Bodies that cannot be read

MALFORMED = {
    "nothing": b"",
    "cut": b'{"query": "x"',
    "comma": b'{"query": "x",}',
    "single quotes": b"{'query': 'x'}",
    "comment": b'{"query": "x"} // y',
    "two values": b'{"query": "x"} {}',
    "words": b"query=x",
    "byte order mark": b'\xef\xbb\xbf{"query": "x"}',
    "utf-16": '{"query": "x"}'.encode("utf-16"),
    "invalid utf-8": b'{"query": "\xff\xfe"}',
    "overlong utf-8": b'{"query": "\xc0\x80"}',
    "surrogate in utf-8": b'{"query": "\xed\xa0\x80"}',
    "lone surrogate": b'{"query": "\\ud800"}',
    "NaN": b'{"query": NaN}',
    "NaN deep": b'{"query": "x", "search": {"lexical_interpolation": NaN}}',
    "Infinity": b'{"query": "x", "search": {"lexical_interpolation": Infinity}}',
    "-Infinity": b'{"query": "x", "search": {"lexical_interpolation": -Infinity}}',
    "out of range": b'{"query": "x", "search": {"lexical_interpolation": 1e999}}',
    "control character": b'{"query": "a\nb"}',
    "leading nought": b'{"query": "x", "search": {"limit": 01}}',
    "nested arrays": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested and cut": b'{"query": ' + b"[" * 100_000,
    "nested in metadata": b'{"query": "x", "a": ' + b"[" * 900 + b"]" * 900 + b"}",
    "NUL": b"\x00",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_no_json_is_refused(api: httpx.Client, name: str) -> None:
    began = time.perf_counter()
    refused(api.post(QUERY, content=MALFORMED[name], headers=JSON), 400, "body")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("name", MALFORMED)
def test_a_write_with_a_body_that_is_no_json_is_refused(api: httpx.Client, name: str) -> None:
    for answer in (
        api.post("/v2/corpora", content=MALFORMED[name], headers=JSON),
        api.patch("/v2/corpora/handbook", content=MALFORMED[name], headers=JSON),
        api.post(DOCUMENTS, content=MALFORMED[name], headers=JSON),
        api.put(f"{DOCUMENTS}/travel/metadata", content=MALFORMED[name], headers=JSON),
    ):
        refused(answer, 400, "body")


@pytest.mark.parametrize("value", [[], "text", 5, 1.5, True, None])
def test_a_body_that_is_no_object_is_refused(api: httpx.Client, value: Any) -> None:
    for path in (QUERY, "/v2/query", "/v2/corpora", DOCUMENTS):
        body = refused(api.post(path, content=json.dumps(value).encode(), headers=JSON), 400)
        assert all(field == "body" or field.startswith("body.") for field in body["field_errors"])


# Values that are wrong


def document(**part: Any) -> dict[str, Any]:
    return core("new", {"text": "t", **part})


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v2/corpora", {"key": 5}, "body.key"),
        ("/v2/corpora", {"key": None}, "body.key"),
        ("/v2/corpora", {}, "body.key"),
        ("/v2/corpora", {"key": "x" * 51}, "body.key"),
        ("/v2/corpora", {"key": "n", "save_history": "false"}, "body.save_history"),
        (
            "/v2/corpora",
            {"key": "n", "filter_attributes": [{"name": "a", "level": "document", "type": "date"}]},
            "body.filter_attributes[0].type",
        ),
        (
            "/v2/corpora",
            {"key": "n", "custom_dimensions": [{"name": "a"}, {"name": "b", "indexing_default": "1"}]},
            "body.custom_dimensions[1].indexing_default",
        ),
        (DOCUMENTS, {"id": "new", "document_parts": [{"text": "t"}]}, "body.type"),
        (DOCUMENTS, {"id": "new", "type": "odd", "document_parts": [{"text": "t"}]}, "body.type"),
        (DOCUMENTS, {"id": "new", "type": ["core"], "document_parts": [{"text": "t"}]}, "body.type"),
        (DOCUMENTS, {"id": "", "type": "core", "document_parts": [{"text": "t"}]}, "body.id"),
        (DOCUMENTS, {"id": "new", "type": "core", "document_parts": []}, "body.document_parts"),
        (DOCUMENTS, document(metadata=[]), "body.document_parts[0].metadata"),
        (DOCUMENTS, document(custom_dimensions={"a": "1"}), "body.document_parts[0].custom_dimensions.a"),
        (
            DOCUMENTS,
            {"id": "new", "type": "structured", "sections": [{"text": "t", "sections": [{"text": 5}]}]},
            "body.sections[0].sections[0].text",
        ),
        (
            DOCUMENTS,
            {
                "id": "new",
                "type": "structured",
                "sections": [{"text": "t"}],
                "chunking_strategy": {"type": "max_chars_chunking_strategy"},
            },
            "body.chunking_strategy.max_chars_per_chunk",
        ),
        (
            DOCUMENTS,
            {
                "id": "new",
                "type": "structured",
                "sections": [{"text": "t"}],
                "chunking_strategy": {"type": "x"},
            },
            "body.chunking_strategy.type",
        ),
        (
            DOCUMENTS,
            {
                "id": "new",
                "type": "structured",
                "sections": [
                    {"text": "t", "tables": [{"data": {"rows": [[{"int_value": 1}, {"int_value": "1"}]]}}]}
                ],
            },
            "body.sections[0].tables[0].data.rows[0][1].int_value",
        ),
        (QUERY, {"query": ["x"]}, "body.query"),
        (QUERY, {"query": "x", "search": []}, "body.search"),
        (QUERY, {"query": "x", "search": {"limit": 0}}, "body.search.limit"),
        (QUERY, {"query": "x", "search": {"limit": 1.0}}, "body.search.limit"),
        (QUERY, {"query": "x", "search": {"limit": 2**31}}, "body.search.limit"),
        (QUERY, {"query": "x", "search": {"limit": 10**30}}, "body.search.limit"),
        (QUERY, {"query": "x", "search": {"offset": -1}}, "body.search.offset"),
        (QUERY, {"query": "x", "search": {"metadata_filter": "a" * 8001}}, "body.search.metadata_filter"),
        (QUERY, {"query": "x", "search": {"reranker": {"type": "chain"}}}, "body.search.reranker.rerankers"),
        (
            QUERY,
            {
                "query": "x",
                "search": {"reranker": {"type": "chain", "rerankers": [{"type": "mmr", "limit": "1"}]}},
            },
            "body.search.reranker.rerankers[0].limit",
        ),
        (
            QUERY,
            {"query": "x", "generation": {"response_language": "english"}},
            "body.generation.response_language",
        ),
        (
            QUERY,
            {"query": "x", "generation": {"citations": {"style": "apa"}}},
            "body.generation.citations.style",
        ),
        (
            "/v2/query",
            {"query": "x", "search": {"corpora": [{"corpus_key": "handbook"}, {"query": "y"}]}},
            "body.search.corpora[1].corpus_key",
        ),
        (
            "/v2/query",
            {"query": "x", "search": {"corpora": [{"corpus_key": "handbook", "lexical_interpolation": 2}]}},
            "body.search.corpora[0].lexical_interpolation",
        ),
        ("/v2/query", {"query": "x", "search": {"corpora": {"corpus_key": "a"}}}, "body.search.corpora"),
        ("/v2/query", {"query": "x"}, "body.search"),
    ],
)
def test_a_wrong_value_is_named_however_deep_it_lies(
    api: httpx.Client, path: str, body: dict[str, Any], field: str
) -> None:
    refused(api.post(path, json=body), 400, field)


def test_every_wrong_member_is_named_at_once(api: httpx.Client) -> None:
    body = {"query": 5, "search": {"limit": "x", "reranker": {"type": "odd"}}, "stream_response": 1}
    refused(
        api.post(QUERY, json=body),
        400,
        "body.query",
        "body.search.limit",
        "body.search.reranker.type",
        "body.stream_response",
    )


def test_the_text_of_a_refusal_stays_short_whatever_was_sent(api: httpx.Client) -> None:
    answer = api.post("/v2/corpora", json={"key": "k" * 1_000_000, "name": ["n" * 1_000_000]})
    refused(answer, 400, "body.key", "body.name")
    assert len(answer.content) < 2000


def test_ten_thousand_wrong_members_cost_little(api: httpx.Client) -> None:
    began = time.perf_counter()
    answer = api.post(DOCUMENTS, json=core("new", *({"text": number} for number in range(10_000))))
    refused(answer, 400)
    assert len(answer.content) < 10_000
    assert time.perf_counter() - began < 2


# Size and kind of the body


def test_a_body_of_sixty_megabytes_is_refused_before_it_is_read(
    understudy: Understudy, send: Callable[..., bytes]
) -> None:
    head = request(
        understudy, f"POST {QUERY}", "content-type: application/json", f"content-length: {60 * 2**20}"
    )
    began = time.perf_counter()
    status, headers, body = split(send(head + b" " * 100_000))
    assert (status, headers["connection"]) == (413, "close")
    assert set(json.loads(body)) == {"messages", "request_id"}
    assert time.perf_counter() - began < 1


def test_a_chunked_body_without_end_is_refused_when_it_is_too_large(api: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(60):
            yield b" " * 2**20

    began = time.perf_counter()
    try:
        answer = api.post(QUERY, content=endless(), headers=JSON)
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        pass  # the connection was closed while the body was under way
    else:
        refused(answer, 413)
    assert time.perf_counter() - began < 3
    assert api.get("/v2/corpora").status_code == 200


@pytest.mark.parametrize("length", ["-1", "1.5", "x", "99999999999999999999999", "5, 5", "+5", "0x5"])
def test_a_length_that_is_none_is_refused(
    understudy: Understudy, send: Callable[..., bytes], length: str
) -> None:
    sent = request(understudy, f"POST {QUERY}", "content-type: application/json", f"content-length: {length}")
    assert status_of(send(sent + b"{}")) in (400, 413)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "json",
        "*/*",
        "\xff",
    ],
)
def test_a_body_of_another_kind_is_refused(api: httpx.Client, content_type: str) -> None:
    headers = {"content-type": content_type.encode("latin-1")}
    answer = api.post("/v2/corpora", content=b'{"key": "new"}', headers=headers)
    refused(answer, 415)


# Paths


@pytest.mark.parametrize(
    "value", ["..", ".", "%2e%2e", "%2E%2e", ".%2e", "%2e", "%00", "a%00b", "%ff", "%c0%af", "%ed%a0%80"]
)
@pytest.mark.parametrize(
    ("template", "field"),
    [
        ("/v2/corpora/{}", "path.corpus_key"),
        ("/v2/corpora/{}/documents", "path.corpus_key"),
        ("/v2/corpora/handbook/documents/{}", "path.document_id"),
        ("/v2/jobs/{}", "path.job_id"),
    ],
)
def test_path_values_that_cannot_be_are_refused_where_they_stand(
    understudy: Understudy, send: Callable[..., bytes], value: str, template: str, field: str
) -> None:
    for method in ("GET", "DELETE"):
        if method == "DELETE" and not template.endswith("{}"):
            continue
        status, _, body = split(send(request(understudy, f"{method} {template.format(value)}")))
        if status == 405:
            continue
        assert status == 400, body
        assert list(json.loads(body)["field_errors"]) == [field]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/corpora/handbook/../handbook",
        "/v2/../v2/corpora",
        "/v2/corpora//documents",
        "/v2/corpora/",
        "//v2/corpora",
        "/v2//corpora",
        "/v2/corpora/handbook%2Fdocuments",
        "/v2/corpora/..%2f..%2fetc",
        "/v2",
        "/v2/",
        "/v2/corpora/handbook/documents/",
        "/v3/corpora",
        "/",
        "/v2/nothing",
        "/V2/corpora",
        "*",
        "/v2/corpora/%",
    ],
)
def test_paths_that_lead_nowhere_are_refused(
    understudy: Understudy, send: Callable[..., bytes], path: str
) -> None:
    status, _, body = split(send(request(understudy, f"GET {path}")))
    assert status in (400, 404), body
    assert json.loads(body) if body.startswith(b"{") else body


def test_a_corpus_key_outside_the_pattern_is_named(api: httpx.Client) -> None:
    for key in ("a b", "a/b", "ä", "x" * 51, "a;b", "a\n"):
        refused(api.get(f"/v2/corpora/{quote(key, safe='')}"), 400, "path.corpus_key")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=%ff", "query"),
        ("limit=\xff", "query"),
        ("a=1&" * 2000, "query"),
        ("limit=1%00", "query.limit"),
        ("limit=1&limit=x", "query.limit"),
        ("limit", "query.limit"),
        ("page_key=%00", "query.page_key"),
    ],
)
def test_a_query_string_that_cannot_be_read_is_refused(
    understudy: Understudy, send: Callable[..., bytes], query: str, field: str
) -> None:
    status, _, body = split(send(request(understudy, f"GET /v2/corpora?{query}")))
    if status == 400 and not body.startswith(b"{"):
        assert query.endswith("\xff")  # bytes that no URL may hold: the parser of HTTP refuses them
    else:
        assert (status, list(json.loads(body)["field_errors"])) == (400, [field])


# Requests that are no requests


def test_a_wrong_host_is_misdirected(understudy: Understudy, send: Callable[..., bytes]) -> None:
    for host in (
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "169.254.169.254",
        "a b",
        "localhost:x",
    ):
        status, _, body = split(send(request(understudy, "GET /v2/corpora", host=host)))
        assert status in (421, 400), host
        assert status == 421 or not body.startswith(b'{"corpora"')
    for host in ("localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]:4820", "api.vectara.io"):
        assert status_of(send(request(understudy, "GET /v2/corpora", host=host))) == 200, host


def test_a_request_needs_exactly_one_host(understudy: Understudy, send: Callable[..., bytes]) -> None:
    assert status_of(send(request(understudy, "GET /v2/corpora", host=""))) == 400
    for other in ("localhost", "evil.example"):
        assert status_of(send(request(understudy, "GET /v2/corpora", f"Host: {other}"))) == 400


@pytest.mark.parametrize("header", ["content-length", "transfer-encoding", "content-type", "authorization"])
def test_headers_that_stand_alone_may_not_stand_twice(
    understudy: Understudy, send: Callable[..., bytes], header: str
) -> None:
    value = {"content-length": "2", "transfer-encoding": "chunked", "content-type": "application/json"}
    line = f"{header}: {value.get(header, 'Bearer x')}"
    assert status_of(send(request(understudy, f"POST {QUERY}", line, line, body=b"{}"))) == 400


@pytest.mark.parametrize(
    "order",
    [
        ("Content-Length: 6", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 6"),
    ],
)
def test_a_body_with_two_lengths_is_refused(
    understudy: Understudy, send: Callable[..., bytes], order: tuple[str, str]
) -> None:
    smuggled = b"0\r\n\r\n" + request(understudy, "DELETE /v2/corpora/handbook")
    answer = send(
        request(understudy, f"POST {QUERY}", "content-type: application/json", *order, body=smuggled)
    )
    assert status_of(answer) == 400
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "content",
    [
        b"\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /v2/corpora HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /v2/corpora HTTP/1.1\r\nx y: z\r\n\r\n",
        b"get /v2/corpora HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x00" * 100,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /v2/corpora HTTP/1.1\r\nHost: localhost\r\nx: \x00\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_are_refused_or_closed(content: bytes, impatient: BackgroundServer) -> None:
    began = time.perf_counter()
    answer = exchange(impatient.port, content)
    assert not answer or 400 <= status_of(answer) < 500
    assert time.perf_counter() - began < 3


def test_too_many_or_too_large_headers_are_refused(
    understudy: Understudy, send: Callable[..., bytes]
) -> None:
    large = send(request(understudy, "GET /v2/corpora", f"x-large: {'x' * 70_000}"))
    many = send(request(understudy, "GET /v2/corpora", *(f"x-{number}: 1" for number in range(200))))
    assert status_of(large) in (400, 431)
    assert status_of(many) == 431
    assert status_of(send(request(understudy, "GET /v2/corpora", *(f"x-{n}: 1" for n in range(90))))) == 200


def test_a_request_line_of_a_megabyte_is_refused(understudy: Understudy, send: Callable[..., bytes]) -> None:
    answer = send(request(understudy, f"GET /v2/corpora?filter={'x' * 1_000_000}"))
    assert not answer or status_of(answer) in (400, 414, 431)


# Slow senders


@pytest.fixture(scope="module")
def impatient() -> Iterator[BackgroundServer]:
    """A server with short deadlines."""
    background = BackgroundServer(limits=Limits(header_seconds=0.5, body_seconds=0.5)).start()
    yield background
    background.stop()


@pytest.mark.parametrize(
    "sent", [b"", b"GET /v2/corpora HT", b"GET /v2/corpora HTTP/1.1\r\nHost: localhost\r\nx-a"]
)
def test_half_sent_headers_are_closed_within_the_deadline(impatient: BackgroundServer, sent: bytes) -> None:
    began = time.perf_counter()
    answer = exchange(impatient.port, sent)
    assert not answer or 400 <= status_of(answer) < 500
    assert 0.3 < time.perf_counter() - began < 3


def test_headers_that_trickle_in_are_closed_within_the_deadline(impatient: BackgroundServer) -> None:
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=5) as connection:
        connection.sendall(b"GET /v2/corpora HTTP/1.1\r\nHost: localhost\r\n")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for number in range(100):
                connection.sendall(f"x-{number}: 1\r\n".encode())
                time.sleep(0.05)
    assert time.perf_counter() - began < 3


def test_the_second_request_of_a_connection_has_a_deadline_too(impatient: BackgroundServer) -> None:
    first = b"GET /v2/corpora HTTP/1.1\r\nHost: localhost\r\nx-api-key: zut_understudy\r\n\r\n"
    began = time.perf_counter()
    answer = exchange(impatient.port, first + b"GET /v2/corp")
    assert status_of(answer) == 200
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize("more", ["content-length: 1000", "transfer-encoding: chunked"])
def test_a_body_that_does_not_come_is_closed_within_the_deadline(
    impatient: BackgroundServer, more: str
) -> None:
    head = (
        f"POST {QUERY} HTTP/1.1\r\nHost: localhost\r\nx-api-key: zut_understudy\r\n"
        f"content-type: application/json\r\n{more}\r\n\r\n"
    ).encode()
    began = time.perf_counter()
    answer = exchange(impatient.port, head + b'5\r\n{"que')
    assert not answer or status_of(answer) == 408
    assert 0.3 < time.perf_counter() - began < 3


def test_blank_lines_after_a_request_keep_no_connection_open(impatient: BackgroundServer) -> None:
    request = b"GET /v2/corpora HTTP/1.1\r\nHost: localhost\r\nx-api-key: zut_understudy\r\n\r\n"
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b'"metadata":{"page_key":""}}'):
            answer += connection.recv(65536)
        connection.sendall(b"\r\n")
        assert connection.recv(65536) == b""
    assert time.perf_counter() - began < 3


def test_a_slow_body_in_time_is_answered(impatient: BackgroundServer) -> None:
    def slow() -> Iterator[bytes]:
        for piece in (b'{"query":', b' "kiln"', b"}"):
            time.sleep(0.1)
            yield piece

    with httpx.Client(base_url=impatient.url, headers={"x-api-key": "zut_understudy"}) as client:
        for _ in range(3):
            assert client.post(QUERY, content=slow(), headers=JSON).status_code == 200


def test_fifty_slow_senders_keep_nobody_waiting(impatient: BackgroundServer) -> None:
    slow = [socket.create_connection(("127.0.0.1", impatient.port), timeout=5) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(b"POST /v2/corpora HTTP/1.1\r\nHost: localhost\r\ncontent-length: 10\r\n\r\n{")
        began = time.perf_counter()
        with httpx.Client(base_url=impatient.url, headers={"x-api-key": "zut_understudy"}) as client:
            assert client.get("/v2/corpora").status_code == 200
        assert time.perf_counter() - began < 0.4
    finally:
        for connection in slow:
            connection.close()


# Methods and deadlines


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v2/corpora", "GET, POST"),
        ("/v2/corpora/handbook", "DELETE, GET, PATCH"),
        ("/v2/corpora/unknown", "DELETE, GET, PATCH"),
        ("/v2/query", "POST"),
        ("/v2/jobs", "GET"),
        ("/oauth/token", "POST"),
    ],
)
@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "HEAD", "PROPFIND", "M-SEARCH"])
def test_a_method_that_is_not_documented_is_told_which_ones_are(
    understudy: Understudy, send: Callable[..., bytes], path: str, allowed: str, method: str
) -> None:
    status, headers, body = split(send(request(understudy, f"{method} {path}")))
    assert (status, headers["allow"]) == (405, allowed)
    assert body == b"" if method == "HEAD" else set(json.loads(body)) == {"messages", "request_id"}


def test_a_method_of_http_that_asks_for_a_tunnel_gets_none(
    understudy: Understudy, send: Callable[..., bytes]
) -> None:
    for target in ("evil.example:443", "localhost:80", "/v2/corpora"):
        answer = send(request(understudy, f"CONNECT {target}"))
        assert 400 <= status_of(answer) < 500, target


@pytest.mark.parametrize("name", ["Request-Timeout", "Request-Timeout-Millis"])
@pytest.mark.parametrize("value", ["0", "-5", "1.5", "soon", "", "5 5", "١"])
def test_a_deadline_that_is_none_is_refused(api: httpx.Client, name: str, value: str) -> None:
    answer = api.get("/v2/corpora", headers={name: value.encode()})
    refused(answer, 400, f"header.{name}")


def test_a_deadline_below_the_latency_of_the_world_runs_out(
    understudy: Understudy, api: httpx.Client
) -> None:
    understudy.lifecycle(latency_millis=1500)
    began = time.perf_counter()
    for headers, status in (
        ({"Request-Timeout": "1"}, 408),
        ({"Request-Timeout": "2"}, 200),
        ({"Request-Timeout-Millis": "1499"}, 408),
        ({"Request-Timeout-Millis": "1500"}, 200),
        ({"Request-Timeout": "1", "Request-Timeout-Millis": "2000"}, 200),
        ({"Request-Timeout": "10", "Request-Timeout-Millis": "1000"}, 408),
        ({}, 200),
    ):
        answer = api.get("/v2/corpora", headers=headers)
        assert answer.status_code == status, headers
        if status == 408:
            refused(answer, 408)
    refused(api.post("/v2/corpora", json={"key": "new"}, headers={"Request-Timeout": "1"}), 408)
    assert time.perf_counter() - began < 1.4  # simulated, never slept


# Liberal in


def test_accepted_chunked_bodies(api: httpx.Client) -> None:
    pieces = iter([b'{"key": "chu', b"nked", b'"}'])
    assert api.post("/v2/corpora", content=pieces, headers=JSON).status_code == 201
    assert read(api, "/v2/corpora/chunked")["name"] == "chunked"


def test_accepted_unknown_members_are_ignored(api: httpx.Client) -> None:
    made = make_corpus(api, "liberal", colour="red", metadata={"a": [1]})
    assert not {"colour", "metadata"} & set(made)
    put(api, "liberal", core("d", {"text": "A zebra.", "size": 1}, shape="round"))
    assert found(api, "liberal", "zebra", depth=5, reranker={"type": "none", "speed": "high"})


def test_accepted_duplicate_members_where_the_last_wins(api: httpx.Client) -> None:
    answer = api.post("/v2/corpora", content=b'{"key": "first", "key": 5, "key": "last"}', headers=JSON)
    assert (answer.status_code, answer.json()["key"]) == (201, "last")


def test_accepted_without_a_content_type(understudy: Understudy, send: Callable[..., bytes]) -> None:
    body = b'{"key": "typeless"}'
    sent = request(understudy, "POST /v2/corpora", f"content-length: {len(body)}", body=body)
    assert status_of(send(sent)) == 201


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", " application/json ;x=y"]
)
def test_accepted_content_types_of_json(api: httpx.Client, content_type: str) -> None:
    headers = {"content-type": content_type.strip()}
    assert api.post("/v2/corpora", content=b'{"key": "k"}', headers=headers).status_code == 201


def test_accepted_unknown_headers_and_parameters(api: httpx.Client) -> None:
    headers = {"X-Source": "tests", "customer-id": "7", "X-Fern-Language": "Python", "Accept": "text/plain"}
    assert api.get("/v2/corpora", params={"colour": "red"}, headers=headers).status_code == 200


def test_accepted_white_space_around_json(api: httpx.Client) -> None:
    assert api.post("/v2/corpora", content=b' \r\n\t{"key": "k"}\n', headers=JSON).status_code == 201


def test_accepted_metadata_of_a_hundred_levels(api: httpx.Client) -> None:
    deep: Any = "bottom"
    for _ in range(100):
        deep = {"a": [deep]} if deep == "bottom" else {"a": deep}
    make_corpus(api, "deep")
    put(api, "deep", core("d", {"text": "A zebra.", "metadata": {"deep": deep}}))
    assert found(api, "deep", "zebra")[0]["part_metadata"] == {"deep": deep}


# Other origins

PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key, x-source"}
LOOPBACK = ["http://localhost:3000", "http://127.0.0.1", "https://localhost:8443", "http://[::1]:5173"]
FOREIGN = [
    "https://evil.example",
    "http://localhost.evil.example",
    "null",
    "http://localhost:3000.evil.example",
    "file://",
    "http://127.0.0.1.nip.io",
    "http://localhost:3000/",
    "",
]


@pytest.mark.parametrize("origin", LOOPBACK)
def test_pages_of_this_machine_may_call(api: httpx.Client, origin: str) -> None:
    asked = api.options(QUERY, headers={"origin": origin, **PREFLIGHT})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == origin
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-headers"] == "x-api-key, x-source"
    for answer in (
        api.post(QUERY, json={"query": "kiln"}, headers={"origin": origin}),
        api.post(QUERY, json={"query": "kiln", "stream_response": True}, headers={"origin": origin}),
        api.post(QUERY, json={"query": 5}, headers={"origin": origin}),
        api.get("/v2/corpora/nowhere", headers={"origin": origin}),
        api.get("/elsewhere", headers={"origin": origin}),
    ):
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_machines_may_not(api: httpx.Client, origin: str) -> None:
    for answer in (
        api.options(QUERY, headers={"origin": origin, **PREFLIGHT}),
        api.post(QUERY, json={"query": "kiln"}, headers={"origin": origin}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert api.options(QUERY, headers={"origin": origin, **PREFLIGHT}).status_code == 403
