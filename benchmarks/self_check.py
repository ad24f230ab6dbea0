"""What the comparison of an answer with the contract costs, measured inside one process.

Prints JSON: `{check_us, query_us, new_check_us, new_query_us}`, CPU microseconds of the check of an answer
and of the whole query without the HTTP server around it: of a question that is asked again and again, whose
answer has been checked before, and of questions that nobody has asked.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from scenarios import CORPUS, NEW_QUERY, QUERY, document, new_corpus
from servers import KEY
from understudy.app import Server, create_server
from understudy.settings import Settings

REPEATS = 3_000


async def send(server: Server, path: str, body: bytes) -> bytes:
    """The body of the answer to a POST."""
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: Any) -> None:
        parts.append(message.get("body", b""))

    headers = {"host": "127.0.0.1", "x-api-key": KEY, "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (k.encode(), v.encode()) for k, v in {**headers, "content-length": str(len(body))}.items()
        ],
    }
    await server(scope, receive, take)
    return b"".join(parts)


async def main() -> dict[str, float]:
    server = create_server(Settings(fixture="empty"))
    await send(server, "/v2/corpora", new_corpus(CORPUS))
    await send(server, f"/v2/corpora/{CORPUS}/documents", orjson.dumps(document(0, 100)))
    path = f"/v2/corpora/{CORPUS}/query"
    serialised = await send(server, path, QUERY)
    answer = orjson.loads(serialised)
    assert len(answer["search_results"]) == 10
    (operation,) = [o for api in server.apis for o in api.operations.values() if o.id == "queryCorpus"]
    check = operation.answers[200]

    def again() -> None:
        for _ in range(REPEATS):
            check.accepts_again(answer, serialised)

    def anew() -> None:
        for _ in range(REPEATS):
            check.accepts(answer)

    async def asked(body: bytes) -> float:
        began = time.process_time()
        for number in range(REPEATS):
            await send(server, path, body.replace(b"@", b"x%d" % number))
        return (time.process_time() - began) / REPEATS * 1e6

    anew()
    return {
        "check_us": _cpu_us(again),
        "query_us": await asked(QUERY),
        "new_check_us": _cpu_us(anew),
        "new_query_us": await asked(NEW_QUERY),
    }


def _cpu_us(act: Callable[[], None]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) / REPEATS * 1e6


if __name__ == "__main__":
    sys.stdout.write(orjson.dumps(asyncio.run(main())).decode() + "\n")
