"""The expressions in templates: text in, a tree of nodes out, or an error that says where the fault is."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from understudy.behaviours.grammars import TextError, lalr

MAX_CHARACTERS = 4000
MAX_DEPTH = 50  # every level costs up to four Python frames

# Velocity's precedence, tightest last; it has words for most operators.
GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: equality (_AND equality)*
?equality: ordering (EQUALITY ordering)*
?ordering: sum (ORDER sum)*
?sum: product (SIGN product)*
?product: unary (PRODUCT unary)*
?unary: _NOT unary -> negation
    | SIGN unary -> sign
    | primary
?primary: NUMBER -> number
    | TEXT -> text
    | WORD -> word
    | reference
    | "(" disjunction ")" -> group
reference: PLAIN access*
    | FORMAL access* "}"
?access: "." NAME -> member
    | "." NAME "(" [disjunction ("," disjunction)*] ")" -> call
    | "[" disjunction "]" -> item

_OR.2: /\|\||or(?!\w)/
_AND.2: /&&|and(?!\w)/
_NOT.2: /!|not(?!\w)/
EQUALITY.2: /==|!=|(?:eq|ne)(?!\w)/
ORDER.1: /<=|>=|<|>|(?:lt|gt|le|ge)(?!\w)/
SIGN: /[+-]/
PRODUCT: /[*\/%]/
NUMBER: /[0-9]{1,18}(?:\.[0-9]{1,18})?(?![\w.])/
TEXT: /'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"/
WORD: /(?:true|false|null)(?!\w)/
PLAIN: /(?a:\$!?[A-Za-z_]\w*)/
FORMAL: /(?a:\$!?\{[A-Za-z_]\w*)/
NAME: /(?a:[A-Za-z_]\w*)/
%ignore /[ \t\r\n]+/
"""


class TemplateError(TextError):
    """A template that cannot be rendered."""


@dataclass(frozen=True, slots=True)
class Node:
    """One construct of an expression: its operands, its tokens, where it starts."""

    kind: str
    parts: tuple[Node, ...]
    words: tuple[str, ...]
    at: int
    depth: int


def parse(source: str, at: int) -> Node:
    """The tree of an expression that starts at `at` in its template."""
    if len(source) > MAX_CHARACTERS:
        raise TemplateError(f"an expression has at most {MAX_CHARACTERS} characters", at)
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        return _parser().parse(source)  # type: ignore[no-any-return]
    except UnexpectedCharacters as fault:
        found, where = f"unexpected {source[fault.pos_in_stream]!r}", fault.pos_in_stream
    except UnexpectedToken as fault:
        ended = fault.token.type == "$END"
        found = "the expression ends too early" if ended else f"unexpected {str(fault.token)[:40]!r}"
        where = len(source) if ended else fault.token.start_pos
    except TemplateError as error:
        found, where = error.message, error.position
    raise TemplateError(found, at + where)


@functools.cache
def _parser() -> Any:
    return lalr(GRAMMAR, _node, "contextual")


def _node(kind: str, children: list[Any]) -> Node:
    children = [child for child in children if child is not None]  # an empty list of arguments
    first = children[0]
    parts = tuple(child for child in children if isinstance(child, Node))
    words = tuple(str(child) for child in children if not isinstance(child, Node))
    at = first.at if isinstance(first, Node) else first.start_pos
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise TemplateError(f"nested more than {MAX_DEPTH} levels deep", at)
    return Node(kind, parts, words, at, depth)
