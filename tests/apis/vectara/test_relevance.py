"""Judged questions find the documents that answer them, by default; see benchmarks/README.md."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import httpx
import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "relevance.py"
LEAST = 0.9
"""What the mean is held at."""


@pytest.fixture(scope="module")
def relevance() -> ModuleType:
    """The script of the benchmark, as a module."""
    spec = importlib.util.spec_from_file_location("relevance_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.understudy(fixture="support-desk")
def test_default_queries_find_what_answers_them(api: httpx.Client, relevance: ModuleType) -> None:
    outcomes = relevance.measure(api, relevance.questions("support-desk"))
    assert len(outcomes) == 50
    mean = relevance.mean(outcomes)
    assert mean >= LEAST, f"nDCG@5 {mean:.4f}, worst first:\n{relevance.told(outcomes)}"


@pytest.mark.understudy(fixture="support-desk")
def test_every_judged_document_is_in_a_corpus_that_is_asked(api: httpx.Client, relevance: ModuleType) -> None:
    listed = {
        key: {
            document["id"]
            for document in api.get(f"/v2/corpora/{key}/documents", params={"limit": 100}).json()["documents"]
        }
        for key in ("help", "manuals", "tickets")
    }
    for name in ("support-desk", "support-desk-tuning"):
        for question in relevance.questions(name):
            assert set(question.gains) <= set().union(*(listed[key] for key in question.corpora)), (
                question.ask
            )
            assert set(question.gains.values()) <= {1, 2, 3}


def test_gains_are_discounted_by_rank_and_divided_by_the_best_order(relevance: ModuleType) -> None:
    question = relevance.Question("q", ["help"], {"a": 3, "b": 1})
    assert relevance._outcome(question, ["a", "b"]).ndcg == 1.0
    assert relevance._outcome(question, ["x", "y"]).ndcg == 0.0
    swapped = relevance._outcome(question, ["b", "a"])
    assert swapped.ndcg == pytest.approx((1 + 3 / 1.584963) / (3 + 1 / 1.584963))
    told = relevance.told([swapped])
    assert "b (1), a (3)" in told
    assert "the order is wrong" in told
