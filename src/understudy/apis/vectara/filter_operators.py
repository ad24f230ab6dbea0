"""The operators of metadata filters, on values and on compiled operands; None is both null and unknown."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]
Run = Callable[[str, Row, Row], Any]  # of document id, document metadata, part metadata
Operator = Callable[[Any, Any], Any]

# The kind of a value. Whatever is not here, None and objects, is null to the dialect.
KIND_OF = {int: "number", float: "number", str: "text", bool: "boolean", list: "list"}
_SCALARS = ("number", "text", "boolean")


def equal(left: Any, right: Any) -> bool | None:
    """Null when a side is null or the kinds differ. A list equals nothing: IN looks into lists."""
    kind, other = KIND_OF.get(type(left)), KIND_OF.get(type(right))
    if kind is None or other is None:
        return None
    if kind is not other:
        return False if "list" in (kind, other) else None
    return kind != "list" and bool(left == right)


def _unequal(left: Any, right: Any) -> bool | None:
    if (type(left) in KIND_OF) is not (type(right) in KIND_OF):
        return True  # the documented `part.is_title <> true` keeps parts that do not say
    return None if (same := equal(left, right)) is None else not same


def _ordering(compare: Operator) -> Operator:
    def apply(left: Any, right: Any) -> bool | None:
        kind = KIND_OF.get(type(left))
        if kind not in _SCALARS or kind != KIND_OF.get(type(right)):
            return None
        return bool(compare(left, right))

    return apply


def _arithmetic(compute: Operator) -> Operator:
    def apply(left: Any, right: Any) -> int | float | None:
        if KIND_OF.get(type(left)) != "number" or KIND_OF.get(type(right)) != "number":
            return None
        try:
            result: int | float = compute(left, right)
        except (ArithmeticError, ValueError):
            return None
        fits = -(2**63) <= result < 2**63 if type(result) is int else math.isfinite(result)
        return result if fits else None

    return apply


def _remainder(left: Any, right: Any) -> int | float:
    """The remainder with the sign of the dividend, as in SQL; Python's has the sign of the divisor."""
    if type(left) is int and type(right) is int:
        return int(math.copysign(1, left)) * (abs(left) % abs(right))
    return math.fmod(left, right)


OPERATORS: dict[str, Operator] = {
    "=": equal,
    "==": equal,
    "!=": _unequal,
    "<>": _unequal,
    "<": _ordering(operator.lt),
    "<=": _ordering(operator.le),
    ">": _ordering(operator.gt),
    ">=": _ordering(operator.ge),
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "%": _arithmetic(_remainder),
}


def decided_by(decisive: bool, runs: list[Run]) -> Run:
    """AND is decided by a false operand, OR by a true one; short of that one unknown makes it unknown."""

    def run(i: str, d: Row, p: Row) -> bool | None:
        result: bool | None = not decisive
        for operand in runs:
            value: bool | None = operand(i, d, p)
            if value is decisive:
                return value
            if value is None:
                result = None
        return result

    return run


def negated(run: Run) -> Run:
    return lambda i, d, p: None if (value := run(i, d, p)) is None else not value


def found(value: Run, items: Run) -> Run:
    """IN: `=` with each item, joined by OR. Unknown when the value is null or there is no list to look in."""

    def run(i: str, d: Row, p: Row) -> bool | None:
        wanted, candidates = value(i, d, p), items(i, d, p)
        if type(wanted) not in KIND_OF or type(candidates) is not list:
            return None
        result: bool | None = False
        for candidate in candidates:
            same = equal(wanted, candidate)
            if same:
                return True
            if same is None:
                result = None
        return result

    return run


def among_constants(value: Run, constants: list[Any]) -> Run:
    """`found` for a list that is the same for every row: one look into a set, however long the list is."""
    kinds = {KIND_OF.get(type(constant)) for constant in constants}
    same = {kind: {c for c in constants if KIND_OF.get(type(c)) == kind} for kind in _SCALARS}
    miss = {kind: None if kinds - {kind} else False for kind in _SCALARS}

    def run(i: str, d: Row, p: Row) -> bool | None:
        wanted = value(i, d, p)
        kind = KIND_OF.get(type(wanted))
        if kind in same:
            return True if wanted in same[kind] else miss[kind]
        return False if kind == "list" and None not in constants else None

    return run


def applied_to_constant(first: Run, apply: Operator, constant: Any) -> Run:
    return lambda i, d, p: apply(first(i, d, p), constant)


def applied(first: Run, steps: list[tuple[Operator, Run]]) -> Run:
    """A chain of operators of one precedence, left to right; in a loop, so that long chains cost no depth."""
    if len(steps) == 1:
        ((apply, second),) = steps
        return lambda i, d, p: apply(first(i, d, p), second(i, d, p))

    def run(i: str, d: Row, p: Row) -> Any:
        value = first(i, d, p)
        for apply, operand in steps:
            value = apply(value, operand(i, d, p))
        return value

    return run
