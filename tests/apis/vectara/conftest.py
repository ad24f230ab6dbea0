"""What the tests of this API share: a client, requests in one line, and the form of a refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.pytest_plugin import KEY, BackgroundServer, Understudy
from understudy.state.world import Worlds

FRAME = re.compile(rb"event:(\w+)\ndata:(\{[^\n]*\})\n\n")
HOUSE_MODELS = pytest.mark.understudy(fixture=str(Path(__file__).with_name("models.yaml")))
"""A world with models of its own, and with some of the usual ones switched off."""
REFUSAL_MEMBERS = {400: {"field_errors"}, 404: {"id"}}


@pytest.fixture
def api(understudy: Understudy) -> Iterator[httpx.Client]:
    """A client with the personal key of this test's world."""
    with understudy.client() as client:
        yield client


@pytest.fixture
def stranger(understudy: Understudy) -> Iterator[httpx.Client]:
    """A client without any credential."""
    with httpx.Client(base_url=understudy.url, timeout=30) as client:
        yield client


@pytest.fixture
def worlds(understudy_server: BackgroundServer) -> Worlds:
    return understudy_server.server.worlds


def make_corpus(api: httpx.Client, key: str, **settings: Any) -> dict[str, Any]:
    answer = api.post("/v2/corpora", json={"key": key, **settings})
    assert answer.status_code == 201, answer.text
    return answer.json()


def attribute(name: str, type: str = "text", level: str = "document", **more: Any) -> dict[str, Any]:
    return {"name": name, "level": level, "type": type, **more}


def core(id: str, *parts: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    """A core document; a part is its text or the whole part."""
    wanted = [{"text": part} if isinstance(part, str) else part for part in parts]
    return {"id": id, "type": "core", "document_parts": wanted, **more}


def structured(id: str, *sections: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    """A structured document; a section is its text or the whole section."""
    wanted = [{"text": one} if isinstance(one, str) else one for one in sections]
    return {"id": id, "type": "structured", "sections": wanted, **more}


def put(api: httpx.Client, corpus_key: str, document: dict[str, Any]) -> dict[str, Any]:
    """Index a document."""
    answer = api.post(f"/v2/corpora/{corpus_key}/documents", json=document)
    assert answer.status_code == 201, answer.text
    return answer.json()


def read(api: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = api.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(api: httpx.Client, corpus_key: str, text: str, **body: Any) -> dict[str, Any]:
    """Query one corpus by POST; `search` and `generation` as in the request."""
    answer = api.post(f"/v2/corpora/{corpus_key}/query", json={"query": text, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(api: httpx.Client, corpus_key: str, text: str, **search: Any) -> list[dict[str, Any]]:
    """The results of a query; `search` members as keywords."""
    return ask(api, corpus_key, text, search=search)["search_results"]


def ids(results: list[dict[str, Any]]) -> list[str]:
    return [result["document_id"] for result in results]


def texts(results: list[dict[str, Any]]) -> list[str]:
    return [result["text"] for result in results]


def all_pages(api: httpx.Client, path: str, member: str, **parameters: Any) -> list[list[dict[str, Any]]]:
    """Every page of a list, first to last."""
    pages, page_key = [], ""
    while True:
        answer = read(api, path, **parameters, **({"page_key": page_key} if page_key else {}))
        pages.append(answer[member])
        page_key = answer["metadata"]["page_key"]
        if not page_key:
            return pages


def refused(answer: httpx.Response, status: int, *fields: str) -> dict[str, Any]:
    """The body of a refusal, once its form is right; `fields` are all that a 400 names."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert set(body) == {"messages", "request_id", *REFUSAL_MEMBERS.get(status, set())}
    assert body["messages"]
    assert all(isinstance(text, str) and text for text in body["messages"])
    assert body["request_id"]
    if status == 400:
        assert body["field_errors"], body
        if fields:
            assert set(body["field_errors"]) == set(fields)
    return body


def streamed(
    api: httpx.Client, body: dict[str, Any], path: str = "/v2/corpora/handbook/query"
) -> list[dict[str, Any]]:
    """The events of a stream, once its framing is right to the byte."""
    answer = api.post(path, json={**body, "stream_response": True})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == "text/event-stream"
    frames = FRAME.findall(answer.content)
    assert b"".join(b"event:%b\ndata:%b\n\n" % frame for frame in frames) == answer.content
    events = [json.loads(data) for _, data in frames]
    assert [name.decode() for name, _ in frames] == [event["type"] for event in events]
    return events


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """The types in order, repeated ones once."""
    told = [event["type"] for event in events]
    return [kind for at, kind in enumerate(told) if not at or told[at - 1] != kind]


def begin_from(understudy_server: BackgroundServer, name: str, file: Path, text: str) -> httpx.Client:
    """A client of a new world that begins with what the fixture `text` says; `zut_understudy` is added."""
    keys = "api_keys: [{name: K, api_key_role: personal, secret_key: zut_understudy}]\n"
    file.write_text(keys + text)
    understudy_server.on_loop(lambda: understudy_server.server.worlds.create(name, fixture=str(file)))
    headers = {"x-api-key": f"{KEY}@{name}"}
    return httpx.Client(base_url=understudy_server.url, headers=headers, timeout=30)
