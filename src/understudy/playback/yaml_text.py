"""YAML that people read and change: written so that it is read back the same, read within bounds.

A plain scalar is a number, true, false or null as in JSON, and a text otherwise: `on`, `no`, `12:30:45`
and `2026-01-01` are texts.
"""

from __future__ import annotations

import base64
import math
import re
from pathlib import Path
from typing import Any

import yaml

from understudy.errors import SetupError
from understudy.state.seeding import unsafe

MAX_BYTES = 50 * 1024 * 1024
MAX_DEPTH = 220
"""A body of JSON may nest 200 levels; a cassette puts a few around it."""
LONG_TEXT = 60
_INTEGERS = range(-(2**63), 2**64)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TAG = "tag:yaml.org,2002:"
_BLOCK = re.compile(r"[^\s\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]")
_UNFIT = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]|[ ]\n|[ ]\Z|[\U00010000-\U0010ffff]"
)


class _Reader(_Loader):  # type: ignore[misc]
    """Composes nodes; only what JSON has is no text.

    The patterns take no more than those of YAML 1.1, so that whatever its writers leave bare is read alike.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML fills it


for _name, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]*(?:[eE][-+][0-9]+)?", "-0123456789"),
):
    _Reader.add_implicit_resolver(_TAG + _name, re.compile(rf"(?:{_pattern})\Z"), list(_first))


class _Writer(_Dumper):  # type: ignore[misc]
    """Writes texts of several lines as literal blocks, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _PlainWriter(_Dumper):  # type: ignore[misc]
    """Writes texts as PyYAML does: what cannot stand in a block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(writer: Any, text: str) -> Any:
    block = "\n" in text and len(text) > LONG_TEXT and _BLOCK.match(text) and not _UNFIT.search(text)
    return writer.represent_scalar(f"{_TAG}str", text, style="|" if block else None)


_Writer.add_representer(str, _text)


def write(value: Any, header: str = "") -> str:
    """A value of JSON as YAML, with a comment before it; reading it gives the same value."""
    for writer in (_Writer, _PlainWriter):
        text: str = yaml.dump(value, Dumper=writer, sort_keys=False, allow_unicode=True, width=2**31 - 1)
        if same(Document(text, "").value, value):
            break
    return header + text


def same(left: Any, right: Any) -> bool:
    """Whether two values of JSON are the same, kinds of numbers and order of members included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def load(path: Path) -> Document:
    """A file of YAML; SetupError tells a fault with file, line and column."""
    return Document(read(path), str(path))


def read(path: Path) -> str:
    """The text of a file of bounded size; SetupError says why there is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SetupError(f"is larger than {MAX_BYTES} bytes; record less into one file", str(path))
        text = path.read_text("utf-8")
    except OSError as error:
        raise SetupError(f"cannot be read: {error.strerror or error}", str(path)) from None
    except UnicodeDecodeError as error:
        raise SetupError(f"is not UTF-8 from byte {error.start} on", str(path)) from None
    return text


class Document:
    """A text of YAML, read: its value, and where each part of it stands.

    Args:
        text: what is read; SetupError names the first thing in it that cannot be.
        name: of the file.
        binary: whether `!!binary` is read, as bytes.
    """

    def __init__(self, text: str, name: str, *, binary: bool = False) -> None:
        self._name = name
        self._binary = binary
        fault = unsafe(text, MAX_DEPTH)
        if fault is not None:
            line, column, what = fault
            raise SetupError(what, f"{name}:{line}:{column}")
        try:
            self._root = yaml.compose(text, Loader=_Reader)
        except yaml.MarkedYAMLError as error:  # more than one document
            raise self._fault(error.problem_mark, str(error.problem)) from None
        self.value: Any = None if self._root is None else self._read(self._root)

    def where(self, place: str) -> str:
        """`file:line:column` of a dotted place such as `entries[3].request.path`, or of what is around it."""
        node, mark = self._root, self._root.start_mark if self._root is not None else None
        for step in re.findall(r"[^.\[\]]+", place):
            found = _child(node, step)
            if found is None:
                break
            node, mark = found
        return self._at(mark)

    def _read(self, node: yaml.Node) -> Any:
        kind = node.tag.removeprefix(_TAG)
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            return [self._read(item) for item in node.value]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, kind)
        raise self._fault(node.start_mark, f"the tag {node.tag} is not known here; take it out")

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for name, item in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise self._fault(name.start_mark, "the name of a member is a text")
            if name.value in value:
                raise self._fault(name.start_mark, f"'{name.value}' stands twice here; take one out")
            value[name.value] = self._read(item)
        return value

    def _scalar(self, node: yaml.ScalarNode, kind: str) -> Any:
        text: str = node.value
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "binary" and self._binary:
            return base64.b64decode("".join(text.split()))
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        try:
            if kind == "int" and len(text) < 25 and int(text) in _INTEGERS:
                return int(text)
            if kind == "float" and math.isfinite(float(text)):
                return float(text)
        except ValueError:
            raise self._fault(node.start_mark, f"'{text}' is no number") from None
        if kind in ("int", "float"):
            raise self._fault(node.start_mark, "is a number that JSON clients do not hold; quote it")
        raise self._fault(node.start_mark, f"the tag {node.tag} is not known here; take it out")

    def _at(self, mark: Any) -> str:
        return f"{self._name}:{mark.line + 1}:{mark.column + 1}" if mark is not None else f"{self._name}:1:1"

    def _fault(self, mark: Any, what: str) -> SetupError:
        return SetupError(what, self._at(mark))


def _child(node: yaml.Node | None, step: str) -> tuple[yaml.Node, Any] | None:
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        found = node.value[int(step)]
        return found, found.start_mark
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == step:
                return value, name.start_mark
    return None
