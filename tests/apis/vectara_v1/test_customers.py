"""Who may call v1, how long callers wait, what is gone, and what the refusals look like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.apis.vectara.conftest import make_corpus
from tests.apis.vectara_v1.conftest import CUSTOMER, Json, ask, codes, question
from understudy.pytest_plugin import BackgroundServer, Understudy

SPEC = json.loads((Path(__file__).parents[3] / "specs" / "vectara-v1" / "bundle.json").read_bytes())
RETIRED = sorted(path for path in SPEC["paths"] if "query" not in path)
BODY = {"query": [question(numResults=1)]}


def refused(answer: httpx.Response, status: int, code: int) -> Json:
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) == {"code", "message", "details"}
    assert told["code"] == code
    assert told["message"]
    return told


def test_the_customer_is_named_in_a_header_of_either_name(understudy: Understudy, api: httpx.Client) -> None:
    assert api.post("/v1/query", json=BODY).status_code == 200
    older = httpx.Headers({"x-api-key": understudy.api_key, "customer_id": CUSTOMER["customer-id"]})
    assert httpx.post(f"{understudy.url}/v1/query", json=BODY, headers=older).status_code == 200
    told = refused(
        httpx.post(f"{understudy.url}/v1/query", json=BODY, headers={"x-api-key": understudy.api_key}), 400, 3
    )
    assert told["details"][0]["fieldViolations"] == [
        {"field": "header.customer-id", "description": "is required"}
    ]
    for text, status, code in (("12", 403, 7), ("-1", 400, 3), ("1e9", 400, 3), ("", 400, 3), ("²", 400, 3)):
        headers = {"customer-id": text.encode("latin-1")}
        refused(api.post("/v1/query", json=BODY, headers=headers), status, code)


def test_credentials_are_those_of_v2(understudy: Understudy, api: httpx.Client) -> None:
    url = f"{understudy.url}/v1/query"
    refused(httpx.post(url, json=BODY, headers=CUSTOMER), 401, 16)
    refused(httpx.post(url, json=BODY, headers={**CUSTOMER, "x-api-key": "zut_wrong"}), 401, 16)
    grant = {
        "client_id": f"understudy@{understudy.world}",
        "client_secret": "understudy-secret",
        "grant_type": "client_credentials",
    }
    token = httpx.post(f"{understudy.url}/oauth/token", json=grant).json()["access_token"]
    bearer = {**CUSTOMER, "authorization": f"Bearer {token}"}
    assert httpx.post(url, json=BODY, headers=bearer).status_code == 200


def test_a_key_asks_its_own_corpora_alone_and_the_batch_goes_on(
    understudy: Understudy, api: httpx.Client
) -> None:
    made = make_corpus(api, "mine")
    number = int(made["id"].removeprefix("crp_"))
    wanted = {"name": "k", "api_key_role": "serving", "corpus_keys": ["mine"]}
    key = api.post("/v2/api_keys", json=wanted).json()["secret_key"]
    with understudy.client(x_api_key=key, **CUSTOMER) as bound:
        sets = ask(bound, question("a", number), question("a", 1), question("a", number, 1))
    assert [codes(one) for one in sets] == [[], ["PERMISSION_DENIED"], ["PERMISSION_DENIED"]]


def test_a_key_continues_no_conversation_about_other_corpora(
    understudy: Understudy, api: httpx.Client
) -> None:
    (first,) = ask(api, question(summary=[{"chat": {"store": True}}]))
    conversation = first["summary"][0]["chat"]["conversationId"]
    made = make_corpus(api, "mine")
    wanted = {"name": "k", "api_key_role": "serving", "corpus_keys": ["mine"]}
    key = api.post("/v2/api_keys", json=wanted).json()["secret_key"]
    summary = {"chat": {"conversationId": conversation}}
    with understudy.client(x_api_key=key, **CUSTOMER) as bound:
        (found,) = ask(bound, question("a", int(made["id"].removeprefix("crp_")), summary=[summary]))
    assert codes(found) == ["PERMISSION_DENIED"]


def test_the_policy_is_that_of_the_query_of_v2(tmp_path: Path) -> None:
    fixture = tmp_path / "policies.yaml"
    policy = {
        "name": "one corpus",
        "allowed_operations": {
            "query": {
                "allow_any_resource": False,
                "allowed_resources": {"body.search.corpora[].corpus_key": ["one"]},
            }
        },
    }
    other = {"name": "none", "allowed_operations": {"listCorpora": {"allow_any_resource": True}}}
    keys = [
        {"secret_key": "zut_some", "name": "some", "api_key_role": "personal", "api_policy": policy},
        {"secret_key": "zut_none", "name": "none", "api_key_role": "personal", "api_policy": other},
    ]
    content = {"corpora": [{"key": "one"}, {"key": "two"}], "api_keys": keys}
    fixture.write_text(yaml.safe_dump(content), "utf-8")
    background = BackgroundServer(fixture=str(fixture)).start()
    try:
        headers = {**CUSTOMER, "x-api-key": "zut_some"}
        with httpx.Client(base_url=background.url, headers=headers) as some:
            assert [codes(one) for one in ask(some, question("a", 1), question("a", 2))] == [
                [],
                ["PERMISSION_DENIED"],
            ]
        headers["x-api-key"] = "zut_none"
        refused(httpx.post(f"{background.url}/v1/query", json=BODY, headers=headers), 403, 7)
    finally:
        background.stop()


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"grpc-timeout": "30S"}, True),
        ({"grpc-timeout": "999m"}, False),
        ({"grpc-timeout": "1000m"}, True),
        ({"grpc-timeout": "0S"}, False),
        ({"grpc-timeout": "99999999n"}, False),
        ({"grpc-timeout": "1H"}, True),
        ({"timeout": "1"}, True),
        ({"timeout": "5", "grpc-timeout": "1m"}, False),
    ],
)
def test_a_deadline_is_held_against_the_latency_of_the_world(
    understudy: Understudy, api: httpx.Client, headers: dict[str, str], passes: bool
) -> None:
    understudy.lifecycle(latency_millis=1000)
    for path in ("/v1/query", "/v1/stream-query"):
        answer = api.post(path, json=BODY, headers=headers)
        if passes:
            assert answer.status_code == 200
        else:
            refused(answer, 504, 4)


@pytest.mark.parametrize("text", ["30", "S", "123456789S", "1s", "-1S"])
def test_a_malformed_deadline_is_refused(api: httpx.Client, text: str) -> None:
    refused(api.post("/v1/query", json=BODY, headers={"grpc-timeout": text}), 400, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"query": 3}',
        b'{"query": [{"numResults": -1}]}',
        b'{"query": [{"start": 4294967296}]}',
        b'{"query": [{"corpusKey": [{"semantics": 3}]}]}',
        b'{"query": [{"corpusKey": [{"semantics": true}]}]}',
        b'{"query": [{"rerankingConfig": {"mmrConfig": {"diversityBias": 1.5}}}]}',
        b'{"query": [{"summary": [{"citationParams": {"style": "PLAIN"}}]}]}',
        b'{"query": ' + b"[" * 300 + b"]" * 300 + b"}",
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_and_nothing_changes(
    understudy: Understudy, api: httpx.Client, body: bytes
) -> None:
    before = understudy.look(lambda world: world.store.dump())
    answer = api.post("/v1/query", content=body, headers={"content-type": "application/json"})
    told = refused(answer, 400, 3)
    assert told["details"][0]["fieldViolations"][0]["field"].startswith("body")
    assert understudy.look(lambda world: world.store.dump()) == before


def test_other_refusals_have_the_same_form(api: httpx.Client) -> None:
    answer = api.get("/v1/query")
    refused(answer, 405, 12)
    assert answer.headers["allow"] == "POST"
    refused(api.post("/v1/query", content=b"a=b", headers={"content-type": "text/plain"}), 415, 3)
    refused(
        api.post("/v1/query", content=b" " * 10_485_761, headers={"content-type": "application/json"}), 413, 8
    )
    refused(api.post("/v1/query/more", json={}), 404, 12)


def test_the_paths_of_aivax_stay_with_it(understudy: Understudy) -> None:
    assert set(httpx.get(f"{understudy.url}/v1/models").json()) == {"error"}
    assert set(httpx.post(f"{understudy.url}/v1/chat/completions").json()) == {"error"}


@pytest.mark.parametrize("path", RETIRED)
def test_the_other_operations_are_gone(api: httpx.Client, path: str) -> None:
    refused(api.post(path, json={}), 410, 12)


def test_there_are_29_operations() -> None:
    assert len(SPEC["paths"]) == 29


@pytest.fixture
def gone() -> Iterator[BackgroundServer]:
    background = BackgroundServer(retired_v1="gone", customer_id=7).start()
    yield background
    background.stop()


def test_after_the_retirement_everything_is_gone(gone: BackgroundServer) -> None:
    for path in ("/v1/query", "/v1/stream-query", "/v1/create-corpus"):
        for headers in ({}, {**CUSTOMER, "x-api-key": "zut_understudy"}):
            refused(httpx.post(f"{gone.url}{path}", json=BODY, headers=headers), 410, 12)
    assert httpx.get(f"{gone.url}/v2/corpora", headers={"x-api-key": "zut_understudy"}).status_code == 200


def test_the_journal_tells_the_call_without_the_key(understudy: Understudy, api: httpx.Client) -> None:
    api.post("/v1/query", json={"query": [question(understudy.api_key)]})
    (entry,) = understudy.journal()
    assert (entry["operation"], entry["status"]) == ("Query", 200)
    assert understudy.api_key not in json.dumps(entry)
