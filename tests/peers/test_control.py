"""The control plane: who gets in, by which way, and what a page of another origin can do."""

from __future__ import annotations

import base64
import time
from typing import Any

import httpx
import pytest

from tests.peers.talking import KEY, OPENAI_KEY, OWNER, TOKEN, port_of, raw, request, statuses
from understudy.admin import API
from understudy.engine import spec
from understudy.pytest_plugin import BackgroundServer
from understudy.settings import data_directory

OPERATIONS = list(spec.operations(spec.load(data_directory("specs") / API.name)))
OPEN = ("/_understudy/health", "/_understudy/ready")
ROUTES = [
    (method.upper(), path.replace("{world}", "default").replace("{fault}", "f").replace("{port}", "1"))
    for path, method, _ in OPERATIONS
    if path not in OPEN
]
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
UPGRADE["Sec-WebSocket-Key"] = base64.b64encode(b"0123456789abcdef").decode()
REBOUND = (
    "evil.example", "127.0.0.1.nip.io", "localhost.evil.example", "127.0.0.1.evil.example",
    "evil.example:4820",
    "localhost@evil.example", "evil.example#localhost", "xn--localhost-x", "0.0.0.0", "127.1", "2130706433",
    "0x7f000001",
    "[::ffff:127.0.0.1]", "[::]", "localhost..", "127.0.0.1:80:80", "127.0.0.2", "host.docker.internal",
)  # fmt: skip


def state(server: BackgroundServer) -> Any:
    """Everything that a call could have changed, and the worlds that there are."""
    worlds = server.server.worlds

    def read() -> Any:
        return {name: {**worlds.existing(name).snapshot(), "calls": 0} for name in ["", *worlds.names()]}

    return server.on_loop(read), server.control.get("/worlds/default/faults").json()


def test_b1_01_mockoon_admin_without_login(server: BackgroundServer) -> None:
    before = state(server)
    assert len(ROUTES) > 30
    for method, path in ROUTES:
        for headers, refused in (
            ({}, 401),
            ({"authorization": "Bearer nix"}, 401),
            ({"authorization": f"Basic {TOKEN}"}, 401),
            (KEY | OPENAI_KEY, 401),
            ({**OWNER, "origin": "https://evil.example"}, 403),
            ({**OWNER, "origin": "null"}, 403),
            ({**OWNER, "sec-fetch-site": "cross-site"}, 403),
            ({**OWNER, "origin": server.url, "sec-fetch-site": "same-site"}, 403),
        ):
            answer = httpx.request(method, server.url + path, headers=headers)
            assert answer.status_code == refused, (method, path, headers)
    assert not any("env" in path or "settings" in path or "config" in path for _, path in ROUTES)
    assert state(server) == before


def test_b1_03_mockd_loopback_is_trusted(server: BackgroundServer) -> None:
    """A call from loopback that says it is our own, or that asks for what looks like a file, gets nothing."""
    told = ("127.0.0.1", "::1", "localhost")
    for name in ("x-forwarded-for", "x-real-ip", "forwarded", "x-forwarded-host", "x-original-url", "via"):
        for value in told:
            path = "/_understudy/worlds"
            assert httpx.get(server.url + path, headers={name: value}).status_code == 401
            assert httpx.get(f"{server.url}/v2/corpora", headers={name: path}).status_code == 401
    for path in (
        "worlds",
        "worlds/default/snapshot",
        "worlds/default/journal/export",
        "metrics",
        "scenarios",
    ):
        for end in (
            ".json",
            ".js",
            ".css",
            ".html",
            ".ico",
            ".map",
            "/",
            "/x.png",
            ";.js",
            "?.css",
            "%00.js",
            "#.js",
        ):
            answer = httpx.get(f"{server.url}/_understudy/{path}{end}")
            assert answer.status_code in (401, 404), (path, end)
            assert "worlds" not in answer.json()
    for path in (
        "/_understudy/health/../worlds",
        "/_understudy/health/%2e%2e/worlds",
        "/_understudy/ready;/worlds",
    ):
        assert 200 not in statuses(raw(server.port, request("GET", path)))


def test_b1_05_hoverfly_a_channel_outside_of_the_login(server: BackgroundServer) -> None:
    for method, path in ROUTES:
        for headers in (
            UPGRADE,
            {"Accept": "text/event-stream"},
            {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c"},
        ):
            told = raw(server.port, request(method, path, **{"Connection": "close"} | headers))
            assert set(statuses(told)) <= {400, 401, 426}, (method, path, told)
    for path in (
        "ws",
        "ws/logs",
        "logs",
        "events",
        "stream",
        "docs",
        "openapi.json",
        "swagger",
        "static/x.js",
        "",
        "metrics",
    ):
        assert httpx.get(f"{server.url}/_understudy/{path}").status_code in (401, 404)


def test_b1_11_wiremock_answers_that_pages_can_read(server: BackgroundServer) -> None:
    for method, path in [*ROUTES, *(("GET", path) for path in OPEN)]:
        for origin in ("https://evil.example", "http://localhost:3000", server.url, "null"):
            for headers in (OWNER, {}, {"access-control-request-method": method}):
                verb = "OPTIONS" if "access-control-request-method" in headers else method
                answer = httpx.request(verb, server.url + path, headers={**headers, "origin": origin})
                assert not [name for name in answer.headers if name.startswith("access-control-")], (
                    path,
                    origin,
                )


def test_b1_12_mockserver_a_page_posts_a_script(server: BackgroundServer, owner: httpx.Client) -> None:
    before = state(server)
    texts = (
        "${7*7}",
        "{{7*7}}",
        "#set($a=7*7)$a",
        "<%= 7*7 %>",
        "${jndi:ldap://x/a}",
        "javascript:7*7",
        "!!js/function 7",
    )
    for text in texts:
        body = f'{{"name": "scripted", "description": "{text}"}}'
        for headers in ({}, OWNER):
            for kind in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "",
            ):
                told = httpx.post(
                    f"{server.url}/_understudy/worlds",
                    content=body,
                    headers={**headers, "content-type": kind},
                )
                assert told.status_code in (400, 401, 415), (kind, told.text)
    assert state(server) == before
    owner.post("/worlds", json={"name": "scripted"}).raise_for_status()
    when = {"operation": "listCorpora"}
    for text in texts:
        answer = {"status": 200, "body": {"corpora": [], "x": text}, "unchecked": True}
        rule = {"name": "r", "when": when, "then": {"answer": answer}}
        document = {"understudy_scenario": 1, "api": "vectara", "description": text, "rules": [rule]}
        owner.put("/worlds/scripted/scenario", json={"document": document}).raise_for_status()
        told = httpx.get(f"{server.url}/v2/corpora", headers={"x-api-key": "zut_understudy@scripted"})
        assert told.json()["x"] == text
    owner.delete("/worlds/scripted")


def test_b1_16_mitmproxy_its_proxy_leads_to_its_control(server: BackgroundServer) -> None:
    """We are no proxy: a whole address or a tunnel leads where its path alone would, or nowhere."""
    port = port_of(server.url)
    for target in (
        f"http://127.0.0.1:{port}",
        f"http://localhost:{port}",
        "http://mitm.it",
        "https://api.vectara.io",
    ):
        for host in ("localhost", "api.vectara.io"):
            told = raw(
                server.port, request("GET", f"{target}/_understudy/worlds", Host=host, Connection="close")
            )
            assert 200 not in statuses(told), told
    for target in (f"127.0.0.1:{port}", "evil.example:443", f"localhost:{port}"):
        told = raw(server.port, request("CONNECT", target), request("GET", "/_understudy/worlds"))
        assert 200 not in statuses(told), told
    listener = server.control.post("/listeners", json={"world": "default"}).json()
    address = f"https://127.0.0.1:{listener['port']}/_understudy/worlds"
    import ssl

    trusted = ssl.create_default_context(cadata=listener["certificate_authority"])
    assert httpx.get(address, headers=OWNER, verify=trusted).status_code == 404
    server.control.delete(f"/listeners/{listener['port']}")


def test_b1_17_mitmproxy_a_name_rebound_to_loopback(server: BackgroundServer) -> None:
    before = state(server)
    for host in REBOUND:
        for path in ("/_understudy/worlds", "/_understudy/health", "/v2/corpora"):
            told = raw(server.port, request("GET", path, Host=host, Connection="close", **OWNER))
            assert statuses(told) == [421], (host, path, told)
            assert b"corpora" not in told.partition(b"\r\n\r\n")[2].replace(host.encode(), b"")
    for host in ("localhost", "LOCALHOST", "127.0.0.1", "[::1]", "localhost:1"):
        told = raw(server.port, request("GET", "/_understudy/health", Host=host, Connection="close"))
        assert statuses(told) == [200], (host, told)
    assert state(server) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000", "null", None])
def test_b1_19_mcp_host_and_origin_of_other_channels(server: BackgroundServer, origin: str | None) -> None:
    """A WebSocket or a stream asks no one before it calls: nothing is upgraded, and nothing is told."""
    said = {"Origin": origin} if origin else {}
    for host in ("evil.example", "localhost"):
        for path in (
            "/_understudy/worlds",
            "/v2/corpora",
            "/v1/chat/completions",
            "/",
            "/api/v1/public/chat-clients/x",
        ):
            for channel in (UPGRADE, {"Accept": "text/event-stream", "Connection": "close"}):
                lines = {**said, **channel, "Host": host, "x-api-key": ""}
                told = raw(server.port, request("GET", path, **lines))
                assert 101 not in statuses(told)
                assert not {200, 201} & set(statuses(told)), (host, path, told)


def test_b1_20_mcp_a_session_by_its_id_alone(server: BackgroundServer, owner: httpx.Client) -> None:
    """What one world or account has made is not there for another that knows its id."""
    desk = "01941f29-7c00-7000-a000-000000000071"
    opened = httpx.post(
        f"{server.url}/api/v1/web-chat-client/{desk}/sessions", headers=OPENAI_KEY, json={"expires": 600}
    ).json()
    chat = httpx.post(
        f"{server.url}/v2/chats",
        headers=KEY,
        json={
            "query": "How many days?",
            "search": {"corpora": [{"corpus_key": "handbook"}]},
            "chat": {"store": True},
        },
    ).json()
    session = "/v2/agents/front-desk/sessions/monday"
    paths = [
        f"/v2/chats/{chat['chat_id']}",
        f"/v2/chats/{chat['chat_id']}/turns",
        session,
        f"{session}/events",
    ]
    for path in paths:
        assert httpx.get(server.url + path, headers=KEY).status_code == 200, path
        assert httpx.get(server.url + path).status_code == 401
        assert httpx.get(server.url + path, headers={"x-api-key": "zut_nobody"}).status_code == 401
    for path in paths[:2]:
        assert httpx.get(server.url + path, headers={"x-api-key": "zut_understudy@other"}).status_code == 404
    path = f"{server.url}/api/v1/web-chat-client/{desk}/sessions"
    assert httpx.get(path, headers=OPENAI_KEY).status_code == 200
    assert httpx.get(path, headers={"authorization": "Bearer sk-neighbour"}).status_code == 404
    public = f"{server.url}/api/v1/public/chat-clients/"
    assert httpx.get(public + opened["accessKey"]).status_code == 200
    for other in (
        opened["accessKey"] + "@other",
        opened["accessKey"][:-1],
        desk,
        opened["accessKey"].upper(),
    ):
        assert httpx.get(public + other).status_code in (401, 404, 422)


def test_b1_21_webpack_dev_server_get_changes_state_and_host_ends_it(
    server: BackgroundServer, owner: httpx.Client
) -> None:
    before = state(server)
    parts = ("localhost", "[::1", "[", "]", "@", ":", "::", "%00", "\x00", "\xff", "..", "-",
    "é".encode().decode("latin-1"),
             "a" * 300, "9" * 40, " ", "\t", "/", "?", "localhost:", ":80", "localhost:99999999", "[::1]:x",
             "http://x")  # fmt: skip
    hosts = [one + other for one in parts for other in parts]
    for host in hosts:
        told = raw_quick(server.port, host)
        assert set(statuses(told)) <= {200, 400, 421, 431}, (host, told)
    assert httpx.get(f"{server.url}/_understudy/health").status_code == 200
    for method, path in ROUTES:
        if method == "GET":
            query = "?reset=true&name=got&_method=DELETE&method=POST&fixture=empty&advance_millis=5"
            for end in ("", query):
                owner.get(
                    path.removeprefix("/_understudy") + end, headers={"x-http-method-override": "DELETE"}
                )
            httpx.head(server.url + path, headers=OWNER)
    for path in ("/worlds/default/reset", "/worlds/default/fork", "/worlds/default/verify"):
        assert owner.get(path).status_code == 405
    assert state(server) == before


def raw_quick(port: int, host: str) -> bytes:
    """What a request with a strange Host gets, on a connection that the server closes."""
    head = f"GET /_understudy/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")
    began = time.monotonic()
    told = raw(port, head)
    assert time.monotonic() - began < 20
    return told
