"""What a rule asks for, compared with a call: values by their meaning, and operators such as `$contains`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import re2

from understudy.errors import SetupError

ABSENT: Any = object()
"""What a member is that is not there."""


@dataclass(frozen=True)
class Difference:
    """Where a call is not what a rule asks for."""

    place: str
    wanted: str
    got: Any

    def plain(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "wanted": self.wanted,
            "got": "nothing" if self.got is ABSENT else self.got,
        }


def _contains(wanted: Any, got: Any) -> bool:
    if isinstance(got, str):
        return str(wanted).casefold() in got.casefold()
    return isinstance(got, list) and any(same(wanted, one) for one in got)


def _number(got: Any) -> bool:
    return isinstance(got, int | float) and not isinstance(got, bool)


OPERATORS: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "$contains": ("something that contains {}", _contains),
    "$regex": (
        "a text that matches {}",
        lambda w, g: isinstance(g, str) and _compiled(w).search(g) is not None,
    ),
    "$any": ("anything", lambda w, g: g is not ABSENT),
    "$absent": ("nothing", lambda w, g: (g is ABSENT) is bool(w)),
    "$not": ("anything but {}", lambda w, g: next(differences(w, g, ""), None) is not None),
    "$in": ("one of {}", lambda w, g: any(next(differences(one, g, ""), None) is None for one in w)),
    "$at_least": ("at least {}", lambda w, g: _number(g) and g >= w),
    "$at_most": ("at most {}", lambda w, g: _number(g) and g <= w),
}
"""By name: how it is told, and whether a value is what it asks for."""


def same(wanted: Any, got: Any) -> bool:
    """Whether two values are one in JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, dict) and isinstance(got, dict):
        return wanted.keys() == got.keys() and all(same(wanted[name], got[name]) for name in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(same, wanted, got))
    return bool(wanted == got)


def operator_of(wanted: Any) -> str | None:
    """The operator that a value is, None for a value of its own."""
    if isinstance(wanted, dict) and len(wanted) == 1:
        name = next(iter(wanted))
        return name if name in OPERATORS else None
    return None


def differences(
    wanted: Any, got: Any, place: str, *, exact: bool = False, ignored: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """Where `got` is not what is wanted.

    Members that are not wanted are free, unless `exact`. Lists are compared one by one, to their end.
    """
    if place in ignored:
        return
    name = operator_of(wanted)
    if name is not None:
        told, holds = OPERATORS[name]
        if not holds(wanted[name], got):
            yield Difference(place, told.format(repr(wanted[name])), got)
    elif isinstance(wanted, dict) and isinstance(got, Mapping):
        for member in {**wanted, **(got if exact else {})}:
            below = f"{place}.{member}" if place else member
            if member not in wanted:
                if below not in ignored:
                    yield Difference(below, "nothing", got[member])
                continue
            yield from differences(
                wanted[member], got.get(member, ABSENT), below, exact=exact, ignored=ignored
            )
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for number, (one, other) in enumerate(zip(wanted, got, strict=True)):
            yield from differences(one, other, f"{place}[{number}]", exact=exact, ignored=ignored)
    elif not same(wanted, got):
        yield Difference(place, repr(wanted), got)


def check(wanted: Any) -> None:
    """SetupError for an operator that there is not, or that cannot be used."""
    if isinstance(wanted, list):
        for one in wanted:
            check(one)
    if not isinstance(wanted, dict):
        return
    unknown = [name for name in wanted if name.startswith("$") and name not in OPERATORS]
    if unknown:
        raise SetupError(f"'{unknown[0]}' is no operator; there are {', '.join(OPERATORS)}")
    name = operator_of(wanted)
    if name == "$regex":
        _compiled(wanted[name])
    elif name == "$in" and not isinstance(wanted[name], list):
        raise SetupError("$in takes a list")
    elif name in ("$at_least", "$at_most") and not _number(wanted[name]):
        raise SetupError(f"{name} takes a number")
    for one in wanted.values():
        check(one)


def _compiled(pattern: Any) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)  # it keeps what it has compiled
    except (re2.error, TypeError) as error:
        why = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else error
        raise SetupError(f"{pattern!r} is no regular expression of RE2: {why}") from None
