"""Fuzzy matching: how well short texts hold the words of a query, typing mistakes forgiven."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.behaviours.tokens import words

LONGEST_VALUE = 4096
"""Characters of a value that are compared; what follows is not looked at."""
BEGINS_SO = 0.9
"""The score of a value that begins with the query, when prefixes count."""

_ONE_MISTAKE_FROM, _TWO_MISTAKES_FROM = 3, 6  # letters of a word of the query


class Values:
    """The values of one field, row by row, ready to be compared; a row without a value is empty."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._lines: list[str] = []
        self._rows: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            found = words(text[:LONGEST_VALUE]) if text else []
            self._lines.append(" ".join(found))
            for word in dict.fromkeys(found):
                self._rows.setdefault(word, []).append(row)
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        for word in self._rows:
            self._by_length.setdefault(len(word), []).append((word, _letters(word)))

    def scores(self, query: str, *, fuzzy: bool = True, prefix: int | None = None) -> dict[int, float]:
        """Rows and how well each holds the query, above 0 to 1: the mean over the words of the query.

        Each word counts as its most similar word in the row does. With `prefix`, a query of at least
        so many characters is also found where the value begins with it.
        """
        wanted = words(query)
        if not wanted:
            return {}
        totals: dict[int, float] = {}
        for word in wanted:
            for row, similarity in self._rows_like(word, fuzzy).items():
                totals[row] = totals.get(row, 0.0) + similarity
        scores = {row: total / len(wanted) for row, total in totals.items()}
        if prefix is not None and len(query) >= prefix:
            beginning = " ".join(wanted)
            for row, line in enumerate(self._lines):
                if line.startswith(beginning):
                    scores[row] = max(scores.get(row, 0.0), BEGINS_SO)
        return scores

    def _rows_like(self, word: str, fuzzy: bool) -> dict[int, float]:
        """The rows with a similar word, and how similar the best one of each is."""
        best = dict.fromkeys(self._rows.get(word, ()), 1.0)
        for similarity, other in sorted(self._similar(word), reverse=True) if fuzzy else ():
            for row in self._rows[other]:
                best.setdefault(row, similarity)
        return best

    def _similar(self, word: str) -> list[tuple[float, str]]:
        most = mistakes_allowed(word)
        letters = _letters(word)
        found: list[tuple[float, str]] = []
        for length in range(len(word) - most, len(word) + most + 1) if most else ():
            for other, others in self._by_length.get(length, ()):
                # One mistake changes two letters at most; this spares most words the comparison.
                if (letters ^ others).bit_count() <= 2 * most and other != word:
                    mistakes = distance(word, other, most)
                    if mistakes <= most:
                        found.append((1 - mistakes / max(len(word), length), other))
        return found


def mistakes_allowed(word: str) -> int:
    """None in a word of up to two letters, one up to five, two beyond."""
    return (len(word) >= _ONE_MISTAKE_FROM) + (len(word) >= _TWO_MISTAKES_FROM)


def distance(one: str, two: str, most: int) -> int:
    """Letters to insert, delete, replace or swap with their neighbour; `most` + 1 when it is more."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for n, other in enumerate(two, 1):
            cost = min(before[n] + 1, row[n - 1] + 1, before[n - 1] + (letter != other))
            if at > 1 and n > 1 and letter == two[n - 2] and one[at - 2] == other:
                cost = min(cost, last[n - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _letters(word: str) -> int:
    """A bit for each letter that occurs; letters of other scripts share the bits."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 63)
    return mask
