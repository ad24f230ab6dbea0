"""The process behind `engine.work`: reads pieces of work from a pipe, one after the other, until it ends."""

from __future__ import annotations

import os
import signal
import struct
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, BinaryIO

import orjson

FRAME = struct.Struct(">II")
"""Before each message: the lengths of its JSON head and of the bytes behind it."""


def main() -> None:
    """Work until nobody asks any more; `argv[1]` is the limit of memory in bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our pipe
    _limit_memory(int(sys.argv[1]))
    given = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)  # what a library prints must not end up between the answers
    while True:
        prefix = given.read(FRAME.size)
        if len(prefix) < FRAME.size:
            return
        lengths = FRAME.unpack(prefix)
        reply = _reply(given.read(lengths[0]), given.read(lengths[1]))
        _send(answers, reply)
        if reply.get("last"):
            return


def _limit_memory(limit: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    with suppress(ValueError, OSError):  # some systems know the limit and do not set it
        _, most = resource.getrlimit(resource.RLIMIT_AS)  # the sandbox sets limits of its own
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _reply(head: bytes, content: bytes) -> dict[str, Any]:
    try:
        wanted = orjson.loads(head)
        module, _, name = wanted["function"].partition(":")
        return {"result": getattr(import_module(module), name)(content, **wanted["facts"])}
    except MemoryError:
        return {"refused": "needs more memory than is allowed", "last": True}
    except ValueError as error:
        return {"refused": str(error)}
    except BaseException:  # noqa: BLE001 - whatever it is, the server tells it and goes on with another process
        return {"fault": traceback.format_exc(), "last": True}


def _send(answers: BinaryIO, reply: dict[str, Any]) -> None:
    body = orjson.dumps(reply)
    answers.write(FRAME.pack(len(body), 0) + body)
    answers.flush()


if __name__ == "__main__":
    main()
