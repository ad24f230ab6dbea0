"""Remembering: facts that a person asks to have kept, and questions about what is kept."""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal

from understudy.behaviours.regex import regex
from understudy.behaviours.sentences import sentence_spans

LONGEST_FACT = 300
"""Characters; a longer one is cut between words."""
READ_CHARACTERS = 20_000
_MOST_SENTENCES = 200

_BEFORE = (
    r"\s*(?:(?:hi|hello|hey|ok|okay|also|and|but|please|pls|hallo|bitte|und|auch|bonjour|et|aussi|hola|y|"
    r"también|olá|oi|e|também|por favor|s'il (?:te|vous) plaît|i (?:want|would like|'d like) you to|can you|"
    r"could you|will you|would you|kannst du|können sie|könntest du|peux-tu|pouvez-vous|tu peux|puedes|puede|"
    r"podrías|você pode|pode|poderia)[\s,.!:]+){0,4}"
)
_WHOSE = r"(?=(?:i|i'm|i've|my|we|our|mine)\b)"
_REQUESTS = [
    regex(_BEFORE + form, re.IGNORECASE)
    for form in (
        rf"(?:remember|memori[sz]e|keep in mind|bear in mind|don'?t forget|do not forget)"
        rf"(?: for (?:later|next time|the future|me))?(?:\s*[,:]?\s+that\s+|\s*:\s*|"
        rf"\s*,?\s+{_WHOSE})(?P<fact>.+)",
        r"(?:make a note|take note|note|save|store|write down)(?: for (?:later|next time|the future))?"
        rf"(?:\s*,?\s+that\s+|\s*:\s*|\s*,?\s+{_WHOSE})(?P<fact>.+)",
        r"(?:merk(?:e|en sie)? (?:dir|sich)|erinnere dich|notiere?|vergiss nicht|denk daran|behalte)(?: "
        r"bitte)?(?: daran)?(?P<clause>\s*,?\s+dass\s+|\s*:\s*)(?P<fact>.+)",
        r"(?:souviens-toi|souvenez-vous|rappelle-toi|rappelez-vous|retiens|retenez|note[zr]?|n'oublie[zr]? "
        r"pas)(?: bien)?(?:\s+que\s+|\s+qu'|\s*:\s*)(?P<fact>.+)",
        r"(?:recuerda|recuerde|anota|anote|no olvides|no olvide|ten en cuenta|apunta)(?:\s+que\s+|"
        r"\s*:\s*)(?P<fact>.+)",
        r"(?:lembre(?:-se)?(?: de)?|lembra(?: de)?|anote|anota|não (?:se )?esqueça(?: de)?|guarde)"
        r"(?:\s+que\s+|\s*:\s*)(?P<fact>.+)",
    )
]
_ABOUT_MEMORIES = regex(
    r"\bwhat (?:do|did) you (?:know|remember|have (?:saved|stored|noted))(?: \w+)? (?:about|of) (?:me|us)\b|"
    r"\bwhat do you (?:remember|know already)\b|\bwhat have i told you\b|\b(?:list|show|tell) (?:me )?(?:all "
    r")?(?:my|your) memories\b|\bdo you (?:know|remember) (?:anything|something) (?:about|of) me\b|\bwhat "
    r"(?:are|is in) (?:my|your) memor(?:y|ies)\b|\bwas (?:weißt|wissen|weisst) (?:du|sie) (?:noch |alles "
    r")?(?:über|von) (?:mich|mir|uns)\b|\bworan erinner(?:st|n) (?:du|sie) (?:dich|sich)\b|\bque (?:sais-tu|"
    r"savez-vous) (?:de|sur) (?:moi|nous)\b|\b(?:qu'est-ce que|de quoi) (?:tu|vous) (?:sais|savez|te "
    r"souviens|vous souvenez)\b|\bqué (?:sabes|recuerdas|sabe|recuerda) (?:de|sobre) (?:mí|mi|nosotros)\b|"
    r"\bo que (?:você )?(?:sabe|lembra|se lembra) (?:de|sobre) (?:mim|nós)\b",
    re.IGNORECASE,
)
_EARLIER = regex(
    r"\bwhat (?:did i|have i) (?:just )?(?:say|said|ask|asked|tell you|told you|write|written)\b|"
    r"\bwhat was (?:my|the) (?:last|first|previous) (?:question|message)\b|"
    r"\bwas (?:habe ich|hab ich) (?:gerade |eben )?(?:gesagt|gefragt|geschrieben)\b|"
    r"\bwas war meine (?:letzte|erste|vorige) (?:frage|nachricht)\b|"
    r"\bqu'est-ce que (?:j'ai|je viens de) (?:dit|dire|demandé|demander)\b|"
    r"\bquelle était ma (?:dernière|première) question\b|"
    r"\bqué (?:dije|pregunté|acabo de (?:decir|preguntar))\b|\bcuál fue mi (?:última|primera) pregunta\b|"
    r"\bo que (?:eu )?(?:disse|perguntei|acabei de (?:dizer|perguntar))\b|"
    r"\bqual foi (?:a )?minha (?:última|primeira) pergunta\b",
    re.IGNORECASE,
)
_FIRST = regex(r"\b(?:first|erste|première|primera|primeira)\b", re.IGNORECASE)
_GERMAN_SUBJECT = regex(r"(?:(?:ich|wir|er|sie|es)|(?:mein|meine|unser|unsere)\s+[\w-]+)\b", re.IGNORECASE)


def fact_to_keep(text: str) -> str | None:
    """The fact that a person asks to have remembered, as a sentence; None when none is.

    A request to be reminded of something at some time is none: `remember to call Ann`.
    """
    read = text[:READ_CHARACTERS]
    for start, end in islice(sentence_spans(read), _MOST_SENTENCES):
        sentence = read[start:end]
        for form in _REQUESTS:
            match = form.match(sentence)
            if match:
                return _sentence(match)
    return None


def asks_about_memories(text: str) -> bool:
    """Whether a person asks what is known or remembered of them."""
    return bool(_ABOUT_MEMORIES.search(text[:READ_CHARACTERS]))


def asks_for_earlier(text: str) -> Literal["first", "last"] | None:
    """Which of their earlier messages a person asks for, as in `What did I just say?`; None when for none."""
    if not _EARLIER.search(text[:READ_CHARACTERS]):
        return None
    return "first" if _FIRST.search(text[:READ_CHARACTERS]) else "last"


def _sentence(match: re.Match[str]) -> str:
    fact = re.sub(r"\s+", " ", match.group("fact")).strip().rstrip("?!. ")
    if "dass" in (match.groupdict().get("clause") or ""):
        fact = _main_clause(fact)
    if len(fact) > LONGEST_FACT:
        fact = fact[:LONGEST_FACT].rpartition(" ")[0] or fact[:LONGEST_FACT]
    return f"{fact[:1].upper()}{fact[1:]}."


def _main_clause(fact: str) -> str:
    """`ich vegan bin` as `ich bin vegan`: in a German clause the verb goes to the end."""
    subject = _GERMAN_SUBJECT.match(fact)
    rest, _, verb = fact.rpartition(" ")
    if not subject or len(rest) < subject.end() or "," in fact:
        return fact
    return f"{subject.group()} {verb}{rest[subject.end() :]}"
