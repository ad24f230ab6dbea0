"""Sums that a text asks for."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.behaviours.arithmetic import DividedByZero, result_of, sum_in


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("What is 12 * (3 + 4)?", "84"),
        ("12 plus 30", "42"),
        ("Wie viel ist 7 mal 8?", "56"),
        ("Combien font 9 fois 9 ?", "81"),
        ("¿Cuánto es 10 dividido por 4?", "2.5"),
        ("Quanto é 6 vezes 7?", "42"),
        ("What's 15% of 80?", "12"),
        ("2^10", "1024"),
        ("2 to the power of 3", "8"),
        ("-3 + 5 =", "2"),
        ("-2^2", "-4"),
        ("2^-1", "0.5"),
        ("2^3^2", "512"),
        ("1 / 3", "0.3333333333"),
        ("calculate 1,250.50 + 1", "1251.5"),
        ("3,5 + 1", "4.5"),
        ("10 - -4", "14"),
        ("(1 + 2) * (3 - 4)", "-3"),
    ],
)
def test_sums_are_worked_out(text: str, result: str) -> None:
    assert result_of(text) == result


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "What is 42?",
        "hello + 3",
        "My phone is 555-1234",
        "2026-05-01",
        "5.5.2026",
        "1 + (2",
        "1 + 2)",
        "()",
        "3 4",
        "+ 1 2",
        "1 +",
        "1 2 +",
        "9^9^9",
        "2^0.5",
        "9" * 16 + "+1",
        "1+1" + "+1" * 200,
        "Solve 8x + 7 = -23",
        "1 + = 2 3",
        "99999999999999 ^ 64",
        "(1)(2)",
        "* 3 4",
    ],
)
def test_other_texts_are_no_sums(text: str) -> None:
    assert result_of(text) is None


@pytest.mark.parametrize("text", ["1/0", "0 ^ -1", "5 / (2 - 2)"])
def test_nothing_is_divided_by_zero(text: str) -> None:
    with pytest.raises(DividedByZero):
        result_of(text)


def test_the_sum_itself_is_told_in_signs() -> None:
    assert sum_in("What is 5 times 7?") == "5 * 7"
    assert sum_in("What is this?") is None


@given(
    st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 999)), min_size=1, max_size=8),
    st.integers(0, 999),
)
def test_results_are_those_of_python(steps: list[tuple[str, int]], first: int) -> None:
    text = f"{first}" + "".join(f" {sign} {number}" for sign, number in steps)
    assert Fraction(result_of(text) or "") == eval(text)


@pytest.mark.parametrize("text", ["(" * 200, "1+" * 100, "9^" * 100, "-" * 200, "1" * 200, "% of" * 50 + "1"])
def test_hostile_sums_end_quickly(text: str) -> None:
    start = time.process_time()
    result_of(text)
    assert time.process_time() - start < 1
