"""Faults: what goes wrong on purpose, for which calls, how often; the same in every run."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

from understudy.engine.context import Call
from understudy.errors import ApiError, NotThere, SetupError

EFFECTS = ("status", "reset", "half_body", "drip", "bad_json", "content_type", "stream")
"""What a fault does besides waiting; each does one of them, or only waits."""
STREAM_EFFECTS = (
    "cut_after", "cut_at_byte", "cut_in_character", "end_after", "error_after", "stall_after",
)  # fmt: skip
"""What can happen to a stream; each takes the number of whole events or bytes that come through."""
FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
"""Headers that the server writes itself: others beside them would make the answer unreadable."""
LONGEST_SECONDS = 600.0
"""A fault waits no longer, whatever it is told."""


class InjectedFault(ApiError):
    """A refusal that somebody asked for."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str]) -> None:
        super().__init__(message, headers=dict(headers))
        self.status = status  # type: ignore[misc]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Args:
        name: unique in its world.
        operation: operation id, tag, `<api>:<operation id>`, or `*` for all.
        status: answered instead of acting, with `body` or else the API's own error body, and `headers`.
        retry_after: seconds, told in the header of that name.
        latency: milliseconds, `{fixed: n}` or `{lognormal: {median: n, sigma: s}}`.
        reset: the connection is reset before anything is done.
        half_body: half of the body comes, then the end of the connection.
        drip: `{bytes, millis}`: so many bytes at a time, with a pause between.
        bad_json: the body is no valid JSON.
        content_type: told instead of the right one.
        stream: one of `STREAM_EFFECTS`, and `millis` for how long it stalls; touches streams alone.
        probability: share of the calls, decided by the seed of the world.
        times: how often it fires at most; None for ever.
        skip: how many calls go well first.
    """

    name: str
    operation: str = "*"
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    latency: float | Mapping[str, Any] = 0
    reset: bool = False
    half_body: bool = False
    drip: Mapping[str, int] | None = None
    bad_json: bool = False
    content_type: str | None = None
    stream: Mapping[str, Any] | None = None
    probability: float = 1.0
    times: int | None = None
    skip: int = 0

    @property
    def effect(self) -> str:
        """What it does, in the words of `EFFECTS`; `latency` when it only waits."""
        return next((name for name in EFFECTS if getattr(self, name) not in (None, False)), "latency")

    def meets(self, call: Call) -> bool:
        """Whether it is about the operation of this call."""
        operation = call.operation
        if self.operation == "*":
            return True
        api, _, wanted = self.operation.rpartition(":")
        return (
            operation is not None and wanted in (operation.id, operation.tag) and api in ("", call.api.name)
        )

    def seconds(self, share: float) -> float:
        """How long it waits; `share` (0 to 1) picks a value of a distribution."""
        if isinstance(self.latency, int | float):
            millis = float(self.latency)
        elif "fixed" in self.latency:
            millis = float(self.latency["fixed"])
        else:
            shape = self.latency["lognormal"]
            deviation = NormalDist().inv_cdf(min(max(share, 1e-9), 1 - 1e-9))
            millis = float(shape["median"]) * math.exp(float(shape["sigma"]) * deviation)
        return min(millis / 1000, LONGEST_SECONDS)

    def refusal(self) -> InjectedFault:
        """What is answered for its status."""
        assert self.status is not None
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["retry-after"] = f"{self.retry_after:g}"
        return InjectedFault(self.status, f"fault '{self.name}' of this world", headers)

    def plain(self) -> dict[str, Any]:
        """The fault as files and the control plane write it; members that say nothing are left out."""
        told: dict[str, Any] = {"name": self.name, "operation": self.operation}
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value != default:
                told[name] = dict(value) if isinstance(value, Mapping) else value
        return told


_DEFAULTS: Mapping[str, Any] = {
    "status": None, "body": None, "headers": {}, "retry_after": None, "latency": 0, "reset": False,
    "half_body": False, "drip": None, "bad_json": False, "content_type": None, "stream": None,
    "probability": 1.0, "times": None, "skip": 0,
}  # fmt: skip


def fault_of(given: Mapping[str, Any], name: str) -> Fault:
    """A fault from its members, which have the right types; SetupError when they do not go together."""
    fault = Fault(**{"name": name, **given})
    effects = [one for one in EFFECTS if getattr(fault, one) not in (None, False)]
    if len(effects) > 1:
        raise SetupError(f"does two things at once, {' and '.join(effects)}; make two faults of it")
    if not effects and not fault.latency:
        raise SetupError(f"does nothing: it needs one of {', '.join((*EFFECTS, 'latency'))}")
    if fault.status is None and (fault.body is not None or fault.headers or fault.retry_after is not None):
        raise SetupError("body, headers and retry_after stand beside a status")
    check_headers(fault.headers)
    if fault.stream is not None:
        kinds = [one for one in STREAM_EFFECTS if one in fault.stream]
        if len(kinds) != 1:
            raise SetupError(f"stream takes one of {', '.join(STREAM_EFFECTS)}")
    return fault


def check_headers(headers: Mapping[str, str]) -> None:
    """SetupError for a header that the server writes itself."""
    for name in headers:
        if name.lower() in FRAMING:
            raise SetupError(
                f"header '{name}' is written by the server; leave it out, or use half_body or drip"
            )


@dataclass
class Count:
    """How many calls a fault was asked about, and for how many it fired."""

    met: int = 0
    fired: int = 0


class Faults:
    """The faults of one world, in order, with what each has done so far."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = {fault.name: fault for fault in faults}
        self.counts = {fault.name: Count() for fault in faults}
        self._added = len(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def __contains__(self, name: str) -> bool:
        return name in self._faults

    def add(self, given: Mapping[str, Any]) -> Fault:
        """A new fault, which gets a name if it has none; SetupError when it is not one, or is there."""
        self._added += 1
        fault = fault_of(given, f"fault-{self._added}")
        if fault.name in self._faults:
            raise SetupError(f"there is a fault '{fault.name}' already")
        self._faults[fault.name] = fault
        self.counts[fault.name] = Count()
        return fault

    def remove(self, name: str) -> None:
        """SetupError when there is no fault of that name."""
        if name not in self._faults:
            raise NotThere(f"no fault '{name}'")
        del self._faults[name], self.counts[name]

    def clear(self) -> None:
        self._faults.clear()
        self.counts.clear()

    def plain(self) -> list[dict[str, Any]]:
        """Every fault with its counts."""
        return [
            {**fault.plain(), "met": self.counts[name].met, "fired": self.counts[name].fired}
            for name, fault in self._faults.items()
        ]

    def copy(self) -> Faults:
        other = Faults()
        other._faults = dict(self._faults)
        other.counts = {name: Count(count.met, count.fired) for name, count in self.counts.items()}
        other._added = self._added
        return other

    def fire(self, call: Call, *, streams: bool) -> list[Fault]:
        """The faults that fire for a call: those of streams, or all others."""
        return [
            fault
            for fault in self._faults.values()
            if (fault.stream is not None) is streams and fault.meets(call) and self._fires(call, fault)
        ]

    def _fires(self, call: Call, fault: Fault) -> bool:
        count = self.counts[fault.name]
        count.met += 1
        if count.met <= fault.skip or (fault.times is not None and count.fired >= fault.times):
            return False
        if fault.probability < 1 and share(call.world.seed, fault.name, count.met) >= fault.probability:
            return False
        count.fired += 1
        return True


def share(*facts: object) -> float:
    """A number from 0 to 1 that these facts decide, evenly spread."""
    digest = hashlib.blake2b("\0".join(map(str, facts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


_PREFERENCE = re.compile(r'\s*([A-Za-z-]+)\s*=\s*"?([A-Za-z0-9_.-]+)"?\s*', re.ASCII)


def preferred(header: bytes | None) -> list[Fault]:
    """The faults of a `Prefer: code=429, delay=2, retry-after=1` header; others are passed over."""
    if header is None:
        return []
    wanted = {
        match[1].lower(): match[2]
        for part in re.split(r"[,;]", header.decode("latin-1"))
        if (match := _PREFERENCE.fullmatch(part))
    }
    found = []
    delay = _number(wanted.get("delay", "").removesuffix("s"))
    if delay:
        found.append(Fault("prefer delay", latency=delay * 1000))
    code = wanted.get("code", "")
    if code.isdigit() and 400 <= int(code) <= 599:
        found.append(
            Fault("prefer code", status=int(code), retry_after=_number(wanted.get("retry-after", "")))
        )
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
