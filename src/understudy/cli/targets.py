"""How the flags of a command say what a server gets: keys, tokens, headers, and what is asked of it."""

from __future__ import annotations

import os
from collections.abc import Iterable

import httpx

from understudy.conformance import choosing
from understudy.conformance.contract import Contract
from understudy.errors import SetupError

TOKEN_PATHS = {"vectara": "/oauth/token", "vectara-v1": "/oauth/token"}


def key(text: str, flag: str = "--key") -> str:
    """A key, or the one in the variable that is named."""
    if not text.startswith("$"):
        return text
    if text[1:] not in os.environ:
        raise SetupError(f"there is no variable {text[1:]}", flag)
    return os.environ[text[1:]]


def headers(texts: Iterable[str]) -> dict[str, str]:
    """Headers by their names in lower case, from texts such as `Name: value`."""
    found: dict[str, str] = {}
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon or not name.strip():
            raise SetupError(f"'{text}' is no header; write 'Name: value'", "--header")
        found[name.strip().lower()] = value.strip()
    return found


def token(api: str, url: str, client: str) -> str:
    """The token that a server gives for `CLIENT_ID:CLIENT_SECRET`."""
    client_id, colon, secret = client.partition(":")
    path = TOKEN_PATHS.get(api)
    if not colon or path is None:
        raise SetupError("takes CLIENT_ID:CLIENT_SECRET of an API that has a token endpoint", "--oauth")
    body = {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials"}
    try:
        answer = httpx.post(f"{url.rstrip('/')}{path}", json=body, timeout=30, trust_env=False)
        return str(answer.json()["access_token"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise SetupError(f"gave no token ({type(error).__name__})", "--oauth") from None


def check_only(contract: Contract, only: Iterable[str]) -> None:
    """SetupError for a name that the contract does not have."""
    for name in choosing.unknown(contract, only):
        raise SetupError(f"'{name}' is no operation, tag or family of this contract", "--only")
