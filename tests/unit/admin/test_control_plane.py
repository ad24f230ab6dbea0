"""The control plane on a live port: worlds, clock, dials, journal; and who may come in."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from understudy.admin import API
from understudy.engine import spec
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.settings import data_directory

OPERATIONS = list(spec.operations(spec.load(data_directory("specs") / API.name)))
OPEN = [path for path, _, raw in OPERATIONS if raw.get("security") == []]
ROUTES = [
    (method.upper(), path.removeprefix("/_understudy"))
    for path, method, raw in OPERATIONS
    if path not in OPEN
]


def filled(path: str, world: str = "default") -> str:
    return path.replace("{world}", world).replace("{fault}", "nix").replace("{port}", "1")


@pytest.fixture
def admin(understudy_server: BackgroundServer) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {understudy_server.server.admin_token}"}
    with httpx.Client(base_url=f"{understudy_server.url}/_understudy", headers=headers) as client:
        yield client


def corpora(client: httpx.Client) -> list[str]:
    return [corpus["key"] for corpus in client.get("/v2/corpora").json()["corpora"]]


def test_health_and_ready_answer_without_a_token(understudy_server: BackgroundServer) -> None:
    assert OPEN == ["/_understudy/health", "/_understudy/ready"]
    for path in OPEN:
        answer = httpx.get(f"{understudy_server.url}{path}")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_every_other_route_wants_the_token(understudy_server: BackgroundServer) -> None:
    assert len(ROUTES) > 30
    for method, path in ROUTES:
        for headers in ({}, {"authorization": "Bearer nix"}, {"authorization": "Basic nix"}):
            url = f"{understudy_server.url}/_understudy{filled(path)}"
            assert httpx.request(method, url, headers=headers).status_code == 401, (method, path, headers)


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
    for method, path in ROUTES:
        answer = admin.request(method, filled(path), headers=headers)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_the_host_rule_holds_here_too(admin: httpx.Client) -> None:
    assert admin.get("/worlds", headers={"host": "evil.example"}).status_code == 421


def test_reading_changes_nothing(admin: httpx.Client, understudy: Understudy) -> None:
    before = understudy.look(lambda world: world.snapshot())
    for method, path in ROUTES:
        if method == "GET":
            assert admin.get(filled(path, understudy.world)).status_code == 200
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


def test_a_clock_that_was_frozen_is_no_other_beginning(admin: httpx.Client, understudy: Understudy) -> None:
    path = f"/worlds/{understudy.world}"
    began = admin.get(f"{path}/clock").json()
    admin.post(f"{path}/clock", json={"mode": "frozen", "advance_millis": 5})
    assert admin.get(f"{path}/diff").json()["changes"] == []
    admin.post(f"{path}/reset")
    assert admin.get(f"{path}/clock").json() == began


@pytest.mark.parametrize("body", [{}, {"understudy_snapshot": 2}, {"understudy_snapshot": 1}, {"tables": 5}])
def test_what_is_no_snapshot_is_refused_and_changes_nothing(
    admin: httpx.Client, understudy: Understudy, body: dict[str, Any]
) -> None:
    before = understudy.look(lambda world: world.snapshot())
    answer = admin.put(f"/worlds/{understudy.world}/snapshot", json=body)
    assert answer.status_code == 400
    assert "Error(" not in answer.text
    assert understudy.look(lambda world: world.snapshot()) == before


@pytest.mark.parametrize(
    "clock", [{"mode": "ticking", "millis": 2**53}, {"mode": "slow", "millis": 1}, {"mode": "frozen"}, {}]
)
def test_a_snapshot_with_a_clock_that_none_can_show_is_refused(
    admin: httpx.Client, understudy: Understudy, clock: dict[str, Any]
) -> None:
    path = f"/worlds/{understudy.world}"
    saved = admin.get(f"{path}/snapshot").json()
    assert admin.put(f"{path}/snapshot", json=saved | {"clock": clock}).status_code == 400
    assert admin.get(path).status_code == 200


def test_the_default_world_is_called_by_its_name_everywhere(
    admin: httpx.Client, understudy: Understudy
) -> None:
    admin.get("/worlds/default")
    taken = [
        admin.post("/worlds", json={"name": "default"}),
        admin.post(f"/worlds/{understudy.world}/fork", json={"name": "default"}),
    ]
    assert [(one.status_code, "world 'default' exists already" in one.text) for one in taken] == [
        (409, True), (409, True),
    ]  # fmt: skip


def test_a_world_plays_one_scenario(admin: httpx.Client) -> None:
    document = {"understudy_scenario": 1, "api": "vectara", "description": "Mine."}
    both = {"name": "both", "scenario": "support-bot", "document": document}
    answer = admin.post("/worlds", json=both)
    assert (answer.status_code, "one of scenario and document" in answer.text) == (400, True)


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
    last = 2**53 - 1
    too_far = admin.post(path, json={"mode": "ticking", "advance_millis": last})
    assert (too_far.status_code, "body.advance_millis: that is too far" in too_far.text) == (400, True)
    assert (admin.get(path).status_code, admin.get(path).json()["mode"]) == (200, "frozen")
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
    assert admin.post("/worlds", json={"name": "x", "fixture": "nix"}).status_code == 400
    assert admin.get("/nix").status_code == 404
    assert admin.put("/worlds").status_code == 405
    assert admin.get("/worlds/nix").status_code == 404


def test_a_record_is_patched_by_hand(admin: httpx.Client, understudy: Understudy) -> None:
    path = f"/worlds/{understudy.world}/records"
    (found,) = admin.get(path, params={"kind": "corpus"}).json()["records"]
    assert (found["id"], found["scope"]) == ("handbook", [])
    patch = {"kind": "corpus", "id": "handbook", "value": {"name": "By hand", "description": None}}
    (told,) = admin.patch(path, json=patch).json()["records"]
    assert told["value"]["name"] == "By hand"
    assert "description" not in told["value"]
    with understudy.client() as client:
        assert client.get("/v2/corpora/handbook").json()["name"] == "By hand"
    document = {
        "kind": "document",
        "scope": ["handbook"],
        "id": "travel",
        "value": {"metadata": {"year": 1999}},
    }
    assert admin.patch(path, json=document).status_code == 200
    assert admin.patch(path, json={**patch, "id": "nix"}).status_code == 404
    moved = admin.patch(path, json={**patch, "value": {"key": "other"}})
    assert (moved.status_code, moved.json()["understudy"]) == (
        400, "body.value.key: identifies the record, and stays",
    )  # fmt: skip


def test_two_worlds_are_compared(admin: httpx.Client, understudy: Understudy) -> None:
    name = f"{understudy.world}-copy"
    assert admin.post(f"/worlds/{understudy.world}/fork", json={"name": name}).status_code == 201
    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "more"})
    (change,) = admin.get(f"/worlds/{understudy.world}/diff", params={"against": name}).json()["changes"]
    assert (change["kind"], change["key"], change["change"]) == ("corpus", "more", "added")
    assert admin.delete(f"/worlds/{name}").status_code == 204


def test_the_journal_is_filtered_and_exported(admin: httpx.Client, understudy: Understudy) -> None:
    with understudy.client() as client:
        client.get("/v2/corpora")
        client.get("/v2/corpora/nix")
        client.post("/v2/corpora", json={"key": "found-by-text"})
        client.post("/v2/corpora", json={"key": 5})
    path = f"/worlds/{understudy.world}/journal"

    def numbers(**wanted: Any) -> list[int]:
        return [entry["number"] for entry in admin.get(path, params=wanted).json()["entries"]]

    assert numbers() == [1, 2, 3, 4]
    assert numbers(operation="createCorpus") == [3, 4]
    assert numbers(status=404) == [2]
    assert numbers(method="POST", last=1) == [4]
    assert numbers(contains="found-by-text") == [3]
    assert numbers(problems=True) == [2, 4]
    assert numbers(after=3) == [4]
    lines = admin.get(f"{path}/export").text.splitlines()
    assert [orjson.loads(line)["number"] for line in lines] == [1, 2, 3, 4]
    har = admin.get(f"{path}/export", params={"form": "har", "status": 404}).json()["log"]
    (entry,) = har["entries"]
    assert entry["request"]["url"].endswith("/v2/corpora/nix")
    assert entry["response"]["content"]["mimeType"] == "application/json"


def test_claims_about_calls_are_judged_and_the_nearest_call_is_told(
    admin: httpx.Client, understudy: Understudy
) -> None:
    with understudy.client() as client:
        for query in ("refund", "refunds please"):
            client.post("/v2/corpora/handbook/query", json={"query": query, "search": {"limit": 3}})
        client.get("/v2/corpora", params={"limit": 7})

    def verdict(**claim: Any) -> dict[str, Any]:
        answer = admin.post(f"/worlds/{understudy.world}/verify", json=claim)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    assert verdict(operation="queryCorpus", times=2)["ok"]
    assert verdict(operation="queryCorpus", at_most=2, path={"corpus_key": "handbook"})["ok"]
    assert verdict(operation="listCorpora", query={"limit": 7}, status=200)["ok"]
    assert verdict(operation="listCorpora", query={"limit": "7"})["ok"]
    assert verdict(operation="deleteCorpus", times=0)["ok"]
    once = verdict(operation="queryCorpus", times=2, body={"query": "refund"})
    assert (once["ok"], once["count"]) == (False, 1)
    assert once["nearest"] == {
        "number": 2,
        "differences": [{"place": "body.query", "wanted": "'refund'", "got": "refunds please"}],
    }
    assert "the nearest is call 2, which differs at body.query" in once["message"]
    exact = verdict(operation="queryCorpus", body={"query": "refund"}, exact=True)
    assert exact["nearest"]["differences"][0]["place"] == "body.search"
    assert verdict(operation="getCorpus")["nearest"] is None
    refused = admin.post(f"/worlds/{understudy.world}/verify", json={"operation": "nix"})
    assert refused.json()["understudy"] == "body.operation: there is no operation 'nix'"
    wrong = {"operation": "getCorpus", "body": {"$regex": "("}}
    assert admin.post(f"/worlds/{understudy.world}/verify", json=wrong).status_code == 400


def test_faults_come_and_go(admin: httpx.Client, understudy: Understudy) -> None:
    path = f"/worlds/{understudy.world}/faults"
    made = admin.post(path, json={"operation": "listCorpora", "status": 500, "times": 1, "name": "mine"})
    assert (made.status_code, made.json()["name"]) == (201, "mine")
    assert admin.post(path, json={"status": 500, "name": "mine"}).status_code == 409
    with understudy.client() as client:
        assert [client.get("/v2/corpora").status_code for _ in range(2)] == [500, 200]
    (fault,) = admin.get(path).json()["faults"]
    assert (fault["met"], fault["fired"]) == (2, 1)
    assert admin.delete(f"{path}/mine").status_code == 204
    assert admin.delete(f"{path}/mine").status_code == 404
    assert understudy.look(lambda world: world.play) is None
    admin.post(path, json={"latency": 1})
    assert admin.delete(path).status_code == 204
    assert admin.get(path).json()["faults"] == []
    for body, said in (
        ({"status": 200}, "body.status: 200 is less than"),
        ({"reset": True, "bad_json": True}, "does two things at once"),
        ({"status": 500, "headers": {"Content-Length": "5"}}, "'Content-Length' is written by the server"),
        ({"resett": True}, "'resett' was unexpected"),
        ({"status": 500, "operation": "listCorpara"}, "did you mean 'listCorpora'?"),
        ({"status": 500, "operation": "aivax:listCorpora"}, "no operation or tag 'aivax:listCorpora'"),
    ):
        answer = admin.post(path, json=body)
        assert (answer.status_code, said in answer.text) == (400, True), answer.text


def test_a_world_plays_a_scenario_of_somebodys_own(admin: httpx.Client, understudy: Understudy) -> None:
    rule = {
        "name": "one",
        "when": {"operation": "listCorpora"},
        "sequence": [{"fault": {"status": 503}}],
        "after": "act",
    }
    document = {"understudy_scenario": 1, "api": "vectara", "description": "Mine.", "rules": [rule]}
    name = f"{understudy.world}-scene"
    made = admin.post("/worlds", json={"name": name, "document": document})
    assert made.status_code == 201, made.text
    with httpx.Client(base_url=understudy.url, headers={"x-api-key": f"zut_understudy@{name}"}) as client:
        assert [client.get("/v2/corpora").status_code for _ in range(2)] == [503, 200]
        assert admin.get(f"/worlds/{name}/scenario").json()["played"] == {"one": 1}
        assert admin.put(f"/worlds/{name}/scenario", json={"document": document}).json()["played"] == {
            "one": 0
        }
        assert client.get("/v2/corpora").status_code == 503
        assert admin.delete(f"/worlds/{name}/scenario").status_code == 204
        assert client.get("/v2/corpora").status_code == 200
    assert admin.get(f"/worlds/{name}/scenario").json() == {"scenario": "", "state": "", "played": {}}
    wrong = {**document, "rules": [{**rule, "when": {"operation": "listCorpor"}}]}
    refused = admin.put(f"/worlds/{name}/scenario", json={"document": wrong})
    assert (refused.status_code, "did you mean 'listCorpora'" in refused.text) == (400, True)
    assert admin.put(f"/worlds/{name}/scenario", json={"scenario": "nix"}).status_code == 404
    assert admin.put(f"/worlds/{name}/scenario", json={"scenario": "../x"}).status_code == 400
    assert admin.put(f"/worlds/{name}/scenario", json={}).status_code == 400
    assert admin.delete(f"/worlds/{name}").status_code == 204
    shown = admin.get("/scenarios").json()["scenarios"]
    assert all(one["description"] for one in shown)


def test_what_was_touched_and_used_is_counted(admin: httpx.Client, understudy: Understudy) -> None:
    understudy.fault("getCorpus", status=418, times=1)
    with understudy.client() as client:
        client.get("/v2/corpora/handbook")
        query = {"query": "How many days of paid leave?", "generation": {}, "stream_response": True}
        client.post("/v2/corpora/handbook/query", json=query)
    told = admin.get(f"/worlds/{understudy.world}/coverage").json()
    rows = {row["operation"]: row for row in told["operations"] if row["calls"]}
    assert set(rows) == {"getCorpus", "queryCorpus"}
    assert (rows["getCorpus"]["statuses"], rows["getCorpus"]["undocumented"]) == ({"418": 1}, [418])
    assert rows["queryCorpus"]["missed_events"] == ["error"]
    assert told["faults"] == {"fault fault-1: status": 1}
    assert told["summary"]["operations_touched"] == 2
    assert admin.get(f"/worlds/{understudy.world}/usage").json()["used"] == {
        "calls": 2, "generations": 1, "searches": 1,
    }  # fmt: skip
    metrics = admin.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'understudy_requests_total{api="vectara",operation="getCorpus",status="418"}' in metrics.text
    assert "handbook" not in metrics.text


def test_a_listener_stands_for_production_and_leads_to_its_world(
    admin: httpx.Client, understudy: Understudy, tmp_path: Path
) -> None:
    made = admin.post("/listeners", json={"world": understudy.world})
    assert made.status_code == 201, made.text
    port = made.json()["port"]
    (tmp_path / "ca.pem").write_text(made.json()["certificate_authority"])
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with understudy.client() as client:
        client.post("/v2/corpora", json={"key": "only-here"})

    def ask(path: str, host: str, server: str = "api.vectara.io", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        extensions = {"sni_hostname": server}
        with httpx.Client(verify=trusting) as client:
            url = f"https://127.0.0.1:{port}{path}"
            return client.get(url, headers={"host": host, **named}, extensions=extensions)

    assert ask("/v2/corpora/only-here", "api.vectara.io", x_api_key="any-key").status_code == 200
    assert ask("/v2/corpora/only-here", "api.vectara.io", x_api_key="zut_understudy@other").status_code == 200
    assert ask("/v2/corpora/only-here", "api.vectara.io").status_code == 401
    assert ask("/v2/corpora/only-here", "api.vectara.io", x_api_key="two words").status_code == 401
    assert ask("/v1/models", "inference.aivax.net", authorization="Bearer any").status_code == 200
    assert ask("/v2/corpora", "evil.example", x_api_key="x").status_code == 421
    assert ask("/_understudy/health", "api.vectara.io").status_code == 404
    name = f"{understudy.world}-bound"
    assert admin.post("/worlds", json={"name": name, "listener": port}).status_code == 201
    assert ask("/v2/corpora/only-here", "api.vectara.io", x_api_key="any-key").status_code == 404
    assert (
        admin.put(f"/listeners/{port}", json={"world": understudy.world}).json()["world"] == understudy.world
    )
    assert ask("/v2/corpora/only-here", "api.vectara.io", x_api_key="any-key").status_code == 200
    assert admin.delete(f"/listeners/{port}").status_code == 204
    assert admin.delete(f"/listeners/{port}").status_code == 404
    assert admin.post("/listeners", json={"world": "nix"}).status_code == 404
    assert admin.delete(f"/worlds/{name}").status_code == 204


def test_the_control_plane_leaves_no_trace_in_a_world(admin: httpx.Client, understudy: Understudy) -> None:
    before = understudy.look(lambda world: (world.snapshot(), len(world.journal.entries)))
    for _ in range(3):
        admin.get(f"/worlds/{understudy.world}")
        admin.post(f"/worlds/{understudy.world}/verify", json={"operation": "getCorpus"})
    assert understudy.look(lambda world: (world.snapshot(), len(world.journal.entries))) == before
