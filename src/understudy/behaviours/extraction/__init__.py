"""Extraction: what a file says, as sections, tables and facts about it; pure, and too slow for the loop.

`kind_of` and `mismatch` are quick and look at names and first bytes. `extract` reads the file: it is called
in a worker, which bounds its time and memory, and raises ValueError for whatever cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from understudy.behaviours.extraction.kinds import KINDS, SUPPORTED, Kind, kind_of, kind_within, mismatch
from understudy.behaviours.extraction.outline import Outline, Refused

__all__ = ["KINDS", "SUPPORTED", "Kind", "extract", "kind_of", "kind_within", "mismatch"]


def extract(content: bytes, *, kind: str, tables: bool) -> dict[str, Any]:
    """The outline of a file: `{title?, metadata, sections, table_count}`.

    Args:
        content: the file.
        kind: name of one of `KINDS`.
        tables: whether tables are told apart; otherwise their rows are lines of the text.
    """
    found = KINDS[kind]
    module = import_module(f"understudy.behaviours.extraction.{found.module}")
    read: Callable[[bytes, Outline], None] = getattr(module, f"read_{kind}")
    outline = Outline(found.media_types[0], tables)
    try:
        read(content, outline)
    except (MemoryError, Refused):
        raise
    except Exception as error:  # a library meets bytes that nobody foresaw
        raise ValueError(f"is no {kind} file that can be read ({type(error).__name__})") from error
    return outline.plain()
