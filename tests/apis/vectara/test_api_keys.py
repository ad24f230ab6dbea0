"""API keys through HTTP: made, listed, switched off, deleted, and what each opens. Spec tag: API Keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, core, make_corpus, put, read, refused
from understudy.errors import SetupError
from understudy.pytest_plugin import KEY, BackgroundServer, Understudy
from understudy.state.world import Worlds

SERVING = {"name": "Reader", "api_key_role": "serving", "corpus_keys": ["handbook"]}
PERSONAL = {"name": "Mine", "api_key_role": "personal"}
PREFIXES = {"personal": "zut_", "serving": "zqt_", "serving_and_indexing": "zwt_"}
ROLES = {
    "api_roles": ["corpus_viewer", "agent_user"],
    "corpus_roles": [{"corpus_key": "handbook", "role": "viewer"}],
    "agent_roles": [{"agent_key": "helper", "role": "agent_developer"}],
}
QUERY = "/v2/corpora/handbook/query?query=kiln"


def make_key(api: httpx.Client, **wanted: Any) -> dict[str, Any]:
    answer = api.post("/v2/api_keys", json={**SERVING, **wanted})
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key


def status(client: httpx.Client, secret: str, path: str = QUERY) -> int:
    """What a caller gets who holds nothing but the secret."""
    return client.get(path, headers={"x-api-key": secret}).status_code


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.store.version, world.store.dump()))


# Made, read, listed


@pytest.mark.parametrize(("role", "prefix"), PREFIXES.items())
def test_a_key_tells_its_secret_when_it_is_made_and_never_again(
    understudy: Understudy, api: httpx.Client, role: str, prefix: str
) -> None:
    bound = {} if role == "personal" else {"corpus_keys": ["handbook"]}
    answer = api.post("/v2/api_keys", json={"name": "New", "api_key_role": role, **bound})
    assert answer.status_code == 201, answer.text
    key = answer.json()
    secret = key.pop("secret_key")
    assert secret.startswith(prefix)
    assert secret.endswith(f"@{understudy.world}")
    assert key == {"id": "aky_5", "name": "New", "enabled": True, "api_key_role": role}
    assert read(api, "/v2/api_keys/aky_5") == key
    assert read(api, "/v2/api_keys")["api_keys"][-1] == key
    assert api.patch("/v2/api_keys/aky_5", json={"enabled": True}).json() == key


def test_roles_are_kept_and_told(api: httpx.Client) -> None:
    made = make_key(api, **ROLES)
    assert {member: made[member] for member in ROLES} == ROLES
    shown = read(api, f"/v2/api_keys/{made['id']}")
    assert {member: shown[member] for member in ROLES} == ROLES


def test_what_only_answers_have_is_ignored_in_a_request(api: httpx.Client, stranger: httpx.Client) -> None:
    made = make_key(api, id="aky_mine", secret_key="zqt_mine", enabled=False, unknown=1)
    assert (made["id"], made["enabled"]) == ("aky_5", True)
    assert status(stranger, made["secret_key"]) == 200
    assert status(stranger, "zqt_mine") == 401
    changed = api.patch("/v2/api_keys/aky_5", json={"name": "Other", "api_key_role": "personal"})
    assert (changed.status_code, changed.json()["name"]) == (200, "Reader")


def test_keys_of_the_fixture_are_listed_oldest_first_without_secrets(api: httpx.Client) -> None:
    assert read(api, "/v2/api_keys")["api_keys"] == [
        {"id": "aky_1", "name": "Understudy", "enabled": True, "api_key_role": "personal"},
        {"id": "aky_2", "name": "Handbook reader", "enabled": True, "api_key_role": "serving"},
        {"id": "aky_3", "name": "Handbook writer", "enabled": True, "api_key_role": "serving_and_indexing"},
        {"id": "aky_4", "name": "Switched off", "enabled": False, "api_key_role": "personal"},
    ]


def test_keys_narrow_to_a_corpus_and_a_kind(api: httpx.Client) -> None:
    make_corpus(api, "other")
    both = make_key(api, corpus_keys=["other", "handbook", "other"])["id"]
    one = make_key(api, corpus_keys=["other"], api_key_role="serving_and_indexing")["id"]

    def listed(**parameters: str) -> list[str]:
        return [key["id"] for key in read(api, "/v2/api_keys", **parameters)["api_keys"]]

    assert listed(corpus_key="other") == [both, one]
    assert listed(corpus_key="handbook") == ["aky_2", "aky_3", both]
    assert listed(corpus_key="nowhere") == []
    assert listed(api_key_role="personal") == ["aky_1", "aky_4"]
    assert listed(api_key_role="serving", corpus_key="other") == [both]


def test_keys_are_listed_page_by_page(api: httpx.Client) -> None:
    made = [make_key(api, name=f"k{number}")["id"] for number in range(18)]
    pages = all_pages(api, "/v2/api_keys", "api_keys")
    assert [len(page) for page in pages] == [10, 10, 2]
    assert [key["id"] for page in pages for key in page][4:] == made
    first = read(api, "/v2/api_keys", limit=2, corpus_key="handbook")
    page_key = first["metadata"]["page_key"]
    api.delete("/v2/api_keys/aky_3")
    second = read(api, "/v2/api_keys", limit=2, corpus_key="handbook", page_key=page_key)
    assert [key["id"] for key in second["api_keys"]] == made[:2]
    for other in ({}, {"corpus_key": "nowhere"}, {"corpus_key": "handbook", "api_key_role": "serving"}):
        answer = api.get("/v2/api_keys", params={**other, "page_key": page_key})
        refused(answer, 400, "query.page_key")


# What a key opens


def test_a_serving_key_reads_at_once_and_writes_nothing(api: httpx.Client, stranger: httpx.Client) -> None:
    headers = {"x-api-key": make_key(api)["secret_key"]}
    assert stranger.get(QUERY, headers=headers).json()["search_results"]
    path = "/v2/corpora/handbook/documents"
    refused(stranger.post(path, json=core("d", "t"), headers=headers), 403)
    refused(stranger.get("/v2/api_keys", headers=headers), 403)


def test_an_indexing_key_writes_and_a_personal_one_does_everything(
    api: httpx.Client, stranger: httpx.Client
) -> None:
    path = "/v2/corpora/handbook/documents"
    writer = {"x-api-key": make_key(api, api_key_role="serving_and_indexing")["secret_key"]}
    assert stranger.post(path, json=core("d", "t"), headers=writer).status_code == 201
    refused(stranger.post("/v2/corpora", json={"key": "made"}, headers=writer), 403)
    owner = {"authorization": f"Bearer {api.post('/v2/api_keys', json=PERSONAL).json()['secret_key']}"}
    assert stranger.post("/v2/corpora", json={"key": "made"}, headers=owner).status_code == 201
    assert stranger.delete("/v2/api_keys/aky_1", headers=owner).status_code == 204
    refused(api.get("/v2/corpora"), 401)


def test_a_key_opens_its_corpora_alone(api: httpx.Client, stranger: httpx.Client) -> None:
    make_corpus(api, "other")
    secret = make_key(api, corpus_keys=["other"])["secret_key"]
    make_corpus(api, "later")
    statuses = {
        name: status(stranger, secret, f"/v2/corpora/{name}") for name in ("other", "handbook", "later", "no")
    }
    assert statuses == {"other": 200, "handbook": 403, "later": 403, "no": 403}
    body = {"query": "x", "search": {"corpora": [{"corpus_key": "other"}, {"corpus_key": "later"}]}}
    refused(stranger.post("/v2/query", json=body, headers={"x-api-key": secret}), 403)


def test_a_corpus_made_again_is_another_corpus(api: httpx.Client, stranger: httpx.Client) -> None:
    make_corpus(api, "other")
    key = make_key(api, corpus_keys=["other", "handbook"])
    alone = make_key(api, corpus_keys=["other"])
    assert api.delete("/v2/corpora/other").status_code == 204
    make_corpus(api, "other")
    put(api, "other", core("d", "A kiln."))
    assert status(stranger, key["secret_key"], "/v2/corpora/other") == 403
    assert status(stranger, key["secret_key"]) == 200
    assert read(api, "/v2/api_keys", corpus_key="other")["api_keys"] == []
    headers = {"x-api-key": alone["secret_key"]}
    assert stranger.get("/v2/corpora", headers=headers).json()["corpora"] == []


def test_a_key_is_switched_off_and_on_at_once(api: httpx.Client, stranger: httpx.Client) -> None:
    key = make_key(api)
    path = f"/v2/api_keys/{key['id']}"
    assert status(stranger, key["secret_key"]) == 200
    assert api.patch(path, json={"enabled": False}).json()["enabled"] is False
    answer = stranger.get(QUERY, headers={"x-api-key": key["secret_key"]})
    assert "Reader" in refused(answer, 403)["messages"][0]
    assert api.patch(path, json={}).json()["enabled"] is False
    assert api.patch(path, json={"enabled": True}).json()["enabled"] is True
    assert status(stranger, key["secret_key"]) == 200


def test_a_deleted_key_is_unknown_at_once(api: httpx.Client, stranger: httpx.Client) -> None:
    key = make_key(api)
    path = f"/v2/api_keys/{key['id']}"
    assert status(stranger, key["secret_key"]) == 200
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert status(stranger, key["secret_key"]) == 401
    for answer in (api.delete(path), api.get(path), api.patch(path, json={"enabled": True})):
        assert refused(answer, 404)["id"] == key["id"]
    assert make_key(api)["id"] != key["id"]


def test_a_key_can_end_itself(api: httpx.Client) -> None:
    assert api.patch("/v2/api_keys/aky_1", json={"enabled": False}).status_code == 200
    refused(api.get("/v2/api_keys/aky_1"), 403)


# Refused


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "body.name"),
        ({"name": 5}, "body.name"),
        ({"api_key_role": None}, "body.api_key_role"),
        ({"api_key_role": "owner"}, "body.api_key_role"),
        ({"corpus_keys": None}, "body.corpus_keys"),
        ({"corpus_keys": []}, "body.corpus_keys"),
        ({"corpus_keys": "handbook"}, "body.corpus_keys"),
        ({"corpus_keys": ["handbook", "not a key"]}, "body.corpus_keys[1]"),
        ({"api_key_role": "serving_and_indexing", "corpus_keys": None}, "body.corpus_keys"),
        ({"api_key_role": "personal"}, "body.corpus_keys"),
        ({"api_key_role": "personal", "corpus_keys": []}, "body.corpus_keys"),
        ({"api_roles": ["king"]}, "body.api_roles[0]"),
        ({"corpus_roles": [{"corpus_key": "handbook"}]}, "body.corpus_roles[0].role"),
        ({"corpus_roles": [{"corpus_key": "a", "role": "agent_user"}]}, "body.corpus_roles[0].role"),
        ({"agent_roles": [{"role": "agent_user"}]}, "body.agent_roles[0].agent_key"),
    ],
)
def test_a_bad_key_is_refused_and_nothing_is_made(
    understudy: Understudy, api: httpx.Client, changes: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    body = {name: value for name, value in {**SERVING, **changes}.items() if value is not None}
    refused(api.post("/v2/api_keys", json=body), 400, field)
    assert state(understudy) == before


def test_a_null_is_no_value(api: httpx.Client) -> None:
    refused(api.post("/v2/api_keys", json={**SERVING, "corpus_keys": None}), 400, "body.corpus_keys")
    refused(api.patch("/v2/api_keys/aky_2", json={"enabled": None}), 400, "body.enabled")
    refused(api.patch("/v2/api_keys/aky_2", json={"enabled": "no"}), 400, "body.enabled")
    refused(api.patch("/v2/api_keys/aky_2", content=b""), 400)


def test_an_unknown_corpus_is_named_and_nothing_is_made(understudy: Understudy, api: httpx.Client) -> None:
    before = state(understudy)
    answer = api.post("/v2/api_keys", json={**SERVING, "corpus_keys": ["handbook", "nowhere"]})
    assert refused(answer, 404)["id"] == "nowhere"
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"corpus_key": "not a key"}, "query.corpus_key"),
        ({"api_key_role": "owner"}, "query.api_key_role"),
        ({"limit": 0}, "query.limit"),
        ({"limit": 101}, "query.limit"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.get("/v2/api_keys", params=parameters), 400, field)


# Worlds: a secret leads to the world that made it


def test_a_secret_of_the_default_world_needs_no_name(
    understudy_server: BackgroundServer, worlds: Worlds, stranger: httpx.Client
) -> None:
    with httpx.Client(base_url=understudy_server.url, headers={"x-api-key": KEY}) as plain:
        key = make_key(plain)
        assert "@" not in key["secret_key"]
        assert status(stranger, key["secret_key"]) == 200
        understudy_server.on_loop(worlds.reset)
        assert status(stranger, key["secret_key"]) == 401


def test_two_worlds_that_do_the_same_make_different_keys_and_know_their_own_alone(
    understudy_server: BackgroundServer, worlds: Worlds, understudy: Understudy, api: httpx.Client
) -> None:
    other = f"{understudy.world}-other"
    with understudy.client(x_api_key=f"{KEY}@{other}") as there:
        here_key, there_key = make_key(api), make_key(there, name="There")
        assert here_key["id"] == there_key["id"]
        bare = here_key["secret_key"].partition("@")[0]
        assert bare != there_key["secret_key"].partition("@")[0]
        assert status(there, here_key["secret_key"]) == status(api, there_key["secret_key"]) == 200
        for elsewhere in (bare, f"{bare}@{other}", f"{bare}@{understudy.world}-nowhere", f"{bare}@"):
            assert status(api, elsewhere) == 401, elsewhere
        api.delete(f"/v2/api_keys/{here_key['id']}")
        assert read(there, f"/v2/api_keys/{there_key['id']}")["name"] == "There"
    assert f"{understudy.world}-nowhere" not in understudy_server.on_loop(worlds.names)
    understudy_server.on_loop(lambda: worlds.delete(other))


def test_a_fork_knows_the_keys_of_its_origin_under_its_own_name(
    understudy_server: BackgroundServer, worlds: Worlds, understudy: Understudy, api: httpx.Client
) -> None:
    fork = f"{understudy.world}-fork"
    secret = make_key(api)["secret_key"]
    understudy_server.on_loop(lambda: worlds.fork(understudy.world, fork))
    with understudy.client(x_api_key=f"{KEY}@{fork}") as there:
        known = secret.replace(understudy.world, fork)
        assert status(there, known) == 200
        assert status(there, f"{secret}@{fork}") == 401
        make_corpus(there, "only-there")
        made = make_key(there, corpus_keys=["only-there"])["secret_key"]
        assert made.endswith(f"@{fork}")
        assert status(there, made, "/v2/corpora/only-there") == 200
        assert status(there, made.replace(fork, understudy.world), "/v2/corpora/only-there") == 401
        there.delete("/v2/api_keys/aky_5")
        assert status(there, known) == 401
    assert status(api, secret) == 200
    understudy_server.on_loop(lambda: worlds.delete(fork))


def test_keys_follow_reset_restore_and_the_end_of_their_world(
    understudy_server: BackgroundServer, worlds: Worlds, stranger: httpx.Client, understudy: Understudy
) -> None:
    name = f"{understudy.world}-short"
    with understudy.client(x_api_key=f"{KEY}@{name}") as client:
        secret = make_key(client)["secret_key"]
    saved = understudy_server.on_loop(lambda: worlds.existing(name).snapshot())
    understudy_server.on_loop(lambda: worlds.reset(name))
    assert status(stranger, secret) == 401
    understudy_server.on_loop(lambda: worlds.existing(name).restore(saved))
    assert status(stranger, secret) == 200
    understudy.look(lambda world: world.restore(saved))
    assert status(stranger, secret.replace(name, understudy.world)) == 200
    understudy_server.on_loop(lambda: worlds.delete(name))
    assert status(stranger, secret) == 401
    assert name not in understudy_server.on_loop(worlds.names)


def test_the_same_calls_make_the_same_secret_again(
    understudy_server: BackgroundServer, worlds: Worlds, understudy: Understudy, api: httpx.Client
) -> None:
    first = [make_key(api)["secret_key"] for _ in range(2)]
    understudy_server.on_loop(lambda: worlds.reset(understudy.world))
    assert [make_key(api)["secret_key"] for _ in range(2)] == first
    assert first[0] != first[1]


def test_no_secret_stands_in_the_journal_or_the_differences(
    understudy_server: BackgroundServer, understudy: Understudy, api: httpx.Client, stranger: httpx.Client
) -> None:
    key = make_key(api)
    status(stranger, key["secret_key"])
    api.patch(f"/v2/api_keys/{key['id']}", json={"enabled": False})
    refused(stranger.get(f"/v2/corpora/{key['secret_key']}", headers={"x-api-key": key["secret_key"]}), 403)
    assert len(understudy.journal()) == 4
    headers = {"authorization": f"Bearer {understudy_server.server.admin_token}"}
    told = "".join(
        stranger.get(f"/_understudy/worlds{path}", headers=headers).text
        for path in ("", *(f"/{understudy.world}{part}" for part in ("", "/journal", "/diff")))
    )
    assert '"aky_5"' in told
    assert "[REDACTED]" in told
    assert key["secret_key"].partition("@")[0] not in told


# Fixtures


def fixture(path: Path, *rows: dict[str, Any]) -> str:
    file = path / "keys.yaml"
    file.write_text(json.dumps({"api_keys": [{**PERSONAL, "secret_key": "zut_understudy"}, *rows]}))
    return str(file)


def test_a_fixture_may_choose_ids_and_give_roles(
    understudy_server: BackgroundServer, worlds: Worlds, understudy: Understudy, tmp_path: Path
) -> None:
    name = f"{understudy.world}-fixture"
    chosen = {**PERSONAL, "id": "aky_2", "secret_key": "zut_chosen", **ROLES}
    understudy_server.on_loop(lambda: worlds.create(name, fixture(tmp_path, chosen)))
    with understudy.client(x_api_key=f"zut_chosen@{name}") as client:
        shown = {"id": "aky_2", **PERSONAL, "enabled": True, **ROLES}
        assert read(client, "/v2/api_keys/aky_2") == shown
        assert client.post("/v2/api_keys", json=PERSONAL).json()["id"] == "aky_3"
    understudy_server.on_loop(lambda: worlds.delete(name))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret_key": "zut_a@b"}, "secret_key"),
        ({"id": "key_1"}, "id"),
        ({"api_roles": ["king"]}, "api_roles"),
        ({"id": "aky_1"}, "already exists"),
    ],
)
def test_a_bad_row_of_a_fixture_is_told(
    understudy_server: BackgroundServer, worlds: Worlds, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    file = fixture(tmp_path, {**PERSONAL, "secret_key": "zut_b", **changes})
    with pytest.raises(SetupError, match=told):
        understudy_server.on_loop(lambda: worlds.create("never", file))
