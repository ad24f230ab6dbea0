"""Plays calls against a server of its own and prints the answers; run as a process by test_determinism.

Standard input: JSON `[[method, path, body], ...]`. Standard output: JSON `[{status, headers, body}, ...]`.
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
    with httpx.Client(
        base_url=background.url, headers={"x-api-key": "zut_understudy@play"}, timeout=60
    ) as client:
        for method, path, body in json.load(sys.stdin):
            answer = client.request(method, path, **({} if body is None else {"json": body}))
            answers.append(
                {"status": answer.status_code, "headers": answer.headers.multi_items(), "body": answer.text}
            )
    background.stop()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
