"""Cassettes are read strictly, and told where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.errors import SetupError
from understudy.playback import cassettes
from understudy.playback.cassettes import Exchange

GOOD = """understudy_cassette: 1
target: https://api.vectara.io
ignore: [body.search.limit]
entries:
- request:
    method: POST
    path: /v2/corpora
    body: {json: {key: on}}
  response: {status: 201, headers: {content-type: application/json}, body: {json: {key: on}}}
"""


def written(directory: Path, text: str) -> Path:
    file = directory / "c.yaml"
    file.write_text(text)
    return file


def test_a_cassette_written_by_hand(tmp_path: Path) -> None:
    cassette = cassettes.load(written(tmp_path, GOOD))
    assert cassette.entries[0]["request"]["body"]["json"] == {"key": "on"}
    exchange = cassettes.exchange_of(cassette.entries[0])
    assert (exchange.request_body, exchange.answer_body) == (b'{"key":"on"}', b'{"key":"on"}')
    assert cassette.where(0, "request.path") == f"{tmp_path}/c.yaml:7:5"
    again = cassettes.load(written(tmp_path, cassette.text()))
    assert (again.entries, again.target, again.ignore) == (cassette.entries, cassette.target, cassette.ignore)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("understudy_cassette: 1", "understudy_cassette: 2", "c.yaml: is a cassette of version 2"),
        ("understudy_cassette: 1", "understudy_scenario: 1", "c.yaml: is no cassette"),
        ("understudy_cassette: 1", "understudy_cassette: one", "c.yaml:1:1: understudy_cassette"),
        (GOOD, "- a", "is no cassette"),
        (GOOD, "", "is no cassette"),
        ("method: POST", "method: post", "c.yaml:6:5: entries[0].request.method"),
        ("    method: POST\n", "", "c.yaml:5:3: entries[0].request: 'method' is missing"),
        ("method: POST", "methods: POST", "entries[0].request: there is no member 'methods'; take it out"),
        ("/v2/corpora", "v2", "c.yaml:7:5: entries[0].request.path"),
        ("/v2/corpora", "/v2?x=1", "c.yaml:7:5: entries[0].request.path"),
        ("status: 201", "status: 99", "c.yaml:9:14: entries[0].response.status"),
        ("status: 201", "status: on", "c.yaml:9:14: entries[0].response.status"),
        ("application/json}", '"a\\r\\nb: c"}', "entries[0].response.headers.content-type"),
        ("{content-type:", '{"a b":', "entries[0].response.headers"),
        ("body: {json: {key: on}}}", "body: {base64: '!'}}", "c.yaml:9:70: is no base64"),
        ("body: {json: {key: on}}}", "body: {json: 1, text: a}}", "holds exactly one of json, text, base64"),
        ("body: {json: {key: on}}}", "body: {events: [{data: 1}]}}", "'at' is missing"),
        ("ignore: [body.search.limit]", "ignore: [limit]", "ignore[0]"),
        ("entries:", "entries: *x\nother:", "c.yaml:4:10: aliases"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(SetupError) as caught:
        cassettes.load(written(tmp_path, GOOD.replace(old, new, 1)))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_headers_of_a_list_are_kept() -> None:
    entry = cassettes.entry_of(
        Exchange(
            "GET", "/v2/corpora", "limit=1&limit=2&page_key=",
            [("accept", "*/*"), ("x-internal", "a"), ("user-agent", "b"), ("authorization", "c")], b"",
            429, [("retry-after", "3"), ("vary", "a"), ("vary", "b"), ("server", "x"), ("x-trace", "y")],
        )
    )  # fmt: skip
    assert entry["request"]["headers"] == {"accept": "*/*"}
    assert entry["request"]["query"] == {"limit": ["1", "2"], "page_key": ""}
    assert entry["response"] == {"status": 429, "headers": {"retry-after": "3", "vary": "a, b"}}
