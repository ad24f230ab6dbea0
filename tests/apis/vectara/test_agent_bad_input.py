"""Hostile input to agents: answered in time and in the envelope, and the world stays whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import files
from tests.apis.vectara.conftest import read, refused
from tests.apis.vectara.talking import (
    answered,
    artifacts,
    begin,
    failure,
    history,
    make_agent,
    message,
    outputs,
    say,
    send,
    types,
    upload,
)
from understudy.pytest_plugin import Understudy

Json = dict[str, Any]
SECONDS = 8
"""What one answer may take, on a machine that does other things as well."""


@pytest.fixture(autouse=True)
def alive(understudy: Understudy, api: httpx.Client) -> Iterator[None]:
    """After every test the server answers, nothing was a fault of it, and no answer took long."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 4 * SECONDS
    assert all(entry["status"] < 500 for entry in understudy.journal())
    read(api, "/v2/agents/front-desk/sessions/monday")


def answer_in_time(api: httpx.Client, session: str, body: Json) -> httpx.Response:
    began = time.monotonic()
    answer = api.post(f"{session}/events", json=body)
    assert time.monotonic() - began < SECONDS
    return answer


def instructing(api: httpx.Client, template: str) -> str:
    return begin(
        api, make_agent(api, step={"instructions": [{"type": "inline", "name": "t", "template": template}]})
    )


@pytest.mark.parametrize(
    "template",
    [
        "#foreach($a in [1..1000])" * 6 + "x" + "#end" * 6,
        "#if(true)" * 3000 + "x" + "#end" * 3000,
        "$agent.metadata" + ".a" * 20_000,
        "#set($x = 'aaaaaaaaaa')" + "#set($x = $x + $x)" * 60 + "$x",
        "#foreach($a in $tools)" * 500,
        "((" * 20_000,
        "${" * 20_000,
        "#set($a = [[1]])#set($a = [$a, $a])" * 500 + "$a",
        "\0\u200b\ufeff$currentDate",
        "x" * 500_000,
    ],
    ids=["loops", "deep", "path", "doubling", "unclosed", "brackets", "braces", "lists", "odd", "huge"],
)
def test_templates_of_any_form_are_rendered_or_refused(api: httpx.Client, template: str) -> None:
    body = {
        "key": "clerk",
        "name": "Clerk",
        "model": {"name": "gpt-4o"},
        "tool_configurations": {},
        "first_step": {
            "instructions": [{"type": "inline", "name": "t", "template": template}],
            "output_parser": {"type": "default"},
        },
    }
    made = api.post("/v2/agents", json=body)
    if made.status_code != 201:
        refused(made, 400)
        return
    session = begin(api, "/v2/agents/clerk/sessions")
    answer = answer_in_time(api, session, message("Hello!"))
    if answer.status_code != 201:
        refused(answer, 422)
        assert history(api, session) == []


@pytest.mark.parametrize(
    "said",
    [
        "x" * 200_000,
        "my order is 7731, " * 11_000,
        "?" * 200_000,
        "\u200b" * 1000,
        "a\0b\0" * 100,
        "\u202e\ufeff\u2028?" * 100,
        "((((" * 40_000,
        '"' * 100_000,
        "https://" * 20_000,
        "\n" * 199_999 + "x",
        "🏮" * 100_000,
        "$agent.name #foreach($x in [1..9999999])$x#end",
    ],
    ids=[
        "long",
        "facts",
        "marks",
        "empty",
        "nul",
        "turned",
        "open",
        "quotes",
        "urls",
        "lines",
        "lamps",
        "code",
    ],
)
def test_messages_of_any_form_are_answered(api: httpx.Client, said: str) -> None:
    tools = {
        "search": {
            "type": "corpora_search",
            "query_configuration": {"search": {"corpora": [{"corpus_key": "handbook"}]}},
        },
        "web_get": {"type": "web_get"},
        "take_note": {"type": "artifact_create"},
        "ask_desk": {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "front-desk"}},
    }
    session = begin(api, make_agent(api, tools=tools))
    answer = answer_in_time(api, session, message(said))
    assert answer.status_code == 201, answer.text[:500]
    events = answer.json()["events"]
    assert events[0]["messages"][0]["content"] == said
    assert events[-1]["type"] in ("agent_output", "context_limit_exceeded")
    assert history(api, session) == events
    assert types(send(api, session, {"type": "compact"})) == ["compaction"]
    assert types(say(api, session, "Hello!"))[-1] == "agent_output"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "broken.pdf",
            b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 1 0 R >> endobj\ntrailer << /Root 1 0 R >>",
        ),
        ("bomb.pdf", files.pdf_bomb()),
        ("bomb.docx", files.zip_bomb("word/document.xml")),
        ("bomb.odt", files.zip_bomb("content.xml")),
        ("laughs.html", files.laughs().encode()),
        ("entities.docx", files.with_entities()),
        ("empty.pdf", b""),
        ("text.docx", b"only text"),
        ("noise.pptx", b"PK\x03\x04" + bytes(range(256)) * 10),
        ("latin.txt", b"\xff\xfe\x00\xd8"),
        ("deep.md", b"> " * 5000 + b"x"),
        ("deep.html", b"<div>" * 5000 + b"x"),
    ],
)
def test_files_of_any_content_are_converted_or_a_failure(
    api: httpx.Client, name: str, content: bytes
) -> None:
    tools = {"convert_document": {"type": "document_conversion"}, "read_file": {"type": "artifact_read"}}
    session = begin(api, make_agent(api, tools=tools))
    told = upload(api, session, f"Convert the document {name}.", (name, content, ""))
    assert types(told).count("tool_input") == types(told).count("tool_output") >= 1
    assert told[-1]["type"] == "agent_output"
    converted = [
        event
        for event in told
        if event["type"] == "tool_output" and event["tool_configuration_name"] == "convert_document"
    ]
    assert len(artifacts(api, session)) == 1 + sum(not event["error"] for event in converted)
    assert types(say(api, session, "Hello!"))[-1] == "agent_output"


@pytest.mark.parametrize(
    "name",
    ["\0.txt", "a\nb.txt", "x" * 5000 + ".txt", "..", "/.txt", '"quoted".txt', "%00.txt", "🏮.txt", " .txt"],
)
def test_names_of_files_of_any_form(api: httpx.Client, name: str) -> None:
    session = begin(api, make_agent(api, tools={"read_file": {"type": "artifact_read"}}))
    boundary = b"--b\r\n"
    head = (
        f'content-disposition: form-data; name="files"; filename="{name}"\r\ncontent-type: text/plain\r\n\r\n'
    )
    content = boundary + head.encode() + b"alpha\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = api.post(f"{session}/events", content=content, headers=headers)
    if answer.status_code != 201:
        refused(answer, 400)
        assert artifacts(api, session) == []
        return
    (kept,) = artifacts(api, session)
    assert "/" not in kept["filename"]
    assert read(api, f"{session}/artifacts/{kept['artifact_id']}")["data"] == "YWxwaGE="
    assert types(say(api, session, f"What does the file {kept['filename']} say?"))[-1] == "agent_output"


def nested(depth: int) -> Json:
    value: Json = {}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "metadata",
    [
        nested(50),
        nested(400),
        {f"k{number}": "v" * 100 for number in range(10_000)},
        {"k": "v" * 1_000_000},
        {"": {"$ref": "session.metadata"}, "\0": None, "a.b": [[]] * 1000},
    ],
    ids=["deep", "deeper", "wide", "long", "odd"],
)
def test_metadata_of_any_size_is_kept_or_refused(api: httpx.Client, metadata: Json) -> None:
    template = {
        "type": "inline",
        "name": "t",
        "template": "$session.metadata #foreach($x in $session.metadata)$x#end",
    }
    sessions = make_agent(
        api,
        step={
            "instructions": [template],
            "name": "ask",
            "next_steps": [{"step_name": "b", "condition": CONDITION}],
        },
        steps={"b": {"instructions": [], "output_parser": {"type": "default"}}},
    )
    made = api.post(sessions, json={"metadata": metadata})
    if made.status_code != 201:
        refused(made, 400)
        return
    assert made.json()["metadata"] == metadata
    answer = answer_in_time(api, f"{sessions}/{made.json()['key']}", message("Hello!"))
    assert answer.status_code in (201, 422), answer.text[:300]


def test_what_is_nested_too_deeply_is_refused(api: httpx.Client) -> None:
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    body = '{"metadata":' + deep + "}"
    headers = {"content-type": "application/json"}
    refused(api.post("/v2/agents/front-desk/sessions", content=body, headers=headers), 400)


CONDITION = "get('$.session.metadata.k') == get('$.session.metadata.a.a.a')"


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(.*)*" * 20, "a{1000}{1000}", "(" * 5000, "\\p{L}" * 100, "\0", "", "(?=a)"],
)
def test_patterns_of_any_form_are_searched_or_a_failure(api: httpx.Client, pattern: str) -> None:
    tool = {"type": "artifact_grep", "argument_override": {"pattern": pattern}}
    session = begin(api, make_agent(api, tools={"grep_file": tool}))
    began = time.monotonic()
    told = upload(api, session, "Grep the file.", ("a.txt", b"a" * 100_000 + b"!", "text/plain"))
    assert time.monotonic() - began < SECONDS
    (given,) = [event for event in told if event["type"] == "tool_output"]
    assert given["error"] is False or failure(told)


def bomb() -> Json:
    """A schema in which each definition holds the next one ten times."""
    held: Json = {
        f"d{number}": {
            "type": "object",
            "properties": {f"p{at}": {"$ref": f"#/$defs/d{number + 1}"} for at in range(10)},
            "required": [f"p{at}" for at in range(10)],
        }
        for number in range(20)
    }
    return {
        "type": "object",
        "$defs": {**held, "d20": {"type": "string"}},
        "properties": {"a": {"$ref": "#/$defs/d0"}},
    }


def endless() -> Json:
    return {
        "type": "object",
        "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "required": ["n"]}},
        "properties": {"n": {"$ref": "#/$defs/n"}},
        "required": ["n"],
    }


def choices(depth: int = 12) -> Json:
    schema: Json = {"type": "integer"}
    for _ in range(depth):
        schema = {"anyOf": [schema, {"type": "object", "properties": {"a": schema}, "required": ["a"]}]}
    return {"type": "object", "properties": {"a": schema}, "required": ["a"]}


@pytest.mark.parametrize(
    "schema",
    [
        bomb(),
        endless(),
        choices(),
        {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(5000)}},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$", "minLength": 5000}}},
        {
            "type": "object",
            "properties": {"a": {"type": "array", "minItems": 10**9, "items": {}}},
            "required": ["a"],
        },
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 10**12}}, "required": ["a"]},
        {
            "type": "object",
            "properties": {"a": {"$ref": "https://example.com/schema.json"}},
            "required": ["a"],
        },
        {"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}, "required": ["a"]},
        nested(400),
        {"type": 5},
    ],
    ids=["bomb", "endless", "choices", "wide", "pattern", "items", "long", "web", "nowhere", "deep", "wrong"],
)
def test_schemas_of_any_form_are_filled_or_refused(api: httpx.Client, schema: Json) -> None:
    parser = {"type": "structured", "json_schema": {"name": "s", "schema": schema}}
    body = {
        "key": "clerk",
        "name": "Clerk",
        "model": {"name": "gpt-4o"},
        "tool_configurations": {},
        "first_step": {"instructions": [], "output_parser": parser},
    }
    made = api.post("/v2/agents", json=body)
    if made.status_code != 201:
        refused(made, 400)
        return
    session = begin(api, "/v2/agents/clerk/sessions")
    answer = answer_in_time(api, session, message("My order is 7731."))
    if answer.status_code == 201:
        assert types(answer.json()["events"])[-1] in ("structured_output", "context_limit_exceeded")
    else:
        refused(answer, 422)
        assert history(api, session) == []


def test_many_tools_and_skills_are_looked_through_in_time(api: httpx.Client) -> None:
    tools = {f"tool_{number}": {"type": "web_search"} for number in range(300)}
    skills = {
        f"skill-{number}": {"description": "about lanterns", "content": "x" * 50} for number in range(300)
    }
    session = begin(api, make_agent(api, tools=tools, skills=skills))
    answer = answer_in_time(api, session, message("What is about lanterns?"))
    assert answer.status_code == 201
    assert answer.json()["events"][-1]["type"] == "agent_output"


def test_a_long_session_stays_quick(api: httpx.Client) -> None:
    session = begin(api, make_agent(api))
    for number in range(200):
        say(api, session, f"My locker on floor {number} is number {number}8.")
    answer = answer_in_time(api, session, message("Which number has my locker on floor 7?"))
    assert "78" in answered(answer.json()["events"])
    assert len(outputs(history(api, session))) == 0
