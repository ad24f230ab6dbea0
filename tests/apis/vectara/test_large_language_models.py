"""Language models through HTTP. Spec tag: Large Language Models."""

from __future__ import annotations

import httpx
import pytest

from tests.apis.vectara.conftest import HOUSE_MODELS, all_pages, ask, read, refused

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
