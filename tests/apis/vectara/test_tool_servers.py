"""Tool servers through HTTP. Spec tag: Tool Servers."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, read, refused
from understudy.apis.vectara.kinds import TOOLS
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

LIST = "/v2/tool_servers"
SERVER = {"name": "Tides", "type": "mcp", "uri": "https://tides.example.com/mcp", "transport": "sse"}
SHOP = f"{LIST}/tsr_shop"
CATALOGUES = """
tool_catalogues:
  - {server: Near, tools: [{name: a}, {name: b, description: B, input_schema: {type: object, required: [x]}}]}
  - {server: "http://b.example.com/", tools: [{name: a, title: Far a, annotations: {destructive_hint: true}}]}
tool_servers:
  - {name: Near, type: mcp, uri: "http://a.example.com/", transport: sse, id: tsr_near, synced: true}
  - {name: Far, type: mcp, uri: "http://b.example.com/", transport: streamable-http, enabled: false}
"""


def make(api: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = api.post(LIST, json={**SERVER, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def tools(understudy: Understudy, server_id: str) -> list[dict[str, Any]]:
    return understudy.look(
        lambda world: [t for t in world.store.table(TOOLS).values() if t.get("server_id") == server_id]
    )


def test_a_new_server_is_kept_as_it_was_given_without_its_secret(
    api: httpx.Client, understudy: Understudy
) -> None:
    more = {
        "description": "High and low",
        "headers": {"x-port": "west"},
        "metadata": {"a": [1]},
        "enabled": False,
        "transport": "streamable-http",
    }
    made = make(api, **more, auth={"type": "bearer", "token": "s3cret"})
    assert made == read(api, f"{LIST}/{made['id']}")
    assert made.pop("created_at") == made.pop("updated_at")
    assert made == {**SERVER, **more, "id": "tsr_1"}
    assert tools(understudy, "tsr_1") == []


def test_a_bare_server_has_the_documented_defaults(api: httpx.Client) -> None:
    assert make(api).keys() == {*SERVER, "id", "enabled", "created_at", "updated_at"}
    assert make(api, uri="http://other.example.com")["enabled"] is True


@pytest.mark.parametrize(
    "auth",
    [
        {"type": "bearer", "token": "s3cret"},
        {"type": "header", "header": "x-secret", "value": "s3cret"},
        {
            "type": "oauth_client_credentials",
            "client_id": "id",
            "client_secret": "s3cret",
            "token_endpoint": "https://a.example.com/token",
            "scopes": ["a"],
        },
    ],
)
def test_secrets_are_kept_and_told_nowhere(
    api: httpx.Client, understudy: Understudy, auth: dict[str, Any]
) -> None:
    made = make(api, auth={"type": "bearer", "token": "s3cret"})
    path = f"{LIST}/{made['id']}"
    answers = [api.patch(path, json={"auth": auth}), api.get(path), api.get(LIST)]
    assert all("auth" not in answer.text and "s3cret" not in answer.text for answer in answers)
    assert "s3cret" not in json.dumps(understudy.journal())
    kept = next(table["rows"][-1] for table in state(understudy) if table["kind"] == "tool_server")
    assert kept["private"] == {"auth": auth}


def test_a_change_touches_what_is_given_alone(api: httpx.Client, understudy: Understudy) -> None:
    made = make(api, description="a", metadata={"a": 1})
    path = f"{LIST}/{made['id']}"
    before = state(understudy)
    assert api.patch(path, json={}).json() == made
    assert state(understudy) == before
    changes = {"name": "Ebb", "transport": "streamable-http", "metadata": {}, "enabled": False}
    changed = api.patch(path, json={**changes, "uri": SERVER["uri"]}).json()
    assert changed == {**made, **changes, "updated_at": changed["updated_at"]} == read(api, path)
    assert changed["updated_at"] > made["updated_at"]


def test_an_address_belongs_to_one_server(api: httpx.Client, understudy: Understudy) -> None:
    first, second = make(api), make(api, uri="http://b.example.com")
    before = state(understudy)
    taken = refused(api.post(LIST, json={**SERVER, "name": "Other"}), 409)
    assert first["id"] in taken["messages"][0]
    refused(api.patch(f"{LIST}/{second['id']}", json={"uri": SERVER["uri"], "name": "n"}), 409)
    assert state(understudy) == before
    assert api.delete(f"{LIST}/{first['id']}").status_code == 204
    assert make(api)["id"] == "tsr_3"


def test_a_list_is_in_order_and_narrows(api: httpx.Client) -> None:
    for number in range(11):
        make(api, name=f"n{number}", uri=f"http://{number}.example.com", enabled=number % 2 == 0)
    pages = all_pages(api, LIST, "tool_servers")
    assert [len(page) for page in pages] == [10, 2]
    assert [one["name"] for page in pages for one in page] == ["Shop", *[f"n{n}" for n in range(11)]]
    off = read(api, LIST, enabled=False, type="mcp", filter="^N[13]$")
    assert ([one["name"] for one in off["tool_servers"]], off["metadata"]) == (["n1", "n3"], {"page_key": ""})


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"type": "rest"}, "query.type"),
        ({"enabled": "perhaps"}, "query.enabled"),
        ({"limit": 0}, "query.limit"),
        ({"filter": "("}, "query.filter"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.get(LIST, params=parameters), 400, field)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"name": ""}, "body.name"),
        ({"name": "n" * 51}, "body.name"),
        ({"uri": "no uri"}, "body.uri"),
        ({"transport": "smoke"}, "body.transport"),
        ({"headers": {"a": 1}}, "body.headers.a"),
        ({"auth": {"type": "none"}}, "body.auth.type"),
        ({"auth": {"type": "bearer"}}, "body.auth.token"),
        ({"auth": {"type": "header", "header": "x"}}, "body.auth.value"),
        ({"enabled": 1}, "body.enabled"),
        ({"metadata": []}, "body.metadata"),
    ],
)
def test_a_bad_member_is_refused_and_changes_nothing(
    api: httpx.Client, understudy: Understudy, members: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    refused(api.post(LIST, json={**SERVER, **members}), 400, field)
    refused(api.patch(SHOP, json=members), 400, field)
    assert state(understudy) == before


def test_what_is_required_is_named(api: httpx.Client) -> None:
    refused(api.post(LIST, json={}), 400, "body.name", "body.type", "body.uri", "body.transport")
    refused(api.post(LIST, json={**SERVER, "type": "rest"}), 400, "body.type")


def test_what_is_not_there_is_named(api: httpx.Client) -> None:
    for method, path in (("get", ""), ("delete", ""), ("post", "/sync")):
        assert refused(api.request(method, f"{LIST}/tsr_no{path}"), 404)["id"] == "tsr_no"
    assert refused(api.patch(f"{LIST}/tsr_no", json={}), 404)["id"] == "tsr_no"
    refused(api.get(f"{LIST}/abc"), 400, "path.tool_server_id")


def test_synchronising_asks_nobody_and_brings_the_tools_of_the_catalogue(
    api: httpx.Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    api.get(LIST)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: asked.append(args))
    assert api.patch(
        SHOP, json={"uri": "http://10.1.2.3/", "name": "https://shop.example.com/mcp"}
    ).is_success
    assert api.post(f"{SHOP}/sync").status_code == 204
    assert asked == []
    (tool,) = tools(understudy, "tsr_shop")
    assert (tool["type"], tool["name"], tool["title"]) == ("mcp", "stock", "Stock")
    assert tool["input_schema"]["required"] == ["model"]
    assert tool["annotations"] == {"read_only_hint": True}


def test_a_server_without_a_catalogue_is_away_and_keeps_its_tools(
    api: httpx.Client, understudy: Understudy
) -> None:
    api.patch(SHOP, json={"uri": "http://other.example.com"})
    before = state(understudy)
    refusal = refused(api.post(f"{SHOP}/sync"), 503)
    assert "tool_catalogues" in refusal["messages"][0]
    assert state(understudy) == before


def test_deleting_a_server_takes_its_tools(api: httpx.Client, understudy: Understudy) -> None:
    assert len(tools(understudy, "tsr_shop")) == 1
    assert api.delete(SHOP).status_code == 204
    assert tools(understudy, "tsr_shop") == []
    refused(api.delete(SHOP), 404)


def test_a_server_of_a_fixture_finds_its_catalogue_by_name_or_uri(
    understudy_server: BackgroundServer, tmp_path: Path
) -> None:
    with begin_from(understudy_server, "servers-seeded", tmp_path / "f.yaml", CATALOGUES) as api:
        worlds = understudy_server.server.worlds

        def held(server_id: str) -> dict[str, dict[str, Any]]:
            world = worlds.existing("servers-seeded")
            listed = world.store.table(TOOLS).values()
            return {t["name"]: t for t in listed if t.get("server_id") == server_id}

        near = held("tsr_near")
        assert list(near) == ["a", "b"]
        assert (near["a"]["description"], near["a"]["input_schema"]) == ("", {"type": "object"})
        assert near["b"]["input_schema"] == {"type": "object", "required": ["x"]}
        assert held("tsr_1") == {}
        assert api.post(f"{LIST}/tsr_1/sync").status_code == 204
        assert held("tsr_1")["a"]["annotations"] == {"destructive_hint": True}
        # Another catalogue: what is offered again keeps its id, the rest goes, and nothing is done twice.
        api.delete(f"{LIST}/tsr_1")
        api.patch(f"{LIST}/tsr_near", json={"uri": "http://b.example.com/"})
        for _ in range(2):
            assert api.post(f"{LIST}/tsr_near/sync").status_code == 204
            after = held("tsr_near")
            assert list(after) == ["a"]
            assert after["a"]["id"] == near["a"]["id"]
            assert after["a"]["title"] == "Far a"
            assert after["a"]["created_at"] == near["a"]["created_at"]
        dump = worlds.existing("servers-seeded").store.dump()
        api.post(f"{LIST}/tsr_near/sync")
        assert worlds.existing("servers-seeded").store.dump() == dump


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tool_catalogues:\n  - {server: a, tools: [{name: x}, {name: x}]}\n", "is there already"),
        ("tool_catalogues:\n  - {server: a, tools: []}\n  - {server: a, tools: []}\n", "already exists"),
        (CATALOGUES.replace("server: Near", "server: Other"), "has no catalogue"),
        ("tool_servers:\n  - {name: a, type: mcp, uri: x y, transport: sse}\n", "uri"),
    ],
)
def test_a_fixture_with_a_fault_is_refused(
    understudy_server: BackgroundServer, tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(SetupError, match=reason):
        begin_from(understudy_server, "servers-bad", tmp_path / "f.yaml", text)
