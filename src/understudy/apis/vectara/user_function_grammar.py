"""The grammar of user functions: text in, a tree of nodes out, or an error that says where the fault is."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from understudy.apis.vectara.filter_grammar import WHITE_SPACE, quoted
from understudy.behaviours.grammars import TextError, lalr

MAX_CHARACTERS = 8000
MAX_DEPTH = 100  # every level costs up to three Python frames
MAX_NODES = 2000  # nothing loops, so this bounds the steps of one evaluation

# Conventional precedence, tightest last: the published table puts || before &&, which only a function that
# mixes both without parentheses can tell. A conditional is an operand whose last branch reaches as far as it
# can: lark settles that conflict by reading on, as documented for its LALR parser.
GRAMMAR = r"""
?start: expression
?expression: disjunction
    | disjunction "?" expression ":" expression -> choice
?disjunction: conjunction (_OR conjunction)*
?conjunction: equality (_AND equality)*
?equality: ordering (EQUALITY ordering)*
?ordering: sum (ORDER sum)*
?sum: product (SIGN product)*
?product: unary (PRODUCT unary)*
?unary: NOT unary -> negation
    | SIGN unary -> sign
    | primary
?primary: NUMBER -> number
    | TEXT -> text
    | BOOLEAN -> boolean
    | NULL -> null
    | CALL "(" [expression ("," expression)*] ")" -> call
    | "(" expression ")" -> group
    | _IF "(" expression ")" expression _ELSE expression -> choice
    | _IF "(" expression "," expression "," expression ")" -> choice
    | WORD -> refused

_OR: "||"
_AND: "&&"
EQUALITY.2: /===?|!==?/
ORDER.1: /<=|>=|<|>/
NOT: "!"
SIGN: /[+-]/
PRODUCT: /[*\/%]/
NUMBER: /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\w*/
TEXT: /'[^']*(?:''[^']*)*'(?!')/
_IF.2: /if(?!\w)/
_ELSE.2: /else(?!\w)/
NULL.2: /null(?!\w)/
BOOLEAN.2: /(?:true|false)(?!\w)/
CALL.1: /[^\W\d]\w*(?=[ \t\r\n\f\v]*\()/
WORD: /[^\W\d]\w*/
%ignore /[ \t\r\n\f\v]+/
"""

_CHARACTER_HINTS = {
    '"': "texts stand in single quotes, such as 'abc'",
    "'": "this text has no closing quote; write a quote inside a text twice, such as 'it''s'",
    "&": "unexpected '&'; write && for and",
    "|": "unexpected '|'; write || for or",
    "=": "unexpected '='; write == to compare",
} | dict.fromkeys("‘’“”`´", "only the straight single quote ' encloses a text")

_KEYWORDS = ("true", "false", "null", "if", "else")
_OPERATOR_OF = {"and": "&&", "or": "||", "not": "!"}


class UserFunctionError(TextError):
    """A function that cannot be used."""


@dataclass(frozen=True, slots=True)
class Node:
    """One construct: its operands, its tokens (operators, names, the literal), where it starts, its size."""

    kind: str
    parts: tuple[Node, ...]
    words: tuple[str, ...]
    at: int
    depth: int
    size: int


def parse(text: str) -> Node:
    """The tree of a function. Takes time linear in the length of the text."""
    if len(text) > MAX_CHARACTERS:
        message = f"a function has at most {MAX_CHARACTERS} characters, this has {len(text)}"
        raise UserFunctionError(message, MAX_CHARACTERS)
    if not text.strip(WHITE_SPACE):
        raise UserFunctionError("the function is empty; write an expression such as get('$.score')", 0)
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # 50 ms, so not before the first one

    try:
        return _parser().parse(text)  # type: ignore[no-any-return]
    except UnexpectedCharacters as fault:
        at: int = fault.pos_in_stream
        raise UserFunctionError(_character_message(text[at]), at) from None
    except UnexpectedToken as fault:
        at = len(text) if fault.token.type == "$END" else fault.token.start_pos
        raise UserFunctionError(_token_message(fault), at) from None


@functools.cache
def _parser() -> Any:
    callbacks = {"NUMBER": _check_number, "CALL": _check_call, "WORD": _refuse_word}
    return lalr(GRAMMAR, _node, callbacks=callbacks)


def _node(kind: str, children: list[Any]) -> Node:
    children = [child for child in children if child is not None]  # an empty list of arguments
    first = children[0]
    parts = tuple(child for child in children if isinstance(child, Node))
    words = tuple(str(child) for child in children if not isinstance(child, Node))
    at = first.at if isinstance(first, Node) else first.start_pos
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise UserFunctionError(f"nested more than {MAX_DEPTH} levels deep", at)
    size = 1 + sum(part.size for part in parts)
    if size > MAX_NODES:
        raise UserFunctionError(f"more than {MAX_NODES} values and operations", at)
    return Node(kind, parts, words, at, depth, size)


def _check_number(token: Any) -> Any:
    if not re.fullmatch(r"[0-9.]+(?:[eE][+-]?[0-9]+)?", token):
        raise UserFunctionError(
            f"{quoted(token)} is not a number; write digits such as 15 or 1.5", token.start_pos
        )
    if math.isinf(float(token)):
        raise UserFunctionError(f"{quoted(token)} is too large for a number", token.start_pos)
    return token


def _check_call(token: Any) -> Any:
    if token.lower() in _KEYWORDS:
        _refuse_word(token)
    return token


def _refuse_word(token: Any) -> NoReturn:
    word = str(token)
    if word.lower() in _KEYWORDS:
        message = f"{quoted(word)} is written in lower case: {word.lower()}"
    elif word in _OPERATOR_OF:
        message = f"unexpected {quoted(word)}; write {_OPERATOR_OF[word]}"
    else:
        message = f"unknown word {quoted(word)}; a member is read with get('$.{word[:40]}')"
    raise UserFunctionError(message, token.start_pos)


def _character_message(character: str) -> str:
    return _CHARACTER_HINTS.get(
        character, f"unexpected character {quoted(character)} (U+{ord(character):04X})"
    )


def _token_message(fault: Any) -> str:
    accepted: set[str] = fault.accepts
    ended = fault.token.type == "$END"
    found = "the function ends" if ended else f"found {quoted(str(fault.token))}"
    if accepted == {"LPAR"}:
        return f"{found} where ( was expected; a conditional is if (condition) value else value"
    if "NUMBER" in accepted:
        return f"{found} where a value was expected, such as 3, 'text', true, null or get('$.score')"
    if "_ELSE" in accepted:
        return f"{found} where else was expected; a conditional is if (condition) value else value"
    if "COLON" in accepted:
        return f"{found} where : was expected; a conditional is condition ? value : value"
    if "COMMA" in accepted and "RPAR" not in accepted:
        return f"{found} where a comma was expected, as in if (condition, value, value)"
    if fault.token.type == "RPAR":
        return "this ')' closes nothing"
    if ended and "RPAR" in accepted:
        return "the function ends inside a parenthesis; a ')' is missing"
    return f"{found} where an operator such as +, * or == was expected"
