"""YAML with places: plain values, and the line and column where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from understudy.errors import SetupError
from understudy.state.seeding import checked_text

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
"""The words of YAML 1.2 that are no texts: `on` and `no` are texts here."""
_WHOLE = re.compile(r"[-+]?[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)

Step = str | int


@dataclass
class Located:
    """A YAML document: its value, and where each part of it stands."""

    path: Path
    value: Any = None
    marks: dict[tuple[Step, ...], tuple[int, int]] = field(default_factory=dict)

    def where(self, place: Sequence[Step] = ()) -> str:
        """`file:line:column` of a part, or of what holds it."""
        steps = tuple(place)
        if not self.marks:
            return ".".join([str(self.path), *map(str, place)])
        while steps and steps not in self.marks:
            steps = steps[:-1]
        line, column = self.marks.get(steps, (1, 1))
        return f"{self.path}:{line}:{column}"

    def fault(self, message: str, place: Sequence[Step] = ()) -> SetupError:
        """A fault of a part, with its place in front."""
        return SetupError(message, self.where(place))


def read(path: Path) -> Located:
    """The document in a file; SetupError tells with line and column what is wrong with it."""
    root = yaml.compose(checked_text(path), Loader=_Loader)
    document = Located(path, marks={(): (1, 1)})
    if root is not None:
        document.value = _value(root, (), document)
    return document


def _value(node: yaml.Node, place: tuple[Step, ...], document: Located) -> Any:
    document.marks[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, (*place, number), document) for number, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        value: dict[str, Any] = {}
        for key, one in node.value:
            name = str(key.value)
            if name in value:
                document.marks[place] = (key.start_mark.line + 1, key.start_mark.column + 1)
                raise document.fault(f"'{name}' stands here twice", place)
            value[name] = _value(one, (*place, name), document)
        return value
    return _scalar(str(node.value), plain=not getattr(node, "style", None))


def _scalar(text: str, *, plain: bool) -> Any:
    """A text, or what an unquoted word is by the rules of YAML 1.2."""
    if not plain:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
