"""Same fixture, same seed, same calls: same bytes, in any process and with any hash seed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

CALLS = 400
GATEWAY = "01941f29-7c00-7000-a000-000000000031"
WEB_CHAT = "/api/v1/web-chat-client/01941f29-7c00-7000-a000-000000000071"
VISIT = "/api/v1/public/chat-clients/wky_understudy@play"
COLLECTION = "/api/v1/collections/01941f29-7c00-7000-a000-000000000021"
PLAYER = Path(__file__).with_name("play_calls.py")
WORDS = [
    "lantern",
    "kiln",
    "return",
    "refund",
    "glass",
    "frame",
    "leave",
    "hotel",
    "train",
    "receipt",
    "gloves",
]


def some_text(dice: random.Random) -> str:
    sentences = (" ".join(dice.choices(WORDS, k=dice.randint(3, 9))) for _ in range(dice.randint(1, 4)))
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


def some_document(dice: random.Random) -> dict[str, Any]:
    metadata = {
        "year": dice.randint(2000, 2030),
        "tags": dice.sample(WORDS, 3),
        "ü": {"deep": [None, 1.5, True]},
    }
    document: dict[str, Any] = {"id": f"d{dice.randint(0, 40)}", "metadata": metadata}
    if dice.random() < 0.5:
        parts = [{"text": some_text(dice), "custom_dimensions": {"votes": dice.random()}} for _ in range(3)]
        return {**document, "type": "core", "document_parts": parts}
    sections = [{"title": dice.choice(WORDS), "text": some_text(dice)} for _ in range(2)]
    return {**document, "type": "structured", "title": dice.choice(WORDS), "sections": sections}


def some_agent(dice: random.Random) -> dict[str, Any]:
    return {
        "name": dice.choice(WORDS),
        "model": {"name": "gpt-4o"},
        "tool_configurations": {word: {"type": "web_search"} for word in dice.sample(WORDS, 3)},
        "first_step": {"instructions": [], "output_parser": {"type": "default"}},
    }


def some_message(dice: random.Random) -> dict[str, Any]:
    said = dice.choice([f"What about the {dice.choice(WORDS)}?", some_text(dice), "Thanks!"])
    return {
        "type": "input_message",
        "messages": [{"type": "text", "content": said}],
        "stream_response": dice.random() < 0.5,
    }


def some_query(dice: random.Random) -> dict[str, Any]:
    reranker = dice.choice(
        [
            {"type": "none"},
            {"type": "mmr", "diversity_bias": 0.4},
            {"type": "customer_reranker", "cutoff": 0.1},
            {
                "type": "chain",
                "rerankers": [{"type": "customer_reranker"}, {"type": "mmr", "diversity_bias": 0.2}],
            },
        ]
    )
    return {
        "query": " ".join(dice.sample(WORDS, 3)),
        "search": {
            "limit": 20,
            "lexical_interpolation": dice.choice([0, 0.05, 0.5, 1]),
            "custom_dimensions": {"votes": dice.random()},
            "metadata_filter": dice.choice(["", "doc.year > 2010", "'kiln' IN doc.tags"]),
            "context_configuration": {"sentences_before": 1, "start_tag": "<b>", "end_tag": "</b>"},
            "reranker": reranker,
        },
        "generation": {
            "max_used_search_results": 7,
            "citations": {"style": dice.choice(["numeric", "markdown"])},
        },
        "stream_response": dice.random() < 0.6,
    }


def some_chat(dice: random.Random) -> dict[str, Any]:
    query = some_query(dice)
    corpora = [{"corpus_key": "handbook"}, {"corpus_key": "c"}][: dice.randint(1, 2)]
    return {
        **query,
        "query": f"{dice.choice(['And what of', 'How old is', 'Is it in'])} the {query['query']}?",
        "search": {"corpora": corpora, "limit": 5},
        "intelligent_query_rewriting": dice.random() < 0.5,
    }


def some_lines(dice: random.Random) -> str:
    lines = [{"docid": f"d{dice.randint(0, 40)}", "text": some_text(dice), "__ref": "r"} for _ in range(5)]
    return "\n".join(map(json.dumps, lines))


def some_search(dice: random.Random) -> dict[str, Any]:
    return {
        "collections": [COLLECTION.rpartition("/")[2]],
        "terms": [" ".join(dice.sample(WORDS, 2)) for _ in range(dice.randint(0, 3))],
        "minScore": dice.choice([0.05, 0.2]),
        "reranker": dice.choice(["rrf", "lexical", "smart", "none"]),
        "includeReferences": True,
    }


def some_completion(dice: random.Random) -> dict[str, Any]:
    words = " ".join(dice.sample(WORDS, 2))
    said = dice.choice(
        [f"Remember that I like {words}.", f"What about {words}?", "What do I like?", "2 + 3?"]
    )
    return {
        "model": dice.choice(["@openai/gpt-5-mini", GATEWAY]),
        "messages": [{"role": "system", "content": some_text(dice)}, {"role": "user", "content": said}],
        "user": "ann",
        "stream": dice.random() < 0.5,
        "reasoning_effort": "low",
        "builtin_tools": {"tools": ["Remember", "WebSearch", "Code"]},
    }


def some_prompt(dice: random.Random) -> dict[str, Any]:
    return {"prompt": f"What does the {dice.choice(WORDS)} say?", "commit": dice.random() < 0.7}


def some_calls() -> list[tuple[str, str, Any]]:
    """Mixed calls, most of them good; `(method, path, JSON body, file to import or None)`."""
    dice = random.Random(20260101)
    attributes = [
        {"name": "year", "level": "document", "type": "integer"},
        {"name": "tags", "level": "document", "type": "list[text]"},
    ]
    made = {"key": "c", "filter_attributes": attributes, "custom_dimensions": [{"name": "votes"}]}
    calls: list[tuple[str, str, Any]] = [("POST", "/v2/corpora", made)]
    possible = [
        lambda: ("POST", "/v2/corpora/c/documents", some_document(dice)),
        lambda: ("POST", "/v2/corpora/c/documents", some_document(dice)),
        lambda: ("POST", "/v2/corpora/c/query", some_query(dice)),
        lambda: ("POST", "/v2/corpora/c/query", some_query(dice)),
        lambda: ("GET", f"/v2/corpora/handbook/query?query={dice.choice(WORDS)}", None),
        lambda: ("POST", "/v2/chats", some_chat(dice)),
        lambda: ("POST", "/v2/chats/cht_welcome/turns", some_chat(dice)),
        lambda: ("GET", "/v2/chats?limit=3", None),
        lambda: ("GET", "/v2/chats/cht_welcome/turns", None),
        lambda: ("GET", "/v2/queries?limit=3", None),
        lambda: ("GET", f"/v2/queries/qry_{dice.randint(1, 9)}", None),
        lambda: ("GET", "/v2/corpora/c/documents?limit=3", None),
        lambda: ("GET", f"/v2/corpora/c/documents/d{dice.randint(0, 40)}", None),
        lambda: (
            "PATCH",
            f"/v2/corpora/c/documents/d{dice.randint(0, 40)}",
            {"metadata": {"new": dice.random()}},
        ),
        lambda: ("DELETE", f"/v2/corpora/c/documents/d{dice.randint(0, 40)}", None),
        lambda: ("GET", "/v2/corpora/c/filter_attribute_stats", None),
        lambda: ("POST", "/v2/corpora/c/compute_size", None),
        lambda: ("POST", "/v2/corpora/c/replace_filter_attributes", {"filter_attributes": attributes}),
        lambda: ("GET", "/v2/jobs?limit=2", None),
        lambda: ("GET", "/v2/corpora?filter=%28a%7Cb%29&limit=1", None),
        lambda: ("POST", "/v2/corpora", {"key": f"k{dice.randint(0, 9)}", "name": 5}),
        lambda: ("POST", "/v2/corpora", {"key": f"k{dice.randint(0, 9)}"}),
        lambda: ("POST", "/v2/api_keys", {"name": dice.choice(WORDS), "api_key_role": "personal"}),
        lambda: ("GET", "/v2/api_keys?limit=3", None),
        lambda: ("POST", "/v2/app_clients", {"name": dice.choice(WORDS), "type": "client_credentials"}),
        lambda: ("GET", "/v2/app_clients?filter=l", None),
        lambda: ("DELETE", f"/v2/app_clients/app_{dice.randint(2, 9)}", None),
        lambda: ("POST", "/v2/agents", some_agent(dice)),
        lambda: ("PATCH", "/v2/agents/front-desk", {"enabled": dice.random() < 0.5}),
        lambda: ("GET", "/v2/agents/front-desk/schedules/monday-greeting/executions", None),
        lambda: ("PATCH", "/v2/pipelines/mail", {"sync_mode": dice.choice(["incremental", "full_refresh"])}),
        lambda: ("POST", "/v2/pipelines/mail/trigger", None),
        lambda: ("GET", "/v2/pipelines/mail/runs?limit=3", None),
        lambda: ("POST", "/v2/glossaries/workshop-words/entries", {"entries": {dice.choice(WORDS): "word"}}),
        lambda: ("POST", "/v2/agents/front-desk/sessions", {"key": f"s{dice.randint(0, 3)}"}),
        lambda: ("POST", "/v2/agents/front-desk/sessions/monday/events", some_message(dice)),
        lambda: ("POST", "/v2/agents/front-desk/sessions/monday/events", some_message(dice)),
        lambda: ("GET", "/v2/agents/front-desk/sessions/monday/events?limit=100", None),
        lambda: ("DELETE", f"/v2/agents/front-desk/sessions/s{dice.randint(0, 3)}", None),
        lambda: ("PUT", "/v2/corpora", None),
        lambda: (
            "POST",
            "/oauth/token",
            {
                "client_id": "understudy@play",
                "client_secret": "understudy-secret",
                "grant_type": "client_credentials",
            },
        ),
    ]
    possible += [
        lambda: ("PUT", f"{COLLECTION}/documents", {"name": dice.choice(WORDS), "contents": some_text(dice)}),
        lambda: ("POST", f"{COLLECTION}/documents", some_lines(dice)),
        lambda: ("POST", "/api/v1/query", some_search(dice)),
        lambda: ("POST", "/api/v1/query", some_search(dice)),
        lambda: ("GET", f"{COLLECTION}/documents?filter={dice.choice(WORDS)}&order_by=updated_at_desc", None),
        lambda: ("GET", f"{COLLECTION}/export.jsonl", None),
        lambda: ("POST", "/v1/chat/completions", some_completion(dice)),
        lambda: ("POST", "/v1/chat/completions", some_completion(dice)),
        lambda: ("GET", "/api/v1/memories", None),
        lambda: ("POST", f"{WEB_CHAT}/sessions", {"tag": dice.choice(WORDS)}),
        lambda: ("GET", f"{WEB_CHAT}/sessions", None),
        lambda: ("POST", f"{VISIT}/prompt", some_prompt(dice)),
        lambda: ("GET", VISIT, None),
    ]
    while len(calls) < CALLS:
        calls.append(dice.choice(possible)())
    return calls


def played(calls: list[tuple[str, str, Any]], hash_seed: str) -> list[dict[str, Any]]:
    """What a process of its own answers: status, headers and body of each call."""
    done = subprocess.run(
        [sys.executable, str(PLAYER)],
        input=json.dumps(calls),
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def test_two_processes_with_different_hash_seeds_give_the_same_bytes() -> None:
    calls = some_calls()
    first, second = played(calls, "1"), played(calls, "4242")
    assert len(first) == CALLS
    for call, one, two in zip(calls, first, second, strict=True):
        assert one == two, call
    statuses = [answer["status"] for answer in first]
    assert {200, 201, 204, 400, 404, 405, 409} <= set(statuses)
    assert max(statuses) < 500
    assert sum(status < 300 for status in statuses) > CALLS / 2
    assert sum("chat.completion.chunk" in answer["body"] for answer in first) > 3
    assert sum("completionText" in answer["body"] for answer in first) > 3
    assert sum("event:end" in answer["body"] for answer in first) > 3
    assert sum("consumed-credits" in dict(answer["headers"]) for answer in first) > 10
