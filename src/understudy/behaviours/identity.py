"""Identity: who the assistant says it is when it is asked, after its instructions."""

from __future__ import annotations

import re
from itertools import islice

from understudy.behaviours.regex import regex
from understudy.behaviours.sentences import sentence_spans

_MOST_SENTENCES = 50
_READ_CHARACTERS = 10_000

_ASKED = regex(
    r"\b(?:who are you|what(?:'s| is) your name|what are you called|wer (?:bist du|sind sie)|"
    r"wie hei(?:ßt du|ßen sie)|qui (?:es-tu|êtes-vous)|comment (?:t'appelles-tu|vous appelez-vous)|"
    r"quién (?:eres|es usted)|cómo (?:te llamas|se llama usted)|quem é você|qual é (?:o )?seu nome)\b",
    re.IGNORECASE,
)
_TURNED = {
    "you are": "I am",
    "you're": "I am",
    "your name is": "My name is",
    "du bist": "Ich bin",
    "sie sind": "Ich bin",
    "tu es": "Je suis",
    "vous êtes": "Je suis",
    "eres": "Soy",
    "usted es": "Soy",
    "você é": "Eu sou",
}
_GIVEN = regex(rf"(?P<you>{'|'.join(_TURNED)})\s+(?P<who>.+)", re.IGNORECASE | re.DOTALL)


def introduction(text: str, instructions: str) -> str | None:
    """`I am Mia.` when a text asks who that is and the instructions say `You are Mia.`; else None."""
    if not _ASKED.search(text[:_READ_CHARACTERS]):
        return None
    read = instructions[:_READ_CHARACTERS]
    for start, end in islice(sentence_spans(read), _MOST_SENTENCES):
        match = _GIVEN.match(read[start:end])
        if match:
            return f"{_TURNED[match['you'].lower()]} {match['who']}"
    return None
