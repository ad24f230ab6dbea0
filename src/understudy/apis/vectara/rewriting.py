"""Intelligent query rewriting: values of filter attributes that a query names become a metadata filter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from understudy.apis.vectara.attributes import compiled_filter
from understudy.apis.vectara.kinds import DOCUMENTS, enabled_corpus
from understudy.apis.vectara.statistics import qualified, values
from understudy.apis.vectara.wire import Corpus, FilterAttribute, FilterExtraction, RewrittenQueryWarning
from understudy.behaviours.decide import decide
from understudy.behaviours.stop_words import words_of
from understudy.behaviours.tokens import is_content, words
from understudy.engine.context import Context
from understudy.errors import BadRequest
from understudy.state.store import Table

LONGEST_LITERAL = 8
"""Values with more words are not looked for in a query."""
MOST_LITERALS = 20
"""How many values of a query are taken up; later ones stay plain words."""
LONGEST_DESCRIPTION = 5000
"""Characters of the description of an attribute that are read for values."""

_QUOTED = re.compile(r"(?<!\w)(?:'([^']{1,100})'|\"([^\"]{1,100})\"|`([^`]{1,100})`)(?!\w)")
_LISTED = re.compile(
    r"(?:\bone of\b|\bsuch as\b|\beither\b|\be\.g\.|\bfor example\b|:)[\s:]*([^.;:\n]{1,500})", re.I
)
_BETWEEN = re.compile(r"\s*(?:,|/|\||\bor\b|\band\b)\s*", re.I)
_NEGATIONS = words_of(
    "not no non except without excluding nicht kein keine ohne außer sans sauf pas sin excepto"
)
_ADJUNCTS = "in|of|for|from|by|at|with|on"
_NUMBERS = ("integer", "real_number")
_TEXTS = ("text", "list[text]")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What became of the query for one corpus: the text to search, the filter that was found in it.

    `extraction` is the part that answers tell; it is empty when the rewriting failed.
    """

    corpus_key: str
    extraction: FilterExtraction
    warnings: tuple[RewrittenQueryWarning, ...] = ()

    @property
    def failed(self) -> bool:
        return not self.extraction


@dataclass(frozen=True, slots=True)
class _Literal:
    """A value of an attribute; `position` is that of the attribute among the declared ones."""

    position: int
    value: Any


_Literals = Mapping[tuple[str, ...], Sequence[_Literal]]
"""The values that a query may name, by their words."""


def rewrite(ctx: Context, query: str, request: Mapping[str, Any], place: str) -> Rewriting:
    """The rewriting of `query` for the corpus that `request` names.

    404 and 403 as for a search; 400 when the filter of the request itself is wrong.
    """
    corpus = enabled_corpus(ctx.store, request["corpus_key"])
    given = request.get("metadata_filter")
    if given:
        compiled_filter(corpus, given, f"{place}.metadata_filter")
    query = request.get("query") or query
    attributes = corpus["filter_attributes"]
    if not attributes:
        return Rewriting(corpus["key"], {"query": query}, ("no_filter_attrs",))
    literals = _literals(ctx.store.table(DOCUMENTS, corpus["key"]), attributes)
    subject = {"query": query, "attributes": attributes}
    extraction = decide(
        ctx.decider, "filter_extraction", subject, lambda: _extraction(query, attributes, literals)
    )
    if "metadata_filter" not in extraction:
        return Rewriting(corpus["key"], extraction, ("extracted_empty_filter",))
    if not _is_usable(corpus, combined(given, extraction["metadata_filter"])):
        return Rewriting(corpus["key"], {}, ("failed_to_parse_extracted_filter",))
    return Rewriting(corpus["key"], extraction)


def applied(rewriting: Rewriting, request: Mapping[str, Any], common: str) -> dict[str, Any]:
    """The entry of a search with both filters, and with its query where that is not the common one."""
    extraction = rewriting.extraction
    changed = dict(request)
    if request.get("query") or extraction.get("query", common) != common:
        changed["query"] = extraction.get("query") or request.get("query")
    if "metadata_filter" in extraction:
        changed["metadata_filter"] = combined(request.get("metadata_filter"), extraction["metadata_filter"])
    return changed


def combined(given: str | None, extracted: str) -> str:
    """`(given) AND (extracted)`, or the extracted filter alone."""
    return f"({given}) AND ({extracted})" if given and not given.isspace() else extracted


def _is_usable(corpus: Corpus, metadata_filter: str) -> bool:
    """Whether the dialect can say it: attributes may have names that no filter can hold."""
    try:
        compiled_filter(corpus, metadata_filter, "metadata_filter")
    except BadRequest:
        return False
    return True


def _extraction(query: str, attributes: Sequence[FilterAttribute], literals: _Literals) -> FilterExtraction:
    found = words(query)
    named: dict[int, list[Any]] = {}
    shown: list[tuple[int, tuple[str, ...]]] = []
    for position, key, wanted in islice(_matches(found, attributes, literals), MOST_LITERALS):
        named.setdefault(position, []).extend(value for value in wanted if value not in named[position])
        shown.append((position, key))
    for position, truth in _booleans(found, attributes):
        named[position] = [truth]
    if not named:
        return {"query": query}
    conditions = [_condition(attributes[position], wanted) for position, wanted in sorted(named.items())]
    return {"query": _without(query, attributes, shown), "metadata_filter": " AND ".join(conditions)}


def _matches(
    found: Sequence[str], attributes: Sequence[FilterAttribute], literals: _Literals
) -> Iterator[tuple[int, tuple[str, ...], list[Any]]]:
    """The attribute, the words and the values of each literal in the query; longer ones come first."""
    at = 0
    while at < len(found):
        for length in range(min(LONGEST_LITERAL, len(found) - at), 0, -1):
            key = tuple(found[at : at + length])
            fitting = [one for one in literals.get(key, ()) if _is_meant(found, at, length, attributes, one)]
            if fitting:
                position = _preferred(found, attributes, fitting)
                yield position, key, [one.value for one in fitting if one.position == position]
                at += length - 1
                break
        at += 1


def _is_meant(
    found: Sequence[str], at: int, length: int, attributes: Sequence[FilterAttribute], literal: _Literal
) -> bool:
    """Whether these words name the value: they are not negated, and a bare number has its name beside it."""
    before = found[max(0, at - 2) : at]
    if not _NEGATIONS.isdisjoint(before):
        return False
    here = found[at : at + length]
    name = _name_words(attributes[literal.position])
    beside = not name.isdisjoint([*before, *found[at + length : at + length + 1]])
    if all(word.replace(".", "").isdigit() or len(word) == 1 for word in here):
        return beside or ("year" in name and len(here[0]) == 4)
    return any(map(is_content, here))


def _preferred(
    found: Sequence[str], attributes: Sequence[FilterAttribute], fitting: Sequence[_Literal]
) -> int:
    """Of several attributes with this value the one that the query names, else the one declared first."""
    named = [one for one in fitting if not _name_words(attributes[one.position]).isdisjoint(found)]
    return min(one.position for one in named or fitting)


def _name_words(attribute: FilterAttribute) -> set[str]:
    return set(words(re.sub(r"[._-]", " ", attribute["name"])))


def _booleans(found: Sequence[str], attributes: Sequence[FilterAttribute]) -> Iterator[tuple[int, bool]]:
    """Boolean attributes whose whole name is in the query: true, or false behind a negation."""
    for position, attribute in enumerate(attributes):
        name = _name_words(attribute)
        if attribute["type"] == "boolean" and name and name <= set(found):
            at = min(map(found.index, name))
            yield position, _NEGATIONS.isdisjoint(found[max(0, at - 2) : at])


def _condition(attribute: FilterAttribute, wanted: Sequence[Any]) -> str:
    name = qualified(attribute)
    form = "{1} IN {0}" if attribute["type"] == "list[text]" else "{0} = {1}"
    tests = [form.format(name, _written(value)) for value in wanted]
    return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"


def _written(value: Any) -> str:
    """A value as the filter dialect writes it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower()


def _without(
    query: str, attributes: Sequence[FilterAttribute], shown: Sequence[tuple[int, tuple[str, ...]]]
) -> str:
    """The query without the phrases that the filter stands for: `in the people department`.

    A value that is no such phrase stays: the sentence needs it, and the texts may hold it too.
    """
    told = query
    for position, key in shown:
        value = r"\W+".join(map(re.escape, key))
        name = "|".join(sorted(map(re.escape, _name_words(attributes[position])))) or "(?!)"
        phrase = rf"(?<=\S)\s+(?:{_ADJUNCTS})(?:\s+the)?(?:\s+(?:{name}))?\s+{value}(?:\s+(?:{name}))?(?!\w)"
        told = re.sub(phrase, "", told, count=1, flags=re.IGNORECASE)
    return told if any(map(is_content, words(told))) else query


def _literals(documents: Table[Any], attributes: Sequence[FilterAttribute]) -> _Literals:
    """The values of this version of a corpus, read once for these attributes."""
    name = f"literals {orjson.dumps(attributes).decode()}"
    return documents.derived(name, lambda table: _collected(table, attributes))


def _collected(documents: Table[Any], attributes: Sequence[FilterAttribute]) -> _Literals:
    found: dict[tuple[str, ...], list[_Literal]] = {}
    for position, attribute in enumerate(attributes):
        if attribute["type"] not in (*_TEXTS, *_NUMBERS):
            continue
        seen = dict.fromkeys(values(attribute, documents.values(), None))
        known = {_key(value) for value in seen}
        listed = _described(attribute) if attribute["type"] in _TEXTS else ()
        for value in [*seen, *(value for value in listed if _key(value) not in known)]:
            key = () if attribute["type"] in _NUMBERS and value < 0 else _key(value)
            if 0 < len(key) <= LONGEST_LITERAL:
                found.setdefault(key, []).append(_Literal(position, value))
    return found


def _key(value: Any) -> tuple[str, ...]:
    """The words of a value as a query would write it; a longer text counts as too long."""
    return tuple(words(str(value)[: LONGEST_LITERAL * 64 + 1]))


def _described(attribute: FilterAttribute) -> list[str]:
    """The values that a description lists: quoted ones, else those behind a colon or `one of`."""
    text = attribute.get("description", "")[:LONGEST_DESCRIPTION]
    quoted = ["".join(groups) for groups in _QUOTED.findall(text)]
    listed = [item.strip() for part in _LISTED.findall(text) for item in _BETWEEN.split(part)]
    return list(dict.fromkeys(quoted or [item for item in listed if item]))
