"""How long callers of v1 wait: `grpc-timeout`, or `timeout` in seconds."""

from __future__ import annotations

from fractions import Fraction

from understudy.apis.vectara.v1.errors import Expired
from understudy.engine.context import Context

_MILLIS = {
    "H": Fraction(3_600_000),
    "M": Fraction(60_000),
    "S": Fraction(1000),
    "m": Fraction(1),
    "u": Fraction(1, 1000),
    "n": Fraction(1, 1_000_000),
}


def check(ctx: Context, grpc_timeout: str | None, timeout: int | None) -> None:
    """504 when the latency of the world is longer than that; `grpc-timeout` wins. Never a measured time."""
    latency = ctx.world.lifecycle.latency_millis
    if grpc_timeout is not None:
        limit = int(grpc_timeout[:-1]) * _MILLIS[grpc_timeout[-1]]
    elif timeout is not None:
        limit = Fraction(timeout * 1000)
    else:
        return
    if latency > limit:
        raise Expired(f"the request takes {latency} ms here, the deadline was {float(limit):g} ms")
