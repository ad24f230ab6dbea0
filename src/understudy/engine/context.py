"""One call on its way through the layers, and the context that a handler gets of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from understudy.behaviours.decide import Decider
from understudy.errors import ApiError
from understudy.state.clock import Clock
from understudy.state.ids import Ids
from understudy.state.store import Store
from understudy.state.world import World

if TYPE_CHECKING:
    from understudy.engine.definition import ApiDefinition
    from understudy.engine.operation import Operation
    from understudy.engine.streaming import EventStream
    from understudy.engine.work import Work

SCOPE_KEY = "understudy"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, once the credential is known.

    Args:
        id: id of the key, client or user.
        kind: kind of credential in the words of the API's `x-key-kinds`.
        resources: the parents it is bound to (corpus keys, ...), None when it is not bound.
        facts: what else the API knows of it.
        grants: what it may do, in the words of its API.
    """

    id: str
    kind: str
    resources: frozenset[str] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    grants: Any = None


class Call:
    """The facts of one request; made by the gate, filled in by the layers.

    Args:
        method, path, query, headers: as they came; the path raw, header names in lower case.
    """

    api: ApiDefinition
    world: World
    operation: Operation | None = None
    principal: Principal | None = None
    path_values: tuple[str, ...] = ()
    body: bytes = b""
    credential: str = ""
    """The presented secret, which is redacted wherever it is written down."""
    number: int = 0
    """How many calls the world has had, this one included."""
    arguments: Mapping[str, Any] = MappingProxyType({})
    """What the handler gets, once validation has bound it."""
    confirm: Callable[[Call], ApiError | None] | None = None
    """What is left to ask of the caller once the arguments are bound; set when it is admitted."""
    keep_world: Callable[[World], None] | None = None
    """What makes a new world last, once its caller is known."""
    status: int = 0
    answer_body: bytes = b""
    answer_type: tuple[bytes, bytes] | None = None
    stream: EventStream | None = None
    """What is told instead of a body."""
    extra_headers: list[tuple[bytes, bytes]] | None = None
    problem: str = ""
    began: float = 0.0
    """When it came in, in seconds of no particular clock; only kept for the log."""
    worked: Mapping[Work, Any] = MappingProxyType({})
    """What slow work that the handler asked for has given, or its refusal."""
    script: Callable[[], Decider] | None = None
    """Makes the decider of a scenario, anew each time the handler begins."""
    decider: Decider | None = None
    violates: bool = False
    """Whether it was refused because it breaks the contract: its path, its method or its content."""
    bound: bool = False
    """Whether it came by a listener that leads to one world, and takes any credential as its owner's."""
    used: dict[str, float] | None = None
    """What it used up, by the name of the counter."""
    played: tuple[str, ...] = ()
    """What a scenario and the faults of the world did with it, for the journal."""

    def __init__(self, method: str, path: bytes, query: bytes, headers: dict[bytes, bytes]) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers

    def add_header(self, name: bytes, value: bytes) -> None:
        """Add a header to the answer; ValueError for a value that would end its line."""
        if b"\r" in value or b"\n" in value or b"\0" in value:
            raise ValueError(f"header {name!r} may not hold {value!r}")
        if self.extra_headers is None:
            self.extra_headers = []
        self.extra_headers.append((name, value))

    def note(self, played: str) -> None:
        """Say what was played, for the journal."""
        self.played = (*self.played, played)

    def account(self) -> None:
        """Add what it used up to the counters of its world."""
        if self.used is not None:
            counters = self.world.used
            for name, amount in self.used.items():
                counters[name] = counters.get(name, 0) + amount

    def header(self, name: bytes) -> str | None:
        """A header by its lower-case name."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def request_id(self) -> str:
        """The id that error bodies carry: a function of the world's seed and its count of calls."""
        return f"{self.world.seed & 0xFFFFFFFF:08x}{self.number:024x}"


class Pending(Exception):
    """A handler needs slow work: what it wrote is undone, and it begins anew when the work is done."""

    def __init__(self, work: Work) -> None:
        super().__init__(work.function.__name__)
        self.work = work


class Context:
    """What a handler may see and use: the world of the caller and the facts of the call."""

    __slots__ = ("allows_code", "call", "workers", "world")

    def __init__(self, call: Call, allows_code: bool = False, workers: frozenset[str] = frozenset()) -> None:
        self.call = call
        self.world = call.world
        self.allows_code = allows_code
        """Whether code of callers may run, in the sandbox."""
        self.workers = workers
        """Origins on loopback that may be called."""

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

    @property
    def decider(self) -> Decider | None:
        """What chooses in place of the acting, when a scenario does."""
        return self.call.decider

    def use(self, counter: str, amount: float = 1) -> None:
        """Count what the call uses: searches, tokens, cost."""
        used = self.call.used
        if used is None:
            used = self.call.used = {}
        used[counter] = used.get(counter, 0) + amount

    def worked(self, work: Work) -> Any:
        """What slow work gives, for a handler that learns only on its way that it needs it.

        The handler is left by `Pending` and called again later, so the same world leads it here again. The
        refusal of the work is raised.
        """
        if work not in self.call.worked:
            raise Pending(work)
        done = self.call.worked[work]
        if isinstance(done, ApiError):
            raise done
        return done
