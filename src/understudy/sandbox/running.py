"""Runs the function of a tool in a process apart, one process for each run, and tells what came of it.

`run` is plain and waits; what answers requests hands it to `engine.work` (`run_tool`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from understudy.behaviours.functions import input_faults, output_faults, read_function
from understudy.errors import SetupError

MEGABYTE = 1024 * 1024
START_SECONDS = 20
"""How long the process apart may take until it runs code of the caller."""
MOST_SECONDS_AROUND = 2.0 * START_SECONDS
"""What `run_tool` may take beside the run: reading the code and starting the process."""
MOST_OUTPUT_BYTES = 1_000_000
DEEPEST_OUTPUT = 100
LATENCY_MILLIS, CHARACTERS_PER_MILLI = 10, 100
MEMORY_MB = 8
"""What a run is said to have taken, so that answers do not depend on the machine (guess)."""
_START = "import sys; sys.path.append(sys.argv[1]); from understudy.sandbox.child import main; main()"
_PACKAGES = str(Path(__file__).parents[2])
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "TZ": "UTC0"}
_CURE = (
    "allow user namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0, "
    "the seccomp profile of the container) or serve without --allow-lambda"
)


@dataclass(frozen=True)
class Limits:
    """What a run may take: seconds from 1, megabytes from 10."""

    seconds: int = 30
    memory_mb: int = 100


@dataclass(frozen=True)
class Outcome:
    """What came of a run: an output, or a message about why there is none.

    Args:
        output: a JSON object; what is none is wrapped as `{"value": ...}`.
        message: empty when there is an output.
        traceback: the frames of the tool, empty when there are none.
        latency_millis, memory_used_mb: told, not measured.
    """

    output: dict[str, Any] | None = None
    message: str = ""
    traceback: str = ""
    latency_millis: int = LATENCY_MILLIS
    memory_used_mb: int = MEMORY_MB


class _Refused(Exception):
    """The kernel does not build the walls."""


def run(code: str, input: Mapping[str, Any], limits: Limits, now: int) -> Outcome:
    """Call `process(**input)` of a source.

    Args:
        code: checked anew; what may not stand in it is the message of the outcome.
        now: the time of the world in milliseconds, at which the clock stands for the code.

    Raises RuntimeError when the walls cannot be built: nothing has run then.
    """
    errors = read_function(code.encode("utf-8", "surrogatepass")).get("errors")
    if errors:
        return Outcome(message="; ".join(errors), latency_millis=0, memory_used_mb=0)
    try:
        return _outcome(_answer(code, input, limits, now), code, limits)
    except _Refused as refusal:
        raise RuntimeError(f"a function was not run: {refusal}") from None


def run_tool(
    content: bytes, *, input: Mapping[str, Any], seconds: int, memory_mb: int, now: int
) -> dict[str, Any]:
    """`run` as a piece of work, with what the code says of itself: `{errors}`, or schemas and `outcome`.

    Input that does not fit the schema is not tried (guess); `outcome` is that of `run` as plain data, with
    `validation_results`.
    """
    read = read_function(content)
    if "errors" in read:
        return read
    faults = input_faults(input, read["input_schema"])
    results: dict[str, Any] = {"input_valid": not faults, "validation_errors": faults}
    if faults:
        outcome = Outcome(message="; ".join(faults), latency_millis=0, memory_used_mb=0)
    else:
        outcome = run(content.decode(), input, Limits(seconds, memory_mb), now)
        if outcome.output is not None:
            results["validation_errors"] = output_faults(outcome.output, read.get("output_schema", {}))
            results["output_valid"] = not results["validation_errors"]
    return {**read, "outcome": {**vars(outcome), "validation_results": results}}


def check() -> None:
    """SetupError, with the cure, unless this machine lets a process be shut in."""
    if sys.platform != "linux":
        raise SetupError(f"needs the namespaces of Linux, and this is {sys.platform}", "--allow-lambda")
    try:
        answer = _answer("def process(): return 1", {}, Limits(10, 100), 0)
    except (_Refused, OSError) as refusal:
        told = f"the kernel does not let a process be shut in; tried {refusal}; {_CURE}"
        raise SetupError(told, "--allow-lambda") from None
    if answer != {"output": "1"}:
        raise SetupError(f"a first function did not run: {answer}", "--allow-lambda")


def _answer(code: str, input: Mapping[str, Any], limits: Limits, now: int) -> dict[str, Any]:
    """The last line of the process apart; `{"late": True}` when its time was up, empty when it broke."""
    asked = {
        "code": code,
        "input": dict(input),
        "seconds": limits.seconds,
        "memory_bytes": limits.memory_mb * MEGABYTE,
        "output_bytes": MOST_OUTPUT_BYTES,
        "now": now,
    }
    # Not -I, which would ignore the seed of hashes; the environment holds nothing but what stands here.
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-s", "-S", "-B", "-W", "ignore", "-c", _START, _PACKAGES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        return _exchange(process, process.stdin, process.stdout, json.dumps(asked).encode(), limits.seconds)
    finally:
        _kill(process)
        process.wait()
        with suppress(OSError):  # what was not yet written cannot be any more
            process.stdin.close()
        process.stdout.close()


def _exchange(
    process: subprocess.Popen[bytes], given: IO[bytes], answers: IO[bytes], asked: bytes, seconds: int
) -> dict[str, Any]:
    with _deadline(process, START_SECONDS):
        with suppress(OSError):  # it may have ended already, and its answer says why
            given.write(asked)
            given.close()
        first = _line(answers)
    if first.get("ready") is not True:
        raise _Refused(first.get("refused", "a process of Python, which ended at once"))
    with _deadline(process, seconds) as deadline:
        last = _line(answers)
    return {"late": True} if deadline.passed and not last else last


class _deadline:  # noqa: N801 - used like a function
    """Ends a process unless the block ends first."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: int) -> None:
        self.passed = False
        self._process = process
        self._timer = threading.Timer(seconds, self._expire)

    def __enter__(self) -> _deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def _expire(self) -> None:
        self.passed = True
        _kill(self._process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group; it has not been waited for, so its number is still its own."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _line(answers: IO[bytes]) -> dict[str, Any]:
    # JSON in JSON: at worst each character of the output takes six
    line = answers.readline(7 * MOST_OUTPUT_BYTES)
    try:
        read = orjson.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _outcome(answer: Mapping[str, Any], code: str, limits: Limits) -> Outcome:
    took = LATENCY_MILLIS + len(code) // CHARACTERS_PER_MILLI
    if "late" in answer:
        message = f"the function ran longer than its {limits.seconds} seconds"
        return Outcome(message=message, latency_millis=limits.seconds * 1000)
    error = answer.get("error")
    if error is not None:
        message = error["message"]
        if message.startswith("MemoryError"):
            message = f"MemoryError: the function needs more than its {limits.memory_mb} MB"
        return Outcome(message=message, traceback=error.get("traceback", ""), latency_millis=took)
    if "output" not in answer:
        return Outcome(message="the function broke the process that ran it", latency_millis=took)
    try:
        output = json.loads(answer["output"])
        _check_values(output)
    except (ValueError, RecursionError) as fault:
        why = str(fault) or f"is nested deeper than {DEEPEST_OUTPUT} levels"
        return Outcome(message=f"the output {why}", latency_millis=took)
    wrapped = output if isinstance(output, dict) else {"value": output}
    return Outcome(output=wrapped, latency_millis=took)


def _check_values(output: Any) -> None:
    """ValueError for what is JSON and more than answers can hold."""
    level = [output]
    for _ in range(DEEPEST_OUTPUT):
        if any(type(one) is int and not -(2**63) <= one < 2**64 for one in level):
            raise ValueError("holds an integer of more than 64 bits")
        nested = [one for one in level if isinstance(one, dict | list)]
        level = [part for one in nested for part in (one.values() if isinstance(one, dict) else one)]
    if level:
        raise ValueError
