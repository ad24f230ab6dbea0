"""What the code of a tool may not hold: the ways from a value to the interpreter behind it.

This is the first wall of several and says what is wrong with its line; `understudy.sandbox` has the others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_OPERATORS = (
    "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift neg pos abs invert eq ne lt le "
    "gt ge radd rsub rmul rtruediv rfloordiv rmod rpow rand ror rxor iadd isub imul ior iand"
)
_PROTOCOLS = (
    "init new str repr format bytes bool int float index round hash len iter next reversed contains "
    "getitem setitem delitem missing call enter exit post_init get set set_name init_subclass "
    "class_getitem name qualname doc cause context"
)
SPECIAL = frozenset(f"__{name}__" for name in (*_OPERATORS.split(), *_PROTOCOLS.split()))
"""The names with two underscores on each side that code may use as attributes."""
_DEFINED = SPECIAL | {"__getattr__", "__setattr__", "__delattr__", "__del__", "__slots__"}
_READ = frozenset({"__name__", "__doc__"})
_OF_FRAMES = "tb_frame tb_next f_back f_builtins f_code f_globals f_locals f_trace f_generator"
_OF_GENERATORS = "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await"
INSPECTING = frozenset((*_OF_FRAMES.split(), *_OF_GENERATORS.split(), "co_code", "co_consts"))
"""Attributes that lead from generators and errors to frames."""
ATTRIBUTE_FUNCTIONS = frozenset({"getattr", "setattr", "delattr", "hasattr"})
_DOORS = "eval exec compile open __import__ globals locals vars dir breakpoint input help id exit quit"
UNAVAILABLE = frozenset((*_DOORS.split(), "memoryview"))


def is_reserved(name: str) -> bool:
    """Whether an attribute of this name leads into the interpreter."""
    return name in INSPECTING or (_is_special(name) and name not in SPECIAL)


def refused(module: ast.Module) -> Iterator[tuple[int, str]]:
    """`(line, message)` of each forbidden construct."""
    bound = set(_bound(module))
    fixed = {id(node.func) for node in ast.walk(module) if isinstance(node, ast.Call) and _is_fixed(node)}
    for node in ast.walk(module):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.Attribute) and is_reserved(node.attr):
            yield line, f"the attribute '{node.attr}' cannot be used"
        elif isinstance(node, ast.MatchClass):
            for name in filter(is_reserved, node.kwd_attrs):
                yield line, f"the attribute '{name}' cannot be used"
        elif isinstance(node, ast.ClassDef) and any(word.arg == "metaclass" for word in node.keywords):
            yield line, f"the class '{node.name}' cannot have a metaclass"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from ((line, why) for why in _read(node, bound, fixed))
    for name, line in _bindings(module):
        if _is_special(name) and name not in _DEFINED:
            yield line, f"the name '{name}' cannot be given"


def _read(node: ast.Name, bound: set[str], fixed: set[int]) -> Iterator[str]:
    if node.id in bound:
        return
    if node.id in UNAVAILABLE:
        yield f"'{node.id}' cannot be used"
    elif node.id in ATTRIBUTE_FUNCTIONS and id(node) not in fixed:
        yield f"'{node.id}' can only be called, with the name of the attribute as a plain text"
    elif _is_special(node.id) and node.id not in _READ:
        yield f"the name '{node.id}' cannot be used"


def _is_fixed(call: ast.Call) -> bool:
    """Whether it is a call such as `getattr(x, "name")` with a name that may be used."""
    if not isinstance(call.func, ast.Name) or len(call.args) < 2:
        return False
    name = call.args[1]
    return isinstance(name, ast.Constant) and isinstance(name.value, str) and not is_reserved(name.value)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def _bound(module: ast.Module) -> Iterator[str]:
    for name, _ in _bindings(module):
        yield name


def _bindings(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that the code gives to something, with its line."""
    for node in ast.walk(module):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, line
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, line
        elif isinstance(node, ast.arg):
            yield node.arg, line
        elif isinstance(node, ast.alias):
            yield node.asname or node.name, line
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, line
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest, line
