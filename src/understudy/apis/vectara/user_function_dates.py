"""Dates in user functions: ISO 8601 texts, and texts after a pattern of Java's DateTimeFormatter."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from understudy.apis.vectara.user_function_values import Datetime

_ISO = re.compile(
    r"(?a:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?)"
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_OFFSET = r"[+-]\d\d(?::?\d\d)?"

# Letters of a pattern: the field they fill and the expression for a run of that many of them.
_LETTERS: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "y": ("year", lambda count: r"\d\d" if count == 2 else rf"\d{{{count},9}}"),
    "M": ("month", lambda count: _name(_MONTHS, count)),
    "d": ("day", lambda count: _digits(count)),
    "H": ("hour", lambda count: _digits(count)),
    "h": ("half", lambda count: _digits(count)),
    "a": ("noon", lambda count: "am|pm"),
    "m": ("minute", lambda count: _digits(count)),
    "s": ("second", lambda count: _digits(count)),
    "S": ("fraction", lambda count: rf"\d{{{min(count, 9)}}}"),
    "E": ("weekday", lambda count: "|".join(day if count > 3 else day[:3] for day in _DAYS)),
    "X": ("zone", lambda count: f"Z|{_OFFSET}"),
    "x": ("zone", lambda count: _OFFSET),
    "Z": ("zone", lambda count: _OFFSET),
    "z": ("zone", lambda count: "UTC|GMT|Z"),
} | {"u": ("year", lambda count: r"\d\d" if count == 2 else rf"\d{{{count},9}}")}
_LETTERS = {**_LETTERS, "L": _LETTERS["M"]}
_PIECE = re.compile(r"(?a:(?P<run>([A-Za-z])\2*)|'(?P<quoted>[^']*(?:''[^']*)*)'|(?P<other>[^A-Za-z']))")


class PatternError(ValueError):
    """A pattern that cannot be used."""


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: reads a text as a moment, or as null."""

    expression: re.Pattern[str]

    def read(self, text: str) -> Datetime | None:
        match = self.expression.fullmatch(text)
        return None if match is None else _moment(match.groupdict())


def read_iso(text: str) -> Datetime | None:
    """An ISO 8601 date or date-time; without a zone it is UTC (choice), anything else is null."""
    match = _ISO.fullmatch(text)
    return None if match is None else _moment(match.groupdict())


@functools.lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """The meaning of a pattern such as `yyyy-MM-dd'T'HH:mm:ssX`; PatternError says what is not understood."""
    expression, used, at = "", set[str](), 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise PatternError("a quoted part of the pattern has no closing quote")
        at = piece.end()
        if piece["run"] is None:
            literal = piece["other"] if piece["quoted"] is None else piece["quoted"].replace("''", "'") or "'"
            if literal in "[]{}#":
                raise PatternError(f"{literal} has no meaning here in a pattern")
            expression += re.escape(literal)
            continue
        expression += _field(piece["run"], used)
    if "year" not in used:
        raise PatternError("the pattern has no year, such as yyyy")
    if ("half" in used) is not ("noon" in used):
        raise PatternError("h and a go together in a pattern; H is the hour of the day")
    return Pattern(re.compile(f"(?ai:{expression})"))


def _field(run: str, used: set[str]) -> str:
    letter, count = run[0], len(run)
    if letter not in _LETTERS:
        hint = (
            "; yyyy is the year" if letter == "Y" else "; dd is the day of the month" if letter == "D" else ""
        )
        raise PatternError(f"the pattern letter {letter} is not understood{hint}")
    name, expression = _LETTERS[letter]
    # Each field once keeps the matching linear: no two runs of digits can trade digits over and over.
    if name in used or (name in ("half", "hour") and used & {"half", "hour"}):
        raise PatternError(f"the pattern gives the {name} twice")
    if count > 9:
        raise PatternError(f"{count} times {letter} is too many")
    used.add(name)
    return f"(?P<{name}>{expression(count)})"


def _digits(count: int) -> str:
    return r"\d{1,2}" if count == 1 else rf"\d{{{count}}}"


def _name(names: list[str], count: int) -> str:
    if count < 3:
        return _digits(count)
    return "|".join(name if count > 3 else name[:3] for name in names)


def _moment(fields: Mapping[str, str | None]) -> Datetime | None:
    given = {name: value for name, value in fields.items() if value}
    year, month = given["year"], given.get("month", "1")
    hour = int(given.get("hour", "0"))
    if "half" in given:
        if not 1 <= int(given["half"]) <= 12:
            return None
        hour = int(given["half"]) % 12 + (12 if given["noon"].lower() == "pm" else 0)
    try:
        day = datetime(
            int(year) + (2000 if len(year) == 2 else 0),
            int(month) if month.isdecimal() else [name[:3] for name in _MONTHS].index(month[:3].lower()) + 1,
            int(given.get("day", "1")),
            hour,
            int(given.get("minute", "0")),
            int(given.get("second", "0")),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    if "weekday" in given and _DAYS[day.weekday()][:3] != given["weekday"][:3].lower():
        return None
    fraction = float("0." + given.get("fraction", "0"))
    return Datetime(day.timestamp() + fraction - _offset(given.get("zone", "Z")))


def _offset(zone: str) -> int:
    """Seconds east of UTC."""
    digits = zone[1:].replace(":", "")
    if not digits.isdecimal():
        return 0
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or "0") * 60
    return -seconds if zone[0] == "-" else seconds
