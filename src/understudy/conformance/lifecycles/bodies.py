"""Bodies of requests and answers: places that are filled, members by a path, what is alike."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

MARK = "understudy-verify"
"""What the names of everything that is made begin with."""
NUMBERS = itertools.count(1)
"""A number for everything that is made, so that no two have the same name."""


def member(value: Any, path: str) -> Any:
    """A member of a JSON value by a path such as `choices.0.message.content`; None when it is not there."""
    for name in path.split("."):
        if isinstance(value, list) and name.lstrip("-").isdigit() and -len(value) <= int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def filled_in(value: Any, number: int | None = None, names: Mapping[str, str] | None = None) -> Any:
    """A body with its places filled: `{n}` is a number that no other body has, `{unique}` a name, and what
    stands in the path of the request has the name of its parameter."""
    if number is None:
        number = next(NUMBERS)
    if isinstance(value, str):
        for name, found in (names or {}).items():
            value = value.replace(f"{{{name}}}", found)
        return value.replace("{unique}", f"{MARK}-{number}").replace("{n}", str(number))
    if isinstance(value, list):
        return [filled_in(one, number, names) for one in value]
    if isinstance(value, dict):
        return {name: filled_in(one, number, names) for name, one in value.items()}
    return value


def broken(body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A body without each of its members, and with another type in its place."""
    for name, value in body.items():
        yield name, {key: one for key, one in body.items() if key != name}
        yield name, {**body, name: [7] if isinstance(value, Mapping) else {"wrong": 7}}


def next_page(value: Any) -> dict[str, str] | None:
    """The query for the page after this one."""
    key = member(value, "metadata.page_key")
    return {"page_key": key} if key else None


def alike(wanted: Any, shown: Any) -> bool:
    """Whether a value holds what was wanted: objects may have more members, defaults among them."""
    if isinstance(wanted, dict) and isinstance(shown, dict):
        return all(name in shown and alike(value, shown[name]) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(shown, list):
        return len(wanted) == len(shown) and all(map(alike, wanted, shown))
    if isinstance(wanted, bool) or isinstance(shown, bool):
        return wanted is shown
    if isinstance(wanted, int | float) and isinstance(shown, int | float):
        return abs(wanted - shown) <= 1e-6 * max(1.0, abs(wanted))
    return bool(wanted == shown)
