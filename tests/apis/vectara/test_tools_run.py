"""Tools whose code runs: a server that was started with `--allow-lambda`. Spec tag: Tools."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import read, refused
from tests.walls import WALLS, needs_walls
from understudy.app import create_server
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.sandbox import running
from understudy.settings import Settings

LIST = "/v2/tools"
SUM = "def process(a: int, b: int = 2) -> int:\n    return a + b\n"
FOREVER = "def process(): \n    while True: pass\n"
VALID = {"input_valid": True, "output_valid": True, "validation_errors": []}
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def running_server() -> Iterator[BackgroundServer]:
    """A server that runs code; where the kernel does not let it, one that does not."""
    background = BackgroundServer(allow_lambda=WALLS).start()
    yield background
    background.stop()


@pytest.fixture
def understudy(running_server: BackgroundServer) -> Iterator[Understudy]:
    name = f"run-{next(NUMBERS)}"
    running_server.on_loop(lambda: running_server.server.worlds.create(name))
    yield Understudy(running_server, name)
    assert running_server.server.violations == []


@pytest.fixture
def api(understudy: Understudy) -> Iterator[httpx.Client]:
    with understudy.client() as client:
        yield client


def make(api: httpx.Client, code: str, **more: Any) -> str:
    wanted = {"type": "lambda", "name": "sum", "title": "Sum", "description": "Adds.", "code": code, **more}
    answer = api.post(LIST, json=wanted)
    assert answer.status_code == 201, answer.text
    return f"{LIST}/{answer.json()['id']}/test"


def tried(api: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = api.post(path, json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def run(api: httpx.Client, code: str, given: dict[str, Any], **body: Any) -> dict[str, Any]:
    told = tried(api, f"{LIST}/test", code=code, test_input=given, **body)
    assert told["validation"] == {"status": "valid", "errors": []}
    execution: dict[str, Any] = told["execution"]
    return execution


@needs_walls
def test_a_tool_runs_and_changes_nothing(api: httpx.Client, understudy: Understudy) -> None:
    path = make(api, SUM)
    before = understudy.look(lambda world: world.store.dump())
    told = tried(api, path, input={"a": 1})
    assert told == {
        "type": "success",
        "output": {"value": 3},
        "latency_millis": running.LATENCY_MILLIS,
        "memory_used_mb": running.MEMORY_MB,
        "validation_results": VALID,
    }
    assert tried(api, path, input={"a": 1, "b": -1})["output"] == {"value": 0}
    assert understudy.look(lambda world: world.store.dump()) == before


@needs_walls
def test_the_tool_of_the_fixture_runs(api: httpx.Client) -> None:
    schema = read(api, f"{LIST}/tol_tax")["input_schema"]
    told = tried(api, f"{LIST}/tol_tax/test", input=dict.fromkeys(schema["required"], 100))
    assert told["type"] == "success", told


@needs_walls
def test_a_function_is_run_without_being_kept(api: httpx.Client) -> None:
    told = tried(api, f"{LIST}/test", code=SUM, test_input={"a": 1})
    assert told["input_schema"]["required"] == ["a"]
    assert told["output_schema"]["required"] == ["value"]
    assert told["execution"] == {
        "success": True,
        "output": {"value": 3},
        "latency_millis": running.LATENCY_MILLIS,
        "memory_used_mb": running.MEMORY_MB,
        "validation_results": VALID,
    }
    assert [tool["name"] for tool in read(api, LIST, type="lambda")["tools"]] == ["tax"]


@needs_walls
def test_a_function_that_raises_says_what_and_where(api: httpx.Client) -> None:
    code = "def process(a: int):\n    return 1 / a\n"
    error = {
        "message": "ZeroDivisionError: division by zero",
        "traceback": 'Traceback (most recent call last):\n  File "<tool>", line 2, in process\n'
        "    return 1 / a\nZeroDivisionError: division by zero",
    }
    told = tried(api, make(api, code), input={"a": 0})
    assert (told["type"], told["error"]) == ("error", error)
    execution = run(api, code, {"a": 0})
    assert (execution["success"], execution["error"]) == (False, error)
    assert execution["validation_results"] == {"input_valid": True, "validation_errors": []}


@needs_walls
def test_wrong_input_is_told_and_not_tried(api: httpx.Client) -> None:
    told = tried(api, make(api, SUM), input={"a": "x"})
    assert told["error"] == {"message": "'a' is not what the function takes"}
    execution = run(api, SUM, {})
    assert execution["error"] == {"message": "'a' is required"}
    assert execution["validation_results"] == {"input_valid": False, "validation_errors": ["'a' is required"]}


@needs_walls
def test_an_output_of_another_type_is_told(api: httpx.Client) -> None:
    told = tried(api, make(api, "def process() -> int:\n    return 'x'"), input={})
    assert told["output"] == {"value": "x"}
    assert told["validation_results"]["output_valid"] is False
    assert len(told["validation_results"]["validation_errors"]) == 1


@needs_walls
def test_code_that_is_not_sound_is_told_and_not_run(api: httpx.Client) -> None:
    code = "import os\ndef process():\n    return eval('1')"
    told = tried(api, f"{LIST}/test", code=code, test_input={})
    assert told.keys() == {"validation"}
    assert [error[:7] for error in told["validation"]["errors"]] == ["line 1:", "line 3:"]
    refused(
        api.post(LIST, json={"type": "lambda", "name": "n", "title": "T", "description": "d", "code": code}),
        400,
    )


@needs_walls
def test_code_of_a_restored_snapshot_is_checked_before_it_runs(
    api: httpx.Client, understudy: Understudy
) -> None:
    def spoil(world: Any) -> None:
        snapshot = world.snapshot()
        snapshot["tables"] = _replaced(snapshot["tables"])
        world.restore(snapshot)

    understudy.look(spoil)
    told = tried(api, f"{LIST}/tol_tax/test", input={})
    assert told["type"] == "error"
    assert told["error"]["message"].startswith("line 1: module 'os' cannot be imported")


def _replaced(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "import os" if key == "code" else _replaced(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_replaced, value))
    return value


@needs_walls
@pytest.mark.parametrize(
    "limits", [{"timeout_seconds": 1}, {"execution_configuration": {"max_execution_time_seconds": 1}}]
)
def test_an_endless_function_ends_at_its_limit(api: httpx.Client, limits: dict[str, Any]) -> None:
    execution = run(api, FOREVER, {}, **limits)
    assert execution["error"] == {"message": "the function ran longer than its 1 seconds"}
    assert execution["latency_millis"] == 1000


@needs_walls
def test_the_limits_of_a_tool_hold_when_it_is_tried(api: httpx.Client) -> None:
    limits = {"max_execution_time_seconds": 1, "max_memory_mb": 20}
    path = make(
        api,
        "def process(n: int):\n    while not n: pass\n    return len(' ' * n)",
        execution_configuration=limits,
    )
    assert tried(api, path, input={"n": 0}, timeout_seconds=300)["latency_millis"] == 1000
    told = tried(api, path, input={"n": 60_000_000})
    assert told["error"]["message"] == "MemoryError: the function needs more than its 20 MB"


@needs_walls
def test_the_largest_memory_can_be_used(api: httpx.Client) -> None:
    limits = {"max_memory_mb": 1024}
    code = "def process():\n    return [bytes(900_000_000)] and 1"
    assert run(api, code, {}, execution_configuration=limits)["output"] == {"value": 1}


@needs_walls
def test_the_clock_of_the_world_is_that_of_the_code(api: httpx.Client, understudy: Understudy) -> None:
    code = "import time\ndef process() -> float:\n    return time.time()"
    now = understudy.look(lambda world: world.clock.millis())
    assert run(api, code, {})["output"] == {"value": now / 1000}
    understudy.advance(seconds=3600)
    assert run(api, code, {})["output"]["value"] >= now / 1000 + 3600


@needs_walls
def test_other_calls_are_answered_while_functions_run(api: httpx.Client, understudy: Understudy) -> None:
    def runs() -> None:
        with understudy.client() as client:
            run(client, FOREVER, {}, timeout_seconds=2)

    threads = [threading.Thread(target=runs) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    read(api, LIST)
    # An upload is read in a lane of its own.
    file = {"file": ("a.txt", b"The lamp runs for nine hours.", "text/plain")}
    assert api.post("/v2/corpora/handbook/upload_file", files=file).status_code == 201
    assert time.monotonic() - began < 1.5
    assert any(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()


def test_a_kernel_that_refuses_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = "from understudy.sandbox import walls; walls.NAMESPACES['none'] = 1; main()"
    monkeypatch.setattr(running, "_START", running._START.replace("main()", spoiled))
    with pytest.raises(SetupError, match=r"^--allow-lambda: the kernel does not let a process be"):
        create_server(Settings(allow_lambda=True))
    create_server(Settings()).close()


@needs_walls
def test_walls_that_are_gone_later_are_a_fault_and_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may change its mind after the start: then a run is a 500, never a run without walls."""
    spoiled = "from understudy.sandbox import walls; walls.NAMESPACES['none'] = 1; main()"
    monkeypatch.setattr(running, "_START", running._START.replace("main()", spoiled))
    with pytest.raises(RuntimeError, match="a function was not run: unshare"):
        running.run_tool(SUM.encode(), input={"a": 1}, seconds=1, memory_mb=50, now=0)


KILOGRAMS = '''def process(pounds: float) -> dict:
    """Converts a weight in pounds to kilograms."""
    return {"kilograms": round(pounds * 0.45359237, 2)}
'''


def ask(api: httpx.Client, code: str, text: str) -> list[dict[str, Any]]:
    """The events of a new agent that has a function as its tool."""
    wanted = {"type": "lambda", "name": "convert", "title": "Convert", "description": "Converts pounds."}
    tool = api.post(LIST, json={**wanted, "code": code}).json()
    agent = {
        "key": "scale",
        "name": "Scale",
        "model": {"name": "gpt-4o"},
        "tool_configurations": {"convert": {"type": "lambda", "tool_id": tool["id"]}},
        "first_step": {"instructions": [], "output_parser": {"type": "default"}},
    }
    assert api.post("/v2/agents", json=agent).status_code == 201
    assert api.post("/v2/agents/scale/sessions", json={"key": "s"}).status_code == 201
    message = {"type": "input_message", "messages": [{"type": "text", "content": text}]}
    answer = api.post("/v2/agents/scale/sessions/s/events", json=message)
    assert answer.status_code == 201, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    listed = api.get("/v2/agents/scale/sessions/s/events", params={"limit": 100}).json()["events"]
    assert listed == events
    return events


@needs_walls
def test_an_agent_runs_a_function(api: httpx.Client) -> None:
    events = ask(api, KILOGRAMS, "Convert 12 pounds for me, please.")
    kinds = [event["type"] for event in events if event["type"] != "thinking"]
    assert kinds == ["input_message", "tool_input", "tool_output", "agent_output"]
    by_type = {event["type"]: event for event in events}
    assert by_type["tool_input"]["tool_input"] == {"pounds": 12}
    assert by_type["tool_output"]["tool_output"] == {"kilograms": 5.44}
    assert "5.44" in by_type["agent_output"]["content"]


@needs_walls
def test_a_function_that_fails_is_told_to_the_agent(api: httpx.Client) -> None:
    events = ask(api, KILOGRAMS.replace("pounds *", "1 / 0 *"), "Convert 12 pounds for me, please.")
    (output,) = [event for event in events if event["type"] == "tool_output"]
    assert output["error"] is True
    assert "division by zero" in output["tool_output"]["error"]
