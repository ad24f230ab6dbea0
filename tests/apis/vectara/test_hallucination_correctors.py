"""Hallucination correctors through HTTP. Spec tag: Hallucination Correctors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, read, refused
from understudy.apis.vectara.factual_consistency_evaluation import MAX_CHARACTERS
from understudy.pytest_plugin import BackgroundServer, Understudy

LIST = "/v2/hallucination_correctors"
PATH = f"{LIST}/correct_hallucinations"
DOCUMENTS = ["The harbour is closed in winter.", "The pier is of oak and was built in 1920."]
CORRECTORS = """
hallucination_correctors:
  - {name: house-corrector, description: Of the house}
  - {name: vhc-small-1.0, enabled: false}
"""


def body(text: str, *documents: str, **more: Any) -> dict[str, Any]:
    texts = [{"text": one} for one in documents or DOCUMENTS]
    return {"generated_text": text, "documents": texts, "model_name": "vhc-large-1.0", **more}


def corrected(api: httpx.Client, text: str, *documents: str, **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, json=body(text, *documents, **more))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_the_correctors_of_the_platform(api: httpx.Client) -> None:
    pages = all_pages(api, LIST, "hallucination_correctors", limit=1)
    assert [[(one["id"], one["name"]) for one in page] for page in pages] == [
        [("hcm_1", "vhc-small-1.0")],
        [("hcm_2", "vhc-large-1.0")],
    ]
    assert all(one["type"] == "vectara" and one["enabled"] for page in pages for one in page)
    assert [one["name"] for one in read(api, LIST, filter="THOROUGH")["hallucination_correctors"]] == [
        "vhc-large-1.0"
    ]
    for field, value in (("filter", "("), ("limit", "0"), ("page_key", "x")):
        refused(api.get(LIST, params={field: value}), 400, f"query.{field}")


def test_nothing_wrong_stays_as_it_is(api: httpx.Client) -> None:
    for text in ("The pier is of oak. [1]\n", "", "Shall we?"):
        assert corrected(api, text) == {"corrections": [], "corrected_text": text, "model": "vhc-large-1.0"}


def test_wrong_facts_are_put_right_and_explained(api: httpx.Client) -> None:
    told = corrected(api, "The harbour is closed in winter. The pier was built in 1950. Elephants fly.")
    assert told == {
        "corrections": [
            {
                "original_text": "The pier was built in 1950.",
                "corrected_text": "The pier was built in 1920.",
                "explanation": "The documents say '1920', not '1950'.",
            },
            {
                "original_text": "Elephants fly.",
                "corrected_text": "",
                "explanation": "Nothing in the documents supports this.",
            },
        ],
        "corrected_text": "The harbour is closed in winter. The pier was built in 1920.",
        "model": "vhc-large-1.0",
    }


def test_nothing_supported_leaves_nothing(api: httpx.Client) -> None:
    assert corrected(api, "Elephants fly. Pigs sing.")["corrected_text"] == ""
    answer = api.post(PATH, json={**body("The pier is of oak."), "documents": []})
    assert answer.json()["corrected_text"] == ""


def test_the_question_counts(api: httpx.Client) -> None:
    documents = ("Charging takes two hours.", "The lamp runs for nine hours.")
    told = corrected(api, "Five hours.", *documents, query="How long does the lamp run?")
    assert told["corrected_text"] == "Nine hours."


def test_a_text_may_be_as_long_as_an_evaluation(api: httpx.Client) -> None:
    sentence = "The pier is of oak. "
    text = sentence * ((MAX_CHARACTERS - len(sentence)) // len(sentence) - 1)
    assert corrected(api, text, sentence)["corrected_text"] == text
    refused(api.post(PATH, json=body(text, sentence * 5)), 400, "body.documents")
    refused(api.post(PATH, json=body("x" * (MAX_CHARACTERS + 1))), 400, "body.generated_text")


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"model_name": "none"}, "body.model_name"),
        ({"model_name": 1}, "body.model_name"),
        ({"generated_text": None}, "body.generated_text"),
        ({"documents": "x"}, "body.documents"),
        ({"documents": [{}]}, "body.documents[0].text"),
        ({"documents": [{"text": 1}]}, "body.documents[0].text"),
        ({"query": 5}, "body.query"),
    ],
)
def test_a_bad_member_is_refused(api: httpx.Client, members: dict[str, Any], field: str) -> None:
    refused(api.post(PATH, json=body("x", **members)), 400, field)


def test_what_is_required_is_named(api: httpx.Client) -> None:
    refused(api.post(PATH, json={}), 400, "body.generated_text", "body.documents", "body.model_name")


def test_a_correction_changes_nothing(api: httpx.Client, understudy: Understudy) -> None:
    before = understudy.look(lambda world: world.store.dump())
    assert corrected(api, "The pier is of steel.") == corrected(api, "The pier is of steel.")
    assert understudy.look(lambda world: world.store.dump()) == before
    with understudy.client(x_api_key=f"zqt_understudy@{understudy.world}") as reader:
        assert corrected(reader, "The pier is of oak.")["corrections"] == []


def test_a_fixture_adds_correctors_and_switches_them_off(
    understudy_server: BackgroundServer, tmp_path: Path
) -> None:
    with begin_from(understudy_server, "correctors-seeded", tmp_path / "f.yaml", CORRECTORS) as api:
        listed = {one["name"]: one for one in read(api, LIST)["hallucination_correctors"]}
        assert listed["house-corrector"]["id"] == "hcm_3"
        assert corrected(api, "The pier is of oak.", model_name="house-corrector")["corrections"] == []
        off = refused(api.post(PATH, json=body("x", model_name="vhc-small-1.0")), 400, "body.model_name")
        assert "disabled" in off["messages"][0]
