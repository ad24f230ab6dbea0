"""What docstrings say of parameters."""

from __future__ import annotations

import time

import pytest

from understudy.behaviours.docstrings import parameter_texts

GOOGLE = """Tells the tide.

Args:
    port (str): Where it is,
        and which pier.
    day: Counted
      from 1: Monday.
    other: Nobody's.

Returns:
    port: not this one
"""
NUMPY = """Tells the tide.

Parameters
----------
port : str
    Where it is,
    and which pier.
day
    Counted from 1: Monday.

Returns
-------
port
    not this one
"""
TAGS = """Tells the tide.

:param str port: Where it is,
    and which pier.
:param day: Counted from 1: Monday.
:returns: port: not this one
"""
EPYDOC = TAGS.replace(":param", "@param").replace("param str port", "param port")


@pytest.mark.parametrize(
    "docstring", [GOOGLE, NUMPY, TAGS, EPYDOC], ids=["google", "numpy", "rest", "epydoc"]
)
def test_each_style_is_read(docstring: str) -> None:
    assert parameter_texts(docstring, {"port", "day"}) == {
        "port": "Where it is, and which pier.",
        "day": "Counted from 1: Monday.",
    }


@pytest.mark.parametrize("docstring", ["", "Args:", "Just port: text", "Parameters\n----------", "---\n---"])
def test_nothing_is_made_up(docstring: str) -> None:
    assert parameter_texts(docstring, {"port"}) == {}


def test_a_long_docstring_takes_no_time() -> None:
    began = time.process_time()
    hostile = "Args:\n" + " a" + " " * 50_000 + "x\n" + " :param" * 10_000 + "\n" + " a (" * 20_000
    assert parameter_texts(hostile, {"a"}) == {}
    assert time.process_time() - began < 2
