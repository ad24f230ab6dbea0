"""Built-in functions: what the service itself looks up or keeps before the model answers.

`Remember` is in `memories`. The flags without a function here are taken, and run nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import orjson

from understudy.apis.aivax import memories, plans
from understudy.apis.aivax.functions import COMPLETED, FAILED, ran
from understudy.behaviours import web_pages
from understudy.behaviours.appointments import appointment_in, asks_for_dates, days_in, written
from understudy.behaviours.arithmetic import DividedByZero, result_of, sum_in
from understudy.behaviours.conversation import Exchange, Message, excerpt, last_exchange
from understudy.behaviours.generation import compose
from understudy.behaviours.grounding import Material, grounded, question_of
from understudy.behaviours.questions import is_question
from understudy.behaviours.remembering import asks_about_memories, asks_for_earlier
from understudy.behaviours.tokens import content_stems
from understudy.engine.context import Context
from understudy.errors import TooManyRequests

Json = dict[str, Any]
FLAGS = (
    "WebSearch", "Code", "OpenUrl", "Remember", "ImageGeneration", "XPostsSearch", "GenerateDocument",
    "GenerateWebPage", "AdvancedWebUsage", "Request", "Calendar",
)  # fmt: skip
MAX_RESULTS, MODE = 10, "Full"
"""How many pages a search of the web finds, and what of them, when nothing is said (guess)."""
SENTENCES = 3
"""How many sentences of a page a summarized search tells (guess)."""
MOST_ADDRESSES = 5
"""So many addresses of one message are opened (guess)."""
READ_CHARACTERS = 5000
"""So much of a message, of its beginning and its end, is searched for."""
REMINDER_DAYS = 1
"""A date is forgotten so many days after its own (guess)."""
LAST_DAY = date(9999, 12, 29)
_SEARCH = re.compile(
    r"\A\W*(?:(?:please|bitte|can you|could you)\s+)*(?:search(?: (?:the web|the internet|online))?(?: for)?|"
    r"google|look up|suche?(?: im (?:web|internet))?(?: nach)?|cherche[rz]?(?: sur (?:le web|internet))?|"
    r"busca(?: en (?:la web|internet))?|pesquise?a?(?: na (?:web|internet))?)\s+(?P<query>.+)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Asked:
    """What a conversation asks, with all that is known so far; `user` is "" when nobody is named."""

    messages: Sequence[Message]
    parameters: Mapping[str, Any]
    user: str = ""
    instructions: str = ""
    sources: Sequence[str] = ()
    memories: Sequence[str] = ()

    def option(self, name: str, default: Any) -> Any:
        return (self.parameters.get("builtinFunctionsOptions") or {}).get(name) or default


@dataclass
class Found:
    """What functions gave: knowledge, results in the form of messages, and which of them ran."""

    sources: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    functions: list[Json] = field(default_factory=list)

    def tell(self, function: Json) -> None:
        """Put the result of a function behind the conversation."""
        arguments = orjson.dumps(function["arguments"]).decode()
        call = {"name": function["name"], "arguments": arguments}
        made = {"id": function["id"], "type": "function", "function": call}
        self.messages += [
            {"role": "assistant", "content": None, "tool_calls": [made]},
            {"role": "tool", "tool_call_id": function["id"], "content": function["result"]},
        ]
        self.functions.append(function)


def asked_for(parameters: Mapping[str, Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters with the functions that a request asks for besides; its options win."""
    asked = body.get("builtin_tools")
    if not asked:
        return parameters
    named = {flag.lower(): flag for flag in FLAGS}
    enabled = (parameters.get("sentinelOptions") or {}).get("enabledFunctions", ())
    flags = [*enabled, *(named[flag.lower()] for flag in asked.get("tools") or ())]
    options = {_camel(name): value for name, value in (asked.get("options") or {}).items()}
    return {
        **parameters,
        "sentinelOptions": {"enabledFunctions": list(dict.fromkeys(flags))},
        "builtinFunctionsOptions": {**(parameters.get("builtinFunctionsOptions") or {}), **options},
    }


def run(ctx: Context, asked: Asked) -> Found:
    """Run the functions that are enabled and that the last message calls for.

    A conversation that waits for an answer to results of tools has had its functions.
    """
    found = Found()
    exchange = last_exchange(asked.messages)
    enabled = (asked.parameters.get("sentinelOptions") or {}).get("enabledFunctions", ())
    if not exchange.results:
        for flag, function in _FUNCTIONS.items():
            if flag in enabled:
                function(ctx, asked, exchange, found)
    return found


def _open_urls(ctx: Context, asked: Asked, exchange: Exchange, found: Found) -> None:
    for url in web_pages.addresses_in(exchange.text)[:MOST_ADDRESSES]:
        page = web_pages.page(ctx.world, url)
        text = f"{page['title']}\n{page['text']}" if page else f"There is no page at {url}."
        found.tell(ran(ctx, "open_url", {"url": url}, text, COMPLETED if page else FAILED))


def _keep_dates(ctx: Context, asked: Asked, exchange: Exchange, found: Found) -> None:
    """Keep a date of the user, or tell those that are kept; without a user there is no calendar."""
    if not asked.user:
        return
    today = _today(ctx)
    planned = appointment_in(exchange.text, today)
    if planned:
        midnight = datetime.combine(min(planned.day, LAST_DAY), time.min, UTC)
        ends = int(midnight.timestamp() * 1000) + (1 + REMINDER_DAYS) * memories.DAY_MILLIS
        lasts = ends - ctx.clock.millis()
        memories.save(ctx, asked.user, planned.text, memories.REMINDER, lasts)
        arguments = {"title": planned.title, "date": planned.day.isoformat(), "time": planned.time}
        found.tell(ran(ctx, "calendar_save", arguments, f"Kept in the calendar: {planned.text}"))
        return
    _tell_dates(ctx, asked.user, excerpt(exchange.text, READ_CHARACTERS), found)


def _tell_dates(ctx: Context, user: str, text: str, found: Found) -> None:
    today = _today(ctx)
    kept = memories.known(ctx, user, memories.REMINDER)
    wanted = set(content_stems(text))
    alike = [one for one in kept if wanted & set(content_stems(one.rpartition(" on ")[0]))]
    asks = asks_for_dates(text)
    if not asks and not (alike and is_question(text.strip())):
        return
    days = days_in(text, today)
    arguments: Json = {"query": text}
    if days:
        kept = [one for one in kept if (day := _day_of(one, today)) and days[0] <= day <= days[1]]
        arguments = {"from": days[0].isoformat(), "to": days[1].isoformat()}
    elif alike:
        kept = alike
    nothing = f"Nothing is in the calendar{f' on {written(days[0])}' if days and days[0] == days[1] else ''}."
    ordered = sorted(kept, key=lambda one: (_day_of(one, today) or today, one.rpartition(" at ")[2]))
    found.tell(ran(ctx, "calendar_search", arguments, "\n".join(ordered) or nothing))


def _calculate(ctx: Context, asked: Asked, exchange: Exchange, found: Found) -> None:
    code = sum_in(exchange.text)
    if code is None:
        return
    try:
        result, state = result_of(exchange.text) or "", COMPLETED
    except DividedByZero:
        result, state = "division by zero", FAILED
    if result:
        found.functions.append(ran(ctx, "evaluate_code", {"code": code}, result, state))


def _search_web(ctx: Context, asked: Asked, exchange: Exchange, found: Found) -> None:
    """Search when the message says so, or asks what nothing at hand answers."""
    query = "" if found.functions else _query(asked, exchange)
    if not query:
        return
    try:
        plans.spend(ctx, plans.WEB)
    except TooManyRequests as error:
        found.functions.append(ran(ctx, "web_search", {"query": query}, error.message, FAILED))
        return
    pages = web_pages.search(ctx.world, query, asked.option("webSearchMaxResults", MAX_RESULTS))
    if asked.option("webSearchMode", MODE).lower() == "summarized":
        pages = [{**page, "text": _summary(query, page["text"])} for page in pages]
    found.sources += [f"{page['title']}\n{page['text']}" for page in pages]
    found.functions.append(ran(ctx, "web_search", {"query": query}, orjson.dumps(pages).decode()))


def _query(asked: Asked, exchange: Exchange) -> str:
    """What the web is searched for; "" for nothing."""
    text = excerpt(exchange.text.strip(), READ_CHARACTERS)
    stated = _SEARCH.match(text)
    if stated:
        return stated["query"].strip(" .?!")
    if not is_question(text) or sum_in(text) or asks_about_memories(text) or asks_for_earlier(text):
        return ""
    material = Material(asked.sources, asked.memories, asked.instructions)
    return "" if grounded(exchange, material, "en") else question_of(exchange)


def _summary(query: str, text: str) -> str:
    return " ".join(one.text for one in compose(query, [text], max_sentences=SENTENCES))


def _today(ctx: Context) -> date:
    return datetime.fromtimestamp(ctx.clock.millis() / 1000, UTC).date()


def _day_of(kept: str, today: date) -> date | None:
    days = days_in(kept.rpartition(", ")[2], today)
    return days[0] if days else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


_FUNCTIONS: Mapping[str, Callable[[Context, Asked, Exchange, Found], None]] = {
    "OpenUrl": _open_urls,
    "Calendar": _keep_dates,
    "Code": _calculate,
    "WebSearch": _search_web,
}
"""By flag, in the order in which they run."""
