"""Moderation: how far a text goes in each of five directions, by the words that it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping

from understudy.behaviours.regex import regex

READ_CHARACTERS = 20_000
MOST = 100
"""The greatest score."""
STRONG, MILD = 80, 35
"""What one strong and one mild word is worth; several add up."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "violence": (
        r"kill(?:s|ed|ing)?|murder\w*|massacre\w*|slaughter\w*|behead\w*|tortur\w+|strangl\w+|"
        r"töte\w*|ermord\w*|tuer|assassin\w*|matar|asesin\w*|assassinar",
        r"stab(?:s|bed|bing)?|shoot(?:s|ing)?|punch\w*|beat(?:s|ing)? up|attack(?:s|ed|ing)?|blood\w*|gore|"
        r"hurt|weapons?|guns?|kni(?:fe|ves)|waffen?|arme|armas?",
    ),
    "sexual explicit": (
        r"porn\w*|explicit sex\w*|hardcore|blowjob\w*|masturbat\w*|orgasm\w*|orgy|pornograf\w*",
        r"sex(?:y|ual\w*)?|nudes?|naked|nudity|erotic\w*|nackt|érotique|desnud\w+|erótic\w+",
    ),
    "political": (
        r"vote for|election campaign|presidential candidates?|far-(?:right|left)|coup d'état|"
        r"wahlkampf|campagne électorale|campaña electoral",
        r"elections?|president|politic\w*|parliament|senators?|governments?|socialis\w+|communis\w+|"
        r"conservatives?|liberals?|wahl(?:en)?|regierung|élections?|elecciones|eleições|gobierno|governo",
    ),
    "dangerous content": (
        r"(?:build|make|assemble|bau\w*) (?:a |an |me a |eine? )?(?:\w+ )?(?:bombs?|bombe|explosives?|"
        r"grenades?)|nerve agents?|ransomware|"
        r"(?:cook|make|synthesi[sz]e) (?:meth\w*|heroin|cocaine|fentanyl)|suicide methods?|pipe bombs?",
        r"bombs?|explosives?|poison\w*|malware|drugs|meth\w*amphetamine|suicide|self-harm|"
        r"hack(?:s|ed|ing)? into|drogen|drogues?|drogas?|veneno",
    ),
    "jailbreak": (
        r"ignore (?:all |any )?(?:of )?(?:your |the |my |previous |prior |above )+(?:instructions?|rules?|"
        r"prompts?)|(?:disregard|forget) (?:all |any )?(?:your |the |previous |prior )+(?:instructions?|"
        r"rules?|guidelines?)|"
        r"developer mode|jailbreak\w*|do anything now|without any (?:restrictions?|filters?|limits?)|"
        r"ignoriere (?:alle )?(?:deine |vorherigen )+anweisungen|"
        r"ignore[zr]? (?:toutes )?(?:tes|vos|les) instructions",
        r"(?:show|reveal|print|repeat) (?:me )?(?:your|the) (?:system )?(?:prompt|instructions)|"
        r"pretend (?:that )?you (?:are|have)|you are now|act as if you",
    ),
}
_FORMS = {
    category: tuple(regex(rf"(?<!\w)(?:{form})(?!\w)", re.IGNORECASE) for form in forms)
    for category, forms in _WORDS.items()
}
CATEGORIES = tuple(_WORDS)


def scores(text: str) -> dict[str, int]:
    """For each category how far the text goes: 0 for not at all, up to 100."""
    read = text[:READ_CHARACTERS]
    found = {}
    for category, (strong, mild) in _FORMS.items():
        count = sum(1 for _ in strong.finditer(read))
        weaker = len({match.group().lower() for match in mild.finditer(read)})
        found[category] = min(MOST, STRONG * count + MILD * weaker)
    return found
