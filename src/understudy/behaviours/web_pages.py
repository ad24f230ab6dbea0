"""The web as models see it: the pages of the fixture. Nothing is ever fetched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from understudy.behaviours.documents import max_chars_chunks
from understudy.state import derived
from understudy.state.store import Kind, Record, Table
from understudy.state.world import World

if TYPE_CHECKING:
    from understudy.behaviours.retrieval import Index, Segment

Json = dict[str, Any]

WEB_PAGES: Kind[Json] = Kind("web_page", key="url", noun="page")
"""Pages `{url, title, text}`; every account sees the same ones."""
PART_CHARACTERS = 200
LEAST = 0.18
"""The cosine from which on a page has to do with a query."""
_ADDRESS = re.compile(r"https?://[^\s<>\"'`)\]}]+", re.IGNORECASE)


def addresses_in(text: str) -> list[str]:
    """The addresses that a text names, each once."""
    return list(dict.fromkeys(match.group().rstrip(".,;:!?") for match in _ADDRESS.finditer(text)))


def page(world: World, url: str) -> Json | None:
    """The page at an address; a fragment, a last slash and the case of the host make no difference."""
    by_address = world.store.table(WEB_PAGES).derived("by_address", _by_address)
    return by_address.get(_address(url))


def search(world: World, query: str, most: int) -> list[Json]:
    """The pages that are most like a query, best first."""
    rows, index = world.store.table(WEB_PAGES).derived("index", _index)
    if not rows or not query.strip():
        return []
    best: dict[str, tuple[float, Json]] = {}
    for row, score in zip(rows, index.scores(query).tolist(), strict=True):
        if score >= max(LEAST, best.get(row["url"], (0.0, row))[0]):
            best[row["url"]] = (score, row)
    ranked = sorted(best.values(), key=lambda one: (-one[0], one[1]["url"]))
    return [row for _, row in ranked[:most]]


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `web_pages`."""
    world.store.table(WEB_PAGES).add(dict(row))


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    asked = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}{asked}"


def _by_address(pages: Table[Json]) -> dict[str, Json]:
    return {_address(row["url"]): row for row in pages.values()}


def _index(pages: Table[Json]) -> tuple[list[Json], Index]:
    """The page of each row of an index of all parts of all pages, and that index."""
    from understudy.behaviours.retrieval import Index

    records = pages.records()
    segments = [derived.of_record(record, "segment", _segment) for record in records]
    rows = [record.value for record, one in zip(records, segments, strict=True) for _ in range(len(one))]
    return rows, Index(segments)


def _segment(record: Record[Json]) -> Segment:
    from understudy.behaviours.retrieval import segment

    title, text = record.value["title"], record.value["text"]
    spans = max_chars_chunks(text, PART_CHARACTERS)
    return segment([f"{title}\n{text[one.offset : one.offset + one.length]}" for one in spans] or [title])
