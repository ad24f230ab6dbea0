"""Functions of callers, read from their text."""

from __future__ import annotations

import time
from typing import Any

import pytest

from understudy.behaviours.functions import MOST_CHARACTERS, MOST_ERRORS, read_function


def read(source: str) -> dict[str, Any]:
    return read_function(source.encode())


def taken(annotation: str, head: str = "") -> Any:
    """The schema of a parameter with this annotation."""
    return read(f"{head}\ndef process(a: {annotation}): pass")["input_schema"]["properties"]["a"]


def errors(source: str) -> list[str]:
    found: list[str] = read(source)["errors"]
    return found


INTEGER, TEXT, NULL = {"type": "integer"}, {"type": "string"}, {"type": "null"}


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", TEXT),
        ("int", INTEGER),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("None", NULL),
        ("Any", {}),
        ("typing.Any", {}),
        ("list", {"type": "array"}),
        ("list[int]", {"type": "array", "items": INTEGER}),
        ("t.List['str']", {"type": "array", "items": TEXT}),
        ("tuple[int, str]", {"type": "array", "prefixItems": [INTEGER, TEXT], "minItems": 2, "maxItems": 2}),
        ("tuple[int, ...]", {"type": "array", "items": INTEGER}),
        ("Optional[int]", {"anyOf": [INTEGER, NULL]}),
        ("Union[int, Union[str, None]]", {"anyOf": [INTEGER, TEXT, NULL]}),
        ("int | str | None", {"anyOf": [INTEGER, TEXT, NULL]}),
        ("Literal['a', 1, None, -2]", {"enum": ["a", 1, None, -2]}),
        ("Annotated[int, 'years']", INTEGER),
        ("'int | None'", {"anyOf": [INTEGER, NULL]}),
    ],
)
def test_an_annotation_is_told_as_a_schema(annotation: str, schema: dict[str, Any]) -> None:
    assert taken(annotation) == schema


def test_names_that_the_module_gives_to_types_are_known() -> None:
    assert taken("L[Mode]", "from typing import List as L, Literal\nMode = Literal['a']") == {
        "type": "array",
        "items": {"enum": ["a"]},
    }
    assert taken("Mode", "Mode: TypeAlias = int | str") == {"anyOf": [INTEGER, TEXT]}


def test_a_typed_dict_is_an_object_with_its_members() -> None:
    head = """
class Place(TypedDict):
    '''Somewhere.'''
    name: str
    note: NotRequired[str]
class Port(Place, total=False):
    depth: int
    key: Required[int]
"""
    properties = {"name": TEXT, "note": TEXT, "depth": INTEGER, "key": INTEGER}
    assert taken("Port", head) == {
        "type": "object",
        "properties": properties,
        "required": ["name", "key"],
        "additionalProperties": False,
    }


def test_parameters_without_a_default_are_required_and_defaults_are_told() -> None:
    found = read("def process(a, b=None, *, c=[1, 'x'], d=math.pi, e=1e999, f, g=10**30, h={'k': -1}): pass")
    schema = found["input_schema"]
    assert schema["required"] == ["a", "f"]
    defaults = {name: part["default"] for name, part in schema["properties"].items() if "default" in part}
    assert defaults == {"b": None, "c": [1, "x"], "h": {"k": -1}}
    assert found.keys() == {"input_schema"}
    assert "required" not in read("def process(): pass")["input_schema"]


@pytest.mark.parametrize(
    ("returns", "schema"),
    [
        ("dict", {"type": "object"}),
        ("dict[str, int]", {"type": "object", "additionalProperties": INTEGER}),
        ("int", {"type": "object", "properties": {"value": INTEGER}, "required": ["value"]}),
    ],
)
def test_an_output_is_an_object_or_stands_in_one(returns: str, schema: dict[str, Any]) -> None:
    assert read(f"def process() -> {returns}: pass")["output_schema"] == schema


def test_the_last_function_of_that_name_counts() -> None:
    source = "def process(a): pass\ndef helper(*a): pass\ndef process(b): pass"
    assert list(read(source)["input_schema"]["properties"]) == ["b"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("\nx = (", "line 2: is not valid Python"),
        ("\0", "line 1: "),
        ("class A:\n def process(self): pass", "line 1: there is no function process()"),
        ("import json, os.path\ndef process(): pass", "line 1: module 'os.path' cannot be imported; json"),
        ("def process():\n from . import x", "line 2: module '.' cannot be imported"),
        ("async def process(): pass", "line 1: process() is async"),
        ("def process(a, /): pass", "line 1: parameter 'a' is positional only"),
        ("def process(*a): pass", "line 1: parameter 'a' takes any number"),
        ("def process(\n a: dict[str, int]): pass", "line 2: a parameter cannot be a plain dict"),
        ("def process(a: set): pass", "line 1: the type 'set' is not known"),
        ("def process(a: set[int]): pass", "line 1: the type 'set[...]' is not known"),
        ("def process(a: list[()]): pass", "line 1: the type 'list' has nothing in its brackets"),
        ("def process(a: f()): pass", "line 1: an annotation is not the name of a type"),
        ("def process(a: '('): pass", "line 1: an annotation in quotation marks is not a type"),
        ("def process(a: Literal[1.5]): pass", "line 1: a Literal holds"),
        (f"def process(a: Literal[{2**63}]): pass", "line 1: a Literal holds"),
        ("class A: pass\ndef process(a: A): pass", "line 2: the type 'A' is not a TypedDict"),
        ("class A(B): pass\ndef process(a: A): pass", "line 2: the type 'A' is not a TypedDict"),
        (
            "class A(TypedDict):\n a: 'list[A]'\ndef process(a: A): pass",
            "line 3: the type 'A' contains itself",
        ),
        ("A = B\nB = A\ndef process(a: A): pass", "line 3: the types are too large"),
        ("def process(a='\\ud800'): pass", "line 1: a text holds half of a surrogate pair"),
    ],
)
def test_a_fault_is_told_with_its_line(source: str, message: str) -> None:
    (error,) = errors(source)
    assert error.startswith(message)


def test_errors_are_in_order_and_bounded() -> None:
    source = "def process(*a): pass\n" + f"import {'os' * 1000}\n" * 40
    found = errors(source)
    assert len(found) == MOST_ERRORS
    assert found[0].startswith("line 1: parameter")
    assert [error.split(":")[0] for error in found[1:]] == [f"line {at}" for at in range(2, MOST_ERRORS + 1)]
    assert len(found[1]) == MOST_CHARACTERS


@pytest.mark.parametrize(
    "source",
    [
        "-" * 99_999 + "1",
        "a" + ".a" * 49_000,
        "+".join(["a"] * 49_000),
        "A0 = int\n"
        + "".join(f"A{n + 1} = tuple[A{n}, A{n}]\n" for n in range(19))
        + "def process(a: A19): pass",
        "def process(a: " + "|".join(["int"] * 500) + "): pass",
        "def process(a: " + "list[" * 90 + "int" + "]" * 90 + "): pass",
    ],
)
def test_hostile_source_is_an_error_and_takes_no_time(source: str) -> None:
    began = time.process_time()
    assert len(errors(source)) == 1
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("().__class__", "the attribute '__class__' cannot be used"),
        ("print.__self__", "the attribute '__self__' cannot be used"),
        ("(x for x in ()).gi_frame.f_back", "the attribute 'f_back' cannot be used"),
        (
            "getattr(1, 'real' + '')",
            "'getattr' can only be called, with the name",
        ),
        ("getattr(1, '__class__')", "'getattr' can only be called"),
        ("[setattr]", "'setattr' can only be called"),
        ("eval('1')", "'eval' cannot be used"),
        ("open('x')", "'open' cannot be used"),
        ("__import__('os')", "'__import__' cannot be used"),
        ("__builtins__", "the name '__builtins__' cannot be used"),
        ("[__spec__ for __spec__ in ()]", "the name '__spec__' cannot be given"),
        ("object.__getattribute__(1, 'x')", "the attribute '__getattribute__' cannot be used"),
    ],
)
def test_a_way_into_the_interpreter_is_a_fault(line: str, message: str) -> None:
    found = errors(f"def process():\n    return {line}")
    assert any(error.startswith(f"line 2: {message}") for error in found), found


@pytest.mark.parametrize(
    "lines",
    [
        "class A(metaclass=type): pass",
        "class A: __match_args__ = ('__globals__',)",
        "class A:\n def __instancecheck__(self, x): pass",
        "match 1:\n case object(__class__=x): pass",
        "match 1:\n case {**__spec__}: pass",
        "def f(__debug): global __spec__; __spec__ = 1",
        "from math import pi as __spec__",
        "try: pass\nexcept ValueError as __loader__: pass",
    ],
)
def test_tricks_with_classes_patterns_and_names_are_faults(lines: str) -> None:
    (error,) = errors(f"{lines}\ndef process(): pass")
    assert "cannot" in error


def test_ordinary_code_is_none() -> None:
    source = """
class Price:
    __slots__ = ("value",)

    def __init__(self, value):
        super().__init__()
        self.value = value

    def __getattr__(self, name):
        return name

def process(id: str, input: int, dir: int = 1):
    vars = [id, input, dir]
    _ = getattr(vars, "append", None), hasattr(vars, "pop"), type(vars).__name__, process.__doc__
    return {"a": "{}".format(vars)}
"""
    assert "input_schema" in read(source)
