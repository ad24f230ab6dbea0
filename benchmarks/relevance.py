"""How well queries find what answers them: nDCG@5 over judged questions, through HTTP; see README.md."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import httpx
import yaml

from understudy.pytest_plugin import KEY, BackgroundServer

JUDGED = Path(__file__).with_name("relevance")
DEPTH = 5
BAD = 0.9
"""Questions below this are shown in detail."""
MODES: Mapping[str, Mapping[str, float]] = {
    "default": {},
    "hybrid": {"lexical_interpolation": 0.025},
    "lexical": {"lexical_interpolation": 1.0},
}
"""What a query says of each corpus; `default` says nothing, and no mode names a reranker or a limit."""


class Question(NamedTuple):
    """A judged question: the corpora that are asked and the gain of each document that belongs to it."""

    ask: str
    corpora: list[str]
    gains: dict[str, int]


class Outcome(NamedTuple):
    """What came of a question: its nDCG@5 and the best documents, best first."""

    question: Question
    ndcg: float
    ranking: list[str]


def questions(name: str) -> list[Question]:
    """The judged questions of a file of `relevance/`."""
    read = yaml.safe_load((JUDGED / f"{name}.yaml").read_text("utf-8"))
    return [Question(**question) for question in read["questions"]]


def measure(client: httpx.Client, asked: Sequence[Question], mode: str = "default") -> list[Outcome]:
    """Ask every question; `client` knows the server and sends a key."""
    return [_outcome(question, _ranking(client, question, MODES[mode])) for question in asked]


def mean(outcomes: Sequence[Outcome]) -> float:
    return fmean(outcome.ndcg for outcome in outcomes)


def told(outcomes: Sequence[Outcome]) -> str:
    """The bad questions, worst first, with what was found: `document (gain)`, and what was not."""
    lines: list[str] = []
    for question, ndcg, ranking in sorted(outcomes, key=lambda outcome: outcome.ndcg):
        if ndcg < BAD:
            found = ", ".join(f"{name} ({question.gains.get(name, 0)})" for name in ranking)
            missing = ", ".join(f"{name} ({g})" for name, g in question.gains.items() if name not in ranking)
            lines.append(f"{ndcg:.3f}  {question.ask}  [{' '.join(question.corpora)}]")
            lines.append(f"       found:   {found or 'nothing'}")
            lines.append(f"       missing: {missing or 'nothing, but the order is wrong'}")
    return "\n".join(lines)


def _ranking(client: httpx.Client, question: Question, settings: Mapping[str, float]) -> list[str]:
    """The ids of the best documents; one that has several results counts once, at its best rank."""
    body: dict[str, Any] = {"query": question.ask}
    if len(question.corpora) == 1:
        path = f"/v2/corpora/{question.corpora[0]}/query"
        if settings:
            body["search"] = settings
    else:
        path = "/v2/query"
        body["search"] = {"corpora": [{"corpus_key": key, **settings} for key in question.corpora]}
    answer = client.post(path, json=body)
    answer.raise_for_status()
    results = answer.json()["search_results"]
    return list(dict.fromkeys(result["document_id"] for result in results))[:DEPTH]


def _outcome(question: Question, ranking: list[str]) -> Outcome:
    best = sorted(question.gains.values(), reverse=True)[:DEPTH]
    ndcg = _discounted([question.gains.get(name, 0) for name in ranking]) / _discounted(best)
    return Outcome(question, ndcg, ranking)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))


def main() -> None:
    options = _options()
    name = options.questions or options.fixture
    asked = questions(name)
    if options.url:
        outcomes = _measured(options.url, options.key, asked, options.mode)
    else:
        server = BackgroundServer(fixture=options.fixture).start()
        try:
            outcomes = _measured(server.url, options.key, asked, options.mode)
        finally:
            server.stop()
    for outcome in outcomes:
        print(f"{outcome.ndcg:.3f}  {outcome.question.ask}")
    print(f"\nbelow {BAD}:\n{told(outcomes) or 'none'}\n")
    print(f"nDCG@{DEPTH} {mean(outcomes):.4f}  ({name}, {options.mode}, {len(outcomes)} questions)")


def _measured(url: str, key: str, asked: Sequence[Question], mode: str) -> list[Outcome]:
    with httpx.Client(base_url=url, headers={"x-api-key": key}, timeout=30) as client:
        return measure(client, asked, mode)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--fixture", default="support-desk", help="what is asked, and what a server starts with"
    )
    parser.add_argument(
        "--questions", metavar="NAME", help="file of relevance/; the fixture's name when absent"
    )
    parser.add_argument("--mode", choices=MODES, default="default", help="how each corpus is searched")
    parser.add_argument("--url", help="of a server that runs already, instead of one of our own")
    parser.add_argument("--key", default=KEY, help="API key")
    return parser.parse_args()


if __name__ == "__main__":
    main()
