"""Calls that a server could be made to send: there are none, and the tools that send have deadlines."""

from __future__ import annotations

import ast
import re

import httpx

from tests.peers.talking import KEY, OPENAI_KEY, OWNER, Watched, calls, imported

ADDRESSES = (
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/x", "http://localhost:1", "http://[::1]:1/",
    "http://0x7f000001:1/", "http://2130706433:1/", "http://0177.0.0.1:1/", "http://[::ffff:127.0.0.1]:1/", "file:///etc/passwd",
    "http://rebound.example:1/", "https://user@evil.example/", "//evil.example/x", "gopher://127.0.0.1:1/", "http://metadata.internal/",
)  # fmt: skip
CLIENTS = re.compile(
    r"httpx|requests|aiohttp|urllib\.request|urllib3|http\.client|ftplib|smtplib|telnetlib|xmlrpc"
)


def name_addresses(url: str) -> int:
    """Put every address in every place that takes one; how many calls that were."""
    sent = 0
    with httpx.Client(base_url=url, timeout=30) as client:
        for number, address in enumerate(ADDRESSES):
            bearer = {"type": "bearer", "token": "abcdefgh"}
            oauth = {
                "type": "oauth_client_credentials",
                "client_id": "a",
                "client_secret": "b",
                "token_endpoint": address,
            }
            server = {"name": f"s{number}", "type": "mcp", "uri": address, "transport": "sse"}
            model = {
                "type": "openai-compatible",
                "name": f"m{number}",
                "model": "m",
                "uri": address,
                "auth": bearer,
            }
            made = client.post("/v2/tool_servers", json=server, headers=KEY)
            client.post("/v2/tool_servers", json={**server, "name": f"o{number}", "auth": oauth}, headers=KEY)
            if made.is_success:
                client.post(f"/v2/tool_servers/{made.json()['id']}/sync", headers=KEY)
            client.post("/v2/llms", json=model, headers=KEY)
            client.post("/v2/llms", json={**model, "test_model_parameters": {"max_tokens": 5}}, headers=KEY)
            part = {"type": "image_url", "image_url": {"url": address}}
            asked = [{"role": "user", "content": [part, {"type": "text", "text": f"Open {address}"}]}]
            for path in ("/v1/chat/completions", "/v2/llms/chat/completions"):
                headers = OPENAI_KEY if path.startswith("/v1") else KEY
                body = {"model": "@openai/gpt-5-mini", "messages": asked}
                client.post(path, json=body, headers=headers)
            gateway = {"name": f"g{number}", "parameters": {"baseAddress": address, "modelName": "x"}}
            client.post("/api/v1/ai-gateways", json=gateway, headers=OPENAI_KEY)
            client.post("/_understudy/worlds", json={"name": "w", "fixture": address}, headers=OWNER)
            client.put("/_understudy/worlds/default/scenario", json={"scenario": address}, headers=OWNER)
            document = {
                "understudy_scenario": 1,
                "api": "vectara",
                "description": "d",
                "$ref": address,
                "rules": [],
            }
            client.put("/_understudy/worlds/default/scenario", json={"document": document}, headers=OWNER)
            saved = client.get("/_understudy/worlds/default/snapshot", headers=OWNER).json()
            client.put(
                "/_understudy/worlds/default/snapshot", json={**saved, "fixture": address}, headers=OWNER
            )
            client.post("/_understudy/worlds/default/reset", headers=OWNER)
            sent += 13
    return sent


def test_b1_09_wiremock_some_outgoing_calls_have_no_rules(watched: Watched) -> None:
    assert name_addresses(watched.url) == 13 * len(ADDRESSES)
    assert watched.events("socket.connect") == []


def test_b1_10_wiremock_a_name_is_resolved_twice(watched: Watched) -> None:
    """Names in requests are not even resolved."""
    name_addresses(watched.url)
    assert watched.events("socket.getaddrinfo") == []


def test_b1_13_microcks_an_import_fetches_any_address(watched: Watched) -> None:
    """What is imported over HTTP is the content itself; an address in its place is refused."""
    for address in ADDRESSES:
        for method, path, body in (
            ("POST", "worlds", {"name": "w", "document": address}),
            ("POST", "worlds", {"name": "w", "url": address}),
            ("PUT", "worlds/default/snapshot", {"url": address}),
            ("PUT", "worlds/default/snapshot?url=" + address, {"understudy_snapshot": 1}),
            ("PUT", "worlds/default/scenario", {"document": {"url": address}}),
        ):
            answer = httpx.request(method, f"{watched.url}/_understudy/{path}", json=body, headers=OWNER)
            assert answer.status_code == 400, (path, answer.text)
    assert watched.events("socket.connect", "socket.getaddrinfo") == []


ALLOWED_CLIENTS = frozenset({
    "engine/callouts.py",  # workers on loopback that the owner has named
    "playback/egress.py",  # the one way of a recorder to its target
    "playback/recorder.py",  # takes what comes that way
    "playback/imports.py",  # unpacks bodies of recordings, and calls nobody
})  # fmt: skip


def test_b1_08_hoverfly_outgoing_calls_without_a_deadline() -> None:
    """Nothing that serves holds an HTTP client, and each client of the tools has a deadline."""
    serving = (
        "engine/",
        "apis/",
        "admin/",
        "playback/",
        "behaviours/",
        "state/",
        "sandbox/",
        "app.py",
        "settings.py",
    )
    holders = {name for name, module in imported() if name.startswith(serving) and CLIENTS.match(module)}
    assert holders <= ALLOWED_CLIENTS, holders - ALLOWED_CLIENTS
    opened = [
        (name, called, {one.arg for one in node.keywords})
        for name, called, node in calls()
        if re.fullmatch(r"httpx\.(Client|AsyncClient|get|post|put|patch|delete|request|stream)", called)
    ]
    assert len(opened) >= 6
    assert [one for one in opened if not {"timeout", "transport"} & one[2]] == []


def test_b1_15_localstack_certificates_are_not_checked() -> None:
    unchecked = [
        (name, called)
        for name, called, node in calls()
        for one in node.keywords
        if (one.arg in ("verify", "check_hostname", "verify_mode", "cert_reqs") or "unverified" in called)
        and ast.unparse(one.value) != "ssl.create_default_context()"
    ]
    assert unchecked == []
