"""Routing on raw paths."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from understudy.engine.routing import Router, decode
from understudy.errors import BadRequest


def router(*paths: str) -> Router:
    made = Router()
    for path in paths:
        names = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
        operation: Any = SimpleNamespace(method="GET", path=path, path_names=names)
        made.add(path, operation)
    return made


def found(made: Router, path: bytes) -> tuple[str, tuple[str, ...]] | None:
    result = made.find(path)
    return None if result is None else (result[0]["GET"].path, result[1])


def test_literal_segments_win_over_values_and_values_are_still_tried() -> None:
    made = router("/tools/test", "/tools/{id}", "/tools/{id}/x", "/tools/test/{n}")
    assert found(made, b"/tools/test") == ("/tools/test", ())
    assert found(made, b"/tools/7") == ("/tools/{id}", ("7",))
    assert found(made, b"/tools/test/x") == ("/tools/test/{n}", ("x",))
    assert found(made, b"/tools/seven/x") == ("/tools/{id}/x", ("seven",))


@pytest.mark.parametrize("path", [b"/tools/", b"/tools", b"/tools/a/b", b"", b"/", b"//tools/x"])
def test_other_paths_are_unknown(path: bytes) -> None:
    assert found(router("/tools/{id}"), path) is None


def test_an_escaped_slash_stays_inside_its_value() -> None:
    made = router("/d/{id}")
    result = made.find(b"/d/a%2Fb%20%C3%BC")
    assert result is not None
    assert result[1] == ("a/b ü",)
    assert made.find(b"/d/a%2Fb%20%C3%BC") == result


@pytest.mark.parametrize("value", [b"..", b".", b"%2e%2E", b"a%00b", b"%ff", b"%C3"])
def test_a_value_that_cannot_be_one_is_refused_by_name(value: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        decode(("id",), [value])
    assert list(caught.value.fields) == ["path.id"]


def test_the_nearest_operations_are_proposed() -> None:
    assert router("/v2/agents", "/v2/corpora").nearest("GET", "/v2/agent")[0] == "GET /v2/agents"
