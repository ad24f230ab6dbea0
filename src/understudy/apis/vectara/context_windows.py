"""The text of a result with what stands before and after it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from understudy.behaviours.tokens import sentence_spans
from understudy.state import derived
from understudy.state.store import Record

Sentences = tuple[list[int], list[int]]
"""Where the sentences of a text begin, and where they end."""


@dataclass(frozen=True)
class Configuration:
    """How much context, counted in sentences or in characters, and the tags around the part itself."""

    sentences: bool
    before: int
    after: int
    start_tag: str
    end_tag: str

    @classmethod
    def read(cls, given: Mapping[str, Any] | None) -> Configuration | None:
        """From `context_configuration`; a sentence member makes the character ones be ignored."""
        if not given:
            return None
        sentences = given.get("sentences_before") is not None or given.get("sentences_after") is not None
        unit = "sentences" if sentences else "characters"
        return cls(
            sentences,
            max(0, given.get(f"{unit}_before") or 0),
            max(0, given.get(f"{unit}_after") or 0),
            given.get("start_tag") or "",
            given.get("end_tag") or "",
        )

    def without_tags(self) -> Configuration:
        return replace(self, start_tag="", end_tag="")

    def cut(self, document: Record[Any], part: int) -> str:
        """The part in its tags, with its context in the same section outside of them."""
        section, offset, length = document.private["places"][part]
        text = document.private["sections"][section]
        end = offset + length
        first, last = offset, end
        if self.before or self.after:
            sentences = derived.of_record(document, "sentences", _sentences)[section]
            first, last = self._window(sentences, offset, end)
        tagged = f"{self.start_tag}{text[offset:end]}{self.end_tag}"
        return f"{text[first:offset]}{tagged}{text[end:last]}"

    def _window(self, sentences: Sentences, offset: int, end: int) -> tuple[int, int]:
        starts, stops = sentences
        first, last = offset, end
        if self.sentences:
            earlier = bisect_right(stops, offset)
            if self.before and earlier:
                first = starts[max(0, earlier - self.before)]
            later = bisect_left(starts, end)
            if self.after and later < len(starts):
                last = stops[min(later + self.after, len(stops)) - 1]
            return first, last
        if self.before:  # every sentence that the window of characters touches is taken whole
            touched = bisect_right(stops, offset - self.before)
            if touched < len(starts):
                first = min(first, starts[touched])
        if self.after:
            touched = bisect_left(starts, end + self.after) - 1
            if touched >= 0:
                last = max(last, stops[touched])
        return first, last


def _sentences(document: Record[Any]) -> list[Sentences]:
    """Per section, where its sentences lie; the parts of a core document count as sentences."""
    if document.private.get("core"):
        sections = [[(offset, offset + length) for _, offset, length in document.private["places"]]]
    else:
        sections = [sentence_spans(text) for text in document.private["sections"]]
    return [([start for start, _ in spans], [stop for _, stop in spans]) for spans in sections]
