"""Arguments: values after a JSON schema, taken from what was said; nothing is made up.

What nobody told is left out; where the schema must have it, it is the smallest value that is valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from understudy.behaviours.arithmetic import sum_in
from understudy.behaviours.concepts import concepts_of, name_words
from understudy.behaviours.evidence import CLEAR, ENOUGH, Evidence, Piece, Target, direction, target, value_of
from understudy.behaviours.listings import listing_of
from understudy.behaviours.regex import regex
from understudy.behaviours.remembering import fact_to_keep
from understudy.behaviours.schemas import (
    DEEPEST,
    Schema,
    Schemas,
    TooMuch,
    hinted_type,
    listed_values,
    properties_of,
    required_of,
    types_of,
)
from understudy.behaviours.smallest import smallest
from understudy.behaviours.stop_words import words_of

MOST_PROPERTIES = 100
"""How many properties of an object are looked for in the texts."""

_MISSING = object()
_NEGATIONS = words_of(
    "not no non without never don t nicht kein keine ohne pas sans sin nunca não nao sem nem"
)
_SCALARS = ("string", "integer", "number")
_TEXTS = words_of(
    "queri q search text messag prompt question input request keyword term content phrase body express fact "
    "memori note"
)
_ANSWERS = words_of("answer summari respons repli result explan text messag content")
_TRUTH_FILLERS = words_of("is has have use with includ enabl want need should")
_SUMS = words_of("express formula equat calcul")
_FACTS = words_of("fact memori note")
_LEADS = regex(
    r"(?:(?:please|bitte|can you|could you|kannst du|peux-tu|puedes|pode)\s+)?(?:search|google|look up|look|"
    r"find|query|suche?|finde|cherche[rz]?|recherche[rz]?|busca|busque|pesquise?|procure)\s+(?:(?:the|im|in "
    r"der|sur le|en la|na) (?:web|internet|knowledge base|documents|netz)\s+)?(?:(?:for|nach|up|about)\s+)?",
    re.IGNORECASE,
)


def fill(schema: Any, evidence: Evidence, answer: str = "") -> Any:
    """A value that is valid after the schema, with everything that the evidence tells.

    `answer` is what properties such as `answer` and `summary` hold. A schema that is too large or too deep
    gives the smallest value that was found in time, `{}` at worst.
    """
    for evidence_or_none in (evidence, Evidence(())):
        with suppress(TooMuch):
            filler = _Filler(Schemas(schema), evidence_or_none, answer)
            found = filler.value(schema, Target((), frozenset()), True, 0)
            return filler.smallest(schema, 0) if found is _MISSING else found
    return {}


class _Filler:
    """Fills a schema. A mention is used once, so that two properties do not get the same one."""

    def __init__(self, schemas: Schemas, evidence: Evidence, answer: str) -> None:
        self.schemas = schemas
        self.evidence = evidence
        self.answer = answer
        self.used: set[int] = set()

    def smallest(self, schema: Any, depth: int) -> Any:
        return smallest(self.schemas, schema, depth)

    def value(self, schema: Any, wanted: Target, needed: bool, depth: int) -> Any:
        """What the texts tell for a schema, or `_MISSING`."""
        if depth > DEEPEST:
            return _MISSING
        branches = list(self.schemas.branches(schema))
        needed = needed and not _allows_null(branches)
        for branch in branches:
            found = self._of_branch(branch, wanted, needed, depth)
            if found is not _MISSING and self.schemas.fits(found, schema):
                return found
        return _MISSING

    def _of_branch(self, branch: Schema, wanted: Target, needed: bool, depth: int) -> Any:
        listed = listed_values(branch)
        if "const" in branch:
            return listed[0] if listed and needed else _MISSING
        if listed is not None:
            return self._listed(listed, wanted)
        kind = (types_of(branch) or [hinted_type(branch)])[0]
        if kind == "object":
            return self._object(branch, needed, depth)
        if kind == "array":
            return self._array(branch, wanted, needed, depth)
        if kind == "boolean":
            return self._truth(branch, wanted)
        if kind in _SCALARS:
            return self._scalar(branch, wanted, needed)
        return _MISSING

    def _object(self, schema: Schema, needed: bool, depth: int) -> Any:
        known, required = properties_of(schema), set(required_of(schema))
        looked = list(known)[:MOST_PROPERTIES]
        targets = {name: target(name) for name in looked}
        told = self._answered(known, targets) if self.answer and needed else {}
        unasked = {name: known[name] for name in looked if name not in told}
        told |= self._assigned(unasked, targets, required if needed else set())
        for name in looked:
            if name not in told:
                found = self.value(known[name], targets[name], needed and name in required, depth + 1)
                if found is not _MISSING:
                    told[name] = found
        if not told and not needed:
            return _MISSING
        other = schema.get("additionalProperties", {})
        for name in dict.fromkeys(required_of(schema)):
            if name not in told:
                told[name] = self.smallest(known.get(name, other), depth + 1)
        order = dict.fromkeys((*known, *required_of(schema)))
        return {name: told[name] for name in order if name in told}

    def _answered(self, known: Mapping[str, Any], targets: Mapping[str, Target]) -> dict[str, Any]:
        """The properties that hold the answer itself."""
        names = [name for name, wanted in targets.items() if wanted.is_one_of(_ANSWERS)]
        return {name: self.answer for name in names if self.schemas.fits(self.answer, known[name])}

    def _assigned(
        self, known: Mapping[str, Any], targets: Mapping[str, Target], required: set[str]
    ) -> dict[str, Any]:
        """The properties of one value each, filled so that every mention goes where it suits best."""
        pairs: list[tuple[int, int, int, str, Any]] = []
        for place, (name, schema) in enumerate(known.items()):
            branches = list(self.schemas.branches(schema))
            needed = name in required and not _allows_null(branches)
            for branch in branches:
                if types_of(branch)[0] not in _SCALARS or "enum" in branch or "const" in branch:
                    continue
                for score, piece, value in self._suitable(branch, targets[name], needed):
                    pairs.append((-score, place, piece.number, name, value))
        told: dict[str, Any] = {}
        for _, _, number, name, value in sorted(pairs, key=lambda pair: pair[:3]):
            if name not in told and number not in self.used and self.schemas.fits(value, known[name]):
                told[name] = value
                self._use(number)
        return told

    def _use(self, number: int) -> None:
        """Mark a mention, and those that cover the same words, as used."""
        one = self.evidence.pieces[number]
        for piece in self.evidence.pieces:
            if (
                piece.age == one.age
                and piece.mention.start < one.mention.end
                and one.mention.start < piece.mention.end
            ):
                self.used.add(piece.number)

    def _suitable(self, branch: Schema, wanted: Target, needed: bool) -> Iterable[tuple[int, Piece, Any]]:
        least = ENOUGH if needed else CLEAR
        for piece in self.evidence.pieces:
            if piece.number in self.used:
                continue
            score = self.evidence.suits(piece, wanted, branch)
            value = value_of(piece.mention, branch) if score >= least else None
            if value is not None:
                yield score, piece, value

    def _scalar(self, branch: Schema, wanted: Target, needed: bool) -> Any:
        best = max(
            ((score, -piece.number, value) for score, piece, value in self._suitable(branch, wanted, needed)),
            default=None,
            key=lambda one: one[:2],
        )
        if best:
            self._use(-best[1])
            return best[2]
        if types_of(branch) != ["string"] or "format" in branch or "pattern" in branch or not needed:
            return _MISSING
        return self._worded(branch, wanted)

    def _worded(self, branch: Schema, wanted: Target) -> Any:
        """A text in many words: what the person asked."""
        text = self.evidence.read[0] if self.evidence.read else ""
        told: str | None = None
        if wanted.is_one_of(_SUMS):
            told = sum_in(text)
        elif wanted.is_one_of(_FACTS):
            told = fact_to_keep(text)
        if not told and wanted.is_one_of(_TEXTS):
            told = _LEADS.sub("", text.strip(), count=1)
        longest = branch.get("maxLength")
        return told[: int(longest)] if told and isinstance(longest, int | float) else told or _MISSING

    def _listed(self, values: Sequence[Any], wanted: Target) -> Any:
        """The value that the texts name, the one in the newest text first, then the longest."""
        named = self._all_listed(values, wanted)
        return named[0] if named else _MISSING

    def _all_listed(self, values: Sequence[Any], wanted: Target) -> list[Any]:
        found: list[tuple[int, int, int, Any]] = []
        for text in self.evidence.words:
            held = concepts_of(text)
            places: dict[str, list[int]] = {}
            for place, word in enumerate(held):
                places.setdefault(word, []).append(place)
            for value in values[:MOST_PROPERTIES]:
                self.schemas.step()
                key = concepts_of(name_words(str(value))) if isinstance(value, str | int) else []
                starts = places.get(key[0], ())[:50] if key else ()
                at = next((at for at in starts if held[at : at + len(key)] == key), None)
                is_negated = at is not None and not _NEGATIONS.isdisjoint(text[max(0, at - 2) : at])
                if at is not None and not is_negated and not isinstance(value, bool):
                    found.append((-direction(text[at - 1] if at else "", wanted), -len(key), at, value))
            if found:
                break
        return [value for _, _, _, value in sorted(found, key=lambda one: one[:3])]

    def _truth(self, branch: Schema, wanted: Target) -> Any:
        for piece in self.evidence.pieces:
            if piece.mention.kind == "field" and self.evidence.suits(piece, wanted, branch) >= CLEAR:
                value = value_of(piece.mention, branch)
                if value is not None:
                    return value
        names = {word for word in wanted.concepts if word not in _TRUTH_FILLERS}
        for text in self.evidence.words if names else ():
            held = concepts_of(text)
            if names <= set(held):
                at = min(held.index(word) for word in names)
                return _NEGATIONS.isdisjoint(text[max(0, at - 3) : at])
        return _MISSING

    def _array(self, schema: Schema, wanted: Target, needed: bool, depth: int) -> Any:
        items = schema.get("items", {})
        found = self._elements(items, wanted, needed, depth) if "prefixItems" not in schema else []
        if schema.get("uniqueItems") is True:
            found = list({repr(one): one for one in found}.values())
        most = schema.get("maxItems")
        if isinstance(most, int | float) and not isinstance(most, bool):
            found = found[: max(0, int(most))]
        if not found:
            return _MISSING
        least = schema.get("minItems", 0)
        missing = int(least) - len(found) if isinstance(least, int | float) else 0
        return [*found, *(self.smallest(items, depth + 1) for _ in range(min(missing, 100)))]

    def _elements(self, items: Any, wanted: Target, needed: bool, depth: int) -> list[Any]:
        branch = next(iter(self.schemas.branches(items)), {})
        listed = listed_values(branch)
        if listed is not None:
            return [one for one in self._all_listed(listed, wanted) if self.schemas.fits(one, items)]
        kind = (types_of(branch) or [hinted_type(branch)])[0]
        listing = listing_of(self.evidence.read[0], wanted.stems) if self.evidence.read else []
        if kind == "object":
            parts = [self._part(one, branch, wanted, depth) for one in listing]
            whole = [] if parts else [self.value(items, wanted, False, depth + 1)]
            return [one for one in (*parts, *whole) if one is not _MISSING]
        if kind not in _SCALARS:
            return []
        scored = sorted(self._suitable(branch, wanted, needed), key=lambda one: one[1].number)
        top = max((score for score, _, _ in scored), default=0)
        least = max(CLEAR, top - 25) if top >= CLEAR else top
        values, goes_on = [], False
        for score, piece, value in scored:
            goes_on = score >= least or (goes_on and piece.mention.joined)
            values += [value] if goes_on else []
        if kind == "string" and listing and "format" not in branch and not _are_within(values, listing):
            values = list(listing)
        return [one for one in dict.fromkeys(values) if self.schemas.fits(one, items)]

    def _part(self, text: str, branch: Schema, wanted: Target, depth: int) -> Any:
        """The object that one thing of a listing describes; what it lacks is the smallest value."""
        filler = _Filler(self.schemas, Evidence([text]), "")
        found = filler._of_branch(branch, wanted, True, depth + 1)
        return found if filler.used and self.schemas.fits(found, branch) else _MISSING


def _are_within(values: Sequence[str], listing: Sequence[str]) -> bool:
    """Whether there are several values, and a listing has the same with more words around them."""
    return len(values) > 1 and all(any(value in one for one in listing) for value in values)


def _allows_null(branches: Iterable[Schema]) -> bool:
    return any(types_of(branch) == ["null"] for branch in branches)
