"""Language models through HTTP. Spec tag: Large Language Models."""

from __future__ import annotations

import json
import socket
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import HOUSE_MODELS, all_pages, ask, read, refused
from understudy.pytest_plugin import Understudy

NAMES = ["mockingbird-2.0", "gpt-3.5-turbo", "gpt-4", "gpt-4-turbo", "gpt-4o"]


def test_the_models_of_the_platform(api: httpx.Client) -> None:
    llms = read(api, "/v2/llms")["llms"]
    assert [one["name"] for one in llms] == NAMES
    assert [one["name"] for one in llms if one["default"]] == ["mockingbird-2.0"]
    assert all(one["id"].startswith("llm_") and one["ownership"] == "platform" for one in llms)
    assert llms[4]["capabilities"]["image_support"] is True


def test_a_model_tells_its_presets(api: httpx.Client) -> None:
    for llm in read(api, "/v2/llms")["llms"]:
        presets = read(api, "/v2/generation_presets", llm_name=llm["name"])["generation_presets"]
        members = ("id", "name", "description", "enabled", "default")
        assert llm["prompts"] == [{member: one[member] for member in members} for one in presets]
        assert llm["prompts"]


def test_a_list_is_narrowed_by_an_expression_and_read_in_pages(api: httpx.Client) -> None:
    pages = all_pages(api, "/v2/llms", "llms", filter="GPT", limit=2)
    assert [[one["name"] for one in page] for page in pages] == [NAMES[1:3], NAMES[3:]]
    for parameters, field in (
        ({"filter": "*"}, "filter"),
        ({"limit": "many"}, "limit"),
        ({"page_key": "x"}, "page_key"),
    ):
        refused(api.get("/v2/llms", params=parameters), 400, f"query.{field}")


@HOUSE_MODELS
def test_a_fixture_adds_models_and_switches_them_off(api: httpx.Client) -> None:
    own, off = (read(api, "/v2/llms", filter=name)["llms"][0] for name in ("lantern", "gpt-3"))
    assert (own["id"], own["ownership"], own["enabled"]) == ("llm_6", "customer", True)
    assert own["capabilities"] == {"context_limit": 4096}
    assert [one["name"] for one in own["prompts"]] == ["terse"]
    assert (off["id"], off["ownership"], off["enabled"]) == ("llm_2", "platform", False)


@HOUSE_MODELS
@pytest.mark.parametrize(
    ("name", "usable"), [("lantern-writer", True), ("gpt-3.5-turbo", False), ("x", False)]
)
def test_whatever_generates_takes_enabled_models_alone(api: httpx.Client, name: str, usable: bool) -> None:
    generation = {"model_parameters": {"llm_name": name}}
    query = {"query": "hours", "generation": generation}
    answer = api.post("/v2/corpora/manual/query", json=query)
    summary = api.post("/v2/corpora/manual/documents/lamp/summarize", json={"llm_name": name})
    if usable:
        assert answer.json() == ask(api, "manual", "hours", generation={})
        assert summary.status_code == 200
        return
    refused(answer, 400, "body.generation.model_parameters.llm_name")
    refused(summary, 400, "body.llm_name")
    query["stream_response"] = True
    refused(api.post("/v2/corpora/manual/query", json=query), 400)


def test_an_unknown_model_is_refused_before_anything_is_searched(api: httpx.Client) -> None:
    generation = {"enabled": False, "model_parameters": {"llm_name": "x"}}
    body = {"query": "days", "search": {"metadata_filter": "("}, "generation": generation}
    told = refused(api.post("/v2/corpora/handbook/query", json=body), 400)["field_errors"]
    assert told == {"body.generation.model_parameters.llm_name": f"no model 'x'; there is {', '.join(NAMES)}"}


def test_an_upload_names_a_model_that_there_is(api: httpx.Client) -> None:
    def upload(name: str) -> httpx.Response:
        config = f'{{"extract_tables": true, "generation": {{"llm_name": "{name}"}}}}'
        parts = {"file": ("a.txt", b"Ships sail."), "table_extraction_config": (None, config)}
        return api.post("/v2/corpora/handbook/upload_file", files=parts)

    refused(upload("x"), 400, "body.table_extraction_config.generation.llm_name")
    assert upload("gpt-4o").status_code == 201


MODEL: dict[str, Any] = {
    "type": "openai-compatible",
    "name": "harbour-writer",
    "model": "hw-1",
    "uri": "https://models.example.com/v1/chat/completions",
}
VARIANTS: list[dict[str, Any]] = [
    {"auth": {"type": "bearer", "token": "s3cret"}, "headers": {"Authorization": "s3cret"}},
    {"type": "openai-responses", "auth": {"type": "header", "header": "x-key", "value": "s3cret"}},
    {
        "auth": {
            "type": "oauth_client_credentials",
            "client_id": "id",
            "client_secret": "s3cret",
            "token_endpoint": "https://a.example.com/token",
        }
    },
    {"type": "vertex-ai", "auth": {"type": "api_key", "api_key": "s3cret"}},
    {"type": "vertex-ai", "auth": {"type": "service_account", "key_json": "s3cret"}},
    *(
        {"type": "anthropic", "auth": auth}
        for auth in (
            {"type": "bearer", "token": "s3cret"},
            {"type": "header", "header": "x-key", "value": "s3cret"},
            {
                "type": "bedrock_static_iam",
                "aws_access_key_id": "s3cret",
                "aws_secret_access_key": "s3cret",
                "region": "eu",
            },
            {"type": "bedrock_api_key", "api_key": "s3cret", "region": "eu"},
            {"type": "vertex_service_account", "key_json": "s3cret", "project": "p", "region": "eu"},
            {"type": "vertex_access_token", "access_token": "s3cret", "project": "p", "region": "eu"},
        )
    ),
]


def make(api: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = api.post("/v2/llms", json={**MODEL, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_a_model_of_the_account_is_read_by_id_and_by_name_and_used(api: httpx.Client) -> None:
    made = make(api, description="Of the house", capabilities={"context_limit": 10})
    assert made == {
        "id": "llm_6",
        "name": "harbour-writer",
        "description": "Of the house",
        "enabled": True,
        "default": False,
        "ownership": "customer",
        "capabilities": {"context_limit": 10},
        "prompts": [],
    }
    assert read(api, "/v2/llms/llm_6") == read(api, "/v2/llms/harbour-writer") == made
    assert read(api, "/v2/llms", filter="harbour")["llms"] == [made]
    assert read(api, "/v2/llms/gpt-4o")["id"] == "llm_5"
    generation = {"model_parameters": {"llm_name": "harbour-writer"}}
    assert ask(api, "handbook", "How many days of leave?", generation=generation)["summary"]
    bare = make(api, name="bare/one")
    assert bare.keys() == made.keys() - {"capabilities"}
    assert (bare["description"], read(api, "/v2/llms/bare%2Fone")) == ("", bare)


@pytest.mark.parametrize("variant", VARIANTS)
def test_secrets_of_every_type_are_kept_and_told_nowhere(
    api: httpx.Client, understudy: Understudy, variant: dict[str, Any]
) -> None:
    made = make(api, **variant)
    change = {"type": MODEL["type"], **variant, "description": "new"}
    answers = [api.patch("/v2/llms/llm_6", json=change), api.get("/v2/llms/llm_6"), api.get("/v2/llms")]
    assert all(answer.status_code == 200 for answer in answers)
    assert not any(word in answer.text for answer in answers for word in ("s3cret", "auth", "headers", "uri"))
    assert "s3cret" not in json.dumps(understudy.journal())
    (kept,) = (t["rows"][-1]["private"] for t in state(understudy) if t["kind"] == "llm")
    assert {"uri": MODEL["uri"], "model": "hw-1", **variant}.items() <= kept.items()
    assert answers[0].json() == {**made, "description": "new"}


def test_a_change_touches_what_is_given_alone(api: httpx.Client, understudy: Understudy) -> None:
    made, before = make(api, capabilities={"tool_calling": True}), state(understudy)
    change = {"type": "openai-compatible"}
    assert api.patch("/v2/llms/llm_6", json={**change, "name": "x", "id": "y"}).json() == made
    assert state(understudy) == before
    off = api.patch("/v2/llms/harbour-writer", json={**change, "enabled": False, "model": "hw-2"}).json()
    assert off == {**made, "enabled": False}
    generation = {"model_parameters": {"llm_name": "harbour-writer"}}
    query = {"query": "days", "generation": generation}
    told = refused(api.post("/v2/corpora/handbook/query", json=query), 400)["field_errors"]
    assert told == {"body.generation.model_parameters.llm_name": "model 'harbour-writer' is disabled"}
    refused(api.patch("/v2/llms/llm_6", json={"type": "anthropic", "enabled": True}), 400, "body.type")
    refused(api.patch("/v2/llms/llm_6", json={"enabled": True}), 400, "body.type")
    assert read(api, "/v2/llms/llm_6") == off


def test_nobody_is_asked_and_the_test_fails_where_no_host_can_be(
    api: httpx.Client, understudy: Understudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    api.get("/v2/llms")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: asked.append(args))
    make(api, test_model_parameters={"max_tokens": 1}, uri="http://127.0.0.1:9/v1")
    before = state(understudy)
    for host in ("model.invalid", "invalid", "MODEL.Invalid:8080"):
        failed = {**MODEL, "name": "other", "uri": f"https://{host}/v1"}
        told = refused(api.post("/v2/llms", json=failed), 400, "body.uri")
        assert "its test failed" in told["messages"][0]
        change = {"type": "openai-compatible", "uri": f"https://{host}/v1", "description": "x"}
        refused(api.patch("/v2/llms/llm_6", json=change), 400, "body.uri")
    assert state(understudy) == before
    make(api, name="near", uri="https://invalid.example.com")
    assert asked == []


def test_a_name_of_the_platform_is_taken_over_and_given_back(api: httpx.Client) -> None:
    built_in = read(api, "/v2/llms/mockingbird-2.0")
    own = make(api, name="mockingbird-2.0", description="Ours")
    assert (own["id"], own["default"], own["prompts"]) == ("llm_6", True, built_in["prompts"])
    assert read(api, "/v2/llms/mockingbird-2.0") == own
    assert read(api, "/v2/llms/llm_1") == built_in
    listed = read(api, "/v2/llms")["llms"]
    assert [one["id"] for one in listed] == ["llm_2", "llm_3", "llm_4", "llm_5", "llm_6"]
    change = {"type": "openai-compatible", "enabled": False}
    assert api.patch("/v2/llms/mockingbird-2.0", json=change).json()["id"] == "llm_6"
    query = {"query": "days", "generation": {"generation_preset_name": "mockingbird-2.0"}}
    field = "body.generation.generation_preset_name"
    refused(api.post("/v2/corpora/handbook/query", json=query), 400, field)
    assert api.delete("/v2/llms/mockingbird-2.0").status_code == 204
    assert read(api, "/v2/llms/mockingbird-2.0") == built_in
    assert api.post("/v2/corpora/handbook/query", json=query).status_code == 200
    assert make(api)["id"] == "llm_7"


def test_a_taken_name_and_models_of_the_platform_are_refused(
    api: httpx.Client, understudy: Understudy
) -> None:
    make(api)
    before = state(understudy)
    refused(api.post("/v2/llms", json=MODEL), 400, "body.name")
    for name in ("gpt-4", "llm_3"):
        refused(api.delete(f"/v2/llms/{name}"), 403)
        refused(api.patch(f"/v2/llms/{name}", json={"type": "openai-compatible"}), 403)
    for method, body in (("get", None), ("delete", None), ("patch", {"type": "anthropic"})):
        assert refused(api.request(method, "/v2/llms/none", json=body), 404)["id"] == "none"
    assert state(understudy) == before
    assert api.delete("/v2/llms/llm_6").status_code == 204
    refused(api.delete("/v2/llms/llm_6"), 404)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"type": "other"}, "body.type"),
        ({"name": ""}, "body.name"),
        ({"name": "n" * 256}, "body.name"),
        ({"name": "", "type": "vertex-ai", "auth": VARIANTS[3]["auth"]}, "body.name"),
        ({"description": "d" * 1001}, "body.description"),
        ({"model": ""}, "body.model"),
        ({"uri": "no uri"}, "body.uri"),
        ({"headers": {"a": 1}}, "body.headers.a"),
        ({"auth": {"type": "none"}}, "body.auth.type"),
        ({"auth": {"type": "bearer"}}, "body.auth.token"),
        ({"type": "vertex-ai"}, "body.auth"),
        ({"type": "anthropic"}, "body.auth"),
        ({"type": "anthropic", "auth": {"type": "bedrock_api_key", "api_key": "x"}}, "body.auth.region"),
        ({"capabilities": {"context_limit": "far"}}, "body.capabilities.context_limit"),
        ({"test_model_parameters": 1}, "body.test_model_parameters"),
    ],
)
def test_a_bad_member_is_refused_and_changes_nothing(
    api: httpx.Client, understudy: Understudy, members: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    refused(api.post("/v2/llms", json={**MODEL, **members}), 400, field)
    assert state(understudy) == before


def test_what_is_required_is_named(api: httpx.Client) -> None:
    refused(api.post("/v2/llms", json={}), 400, "body.type")
    needed = ("body.name", "body.model", "body.uri")
    refused(api.post("/v2/llms", json={"type": "openai-compatible"}), 400, *needed)
    auth = VARIANTS[5]["auth"]
    assert api.post(
        "/v2/llms", json={"type": "anthropic", "name": "a", "model": "m", "auth": auth}
    ).is_success


def test_keys_that_query_read_models_and_make_none(understudy: Understudy) -> None:
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as client:
        assert read(client, "/v2/llms/gpt-4")["name"] == "gpt-4"
        refused(client.post("/v2/llms", json=MODEL), 403)
    with understudy.client(x_api_key=f"zwt_understudy@{understudy.world}") as client:
        make(client)
        refused(client.delete("/v2/llms/llm_6"), 403)
