"""What the tests of `record`, `replay` and `cassette` share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "understudy"]
CLIENT = """
import os, sys
from openai import OpenAI
from vectara import Vectara
from vectara.environment import VectaraEnvironment

os.write(1, b"a line of the command\\n")
sys.stdout = open(sys.argv[1], "w")
url = os.environ["UNDERSTUDY_URL"]
vectara = Vectara(api_key="zut_understudy", environment=VectaraEnvironment(default=url, auth=url))
print([corpus.key for corpus in vectara.corpora.list()])
question = "How long may a lantern be returned?"
print(vectara.corpora.query("handbook", query=question, generation={}).summary)
for event in vectara.corpora.query_stream("handbook", query=question, generation={}):
    print(event.type, getattr(event, "generation_chunk", ""))
note = ("note.txt", b"The mill closes at dusk.")
uploaded = vectara.upload.file("handbook", file=note, metadata={"shelf": 3})
print(uploaded.id, uploaded.metadata)
owner = Vectara(client_id="understudy", client_secret="understudy-secret",
                environment=VectaraEnvironment(default=url, auth=url))
print(owner.corpora.get("handbook").key)
openai = OpenAI(api_key="sk-understudy")
said = [{"role": "user", "content": "Reply with exactly the word: PONG"}]
print(openai.chat.completions.create(model="@openai/gpt-5-mini", messages=said).choices[0].message.content)
chunks = openai.chat.completions.create(model="@openai/gpt-5-mini", messages=said, stream=True)
print("".join(chunk.choices[0].delta.content or "" for chunk in chunks))
"""


def clean() -> dict[str, str]:
    """The environment without what would set flags."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("UNDERSTUDY_", "OPENAI_"))}


def understudy(
    *arguments: str | Path, directory: Path, seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True, text=True, timeout=seconds, check=False, cwd=directory, env=clean(),
    )  # fmt: skip


class Running:
    """A command that runs in the foreground of its own: its address, and what it says in the end."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.stdout = self.stderr = ""

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.stdout, self.stderr = self.process.communicate(timeout=20)
        return self.process.returncode


@contextmanager
def running(*arguments: str | Path, directory: Path) -> Iterator[Running]:
    ready = directory / f"ready-{time.monotonic_ns()}"
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--ready-file", str(ready)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=directory, env=clean(),
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while not ready.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield Running(process, ready.read_text().strip())
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
