"""The process apart: takes one request from its input, runs the function, tells what came of it.

It answers two lines of JSON: `{"ready": true}` once the walls stand, or `{"refused": why}`; then
`{"output"}`, `{"error": {message, traceback}}` or `{"late": true}`.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from understudy.sandbox import language, walls

FILE = "<tool>"
MOST_FRAMES = 20
MOST_CHARACTERS = 1000
"""Of a message."""


def main() -> NoReturn:
    """Read, shut oneself in, run."""
    asked = json.loads(sys.stdin.buffer.read())
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)

    def tell(answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode() + b"\n"
        while data:
            data = data[os.write(answers, data) :]

    def end(answer: dict[str, Any]) -> NoReturn:
        try:
            tell(answer)
        finally:
            os._exit(0)

    try:
        around = walls.Walls()
        around.leave()
        inner = os.fork()
        if inner:  # the first process of the new namespace is a child; this one waits for it
            os.close(answers)
            os.waitpid(inner, 0)
            os._exit(0)
        base = walls.used_memory()
        around.enter()
        walls.limit(asked["seconds"], base + asked["memory_bytes"])
    except (walls.WallError, OSError) as error:
        end({"refused": str(error)})
    del around
    tell({"ready": True})
    end(_done(asked, lambda: end({"late": True})))


def _done(asked: dict[str, Any], late: Callable[[], NoReturn]) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    try:
        tree = language.guarded(ast.parse(asked["code"], FILE))
        compiled = compile(tree, FILE, "exec", dont_inherit=True)
        namespace |= language.namespace(asked["now"], asked["seconds"], late)
        language.watch()
        exec(compiled, namespace)  # noqa: S102 - this is what the walls are for
        output = namespace["process"](**asked["input"])
        text = language.without_addresses(json.dumps(output, ensure_ascii=False, allow_nan=False))
        text.encode()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the caller is told
        walls.give_room()
        frames = _frames(error.__traceback__, asked["code"].split("\n"))
        error.__traceback__ = None
        namespace.clear()
        return {"error": _told(error, frames)}
    if len(text) > asked["output_bytes"]:
        return {"error": {"message": f"the output is larger than {asked['output_bytes']} bytes"}}
    return {"output": text}


def _frames(trace: TracebackType | None, lines: list[str]) -> list[str]:
    """The frames of the tool, as Python writes them."""
    frames: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILE:
            told = f'  File "{FILE}", line {trace.tb_lineno}, in {code.co_name}\n'
            at = trace.tb_lineno - 1
            frames.append(told + (f"    {lines[at].strip()}\n" if 0 <= at < len(lines) else ""))
        trace = trace.tb_next
    if len(frames) > MOST_FRAMES:
        half = MOST_FRAMES // 2
        frames = [*frames[:half], "  ...\n", *frames[-half:]]
    return frames


def _told(error: BaseException, frames: list[str]) -> dict[str, str]:
    name = type.__getattribute__(type(error), "__name__")
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - the text of an error is code of the caller too
        text = ""
    if isinstance(error, SyntaxError):
        text = f"line {error.lineno or 1}: {error.msg}"
    message = language.without_addresses(f"{name}: {text}" if text else name)[:MOST_CHARACTERS]
    told = {"message": message}
    if frames:
        told["traceback"] = f"Traceback (most recent call last):\n{''.join(frames)}{message}"
    return told
