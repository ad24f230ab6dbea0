"""Every method of the official Python SDK is called by a test of this directory."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from vectara import Vectara

OURS = frozenset({"with_raw_response", "set_corpus_manager", "set_document_manager", "set_lab_helper"})
"""What calls no operation: the raw form of the same methods, and places for helpers that are not shipped."""
HELPERS = frozenset({"set_upload_manager"})


def clients() -> Iterator[tuple[str, object]]:
    """The clients of the SDK by their names in `Vectara`, and `Vectara` itself under no name."""
    vectara = Vectara(api_key="unused")
    yield "", vectara
    for name, _ in inspect.getmembers(type(vectara), lambda member: isinstance(member, property)):
        yield name, getattr(vectara, name)
    for name, value in vars(vectara).items():
        if type(value).__name__.endswith("Client") and not name.startswith("_"):
            yield name, value


def methods() -> list[str]:
    """`corpora.create`, `query`, ..."""
    found = set()
    for name, client in clients():
        for method, _ in inspect.getmembers(client, callable):
            if not method.startswith("_") and method not in OURS | HELPERS:
                found.add(f"{name}.{method}".lstrip("."))
    return sorted(found)


def called() -> set[str]:
    """Every `<something>.client.method` and `<something>.method` of the tests."""
    found = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        names = dict(renamed(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                found.add(f"{node.value.attr}.{node.attr}")
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found |= {node.attr, f"{names.get(node.value.id, '')}.{node.attr}"}
    return found


def renamed(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """`servers = client.tool_servers`: the name, and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value.attr


CALLED = called()


@pytest.mark.parametrize("method", methods())
def test_a_method_is_called(method: str) -> None:
    assert method in CALLED


def test_the_list_is_that_of_the_sdk() -> None:
    """A renamed attribute of the SDK would leave it empty."""
    assert {"corpora.create", "agent_events.create_stream", "query", "llm.chat_completion"} <= set(methods())
    assert len(methods()) > 120
