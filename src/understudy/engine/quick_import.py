"""Imports Connexion without what this server never calls; halves the time to the first answer (ADR 0003)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

LAZY = ("requests", "httpx")
"""Imported whole by Connexion and used by functions that we do not call: they load when touched."""

UNUSED: dict[str, str] = {
    "starlette.testclient": "TestClient",
    "connexion.middleware.swagger_ui": "SwaggerUIMiddleware",
}
"""Modules of which Connexion takes one class that we never make: a class that stands for it."""


@contextmanager
def only_what_is_used() -> Iterator[None]:
    """Inside, `import connexion` is light. For the process of our own server alone, never for a library's user."""
    replaced = [name for name in (*LAZY, *UNUSED) if name not in sys.modules]
    for name in replaced:
        sys.modules[name] = _stand_in(name) if name in UNUSED else _lazy(name)
    try:
        yield
    finally:
        for name in replaced:
            if name in UNUSED:
                del sys.modules[name]


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name)

    class Unused:
        def __init__(self, *_: Any, **__: Any) -> None:
            raise RuntimeError(f"{name}.{UNUSED[name]} is not part of this server")

    setattr(module, UNUSED[name], Unused)
    return module


def _lazy(name: str) -> ModuleType:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
