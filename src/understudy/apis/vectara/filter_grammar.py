"""The grammar of metadata filters: text in, a tree of nodes out, or an error that says where the fault is."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from understudy.behaviours.grammars import TextError, lalr

MAX_CHARACTERS = 8000
MAX_DEPTH = 100  # every level costs two Python frames while compiling and one while evaluating
MAX_INTEGER = 2**63 - 1
WHITE_SPACE = " \t\r\n\f\v"

# Precedence, tightest last. `=` binds tighter than IS NULL, which binds tighter than IN, as documented.
# CALL and WORD stand for what the dialect does not have; they are refused while reading, so that the first
# fault is the one reported. Keywords match ASCII letters only: with plain /i, U+017F would be an S.
GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: condition (_AND condition)*
?condition: NOT condition -> negation
    | membership
?membership: nullness
    | nullness NOT? _IN "(" disjunction ("," disjunction)* ")" -> among
    | nullness NOT? _IN reference -> member
?nullness: equality
    | equality _IS NOT? NULL -> null_test
?equality: ordering (EQUALITY ordering)*
?ordering: sum (ORDER sum)*
?sum: product (SIGN product)*
?product: unary (PRODUCT unary)*
?unary: SIGN unary -> sign
    | primary
?primary: NUMBER -> number
    | TEXT -> text
    | BOOLEAN -> boolean
    | NULL -> null
    | reference
    | "(" disjunction ")" -> group
    | (CALL | WORD) -> refused
reference: REFERENCE

EQUALITY.2: /==|=|!=|<>/
ORDER.1: /<=|>=|<|>/
SIGN: /[+-]/
PRODUCT: /[*\/%]/
NUMBER: /[0-9][\w.]*/
TEXT: /'[^']*(?:''[^']*)*'(?!')/
REFERENCE.3: /(?:doc|part)(?:\.\w+)+/
_OR.2: /(?ai:or)(?!\w)/
_AND.2: /(?ai:and)(?!\w)/
NOT.2: /(?ai:not)(?!\w)/
_IN.2: /(?ai:in)(?!\w)/
_IS.2: /(?ai:is)(?!\w)/
NULL.2: /(?ai:null)(?!\w)/
BOOLEAN.2: /(?ai:true|false)(?!\w)/
CALL.1: /[^\W\d]\w*(?=[ \t\r\n\f\v]*\()/
WORD: /[^\W\d]\w*(?:\.\w+)*/
%ignore /[ \t\r\n\f\v]+/
"""

_FOREIGN_OPERATORS = frozenset({"like", "ilike", "between", "similar", "regexp", "matches", "contains"})
_CHARACTER_HINTS = {
    '"': "double quotes are not part of the dialect; write text in single quotes, such as 'abc'",
    "'": "this text has no closing quote; write a quote inside a text twice, such as 'it''s'",
    "&": "unexpected '&'; write AND",
    "|": "unexpected '|'; write OR",
    "!": "unexpected '!'; write NOT, or != between two values",
} | dict.fromkeys("‘’“”`´", "only the straight single quote ' encloses a text")


class FilterError(TextError):
    """A filter that cannot be used."""


@dataclass(frozen=True, slots=True)
class Node:
    """One construct of a filter: its operands, its tokens (operators or the literal), where it starts.

    `constant` says that no reference is in it.
    """

    kind: str
    parts: tuple[Node, ...]
    words: tuple[str, ...]
    at: int
    depth: int
    constant: bool


def parse(text: str) -> Node | None:
    """The tree of a filter; None when the text is blank. Takes time linear in the length of the text."""
    if len(text) > MAX_CHARACTERS:
        message = f"a filter has at most {MAX_CHARACTERS} characters, this has {len(text)}"
        raise FilterError(message, MAX_CHARACTERS)
    if not text.strip(WHITE_SPACE):
        return None
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # 50 ms, so not before the first filter

    try:
        return _parser().parse(text)  # type: ignore[no-any-return]
    except UnexpectedCharacters as fault:
        at: int = fault.pos_in_stream
        raise FilterError(_character_message(text[at]), at) from None
    except UnexpectedToken as fault:
        at = len(text) if fault.token.type == "$END" else fault.token.start_pos
        raise FilterError(_token_message(fault), at) from None


def quoted(text: str, longest: int = 40) -> str:
    """The text as a message shows it: quoted, escaped and cut."""
    return repr(cut(text, longest))


def cut(text: str, longest: int = 40) -> str:
    return str(text) if len(text) <= longest else text[: longest - 3] + "..."


@functools.cache
def _parser() -> Any:
    callbacks = {"NUMBER": _check_number, "CALL": _refuse_call, "WORD": _refuse_word}
    return lalr(GRAMMAR, _node, callbacks=callbacks)


def _node(kind: str, children: list[Any]) -> Node:
    first = children[0]
    parts = tuple(child for child in children if isinstance(child, Node))
    words = tuple(str(child) for child in children if not isinstance(child, Node))
    at = first.at if isinstance(first, Node) else first.start_pos
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise FilterError(f"nested more than {MAX_DEPTH} levels deep; use fewer parentheses and NOTs", at)
    constant = kind != "reference" and all(part.constant for part in parts)
    return Node(kind, parts, words, at, depth, constant)


def number(word: str) -> int | float:
    """The value of a number literal. Leading zeros go first: Python refuses to read very long integers."""
    return float(word) if "." in word else int(word.lstrip("0") or "0")


def _check_number(token: Any) -> Any:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", token):
        message = (
            f"{quoted(token)} is not a number here; write digits, or digits with a point, such as 15 or 1.5"
        )
        raise FilterError(message, token.start_pos)
    real = "." in token
    if math.isinf(float(token)) if real else len(token.lstrip("0")) > 19 or number(token) > MAX_INTEGER:
        raise FilterError(f"{quoted(token)} is too large; integers go up to {MAX_INTEGER}", token.start_pos)
    return token


def _refuse_call(token: Any) -> NoReturn:
    message = f"{quoted(token)} looks like a function; the dialect has none, compare the attribute itself"
    raise FilterError(message, token.start_pos)


def _refuse_word(token: Any) -> NoReturn:
    raise FilterError(_word_message(str(token)), token.start_pos)


def _word_message(word: str) -> str:
    scope, _, name = word.partition(".")
    if word.lower() in _FOREIGN_OPERATORS:
        return f"{quoted(word)} is not an operator of the dialect; use =, <>, <, <=, >, >=, IN or IS NULL"
    if scope.lower() in ("doc", "part"):
        return f"{quoted(word)} is not a reference; write {scope.lower()}.{name or 'name'}"
    if name:
        return f"unknown scope {quoted(scope)}; write doc.{cut(name)} or part.{cut(name)}"
    shown = cut(word)
    return f"{quoted(word)} has no scope; write doc.{shown} or part.{shown}, or '{shown}' if it is a text"


def _character_message(character: str) -> str:
    return _CHARACTER_HINTS.get(
        character, f"unexpected character {quoted(character)} (U+{ord(character):04X})"
    )


def _token_message(fault: Any) -> str:
    accepted: set[str] = fault.accepts
    found = "the filter ends" if fault.token.type == "$END" else f"found {quoted(str(fault.token))}"
    if accepted <= {"_IN", "NULL", "NOT"}:
        words = sorted(word.strip("_") for word in accepted)
        return f"{found} where {' or '.join(words)} was expected"
    if accepted == {"LPAR", "REFERENCE"}:
        return f"{found} where a list such as (1, 2) or a list attribute was expected"
    if "REFERENCE" in accepted:
        return f"{found} where a value was expected, such as 3, 'text', true, null or doc.name"
    if fault.token.type == "RPAR":
        return "this ')' closes nothing"
    if fault.token.type == "$END":
        return "the filter ends inside a parenthesis; a ')' is missing"
    return f"{found} where an operator such as =, IN, AND or OR was expected"
