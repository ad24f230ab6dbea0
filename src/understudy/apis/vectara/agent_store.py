"""What agents keep: their sessions, and the artifacts of each."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from understudy.apis.vectara import agent_compaction
from understudy.apis.vectara.agent_log import events_of
from understudy.apis.vectara.keys import new_key
from understudy.apis.vectara.kinds import AGENT_SESSIONS, AGENTS, ARTIFACTS
from understudy.errors import Forbidden
from understudy.state.clock import stamp
from understudy.state.store import Record, Store, Table
from understudy.state.world import World

Json = dict[str, Any]

STEM_LENGTH, SUFFIX_LENGTH = 24, 4
"""Characters of an artifact's id that come from the name of its file, and hex digits behind (samples)."""
_REFERENCE = ("artifact_id", "filename", "mime_type", "size_bytes")


def sessions_of(store: Store, agent_key: str) -> Table[Json]:
    return store.table(AGENT_SESSIONS, agent_key)


def usable(store: Store, agent_key: str) -> Json:
    """An agent to talk to; 403 when it is disabled (guess)."""
    agent = store.table(AGENTS).get(agent_key)
    if not agent["enabled"]:
        raise Forbidden(f"{AGENTS.title(agent_key)} is disabled")
    return agent


def make(world: World, agent: Mapping[str, Any], body: Mapping[str, Any], now: int, **private: Any) -> Json:
    """A new session; `private` holds the agent for which a sub-agent works."""
    sessions = sessions_of(world.store, agent["key"])
    name = body.get("name") or body.get("key") or agent["name"]
    session: Json = {
        "key": body.get("key") or new_key(world, "ase", name, sessions),
        "agent_key": agent["key"],
        "name": name,
    }
    if "description" in body:
        session["description"] = body["description"]
    session |= {
        "metadata": body.get("metadata", {}),
        "enabled": body.get("enabled", True),
        "tti_minutes": body.get("tti_minutes", 0),
        "current_step_name": agent["first_step_name"],
        "effective_compaction": agent_compaction.effective(agent),
        "created_at": stamp(now),
    }
    return sessions.add(session, active=now, **private)


def remove(world: World, agent_key: str, session_key: str) -> None:
    """Take a session away with all that is in it."""
    events_of(world, agent_key, session_key).clear()
    artifacts_of(world, agent_key, session_key).clear()
    sessions_of(world.store, agent_key).remove(session_key)


def forget(world: World, agent_key: str) -> None:
    """Take every session of an agent away."""
    for session_key in sessions_of(world.store, agent_key).keys():  # noqa: SIM118 - a copy; it is no dict
        remove(world, agent_key, session_key)


def artifacts_of(world: World, agent_key: str, session_key: str) -> Table[Json]:
    return world.store.table(ARTIFACTS, agent_key, session_key)


def keep(
    world: World,
    artifacts: Table[Json],
    filename: str,
    mime_type: str,
    content: bytes,
    now: int,
    **members: Any,
) -> Json:
    """Keep a new file in a session."""
    artifact = {
        "artifact_id": members.get("artifact_id") or _new_id(world, artifacts, filename),
        "filename": filename,
        "mime_type": mime_type,
        "size_bytes": len(content),
        "checksum_sha256": sha256(content).hexdigest(),
        "metadata": {},
        **members,
        "created_at": stamp(now),
        "updated_at": stamp(now),
    }
    return artifacts.add(artifact, data=b64encode(content).decode())


def copy(source: Record[Json], artifacts: Table[Json]) -> None:
    """Put the same file into another session, under the same id; one that is there stays."""
    if source.value["artifact_id"] not in artifacts:
        artifacts.add(source.value, **source.private)


def content_of(record: Record[Json]) -> bytes:
    return b64decode(record.private["data"])


def text_of(record: Record[Json]) -> str | None:
    """The content as text, None when it is none."""
    try:
        text = content_of(record).decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def reference(artifact: Json) -> Json:
    """An artifact as events name it."""
    return {member: artifact[member] for member in _REFERENCE}


def _new_id(world: World, artifacts: Table[Json], filename: str) -> str:
    """`art_minutes_3fa9` for minutes.txt."""
    name = filename.rpartition(".")[0] or filename
    stem = re.sub(r"[^0-9a-z]+", "_", name.lower())[:STEM_LENGTH].strip("_") or "file"
    while (found := f"art_{stem}_{world.ids.hexadecimal('artifact', SUFFIX_LENGTH)}") in artifacts:
        continue
    return found
