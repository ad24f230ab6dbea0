"""Evidence: the texts that values are taken from, and how well a thing they mention suits a property."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from understudy.behaviours.concepts import concepts_of, name_words
from understudy.behaviours.conversation import excerpt
from understudy.behaviours.dates import iso_date, iso_date_time, iso_time
from understudy.behaviours.mentions import DETERMINERS, LEADING, PLACING, Mention, mentions
from understudy.behaviours.regex import regex
from understudy.behaviours.schemas import Schema
from understudy.behaviours.stop_words import words_of
from understudy.behaviours.tokens import stems, words

READ_CHARACTERS = 20_000
"""How much of each text is read, at its beginning and at its end."""
MOST_TEXTS = 12
MOST_MENTIONS = 400

ENOUGH = 10
"""The suitability from which a mention fills a property that must be there."""
CLEAR = 30
"""The suitability from which it fills one that may be left out, or is told by an older text."""

_PLACES = words_of("room citi locat place town countri region destin origin area venu station airport where")
_PERSONS = words_of("person user recipi author contact attende particip passeng custom owner assigne friend")
_IDS = words_of(
    "id key code refer sku ticket order number invoic account track serial isbn ref booking reserv book"
)
_MONEY = words_of("price amount budget fee total salari paid pay valu fund sum")
_TEXTS = words_of(
    "queri q search text messag prompt question input bodi note descript comment reason instruct "
    "request keyword term content phrase sentenc issu problem topic subject expression"
)
_THINGS = words_of("item product thing food dish articl name good part topic subject keyword titl")
_TIMES = words_of(
    "date day time when deadlin due birthday start end begin departur arriv checkin checkout from until"
)
_HOURS, _DAYS = words_of("time hour clock"), words_of("date day birthday deadlin")
_STARTS = words_of("from origin sourc start begin departur since sender checkin")
_ENDS = words_of("to destin target end arriv until recipi finish checkout receiv")
_FROM_WORDS = words_of("from von vom ab aus de desde since starting between zwischen entre")
_TO_WORDS = words_of("to nach bis à a au para hasta até until till into vers towards and und et y e zum")
_CURRENCIES = words_of("euro euros eur dollar dollars usd pounds gbp chf francs reais")
_NUMBER = regex(r"\s*[€$£]?\s?([-+]?\d(?:[\d.,]*\d)?)(?![\w.-]*\d)")
_OLD = words_of("old alt ans años anos")
_VERBS = words_of(
    "turn set switch play open close show get book buy order add create make send write tell start stop "
    "schedule call remind cancel check list delete remove update search look convert translate calculate "
    "extract generate classify solve summarize describe explain compare plan draft reserve track transfer "
    "pay weather time count buche bestelle zeige sende schicke storniere suche réserve envoie montre cherche "
    "reserva envía muestra busca"
)
_CALLED = words_of(
    "named called name is heißt namens heiße nommé appelle llamado llamada llamo chamado chamada chamo am i'm"
)


@dataclass(frozen=True)
class Target:
    """A property that waits for a value: the concepts and the stems of its name."""

    concepts: tuple[str, ...]
    stems: frozenset[str]

    def is_one_of(self, kinds: frozenset[str]) -> bool:
        return not kinds.isdisjoint(self.concepts) or not kinds.isdisjoint(self.stems)


def target(name: str) -> Target:
    """The target that a property's name stands for."""
    parts = name_words(name)
    return Target(tuple(concepts_of(parts)), frozenset(stems(parts)))


@dataclass(frozen=True)
class Piece:
    """A mention, its place in all the evidence, and how old its text is: 0 is the last message."""

    number: int
    mention: Mention
    age: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """Texts, the one that counts most first. `clauses` of the first text are preferred to `avoided` ones."""

    texts: Sequence[str]
    clauses: frozenset[int] = frozenset()
    avoided: frozenset[int] = frozenset()

    @cached_property
    def read(self) -> list[str]:
        """The texts as far as they are read."""
        return [excerpt(text, READ_CHARACTERS) for text in self.texts[:MOST_TEXTS]]

    @cached_property
    def pieces(self) -> list[Piece]:
        """All mentions, those of the first text first."""
        found = [(one, age) for age, text in enumerate(self.read) for one in mentions(text)]
        return [Piece(number, one, age) for number, (one, age) in enumerate(found[:MOST_MENTIONS])]

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of each text."""
        return [words(text) for text in self.read]

    def suits(self, piece: Piece, wanted: Target, schema: Schema) -> int:
        """How well a mention suits a property, 0 for not at all; from `ENOUGH` on it may be taken."""
        score = _named(piece.mention, wanted) + _kind(piece.mention, wanted, schema)
        if piece.age:
            return score - min(piece.age, 6) if score >= CLEAR + 6 else 0
        if piece.mention.clause in self.clauses:
            score += 8
        elif piece.mention.clause in self.avoided:
            score -= 12
        return max(0, score)


def value_of(mention: Mention, schema: Schema) -> Any:
    """The mention as a value of the schema's type, None when it cannot be one."""
    kind = schema.get("type")
    if kind in ("integer", "number"):
        number = _number(mention.text) if mention.kind in ("number", "field", "quoted") else None
        return (
            int(number)
            if number is not None and number.is_integer()
            else None
            if kind == "integer"
            else number
        )
    if kind == "boolean":
        return _TRUTHS.get(mention.text.lower()) if mention.kind == "field" else None
    if kind != "string":
        return None
    form = str(schema.get("format"))
    if form in _FORMS:
        kinds, written = _FORMS[form]
        return written(mention.text) if mention.kind in (*kinds, "field", "quoted") else None
    if mention.kind == "date":
        return iso_date(mention.text)
    return mention.text


def _named(mention: Mention, wanted: Target) -> int:
    """What the words around a mention tell: a label before a colon, its name before it, a unit behind it."""
    if mention.label:
        label = concepts_of(name_words(mention.label))
        if set(label) == set(wanted.concepts):
            return 100
        return (
            60 if not wanted.stems.isdisjoint(label) or not set(wanted.concepts).isdisjoint(label) else -100
        )
    score = 0
    before = concepts_of(mention.before[:3])
    distance = next((at for at, word in enumerate(before) if word in wanted.concepts), None)
    if distance is not None and before[distance] not in ("to", "from", "in"):
        score = 60 - 12 * distance
    if mention.kind == "number":
        after = concepts_of(mention.after[:2])
        if after and after[0] in wanted.concepts:
            score = max(score, 60)
        elif "age" in wanted.concepts and not _OLD.isdisjoint(mention.after):
            score = 70
    return score + direction(mention.before[0] if mention.before else "", wanted)


def direction(lead: str, wanted: Target) -> int:
    """From and to: which end of a way or of a time the word before something tells."""
    starts, ends = wanted.is_one_of(_STARTS), wanted.is_one_of(_ENDS)
    if starts == ends:
        return 0
    told, other = (_FROM_WORDS, _TO_WORDS) if starts else (_TO_WORDS, _FROM_WORDS)
    return 30 if lead in told else -40 if lead in other else 0


def _kind(mention: Mention, wanted: Target, schema: Schema) -> int:
    """What the kind of a mention tells about the property."""
    if schema.get("type") in ("integer", "number"):
        return _as_number(mention, wanted)
    if schema.get("type") == "boolean":
        return 0
    form = schema.get("format")
    if form in _FORMS:
        return 45
    if wanted.is_one_of(_TEXTS):
        return {"text": 50, "quoted": 40, "url": 5}.get(mention.kind, -20)
    return _as_text(mention, wanted)


def _as_number(mention: Mention, wanted: Target) -> int:
    if mention.kind != "number":
        return 0
    is_money = not _CURRENCIES.isdisjoint(mention.after[:1])
    return 52 if is_money and wanted.is_one_of(_MONEY) else 14


def _as_text(mention: Mention, wanted: Target) -> int:
    lead = _lead(mention)
    is_place, is_thing = wanted.is_one_of(_PLACES), wanted.is_one_of(_THINGS)
    is_id, is_time = wanted.is_one_of(_IDS), wanted.is_one_of(_TIMES)
    if mention.kind in ("email", "url", "uuid", "date", "datetime", "time", "day"):
        return _as_marked(mention, wanted, is_id, is_time)
    if mention.kind == "quoted":
        return 30
    if mention.kind == "text":
        return 5
    if mention.kind in ("id", "number"):
        return 40 if is_id and mention.kind == "id" else 30 if is_id else 15 if mention.kind == "id" else 4
    if mention.kind == "counted":
        return 20 if is_thing else 0
    if mention.kind == "object":
        suits = (is_place and lead in PLACING | LEADING) or (
            is_thing and "name" not in wanted.stems and lead in LEADING
        )
        return 35 if suits else 11
    if mention.kind != "name":
        return 0
    if lead.isdigit() or (mention.opens and mention.text.lower() in _VERBS):
        return 0
    score = (
        16
        - (10 if mention.opens and " " not in mention.text else 0)
        - (6 if DETERMINERS.intersection(mention.before[:1]) else 0)
    )
    if is_place or "timezon" in wanted.concepts or "zone" in wanted.concepts:
        return score + (30 if lead in PLACING else 20 if lead in LEADING else 14 if mention.joined else 6)
    if wanted.is_one_of(_PERSONS) or "name" in wanted.concepts:
        return score + (30 if lead in _CALLED else 16 if lead in LEADING else -6 if lead in PLACING else 4)
    return score - 10 if is_id or is_time else score


def _lead(mention: Mention) -> str:
    """The word before a mention, or the one before its article."""
    before = [word for word in mention.before[:2] if word not in DETERMINERS]
    return before[0] if before else ""


def _as_marked(mention: Mention, wanted: Target, is_id: bool, is_time: bool) -> int:
    """Mails, links and times show by their form what they are."""
    if mention.kind == "email":
        return 60 if "email" in wanted.concepts else 40 if wanted.is_one_of(_ENDS | _STARTS | _PERSONS) else 8
    if mention.kind == "url":
        return 60 if wanted.is_one_of(frozenset({"url", "uri", "link", "websit", "page", "address"})) else 8
    if mention.kind == "uuid":
        return 45 if is_id else 12
    is_hour, is_day = wanted.is_one_of(_HOURS), wanted.is_one_of(_DAYS)
    if is_hour != is_day and mention.kind != "datetime":
        return 55 if is_hour == (mention.kind == "time") else 6
    return 45 if is_time else 6


def _number(text: str) -> float | None:
    """The number a text writes: `1,250.50`, `1.250,50`, `3,5`, `-2`."""
    match = _NUMBER.match(text[:40])
    plain = match.group(1) if match else ""
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma > point:
        grouped = plain.count(",") > 1 or (
            point < 0 and len(plain) - comma == 4 and plain[:comma].lstrip("-+") != "0"
        )
        plain = plain.replace(",", "") if grouped else plain.replace(".", "").replace(",", ".")
    elif comma >= 0 or plain.count(".") > 1:
        plain = plain.replace(",", "") if comma >= 0 else plain.replace(".", "")
    try:
        return float(plain)
    except ValueError:
        return None


def _of_kind(kind: str) -> Callable[[str], str | None]:
    def checked(text: str) -> str | None:
        found = mentions(text.strip()[:2000])
        return text.strip() if any(one.kind == kind and one.text == text.strip() for one in found) else None

    return checked


def _instant(text: str) -> str | None:
    day = iso_date(text)
    return f"{day}T00:00:00Z" if day else iso_date_time(text)


_TRUTHS = {"true": True, "yes": True, "ja": True, "oui": True, "sí": True, "sim": True} | {
    "false": False, "no": False, "nein": False, "non": False, "não": False,
}  # fmt: skip
_FORMS: Mapping[str, tuple[tuple[str, ...], Callable[[str], str | None]]] = {
    "date": (("date", "datetime"), lambda text: iso_date(text) or iso_date(text[:10])),
    "date-time": (("date", "datetime"), _instant),
    "time": (("time",), lambda text: ((time := iso_time(text)) and f"{time}Z") or None),
    "email": (("email",), _of_kind("email")),
    "uri": (("url",), _of_kind("url")),
    "url": (("url",), _of_kind("url")),
    "uuid": (("uuid",), _of_kind("uuid")),
}
