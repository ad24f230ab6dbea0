"""What the grammars of expressions share: how a parser is made, and what is wrong with a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Literal


class TextError(ValueError):
    """A text that cannot be used. `position` is the 0-based character offset of the fault."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return f"{self.message} (at character {self.position})"


def lalr(
    grammar: str,
    node: Callable[[str, list[Any]], Any],
    lexer: Literal["basic", "contextual"] = "basic",
    callbacks: Mapping[str, Callable[[Any], Any]] | None = None,
) -> Any:
    """A parser of Lark.

    Args:
        node: makes a construct of its kind, the name of a rule or of an alternative, and of its children.
        callbacks: what is done with tokens, by their names.
    """
    from lark import Lark  # takes 50 ms

    kinds = re.findall(r"^\??([a-z]+):|-> ([a-z_]+)", grammar, re.MULTILINE)
    builders = SimpleNamespace(
        **{rule or alias: functools.partial(node, rule or alias) for rule, alias in kinds}
    )
    return Lark(
        grammar, parser="lalr", lexer=lexer, transformer=builders, lexer_callbacks=dict(callbacks or {})
    )
