"""Tokens: words, stems and sentences of text in any language, in linear time."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from understudy.behaviours.regex import regex
from understudy.behaviours.sentences import sentence_spans
from understudy.behaviours.stop_words import ALL as STOP_WORDS

__all__ = ["content_stems", "is_content", "sentence_spans", "stems", "words"]

LONGEST_WORD = 64

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
_SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u109d\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
# Combining marks are no word characters for `re`, yet Hindi and Thai words are full of them.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
_ASCII_WORD = regex(r"\d+(?:[.,]\d+)+|[a-z0-9]+")
_WORD = regex(rf"\d+(?:[.,]\d+)+|[\w{_MARKS}\u0eb1-\u0ece\u102b-\u109d\u17b4-\u17d3]+")
_HAS_SPACELESS = regex(f"[{_SPACELESS}]")
_RUN = regex(f"[{_SPACELESS}]+|[^{_SPACELESS}]+")
_HIRAGANA = regex("[\u3041-\u309f]+")
_LATIN = regex("[a-z\u00df-\u024f]+")


def words(text: str) -> list[str]:
    """Casefolded words in order; runs of scripts without spaces become overlapping character pairs."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII_WORD.findall(text.lower())]
    found: list[str] = []
    for token in _WORD.findall(text.replace("_", " ")):
        found.extend(_split_runs(token) if _HAS_SPACELESS.search(token) else (_fold(token[:LONGEST_WORD]),))
    return found


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """English stems; numbers and words of other scripts stay as they are."""
    return tuple(map(_stem, words))


def is_content(word: str) -> bool:
    """Whether a word carries meaning: pairs of hiragana are grammar as a rule, like stop words."""
    return word not in STOP_WORDS and not (word > "\u3000" and _HIRAGANA.fullmatch(word))


def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning, or of all words when none does."""
    found = words(text)
    return stems([word for word in found if is_content(word)] or found)


def _split_runs(token: str) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(token):
        if not _HAS_SPACELESS.match(run):
            found.append(_fold(run[:LONGEST_WORD]))
        elif len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


@lru_cache(maxsize=16384)
def _fold(word: str) -> str:
    # Folded word by word: normalising a long run of combining marks at once is quadratic.
    return unicodedata.normalize("NFKC", word).casefold()


@lru_cache(maxsize=32768)
def _stem(word: str) -> str:
    if not _LATIN.fullmatch(word):
        return word
    from snowballstemmer.english_stemmer import EnglishStemmer  # 0.1 s: not at import

    stem: str = EnglishStemmer().stemWord(word)  # a stemmer holds state, so none is shared between threads
    return stem
