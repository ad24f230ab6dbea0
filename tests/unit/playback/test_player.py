"""The player: what matches, what is missing and why, in which order, and how fast."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.drift.altered import served
from tests.unit.playback.taping import PLACES
from understudy.playback import cassettes
from understudy.playback.cassettes import Cassette, Exchange, entry_of
from understudy.playback.player import Player

JSON = [("content-type", "application/json")]


def told(body: str, answer: str = "{}", path: str = "/v2/corpora", **more: Any) -> Exchange:
    given = {"method": "POST", "request_headers": JSON, "answer_headers": JSON, **more}
    return Exchange(path=path, request_body=body.encode(), answer_body=answer.encode(), **given)


def tape(*exchanges: Exchange, ignore: tuple[str, ...] = ()) -> Cassette:
    return Cassette([entry_of(one) for one in exchanges], ignore=list(ignore))


def ask(player: Player, *bodies: str, path: str = "/v2/corpora", **more: Any) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=player)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            given = {"method": "POST", "headers": dict(JSON), **more}
            return [await client.request(url=path, content=body.encode(), **given) for body in bodies]

    return asyncio.run(run())


def player_of(*exchanges: Exchange, ignore: tuple[str, ...] = (), **options: Any) -> Player:
    return Player([tape(*exchanges, ignore=ignore)], PLACES, **options)


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ('{"a":1,"b":[1,2]}', '{"b": [1.0, 2], "a": 1.0}'),
        ('{"a":"<secret-1>"}', '{"a":"anything"}'),
        ('{"a":"key <secret-1> of <secret-2>!"}', '{"a":"key x of yy!"}'),
        ('{"a":{"b":"<secret-1>"}}', '{"a":{"b":7}}'),
        ('{"a":1e3}', '{"a":1000}'),
        ('{"a":null}', '{"a":null}'),
    ],
)
def test_equal_requests_match(recorded: str, asked: str) -> None:
    assert ask(player_of(told(recorded)), asked)[0].status_code == 200


@pytest.mark.parametrize(
    ("recorded", "asked", "place"),
    [
        ('{"a":1}', '{"a":2}', "body.a"),
        ('{"a":1}', '{"a":true}', "body.a"),
        ('{"a":1}', '{"a":"1"}', "body.a"),
        ('{"a":1}', '{"a":1,"b":null}', "body.b"),
        ('{"a":[1,2]}', '{"a":[1,3]}', "body.a[1]"),
        ('{"a":[1,2]}', '{"a":[1]}', "body.a[1]"),
        ('{"a":"key <secret-1>!"}', '{"a":"key x"}', "body.a"),
        ('{"a":"<secret-1>"}', "{}", "body.a"),
        ('{"a":1}', "", "body"),
        ('{"a":1}', "text", "body"),
    ],
)
def test_other_requests_are_misses_that_name_the_difference(recorded: str, asked: str, place: str) -> None:
    lines: list[str] = []
    (answer,) = ask(player_of(told(recorded), tell=lines.append), asked)
    assert answer.status_code == 503
    nearest = answer.json()["understudy"]["nearest"]
    assert (nearest["entry"], nearest["name"]) == (1, "POST /v2/corpora")
    assert [one["path"] for one in nearest["differences"]] == [place]
    assert place in lines[0]


def test_the_nearest_recording_is_the_one_that_differs_least() -> None:
    player = player_of(
        told('{"query":"refund","limit":1}', path="/v2/corpora/docs/query"),
        told('{"query":"refunds","limit":2}', path="/v2/corpora/docs/query"),
        told('{"query":"refunds","limit":1}', path="/v2/corpora/else/query"),
        told("", method="GET", path="/v2/corpora/docs/query"),
    )
    (answer,) = ask(player, '{"query":"refunds","limit":1}', path="/v2/corpora/docs/query")
    assert answer.json()["understudy"]["nearest"] == {
        "entry": 1,
        "where": "entries[0]",
        "name": "POST /v2/corpora/docs/query",
        "differences": [{"path": "body.query", "wanted": '"refund"', "got": '"refunds"'}],
    }


def test_query_and_path_by_their_values_and_no_credential() -> None:
    recorded = told("", method="GET", path="/v2/a%2Fb", query="limit=1&x=a&x=b&api-key=<secret-1>")
    player = player_of(recorded)
    for path in ("/v2/a%2fb?x=a&limit=1&x=b", "/v2/a%2Fb?api_key=zut_other&x=a&x=b&limit=1"):
        assert ask(player, "", path=path, method="GET", headers={"x-api-key": "any"})[0].status_code == 200
    for path in ("/v2/a/b?limit=1&x=a&x=b", "/v2/a%2Fb?limit=1&x=b&x=a", "/v2/a%2Fb?limit=2&x=a&x=b"):
        assert ask(player, "", path=path, method="GET")[0].status_code == 503


@pytest.mark.parametrize(
    "place", ["body.session", "body.list.1", "body.list.*.id", "body.list.*", "query.at", "body.deep.a.b"]
)
def test_places_that_are_ignored(place: str) -> None:
    recorded = told('{"session":1,"list":[{"id":1},{"id":2}],"deep":{"a":{"b":1,"c":2}}}', query="at=1")
    asked = {
        "body.session": '{"session":2,"list":[{"id":1},{"id":2}],"deep":{"a":{"b":1,"c":2}}}',
        "body.list.1": '{"session":1,"list":[{"id":1},{"id":9}],"deep":{"a":{"b":1,"c":2}}}',
        "body.list.*.id": '{"session":1,"list":[{"id":3},{}],"deep":{"a":{"b":1,"c":2}}}',
        "body.list.*": '{"session":1,"list":[5],"deep":{"a":{"b":1,"c":2}}}',
        "body.deep.a.b": '{"session":1,"list":[{"id":1},{"id":2}],"deep":{"a":{"c":2}}}',
    }.get(place, '{"session":1,"list":[{"id":1},{"id":2}],"deep":{"a":{"b":1,"c":2}}}')
    query = "at=2" if place == "query.at" else "at=1"
    path = f"/v2/corpora?{query}"
    assert ask(player_of(recorded), asked, path=path)[0].status_code == 503
    assert ask(player_of(recorded, ignore=(place,)), asked, path=path)[0].status_code == 200
    by_flag = Player([tape(recorded)], PLACES, ignore=[place])
    assert ask(by_flag, asked, path=path)[0].status_code == 200


def form(boundary: str, filename: str, text: str, kind: str = "text/plain") -> tuple[bytes, str]:
    from understudy.playback.bodies import to_bytes

    content_type = f"multipart/form-data; boundary={boundary}"
    parts = [
        {"name": "metadata", "content_type": "application/json", "text": '{"a": 1.0}'},
        {"name": "file", "filename": filename, "content_type": kind, "text": text},
    ]
    return to_bytes({"parts": parts}, content_type), content_type


def test_forms_with_files_match_by_their_parts() -> None:
    body, kind = form("one", "a.txt", "hello")
    player = player_of(told(body.decode(), request_headers=[("content-type", kind)]))
    for other, status in (
        (form("two", "a.txt", "hello", "text/x"), 200),
        (form("two", "a.txt", "hullo"), 503),
        (form("two", "b.txt", "hello"), 503),
    ):
        (answer,) = ask(player, other[0].decode(), headers={"content-type": other[1]})
        assert answer.status_code == status


def test_equal_requests_get_their_recordings_in_order_and_the_last_one_again() -> None:
    player = player_of(*[told("{}", f"[{n}]") for n in (1, 2, 3)], told('{"x":1}', '"x"'))
    answers = ask(player, "{}", '{"x":1}', "{}", "{}", "{}", "{}")
    assert [one.text for one in answers] == ["[1]", '"x"', "[2]", "[3]", "[3]", "[3]"]
    assert (player.unused, player.misses, player.hits) == ([], [], 6)


def test_strict_wants_the_order_and_nothing_twice() -> None:
    player = player_of(told('{"n":1}', "1"), told('{"n":2}', "2"), told('{"n":3}', "3"), strict=True)
    answers = ask(player, '{"n":2}', '{"n":1}', '{"n":1}', '{"n":2}')
    assert [one.status_code for one in answers] == [503, 200, 503, 200]
    assert answers[0].json()["understudy"]["note"] == "next in order is #1 POST /v2/corpora"
    assert [one.number for one in player.unused] == [3]
    assert len(player.misses) == 2


def test_a_miss_tells_no_credential() -> None:
    lines: list[str] = []
    player = player_of(told('{"a":1}', path="/oauth/token"), tell=lines.append)
    secret = "hush-hush-4711"
    (answer,) = ask(
        player,
        f'{{"client_secret":"{secret}","note":"it is {secret}"}}',
        path=f"/oauth/token?api_key={secret}",
        headers={**dict(JSON), "x-api-key": secret},
    )
    assert answer.status_code == 503
    assert secret not in answer.text + "".join(lines)
    assert "<secret-1>" in answer.text


def test_an_empty_player_misses_everything() -> None:
    (answer,) = ask(Player([], PLACES, strict=True), "{}")
    assert answer.json() == {
        "understudy": {
            "message": "nothing recorded answers POST /v2/corpora",
            "note": "every recording is used",
        }
    }


FRAMES = [(0, b"data:1\n\n"), (100, b": ping\n\n"), (300, b"data:[DONE]\n\n")]


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 0.3), (3.0, 0.1), (0, 0.0)])
def test_the_gaps_of_a_stream(speed: float, seconds: float) -> None:
    stream = told("{}", answer_headers=[("content-type", "text/event-stream")], frames=FRAMES)
    with served(player_of(stream, speed=speed)) as url:
        arrived: list[tuple[float, bytes]] = []
        with httpx.stream("POST", f"{url}/v2/corpora", json={}) as answer:
            arrived = [(time.monotonic(), piece) for piece in answer.iter_raw()]
    assert b"".join(piece for _, piece in arrived) == b"".join(frame for _, frame in FRAMES)
    if speed:
        assert [piece for _, piece in arrived] == [frame for _, frame in FRAMES]
        assert arrived[-1][0] - arrived[0][0] >= seconds * 0.8
    else:
        assert len(arrived) == 1


@pytest.mark.parametrize(("status", "length"), [(204, None), (200, "0"), (304, None)])
def test_answers_without_a_body(status: int, length: str | None) -> None:
    (answer,) = ask(player_of(told("{}", "", status=status, answer_headers=[])), "{}")
    assert (answer.status_code, answer.content, answer.headers.get("content-length")) == (status, b"", length)


def test_other_hosts_are_turned_away() -> None:
    assert (
        ask(player_of(told("{}")), "{}", headers={**dict(JSON), "host": "evil.example"})[0].status_code == 421
    )


def test_a_large_cassette_is_played_quickly(tmp_path: Path) -> None:
    many = [told(f'{{"n":{n}}}', f"{n}") for n in range(3000)]
    file = tmp_path / "c.yaml"
    file.write_text(tape(*many).text())
    player = Player([cassettes.load(file)], PLACES)
    answers = ask(player, *[f'{{"n":{n}}}' for n in reversed(range(0, 3000, 10))])
    assert [one.text for one in answers] == [str(n) for n in reversed(range(0, 3000, 10))]
