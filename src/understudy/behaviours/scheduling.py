"""Scheduling: what a message asks to have done later, once or again and again, in five languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from understudy.behaviours.dates import DATE, DAY, TIME, iso_date, iso_time
from understudy.behaviours.regex import regex
from understudy.behaviours.sentences import sentence_spans

READ_CHARACTERS = 4000
MOST_PLANS = 5
"""How many things one message can ask for."""
LONGEST_WHAT = 300
MORNING = 9
"""The hour, in UTC, of what names a day and no time."""
MOST_TIMES = 10_000
_MOST_SENTENCES = 50
_FARTHEST = timedelta(days=3660)
_NEVER = datetime.min.replace(tzinfo=UTC)
"""A day that no calendar has."""


@dataclass(frozen=True)
class Plan:
    """Something to do later.

    Args:
        what: the thing, as a sentence.
        at: when, in milliseconds since the epoch; None for what is done again and again.
        cron: when that is, as a cron expression in UTC.
        times: how often that is done at most; None for ever.
    """

    what: str
    at: int | None = None
    cron: str = ""
    times: int | None = None


def _names(*rows: str) -> dict[str, int]:
    return {name: number for number, row in enumerate(rows) for name in row.split()}


def _one_of(words: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_DAYS = _names(
    "sunday sundays sonntag sonntags dimanche dimanches domingo domingos",
    "monday mondays montag montags lundi lundis lunes segunda-feira segundas-feiras",
    "tuesday tuesdays dienstag dienstags mardi mardis martes terça-feira terças-feiras",
    "wednesday wednesdays mittwoch mittwochs mercredi mercredis miércoles quarta-feira quartas-feiras",
    "thursday thursdays donnerstag donnerstags jeudi jeudis jueves quinta-feira quintas-feiras",
    "friday fridays freitag freitags vendredi vendredis viernes sexta-feira sextas-feiras",
    "saturday saturdays samstag samstags samedi samedis sábado sábados",
)
_UNITS: dict[str, str] = {
    word: unit
    for unit, words in {
        "minute": "minute minutes minuten minuto minutos",
        "hour": "hour hours stunde stunden heure heures hora horas",
        "day": "day days tag tage tagen jour jours día días dia dias",
        "week": "week weeks woche wochen semaine semaines semana semanas",
        "month": "month months monat monate monaten mois mes meses mês",
        "weekday": "weekday weekdays workday workdays werktag werktage arbeitstag",
    }.items()
    for word in words.split()
}
_ADVERBS = {
    word: unit
    for unit, words in {
        "hour": "hourly stündlich",
        "day": "daily täglich quotidiennement diariamente",
        "week": "weekly wöchentlich semanalmente",
        "month": "monthly monatlich mensuellement mensualmente mensalmente",
    }.items()
    for word in words.split()
}
_NUMBERS = {
    name: number + 1
    for name, number in _names(
        "a an one ein eine einem einer un une una um uma", "two zwei deux dos dois duas",
        "three drei trois tres três", "four vier quatre cuatro quatro", "five fünf cinq cinco",
        "six sechs seis", "seven sieben sept siete sete", "eight acht huit ocho oito",
        "nine neun neuf nueve nove", "ten zehn dix diez dez",
    ).items()
}  # fmt: skip
_PARTS = {
    "this morning": 9, "in the morning": 9, "morning": 9, "mornings": 9, "am morgen": 9, "morgen früh": 9,
    "le matin": 9, "matin": 9, "por la mañana": 9, "de manhã": 9, "noon": 12, "at noon": 12, "midday": 12,
    "mittags": 12, "à midi": 12, "al mediodía": 12, "ao meio-dia": 12, "in the afternoon": 15,
    "afternoon": 15, "afternoons": 15, "this afternoon": 15, "nachmittag": 15, "nachmittags": 15,
    "l'après-midi": 15, "por la tarde": 15, "à tarde": 15, "in the evening": 19, "this evening": 19,
    "evening": 19, "evenings": 19, "abend": 19, "abends": 19, "am abend": 19, "le soir": 19, "soir": 19,
    "por la noche": 20, "à noite": 20, "at night": 21, "night": 21, "tonight": 20, "ce soir": 19,
    "heute abend": 19, "esta noche": 20, "hoje à noite": 20,
}  # fmt: skip
"""Hours that parts of a day stand for (guess)."""
_NEARBY = {
    "the day after tomorrow": 2, "day after tomorrow": 2, "tomorrow": 1, "today": 0, "übermorgen": 2,
    "morgen": 1, "heute": 0, "après-demain": 2, "demain": 1, "aujourd'hui": 0, "pasado mañana": 2,
    "mañana": 1, "hoy": 0, "depois de amanhã": 2, "amanhã": 1, "hoje": 0, "next week": 7,
    "nächste woche": 7, "la semaine prochaine": 7, "la próxima semana": 7, "na próxima semana": 7,
}  # fmt: skip
_EVERY = (
    r"(?:(?:on )?(?:every|each)|an jedem|jede[nrsm]?|alle|chaque|tou(?:s|tes) les|cada|"
    r"tod[oa]s? (?:los|las|os|as)|tod[oa]s?)"
)
_ON = r"(?:(?:on|this|next|coming|by|am|nächsten|kommenden|le|el|próxim[oa]|na|no) ){0,3}"
_AND = r"(?:\s*(?:,|and|und|et|y|e|or)\s+){1,2}"

_DAY_NAME = rf"(?:{_one_of(_DAYS)})(?!\w)"
_EVERY_DAY = regex(
    rf"(?<!\w){_EVERY} (?P<days>{_DAY_NAME}(?:{_AND}(?:{_EVERY} )?{_DAY_NAME}){{0,6}})", re.IGNORECASE
)
_DAYS_PLURAL = regex(
    r"(?<!\w)(?:on |les |los |às )?(?P<days>(?:mon|tues|wednes|thurs|fri|satur|sun)days|"
    r"(?:mon|diens|donners|frei|sams|sonn)tags|mittwochs)(?!\w)",
    re.IGNORECASE,
)
_EVERY_UNIT = regex(
    rf"(?<!\w){_EVERY} (?:(?P<number>\d{{1,3}}|{_one_of(_NUMBERS)}) )?"
    rf"(?P<unit>{_one_of(_UNITS)}|morning|afternoon|evening|night|morgen|abend|matin|soir)(?!\w)",
    re.IGNORECASE,
)
_EVERY_ADVERB = regex(rf"(?<!\w)(?P<unit>{_one_of(_ADVERBS)})(?!\w)", re.IGNORECASE)
_OF_MONTH = regex(
    r"(?<!\w)(?:on the|am|le|el día|no dia) (?P<day>[12]?\d|3[01])(?:st|nd|rd|th|\.|er)?"
    r"(?: (?:of|de|du))?(?!\w)",
    re.IGNORECASE,
)
_TIMES = regex(r"(?<!\w)(?P<number>\d{1,5}) (?:times|mal|fois|veces|vezes)(?!\w)", re.IGNORECASE)
_AFTER = regex(
    rf"(?<!\w)(?:in|dans|en|em|dentro de|daqui a) (?P<number>\d{{1,5}}|{_one_of(_NUMBERS)}) "
    rf"(?P<unit>{_one_of(_UNITS)})(?!\w)",
    re.IGNORECASE,
)
_NEAR = regex(rf"(?<!\w)(?P<near>{_one_of(_NEARBY)})(?!\w)", re.IGNORECASE)
_ON_DAY = regex(rf"(?<!\w){_ON}(?P<days>{_DAY_NAME})", re.IGNORECASE)
_ON_DATE = regex(rf"(?<!\w){_ON}(?:the )?(?P<date>{DATE})", re.IGNORECASE)
_ON_DATE_SOON = regex(rf"(?<!\w){_ON}(?:the )?(?P<date>{DAY})", re.IGNORECASE)
_AT = r"(?:at|around|um|gegen|à|a las|a la|às|as)"
_AT_TIME = regex(rf"(?<!\w)(?:{_AT} )?(?P<time>{TIME})(?: uhr(?!\w))?", re.IGNORECASE)
_AT_HOUR = regex(
    rf"(?<!\w){_AT} (?P<hour>[01]?\d|2[0-3])(?: (?:o'clock|uhr|heures?|horas?))?(?![\w:.]\w|\w)",
    re.IGNORECASE,
)
_PART = regex(rf"(?<!\w)(?P<part>{_one_of(_PARTS)})(?!\w)", re.IGNORECASE)

_TO_ME = (
    r"(?:(?:remind|message|text|ping|write|send|notify|email|call|tell|wake|give|ask) (?:me|us)|write to me|"
    r"check in|follow up|get back to me|let me know|set (?:me )?(?:up )?an? (?:reminder|alarm)|"
    r"(?:schreib|schick|sag|gib|melde?|erinner)(?:e|st|en|n)?(?: du| sie)? (?:mir|mich|dich|uns|sich)|"
    r"(?:rappelle|rappelez|envoie|envoyez|écris|écrivez|préviens|prévenez|dis|dites)-(?:moi|nous)|"
    r"recu[eé]rd(?:a|e)me|av[ií]s[ae]me|env[ií][ae]me|mánd[ae]me|escrí?b[ae]me|"
    r"lembre-me|me lembr[ae]|avise-me|me avis[ae]|envie-me|me envi[ae]|mande-me|me mand[ae])"
)
_REQUEST = regex(rf"(?<!\w){_TO_ME}(?!\w)", re.IGNORECASE)
_NOT = regex(
    r"(?<!\w)(?:don'?t|do not|never|stop|cancel|no need to|nicht|kein(?:e|en)?|ne|n'|pas|não|nunca|no me)"
    r"(?!\w)",
    re.IGNORECASE,
)
_ASKED = regex(
    r"\s*(?:when|what|why|who|where|which|how|did|do|does|wann|was|warum|wer|wo|wie|quand|que|quoi|pourquoi|"
    r"qui|où|comment|cuándo|qué|quién|dónde|cómo|quando|quem|onde|como)(?!\w)",
    re.IGNORECASE,
)
_POLITE = regex(
    r"^(?:[\s,.:;!-]*(?:please|bitte|s'il (?:te|vous) plaît|por favor|hi|hello|hey|hallo|bonjour|hola|olá|ok|"
    r"okay|and|then|also|und|et|y|e|can you|could you|will you|would you|i want you to|i would like you to|"
    r"kannst du|können sie|peux-tu|pouvez-vous|puedes|puede|você pode|pode)(?!\w))+[\s,:]*",
    re.IGNORECASE,
)
_REMIND = regex(
    r"^(?:remind (?:me|us)|erinner(?:e|n sie)? (?:mich|uns)|rappell?e[zr]?-(?:moi|nous)|recu[eé]rd[ae]me|"
    r"lembre-me|me lembr[ae]|set (?:me )?(?:up )?an? (?:reminder|alarm))[\s,]*"
    r"(?:d'|(?:to|about|of|that|for|daran|an|dass|de|que|zu)(?!\w)|:)?[\s,]*",
    re.IGNORECASE,
)


class _Sentence:
    """A sentence from which the words about time are taken as they are understood."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, form: re.Pattern[str]) -> re.Match[str] | None:
        match = form.search(self.text)
        if match:
            self.text = f"{self.text[: match.start()]} {self.text[match.end() :]}"
        return match


def plans(text: str, now: int) -> list[Plan]:
    """What a message asks to have done later; `now` in milliseconds since the epoch, times in UTC."""
    read = text[:READ_CHARACTERS]
    found = []
    for start, end in islice(sentence_spans(read), _MOST_SENTENCES):
        try:
            plan = _plan(read[start:end], datetime.fromtimestamp(now // 1000, UTC))
        except OverflowError:  # after the year 9999
            continue
        if plan:
            found.append(plan)
    return found[:MOST_PLANS]


def _plan(said: str, now: datetime) -> Plan | None:
    request = _REQUEST.search(said)
    if not request or _ASKED.match(said) or _NOT.search(said, 0, request.end()):
        return None
    sentence = _Sentence(said)
    plan = _repeated(sentence, now) or _once(sentence, now)
    return plan and replace(plan, what=_what(sentence.text, said))


def _repeated(sentence: _Sentence, now: datetime) -> Plan | None:
    """Every Monday, every day, every two hours, monthly on the 15th, ten times."""
    named = sentence.take(_EVERY_DAY) or sentence.take(_DAYS_PLURAL)
    unit = None if named else sentence.take(_EVERY_UNIT) or sentence.take(_EVERY_ADVERB)
    if not named and not unit:
        return None
    limit = sentence.take(_TIMES)
    times = min(MOST_TIMES, int(limit["number"])) if limit else None
    if named:
        days = _day_numbers(named["days"])
        return Plan("", cron=f"{_clock(sentence, now)} * * {days}", times=times or None)
    assert unit is not None
    fields = _fields_of(sentence, unit, now)
    return Plan("", cron=fields, times=times or None) if fields else None


def _fields_of(sentence: _Sentence, unit: re.Match[str], now: datetime) -> str | None:
    word = unit["unit"].lower()
    step = _number(unit.groupdict().get("number") or "1")
    kind = _UNITS.get(word) or _ADVERBS.get(word)
    if step == 0 or (step > 1 and kind not in ("minute", "hour", "day", "month")):
        return None
    star = "*" if step == 1 else f"*/{step}"
    if kind == "minute":
        return f"{star} * * * *" if step < 60 else None
    if kind == "hour":
        return f"{now.minute} {star} * * *" if step < 24 else None
    if kind == "week":
        named = sentence.take(_ON_DAY)
        days = _day_numbers(named["days"]) if named else str((now.weekday() + 1) % 7)
        return f"{_clock(sentence, now)} * * {days}"
    if kind == "month":
        day = sentence.take(_OF_MONTH)
        return f"{_clock(sentence, now)} {day['day'] if day else now.day} {star} *" if step < 13 else None
    if kind == "weekday":
        return f"{_clock(sentence, now)} * * 1-5"
    if kind is None:
        sentence.text += f" {'morning' if word == 'morgen' else word}"
    return f"{_clock(sentence, now)} {star} * *" if step < 32 else None


def _once(sentence: _Sentence, now: datetime) -> Plan | None:
    """In two hours, tomorrow, on Friday, on 5 March, at nine."""
    after = sentence.take(_AFTER)
    if after:
        later = _later(now, _number(after["number"]), _UNITS[after["unit"].lower()])
        if later is None:
            return None
        if _UNITS[after["unit"].lower()] in ("minute", "hour"):
            return _at(later, now)
        clock = _time(sentence)
        return _at(_on(later, clock) if clock else later, now)
    part = _PART.search(sentence.text)
    day = _day(sentence, now)
    clock = _time(sentence)
    if day is None and clock is None and part is None:
        return None
    moment = _on(day or now, clock or (MORNING, 0))
    if day is None and moment <= now:
        moment += timedelta(days=1)
    return _at(moment, now)


def _day(sentence: _Sentence, now: datetime) -> datetime | None:
    """The day that a sentence names, at any time of it; one that is over is that of next year or week."""
    dated = sentence.take(_ON_DATE)
    if dated:
        return _midnight(iso_date(dated["date"])) or _NEVER
    soon = sentence.take(_ON_DATE_SOON)
    if soon:
        this_year, next_year = (_midnight(iso_date(f"{soon['date']} {now.year + n}")) for n in (0, 1))
        return (this_year if this_year and this_year.date() >= now.date() else next_year) or _NEVER
    near = None if re.search(r"(?i)\bmorgens\b", sentence.text) else sentence.take(_NEAR)
    if near:
        return now + timedelta(days=_NEARBY[near["near"].lower()])
    named = sentence.take(_ON_DAY)
    if named:
        wanted = _DAYS[named["days"].lower()]
        return now + timedelta(days=(wanted - (now.weekday() + 1)) % 7 or 7)
    return None


def _time(sentence: _Sentence) -> tuple[int, int] | None:
    """Hour and minute that a sentence names."""
    part = sentence.take(_PART)
    hour_of_part = _PARTS[part["part"].lower()] if part else None
    exact = sentence.take(_AT_TIME)
    told = iso_time(exact["time"]) if exact else None
    if told:
        return int(told[:2]), int(told[3:5])
    bare = sentence.take(_AT_HOUR)
    if bare:
        hour = int(bare["hour"])
        return (hour + 12 if hour < 12 and (hour_of_part or 0) >= 15 else hour), 0
    return None if hour_of_part is None else (hour_of_part, 0)


def _clock(sentence: _Sentence, now: datetime) -> str:
    """Minute and hour as cron writes them."""
    hour, minute = _time(sentence) or (MORNING, 0)
    return f"{minute} {hour}"


def _later(now: datetime, number: int, unit: str) -> datetime | None:
    if unit == "month":
        return now + timedelta(days=30 * number) if number <= 120 else None
    sizes = {"minute": 1, "hour": 60, "day": 24 * 60, "weekday": 24 * 60, "week": 7 * 24 * 60}
    return now + timedelta(minutes=sizes[unit] * number)


def _at(moment: datetime, now: datetime) -> Plan | None:
    """None for what is over, and for what is too far away to be meant."""
    if not now < moment < now + _FARTHEST:
        return None
    return Plan("", int(moment.timestamp()) * 1000)


def _on(day: datetime, clock: tuple[int, int]) -> datetime:
    return day.replace(hour=clock[0], minute=clock[1], second=0)


def _midnight(day: str | None) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBERS[text.lower()]


def _day_numbers(days: str) -> str:
    named = re.findall(_DAY_NAME, days, re.IGNORECASE)
    return ",".join(str(number) for number in sorted({_DAYS[name.lower()] for name in named}))


def _what(rest: str, said: str) -> str:
    """What is left of a sentence without its words about time; all of it when that is nothing."""
    text = _REMIND.sub("", _POLITE.sub("", _tidy(rest)), count=1)
    text = _tidy(text) or _tidy(said)
    if len(text) > LONGEST_WHAT:
        text = text[:LONGEST_WHAT].rpartition(" ")[0] or text[:LONGEST_WHAT]
    return f"{text[:1].upper()}{text[1:]}."


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\s+([,.;:!?])", r"\1", text)).strip(" ,.;:!?-")
