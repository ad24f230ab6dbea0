"""Two servers beside each other: each is measured in turn, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from load import Load
from servers import Server, running

Figures = dict[str, dict[str, dict[str, float]]]


def medians(
    title: str,
    servers: Sequence[str],
    subjects: Iterable[str],
    run: Callable[[Server, str, int], Load],
    peers: Path,
    rounds: int,
) -> Figures:
    """Per subject and server the medians of requests a second and CPU.

    Args:
        title: of the measurement, for what is said when a server does not answer.
        run: a load of one subject on a server, in the round of that number.
    """
    runs: dict[str, dict[str, list[Load]]] = {one: {name: [] for name in servers} for one in subjects}
    with ExitStack() as stack:
        started = [stack.enter_context(running(name, peers)) for name in servers]
        for number in range(rounds):
            for subject in runs:
                for server in started if number % 2 else reversed(started):
                    done = run(server, subject, number)
                    if done.refused or done.broken:
                        raise SystemExit(
                            f"{title}: {server.name} refused {done.refused}, broke {done.broken}"
                        )
                    runs[subject][server.name].append(done)
    return {
        subject: {
            name: {
                "per_second": median(run.per_second for run in done),
                "cpu_us": median(run.cpu_us for run in done),
            }
            for name, done in found.items()
        }
        for subject, found in runs.items()
    }
