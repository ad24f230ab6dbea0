"""openapi-core judges real answers: a reader of the contract that shares no code with ours."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.response.exceptions import ResponseValidationError

from tests.contract.contract import VECTARA
from understudy.pytest_plugin import Understudy

JUDGE = OpenAPI.from_dict(VECTARA.bundle)
TABLE = {
    "id": "t",
    "title": "Tides",
    "data": {"headers": [[{"text_value": "Port"}]], "rows": [[{"int_value": 4}]]},
}
IMAGE = {"id": "i", "caption": "A pier", "image_data": {"data": "aGk=", "mime_type": "image/png"}}
CORPUS = {
    "key": "c",
    "description": "Of the harbour",
    "filter_attributes": [
        {"name": "year", "level": "document", "type": "integer", "description": "Of printing"},
        {"name": "tags", "level": "document", "type": "list[text]"},
    ],
    "custom_dimensions": [{"name": "votes", "description": "By readers"}],
}
STRUCTURED = {
    "id": "s",
    "type": "structured",
    "title": "Harbour",
    "metadata": {"year": 2020, "tags": ["a", "b"]},
    "sections": [
        {"title": "Tides", "text": "The tide is high at noon.", "tables": [TABLE], "images": [IMAGE]}
    ],
}
CORE = {
    "id": "k",
    "type": "core",
    "tables": [TABLE],
    "document_parts": [
        {
            "text": "The tide is low at dusk.",
            "table_id": "t",
            "context": "c",
            "custom_dimensions": {"votes": 2},
        }
    ],
}
JUDGED = {"generated_text": "Ships sail.", "source_texts": ["Ships sail at noon."]}
SEARCH = {"corpora": [{"corpus_key": "c"}, {"corpus_key": "handbook"}]}
GRANT = {"client_id": "understudy", "client_secret": "understudy-secret", "grant_type": "client_credentials"}

ROLES = {
    "api_roles": ["viewer", "agent_user"],
    "corpus_roles": [{"corpus_key": "handbook", "role": "editor"}],
    "agent_roles": [{"agent_key": "a", "role": "agent_viewer"}],
}
KEY = {"name": "Till", "api_key_role": "serving", "corpus_keys": ["handbook"], **ROLES}
CLIENT = {"type": "client_credentials", "name": "Till", "description": "At the door", **ROLES}

CALLS: list[tuple[str, str, dict[str, Any], int]] = [
    ("post", "/oauth/token", {"json": GRANT}, 200),
    ("post", "/oauth2/token", {"json": {**GRANT, "client_secret": "x"}}, 401),
    ("post", "/oauth2/token", {"json": {}}, 400),
    ("post", "/oauth2/token", {"json": GRANT}, 200),
    ("post", "/v2/api_keys", {"json": KEY}, 201),
    ("post", "/v2/api_keys", {"json": {**KEY, "api_key_role": "personal"}}, 400),
    ("post", "/v2/api_keys", {"json": {**KEY, "corpus_keys": ["none"]}}, 404),
    ("get", "/v2/api_keys", {}, 200),
    ("get", "/v2/api_keys/aky_5", {}, 200),
    ("get", "/v2/api_keys/none", {}, 404),
    ("patch", "/v2/api_keys/aky_5", {"json": {"enabled": False}}, 200),
    ("delete", "/v2/api_keys/aky_5", {}, 204),
    ("delete", "/v2/api_keys/aky_5", {}, 404),
    ("post", "/v2/app_clients", {"json": CLIENT}, 201),
    ("post", "/v2/app_clients", {"json": {"name": "Till"}}, 400),
    ("get", "/v2/app_clients", {}, 200),
    ("get", "/v2/app_clients/app_2", {}, 200),
    ("get", "/v2/app_clients/none", {}, 404),
    ("patch", "/v2/app_clients/app_2", {"json": {"description": "At the gate", **ROLES}}, 200),
    ("delete", "/v2/app_clients/app_2", {}, 204),
    ("delete", "/v2/app_clients/app_2", {}, 404),
    ("post", "/v2/corpora", {"json": CORPUS}, 201),
    ("post", "/v2/corpora", {"json": CORPUS}, 409),
    ("post", "/v2/corpora", {"json": {"key": 5}}, 400),
    ("post", "/v2/corpora", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
    ("get", "/v2/corpora", {"params": {"limit": 1}}, 200),
    ("get", "/v2/corpora/c", {}, 200),
    ("get", "/v2/corpora/none", {}, 404),
    ("patch", "/v2/corpora/c", {"json": {"name": "Harbour"}}, 200),
    ("post", "/v2/corpora/c/documents", {"json": STRUCTURED}, 201),
    ("post", "/v2/corpora/c/documents", {"json": CORE}, 201),
    ("post", "/v2/corpora/c/documents", {"json": CORE}, 409),
    ("get", "/v2/corpora/c/documents", {"params": {"limit": 1}}, 200),
    ("get", "/v2/corpora/c/documents/s", {}, 200),
    ("get", "/v2/corpora/c/documents/k", {}, 200),
    ("get", "/v2/corpora/c/documents/none", {}, 404),
    ("patch", "/v2/corpora/c/documents/k", {"json": {"metadata": {"year": 1}}}, 200),
    ("put", "/v2/corpora/c/documents/k/metadata", {"json": {"metadata": {"year": 2}}}, 200),
    ("post", "/v2/corpora/c/compute_size", {}, 200),
    ("get", "/v2/corpora/c/filter_attribute_stats", {}, 200),
    ("get", "/v2/corpora/c/query", {"params": {"query": "tide"}}, 200),
    ("post", "/v2/corpora/c/query", {"json": {"query": "tide", "generation": {}}}, 200),
    (
        "post",
        "/v2/query",
        {"json": {"query": "tide", "search": SEARCH, "intelligent_query_rewriting": True}},
        200,
    ),
    ("post", "/v2/query", {"json": {"query": "tide", "search": {"corpora": []}}}, 400),
    ("post", "/v2/corpora/c/replace_filter_attributes", {"json": {"filter_attributes": []}}, 200),
    ("post", "/v2/corpora/c/upload_file", {"files": {"file": ("a.txt", b"Ships sail.")}}, 201),
    ("post", "/v2/corpora/c/upload_file", {"files": {"file": ("a.txt", b"Ships sail.")}}, 409),
    ("post", "/v2/corpora/c/upload_file", {"files": {"metadata": b"{}"}}, 400),
    ("post", "/v2/corpora/c/upload_file", {"files": {"file": ("a.json", b"{}")}}, 415),
    (
        "post",
        "/v2/chats",
        {"json": {"query": "tide", "search": SEARCH, "intelligent_query_rewriting": True}},
        200,
    ),
    ("post", "/v2/chats", {"json": {"query": "tide", "search": {"corpora": []}}}, 400),
    ("get", "/v2/chats", {}, 200),
    ("get", "/v2/chats/{chat}", {}, 200),
    ("post", "/v2/chats/{chat}/turns", {"json": {"query": "why?", "search": SEARCH}}, 200),
    ("get", "/v2/chats/{chat}/turns", {}, 200),
    ("get", "/v2/chats/{chat}/turns/{turn}", {}, 200),
    ("get", "/v2/chats/{chat}/turns/trn_none", {}, 404),
    ("get", "/v2/queries", {"params": {"limit": 2}}, 200),
    ("get", "/v2/queries/qry_2", {}, 200),
    ("get", "/v2/queries/none", {}, 404),
    ("patch", "/v2/chats/{chat}/turns/{turn}", {"json": {"enabled": False}}, 200),
    ("patch", "/v2/chats/{chat}/turns/{turn}", {"json": {"enabled": True}}, 400),
    ("delete", "/v2/chats/{chat}/turns/{turn}", {}, 204),
    ("delete", "/v2/chats/{chat}", {}, 204),
    ("get", "/v2/chats/{chat}", {}, 404),
    ("get", "/v2/jobs", {}, 200),
    ("get", "/v2/jobs/{job}", {}, 200),
    ("get", "/v2/jobs/job_none", {}, 404),
    ("get", "/v2/corpora", {"headers": {"x-api-key": "zut_wrong"}}, 401),
    ("get", "/v2/corpora", {"headers": {"request-timeout": "soon"}}, 400),
    ("get", "/v2/corpora/c/documents/s/images/i", {}, 200),
    ("get", "/v2/corpora/c/documents/s/images/none", {}, 404),
    ("post", "/v2/corpora/c/documents/s/summarize", {"json": {"llm_name": "gpt-4o"}}, 200),
    ("post", "/v2/corpora/c/documents/s/summarize", {"json": {"llm_name": "none"}}, 400),
    (
        "post",
        "/v2/corpora/c/metadata_query",
        {"json": {"queries": [{"field": "tags", "query": "a", "prefix": None}]}},
        200,
    ),
    ("post", "/v2/corpora/c/metadata_query", {"json": {"queries": []}}, 400),
    (
        "post",
        "/v2/corpora/c/documents/s/summarize",
        {
            "json": {
                "llm_name": "gpt-4",
                "prompt_template": '[{"role": "user", "content": "$vectaraDocument.id()"}]',
            }
        },
        200,
    ),
    ("get", "/v2/encoders", {"params": {"limit": 1}}, 200),
    ("get", "/v2/rerankers", {}, 200),
    ("get", "/v2/rerankers", {"params": {"filter": "("}}, 400),
    ("get", "/v2/llms", {}, 200),
    ("get", "/v2/generation_presets", {}, 200),
    ("get", "/v2/table_extractors", {}, 200),
    ("post", "/v2/evaluate_factual_consistency", {"json": JUDGED}, 200),
    ("post", "/v2/evaluate_factual_consistency", {"json": {**JUDGED, "source_texts": 5}}, 400),
    ("post", "/v2/evaluate_factual_consistency", {"json": {**JUDGED, "generated_text": "こんにちは"}}, 422),
    ("delete", "/v2/corpora/c/documents", {}, 400),
    ("delete", "/v2/corpora/c/documents", {"params": {"document_ids": "none", "async": False}}, 200),
    ("delete", "/v2/corpora/c/documents", {"params": {"document_ids": "s"}}, 202),
    ("delete", "/v2/corpora/c/documents/k", {}, 204),
    ("post", "/v2/corpora/c/reset", {}, 204),
    ("delete", "/v2/corpora/c", {}, 204),
    ("delete", "/v2/corpora/c", {}, 404),
]


def judge(answer: httpx.Response, path: str) -> None:
    request = MockRequest(
        "http://localhost", answer.request.method.lower(), path, headers=dict(answer.request.headers)
    )
    content_type = answer.headers.get("content-type", "application/json")
    JUDGE.validate_response(
        request,
        MockResponse(answer.content, answer.status_code, dict(answer.headers), content_type),
    )


def test_real_answers_are_what_the_contract_describes(understudy: Understudy) -> None:
    made = {"job": "", "chat": "", "turn": ""}
    with understudy.client() as client:
        for method, template, arguments, status in CALLS:
            path = template.format(**made)
            answer = client.request(method, path, **arguments)
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            judge(answer, path)
            if status == 200:
                told = answer.json()
                made |= {name: told[f"{name}_id"] for name in made if f"{name}_id" in told}


def test_every_operation_that_is_acted_is_judged() -> None:
    """A new operation needs a line in CALLS."""
    methods = [(method, path.split("/")) for method, path, _, _ in CALLS]
    for operation in VECTARA.described():
        wanted = operation.path.split("/")
        assert operation.planned or any(
            method == operation.method
            and len(path) == len(wanted)
            and all(one == two or two.startswith("{") for one, two in zip(path, wanted, strict=True))
            for method, path in methods
        ), operation.id


def test_the_judge_tells_a_wrong_answer(understudy: Understudy) -> None:
    with understudy.client() as client:
        answer = client.get("/v2/corpora")
    wrong = answer.content.replace(b'"enabled":true', b'"enabled":"true"')
    assert wrong != answer.content
    request = MockRequest("http://localhost", "get", "/v2/corpora")
    with pytest.raises(ResponseValidationError):
        JUDGE.validate_response(request, MockResponse(wrong, 200, {}, "application/json"))
