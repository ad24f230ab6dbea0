"""The private names in `engine/connexion_names.py`: each test says what an upgrade broke."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from understudy.engine.connexion_names import (
    API,
    AbstractApp,
    AbstractRoutingAPI,
    AsyncApp,
    OpenAPISpecification,
    Resolution,
    Resolver,
    RoutedAPI,
    RoutedMiddleware,
)


def test_the_app_takes_its_inner_app_from_middleware_app() -> None:
    assert "_middleware_app" in inspect.getsource(AbstractApp.__init__)
    assert "self._middleware_app" in inspect.getsource(AsyncApp.__init__)


def test_the_stack_is_built_by_build_middleware_stack_from_apis() -> None:
    middleware: Any = sys.modules["connexion.middleware.main"].ConnexionMiddleware
    source = inspect.getsource(middleware._build_middleware_stack)
    assert "self.apis" in source
    assert "reversed(self.middlewares)" in source
    assert "_build_middleware_stack" in inspect.getsource(middleware.__call__)


def test_an_api_hands_its_options_to_each_middleware() -> None:
    api = API({}, base_path="", resolver=1, compiled=2)
    assert (api.base_path, api.kwargs) == ("", {"resolver": 1, "compiled": 2})


def test_a_specification_is_its_spec_and_raw_spec() -> None:
    source = inspect.getsource(sys.modules["connexion.spec"].Specification)
    for name in ("_raw_spec", "_spec", "_base_uri", "_validate_spec"):
        assert name in source
    assert hasattr(OpenAPISpecification, "_set_defaults")


def test_routing_hooks_have_their_names_and_arguments() -> None:
    assert list(inspect.signature(AbstractRoutingAPI._add_operation_internal).parameters) == [
        "self", "method", "path", "operation", "name",
    ]  # fmt: skip
    assert hasattr(AbstractRoutingAPI, "_framework_path_and_name")
    assert hasattr(AbstractRoutingAPI, "_handle_add_operation_error")
    assert "self.make_operation" in inspect.getsource(RoutedAPI.add_operation)
    assert "api_cls" in inspect.getsource(RoutedMiddleware.add_api)


def test_a_resolver_is_asked_with_the_operation() -> None:
    assert list(inspect.signature(Resolver.resolve).parameters) == ["self", "operation"]
    assert Resolution(len, "x").operation_id == "x"
