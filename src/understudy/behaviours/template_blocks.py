"""Templates cut into blocks: text, references, conditions, loops and assignments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from understudy.behaviours.regex import regex
from understudy.behaviours.template_grammar import Node, TemplateError, parse

MAX_CHARACTERS = 20_000
MAX_BLOCKS = 1000
MAX_PARSED = 10_000  # characters of all expressions together, as parsing is what takes time
MAX_NESTING = 30
_TOO_MANY = f"more than {MAX_BLOCKS} references and directives"

_NAME = r"[A-Za-z_]\w*"
# The look-behind keeps a long run of backslashes from being read once per backslash.
_MARK = regex(
    rf"""(?a:
      (?P<comment>\#\#[^\n]*(?:\n|\Z))
    | (?P<remark>\#\*)
    | (?<!\\)(?P<slashes>\\*)(?:
          (?P<reference>\$!?\{{?(?={_NAME}))
        | \#(?P<brace>\{{)?(?P<directive>if|elseif|else|end|foreach|set
            |include|parse|macro|stop|break|evaluate|define)(?!\w)(?(brace)\}})
      )
    )""",
    re.VERBOSE,
)
_SIMPLE = regex(rf"(?a:\$!?(?:{_NAME}|\{{{_NAME}\}}))")
_ACCESS = regex(rf"(?a:\.{_NAME}\(?|\[)")
_BRACKET = regex(r"""[()\[\]{}]|'[^']*'|"[^"]*"|['"]""")
_OPENING = regex(r"[ \t]*\(")
_REST = regex(r"[ \t]*(?:\r?\n|\Z)")
_TARGET = regex(rf"(?a:\s*\$!?(?P<brace>\{{)?(?P<name>{_NAME})(?(brace)\}})\s*(?P<word>in(?!\w)|=(?!=)))")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A value to be inserted. `slashes` is the number of backslashes before it."""

    at: int
    source: str
    node: Node
    slashes: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """Branches in order, each with its condition; None is the condition of `#else`."""

    at: int
    branches: list[tuple[Node | None, list[Block]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loop:
    at: int
    name: str
    items: Node
    body: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Assignment:
    at: int
    name: str
    value: Node


Block = Text | Reference | Condition | Loop | Assignment


def blocks_of(template: str) -> list[Block]:
    """The blocks of a template; TemplateError where it is not well formed or too large."""
    if len(template) > MAX_CHARACTERS:
        message = f"a template has at most {MAX_CHARACTERS} characters, this has {len(template)}"
        raise TemplateError(message, MAX_CHARACTERS)
    return _Cutter(template).cut()


def references_of(text: str, most: int) -> list[Text | Reference]:
    """The text and the references of a string in double quotes, `most` pieces of them."""
    found: list[Text | Reference] = []
    at = 0
    for mark in _MARK.finditer(text):
        if mark["reference"] is None or mark.start() < at:
            continue
        found.append(Text(at, text[at : mark.start()]))
        reference, at = _reference(text, mark)
        found.append(reference)
        if len(found) > most:
            raise TemplateError(_TOO_MANY, mark.start())
    return [*found, Text(at, text[at:])]


class _Cutter:
    """Reads a template from left to right and keeps the open blocks on a stack."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.top: list[Block] = []
        self.open: list[tuple[Condition | Loop, list[Block]]] = []
        self.at = 0
        self.count = 0
        self.parsed = 0

    def cut(self) -> list[Block]:
        while mark := _MARK.search(self.template, self.at):
            if mark["reference"] is not None:
                self.text(mark.start())
                reference, self.at = _reference(self.template, mark)
                self.add(reference)
            elif mark["directive"] is not None:
                self.directive(mark)
            else:
                self.comment(mark)
        self.text(len(self.template))
        if self.open:
            raise TemplateError("this block has no #end", self.open[-1][0].at)
        return self.top

    def add(self, block: Block) -> None:
        self.count += 1
        if self.count > MAX_BLOCKS:
            raise TemplateError(_TOO_MANY, block.at)
        if isinstance(block, Reference) and block.node.parts:
            self.pay(len(block.source), block.at)
        (self.open[-1][1] if self.open else self.top).append(block)

    def pay(self, characters: int, at: int) -> None:
        self.parsed += characters
        if self.parsed > MAX_PARSED:
            raise TemplateError(f"the expressions have more than {MAX_PARSED} characters together", at)

    def text(self, end: int, more: str = "") -> None:
        if end > self.at or more:
            self.add(Text(self.at, self.template[self.at : end] + more))
        self.at = end

    def comment(self, mark: re.Match[str]) -> None:
        self.text(mark.start())
        self.at = mark.end()
        if mark["remark"]:
            end = self.template.find("*#", mark.end())
            if end < 0:
                raise TemplateError("this comment has no *#", mark.start())
            self.at = end + 2

    def directive(self, mark: re.Match[str]) -> None:
        slashes, name = len(mark["slashes"]), mark["directive"]
        start = mark.end("slashes")
        if slashes % 2:
            self.text(mark.start(), "\\" * (slashes // 2) + self.template[start : mark.end()])
            self.at = mark.end()
            return
        begin, (end, inside) = mark.start(), (mark.end(), "")
        if name in ("if", "elseif", "foreach", "set"):
            end, inside = self.argument(mark)
            self.pay(len(inside), begin)
        rest = _REST.match(self.template, end)
        line = self.template.rfind("\n", self.at, begin) + 1 or self.at
        # A directive that has its line to itself leaves nothing of it, as Velocity does in its mode `lines`.
        if rest and not slashes and self.starts_line(line) and not self.template[line:begin].strip(" \t"):
            begin, end = line, rest.end()
        self.text(begin, "\\" * (slashes // 2))
        self.at = end
        self.act(name, start, inside, mark.end())

    def starts_line(self, at: int) -> bool:
        return at == 0 or self.template[at - 1] == "\n"

    def argument(self, mark: re.Match[str]) -> tuple[int, str]:
        """Where the parenthesis after a directive ends, and what is in it."""
        opening = _OPENING.match(self.template, mark.end())
        if opening is None:
            raise TemplateError(f"#{mark['directive']} is followed by a parenthesis", mark.end())
        end = _closed(self.template, opening.end() - 1)
        return end, self.template[mark.end() : end]

    def act(self, name: str, start: int, inside: str, at: int) -> None:
        if name == "if":
            condition = Condition(start)
            self.enter(condition, self.branch(condition, parse(inside, at)))
        elif name in ("elseif", "else"):
            condition = self.current(name, start)
            self.open[-1] = (condition, self.branch(condition, parse(inside, at) if inside else None))
        elif name == "foreach":
            variable, items = self.target(inside, at, "in", "#foreach ($item in $items)")
            loop = Loop(start, variable, items)
            self.enter(loop, loop.body)
        elif name == "set":
            self.add(Assignment(start, *self.target(inside, at, "=", "#set ($name = value)")))
        elif name == "end":
            if not self.open:
                raise TemplateError("this #end closes nothing", start)
            self.open.pop()
        else:
            raise TemplateError(f"#{name} is not part of the template language here", start)

    def enter(self, block: Condition | Loop, body: list[Block]) -> None:
        self.add(block)
        self.open.append((block, body))
        if len(self.open) > MAX_NESTING:
            raise TemplateError(f"blocks nested more than {MAX_NESTING} levels deep", block.at)

    def current(self, name: str, at: int) -> Condition:
        block = self.open[-1][0] if self.open else None
        if not isinstance(block, Condition) or block.branches[-1][0] is None:
            raise TemplateError(f"this #{name} belongs to no #if", at)
        self.count += 1
        return block

    def branch(self, condition: Condition, node: Node | None) -> list[Block]:
        body: list[Block] = []
        condition.branches.append((node, body))
        return body

    def target(self, inside: str, at: int, word: str, form: str) -> tuple[str, Node]:
        opening = inside.index("(") + 1
        target = _TARGET.match(inside, opening)
        if target is None or target["word"] != word:
            raise TemplateError(f"this directive has the form {form}", at + opening)
        return target["name"], parse(inside[target.end() : -1], at + target.end())


def _reference(template: str, mark: re.Match[str]) -> tuple[Reference, int]:
    """The longest reference at a mark, and where it ends."""
    start = mark.end("slashes")
    simple = _SIMPLE.match(template, start)
    if mark["reference"].endswith("{"):
        end = simple.end() if simple else _closed(template, mark.end() - 1)
        plain = simple is not None
    else:
        end = simple.end() if simple else mark.end()
        plain = True
        while access := _ACCESS.match(template, end):
            plain = False
            end = access.end()
            if access[0][-1] in "([":
                end = _closed(template, end - 1)
    source = template[start:end]
    # A bare name needs no parser, which is what most references are.
    node = Node("reference", (), (source.rstrip("}"),), 0, 1) if plain else parse(source, start)
    return Reference(start, source, node, len(mark["slashes"])), end


def _closed(template: str, at: int) -> int:
    """Where the bracket that opens at `at` has been closed; brackets in strings do not count."""
    expected: list[str] = []
    for found in _BRACKET.finditer(template, at):
        bracket = found[0]
        if bracket in _CLOSERS:
            expected.append(_CLOSERS[bracket])
        elif bracket in "'\"":
            raise TemplateError("this string has no closing quote", found.start())
        elif len(bracket) == 1:
            if bracket != expected.pop():
                raise TemplateError(f"unexpected {bracket!r}", found.start())
            if not expected:
                return found.end()
    raise TemplateError(f"this {template[at]!r} is not closed", at)
