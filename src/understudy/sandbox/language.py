"""The Python that a function sees: built-ins without doors, nine modules, a clock that stands, and a watch.

The walls of the kernel hold whatever gets past this; it runs in the process apart.
"""

from __future__ import annotations

import ast
import builtins
import codecs
import collections
import collections.abc
import datetime as real_datetime
import functools
import itertools
import json
import math
import re
import string
import sys
import time as real_time
import typing
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

from understudy.behaviours.constructs import ATTRIBUTE_FUNCTIONS, UNAVAILABLE, is_reserved

_FORMAT = "<format>"
"""The name behind which `text.format` is looked up; no source can say it."""
_FORMATS = ("format", "format_map")
_QUIET_EVENTS = (
    "compile",
    "exec",
    "object.__getattr__",
    "object.__setattr__",
    "object.__delattr__",
    "sys._getframe",
    "sys._getframemodulename",
    "sys.unraisablehook",
    "resource.setrlimit",  # for `walls.give_room`; there is no more than that to be had
)
"""What Python reports of harmless code; all other events of PEP 578 are refused."""
_EXCEPT: Mapping[str, tuple[str, ...]] = {
    "typing": ("get_type_hints", "ForwardRef", "evaluate_forward_ref", "no_type_check_decorator"),
    "functools": ("singledispatch", "singledispatchmethod", "update_wrapper", "wraps"),
    "time": ("sleep", "tzset", "clock_getres", "clock_settime", "clock_settime_ns", "pthread_getcpuclockid"),
}
"""Names that evaluate text, reach into other functions or wait."""
_INTERNAL = ("_strptime", "unicodedata")
"""What Python itself imports in the name of the code, which could not: `behaviours.functions` refuses it."""
_REAL: Mapping[str, ModuleType] = {
    "json": json,
    "math": math,
    "collections": collections,
    "collections.abc": collections.abc,
    "itertools": itertools,
    "functools": functools,
    "re": re,
    "typing": typing,
}
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}(?=[>,:;])")
"""As Python writes it of an object: `<object object at 0x7f2a9c0>`, `<weakref at 0x7f2a9c0; dead>`."""
_LATER = "calendar contextlib copy copyreg heapq keyword locale operator reprlib types warnings weakref"
for _name in (*_INTERNAL, *_LATER.split()):  # what modules import when asked; by then there are no files
    import_module(_name)
for _codec in ("ascii", "latin-1", "utf-16", "utf-32", "utf-8-sig", "idna", "punycode", "unicode_escape"):
    codecs.lookup(_codec)


def without_addresses(text: str) -> str:
    """What a function tells without what differs from run to run: where in memory its objects are."""
    return _ADDRESS.sub("", text)


def guarded(module: ast.Module) -> ast.Module:
    """The tree with every `x.format` looked up by `_format_of`."""
    _Formats().visit(module)  # the module itself stays
    return ast.fix_missing_locations(module)


class _Formats(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if node.attr not in _FORMATS or not isinstance(node.ctx, ast.Load):
            return node
        name = ast.copy_location(ast.Name(_FORMAT, ast.Load()), node)
        attribute = ast.copy_location(ast.Constant(node.attr), node)
        return ast.copy_location(ast.Call(name, [node.value, attribute], []), node)


def _check_fields(text: str) -> None:
    for _, field, form, _ in string.Formatter().parse(text):
        for name in re.split(r"[.\[\]]", field or ""):
            _check(name)
        if form:
            _check_fields(form)


def _format_of(value: Any, name: str) -> Any:
    """The attribute `format` or `format_map`, that of a text without a way to attributes of Python."""
    if value is str or (isinstance(value, type) and issubclass(value, str)):
        return lambda text, *given, **named: _format_of(text, name)(*given, **named)
    found = getattr(value, name)
    if isinstance(value, str):
        _check_fields(value)
    return found


def _check(name: str) -> None:
    if type(name) is not str:
        raise TypeError("attribute name must be string")
    if is_reserved(name):
        raise AttributeError(f"the attribute '{name}' cannot be used")


def _attribute_function(name: str) -> Callable[..., Any]:
    real = getattr(builtins, name)

    def checked(value: Any, attribute: str, *more: Any) -> Any:
        _check(attribute)
        if name == "getattr" and attribute in _FORMATS:
            return _format_of(value, attribute)
        return real(value, attribute, *more)

    checked.__name__ = name
    return checked


class _AnyType(type):
    """`type` with one argument; with three it would make classes that nobody has checked."""

    def __call__(cls, *given: Any) -> Any:
        if len(given) != 1:
            raise TypeError("type() takes 1 argument here")
        found = type(given[0])
        return _Type if found in (type, _AnyType) else found

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, type)


class _Type(metaclass=_AnyType):
    pass  # a name to stand for `type`


def namespace(now: int, seconds: int, late: Callable[[], NoReturn]) -> dict[str, Any]:
    """What the module of a function begins with.

    Args:
        now: milliseconds since the epoch.
        seconds: how long the function may sleep in all.
        late: called, and never left, when it sleeps longer.
    """
    modules = dict(_modules(_Clock(now, seconds, late)))

    def find(
        name: str, globals: Any = None, locals: Any = None, wanted: Any = (), level: int = 0
    ) -> ModuleType:
        if name in _INTERNAL and not wanted:
            return sys.modules[name]
        if level or name not in modules:
            raise ImportError(f"module '{name}' cannot be imported")
        return modules[name if wanted else name.partition(".")[0]]

    known = {
        name: value
        for name, value in vars(builtins).items()
        if name not in UNAVAILABLE and not name.startswith("_")
    }
    known |= {name: _attribute_function(name) for name in ATTRIBUTE_FUNCTIONS}
    known |= {"type": _Type, "__build_class__": builtins.__build_class__, "__import__": find}
    known |= {_FORMAT: _format_of, "__name__": "builtins"}
    return {"__builtins__": known, "__name__": "tool"}


def watch() -> None:
    """From here on, whatever reaches for files, processes, sockets or foreign code is refused."""
    for name in ("ctypes", "_ctypes", "os", "posix", "resource", "subprocess"):
        sys.modules.pop(name, None)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _QUIET_EVENTS:
            raise PermissionError(f"{event} is not allowed")

    sys.addaudithook(refuse)


class _Clock:
    """The time of a run: it stands, and only sleep moves it."""

    def __init__(self, now: int, seconds: int, late: Callable[[], NoReturn]) -> None:
        self.nanoseconds = now * 1_000_000
        self._end = self.nanoseconds + seconds * 1_000_000_000
        self._late = late

    def seconds(self) -> float:
        return self.nanoseconds / 1_000_000_000

    def sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if seconds * 1_000_000_000 >= self._end - self.nanoseconds:
            self._late()
        self.nanoseconds += int(seconds * 1_000_000_000)


def _modules(clock: _Clock) -> Iterator[tuple[str, ModuleType]]:
    """The modules by name: their public names, without the modules that they use themselves."""
    made: dict[str, ModuleType] = {}
    for name, real in _REAL.items():
        made[name] = _copy(real)
    made["collections"].abc = made["collections.abc"]  # type: ignore[attr-defined]
    for part in ("decoder", "encoder"):
        made[f"json.{part}"] = _copy(getattr(json, part))
        setattr(made["json"], part, made[f"json.{part}"])
    setattr(made["functools"], "update_wrapper", _wrapped)  # noqa: B010 - what ModuleType does not declare
    setattr(made["functools"], "wraps", lambda wrapped: lambda wrapper: _wrapped(wrapper, wrapped))  # noqa: B010
    made["time"] = _time(clock)
    made["datetime"] = _datetime(clock)
    yield from made.items()


def _wrapped(wrapper: Any, wrapped: Any) -> Any:
    """Without the names of attributes, which would read any."""
    return functools.update_wrapper(wrapper, wrapped)


def _copy(real: ModuleType) -> ModuleType:
    copied = ModuleType(real.__name__)
    names = getattr(real, "__all__", None) or [name for name in vars(real) if not name.startswith("_")]
    for name in names:
        value = getattr(real, name)
        if not isinstance(value, ModuleType) and name not in _EXCEPT.get(real.__name__, ()):
            setattr(copied, name, value)
    return copied


def _time(clock: _Clock) -> ModuleType:
    copied = _copy(real_time)
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(copied, name, clock.seconds)
        setattr(copied, f"{name}_ns", lambda: clock.nanoseconds)
    told: dict[str, Callable[..., Any]] = {
        "sleep": clock.sleep,
        "clock_gettime": lambda kind: clock.seconds(),
        "clock_gettime_ns": lambda kind: clock.nanoseconds,
        "get_clock_info": lambda name: None,
    }
    for name in ("gmtime", "localtime", "ctime"):
        told[name] = _at(clock, getattr(real_time, name))
    told["asctime"] = lambda moment=None: real_time.asctime(moment or real_time.gmtime(clock.seconds()))
    told["strftime"] = lambda form, moment=None: real_time.strftime(
        form, moment or real_time.gmtime(clock.seconds())
    )
    for name, function in told.items():
        setattr(copied, name, function)
    return copied


def _at(clock: _Clock, real: Callable[[float], Any]) -> Callable[..., Any]:
    return lambda seconds=None: real(clock.seconds() if seconds is None else seconds)


def _datetime(clock: _Clock) -> ModuleType:
    """Classes that know no other time; the real ones count as theirs."""

    class Same(type):
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, cls.__mro__[1])

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, cls.__mro__[1])

    def moment(zone: real_datetime.tzinfo | None) -> real_datetime.datetime:
        begin = real_datetime.datetime(1970, 1, 1, tzinfo=real_datetime.UTC)
        now = begin + real_datetime.timedelta(microseconds=clock.nanoseconds // 1000)
        return now.replace(tzinfo=None) if zone is None else now.astimezone(zone)

    class Date(real_datetime.date, metaclass=Same):
        @classmethod
        def today(cls) -> Any:
            now = moment(None)
            return cls(now.year, now.month, now.day)

        __repr__ = _named("datetime.date", real_datetime.date)

    class DateTime(real_datetime.datetime, metaclass=Same):
        @classmethod
        def now(cls, tz: real_datetime.tzinfo | None = None) -> Any:
            found = moment(tz)
            return cls.combine(found.date(), found.timetz())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now()

        @classmethod
        def today(cls) -> Any:
            return cls.now()

        __repr__ = _named("datetime.datetime", real_datetime.datetime)

    copied = _copy(real_datetime)
    copied.date, copied.datetime = Date, DateTime  # type: ignore[attr-defined]
    Date.__name__, DateTime.__name__ = "date", "datetime"
    return copied


def _named(theirs: str, real: Any) -> Callable[[Any], str]:
    def represent(self: Any) -> str:
        told: str = real.__repr__(self)
        return theirs + told[told.index("(") :]

    return represent
