"""The values of templates: what they show as text, which members they have, how they are computed with.

Members are listed here or given by a `Provided` object; nothing of Python's own objects can be reached.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

_DEEPEST = 100
_LARGEST = 2**63
_encoded = json.JSONEncoder(ensure_ascii=False).encode


class Member(NamedTuple):
    """A method: how many arguments it takes, and what it does."""

    arity: int
    call: Callable[..., Any]


@dataclass(frozen=True, slots=True, eq=False)
class Provided:
    """An object of ours with the methods that a template may call."""

    members: Mapping[str, Member]


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """`$foreach`: where a loop is. `index` is from 0."""

    index: int
    total: int


def _item(items: Any, at: Any) -> Any:
    """An item of a list; negative positions count from the end, as in Velocity."""
    return items[at] if type(at) is int and -len(items) <= at < len(items) else None


def _entry(mapping: Mapping[str, Any], key: Any) -> Any:
    return mapping.get(key) if type(key) is str else None


def _holds(mapping: Mapping[str, Any], key: Any) -> bool:
    return type(key) is str and key in mapping


_SIZE = {"size": Member(0, len), "isEmpty": Member(0, operator.not_)}
_POSITION = {
    "getIndex": Member(0, lambda at: at.index),
    "getCount": Member(0, lambda at: at.index + 1),
    "isFirst": Member(0, lambda at: at.index == 0),
    "isLast": Member(0, lambda at: at.index + 1 == at.total),
    "hasNext": Member(0, lambda at: at.index + 1 < at.total),
}
_MEMBERS: Mapping[type, Mapping[str, Member]] = {
    str: {"length": Member(0, len), "isEmpty": Member(0, operator.not_)},
    list: {**_SIZE, "get": Member(1, _item)},
    dict: {**_SIZE, "get": Member(1, _entry), "containsKey": Member(1, _holds)},
    Position: {**_POSITION, "getHasNext": _POSITION["hasNext"]},
}


def call(value: Any, name: str, arguments: list[Any]) -> Any:
    """A method called; null when there is none of that name with as many arguments."""
    if type(value) is Provided:
        member = value.members.get(name)
    else:
        member = _MEMBERS.get(type(value), {}).get(name)
        arguments = [value, *arguments]
    given = len(arguments) - (type(value) is not Provided)
    return member.call(*arguments) if member is not None and member.arity == given else None


def member(value: Any, name: str) -> Any:
    """A property: a key of a mapping, else what `getName()`, `isName()` or `get("name")` says."""
    if type(value) is dict:
        return value.get(name)
    capital = name[0].upper() + name[1:]
    for method in (f"get{capital}", f"is{capital}"):
        found = call(value, method, [])
        if found is not None:
            return found
    return call(value, "get", [name]) if type(value) is Provided else None


def text_of(value: Any, spend: Callable[[int], None]) -> str | None:
    """What is inserted for a value; None for null and for objects. ValueError when it is nested too deep.

    `spend` is told of the items of lists and mappings before they are shown.
    """
    if type(value) is str:
        return value
    if value is None or type(value) in (Provided, Position):
        return None
    return _json(value, spend, 0)


def _json(value: Any, spend: Callable[[int], None], depth: int) -> str:
    if depth > _DEEPEST:
        raise ValueError("a value is nested too deeply to be shown")
    if type(value) is list:
        spend(len(value))
        return f"[{', '.join([_json(item, spend, depth + 1) for item in value])}]"
    if type(value) is dict:
        spend(len(value))
        shown = [f"{_encoded(str(key))}: {_json(item, spend, depth + 1)}" for key, item in value.items()]
        return f"{{{', '.join(shown)}}}"
    return _encoded(value) if type(value) in (str, int, float, bool, type(None)) else '""'


def truth(value: Any) -> bool:
    """Null, false, nought and what is empty are false, as in Velocity 2."""
    return value is not None and (type(value) in (Provided, Position) or bool(value))


def _number(value: Any) -> bool:
    return type(value) in (int, float)


def equal(left: Any, right: Any) -> bool:
    if _number(left) and _number(right):
        return bool(left == right)
    if type(left) is not type(right):
        return False
    return bool(left == right) if type(left) in (str, bool, type(None)) else left is right


def _ordering(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        comparable = (_number(left) and _number(right)) or type(left) is type(right) is str
        return comparable and bool(compare(left, right))

    return apply


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if not (_number(left) and _number(right)):
            return None
        try:
            result = compute(left, right)
        except (ArithmeticError, ValueError):
            return None
        fits = -_LARGEST <= result < _LARGEST if type(result) is int else math.isfinite(result)
        return result if fits else None

    return apply


def _quotient(left: Any, right: Any) -> Any:
    """Integers divide to integers, rounded to nought, as in Java."""
    if type(left) is int and type(right) is int:
        return abs(left) // abs(right) * (1 if (left < 0) is (right < 0) else -1)
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        return abs(left) % abs(right) * (-1 if left < 0 else 1)
    return math.fmod(left, right)


_ORDERINGS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_WORDS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("==", "eq"), equal),
    **dict.fromkeys(("!=", "ne"), lambda left, right: not equal(left, right)),
    **{symbol: _ordering(compare) for symbol, compare in _ORDERINGS.items()},
    **{word: _ordering(_ORDERINGS[symbol]) for word, symbol in _WORDS.items()},
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_quotient),
    "%": _arithmetic(_remainder),
}
