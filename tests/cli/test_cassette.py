"""`understudy cassette`: import, export, promote, stale, from files to exit codes."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.cli.recordings import understudy
from understudy.app import create_server
from understudy.playback import cassettes
from understudy.settings import Settings

SECRET = "zut_imported_secret"
REFUSED = base64.b64encode(json.dumps({"messages": [SECRET]}).encode()).decode()
COMPLETIONS = "https://inference.aivax.net/v1/chat/completions"
HAR: dict[str, Any] = {
    "log": {
        "version": "1.2",
        "creator": {"name": "a browser", "version": "1"},
        "entries": [
            {
                "time": 12.7,
                "request": {
                    "method": "POST", "url": "https://api.vectara.io/v2/corpora?x=1",
                    "headers": [{"name": ":authority", "value": "x"}, {"name": "X-Api-Key", "value": SECRET}],
                    "postData": {"mimeType": "application/json", "text": '{"key": "docs"}'},
                },
                "response": {
                    "status": 409, "headers": [{"name": "Content-Type", "value": "application/json"}],
                    "content": {"mimeType": "application/json", "encoding": "base64", "text": REFUSED},
                },
            },
            {
                "request": {
                    "method": "POST", "url": "https://auth.vectara.io/oauth/token", "headers": [],
                    "postData": {"mimeType": "application/x-www-form-urlencoded",
                                 "params": [{"name": "client_secret", "value": "hush-hush"}]},
                },
                "response": {"status": 401, "headers": [], "content": {}},
            },
            {
                "request": {"method": "POST", "url": COMPLETIONS, "headers": [],
                            "postData": {"mimeType": "application/json", "text": '{"stream":true}'}},
                "response": {"status": 200, "headers": [], "content": {
                    "mimeType": "text/event-stream", "text": 'data: {"id": 1}\n\ndata: [DONE]\n\n'}},
            },
            {"request": {"method": "GET", "url": "https://cdn.example/logo.png", "headers": []},
             "response": {"status": 200, "headers": [], "content": {}}},
            {"request": {"method": "GET", "url": "https://api.vectara.io/v2/corpora", "headers": []},
             "response": {"status": 0, "headers": [], "content": {}}},
        ],
    }
}  # fmt: skip


def test_har_is_imported_without_its_secrets(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(json.dumps(HAR))
    done = understudy("cassette", "import", "a.har", "--out", "c.yaml", "--json", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["interactions"], told["skipped"], told["saved"]) == (3, 1, True)
    text = (tmp_path / "c.yaml").read_text()
    assert SECRET not in text + done.stderr
    assert "hush-hush" not in text
    first, second, third = cassettes.load(tmp_path / "c.yaml").entries
    assert first["request"]["body"] == {"json": {"key": "docs"}}
    assert first["response"]["body"]["json"] == {"messages": ["<secret-1>"]}
    assert (first["operation"], first["duration"]) == ("createCorpus", 12)
    assert second["request"]["body"] == {"form": {"client_secret": "<secret-2>"}}
    assert third["response"]["body"]["events"] == [{"at": 0, "data": {"id": 1}}, {"at": 0, "data": "[DONE]"}]


def vcr(**response: Any) -> str:
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["application/json"]}}
    row = {
        "request": {"method": "GET", "uri": "https://api.vectara.io/v2/corpora?limit=1", "body": None,
                    "headers": {"x-api-key": [SECRET], "Accept": ["*/*"]}},
        "response": {**answer, **response},
    }  # fmt: skip
    return yaml.safe_dump({"interactions": [row], "version": 1})


@pytest.mark.parametrize(
    "response",
    [
        {"body": {"string": '{"corpora":[]}'}},
        {"body": {"string": b'{"corpora":[]}'}},
        {"body": {"base64_string": base64.b64encode(b'{"corpora":[]}').decode()}},
        {"body": {"string": gzip.compress(b'{"corpora":[]}')},
         "headers": {"content-type": ["application/json"], "Content-Encoding": ["gzip"]}},
        {"body": {"string": '{"corpora":[]}'},
         "headers": {"content-type": "application/json", "content-encoding": "gzip"}},
    ],
)  # fmt: skip
def test_cassettes_of_vcr_are_imported(tmp_path: Path, response: dict[str, Any]) -> None:
    (tmp_path / "v.yaml").write_text(vcr(**response))
    done = understudy("cassette", "import", "v.yaml", "--out", "c.yaml", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    (entry,) = cassettes.load(tmp_path / "c.yaml").entries
    assert entry["response"] == {
        "status": 200, "headers": {"content-type": "application/json"}, "body": {"json": {"corpora": []}},
    }  # fmt: skip
    assert entry["request"]["query"] == {"limit": "1"}
    assert SECRET not in (tmp_path / "c.yaml").read_text()


def test_what_vcr_itself_has_written(tmp_path: Path) -> None:
    from vcr.request import Request
    from vcr.serialize import serialize
    from vcr.serializers import yamlserializer

    asked = Request(
        "POST", "https://api.vectara.io/v2/corpora", '{"key": "no"}', {"content-type": "application/json"}
    )
    told = {"status": {"code": 201, "message": "Created"}, "headers": {}, "body": {"string": b"\xff\x00"}}
    (tmp_path / "v.yaml").write_text(serialize({"requests": [asked], "responses": [told]}, yamlserializer))
    done = understudy("cassette", "import", "v.yaml", "--out", "c.yaml", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    (entry,) = cassettes.load(tmp_path / "c.yaml").entries
    assert entry["request"]["body"] == {"json": {"key": "no"}}
    assert entry["response"]["body"] == {"base64": "/wA="}


def test_what_looks_like_a_secret_is_not_imported(tmp_path: Path) -> None:
    text = json.dumps({"corpora": [{"description": "Bearer abcdefgh1jklmnop"}]})
    (tmp_path / "v.yaml").write_text(vcr(body={"string": text}))
    done = understudy("cassette", "import", "v.yaml", "--out", "c.yaml", directory=tmp_path)
    assert (done.returncode, (tmp_path / "c.yaml").exists()) == (1, False)
    assert "entry 1: a bearer token" in done.stdout
    done = understudy(
        "cassette", "import", "v.yaml", "--out", "c.yaml", "--replace-suspicious", directory=tmp_path
    )
    assert done.returncode == 0
    assert "abcdefgh1jklmnop" not in (tmp_path / "c.yaml").read_text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "f:1:"),
        ("{}", "is no HAR file"),
        ('{"log": []}', "is no HAR file"),
        ('{"log": {"entries": [1]}}', "entry 1 cannot be read"),
        ('{"log": {"entries": [{"request": {}}]}}', "entry 1 cannot be read"),
        ('{"log": {"entries": []}}', "holds no call of an API"),
        ("a: 1", "is neither HAR nor"),
        ("", "is neither HAR nor"),
        ("interactions: [{}]", "entry 1 cannot be read"),
        ("interactions: " + "[" * 100_000, "nests deeper"),
        (vcr(status={"code": 99, "message": ""}), "has the status 99"),
        (vcr(body={"base64_string": "!"}), "is no base64"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "f").write_text(text)
    done = understudy("cassette", "import", "f", "--out", "c.yaml", directory=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "c.yaml").exists()


MADE = """understudy_cassette: 1
target: https://api.vectara.io
entries:
- operation: createCorpus
  request: {method: POST, path: /v2/corpora, body: {json: {key: docs}}}
  response: {status: 201, headers: {content-type: application/json}, body: {json: {id: crp_1, key: docs}}}
- operation: createCorpusDocument
  request:
    method: POST
    path: /v2/corpora/docs/documents
    headers: {content-type: application/json}
    body: {json: {id: lamp, type: core, document_parts: [{text: The lamp runs for nine hours.}]}}
  response: {status: 201, headers: {content-type: application/json}, body: {json: {id: lamp}}}
- operation: queryCorpus
  request:
    method: POST
    path: /v2/corpora/docs/query
    headers: {content-type: application/json}
    body: {json: {query: <secret-1>}}
  response:
    status: 200
    headers: {content-type: text/event-stream}
    body: {events: [{at: 0, event: end, data: {type: end}}]}
- operation: createCollection
  request: {method: POST, path: /api/v1/collections, body: {json: {collectionName: Lamps}}}
  response:
    status: 200
    headers: {content-type: application/json}
    body: {json: {collectionId: 01941f29-7c00-7000-a000-000000000099}}
- operation: createOrUpdateDocument
  request:
    method: PUT
    path: /api/v1/collections/01941f29-7c00-7000-a000-000000000099/documents
    headers: {content-type: application/json}
    body: {json: {name: lamp, contents: The lamp runs for nine hours.}}
  response:
    status: 200
    headers: {content-type: application/json}
    body: {json: {documentId: 01941f29-7c00-7000-a000-000000000098, state: Created}}
- request: {method: GET, path: /v2/nowhere}
  response: {status: 404}
- request: {method: GET, path: /v2/corpora, query: {limit: '10', api_key: <secret-2>}}
  response: {status: 200, body: {json: {corpora: []}}}
"""


def test_a_cassette_becomes_scenarios_and_fixtures(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(MADE)
    done = understudy("cassette", "promote", "c.yaml", "--out", "made", "--json", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    told = {one["api"]: one for one in json.loads(done.stdout)["made"]}
    assert (told["vectara"]["rules"], told["aivax"]["rules"]) == (4, 2)
    assert told["vectara"]["left_out"] == ["#6 GET /v2/nowhere: no operation of the contract"]
    scenario = yaml.safe_load((tmp_path / "made/vectara.scenario.yaml").read_text())
    assert (scenario["understudy_scenario"], scenario["api"]) == (1, "vectara")
    assert scenario["fixture"] == "made/vectara.fixture.yaml"
    assert [rule["name"] for rule in scenario["rules"]] == [
        "001-createCorpus", "002-createCorpusDocument", "003-queryCorpus", "007-listCorpora",
    ]  # fmt: skip
    first, _, third, last = scenario["rules"]
    assert first["when"] == {"operation": "createCorpus", "body": {"key": "docs"}, "exact": True}
    assert first["then"] == {"answer": {"status": 201, "body": {"id": "crp_1", "key": "docs"}}}
    assert third["when"]["path"] == {"corpus_key": "docs"}
    assert last["when"] == {"operation": "listCorpora", "query": {"limit": 10}}
    assert third["when"]["body"] == {"query": {"$any": True}}
    assert third["then"] == {"events": [{"type": "end"}]}
    assert {rule["times"] for rule in scenario["rules"]} == {1}


def test_the_fixture_holds_what_was_made_and_acts(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(MADE)
    assert understudy("cassette", "promote", "c.yaml", "--out", "made", directory=tmp_path).returncode == 0

    async def ask(api: str, key: dict[str, str], path: str, body: Any) -> Any:
        server = create_server(
            Settings(fixture=str(tmp_path / f"made/{api}.fixture.yaml"), log_format="none")
        )
        try:
            transport = httpx.ASGITransport(app=server)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost", headers=key
            ) as client:
                return (await client.request("POST" if body else "GET", path, json=body)).json()
        finally:
            server.close()

    vectara = {"x-api-key": "zut_understudy"}
    found = asyncio.run(
        ask("vectara", vectara, "/v2/corpora/docs/query", {"query": "How long does the lamp run?"})
    )
    assert found["search_results"][0]["document_id"] == "lamp"
    aivax = {"authorization": "Bearer sk-understudy"}
    path = "/api/v1/collections/01941f29-7c00-7000-a000-000000000099/documents"
    listed = asyncio.run(ask("aivax", aivax, path, None))
    assert "01941f29-7c00-7000-a000-000000000098" in json.dumps(listed)


def test_a_token_is_handed_out_by_the_acting_alone(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(TRADED)
    done = understudy("cassette", "promote", "c.yaml", "--out", "made", "--json", directory=tmp_path)
    (told,) = json.loads(done.stdout)["made"]
    assert told["left_out"] == [
        "#1 POST /oauth2/token: it hands out a token, and one that was recorded opens nothing"
    ]
    fixture = yaml.safe_load((tmp_path / "made/vectara.fixture.yaml").read_text())
    assert fixture["vectara/app_clients"][0]["client_id"] == "understudy"


TRADED = """\
understudy_cassette: 1
entries:
- request: {method: POST, path: /oauth2/token, body: {form: {client_id: me, client_secret: <secret-1>}}}
  response: {status: 200, body: {json: {access_token: <secret-2>, token_type: Bearer, expires_in: 3600}}}
- {request: {method: GET, path: /v2/corpora}, response: {status: 200, body: {json: {corpora: []}}}}
"""


def test_what_was_deleted_is_not_in_the_fixture(tmp_path: Path) -> None:
    gone = MADE + "- {request: {method: DELETE, path: /v2/corpora/docs}, response: {status: 204}}\n"
    (tmp_path / "c.yaml").write_text(gone)
    assert understudy("cassette", "promote", "c.yaml", "--out", "made", directory=tmp_path).returncode == 0
    rows = yaml.safe_load((tmp_path / "made/vectara.fixture.yaml").read_text())
    assert list(rows) == ["vectara/api_keys", "vectara/app_clients"]


def test_a_cassette_is_exported_as_har(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(MADE)
    assert understudy("cassette", "export", "c.yaml", "--out", "c.har", directory=tmp_path).returncode == 0
    log = json.loads((tmp_path / "c.har").read_text())["log"]
    assert (log["version"], len(log["entries"])) == ("1.2", 7)
    third = log["entries"][2]
    assert third["request"]["url"] == "https://api.vectara.io/v2/corpora/docs/query"
    assert third["response"]["content"]["text"] == 'event:end\ndata:{"type":"end"}\n\n'
    assert third["comment"] == "queryCorpus events at 0 ms"


def test_stale_names_entry_place_and_line(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(MADE)
    done = understudy("cassette", "stale", "c.yaml", "--json", directory=tmp_path)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["checked"] == 7
    places = {(one["entry"], one["place"]) for one in told["findings"]}
    assert (6, "request.path") in places
    assert (1, "response.body.enabled") in places
    assert not any(entry == 3 and place == "request.body.query" for entry, place in places)
    number = MADE.splitlines().index("- request: {method: GET, path: /v2/nowhere}") + 1
    where = f"c.yaml:{number}:26: #6 GET /v2/nowhere: request.path: no operation is GET /v2/nowhere"
    assert any(line.startswith(where) for line in done.stderr.splitlines())


def test_what_still_holds_is_not_stale(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "understudy_cassette: 1\nentries:\n"
        "- request: {method: DELETE, path: /v2/corpora/docs}\n  response: {status: 204}\n"
    )
    done = understudy("cassette", "stale", "c.yaml", directory=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 interactions checked, 0 findings\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "absent.yaml", "--out", "x"], ["promote", "absent.yaml", "--out", "x"],
        ["stale", "absent.yaml"], ["import", "absent", "--out", "x"], ["export", "c.yaml", "--out", "none/x"],
        ["promote", "c.yaml", "--out", "c.yaml"], ["promote", "empty.yaml", "--out", "x"],
        ["import", "c.yaml", "--out", "x"],
    ],
)  # fmt: skip
def test_no_file_gives_a_traceback(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "c.yaml").write_text(MADE)
    (tmp_path / "empty.yaml").write_text("understudy_cassette: 1\nentries: []\n")
    done = understudy("cassette", *arguments, directory=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1
