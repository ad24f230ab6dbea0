"""Templates: a small bounded part of Apache Velocity, with nothing of Python in its reach."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from understudy.behaviours import template_values
from understudy.behaviours.template_blocks import (
    MAX_BLOCKS,
    Assignment,
    Block,
    Condition,
    Loop,
    Reference,
    Text,
    blocks_of,
    references_of,
)
from understudy.behaviours.template_grammar import Node, TemplateError
from understudy.behaviours.template_values import OPERATORS, Member, Position, Provided, truth

__all__ = ["MAX_OUTPUT", "MAX_STEPS", "Member", "Provided", "TemplateError", "json_text", "render"]

MAX_STEPS = 100_000
MAX_OUTPUT = 1_000_000
_CHARACTERS_PER_STEP = 100  # what long texts cost, so that work is bounded by steps alone


def render(
    template: str, variables: Mapping[str, Any], *, escape: Callable[[str], str] = lambda text: text
) -> str:
    """The text of a template.

    Args:
        variables: by name without `$`; texts, numbers, booleans, lists and dicts of them, and `Provided`.
        escape: applied to every value that is inserted.

    References that are unknown or null stay as they are written, `$!` ones leave nothing. Raises
    TemplateError for what is not well formed, and when the budget of steps or characters is spent.
    """
    rendering = _Rendering(variables, escape)
    rendering.blocks(blocks_of(template))
    return "".join(rendering.out)


def json_text(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


class _Rendering:
    """One run of a template: its variables, what it has written, what is left of its budget."""

    def __init__(self, variables: Mapping[str, Any], escape: Callable[[str], str]) -> None:
        self.variables = dict(variables)
        self.escape = escape
        self.out: list[str] = []
        self.steps = MAX_STEPS
        self.room = MAX_OUTPUT
        self.pieces = MAX_BLOCKS
        self.at = 0
        self.strings: dict[str, list[Text | Reference]] = {}

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TemplateError(f"the template takes more than {MAX_STEPS} steps", self.at)

    def measured(self, text: str) -> str:
        """The text, once the work of making it is paid for."""
        if len(text) > MAX_OUTPUT:
            raise TemplateError(f"a text of the template has more than {MAX_OUTPUT} characters", self.at)
        self.spend(len(text) // _CHARACTERS_PER_STEP)
        return text

    def write(self, text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            raise TemplateError(f"the template gives more than {MAX_OUTPUT} characters", self.at)
        self.out.append(text)

    # Blocks

    def blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.at = block.at
            self.spend(1)
            if isinstance(block, Text):
                self.write(block.text)
            elif isinstance(block, Reference):
                self.write(self.shown(block, self.escape))
            elif isinstance(block, Condition):
                self.condition(block)
            elif isinstance(block, Loop):
                self.loop(block)
            elif isinstance(block, Assignment):
                self.variables[block.name] = self.value(block.value)

    def condition(self, block: Condition) -> None:
        for node, body in block.branches:
            if node is None or truth(self.value(node)):
                self.blocks(body)
                return

    def loop(self, block: Loop) -> None:
        items = self.value(block.items)
        if type(items) is dict:
            items = list(items.values())
        if type(items) is not list:
            return
        before = {name: self.variables[name] for name in (block.name, "foreach") if name in self.variables}
        for index, item in enumerate(items):
            self.spend(1)
            self.variables[block.name] = item
            self.variables["foreach"] = Position(index, len(items))
            self.blocks(block.body)
        for name in (block.name, "foreach"):
            self.variables.pop(name, None)
        self.variables.update(before)

    def shown(self, reference: Reference, escape: Callable[[str], str]) -> str:
        """The text of a reference. Backslashes before it escape it if it is known, and count in pairs."""
        text = self.text_of(self.value(reference.node))
        slashes, source = reference.slashes, reference.source
        if text is None:
            return "\\" * slashes + ("" if source.startswith("$!") and not slashes else source)
        inserted = source if slashes % 2 else escape(text)
        return "\\" * (slashes // 2) + inserted

    def text_of(self, value: Any) -> str | None:
        try:
            text = template_values.text_of(value, self.spend)
        except ValueError as error:
            raise TemplateError(str(error), self.at) from None
        return None if text is None else self.measured(text)

    # Expressions

    def value(self, node: Node) -> Any:
        self.spend(1)
        return getattr(self, f"_{node.kind}")(node)

    def _reference(self, node: Node) -> Any:
        value = self.variables.get(node.words[0].lstrip("$!{"))
        for access in node.parts:
            if value is None:
                return None
            self.spend(1)
            if access.kind == "member":
                value = template_values.member(value, access.words[0])
            elif access.kind == "call":
                arguments = [self.value(part) for part in access.parts]
                value = template_values.call(value, access.words[0], arguments)
            else:
                value = template_values.call(value, "get", [self.value(access.parts[0])])
        return value

    def _disjunction(self, node: Node) -> bool:
        return any(truth(self.value(part)) for part in node.parts)

    def _conjunction(self, node: Node) -> bool:
        return all(truth(self.value(part)) for part in node.parts)

    def _negation(self, node: Node) -> bool:
        return not truth(self.value(node.parts[0]))

    def _chain(self, node: Node) -> Any:
        """Operators of one precedence, left to right."""
        value = self.value(node.parts[0])
        for word, part in zip(node.words, node.parts[1:], strict=True):
            other = self.value(part)
            texts = str in (type(value), type(other))
            if texts:
                self.spend(
                    max(len(text) for text in (value, other) if type(text) is str) // _CHARACTERS_PER_STEP
                )
            if word == "+" and texts:
                left, right = self.text_of(value), self.text_of(other)
                value = None if left is None or right is None else self.measured(left + right)
            else:
                value = OPERATORS[word](value, other)
        return value

    _equality = _ordering = _sum = _product = _chain

    def _sign(self, node: Node) -> Any:
        return OPERATORS[node.words[0]](0, self.value(node.parts[0]))

    def _group(self, node: Node) -> Any:
        return self.value(node.parts[0])

    def _number(self, node: Node) -> int | float:
        word = node.words[0]
        return float(word) if "." in word else int(word)

    def _word(self, node: Node) -> bool | None:
        return {"true": True, "false": False, "null": None}[node.words[0]]

    def _text(self, node: Node) -> str:
        """A string; in double quotes its references are replaced."""
        word = node.words[0]
        quote, inside = word[0], word[1:-1]
        inside = inside.replace(quote * 2, quote)
        if quote == "'" or "$" not in inside:
            return inside
        if inside not in self.strings:
            try:
                self.strings[inside] = references_of(inside, self.pieces)
            except TemplateError as error:
                raise TemplateError(error.message, self.at) from None
            self.pieces -= len(self.strings[inside])
        self.spend(len(self.strings[inside]))
        pieces = [
            piece.text if isinstance(piece, Text) else self.shown(piece, lambda text: text)
            for piece in self.strings[inside]
        ]
        return self.measured("".join(pieces))
