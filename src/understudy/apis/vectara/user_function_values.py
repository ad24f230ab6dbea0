"""The values of user functions and their operators; None is null, the result of whatever is not defined."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Operator = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, order=True)
class Datetime:
    """A moment, in seconds since the Unix epoch."""

    seconds: float


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time in seconds."""

    seconds: float


TYPES = (float, str, bool, Datetime, Duration)


def of_json(value: Any) -> Any:
    """A member of a result as a value of the language; null for lists, objects and what is too large."""
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            return None
    if type(value) is float:
        return value if math.isfinite(value) else None
    return value if type(value) in (str, bool) else None


def numeric(value: Any) -> float | None:
    """A number, or a boolean as 1 and 0 (choice: no source says what booleans are in sums)."""
    if type(value) is float:
        return value
    return float(value) if type(value) is bool else None


def finite(compute: Callable[..., float], *arguments: float) -> float | None:
    """The result when there is one and it is finite."""
    try:
        result = float(compute(*arguments))
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None


# What comes of times: by operator and operand types, the type of the result.
_TIMES: dict[tuple[str, type, type], type] = {
    ("-", Datetime, Datetime): Duration,
    ("-", Datetime, Duration): Datetime,
    ("+", Datetime, Duration): Datetime,
    ("+", Duration, Datetime): Datetime,
    ("+", Duration, Duration): Duration,
    ("-", Duration, Duration): Duration,
    ("*", Duration, float): Duration,
    ("*", float, Duration): Duration,
    ("/", Duration, float): Duration,
    ("/", Duration, Duration): float,
}


def _arithmetic(symbol: str, compute: Callable[[float, float], float]) -> Operator:
    def apply(left: Any, right: Any) -> Any:
        a, b = numeric(left), numeric(right)
        if a is not None and b is not None:
            return finite(compute, a, b)
        made = _TIMES.get((symbol, type(left), type(right)))
        if made is None:
            return None
        result = finite(compute, getattr(left, "seconds", left), getattr(right, "seconds", right))
        return None if result is None else made(result)

    return apply


def _ordering(compare: Operator) -> Operator:
    def apply(left: Any, right: Any) -> bool | None:
        if type(left) is not type(right) or type(left) not in TYPES:
            return None
        return bool(compare(left, right))

    return apply


def equal(left: Any, right: Any) -> bool:
    """Equality always has an answer: null equals null alone, and values of two types differ."""
    return type(left) is type(right) and bool(left == right)


def negated(value: Any) -> Any:
    """Unary minus."""
    if type(value) is Duration:
        return Duration(-value.seconds)
    number = numeric(value)
    return None if number is None else -number


OPERATORS: dict[str, Operator] = {
    "==": equal,
    "===": equal,
    "!=": lambda left, right: not equal(left, right),
    "!==": lambda left, right: not equal(left, right),
    "<": _ordering(operator.lt),
    "<=": _ordering(operator.le),
    ">": _ordering(operator.gt),
    ">=": _ordering(operator.ge),
    "+": _arithmetic("+", operator.add),
    "-": _arithmetic("-", operator.sub),
    "*": _arithmetic("*", operator.mul),
    "/": _arithmetic("/", operator.truediv),
    "%": _arithmetic("%", math.fmod),  # the sign of the dividend, as in Java
}
