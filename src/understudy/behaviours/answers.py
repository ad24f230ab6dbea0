"""Answers: the text of a reply, made by the first rule that has something to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from understudy.behaviours.arithmetic import DividedByZero, result_of
from understudy.behaviours.conversation import Attachment, Exchange
from understudy.behaviours.grounding import (
    Material,
    grounded,
    question_of,
    sentences_of,
    statements,
    states,
)
from understudy.behaviours.identity import introduction
from understudy.behaviours.phrases import courtesy, language_of, listed, say
from understudy.behaviours.questions import is_question
from understudy.behaviours.remembering import asks_about_memories, asks_for_earlier, fact_to_keep
from understudy.behaviours.tool_results import told
from understudy.behaviours.transformations import asks_to_look, transformed

_MOST_KNOWN = 20
_LONGEST_TOLD = 300


@dataclass(frozen=True)
class Answer:
    """A text and an honest account, in English, of how it came about."""

    text: str
    account: str


@dataclass(frozen=True)
class Situation:
    """What an answer may depend on; `language` is that of the last message."""

    exchange: Exchange
    material: Material
    language: str

    def say(self, phrase: str, what: str = "") -> str:
        return say(phrase, self.language, what)


def situation(exchange: Exchange, material: Material) -> Situation:
    """The situation of an exchange, with the language that the person speaks."""
    said = [exchange.text, *(text for text, _ in zip(exchange.said(), range(5), strict=False))]
    return Situation(exchange, material, language_of(said))


def answer(now: Situation) -> Answer:
    """The text of a reply: real, drawn from the material and the conversation, or saying what is lacking."""
    return next(found for rule in _RULES if (found := rule(now)))


def is_courtesy(text: str) -> bool:
    """Whether a message asks for nothing: it only greets, thanks or says farewell."""
    return courtesy(text) is not None


def _nothing_asked(now: Situation) -> Answer | None:
    if now.exchange.text.strip() or now.exchange.attachments or now.exchange.results:
        return None
    return Answer(now.say("nothing asked"), "No message of a person waits for a reply.")


def _polite(now: Situation) -> Answer | None:
    polite = courtesy(now.exchange.text)
    return Answer(now.say(polite[0]), "The message is a courtesy, and so is the reply.") if polite else None


def _from_results(now: Situation) -> Answer | None:
    results = now.exchange.results
    if not results:
        return None
    names = ", ".join(dict.fromkeys(result.name or "a tool" for result in results))
    return Answer(
        told(question_of(now.exchange), results, now.language), f"The reply tells what {names} gave."
    )


def _unseen(now: Situation) -> Answer | None:
    if now.exchange.attachments or not asks_to_look(now.exchange.text):
        return None
    return Answer(now.say("nothing received"), "The message speaks of something that did not come with it.")


def _done(now: Situation) -> Answer | None:
    text = transformed(now.exchange.text)
    return Answer(text, "The message asks for a change of its own words.") if text else None


def _calculated(now: Situation) -> Answer | None:
    try:
        text = result_of(now.exchange.text)
    except DividedByZero:
        text = now.say("divided by zero")
    return Answer(text, "The message is a sum, which was worked out.") if text else None


def _noted(now: Situation) -> Answer | None:
    fact = fact_to_keep(now.exchange.text)
    if not fact:
        return None
    text = now.say("noted", fact)
    others = [one for one in sentences_of(now.exchange.text[:5000]) if not fact_to_keep(one)]
    found = grounded(now.exchange, now.material, now.language) if any(map(is_question, others)) else None
    return Answer(f"{text}\n{found.text}" if found else text, "The message asks to have a fact remembered.")


def _known(now: Situation) -> Answer | None:
    if not asks_about_memories(now.exchange.text):
        return None
    said = [one for text in now.exchange.said() for one in statements(text[:5000])]
    facts = list(dict.fromkeys([*now.material.memories, *reversed(said[:_MOST_KNOWN])]))[:_MOST_KNOWN]
    text = now.say("known", " ".join(facts)) if facts else now.say("nothing known")
    return Answer(text, f"The message asks what is known: {len(facts)} facts.")


def _repeated(now: Situation) -> Answer | None:
    which = asks_for_earlier(now.exchange.text)
    said = [text for text in now.exchange.said() if text.strip()] if which else []
    if not said:
        return None
    text = said[-1 if which == "first" else 0].strip()
    return Answer(now.say("said", text[:_LONGEST_TOLD]), f"The message asks for the {which} one before it.")


def _introduced(now: Situation) -> Answer | None:
    text = introduction(now.exchange.text, now.material.instructions)
    return Answer(text, "The message asks who I am, and the instructions say it.") if text else None


def _grounded(now: Situation) -> Answer | None:
    found = grounded(now.exchange, now.material, now.language)
    return Answer(found.text, f"The reply rests on {_ORIGINS[found.origin]}.") if found else None


def _attached(now: Situation) -> Answer | None:
    attachments = now.exchange.attachments
    if not attachments:
        return None
    what = listed([_described(one, now.language) for one in attachments], now.language)
    return Answer(now.say("received", what), "Of what came with the message only its form is known.")


def _stated(now: Situation) -> Answer | None:
    if not states(now.exchange.text):
        return None
    text = now.exchange.text.strip()[:_LONGEST_TOLD]
    return Answer(now.say("noted", text), "The message tells something and asks nothing.")


def _lacking(now: Situation) -> Answer | None:
    phrase = "lacking in sources" if now.material.sources else "lacking"
    return Answer(now.say(phrase), "Nothing at hand answers the message.")


def _described(one: Attachment, language: str) -> str:
    size = "" if one.size is None else f"{one.size} bytes"
    known = ", ".join(filter(None, (one.name, one.media_type, size)))
    return f"{say(one.kind, language)} ({known})" if known else say(one.kind, language)


_ORIGINS = {
    "source": "the sources",
    "instruction": "the instructions",
    "memory": "what is remembered of the person",
    "person": "what the person said in this conversation",
    "assistant": "an earlier reply",
}
_RULES: Sequence[Callable[[Situation], Answer | None]] = (
    _nothing_asked,
    _from_results,
    _polite,
    _unseen,
    _done,
    _calculated,
    _noted,
    _known,
    _repeated,
    _introduced,
    _grounded,
    _attached,
    _stated,
    _lacking,
)
