"""App clients through HTTP, and the tokens they get. Spec tag: Application Clients."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, make_corpus, read, refused
from understudy.errors import SetupError
from understudy.pytest_plugin import KEY, BackgroundServer, Understudy
from understudy.state.world import Worlds

TOKEN_PATHS = ("/oauth/token", "/oauth2/token")
CLIENT = {"type": "client_credentials", "name": "Till"}
ROLES = {
    "api_roles": ["corpus_viewer", "agent_user"],
    "corpus_roles": [{"corpus_key": "handbook", "role": "viewer"}],
    "agent_roles": [{"agent_key": "helper", "role": "agent_developer"}],
}


def make_client(api: httpx.Client, **wanted: Any) -> dict[str, Any]:
    answer = api.post("/v2/app_clients", json={**CLIENT, **wanted})
    assert answer.status_code == 201, answer.text
    client: dict[str, Any] = answer.json()
    return client


def grant(client: dict[str, Any], **changes: str) -> dict[str, str]:
    """What the token endpoint wants of a client."""
    secrets = {name: client[name] for name in ("client_id", "client_secret")}
    return {**secrets, "grant_type": "client_credentials", **changes}


def bearer(stranger: httpx.Client, client: dict[str, Any]) -> dict[str, str]:
    answer = stranger.post("/oauth2/token", data=grant(client))
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.store.version, world.store.dump()))


# Made, read, listed, changed


def test_a_client_shows_its_secret_in_every_answer(understudy: Understudy, api: httpx.Client) -> None:
    client = make_client(api, description="At the door", **ROLES)
    assert re.fullmatch(rf"[0-9a-z]{{26}}@{understudy.world}", client["client_id"])
    assert re.fullmatch(r"[0-9a-z]{40}", client["client_secret"])
    assert client == {
        "id": "app_2",
        "name": "Till",
        "description": "At the door",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        **ROLES,
    }
    assert read(api, "/v2/app_clients/app_2") == client
    assert read(api, "/v2/app_clients")["app_clients"][-1] == client
    assert api.patch("/v2/app_clients/app_2", json={}).json() == client


def test_what_was_not_given_is_not_told(api: httpx.Client) -> None:
    assert set(make_client(api)) == {"id", "name", "client_id", "client_secret"}
    made = make_client(api, id="app_mine", client_id="mine", client_secret="mine", unknown=1)
    assert made["id"] == "app_3"
    assert "mine" not in (made["client_id"], made["client_secret"])


def test_a_change_replaces_what_it_names(understudy: Understudy, api: httpx.Client) -> None:
    client = make_client(api, description="At the door", **ROLES)
    path = f"/v2/app_clients/{client['id']}"
    changed = api.patch(path, json={"api_roles": ["viewer"], "name": "Ignored"}).json()
    assert changed == {**client, "api_roles": ["viewer"]}
    changed = api.patch(path, json={"description": "", "api_roles": [], "corpus_roles": []}).json()
    assert changed == {**client, "description": "", "api_roles": [], "corpus_roles": []}
    agents = [{"agent_key": "other", "role": "agent_user"}]
    assert api.patch(path, json={"agent_roles": agents}).json()["agent_roles"] == agents
    before = state(understudy)
    assert api.patch(path, json={}).status_code == 200
    assert state(understudy) == before


def test_clients_narrow_by_their_name(api: httpx.Client) -> None:
    made = [make_client(api, name=name, description="a till")["id"] for name in ("Till 1", "TILL 2", "Gate")]

    def listed(pattern: str) -> list[str]:
        return [client["id"] for client in read(api, "/v2/app_clients", filter=pattern)["app_clients"]]

    assert listed("till") == made[:2]
    assert listed("^gate$|1") == [made[0], made[2]]
    assert listed("understudy") == ["app_1"]
    assert listed("nobody") == []


def test_clients_are_listed_page_by_page(api: httpx.Client) -> None:
    made = [make_client(api, name=f"Till {number}")["id"] for number in range(11)]
    pages = all_pages(api, "/v2/app_clients", "app_clients")
    assert [len(page) for page in pages] == [10, 2]
    assert [client["id"] for page in pages for client in page] == ["app_1", *made]
    first = read(api, "/v2/app_clients", limit=2, filter="till")
    page_key = first["metadata"]["page_key"]
    second = read(api, "/v2/app_clients", limit=100, filter="till", page_key=page_key)
    assert [client["id"] for client in first["app_clients"] + second["app_clients"]] == made
    refused(api.get("/v2/app_clients", params={"page_key": page_key}), 400, "query.page_key")


# Tokens


@pytest.mark.parametrize("path", TOKEN_PATHS)
@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_new_client_gets_tokens_at_once(
    api: httpx.Client, stranger: httpx.Client, path: str, encoding: str
) -> None:
    client = make_client(api, api_roles=["owner"])
    answer = stranger.post(path, **{encoding: grant(client)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_in"] == 1800
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert stranger.post("/v2/corpora", json={"key": "made"}, headers=headers).status_code == 201
    assert read(api, "/v2/corpora/made")["key"] == "made"


def test_a_secret_belongs_to_one_client(api: httpx.Client, stranger: httpx.Client) -> None:
    one, other = make_client(api), make_client(api)
    assert one["client_id"] != other["client_id"]
    bare = one["client_id"].partition("@")[0]
    for wrong in (
        grant(one, client_secret=other["client_secret"]),
        grant(one, client_secret=""),
        grant(one, client_id=one["id"]),
        grant(one, client_id=bare),
    ):
        answer = stranger.post("/oauth/token", json=wrong)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_token_lives_half_an_hour_of_world_time(
    understudy: Understudy, api: httpx.Client, stranger: httpx.Client
) -> None:
    client = make_client(api)
    headers = bearer(stranger, client)
    understudy.advance(seconds=1799)
    assert stranger.get("/v2/corpora", headers=headers).status_code == 200
    understudy.advance(seconds=1)
    refused(stranger.get("/v2/corpora", headers=headers), 401)
    assert stranger.get("/v2/corpora", headers=bearer(stranger, client)).status_code == 200


def test_a_deleted_client_loses_its_tokens_at_once(api: httpx.Client, stranger: httpx.Client) -> None:
    client, other = make_client(api), make_client(api)
    headers, kept = bearer(stranger, client), bearer(stranger, other)
    path = f"/v2/app_clients/{client['id']}"
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(stranger.get("/v2/corpora", headers=headers), 401)
    assert stranger.post("/oauth2/token", data=grant(client)).status_code == 401
    assert stranger.get("/v2/corpora", headers=kept).status_code == 200
    for answer in (api.delete(path), api.get(path), api.patch(path, json={"description": "x"})):
        assert refused(answer, 404)["id"] == client["id"]
    again = make_client(api)
    assert again["id"] not in (client["id"], other["id"])
    refused(stranger.get("/v2/corpora", headers=headers), 401)


def test_a_change_of_roles_ends_no_token(api: httpx.Client, stranger: httpx.Client) -> None:
    client = make_client(api)
    headers = bearer(stranger, client)
    api.patch(f"/v2/app_clients/{client['id']}", json=ROLES)
    assert stranger.get("/v2/corpora", headers=headers).status_code == 200


# Refused


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Till"}, "body.type"),
        ({**CLIENT, "type": "password"}, "body.type"),
        ({"type": "client_credentials"}, "body.name"),
        ({**CLIENT, "name": 5}, "body.name"),
        ({**CLIENT, "description": None}, "body.description"),
        ({**CLIENT, "api_roles": "owner"}, "body.api_roles"),
        ({**CLIENT, "api_roles": ["owner", "king"]}, "body.api_roles[1]"),
        ({**CLIENT, "corpus_roles": [{"role": "viewer"}]}, "body.corpus_roles[0].corpus_key"),
        ({**CLIENT, "agent_roles": [{"agent_key": "a", "role": "owner"}]}, "body.agent_roles[0].role"),
    ],
)
def test_a_bad_client_is_refused_and_nothing_is_made(
    understudy: Understudy, api: httpx.Client, body: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    refused(api.post("/v2/app_clients", json=body), 400, field)
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"description": 5}, "body.description"),
        ({"description": None}, "body.description"),
        ({"api_roles": None}, "body.api_roles"),
        ({"api_roles": ["king"], "description": "x"}, "body.api_roles[0]"),
        ({"corpus_roles": [{"corpus_key": "a", "role": "agent_user"}]}, "body.corpus_roles[0].role"),
        ({"agent_roles": [5]}, "body.agent_roles[0]"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(
    understudy: Understudy, api: httpx.Client, body: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    refused(api.patch("/v2/app_clients/app_1", json=body), 400, field)
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"filter": "("}, "query.filter"),
        ({"limit": 0}, "query.limit"),
        ({"limit": 101}, "query.limit"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.get("/v2/app_clients", params=parameters), 400, field)


# Worlds: a client id leads to the world that shows it


def test_a_client_of_the_fixture_is_shown_with_the_name_of_its_world(
    understudy: Understudy, api: httpx.Client, stranger: httpx.Client
) -> None:
    client = read(api, "/v2/app_clients/app_1")
    assert client["client_id"] == f"understudy@{understudy.world}"
    assert client["api_roles"] == ["owner"]
    headers = bearer(stranger, client)
    make_corpus(api, "only-here")
    assert stranger.get("/v2/corpora/only-here", headers=headers).status_code == 200


def test_a_client_of_the_default_world_has_a_plain_id(
    understudy_server: BackgroundServer, worlds: Worlds, stranger: httpx.Client
) -> None:
    with httpx.Client(base_url=understudy_server.url, headers={"x-api-key": KEY}) as plain:
        client = make_client(plain)
    assert "@" not in client["client_id"]
    headers = bearer(stranger, client)
    assert stranger.get("/v2/corpora", headers=headers).status_code == 200
    understudy_server.on_loop(worlds.reset)
    refused(stranger.get("/v2/corpora", headers=headers), 401)


def test_a_fork_shows_the_clients_of_its_origin_under_its_own_name(
    understudy_server: BackgroundServer,
    worlds: Worlds,
    understudy: Understudy,
    api: httpx.Client,
    stranger: httpx.Client,
) -> None:
    fork = f"{understudy.world}-fork"
    client = make_client(api)
    token = bearer(stranger, client)
    understudy_server.on_loop(lambda: worlds.fork(understudy.world, fork))
    with understudy.client(x_api_key=f"{KEY}@{fork}") as there:
        shown = read(there, f"/v2/app_clients/{client['id']}")
        assert shown == {**client, "client_id": client["client_id"].replace(understudy.world, fork)}
        make_corpus(there, "only-there")
        assert stranger.get("/v2/corpora/only-there", headers=bearer(stranger, shown)).status_code == 200
        refused(stranger.get("/v2/corpora/only-there", headers=token), 404)
        there.delete(f"/v2/app_clients/{client['id']}")
        assert stranger.post("/oauth/token", json=grant(shown)).status_code == 401
    assert stranger.get("/v2/corpora", headers=token).status_code == 200
    understudy_server.on_loop(lambda: worlds.delete(fork))


def test_clients_follow_reset_restore_and_the_end_of_their_world(
    understudy_server: BackgroundServer, worlds: Worlds, stranger: httpx.Client, understudy: Understudy
) -> None:
    name = f"{understudy.world}-short"

    def status() -> int:
        return stranger.post("/oauth/token", json=grant(client)).status_code

    with understudy.client(x_api_key=f"{KEY}@{name}") as there:
        client = make_client(there)
    saved = understudy_server.on_loop(lambda: worlds.existing(name).snapshot())
    assert status() == 200
    understudy_server.on_loop(lambda: worlds.reset(name))
    assert status() == 401
    understudy_server.on_loop(lambda: worlds.existing(name).restore(saved))
    assert status() == 200
    understudy_server.on_loop(lambda: worlds.delete(name))
    assert status() == 401
    assert name not in understudy_server.on_loop(worlds.names)


def test_no_secret_stands_in_the_journal_or_the_differences(
    understudy_server: BackgroundServer, understudy: Understudy, api: httpx.Client, stranger: httpx.Client
) -> None:
    client = make_client(api)
    api.patch(f"/v2/app_clients/{client['id']}", json={"description": "x"})
    for path in ("/v2/app_clients", f"/v2/app_clients/{client['id']}"):
        assert client["client_secret"] in api.get(path).text
    stranger.post("/oauth/token", json=grant(client))
    token = bearer(stranger, client)["authorization"].removeprefix("Bearer ")
    assert len(understudy.journal()) == 6
    headers = {"authorization": f"Bearer {understudy_server.server.admin_token}"}
    told = "".join(
        stranger.get(f"/_understudy/worlds{path}", headers=headers).text
        for path in ("", *(f"/{understudy.world}{part}" for part in ("", "/journal", "/diff")))
    )
    assert '"app_2"' in told
    assert told.count("[REDACTED]") > 6
    assert client["client_secret"] not in told
    assert "understudy-secret" not in told
    assert token not in told


# Fixtures


def test_a_fixture_may_describe_a_client_in_full(
    understudy_server: BackgroundServer, worlds: Worlds, understudy: Understudy, tmp_path: Path
) -> None:
    name = f"{understudy.world}-fixture"
    file = tmp_path / "clients.yaml"
    row = "name: Till, client_id: till, client_secret: hush, id: app_9, description: d, api_roles: [viewer]"
    file.write_text(
        f"api_keys: [{{name: k, api_key_role: personal, secret_key: zut_k}}]\napp_clients: [{{{row}}}]\n"
    )
    understudy_server.on_loop(lambda: worlds.create(name, str(file)))
    with understudy.client(x_api_key=f"zut_k@{name}") as client:
        assert read(client, "/v2/app_clients")["app_clients"] == [
            {
                "id": "app_9",
                "name": "Till",
                "description": "d",
                "client_id": f"till@{name}",
                "client_secret": "hush",
                "api_roles": ["viewer"],
            }
        ]
    understudy_server.on_loop(lambda: worlds.delete(name))
    file.write_text(f"app_clients: [{{{row.replace('id: till', 'id: till@home')}}}]\n")
    with pytest.raises(SetupError, match="client_id"):
        understudy_server.on_loop(lambda: worlds.create(name, str(file), 1))
