"""Moderation: what a gateway does not let its model answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.behaviours.conversation import Message, text_of
from understudy.behaviours.decide import Decider, decide
from understudy.behaviours.inference import Reply, Usage
from understudy.behaviours.moderation import CATEGORIES, scores
from understudy.behaviours.token_budget import count, count_messages

THRESHOLDS: Mapping[str, str] = dict(
    zip(
        CATEGORIES,
        (
            "violenceThreshold",
            "sexualExplicitThreshold",
            "politicalThreshold",
            "dangerousContentThreshold",
            "jailbreakThreshold",
        ),
        strict=True,
    )
)
"""The parameter of each category. A score of 0 to 100 that reaches a threshold is refused; one that is
absent or not above 0, lets everything pass (guess: the documents give neither scale nor default)."""
FINISH_REASON = "content_filter"
"""How a refusal ends: an answer without content and with a `refusal` (guess)."""


def refused(
    messages: Sequence[Message], parameters: Mapping[str, Any], decider: Decider | None
) -> Reply | None:
    """The refusal in the place of a reply, which costs what was read; None when the model may answer.

    A decider may decide `refusal`: a text, "" for none.
    """
    told = decide(decider, "refusal", {"messages": messages}, lambda: _refusal(messages, parameters))
    return Reply(told, Usage(count_messages(messages), count(told)), FINISH_REASON) if told else None


def as_refusal(delta: dict[str, Any]) -> None:
    """Tell the content of a message, or of a piece of one, as its refusal."""
    if "content" in delta:
        delta.update(refusal=delta["content"], content=None)


def _refusal(messages: Sequence[Message], parameters: Mapping[str, Any]) -> str:
    """Why the last message of the user is not answered; "" when it may be."""
    thresholds = parameters.get("moderationParameters") or {}
    if not thresholds:
        return ""
    said = next((text_of(one) for one in reversed(messages) if one.get("role") == "user"), "")
    reached = [
        category
        for category, score in scores(said).items()
        if 0 < thresholds.get(THRESHOLDS[category], 0) <= score
    ]
    return f"The message was not answered: {', '.join(reached)}." if reached else ""
