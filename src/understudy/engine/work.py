"""Slow pure work: it runs first, in processes of its own, with a deadline and a memory limit (ADR 0006)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import orjson

from understudy.engine.worker import FRAME
from understudy.errors import ApiError, Unavailable
from understudy.settings import Limits


@dataclass(frozen=True)
class Work:
    """One piece of work: a call of a pure function, in plain data.

    Args:
        function: a function of a module, called in another process as `function(content, **facts)`. It
            returns what JSON can hold. A ValueError says what is wrong with the content.
        content: the bytes it works on.
        refuse: the refusal for a content that cannot be worked on, from the text that says why.
        facts: further arguments, as JSON can hold them.
        seconds: how long it may take; the limit of the server when None.
        lane: work of different lanes does not wait for one another.
    """

    function: Callable[..., Any]
    content: bytes
    refuse: Callable[[str], ApiError]
    facts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    lane: str = "reading"

    def __hash__(self) -> int:
        return hash((self.function, self.content))


class Workers:
    """The processes that work; each is started when it is first needed and serves until it fails.

    Args:
        limits: how many there are in each lane, what a piece of work may cost and how many pieces may wait.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._waiting = 0
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        # Whoever forgets to close a server leaves no process behind.
        weakref.finalize(self, _stop_all, self._idle, self._busy)

    async def run(self, work: Work) -> Any:
        """What the function returns; its refusal, or that of a work which takes too much, is raised.

        No loop is kept in mind: tests call one server from several.
        """
        if self._waiting >= self._limits.work_waiting:
            raise Unavailable("too much work is waiting already", headers={"retry-after": "1"})
        self._waiting += 1
        try:
            if work.lane not in self._threads:
                self._threads[work.lane] = ThreadPoolExecutor(self._limits.workers, "understudy-work")
            threads = self._threads[work.lane]
            reply = await asyncio.get_running_loop().run_in_executor(threads, self._done, work)
        finally:
            self._waiting -= 1
        if "refused" in reply:
            raise work.refuse(reply["refused"])
        if "fault" in reply:
            raise RuntimeError(f"the work {work.function.__name__} failed:\n{reply['fault']}")
        return reply["result"]

    def close(self) -> None:
        """Stop the processes and forget what waits; later work would start new ones."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            _stop_all(self._idle, self._busy)
        for threads in self._threads.values():
            threads.shutdown()
        self._threads = {}
        with self._lock:
            _stop_all(self._idle, self._busy)

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that are there."""
        with self._lock:
            return [worker.process.pid for worker in (*self._idle, *self._busy)]

    def _done(self, work: Work) -> dict[str, Any]:
        """Runs in a thread, one for each process: talk to a worker until it is done or its time is up."""
        with self._lock:
            worker = self._idle.pop() if self._idle else _Worker(self._limits.work_memory_bytes)
            self._busy.append(worker)
        seconds = self._limits.work_seconds if work.seconds is None else work.seconds
        timer = threading.Timer(seconds, worker.expire)
        timer.start()
        try:
            reply = worker.exchange(work)
        except (OSError, EOFError, ValueError):  # a pipe that was closed meanwhile is a ValueError
            reply = {"refused": _what_ended(worker, seconds), "last": True}
        finally:
            timer.cancel()
            timer.join()  # from here on it is certain whether the time was up
        with self._lock:
            if worker in self._busy:  # else it was closed meanwhile
                self._busy.remove(worker)
            if worker.expired or reply.get("last"):
                worker.stop()
            else:
                self._idle.append(worker)
        return reply


def _what_ended(worker: _Worker, seconds: float) -> str:
    if worker.expired:
        return f"takes longer to work on than {seconds:g} seconds"
    return "broke the process that worked on it"


def _stop_all(*groups: list[_Worker]) -> None:
    for group in groups:
        while group:
            group.pop().stop()


class _Worker:
    """One process, with the pipes that lead there and back."""

    def __init__(self, memory_bytes: int) -> None:
        # A process of our own rather than multiprocessing: that would run the program of our user anew.
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-W", "ignore", "-m", "understudy.engine.worker", str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=-1,
        )
        self.expired = False

    def exchange(self, work: Work) -> dict[str, Any]:
        """Hand over the work and wait for the reply; EOFError or OSError when the process ends instead."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        function = f"{work.function.__module__}:{work.function.__qualname__}"
        head = orjson.dumps({"function": function, "facts": dict(work.facts)})
        for piece in (FRAME.pack(len(head), len(work.content)), head, work.content):
            self.process.stdin.write(piece)
        self.process.stdin.flush()
        prefix = self.process.stdout.read(FRAME.size)
        if len(prefix) < FRAME.size:
            raise EOFError
        length, _ = FRAME.unpack(prefix)
        body = self.process.stdout.read(length)
        if len(body) < length:
            raise EOFError
        reply: dict[str, Any] = orjson.loads(body)
        return reply

    def expire(self) -> None:
        """End the process because its time is up; whoever waits for it finds its pipe closed."""
        self.expired = True
        self.process.kill()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not yet written cannot be any more
                    continue
