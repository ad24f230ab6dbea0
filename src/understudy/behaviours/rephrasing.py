"""Rephrasing: what a conversation is about, and a question that leans on earlier ones told in full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from understudy.behaviours.regex import regex
from understudy.behaviours.stop_words import words_of
from understudy.behaviours.tokens import is_content

MOST_THINGS = 4
"""How many things a conversation is about at once; later ones push out earlier ones."""
MOST_SAID = 6
"""How many words of what was asked about them are kept."""
LONGEST_PHRASE = 60

# Marks end a run of words, so they are tokens too.
_TOKEN = regex(r"[^\W_]+(?:['’.][^\W_]+)*|[.,;:!?…\"()]")
_DO = words_of("do does did can could may might must shall should will would has have had")
_BE = words_of("is are was were am")
_DETERMINERS = words_of(
    "the a an this that these those my your our their its his her each every any some all both "
    "der die das den dem des ein eine einen einem einer le la les l un une el los las una"
)
_OF = words_of("of about which whose von über welche welcher welches de du des d sobre cuál")
_PREPOSITIONS = words_of(
    "in on at for from with by to into during within between before after under over per since without "
    "mit für bei nach aus zu im am zur zum auf ohne avec pour dans sur par chez sans con para en por sin"
)
_QUANTITIES = words_of("many much viele viel combien cuántos cuántas")
_NUMBERS = words_of("one two three four five six seven eight nine ten eleven twelve zwei drei deux trois dos")
_REQUESTS = words_of("explain describe list show tell compare summarize find name give")
_POINTERS = words_of(
    "it its they them their theirs this that these those he him his she her hers ones same "
    "er sie es ihn ihm ihr ihre ihrem ihren ihrer dessen deren il elle ils elles cela ça celui celle él ella"
)
_POINTING = regex("[它他她这那]|[それこ]れ")
_JOINING = words_of("and or und oder et ou y o")
_LINKED = regex(r"(?:and|but|or|also|then|so|what about|how about|und|aber|oder|et|mais|y|pero)\b", re.I)

_ASKED = frozenset(
    {"happen", "happens", "happened", "mean", "means", "need", "needs", "needed", "want", "wants"}
)
"""Stop words of a search that a question may be all about."""


@dataclass(frozen=True)
class Topic:
    """What a conversation is about: the things it names, and the words that were asked about them."""

    things: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Run:
    """Words that carry meaning and stand together, with the words in front of them, nearest first."""

    words: tuple[str, ...]
    before: tuple[str, str, str]
    after: str


@dataclass
class _Question:
    """The parts of a question: things, things that only qualify it, and the rest of its words."""

    things: list[str]
    asides: list[str]
    said: list[str]

    @property
    def named(self) -> list[str]:
        return self.things or self.asides


def rephrase(question: str, topic: Topic, longest: int) -> str:
    """The question with what it leaves out in brackets, or itself when it stands alone.

        rephrase("and what does it cost?", Topic(("lamp",)), 5000) == "and what does it cost? (lamp)"

    Args:
        topic: what the conversation was about before.
        longest: characters; words that would not fit are left out.
    """
    lowered = question.lower()
    carried = [phrase for phrase in _carried(question, topic) if phrase.lower() not in lowered]
    while carried:
        told = f"{question} ({', '.join(carried)})"
        if len(told) <= longest:
            return told
        carried.pop()
    return question


def topic_after(question: str, topic: Topic) -> Topic:
    """What the conversation is about once `question` was asked. Its size is bounded."""
    parts = _parts(question)
    linked = _is_linked(question)
    stays = _points_back(question) or not parts.named or (linked and not parts.things)
    things = [*topic.things, *parts.named] if stays else parts.named
    said = parts.said or (topic.said if stays or linked else ())
    cut = [thing[:LONGEST_PHRASE] for thing in dict.fromkeys(things)]
    return Topic(tuple(cut[-MOST_THINGS:]), tuple(word[:LONGEST_PHRASE] for word in said[:MOST_SAID]))


def _carried(question: str, topic: Topic) -> Sequence[str]:
    """The phrases of the topic that the question needs to be understood."""
    parts = _parts(question)
    if not question.strip():
        return ()
    if not parts.named and not parts.said:
        return (*topic.things, *topic.said)
    if not parts.named or _points_back(question):
        return topic.things
    if _is_linked(question):  # And the frame? And for children? And what happens to unused days?
        return (*(() if parts.things else topic.things), *(() if parts.said else topic.said))
    return ()


def _points_back(question: str) -> bool:
    found = {token.lower() for token in _TOKEN.findall(question)}
    return not found.isdisjoint(_POINTERS) or bool(_POINTING.search(question))


def _is_linked(question: str) -> bool:
    return bool(_LINKED.match(question.strip()))


def _parts(question: str) -> _Question:
    parts = _Question([], [], [])
    for run in _runs(question):
        _place(run, parts)
    return parts


def _place(run: _Run, parts: _Question) -> None:
    """Tell things from verbs by the small words around them; English best, others by their articles."""
    lead, second, third = run.before
    words = run.words[1:] if not lead and run.words[0].lower() in _REQUESTS else run.words
    text = " ".join(words)
    subject = lead if lead in _DO | _BE else second if lead in _DETERMINERS else ""
    if subject in _DO | _BE and not (subject in _BE and (second if subject == lead else third) == "what"):
        named, said = _subject(words, bare=subject == lead)
        parts.things += named
        parts.said += said
    elif _is_aside(run):
        parts.asides.append(text)
    elif lead in _DETERMINERS | _OF | _BE or not lead or (lead in _JOINING and parts.things):
        parts.things += [text] if text else []
    else:
        parts.said += words


def _is_aside(run: _Run) -> bool:
    """Whether it qualifies the question: `for children`, `45 days`, `what time does`."""
    lead, second, _ = run.before
    return (
        lead in _PREPOSITIONS | _QUANTITIES
        or (lead in _DETERMINERS and second in _PREPOSITIONS)
        or (lead in _OF and second in _QUANTITIES)
        or (lead == "what" and run.after in _DO | _BE)
        or run.words[0].isdigit()
        or run.words[0].lower() in _NUMBERS
    )


def _subject(words: tuple[str, ...], bare: bool) -> tuple[list[str], tuple[str, ...]]:
    """What follows an auxiliary verb: the subject, and at its end the verb or adjective."""
    if len(words) == 1:
        return ([], words) if bare else ([words[0]], ())
    return [" ".join(words[:-1])], words[-1:]


def _runs(question: str) -> Iterator[_Run]:
    tokens = _TOKEN.findall(question)
    folded = [token.lower() if token[0].isalnum() else "" for token in tokens]
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and _has_meaning(folded[end]):
            end += 1
        if end > at:
            before = [folded[at - back] if at >= back else "" for back in (1, 2, 3)]
            after = folded[end] if end < len(tokens) else ""
            yield _Run(tuple(tokens[at:end]), (before[0], before[1], before[2]), after)
        at = max(end, at + 1)


def _has_meaning(word: str) -> bool:
    return word in _ASKED or (bool(word) and is_content(word) and word not in _PREPOSITIONS)
