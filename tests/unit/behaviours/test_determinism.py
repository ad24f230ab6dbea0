"""The same bytes in every process, and nothing heavy loaded before it is needed."""

import os
import subprocess
import sys
from pathlib import Path

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


def run(code: str, seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def test_the_hash_seed_changes_no_byte() -> None:
    one, two = run(ACT, "1"), run(ACT, "4242")
    assert one == two
    assert len(one) > 10_000


def test_the_light_modules_load_nothing_heavy() -> None:
    light = ("decide", "documents", "fuzzy", "generation", "languages", "tokens")
    imports = "\n".join(f"import understudy.behaviours.{name}" for name in light)
    heavy = "{'numpy', 'py3langid', 'snowballstemmer'}"
    code = f"import sys\n{imports}\nprint(sorted({heavy} & set(sys.modules)))"
    assert run(code, "0").strip() == b"[]"
