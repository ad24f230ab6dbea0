"""Grounding: what the material of a reply says about a question, verbatim and with its origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from understudy.behaviours.concepts import content_concepts
from understudy.behaviours.conversation import Exchange, excerpt, text_of
from understudy.behaviours.generation import compose, render
from understudy.behaviours.phrases import courtesy, is_lacking, say
from understudy.behaviours.questions import asks_for, holds_answer, is_question
from understudy.behaviours.regex import regex
from understudy.behaviours.remembering import fact_to_keep
from understudy.behaviours.rephrasing import Topic, rephrase, topic_after
from understudy.behaviours.sentences import sentence_spans
from understudy.behaviours.stop_words import words_of

READ_CHARACTERS = 100_000
"""How much of a conversation, the latest part, and of the instructions is read for an answer."""
LONGEST_QUESTION = 4000
"""A longer question is read at its beginning and at its end."""

MOST_SENTENCES = 1000
"""How many sentences of one text are read."""

_LEAST_SUPPORT = 0.34  # of what a question is about
_HALF = 0.5  # of it, where a question leans on a subject that is not the latest one
_OF_PERSONS = ("memory", "person")
_WORTH_SAYING = 0.75  # of the best sentence's worth
_MOST_SENTENCES = 2
_TOPIC_TURNS = 10
_LONGEST_SENTENCE = 600

_PERSONAL = regex(
    r"\b(?:my|mine|i|i'm|me|we|our|was it|were they|again|mein\w*|ich|mir|mich|unser\w*|war (?:das|es)|mon|"
    r"ma|mes|je|notre|nos|était-ce|mi|mis|yo|mío|nuestr[oa]s?|meus?|minhas?|eu|noss[oa]s?)\b",
    re.IGNORECASE,
)
_ADDRESSED = regex(
    r"\b(?:you|your|ihr|euch|euer|eure|sie|du|dein\w*|vous|votre|vos|tu|ustedes|usted|vosotros|vocês?)\b",
    re.IGNORECASE,
)
_INTRODUCED = regex(r"\b(?i:i'm|i am|this is|ich bin|je suis|soy|sou)\s[A-ZÀ-ÖØ-Þ]\w+")
_STATES = regex(
    r"\s*(?:(?:hi|hello|hey|well|so|ok|okay|and|also|but|hallo|also|und|aber|bonjour|et|mais|hola|y|pero|olá|"
    r"oi|e|mas)[\s,.!]+){0,3}(?:my|our|i|i'm|i've|we|mein\w*|unser\w*|ich|wir|mon|ma|mes|je|j'|nous|notre|"
    r"nos|mi|mis|yo|nuestr[oa]s?|tengo|soy|estoy|meus?|minhas?|eu|nós|tenho|sou|estou)(?![\w’])(?! (?:want|"
    r"need|would like|'d like) you\b)",
    re.IGNORECASE,
)
_TOLD = regex(
    r"\s*(?:the|this|that|there|it|he|she|they|der|die|das|es|er|sie|le|la|les|il|elle|ce|el|los|las|o|os|"
    r"as)\s",
    re.IGNORECASE,
)
_REQUESTS = regex(
    r"\s*(?:please|tell|give|show|list|explain|describe|write|summari[sz]e|find|help|say|reply|respond|"
    r"answer|translate|make|create|let|count|repeat|calculate|compare|name|pick|choose|think|imagine|bitte|"
    r"sag\w*|gib|geben|zeig\w*|erklär\w*|nenne?|schreib\w*|hilf|antwort\w*|such\w*|dis|dites|donne[rz]?|"
    r"montre[rz]?|explique[rz]?|écri\w*|aide[rz]?|di|dime|dígame|dame|muestra|explica|escrib\w*|ayuda|por "
    r"favor|diga|dê|mostre|escreva|ajude)\b",
    re.IGNORECASE,
)
# What an instruction orders is not for telling, only what it states.
_ORDER = regex(
    r"[\s\-*#•\d.]*(?:never|don't|do not|nie|niemals|ne|nunca|jamais|you|your|you're|answer|respond|reply|"
    r"always|be|act|use|speak|write|keep|say|help|if|when|please|make|avoid|only|refuse|greet|ask|mention|"
    r"tell|du|sie sind|dein|deine|antworte\w*|sei|nutze|verwende|schreibe|immer|tu|vous|réponds|répondez|"
    r"sois|soyez|toujours|eres|usted|responde|siempre|usa|você|responda|sempre|seja)\b",
    re.IGNORECASE,
)
_SECRET = regex(
    r"\b(?:secret|confidential|password|geheim|vertraulich|confidentiel|secreto|segredo)", re.IGNORECASE
)
_FORBIDDEN = regex(
    r"\b(?:never|don't|do not|must not|nie|niemals|nicht|jamais|ne|nunca|jamás|não)\b",
    re.IGNORECASE,
)
# Words of Portuguese that the stop words of other languages do not cover.
_FILLERS = words_of(
    "qual quais era são os as um uma do da dos das ao no na nos nas em com foi está estão tem têm meu minha "
    "meus minhas seu sua você vocês eu onde quando quem quanto quanta tell say know remember said told "
    "wissen weißt sagen gesagt"
)


@dataclass(frozen=True)
class Material:
    """What a reply may rest on: passages of knowledge, facts remembered, instructions."""

    sources: Sequence[str]
    memories: Sequence[str]
    instructions: str


@dataclass(frozen=True)
class Grounded:
    """An answer and where it was found: source, memory, instruction, person, assistant."""

    text: str
    origin: str
    support: float


def grounded(exchange: Exchange, material: Material, language: str) -> Grounded | None:
    """The best supported answer to what was asked; None when nothing holds one.

    Of equally supported ones that of the sources comes first; when the question is about the assistant, that
    of the instructions; when it is about the person, what is remembered and what they said.
    """
    asked, told = _asked(exchange)
    found = _found(asked, told, exchange, material)
    if not any(one.support == 1 for one in found):  # its own words do not tell it all
        personal = [one for one in found if one.origin in _OF_PERSONS and one.support >= _HALF]
        found = [
            one
            for one in _found(_in_full(asked, exchange), told, exchange, material)
            if _concerns(asked, one.text)
        ] or (personal if _PERSONAL.search(asked) else [])
    order = ["source", "instruction", "memory", "person", "assistant"]
    if _ADDRESSED.search(asked):
        order = ["instruction", "source", "memory", "person", "assistant"]
    if _PERSONAL.search(asked):
        order = ["memory", "person", "source", "instruction", "assistant"]
    if not found:
        return None
    best = max(found, key=lambda one: (one.support, -order.index(one.origin)))
    if best.origin == "person" and _PERSONAL.search(best.text):
        return Grounded(say("said", language, best.text), best.origin, best.support)
    return best


def _found(asked: str, told: Sequence[str], exchange: Exchange, material: Material) -> list[Grounded]:
    """What each origin holds of an answer."""
    found = [
        _from_sources(asked, material.sources),
        _from_texts("instruction", asked, _facts(asked, material.instructions)),
    ]
    if not states(exchange.text):
        found += [
            _from_texts("memory", asked, material.memories),
            _from_texts("person", asked, [*told, *_statements(exchange)]),
            _from_texts("assistant", asked, _earlier_answers(exchange)),
        ]
    return [one for one in found if one]


def _concerns(asked: str, text: str) -> bool:
    """Whether a text that was found with the topic's help has to do with the question itself."""
    wanted, kinds = _wanted(asked), asks_for(asked)
    if kinds and holds_answer(text, kinds):
        return True
    return _support(wanted, text) > 0 if wanted else not kinds


def question_of(exchange: Exchange) -> str:
    """What is asked, told in full where it leans on what was said before."""
    return _in_full(_asked(exchange)[0], exchange)


def statements(text: str) -> list[str]:
    """The sentences of a text that state something; of a request to remember, the fact."""
    found = []
    for sentence in sentences_of(text):
        fact = fact_to_keep(sentence)
        if fact or not (is_question(sentence) or courtesy(sentence) or _REQUESTS.match(sentence)):
            found.append(fact or sentence)
    return found


def states(text: str) -> bool:
    """Whether a message tells something of the person and asks nothing."""
    told = _STATES.match(text) or (_TOLD.match(text) and text.rstrip().endswith((".", "!")))
    return bool(told) and not any(map(is_question, sentences_of(text[:LONGEST_QUESTION])))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each of a bounded length; of very many the first and the last."""
    half = MOST_SENTENCES // 2
    spans = sentence_spans(text)
    kept = spans if len(spans) <= MOST_SENTENCES else [*spans[:half], *spans[-half:]]
    return [text[start : min(end, start + _LONGEST_SENTENCE)] for start, end in kept]


def _asked(exchange: Exchange) -> tuple[str, list[str]]:
    """The questions of the last message, or all of it when it asks none, and what it states besides."""
    text = excerpt(exchange.text, READ_CHARACTERS)
    parts = sentences_of(text)
    questions = [one for one in parts if is_question(one)]
    if not questions:
        return excerpt(text, LONGEST_QUESTION), []
    return excerpt(" ".join(questions), LONGEST_QUESTION), statements(text)


def _in_full(asked: str, exchange: Exchange) -> str:
    topic = Topic()
    said = [text for text, _ in zip(exchange.said(), range(_TOPIC_TURNS), strict=False)]
    for text in reversed(said):
        topic = topic_after(text[:1000], topic)
    return rephrase(asked, topic, LONGEST_QUESTION)


def _from_sources(question: str, sources: Sequence[str]) -> Grounded | None:
    sentences = compose(question, sources)
    if not sentences:
        return _from_texts("source", question, [part for source in sources for part in sentences_of(source)])
    text = render(sentences, lambda number: "")
    return Grounded(text, "source", _support(_wanted(question), text))


def _from_texts(origin: str, question: str, texts: Iterable[str]) -> Grounded | None:
    """The texts that hold most of what the question is about, two at most."""
    wanted, kinds = _wanted(question), asks_for(question)
    worths: dict[str, float] = {}
    for text in texts:
        support = _support(wanted, text)
        if support >= _LEAST_SUPPORT:
            worths.setdefault(text, round(support * (1.3 if holds_answer(text, kinds) else 1.0), 6))
    ranked = sorted(worths, key=lambda text: -worths[text])
    chosen = [text for text in ranked[:_MOST_SENTENCES] if worths[text] >= worths[ranked[0]] * _WORTH_SAYING]
    if not chosen:
        return None
    return Grounded(" ".join(text.strip() for text in chosen), origin, _support(wanted, chosen[0]))


def _wanted(question: str) -> Mapping[str, None]:
    return dict.fromkeys(one for one in content_concepts(question) if one not in _FILLERS)


def _support(wanted: Mapping[str, None], text: str) -> float:
    """The share of what is wanted that the text holds."""
    held = _held_concepts(text[: _LONGEST_SENTENCE * 4])
    return round(sum(one in held for one in wanted) / len(wanted), 6) if wanted else 0.0


@lru_cache(maxsize=4096)
def _held_concepts(text: str) -> frozenset[str]:
    introduced = ("name",) if _INTRODUCED.search(text) else ()
    return frozenset((*content_concepts(text), *introduced))


def _facts(question: str, instructions: str) -> Iterator[str]:
    """The sentences of the instructions that may be told: facts, and orders that hold what is asked for."""
    kinds = asks_for(question)
    for sentence in sentences_of(instructions[:READ_CHARACTERS]):
        orders = bool(_ORDER.match(sentence))
        tells = bool(kinds) and holds_answer(sentence, kinds) and not _FORBIDDEN.search(sentence)
        if not _SECRET.search(sentence) and (tells or not orders):
            yield sentence


def _statements(exchange: Exchange) -> Iterator[str]:
    left = READ_CHARACTERS
    for text in exchange.said():
        if left <= 0:
            return
        yield from statements(text[:left])
        left -= len(text)


def _earlier_answers(exchange: Exchange) -> Iterator[str]:
    left = READ_CHARACTERS
    for message in reversed(exchange.earlier):
        if message.get("role") == "assistant" and left > 0:
            text = text_of(message)[:left]
            left -= len(text)
            yield from () if is_lacking(text) else statements(text)
