"""Paths in a shell: a tree of our own, so that no spelling of a path ever leaves it."""

from __future__ import annotations

import re

from understudy.errors import BadRequest

ROOT = ""
LONGEST = 4096
LONGEST_NAME = 255
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def normalised(path: str, field: str = "query.path") -> str:
    """`/a//b/./c` as `a/b/c`, the root as ""; backslashes count as slashes.

    BadRequest for control characters, for a name or path that is too long, and for one that would leave
    the root, also where later segments would lead back.
    """
    if _CONTROLS.search(path):
        raise BadRequest({field: "must not hold control characters"})
    if len(path) > LONGEST:
        raise BadRequest({field: f"must have at most {LONGEST} characters"})
    kept: list[str] = []
    for segment in path.replace("\\", "/").split("/"):
        if segment in ("", "."):
            continue
        if segment != "..":
            if len(segment) > LONGEST_NAME:
                raise BadRequest({field: f"has a name of more than {LONGEST_NAME} characters"})
            kept.append(segment)
        elif kept:
            kept.pop()
        else:
            raise BadRequest({field: "must not lead out of the root"})
    return "/".join(kept)


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def name(path: str) -> str:
    return path.rpartition("/")[2]


def above(path: str) -> list[str]:
    """The directories that a path lies in, from the root down."""
    segments = path.split("/")[:-1]
    return [ROOT, *("/".join(segments[: n + 1]) for n in range(len(segments)))] if path else []
