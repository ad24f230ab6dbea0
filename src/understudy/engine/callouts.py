"""Calls that leave the server: to origins on loopback that its owner has named, and to nowhere else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from understudy.errors import SetupError

SECONDS = 5.0
"""How long such a call may take, with the start of the process that makes it."""
MOST_BYTES = 256 * 1024
"""An answer is no longer."""


def allowed(origins: Iterable[str]) -> frozenset[str]:
    """The origins that may be called; SetupError for one that is none, or is not on loopback."""
    return frozenset(map(_checked, origins))


def reachable(address: str, origins: frozenset[str]) -> str | None:
    """The address, built anew from an origin that is allowed; None when it leads anywhere else."""
    parts = _parts(address)
    origin = _origin(parts)
    if parts is None or origin not in origins:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{origin}{parts.path or '/'}{query}"


def post(
    content: bytes, *, address: str, headers: Mapping[str, str], seconds: float = SECONDS
) -> dict[str, Any]:
    """Send JSON and read what comes back: `{status, type, text}`. Runs as slow work.

    No redirect is followed and no proxy is used. ValueError when there is no answer, or one that is too long.
    """
    import httpx

    plain = {**headers, "accept-encoding": "identity"}
    client = httpx.Client(trust_env=False, follow_redirects=False, timeout=seconds)
    try:
        with client, client.stream("POST", address, content=content, headers=plain) as answer:
            held = b""
            for piece in answer.iter_raw():
                held += piece
                if len(held) > MOST_BYTES:
                    raise ValueError(f"answered with more than {MOST_BYTES} bytes")
            told = answer.headers.get("content-type", "")
            return {"status": answer.status_code, "type": told, "text": held.decode("utf-8", "replace")}
    except httpx.HTTPError as error:
        raise ValueError(f"gave no answer: {error or type(error).__name__}") from None


def _checked(stated: str) -> str:
    parts = _parts(stated)
    origin = _origin(parts)
    if parts is None or origin is None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SetupError(
            f"'{stated}' is no origin on loopback; http://127.0.0.1:9000 would be one", "--allow-worker"
        )
    return origin


def _parts(address: str) -> SplitResult | None:
    if not address.isascii() or not address.isprintable() or "\\" in address or " " in address:
        return None
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _origin(parts: SplitResult | None) -> str | None:
    """`http://host:port` of an address on loopback, None for every other one."""
    if parts is None or parts.scheme != "http" or "@" in parts.netloc:
        return None
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if host != "localhost":
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            return None
        if not literal.is_loopback:
            return None
        host = f"[{literal}]" if literal.version == 6 else str(literal)
    return f"http://{host}:{80 if port is None else port}"
