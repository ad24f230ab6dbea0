"""What counts as a secret, what does not, and what the last look at a text finds."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.playback.taping import PLACES
from understudy.apis import aivax, vectara
from understudy.playback.cassettes import Exchange, entry_of
from understudy.playback.secrets import Secrets
from understudy.playback.suspicions import SHAPES

JSON = [("content-type", "application/json")]


def cleaned(body: Any, **more: Any) -> Any:
    exchange = Exchange("POST", "/v2/x", "", JSON, json.dumps(body).encode(), **more)
    secrets = Secrets(PLACES)
    secrets.see(exchange)
    return secrets.clean(entry_of(exchange))["request"]["body"]["json"]


@pytest.mark.parametrize("api", [vectara.API, aivax.API], ids=lambda api: api.name)
def test_every_place_of_an_api_is_one_of_recordings(api: Any) -> None:
    for name in api.secret_members:
        assert cleaned({"a": [{name: "hush-hush-4711"}]}) == {"a": [{name: "<secret-1>"}]}
    for name in api.secret_headers:
        exchange = Exchange("POST", "/v2/x", "", [*JSON, (name, "hush-hush-4711")], b'"of hush-hush-4711"')
        secrets = Secrets(PLACES)
        secrets.see(exchange)
        assert secrets.clean(entry_of(exchange))["request"]["body"] == {"json": "of <secret-1>"}
    for name in api.secret_query:
        exchange = Exchange("GET", "/v2/x", f"{name}=hush")
        secrets = Secrets(PLACES)
        assert secrets.clean(entry_of(exchange))["request"]["query"] == {name: "<secret-1>"}
    for prefix in api.secret_paths:
        secrets = Secrets(PLACES)
        assert secrets.path(f"{prefix.decode()}hush%2Fhush/x") == f"{prefix.decode()}<secret-1>/x"


def test_short_secrets_are_replaced_in_their_place_alone() -> None:
    assert cleaned({"password": "abc", "text": "abc"}) == {"password": "<secret-1>", "text": "abc"}
    assert cleaned({"password": 1234, "n": 1234}) == {"password": "<secret-1>", "n": 1234}
    assert cleaned({"password": None, "apiKey": True, "api_key": ""}) == {
        "password": None,
        "apiKey": True,
        "api_key": "",
    }


def test_names_that_also_hold_other_things() -> None:
    logprobs = {"content": [{"token": "Returns", "logprob": -0.1}]}
    statistics = [{"value": "department", "count": 3}, {"value": 7, "count": 1}]
    assert cleaned({"logprobs": logprobs, "values": statistics, "value": 5}) == {
        "logprobs": logprobs, "values": statistics, "value": 5,
    }  # fmt: skip
    assert cleaned({"value": "refund", "query": "refund"}) == {"value": "<secret-1>", "query": "refund"}


def test_a_key_of_a_private_world_is_a_secret_with_and_without_it() -> None:
    exchange = Exchange(
        "POST", "/v2/x", "", [*JSON, ("x-api-key", "zut_understudy@job-7")], b'"zut_understudy"'
    )
    secrets = Secrets(PLACES)
    secrets.see(exchange)
    assert secrets.clean(entry_of(exchange))["request"]["body"]["json"].startswith("<secret-")


def test_a_placeholder_is_no_secret_of_its_own() -> None:
    assert cleaned({"password": "<secret-9>"}) == {"password": "<secret-9>"}


def test_bytes_and_names_of_members_are_cleaned() -> None:
    raw = b"\xff of hush-hush-4711"
    exchange = Exchange(
        "POST",
        "/v2/x",
        "",
        [("authorization", "Bearer hush-hush-4711")],
        raw,
        200,
        JSON,
        b'{"hush-hush-4711":1}',
    )
    secrets = Secrets(PLACES)
    secrets.see(exchange)
    entry = secrets.clean(entry_of(exchange))
    assert base64.b64decode(entry["request"]["body"]["base64"]) == b"\xff of <secret-1>"
    assert entry["response"]["body"] == {"json": {"<secret-1>": 1}}


LOOKS = {
    "a Vectara API key": "zut_0123456789ab",
    "an API key": "sk-0123456789abcdefgh",
    "a JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0x.c2ln",
    "a bearer token": "Bearer 0123456789ab",
    "a basic credential": "Basic dXNlcjpwYXNzd29yZA==",
    "an AWS key": "AKIAABCDEFGHIJKLMNOP",
    "a Google key": "AIza" + "x" * 35,
    "a GitHub token": "ghp_" + "a" * 36,
    "a Slack token": "xoxb-0123456789-abc",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "a password in a URL": "postgres://me:hushhush@db.example",
}


def test_every_shape_has_an_example() -> None:
    assert set(LOOKS) == set(SHAPES)


@pytest.mark.parametrize("what", LOOKS)
@pytest.mark.parametrize("form", ["plain", "percent", "base64", "escaped"])
def test_what_looks_like_a_credential_is_found(what: str, form: str) -> None:
    text = LOOKS[what]
    spelled = {
        "plain": text,
        "percent": "".join(f"%{ord(character):02x}" for character in text),
        "base64": base64.b64encode(f"a {text} b".encode()).decode(),
        "escaped": '"' + "".join(f"\\u{ord(character):04x}" for character in text) + '"',
    }[form]
    found = Secrets(PLACES).scan(f"first line\n- x: {spelled}\n")
    assert (what, 2) in {(one.what, one.line) for one in found}
    assert all(text not in one.shown for one in found)


@pytest.mark.parametrize(
    "form", [str, lambda s: quote(s, safe=""), lambda s: base64.b64encode(s.encode()).decode()]
)
def test_a_known_secret_is_found_in_any_spelling(form: Any) -> None:
    secrets = Secrets(PLACES, ["hush / hush+4711"])
    (found, *_) = secrets.scan(f"a: {form('hush / hush+4711')}")
    assert (found.what, found.line) == ("a known secret", 1)


@pytest.mark.parametrize(
    "text",
    [
        "The bearer of good news is here",
        "basic understanding",
        "a bearer transportation",
        "sk-short",
        "zut_",
        "a task-oriented-programme-of-work",
        "https://api.vectara.io/v2",
        "Authorization: Bearer <secret-1>",
        "eyJ.a.b",
        "mailto:me@host.example",
    ],
)
def test_what_is_no_credential_passes(text: str) -> None:
    assert Secrets(PLACES).scan(text) == []


def test_a_text_that_is_allowed_passes() -> None:
    assert Secrets(PLACES).scan("x: sk-0123456789abcdefgh", ["sk-0123456789abcdefgh"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "%" + "a" * 200_000,
        "a" * 200_000 + "%",
        "\\" * 200_000,
        "\\u" + "x" * 200_000,
        "eyJ-" * 20_000,
        '"password' * 20_000,
        "a:" * 100_000,
    ],
    ids=lambda text: text[:8],
)
def test_large_texts_are_cleaned_and_searched_in_one_go(text: str) -> None:
    secrets = Secrets(PLACES, ["hush-hush-4711"])
    assert secrets.text(text) == text
    assert secrets.scan(text) == []
