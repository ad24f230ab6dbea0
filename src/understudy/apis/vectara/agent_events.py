"""Agent events: what is said to agents, and what they did. Spec tag: Agent Sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.vectara import agent_compaction, agent_sessions, agent_store, agent_turns, errors
from understudy.apis.vectara.agent_log import MANUAL, Log, as_stream, events_of, hide, in_answer, visible
from understudy.apis.vectara.kinds import AGENT_SESSIONS
from understudy.apis.vectara.pages import page
from understudy.behaviours.extraction import kind_of
from understudy.engine.context import Context
from understudy.engine.multipart import FilePart
from understudy.engine.operation import operation
from understudy.engine.streaming import EventStream
from understudy.errors import BadRequest, Conflict, TooLarge
from understudy.state.lifecycle import looked_at, share_done
from understudy.state.store import Record

Json = dict[str, Any]

LONGEST_MESSAGE = 200_000
"""Characters of one text for an agent (guess: there is a limit, and nobody tells it)."""
LARGEST_FILE = 10 * 1024 * 1024
"""Bytes of one file, as for the upload into a corpus (guess)."""
IMAGES: Mapping[str, str] = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
}  # fmt: skip
DOCUMENTS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "epub": "application/epub+zip",
    "rtf": "application/rtf",
    "html": "text/html",
    "htm": "text/html",
    "txt": "text/plain",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "md": "text/markdown",
}
"""Files that agents take, by the extension of their name."""


@operation("listAgentEvents")
def list_agent_events(
    ctx: Context,
    agent_key: str,
    session_key: str,
    *,
    limit: int,
    page_key: str | None = None,
    include_hidden: bool = False,
) -> Json:
    agent_sessions.find(ctx, agent_key, session_key)
    events = events_of(ctx.world, agent_key, session_key)
    records = events.records() if include_hidden else visible(events)
    shown, metadata = page(ctx, records, limit, page_key, include_hidden)
    return {"events": shown, "metadata": metadata}


@operation("getAgentEvent")
def get_agent_event(ctx: Context, agent_key: str, session_key: str, event_id: str) -> Json:
    agent_sessions.find(ctx, agent_key, session_key)
    return events_of(ctx.world, agent_key, session_key).get(event_id)


@operation("deleteAgentEvent")
def delete_agent_event(ctx: Context, agent_key: str, session_key: str, event_id: str) -> None:
    agent_sessions.find(ctx, agent_key, session_key)
    events_of(ctx.world, agent_key, session_key).remove(event_id)


@operation("hideAgentEvent")
def hide_agent_event(ctx: Context, agent_key: str, session_key: str, event_id: str) -> Json:
    """One that a summary has replaced stays hidden for that reason."""
    agent_sessions.find(ctx, agent_key, session_key)
    events = events_of(ctx.world, agent_key, session_key)
    if events.record(event_id).private.get("hidden"):
        return events.get(event_id)
    return hide(events, event_id, MANUAL)


@operation("unhideAgentEvent")
def unhide_agent_event(ctx: Context, agent_key: str, session_key: str, event_id: str) -> Json:
    agent_sessions.find(ctx, agent_key, session_key)
    events = events_of(ctx.world, agent_key, session_key)
    return events.replace(events.get(event_id), hidden="")


@operation("createAgentInput")
def create_agent_input(
    ctx: Context, agent_key: str, session_key: str, body: Json
) -> tuple[Json, int] | EventStream:
    session = agent_sessions.find(ctx, agent_key, session_key)
    agent_store.usable(ctx.store, agent_key)
    if not session.value["enabled"]:
        raise BadRequest({"path.session_key": f"{AGENT_SESSIONS.title(session_key)} is disabled"})
    earlier = _since(ctx, session, body)
    kind = body.get("type", "input_message")
    welcome = kind == "interrupt" or (kind == "input_message" and "behavior" in body)
    if _is_busy(ctx, session) and not welcome:
        refusal = Conflict(f"{AGENT_SESSIONS.title(session_key)} is busy; send a behavior, or interrupt it")
        return errors.body(refusal, ctx.call), refusal.status  # not raised: this input counts as a look
    told = [*earlier, *_INPUTS[kind](ctx, session, body)]
    if body.get("stream_response"):
        return EventStream(as_stream(told), 201)
    return {"events": in_answer(told), "session_key": session_key}, 201


def _since(ctx: Context, session: Record[Json], body: Mapping[str, Any]) -> list[Json]:
    """The events that the caller has missed: those behind the one it names, or all of them."""
    if "since" not in body:
        return []
    told = [record.value for record in visible(_events(ctx, session))]
    if body["since"] == "start":
        return told
    ids = [event["id"] for event in told]
    if body["since"] not in ids:
        raise BadRequest({"body.since": "is not start, and no visible event of the session"})
    return told[ids.index(body["since"]) + 1 :]


def _events(ctx: Context, session: Record[Json]) -> Any:
    return events_of(ctx.world, session.value["agent_key"], session.value["key"])


def _message(ctx: Context, session: Record[Json], body: Json) -> list[Json]:
    messages = _messages(body)
    agent_key, session_key = session.value["agent_key"], session.value["key"]
    now = ctx.clock.millis()
    uploads = _uploads(ctx, session, body)
    told = agent_turns.take(ctx, agent_key, session_key, messages, now, uploads).told
    busy = ctx.world.lifecycle.dial("agent_turns").begun(now)
    sessions = agent_store.sessions_of(ctx.store, agent_key)
    sessions.replace(sessions.get(session_key), busy=busy, active=now)
    return told


def _messages(body: Json) -> list[Json]:
    """What is said, whether as JSON or in a form."""
    if "files" not in body and "messages" not in body and not body.get("message"):
        raise BadRequest({"body.files": "is required, or message"})
    text = body.get("message")
    messages: list[Json] = body.get("messages") or ([{"type": "text", "content": text}] if text else [])
    for number, part in enumerate(messages):
        place = "body.message" if text else f"body.messages[{number}].content"
        if part["type"] == "text" and not part["content"].strip():
            raise BadRequest({place: "is empty"})
        if len(part.get("content", "")) > LONGEST_MESSAGE:
            raise BadRequest({place: f"has more than {LONGEST_MESSAGE} characters"})
    return messages


def _uploads(ctx: Context, session: Record[Json], body: Json) -> list[Json]:
    """Keep the files of a form; 400 for one of a kind that agents do not take."""
    files: Sequence[FilePart] = body.get("files", ())
    artifacts = agent_store.artifacts_of(ctx.world, session.value["agent_key"], session.value["key"])
    types = [_media_type(file, number) for number, file in enumerate(files)]
    kept = []
    for file, media_type in zip(files, types, strict=True):
        name = (file.filename or "file").replace("\\", "/").rpartition("/")[2] or "file"
        made = agent_store.keep(ctx.world, artifacts, name, media_type, file.content, ctx.clock.millis())
        kept.append(agent_store.reference(made))
    return kept


def _media_type(file: FilePart, number: int) -> str:
    if len(file.content) > LARGEST_FILE:
        raise TooLarge(f"files[{number}] has {len(file.content)} bytes, {LARGEST_FILE} are allowed")
    _, dot, extension = (file.filename or "").rpartition(".")
    known = {**DOCUMENTS, **IMAGES}
    found = known.get(extension.lower()) if dot else None
    media = (file.content_type or "").partition(";")[0].strip().lower()
    if found is None and media in known.values():
        found = media
    if found is None and kind_of((file.filename or "",), None) is not None:
        found = "text/plain"
    if found is None:
        place = f"body.files[{number}]"
        raise BadRequest({place: f"is '{file.filename or media}'; agents take {', '.join(known)}"})
    return found


def _is_busy(ctx: Context, session: Record[Json]) -> bool:
    """Whether the last turn still runs, after the dial `agent_turns`; every input is a look at it."""
    busy = session.private.get("busy")
    if busy is None:
        return False
    progress = looked_at(busy)
    done = share_done(progress, ctx.clock.millis()) >= 1
    sessions = agent_store.sessions_of(ctx.store, session.value["agent_key"])
    sessions.replace(session.value, busy=None if done else progress)
    return not done


def _interrupt(ctx: Context, session: Record[Json], body: Json) -> list[Json]:
    """Cancel the turn that runs; what it has done stays. Without one nothing happens (guess)."""
    sessions = agent_store.sessions_of(ctx.store, session.value["agent_key"])
    if sessions.record(session.value["key"]).private.get("busy") is None:
        return []
    sessions.replace(session.value, busy=None)
    log = _log(ctx, session)
    log.tell("session_interrupted")
    return log.told


def _compact(ctx: Context, session: Record[Json], body: Json) -> list[Json]:
    log, config = _log(ctx, session), session.value["effective_compaction"]
    records = log.visible()
    last = body.get("compact_up_to_event_id")
    if last is not None:
        ids = [record.value["id"] for record in records]
        if last not in ids:
            raise BadRequest({"body.compact_up_to_event_id": f"no visible event '{last}' in this session"})
        records = records[: ids.index(last) + 1]
    if not records:
        raise BadRequest({"body.type": "the session has nothing to sum up"})
    agent_compaction.compact(ctx.world, log, records, config)
    return log.told


def _log(ctx: Context, session: Record[Json]) -> Log:
    return Log(ctx.world, session.value["agent_key"], session.value["key"], ctx.clock.millis())


_INPUTS = {"input_message": _message, "interrupt": _interrupt, "compact": _compact}
