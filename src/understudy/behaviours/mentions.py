"""Mentions: the things a text names that may be the value of something, with the words around them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from understudy.behaviours.dates import DATE, DATE_TIME, TIME
from understudy.behaviours.regex import regex
from understudy.behaviours.stop_words import ALL as STOP_WORDS
from understudy.behaviours.stop_words import words_of

MOST = 300
"""How many mentions of a text are kept."""

_DAYS = (
    "today|tomorrow|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|heute|morgen|gestern|"
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|aujourd'hui|demain|hier|lundi|mardi|"
    "mercredi|jeudi|vendredi|samedi|dimanche|hoy|mañana|ayer|lunes|martes|miércoles|jueves|viernes|sábado|"
    "domingo|hoje|amanhã|ontem"
)
_SCANNER = regex(
    r"(?P<url>https?://[^\s<>\"'“”]{1,1000})"
    r"|(?P<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
    r"|\"(?P<quoted>[^\"\n]{1,1000})\"|“(?P<quoted2>[^“”\n]{1,1000})[”“]|„(?P<quoted3>[^„“”\n]{1,1000})[“”]"
    r"|«\s?(?P<quoted4>[^«»\n]{1,1000}?)\s?»|(?<!\w)'(?P<quoted5>[^'\n]{1,200})'(?!\w)|"
    r"`(?P<quoted6>[^`\n]{1,1000})`"
    rf"|(?P<day>(?<!\w)(?i:{_DAYS})(?!\w))"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    rf"|(?P<datetime>(?<!\w){DATE_TIME})|(?P<date>(?<![\w-])(?:{DATE}))|(?P<time>(?<![\w:])(?:{TIME}))"
    r"|(?P<number>(?<![\w.-])[-+]?\d{1,15}(?:[.,]\d{1,15})*(?=(?:%|°[CF]?|[€$£]|kg|g|km|m|cm|mm|l|ml|s|h|k|"
    r"GB|MB|EUR|USD)?(?![\w-])))|#?(?P<word>[^\W_][\w-]{0,80})"
)
_LONGEST_FIELD = 200
_WORD = regex(r"[^\W_]+")
_LABEL = regex(
    r"(?<![\w?&/-])([^\W\d_][\w-]{0,40}(?: [^\W\d_][\w-]{0,40}){0,2})[ \t]{0,8}(?::(?!//)|=)[ "
    r"\t]{0,8}(?=[^\s:=])"
)
_FIELD_END = regex(r"[;\n]|,(?!\d)")
_CUE = regex(
    r"\b(?:saying|that says|with the (?:text|message|body)|titled|entitled|mit dem (?:text|inhalt)|disant|"
    r"avec le texte|diciendo|con el texto|dizendo|com o texto)\b:?\s*(?:that\s+)?([^\n]{1,2000})",
    re.IGNORECASE,
)
_CLAUSE = regex(
    r"[.!?](?=\s|\Z)|[;\n]|,?\s(?:and|und|et|y|e|then|dann|puis|luego|depois)\s|,\s", re.IGNORECASE
)
_SENTENCE = regex(r"[.!?:](?=\s|\Z)|\n")
_JOINT = regex(
    r"\s*(?:[,/&]|,?\s(?:and|or|und|oder|et|ou|y|o|e)\b)\s*(?:(?:in|at|for|to|à|en|nach|em)\s)?[\"“„«']?",
    re.IGNORECASE,
)
_LAST = regex(r"\s*(?:[.!?;]|\Z)")
_INNER = words_of("de del la of the von van da do dos di du y")
_NUMBERS: Mapping[str, int] = {
    word: number
    for number, all_words in {
        2: "two zwei deux dos dois duas couple",
        3: "three drei trois tres três",
        4: "four vier quatre cuatro quatro",
        5: "five fünf cinq cinco",
        6: "six sechs seis",
        7: "seven sieben sept siete sete",
        8: "eight acht huit ocho oito",
        9: "nine neun neuf nueve nove",
        10: "ten zehn dix diez dez",
        11: "eleven elf onze",
        12: "twelve zwölf douze doce doze dozen",
        20: "twenty zwanzig vingt veinte vinte",
        30: "thirty dreißig trente treinta trinta",
        50: "fifty fünfzig cinquante",
        100: "hundred hundert cent cien cem",
    }.items()
    for word in all_words.split()
}
PLACING = words_of("in at near around inside um en à au aux dans sur chez em no na auf bei")
LEADING = words_of(
    "from to for of about named called with via towards nach von aus zu für mit über de pour vers avec "
    "para a hacia con com desde"
)
DETERMINERS = words_of(
    "the a an der die das den dem des ein eine einen einem einer le la les un une el los las una o os as "
    "um uma"
)
_LEADS = (PLACING | LEADING) - DETERMINERS
_NO_NAMES = STOP_WORDS | words_of(
    "json yaml xml dr mr mrs ms prof herr frau hi hello hey please thanks hallo bitte danke bonjour merci "
    "hola gracias olá what's yes no ok okay january february march april may june july august september "
    "october november december monday tuesday wednesday thursday friday saturday sunday today tomorrow"
)


@dataclass(frozen=True)
class Mention:
    """A thing that a text names.

    `kind` is url, email, quoted, uuid, datetime, date, day, time, number, id, name, object (words behind a
    preposition), counted (words behind a number), field (the value behind `label:`) or text (what is to be
    said). `before` and `after` are the folded words around it, the nearest first; `clause` counts from 0.
    `joined` tells that only `and` or a comma is between it and the mention before.
    """

    kind: str
    text: str
    start: int
    end: int
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    clause: int = 0
    label: str = ""
    opens: bool = False
    joined: bool = False


@dataclass(frozen=True)
class _Found:
    kind: str
    text: str
    start: int
    end: int
    label: str = ""


@lru_cache(maxsize=64)
def mentions(text: str) -> tuple[Mention, ...]:
    """The mentions of a text in order, at most `MOST`; it takes time linear in the text."""
    surroundings = _Surroundings(text)
    found = sorted(_found(text, surroundings), key=lambda one: (one.start, -one.end, one.kind))[:MOST]
    placed: list[Mention] = []
    for one in found:
        mention = surroundings.place(one)
        before = next((other for other in reversed(placed[-4:]) if other.kind == one.kind), None)
        joined = bool(before and _JOINT.fullmatch(text[before.end : one.start][:20]))
        placed.append(replace(mention, joined=True) if joined else mention)
    return tuple(placed)


def clause_starts(text: str) -> list[int]:
    """Where the clauses of a text begin."""
    return [0, *(match.end() for match in _CLAUSE.finditer(text))]


class _Surroundings:
    """The words, clauses and sentences of a text, to look up what is around a place."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = [(match.start(), match.group().lower()) for match in _WORD.finditer(text)]
        self.starts = [start for start, _ in found]
        self.words = [word for _, word in found]
        self.clauses = clause_starts(text)
        self.sentences = [0, *(match.end() for match in _SENTENCE.finditer(text))]

    def place(self, one: _Found) -> Mention:
        first, last = bisect_left(self.starts, one.start), bisect_left(self.starts, one.end)
        sentence = bisect_right(self.sentences, one.start) - 1
        opening = self.sentences[sentence]
        ending = self.sentences[sentence + 1] if sentence + 1 < len(self.sentences) else len(self.text)
        low, high = bisect_left(self.starts, opening), bisect_left(self.starts, ending)
        before = tuple(reversed(self.words[max(low, first - 4) : first]))
        after = tuple(self.words[last : min(high, last + 3)])
        clause = bisect_right(self.clauses, one.start) - 1
        opens = first == low and self.text[opening - 1 : opening] != ":"
        return Mention(one.kind, one.text, one.start, one.end, before, after, clause, one.label, opens)


def _found(text: str, around: _Surroundings) -> Iterator[_Found]:
    words: list[tuple[str, int, int]] = []
    for match in _SCANNER.finditer(text):
        kind = match.lastgroup or ""
        start, end, value = match.start(), match.end(), match.group(kind)
        if kind == "word":
            if any(map(str.isdigit, value)) or text[start] == "#":
                yield _Found("id", value, start, end)
            else:
                words.append((value, start, end))
            if value.lower() in _NUMBERS:
                yield _Found("number", str(_NUMBERS[value.lower()]), start, end)
                yield from _counted(text, end)
            continue
        if kind == "url":
            value = value.rstrip(".,;:!?)]}")
        yield _Found(
            "quoted" if kind.startswith("quoted") else kind, value, start, start + len(match.group())
        )
        if kind == "number":
            yield from _counted(text, end)
    labels = list(_LABEL.finditer(text))
    starts = {start for label in labels for start in range(label.start(), label.end())}
    yield from _names(text, [word for word in words if word[1] not in starts])
    yield from _objects(text, words)
    yield from _fields(text, labels)
    for match in _CUE.finditer(text):
        yield _Found("text", match.group(1).strip(), match.start(1), match.end(1))


def _fields(text: str, labels: Sequence[re.Match[str]]) -> Iterator[_Found]:
    """What stands behind each label, up to the end of its line or to the next label."""
    for at, match in enumerate(labels):
        limit = labels[at + 1].start() if at + 1 < len(labels) else len(text)
        end = _FIELD_END.search(text, match.end(), min(limit, match.end() + _LONGEST_FIELD))
        stop = end.start() if end else min(limit, match.end() + _LONGEST_FIELD)
        value = text[match.end() : stop].strip().rstrip(".").strip("\"'")
        if value:
            yield _Found("field", value, match.end(), stop, match.group(1))


def _names(text: str, words: Sequence[tuple[str, int, int]]) -> Iterator[_Found]:
    """Runs of words that begin with a capital letter: `Rio de Janeiro`."""
    run: list[tuple[str, int, int]] = []
    for at, one in enumerate(words):
        follows = bool(run) and text[run[-1][2] : one[1]] in (" ", "-", "’", "'")
        if _is_name(one[0]) and (follows or not run):
            run.append(one)
            continue
        following = words[at + 1] if at + 1 < len(words) else None
        inner = follows and one[0] in _INNER and following and _is_name(following[0])
        if inner and following and text[one[2] : following[1]] == " ":
            run.append(one)
            continue
        if run:
            yield _Found("name", text[run[0][1] : run[-1][2]], run[0][1], run[-1][2])
        run = [one] if _is_name(one[0]) else []
    if run:
        yield _Found("name", text[run[0][1] : run[-1][2]], run[0][1], run[-1][2])


def _is_name(word: str) -> bool:
    return word[0].isupper() and word.lower() not in _NO_NAMES


def _objects(text: str, words: Sequence[tuple[str, int, int]]) -> Iterator[_Found]:
    """The words in small letters behind a preposition: `in tokyo`."""
    for at, (word, _, end) in enumerate(words):
        if word.lower() in _LEADS and at + 1 < len(words) and text[end : words[at + 1][1]] == " ":
            article = words[at + 1][0].lower() in DETERMINERS and at + 2 < len(words)
            found = _phrase(text, words[at + 1 + article][1])
            while found and not text[found.start].isupper():
                yield found
                found = _next_phrase(text, found.end)


def _next_phrase(text: str, at: int) -> _Found | None:
    """What is listed behind a phrase, if nothing but the end of a clause or more of the list follows it."""
    joint = _JOINT.match(text, at)
    found = _phrase(text, joint.end()) if joint else None
    ends = found and (_JOINT.match(text, found.end) or _LAST.match(text, found.end))
    return found if ends else None


def _counted(text: str, at: int) -> Iterator[_Found]:
    found = _phrase(text, at + 1) if text[at : at + 1] == " " else None
    if found:
        yield _Found("counted", found.text, found.start, found.end)


_PHRASE_WORD = regex(r"([^\W\d_][\w'’-]{0,40})( ?)")


def _phrase(text: str, at: int) -> _Found | None:
    """Up to three words that stand together and carry meaning."""
    end = at
    for _ in range(3):
        match = _PHRASE_WORD.match(text, end if end == at else end + 1)
        if not match or match.group(1).lower() in STOP_WORDS:
            break
        end = match.end(1)
        if not match.group(2):
            break
    return _Found("object", text[at:end], at, end) if end > at else None
