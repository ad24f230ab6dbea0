"""The network as a test sees it: production hosts lead to Understudy, and only loopback is open besides."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STAND_IN = "127.83.84.85"
"""What production hosts resolve to; connections there go to the listener, whatever their port."""
LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", ""})
_INTERNET = (socket.AF_INET, socket.AF_INET6)


class BlockedConnection(RuntimeError):
    """A test tried to reach a host that is neither loopback, nor stood in for, nor allowed.

    It is no OSError, so that clients do not take it for a bad network and try again.
    """

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Understudy blocks connections to '{host}' during a test; "
            f"@pytest.mark.understudy(allow_hosts=['{host}']) lets them through"
        )


class Network:
    """Redirects and blocks connections of this process while it is entered.

    The one place that changes the standard library: code under test names production hosts, and is not to
    be touched.

    Args:
        hosts: names that are stood in for.
        port: gives the port of the TLS listener, when it is needed.
        allowed: further hosts that may be reached.
    """

    def __init__(self, hosts: Iterable[str], port: Callable[[], int], allowed: Iterable[str] = ()) -> None:
        self._hosts = frozenset(hosts)
        self._port = port
        self._allowed = frozenset(allowed)
        self._let_through: set[str] = set()

    @contextmanager
    def entered(self) -> Iterator[None]:
        resolve, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex
        network = self

        def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
            return network._resolved(resolve, host, port, *rest, **named)

        def connected(self: socket.socket, address: Any) -> None:
            connect(self, network._target(self, address))

        def connected_ex(self: socket.socket, address: Any) -> int:
            return connect_ex(self, network._target(self, address))

        socket.getaddrinfo = getaddrinfo
        setattr(socket.socket, "connect", connected)  # noqa: B010 - mypy knows that it is a method
        setattr(socket.socket, "connect_ex", connected_ex)  # noqa: B010
        try:
            yield
        finally:
            socket.getaddrinfo = resolve
            del socket.socket.connect, socket.socket.connect_ex
            for name, original in (("connect", connect), ("connect_ex", connect_ex)):
                if getattr(socket.socket, name) is not original:  # another plugin had put its own there
                    setattr(socket.socket, name, original)

    def _resolved(self, resolve: Callable[..., Any], host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        name = (host.decode("idna") if isinstance(host, bytes) else host or "").lower().rstrip(".")
        if name in self._hosts:
            return resolve(STAND_IN, port, *rest, **named)
        found = resolve(host, port, *rest, **named) if self._may_resolve(name) else None
        if found is None:
            raise BlockedConnection(name)
        if name in self._allowed:
            self._let_through |= {entry[4][0] for entry in found}
        return found

    def _may_resolve(self, name: str) -> bool:
        return name in LOOPBACK_NAMES or name in self._allowed or _address(name) is not None

    def _target(self, connection: socket.socket, address: Any) -> Any:
        """Where a connection goes instead; BlockedConnection for a host that it may not reach."""
        if connection.family not in _INTERNET:
            return address
        host = str(address[0]).lower()
        if host in self._hosts or host == STAND_IN:
            return ("127.0.0.1", self._port())
        found = _address(host)
        local = host in LOOPBACK_NAMES or (found is not None and found.is_loopback)
        if local or host in self._allowed or host in self._let_through:
            return address
        raise BlockedConnection(host)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def environment(url: str, key: str, openai_key: str, authority: Path) -> dict[str, str]:
    """Variables that lead clients to Understudy, and let them trust its certificates."""
    trusted = str(authority)
    return {
        "UNDERSTUDY_URL": url,
        "VECTARA_API_KEY": key,
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_BASE": f"{url}/v1",
        "OPENAI_API_KEY": openai_key,
        "AIVAX_API_KEY": openai_key,
        "SSL_CERT_FILE": trusted,
        "REQUESTS_CA_BUNDLE": trusted,
        "CURL_CA_BUNDLE": trusted,
        "NODE_EXTRA_CA_CERTS": trusted,
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


def without_proxies() -> list[str]:
    """Names of variables that would lead clients around the redirect."""
    return [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy", "all_proxy")]
