"""Compiles an API when the server starts: every operation with its handler, or the start is refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from understudy.engine import spec
from understudy.engine.connexion_names import Resolution, Resolver
from understudy.engine.context import Context
from understudy.engine.contract import Check, Schemas
from understudy.engine.definition import ApiDefinition
from understudy.engine.operation import MARK, PREPARES, Operation, compile_operation
from understudy.engine.routing import Router
from understudy.errors import NotPlayed, SpecError


class Handlers(Resolver):  # type: ignore[misc]
    """Resolves operation ids to the marked functions of an API's resource modules."""

    def __init__(self, api: ApiDefinition) -> None:
        super().__init__()
        self.functions: dict[str, Callable[..., Any]] = {}
        self.preparations: dict[str, Callable[..., Any]] = {}
        self._api = api
        for resource in api.resources:
            self._collect(import_module(f"{api.package}.{resource}"))

    def _collect(self, module: Any) -> None:
        for function in list(vars(module).values()):
            if getattr(function, "__module__", None) != module.__name__:
                continue
            for operation_id in getattr(function, MARK, ()):
                if operation_id in self.functions:
                    raise SpecError(f"operation '{operation_id}' has two handlers", module.__name__)
                self.functions[operation_id] = function
            for operation_id in getattr(function, PREPARES, ()):
                self.preparations[operation_id] = function

    def resolve(self, operation: Any) -> Resolution:
        operation_id = operation.operation_id
        function = self.functions.get(operation_id)
        raw = operation._operation
        if function is None and raw.get("x-planned"):
            function = not_played
        if function is None:
            raise SpecError(
                f"operation '{operation_id}' ({operation.method} {operation.path}) has no handler; "
                "write one, or mark it `x-planned: true`",
                f"specs/{self._api.name}",
            )
        return Resolution(function, f"{self._api.name}.{operation_id}")


def not_played(ctx: Context, **_: Any) -> Any:
    """What a planned operation does."""
    operation = ctx.call.operation
    name = operation.id if operation else "this operation"
    raise NotPlayed(f"{name} is in the contract and not acted by this release of Understudy yet")


@dataclass(frozen=True)
class Compiled:
    """One API, ready to be served: its definition and its operations by Connexion's operation id."""

    api: ApiDefinition
    bundle: Mapping[str, Any]
    schemas: Schemas
    operations: Mapping[str, Operation]
    router: Router


def compile_api(api: ApiDefinition, bundle: dict[str, Any], profile: str) -> tuple[Compiled, Handlers]:
    """Every operation of an API that the profile knows, each with its handler.

    A profile that names documents of another API leaves this one whole.

    SpecError when an operation has no handler or a handler does not take what the operation gives.
    """
    handlers = Handlers(api)
    schemas = Schemas(bundle.get("components", {}).get("schemas", {}))
    operations: dict[str, Operation] = {}
    paths: dict[str, dict[str, Any]] = {}
    known = any(profile in spec.sources(raw) for _, _, raw in spec.operations(bundle))
    for path, method, raw in spec.operations(bundle):
        if known and profile not in spec.sources(raw):
            continue
        _inline(raw, bundle)
        secured = bool(raw.get("security", bundle.get("security")))
        operation = compile_operation(path, method, raw, schemas, secured)
        operation.tells_secrets = schemas.mentions(_answer_schemas(raw), set(api.secret_members))
        operation.rights = api.rights(operation)
        function = handlers.functions.get(operation.id)
        operation.forms = _forms(api, raw, schemas)
        operation.handler = function or not_played
        operation.prepare = handlers.preparations.get(operation.id)
        operation.untold = _untold(raw, profile) if known else frozenset()
        if function is not None:
            _check_signature(api, operation, function)
        operations[f"{api.name}.{operation.id}"] = operation
        paths.setdefault(path, {})[method] = raw
    served = {**bundle, "paths": paths}
    return Compiled(api, served, schemas, operations, Router()), handlers


def _forms(api: ApiDefinition, raw: dict[str, Any], schemas: Schemas) -> dict[str, dict[int, Check]]:
    """The checks of an operation's answers of success, per other form that it has answers in."""
    found: dict[str, dict[int, Check]] = {}
    for name, form in api.forms.items():
        for status, response in raw["responses"].items():
            content = response.get("content", {}).get("application/json")
            schema = form.schema(raw, content["schema"]) if content and status < "300" else None
            if schema is not None:
                found.setdefault(name, {})[int(status)] = schemas.validator(schema)
    return found


def _answer_schemas(raw: dict[str, Any]) -> list[Any]:
    return [
        content.get("schema", {})
        for response in raw["responses"].values()
        for content in response.get("content", {}).values()
    ]


def _untold(raw: dict[str, Any], profile: str) -> frozenset[str]:
    """The kinds of events of a stream that the documents of a profile do not know."""
    told = raw.get("x-stream", {}).get("sources", {})
    return frozenset(kind for kind, sources in told.items() if profile not in sources)


def _inline(raw: dict[str, Any], bundle: dict[str, Any]) -> None:
    """Put the parameters and responses behind references in their place."""
    raw["parameters"] = [_target(p, bundle) for p in raw.get("parameters", ())]
    raw["responses"] = {status: _target(r, bundle) for status, r in raw["responses"].items()}


def _target(node: dict[str, Any], bundle: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, _, section, name = node["$ref"].split("/")
        node = bundle["components"][section][name]
    return node


def _check_signature(api: ApiDefinition, operation: Operation, function: Callable[..., Any]) -> None:
    taken = inspect.signature(function).parameters
    if any(p.kind is p.VAR_KEYWORD for p in taken.values()):
        return
    given = {p.argument for p in (*operation.in_path, *operation.in_query, *operation.in_header)} | (
        {"body"} if operation.body else set()
    )
    lacking = sorted(given - set(taken))
    if lacking:
        raise SpecError(
            f"the handler of '{operation.id}' does not take {', '.join(lacking)}",
            f"{api.package}.{function.__name__}",
        )
