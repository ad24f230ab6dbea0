"""Functions that callers write in Python: what `process` takes and gives, told from the text alone.

Nothing is run. Reading takes seconds at worst, for hostile text, so servers do it in another process.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.behaviours.annotations import Annotations, TypeFault
from understudy.behaviours.constructs import refused
from understudy.behaviours.docstrings import parameter_texts
from understudy.behaviours.schemas import Schemas, TooMuch

ENTRY = "process"
MODULES = ("json", "math", "datetime", "collections", "itertools", "functools", "re", "time", "typing")
"""What may be imported. Source: the SDK."""
MOST_ERRORS = 20
MOST_CHARACTERS = 300
"""Of one error, which may quote the source."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_function(content: bytes) -> dict[str, Any]:
    """`{errors}`, each with its line, or `{input_schema, output_schema?}`.

    The input schema has the parameters with their types, defaults and texts of the docstring. An output
    that is no object is told as `{"value": ...}`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(content.decode())
    except SyntaxError as error:
        return {"errors": [f"line {error.lineno or 1}: is not valid Python"]}
    except (ValueError, RecursionError, MemoryError):
        return {"errors": ["line 1: cannot be read: it is nested too deeply or holds what no source may"]}
    errors = [_told(line, message) for line, message in sorted(set(_faults(module)))]
    if errors:
        return {"errors": errors[:MOST_ERRORS]}
    entry = next(_entries(module))
    try:
        found = _schemas(module, entry)
        json.dumps(found, ensure_ascii=False).encode()
    except TypeFault as fault:
        return {"errors": [_told(fault.line, fault.message)]}
    except UnicodeEncodeError:
        return {"errors": [_told(entry.lineno, "a text holds half of a surrogate pair")]}
    return found


def input_faults(value: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with arguments, by parameter."""
    known, faults = schema["properties"], []
    faults += [f"'{name}' is no parameter" for name in value if name not in known]
    faults += [f"'{name}' is required" for name in schema.get("required", ()) if name not in value]
    for name, part in known.items():
        if name in value and not _fits(value[name], part):
            faults.append(f"'{name}' is not what the function takes")
    return faults


def output_faults(value: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with an output; nothing when the function does not say what it gives."""
    return [] if _fits(value, schema) else ["the output is not what the function says that it gives"]


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    try:
        return Schemas(schema).fits(value, schema)
    except TooMuch:
        return False


def _told(line: int, message: str) -> str:
    return f"line {line}: {message}"[:MOST_CHARACTERS]


def _entries(module: ast.Module) -> Iterator[_Function]:
    """The functions of that name, the one that counts first."""
    for node in reversed(module.body):
        if isinstance(node, _Function) and node.name == ENTRY:
            yield node


def _faults(module: ast.Module) -> Iterator[tuple[int, str]]:
    """`(line, message)` of what the rules forbid."""
    for node in ast.walk(module):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{'.' * node.level}{node.module or ''}"]
        for name in names:
            if name.split(".")[0] not in MODULES:
                yield node.lineno, f"module '{name}' cannot be imported; {', '.join(MODULES)} can"  # type: ignore[attr-defined]
    yield from refused(module)
    entry = next(_entries(module), None)
    if entry is None:
        yield 1, f"there is no function {ENTRY}()"
        return
    if isinstance(entry, ast.AsyncFunctionDef):
        yield entry.lineno, f"{ENTRY}() is async; make it a plain function"
    for argument in entry.args.posonlyargs:
        yield argument.lineno, f"parameter '{argument.arg}' is positional only; arguments come by name"
    for star in (entry.args.vararg, entry.args.kwarg):
        if star is not None:
            yield star.lineno, f"parameter '{star.arg}' takes any number; name each one"


def _schemas(module: ast.Module, entry: _Function) -> dict[str, Any]:
    annotations = Annotations(module)
    parameters = [*entry.args.args, *entry.args.kwonlyargs]
    missing: list[ast.expr | None] = [None] * (len(entry.args.args) - len(entry.args.defaults))
    defaults = [*missing, *entry.args.defaults, *entry.args.kw_defaults]
    texts = parameter_texts(ast.get_docstring(entry) or "", {one.arg for one in parameters})
    properties: dict[str, Any] = {}
    for parameter, default in zip(parameters, defaults, strict=True):
        schema = annotations.schema(parameter.annotation, parameter.lineno, dictionaries=False)
        if parameter.arg in texts:
            schema["description"] = texts[parameter.arg]
        properties[parameter.arg] = schema | _default(default)
    required = [one.arg for one, default in zip(parameters, defaults, strict=True) if default is None]
    input_schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        input_schema["required"] = required
    found: dict[str, Any] = {"input_schema": {**input_schema, "additionalProperties": False}}
    if entry.returns is not None:
        told = annotations.schema(entry.returns, entry.returns.lineno, dictionaries=True)
        found["output_schema"] = told if told.get("type") == "object" else _wrapped(told)
    return found


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"value": schema}, "required": ["value"]}


def _default(node: ast.expr | None) -> dict[str, Any]:
    """The default of a parameter, when it is a value that JSON has."""
    if node is None:
        return {}
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return {}
    return {"default": value} if _is_json(value) else {}


def _is_json(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_is_json, value.values()))
    if isinstance(value, float):
        return value - value == 0  # neither infinite nor no number
    if type(value) is int:
        return -(2**63) <= value < 2**63  # what the writer of JSON takes
    return value is None or isinstance(value, str | bool)
