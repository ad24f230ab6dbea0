"""What is corrected in a text, what is removed, and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.behaviours.correction import correct

DOCUMENTS = [
    "The harbour is closed in winter. Boats land fish each morning. The pier is of oak and was built in 1920"
    " by John Miller.",
    "The lamp Aurora runs for nine hours. It costs $40. Charging takes 2.5 hours. Sales begin on 5 May 2026"
    " at 9:00.",
    "Ada Lovelace was born in 1815. She wrote the first program. Berlin is the capital of Germany. The shop"
    " sells apples and pears. Dogs are not allowed.",
]
SUPPORT_DESK = Path(__file__).parents[3] / "fixtures" / "vectara" / "support-desk.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " The harbour is closed in winter.\n\nBoats land fish. ",
        "The lamp Aurora runs for 9 hours and costs $40. [2]",
        "Sales begin on May 5, 2026.",
        "Ada Lovelace wrote the first program.",
        "Would you like to know more?",
        "Dogs are not allowed.",
    ],
)
def test_what_is_supported_stays_to_the_byte(text: str) -> None:
    assert correct(text, DOCUMENTS) == (text, [])


@pytest.mark.parametrize(
    ("text", "right", "old", "new"),
    [
        ("The lamp Aurora runs for five hours.", "The lamp Aurora runs for nine hours.", "five", "nine"),
        ("The lamp Aurora runs for 5 hours.", "The lamp Aurora runs for nine hours.", "5", "nine"),
        ("The lamp costs $45.", "The lamp costs $40.", "45", "40"),
        ("Charging takes 3 hours. [1]", "Charging takes 2.5 hours. [1]", "3", "2.5"),
        ("The pier was built in 1950.", "The pier was built in 1920.", "1950", "1920"),
        (
            "The pier was built in 1920 by Anna Smith.",
            "The pier was built in 1920 by John Miller.",
            "Anna Smith",
            "John Miller",
        ),
        ("Sales begin on 7 June 2026.", "Sales begin on 5 May 2026.", "7 June 2026", "5 May 2026"),
        (
            "Sales begin on 5 May 2026 at 10:30.",
            "Sales begin on 5 May 2026 at 9:00.",
            "10:30",
            "9:00",
        ),
        ("The pier is of steel.", "The pier is of oak.", "steel", "oak"),
        ("Paris is the capital of Germany.", "Berlin is the capital of Germany.", "Paris", "Berlin"),
    ],
)
def test_a_wrong_fact_is_replaced_by_that_of_the_documents(text: str, right: str, old: str, new: str) -> None:
    corrected, (one,) = correct(text, DOCUMENTS)
    assert (corrected, one.original, one.corrected) == (right, text, right)
    assert one.explanation == f"The documents say '{new}', not '{old}'."
    assert correct(corrected, DOCUMENTS) == (corrected, [])


@pytest.mark.parametrize(
    ("text", "right", "reason"),
    [
        ("Elephants administer quarterly dividends.", "", "Nothing in the documents supports this."),
        ("Would you like more? Elephants fly.", "", "Nothing in the documents supports this."),
        (
            "The harbour is closed in winter. Elephants administer dividends. [1] Boats land fish.",
            "The harbour is closed in winter. Boats land fish.",
            "Nothing in the documents supports this.",
        ),
        (
            "The harbour is closed in winter, and elephants administer dividends.",
            "The harbour is closed in winter.",
            "Nothing in the documents supports this.",
        ),
        (
            "In Rome, the harbour is closed in winter.",
            "The harbour is closed in winter.",
            "The documents do not mention 'Rome'.",
        ),
        (
            "Elephants fly. The harbour is closed in winter.",
            "The harbour is closed in winter.",
            "Nothing in the documents supports this.",
        ),
    ],
)
def test_what_nothing_supports_is_removed(text: str, right: str, reason: str) -> None:
    corrected, (one,) = correct(text, DOCUMENTS)
    assert (corrected, one.explanation) == (right, reason)
    assert one.original in text


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The harbour is not closed in winter.", "The harbour is closed in winter."),
        ("Dogs are allowed.", "Dogs are not allowed."),
    ],
)
def test_the_opposite_is_turned_round(text: str, right: str) -> None:
    corrected, (one,) = correct(text, DOCUMENTS)
    assert (corrected, one.explanation) == (right, "The documents say the opposite.")


def test_the_question_tells_which_sentence_counts() -> None:
    documents = ["Charging takes two hours. The lamp runs for nine hours."]
    assert correct("Five hours.", documents, "How long does the lamp run?")[0] == "Nine hours."
    assert correct("Five hours.", documents, "How long does charging take?")[0] == "Two hours."


def test_without_documents_nothing_is_supported() -> None:
    corrected, (one,) = correct("The pier is of oak.", [])
    assert (corrected, one.corrected) == ("", "")


def test_documents_support_themselves() -> None:
    documents: list[dict[str, Any]] = yaml.safe_load(SUPPORT_DESK.read_text("utf-8"))["documents"]
    for document in documents:
        texts = [
            part["text"] for part in (*document.get("document_parts", ()), *document.get("sections", ()))
        ]
        whole = " ".join(texts)
        assert correct(whole, texts) == (whole, [])


def test_hostile_texts_end() -> None:
    for text in ("Ada and " * 4000, "in the w1 " * 3000, "!?" * 8000, "5 of the 6. " * 2000, "[1] " * 8000):
        corrected, _ = correct(text, ["The other text is of 7 oaks. " * 500])
        assert len(corrected) <= 2 * len(text)
