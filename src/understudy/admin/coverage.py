"""What the client under test has touched, and what it has used. Spec tag: Coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from understudy.admin.plane import Plane, control, plane_of, world_of
from understudy.engine import spec
from understudy.engine.compiling import Compiled
from understudy.engine.context import Context
from understudy.engine.replies import Reply
from understudy.state.world import World

Json = dict[str, Any]


@control("getCoverage")
def get_coverage(ctx: Context, world: str) -> Json:
    found = world_of(ctx, world)
    rows = [row for compiled in plane_of(ctx).apis for row in _rows(compiled, found)]
    touched = [row for row in rows if row["calls"]]
    summary = {
        "operations": len(rows),
        "operations_touched": len(touched),
        "statuses": sum(len(row["statuses"]) + len(row["missed_statuses"]) for row in rows),
        "statuses_touched": sum(len(row["statuses"]) - len(row["undocumented"]) for row in rows),
        "events": sum(len(row["events"]) + len(row["missed_events"]) for row in rows),
        "events_touched": sum(len(row["events"]) for row in rows),
    }
    return {
        "operations": rows,
        "faults": dict(sorted(found.journal.tally.played.items())),
        "summary": summary,
    }


def _rows(compiled: Compiled, world: World) -> Iterator[Json]:
    """One row for each operation of an API."""
    name, tally = compiled.api.name, world.journal.tally
    statuses: dict[str, dict[int, int]] = defaultdict(dict)
    for (api, operation, status), count in tally.calls.items():
        if api == name:
            statuses[operation][status] = count
    events: dict[str, dict[str, int]] = defaultdict(dict)
    for (api, operation, kind), count in tally.events.items():
        if api == name:
            events[operation][kind] = count
    for _, _, raw in spec.operations(dict(compiled.bundle)):
        operation = raw["operationId"]
        documented = {int(status) for status in raw["responses"] if status.isdigit()}
        had, told = statuses[operation], events[operation]
        yield {
            "api": name,
            "operation": operation,
            "calls": sum(had.values()),
            "statuses": {str(status): had[status] for status in sorted(had)},
            "undocumented": sorted(set(had) - documented - {0}),
            "missed_statuses": sorted(documented - set(had)),
            "events": dict(sorted(told.items())),
            "missed_events": sorted(_kinds(raw) - set(told)),
        }


def _kinds(raw: Json) -> set[str]:
    """The kinds of events that a stream can tell."""
    stream = raw.get("x-stream", {})
    if "order" in stream:
        return set(stream["order"]) | {stream["breaks"]}
    if "follows" in stream:
        return {kind for kind in stream["follows"] if kind != "begin"} | {stream["breaks"]}
    return {"chat.completion.chunk"} if stream else set()


@control("getUsage")
def get_usage(ctx: Context, world: str) -> Json:
    found = world_of(ctx, world)
    return {"used": {"calls": found.calls, **dict(sorted(found.used.items()))}}


@control("getMetrics")
def get_metrics(ctx: Context) -> Reply:
    """The counters of the worlds that there are, by operation and never by path."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(plane_of(ctx)))
    return Reply(generate_latest(registry), 200, media_type=CONTENT_TYPE_LATEST)


class _Collector:
    """Reads the worlds when it is asked."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        worlds = [self._plane.worlds.existing(name) for name in self._plane.worlds.names()]
        calls: Counter[tuple[str, ...]] = Counter()
        played: Counter[tuple[str, ...]] = Counter()
        used: Counter[tuple[str, ...]] = Counter()
        for world in worlds:
            for (api, operation, status), count in world.journal.tally.calls.items():
                calls[api, operation or "none", str(status)] += count
            for what, count in world.journal.tally.played.items():
                played[(what.partition(" ")[0],)] += count
            used.update({(name,): amount for name, amount in world.used.items()})
        for name, text, labels, counter in (
            ("understudy_requests", "Calls by operation.", ["api", "operation", "status"], calls),
            ("understudy_played", "Calls that a fault or a rule had a part in.", ["kind"], played),
            ("understudy_used", "What calls have used up.", ["counter"], used),
        ):
            family = CounterMetricFamily(name, text, labels=labels)
            for values, count in sorted(counter.items()):
                family.add_metric(values, count)
            yield family
        dropped = sum(world.journal.dropped for world in worlds)
        records = sum(len(table) for world in worlds for table in world.store.tables().values())
        yield CounterMetricFamily("understudy_journal_dropped", "Entries that have had to go.", dropped)
        yield GaugeMetricFamily("understudy_worlds", "Worlds that there are.", len(worlds))
        yield GaugeMetricFamily("understudy_records", "Records of all worlds.", records)
