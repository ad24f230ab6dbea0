"""Vectara's paging: a named list and `metadata.page_key`, opaque and tied to its list."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, TypeVar, cast

import re2

from understudy.apis.vectara.wire import ListMetadata
from understudy.engine.context import Context
from understudy.errors import BadRequest
from understudy.state.store import Record

_SEAL_BYTES = 9
T = TypeVar("T")


def page(
    ctx: Context,
    records: Sequence[Record[T]],
    limit: int,
    page_key: str | None,
    *narrowing: Any,
    newest_first: bool = False,
) -> tuple[list[T], ListMetadata]:
    """One page of values and its `metadata`; `records` come in order of their creation.

    A page key names the last record shown, so that what is added or removed between two pages is
    neither shown twice nor hidden. It is sealed with the operation, the narrowing parameters and
    the world: a key from elsewhere is 400 `query.page_key`. The last page has an empty key.
    """
    if newest_first:
        end = (
            bisect_left(records, _open(ctx, page_key, narrowing), key=_sequence) if page_key else len(records)
        )
        shown = records[max(0, end - limit) : end][::-1]
        more = end > limit
    else:
        start = bisect_right(records, _open(ctx, page_key, narrowing), key=_sequence) if page_key else 0
        shown = records[start : start + limit]
        more = start + limit < len(records)
    last = _close(ctx, shown[-1].sequence, narrowing) if more else ""
    return [record.value for record in shown], {"page_key": last}


def listing(
    ctx: Context,
    name: str,
    records: Sequence[Record[Any]],
    limit: int,
    page_key: str | None,
    filter: str | None,
    *,
    searched: Sequence[str] = ("name", "description"),
    **wanted: Any,
) -> dict[str, Any]:
    """The answer of a list operation: a page under the name of the list, and its `metadata`.

    Args:
        filter: a regular expression for the members that are `searched`.
        wanted: what members have to be, by name: a value, or one of a list; None and [] let all be.
    """
    narrowing = {member: value for member, value in wanted.items() if value is not None and value != []}
    found = [
        record
        for record in matching(records, filter, *searched)
        if all(_is(record.value.get(member), value) for member, value in narrowing.items())
    ]
    shown, metadata = page(ctx, found, limit, page_key, filter, *wanted.values())
    return {name: shown, "metadata": metadata}


def _is(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else bool(value == wanted)


def _sequence(record: Record[Any]) -> int:
    return record.sequence


def _seal(ctx: Context, sequence: int, narrowing: tuple[Any, ...]) -> bytes:
    operation = ctx.call.operation
    subject = repr((operation.id if operation else "", ctx.call.path_values, narrowing, sequence))
    key = f"{ctx.world.seed}:{ctx.world.name}".encode()[:64]
    return blake2b(subject.encode(), digest_size=_SEAL_BYTES, key=key).digest()


def _close(ctx: Context, sequence: int, narrowing: tuple[Any, ...]) -> str:
    return urlsafe_b64encode(_seal(ctx, sequence, narrowing) + str(sequence).encode()).decode().rstrip("=")


def _open(ctx: Context, page_key: str, narrowing: tuple[Any, ...]) -> int:
    try:
        raw = urlsafe_b64decode(page_key.encode() + b"=" * (-len(page_key) % 4))
        sequence = int(raw[_SEAL_BYTES:]) if len(raw) < 40 else -1
    except ValueError:
        sequence = -1
    if page_key != _close(ctx, sequence, narrowing):  # the decoder overlooks characters, this does not
        raise BadRequest({"query.page_key": "is not a page key of this list"})
    return sequence


def matching(records: Sequence[Record[T]], pattern: str | None, *members: str) -> Sequence[Record[T]]:
    """The records whose named members match a regular expression anywhere, case ignored.

    RE2 does the matching, in time linear in the text; a bad expression is 400 `query.filter`.
    """
    if not pattern:
        return records
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        expression = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0] if error.args else "not understood"
        if isinstance(reason, bytes):
            reason = reason.decode("utf-8", "replace")
        raise BadRequest({"query.filter": f"is not a regular expression: {reason}"}) from None
    return [r for r in records if any(expression.search(cast(Any, r.value).get(m) or "") for m in members)]
