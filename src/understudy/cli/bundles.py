"""`understudy replay-bundle`: the calls of a failed test again, on a server of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from understudy.app import Server, create_server
from understudy.cli import files
from understudy.cli.env import KEY, OPENAI_KEY
from understudy.errors import SetupError
from understudy.settings import Settings

Json = dict[str, Any]
VERSION = 1
MEMBERS = ("test", "world", "start", "scenario", "faults", "lifecycle", "journal")
CUT = 64 * 1024
"""A journal keeps no more of a body."""


def replay(path: Path) -> Json:
    """`{test, calls, differing}`: every call whose answer is another one, with both.

    SetupError for a file that is no bundle, or whose journal has lost its first calls.
    """
    bundle = files.read_json(path)
    if not isinstance(bundle, dict) or bundle.get("understudy_bundle") != VERSION:
        raise SetupError(f"is no bundle of version {VERSION}", str(path))
    missing = [name for name in MEMBERS if name not in bundle]
    if missing:
        raise SetupError(f"is no whole bundle: it has no {missing[0]}; run the failed test again", str(path))
    entries = bundle["journal"]
    if entries and entries[0]["number"] != 1:
        raise SetupError(
            f"its journal begins with call {entries[0]['number']}; the first are lost", str(path)
        )
    server = create_server(Settings(log_format="none"))
    try:
        _begin(server, bundle)
        differing = asyncio.run(_played(server, bundle["world"], entries))
    finally:
        server.close()
    return {"test": bundle["test"], "calls": len(entries), "differing": differing}


def _begin(server: Server, bundle: Mapping[str, Any]) -> None:
    """Make the world of the test as it was before its first call."""
    scenario = bundle["scenario"] or {}
    library = server.plane.library
    name = library.add(scenario["document"]) if "document" in scenario else scenario.get("scenario", "")
    worlds = server.worlds
    worlds.create(bundle["world"], scenario=name)
    world = worlds.restore(bundle["world"], bundle["start"])
    world.lifecycle.change(bundle["lifecycle"])
    if bundle["faults"]:
        from understudy.engine.play import Play

        world.play = world.play or Play()
        for fault in bundle["faults"]:
            world.play.faults.add(fault)


async def _played(server: Server, world: str, entries: list[Json]) -> list[Json]:
    import httpx

    transport = httpx.ASGITransport(app=server)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for entry in entries:
            headers = dict(_headers(entry, world))
            body = entry["request_body"].encode()
            try:
                await client.request(entry["method"], entry["path"], content=body, headers=headers)
            except (ConnectionError, httpx.HTTPError):
                continue  # a fault cut it off, as it did then
    told = [one.plain() for one in server.worlds.existing(world).journal.entries]
    return [
        {"number": was["number"], "was": _answer(was), "is": _answer(now)}
        for was, now in zip(entries, told, strict=False)
        if _answer(was) != _answer(now)
    ]


def _headers(entry: Json, world: str) -> Iterator[tuple[str, str]]:
    """The content type, and the key of the world's owner: a journal keeps no credentials."""
    if entry["request_type"]:
        yield "content-type", entry["request_type"]
    if entry["api"] == "aivax":
        yield "authorization", f"Bearer {OPENAI_KEY}@{world}"
    else:
        yield "x-api-key", f"{KEY}@{world}"


def _answer(entry: Json) -> Json:
    return {name: entry[name] for name in ("method", "path", "status", "response_body")}
