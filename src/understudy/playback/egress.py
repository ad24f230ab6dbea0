"""The one way out: every outgoing request goes to one server, at an address that was checked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from understudy.errors import SetupError, UnderstudyError

CONNECTIONS = 32
CONNECT_SECONDS = 10.0
QUIET_SECONDS = 120.0
"""How long a server may say nothing in the middle of an answer."""
WHOLE_SECONDS = 600.0
"""How long a call may take in all, streams included."""
_PORTS = {"https": 443, "http": 80}
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
"""Ends of names that never lead out of a network."""
_CLOUD = frozenset({"168.63.129.16"})
"""Public addresses that lead to the machinery of a cloud all the same."""
_ASSIGNED = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("fec0::/10"))
"""Ranges for protocols and sites that not every version of Python knows as private."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(UnderstudyError):
    """Nobody answers at the target."""


@dataclass(frozen=True)
class Origin:
    """A server: scheme, name or address, port; `base` is what its paths begin with, "" as a rule."""

    scheme: str
    host: str
    port: int
    base: str = ""

    @property
    def url(self) -> str:
        """`https://api.vectara.io`, the port only when it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{name}{port}"

    @property
    def authority(self) -> str:
        """What stands in `Host`."""
        return self.url.partition("://")[2]


def origin(url: str, where: str = "--target") -> Origin:
    """The origin that a URL names; SetupError says what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SetupError(f"'{_without_user(url)}' is no URL ({error})", where) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SetupError(f"'{_without_user(url)}' has to begin with https:// or http:// and a host", where)
    if "@" in parts.netloc:
        raise SetupError("holds a user or a password; credentials come with the requests", where)
    if parts.query or parts.fragment:
        raise SetupError("may have a path, and neither a query nor a fragment", where)
    if port == 0:
        raise SetupError("port 0 leads nowhere", where)
    return Origin(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def _without_user(url: str) -> str:
    """A URL as it may be told: without what may be a password."""
    return url.rpartition("@")[2] if "@" in url else url


def refusal(host: str, *, allow_private: bool = False) -> str | None:
    """Why nothing is sent to a host, be it a name or an address in any spelling; None when it may be.

    A name says little: its addresses are asked about too, once it is resolved.
    """
    if not host.isascii():
        return "a host is written in ASCII (the xn-- form of its name)"
    name = host.lower().removesuffix(".")
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    if not name or any(character.isspace() for character in host):
        return "is no name of a host"
    address = _address(name)
    if address is not None:
        return _refused(address, allow_private)
    if _is_number(name):
        return "is an address in an unusual spelling; write it as four decimal numbers"
    if not _is_name(name):
        return "is no name of a host"
    if not allow_private and (name == "localhost" or "." not in name or name.endswith(_INSIDE)):
        return "is a name of this machine or network; --allow-private lets it be"
    return None


def _refused(address: Address, allow_private: bool) -> str | None:
    inner = _inner(address)
    for one in (address, inner):
        if one is None:
            continue
        if one.is_multicast or one.is_unspecified:
            return f"{one} is no address of one server"
    if allow_private:
        return None
    if inner is not None:
        return f"{address} hides the address {inner}; --allow-private lets it be"
    known = str(address) in _CLOUD or any(address in one for one in _ASSIGNED)
    if known or not address.is_global or address.is_reserved:
        return f"{address} is private, loopback, link-local or reserved; --allow-private lets it be"
    return None


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside one of IPv6, in any of the ways to hide it there."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _address(name: str) -> Address | None:
    zone = name.partition("%")[2]
    try:
        return ipaddress.ip_address(name) if set(zone) <= _LABEL else None
    except ValueError:
        return None


def _is_number(name: str) -> bool:
    """Whether a resolver may read a name as an address: 0x7f.1, 017700000001, 127.1."""
    last = name.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):
        return True
    try:
        socket.inet_aton(name)
    except OSError:
        return False
    return True


def _is_name(name: str) -> bool:
    labels = name.split(".")
    return len(name) <= 253 and all(
        0 < len(label) <= 63 and set(label) <= _LABEL and not label.startswith("-") for label in labels
    )


class Egress:
    """The only client of this program that leaves it: exact origins, checked addresses, no redirects.

    Args:
        routes: the origin of calls by the beginning of their paths; "" is that of all others.
        allow_private: whether addresses of this machine and network may be called.
        own_ports: ports of ours, which no call may reach on this machine.
    """

    def __init__(
        self, routes: Mapping[str, Origin], *, allow_private: bool = False, own_ports: Iterable[int] = ()
    ) -> None:
        self._routes = sorted(routes.items(), key=lambda pair: -len(pair[0]))
        self._allow_private = allow_private
        self._own_ports = frozenset(own_ports)
        self._addresses: dict[Origin, list[str]] = {}
        self._client = httpx.AsyncClient(
            verify=ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(QUIET_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )

    async def open(self) -> None:
        """Resolve every origin, once, and check what comes; SetupError or Unreachable when one is no good."""
        for target in dict(self._routes).values():
            self._addresses[target] = await self._resolved(target)
        await self._knock()

    async def close(self) -> None:
        await self._client.aclose()

    def origin_of(self, path: str) -> Origin:
        """Where calls of a path go."""
        return next(target for prefix, target in self._routes if path.startswith(prefix))

    def reaches(self, url: str) -> bool:
        """Whether an absolute URL leads to one of our origins."""
        try:
            found = origin(url.partition("?")[0].partition("#")[0])
        except SetupError:
            return False
        return any(
            (found.scheme, found.host, found.port) == (one.scheme, one.host, one.port)
            for _, one in self._routes
        )

    @asynccontextmanager
    async def send(
        self, method: str, target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes
    ) -> AsyncIterator[httpx.Response]:
        """One call; the answer's body is still to be read. Unreachable when nobody answers.

        Args:
            target: path and query, byte for byte.
            headers: as they are sent; `Host` is put here.
        """
        to = self.origin_of(target.decode("latin-1"))
        sent = [(b"host", to.authority.encode()), *headers]
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                response = await self._connected(to, method, to.base.encode() + target, sent, body)
                try:
                    yield response
                finally:
                    await response.aclose()
        except (httpx.TransportError, TimeoutError) as error:
            raise Unreachable(str(error) or type(error).__name__) from None

    async def _connected(
        self, to: Origin, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> httpx.Response:
        """The answer of the first address that lets itself be connected to."""
        failure: httpx.TransportError = httpx.ConnectError("the name has no address")
        for address in self._addresses[to]:
            host = f"[{address}]" if ":" in address else address
            extensions: dict[str, Any] = {"target": target}
            if to.scheme == "https":
                extensions["sni_hostname"] = to.host
            request = httpx.Request(
                method,
                f"{to.scheme}://{host}:{to.port}/",
                headers=headers,
                content=body,
                extensions=extensions,
            )
            request.extensions["timeout"] = self._client.timeout.as_dict()
            try:
                return await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _resolved(self, target: Origin) -> list[str]:
        """The addresses of an origin, each one checked; a single bad one refuses them all."""
        self._check(target.host, target)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{target.host} has no address ({error})") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            self._check(address, target)
            if target.port in self._own_ports and _is_own(address):
                raise SetupError(f"{target.url} is the recorder itself", "--target")
        return addresses

    def _check(self, host: str, target: Origin) -> None:
        why = refusal(host, allow_private=self._allow_private)
        if why is not None:
            raise SetupError(f"{target.host}: {why}", "--target")

    async def _knock(self) -> None:
        """Unreachable when no address of an origin takes a connection."""
        for target, addresses in self._addresses.items():
            failure = ""
            for address in addresses:
                try:
                    async with asyncio.timeout(CONNECT_SECONDS):
                        _, writer = await asyncio.open_connection(address, target.port)
                    writer.close()
                    break
                except (OSError, TimeoutError) as error:
                    failure = str(error) or type(error).__name__
            else:
                raise Unreachable(f"{target.url} takes no connection ({failure})")


def _is_own(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = _inner(found)
    return any(one.is_loopback or one.is_unspecified for one in (found, inner) if one is not None)
