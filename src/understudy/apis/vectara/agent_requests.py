"""What the model of an agent is asked: no more than its context takes, after a compaction if need be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from understudy.apis.vectara import agent_compaction
from understudy.apis.vectara.agent_log import Log
from understudy.apis.vectara.agent_tools import Offer
from understudy.apis.vectara.agent_view import View
from understudy.apis.vectara.kinds import LLMS
from understudy.behaviours.inference import Request, prompt_tokens
from understudy.errors import Unprocessable
from understudy.state.store import Store
from understudy.state.world import World

CONTEXT_WINDOW = 128_000
"""Tokens of a model that does not say how many it takes (guess)."""
CHARACTERS_OF_SUMMARY = 1
"""Characters of a summary per token of the window, which leaves most of it to the rest (guess)."""


def window_of(store: Store, agent: Mapping[str, Any]) -> int:
    """The context window of the model of an agent; 422 when the account no longer has the model."""
    name = agent["model"]["name"]
    for model in store.table(LLMS).values():
        if name in (model["name"], model["id"]) and model["enabled"]:
            return int(model.get("capabilities", {}).get("context_limit", CONTEXT_WINDOW))
    raise Unprocessable(f"the model '{name}' of the agent is gone or disabled")


@dataclass
class Requests:
    """The requests of one turn, in which a session is compacted once at most."""

    world: World
    log: Log
    compacted: bool = False

    def next(self, view: View, offers: Sequence[Offer]) -> Request | None:
        """What the model is asked; None, with an event that says so, when it is too much all the same."""
        window, config = window_of(view.store, view.agent), view.session["effective_compaction"]
        request = view.request(self.log.visible(), offers)
        percent = config["threshold_percent"]
        if config["enabled"] and not self.compacted and _exceeds(request, window * percent // 100):
            self.compacted = True
            keep = max(1, config["keep_recent_inputs"])
            old = agent_compaction.old_enough(self.log.visible(), keep)
            if old:
                longest = min(agent_compaction.LONGEST_SUMMARY, window * CHARACTERS_OF_SUMMARY)
                agent_compaction.compact(self.world, self.log, old, config, longest)
                request = view.request(self.log.visible(), offers)
        if not _exceeds(request, window):
            return request
        tokens = prompt_tokens(request)
        message = f"the conversation takes {tokens} tokens, and the model takes {window}"
        self.log.add("context_limit_exceeded", context_limit=window, actual_tokens=tokens, message=message)
        return None


def _exceeds(request: Request, most: int) -> bool:
    """Whether a request has more tokens; a token has at least one character."""
    texts = [*request.sources, *request.memories, request.instructions]
    size = len(orjson.dumps([request.messages, request.tools, request.response_format, texts]))
    return size > most and prompt_tokens(request) > most
