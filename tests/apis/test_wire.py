"""Requests as bytes on a connection: cut, joined and repeated, they are answered like any other."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from understudy.pytest_plugin import BackgroundServer
from understudy.settings import Limits

KEY = b"x-api-key: zut_understudy@wire\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[BackgroundServer]:
    background = BackgroundServer(fixture="empty", limits=Limits(header_seconds=2, body_seconds=2)).start()
    yield background
    background.stop()


@pytest.fixture
def wire(server: BackgroundServer) -> Iterator[Wire]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        yield Wire(connection)


class Wire:
    """One connection: bytes go in, whole answers come out."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._received = b""

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.connection.sendall(piece)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer."""
        head = self._until(b"\r\n\r\n")
        status_line, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._until(b"\r\n"), 16):
                body += self._exactly(size + 2)[:-2]
            self._exactly(2)
        else:
            body = self._exactly(int(headers.get("content-length", 0)))
        return int(status_line.split()[1]), headers, body

    def _until(self, end: bytes) -> bytes:
        while end not in self._received:
            self._receive()
        found, _, self._received = self._received.partition(end)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._received) < size:
            self._receive()
        found, self._received = self._received[:size], self._received[size:]
        return found

    def _receive(self) -> None:
        received = self.connection.recv(65536)
        if not received:
            raise EOFError
        self._received += received


def get(path: bytes, *lines: bytes) -> bytes:
    return b"GET %b HTTP/1.1\r\nhost: localhost\r\n%b%b\r\n" % (path, KEY, b"".join(lines))


def post(path: bytes, body: object, *lines: bytes) -> bytes:
    raw = json.dumps(body).encode()
    head = b"POST %b HTTP/1.1\r\nhost: localhost\r\n%bcontent-type: application/json\r\n" % (path, KEY)
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (head, b"".join(lines), len(raw), raw)


def test_repeated_header_lines_are_answered_like_the_first(wire: Wire) -> None:
    for _ in range(3):
        wire.send(get(b"/v2/corpora?limit=5"))
        status, _, body = wire.answer()
        assert (status, json.loads(body)["metadata"]) == (200, {"page_key": ""})
    wire.send(get(b"/v2/corpora?limit=no"))
    status, _, body = wire.answer()
    assert (status, list(json.loads(body)["field_errors"])) == (400, ["query.limit"])


@pytest.mark.parametrize("cut", [1, 30, -30, -4, -2, -1])
def test_a_request_in_two_pieces_waits_for_the_second(wire: Wire, cut: int) -> None:
    whole = get(b"/v2/corpora")
    wire.send(whole)
    assert wire.answer()[0] == 200
    wire.send(whole[:cut])
    wire.connection.settimeout(0.1)
    with pytest.raises(TimeoutError):
        wire.answer()
    wire.connection.settimeout(10)
    wire.send(whole[cut:], whole)
    assert [wire.answer()[0] for _ in range(2)] == [200, 200]


def test_a_known_head_that_goes_on_is_another_head(wire: Wire) -> None:
    known = get(b"/v2/corpora")
    wire.send(known)
    assert wire.answer()[0] == 200
    longer = known[:-2] + b"request-timeout: none\r\n\r\n"
    wire.send(longer[: len(known) - 2], longer[len(known) - 2 :])
    assert wire.answer()[0] == 400


def test_requests_in_one_piece_are_answered_in_order(wire: Wire) -> None:
    wire.send(
        get(b"/v2/corpora/one") + get(b"/v2/corpora") + post(b"/v2/query", {}) + get(b"/v2/corpora/two")
    )
    answers = [wire.answer() for _ in range(4)]
    assert [status for status, _, _ in answers] == [404, 200, 400, 404]
    assert b"'one'" in answers[0][2]
    assert b"'two'" in answers[3][2]


def test_a_request_behind_a_stream_waits_for_its_end(wire: Wire) -> None:
    wire.send(post(b"/v2/corpora", {"key": "streamed"}))
    assert wire.answer()[0] in (201, 409)
    asked = {"query": "anything", "search": {}, "stream_response": True}
    for _ in range(2):
        wire.send(post(b"/v2/corpora/streamed/query", asked) + get(b"/v2/corpora/streamed"))
        status, headers, body = wire.answer()
        assert (status, headers["content-type"]) == (200, "text/event-stream;charset=UTF-8")
        assert body.endswith(b'data:{"type":"end"}\n\n')
        assert json.loads(wire.answer()[2])["key"] == "streamed"


def test_a_body_of_the_wrong_length_is_no_known_request(wire: Wire) -> None:
    whole = post(b"/v2/corpora/none/query", {"query": "a"})
    wire.send(whole)
    assert wire.answer()[0] == 404
    wire.send(whole[:-1])
    wire.connection.settimeout(0.1)
    with pytest.raises(TimeoutError):
        wire.answer()
    wire.connection.settimeout(10)
    wire.send(whole[-1:] + whole)
    assert [wire.answer()[0] for _ in range(2)] == [404, 404]


@pytest.mark.parametrize(
    "line", [b"connection: close\r\n", b"expect: 100-continue\r\n", b"connection: keep-alive\r\n"]
)
def test_what_a_header_says_of_the_connection_is_done(wire: Wire, line: bytes) -> None:
    for _ in range(2):
        wire.send(post(b"/v2/corpora/none/query", {"query": "a"}, line))
        status, _, _ = wire.answer()
        if status == 100:
            status, _, _ = wire.answer()
        assert status == 404
        if line.startswith(b"connection: close"):
            assert wire.connection.recv(1) == b""
            return


def test_http_1_0_is_answered_and_closed(wire: Wire) -> None:
    wire.send(get(b"/v2/corpora").replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert wire.answer()[0] == 200
    assert wire.connection.recv(1) == b""


@pytest.mark.parametrize(
    "target", [b"http://localhost/v2/corpora", b"/v2/corpora#part", b"*", b"//v2/corpora"]
)
def test_unusual_targets_end_no_connection_without_an_answer(wire: Wire, target: bytes) -> None:
    for _ in range(2):
        wire.send(get(target))
        try:
            status, _, _ = wire.answer()
        except EOFError:
            pytest.fail("closed without an answer")
        assert status < 500
        if status == 400:
            return


def test_head_has_no_body(wire: Wire) -> None:
    wire.send(get(b"/v2/corpora").replace(b"GET", b"HEAD"))
    head = wire.connection.recv(65536)
    assert head.startswith(b"HTTP/1.1 405 ")
    assert head.endswith(b"\r\n\r\n")


def test_a_known_head_does_not_carry_a_key_into_another_world(wire: Wire) -> None:
    wire.send(post(b"/v2/corpora", {"key": "mine"}))
    assert wire.answer()[0] in (201, 409)
    other = get(b"/v2/corpora/mine").replace(b"@wire", b"@else")
    for request, status in ((get(b"/v2/corpora/mine"), 200), (other, 404)) * 2:
        wire.send(request)
        assert wire.answer()[0] == status
