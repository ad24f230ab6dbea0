"""Worlds never meet, and a request is atomic, whatever happens at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import pytest

from understudy.pytest_plugin import KEY, BackgroundServer, Understudy

T = TypeVar("T")
THREADS, ROUNDS = 16, 20
CALLS = ROUNDS * 10
"""Per thread."""


def at_once(work: Callable[[int], T], count: int) -> list[T]:
    """What `work(0)` to `work(count - 1)` return when they start together."""
    together = threading.Barrier(count)

    def started(number: int) -> T:
        together.wait(timeout=20)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(started, range(count)))


def play(client: httpx.Client, own: str) -> list[tuple[int, bytes]]:
    """Mixed calls that name and write `own`; everything is checked against what this world alone did."""
    told: list[tuple[int, bytes]] = []

    def call(method: str, path: str, status: int, **arguments: Any) -> Any:
        answer = client.request(method, path, **arguments)
        assert answer.status_code == status, answer.text
        told.append((answer.status_code, answer.content))
        return answer.json() if answer.content else None

    for number in range(ROUNDS):
        documents = f"/v2/corpora/c{number}/documents"
        call("POST", "/v2/corpora", 201, json={"key": f"c{number}", "name": own})
        call("POST", "/v2/corpora", 409, json={"key": f"c{number}"})
        for name in ("a", "b"):
            body = {"id": name, "type": "core", "document_parts": [{"text": f"The word of {name} is {own}."}]}
            call("POST", documents, 201, json=body)
        shown = call("GET", "/v2/corpora", 200, params={"limit": 100})["corpora"]
        assert {corpus["name"] for corpus in shown} == {own, "Staff handbook"}
        assert len(shown) == 2
        answer = call("POST", f"/v2/corpora/c{number}/query", 200, json={"query": "word", "generation": {}})
        assert [result["text"] for result in answer["search_results"]] == [
            f"The word of {name} is {own}." for name in ("a", "b")
        ]
        assert own in answer["summary"]
        call("PATCH", f"{documents}/a", 200, json={"metadata": {"own": own}})
        call("DELETE", f"{documents}/b", 204)
        listed = call("GET", documents, 200)["documents"]
        assert listed == [{"id": "a", "metadata": {"own": own}}]
        call("DELETE", f"/v2/corpora/c{number}", 204)
    assert len(told) == CALLS
    return told


def test_sixteen_threads_in_sixteen_worlds_do_not_notice_each_other(
    understudy_server: BackgroundServer,
) -> None:
    names = [f"isolation-{number}" for number in range(THREADS)]

    def work(number: int) -> list[tuple[int, bytes]]:
        with httpx.Client(
            base_url=understudy_server.url, headers={"x-api-key": f"{KEY}@{names[number]}"}, timeout=60
        ) as client:
            return play(client, f"w{number:02}")

    at_once(work, THREADS)
    worlds = understudy_server.server.worlds
    calls = understudy_server.on_loop(lambda: [worlds.existing(name).calls for name in names])
    assert calls == [CALLS] * THREADS
    understudy_server.on_loop(lambda: [worlds.delete(name) for name in names])


def test_what_a_world_answers_does_not_depend_on_what_others_do(understudy_server: BackgroundServer) -> None:
    def work(number: int) -> list[tuple[int, bytes]]:
        key = f"{KEY}@same-{number}"
        with httpx.Client(base_url=understudy_server.url, headers={"x-api-key": key}, timeout=60) as client:
            return play(client, "equal")

    alone = work(99)
    for told in at_once(work, 4):
        assert told == alone
    worlds = understudy_server.server.worlds
    understudy_server.on_loop(lambda: [worlds.delete(f"same-{n}") for n in (0, 1, 2, 3, 99)])


@pytest.mark.parametrize("path", ["/v2/corpora", "/v2/corpora/handbook/documents"])
def test_of_eight_writers_on_one_key_one_wins_and_the_rest_change_nothing(
    understudy: Understudy, path: str
) -> None:
    def write(number: int) -> httpx.Response:
        body: dict[str, Any] = {"key": "wanted", "name": f"of writer {number}"}
        if path.endswith("documents"):
            body = {"id": "wanted", "type": "core", "document_parts": [{"text": f"of writer {number}"}]}
        with understudy.client() as client:
            return client.post(path, json=body)

    def version() -> int:
        return understudy.look(lambda world: world.store.version)

    before = version()
    answers = at_once(write, 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert version() == before + 1
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 201)
    with understudy.client() as client:
        assert f"of writer {winner}" in client.get(path.replace("documents", "documents/wanted")).text


def test_an_unknown_key_makes_no_world(understudy_server: BackgroundServer) -> None:
    worlds = understudy_server.server.worlds
    before = understudy_server.on_loop(worlds.names)
    with httpx.Client(base_url=understudy_server.url) as client:
        for number in range(20):
            headers = {"x-api-key": f"zut_wrong@stranger-{number}"}
            assert client.get("/v2/corpora", headers=headers).status_code == 401
            assert client.get("/v2/nothing", headers=headers).status_code == 404
            assert client.put("/v2/corpora", headers=headers).status_code == 405
            grant = {"client_id": f"nobody@stranger-{number}", "client_secret": "x"}
            answer = client.post("/oauth/token", data={**grant, "grant_type": "client_credentials"})
            assert answer.status_code == 401
        assert client.get("/v2/corpora", headers={"x-api-key": "zut_understudy@"}).status_code == 200
    assert set(understudy_server.on_loop(worlds.names)) - set(before) <= {""}


def test_a_known_key_makes_its_world_at_its_first_call(understudy_server: BackgroundServer) -> None:
    worlds = understudy_server.server.worlds
    with httpx.Client(
        base_url=understudy_server.url, headers={"x-api-key": f"{KEY}@first.call_1-x"}
    ) as client:
        assert client.get("/v2/corpora/nowhere").status_code == 404
    assert "first.call_1-x" in understudy_server.on_loop(worlds.names)
    understudy_server.on_loop(lambda: worlds.delete("first.call_1-x"))


@pytest.mark.parametrize("name", ["a b", "a/b", "x" * 65, "ü", "a@b", "../x"])
def test_a_name_that_is_no_world_name_is_refused(understudy_server: BackgroundServer, name: str) -> None:
    worlds = understudy_server.server.worlds
    before = understudy_server.on_loop(worlds.names)
    headers = {"x-api-key": f"{KEY}@{name}".encode()}
    with httpx.Client(base_url=understudy_server.url) as client:
        assert client.get("/v2/corpora", headers=headers).status_code in (400, 401)
    assert understudy_server.on_loop(worlds.names) == before


def test_bytes_that_leave_one_world_never_open_another(understudy: Understudy) -> None:
    """A page key, a token and a key of one world are worth nothing in a fork of another name."""
    with understudy.client() as client, understudy.client(x_api_key=f"{KEY}@another-world") as other:
        for number in range(3):
            client.post("/v2/corpora", json={"key": f"c{number}"})
            other.post("/v2/corpora", json={"key": f"c{number}"})
        page_key = client.get("/v2/corpora", params={"limit": 1}).json()["metadata"]["page_key"]
        assert page_key != other.get("/v2/corpora", params={"limit": 1}).json()["metadata"]["page_key"]
        assert other.get("/v2/corpora", params={"page_key": page_key}).status_code == 400
