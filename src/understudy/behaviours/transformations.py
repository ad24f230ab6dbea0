"""Transformations: the few things a text asks to be done with words, which need no knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable

from understudy.behaviours.generation import summarize
from understudy.behaviours.regex import regex

READ_CHARACTERS = 20_000
"""A longer text is not transformed."""
SUMMARY_CHARACTERS = 400

_VERBS = (
    "reply|respond|answer|say|write|output|return|print|repeat|antworte|antworten sie|sag|schreibe?|"
    "wiederhole|réponds|répondez|dis|écris|répète|répétez|responde|di|escribe|repite|responda|diga|escreva|"
    "repita"
)
_EXACTLY = (
    "exactly|precisely|verbatim|only|just|nothing but|after me|genau|nur|wörtlich|exactement|seulement|"
    "uniquement|exactamente|solo|sólo|únicamente|exatamente|apenas|somente"
)
_WORD = "words?|wort|worten|dem wort|mot|palabra|palavra"
_TEXT = (
    "following|text|phrase|sentence|string|this|folgende[sn]?|satz|suivante?|texte|siguiente|texto|frase|"
    "seguinte"
)
_FILL = (
    "(?: (?:back|with|to me|the|a|it|mit|dem|den|das|par|le|la|con|el|com|o|this|exact|single|following)\\b)"
)
_ECHO = regex(
    rf"\b(?:{_VERBS})\b{_FILL}{{0,4}}(?P<exact> (?:{_EXACTLY})\b)?{_FILL}{{0,4}}"
    rf"(?: (?:(?P<word>{_WORD})|(?P<text>{_TEXT}))\b)?{_FILL}{{0,2}}(?P<colon>\s?:)?\s*",
    re.IGNORECASE,
)
_PLAIN_ECHO = regex(
    r"\s*(?:please |bitte )?(?:echo\b\s*:?|(?:repeat|wiederhole|répète[zr]?|repite|"
    r"repita)\s?:)\s*(?P<payload>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_SAY_WORD = regex(r"\s*(?:please |bitte )?(?:say|sag|dis|di|diga) ([^\W\d_]+)[.!]?\s*", re.IGNORECASE)
_QUOTED = regex(r"[\"“„«]\s?([^\"“”„«»]{1,2000}?)\s?[\"”“»]|(?<!\w)'([^'\n]{1,500})'(?!\w)|`([^`\n]{1,500})`")
_IF_SEEN = regex(
    r"\b(?:if you (?:can|are able to) (?:see|hear|read|watch|view|open)|wenn du .{1,40} (?:sehen|hören|"
    r"lesen) kannst|si (?:tu peux|vous pouvez) (?:voir|entendre|lire)|si puedes (?:ver|oír|leer)|se (?:você "
    r")?(?:pode|consegue) (?:ver|ouvir|ler))\b",
    re.IGNORECASE,
)
_UPPER = regex(
    r"\b(?:upper[ -]?case|capital letters|all caps|großbuchstaben|majuscules|mayúsculas|maiúsculas)\b",
    re.IGNORECASE,
)
_LOWER = regex(r"\b(?:lower[ -]?case|kleinbuchstaben|minuscules|minúsculas)\b", re.IGNORECASE)
_COUNT = regex(
    r"\b(?:how many words|count the (?:number of )?words|number of words|wie ?viele wörter|zähle? die wörter|"
    r"combien de mots|compte[rz]? les mots|cuántas palabras|cuenta las palabras|quantas palavras|conte as "
    r"palavras)\b",
    re.IGNORECASE,
)
_REVERSE = regex(
    r"\b(?:reversed?|backwards|umgekehrte[rn]?|rückwärts|à l'envers|ordre inverse|al revés|orden inverso|"
    r"ao contrário|ordem inversa)\b",
    re.IGNORECASE,
)
_AHEAD = regex(
    r"\s*(?:please |bitte )?(?:write|put|say|type|turn|convert|make|spell|change|schreibe?|écri[st]|"
    r"escribe|escreva)\s+(?!it\b|this\b|that\b)(\S.{0,500}?)\s+(?:in|into|to|en|em)\s+(?:all )?\Z",
    re.IGNORECASE,
)
_SUMMARIZE = regex(
    r"\s*(?:please |bitte )?(?:summari[sz]e|sum up|fasse? .{0,40}zusammen|zusammenfassung|résume[zr]?|"
    r"resume|resuma|resumir)\b",
    re.IGNORECASE,
)


def transformed(text: str) -> str | None:
    """What the text asks to be made of other words of it; None when it asks for no such thing.

    Known are: repeat exactly, upper and lower case, count the words, reverse a list or a word, sum up.
    """
    if len(text) > READ_CHARACTERS:
        return None
    head = text[:400]
    if _COUNT.search(head):
        return _on_payload(text, _COUNT, lambda words: str(len(words.split())))
    if _UPPER.search(head):
        return _on_payload(text, _UPPER, str.upper)
    if _LOWER.search(head):
        return _on_payload(text, _LOWER, str.lower)
    if _REVERSE.search(head):
        return _on_payload(text, _REVERSE, _reversed)
    if _SUMMARIZE.match(head):
        return _on_payload(text, _SUMMARIZE, _summary)
    return _echo(text)


def asks_to_look(text: str) -> bool:
    """Whether what is asked for depends on something that can be seen, heard or read."""
    return bool(_IF_SEEN.search(text[:2000]))


def quoted(text: str) -> list[str]:
    """The words between quotation marks."""
    return ["".join(groups) for groups in _QUOTED.findall(text)]


def _on_payload(text: str, cue: re.Pattern[str], change: Callable[[str], str]) -> str | None:
    payload = _payload(text, cue)
    return change(payload) if payload else None


def _payload(text: str, cue: re.Pattern[str]) -> str | None:
    """What is to be changed: behind a colon or on the lines below, in quotation marks, or behind the cue."""
    first, _, below = text.partition("\n")
    _, colon, behind = text.partition(":")
    if colon and behind.strip() and len(text) - len(behind) <= 200:
        return _unquoted(behind)
    if below.strip():
        return below.strip()
    marked = quoted(text)
    if marked:
        return marked[0]
    match = cue.search(first)
    ahead = _AHEAD.match(first[: match.start()]) if match else None
    if ahead:
        return ahead.group(1)
    rest = first[match.end() :] if match else ""
    word = re.search(rf"\b(?:{_WORD}|{_TEXT})\s+(\S[^?!.]*)", rest or first, re.IGNORECASE)
    return word.group(1).strip() if word else None


def _echo(text: str) -> str | None:
    single = _SAY_WORD.fullmatch(text)
    if single:
        return single.group(1)
    plain = _PLAIN_ECHO.match(text)
    if plain:
        return _unquoted(plain.group("payload"))
    for match in _ECHO.finditer(text[:2000]):
        rest = text[match.end() :]
        if not rest.strip() or not (match.group("exact") or match.group("word") or match.group("text")):
            continue
        marked = _QUOTED.match(rest)
        if marked:
            return "".join(filter(None, marked.groups()))
        if match.group("word"):
            return rest.split()[0].strip(".,;!?\"'“”")
        if match.group("colon"):
            return rest.strip()
    return None


def _unquoted(payload: str) -> str:
    stripped = payload.strip()
    marked = _QUOTED.fullmatch(stripped)
    return "".join(filter(None, marked.groups())) if marked else stripped


def _reversed(payload: str) -> str:
    for separator in ("\n", ", ", ",", "; ", " "):
        if separator in payload:
            return separator.join(reversed(payload.rstrip(".").split(separator)))
    return payload[::-1]


def _summary(payload: str) -> str:
    return " ".join(one.text for one in summarize([payload], SUMMARY_CHARACTERS))
