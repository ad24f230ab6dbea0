"""Languages: which of the 28 supported ones a text is written in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log1p
from typing import TYPE_CHECKING

from understudy.behaviours.regex import regex
from understudy.behaviours.stop_words import ENGLISH, FRENCH, GERMAN, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT = "eng"
_SAMPLE = 1000
_FEWEST_LETTERS = 10
_DOUBT = 9 * 512 * 1024  # how far, in the model's scaled log-likelihood, another language must beat English

# What the script decides alone; the rest of the 28 is written in Latin letters.
_SCRIPTS: Mapping[str, str] = {
    "zho": "\u3400-\u4dbf\u4e00-\u9fff",
    "jpn": "\u3041-\u30ff",
    "kor": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "tha": "\u0e01-\u0e4e",
    "hin": "\u0900-\u097f",
    "ben": "\u0980-\u09ff",
    "ell": "\u0370-\u03ff\u1f00-\u1fff",
    "heb": "\u0590-\u05ff",
    "ara": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "rus": "\u0400-\u04ff",
    "latin": "A-Za-zÀ-ÖØ-öø-ɏ\u1e00-\u1eff",
}
_SCRIPT = {code: regex(f"[{letters}]") for code, letters in _SCRIPTS.items()}
_URDU = regex("[ٹڈڑےںھہ]")
_PERSIAN = regex("[پچژگکی]")
_UKRAINIAN = regex("[іїєґ]", re.IGNORECASE)
_RUSSIAN = regex("[ыэъё]", re.IGNORECASE)

_LATIN_LANGUAGES: Mapping[str, str] = {
    "en": "eng", "de": "deu", "fr": "fra", "nl": "nld", "it": "ita", "pt": "por", "es": "spa", "pl": "pol",
    "tr": "tur", "vi": "vie", "id": "ind", "cs": "ces", "sv": "swe", "ms": "msa", "ro": "ron",
}  # fmt: skip
LANGUAGES = tuple(sorted({*_LATIN_LANGUAGES.values(), *_SCRIPTS, "ukr", "fas", "urd"} - {"latin"}))

# Sure signs of the commonest languages, which save loading the model: words that the others lack.
_SIGNS: Mapping[str, frozenset[str]] = {
    "eng": words_of(
        "the and of is are was were to with that this from has have its you your they which by can will for "
        "how what when where who why does it be at because before after every more only other should their "
        "them there these those until very without would"
    ),
    "deu": GERMAN - ENGLISH - FRENCH - words_of("en de den der er om"),
    "fra": words_of(
        "le les des du une est et dans pour qui sur avec au aux cette ces sont nous vous où "
        "il elle être été leur"
    ),
}
_LATIN_WORD = regex(r"[^\W\d_]+")


def detect(text: str) -> str:
    """ISO 639-3 code of the language; English when the text is too short to tell."""
    return _detect(text[:_SAMPLE])


@lru_cache(maxsize=4096)
def _detect(sample: str) -> str:
    if sample.isascii():
        return _detect_latin(sample)
    counts = {code: len(letters.findall(sample)) for code, letters in _SCRIPT.items()}
    script = max(counts, key=lambda code: counts[code])
    if not counts[script]:
        return DEFAULT
    if script in ("zho", "jpn"):
        return "jpn" if counts["jpn"] * 8 > counts["zho"] else "zho"
    if script == "ara":
        return _detect_arabic(sample)
    if script == "rus":
        return "ukr" if len(_UKRAINIAN.findall(sample)) > len(_RUSSIAN.findall(sample)) else "rus"
    return _detect_latin(sample) if script == "latin" else script


def _detect_arabic(sample: str) -> str:
    if len(_URDU.findall(sample)) * 20 > len(sample):
        return "urd"
    return "fas" if len(_PERSIAN.findall(sample)) * 40 > len(sample) else "ara"


def _detect_latin(sample: str) -> str:
    found = _LATIN_WORD.findall(sample.lower())
    if sum(map(len, found)) < _FEWEST_LETTERS:
        return DEFAULT
    return _plainly(found) or _model().classify(sample)


def _plainly(found: list[str]) -> str | None:
    """The language whose signs are frequent while those of the others are missing."""
    counts = {code: sum(word in signs for word in found) for code, signs in _SIGNS.items()}
    best = max(counts, key=lambda code: counts[code])
    others = sum(counts.values()) - counts[best]
    enough = counts[best] >= 2 and counts[best] * 6 >= len(found)
    return best if enough and others * 5 <= counts[best] else None


@dataclass(frozen=True)
class _Model:
    """py3langid's model cut down to our languages, its weights as integers (multiples of 1/512)."""

    walk: "tuple[object, object, object]"
    weights: "NDArray[np.int16]"
    priors: "NDArray[np.int64]"
    codes: tuple[str, ...]

    def classify(self, sample: str) -> str:
        from py3langid.langid import visit_counts

        text = sample.lower() if sample.isupper() else sample
        visits: Mapping[int, int] | None = visit_counts(*self.walk, text.encode("utf-8", "replace"))
        if not visits:
            return DEFAULT
        # Integer sums are the same on every machine, whatever its float kernels do.
        counts = [round(log1p(count) * 1024) for count in visits.values()]
        scores = counts @ self.weights[list(visits)].astype("int64") + self.priors
        best, default = int(scores.argmax()), self.codes.index(DEFAULT)
        return self.codes[best] if scores[best] - scores[default] > _DOUBT else DEFAULT


@lru_cache(maxsize=1)
def _model() -> _Model:
    import numpy as np
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_LATIN_LANGUAGES))
    weights = (identifier.nb_ptc.astype(np.float32) * 512).astype(np.int16)
    priors = np.rint(identifier.nb_pc.astype(np.float64) * 512 * 1024).astype(np.int64)
    rows = [row << 8 for row in identifier.tk_row]
    codes = tuple(_LATIN_LANGUAGES[code] for code in identifier.nb_classes)
    return _Model((identifier.tk_nextmove, rows, identifier.tk_output), weights, priors, codes)
