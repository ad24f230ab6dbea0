"""What reaches the parsers: requests that could be read in two ways, strange headers, forms, depth."""

from __future__ import annotations

import re
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.peers.talking import KEY, ROOT, port_of, raw, request, statuses
from tests.peers.test_control import UPGRADE
from understudy.pytest_plugin import BackgroundServer

INNER = request("POST", "/v2/corpora", b'{"key": "smuggled"}')
HEAD = b"POST /v2/corpora HTTP/1.1\r\nHost: localhost\r\nx-api-key: zut_understudy\r\n"
HEAD += b"Content-Type: application/json\r\n"
PART = b"--x\r\nContent-Disposition: form-data; "
SIZE = b"Content-Length: %d\r\n" % (len(INNER) + 5)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
DOUBTFUL = {
    "both": HEAD + SIZE + CHUNKED + b"\r\n0\r\n\r\n" + INNER,
    "both, turned around": HEAD + CHUNKED + SIZE + b"\r\n0\r\n\r\n" + INNER,
    "two lengths": HEAD + b"Content-Length: 2\r\n" + SIZE + b"\r\n{}" + INNER,
    "two lengths, turned around": HEAD + SIZE + b"Content-Length: 2\r\n\r\n{}" + INNER,
    "two lengths in one": HEAD + b"Content-Length: 2, 2\r\n\r\n{}" + INNER,
    "a length with a sign": HEAD + b"Content-Length: +2\r\n\r\n{}" + INNER,
    "a length in hex": HEAD + b"Content-Length: 0x2\r\n\r\n{}" + INNER,
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n" + INNER,
    "a length beyond numbers": HEAD + b"Content-Length: 18446744073709551618\r\n\r\n{}" + INNER,
    "a length on the next line": HEAD + b"X: a\r\n Content-Length: 2\r\n\r\n" + INNER,
    "a folded encoding": HEAD + b"Transfer-Encoding:\r\n chunked\r\n" + SIZE + b"\r\n0\r\n\r\n" + INNER,
    "an encoding with a blank": HEAD + b"Transfer-Encoding : chunked\r\n" + SIZE + b"\r\n0\r\n\r\n" + INNER,
    "an unknown encoding": HEAD + b"Transfer-Encoding: xchunked\r\n" + SIZE + b"\r\n0\r\n\r\n" + INNER,
    "two encodings": HEAD + CHUNKED + b"Transfer-Encoding: identity\r\n" + SIZE + b"\r\n0\r\n\r\n" + INNER,
    "bare line feeds": HEAD.replace(b"\r\n", b"\n")
    + b"Content-Length: 0\n"
    + CHUNKED
    + b"\r\n0\r\n\r\n"
    + INNER,
    "a bare return": HEAD + b"X: a\rContent-Length: 2\r\n" + SIZE + CHUNKED + b"\r\n{}" + INNER,
    "a NUL": HEAD + b"X: a\0b\r\n" + SIZE + CHUNKED + b"\r\n0\r\n\r\n" + INNER,
    "a chunk beyond numbers": HEAD + CHUNKED + b"\r\n10000000000000002\r\n{}\r\n0\r\n\r\n" + INNER,
    "a chunk with a sign": HEAD + CHUNKED + b"\r\n-2\r\n{}\r\n0\r\n\r\n" + INNER,
    "two hosts": HEAD + b"Host: evil.example\r\nContent-Length: 2\r\n\r\n{}",
    "a target with a line": b"GET /v2/corpora HTTP/1.1\nHost: localhost\n\n POST /v2/jobs HTTP/1.1\r\n\r\n",
    "a prefaced version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + INNER,
}


def corpora(server: BackgroundServer) -> list[str]:
    told = httpx.get(f"{server.url}/v2/corpora", headers=KEY).json()["corpora"]
    return [corpus["key"] for corpus in told]


def test_b1_18_mitmproxy_one_request_is_read_as_two(server: BackgroundServer) -> None:
    """What could be read in two ways is refused, and what comes after it is not read as a request."""
    before = corpora(server)
    for name, content in DOUBTFUL.items():
        for pieces in ([content], [content[:120], content[120:]], [request("GET", "/v2/jobs") + content]):
            told = raw(server.port, *pieces)
            codes = statuses(told)[len(statuses(request("GET", "/"))) :]
            allowed = 2 if pieces[0].startswith(b"GET /v2/jobs") else 1
            assert len(codes) <= allowed, (name, told)
            assert not codes or codes[-1] >= 400 or codes[-1] == 200, (name, told)
            assert corpora(server) == before, name


def test_b1_07_hoverfly_requests_at_the_same_time(server: BackgroundServer) -> None:
    """Every mode at once, on the same world: acting, faults, scenarios, snapshots, resets, exports."""
    world = "/worlds/default"
    document = {"understudy_scenario": 1, "api": "vectara", "description": "d", "rules": []}
    saved = server.control.get(f"{world}/snapshot").json()
    query = {"query": "How many days?", "generation": {}, "stream_response": True}

    def act(number: int) -> list[int]:
        told = []
        control = httpx.Client(
            base_url=f"{server.url}/_understudy", headers=dict(server.control.headers), timeout=60
        )
        with control, httpx.Client(base_url=server.url, headers=KEY, timeout=60) as client:
            for turn in range(30):
                name = f"c{number}-{turn}"
                fault = {"operation": "getJob", "status": 503, "times": 1}
                for who, method, path, body in (
                    (client, "POST", "/v2/corpora", {"key": name}),
                    (client, "POST", "/v2/corpora/handbook/query", query),
                    (control, "POST", f"{world}/faults", fault),
                    (control, "PUT", f"{world}/scenario", {"document": document}),
                    (control, "PUT", f"{world}/snapshot", saved),
                    (control, "POST", f"{world}/fork", {"name": name}),
                    (control, "GET", f"{world}/journal/export?form=har", None),
                    (control, "POST", f"{world}/reset", None),
                    (control, "DELETE", f"{world}/faults", None),
                    (control, "GET", f"{world}/diff", None),
                    (client, "GET", "/v2/corpora", None),
                    (control, "GET", "/metrics", None),
                    (control, "DELETE", f"/worlds/{name}", None),
                ):
                    told.append(who.request(method, path, json=body).status_code)
        return told

    with ThreadPoolExecutor(8) as pool:
        told = [status for one in pool.map(act, range(8)) for status in one]
    assert len(told) == 8 * 30 * 13
    assert {status for status in told if status >= 500} == set()
    assert told.count(204) >= 8 * 30
    server.control.put(f"{world}/snapshot", json=saved).raise_for_status()


def pinned(package: str) -> tuple[int, ...]:
    """The least version of a package that we take."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (line,) = [one for one in project["project"]["dependencies"] if re.match(rf"{package}\W", one)]
    return tuple(int(part) for part in re.findall(r"\d+", line.partition(">=")[2].partition(",")[0]))


def test_b1_22_starlette_forms_and_ranges_without_bound(server: BackgroundServer) -> None:
    assert pinned("starlette") >= (1, 3, 1)
    form = {"content-type": "application/x-www-form-urlencoded"}
    many = b"&".join(b"a%d=1" % number for number in range(200_000))
    assert httpx.post(f"{server.url}/oauth/token", headers=form, content=many, timeout=30).status_code in (
        400,
        401,
    )
    large = b"grant_type=" + b"a" * (11 * 1024 * 1024)
    for path in ("/oauth/token", "/v2/corpora", "/_understudy/worlds/default/verify"):
        answer = httpx.post(server.url + path, headers={**KEY, **form}, content=large, timeout=30)
        assert answer.status_code in (401, 413), path
    whole = httpx.get(f"{server.url}/v2/corpora", headers=KEY)
    ranges = "bytes=" + ",".join(f"{n}-{n}" for n in range(3000))
    parts = httpx.get(f"{server.url}/v2/corpora", headers={**KEY, "range": ranges})
    assert (parts.status_code, parts.content) == (200, whole.content)
    address = httpx.get(f"{server.url}/v2/corpora?limit=1", headers={**KEY, "host": "api.vectara.io"})
    assert (address.status_code, b"vectara.io" in address.content) == (200, False)


def test_b1_23_python_multipart_forms_without_bound(server: BackgroundServer) -> None:
    assert pinned("python-multipart") >= (0, 0, 30)
    path = f"{server.url}/v2/corpora/handbook/upload_file"

    def send(content: bytes, boundary: bytes = b"x") -> int:
        headers = {
            b"x-api-key": b"zut_understudy",
            b"content-type": b"multipart/form-data; boundary=" + boundary,
        }
        return httpx.post(path, headers=headers, content=content, timeout=60).status_code

    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    hostile = {
        "many parts": part * 50_000 + b"--x--\r\n",
        "many headers": b"--x\r\n" + b"A: b\r\n" * 50_000 + b"\r\n1\r\n--x--\r\n",
        "a long header": b'--x\r\nContent-Disposition: form-data; name="'
        + b"a" * 2_000_000
        + b'"\r\n\r\n1\r\n--x--\r\n',
        "no end": part + b"\r" * 2_000_000,
        "a preamble": b"\r\n" * 1_000_000 + part + b"--x--\r\n",
        "an epilogue": part + b"--x--\r\n" + b"\r\n--x" * 500_000,
        "nothing": b"",
        "a lone quote": PART + b'name="\\"; filename="\\\\\r\n\r\n1\r\n--x--\r\n',
    }
    for name, content in hostile.items():
        assert 400 <= send(content) < 500, name
    for boundary in (b"", b'"', b"a" * 100_000, b"\xff", b"x; boundary=y"):
        assert 400 <= send(part + b"--x--\r\n", boundary) < 500, boundary[:20]
    escaped = Path(tempfile.gettempdir()) / "understudy-escaped.txt"
    named = PART + f'name="file"; filename="../../..{escaped}"\r\n\r\nShips.\r\n'.encode()
    assert send(named + b"--x--\r\n") in (201, 400)
    assert not escaped.exists()


def test_b1_24_granian_a_strange_header_ends_a_worker(server: BackgroundServer) -> None:
    """Strange headers of an upgrade leave the server alive."""
    for value in ("\xff\xfe", "chat, \xe9", "\x7f", ",,,,", "a" * 20_000, "", "chat\t\x0bx"):
        for path in ("/v2/corpora", "/_understudy/worlds", "/"):
            told = raw(port_of(server.url), request("GET", path, **UPGRADE, Sec_WebSocket_Protocol=value))
            assert 101 not in statuses(told)
    assert corpora(server)


def test_b1_26_protobuf_limits_of_nesting(server: BackgroundServer) -> None:
    """There is no gRPC here; JSON has a limit, whichever way it nests and wherever it stands."""
    for depth in (201, 1023, 100_000):
        for open_, close in (("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")):
            value = open_ * depth + "1" + close * depth
            for path, body in (
                ("/v2/corpora", f'{{"key": "deep", "custom": {value}}}'),
                ("/v2/corpora/handbook/documents",
                f'{{"id": "d", "type": "core", "metadata": {{"a": {value}}}, "document_parts": []}}'),
                ("/v1/chat/completions", value),
                ("/_understudy/worlds/default/scenario", f'{{"document": {value}}}'),
                ("/_understudy/worlds/default/snapshot", value),
            ):  # fmt: skip
                control = path.startswith("/_understudy")
                method = "PUT" if control else "POST"
                headers = (
                    dict(server.control.headers)
                    if control
                    else {**KEY, "authorization": "Bearer sk-understudy"}
                )
                headers["content-type"] = "application/json"
                answer = httpx.request(method, server.url + path, headers=headers, content=body, timeout=30)
                assert answer.status_code == 400, (path, depth, answer.text[:300])
    assert "deep" not in corpora(server)
