"""`understudy migrate-check`: recorded requests of v1 as requests of v2, both played on the stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import typer

from understudy.apis.vectara.v1 import translation
from understudy.apis.vectara.v1.statuses import Refused
from understudy.app import Server, create_server
from understudy.errors import SetupError
from understudy.settings import Settings

Json = dict[str, Any]
PATHS = ("/v1/query", "/v1/stream-query")
NOTHING = 4
KEY = "zut_understudy"
OLD, NEW = "migrate-old", "migrate-new"
"""Worlds of their own, so that what one side keeps is not found by the other."""


@dataclass(frozen=True)
class Recorded:
    """One query of v1, and where it stands."""

    place: str
    query: Json


@dataclass(frozen=True)
class Request:
    """What asks the same in v2."""

    path: str
    body: Json


def check(file: Path, fixture: str, corpora: Sequence[str]) -> int:
    """Tell every request of v2 and what differs; 0 nothing, 1 something, 4 nothing was recorded."""
    found = list(_read(file))
    if not found:
        typer.echo(f"understudy: {file}: holds no request of {' or '.join(PATHS)}", err=True)
        return NOTHING
    server = create_server(Settings(fixture=fixture, log_format="none"))
    try:
        numbers = _numbers(server, corpora)
        told = [_tell(server, one, numbers) for one in found]
    finally:
        server.close()
    typer.echo(f"{len(told)} queries, {sum(map(bool, told))} answered otherwise by v2")
    return 1 if any(told) else 0


def _read(file: Path) -> Iterator[Recorded]:
    """The queries of a HAR file, or of lines of JSON: a body, or an object with one as `body`."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SetupError(f"cannot be read: {error.strerror}", str(file)) from None
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError:
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("log"), dict):
        for number, entry in enumerate(whole["log"].get("entries", ())):
            request = entry.get("request", {})
            if urlsplit(str(request.get("url", ""))).path in PATHS:
                text = (request.get("postData") or {}).get("text", "")
                yield from _queries(text, f"{file}: entry {number}")
        return
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield from _queries(line, f"{file}:{number}")


def _queries(text: str | bytes, place: str) -> Iterator[Recorded]:
    try:
        body = orjson.loads(text)
        if isinstance(body, dict) and "body" in body:
            if body.get("path", PATHS[0]) not in PATHS:
                return
            body = body["body"] if isinstance(body["body"], dict) else orjson.loads(body["body"])
    except orjson.JSONDecodeError as error:
        raise SetupError(f"is no JSON: {error}", place) from None
    queries = body.get("query") if isinstance(body, dict) else None
    if not isinstance(queries, list) or not all(isinstance(one, dict) for one in queries):
        raise SetupError("is no batch of queries", place)
    for number, query in enumerate(queries):
        yield Recorded(f"{place} query[{number}]", query)


def _numbers(server: Server, stated: Sequence[str]) -> dict[int, int]:
    """What corpora of the recording are called here: `7=handbook`."""
    known = {corpus["key"]: number for number, corpus in _corpora(server).items()}
    found: dict[int, int] = {}
    for text in stated:
        number, _, key = text.partition("=")
        if not number.isdecimal() or key not in known:
            raise SetupError(f"'{text}' is no NUMBER=KEY with a corpus of {', '.join(known)}", "--corpus")
        found[int(number)] = known[key]
    return found


def _corpora(server: Server) -> Mapping[int, Any]:
    return translation.by_number(server.worlds.get().store)


def _tell(server: Server, recorded: Recorded, numbers: Mapping[int, int]) -> list[str]:
    """Print one query as v2 asks it, and the differences, which are returned."""
    query = _here(recorded.query, numbers)
    typer.echo(f"{recorded.place}")
    old = _sent(server, OLD, PATHS[0], {"query": [query]})
    if "responseSet" not in old:
        differences = [f"v1 refuses it: {old['message']}"]
        requests: list[Request] = []
    else:
        requests, differences = _requests(server, query)
        answers = [_sent(server, NEW, one.path, one.body) for one in requests]
        if answers:
            differences += compare(old["responseSet"][0], answers)
    for request in requests:
        typer.echo(f"  POST {request.path}\n  {orjson.dumps(request.body).decode()}")
    if query.get("queryContext"):
        typer.echo("  note: v2 has no place for queryContext")
    for text in differences or ["same answer"]:
        typer.echo(f"  {text}")
    return differences


def _here(query: Json, numbers: Mapping[int, int]) -> Json:
    """A query with the account and the corpora of the stand-in in the place of the recorded ones."""
    keys = query.get("corpusKey")
    if not isinstance(keys, list):
        return query
    return {**query, "corpusKey": [_own(key, numbers) for key in keys]}


def _own(key: Any, numbers: Mapping[int, int]) -> Any:
    if not isinstance(key, dict):
        return key
    number: Any = key.get("corpusId", 0)
    return {
        **key,
        "customerId": 0,
        "corpusId": numbers.get(number, number) if type(number) is int else number,
    }


def _requests(server: Server, query: Json) -> tuple[list[Request], list[str]]:
    """One request of v2 for each summary, or one without any; and why there is none."""
    made: list[Request] = []
    faults: list[str] = []
    try:
        body = translation.request(query, _corpora(server), server.settings.customer_id)
    except Refused as refused:
        return [], [f"v2 is not asked: {refused.status['code']}, {refused}"]
    for summary in query.get("summary") or ():
        try:
            asked = {**body, "generation": translation.generation(summary)}
        except Refused as refused:
            faults.append(f"v2 is not asked for a summary: {refused.status['code']}, {refused}")
            continue
        chat = summary.get("chat") or {}
        if chat.get("store") or chat.get("conversationId"):
            asked["chat"] = {"store": chat.get("store", False)}
        conversation = quote(chat.get("conversationId") or "", safe="")
        going_on = f"/v2/chats/{conversation}/turns" if conversation else "/v2/chats"
        made.append(Request(going_on if "chat" in asked else "/v2/query", asked))
    return made or [Request("/v2/query", body)], faults


def compare(old: Json, answers: Sequence[Json]) -> list[str]:
    """Where a set of v1 and the answers of v2, one per summary, say different things."""
    refused = [f"v2 refuses it: {'; '.join(one['messages'])}" for one in answers if "messages" in one]
    status = [f"v1 has the status {one['code']}: {one['statusDetail']}" for one in old["status"]]
    if refused or status:
        return status + refused
    found = [
        (old["document"][one["documentIndex"]]["id"], one["text"], one["score"]) for one in old["response"]
    ]
    wanted = [(one["document_id"], one["text"], one["score"]) for one in answers[0]["search_results"]]
    told = []
    if len(found) != len(wanted):
        told.append(f"v1 finds {len(found)} results, v2 {len(wanted)}")
    for place, (left, right) in enumerate(zip(found, wanted, strict=False)):
        if left != right:
            told.append(f"result {place}: v1 {left}, v2 {right}")
    for place, (summary, answer) in enumerate(zip(old["summary"], answers, strict=False)):
        text = answer.get("answer", answer.get("summary", ""))
        if summary["text"] != text:
            told.append(f"summary {place}: v1 {summary['text']!r}, v2 {text!r}")
        score = (summary.get("factualConsistency") or {}).get("score")
        if score != answer.get("factual_consistency_score"):
            told.append(f"score {place}: v1 {score}, v2 {answer.get('factual_consistency_score')}")
    return told


def _sent(server: Server, world: str, path: str, body: Json) -> Json:
    """The JSON answer of the stand-in, in a world of its own."""
    headers = {
        b"host": b"localhost",
        b"content-type": b"application/json",
        b"x-api-key": f"{KEY}@{world}".encode(),
        b"customer-id": str(server.settings.customer_id).encode(),
    }
    call = server.gate.at_once("POST", path.encode(), b"", headers, orjson.dumps(body))
    assert call is not None
    answer: Json = orjson.loads(call.answer_body)
    return answer
