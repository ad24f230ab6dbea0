"""Annotations of Python source as JSON schemas: read as text, never evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MOST_TYPES = 2000
DEEPEST = 20
_SCALARS: Mapping[str, Mapping[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "Any": {},
    "object": {},
}
_LISTS = ("list", "List", "Sequence", "Iterable")
_TUPLES = ("tuple", "Tuple")
_DICTIONARIES = ("dict", "Dict", "Mapping")
_WRAPPERS = ("Annotated", "Required", "NotRequired", "ReadOnly", "Final")


class TypeFault(Exception):
    """An annotation that cannot be told as a schema.

    Args:
        line: where it stands, from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Annotations:
    """Reads annotations of one module.

    Args:
        module: its tree; its TypedDicts, its imported names and its names for types are known.
    """

    def __init__(self, module: ast.Module) -> None:
        self._classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
        self._named = dict(_named_types(module))
        self._original = dict(_imported_names(module))
        self._left = MOST_TYPES
        self._open: list[str] = []
        self._line = 1

    def schema(self, node: ast.expr | None, line: int, *, dictionaries: bool) -> dict[str, Any]:
        """The schema of an annotation, anything when there is none; TypeFault tells the line.

        Args:
            dictionaries: whether a plain dict is allowed; otherwise objects are TypedDicts.
        """
        self._line, self._dictionaries = line, dictionaries
        return {} if node is None else self._of(node, 0)

    def _of(self, node: ast.expr, depth: int) -> dict[str, Any]:
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            raise self._fault("the types are too large")
        if isinstance(node, ast.Constant) and node.value is None:
            return dict(_SCALARS["None"])
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._of(self._parsed(node.value), depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([node.left, node.right], depth)
        if isinstance(node, ast.Subscript):
            arguments = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
            return self._generic(self._name(node.value), arguments, depth)
        return self._plain(self._name(node), depth)

    def _plain(self, name: str, depth: int) -> dict[str, Any]:
        if name in self._classes:
            return self._typed_dict(self._classes[name], depth)
        if name in self._named:
            return self._of(self._named[name], depth + 1)
        if name in _SCALARS:
            return dict(_SCALARS[name])
        if name in _LISTS or name in _TUPLES:
            return {"type": "array"}
        if name in _DICTIONARIES:
            return self._dictionary([], depth)
        known = "str, int, float, bool, None, list, tuple, Optional, Union, Literal, Any and TypedDicts"
        raise self._fault(f"the type '{name}' is not known; {known} are")

    def _generic(self, name: str, arguments: Sequence[ast.expr], depth: int) -> dict[str, Any]:
        if name in _TUPLES:
            return self._tuple(arguments, depth)
        if not arguments:
            raise self._fault(f"the type '{name}' has nothing in its brackets")
        if name in _LISTS:
            return {"type": "array", "items": self._of(arguments[0], depth + 1)}
        if name in _DICTIONARIES:
            return self._dictionary(arguments, depth)
        if name == "Optional":
            return self._union([arguments[0], ast.Constant(None)], depth)
        if name == "Union":
            return self._union(arguments, depth)
        if name == "Literal":
            return {"enum": [self._literal(argument) for argument in arguments]}
        if name in _WRAPPERS:
            return self._of(arguments[0], depth + 1)
        raise self._fault(f"the type '{name}[...]' is not known")

    def _tuple(self, arguments: Sequence[ast.expr], depth: int) -> dict[str, Any]:
        last = arguments[-1] if arguments else None
        if isinstance(last, ast.Constant) and last.value is ...:
            return {"type": "array", "items": self._of(arguments[0], depth + 1)}
        parts = [self._of(argument, depth + 1) for argument in arguments]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}

    def _dictionary(self, arguments: Sequence[ast.expr], depth: int) -> dict[str, Any]:
        if not self._dictionaries:
            raise self._fault("a parameter cannot be a plain dict; describe it as a TypedDict")
        values = self._of(arguments[1], depth + 1) if len(arguments) == 2 else {}
        return {"type": "object", **({"additionalProperties": values} if values else {})}

    def _union(self, parts: Sequence[ast.expr], depth: int) -> dict[str, Any]:
        branches: list[dict[str, Any]] = []
        for part in parts:
            schema = self._of(part, depth + 1)
            branches += schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
            self._left -= len(branches)
        return {"anyOf": branches} if len(branches) > 1 else branches[0]

    def _literal(self, node: ast.expr) -> Any:
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, RecursionError, MemoryError):
            value = ...
        if type(value) not in (str, int, bool, type(None)) or (type(value) is int and abs(value) >= 2**63):
            raise self._fault("a Literal holds texts, whole numbers, True, False and None")
        return value

    def _typed_dict(self, node: ast.ClassDef, depth: int) -> dict[str, Any]:
        if node.name in self._open:
            raise self._fault(f"the type '{node.name}' contains itself")
        self._open.append(node.name)
        properties, required = self._members(node, depth)
        self._open.pop()
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        return {**schema, "additionalProperties": False}

    def _members(self, node: ast.ClassDef, depth: int) -> tuple[dict[str, Any], list[str]]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        for base in node.bases:
            name = self._name(base)
            if name in self._classes:
                inherited = self._of(base, depth + 1)
                properties |= inherited["properties"]
                required += inherited.get("required", ())
            elif name != "TypedDict":
                raise self._fault(f"the type '{node.name}' is not a TypedDict")
        if not node.bases:
            raise self._fault(f"the type '{node.name}' is not a TypedDict")
        total = not any(k.arg == "total" and getattr(k.value, "value", True) is False for k in node.keywords)
        for member in node.body:
            if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                properties[member.target.id] = self._of(member.annotation, depth + 1)
                if self._marked(member.annotation, "Required" if not total else "NotRequired") is not total:
                    required.append(member.target.id)
        return properties, list(dict.fromkeys(required))

    def _marked(self, node: ast.expr, word: str) -> bool:
        return isinstance(node, ast.Subscript) and self._name(node.value) == word

    def _name(self, node: ast.expr) -> str:
        """The last name of `a.b.c`, and what a name was imported as."""
        if isinstance(node, ast.Attribute):
            return node.attr
        if isinstance(node, ast.Name):
            return self._original.get(node.id, node.id)
        raise self._fault("an annotation is not the name of a type")

    def _parsed(self, text: str) -> ast.expr:
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._fault("an annotation in quotation marks is not a type") from None

    @property
    def _fault(self) -> Callable[[str], TypeFault]:
        return lambda message: TypeFault(message, self._line)


def _named_types(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that the module gives to types: `Mode = Literal["a"]`, `Mode: TypeAlias = ...`."""
    for node in module.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _imported_names(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Local name to the name in its module: `from typing import List as L`."""
    for node in module.body:
        for name in node.names if isinstance(node, ast.ImportFrom) else ():
            if name.asname:
                yield name.asname, name.name
