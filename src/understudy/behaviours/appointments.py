"""Appointments: what a person asks to have put into a calendar, and the days that a message speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from understudy.behaviours.dates import DATE, TIME, iso_date, iso_time
from understudy.behaviours.questions import is_question
from understudy.behaviours.regex import regex

READ_CHARACTERS = 2000
LONGEST_TITLE = 200

_WEEKDAYS = (
    "monday montag lundi lunes segunda-feira segunda",
    "tuesday dienstag mardi martes terça-feira terça",
    "wednesday mittwoch mercredi miércoles quarta-feira quarta",
    "thursday donnerstag jeudi jueves quinta-feira quinta",
    "friday freitag vendredi viernes sexta-feira sexta",
    "saturday samstag samedi sábado",
    "sunday sonntag dimanche domingo",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_RELATIVE = {
    "the day after tomorrow": 2, "day after tomorrow": 2, "übermorgen": 2, "après-demain": 2,
    "pasado mañana": 2, "depois de amanhã": 2, "tomorrow": 1, "morgen": 1, "demain": 1, "mañana": 1,
    "amanhã": 1, "today": 0, "tonight": 0, "heute": 0, "aujourd'hui": 0, "hoy": 0, "hoje": 0,
}  # fmt: skip
_WEEKS = {
    "this week": 0, "diese woche": 0, "cette semaine": 0, "esta semana": 0, "next week": 1,
    "nächste woche": 1, "la semaine prochaine": 1, "la próxima semana": 1, "na próxima semana": 1,
}  # fmt: skip
_DAY = regex(
    rf"(?<!\w)(?:(?:on|for|this|next|coming|am|für|nächsten|kommenden|le|pour|el|para|na|no|em)\s+){{0,2}}"
    rf"(?:(?P<date>{DATE})|(?P<relative>{'|'.join(_RELATIVE)})|"
    rf"in (?P<count>\d{{1,3}}) (?:days|tagen)|(?P<weekday>{'|'.join(_WEEKDAY)}))(?![\w-])",
    re.IGNORECASE,
)
_WEEK = regex(rf"(?<!\w)(?:{'|'.join(_WEEKS)})(?!\w)", re.IGNORECASE)
_AT_WORD = regex(r"\A(?:at|um|à|a las|às|as)\s+", re.IGNORECASE)
_AT = regex(
    rf"(?<!\w)(?:(?:at|um|à|a las|às|as)\s+(?:{TIME}|(?P<hour>\d{{1,2}}(?::\d{{2}})?)(?![\w:]))|(?:{TIME}))",
    re.IGNORECASE,
)
_CALENDAR = r"(?:calendar|diary|agenda|terminkalender|kalender|calendrier|calendario|calendário)(?!\w)"
_PUT = [
    regex(form, re.IGNORECASE | re.DOTALL)
    for form in (
        rf"\b(?:put|add|enter|write|set|note|schedule|book|create|make|plan|save)\s+(?P<what>.+?)\s+"
        rf"(?:in|into|to|on)\s+(?:my|the|our)\s+{_CALENDAR}(?P<rest>.*)",
        rf"\b(?:trage?|setze?|schreibe?|notiere?)\s+(?:bitte\s+)?(?P<what>.+?)\s+(?:in|im)\s+"
        rf"(?:meinen|meinem|den|unseren)?\s*{_CALENDAR}(?:\s+ein)?(?P<rest>.*)",
        rf"\b(?:ajoute[rz]?|mets|mettez|note[rz]?)\s+(?P<what>.+?)\s+(?:à|dans|sur)\s+(?:mon|le|l')\s*"
        rf"{_CALENDAR}(?P<rest>.*)",
        rf"\b(?:pon|ponga|añade|agrega|apunta|anota)\s+(?P<what>.+?)\s+(?:en|a)\s+(?:mi|el|la)\s+"
        rf"{_CALENDAR}(?P<rest>.*)",
        rf"\b(?:coloque|coloca|põe|adicione?a?|anote|anota|marque|marca)\s+(?P<what>.+?)\s+"
        rf"(?:na|no|à|ao)\s+(?:minha\s+|meu\s+)?{_CALENDAR}(?P<rest>.*)",
        r"\bremind me\s+(?:to|of|about|that)?\s*(?P<what>.+)(?P<rest>)",
        r"\A\W*(?:please\s+)?(?:schedule|book)\s+(?P<what>.+)(?P<rest>)",
    )
]
_SPEAKS_OF_DATES = regex(
    rf"\b(?:{_CALENDAR}|appointments?|schedule|termine?|rendez-vous|citas?|compromissos?)\b|"
    r"\bwhat (?:do i have|have i got|am i doing|is (?:planned|scheduled|on|up))\b|"
    r"\bwas (?:habe ich|steht)\b|\bqu'est-ce que j'ai\b|\bqué tengo\b|\bo que (?:eu )?tenho\b",
    re.IGNORECASE,
)
_EDGES = regex(
    r"\A(?:(?:a|an|the|my|ein|eine|einen|den|die|das)\s+)+|[\s,;:.!?-]+(?:please|bitte)?\Z|\A[\s,;:.!?-]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Appointment:
    """What is planned, on which day, and at what time (`10:00`), if one is known."""

    title: str
    day: date
    time: str | None = None

    @property
    def text(self) -> str:
        """`Dentist on Friday, 6 March 2026 at 10:00.`"""
        at = f" at {self.time}" if self.time else ""
        return f"{self.title} on {written(self.day)}{at}."


def written(day: date) -> str:
    """`Friday, 6 March 2026`"""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def appointment_in(text: str, today: date) -> Appointment | None:
    """What a person asks to have in their calendar; None without a request, or without a day."""
    read = text[:READ_CHARACTERS]
    found = _DAY.search(read)
    day = _day_of(found, today) if found else None
    if found is None or day is None:
        return None
    rest = f"{read[: found.start()]} {read[found.end() :]}"
    at = _AT.search(rest)
    time = (
        iso_time(re.sub(r"\A(?:at|um|à|a las|às|as)\s+", "", at.group(), flags=re.IGNORECASE)) if at else None
    )
    if at and time:
        rest = f"{rest[: at.start()]} {rest[at.end() :]}"
    for form in _PUT:
        match = form.search(rest)
        title = _title(f"{match['what']} {match['rest']}") if match else ""
        if title:
            return Appointment(title, day, time[:5] if time else None)
    return None


def days_in(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last of the days that a text speaks of; None when it names none."""
    read = text[:READ_CHARACTERS]
    week = _WEEK.search(read)
    if week:
        monday = today - timedelta(today.weekday()) + timedelta(7 * _WEEKS[week.group().lower()])
        return monday, monday + timedelta(6)
    days = [day for match in _DAY.finditer(read) if (day := _day_of(match, today))]
    return (min(days), max(days)) if days else None


def asks_for_dates(text: str) -> bool:
    """Whether a person asks what their calendar holds."""
    return is_question(text.strip()) and bool(_SPEAKS_OF_DATES.search(text[:READ_CHARACTERS]))


def _day_of(match: re.Match[str], today: date) -> date | None:
    """The day that is meant; a weekday is the next one of that name, never today."""
    if match["date"]:
        stated = iso_date(match["date"])
        return date.fromisoformat(stated) if stated else None
    if match["weekday"]:
        ahead = (_WEEKDAY[match["weekday"].lower()] - today.weekday() - 1) % 7 + 1
    else:
        ahead = int(match["count"]) if match["count"] else _RELATIVE[match["relative"].lower()]
    try:
        return today + timedelta(ahead)
    except OverflowError:
        return None


def _title(what: str) -> str:
    plain = re.sub(r"\s+", " ", what).strip()
    for _ in range(3):
        plain = _EDGES.sub("", plain)
    plain = re.sub(r"\s+([.,;:])", r"\1", plain)[:LONGEST_TITLE]
    return f"{plain[:1].upper()}{plain[1:]}"
