"""The text of a result with what stands before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from understudy.behaviours.tokens import sentence_spans
from understudy.state import derived
from understudy.state.store import Record

Spans = list[tuple[int, int]]


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
            spans = derived.of_record(document, "sentences", _sentences)[section]
            first, last = self._window(spans, offset, end)
        tagged = f"{self.start_tag}{text[offset:end]}{self.end_tag}"
        return f"{text[first:offset]}{tagged}{text[end:last]}"

    def _window(self, spans: Spans, offset: int, end: int) -> tuple[int, int]:
        earlier = [start for start, stop in spans if stop <= offset]
        later = [stop for start, stop in spans if start >= end]
        if self.sentences:
            first = earlier[-self.before :][0] if self.before and earlier else offset
            last = later[: self.after][-1] if self.after and later else end
            return first, last
        return _widened(spans, offset, end, self.before, self.after)


def _widened(spans: Spans, offset: int, end: int, before: int, after: int) -> tuple[int, int]:
    """A window of characters that takes in every sentence it touches."""
    first, last = offset, end
    for start, stop in spans:
        if before and start < offset and stop > offset - before:
            first = min(first, start)
        if after and stop > end and start < end + after:
            last = max(last, stop)
    return first, last


def _sentences(document: Record[Any]) -> list[Spans]:
    """Per section, where its sentences lie; the parts of a core document count as sentences."""
    if document.private.get("core"):
        return [[(offset, offset + length) for _, offset, length in document.private["places"]]]
    return [sentence_spans(text) for text in document.private["sections"]]
