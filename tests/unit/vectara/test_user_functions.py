"""The language of user functions: what it means, what it refuses and where it says the fault is."""

import gc
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.apis.vectara.user_functions import (
    Knee,
    UserFunction,
    UserFunctionError,
    cached_function,
    compile_function,
)

NOW = 1_709_251_200_000  # 2024-03-01T00:00:00Z
ROW = {
    "score": 0.5,
    "text": "It rained.",
    "document_metadata": {
        "year": 2020,
        "price": 10.5,
        "open": True,
        "name": "it's",
        "none": None,
        "tags": ["a", "b"],
        "published": "2024-02-29T12:00:00Z",
        "day": "01/02/2024",
        "author": {"name": "Ada", "born in": 1815, "x-y": 3},
        "huge": 10**400,
    },
    "part_metadata": {"page": 3, "is_title": False},
    "document_id": "d1",
}


def value(text: str, row=ROW, now_millis: int = NOW):
    function = compile_function(text)
    assert isinstance(function, UserFunction)
    return function(row, now_millis)


def refusal(text: str) -> UserFunctionError:
    with pytest.raises(UserFunctionError) as caught:
        compile_function(text)
    return caught.value


RULES = {
    "arithmetic has the conventional precedence": [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 2", 5),
        ("7 % 4 * 2", 6),
        ("-7 % 4", -3),
        ("- 2 * 3", -6),
        ("2 - -2", 4),
        ("1 + 1 == 2", 1),
        ("1.5e2 + .5", 150.5),
        ("0.1 + 0.2", 0.3),
        ("0 - 0", 0),
    ],
    "comparisons and logic": [
        ("1 < 2", 1),
        ("2 <= 2 && 3 >= 4", 0),
        ("'a' < 'b'", 1),
        ("1 < 'b'", None),
        ("false < true", 1),
        ("1 == 1.0", 1),
        ("1 === 1", 1),
        ("1 !== 1", 0),
        ("1 == true", 0),
        ("'it''s' == get('$.document_metadata.name')", 1),
        ("!true || true", 1),
        ("!(true || true)", 0),
    ],
    "&& binds tighter than ||, and both tighter than conditionals": [
        ("true || true && false", 1),
        ("(true || true) && false", 0),
        ("true || false ? 1 : 2", 1),
    ],
    "conditionals in three forms": [
        ("if (1 < 2) 3 else 4", 3),
        ("if (false) 3 else if (false) 4 else 5", 5),
        ("if (false) 1 else 2 + 10", 12),
        ("2 * if (true) 3 else 4 + 1", 6),
        ("if (true, 3, 4)", 3),
        ("if(false, 3, 4) * 2", 8),
        ("true ? 1 : 2", 1),
        ("false ? 1 : false ? 2 : 3", 3),
        ("(true ? 1 : 2) + 1", 2),
    ],
    "a condition that is null or no boolean counts as not true": [
        ("if (null) 1 else 2", 2),
        ("if (1) 1 else 2", 2),
        ("if (get('$.document_metadata.none') > 1) 1 else 2", 2),
    ],
    "null is contagious in arithmetic and order, equality always answers": [
        ("null", None),
        ("null + 1", None),
        ("-null", None),
        ("!null", None),
        ("null < 1", None),
        ("null == null", 1),
        ("null != 1", 1),
        ("null == 0", 0),
        ("max(1, null)", None),
    ],
    "a null in logic gives way to what decides": [
        ("null || true", 1),
        ("null && false", 0),
        ("null && true", None),
        ("null || false", None),
    ],
    "booleans count one and nought in sums": [
        ("true + true", 2),
        ("get('$.document_metadata.open') * 3", 3),
        ("true", 1),
        ("max(false, true)", 1),
    ],
    "get reads members": [
        ("get('$.score')", 0.5),
        ("get('$.document_metadata.year')", 2020),
        ("get('$.document_metadata[''year'']')", 2020),
        ('get(\'$["document_metadata"]["author"]["born in"]\')', 1815),
        ("get('$.document_metadata.author.x-y')", 3),
        ("get('$.part_metadata.page')", 3),
        ("get('$.document_metadata.tags[1]') == 'b'", 1),
        ("get('$.document_metadata.tags[-1]') == 'b'", 1),
        ("get('$.text') == 'It rained.' && get('$.document_id') == 'd1'", 1),
    ],
    "what is missing, null or no value of the language is the default, or null": [
        ("get('$.document_metadata.nothing')", None),
        ("get('$.document_metadata.nothing', 7)", 7),
        ("get('$.document_metadata.none', 7)", 7),
        ("get('$.document_metadata.tags', 7)", 7),
        ("get('$.document_metadata.tags[2]', 7)", 7),
        ("get('$.document_metadata.year.month', 7)", 7),
        ("get('$.nowhere[0].x', 1 + 1)", 2),
        ("get('$')", None),
        ("get('$.document_metadata.huge', 7)", 7),
        ("get('$.document_metadata.open', 7)", 1),
    ],
    "functions of numbers": [
        ("abs(-3)", 3),
        ("power(2, 10)", 1024),
        ("min(3, 1, 2)", 1),
        ("max(3, 1)", 3),
        ("sqrt(16)", 4),
        ("trunc(-2.7)", -2),
        ("sign(-3) + sign(0) + sign(9)", 0),
        ("round_trip", UserFunctionError),
        ("degrees(radians(90))", 90),
        ("log(2, 8)", 3),
        ("ln(1)", 0),
        ("log10(1000)", 3),
        ("sin(0) + cos(0) + tan(0)", 1),
        ("sind(30)", 0.5),
        ("sind(180) + sind(-180)", 0),
        ("cosd(60)", 0.5),
        ("cosd(90)", 0),
        ("tand(45)", 1),
    ],
    "what is not defined or not finite is null": [
        ("1 / 0", None),
        ("1 % 0", None),
        ("sqrt(-1)", None),
        ("ln(0)", None),
        ("log(1, 5)", None),
        ("power(-8, 0.5)", None),
        ("power(10, 400)", None),
        ("1e308 * 10", None),
        ("tand(90)", None),
        ("abs('a')", None),
        ("'a' + 'b'", None),
        ("'3' * 2", None),
    ],
    "a result that is no number is null": [
        ("'a'", None),
        ("now()", None),
        ("hours(1)", None),
    ],
    "datetimes and durations": [
        ("to_unix_timestamp(now())", NOW / 1000),
        ("hours(now() - iso_datetime_parse(get('$.document_metadata.published')))", 12),
        ("minutes(hours(2))", 120),
        ("seconds(minutes(1.5))", 90),
        ("now() + hours(1) > now()", 1),
        ("hours(1) + now() == now() + minutes(60)", 1),
        ("now() - hours(24) == iso_datetime_parse('2024-02-29')", 1),
        ("hours(2) / hours(1)", 2),
        ("hours(hours(3) * 2 - 2 * hours(1) / 4)", 5.5),
        ("-hours(1) < hours(0)", 1),
        ("now() + now()", None),
        ("now() + 1", None),
        ("now() * 2", None),
        ("hours(1) - now()", None),
        ("hours(now())", None),
        ("to_unix_timestamp(5)", None),
        ("hours(1e305)", None),
    ],
    "ISO 8601": [
        ("to_unix_timestamp(iso_datetime_parse('1970-01-01T00:00:10Z'))", 10),
        ("to_unix_timestamp(iso_datetime_parse('1970-01-01T01:00:00+01:00'))", 0),
        ("to_unix_timestamp(iso_datetime_parse('1970-01-01 00:01'))", 60),
        ("to_unix_timestamp(iso_datetime_parse('1970-01-02'))", 86400),
        ("to_unix_timestamp(iso_datetime_parse('1970-01-01T00:00:00.250-0000'))", 0.25),
        ("iso_datetime_parse('soon') == null", 1),
        ("iso_datetime_parse('2024-02-30') == null", 1),
        ("iso_datetime_parse(5) == null", 1),
        ("iso_datetime_parse('0000-01-01') == null", 1),
        ("iso_datetime_parse('٢٠٢٤-01-01') == null", 1),
    ],
    "Java's patterns": [
        (
            "datetime_parse(get('$.document_metadata.day'), 'dd/MM/yyyy')"
            " == iso_datetime_parse('2024-02-01')",
            1,
        ),
        (
            "datetime_parse('Fri, 1 Mar 2024 3:04:05 pm GMT', 'EEE, d MMM yyyy h:mm:ss a z')"
            " == iso_datetime_parse('2024-03-01T15:04:05Z')",
            1,
        ),
        (
            "datetime_parse('2024-03-01T15:04:05.120+0200', 'yyyy-MM-dd''T''HH:mm:ss.SSSZ')"
            " == iso_datetime_parse('2024-03-01T13:04:05.12Z')",
            1,
        ),
        ("datetime_parse('March 5, 24', 'MMMM d, yy') == iso_datetime_parse('2024-03-05')", 1),
        ("datetime_parse('20240301', 'yyyyMMdd') == iso_datetime_parse('2024-03-01')", 1),
        ("datetime_parse('12 AM 2024', 'h a yyyy') == iso_datetime_parse('2024-01-01')", 1),
        ("datetime_parse('13 AM 2024', 'h a yyyy') == null", 1),
        ("datetime_parse('Mon 2024-03-01', 'EEE yyyy-MM-dd') == null", 1),
        ("datetime_parse('2024-13-01', 'yyyy-MM-dd') == null", 1),
        ("datetime_parse('2024.03.01', 'yyyy-MM-dd') == null", 1),
        ("datetime_parse(5, 'yyyy') == null", 1),
        ("datetime_parse('999999999', 'yyyy') == null", 1),
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(*case, id=f"{rule}: {case[0]}") for rule, cases in RULES.items() for case in cases],
)
def test_rule(text, expected):
    if expected is UserFunctionError:
        refusal(text)
        return
    result = value(text)
    assert result == expected
    assert result is None or type(result) is float


def test_the_clock_is_the_one_that_is_passed_in():
    function = compile_function("to_unix_timestamp(now())")
    assert [function(ROW, millis) for millis in (0, 1500)] == [0, 1.5]


def test_scores_are_rounded_to_twelve_digits_and_are_never_minus_nought():
    assert value("2 / 3") == 0.666666666667
    assert str(value("-0")) == str(value("0 * -1")) == "0.0"
    assert value("1e-30 / 3") == 3.33333333333e-31


def test_white_space_is_free():
    assert value("\n if(\t1<2)3\r\nelse 4 ") == 3
    assert value("now ( ) == now()") == 1


REFUSED = [
    ("", 0, "the function is empty"),
    (" \n", 0, "the function is empty"),
    ("1 +", 3, "the function ends where a value was expected"),
    ("1 2", 2, "found '2' where an operator"),
    ("* 2", 0, "found '*' where a value was expected"),
    ("(1", 2, "the function ends inside a parenthesis"),
    ("1)", 1, "this ')' closes nothing"),
    ("1 = 1", 2, "write == to compare"),
    ("true & true", 5, "write && for and"),
    ("true | true", 5, "write || for or"),
    ("true and true", 5, "write &&"),
    ("not true", 0, "write !"),
    ('get("$.score")', 4, "texts stand in single quotes"),
    ("get('$.score)", 4, "this text has no closing quote"),
    ("1 # 2", 2, "unexpected character '#'"),
    ("TRUE", 0, "'TRUE' is written in lower case: true"),
    ("If (true) 1 else 2", 0, "'If' is written in lower case: if"),
    ("score * 2", 0, "a member is read with get('$.score')"),
    ("if 1 2", 3, "if (condition) value else value"),
    ("if (true) 1", 11, "where else was expected"),
    ("if (true) then 1 else 2", 10, "unknown word 'then'"),
    ("if (true, 1)", 11, "where a comma was expected"),
    ("true ? 1", 8, "where : was expected"),
    ("sqr(4)", 0, "unknown function 'sqr'; there is sqrt"),
    ("iso_date_time_parse('x')", 0, "there is iso_datetime_parse"),
    ("1 + sqrt()", 4, "sqrt takes 1 argument, not 0"),
    ("power(1)", 0, "power takes 2 arguments, not 1"),
    ("now(1)", 0, "now takes 0 arguments, not 1"),
    ("get()", 0, "get takes 1 or 2 arguments, not 0"),
    ("min()", 0, "min takes 1 or more arguments, not 0"),
    ("get(1)", 4, "the path of get is a text"),
    ("get('score')", 4, "'score' is not a path here"),
    ("get('$..score')", 4, "is not a path here"),
    ("get('$.document_metadata.*')", 4, "is not a path here"),
    ("get('$.a[?(@.b)]')", 4, "is not a path here"),
    ("get('')", 4, "is not a path here"),
    ("datetime_parse('x', get('$.text'))", 20, "the pattern of datetime_parse is a text"),
    ("datetime_parse('x', 'YYYY')", 20, "yyyy is the year"),
    ("datetime_parse('x', 'yyyy DDD')", 20, "dd is the day of the month"),
    ("datetime_parse('x', 'MM-dd')", 20, "the pattern has no year"),
    ("datetime_parse('x', 'yyyy yyyy')", 20, "gives the year twice"),
    ("datetime_parse('x', 'yyyy h')", 20, "h and a go together"),
    ("datetime_parse('x', 'yyyy[MM]')", 20, "[ has no meaning here"),
    ("datetime_parse('x', 'yyyy''T')", 20, "no closing quote"),
    ("datetime_parse('x', 'yyyyyyyyyy')", 20, "10 times y is too many"),
    ("1e999", 0, "too large"),
    ("1ex", 0, "is not a number"),
    ("1.2.3", 3, "found '.3' where an operator"),
    ("knee() + 1", 0, "knee() stands alone"),
    ("max(1, knee())", 7, "knee() stands alone"),
    ("knee(2)", 5, "between 0 and 1"),
    ("knee(0.5, -1)", 10, "between 0 and 1"),
    ("knee(get('$.score'))", 5, "between 0 and 1"),
    ("knee(1, 1, 1)", 11, "at most 2 arguments"),
]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED)
def test_a_refusal_says_what_and_where(text, position, message):
    error = refusal(text)
    assert message in error.message
    assert error.position == position
    assert str(error) == f"{error.message} (at character {position})"


def test_a_function_is_compiled_once_and_cannot_be_changed():
    assert cached_function("1 + 1") is cached_function("1 + 1")
    assert repr(cached_function("1 + 1")) == "UserFunction(text='1 + 1')"


@pytest.mark.parametrize(
    ("text", "knee"),
    [
        ("knee()", Knee(0.5, 0.2)),
        (" ( knee ( ) ) ", Knee(0.5, 0.2)),
        ("knee(0.1)", Knee(0.1, 0.2)),
        ("knee(1, 0)", Knee(1, 0)),
    ],
)
def test_knee_is_a_function_of_the_whole_list(text, knee):
    assert compile_function(text) == knee


@pytest.mark.parametrize(
    ("parameters", "scores", "kept"),
    [
        ((), [], 0),
        ((), [0.7], 1),
        ((), [0.9, 0.1], 1),
        ((), [0.5, 0.5, 0.5], 3),
        ((), [0.9, 0.85, 0.8, 0.3, 0.28, 0.2], 3),
        ((), [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 6),
        ((1.0,), [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 1),
        ((0.0,), [0.9, 0.6, 0.5, 0.2], 4),
        ((0.5, 0.0), [1.0, 0.7, 0.6, 0.25], 3),
        ((0.5, 1.0), [1.0, 0.7, 0.6, 0.25], 1),
        ((), [-1.0, -1.1, -5.0], 2),
    ],
)
def test_knee_cuts_at_the_largest_drop(parameters, scores, kept):
    assert Knee(*parameters).kept(scores) == kept


def seconds(act: Callable[[], object]) -> float:
    """The processor time of a call, without the garbage of the other tests being collected meanwhile."""
    gc.disable()
    began = time.process_time()
    try:
        act()
        return time.process_time() - began
    finally:
        gc.enable()


def compiled(text: str) -> UserFunction | Knee | None:
    """The function, or None when the text was refused with a position in it."""
    error = None
    try:
        return compile_function(text)
    except UserFunctionError as caught:
        error = caught
    assert 0 <= error.position <= len(text)
    return None


HOSTILE = [
    "(" * 4000,
    "(" * 4000 + "1" + ")" * 4000,
    "!" * 7990 + "true",
    "-" * 7999 + "1",
    "1" + "+1" * 3999,
    "1" + "+1" * 999,
    "1<" * 3999 + "1",
    "true||" * 1000 + "true",
    "if(" * 2600,
    "if(true)1 else " * 500 + "1",
    "true?1:" * 1000 + "1",
    "1?" * 3999,
    "abs(" * 1500 + "1" + ")" * 1500,
    "abs(" * 90 + "1" + ")" * 90,
    "f(" * 4000,
    "max(" + "1," * 3000 + "1)",
    "'" * 8000,
    "'" * 7999,
    "9" * 8000,
    "." * 8000,
    "1e" * 4000,
    "a" * 8000,
    "a" * 100_000,
    " " * 100_000,
    "get('$" + ".a" * 3900 + "')",
    "get('$" + "[" * 7000 + "')",
    "datetime_parse('" + "1" * 4000 + "', 'yyyyMMddHHmmss')",
    "datetime_parse('x', '" + "y''" * 2000 + "')",
    "datetime_parse('x', '" + "-" * 7000 + "')",
    "\x00",
    "\ud800",
    "٣ + 1",
    "ıf (true) 1 else 2",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_functions_are_quick_and_raise_nothing_else(text):
    compile_function("1")

    def act() -> None:
        function = compiled(text)
        if function is not None:
            assert isinstance(function, UserFunction)
            function(ROW, NOW)

    assert seconds(act) < 5


def test_a_long_value_of_a_date_is_read_in_no_time():
    function = compile_function("to_unix_timestamp(datetime_parse(get('$.text'), 'yMdHmsS'))")
    for text in ("1" * 100_000, "1" * 30 + "x"):
        row = {**ROW, "text": text}
        assert seconds(lambda row=row: function(row, NOW)) < 5


TOKENS = st.sampled_from([
    "1", "0.5", "'a'", "true", "null", "get('$.score')", "now()", "hours(1)", "+", "-", "*", "/", "%", "<",
    ">=", "==", "!=", "&&", "||", "!", "(", ")", ",", "?", ":", "if", "else", "abs(", "max(", "knee(", "get(",
    "'$.x'", "iso_datetime_parse(",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(TOKENS, max_size=15).map(" ".join), st.text(max_size=40)))
def test_any_text_is_compiled_or_refused_with_a_position(text):
    function = compiled(text)
    if isinstance(function, UserFunction):
        result = function(ROW, NOW)
        assert result is None or type(result) is float


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
OVER_ANYTHING = compile_function(
    "if (get('$.text') < get('$.x')) get('$.x') * 2 + get('$.y[0]', get('$.x.a')) else"
    " max(get('$.x'), get('$.y')) / get('$.x') % power(get('$.y'), 3) + hours(now() - "
    "iso_datetime_parse(get('$.text')))"
)


@settings(deadline=None)
@given(JSON, JSON, st.integers(-(10**15), 10**15))
def test_any_metadata_gives_a_finite_number_or_null(x, y, now_millis):
    result = OVER_ANYTHING({"x": x, "y": y, "text": "2024-01-01"}, now_millis)
    assert result is None or abs(result) <= 1.8e308


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3))


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=12), st.data())
def test_sums_and_products_are_those_of_python(numbers, data):
    text = " ".join(
        f"{number:.3f} {data.draw(st.sampled_from('+-*'))}" if at + 1 < len(numbers) else f"{number:.3f}"
        for at, number in enumerate(numbers)
    )
    expected = eval(text)
    assert value(text) == pytest.approx(expected, rel=1e-9, abs=1e-9)
