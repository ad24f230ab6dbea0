"""YAML is read back as it was written, within bounds, and a fault has a line and a column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.errors import SetupError
from understudy.playback.yaml_text import Document, load, same, write

SURPRISES = [
    "on",
    "off",
    "yes",
    "no",
    "y",
    "n",
    "True",
    "NULL",
    "~",
    "",
    "12:30:45",
    "1.10",
    "1e5",
    "0x1f",
    "010",
    "0o17",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "<<",
    "=",
    "1_000",
    "+1",
    ".5",
    "1.",
    "-.inf",
    ".nan",
    "- a",
    "a: b",
    "#x",
    "? a",
    "%x",
    "@x",
    "`x",
    "!x",
    "&x",
    "*x",
    "|",
    "---",
    "...",
    "é\n" * 50,
    "a\nb" * 40,
    " lead\n" + "x" * 80,
    "trail \n" + "x" * 80,
    "tab\there\n" + "x" * 80,
    "\U0001f600\n" * 40,
    "\x85\u2028" * 40,
    "\r\nx" * 40,
    "x\n" * 40,
    "\x7f\x00",
    "---\nx" * 30,
    "...\n" * 30,
    "#\n" * 40,
    "\n" * 70,
    "\n" + "x" * 70,
    "x" * 70 + "\n\n\n",
    "\ufeffx\n" * 40,
]
JSON: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(SURPRISES),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(SURPRISES), inner),
    max_leaves=30,
)


@pytest.mark.parametrize("text", SURPRISES, ids=ascii)
def test_a_text_stays_the_text_it_was(text: str) -> None:
    value = {"member": text, "list": [text], text: 1}
    assert same(Document(write(value), "").value, value)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_every_value_of_json_is_read_back(value: Any) -> None:
    assert same(Document(write({"value": value}), "").value, {"value": value})


@given(JSON)
@settings(max_examples=100, deadline=None)
def test_other_readers_of_yaml_read_the_same(value: Any) -> None:
    assert yaml.safe_load(write({"value": value})) == {"value": value}


@pytest.mark.parametrize("text", ["on", "no", "12:30:45", "2026-01-01", "1_000", "0x1f", "010", "yes"])
def test_what_a_person_writes_bare_is_a_text_too(text: str) -> None:
    assert Document(f"a: {text}\n{text}: 1", "").value == {"a": text, text: 1}


def test_what_a_person_writes_bare_in_json_is_what_it_is_there() -> None:
    assert Document("[1, -2, 1.5, 1.0e+3, true, false, null, ~, {1: a}]", "").value == [
        1,
        -2,
        1.5,
        1000.0,
        True,
        False,
        None,
        None,
        {"1": "a"},
    ]


def test_long_texts_of_lines_are_blocks() -> None:
    assert "|" in write({"text": "A line that is read by people.\n" * 4})
    assert "A line that is read by people.\n  A line" in write(
        {"text": "A line that is read by people.\n" * 4}
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &x 1\nb: *x", "f:2:4: aliases"),
        ("a:\n  b: 1\n  b: 2", "f:3:3: 'b' stands twice"),
        ("a: !!python/object:os.system x", "f:1:4: the tag"),
        ("a: !!binary aGk=", "f:1:4: the tag"),
        ("? [a]\n: 1", "f:1:3: the name"),
        ("a: 99999999999999999999999999", "f:1:4: is a number"),
        ("a: 1.0e+999", "f:1:4: is a number"),
        ("a: !!int x", "f:1:4: 'x' is no number"),
        ("a\n\tb: c: d", "f:2:3: is not valid YAML"),
        ("--- a\n--- b\n", "f:2:1: but found another document"),
        ("a: \x01", "f:1:4: is not valid YAML: control characters"),
        ("[" * 200_000, "f:1:221: nests deeper than 220"),
        ("a: " + "{a: " * 200_000, "nests deeper than 220"),
        ("- " * 200_000, "nests deeper than 220"),
    ],
)
def test_a_fault_has_its_place(text: str, told: str) -> None:
    with pytest.raises(SetupError) as caught:
        Document(text, "f")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"a: \xff")
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    for name in ("bytes.yaml", "large.yaml", "absent.yaml", "."):
        with pytest.raises(SetupError, match=str(tmp_path)):
            load(tmp_path / name)
