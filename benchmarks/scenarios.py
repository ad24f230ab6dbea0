"""What is asked of every server: the data, the requests, and what a right answer looks like."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from servers import ADMIN_TOKEN, KEY, RESET, Server

CORPORA = 10
"""How many corpora there are: one full page of the list."""
CORPUS = "hundred"
LARGE = "ten-thousand"
HEADERS = {"x-api-key": KEY}
SAMPLES = 50

_TEXT = """
account address agent amount answer archive audit balance bank batch battery billing branch browser
budget buffer bundle cable cache calendar camera carrier catalog center certificate channel charge client
cloud cluster code column company contract corpus country courier coupon currency customer database date
delivery device discount document domain driver editor email engine error exchange export factory feature
field file filter folder format gateway group guide handler history holiday image import index insurance
interest inventory invoice journal keyboard label language lawyer ledger letter level library licence
limit link loan location machine manager manual market measure memory message meter method mirror model
module monitor month network note notice number office option order package page partner password patch
payment penalty period permit phone pipeline platform policy port price printer privacy process product
profile program project protocol provider purchase quality quarter query queue quota rate receipt record
refund region register release repair report request reserve return review reward route safety sample
schedule schema screen search section segment sensor server service session shipment signal signature
socket solution source stock storage store stream subject supplier support switch system table target
tariff tax team template terminal ticket token tool traffic transfer transit update upgrade user vault
vehicle vendor version video voucher wallet warehouse warranty water website weight window worker year
zone
"""
_WORDS = _TEXT.split()


def sentence(source: random.Random, count: int) -> str:
    return " ".join(source.choices(_WORDS, k=count)).capitalize() + "."


def document(number: int, parts: int) -> dict[str, Any]:
    """A core document whose text is a function of its number."""
    source = random.Random(number)
    return {
        "id": f"document-{number}",
        "type": "core",
        "metadata": {"number": number, "lang": "eng"},
        "document_parts": [
            {"text": sentence(source, 18), "metadata": {"page": page}} for page in range(parts)
        ],
    }


_PROMPT = """[
  {"role": "system", "content": "You answer from the search results that are given to you and from nothing
    else. Cite every result that a sentence rests on as [number]. When the results contradict each other,
    name both sides. When they do not answer the question, say so and stop. Dates, amounts
    and names stand in your answer exactly as they stand in the results."},
  {"role": "user", "content": "#foreach ($result in $vectaraQueryResults) [$esc.java($foreach.index + 1)]
    $esc.java($result.getText()) #end Question: $esc.java($vectaraQuery) Answer in $vectaraLangName, in no
    more than three sentences. Do not repeat the question, do not greet, do not speak of the results."}
]"""


def query(**search: Any) -> dict[str, Any]:
    """About 1.4 kB: what an application sends that has switched generation off."""
    return {
        "query": sentence(random.Random("query"), 14),
        "search": {
            "lexical_interpolation": 0.025,
            "offset": 0,
            "limit": 10,
            "context_configuration": {
                "sentences_before": 2,
                "sentences_after": 2,
                "start_tag": "<em>",
                "end_tag": "</em>",
            },
            "reranker": {"type": "customer_reranker", "reranker_name": "Rerank_Multilingual_v1"},
            **search,
        },
        "generation": {
            "enabled": False,
            "generation_preset_name": "mockingbird-2.0",
            "max_used_search_results": 5,
            "prompt_template": _PROMPT,
            "response_language": "eng",
            "enable_factual_consistency_score": False,
            "citations": {"style": "numeric"},
        },
        "save_history": False,
        "stream_response": False,
        "intelligent_query_rewriting": False,
    }


QUERY = orjson.dumps(query())
NEW_QUERY = orjson.dumps({**query(), "query": "@ " + query()["query"]})
"""The same with a word in the question that no other question has."""
REFUSED = orjson.dumps(
    {"key": "refused", "name": ["not", "a", "text"], "description": "A body of a wrong type"}
)


def new_corpus(key: str = "@") -> bytes:
    description = "Made by the benchmark; nobody will ever read what is in it."
    attribute = {"name": "lang", "level": "document", "type": "text"}
    return orjson.dumps(
        {"key": key, "name": "Benchmark", "description": description, "filter_attributes": [attribute]}
    )


@dataclass(frozen=True)
class Scenario:
    """One kind of request.

    Args:
        status: the only right one.
        content: whether a JSON answer is what Understudy has to say.
        body: what is sent; each `@` in it becomes something that no other request has.
        grows: whether the state has to be put back after a run.
    """

    name: str
    method: str
    path: str
    status: int
    content: Callable[[Any, bytes], bool]
    body: bytes = b""
    grows: bool = False

    def request_body(self, marker: str) -> bytes:
        return self.body.replace(b"@", marker.encode())

    def lua(self, marker: str) -> str:
        """The script for wrk; `marker` makes the requests of one run unlike those of all others."""
        lines = [f'wrk.method = "{self.method}"', f'wrk.headers["x-api-key"] = "{KEY}"']
        if self.body:
            lines.append('wrk.headers["content-type"] = "application/json"')
        if b"@" in self.body:
            before, after = self.body.decode().split("@")
            lines += [
                "local threads = 0",
                "function setup(thread) threads = threads + 1; thread:set('number', threads) end",
                "local count = 0",
                "request = function()",
                "  count = count + 1",
                f"  local key = '{marker}-' .. number .. '-' .. count",
                f"  return wrk.format(nil, nil, nil, [==[{before}]==] .. key .. [==[{after}]==])",
                "end",
            ]
        elif self.body:
            lines.append(f"wrk.body = [==[{self.body.decode()}]==]")
        return "\n".join(lines)


def _listed(answer: Any, _: bytes) -> bool:
    return [corpus["key"] for corpus in answer["corpora"]] == corpus_keys()


def _is_corpus(answer: Any, _: bytes) -> bool:
    return answer["key"] == CORPUS and answer["limits"]["used_parts"] == 100


def _created(answer: Any, body: bytes) -> bool:
    given = orjson.loads(body)
    return all(answer[member] == given[member] for member in ("key", "name", "description"))


def _refused(answer: Any, _: bytes) -> bool:
    return list(answer["field_errors"]) == ["body.name"]


def _ranked(answer: Any, _: bytes) -> bool:
    scores = [result["score"] for result in answer["search_results"]]
    return len(scores) == 10 and scores == sorted(scores, reverse=True) and min(scores) > 0


def query_shapes() -> dict[str, bytes]:
    """The query of the comparison, and what other shapes of it cost."""
    long_question = " ".join(sentence(random.Random(n), 14) for n in range(10))
    return {
        "as compared": QUERY,
        "reranker none": orjson.dumps(query(reranker={"type": "none"})),
        "reranker none, no lexical part, no context": orjson.dumps(
            query(reranker={"type": "none"}, lexical_interpolation=0, context_configuration={})
        ),
        "with a metadata filter": orjson.dumps(query(metadata_filter="doc.lang = 'eng'")),
        "a question of 1,000 characters": orjson.dumps({**query(), "query": long_question}),
    }


def corpus_keys() -> list[str]:
    return [CORPUS, *(f"corpus-{number}" for number in range(1, CORPORA))]


SCENARIOS = (
    Scenario("list", "GET", "/v2/corpora", 200, _listed),
    Scenario("get", "GET", f"/v2/corpora/{CORPUS}", 200, _is_corpus),
    Scenario("create", "POST", "/v2/corpora", 201, _created, body=new_corpus(), grows=True),
    Scenario("refused", "POST", "/v2/corpora", 400, _refused, body=REFUSED),
    Scenario("query", "POST", f"/v2/corpora/{CORPUS}/query", 200, _ranked, body=QUERY),
    Scenario("query, new", "POST", f"/v2/corpora/{CORPUS}/query", 200, _ranked, body=NEW_QUERY),
)


def mixed_lua() -> str:
    """List, get and query in turn, in one script."""
    return f"""
local plain = {{["x-api-key"] = "{KEY}"}}
local json = {{["x-api-key"] = "{KEY}", ["content-type"] = "application/json"}}
local all = {{}}
local count = 0
init = function()
  all[0] = wrk.format("GET", "/v2/corpora", plain)
  all[1] = wrk.format("GET", "/v2/corpora/{CORPUS}", plain)
  all[2] = wrk.format("POST", "/v2/corpora/{CORPUS}/query", json, [==[{QUERY.decode()}]==])
end
request = function()
  count = count + 1
  return all[count % 3]
end
"""


def prepare(server: Server) -> None:
    """Empty the server, then make the corpora and the document of 100 parts, by its API."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        if server.name == "understudy":
            token = {"authorization": f"Bearer {ADMIN_TOKEN}"}
            client.post("/_understudy/worlds/default/reset", headers=token).raise_for_status()
        elif server.name != "prism":  # which keeps nothing
            client.post(RESET).raise_for_status()
        for key in corpus_keys():
            _send(client, "/v2/corpora", new_corpus(key))
        _send(client, f"/v2/corpora/{CORPUS}/documents", orjson.dumps(document(0, 100)))


def prepare_large(server: Server) -> None:
    """A corpus of 10,000 parts in 100 documents."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        _send(client, "/v2/corpora", new_corpus(LARGE))
        for number in range(100):
            _send(client, f"/v2/corpora/{LARGE}/documents", orjson.dumps(document(number, 100)))


def _send(client: httpx.Client, path: str, body: bytes) -> None:
    answer = client.post(path, content=body, headers={**HEADERS, "content-type": "application/json"})
    if answer.status_code != 201:
        raise SystemExit(f"POST {path} answered {answer.status_code}: {answer.text[:300]}")


def sample(server: Server, scenario: Scenario, marker: str) -> list[str]:
    """Send the request of a scenario a few times and say what was wrong with the answers."""
    wrong: list[str] = []
    headers = {**HEADERS, "content-type": "application/json"} if scenario.method == "POST" else HEADERS
    with httpx.Client(base_url=server.url, timeout=60, headers=headers) as client:
        for number in range(SAMPLES):
            body = scenario.request_body(f"{marker}-{number}")
            answer = client.request(scenario.method, scenario.path, content=body)
            if answer.status_code != scenario.status:
                wrong.append(f"status {answer.status_code} instead of {scenario.status}")
            elif server.name == "understudy" and not scenario.content(orjson.loads(answer.content), body):
                wrong.append(f"content {answer.text[:200]}")
    return sorted(set(wrong))
