"""The catalogue of faults: each one says at which operation of a family it can be, and what it does there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from tests.contract.mutants.middle import Act, Answer, Asked, Forward, Site
from understudy.conformance import lifecycles
from understudy.conformance.lifecycles import Family, member

Change = Callable[[Site, Asked, Answer], Answer]
CREATE, READ, UPDATE, LIST, DELETE, COUNT, STREAM = (
    "create", "read", "update", "list", "delete", "count", "stream",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A fault.

    Args:
        role: which operation of a family it is at, or `stream`.
        fits: whether a family can have it.
    """

    name: str
    role: str
    act: Act
    fits: Callable[[Family, Site], bool] = lambda family, site: True


def _answers(change: Change) -> Act:
    """A fault that changes what the operation answers."""

    async def act(site: Site, asked: Asked, forward: Forward) -> Answer:
        answer = await forward(asked)
        return change(site, asked, answer) if asked.id == site.operation else answer

    return act


def _good(change: Callable[[Site, Asked, Any], Any]) -> Act:
    """A fault that changes the body of a success."""

    def changed(site: Site, asked: Asked, answer: Answer) -> Answer:
        if not answer.good or not answer.is_json:
            return answer
        return answer.saying(change(site, asked, answer.json()))

    return _answers(changed)


def _told(change: Callable[[Site, Asked, Answer], Answer], *statuses: int) -> Act:
    """A fault in how some statuses are told; those of refusals count when they end so."""
    return _answers(lambda site, asked, a: change(site, asked, a) if a.status in statuses else a)


def _success(change: Callable[[Site, Asked, Answer], Answer]) -> Act:
    return _answers(lambda site, asked, a: change(site, asked, a) if a.good else a)


# Bodies that break their schema.
def _containers(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value, the outer ones first; of arrays the first element."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _containers(inner)
    elif isinstance(value, list) and value:
        yield from _containers(value[0])


def _breaking(change: Callable[[dict[str, Any], str], None]) -> Act:
    """Change the first member whose change breaks the schema."""

    def changed(site: Site, asked: Asked, answer: Answer) -> Answer:
        media = site.contract.operations[site.operation].documents(answer.status) or {}
        check = media.get("application/json")
        if not answer.good or not answer.is_json or check is None:
            return answer
        healthy = answer.json()
        for at, container in enumerate(_containers(healthy)):
            for name in container or {"": None}:
                copy = deepcopy(healthy)
                change(list(_containers(copy))[at], name)
                if not check.accepts(copy):
                    return answer.saying(copy)
        return answer

    return _answers(changed)


def _lose(container: dict[str, Any], name: str) -> None:
    container.pop(name, None)


def _retype(container: dict[str, Any], name: str) -> None:
    if name:
        container[name] = {"value": 1} if isinstance(container[name], str | int | float) else "text"


def _null(container: dict[str, Any], name: str) -> None:
    if name:
        container[name] = None


def _word(container: dict[str, Any], name: str) -> None:
    if isinstance(container.get(name), str):
        container[name] = "no-such-word"


def _extra(container: dict[str, Any], name: str) -> None:
    container["surplus"] = 1


# Lists and counts.
def _rows(site: Site, value: Any) -> list[Any]:
    items = site.family.list.get("items", "") if site.family else ""
    rows = member(value, items) if items else value
    return rows if isinstance(rows, list) else []


def _ends(value: Any) -> bool:
    """Whether faults of ends of pages show here: a page that has a next, or a list without pages."""
    return not isinstance(value, dict) or "metadata" not in value or bool(value["metadata"].get("page_key"))


def _lose_row(site: Site, asked: Asked, value: Any) -> Any:
    if _ends(value) and (rows := _rows(site, value)):
        rows.pop()
    return value


def _double_row(site: Site, asked: Asked, value: Any) -> Any:
    if _ends(value) and (rows := _rows(site, value)):
        rows.append(rows[-1])
    return value


async def _unlimited(site: Site, asked: Asked, forward: Forward) -> Answer:
    answer = await forward(asked)
    if asked.id == site.operation and answer.good and "limit" in dict(asked.query):
        return await forward(asked.without("limit"))
    return answer


async def _unfiltered(site: Site, asked: Asked, forward: Forward) -> Answer:
    answer = await forward(asked)
    name = site.family.list["filter"] if site.family else ""
    if asked.id == site.operation and answer.good and name in dict(asked.query):
        return await forward(asked.without(name))
    return answer


async def _first_page(site: Site, asked: Asked, forward: Forward) -> Answer:
    """The page after the first one is the first one again, and the last."""
    answer = await forward(asked)
    if asked.id == site.operation and answer.good and "page_key" in dict(asked.query):
        again = await forward(asked.without("page_key"))
        value = again.json()
        if isinstance(value, dict) and "metadata" in value:
            value["metadata"]["page_key"] = ""
        return again.saying(value)
    return answer


def _counted(site: Site, asked: Asked, value: Any) -> Any:
    for spec in site.family.counts if site.family else ():
        if spec["operation"] != site.operation:
            continue
        rows = value if "row" in spec else [value]
        for row in rows if isinstance(rows, list) else ():
            *path, last = spec["member"].split(".")
            inner = member(row, ".".join(path)) if path else row
            if isinstance(inner, dict) and isinstance(inner.get(last), int):
                inner[last] += 1
    return value


# What is written is not what is kept.
def _key_of(site: Site, asked: Asked) -> str:
    family = site.family
    if family is None or asked.operation is None:
        return ""
    path = site.contract.values(asked.operation, asked.scope["path"])
    return path.get(family.path) or dict(asked.query).get(family.path, "")


async def _keep(site: Site, asked: Asked, forward: Forward) -> Answer:
    """A delete says that it is done and does nothing."""
    if asked.id != site.operation or site.family is None:
        answer = await forward(asked)
        if site.family and asked.id == site.family.create["operation"] and answer.good:
            site.memory.setdefault("made", set()).add(site.family.made_by(_exchange(asked, answer)))
        return answer
    if _key_of(site, asked) not in site.memory.get("made", ()) and not site.family.find:
        return await forward(asked)
    if any(name in asked.headers and asked.headers[name] == v for name, v in site.owner.items()):
        status = site.contract.operations[site.operation].success
        empty = status == 204
        said = b"" if empty else json.dumps({"message": "Deleted.", "data": None}).encode()
        return Answer(status, {} if empty else {"content-type": "application/json"}, said)
    return await forward(asked)


async def _deaf(site: Site, asked: Asked, forward: Forward) -> Answer:
    """An update forgets the last member that it is told."""
    body = asked.json()
    skipped = {*(site.family.update.get("unechoed", ()) if site.family else ()), "type"}
    names = [name for name in body if name not in skipped] if isinstance(body, dict) else []
    if asked.id == site.operation and names:
        return await forward(asked.saying({k: v for k, v in body.items() if k != names[-1]}))
    return await forward(asked)


async def _meddle(site: Site, asked: Asked, forward: Forward) -> Answer:
    """After an update another text of the thing has changed too."""
    answer = await forward(asked)
    family = site.family
    if family is None or not answer.good:
        return answer
    key = _key_of(site, asked)
    if asked.id == site.operation and isinstance(asked.json(), dict):
        site.memory[key] = set(family.told(asked.json()))
    elif asked.id == family.read and key in site.memory and answer.is_json:
        value = answer.json()
        fixed = {family.key, *family.volatile, *family.update.get("changes", ()), *site.memory[key]}
        for name, told in value.items():
            if name not in fixed and isinstance(told, str | bool):
                return answer.saying({**value, name: not told if isinstance(told, bool) else told + "!"})
    return answer


async def _differ(site: Site, asked: Asked, forward: Forward) -> Answer:
    """What is created has another text than what was asked for."""
    body = asked.json()
    family = site.family
    if asked.id != site.operation or family is None or not isinstance(body, dict):
        return await forward(asked)
    for name in reversed(body):
        told = isinstance(body[name], str) and name not in ("type", *family.unechoed)
        if told and family.renamed.get(name, name) != family.key:
            return await forward(asked.saying({**body, name: body[name] + "x"}))
    return await forward(asked)


async def _other_thing(site: Site, asked: Asked, forward: Forward) -> Answer:
    """A read shows the thing that was read before."""
    answer = await forward(asked)
    if asked.id != site.operation or not answer.good:
        return answer
    before: Answer = site.memory.setdefault("before", answer)
    return before


async def _taken(site: Site, asked: Asked, forward: Forward) -> Answer:
    """A create with a key that is taken answers like the first one."""
    answer = await forward(asked)
    if asked.id != site.operation:
        return answer
    key = asked.body.hex()
    if answer.good:
        site.memory[key] = answer
    before: Answer = site.memory.get(key, answer)
    return before if answer.status in (400, 409) else answer


def _exchange(asked: Asked, answer: Answer) -> Any:
    from understudy.conformance.findings import Exchange

    return Exchange(asked.id, asked.scope["method"], "", asked.query, answer=answer.body)


async def _twice(site: Site, asked: Asked, forward: Forward) -> Answer:
    """Deleting what is gone succeeds."""
    answer = await forward(asked)
    if asked.id != site.operation or answer.status not in (404, site.contract.operations[asked.id].success):
        return answer
    said: Answer = site.memory.setdefault("said", answer) if answer.good else site.memory.get("said", answer)
    return said


async def _still_listed(site: Site, asked: Asked, forward: Forward) -> Answer:
    """A list goes on showing what was deleted."""
    family = site.family
    answer = await forward(asked)
    if family is None or not answer.good:
        return answer
    gone: set[str] = site.memory.setdefault("gone", set())
    rows: dict[str, Any] = site.memory.setdefault("rows", {})
    if asked.id == family.delete:
        gone.add(_key_of(site, asked))
    if asked.id == family.list["operation"] and answer.is_json:
        value = answer.json()
        found = _rows(site, value)
        rows |= {str(row.get(family.key)): row for row in found}
        found += [rows[key] for key in sorted(gone & rows.keys())]
        return answer.saying(value)
    return answer


def _deletes_of_parents(family: Family, site: Site) -> set[str]:
    known = lifecycles.families(site.contract.name)
    above = [known[name] for name in family.parents.values()]
    deletes = {one.delete for one in above if one.delete}
    return deletes.union(*(_deletes_of_parents(one, site) for one in above))


async def _orphans(site: Site, asked: Asked, forward: Forward) -> Answer:
    """What was read once can be read when its parent is gone."""
    family = site.family
    answer = await forward(asked)
    if family is None:
        return answer
    if asked.id in _deletes_of_parents(family, site) and answer.good:
        site.memory["over"] = True
    if asked.id == family.read and answer.good:
        site.memory[asked.scope["path"]] = answer
    if asked.id != family.read or not site.memory.get("over"):
        return answer
    before: Answer = site.memory.get(asked.scope["path"], answer)
    return before


# Refusals.
def _fall(site: Site, asked: Asked, answer: Answer) -> Answer:
    return Answer(500, {"content-type": "text/plain"}, b"Internal Server Error")


def _bare(site: Site, asked: Asked, answer: Answer) -> Answer:
    return answer.saying({"oops": True})


def _fieldless(site: Site, asked: Asked, answer: Answer) -> Answer:
    return answer.saying({k: v for k, v in answer.json().items() if k != "field_errors"})


async def _accept(site: Site, asked: Asked, forward: Forward) -> Answer:
    """A request that is refused for what it says gets the answer of one that was not."""
    answer = await forward(asked)
    if asked.id == site.operation and answer.good:
        site.memory["good"] = answer
    if asked.id != site.operation or answer.status != 400:
        return answer
    before: Answer = site.memory.get("good", answer)
    return before


async def _refuse(site: Site, asked: Asked, forward: Forward) -> Answer:
    """Every second good request is refused."""
    site.memory["number"] = site.memory.get("number", 0) + (asked.id == site.operation)
    answer = await forward(asked)
    if asked.id != site.operation or site.memory["number"] % 2 or not answer.good:
        return answer
    form = {"vectara": {"messages": ["no"], "field_errors": {"body": "no"}}}
    return answer.saying(form.get(site.contract.name, {"error": "no", "details": None}), 400)


# Credentials.
def _presents(site: Site, asked: Asked) -> bool:
    return any(name in asked.headers for name in ("x-api-key", "authorization"))


async def _open(site: Site, asked: Asked, forward: Forward) -> Answer:
    if asked.id == site.operation and not _presents(site, asked):
        return await _shown(site, asked, forward)
    return await forward(asked)


async def _gullible(site: Site, asked: Asked, forward: Forward) -> Answer:
    answer = await forward(asked)
    if asked.id == site.operation and answer.status == 401 and _presents(site, asked):
        return await _shown(site, asked, forward)
    return answer


async def _generous(site: Site, asked: Asked, forward: Forward) -> Answer:
    answer = await forward(asked)
    if asked.id == site.operation and answer.status == 403:
        return await _shown(site, asked, forward)
    return answer


async def _shown(site: Site, asked: Asked, forward: Forward) -> Answer:
    return await forward(asked.as_caller(site.owner))


async def _neighbourly(site: Site, asked: Asked, forward: Forward) -> Answer:
    """Another account gets what belongs to the first one."""
    answer = await forward(asked)
    stranger = _presents(site, asked) and not site.owner.items() <= asked.headers.items()
    if asked.id == site.operation and answer.status == 404 and stranger:
        return await _shown(site, asked, forward)
    return answer


# Streams.
def _streamed(change: Callable[[list[bytes]], list[bytes]]) -> Act:
    def changed(site: Site, asked: Asked, answer: Answer) -> Answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            return answer
        events = [event for event in answer.body.split(b"\n\n") if event]
        return Answer(answer.status, answer.headers, b"\n\n".join(change(events)) + b"\n\n")

    return _answers(changed)


def _swap(events: list[bytes]) -> list[bytes]:
    return [events[-2], *events[:-2], events[-1]]


def _end_first(events: list[bytes]) -> list[bytes]:
    return [events[-1], *events[:-1]]


def _broken_event(events: list[bytes]) -> list[bytes]:
    data = json.loads(events[0].partition(b"data:")[2])
    field = "type" if "type" in data else "choices"
    data[field] = 7
    head = events[0].partition(b"data:")[0]
    return [head + b"data: " + json.dumps(data).encode(), *events[1:]]


def _half_event(events: list[bytes]) -> list[bytes]:
    return [*events[:-2], events[-2][: len(events[-2]) // 2], events[-1]]


def _other_text(events: list[bytes]) -> list[bytes]:
    told = [b"generation_chunk", b'"content": "', b'"content":"']
    for at, event in enumerate(events):
        if any(mark in event for mark in told) and b"user_message" not in event and at:
            data = json.loads(event.partition(b"data:")[2])
            if _retold(data):
                out = event.partition(b"data:")[0] + b"data: " + json.dumps(data).encode()
                return [*events[:at], out, *events[at + 1 :]]
    return events


def _retold(data: dict[str, Any]) -> bool:
    """Say something else, where an event has a piece of text."""
    for holder, name in (
        (data, "generation_chunk"),
        (data if data.get("type") == "streaming_agent_output" else {}, "content"),
        (member(data, "choices.0.delta") or {}, "content"),
    ):
        if holder.get(name):
            holder[name] = holder[name][::-1] + "?"
            return True
    return False


def _has(name: str) -> Callable[[Family, Site], bool]:
    return lambda family, site: bool(getattr(family, name))


def _paged(family: Family, site: Site) -> bool:
    return bool(family.list.get("paged", True))


def _secured(family: Family, site: Site) -> bool:
    return site.contract.operations[site.operation].secured


def _documents(status: int) -> Callable[[Family, Site], bool]:
    return lambda family, site: str(status) in site.contract.operations[site.operation].answers


def _takes_body(family: Family, site: Site) -> bool:
    content = site.contract.operations[site.operation].raw.get("requestBody", {}).get("content", {})
    return "application/json" in content and _secured(family, site)


def _text_body(family: Family, site: Site) -> bool:
    keys = [k for k, v in family.create.get("body", {}).items() if isinstance(v, str)]
    return any(k not in ("type", *family.unechoed) and family.renamed.get(k, k) != family.key for k in keys)


def _all(*conditions: Callable[[Family, Site], bool]) -> Callable[[Family, Site], bool]:
    return lambda family, site: all(condition(family, site) for condition in conditions)


def _is(api: str) -> Callable[[Family, Site], bool]:
    return lambda family, site: site.contract.name == api


def _word_in(family: Family, site: Site) -> bool:
    return family.name in _WORDS


_WORDS = frozenset({
    "documents", "agents", "instructions", "tools", "api_keys", "llms", "tool_servers", "agent_events",
    "tool_configurations", "memories", "web_chats",
})  # fmt: skip
"""Families whose answers have members with a list of words."""


def _told_besides(family: Family, site: Site) -> bool:
    """Whether a read tells a text besides the key and what an update changes."""
    texts = [name for name, value in family.create.get("body", {}).items() if isinstance(value, str | bool)]
    shown = {family.renamed.get(name, name) for name in texts if name not in family.unechoed}
    return bool(shown - {family.key})


def _several_changes(family: Family, site: Site) -> bool:
    skipped = ("type", *family.update.get("unechoed", ()))
    return any(name not in skipped for name in family.update.get("body", {}))


def _status(status: int) -> Change:
    return lambda site, asked, answer: replace(answer, status=status)


def _plain(site: Site, asked: Asked, answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, "content-type": "text/plain"})


def _cut(site: Site, asked: Asked, answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _empty(site: Site, asked: Asked, answer: Answer) -> Answer:
    return answer.saying({}, 200)


def _json_answer(family: Family, site: Site) -> bool:
    operation = site.contract.operations[site.operation]
    return "application/json" in (operation.documents(operation.success) or {})


def _with_member(name: str) -> Callable[[Family, Site], bool]:
    return lambda family, site: family.name == name


FAULTS: tuple[Fault, ...] = (
    Fault("other-success", CREATE, _success(_status(202))),
    Fault("undocumented-status", READ, _success(_status(418))),
    Fault("undocumented-status", LIST, _success(_status(206))),
    Fault("undocumented-refusal", READ, _told(_status(410), 404)),
    Fault("missing-member", READ, _breaking(_lose), _json_answer),
    Fault("missing-member", LIST, _breaking(_lose), _json_answer),
    Fault("missing-member", CREATE, _breaking(_lose), _json_answer),
    Fault("wrong-type", READ, _breaking(_retype), _json_answer),
    Fault("wrong-type", LIST, _breaking(_retype), _json_answer),
    Fault("null", READ, _breaking(_null), _json_answer),
    Fault("null", LIST, _breaking(_null), _json_answer),
    Fault("outside-enum", READ, _breaking(_word), _word_in),
    Fault("extra-member", READ, _breaking(_extra), _with_member("tool_configurations")),
    Fault("wrong-media-type", READ, _success(_plain), _json_answer),
    Fault("wrong-media-type", LIST, _success(_plain), _json_answer),
    Fault("cut-body", READ, _success(_cut), _json_answer),
    Fault("list-loses", LIST, _good(_lose_row)),
    Fault("list-doubles", LIST, _good(_double_row)),
    Fault("limit-ignored", LIST, _unlimited, _paged),
    Fault("page-key-ignored", LIST, _first_page, _paged),
    Fault("filter-ignored", LIST, _unfiltered, lambda family, site: "filter" in family.list),
    Fault("wrong-count", COUNT, _good(_counted)),
    Fault("delete-does-nothing", DELETE, _keep),
    Fault("delete-succeeds-twice", DELETE, _twice),
    Fault("deleted-is-listed", DELETE, _still_listed, _has("list")),
    Fault("update-forgets", UPDATE, _deaf, _several_changes),
    Fault("update-changes-more", UPDATE, _meddle, _all(_has("read"), _told_besides)),
    Fault("create-differs", CREATE, _differ, _text_body),
    Fault("read-shows-another", READ, _other_thing),
    Fault("conflict-accepted", CREATE, _taken, _has("conflict")),
    Fault(
        "outlives-parent",
        READ,
        _orphans,
        lambda family, site: family.cascades and bool(_deletes_of_parents(family, site)),
    ),
    Fault("falls-over-bad-input", CREATE, _told(_fall, 400), _takes_body),
    Fault("falls-over-bad-input", UPDATE, _told(_fall, 400), _takes_body),
    Fault("falls-over-unknown", READ, _told(_fall, 404)),
    Fault("bare-refusal", CREATE, _told(_bare, 400), _takes_body),
    Fault("bare-refusal", READ, _told(_bare, 404)),
    Fault("no-field-errors", CREATE, _told(_fieldless, 400), _all(_is("vectara"), _takes_body)),
    Fault("unknown-is-empty", READ, _told(_empty, 404)),
    Fault("invalid-accepted", CREATE, _accept, _takes_body),
    Fault("invalid-accepted", UPDATE, _accept, _takes_body),
    Fault("valid-refused", CREATE, _refuse),
    Fault("no-key-accepted", LIST, _open, _secured),
    Fault("no-key-accepted", DELETE, _open, _secured),
    Fault("wrong-key-accepted", READ, _gullible, _secured),
    Fault("wrong-key-accepted", UPDATE, _gullible, _secured),
    Fault("weak-key-accepted", LIST, _generous, _secured),
    Fault("weak-key-accepted", DELETE, _generous, _secured),
    Fault("other-account-reads", READ, _neighbourly, _secured),
    Fault("other-account-deletes", DELETE, _neighbourly, _secured),
    Fault("other-account-updates", UPDATE, _neighbourly, _secured),
    Fault("stream-out-of-order", STREAM, _streamed(_swap)),
    Fault("stream-end-first", STREAM, _streamed(_end_first)),
    Fault("stream-without-end", STREAM, _streamed(lambda events: events[:-1])),
    Fault("stream-invalid-event", STREAM, _streamed(_broken_event)),
    Fault("stream-cut-event", STREAM, _streamed(_half_event)),
    Fault("stream-other-text", STREAM, _streamed(_other_text)),
)
