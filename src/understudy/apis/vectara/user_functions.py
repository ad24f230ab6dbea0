"""User functions: expressions that give a result its new score, and `knee()`, which cuts a list of scores."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from understudy.apis.vectara.filter_grammar import quoted
from understudy.apis.vectara.user_function_dates import PatternError, compile_pattern
from understudy.apis.vectara.user_function_grammar import Node, UserFunctionError, parse
from understudy.apis.vectara.user_function_library import FUNCTIONS
from understudy.apis.vectara.user_function_values import OPERATORS, Datetime, negated, numeric, of_json

__all__ = ["Knee", "UserFunction", "UserFunctionError", "cached_function", "compile_function"]

Row = Mapping[str, Any]
Run = Callable[[Row, Datetime], Any]

_STEP = re.compile(r"""\.([\w-]+)|\[(-?[0-9]{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]""")
_SPECIAL = ("get", "now", "datetime_parse", "knee")


@dataclass(frozen=True)
class UserFunction:
    """A compiled function of one result and the time; None is null and removes the result.

    A row has `score`, `text`, `document_metadata`, `part_metadata` and `document_id`. The score is rounded
    to 12 significant digits, so that machines whose mathematics differ in the last bit agree.
    """

    text: str
    _run: Run = field(repr=False, compare=False)

    def __call__(self, row: Row, now_millis: int) -> float | None:
        value = numeric(self._run(row, Datetime(now_millis / 1000)))
        return None if value is None else float(f"{value:.12g}") + 0.0  # never minus nought


@dataclass(frozen=True)
class Knee:
    """Cuts a list at its largest drop of score. The order of the parameters and the formula are choices.

    A drop counts for less the further down it is: `early_bias` is what the last one loses. It is the knee
    when it is at least (1 - `sensitivity`) / 2 of the fall from the first score to the last.
    """

    sensitivity: float = 0.5
    early_bias: float = 0.2

    def kept(self, scores: Sequence[float]) -> int:
        """How many of the scores, highest first, stay."""
        drops = [round(above - below, 9) for above, below in pairwise(scores)]
        if not drops:
            return len(scores)
        last = max(1, len(drops) - 1)
        weighed = [round(drop * (1 - self.early_bias * at / last), 9) for at, drop in enumerate(drops)]
        at = max(range(len(drops)), key=weighed.__getitem__)
        least = round((scores[0] - scores[-1]) * (1 - self.sensitivity) / 2, 9)
        return at + 1 if drops[at] > 0 and drops[at] >= least else len(scores)


def compile_function(text: str) -> UserFunction | Knee:
    """What `text` means. Raises UserFunctionError for anything outside the language."""
    tree = parse(text)
    root = tree
    while root.kind == "group":
        root = root.parts[0]
    if root.kind == "call" and root.words[0] == "knee":
        return _knee(root)
    return UserFunction(text, _compile(tree))


cached_function = functools.lru_cache(maxsize=256)(compile_function)
"""`compile_function` that remembers the latest ones; they are immutable, so sharing is safe."""


def _knee(node: Node) -> Knee:
    if len(node.parts) > 2:
        raise UserFunctionError(
            "knee takes at most 2 arguments: sensitivity and early bias", node.parts[2].at
        )
    for part in node.parts:
        if part.kind != "number" or not 0 <= float(part.words[0]) <= 1:
            raise UserFunctionError("knee takes numbers between 0 and 1", part.at)
    return Knee(*(float(part.words[0]) for part in node.parts))


def _compile(node: Node) -> Run:
    return _KINDS[node.kind](node)


def _constant(value: Any) -> Run:
    return lambda row, now: value


def _chain(node: Node) -> Run:
    """Operators of one precedence, left to right; in a loop, so that long chains cost no depth."""
    first, *others = [_compile(part) for part in node.parts]
    steps = [(OPERATORS[word], run) for word, run in zip(node.words, others, strict=True)]

    def run(row: Row, now: Datetime) -> Any:
        value = first(row, now)
        for apply, operand in steps:
            value = apply(value, operand(row, now))
        return value

    return run


def _decided(node: Node, decisive: bool) -> Run:
    """`&&` is decided by a false operand, `||` by a true one; short of that one null makes it null."""
    runs = [_compile(part) for part in node.parts]

    def run(row: Row, now: Datetime) -> bool | None:
        result: bool | None = not decisive
        for operand in runs:
            value = operand(row, now)
            if type(value) is not bool:
                result = None
            elif value == decisive:
                return decisive
        return result

    return run


def _negation(node: Node) -> Run:
    run = _compile(node.parts[0])
    return lambda row, now: None if type(value := run(row, now)) is not bool else not value


def _sign(node: Node) -> Run:
    run = _compile(node.parts[0])
    if node.words[0] == "-":
        return lambda row, now: negated(run(row, now))
    return lambda row, now: numeric(run(row, now))


def _choice(node: Node) -> Run:
    """A condition that is null counts as not true, as in SQL (choice)."""
    condition, yes, no = (_compile(part) for part in node.parts)
    return lambda row, now: yes(row, now) if condition(row, now) is True else no(row, now)


def _call(node: Node) -> Run:
    name, count = node.words[0], len(node.parts)
    if name == "get":
        return _get(node)
    if name == "now":
        _check_count(node, 0, 0)
        return lambda row, now: now
    if name == "datetime_parse":
        return _datetime_parse(node)
    if name == "knee":
        raise UserFunctionError("knee() stands alone; give it a stage of its own in a chain", node.at)
    if name not in FUNCTIONS:
        close = difflib.get_close_matches(name[:100], [*FUNCTIONS, *_SPECIAL], n=1, cutoff=0.5)
        hint = f"; there is {close[0]}" if close else ""
        raise UserFunctionError(f"unknown function {quoted(name)}{hint}", node.at)
    function = FUNCTIONS[name]
    _check_count(node, function.least, function.most)
    apply, runs = function.apply, [_compile(part) for part in node.parts]
    if count == 1:
        (only,) = runs
        return lambda row, now: apply(only(row, now))
    return lambda row, now: apply(*[run(row, now) for run in runs])


def _get(node: Node) -> Run:
    _check_count(node, 1, 2)
    steps = _path(node.parts[0])
    default = _compile(node.parts[1]) if len(node.parts) == 2 else _constant(None)

    def run(row: Row, now: Datetime) -> Any:
        value: Any = row
        for step in steps:
            if type(step) is str and isinstance(value, Mapping):
                value = value.get(step)
            elif type(step) is int and isinstance(value, list) and -len(value) <= step < len(value):
                value = value[step]
            else:
                return default(row, now)
        known = of_json(value)
        return default(row, now) if known is None else known

    return run


def _path(node: Node) -> list[str | int]:
    """The steps of a JSONPath: names and positions; wildcards, filters and slices are not in the subset."""
    path = _literal(node, "the path of get", "'$.score'")
    steps: list[str | int] = []
    at = 1
    while path.startswith("$") and at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            break
        steps.append(int(step[2]) if step[2] else step[step.lastindex or 1])
        at = step.end()
    if not path.startswith("$") or at < len(path):
        message = (
            f"{quoted(path)} is not a path here; write steps such as $.document_metadata.year or $.x['y'][0]"
        )
        raise UserFunctionError(message, node.at)
    return steps


def _datetime_parse(node: Node) -> Run:
    _check_count(node, 2, 2)
    text = _compile(node.parts[0])
    try:
        pattern = compile_pattern(_literal(node.parts[1], "the pattern of datetime_parse", "'yyyy-MM-dd'"))
    except PatternError as error:
        raise UserFunctionError(str(error), node.parts[1].at) from None
    return lambda row, now: pattern.read(value) if type(value := text(row, now)) is str else None


def _literal(node: Node, what: str, example: str) -> str:
    if node.kind != "text":
        raise UserFunctionError(f"{what} is a text such as {example}", node.at)
    return _text_of(node)


def _text_of(node: Node) -> str:
    return node.words[0][1:-1].replace("''", "'")


def _check_count(node: Node, least: int, most: int) -> None:
    if not least <= len(node.parts) <= most:
        wanted = str(least) if least == most else f"{least} or more" if most > 2 else f"{least} or {most}"
        name, given = node.words[0], len(node.parts)
        raise UserFunctionError(f"{name} takes {wanted} argument{'s'[: wanted != '1']}, not {given}", node.at)


_KINDS: Mapping[str, Callable[[Node], Run]] = {
    "choice": _choice,
    "disjunction": lambda node: _decided(node, True),
    "conjunction": lambda node: _decided(node, False),
    "equality": _chain,
    "ordering": _chain,
    "sum": _chain,
    "product": _chain,
    "negation": _negation,
    "sign": _sign,
    "call": _call,
    "group": lambda node: _compile(node.parts[0]),
    "number": lambda node: _constant(float(node.words[0])),
    "text": lambda node: _constant(_text_of(node)),
    "boolean": lambda node: _constant(node.words[0] == "true"),
    "null": lambda node: _constant(None),
}
