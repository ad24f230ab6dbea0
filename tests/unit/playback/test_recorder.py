"""The recorder changes nothing that passes, keeps when events came, and says what breaks the contract."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from typing import Any

import httpx
import pytest

from tests.unit.drift.altered import served
from tests.unit.playback.taping import Tape, answer, contracts, taped
from understudy.playback import recorder
from understudy.playback.egress import Egress, origin
from understudy.playback.recorder import Recorder

JSON = [(b"content-type", b"application/json")]
STREAM = [(b"content-type", b"text/event-stream")]


class Upstream:
    """A server that answers as it is told, and remembers what it was asked."""

    def __init__(self, *pieces: bytes, status: int = 200, headers: Any = JSON, pause: float = 0) -> None:
        self.pieces, self.status, self.headers, self.pause = pieces, status, headers, pause
        self.asked: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.asked.append((scope, body))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(self.pause)
        await send({"type": "http.response.body", "body": b""})


def test_what_passes_is_what_was_sent() -> None:
    upstream = Upstream(b'{"x": 1.50}\n', status=218, headers=[*JSON, (b"x-own", b"a"), (b"x-own", b"b")])
    with served(upstream) as url, taped(url) as tape, httpx.Client() as client:
        told = client.request(
            "PATCH",
            f"{tape.url}/v2/a%2Fb//c?x=%7A&y",
            content=b"\x00\xff",
            headers={"x-mine": "1", "te": "x"},
        )
    scope, body = upstream.asked[0]
    headers = dict(scope["headers"])
    assert (scope["raw_path"], scope["query_string"], body) == (b"/v2/a%2Fb//c", b"x=%7A&y", b"\x00\xff")
    assert headers[b"x-mine"] == b"1"
    assert headers[b"host"] == url.removeprefix("http://").encode()
    assert b"te" not in headers
    assert (told.status_code, told.content) == (218, b'{"x": 1.50}\n')
    assert told.headers.get_list("x-own") == ["a", "b"]
    (exchange,) = tape.recorder.exchanges
    assert exchange.answer_body == b'{"x": 1.50}\n'
    assert "no operation is PATCH" in exchange.violations[0]


def test_an_event_is_passed_on_at_once_and_kept_with_its_time() -> None:
    pieces = [b'data:{"type":"a"}\n', b"\n", b": ping\n\ndata:{", b'"type":"b"}\n\n', b"left over"]
    with served(Upstream(*pieces, headers=STREAM, pause=0.06)) as url, taped(url) as tape:
        arrived: list[tuple[float, bytes]] = []
        began = time.monotonic()
        with httpx.stream("POST", f"{tape.url}/v2/chats", json={}) as told:
            arrived = [(time.monotonic() - began, piece) for piece in told.iter_raw()]
    assert b"".join(piece for _, piece in arrived) == b"".join(pieces)
    assert arrived[0][1] == b'data:{"type":"a"}\n\n'
    assert arrived[0][0] < arrived[-1][0] - 0.1
    frames = tape.recorder.exchanges[0].frames
    assert frames is not None
    assert [frame for _, frame in frames] == [
        b'data:{"type":"a"}\n\n',
        b": ping\n\n",
        b'data:{"type":"b"}\n\n',
        b"left over",
    ]
    assert frames[0][0] + 50 <= frames[1][0] <= frames[2][0] <= frames[3][0]


@pytest.mark.parametrize(
    ("location", "passed"),
    [
        ("/v2/x?y=1", "/v2/x?y=1"),
        ("{url}/v2/x?y=1", "/v2/x?y=1"),
        ("https://evil.example/", recorder.ELSEWHERE),
        ("//evil.example/", recorder.ELSEWHERE),
        ("http://169.254.169.254/latest", recorder.ELSEWHERE),
        ("http://127.0.0.1:1/", recorder.ELSEWHERE),
    ],
)
def test_a_redirect_is_passed_on_and_never_followed(location: str, passed: str) -> None:
    upstream = Upstream(status=302)
    with served(upstream) as url, taped(url) as tape:
        upstream.headers = [(b"location", location.format(url=url).encode())]
        told = httpx.get(f"{tape.url}/v2/corpora")
        assert told.headers["location"] == passed
        assert httpx.get(f"{tape.url}{recorder.ELSEWHERE}").status_code == 404
    assert len(upstream.asked) == 1
    assert ("another host" in str(tape.recorder.exchanges[0].violations)) == (passed == recorder.ELSEWHERE)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.nip.io", "localhost.evil.example:80", ""])
def test_pages_of_other_sites_are_turned_away(host: str) -> None:
    upstream = Upstream(b"{}")
    with served(upstream) as url, taped(url) as tape:
        assert httpx.get(f"{tape.url}/v2/corpora", headers={"host": host}).status_code in (400, 421)
        assert httpx.get(f"{tape.url}/v2/corpora", headers={"host": "api.vectara.io"}).status_code == 421
        assert httpx.get(f"{tape.url}/v2/corpora", headers={"host": "localhost:1"}).status_code == 200
    assert len(upstream.asked) == 1


def test_violations_of_both_sides_are_told_and_kept() -> None:
    with served(Upstream(b'{"search_results": [], "summary": 5}')) as url, taped(url) as tape:
        httpx.post(
            f"{tape.url}/v2/corpora/docs/query", json={"query": 5}, headers={"x-api-key": "zut_abcdefgh"}
        )
    (entry,) = tape.cassette().entries
    assert entry["operation"] == "queryCorpus"
    places = [one.partition(":")[0] for one in entry["violations"]]
    assert places == ["request.body.query", "response.body.summary"]
    assert sum("breaks the contract" in line for line in tape.lines) == 2


def test_an_unknown_status_and_a_stream_out_of_place() -> None:
    for upstream in (Upstream(b"{}", status=299), Upstream(b"data:{}\n\n", headers=STREAM)):
        with served(upstream) as url, taped(url) as tape:
            httpx.get(f"{tape.url}/v2/corpora")
        assert len(tape.recorder.exchanges[0].violations) == 1


def test_packed_answers_pass_packed_and_are_kept_unpacked() -> None:
    packed = gzip.compress(b'{"corpora":[]}', mtime=0)
    upstream = Upstream(packed, headers=[*JSON, (b"content-encoding", b"gzip")])
    with (
        served(upstream) as url,
        taped(url) as tape,
        httpx.stream("GET", f"{tape.url}/v2/corpora") as told,
    ):
        assert b"".join(told.iter_raw()) == packed
    assert dict(upstream.asked[0][0]["headers"])[b"accept-encoding"] == b"identity"
    assert tape.recorder.exchanges[0].answer_body == b'{"corpora":[]}'


async def broken_off(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": STREAM})
    await send({"type": "http.response.body", "body": b"data:{}\n\n", "more_body": True})


def test_an_answer_that_breaks_off_breaks_off_for_the_client_too() -> None:
    with (
        served(broken_off) as url,
        taped(url) as tape,
        pytest.raises(httpx.RemoteProtocolError),
        httpx.stream("POST", f"{tape.url}/v2/chats") as told,
    ):
        told.read()
    (exchange,) = tape.recorder.exchanges
    assert exchange.violations[0] == "the answer broke off"
    assert [frame for _, frame in exchange.frames or ()] == [b"data:{}\n\n"]


def test_a_client_that_goes_away_ends_the_call_upstream() -> None:
    upstream = Upstream(*[b"data:{}\n\n"] * 200, headers=STREAM, pause=0.02)
    with served(upstream) as url, taped(url) as tape:
        with httpx.stream("POST", f"{tape.url}/v2/chats", json={}) as told:
            next(told.iter_raw())
        deadline = time.monotonic() + 10
        while not tape.recorder.exchanges and time.monotonic() < deadline:
            time.sleep(0.02)
    assert 0 < len(tape.recorder.exchanges[0].frames or ()) < 150


def test_nobody_answers() -> None:
    with served(Upstream(b"{}")) as url:
        gone = url
    with taped(gone) as tape:
        tape._egress._addresses = {origin(gone): ["127.0.0.1"]}
        tape._open = True
        tape._loop = asyncio.new_event_loop()
        told = httpx.get(f"{tape.url}/v2/corpora")
        tape._open = False
        tape._loop.close()
    assert told.status_code == 502
    assert "nobody answered" in told.json()["understudy"]
    assert (tape.recorder.unreachable, tape.recorder.exchanges) == (1, [])


def test_what_is_too_much_passes_and_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_KEPT", 100)
    with served(Upstream(b'{"x":"' + b"y" * 80 + b'"}')) as url, taped(url) as tape:
        for _ in range(3):
            assert httpx.get(f"{tape.url}/v2/corpora").status_code == 200
    assert (len(tape.recorder.exchanges), tape.recorder.dropped) == (1, 2)


def test_many_at_once_each_get_their_own_answer_and_keep_the_order_of_asking() -> None:
    async def mirror(scope: Any, receive: Any, send: Any) -> None:
        told = await receive()
        await asyncio.sleep(0.05 if b'"n":0' in told["body"] else 0)
        await answer(send, 200, JSON, told["body"])

    async def ask(tape: Tape) -> list[Any]:
        async with httpx.AsyncClient(base_url=tape.url, timeout=30) as client:
            first = asyncio.ensure_future(client.post("/v2/corpora", json={"n": 0}))
            await asyncio.sleep(0.02)
            rest = [client.post("/v2/corpora", json={"n": number}) for number in range(1, 60)]
            return [one.json()["n"] for one in await asyncio.gather(first, *rest)]

    with served(mirror) as url, taped(url) as tape:
        assert asyncio.run(ask(tape)) == list(range(60))
    assert json.loads(tape.recorder.exchanges[0].request_body) == {"n": 0}
    for exchange in tape.recorder.exchanges:
        assert exchange.request_body == exchange.answer_body


def test_websockets_are_closed_and_life_cycles_confirmed() -> None:
    async def run() -> list[Any]:
        egress = Egress({"": origin("https://api.vectara.io")})
        from tests.unit.playback.taping import PLACES
        from understudy.playback.secrets import Secrets

        app = Recorder(egress, contracts(), Secrets(PLACES))
        sent: list[Any] = []
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await app({"type": "websocket"}, receive, send)
        await app({"type": "lifespan"}, receive, send)
        await egress.close()
        return sent

    assert asyncio.run(run()) == [
        "websocket.close",
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
