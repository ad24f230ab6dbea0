"""`understudy env`: variables that point clients at a running server."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

import orjson

from understudy.settings import DEFAULT_PORT

KEY, OPENAI_KEY = "zut_understudy", "sk-understudy"


def variables(url: str | None, world: str) -> dict[str, str]:
    """Names and values; a world of its own stands behind the keys."""
    base = (url or f"http://127.0.0.1:{DEFAULT_PORT}").rstrip("/")
    suffix = "" if world == "default" else f"@{world}"
    return {
        "UNDERSTUDY_URL": base,
        "VECTARA_API_KEY": KEY + suffix,
        "OPENAI_BASE_URL": f"{base}/v1",
        "OPENAI_API_KEY": OPENAI_KEY + suffix,
        "AIVAX_API_KEY": OPENAI_KEY + suffix,
    }


FORMS: Mapping[str, Callable[[str, str], str]] = {
    "sh": lambda name, value: f"export {name}={shlex.quote(value)}",
    "dotenv": lambda name, value: f"{name}={value}",
    "powershell": lambda name, value: f"$env:{name} = '{value}'",
    "github": lambda name, value: f"{name}={value}",
}


def render(told: Mapping[str, str], form: str) -> str:
    """The variables as a shell, a file or a workflow takes them; `github` is appended to `$GITHUB_ENV`."""
    if form == "json":
        return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
    return "\n".join(FORMS[form](name, value) for name, value in told.items())
