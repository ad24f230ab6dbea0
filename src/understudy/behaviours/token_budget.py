"""Token budgets: how many tokens texts and messages take, and conversations cut to what a model reads.

The count is an estimate, not that of any vendor's tokenizer: short words are one token, longer ones several,
digits go by threes, signs of scripts without spaces are one each. It is the same everywhere and linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Literal

from understudy.behaviours.conversation import Message, attachments_of, text_of, tool_calls_of
from understudy.behaviours.regex import regex

MESSAGE_TOKENS = 4
"""What a message costs besides its text (guess)."""
ATTACHMENT_TOKENS = 85
"""What an image, a sound, a video or a file costs (guess: a small image)."""

_TOKEN = regex(
    r" ?[A-Za-zÀ-ɏ]{1,7}| ?\d{1,3}|"
    r"[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f]"
    r"| ?[^\W\d_]{1,3}| ?[^\w\s]{1,2}|_|\s+|."
)


class ContextOverflow(ValueError):
    """A conversation takes more tokens than the budget allows."""

    def __init__(self, needed: int, budget: int) -> None:
        super().__init__(f"the conversation takes {needed} tokens, and the context holds {budget}")
        self.needed = needed
        self.budget = budget


_WORTH, _REMEMBERED = 64, 16_384
_KNOWN: dict[bytes, int] = {}
"""The tokens of the last texts by their digests: a conversation is counted anew with every message."""


def count(text: str) -> int:
    """The tokens of a text."""
    if len(text) < _WORTH:
        return len(_TOKEN.findall(text))
    key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    found = _KNOWN.get(key)
    if found is None:
        if len(_KNOWN) >= _REMEMBERED:
            del _KNOWN[next(iter(_KNOWN))]
        found = _KNOWN[key] = len(_TOKEN.findall(text))
    return found


def cut(text: str, most: int) -> str:
    """The beginning of a text that takes at most so many tokens."""
    end = 0
    for match in islice(_TOKEN.finditer(text), max(0, most)):
        end = match.end()
    return text[:end]


def count_value(value: Any) -> int:
    """The tokens of a JSON value, however deep: those of its names and scalars, and one for each of them."""
    tokens = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting.extend(one.values())
            tokens += sum(count(str(name)) + 1 for name in one)
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        else:
            tokens += count(str(one)) + 1
    return tokens


def count_message(message: Message) -> int:
    """The tokens of a message with its attachments and tool calls."""
    tokens = MESSAGE_TOKENS + count(text_of(message))
    tokens += ATTACHMENT_TOKENS * sum(1 for _ in attachments_of(message))
    return tokens + sum(count(name) + count(arguments) for _, name, arguments in tool_calls_of(message))


def count_messages(messages: Iterable[Message]) -> int:
    """The tokens of all messages."""
    return sum(map(count_message, messages))


def fit(messages: Sequence[Message], budget: int, overflow: Literal["throw", "truncate"]) -> list[Message]:
    """The messages within a budget of tokens.

    To truncate is to leave out the oldest ones. System and developer messages stay, and so does all from the
    last message of the person on, whatever it takes; no tool result stays without the call before it.

    Raises:
        ContextOverflow: the messages do not fit, and the overflow is to throw.
    """
    costs = [count_message(message) for message in messages]
    over = sum(costs) - budget
    if over <= 0:
        return list(messages)
    if overflow == "throw":
        raise ContextOverflow(sum(costs), budget)
    asked = [at for at, message in enumerate(messages) if message.get("role") == "user"]
    last = asked[-1] if asked else len(messages) - 1
    kept: list[Message] = []
    for at, message in enumerate(messages):
        role = message.get("role")
        is_orphan = role in ("tool", "function") and not any(map(_is_answered, kept[-1:]))
        if role in ("system", "developer") or at >= last or (over <= 0 and not is_orphan):
            kept.append(message)
        else:
            over -= costs[at]
    return kept


def shorten_results(messages: Sequence[Message], keep: int, placeholder: str) -> list[Message]:
    """The messages with all but the last `keep` tool results replaced by a placeholder."""
    places = [at for at, message in enumerate(messages) if message.get("role") in ("tool", "function")]
    old = set(places[: max(0, len(places) - keep)])
    return [{**one, "content": placeholder} if at in old else one for at, one in enumerate(messages)]


def _is_answered(message: Message) -> bool:
    """Whether a tool result may follow: the message calls tools, or is a result itself."""
    return message.get("role") in ("tool", "function") or any(tool_calls_of(message))
