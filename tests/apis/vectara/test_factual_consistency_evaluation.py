"""Factual consistency through HTTP. Spec tag: Factual Consistency Evaluation."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import ask, core, make_corpus, put, refused
from understudy.apis.vectara.factual_consistency_evaluation import MAX_CHARACTERS
from understudy.pytest_plugin import Understudy

PATH = "/v2/evaluate_factual_consistency"
SOURCES = ["The harbour is closed in winter.", "Boats land fish each morning. The pier is of oak."]


def evaluated(api: httpx.Client, text: str, sources: list[str], **more: Any) -> float:
    answer = api.post(PATH, json={"generated_text": text, "source_texts": sources, **more})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"score"}
    score: float = answer.json()["score"]
    return score


def test_the_score_is_the_share_that_the_sources_back(api: httpx.Client) -> None:
    assert evaluated(api, "The harbour is closed in winter.", SOURCES) == 1
    assert evaluated(api, "The pier is of oak. Boats land fish. [2]", SOURCES) == 1
    assert evaluated(api, "Elephants administer quarterly dividends.", SOURCES) == 0
    half = evaluated(api, "The harbour is closed in winter. Elephants administer dividends.", SOURCES)
    assert half == 0.5
    # One source has to back a sentence, not several together.
    assert evaluated(api, "The harbour is of oak.", SOURCES) == 0.5


def test_the_model_may_be_named(api: httpx.Client) -> None:
    for given in ({}, {"model_name": "hhem_v2.3"}):
        assert evaluated(api, "The pier is of oak.", SOURCES, model_parameters=given) == 1
    for name in ("hhem_v2.2", "", "gpt-4"):
        body = {"generated_text": "a", "source_texts": [], "model_parameters": {"model_name": name}}
        refused(api.post(PATH, json=body), 400, "body.model_parameters.model_name")


def test_nothing_backs_nothing(api: httpx.Client) -> None:
    for text, sources in (
        ("", SOURCES),
        ("The pier is of oak.", []),
        ("", []),
        ("?!", [""]),
        ("Oak.", ["", ""]),
    ):
        assert evaluated(api, text, sources) == 0


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"body.generated_text", "body.source_texts"}),
        ({"generated_text": "a"}, {"body.source_texts"}),
        ({"generated_text": "a", "source_texts": [1]}, {"body.source_texts[0]"}),
        ({"generated_text": None, "source_texts": []}, {"body.generated_text"}),
        ({"generated_text": "a", "source_texts": [], "model_parameters": 5}, {"body.model_parameters"}),
    ],
)
def test_a_body_of_another_shape_is_refused(
    api: httpx.Client, body: dict[str, Any], fields: set[str]
) -> None:
    refused(api.post(PATH, json=body), 400, *fields)


def test_three_languages_are_judged(api: httpx.Client) -> None:
    german = "Der Hafen der Insel ist während des ganzen Winters wegen Eis geschlossen."
    french = "Le port de cette île est fermé pendant tout l'hiver et les bateaux sont dans la baie."
    for text in (german, french):
        assert evaluated(api, text, [text]) == 1
    for text, code in (
        ("El puerto de la isla está cerrado durante todo el invierno por el hielo.", "spa"),
        ("港は冬の間ずっと閉まっています。", "jpn"),
    ):
        answer = api.post(PATH, json={"generated_text": text, "source_texts": [text]})
        assert code in refused(answer, 422)["messages"][0]


def test_what_is_too_long_is_refused(api: httpx.Client) -> None:
    text = "The pier is of oak."
    for generated, sources, field in (
        ("a" * (MAX_CHARACTERS + 1), [], "generated_text"),
        (text, ["a" * MAX_CHARACTERS], "source_texts"),
        (text, [""] * MAX_CHARACTERS, "source_texts"),
    ):
        body = {"generated_text": generated, "source_texts": sources}
        refused(api.post(PATH, json=body), 400, f"body.{field}")
    assert evaluated(api, text, [text, "a" * (MAX_CHARACTERS - 2 * len(text) - 2)]) == 1


def test_keys_that_query_may_evaluate(understudy: Understudy) -> None:
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as client:
        assert evaluated(client, "The pier is of oak.", SOURCES) == 1


def long_part(characters: int) -> str:
    sentence = "The tug waits. "
    return "Zebras graze at noon. " + sentence * (characters // len(sentence))


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_from_too_long_sources_has_a_warning_instead_of_a_score(
    api: httpx.Client, stream: bool
) -> None:
    make_corpus(api, "long")
    put(api, "long", core("d", long_part(MAX_CHARACTERS)))
    put(api, "long", core("e", "Zebras sleep."))
    if stream:
        body = {"query": "When do zebras graze?", "generation": {}, "stream_response": True}
        events = api.post("/v2/corpora/long/query", json=body).text
        assert "event:generation_end" in events
        assert "event:factual_consistency_score" not in events
        return
    told = ask(api, "long", "When do zebras graze?", generation={})
    assert told["summary"].startswith("Zebras graze at noon. [")
    assert told["warnings"] == ["exceeded_max_input_length_fcs"]
    assert "factual_consistency_score" not in told
    unwanted = {"enable_factual_consistency_score": False}
    assert "warnings" not in ask(api, "long", "When do zebras graze?", generation=unwanted)


def test_both_warnings_can_come_together(api: httpx.Client) -> None:
    make_corpus(api, "long")
    put(api, "long", core("d", long_part(MAX_CHARACTERS)))
    told = ask(api, "long", "When do zebras graze?", generation={"response_language": "spa"})
    assert told["warnings"] == ["fcs_language_not_supported", "exceeded_max_input_length_fcs"]


def test_an_answer_gets_the_score_that_its_text_gets_here(api: httpx.Client) -> None:
    told = ask(api, "handbook", "How many days may a customer return a lantern?", generation={})
    texts = [result["text"] for result in told["search_results"]]
    assert evaluated(api, told["summary"], texts) == told["factual_consistency_score"]
