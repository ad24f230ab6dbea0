"""What the terms of a text stand for is written behind them."""

from __future__ import annotations

import pytest

from understudy.behaviours.glossary import Glossary

TERMS = {
    "PTO": "paid leave",
    "k8s": "Kubernetes",
    "k8s cluster": "a group of machines that Kubernetes runs",
    "C++": "a language",
    "C": "an older language",
    "R&D": "research and development",
    "straße": "a street",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How much PTO do I have?", "How much PTO (paid leave) do I have?"),
        ("how much pto?", "how much pto (paid leave)?"),
        ("A k8s Cluster, please", "A k8s Cluster (a group of machines that Kubernetes runs), please"),
        ("the k8s  \n cluster", "the k8s  \n cluster (a group of machines that Kubernetes runs)"),
        ("k8s clusters", "k8s (Kubernetes) clusters"),
        ("PTOs and cPTO and PTO_1", "PTOs and cPTO and PTO_1"),
        ("Is C++ C?", "Is C++ (a language) C (an older language)?"),
        ("R&D", "R&D (research and development)"),
        ("In der STRASSE", "In der STRASSE (a street)"),
        ("PTO and PTO", "PTO (paid leave) and PTO"),
        ("PTO (Paid leave) is left", "PTO (Paid leave) is left"),
        ("nothing of it", "nothing of it"),
        ("", ""),
    ],
)
def test_terms_are_explained(text: str, expected: str) -> None:
    assert Glossary(TERMS).expand(text) == expected


def test_the_first_of_two_equal_terms_counts() -> None:
    assert Glossary({"pto": "one", "PTO": "two"}).expand("PTO") == "PTO (one)"


def test_a_glossary_without_terms_changes_nothing() -> None:
    assert Glossary({}).expand("PTO") == Glossary({" ": "blank"}).expand("PTO") == "PTO"
