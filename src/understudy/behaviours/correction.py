"""Correction: what documents do not support in a text is put right from them, or taken out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from understudy.behaviours.concepts import content_concepts
from understudy.behaviours.dates import iso_date, iso_date_time, iso_time
from understudy.behaviours.mentions import clause_starts, mentions
from understudy.behaviours.questions import is_question
from understudy.behaviours.regex import regex
from understudy.behaviours.sentences import sentence_spans
from understudy.behaviours.stop_words import ALL as STOP_WORDS
from understudy.behaviours.stop_words import words_of

NOTHING_SUPPORTS = "Nothing in the documents supports this."
OPPOSITE = "The documents say the opposite."

MOST_CLAUSES = 50
MOST_THINGS = 100
"""How many clauses and things of a sentence are looked at one by one."""
MOST_COMPARISONS = 200_000
"""How often a thing of a source is looked at for one text; after that nothing is replaced any more."""

_LEAST_SUPPORT = 0.5  # of what a clause is about
_SAME_CLAIM = 0.75  # of it, for a source that says the opposite
_MOST_SOURCES = 200  # sentences that are looked at for one word
_EQUALLY_GOOD = 4
_CITATION = regex(r"\[\d+(?:\s?,\s?\d+)*\]")
_CITED = regex(r"(?:\s{0,3}\[\d+(?:\s?,\s?\d+)*\])+")
_WORD = regex(r"[^\W_]+(?:[.,]\d+)*")
_THOUSANDS = regex(r"[-+]?\d{1,3}(?:[.,]\d{3})+")
_AND = words_of("and und et y e")
_GAP = " ,;\n\t"
_MARKS = ".!?…。！？"
_FACTS = ("url", "email", "uuid", "datetime", "date", "day", "time", "number", "id", "name")
_NEGATIONS = words_of(
    "not no never nor without t nicht kein keine keinen nie pas jamais sans nunca não sin sem"
)
_BEFORE_VERBS = words_of("to will would can could may might must shall should did do does not zu kann wird")
_NEAR = (3, 2, 1)
"""What an equal word counts at distance 1, 2 and 3."""


@dataclass(frozen=True)
class Correction:
    """A sentence as it was and as it is now, "" when it is gone, and why."""

    original: str
    corrected: str
    explanation: str


@dataclass(frozen=True)
class _Thing:
    """A fact or a word of a sentence. `form` is what makes two of them equal.

    A word that begins a sentence is no certain name: every one is written large there.
    """

    kind: str
    form: str
    start: int
    end: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    certain: bool = True


@dataclass(frozen=True)
class _Source:
    """A sentence of a document; `context` is what the one before it is about."""

    text: str
    concepts: frozenset[str]
    words: frozenset[str]
    things: tuple[_Thing, ...]
    forms: frozenset[tuple[str, str]]
    context: frozenset[str] = frozenset()


def correct(text: str, documents: Sequence[str], query: str = "") -> tuple[str, list[Correction]]:
    """The text as far as the documents support it, and what was changed, in order.

    A wrong number, date, time, name or attribute is replaced by the one that the documents have in its
    place; a clause or a sentence without support is removed. Questions and sentences without a claim stay
    unless nothing else is left.
    """
    sources = _Sources(documents, query)
    out, corrections, claims = "", [], False
    end = 0
    for start, stop in _spans(text):
        sentence, gap = text[start:stop], text[end:start]
        end = stop
        changed, reasons = _checked(sentence, sources)
        if reasons:
            corrections.append(Correction(sentence, changed, " ".join(dict.fromkeys(reasons))))
        if changed:
            out += (gap if out or not corrections else "") + changed
            claims = claims or _claims(sentence)
    if not corrections:
        return text, []
    return (out if claims else ""), corrections


class _Sources:
    """The sentences of all documents, to find those that are about a claim."""

    def __init__(self, documents: Sequence[str], query: str) -> None:
        self.sentences = [one for document in documents for one in _sentences(document)]
        self.asked = frozenset(content_concepts(query))
        self.holders: defaultdict[str, list[int]] = defaultdict(list)
        self.left = MOST_COMPARISONS
        self.words: set[str] = set()
        self.forms: set[tuple[str, str]] = set()
        for number, one in enumerate(self.sentences):
            self.words |= one.words
            self.forms |= one.forms
            for concept in sorted(one.concepts):
                self.holders[concept].append(number)

    def about(self, concepts: Iterable[str]) -> list[_Source]:
        """The sentences that hold most of the concepts, those that answer the question first."""
        held: Counter[int] = Counter()
        for concept in dict.fromkeys(concepts):
            held.update(self.holders.get(concept, ())[:_MOST_SOURCES])
        if not held:
            return []
        ranks = {n: 2 * count + len(self.sentences[n].concepts & self.asked) for n, count in held.items()}
        best = max(ranks.values())
        return [self.sentences[n] for n in sorted(ranks) if ranks[n] == best][:_EQUALLY_GOOD]

    def compared(self, things: tuple[_Thing, ...]) -> tuple[_Thing, ...]:
        """The things, as long as comparisons are left."""
        self.left -= len(things)
        return things if self.left >= 0 else ()

    def mention(self, thing: _Thing) -> bool:
        """Whether any document names it."""
        return (thing.kind, thing.form) in self.forms or _held(thing, self.words)


def _sentences(document: str) -> Iterator[_Source]:
    context: frozenset[str] = frozenset()
    for start, stop in sentence_spans(document):
        found = _read(document[start:stop])
        yield replace(found, context=context)
        context = found.concepts


def _checked(sentence: str, sources: _Sources) -> tuple[str, list[str]]:
    """A sentence as it may stay, and the reasons for what changed."""
    masked = _CITATION.sub(lambda found: " " * len(found.group()), sentence)
    concepts = content_concepts(masked)
    if not _claims(sentence):
        return sentence, []
    whole = sources.about(concepts)
    opposite = _opposite(masked, frozenset(concepts), whole)
    if opposite is not None:
        return opposite.text, [OPPOSITE]
    kept, reasons = [], []
    for start, end in _clauses(masked):
        told, why = _checked_clause(masked, start, end, whole, sources)
        changed = _spliced(sentence, start, end, told) if told is not None else ""
        if told is not None:
            kept.append(changed)
        reasons += why
    if not reasons:
        return sentence, []
    return (_joined(kept, sentence), reasons) if kept else ("", reasons)


def _checked_clause(
    sentence: str, start: int, end: int, whole: Sequence[_Source], sources: _Sources
) -> tuple[list[tuple[_Thing, str]] | None, list[str]]:
    """What is to be replaced in a clause and why; None for a clause that has to go."""
    concepts = content_concepts(sentence[start:end])
    near = sources.about(concepts) or list(whole)
    replaced: list[tuple[_Thing, str]] = []
    for thing in (one for one in _read(sentence).things if start <= one.start < end):
        found = [*near, *(one for one in whole if one not in near)]
        if any(_holds(one, thing) for one in found):
            continue
        right = _counterpart(thing, _read(sentence), found, sources, lone=not sources.mention(thing))
        if right is not None:
            replaced.append((thing, right))
        elif thing.kind != "word" and thing.certain and not sources.mention(thing):
            return None, [f"The documents do not mention '{sentence[thing.start : thing.end]}'."]
    gone = {concept for thing, _ in replaced for concept in _concepts_of(sentence, thing)}
    left = [concept for concept in dict.fromkeys(concepts) if concept not in gone]
    about = [one.concepts | one.context for one in [*near, *whole]]
    held = max((sum(concept in one for concept in left) for one in about), default=0)
    if _is_claim(sentence[start:end]) and held < _LEAST_SUPPORT * len(left):
        return None, [NOTHING_SUPPORTS]
    said = [(right, sentence[thing.start : thing.end]) for thing, right in replaced]
    return replaced, [f"The documents say '{right}', not '{wrong}'." for right, wrong in said]


def _counterpart(
    thing: _Thing, own: _Source, near: Sequence[_Source], sources: _Sources, *, lone: bool
) -> str | None:
    """What the sources have in the place of a thing, in their own words.

    Args:
        own: the sentence of the thing; what it says already is no counterpart.
        lone: whether no document names the thing, so that the only other one of its kind may stand for it.
    """
    if not lone and (thing.kind == "word" or not thing.certain):
        return None
    found = [
        (_likeness(one, thing), source.text[one.start : one.end])
        for source in near
        for one in sources.compared(source.things)
        if one.kind == thing.kind and not _holds(own, one)
    ]
    best = max(found, key=lambda one: one[0], default=(0, ""))
    if best[0] >= _NEAR[0]:
        return best[1]
    alone = lone and len(found) == 1 and thing.kind not in ("word", "name", "id")
    return found[0][1] if alone else None


def _likeness(one: _Thing, other: _Thing) -> int:
    """How many words around two things are the same, the nearest counting most; for words, the one before."""
    if one.kind == "word" and one.before[:1] != other.before[:1]:
        return 0
    sides = ((one.before, other.before), (one.after, other.after))
    return sum(
        worth for left, right in sides for worth, a, b in zip(_NEAR, left, right, strict=False) if a == b
    )


def _opposite(sentence: str, concepts: frozenset[str], near: Sequence[_Source]) -> _Source | None:
    """The source that claims the same, with a negation on one side alone."""
    denies = not _NEGATIONS.isdisjoint(_words(sentence))
    for one in near:
        shared = len(concepts & one.concepts)
        same = shared >= _SAME_CLAIM * max(len(concepts), len(one.concepts))
        if same and denies is _NEGATIONS.isdisjoint(one.words):
            return one
    return None


def _holds(source: _Source, thing: _Thing) -> bool:
    return (thing.kind, thing.form) in source.forms or _held(thing, source.words)


def _held(thing: _Thing, there: Set[str]) -> bool:
    """Whether every word of a name, a number or a plain word is among others."""
    return thing.kind in ("name", "number", "word", "id") and all(one in there for one in thing.form.split())


@lru_cache(maxsize=4096)
def _read(text: str) -> _Source:
    things = _things(text)
    forms = frozenset((one.kind, one.form) for one in things)
    return _Source(text, frozenset(content_concepts(text)), frozenset(_words(text)), things, forms)


def _things(text: str) -> tuple[_Thing, ...]:
    """The facts of a sentence and the plain words that say how or what something is, in order."""
    found: list[_Thing] = []
    taken = 0
    for one in sorted(mentions(text), key=lambda one: (one.start, -one.end, one.kind == "name")):
        if one.kind in _FACTS and one.start >= taken:
            certain = one.kind != "name" or not one.opens or " " in one.text
            form = _form(one.kind, one.text)
            found.append(_Thing(one.kind, form, one.start, one.end, one.before, one.after, certain))
            taken = one.end
    covered = {at for one in found for at in range(one.start, one.end)}
    spots = [(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]
    words = [word for word, _, _ in spots]
    for at, (word, start, end) in enumerate(spots):
        before = tuple(reversed(words[max(0, at - 3) : at]))
        if start in covered or word in STOP_WORDS or not before:
            continue
        if before[0] in STOP_WORDS and before[0] not in _BEFORE_VERBS:
            found.append(_Thing("word", word, start, end, before, tuple(words[at + 1 : at + 4])))
    return tuple(sorted(found, key=lambda one: one.start)[:MOST_THINGS])


def _form(kind: str, text: str) -> str:
    read = {"date": iso_date, "datetime": iso_date_time, "time": iso_time}.get(kind)
    if read is not None:
        return read(text) or text.casefold()
    if kind == "number":
        plain = re.sub("[.,]", "", text) if _THOUSANDS.fullmatch(text) else text.replace(",", ".")
        return plain.lstrip("+")
    return " ".join(_words(text)) if kind == "name" else text.casefold()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _concepts_of(sentence: str, thing: _Thing) -> tuple[str, ...]:
    return tuple(content_concepts(sentence[thing.start : thing.end]))


def _claims(sentence: str) -> bool:
    return _is_claim(sentence) and not is_question(sentence)


def _is_claim(text: str) -> bool:
    return any(word not in STOP_WORDS for word in _words(_CITATION.sub(" ", text)))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text; citations behind a sentence are part of it."""
    begin = 0
    for start, stop in sentence_spans(text):
        start = max(start, begin)
        if start >= stop:
            continue
        cited = _CITED.match(text, stop)
        begin = stop = cited.end() if cited else stop
        yield start, stop


def _clauses(sentence: str) -> list[tuple[int, int]]:
    """The clauses of a sentence that claim something of their own, others go with the one before."""
    starts = [0]
    for start in clause_starts(sentence)[1:MOST_CLAUSES]:
        if _is_claim(sentence[start:]) and _is_claim(sentence[starts[-1] : start]):
            starts.append(start)
    return list(zip(starts, [*starts[1:], len(sentence)], strict=True))


def _spliced(sentence: str, start: int, end: int, replaced: Sequence[tuple[_Thing, str]]) -> str:
    """A clause with its things replaced."""
    out, at = "", start
    for thing, right in replaced:
        capital = thing.start == 0 and right[:1].islower()
        out += sentence[at : thing.start] + (right[:1].upper() + right[1:] if capital else right)
        at = thing.end
    return out + sentence[at:end]


def _joined(kept: Sequence[str], sentence: str) -> str:
    """The clauses that stay as one sentence, with its first capital and its end."""
    text, ending = "".join(kept).strip(_GAP), _ending(sentence)
    first, _, rest = text.partition(" ")
    if first.lower() in _AND:
        text = rest
    before, _, last = text.rpartition(" ")
    if last.lower() in _AND:
        text = before.rstrip(_GAP)
    if sentence[:1].isupper():
        text = text[:1].upper() + text[1:]
    return text if text.endswith(ending) else text + ending


def _ending(sentence: str) -> str:
    """The marks and the citations that end a sentence."""
    body = sentence
    while body.endswith("]") and _CITATION.fullmatch(body, max(0, body.rfind("["))):
        body = body[: body.rfind("[")].rstrip()
    return sentence[len(body.rstrip(_MARKS)) :]
