"""The way out: what is never called, in every spelling, and that only checked addresses are called."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

import httpx
import pytest

from understudy.errors import SetupError
from understudy.playback import egress
from understudy.playback.egress import Egress, Origin, Unreachable, origin, refusal


def listed(text: str) -> list[str]:
    return text.split()


PRIVATE = listed(
    """
127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 127.0.0.1. 0.0.0.1 0.1.2.3 10.0.0.1 10.255.255.255
172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.254 169.254.169.254 169.254.0.1 100.64.0.1
100.100.100.200 100.127.255.255 168.63.129.16 192.0.0.1 192.0.0.8 192.0.2.1 198.18.0.1 198.19.255.255
198.51.100.7 203.0.113.9 240.0.0.1 255.255.255.254 ::1 [::1] 0:0:0:0:0:0:0:1
0000:0000:0000:0000:0000:0000:0000:0001 ::0001 fe80::1 fe80::1%eth0 febf::1 fc00::1 fd00::1 fd00:ec2::254
fec0::1 2001:db8::1 100::1 2001:2::1 2001:10::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:7f00:0001
[::ffff:127.0.0.1] 0:0:0:0:0:ffff:127.0.0.1 ::FFFF:169.254.169.254 ::ffff:10.0.0.1 ::ffff:192.168.1.1
::ffff:172.16.0.1 ::ffff:a9fe:a9fe ::ffff:8.8.8.8 ::127.0.0.1 ::7f00:1 ::10.0.0.1 ::8.8.8.8
64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1 64:ff9b:1::1 2002:7f00:1::
2002:7f00:0001::1 2002:a9fe:a9fe:: 2002:0a00:1::1 2002:c0a8:0101:: 2001:0:4136:e378:8000:63bf:80ff:fffe
2001:0000:7f00:1:: localhost LOCALHOST Localhost localhost. db.localhost printer.local
metadata.google.internal metadata intranet host.docker.internal kubernetes.default.svc.cluster.local
router.lan nas.home.arpa ip6-localhost
"""
)

NEVER = listed(
    """
0.0.0.0 :: [::] 224.0.0.1 239.255.255.250 ff02::1 ff0e::1 ::ffff:0.0.0.0 ::ffff:224.0.0.1 64:ff9b::
0177.0.0.1 0177.0.0.01 00000177.1 017700000001 0x7f.0.0.1 0x7f.1 0x7f000001 0X7F000001 0x7F.0x0.0x0.0x1
2130706433 127.1 127.0.1 127.000.000.001 010.0.0.1 0xa9fea9fe 2852039166 0xa9.254.0251.254 169.254.43518 1
0 00 0x0 3232235777 0300.0250.1.1 127.0.0.0x1 1.2.3.4.5 256.256.256.256 127.0.0.1.1 1.2.3.08 999
4294967296 example.0x7f a.1 127.0.0.1%00 127.0.0.1%0a
①②⑦.⓪.⓪.① １２７.０.０.１ ｌｏｃａｌｈｏｓｔ localhost。 127。0。0。1
exämple.com -bad.example bad..example .example a_b!.example ex*mple.com foo%2ebar.com [::1]extra
[127.0.0.1 ::ffff:127.0.0.1.evil ::g fe80::1%25eth0]x user@host host:80 a/b a\\b a#b a?b
"""
)

PUBLIC = listed(
    """
8.8.8.8 1.1.1.1 93.184.216.34 172.15.0.1 172.32.0.1 192.169.0.1 100.63.255.255 100.128.0.1 169.253.0.1
11.0.0.1 126.255.255.255 128.0.0.1 198.17.0.1 198.20.0.1 223.255.255.254 2606:4700:4700::1111
2a00:1450:4001:81b::200e [2606:4700:4700::1111] 2620:fe::fe api.vectara.io API.VECTARA.IO api.vectara.io.
inference.aivax.net xn--exmple-cua.com local.example.com localhost.example.com 1e100.net
127.0.0.1.example.com a-b.example.com
"""
)


def test_enough_spellings() -> None:
    assert len(set(PRIVATE + NEVER + PUBLIC)) >= 120


@pytest.mark.parametrize("host", PRIVATE)
def test_what_is_private_is_called_only_on_demand(host: str) -> None:
    assert refusal(host)
    assert refusal(host, allow_private=True) is None


@pytest.mark.parametrize(
    "host", [*NEVER, "", " ", "a b", "127.0.0.1\n", "a" * 64 + ".com", "a." * 130 + "com"]
)
@pytest.mark.parametrize("allow", [False, True])
def test_what_is_no_server_is_never_called(host: str, allow: bool) -> None:
    assert refusal(host, allow_private=allow)


@pytest.mark.parametrize("host", PUBLIC)
def test_public_servers_are_called(host: str) -> None:
    assert refusal(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "vectara.io",
        "ftp://a.io",
        "//a.io",
        "https://",
        "https://u:p@a.io",
        "https://a.io?x=1",
        "https://a.io#x",
        "https://a.io:99999",
        "https://a.io:x",
        "https://a.io:0",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_a_target_that_is_none_is_told_in_one_line(url: str) -> None:
    with pytest.raises(SetupError) as caught:
        origin(url)
    assert "\n" not in str(caught.value)
    assert "u:p" not in str(caught.value)


def test_a_target_in_parts() -> None:
    assert origin("https://api.vectara.io") == Origin("https", "api.vectara.io", 443)
    assert origin("http://[::1]:81/base/") == Origin("http", "::1", 81, "/base")
    assert origin("http://[::1]:81/base/").authority == "[::1]:81"
    assert origin("https://api.vectara.io:443").authority == "api.vectara.io"


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make the name service give these answers, one after another; the names that were asked for."""
    asked: list[str] = []
    pending = list(answers)

    async def getaddrinfo(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in pending.pop(0)]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


def opened(target: str, **options: Any) -> None:
    async def run() -> None:
        way = Egress({"": origin(target)}, **options)
        try:
            await way.open()
        finally:
            await way.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:169.254.169.254"]]
)
def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    resolving(monkeypatch, addresses)
    with pytest.raises(SetupError, match=r"rebound\.example"):
        opened("http://rebound.example:1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_the_recorder_never_calls_itself(host: str) -> None:
    with pytest.raises(SetupError, match="the recorder itself"):
        opened(f"http://{host}:4999", allow_private=True, own_ports=[4999])


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable):
        opened(f"http://127.0.0.1:{port}", allow_private=True)


async def _answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: list[bytes]) -> None:
    seen.append(await reader.readuntil(b"\r\n\r\n"))
    writer.write(
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n"
        b"content-length: 2\r\nconnection: close\r\n\r\nno"
    )
    await writer.drain()
    writer.close()


def test_one_resolution_the_checked_address_the_name_as_host_and_no_redirect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolving(monkeypatch, ["127.0.0.1"], ["10.9.9.9"])
    seen: list[bytes] = []

    async def run() -> tuple[int, bytes]:
        server = await asyncio.start_server(lambda r, w: _answering(r, w, seen), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        way = Egress({"": origin(f"http://api.example.com:{port}/base")}, allow_private=True)
        way._addresses[way.origin_of("")] = await way._resolved(way.origin_of(""))
        async with way.send("GET", b"/v2/a%2Fb//c?x=%7A&y", [(b"accept", b"*/*")], b"") as answer:
            read = answer.status_code, b"".join([part async for part in answer.aiter_raw()])
        await way.close()
        server.close()
        await server.wait_closed()
        return read

    assert asyncio.run(run()) == (302, b"no")
    assert asked == ["api.example.com"]
    (request,) = seen
    line, *headers = request.decode().lower().split("\r\n")
    assert line == "get /base/v2/a%2fb//c?x=%7a&y http/1.1"
    assert [one for one in headers if one.startswith("host:")] == [f"host: {headers[0].partition(' ')[2]}"]
    assert headers[0].startswith("host: api.example.com:")


def test_certificates_are_checked_and_every_call_is_bounded() -> None:
    async def run() -> None:
        way = Egress({"": origin("https://api.vectara.io")})
        pool: Any = way._client._transport
        context = pool._pool._ssl_context
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
        assert None not in way._client.timeout.as_dict().values()
        assert pool._pool._max_connections == egress.CONNECTIONS
        assert not way._client.follow_redirects
        assert not way._client.trust_env
        await way.close()

    asyncio.run(run())


def test_the_name_is_what_a_certificate_is_held_against(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[httpx.Request] = []

    async def run() -> None:
        way = Egress({"": origin("https://api.vectara.io"), "/oauth": origin("https://auth.vectara.io")})
        way._addresses = {origin(f"https://{name}.vectara.io"): ["93.184.216.34"] for name in ("api", "auth")}

        async def send(request: httpx.Request, **_: Any) -> httpx.Response:
            sent.append(request)
            return httpx.Response(200)

        monkeypatch.setattr(way._client, "send", send)
        async with way.send("POST", b"/oauth/token", [], b"x"):
            assert way.reaches("https://auth.vectara.io/elsewhere?x=1")
        assert not way.reaches("https://evil.example/")
        assert not way.reaches("http://api.vectara.io/")
        await way.close()

    asyncio.run(run())
    assert sent[0].extensions["sni_hostname"] == "auth.vectara.io"
    assert sent[0].url.host == "93.184.216.34"
    assert sent[0].headers["host"] == "auth.vectara.io"


def test_no_other_client_leaves_the_package() -> None:
    from pathlib import Path

    import understudy.playback

    for file in Path(str(understudy.playback.__path__[0])).glob("*.py"):
        text = file.read_text("utf-8")
        assert "verify=False" not in text
        if file.name != "egress.py":
            for name in (
                "httpx.AsyncClient",
                "httpx.Client",
                "urlopen",
                "open_connection",
                "create_connection",
            ):
                assert name not in text, (file.name, name)
