"""Dates and times as people write them, in five languages, as ISO 8601 writes them."""

from __future__ import annotations

import re
from datetime import date

from understudy.behaviours.regex import regex

_NAMES = (
    "january januar janvier enero janeiro jan ene",
    "february februar février fevrier febrero fevereiro feb fév fev",
    "march märz mars marzo março mar mär",
    "april avril abril apr avr abr",
    "may mai mayo maio",
    "june juni juin junio junho jun",
    "july juli juillet julio julho jul juil",
    "august août aout agosto aug ago",
    "september septembre septiembre setembro sep sept set",
    "october oktober octobre octubre outubro oct okt out",
    "november novembre noviembre novembro nov",
    "december dezember décembre decembre diciembre dezembro dec dez déc dic",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DATE_FORMS = [
    regex(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})",
        r"(?P<day>\d{1,2})[./](?P<number>\d{1,2})[./](?P<year>\d{4})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)? (?:of |de )?{_MONTH},? (?:de |del )?(?P<year>\d{{4}})",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    )
]
_TIME = regex(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s?(?P<half>[ap])?(?:\.?m\.?)?(?:uhr|h)?",
    re.IGNORECASE,
)

DATE = (
    r"\d{4}-\d{2}-\d{2}(?![\w-])|\d{1,2}[./]\d{1,2}[./]\d{4}(?!\w)|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|º|\.)? (?:of |de )?(?i:{_MONTH.replace('?P<month>', '?:')}),? (?:de |del "
    rf")?\d{{4}}(?!\w)|(?i:{_MONTH.replace('?P<month>', '?:')}) \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}(?!\w)"
)
DAY = (
    rf"\d{{1,2}}(?:st|nd|rd|th|er|º|\.)? (?:of |de )?(?i:{_MONTH.replace('?P<month>', '?:')})(?!\w)|"
    rf"(?i:{_MONTH.replace('?P<month>', '?:')}) \d{{1,2}}(?:st|nd|rd|th)?(?!\w)"
)
"""A day and a month; with a blank and a year behind it `iso_date` reads it."""
DATE_TIME = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?(?!\w)"
TIME = (
    r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[aApP]\.?[mM]\b\.?)?(?!\w)|\d{1,2}\s?[aApP]\.?[mM]\b\.?|"
    r"\d{1,2}(?:[:.]\d{2})?\s[uU]hr\b|\d{1,2}h(?:\d{2})?\b"
)


def iso_date(text: str) -> str | None:
    """`2026-05-05` for `5 May 2026`; None for a day that no calendar has. 05/06/2026 is the fifth of June."""
    for form in _DATE_FORMS:
        match = form.fullmatch(text)
        if match:
            named = match.groupdict()
            month = int(named["number"]) if named.get("number") else _MONTHS[named["month"].lower()]
            day, year = int(named["day"]), int(named["year"])
            if month > 12 >= day and "-" not in text:
                day, month = month, day
            return _valid(year, month, day)
    return None


def iso_date_time(text: str) -> str | None:
    """A date with time in the form of RFC 3339; without a zone it is UTC."""
    day = iso_date(text[:10])
    time, zone = re.match(r"([\d:.]*)(.*)", text[11:]).groups() if len(text) > 11 else ("00:00", "")  # type: ignore[union-attr]
    clock = iso_time(time.partition(".")[0])
    if not day or not clock:
        return None
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{day}T{clock}{zone or 'Z'}"


def iso_time(text: str) -> str | None:
    """`14:30:00` for `2:30 pm`; None for a time that no day has."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        return None
    hour = int(match["hour"])
    if match["half"]:
        if hour not in range(1, 13):
            return None
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02}:{minute:02}:{second:02}"


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
