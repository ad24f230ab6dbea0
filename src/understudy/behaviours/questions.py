"""Questions: what kind of answer a question asks for, and whether a sentence holds one."""

import re
from collections.abc import Iterable, Mapping

from understudy.behaviours.regex import regex

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|"
    "thousand|million|half|twice|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|zwanzig|dreißig|hundert|"
    "tausend|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|vingt|trente|cent|mille"
)
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
    "wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter|morning|noon|evening|midnight|januar|"
    "februar|märz|mai|juni|juli|oktober|dezember|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|"
    "frühling|sommer|herbst|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_COUNTED = "how (?:many|much|long|far|old|tall|high|deep|hot|big|large|heavy|often|fast|wide|large)"
_ASKS: Mapping[str, re.Pattern[str]] = {
    "number": regex(
        rf"\b(?:{_COUNTED}|what (?:temperature|price|percentage|age)|wie (?:viele?|lange|hoch|weit|alt|"
        r"schwer|teuer|groß|oft|tief)|combien|cuánt[oa]s?)\b|いくら|いくつ|何(?:人|年|日|分|度|個)|多少|几"
    ),
    "date": regex(
        r"\b(?:when|(?:what|which) (?:year|time|day|date|month)|wann|quand|cuándo)\b|いつ|什么时候"
    ),
    "person": regex(r"\b(?:who|whom|whose|wer|wem|wen|qui|quién)\b|誰|だれ|谁"),
    "place": regex(r"\b(?:where|wo|wohin|woher|où|dónde)\b|どこ|哪里"),
    "reason": regex(r"\b(?:why|warum|wieso|weshalb|pourquoi)\b|なぜ|どうして|为什么"),
}
_ANSWERS: Mapping[str, re.Pattern[str]] = {
    "number": regex(rf"\d|\b(?:{_NUMBER_WORDS})\b|[一二三四五六七八九十百千]", re.IGNORECASE),
    "date": regex(rf"\d|\b(?:{_MONTHS})\b|[年月日時]", re.IGNORECASE),
    "person": regex(r"(?<=[\w,] )[A-ZÀ-ÖØ-Þ]\w+|\b[A-Z]\w+ [A-Z]\w+|さん|氏"),
    "place": regex(
        r"\b(?:in|at|near|on|behind|beside|between|opposite|under|north|south|east|west|im|am|an|auf|bei|neben|"
        r"hinter|dans|à|au|sur|près|en)\b|[でに]"
    ),
    "reason": regex(r"\b(?:because|since|due|so that|weil|denn|damit|parce|car|puisque)\b|から|ので|因为"),
}
_MARKED = regex(r"[?？؟][\"'”’»«)\]」』）]*\s*\Z")
_BEGUN = regex(
    r"\s*(?:and |und |et |y |e )?(?:who|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|"
    r"wer|welche[rsmn]?|wann|wo|warum|wieso|wie|ist|sind|qui|quoi|quel(?:le)?s?|quand|où|pourquoi|comment|"
    r"combien|est-ce|quién|qué|cuál(?:es)?|cuándo|dónde|cómo|cuánt[oa]s?|quem|qual|quais|quando|onde|"
    r"quant[oa]s?)\b",
    re.IGNORECASE,
)
_WANTED = regex(
    r"\s*(?:(?:please|now|then|and) )?(?:tell (?:me|us|the|about|what|how|which|when|where|who)|list|"
    r"explain|describe|(?:nenne?|erkläre?|beschreibe?|liste)|(?:explique|décris|énumère|explica|describe|"
    r"enumera|descreva|liste)[rz]?)\b",
    re.IGNORECASE,
)


def is_question(sentence: str) -> bool:
    """Whether a sentence asks something: by its mark, or by the word it begins with."""
    return bool(_MARKED.search(sentence[-10:]) or _BEGUN.match(sentence))


def wants_to_be_told(sentence: str) -> bool:
    """Whether a sentence asks for knowledge, as a question or as a wish: `Tell me the opening hours.`"""
    return is_question(sentence) or bool(_WANTED.match(sentence))


def asks_for(question: str) -> tuple[str, ...]:
    """The kinds of answer the question asks for; none for a mere topic."""
    lowered = question.lower()
    return tuple(kind for kind, pattern in _ASKS.items() if pattern.search(lowered))


def holds_answer(sentence: str, kinds: Iterable[str]) -> bool:
    """Whether the sentence holds something of one of the kinds."""
    return any(_ANSWERS[kind].search(sentence) for kind in kinds)
