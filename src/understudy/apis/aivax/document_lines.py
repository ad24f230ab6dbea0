"""Documents as lines of a file: what an import reads and an export writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax.jsonl import read_object

MOST_NAME, MOST_REFERENCE = 256, 64
"""Characters."""
_OPTIONAL = {"__ref": "reference", "__tags": "tags", "__meta": "metadata"}


def read_line(line: bytes) -> dict[str, Any] | None:
    """A document in the members of Create or Update Document, or None when the line is none."""
    found = read_object(line)
    if found is None:
        return None
    document = {"name": found.get("docid"), "contents": found.get("text")}
    document |= {member: found[key] for key, member in _OPTIONAL.items() if key in found}
    return document if _is_whole(document) else None


def line_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The line of a stored document, without a reference when it has none."""
    line = {"docid": document["name"], "text": document["contents"]}
    line |= {key: document[member] for key, member in _OPTIONAL.items() if document[member] is not None}
    return line


def _is_whole(document: Mapping[str, Any]) -> bool:
    """Whether the document could stand in the body of Create or Update Document."""
    name, contents = document["name"], document["contents"]
    if not (isinstance(name, str) and 0 < len(name) <= MOST_NAME and isinstance(contents, str) and contents):
        return False
    reference, tags, metadata = (document.get(member) for member in _OPTIONAL.values())
    return (
        (reference is None or (isinstance(reference, str) and len(reference) <= MOST_REFERENCE))
        and (tags is None or (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)))
        and isinstance(metadata, dict | None)
    )
