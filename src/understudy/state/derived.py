"""Values computed from one record and kept beside it: built when first asked for, shared by forks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from understudy.state.store import Record

D = TypeVar("D")


def of_record(record: Record[Any], name: str, build: Callable[[Record[Any]], D]) -> D:
    """`build(record)`, once per version of the record.

    Records are replaced and never mutated, so a value hangs on exactly the version that it was
    built from. `build` must be a pure function of the record.
    """
    if name not in record.memo:
        record.memo[name] = build(record)
    return cast(D, record.memo[name])
