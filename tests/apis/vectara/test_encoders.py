"""Encoders through HTTP. Spec tag: Encoders."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    HOUSE_MODELS,
    all_pages,
    core,
    found,
    ids,
    make_corpus,
    put,
    read,
    refused,
)
from understudy.pytest_plugin import BackgroundServer, Understudy


@pytest.mark.parametrize("fixture", ["empty", "quickstart"])
def test_the_encoders_of_the_platform_are_in_every_world(
    understudy_server: BackgroundServer, fixture: str
) -> None:
    name = f"encoders-{fixture}"
    worlds = understudy_server.server.worlds
    understudy_server.on_loop(lambda: worlds.create(name, fixture=fixture))
    with Understudy(understudy_server, name).client() as client:
        first, second = read(client, "/v2/encoders")["encoders"]
    understudy_server.on_loop(lambda: worlds.delete(name))
    assert (first["id"], first["name"], first["type"]) == ("enc_1", "boomerang-2023-q3", "vectara")
    assert first["default"] is first["enabled"] is second["enabled"] is True
    assert second["default"] is False
    assert second["id"] == "enc_0"


def test_a_list_is_narrowed_by_an_expression_and_read_in_pages(api: httpx.Client) -> None:
    assert [len(page) for page in all_pages(api, "/v2/encoders", "encoders", limit=1)] == [1, 1]
    assert [one["id"] for one in read(api, "/v2/encoders", filter="^BOOMERANG-L")["encoders"]] == ["enc_0"]
    assert [one["id"] for one in read(api, "/v2/encoders", filter="the standard one")["encoders"]] == [
        "enc_1"
    ]
    nothing = read(api, "/v2/encoders", filter="gpt")
    assert nothing == {"encoders": [], "metadata": {"page_key": ""}}


def test_what_cannot_be_asked_is_refused(api: httpx.Client) -> None:
    for parameters, field in (
        ({"filter": "("}, "query.filter"),
        ({"limit": 0}, "query.limit"),
        ({"limit": 101}, "query.limit"),
        ({"page_key": "x"}, "query.page_key"),
    ):
        refused(api.get("/v2/encoders", params=parameters), 400, field)
    foreign = read(api, "/v2/rerankers", limit=1)["metadata"]["page_key"]
    refused(api.get("/v2/encoders", params={"page_key": foreign}), 400, "query.page_key")


def test_a_key_that_queries_may_list_and_one_that_indexes_too(understudy: Understudy) -> None:
    for kind in ("zqt", "zwt"):
        with understudy.client(x_api_key=f"{kind}_understudy@{understudy.world}") as client:
            assert read(client, "/v2/encoders")["encoders"]


@HOUSE_MODELS
def test_a_fixture_adds_encoders_and_switches_them_off(api: httpx.Client) -> None:
    encoders = {one["name"]: one for one in read(api, "/v2/encoders")["encoders"]}
    assert list(encoders) == ["boomerang-2023-q3", "boomerang-legacy", "lantern-embedder"]
    own = encoders["lantern-embedder"]
    assert (own["id"], own["type"], own["output_dimensions"]) == ("enc_2", "openai-compatible", 64)
    assert [name for name, one in encoders.items() if one["default"]] == ["lantern-embedder"]
    assert encoders["boomerang-legacy"]["enabled"] is False


@HOUSE_MODELS
def test_a_corpus_is_made_with_an_encoder_that_there_is(api: httpx.Client) -> None:
    assert read(api, "/v2/corpora/manual")["encoder_name"] == "lantern-embedder"
    assert read(api, "/v2/corpora/old")["encoder_id"] == "enc_1"
    made = make_corpus(api, "new", encoder_id="enc_2")
    assert (made["encoder_id"], made["encoder_name"]) == ("enc_2", "lantern-embedder")
    for given, field in (
        ({"encoder_name": "boomerang-legacy"}, "encoder_name"),
        ({"encoder_id": "enc_0"}, "encoder_id"),
        ({"encoder_id": "enc_1", "encoder_name": "lantern-embedder"}, "encoder_id"),
    ):
        refused(api.post("/v2/corpora", json={"key": "c", **given}), 400, f"body.{field}")
    refused(api.get("/v2/corpora/c"), 404)
    unknown = refused(api.post("/v2/corpora", json={"key": "c", "encoder_name": "x"}), 400)
    told = unknown["field_errors"]["body.encoder_name"]
    assert told == "no encoder 'x'; there is boomerang-2023-q3, lantern-embedder"


def test_without_a_default_a_corpus_names_its_encoder(understudy: Understudy, api: httpx.Client) -> None:
    from understudy.apis.vectara import models
    from understudy.apis.vectara.kinds import ENCODERS

    off = {"name": "boomerang-2023-q3", "enabled": False}
    understudy.look(lambda world: models.seed(ENCODERS, world, off))
    refused(api.post("/v2/corpora", json={"key": "c"}), 400, "body.encoder_name")
    assert make_corpus(api, "c", encoder_name="boomerang-legacy")["encoder_id"] == "enc_0"


ENCODER: dict[str, Any] = {
    "type": "openai-compatible",
    "name": "harbour-embedder",
    "description": "Of the house",
    "uri": "https://models.example.com/v1/embeddings",
    "model": "he-1",
}


def make(api: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = api.post("/v2/encoders", json={**ENCODER, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_an_encoder_of_the_account_is_listed_and_used_by_new_corpora(api: httpx.Client) -> None:
    made = make(api, output_dimensions=64)
    assert made == {
        "id": "enc_2",
        "name": "harbour-embedder",
        "type": "openai-compatible",
        "output_dimensions": 64,
        "description": "Of the house",
        "default": False,
        "enabled": True,
    }
    assert read(api, "/v2/encoders", filter="harbour")["encoders"] == [made]
    assert make(api, name="other")["output_dimensions"] == 768
    for given in ({"encoder_id": "enc_2"}, {"encoder_name": "harbour-embedder"}):
        corpus = make_corpus(api, next(iter(given)), **given)
        assert (corpus["encoder_id"], corpus["encoder_name"]) == ("enc_2", "harbour-embedder")
        put(api, corpus["key"], core("lamp", "The lamp runs for nine hours."))
        assert ids(found(api, corpus["key"], "How long does the lamp run?")) == ["lamp"]


@pytest.mark.parametrize(
    "auth",
    [
        {"type": "bearer", "token": "s3cret"},
        {"type": "header", "header": "x-key", "value": "s3cret"},
        {
            "type": "oauth_client_credentials",
            "client_id": "id",
            "client_secret": "s3cret",
            "token_endpoint": "https://a.example.com/token",
        },
    ],
)
def test_secrets_are_kept_and_told_nowhere(
    api: httpx.Client, understudy: Understudy, auth: dict[str, Any]
) -> None:
    make(api, auth=auth)
    told = api.get("/v2/encoders").text
    assert not any(word in told for word in ("s3cret", "auth", "uri", "he-1"))
    assert "s3cret" not in json.dumps(understudy.journal())
    (kept,) = (t["rows"][-1]["private"] for t in state(understudy) if t["kind"] == "encoder")
    assert kept == {"uri": ENCODER["uri"], "model": "he-1", "auth": auth}


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"type": "vectara"}, "body.type"),
        ({"name": ""}, "body.name"),
        ({"name": "boomerang-legacy"}, "body.name"),
        ({"uri": "no uri"}, "body.uri"),
        ({"uri": "https://models.invalid/v1"}, "body.uri"),
        ({"output_dimensions": 0}, "body.output_dimensions"),
        ({"auth": {"type": "bearer"}}, "body.auth.token"),
    ],
)
def test_a_bad_member_is_refused_and_changes_nothing(
    api: httpx.Client, understudy: Understudy, members: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    refused(api.post("/v2/encoders", json={**ENCODER, **members}), 400, field)
    needed = ("body.name", "body.description", "body.uri", "body.model")
    refused(api.post("/v2/encoders", json={"type": "openai-compatible"}), 400, *needed)
    assert state(understudy) == before


def test_personal_keys_alone_make_encoders(understudy: Understudy) -> None:
    for kind in ("zqt", "zwt"):
        with understudy.client(x_api_key=f"{kind}_understudy@{understudy.world}") as client:
            refused(client.post("/v2/encoders", json=ENCODER), 403)
