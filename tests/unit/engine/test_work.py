"""Slow work: it is done elsewhere, within a time and a memory, and leaves no process behind."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from understudy.engine.work import Work, Workers
from understudy.errors import BadRequest, Unavailable
from understudy.settings import Limits

MEGABYTE = 1024 * 1024


def count(content: bytes, *, times: int = 1) -> dict[str, Any]:
    print("a library that talks")
    return {"length": len(content) * times, "process": os.getpid()}


def refuse(content: bytes) -> None:
    raise ValueError(f"is wrong: {content.decode()}")


def fail(content: bytes) -> None:
    raise KeyError("of our own")


def hang(content: bytes) -> None:
    while True:
        time.sleep(1)


def grow(content: bytes) -> int:
    return len(bytearray(600 * MEGABYTE))


def crash(content: bytes) -> None:
    os.abort()


def nap(content: bytes) -> str:
    time.sleep(3)
    return "rested"


def work(function: Any, content: bytes = b"", **facts: Any) -> Work:
    return Work(function, content, lambda why: BadRequest({"body.file": why}), facts)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker imports the functions above by the name of this module."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(Limits(work_seconds=2, work_memory_bytes=400 * MEGABYTE, work_waiting=3))
    yield made
    made.close()


def test_work_is_done_in_another_process_which_stays(workers: Workers) -> None:
    assert workers.processes == []
    first = asyncio.run(workers.run(work(count, b"x" * 3_000_000, times=2)))
    second = asyncio.run(workers.run(work(count)))
    assert first["length"] == 6_000_000
    assert first["process"] == second["process"] != os.getpid()
    assert workers.processes == [first["process"]]


def test_there_are_never_more_processes_than_allowed_and_what_waits_is_bounded(workers: Workers) -> None:
    async def several(number: int) -> list[Any]:
        return await asyncio.gather(
            *(workers.run(work(count)) for _ in range(number)), return_exceptions=True
        )

    assert len({done["process"] for done in asyncio.run(several(3))}) <= 2
    answers = asyncio.run(several(5))
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 2
    assert len(workers.processes) <= 2


def test_a_value_error_is_a_refusal_and_the_process_stays(workers: Workers) -> None:
    before = asyncio.run(workers.run(work(count)))["process"]
    with pytest.raises(BadRequest) as refused:
        asyncio.run(workers.run(work(refuse, b"nine")))
    assert refused.value.fields == {"body.file": "is wrong: nine"}
    assert workers.processes == [before]


@pytest.mark.parametrize(
    ("function", "why"), [(hang, "longer to work on than 2 seconds"), (grow, "memory"), (crash, "broke")]
)
def test_work_that_takes_too_much_is_refused_and_its_process_replaced(
    workers: Workers, function: Any, why: str
) -> None:
    before = asyncio.run(workers.run(work(count)))["process"]
    with pytest.raises(BadRequest, match=r".*") as refused:
        asyncio.run(workers.run(work(function)))
    assert why in refused.value.fields["body.file"]
    assert asyncio.run(workers.run(work(count)))["process"] != before
    assert not is_alive(before)


def test_work_of_one_lane_does_not_wait_for_another_and_may_take_longer(workers: Workers) -> None:
    long = dataclasses.replace(work(nap), seconds=20.0, lane="running")

    async def both() -> tuple[bool, list[str]]:
        naps = asyncio.gather(workers.run(long), workers.run(long))
        await asyncio.sleep(0)
        await workers.run(work(count))
        return naps.done(), await naps

    assert asyncio.run(both()) == (False, ["rested", "rested"])


def test_a_fault_of_ours_is_told_with_its_traceback(workers: Workers) -> None:
    with pytest.raises(RuntimeError, match="of our own"):
        asyncio.run(workers.run(work(fail)))


def test_closing_ends_the_processes_also_those_at_work(workers: Workers) -> None:
    async def closed() -> Any:
        at_work = asyncio.ensure_future(workers.run(work(hang)))
        while not workers.processes:
            await asyncio.sleep(0.01)
        process = workers.processes[0]
        workers.close()
        with pytest.raises(BadRequest):
            await at_work
        return process

    assert not is_alive(asyncio.run(closed()))
    assert workers.processes == []
    assert asyncio.run(workers.run(work(count)))["length"] == 0  # and later work starts a new one


def test_closing_does_not_wait_for_what_has_not_begun(workers: Workers) -> None:
    long = dataclasses.replace(work(hang), seconds=60.0)

    async def closed() -> list[Any]:
        at_work = asyncio.gather(*(workers.run(long) for _ in range(3)), return_exceptions=True)
        while len(workers.processes) < 2:
            await asyncio.sleep(0.01)
        workers.close()
        return await at_work

    began = time.monotonic()
    kinds = [type(answer) for answer in asyncio.run(closed())]
    assert kinds == [BadRequest, BadRequest, asyncio.CancelledError]
    assert time.monotonic() - began < 30


def test_whoever_forgets_to_close_leaves_no_process() -> None:
    forgotten = Workers(Limits())
    process = asyncio.run(forgotten.run(work(count)))["process"]
    del forgotten
    deadline = time.monotonic() + 10
    while is_alive(process):  # the thread that worked lets go of it a moment after its result is there
        assert time.monotonic() < deadline
        gc.collect()
        time.sleep(0.01)
