"""The control plane on a live port: worlds, clock, dials, journal; and who may come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from understudy.admin.routes import OPEN, ROUTES
from understudy.pytest_plugin import BackgroundServer, Understudy


@pytest.fixture
def admin(understudy_server: BackgroundServer) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {understudy_server.server.admin_token}"}
    with httpx.Client(base_url=f"{understudy_server.url}/_understudy", headers=headers) as client:
        yield client


def corpora(client: httpx.Client) -> list[str]:
    return [corpus["key"] for corpus in client.get("/v2/corpora").json()["corpora"]]


def test_health_and_ready_answer_without_a_token(understudy_server: BackgroundServer) -> None:
    for path in OPEN:
        answer = httpx.get(f"{understudy_server.url}/_understudy{path}")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_every_other_route_wants_the_token(understudy_server: BackgroundServer) -> None:
    for route in ROUTES:
        path = route.path.replace("{world}", "default")
        for headers in ({}, {"authorization": "Bearer nix"}, {"authorization": "Basic nix"}):
            answer = httpx.request(
                route.method, f"{understudy_server.url}/_understudy{path}", headers=headers
            )
            assert answer.status_code == 401, (route, headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_no_web_page_of_another_origin_comes_in(admin: httpx.Client, headers: dict[str, str]) -> None:
    for route in ROUTES:
        answer = admin.request(route.method, route.path.replace("{world}", "default"), headers=headers)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_the_host_rule_holds_here_too(admin: httpx.Client) -> None:
    assert admin.get("/worlds", headers={"host": "evil.example"}).status_code == 421


def test_reading_changes_nothing(admin: httpx.Client, understudy: Understudy) -> None:
    before = understudy.look(lambda world: world.snapshot())
    for route in ROUTES:
        if route.method == "GET":
            answer = admin.get(route.path.replace("{world}", understudy.world))
            assert answer.status_code == 200
    assert understudy.look(lambda world: world.snapshot()) == before


def test_a_world_is_made_used_reset_forked_and_deleted(admin: httpx.Client, understudy: Understudy) -> None:
    made = admin.post(
        "/worlds", json={"name": "admin-made", "fixture": "empty", "seed": 7, "clock": "frozen"}
    )
    assert (made.status_code, made.json()["seed"], made.json()["clock"]["mode"]) == (201, 7, "frozen")
    with httpx.Client(base_url=understudy.url, headers={"x-api-key": "zut_understudy@admin-made"}) as client:
        assert client.post("/v2/corpora", json={"key": "one"}).status_code == 201
        assert admin.post("/worlds/admin-made/fork", json={"name": "admin-fork"}).status_code == 201
        assert corpora(client) == ["one"]
        assert admin.post("/worlds/admin-made/reset").json()["records"]["api_key"] == 1
        assert corpora(client) == []
        client.headers["x-api-key"] = "zut_understudy@admin-fork"
        assert corpora(client) == ["one"]
    for name in ("admin-made", "admin-fork"):
        assert admin.delete(f"/worlds/{name}").status_code == 204
        assert admin.get(f"/worlds/{name}").status_code == 404
    assert "admin-made" not in admin.get("/worlds").json()["worlds"]


def test_a_snapshot_is_restored_into_another_world(admin: httpx.Client, understudy: Understudy) -> None:
    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "kept"})
        saved = admin.get(f"/worlds/{understudy.world}/snapshot").json()
        client.delete("/v2/corpora/kept")
        assert admin.put(f"/worlds/{understudy.world}/snapshot", json=saved).status_code == 200
        assert "kept" in corpora(client)
    assert admin.get(f"/worlds/{understudy.world}/snapshot").json() == saved | {"calls": saved["calls"] + 1}


@pytest.mark.parametrize("body", [{}, {"understudy_snapshot": 2}, {"understudy_snapshot": 1}, {"tables": 5}])
def test_what_is_no_snapshot_is_refused_and_changes_nothing(
    admin: httpx.Client, understudy: Understudy, body: dict[str, Any]
) -> None:
    before = understudy.look(lambda world: world.snapshot())
    answer = admin.put(f"/worlds/{understudy.world}/snapshot", json=body)
    assert answer.status_code in (400, 409)
    assert understudy.look(lambda world: world.snapshot()) == before


def test_the_difference_to_the_beginning_is_told(admin: httpx.Client, understudy: Understudy) -> None:
    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "new"})
        client.patch("/v2/corpora/handbook", json={"name": "Other"})
        client.delete("/v2/corpora/handbook/documents/travel")
    changes = admin.get(f"/worlds/{understudy.world}/diff").json()["changes"]
    assert [(c["kind"], c["key"], c["change"]) for c in changes] == [
        ("corpus", "handbook", "changed"),
        ("corpus", "new", "added"),
        ("document", "travel", "removed"),
    ]


def test_the_clock_is_read_advanced_and_frozen(admin: httpx.Client, understudy: Understudy) -> None:
    path = f"/worlds/{understudy.world}/clock"
    began = admin.get(path).json()["millis"]
    assert admin.post(path, json={"advance_millis": 90_000}).json()["millis"] == began + 90_000
    assert admin.post(path, json={"mode": "frozen"}).json()["mode"] == "frozen"
    with understudy.client() as client:
        created = [client.post("/v2/corpora", json={"key": key}).json()["created_at"] for key in ("a", "b")]
    assert created[0] == created[1]
    assert admin.post(path, json={"advance_millis": -1}).status_code == 400
    admin.post(path, json={"mode": "real"})
    assert admin.post(path, json={"advance_millis": 1}).status_code == 400


def test_dials_are_turned_and_bad_ones_named(admin: httpx.Client, understudy: Understudy) -> None:
    path = f"/worlds/{understudy.world}/lifecycle"
    wanted = {
        "dials": {"jobs": {"pace": "polls", "amount": 2}},
        "latency_millis": 5,
        "cadence_millis": 1,
        "answer_form": "wire",
    }
    assert admin.put(path, json=wanted).json() == wanted
    for body in ({"dials": {"nix": {"pace": "polls"}}}, {"latency_millis": -1}, {"dials": {"jobs": {}}}, []):
        assert admin.put(path, json=body).status_code == 400
    assert admin.get(path).json() == wanted


def test_the_journal_shows_calls_without_any_credential(admin: httpx.Client, understudy: Understudy) -> None:
    token_request = {
        "client_id": f"understudy@{understudy.world}",
        "client_secret": "understudy-secret",
        "grant_type": "client_credentials",
    }
    with understudy.client() as client:
        token = client.post("/oauth2/token", data=token_request).json()["access_token"]
        client.post("/oauth/token", json=token_request)
        client.get("/v2/corpora", headers={"x-api-key": "", "authorization": f"Bearer {token}"})
        client.get("/v2/corpora", params={"api_key": "canary-in-query", "filter": understudy.api_key})
        client.post("/v2/corpora", json={"key": "x", "description": f"my key is {understudy.api_key}"})
    answer = admin.get(f"/worlds/{understudy.world}/journal")
    entries = answer.json()["entries"]
    assert [entry["operation"] for entry in entries][:2] == ["getOAuthTokenAlias", "getOAuthToken"]
    assert len(entries) == 5
    for secret in ("understudy-secret", token, "canary-in-query", understudy.api_key):
        assert secret not in answer.text
    assert admin.delete(f"/worlds/{understudy.world}/journal").status_code == 204
    assert admin.get(f"/worlds/{understudy.world}/journal").json()["entries"] == []


def test_a_call_with_a_large_body_does_not_wait_in_memory(understudy: Understudy) -> None:
    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "x", "description": "d" * 2_000_000})
    waiting = understudy.look(lambda world: (len(world.journal._waiting), len(world.journal._entries)))
    assert waiting == (0, 1)
    (entry,) = understudy.journal()
    assert len(entry["request_body"]) == 64 * 1024


def test_requests_are_judged_before_anything_happens(admin: httpx.Client) -> None:
    assert (
        admin.post("/worlds", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    )
    assert (
        admin.post("/worlds", content=b'{"name": "x"}', headers={"content-type": "text/plain"}).status_code
        == 415
    )
    assert admin.post("/worlds", json={"name": "../x"}).status_code == 400
    assert admin.post("/worlds", json={"name": "x", "fixture": "/etc/passwd"}).status_code == 400
    assert admin.post("/worlds", json={"name": "x", "fixture": "nix"}).status_code in (404, 409)
    assert admin.get("/nix").status_code == 404
    assert admin.put("/worlds").status_code == 405
    assert admin.get("/worlds/nix").status_code == 404
