"""A running server, as the commands reach it: by its control plane."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from understudy.cli import running
from understudy.errors import SetupError
from understudy.settings import DEFAULT_PORT

DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
SECONDS = 30


class Unreachable(SetupError):
    """Nobody is at the address."""

    exit_code: ClassVar[int] = 3


class Remote:
    """The control plane of a running server.

    Args:
        url: base URL; `UNDERSTUDY_URL` or the default port when None.
        token: `UNDERSTUDY_ADMIN_TOKEN`, or what the server left for this user, when None.
    """

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        self.url = (url or os.environ.get("UNDERSTUDY_URL") or DEFAULT_URL).rstrip("/")
        _check(self.url)
        self._token = token or os.environ.get("UNDERSTUDY_ADMIN_TOKEN") or self._left_behind()

    def call(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """What the control plane answers: JSON, or bytes of another kind; SetupError when it refuses."""
        answer = self.send(method, path, body, params)
        if not answer.is_success:
            raise SetupError(_words(answer))
        if answer.headers.get("content-type") == "application/json":
            return answer.json()
        return answer.content or None

    def send(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """The whole answer; Unreachable when there is nobody."""
        import httpx

        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        chosen = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            return httpx.request(
                method,
                f"{self.url}/_understudy{path}",
                json=body,
                params=chosen,
                headers=headers,
                timeout=SECONDS,
                trust_env=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = str(error) or type(error).__name__
            raise Unreachable(
                f"no server at {self.url} ({why}); `understudy serve` starts one", "--url"
            ) from None

    def _left_behind(self) -> str | None:
        return running.token_of(urlsplit(self.url).port or DEFAULT_PORT)


def _check(url: str) -> None:
    """SetupError for what is no address of a server."""
    try:
        good = urlsplit(url).scheme in ("http", "https") and urlsplit(url).port != 0
    except ValueError:
        good = False
    if not good:
        raise SetupError(f"{url!r} is no address; it looks like {DEFAULT_URL}", "--url")


def _words(answer: Any) -> str:
    """The refusal in the words of the server."""
    try:
        told = str(answer.json()["understudy"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.request.url} answered {answer.status_code}, which is not Understudy's control plane"
    return f"{told}; or give --token" if answer.status_code == 401 else told
