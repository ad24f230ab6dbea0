"""`understudy record`: a proxy that keeps what passes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from understudy.app import APIS
from understudy.cli import playing, telling
from understudy.cli.serve import base_url, listen
from understudy.errors import SetupError
from understudy.playback.contracts import Contracts
from understudy.playback.egress import Egress, Origin, Unreachable, origin
from understudy.playback.recorder import Recorder
from understudy.playback.secrets import Secrets
from understudy.state.files import write_address

UNREACHABLE = 3
INTERRUPTED = 130
KILL_SECONDS = 5.0
_ELSEWHERE: Mapping[str, Mapping[str, str]] = {"vectara": {"/oauth": "auth.vectara.io"}}
"""Paths of named targets that another of their hosts serves."""


@dataclass(frozen=True)
class Wanted:
    """The flags of `record`, as they were given."""

    target: str
    out: Path
    port: int
    allow_private: bool
    secrets: Sequence[str]
    allowed: Sequence[str]
    replace_suspicious: bool
    as_json: bool
    ready_file: Path | None
    command: Sequence[str]


def record(wanted: Wanted) -> int:
    """Record until the command ends, or until a signal; the exit code."""
    routes = _routes(wanted.target)
    playing.check_out(wanted.out)
    tell = playing.teller(wanted.as_json)
    secrets = Secrets(playing.places(), playing.given_secrets(wanted.secrets))
    listener = listen("127.0.0.1", wanted.port)
    port = listener.getsockname()[1]
    try:
        recorder, code = asyncio.run(
            _run(wanted, routes, secrets, listener, base_url("127.0.0.1", port), tell)
        )
    except Unreachable as error:
        typer.echo(f"understudy: {wanted.target}: cannot be reached ({error})", err=True)
        return UNREACHABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        listener.close()
    return _end(wanted, recorder, routes[""], secrets, code, tell)


def _routes(target: str) -> dict[str, Origin]:
    """The origins of a target: the production hosts of a name, or a URL."""
    for api in APIS:
        if target == api.name:
            others = _ELSEWHERE.get(target, {})
            return {
                "": origin(f"https://{api.hosts[0]}"),
                **{prefix: origin(f"https://{host}") for prefix, host in others.items()},
            }
    if "://" not in target:
        names = ", ".join(api.name for api in APIS)
        raise SetupError(f"'{target}' is neither a URL nor one of {names}", "--target")
    return {"": origin(target)}


async def _run(
    wanted: Wanted,
    routes: Mapping[str, Origin],
    secrets: Secrets,
    listener: Any,
    url: str,
    tell: Callable[[str], None],
) -> tuple[Recorder, int]:
    """Serve until the end; the recorder, and the exit code of the command or of the signal."""
    own = listener.getsockname()[1]
    egress = Egress(routes, allow_private=wanted.allow_private, own_ports=[own])
    try:
        await egress.open()
        recorder = Recorder(egress, Contracts(playing.compiled()), secrets, playing.hosts(), tell)

        def started() -> None:
            only = ", ".join(one.url for one in routes.values())
            tell(f"recording via {url} -> {only} (nothing else is called)")
            if wanted.ready_file is not None:
                write_address(wanted.ready_file, url)

        server = playing.Foreground(recorder, started)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        code = await _command(wanted, url, server, serving) if wanted.command else 0
        await serving
        return recorder, code
    finally:
        await egress.close()


async def _command(
    wanted: Wanted, url: str, server: playing.Foreground, serving: asyncio.Future[None]
) -> int:
    """Run the command while the recorder serves; its exit code, as a shell tells it."""
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)
    if serving.done():
        return INTERRUPTED
    try:
        process = await asyncio.create_subprocess_exec(
            *wanted.command, env=environment(url), stdout=sys.stderr if wanted.as_json else None
        )
    except OSError as error:
        server.should_exit = True
        await serving
        raise SetupError(f"cannot be run: {error.strerror}", wanted.command[0]) from None
    waiting = asyncio.ensure_future(process.wait())
    ends: set[asyncio.Future[Any]] = {waiting, serving}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        process.send_signal(signal.SIGINT if server.interrupted else signal.SIGTERM)
        await asyncio.wait({waiting}, timeout=KILL_SECONDS)
        if not waiting.done():
            process.kill()
    code = await waiting
    server.should_exit = True
    if serving.done():
        return INTERRUPTED if server.interrupted else 128 + signal.SIGTERM
    return 128 - code if code < 0 else code


def environment(url: str) -> dict[str, str]:
    """What points the clients of a command at us."""
    local = "127.0.0.1,localhost"
    past = {
        name: f"{os.environ[name]},{local}" if os.environ.get(name) else local
        for name in ("NO_PROXY", "no_proxy")
    }
    return {
        **os.environ,
        **past,
        "UNDERSTUDY_URL": url,
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_BASE": f"{url}/v1",
    }


def _end(
    wanted: Wanted,
    recorder: Recorder,
    target: Origin,
    secrets: Secrets,
    code: int,
    tell: Callable[[str], None],
) -> int:
    """Write the cassette and say what is in it; the exit code."""
    out, count = wanted.out, len(recorder.exchanges)
    told: dict[str, Any] = {
        "target": target.url, "out": str(out), "interactions": count, "saved": False, "command": code,
        "unreachable": recorder.unreachable, "dropped": recorder.dropped, "secrets": {}, "violations": [],
        "suspicions": [],
    }  # fmt: skip
    if count == 0:
        tell(f"nothing was recorded; {out} is left as it was")
        code = code or (UNREACHABLE if recorder.unreachable else 0)
    else:
        cassette, text, found = playing.write(
            lambda: recorder.cassette(target.url), secrets, out, wanted.allowed, wanted.replace_suspicious
        )
        told["violations"] = [
            {"entry": number, "operation": entry.get("operation", ""), "violations": entry["violations"]}
            for number, entry in enumerate(cassette.entries, 1)
            if entry.get("violations")
        ]
        told |= {
            "saved": not found,
            "secrets": dict(secrets.counts),
            "suspicions": playing.plain(text, found),
        }
        _tell_end(told, secrets, text, tell)
        if found:
            playing.tell_suspicions(text, found, out, tell)
            code = code or 1
    if wanted.as_json:
        telling.as_json(told)
    return code


def _tell_end(told: Mapping[str, Any], secrets: Secrets, text: str, tell: Callable[[str], None]) -> None:
    counted = ", ".join(f"{count} in {place}s" for place, count in sorted(secrets.counts.items()))
    tell(
        f"secrets: {f'{len(secrets)} replaced by placeholders ({counted})' if counted else 'none were seen'}"
    )
    broken = len(told["violations"])
    valid = told["interactions"] - broken
    line = f"{told['interactions']} interactions, {valid} valid against the contract"
    if told["dropped"]:
        line += f", {told['dropped']} more left out, as a cassette may not be larger"
    if told["unreachable"]:
        line += f", {told['unreachable']} calls that nobody answered"
    tell(line + (f".   Wrote {told['out']} ({len(text.encode())} bytes)" if told["saved"] else ""))
