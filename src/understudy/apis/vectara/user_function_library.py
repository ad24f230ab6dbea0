"""The functions that a user function can call. Source: the published page on user-defined rerankers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from understudy.apis.vectara.user_function_dates import read_iso
from understudy.apis.vectara.user_function_values import Datetime, Duration, finite, numeric

MANY = 2000
_RIGHT_ANGLES = {0.0: 0.0, 90.0: 1.0, 180.0: 0.0, 270.0: -1.0}


class Function(NamedTuple):
    """How many arguments a function takes, and what it does; null for arguments of other types."""

    least: int
    most: int
    apply: Callable[..., Any]


def _numbers(least: int, compute: Callable[..., float], most: int | None = None) -> Function:
    def apply(*arguments: Any) -> float | None:
        values = [numeric(argument) for argument in arguments]
        known = [value for value in values if value is not None]
        return finite(compute, *known) if len(known) == len(values) else None

    return Function(least, least if most is None else most, apply)


def _unit(seconds: int) -> Function:
    """A number becomes a duration, a duration its number of units."""

    def apply(value: Any) -> Duration | float | None:
        if type(value) is Duration:
            return value.seconds / seconds
        number = numeric(value)
        result = None if number is None else finite(lambda: number * seconds)
        return None if result is None else Duration(result)

    return Function(1, 1, apply)


def _iso(text: Any) -> Datetime | None:
    return read_iso(text) if type(text) is str else None


def _timestamp(moment: Any) -> float | None:
    return moment.seconds if type(moment) is Datetime else None


def _sine(degrees: float) -> float:
    """Exact at right angles, where the sine of the rounded radians is not."""
    angle = math.fmod(degrees, 360) % 360
    exact = _RIGHT_ANGLES.get(angle)
    return math.sin(math.radians(angle)) if exact is None else exact


def _cosine(degrees: float) -> float:
    return _sine(math.fmod(degrees, 360) + 90)


FUNCTIONS: Mapping[str, Function] = {
    "iso_datetime_parse": Function(1, 1, _iso),
    "to_unix_timestamp": Function(1, 1, _timestamp),
    "seconds": _unit(1),
    "minutes": _unit(60),
    "hours": _unit(3600),
    "abs": _numbers(1, abs),
    "power": _numbers(2, math.pow),
    "min": _numbers(1, lambda *values: min(values), MANY),
    "max": _numbers(1, lambda *values: max(values), MANY),
    "sqrt": _numbers(1, math.sqrt),
    "trunc": _numbers(1, math.trunc),
    "sign": _numbers(1, lambda value: (value > 0) - (value < 0)),
    "radians": _numbers(1, math.radians),
    "degrees": _numbers(1, math.degrees),
    "log": _numbers(2, lambda base, value: math.log(value) / math.log(base)),
    "ln": _numbers(1, math.log),
    "log10": _numbers(1, math.log10),
    "sin": _numbers(1, math.sin),
    "sind": _numbers(1, _sine),
    "cos": _numbers(1, math.cos),
    "cosd": _numbers(1, _cosine),
    "tan": _numbers(1, math.tan),
    "tand": _numbers(1, lambda degrees: _sine(degrees) / _cosine(degrees)),
}
"""All but `get`, `now`, `datetime_parse` and `knee`, which are more than functions of their values."""
