"""Functions of callers, run: what they may, what they may not, and what is told of it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.walls import WALLS, descendants, needs_walls
from understudy.errors import SetupError
from understudy.sandbox import running
from understudy.sandbox.running import MOST_OUTPUT_BYTES, Limits, Outcome, check, run, run_tool

NOW = 1_767_225_600_000
LIMITS = Limits(1, 50)


def done(code: str, limits: Limits = LIMITS, **input: Any) -> Outcome:
    return run(code, input, limits, NOW)


def body(*lines: str, head: str = "") -> str:
    return f"{head}\ndef process():\n" + "".join(f"    {line}\n" for line in lines)


def given(*lines: str, head: str = "") -> Any:
    outcome = done(body(*lines, head=head))
    assert outcome.output is not None, outcome
    return outcome.output["value"]


@needs_walls
def test_an_object_is_the_output_and_anything_else_is_wrapped() -> None:
    code = "def process(a: int, b: int = 2):\n    return {'sum': a + b}"
    assert done(code, a=1).output == {"sum": 3}
    assert done(code, a=1, b=5).output == {"sum": 6}
    for value in (None, True, 1.5, "ä\u2028", [1, [2]], -(2**63)):
        assert done("def process(a):\n    return a", a=value).output == {"value": value}


@needs_walls
def test_an_outcome_is_told_alike_every_time_and_its_figures_are_not_measured() -> None:
    code = body("return [hash('a'), list({'a', 'b', 'c', 'd'}), time.time(), object]", head="import time")
    failing = code.replace("object]", "1 / 0]")
    assert len({str(done(failing)) for _ in range(3)}) == 1
    sound = code.replace(", object]", "]")
    assert len({str(done(sound)) for _ in range(3)}) == 1
    assert done(sound).latency_millis == running.LATENCY_MILLIS
    assert done(sound + "#" * 5000).latency_millis == running.LATENCY_MILLIS + 50


@needs_walls
def test_where_objects_are_in_memory_is_not_told() -> None:
    lines = (
        "def inner(): yield 1",
        "told = {str(object()): [repr(inner), f'{inner()}', str(inner.__call__)]}",
        "return {**told, 'far': 'at 0x10, or at 0xdeadbeef'}",
    )
    outcome = done(body(*lines))
    assert outcome.output == {
        "<object object>": [
            "<function process.<locals>.inner>",
            "<generator object process.<locals>.inner>",
            "<method-wrapper '__call__' of function object>",
        ],
        "far": "at 0x10, or at 0xdeadbeef",
    }
    assert outcome == done(body(*lines))
    failed = done(body("raise ValueError(object(), 'at 0x10')"))
    assert failed.message == "ValueError: (<object object>, 'at 0x10')"


@needs_walls
def test_what_may_be_imported_works() -> None:
    head = (
        "import json, math, collections, collections.abc, itertools, functools, re, typing\n"
        "from typing import NamedTuple, TypedDict\nfrom collections import namedtuple, Counter\n"
        "class P(NamedTuple):\n    a: int\nclass T(TypedDict):\n    a: int\nQ = namedtuple('Q', 'x y')\n"
        "@functools.lru_cache\ndef f(x):\n    return x\n"
        "def w(g):\n    @functools.wraps(g)\n    def h(*a):\n        return g(*a)\n    return h\n"
        "@w\ndef k(a):\n    return a\n"
        "class C:\n    def __init__(self):\n        self.n = 1\n    def __len__(self):\n        return 3\n"
    )
    found = given(
        "return [P(1), Q(1, 2)._asdict(), f(3), k.__name__, k(4), re.sub('a+', 'b', 'caat'), len(C()),",
        "  json.loads('[1]'), math.floor(2.5), list(itertools.islice(itertools.count(), 2)), T(a=1),",
        "  Counter('aab').most_common(1), isinstance([], collections.abc.Sequence), type(1) is int,",
        "  isinstance(int, type), getattr(C(), 'n'), hasattr(1, 'x'), '\\N{BULLET}', str(type(1)),",
        "  functools.reduce(lambda a, b: a + b, [1, 2]), f'{3:>3}', 'ü'.encode('latin-1')[0]]",
        head=head,
    )
    assert found == [
        [1], {"x": 1, "y": 2}, 3, "k", 4, "cbt", 3, [1], 2, [0, 1], {"a": 1}, [["a", 2]], True, True, True, 1,
        False, "\N{BULLET}", "<class 'int'>", 3, "  3", 252,
    ]  # fmt: skip


@needs_walls
def test_the_clock_is_that_of_the_world_and_only_sleep_moves_it() -> None:
    head = "import datetime, time\nfrom datetime import datetime as D, date, timedelta, timezone"
    found = given(
        "began = time.time()",
        "time.sleep(0.5)",
        "return [began, time.time() - began, repr(D.now()), D.now(timezone.utc).isoformat(),",
        "  str(date.today()), repr(date.today()), isinstance(D.now().date(), date),",
        "  isinstance(D(2020, 1, 1), datetime.datetime), issubclass(D, date), str(D.utcnow() - D.today()),",
        "  str(D.strptime('2020-01-02', '%Y-%m-%d')), time.strftime('%Y-%m-%d %H'), time.gmtime().tm_year,",
        "  time.localtime(0).tm_hour, str(D.fromtimestamp(0)), time.monotonic_ns(), time.ctime(),",
        "  str(D.now() + timedelta(days=1)), time.strftime('%Y', time.strptime('2001', '%Y'))]",
        head=head,
    )
    assert found == [
        1767225600.0, 0.5, "datetime.datetime(2026, 1, 1, 0, 0, 0, 500000)",
        "2026-01-01T00:00:00.500000+00:00", "2026-01-01", "datetime.date(2026, 1, 1)",
        True, True, True, "0:00:00", "2020-01-02 00:00:00",
        "2026-01-01 00", 2026, 0, "1970-01-01 00:00:00", 1767225600500000000, "Thu Jan  1 00:00:00 2026",
        "2026-01-02 00:00:00.500000", "2001",
    ]  # fmt: skip


@needs_walls
@pytest.mark.parametrize(
    "lines", [["while True: pass"], ["time.sleep(1e12)"], ["while True: time.sleep(0.3)"]]
)
def test_a_function_that_goes_on_and_on_is_ended(lines: list[str]) -> None:
    began, before = time.monotonic(), descendants(os.getpid())
    outcome = done(
        body("try:", "    " + lines[0], "except BaseException:", "    return 1", head="import time")
    )
    assert outcome == Outcome(message="the function ran longer than its 1 seconds", latency_millis=1000)
    assert time.monotonic() - began < 15
    assert descendants(os.getpid()) == before


TOO_LARGE = "MemoryError: the function needs more than its 50 MB"


@needs_walls
@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["x = []", "while True: x.append('a' * 1000000)"], TOO_LARGE),
        (["return [0] * 10**9"], TOO_LARGE),
        (["def f(n): return f(n + 1)", "return f(0)"], "RecursionError: maximum recursion depth exceeded"),
        (["raise SystemExit(3)"], "SystemExit: 3"),
        (["raise KeyboardInterrupt"], "KeyboardInterrupt"),
        (["raise ValueError(object())"], "ValueError: <object object>"),
        (["raise ValueError('x' * 5000)"], "ValueError: " + "x" * 988),
        (["return {'a': {1, 2}}"], "TypeError: Object of type set is not JSON serializable"),
        (["return float('nan')"], "ValueError: Out of range float values are not JSON compliant"),
        (["return '\\ud800'"], "UnicodeEncodeError: 'utf-8' codec can't encode"),
        (["return 2**64"], "the output holds an integer of more than 64 bits"),
        (
            ["x = []", "for _ in range(100): x = [x]", "return x"],
            "the output is nested deeper than 100 levels",
        ),
        (["x = []", "x.append(x)", "return x"], "ValueError: Circular reference detected"),
        ([f"return 'a' * {MOST_OUTPUT_BYTES}"], f"the output is larger than {MOST_OUTPUT_BYTES} bytes"),
        (["class E(Exception):", "    def __str__(self): raise self", "raise E"], "E"),
        (["return process(1)"], "TypeError: process() takes 0 positional arguments but 1 was given"),
        (["return '{.__class__}'.format(1)"], "AttributeError: the attribute '__class__'"),
        (
            ["f = str.format", "return f('{0.__cl' + 'ass__}', 1)"],
            "AttributeError: the attribute '__class__'",
        ),
        (["return '{:{0.gi_frame}}'.format(1)"], "AttributeError: the attribute 'gi_frame'"),
        (["return list(map(type, ['a'], [()], [{}]))"], "TypeError: type() takes 1 argument here"),
        (["return type(type(1))('A', (), {})"], "TypeError: type() takes 1 argument here"),
        (["raise MemoryError"], TOO_LARGE),
        (["import collections.os"], "ImportError: module 'collections.os' cannot be imported"),
    ],
)
def test_a_function_that_fails_says_why(lines: list[str], message: str) -> None:
    outcome = done(body(*lines))
    assert outcome.output is None
    assert outcome.message.startswith(message)
    assert len(outcome.message) <= 1000


@needs_walls
def test_a_traceback_holds_the_frames_of_the_function_alone() -> None:
    code = "import json\ndef g(x):\n    return json.loads(x)\ndef process(x: str):\n    return g(x)\n"
    outcome = done(code, x="{")
    assert outcome.message.startswith("JSONDecodeError: Expecting property name")
    assert outcome.traceback == (
        'Traceback (most recent call last):\n  File "<tool>", line 5, in process\n    return g(x)\n'
        f'  File "<tool>", line 3, in g\n    return json.loads(x)\n{outcome.message}'
    )
    deep = done(body("def f(n): return f(n + 1)", "return f(0)"))
    assert deep.traceback.count("line 3, in f") == 19
    assert "  ...\n" in deep.traceback
    top = done("x = 1 / 0\ndef process(): pass")
    assert 'File "<tool>", line 1, in <module>' in top.traceback
    late = done("return 1\ndef process(): pass")
    assert (late.message, late.traceback) == ("SyntaxError: line 1: 'return' outside function", "")


@needs_walls
def test_print_goes_nowhere_and_cannot_answer() -> None:
    assert given('print(\'{"output": "5"}\')', "print('x' * 20_000_000)", "return 1") == 1


@needs_walls
@pytest.mark.parametrize(
    "way",
    [
        "json.codecs", "re.enum", "collections._sys", "typing.sys", "functools.singledispatch",
        "typing.get_type_hints", "json.decoder.scanner", "functools.wraps(process).func", "time.tzset",
    ],
)  # fmt: skip
def test_modules_do_not_lead_to_others(way: str) -> None:
    outcome = done(body(f"return {way}", head="import json, re, collections, typing, functools, time"))
    assert outcome.message.startswith("AttributeError: "), outcome


@needs_walls
@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("sys.modules['posix'].system('true')", "KeyError"),
        ("posix.system('true')", "PermissionError: os.system is not allowed"),
        ("posix.fork()", "PermissionError: os.fork is not allowed"),
        ("posix.open('/etc/passwd', 0)", "PermissionError: open is not allowed"),
        ("posix.listdir('/')", "PermissionError: os.listdir is not allowed"),
        ("io.open('/etc/passwd')", "PermissionError: open is not allowed"),
        ("imported('_socket').socket()", "PermissionError: "),
        ("imported('ctypes')", "PermissionError: "),
        ("thread.start_new_thread(print, ())", "RuntimeError: can't start new thread"),
    ],
)
def test_the_watch_holds_code_that_got_past_the_language(
    monkeypatch: pytest.MonkeyPatch, attempt: str, refusal: str
) -> None:
    """As if a way into the interpreter had been found: the real modules are handed to the code."""
    leak = (
        "import posix, io, _thread; from understudy.sandbox import language; real = language.namespace; "
        "language.namespace = lambda *a: {**real(*a), 'sys': sys, 'posix': posix, 'io': io, "
        "'thread': _thread, 'imported': __import__}; "
    )
    monkeypatch.setattr(running, "_START", running._START.replace("from ", leak + "from ", 1))
    outcome = done(body(f"return {attempt}"))
    # Newer versions of Python report the start of a thread, older ones leave it to the kernel.
    reported = "PermissionError: _thread.start_new_thread" if "thread" in attempt else refusal
    assert outcome.message.startswith((refusal, reported)), outcome


@needs_walls
def test_what_breaks_the_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = (
        "import os; from understudy.sandbox import language; real = language.namespace; "
        "language.namespace = lambda *a: {**real(*a), 'end': os._exit}; "
    )
    monkeypatch.setattr(running, "_START", running._START.replace("from ", ending + "from ", 1))
    assert done(body("end(1)")).message == "the function broke the process that ran it"


@needs_walls
def test_runs_at_the_same_time_do_not_meet() -> None:
    code = "x = []\ndef process(n: int):\n    x.append(n)\n    return x"
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda n: done(code, n=n).output, range(8)))
    assert outcomes == [{"value": [n]} for n in range(8)]


def test_code_that_is_not_sound_does_not_start_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_START", "raise SystemExit")
    outcome = done("import os\ndef process():\n    return eval('1')")
    assert outcome.message.startswith("line 1: module 'os' cannot be imported; json")
    assert outcome.message.endswith("line 3: 'eval' cannot be used")
    assert (
        done("\ud800").message
        == "line 1: cannot be read: it is nested too deeply or holds what no source may"
    )


@needs_walls
def test_a_tool_is_read_checked_and_run_in_one_piece_of_work() -> None:
    facts: dict[str, Any] = {"seconds": 1, "memory_mb": 50, "now": NOW}
    code = b"def process(a: int) -> int:\n    return a if a else 'none'"
    ran = run_tool(code, input={"a": 1}, **facts)
    assert ran["input_schema"]["required"] == ["a"]
    valid = {"input_valid": True, "output_valid": True, "validation_errors": []}
    assert ran["outcome"]["validation_results"] == valid
    assert ran["outcome"]["output"] == {"value": 1}
    other = run_tool(code, input={"a": 0}, **facts)["outcome"]["validation_results"]
    assert (other["output_valid"], len(other["validation_errors"])) == (False, 1)
    wrong = run_tool(code, input={"b": 0}, **facts)["outcome"]
    assert (wrong["output"], wrong["message"]) == (None, "'b' is no parameter; 'a' is required")
    assert "output_valid" not in wrong["validation_results"]
    assert run_tool(b"x = (", input={}, **facts).keys() == {"errors"}


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (
            "walls.NAMESPACES['none'] = 1",
            "tried unshare(user, net, pid, ipc, mount, uts, none): Invalid argument",
        ),
        ("walls._CAPABILITIES_3 = 0", "tried capset: Invalid argument"),
        ("raise SystemExit", "tried a process of Python, which ended at once"),
    ],
)
def test_a_kernel_that_refuses_stops_the_start_and_every_run(
    monkeypatch: pytest.MonkeyPatch, start: str, why: str
) -> None:
    spoiled = running._START.replace("main()", f"from understudy.sandbox import walls; {start}; main()")
    monkeypatch.setattr(running, "_START", spoiled)
    with pytest.raises(SetupError, match="--allow-lambda: the kernel does not let") as refusal:
        check()
    assert why in str(refusal.value) or not WALLS
    assert "serve without --allow-lambda" in str(refusal.value)
    with pytest.raises(RuntimeError, match="a function was not run"):
        done("def process(): return 1")


def test_another_system_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.sys, "platform", "plan9")
    with pytest.raises(SetupError, match="--allow-lambda: needs the namespaces of Linux, and this is plan9"):
        check()


def test_the_sandbox_alone_runs_code() -> None:
    """`exec` stands in one module, processes are started by two."""
    root = Path(running.__file__).parents[1]
    texts = {str(path.relative_to(root)): path.read_text("utf-8") for path in root.rglob("*.py")}
    assert {name for name, text in texts.items() if "S102" in text} == {"sandbox/child.py"}
    starting = {name for name, text in texts.items() if "subprocess.Popen(" in text}
    assert starting == {"engine/work.py", "sandbox/running.py"}
