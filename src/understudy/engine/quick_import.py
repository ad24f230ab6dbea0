"""Imports Connexion without what this server never calls: the start is a third shorter (ADR 0003)."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

LATER = ("requests", "httpx", "jinja2")
"""Imported whole by Connexion and used inside functions that we do not call: they load when touched."""

UNUSED: dict[str, str] = {
    "starlette.testclient": "TestClient",
    "connexion.middleware.swagger_ui": "SwaggerUIMiddleware",
}
"""Modules of which Connexion takes one class that we never make: a class stands for it."""


class Later(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def only_what_is_used() -> Iterator[None]:
    """Inside, `import connexion` is light.

    For the process of our own server alone: a program that imports Understudy as a library gets
    Connexion whole.
    """
    replaced = [name for name in (*LATER, *UNUSED) if name not in sys.modules]
    for name in replaced:
        sys.modules[name] = _stand_in(name) if name in UNUSED else Later(name)
    try:
        yield
    finally:
        for name in replaced:
            if isinstance(sys.modules.get(name), Later) or name in UNUSED:
                sys.modules.pop(name, None)


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name)

    class Unused:
        def __init__(self, *_: Any, **__: Any) -> None:
            raise RuntimeError(f"{name}.{UNUSED[name]} is not part of this server")

    setattr(module, UNUSED[name], Unused)
    return module
