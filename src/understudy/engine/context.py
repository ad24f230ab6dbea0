"""One call on its way through the layers, and the context that a handler gets of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from understudy.state.clock import Clock
from understudy.state.ids import Ids
from understudy.state.store import Store
from understudy.state.world import World

if TYPE_CHECKING:
    from understudy.engine.definition import ApiDefinition
    from understudy.engine.operation import Operation

SCOPE_KEY = "understudy"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, once the credential is known.

    Args:
        id: id of the key, client or user.
        kind: kind of credential in the words of the API's `x-key-kinds`.
        resources: the parents it is bound to (corpus keys, ...), None when it is not bound.
        facts: what else the API knows of it.
    """

    id: str
    kind: str
    resources: frozenset[str] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Call:
    """The facts of one request; made by the gate, filled in by the layers."""

    __slots__ = (
        "answer_body",
        "answer_headers",
        "api",
        "body",
        "credential",
        "headers",
        "keep_world",
        "method",
        "number",
        "operation",
        "path",
        "path_values",
        "principal",
        "problem",
        "query",
        "status",
        "world",
    )

    def __init__(self, method: str, path: bytes, query: bytes, headers: dict[bytes, bytes]) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = b""
        self.path_values: tuple[str, ...] = ()
        self.credential = ""
        self.number = 0
        self.status = 0
        self.answer_body = b""
        self.answer_headers: list[tuple[bytes, bytes]] = []
        self.problem = ""
        self.keep_world: Callable[[World], None] | None = None
        self.api: ApiDefinition
        self.world: World
        self.operation: Operation | None = None
        self.principal: Principal | None = None

    def header(self, name: bytes) -> str | None:
        """A header by its lower-case name."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def request_id(self) -> str:
        """The id that error bodies carry: a function of the world's seed and its count of calls."""
        return f"{self.world.seed & 0xFFFFFFFF:08x}{self.number:024x}"


class Context:
    """What a handler may see and use: the world of the caller and the facts of the call."""

    __slots__ = ("call", "world")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.world = call.world

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def clock(self) -> Clock:
        return self.world.store.clock

    @property
    def ids(self) -> Ids:
        return self.world.store.ids

    @property
    def principal(self) -> Principal | None:
        """Who calls; None on operations without security."""
        return self.call.principal
