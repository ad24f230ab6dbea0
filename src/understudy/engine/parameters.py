"""Path, query and header parameters: text in, typed and checked value out."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from understudy.engine.contract import Check, Schemas
from understudy.state.clock import parse_stamp

_INTEGER = re.compile(r"[+-]?[0-9]{1,100}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TRIVIAL = {"type", "format", "default", "description", "title", "deprecated", "example", "nullable"}


KNOWN_TEXTS = 1024
KNOWN_LENGTH = 64


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError("must be of type integer")
    return int(text)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("must be of type number")
    return float(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _date_time(text: str) -> str:
    try:
        parse_stamp(text)
    except (ValueError, OverflowError):
        raise ValueError("must be an RFC 3339 date-time such as 2026-01-01T00:00:00Z") from None
    return text


_COERCERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": str,
    "date-time": _date_time,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `check` is None when its schema says no more than a type.

    `argument` is the name that the handler takes it by: a Python keyword gets an underscore.
    """

    name: str
    argument: str
    location: str
    required: bool
    repeated: bool
    default: Any
    coerce: Callable[[str], Any]
    check: Check | None
    known: dict[str, Any] = field(default_factory=dict, compare=False)
    """Texts that were read and found right before."""

    @classmethod
    def compile(cls, raw: dict[str, Any], schemas: Schemas) -> Parameter:
        """From a spec parameter whose own reference is resolved; its schema may be one."""
        schema = schemas.resolved(raw["schema"])
        repeated = schema.get("type") == "array"
        item = schemas.resolved(schema["items"]) if repeated else schema
        plain = set(schema) | set(item) <= _TRIVIAL | {"items"} and item.get("format") != "uuid"
        name = raw["name"]
        return cls(
            name=name,
            argument=argument_name(name),
            location=raw["in"],
            required=bool(raw.get("required")),
            repeated=repeated,
            default=schema.get("default"),
            coerce=_COERCERS[
                item["format"] if item.get("format") in _COERCERS else item.get("type", "string")
            ],
            check=None if plain else schemas.validator(raw["schema"], request=True),
        )

    def read(self, texts: list[str]) -> Any:
        """The value of one occurrence, or of all when it is repeated; ValueError says what is wrong."""
        if self.repeated:
            return self._checked([self.coerce(text) for text in texts])
        text = texts[-1]
        if text not in self.known:
            value = self._checked(self.coerce(text))
            if len(self.known) >= KNOWN_TEXTS or len(text) > KNOWN_LENGTH:
                return value
            self.known[text] = value
        return self.known[text]

    def _checked(self, value: Any) -> Any:
        if self.check is not None and not self.check.accepts(value):
            raise ValueError(next(iter(self.check.faults(value, self.name).values())))
        return value


def argument_name(name: str) -> str:
    """`page_key` stays, `async` becomes `async_`, `api-key` and `apiKey` become `api_key`."""
    name = _HUMP.sub("_", name.replace("-", "_")).lower()
    return name + "_" if keyword.iskeyword(name) else name
