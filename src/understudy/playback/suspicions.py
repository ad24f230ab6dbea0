"""What must not be written: texts that look like credentials, and secrets in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from understudy.playback.spellings import plain_forms

_NO_WORD = "(?=[a-z-]{0,80}[0-9A-Z._~+/=])"
"""Something that no word in lower case has."""
SHAPES: Mapping[str, re.Pattern[str]] = {
    "a Vectara API key": re.compile(r"\b(?:zut|zqt|zwt)_[A-Za-z0-9_-]{8,}"),
    "an API key": re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    "a bearer token": re.compile(
        rf"\b[Bb](?:earer|EARER)\s+(?!<secret-){_NO_WORD}[A-Za-z0-9._~+/-]{{12,}}=*"
    ),
    "a basic credential": re.compile(
        rf"\b[Bb](?:asic|ASIC)\s+(?!<secret-){_NO_WORD}[A-Za-z0-9+/]{{12,}}={{0,2}}"
    ),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"),
    "a password in a URL": re.compile(
        r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@<>\"']+:(?!<secret-)[^\s/@<>\"']{3,}@"
    ),
}
"""What looks like a credential, wherever it stands."""


@dataclass(frozen=True)
class Suspicion:
    """Something that must not be written: what it looks like, the text itself, and the line it is on."""

    what: str
    text: str
    line: int = 0

    @property
    def shown(self) -> str:
        """Enough of it to find it, not enough to use it."""
        return f"{self.text[:6]}...({len(self.text)} characters)"


def scan(text: str, known: Sequence[str], allowed: Iterable[str] = ()) -> list[Suspicion]:
    """What must not be in a text that is to be written, with lines counted from 1.

    Args:
        known: secrets, in every spelling.
        allowed: texts that look like a credential and are none.
    """
    passed = set(allowed)
    found: dict[tuple[str, int], Suspicion] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for what, hit in _hits(line, known):
            if hit not in passed and not any(hit.endswith(f" {one}") for one in passed):
                found.setdefault((hit, number), Suspicion(what, hit, number))
    return list(found.values())


def _hits(line: str, known: Sequence[str]) -> Iterator[tuple[str, str]]:
    for plain in (line, *plain_forms(line)):
        for spelled in known:
            if spelled in plain:
                yield "a known secret", spelled
        for what, shape in SHAPES.items():
            for match in shape.finditer(plain):
                yield what, match[0]
