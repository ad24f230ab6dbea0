"""Keys, tokens and what each may do. Spec tag: Authentication."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import jwt
import pytest

from tests.apis.vectara.conftest import core, make_corpus, put, refused
from understudy.pytest_plugin import BackgroundServer, Understudy

PATHS = ("/oauth/token", "/oauth2/token")
GRANT = {"client_id": "understudy", "client_secret": "understudy-secret", "grant_type": "client_credentials"}


def grant(understudy: Understudy, **changes: Any) -> dict[str, Any]:
    return {**GRANT, "client_id": f"understudy@{understudy.world}", **changes}


def token(understudy: Understudy, client: httpx.Client) -> str:
    answer = client.post("/oauth2/token", data=grant(understudy))
    assert answer.status_code == 200, answer.text
    access_token: str = answer.json()["access_token"]
    return access_token


def bearer(credential: str) -> dict[str, str]:
    return {"authorization": f"Bearer {credential}"}


def key(understudy: Understudy, kind: str) -> dict[str, str]:
    return {"x-api-key": f"{kind}_understudy@{understudy.world}"}


# Tokens


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", ["json", "data"])
def test_both_token_paths_take_both_encodings(
    understudy: Understudy, stranger: httpx.Client, path: str, encoding: str
) -> None:
    answer = stranger.post(path, **{encoding: grant(understudy)})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1800)
    corpora = stranger.get("/v2/corpora", headers=bearer(body["access_token"]))
    assert [corpus["key"] for corpus in corpora.json()["corpora"]] == ["handbook"]


def test_a_token_reads_and_writes_in_its_own_world(
    understudy: Understudy, stranger: httpx.Client, api: httpx.Client
) -> None:
    headers = bearer(token(understudy, stranger))
    assert stranger.post("/v2/corpora", json={"key": "made"}, headers=headers).status_code == 201
    assert api.get("/v2/corpora/made").status_code == 200


def test_a_token_carries_standard_claims(understudy: Understudy, stranger: httpx.Client) -> None:
    claims = jwt.decode(token(understudy, stranger), options={"verify_signature": False})
    assert {"sub", "iss", "iat", "exp", "customer_id"} <= set(claims)
    assert claims["exp"] - claims["iat"] == 1800


def test_a_token_ends_with_the_clock_of_its_world(understudy: Understudy, stranger: httpx.Client) -> None:
    headers = bearer(token(understudy, stranger))
    understudy.advance(seconds=1799)
    assert stranger.get("/v2/corpora", headers=headers).status_code == 200
    understudy.advance(seconds=2)
    refused(stranger.get("/v2/corpora", headers=headers), 401)
    assert stranger.get("/v2/corpora", headers=bearer(token(understudy, stranger))).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": "gehëim"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "niemand-ü"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"client_secret": None}, 400, "invalid_request"),
        ({"client_id": "understudy@not a world"}, 401, "invalid_client"),
    ],
)
@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_refused_grant_has_the_oauth_form(
    understudy: Understudy,
    stranger: httpx.Client,
    changes: dict[str, Any],
    status: int,
    code: str,
    encoding: str,
) -> None:
    sent = {name: value for name, value in grant(understudy, **changes).items() if value is not None}
    answer = stranger.post("/oauth/token", **{encoding: sent})
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text
    assert answer.json()["error_description"]


def test_a_json_grant_may_leave_out_its_type_where_the_async_sdk_does(
    understudy: Understudy, stranger: httpx.Client
) -> None:
    sent = grant(understudy)
    del sent["grant_type"]
    assert stranger.post("/oauth2/token", json=sent).status_code == 200
    other = stranger.post("/oauth2/token", json={**sent, "grant_type": "password"})
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
    for answer in (stranger.post("/oauth2/token", data=sent), stranger.post("/oauth/token", json=sent)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"client_id": 5}', b"\xff=1", b"client_id=%ff"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_grant_that_cannot_be_read_is_an_invalid_request(
    stranger: httpx.Client, content: bytes, content_type: str
) -> None:
    answer = stranger.post("/oauth/token", content=content, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), answer.text


def test_a_token_of_another_content_type_is_refused(stranger: httpx.Client) -> None:
    refused(stranger.post("/oauth/token", content=b"x", headers={"content-type": "text/plain"}), 415)


def segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def forgeries(world: str) -> dict[str, str]:
    now = 1_767_225_600
    claims = {"sub": "understudy", "iss": "understudy", "iat": now, "exp": now + 9999, "world": world}
    head, body = segment(b'{"alg":"HS256","typ":"JWT"}'), segment(json.dumps(claims).encode())
    deep = segment(b"[" * 9000)
    return {
        "own signature": jwt.encode(claims, "another-secret-of-thirty-two-byte", algorithm="HS256"),
        "no algorithm": ".".join([segment(b'{"alg":"none"}'), body, ""]),
        "no signature": ".".join([head, body, ""]),
        "no json": ".".join([segment(b"x"), segment(b"y"), segment(b"z")]),
        "deep head": ".".join([deep, body, "x"]),
        "deep body": ".".join([head, deep, "x"]),
        "list": ".".join([head, segment(b"[]"), "x"]),
        "odd algorithm": ".".join([segment(b'{"alg":["HS256"]}'), body, "x"]),
        "odd world": ".".join([head, segment(b'{"world":{"a":1}}'), "x"]),
        "dots": "..",
        "no base64": "%.!.?",
        "word": "secret",
    }


@pytest.mark.parametrize("name", forgeries(""))
def test_a_forged_token_is_not_known(understudy: Understudy, stranger: httpx.Client, name: str) -> None:
    forged = forgeries(understudy.world)[name]
    refused(stranger.get("/v2/corpora", headers=bearer(forged)), 401)


def test_a_token_of_one_world_opens_no_other(
    understudy: Understudy, understudy_server: BackgroundServer, stranger: httpx.Client
) -> None:
    first = token(understudy, stranger)
    claims = jwt.decode(first, options={"verify_signature": False})
    head, _, signature = first.split(".")
    moved = f"{head}.{segment(json.dumps({**claims, 'world': ''}).encode())}.{signature}"
    refused(stranger.get("/v2/corpora", headers=bearer(moved)), 401)


# Keys


def test_a_call_without_a_credential_is_refused(stranger: httpx.Client) -> None:
    refused(stranger.get("/v2/corpora"), 401)
    for header in ("Bearer", "Basic dTpw", "zut_understudy", ""):
        refused(stranger.get("/v2/corpora", headers={"authorization": header}), 401)


@pytest.mark.parametrize("wrong", ["", "zut_wrong", "ZUT_UNDERSTUDY", "zut_understudyy"])
def test_an_unknown_key_is_refused(stranger: httpx.Client, wrong: str) -> None:
    refused(stranger.get("/v2/corpora", headers={"x-api-key": wrong}), 401)


def test_an_unknown_key_is_refused_in_a_private_world_too(
    understudy: Understudy, stranger: httpx.Client
) -> None:
    refused(stranger.get("/v2/corpora", headers={"x-api-key": f"zut_wrong@{understudy.world}"}), 401)


def test_a_key_may_stand_in_the_authorization_header(understudy: Understudy, stranger: httpx.Client) -> None:
    assert stranger.get("/v2/corpora", headers=bearer(understudy.api_key)).status_code == 200
    lower = {"authorization": f"bearer {understudy.api_key}"}
    assert stranger.get("/v2/corpora", headers=lower).status_code == 200
    refused(stranger.get("/v2/corpora", headers=bearer("zut_wrong")), 401)


def test_the_key_counts_when_a_token_is_sent_too(understudy: Understudy, stranger: httpx.Client) -> None:
    both = {"x-api-key": understudy.api_key, **bearer("worthless")}
    assert stranger.get("/v2/corpora", headers=both).status_code == 200
    worthless = {"x-api-key": "zut_wrong", **bearer(understudy.api_key)}
    refused(stranger.get("/v2/corpora", headers=worthless), 401)


def test_a_disabled_key_is_refused(understudy: Understudy, stranger: httpx.Client) -> None:
    headers = {"x-api-key": f"zut_disabled@{understudy.world}"}
    assert "Switched off" in refused(stranger.get("/v2/corpora", headers=headers), 403)["messages"][0]


def test_a_serving_key_queries_its_corpora_and_writes_nothing(
    understudy: Understudy, stranger: httpx.Client
) -> None:
    headers = key(understudy, "zqt")
    body = {"query": "kiln"}
    assert stranger.post("/v2/corpora/handbook/query", json=body, headers=headers).status_code == 200
    assert stranger.get("/v2/corpora/handbook/documents", headers=headers).status_code == 200
    before = understudy.look(lambda world: (world.store.version, world.store.dump()))
    for answer in (
        stranger.post("/v2/corpora/handbook/documents", json=core("d", "t"), headers=headers),
        stranger.delete("/v2/corpora/handbook/documents/travel", headers=headers),
        stranger.patch("/v2/corpora/handbook", json={}, headers=headers),
        stranger.post("/v2/corpora", json={"key": "x"}, headers=headers),
        stranger.get("/v2/jobs", headers=headers),
    ):
        refused(answer, 403)
    assert understudy.look(lambda world: (world.store.version, world.store.dump())) == before


def test_a_serving_and_indexing_key_also_writes_documents(
    understudy: Understudy, stranger: httpx.Client
) -> None:
    headers = key(understudy, "zwt")
    path = "/v2/corpora/handbook/documents"
    assert stranger.post(path, json=core("new", "t"), headers=headers).status_code == 201
    assert stranger.patch(f"{path}/new", json={"metadata": {"a": 1}}, headers=headers).status_code == 200
    assert stranger.get(f"{path}/new", headers=headers).status_code == 200
    assert stranger.delete(f"{path}/new", headers=headers).status_code == 204
    refused(stranger.delete("/v2/corpora/handbook", headers=headers), 403)


@pytest.mark.parametrize("kind", ["zqt", "zwt"])
def test_a_bound_key_sees_only_its_corpora(
    understudy: Understudy, stranger: httpx.Client, api: httpx.Client, kind: str
) -> None:
    make_corpus(api, "later")
    put(api, "later", core("d", "The kiln of later times."))
    headers = key(understudy, kind)
    listed = stranger.get("/v2/corpora", headers=headers).json()
    assert [corpus["key"] for corpus in listed["corpora"]] == ["handbook"]
    several = [{"corpus_key": "handbook"}, {"corpus_key": "later"}]
    for answer in (
        stranger.get("/v2/corpora/later", headers=headers),
        stranger.get("/v2/corpora/later/documents", headers=headers),
        stranger.get("/v2/corpora/later/documents/d", headers=headers),
        stranger.get("/v2/corpora/later/filter_attribute_stats", headers=headers),
        stranger.get("/v2/corpora/later/query", params={"query": "kiln"}, headers=headers),
        stranger.post("/v2/corpora/later/query", json={"query": "kiln"}, headers=headers),
        stranger.post("/v2/query", json={"query": "k", "search": {"corpora": several}}, headers=headers),
        stranger.get("/v2/corpora/unknown", headers=headers),
        *(
            [stranger.post("/v2/corpora/later/documents", json=core("x", "t"), headers=headers)]
            if kind == "zwt"
            else []
        ),
    ):
        refused(answer, 403)
    answer = stranger.post("/v2/query", json={"query": "k", "search": {"corpora": several}}, headers=headers)
    assert "one or more corpora" in answer.json()["messages"][0]


def test_secrets_stay_out_of_the_journal(understudy: Understudy, stranger: httpx.Client) -> None:
    access_token = token(understudy, stranger)
    stranger.get("/v2/corpora", headers=bearer(access_token))
    stranger.get("/v2/corpora", params={"api_key": understudy.api_key}, headers=key(understudy, "zut"))
    told = json.dumps(understudy.journal())
    assert len(understudy.journal()) == 3
    assert access_token not in told
    assert "understudy-secret" not in told
    assert understudy.api_key not in told
