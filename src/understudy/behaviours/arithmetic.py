"""Arithmetic: sums that a text asks for, worked out exactly within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from understudy.behaviours.regex import regex

LONGEST = 200
"""Characters of a text that may be a sum."""
_LARGEST_EXPONENT = 64
_MOST_DIGITS = 60
_DECIMALS = 10

_WORDS: Mapping[str, str] = {
    "*1/100*": r"% (?:of|von|de)|percent of|prozent von|pour cent de|por ciento de|por cento de",
    "/": r"divided by|geteilt durch|divisé par|dividido (?:por|entre)|entre|÷",
    "*": r"times|multiplied by|mal|multipliziert mit|fois|multiplié par|multiplicado por|por|vezes|×|"
    r"(?<=\s)x(?=\s)|(?<=\d)x(?=\d)",
    "+": r"plus|más|mais",
    "-": r"minus|moins|menos|weniger",
    "^": r"\*\*|to the power of|hoch|puissance|elevado a",
}
_CUES = regex(
    r"\b(?:please|bitte|what(?:'s| is| are)|how much (?:is|are)|calculate|compute|evaluate|solve|work out|"
    r"was (?:ist|sind|ergibt)|wie ?viel (?:ist|sind|ergibt|macht)|berechne|rechne|combien (?:font|fait|est)|"
    r"calculez?|cuánto es|cuánto son|calcula|calcule|quanto é|quanto são|equals?)\b|s'il (?:vous|te) plaît|"
    r"por favor|[=?¿!]|[.:,]\s*\Z",
    re.IGNORECASE,
)
_DATE = regex(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
_TOKEN = regex(r"\s*(\d{1,15}(?:[.,]\d{1,15})?|[-+*/^()])")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}


class DividedByZero(ArithmeticError):
    """The sum divides by zero."""


def result_of(text: str) -> str | None:
    """The result of the sum that is all the text asks for, as in `What is 3 * (4 + 1)?`; None without one.

    Raises:
        DividedByZero: it has no result.
    """
    value = _evaluate(_sum(text))
    return None if value is None else _written(value)


def sum_in(text: str) -> str | None:
    """The sum that is all the text asks for, in signs; None without one."""
    parts = _sum(text)
    return " ".join("-" if part == "neg" else part for part in parts) if parts else None


def _sum(text: str) -> list[str]:
    """The parts of the sum; none when the text holds anything else, or a date."""
    if len(text) > LONGEST or not any(map(str.isdigit, text)) or _DATE.search(text):
        return []
    plain = f" {_CUES.sub(' ', text)} "
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain)
    for sign, form in _WORDS.items():
        plain = re.sub(rf"(?<![^\W\d_])\s*(?:{form})(?![^\W\d_])", f" {sign} ", plain, flags=re.IGNORECASE)
    parts = _parts(plain.strip())
    numbers = [part for part in parts if part[0].isdigit()]
    return [] if len(numbers) < 2 or len(numbers) == len(parts) else parts


def _parts(plain: str) -> list[str]:
    """The numbers and signs; none when there is anything else."""
    parts: list[str] = []
    at = 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if not match:
            return []
        part = match.group(1).replace(",", ".")
        is_sign = part in "+-" and (not parts or parts[-1] in _PRECEDENCE or parts[-1] == "(")
        parts.append(part if not is_sign else "neg" if part == "-" else "pos")
        at = match.end()
    return [part for part in parts if part != "pos"]


def _evaluate(parts: Sequence[str]) -> Fraction | None:
    """The value by two stacks; None for what is no sum or grows beyond bounds."""
    values: list[Fraction] = []
    signs: list[str] = []
    expects_value = True
    if not parts:
        return None
    for part in parts:
        if part[0].isdigit() != expects_value and part not in ("neg", "(", ")"):
            return None
        if part[0].isdigit():
            values.append(Fraction(part))
            expects_value = False
        elif part in ("neg", "("):
            if not expects_value:
                return None
            signs.append(part)
        elif part == ")":
            if expects_value or "(" not in signs or not _reduce(values, signs, 0):
                return None
            signs.pop()
        else:
            if not _reduce(values, signs, _PRECEDENCE[part] + (part == "^")):
                return None
            signs.append(part)
            expects_value = True
    if expects_value or "(" in signs or not _reduce(values, signs, 0):
        return None
    return values[0]


def _reduce(values: list[Fraction], signs: list[str], least: int) -> bool:
    """Work off the signs that bind at least so tightly; False beyond the bounds."""
    while signs and signs[-1] != "(" and _PRECEDENCE[signs[-1]] >= least:
        sign = signs.pop()
        last = values.pop()
        value = -last if sign == "neg" else _applied(sign, values.pop(), last)
        if value is None or max(value.numerator.bit_length(), value.denominator.bit_length()) > 4096:
            return False
        values.append(value)
    return True


def _applied(sign: str, one: Fraction, two: Fraction) -> Fraction | None:
    if sign in "+-":
        return one + two if sign == "+" else one - two
    if sign == "*":
        return one * two
    if (sign == "/" and not two) or (sign == "^" and not one and two < 0):
        raise DividedByZero
    if sign == "/":
        return one / two
    if two.denominator != 1 or abs(two) > _LARGEST_EXPONENT:
        return None
    return Fraction(one ** int(two))


def _written(value: Fraction) -> str | None:
    """Whole numbers whole, others with up to ten decimals."""
    scaled = round(value * 10**_DECIMALS)
    digits = str(abs(scaled)).rjust(_DECIMALS + 1, "0")
    if len(digits) > _MOST_DIGITS + _DECIMALS:
        return None
    decimals = digits[-_DECIMALS:].rstrip("0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[:-_DECIMALS]}{'.' if decimals else ''}{decimals}"
