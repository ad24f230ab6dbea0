"""What a rule asks for, against values of calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.errors import SetupError
from understudy.playback.scenarios.conditions import ABSENT, check, differences, same

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("abc$"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (1, 1.0),
        ({"a": 1, "b": [2, {"c": None}]}, {"b": [2.0, {"c": None}], "a": 1}),
        ({"a": 1}, {"a": 1, "more": 2}),
        ({"$contains": "REFUND"}, "a refund?"),
        ({"$contains": 2}, [1, 2.0]),
        ({"$regex": "^re.*d$"}, "refund"),
        ({"$any": True}, None),
        ({"a": {"$absent": True}}, {"b": 1}),
        ({"$absent": False}, 1),
        ({"$not": 1}, 2),
        ({"$not": {"$contains": "x"}}, "y"),
        ({"$in": [1, {"$at_least": 5}]}, 7),
        ({"$at_least": 2}, 2),
        ({"$at_most": 2}, 1.5),
        ({"a": [{"b": {"$any": True}}]}, {"a": [{"b": 1}]}),
    ],
)
def test_it_meets(wanted: Any, got: Any) -> None:
    check(wanted)
    assert list(differences(wanted, got, "body")) == []


@pytest.mark.parametrize(
    ("wanted", "got", "place"),
    [
        (1, True, "body"),
        (1, "1", "body"),
        ({"a": 1}, {"a": 2}, "body.a"),
        ({"a": 1}, {}, "body.a"),
        ({"a": 1}, [1], "body"),
        ([1, 2], [1], "body"),
        ([1, {"b": 2}], [1, {"b": 3}], "body[1].b"),
        ({"$contains": "x"}, 5, "body"),
        ({"$regex": "^x"}, None, "body"),
        ({"$any": True}, ABSENT, "body"),
        ({"a": {"$absent": True}}, {"a": None}, "body.a"),
        ({"$not": 1}, 1.0, "body"),
        ({"$in": [1, 2]}, 3, "body"),
        ({"$at_least": 2}, True, "body"),
        ({"$at_most": 2}, "1", "body"),
    ],
)
def test_it_differs_at_a_place(wanted: Any, got: Any, place: str) -> None:
    found = list(differences(wanted, got, "body"))
    assert [one.place for one in found] == [place]
    assert found[0].plain()["wanted"]


def test_exact_leaves_no_other_members() -> None:
    found = list(differences({"a": 1}, {"a": 1, "b": 2}, "body", exact=True))
    assert [(one.place, one.wanted, one.got) for one in found] == [("body.b", "nothing", 2)]


def test_an_ignored_place_is_never_looked_at() -> None:
    ignored = frozenset({"body.a", "body.b.c"})
    assert not list(
        differences({"a": 1, "b": {"c": 1, "d": 2}}, {"a": 9, "b": {"d": 2}}, "body", ignored=ignored)
    )
    assert not list(differences({}, {"a": 1}, "body", exact=True, ignored=ignored))


@given(JSON)
def test_every_value_is_itself(value: Any) -> None:
    assert same(value, value)


@given(JSON, JSON)
def test_same_is_symmetric(one: Any, other: Any) -> None:
    assert same(one, other) is same(other, one)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"$contain": 1}, "'[$]contain' is no operator; there are [$]contains"),
        ({"a": [{"$regex": "("}]}, "is no regular expression of RE2"),
        ({"$regex": "(?=a)"}, "is no regular expression of RE2"),
        ({"$regex": 5}, "is no regular expression of RE2"),
        ({"$in": 1}, "takes a list"),
        ({"$at_least": "1"}, "takes a number"),
    ],
)
def test_an_operator_that_cannot_be_is_refused(wanted: Any, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        check(wanted)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert list(differences({"$regex": "^(a+)+$"}, "a" * 100_000 + "b", "body"))
