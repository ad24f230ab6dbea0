"""Metadata filters: SQL-like conditions on `doc.` and `part.` attributes, compiled to functions of a row."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from understudy.apis.vectara.filter_grammar import FilterError, Node, number, parse, quoted
from understudy.apis.vectara.filter_operators import (
    KIND_OF,
    OPERATORS,
    Row,
    Run,
    among_constants,
    applied,
    applied_to_constant,
    decided_by,
    found,
    negated,
)

__all__ = ["BUILT_IN", "Attribute", "Filter", "FilterError", "cached_filter", "compile_filter"]


@dataclass(frozen=True)
class Attribute:
    """A declared filter attribute: `level` is document or part, `type` as the API spells it (list[text])."""

    name: str
    level: str
    type: str


BUILT_IN = (
    Attribute("id", "document", "text"),
    Attribute("lang", "part", "text"),
    Attribute("is_title", "part", "boolean"),
)


@dataclass(frozen=True)
class Filter:
    """A compiled filter. Called with a row it says whether the row is kept; unknown counts as no."""

    text: str
    uses_part: bool
    references: tuple[str, ...]
    _run: Run = field(repr=False, compare=False)

    def __call__(self, document_id: str, document_metadata: Row, part_metadata: Row) -> bool:
        return self._run(document_id, document_metadata, part_metadata) is True


def compile_filter(
    text: str,
    attributes: Sequence[Attribute],
    *,
    levels: frozenset[str] = frozenset({"document", "part"}),
) -> Filter:
    """The filter that `text` means in a corpus with these attributes; blank text keeps every row.

    Raises FilterError for anything outside the dialect and for attributes that are not declared or whose
    level is not in `levels`.
    """
    tree = parse(text)
    if tree is None:
        return Filter(text, False, (), lambda document_id, document, part: True)
    compiler = _Compiler(attributes, levels)
    run = compiler.condition(tree)
    references = tuple(compiler.used)
    return Filter(text, any(name.startswith("part.") for name in references), references, run)


@functools.lru_cache(maxsize=1024)
def cached_filter(
    text: str,
    attributes: tuple[Attribute, ...],
    levels: frozenset[str] = frozenset({"document", "part"}),
) -> Filter:
    """`compile_filter` that remembers the latest thousand filters; they are immutable, so sharing is safe."""
    return compile_filter(text, attributes, levels=levels)


class _Term(NamedTuple):
    """A compiled construct and the kind of value it gives, as far as it is known before any row is seen."""

    run: Run
    kind: str


class _Compiler:
    """Turns nodes into closures, one method per kind of node, and notes the references on the way."""

    def __init__(self, attributes: Sequence[Attribute], levels: frozenset[str]) -> None:
        self.declared = {_qualified(attribute): attribute for attribute in (*attributes, *BUILT_IN)}
        self.levels = levels
        self.used: dict[str, None] = {}

    def term(self, node: Node) -> _Term:
        compiled: _Term = getattr(self, f"_{node.kind}")(node)
        return _constant(compiled.run("", {}, {}), compiled.kind) if node.constant else compiled

    def run(self, node: Node) -> Run:
        return self.term(node).run

    def condition(self, node: Node) -> Run:
        """The node as an operand of AND, OR and NOT, or as the whole filter."""
        run, kind = self.term(node)
        if kind in ("boolean", "null"):
            return run
        if kind == "boolean attribute":
            return lambda i, d, p: value if type(value := run(i, d, p)) is bool else None
        found = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
        raise FilterError(f"a condition is needed here, this is {found}; compare it with a value", node.at)

    def _disjunction(self, node: Node) -> _Term:
        return _Term(decided_by(True, [self.condition(part) for part in node.parts]), "boolean")

    def _conjunction(self, node: Node) -> _Term:
        return _Term(decided_by(False, [self.condition(part) for part in node.parts]), "boolean")

    def _negation(self, node: Node) -> _Term:
        return _Term(negated(self.condition(node.parts[0])), "boolean")

    def _among(self, node: Node) -> _Term:
        value, *candidates = [self.run(part) for part in node.parts]
        if all(part.constant for part in node.parts[1:]):
            run = among_constants(value, [candidate("", {}, {}) for candidate in candidates])
        else:
            run = found(value, lambda i, d, p: [candidate(i, d, p) for candidate in candidates])
        return _Term(negated(run) if node.words else run, "boolean")

    def _member(self, node: Node) -> _Term:
        value, items = (self.run(part) for part in node.parts)
        run = found(value, items)
        return _Term(negated(run) if node.words else run, "boolean")

    def _null_test(self, node: Node) -> _Term:
        run, wanted = self.run(node.parts[0]), len(node.words) == 2  # NOT NULL, or NULL alone
        return _Term(lambda i, d, p: (type(run(i, d, p)) in KIND_OF) is wanted, "boolean")

    def _equality(self, node: Node) -> _Term:
        return _Term(self._chain(node), "boolean")

    def _sum(self, node: Node) -> _Term:
        return _Term(self._chain(node), "number")

    _ordering, _product = _equality, _sum

    def _chain(self, node: Node) -> Run:
        first, *others = [self.run(part) for part in node.parts]
        steps = [(OPERATORS[word], run) for word, run in zip(node.words, others, strict=True)]
        if len(steps) == 1 and node.parts[1].constant:
            return applied_to_constant(first, OPERATORS[node.words[0]], others[0]("", {}, {}))
        return applied(first, steps)

    def _sign(self, node: Node) -> _Term:
        apply, run = OPERATORS[node.words[0]], self.run(node.parts[0])
        return _Term(lambda i, d, p: apply(0, run(i, d, p)), "number")

    def _group(self, node: Node) -> _Term:
        return self.term(node.parts[0])

    def _number(self, node: Node) -> _Term:
        return _constant(number(node.words[0]), "number")

    def _text(self, node: Node) -> _Term:
        return _constant(node.words[0][1:-1].replace("''", "'"), "text")

    def _boolean(self, node: Node) -> _Term:
        return _constant(node.words[0].lower() == "true", "boolean")

    def _null(self, node: Node) -> _Term:
        return _constant(None, "null")

    def _reference(self, node: Node) -> _Term:
        attribute = self._attribute(node)
        self.used[node.words[0]] = None
        kind = "number" if attribute.type in ("integer", "real_number") else attribute.type
        return _Term(_lookup(attribute), f"{kind} attribute")

    def _attribute(self, node: Node) -> Attribute:
        name = node.words[0]
        attribute = self.declared.get(name)
        if attribute is None:
            message = f"unknown attribute {quoted(name)}; {_suggestion(name, self.declared)}"
            raise FilterError(message, node.at)
        if attribute.level not in self.levels:
            rule = f"only {' and '.join(sorted(self.levels))} attributes can be used here"
            raise FilterError(f"{quoted(name)} is a {attribute.level} attribute; {rule}", node.at)
        return attribute


def _qualified(attribute: Attribute) -> str:
    return f"{'doc' if attribute.level == 'document' else 'part'}.{attribute.name}"


def _suggestion(name: str, declared: Mapping[str, Attribute]) -> str:
    own = [known for known, attribute in declared.items() if attribute not in BUILT_IN]
    if not own:
        return "this corpus declares none, only " + ", ".join(map(_qualified, BUILT_IN)) + " can be used"
    scope, _, path = name.partition(".")
    other = f"{'part' if scope == 'doc' else 'doc'}.{path}"
    if other in declared:
        return f"this corpus declares {other}"
    paths = {known.partition(".")[2].lower(): known for known in declared if known.startswith(scope)}
    close = difflib.get_close_matches(path.lower()[:100], paths, n=2)
    if close:
        return "this corpus declares " + " and ".join(paths[path] for path in close)
    more = f" and {len(own) - 5} more" if len(own) > 5 else ""
    return f"this corpus declares {', '.join(own[:5])}{more}"


def _constant(value: Any, kind: str) -> _Term:
    return _Term(lambda i, d, p: value, kind)


def _lookup(attribute: Attribute) -> Run:
    name, steps = attribute.name, attribute.name.split(".")
    if attribute == BUILT_IN[0]:
        return lambda i, d, p: i
    if len(steps) == 1:
        if attribute.level == "part":
            return lambda i, d, p: p.get(name)
        return lambda i, d, p: d.get(name)
    if attribute.level == "part":
        return lambda i, d, p: p[name] if name in p else _walked(p, steps)
    return lambda i, d, p: d[name] if name in d else _walked(d, steps)


def _walked(row: Row, steps: list[str]) -> Any:
    value: Any = row.get(steps[0])
    for step in steps[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value
