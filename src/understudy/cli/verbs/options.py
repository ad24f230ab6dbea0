"""What the commands about a running server share: their options, and how they call and tell."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Url = Annotated[str | None, typer.Option("--url", envvar="UNDERSTUDY_URL", help="Base URL of the server.")]
Token = Annotated[
    str | None, typer.Option("--token", envvar="UNDERSTUDY_ADMIN_TOKEN", help="Token of its control plane.")
]
World = Annotated[str, typer.Option("--world", "-w", envvar="UNDERSTUDY_WORLD", help="Name of the world.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DEFAULT = "default"


def call(url: str | None, token: str | None, method: str, path: str, body: Any = None, **params: Any) -> Any:
    from understudy.cli.remote import Remote

    return Remote(url, token).call(method, path, body, params)


def tell(data: Any, as_json: bool, table: Any = None) -> None:
    """Print data as JSON; for people a table of it, or its members."""
    from understudy.cli import telling

    if as_json:
        telling.as_json(data)
    elif table is not None:
        telling.rows(table)
    else:
        telling.members(data)


def done(text: str, as_json: bool, **data: Any) -> None:
    from understudy.cli import telling

    if as_json:
        telling.as_json({"done": text, **data})
    else:
        typer.echo(text)
