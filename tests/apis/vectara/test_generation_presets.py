"""Generation presets through HTTP: the list, and what a preset does to a generation.

Spec tag: Generation Presets.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import (
    HOUSE_MODELS,
    all_pages,
    ask,
    core,
    make_corpus,
    put,
    read,
    refused,
    streamed,
)
from understudy.apis.vectara.platform import PROMPT
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

PATH = "/v2/generation_presets"
DOCUMENTED = [
    "mockingbird-2.0",
    "vectara-summary-ext-24-05-sml",
    "vectara-summary-ext-24-05-med",
    "vectara-summary-ext-24-05-med-omni",
    "vectara-summary-ext-24-05-large",
    "vectara-summary-table-query-ext-dec-2024-gpt-4o",
    "vectara-summary-ext-v1.2.0",
    "vectara-summary-ext-v1.3.0",
]
MEMBERS = ("generation_preset_name", "prompt_name")


def listed(api: httpx.Client, **parameters: object) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in read(api, PATH, **parameters)["generation_presets"]}


def refused_generation(api: httpx.Client, corpus_key: str, generation: dict[str, Any]) -> dict[str, str]:
    body = {"query": "hours", "generation": generation}
    answer = refused(api.post(f"/v2/corpora/{corpus_key}/query", json=body), 400)
    fields: dict[str, str] = answer["field_errors"]
    return fields


@pytest.fixture
def quays(api: httpx.Client) -> None:
    """Thirty parts that a question about quays finds."""
    make_corpus(api, "quays")
    put(api, "quays", core("d", *(f"Quay {number} has {number + 1} cranes." for number in range(30))))


def used(api: httpx.Client, **generation: Any) -> int:
    """How many results the prompt of an answer shows."""
    search = {"limit": 30, "reranker": {"type": "none"}}
    answer = ask(api, "quays", "How many cranes has a quay?", search=search, generation=generation)
    assert len(answer["search_results"]) == 30
    content: str = json.loads(answer["rendered_prompt"])[-1]["content"]
    return content.count("\n[")


def test_the_presets_of_the_platform(api: httpx.Client) -> None:
    presets = listed(api)
    assert list(presets) == DOCUMENTED
    assert [name for name, one in presets.items() if one["default"]] == ["mockingbird-2.0"]
    llms = {one["name"] for one in read(api, "/v2/llms")["llms"]}
    for one in presets.values():
        assert one["id"].startswith("pmt_")
        assert one["llm_name"] in llms
        assert (one["max_used_search_results"], one["enabled"]) == (25, True)
        assert one["prompt_template"] == PROMPT


def test_a_list_is_narrowed_to_a_model_and_read_in_pages(api: httpx.Client) -> None:
    pages = all_pages(api, PATH, "generation_presets", limit=3)
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [one["name"] for page in pages for one in page] == DOCUMENTED
    assert list(listed(api, llm_name="gpt-4o")) == [DOCUMENTED[3], DOCUMENTED[5]]
    assert listed(api, llm_name="gpt") == {}
    page_key = read(api, PATH, limit=1)["metadata"]["page_key"]
    for parameters, field in (
        ({"limit": 0}, "limit"),
        ({"page_key": "x"}, "page_key"),
        ({"page_key": page_key, "llm_name": "gpt-4o"}, "page_key"),
    ):
        refused(api.get(PATH, params=parameters), 400, f"query.{field}")


@pytest.mark.usefixtures("quays")
def test_a_named_preset_says_how_many_results_are_used_and_the_request_wins(api: httpx.Client) -> None:
    assert used(api) == 5
    for member in MEMBERS:
        assert used(api, **{member: "mockingbird-2.0"}) == 25
        assert used(api, **{member: "mockingbird-2.0"}, max_used_search_results=2) == 2
    assert used(api, max_used_search_results=29) == 29


def test_the_template_of_the_platform_says_what_is_written_without_it(api: httpx.Client) -> None:
    question = 'How many "days" of leave,\tor \\ hours?\n$vectaraQuery #end \u2028 \u0001'
    for count in (0, 1, 5):
        common = {"max_used_search_results": count}
        same = {**common, "prompt_template": f"{PROMPT}##"}  # read as one that is not known
        written, interpreted = (ask(api, "handbook", question, generation=one) for one in (common, same))
        assert interpreted == written
        assert written["rendered_prompt"].count("[1] ") == min(count, 1)


@HOUSE_MODELS
def test_a_preset_brings_its_template_and_its_limits(api: httpx.Client) -> None:
    assert listed(api)["terse"]["id"] == "pmt_9"
    plain = ask(api, "manual", "How long is the lamp charged?", generation={})
    assert plain["summary"].count("[") == 2
    for member in MEMBERS:
        told = ask(api, "manual", "How long is the lamp charged?", generation={member: "terse"})
        prompt = json.loads(told["rendered_prompt"])
        assert prompt == [{"role": "user", "content": "How long is the lamp charged? in 1"}]
        assert told["summary"].count("[") == 1


@HOUSE_MODELS
def test_everything_of_a_preset_can_be_overridden(api: httpx.Client) -> None:
    question = "How long is the lamp charged?"
    plain = ask(api, "manual", question, generation={})
    own = '[{"role": "user", "content": "mine"}]'
    for over, prompt, summary in (
        ({"prompt_template": own}, own, plain["summary"].partition("] ")[0] + "]"),
        ({"prompt_text": own}, own, plain["summary"].partition("] ")[0] + "]"),
        (
            {"max_used_search_results": 2, "model_parameters": {"max_tokens": 0, "llm_name": "gpt-4"}},
            f'[{{"role": "user", "content": "{question} in 2"}}]',
            plain["summary"],
        ),
    ):
        told = ask(api, "manual", question, generation={"generation_preset_name": "terse", **over})
        assert (told["rendered_prompt"], told["summary"]) == (prompt, summary)


@HOUSE_MODELS
def test_a_preset_without_a_template_and_a_model_has_those_of_the_platform(api: httpx.Client) -> None:
    bare = {"generation_preset_name": "bare"}
    assert "llm_name" not in listed(api)["bare"]
    assert ask(api, "manual", "hours", generation=bare) == ask(api, "manual", "hours", generation={})


@HOUSE_MODELS
def test_a_preset_that_cannot_be_used_is_refused(api: httpx.Client) -> None:
    for member in MEMBERS:
        place = f"body.generation.{member}"
        off = refused_generation(api, "manual", {member: "vectara-summary-ext-v1.3.0"})
        assert off == {place: "preset 'vectara-summary-ext-v1.3.0' is disabled"}
        unknown = refused_generation(api, "manual", {member: "x", "enabled": False})
        assert set(unknown) == {place}
        assert "terse" in unknown[place]
        assert "vectara-summary-ext-v1.3.0" not in unknown[place]
        # Its model is switched off, and another one can stand in.
        of_model = refused_generation(api, "manual", {member: "vectara-summary-ext-v1.2.0"})
        assert of_model == {place: "model 'gpt-3.5-turbo' is disabled"}
        other = {member: "vectara-summary-ext-v1.2.0", "model_parameters": {"llm_name": "gpt-4"}}
        assert ask(api, "manual", "hours", generation=other)["summary"]
        assert set(refused_generation(api, "manual", {member: "broken"})) == {place}
    both = {"generation_preset_name": "terse", "prompt_name": "x"}
    assert set(refused_generation(api, "manual", both)) == {"body.generation.prompt_name"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("generation_presets: [{name: a, llm_name: x}]", "llm_name no model 'x'"),
        ("generation_presets: [{name: a, prompt_template: '#if('}]", "prompt_template "),
        (
            "generation_presets: [{name: a, max_tokens: 0}]",
            "generation_presets.max_tokens must be at least 1",
        ),
        ("generation_presets: [{name: mockingbird-2.0, id: pmt_77}]", "has the id 'pmt_1'"),
        ("llms: [{name: a, id: llm_1}]", "model 'llm_1' already exists"),
        ("encoders: [{name: a, id: x}]", "encoders.id must match"),
        ("table_extractors: [{name: a, enabled: true}]", "is not a member"),
    ],
)
def test_a_row_that_makes_no_sense_stops_the_fixture(
    understudy_server: BackgroundServer, tmp_path: Path, rows: str, told: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(rows)
    worlds = understudy_server.server.worlds
    with pytest.raises(SetupError, match=r"wrong\.yaml:1") as caught:
        understudy_server.on_loop(lambda: worlds.create("wrong", fixture=str(file)))
    assert told in str(caught.value)


MINE: dict[str, Any] = {
    "name": "mine",
    "description": "Of the house",
    "llm_name": "gpt-4",
    "prompt_template": '[{"role": "user", "content": "$vectaraQuery in $vectaraQueryResults.size()"}]',
    "max_used_search_results": 1,
    "max_tokens": 5,
    "temperature": 0.5,
    "frequency_penalty": 0.25,
    "presence_penalty": 0.125,
    "additional_model_params": {"seed": 1},
}
QUESTION = "How many days of leave?"
LAMP = "How long is the lamp charged?"


def make(api: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, json={"name": "mine", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def defaults(api: httpx.Client) -> list[str]:
    return [name for name, one in listed(api, limit=100).items() if one["default"]]


def test_a_preset_is_kept_as_it_was_given(api: httpx.Client) -> None:
    made = make(api, **MINE, id="pmt_mine")
    assert made == {**MINE, "id": "pmt_9", "enabled": True, "default": False}
    assert listed(api, llm_name="gpt-4")["mine"] == made
    bare = make(api, name="bare")
    assert bare == {"id": "pmt_10", "name": "bare", "description": "", "enabled": True, "default": False}
    assert [one["name"] for one in read(api, "/v2/llms/gpt-4")["prompts"]][-1] == "mine"


def test_a_made_preset_counts_in_queries_chats_and_streams(api: httpx.Client) -> None:
    make(api, **MINE)
    make_corpus(api, "lamps")
    texts = ("The lamp runs for nine hours on one charge.", "The lamp is charged within two hours.")
    put(api, "lamps", core("lamp", *texts))
    named = {"generation_preset_name": "mine"}
    rendered = json.dumps([{"role": "user", "content": f"{LAMP} in 1"}])
    told = ask(api, "lamps", LAMP, generation=named)
    plain = ask(api, "lamps", LAMP, generation={})
    assert told["rendered_prompt"] == rendered
    assert 0 < len(told["summary"]) < len(plain["summary"])
    body = {"query": LAMP, "search": {"corpora": [{"corpus_key": "lamps"}]}, "generation": named}
    assert api.post("/v2/query", json=body).json()["summary"] == told["summary"]
    chat = api.post("/v2/chats", json=body).json()
    assert (chat["answer"], chat["rendered_prompt"]) == (told["summary"], rendered)
    (info,) = [one for one in streamed(api, body, "/v2/query") if one["type"] == "generation_info"]
    assert info["rendered_prompt"] == rendered


def test_a_replaced_preset_has_what_is_given_alone(api: httpx.Client, understudy: Understudy) -> None:
    made, before = make(api, **MINE), state(understudy)
    path = f"{PATH}/{made['id']}"
    same = api.put(path, json={**made, "id": "pmt_other"})
    assert (same.status_code, same.json(), state(understudy)) == (200, made, before)
    new = api.put(path, json={"name": "ours", "enabled": False}).json()
    assert new == {"id": "pmt_9", "name": "ours", "description": "", "enabled": False, "default": False}
    assert listed(api)["ours"] == new
    assert refused_generation(api, "handbook", {"generation_preset_name": "mine"})
    off = refused_generation(api, "handbook", {"generation_preset_name": "ours"})
    assert off == {"body.generation.generation_preset_name": "preset 'ours' is disabled"}


def test_a_deleted_preset_cannot_be_named(api: httpx.Client) -> None:
    made = make(api, **MINE)
    path = f"{PATH}/{made['id']}"
    assert ask(api, "handbook", QUESTION, generation={"prompt_name": "mine"})["summary"]
    assert api.delete(path).status_code == 204
    for member in MEMBERS:
        assert list(refused_generation(api, "handbook", {member: "mine"})) == [f"body.generation.{member}"]
    assert refused(api.delete(path), 404)["id"] == made["id"]
    assert refused(api.put(path, json=MINE), 404)["id"] == made["id"]
    assert make(api)["id"] == "pmt_10"


def test_one_preset_is_the_default(api: httpx.Client) -> None:
    first = make(api, **{**MINE, "name": "first"}, default=True)
    assert defaults(api) == ["first"]
    prompt = ask(api, "handbook", QUESTION, generation={})["rendered_prompt"]
    assert json.loads(prompt)[0]["content"].startswith(f"{QUESTION} in ")
    second = make(api, name="second", default=True)
    assert defaults(api) == ["second"]
    api.put(f"{PATH}/{first['id']}", json={"name": "first", "default": True})
    assert defaults(api) == ["first"]
    api.delete(f"{PATH}/{second['id']}")
    assert defaults(api) == ["first"]
    api.put(f"{PATH}/{first['id']}", json={"name": "first"})
    assert defaults(api) == ["mockingbird-2.0"]
    api.put(f"{PATH}/{first['id']}", json={"name": "first", "default": True})
    api.delete(f"{PATH}/{first['id']}")
    assert defaults(api) == ["mockingbird-2.0"]


def test_presets_of_the_platform_stay_as_they_are(api: httpx.Client, understudy: Understudy) -> None:
    before = state(understudy)
    refused(api.put(f"{PATH}/pmt_1", json=MINE), 403)
    refused(api.delete(f"{PATH}/pmt_1"), 403)
    assert state(understudy) == before


@HOUSE_MODELS
def test_presets_of_a_fixture_may_change(api: httpx.Client) -> None:
    terse = listed(api)["terse"]
    assert api.put(f"{PATH}/{terse['id']}", json={**terse, "max_tokens": 9}).json()["max_tokens"] == 9
    assert api.delete(f"{PATH}/{terse['id']}").status_code == 204
    assert "terse" not in listed(api)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"name": ""}, "body.name"),
        ({"name": "mockingbird-2.0"}, "body.name"),
        ({"name": "taken"}, "body.name"),
        ({"llm_name": "none"}, "body.llm_name"),
        ({"prompt_template": "#if ($a) never ends"}, "body.prompt_template"),
        ({"max_used_search_results": 0}, "body.max_used_search_results"),
        ({"max_tokens": 0}, "body.max_tokens"),
        ({"temperature": "warm"}, "body.temperature"),
        ({"additional_model_params": []}, "body.additional_model_params"),
        ({"default": "yes"}, "body.default"),
    ],
)
def test_a_bad_member_is_refused_and_changes_nothing(
    api: httpx.Client, understudy: Understudy, members: dict[str, Any], field: str
) -> None:
    make(api, name="taken")
    made = make(api)
    before = state(understudy)
    refused(api.post(PATH, json={"name": "new", "default": True, **members}), 400, field)
    refused(api.put(f"{PATH}/{made['id']}", json={"name": "mine", "default": True, **members}), 400, field)
    refused(api.post(PATH, json={}), 400, "body.name")
    assert state(understudy) == before


def test_personal_keys_alone_make_presets(understudy: Understudy) -> None:
    for kind in ("zqt", "zwt"):
        with understudy.client(x_api_key=f"{kind}_understudy@{understudy.world}") as client:
            refused(client.post(PATH, json=MINE), 403)
            refused(client.delete(f"{PATH}/pmt_1"), 403)
