"""A gRPC client generated from our proto, in a process of its own, against `understudy serve`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.cli.test_serve import Running
from understudy.settings import CUSTOMER_ID

ROOT = Path(__file__).parents[2]
QUESTIONS = yaml.safe_load((ROOT / "benchmarks/relevance/support-desk.yaml").read_text("utf-8"))["questions"]
IDENTITY = {"x-api-key": "zut_understudy", "customer-id": str(CUSTOMER_ID)}
CLIENT = """
import json, sys
import grpc
import query_service_pb2 as pb
import query_service_pb2_grpc as service

address, metadata = sys.argv[1], tuple(json.loads(sys.argv[2]).items())
batch = pb.BatchQueryRequest()
for one in json.load(sys.stdin):
    query = batch.query.add(query=one["query"], reranking_config={"reranker_id": 272725717})
    for number in one["corpora"]:
        query.corpus_key.add(corpus_id=number)
with grpc.insecure_channel(address) as channel:
    stub = service.QueryServiceStub(channel)
    whole = stub.Query(batch, metadata=metadata, timeout=60).response_set
    stream = stub.StreamQuery(batch, metadata=metadata)
    parts = [part.response_set for part in stream if part.HasField("response_set")]
told = [[[[one.document[found.document_index].id, found.text, found.score] for found in one.response]
         for one in sets] for sets in (whole, parts)]
print(json.dumps(told))
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, "--fixture", "support-desk", "--grpc-port", "0")
    yield running
    assert running.stop() == 0


def generated(directory: Path) -> Path:
    """Client code made of the proto as a user would make it."""
    directory.mkdir()
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{ROOT / 'specs/vectara-v1'}"]
    subprocess.run(
        [*command, f"--python_out={directory}", f"--grpc_python_out={directory}", "query_service.proto"],
        check=True,
        timeout=60,
    )
    (directory / "client.py").write_text(CLIENT, "utf-8")
    return directory / "client.py"


def test_a_generated_client_finds_what_rest_and_v2_find(server: Running, tmp_path: Path) -> None:
    grpc_port = next(line.split()[1] for line in server.text().splitlines() if "gRPC" in line)
    with httpx.Client(base_url=server.url, headers=IDENTITY, timeout=60) as api:
        numbers = {one["key"]: int(one["id"][4:]) for one in api.get("/v2/corpora").json()["corpora"]}
        asked = [{"query": q["ask"], "corpora": [numbers[key] for key in q["corpora"]]} for q in QUESTIONS]
        client = generated(tmp_path / "client")
        done = subprocess.run(
            [sys.executable, str(client), grpc_port, json.dumps(IDENTITY)],
            input=json.dumps(asked), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        whole, streamed = json.loads(done.stdout)
        assert whole == streamed
        rest = by_rest(api, asked)
        for question, by_grpc, found in zip(QUESTIONS, whole, rest, strict=True):
            search = {"corpora": [{"corpus_key": key} for key in question["corpora"]]}
            told = api.post("/v2/query", json={"query": question["ask"], "search": search}).json()
            wanted = [[one["document_id"], one["text"], one["score"]] for one in told["search_results"]]
            assert found == wanted
            assert [one[:2] for one in by_grpc] == [one[:2] for one in wanted]
            assert [one[2] for one in by_grpc] == pytest.approx([one[2] for one in wanted], abs=1e-6)


def by_rest(api: httpx.Client, asked: list[dict[str, Any]]) -> list[list[list[Any]]]:
    batch = [
        {
            "query": one["query"],
            "corpusKey": [{"corpusId": number} for number in one["corpora"]],
            "rerankingConfig": {"rerankerId": 272725717},
        }
        for one in asked
    ]
    sets = api.post("/v1/query", json={"query": batch}).json()["responseSet"]
    return [
        [[one["document"][r["documentIndex"]]["id"], r["text"], r["score"]] for r in one["response"]]
        for one in sets
    ]


def test_the_extra_that_is_lacking_is_named_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "grpc.py").write_text("raise ImportError('no grpc here')\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", "--grpc-port", "0"],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "", "PYTHONPATH": f"{tmp_path}:{ROOT / 'src'}"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "understudy: --grpc-port: needs `pip install 'understudy[grpc]'` (no grpc here)\n"


def test_nothing_of_grpc_is_imported_unless_it_is_served() -> None:
    code = "import sys, understudy.app as app; app.create_server().close(); print('grpc' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "False\n", done.stderr


def test_the_committed_code_is_that_of_the_proto() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "understudy", "spec", "proto", "--check"],
        capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
