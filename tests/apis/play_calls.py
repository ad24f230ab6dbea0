"""Plays calls against a server of its own and prints the answers; run as a process by test_determinism.

Standard input: JSON `[[method, path, body], ...]`, a text as body being an imported file. Standard output:
JSON `[{status, headers, body}, ...]`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx

from understudy.pytest_plugin import BackgroundServer


def main() -> None:
    background = BackgroundServer().start()
    answers: list[dict[str, Any]] = []
    with httpx.Client(base_url=background.url, timeout=60) as client:
        for method, path, body in json.load(sys.stdin):
            answer = client.request(method, path, headers=key_for(path), **arguments_for(body))
            answers.append(
                {"status": answer.status_code, "headers": answer.headers.multi_items(), "body": answer.text}
            )
    background.stop()
    json.dump(answers, sys.stdout)


def key_for(path: str) -> dict[str, str]:
    if path.startswith(("/api/v1", "/v1")):
        return {"authorization": "Bearer sk-understudy@play"}
    return {"x-api-key": "zut_understudy@play"}


def arguments_for(body: Any) -> dict[str, Any]:
    if isinstance(body, str):
        return {"files": {"documents": body.encode()}}
    return {} if body is None else {"json": body}


if __name__ == "__main__":
    main()
