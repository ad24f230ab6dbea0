"""The same bytes in every process, and nothing heavy loaded before it is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ACT = """
import sys; sys.path.insert(0, sys.argv[1])
from passages import PASSAGES, QUESTIONS
from understudy.behaviours import fuzzy, generation, languages, retrieval, tokens
texts = list(PASSAGES.values())
index = retrieval.Index([retrieval.segment([t[a:b] for a, b in tokens.sentence_spans(t)]) for t in texts])
for question, _, _ in QUESTIONS:
    for share in (0.0, 0.1, 1.0):
        found = retrieval.top(index.scores(question, share, None), None, 10)
        rows = [row for row, _ in found]
        between = index.similarity(rows)
        scores = index.relevance(question, rows)
        print(found, scores, between.tolist(), retrieval.mmr(scores, between, 0.3, 5))
    answer = generation.compose(question, texts[:12])
    text = generation.render(answer, str)
    print(answer, generation.consistency(text, texts), languages.detect(question))
print(generation.summarize(texts, 2000))
print([fuzzy.Values(texts).scores(question) for question, _, _ in QUESTIONS])
print(retrieval.segment(texts).vectors.tobytes().hex())
"""

REPLY = """
import sys; sys.path.insert(0, sys.argv[1])
from passages import PASSAGES, QUESTIONS
from understudy.behaviours import inference, json_healing, openai_form
def tool(name, *properties):
    schema = {"type": "object", "properties": dict.fromkeys(properties, TEXT), "required": properties}
    return {"function": {"name": name, "description": "Get the " + name, "parameters": schema}}
TEXT, tags = {"type": "string"}, {"type": "array", "items": {"enum": ["tent", "lamp", "kiln"]}}
tools = [tool("get_weather", "city"), tool("cancel_order", "order_id", "reason"), tool("search", "query")]
tool_questions = ["The weather in Oslo, Rome and Bonn?", "Cancel order AB-12 for Ann", "Who wrote it?"]
schema = {"type": "object", "properties": {"tags": tags}, "required": ["tags", "name", "answer"]}
form = {"type": "json_schema", "json_schema": {"schema": schema}}
texts = list(PASSAGES.values())
for question, _, _ in QUESTIONS:
    for more in ({}, {"tools": tools}, {"response_format": form}, {"reasoning": True, "max_tokens": 20}):
        messages = [{"role": "user", "content": text} for text in ("My order is 7731 for Ann.", question)]
        given = {"sources": texts[:9], "memories": ["Ann is vegan."], "instructions": "We open at 9."}
        reply = inference.respond(inference.Request(messages, **given, **more))
        print(reply, openai_form.chunks(reply, "x", 1, "m", call_ids=[one.seed for one in reply.tool_calls]))
for question in tool_questions:
    print(inference.respond(inference.Request([{"role": "user", "content": question}], tools=tools)))
print(json_healing.heal("{a: [1, 'two', {b: c"))
"""


def run(code: str, seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


@pytest.mark.parametrize("act", [ACT, REPLY], ids=["retrieval", "inference"])
def test_the_hash_seed_changes_no_byte(act: str) -> None:
    one, two = run(act, "1"), run(act, "4242")
    assert one == two
    assert len(one) > 10_000


def test_the_light_modules_load_nothing_heavy() -> None:
    light = ("decide", "documents", "fuzzy", "generation", "inference", "languages", "openai_form", "tokens")
    imports = "\n".join(f"import understudy.behaviours.{name}" for name in light)
    heavy = "{'numpy', 'py3langid', 'snowballstemmer'}"
    code = f"import sys\n{imports}\nprint(sorted({heavy} & set(sys.modules)))"
    assert run(code, "0").strip() == b"[]"
