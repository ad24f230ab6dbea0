"""Our own server is recorded and replayed: the bytes are the same, but for placeholders of secrets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import files
from tests.unit.drift.altered import served
from tests.unit.playback.taping import PLACES, taped
from understudy.app import create_server
from understudy.playback import cassettes, imports
from understudy.playback.exports import har
from understudy.playback.player import Player
from understudy.settings import Settings

V: Any = {"x-api-key": "zut_understudy"}
A: Any = {"authorization": "Bearer sk-understudy"}
ASK: Any = {
    "model": "@openai/gpt-5-mini",
    "messages": [{"role": "user", "content": "Reply with exactly the word: PONG"}],
}
TEXT: Any = {
    "type": "core",
    "id": "lamp",
    "document_parts": [{"text": "The lamp runs for nine hours on one charge."}],
}
DOCX = files.KINDS["log.docx"]()
COLLECTION = "01941f29-7c00-7000-a000-000000000021"
CALLS: list[dict[str, Any]] = [
    {"method": "GET", "url": "/v2/corpora", "headers": V},
    {"method": "GET", "url": "/v2/corpora?limit=1", "headers": V},
    {
        "method": "POST",
        "url": "/v2/corpora",
        "headers": V,
        "json": {"key": "manual", "description": "Ünï\n" * 30},
    },
    {"method": "POST", "url": "/v2/corpora", "headers": V, "json": {"key": "manual"}},
    {"method": "POST", "url": "/v2/corpora", "headers": V, "json": {"key": "#"}},
    {"method": "GET", "url": "/v2/corpora/nowhere", "headers": V},
    {"method": "GET", "url": "/v2/corpora"},
    {"method": "GET", "url": "/v2/nowhere", "headers": V},
    {"method": "PUT", "url": "/v2/corpora", "headers": V},
    {"method": "POST", "url": "/v2/corpora/manual/documents", "headers": V, "json": TEXT},
    {
        "method": "POST",
        "url": "/v2/corpora/manual/upload_file",
        "headers": V,
        "files": {"file": ("log.docx", DOCX)},
    },
    {"method": "GET", "url": "/v2/corpora/manual/documents", "headers": V},
    {"method": "GET", "url": "/v2/corpora/manual/documents/lamp", "headers": V},
    {
        "method": "POST",
        "url": "/v2/corpora/manual/query",
        "headers": V,
        "json": {"query": "How long does it run?"},
    },
    {
        "method": "POST",
        "url": "/v2/corpora/manual/query",
        "headers": V,
        "json": {"query": "How long does it run?", "generation": {}},
    },
    {
        "method": "POST",
        "url": "/v2/corpora/manual/query",
        "headers": V,
        "json": {"query": "How long does it run?", "generation": {}, "stream_response": True},
    },
    {
        "method": "POST",
        "url": "/v2/chats",
        "headers": V,
        "json": {
            "query": "How long?",
            "search": {"corpora": [{"corpus_key": "manual"}]},
            "stream_response": True,
        },
    },
    {"method": "GET", "url": "/v2/chats", "headers": V},
    {
        "method": "POST",
        "url": "/v2/llms/chat/completions",
        "headers": V,
        "json": {**ASK, "model": "gpt-4o", "stream": True},
    },
    {
        "method": "POST",
        "url": "/v2/api_keys",
        "headers": V,
        "json": {"name": "k", "api_key_role": "serving", "corpus_keys": ["manual"]},
    },
    {
        "method": "POST",
        "url": "/oauth/token",
        "data": {
            "grant_type": "client_credentials",
            "client_id": "understudy",
            "client_secret": "understudy-secret",
        },
    },
    {
        "method": "POST",
        "url": "/oauth/token",
        "data": {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
    },
    {"method": "DELETE", "url": "/v2/corpora/manual/documents/lamp", "headers": V},
    {"method": "DELETE", "url": "/v2/corpora/manual", "headers": V},
    {"method": "GET", "url": "/v1/models", "headers": A},
    {"method": "POST", "url": "/v1/chat/completions", "headers": A, "json": ASK},
    {"method": "POST", "url": "/v1/chat/completions", "headers": A, "json": {**ASK, "stream": True}},
    {
        "method": "POST",
        "url": "/v1/chat/completions",
        "headers": A,
        "json": {"model": "nope", "messages": []},
    },
    {"method": "GET", "url": "/api/v1/collections?api-key=sk-understudy"},
    {"method": "POST", "url": "/api/v1/collections", "headers": A, "json": {"collectionName": "Lamps"}},
    {"method": "GET", "url": f"/api/v1/collections/{COLLECTION}/export.jsonl", "headers": A},
    {
        "method": "POST",
        "url": f"/api/v1/collections/{COLLECTION}/documents",
        "headers": A,
        "files": {"documents": ("d.jsonl", b'{"docid": "a", "text": "b"}\n')},
    },
    {
        "method": "PUT",
        "url": f"/api/v1/collections/{COLLECTION}/documents",
        "headers": A,
        "json": {"name": "d", "contents": "Text."},
    },
    {"method": "GET", "url": "/api/v1/accounts", "headers": {"authorization": "Bearer wrong-credential"}},
    {"method": "POST", "url": "/api/v1/query", "headers": A, "content": b"{"},
]


def play(url: str) -> list[tuple[int, str, bytes]]:
    """Status, content type and bytes of every call."""
    found = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for call in CALLS:
            answer = client.request(**call)
            found.append((answer.status_code, answer.headers.get("content-type", ""), answer.content))
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What our server answered through the recorder, and the file of the cassette."""
    server = create_server(Settings(log_format="none"))
    try:
        with served(server) as url, taped(url) as tape:
            answers = play(tape.url)
    finally:
        server.close()
    file = tmp_path_factory.mktemp("tapes") / "c.yaml"
    text = tape.cassette().text()
    assert tape.secrets.scan(text) == []
    file.write_text(text)
    return answers, file, tape


def fits(replayed: bytes, original: bytes) -> bool:
    """Whether bytes are the same but for placeholders."""
    pattern = re.sub(rb"<secret\\-\d+>", rb"[^\"]{4,}?", re.escape(replayed))
    return re.fullmatch(pattern, original, re.DOTALL) is not None


def test_the_calls_are_of_every_kind(recorded: Any) -> None:
    answers, _, _ = recorded
    assert len(CALLS) >= 25
    assert {status for status, _, _ in answers} >= {200, 201, 204, 400, 401, 404, 405, 409}
    kinds = {kind.partition(";")[0] for _, kind, _ in answers}
    assert kinds >= {"application/json", "text/event-stream"}
    assert len(kinds) >= 3


def test_the_replay_has_the_same_bytes(recorded: Any) -> None:
    answers, file, _ = recorded
    player = Player([cassettes.load(file)], PLACES, strict=True)
    with served(player) as url:
        replayed = play(url)
    assert not player.misses, [str(one) for one in player.misses]
    assert not player.unused
    changed = 0
    for call, (status, kind, body), (was, was_kind, original) in zip(CALLS, replayed, answers, strict=True):
        assert (status, kind) == (was, was_kind), call
        assert fits(body, original), (call, body, original)
        changed += body != original
    assert 0 < changed <= 4


def test_our_own_answers_keep_our_own_contract(recorded: Any) -> None:
    _, _, tape = recorded
    told = [
        one
        for exchange in tape.recorder.exchanges
        for one in exchange.violations
        if one.startswith("response")
    ]
    assert told == []


def test_by_way_of_har_the_bytes_are_the_same_too(recorded: Any, tmp_path: Path) -> None:
    _, file, _ = recorded
    cassette = cassettes.load(file)
    (tmp_path / "c.har").write_text(har(cassette))
    entries = [cassettes.entry_of(exchange) for _, exchange in imports.load(tmp_path / "c.har")]
    for entry, original in zip(entries, cassette.entries, strict=True):
        there, here = cassettes.exchange_of(original), cassettes.exchange_of(entry)
        assert (here.method, here.path, here.status) == (there.method, there.path, there.status)
        assert here.answer_body == there.answer_body
        assert [frame for _, frame in here.frames or ()] == [frame for _, frame in there.frames or ()]
