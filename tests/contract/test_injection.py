"""Ids, page keys and secrets of another world, put wherever a request of Vectara has room for them.

`UNDERSTUDY_INJECTIONS` says how many requests are made; `nox -s injection` makes 20,000.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
import yaml

from tests.contract.contract import VECTARA, Described, kind_of, variants
from understudy.apis.vectara import tokens
from understudy.app import Server, create_server
from understudy.settings import Settings

STEPS = int(os.environ.get("UNDERSTUDY_INJECTIONS", "1500"))
FRESH_EVERY = 250
"""After so many requests the caller's own world begins anew, so that it does not run empty."""
MARK = "quagga"
"""A word that the other world alone has, in everything that it holds and in no id."""
OPERATIONS = VECTARA.described()
NAMES = ("mine", "theirs")


def fixture(whose: str) -> dict[str, Any]:
    """A world with things of many kinds; those of `theirs` tell the mark."""
    told = f"{MARK} in the hills" if whose == "theirs" else "horse in the hills"
    search = {"query": told, "search": {"corpora": [{"corpus_key": f"{whose}-corpus"}]}}
    code = f'def process(name: str) -> str:\n    """{told}"""\n    return name\n'
    key = {"api_key_role": "personal", "secret_key": f"zut_{whose}"}
    return {
        "corpora": [
            {"key": f"{whose}-corpus", "name": told, "description": told, "save_history": True},
            {"key": f"{whose}-second", "name": told},
        ],
        "documents": [
            {
                "corpus_key": f"{whose}-corpus",
                "id": f"{whose}-document-{number}",
                "type": "core",
                "metadata": {"about": told},
                "document_parts": [{"text": f"The {told}."}],
            }
            for number in range(3)
        ],
        "users": [
            {
                "email": f"{MARK if whose == 'theirs' else 'horse'}{n}@x.example",
                "username": f"{whose}-user-{n}",
            }
            for n in range(2)
        ],
        "api_keys": [{"name": told, **key}, {"name": told, **key, "secret_key": f"zut_{whose}_2"}],
        "app_clients": [
            {"name": told, "client_id": f"{whose}-client-{n}", "client_secret": told} for n in range(2)
        ],
        "chats": [
            {
                "id": f"cht_{whose}{n}",
                "corpus_keys": [f"{whose}-corpus"],
                "first_query": told,
                "first_answer": told,
            }
            for n in range(2)
        ],
        "query_history": [{"query": search}, {"query": search}],
        "instructions": [
            {"id": f"ins_{whose}{n}", "name": f"{told} {n}", "template": told} for n in range(2)
        ],
        "tool_servers": [
            {
                "id": f"tsr_{whose}",
                "name": told,
                "uri": f"https://{whose}.example",
                "transport": "sse",
                "type": "mcp",
            }
        ],
        "tools": [
            {
                "id": f"tol_{whose}",
                "type": "lambda",
                "name": f"{MARK if whose == 'theirs' else 'horse'}_tool",
                "title": told,
                "description": told,
                "language": "python",
                "code": code,
            }
        ],
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("worlds")
    started = create_server(Settings(log_format="none", clock="frozen"))
    for name in NAMES:
        file = directory / f"{name}.yaml"
        file.write_bytes(orjson.dumps(fixture(name)))
        started.worlds.create(name, fixture=str(file))
    yield started
    started.close()


def ask(
    server: Server, whose: str, method: str, target: str, body: Any = None, **headers: str
) -> tuple[int, bytes]:
    """Status and body of a call with the owner's key of a world."""
    path, _, query = target.partition("?")
    sent = {b"content-type": b"application/json", b"x-api-key": f"zut_{whose}@{whose}".encode()}
    sent |= {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    raw = b"" if body is None else orjson.dumps(body)
    call = server.gate.at_once(method.upper(), path.encode(), query.encode(), sent, raw)
    assert call is not None
    if call.stream is not None:
        return 200, orjson.dumps(call.stream.events)
    return call.status, call.answer_body


def foreign(server: Server) -> list[str]:
    """What the other world knows its things by, and the keys of all its second pages."""
    world = server.worlds.existing("theirs")
    text = yaml.safe_dump(world.store.dump())
    found = set(re.findall(r"\b(?:cht|trn|ins|tsr|tol|qry|usr|aky|app|crp)_[\w-]+", text))
    found |= set(re.findall(r"\btheirs-[\w-]+", text)) | {"zut_theirs", "zut_theirs_2", "zut_theirs@theirs"}
    found.add(tokens.issue("theirs-client-0", world))
    lists = [one for one in OPERATIONS if one.method == "get" and "{" not in one.path]
    for one in [*lists, *(one for one in OPERATIONS if one.id == "listCorpusDocuments")]:
        path = one.path.replace("{corpus_key}", "theirs-corpus")
        _, answer = ask(server, "theirs", "get", f"{path}?limit=1")
        found.add(orjson.loads(answer).get("metadata", {}).get("page_key") or "theirs-corpus")
    return sorted(found | {f"{one}@theirs" for one in found if "." not in one and "@" not in one})


class Attacker:
    """Makes up requests: valid ones of every operation, with foreign ids in their places."""

    def __init__(self, ids: list[str], seed: int) -> None:
        self._ids = ids
        self._dice = random.Random(seed)

    def request(self) -> tuple[str, str, Any]:
        operation = self._dice.choice(OPERATIONS)
        path = re.sub(r"\{(\w+)\}", lambda match: self._in_path(match[1]), operation.path)
        query = [(p["name"], self._in_query(p)) for p in operation.parameters("query") if self._chance(0.6)]
        return operation.method, f"{path}?{urlencode(query)}", self._body(operation)

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _id(self) -> str:
        return self._dice.choice(self._ids)

    def _in_path(self, name: str) -> str:
        own = {"corpus_key": "mine-corpus", "document_id": "mine-document-0", "chat_id": "cht_mine0"}
        return quote(own[name] if name in own and self._chance(0.4) else self._id(), safe="")

    def _in_query(self, parameter: dict[str, Any]) -> str:
        if parameter["name"] == "metadata_filter":
            return f"doc.id = '{self._id()}'"
        kind = kind_of(VECTARA, parameter["schema"])
        return {"integer": "1", "boolean": "true"}.get(kind) or self._id()

    def _body(self, operation: Described) -> Any:
        schema = operation.body()
        if schema is None:
            return None
        properties, value = self._dice.choice(list(variants(VECTARA, schema)))
        body = {
            **value,
            **{name: self._value(inner, 0) for name, inner in properties.items() if name not in value},
        }
        if self._chance(0.7):
            body = {
                name: self._value(properties[name], 0) if name in properties else body[name] for name in value
            }
        if "search" in properties:
            mentioned = [{"corpus_key": self._id(), "metadata_filter": f"doc.id = '{self._id()}'"}]
            body["search"] = {"corpora": [{"corpus_key": "mine-corpus"}] if self._chance(0.3) else mentioned}
        return {**body, **({"type": value["type"]} if "type" in value else {})}

    def _value(self, schema: dict[str, Any], depth: int) -> Any:
        schema = VECTARA.resolved(schema)
        if "enum" in schema:
            return self._dice.choice(schema["enum"])
        kind = kind_of(VECTARA, schema)
        if kind == "array":
            return [self._value(schema.get("items", {}), depth + 1)]
        if kind == "object":
            if depth > 3:
                return {}
            properties, value = self._dice.choice(list(variants(VECTARA, schema)))
            return {
                **value,
                **{n: self._value(i, depth + 1) for n, i in properties.items() if n not in value},
            }
        return {"integer": 1, "number": 0.5, "boolean": True}.get(kind, self._id())


def test_the_mark_is_told_to_its_own_world(server: Server) -> None:
    """Otherwise the next test could see nothing."""
    for path in ("corpora", "users", "api_keys", "app_clients", "chats", "queries", "instructions", "tools"):
        status, answer = ask(server, "theirs", "get", f"/v2/{path}?limit=100")
        assert (status, MARK.encode() in answer) == (200, True), path
        assert MARK.encode() not in ask(server, "mine", "get", f"/v2/{path}?limit=100")[1], path


def test_another_world_is_neither_read_nor_changed(server: Server) -> None:
    theirs = server.worlds.existing("theirs")
    attacker = Attacker(foreign(server), 7)
    before, version, counters = theirs.store.dump(), theirs.store.version, dict(theirs.ids.counters)
    statuses: dict[int, int] = {}
    for step in range(STEPS):
        if step % FRESH_EVERY == 0:
            server.worlds.reset("mine")
        method, target, body = attacker.request()
        status, answer = ask(server, "mine", method, target, body)
        statuses[status] = statuses.get(status, 0) + 1
        assert status < 500, f"{method} {target} {body}: {answer!r}"
        assert MARK.encode() not in answer, f"{method} {target} {body}: {answer!r}"
        assert theirs.store.version == version, f"{method} {target} {body}"
    assert theirs.store.dump() == before
    assert dict(theirs.ids.counters) == counters
    assert min(statuses.get(status, 0) for status in (200, 400, 404)) >= STEPS // 50, statuses


def test_a_page_key_of_another_world_is_refused(server: Server) -> None:
    for path in ("corpora", "users", "api_keys", "app_clients", "chats", "queries", "instructions"):
        _, answer = ask(server, "theirs", "get", f"/v2/{path}?limit=1")
        page_key = orjson.loads(answer)["metadata"]["page_key"]
        assert page_key, path
        status, refusal = ask(server, "mine", "get", f"/v2/{path}?limit=1&page_key={page_key}")
        assert (status, set(orjson.loads(refusal)["field_errors"])) == (400, {"query.page_key"})


def test_a_credential_of_another_world_opens_nothing_here(server: Server) -> None:
    token = tokens.issue("theirs-client-0", server.worlds.existing("theirs"))
    header, _, rest = token.partition(".")
    forged = f"{header}.{rest.partition('.')[0]}.x"
    for headers in ({"x_api_key": "zut_theirs@mine"}, {"x_api_key": "", "authorization": f"Bearer {forged}"}):
        assert ask(server, "mine", "get", "/v2/corpora", **headers)[0] == 401
