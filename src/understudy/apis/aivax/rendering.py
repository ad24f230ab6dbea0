"""Rendering: reasoning and functions as marked blocks of the text, for clients that show text alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from understudy.behaviours.inference import Reply

TEXTUAL_BLOCKS = "textual_blocks"


def as_blocks(reply: Reply, functions: Iterable[Mapping[str, Any]]) -> Reply:
    """The reply with all of it in its text: reasoning, what functions gave, then the answer as it is."""
    parts = []
    if reply.reasoning:
        parts.append(f"<thinking-group><think>{escape(reply.reasoning)}</think></thinking-group>")
    for one in functions:
        name, result = escape(one["name"]), escape(one["result"])
        parts.append(f'<div class="tool-result reason" data-tool-name="{name}">{result}</div>')
    if reply.text:
        parts.append(f"<assistant-answer>{reply.text}</assistant-answer>")
    return replace(reply, text="\n".join(parts), reasoning="")
