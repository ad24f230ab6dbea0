"""Users through HTTP, and what their keys may do. Spec tag: Users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, make_corpus, read, refused
from understudy.apis.vectara import users
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

EMPTY = pytest.mark.understudy(fixture="empty", clock="frozen")
ROLES = {
    "api_roles": ["corpus_viewer"],
    "corpus_roles": [{"corpus_key": "handbook", "role": "editor"}],
    "agent_roles": [{"agent_key": "helper", "role": "agent_user"}],
}
CODES = {"one_time_code", "one_time_code_link"}


@pytest.fixture
def signed_in(understudy: Understudy, api: httpx.Client) -> Iterator[httpx.Client]:
    """A client with the token of the owner's app client."""
    grant = {
        "client_id": f"understudy@{understudy.world}",
        "client_secret": "understudy-secret",
        "grant_type": "client_credentials",
    }
    token = api.post("/oauth2/token", json=grant).json()["access_token"]
    with httpx.Client(base_url=understudy.url, headers={"authorization": f"Bearer {token}"}) as client:
        yield client


def make_user(api: httpx.Client, email: str = "grace@lanterns.example", **wanted: Any) -> dict[str, Any]:
    answer = api.post("/v2/users", json={"email": email, **wanted})
    assert answer.status_code == 201, answer.text
    user: dict[str, Any] = answer.json()
    return user


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.store.version, world.store.dump()))


def emails(pages: list[list[dict[str, Any]]]) -> list[list[str]]:
    return [[user["email"] for user in page] for page in pages]


# Made, read, listed, changed, deleted


@EMPTY
def test_a_user_is_made_and_read(understudy: Understudy, api: httpx.Client) -> None:
    made = make_user(api, username="grace", description="Lamps", **ROLES)
    now = understudy.look(lambda world: world.clock.stamp())
    user = {name: value for name, value in made.items() if name not in CODES}
    assert user == {
        "id": "usr_1",
        "email": "grace@lanterns.example",
        "username": "grace",
        "enabled": True,
        "description": "Lamps",
        "created_at": now,
        "updated_at": now,
        **ROLES,
    }
    assert made["one_time_code_link"] == users.CODE_PAGE + made["one_time_code"]
    assert read(api, "/v2/users/grace") == user
    assert read(api, "/v2/users") == {"users": [user], "metadata": {"page_key": ""}}


@EMPTY
def test_a_user_without_a_name_has_that_of_the_email_and_no_roles(api: httpx.Client) -> None:
    user = make_user(api)
    assert user["username"] == "grace@lanterns.example"
    assert [user[name] for name in ("api_roles", "corpus_roles", "agent_roles")] == [[], [], []]
    assert "description" not in user
    assert read(api, "/v2/users/grace%40lanterns.example")["id"] == user["id"]


@pytest.mark.parametrize("username", ["a/b", "a b?c#d", "ünï%2F", "ada@x.example", "..."])
def test_a_name_in_a_path_is_percent_encoded(
    api: httpx.Client, signed_in: httpx.Client, username: str
) -> None:
    make_user(api, username=username)
    path = f"/v2/users/{quote(username, safe='')}"
    assert read(api, path)["username"] == username
    assert api.patch(path, json={"description": "x"}).json()["description"] == "x"
    assert set(api.post(f"{path}/reset_password").json()) == CODES
    assert signed_in.delete(path).status_code == 204
    assert refused(api.get(path), 404)["id"] == username


def test_an_email_and_a_name_are_taken_once(understudy: Understudy, api: httpx.Client) -> None:
    make_user(api, username="grace")
    before = state(understudy)
    for wanted in ({"email": "GRACE@Lanterns.example"}, {"email": "other@x.example", "username": "grace"}):
        refused(api.post("/v2/users", json=wanted), 409)
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.email"),
        ({"email": "grace"}, "body.email"),
        ({"email": "g@x.example", "username": ""}, "body.username"),
        ({"email": "g@x.example", "username": ".."}, "body.username"),
        ({"email": "g@x.example", "username": "a\0"}, "body.username"),
        ({"email": "g@x.example", "api_roles": ["king"]}, "body.api_roles[0]"),
        ({"email": "g@x.example", "corpus_roles": [{"role": "viewer"}]}, "body.corpus_roles[0].corpus_key"),
        (
            {"email": "g@x.example", "agent_roles": [{"agent_key": "a", "role": "owner"}]},
            "body.agent_roles[0].role",
        ),
    ],
)
def test_a_bad_user_is_refused_and_named(
    understudy: Understudy, api: httpx.Client, body: dict[str, Any], field: str
) -> None:
    before = state(understudy)
    refused(api.post("/v2/users", json=body), 400, field)
    assert state(understudy) == before


def test_members_that_no_request_has_are_ignored(api: httpx.Client) -> None:
    user = make_user(api, enabled=False, api_policy={"name": 5}, id="usr_mine", created_at="x")
    assert (user["enabled"], user["id"]) == (True, "usr_2")
    assert "api_policy" not in user


@EMPTY
def test_users_are_listed_over_pages_oldest_first(api: httpx.Client) -> None:
    made = [make_user(api, f"u{number}@x.example")["email"] for number in range(5)]
    assert emails(all_pages(api, "/v2/users", "users", limit=2)) == [made[:2], made[2:4], made[4:]]
    first = read(api, "/v2/users", limit=2)["metadata"]["page_key"]
    refused(api.get("/v2/users", params={"page_key": first, "corpus_key": "x"}), 400, "query.page_key")
    for limit in (0, 101):
        refused(api.get("/v2/users", params={"limit": limit}), 400, "query.limit")


@EMPTY
def test_a_corpus_narrows_to_those_with_a_role_on_it(api: httpx.Client) -> None:
    make_user(api, "all@x.example", api_roles=["owner"])
    make_user(api, "one@x.example", **ROLES)
    assert emails(all_pages(api, "/v2/users", "users", corpus_key="handbook")) == [["one@x.example"]]
    assert emails(all_pages(api, "/v2/users", "users", corpus_key="none")) == [[]]
    refused(api.get("/v2/users", params={"corpus_key": "a b"}), 400, "query.corpus_key")


def test_a_change_replaces_what_it_names(understudy: Understudy, api: httpx.Client) -> None:
    user = {name: value for name, value in make_user(api, **ROLES).items() if name not in CODES}
    path = f"/v2/users/{quote(user['username'])}"
    understudy.advance(seconds=60)
    assert api.patch(path, json={}).json() == user
    changed = api.patch(path, json={"corpus_roles": [], "enabled": False, "description": "Away"}).json()
    assert changed["updated_at"] > user["updated_at"]
    stamp = changed["updated_at"]
    expected = {**user, "corpus_roles": [], "enabled": False, "description": "Away", "updated_at": stamp}
    assert changed == expected == read(api, path)
    before = state(understudy)
    refused(api.patch(path, json={"enabled": "no"}), 400, "body.enabled")
    refused(api.patch("/v2/users/none", json={"enabled": False}), 404)
    assert state(understudy) == before


def test_a_code_is_new_each_time_and_the_same_in_a_like_world(
    understudy_server: BackgroundServer, tmp_path: Path
) -> None:
    told = []
    for attempt in range(2):
        name = "codes"
        with begin_from(understudy_server, name, tmp_path / f"{attempt}.yaml", "users: []\n") as api:
            code = make_user(api, username="g")["one_time_code"]
            told.append([code, *(api.post("/v2/users/g/reset_password").json() for _ in range(2))])
            refused(api.post("/v2/users/none/reset_password"), 404)
        understudy_server.on_loop(lambda: understudy_server.server.worlds.delete("codes"))
    assert told[0] == told[1]
    first, second, third = told[0]
    assert len({first, second["one_time_code"], third["one_time_code"]}) == 3


def test_codes_stay_out_of_the_journal(understudy: Understudy, api: httpx.Client) -> None:
    code = make_user(api, username="g")["one_time_code"]
    assert code not in str(understudy.journal())


def test_a_key_deletes_no_user(understudy: Understudy, api: httpx.Client, signed_in: httpx.Client) -> None:
    make_user(api, username="g")
    before = state(understudy)
    assert "personal keys may not call deleteUser" in refused(api.delete("/v2/users/g"), 403)["messages"][0]
    assert state(understudy) == before
    assert signed_in.delete("/v2/users/g").status_code == 204
    refused(signed_in.delete("/v2/users/g"), 404)
    assert make_user(api, username="g")["id"] == "usr_3"


# What the keys of a user may do

FIXTURE = """
corpora: [{key: lamps}, {key: secret}]
users:
  - {email: v@x.example, username: v, corpus_roles: [{corpus_key: lamps, role: viewer}]}
  - {email: a@x.example, username: a, api_roles: [administrator]}
  - email: p@x.example
    username: p
    api_roles: [owner]
    api_policy:
      name: Narrow
      allowed_operations:
        listCorpora: null
        getCorpus: {allow_any_resource: false, allowed_resources: {path.corpus_key: [lamps]}}
        createApiKey: null
        createUser: null
        getUser: null
        queryCorpus: {allow_any_resource: false, allowed_resources: {implicit.corpus_key: [lamps]}}
        query:
          allow_any_resource: false
          allowed_resources: {"body.search.corpora[].corpus_key": [lamps]}
app_clients: [{name: c, client_id: c, client_secret: c}]
chats:
  - {id: cht_lamps, corpus_keys: [lamps], first_query: q, first_answer: a}
  - {id: cht_secret, corpus_keys: [secret], first_query: q, first_answer: a}
"""
KEYS = "".join(
    f"  - {{name: {who}, api_key_role: personal, secret_key: zut_{who}, username: {who}}}\n" for who in "vap"
)


@pytest.fixture
def staffed(understudy: Understudy, understudy_server: BackgroundServer, tmp_path: Path) -> Iterator[Any]:
    """Clients by the name of a user of `FIXTURE`, and `owner`."""
    name = f"{understudy.world}-staffed"
    file = tmp_path / "staffed.yaml"
    text = f"{FIXTURE}api_keys:\n{KEYS}  - {{name: o, api_key_role: personal, secret_key: zut_owner}}\n"
    file.write_text(text)
    understudy_server.on_loop(lambda: understudy_server.server.worlds.create(name, fixture=str(file)))
    with httpx.Client(base_url=understudy.url) as client:

        def call(who: str, method: str, path: str, **arguments: Any) -> httpx.Response:
            return client.request(method, path, headers={"x-api-key": f"zut_{who}@{name}"}, **arguments)

        yield call
    understudy_server.on_loop(lambda: understudy_server.server.worlds.delete(name))


def test_a_key_may_do_what_its_user_may_at_this_moment(staffed: Any) -> None:
    assert staffed("v", "GET", "/v2/corpora/lamps").status_code == 200
    answer = refused(staffed("v", "GET", "/v2/corpora/secret"), 403)
    assert "corpus:viewer" in answer["messages"][0]
    assert "lacking on corpus 'secret'" in answer["messages"][0]
    assert [one["key"] for one in staffed("v", "GET", "/v2/corpora").json()["corpora"]] == ["lamps"]
    refused(staffed("v", "PATCH", "/v2/corpora/lamps", json={"name": "x"}), 403)
    staffed(
        "owner", "PATCH", "/v2/users/v", json={"corpus_roles": [{"corpus_key": "lamps", "role": "owner"}]}
    )
    assert staffed("v", "PATCH", "/v2/corpora/lamps", json={"name": "x"}).status_code == 200
    staffed("owner", "PATCH", "/v2/users/v", json={"enabled": False})
    assert "disabled" in refused(staffed("v", "GET", "/v2/corpora/lamps"), 403)["messages"][0]
    staffed("owner", "PATCH", "/v2/users/v", json={"enabled": True, "corpus_roles": []})
    refused(staffed("v", "GET", "/v2/corpora"), 403)


def test_the_keys_of_a_deleted_user_are_refused_also_when_the_name_comes_back(staffed: Any) -> None:
    grant = {"client_secret": "c", "grant_type": "client_credentials"}
    world = staffed("owner", "GET", "/v2/app_clients").json()["app_clients"][0]["client_id"]
    token = staffed("owner", "POST", "/oauth2/token", json={"client_id": world, **grant}).json()
    with httpx.Client(headers={"authorization": f"Bearer {token['access_token']}"}) as signed:
        base = str(staffed("owner", "GET", "/v2/users").request.url)
        assert signed.delete(f"{base}/v").status_code == 204
    refused(staffed("v", "GET", "/v2/corpora"), 401)
    make = {"email": "v@x.example", "username": "v", "api_roles": ["owner"]}
    assert staffed("owner", "POST", "/v2/users", json=make).status_code == 201
    refused(staffed("v", "GET", "/v2/corpora"), 401)


def test_a_key_that_a_user_makes_is_one_of_the_user(staffed: Any) -> None:
    made = staffed("a", "POST", "/v2/api_keys", json={"name": "k", "api_key_role": "personal"}).json()
    who = made["secret_key"].partition("@")[0].removeprefix("zut_")
    assert staffed(who, "GET", "/v2/corpora").status_code == 200
    staffed("owner", "PATCH", "/v2/users/a", json={"api_roles": ["billing_administrator"]})
    refused(staffed(who, "GET", "/v2/corpora"), 403)


def test_a_policy_narrows_what_the_roles_allow(staffed: Any) -> None:
    told = staffed("owner", "GET", "/v2/users/p").json()["api_policy"]
    assert told["allowed_operations"]["listCorpora"] == {"allow_any_resource": True}
    assert len(staffed("p", "GET", "/v2/corpora").json()["corpora"]) == 2
    question: Any = {"query": "lamp"}
    both = {**question, "search": {"corpora": [{"corpus_key": "lamps"}, {"corpus_key": "secret"}]}}
    one = {**question, "search": {"corpora": [{"corpus_key": "lamps"}]}}
    assert staffed("p", "GET", "/v2/corpora/lamps").status_code == 200
    assert staffed("p", "POST", "/v2/corpora/lamps/query", json=question).status_code == 200
    assert staffed("p", "POST", "/v2/query", json=one).status_code == 200
    for answer in (
        staffed("p", "GET", "/v2/corpora/secret"),
        staffed("p", "POST", "/v2/corpora/secret/query", json=question),
        staffed("p", "POST", "/v2/query", json=both),
        staffed("p", "GET", "/v2/users"),
    ):
        assert "policy" in refused(answer, 403)["messages"][0]


def test_what_a_narrowed_credential_makes_is_as_narrow(staffed: Any) -> None:
    policy = staffed("owner", "GET", "/v2/users/p").json()["api_policy"]
    wanted = {"name": "k", "api_key_role": "serving", "corpus_keys": ["secret"]}
    made = staffed("p", "POST", "/v2/api_keys", json=wanted).json()
    assert made["api_policy"] == policy
    secret = made["secret_key"].partition("@")[0]
    url = str(staffed("p", "GET", "/v2/corpora").request.url)
    headers = {"x-api-key": made["secret_key"]}
    assert secret.startswith("zqt_")
    assert "policy" in refused(httpx.get(f"{url}/secret", headers=headers), 403)["messages"][0]
    user = staffed("p", "POST", "/v2/users", json={"email": "n@x.example", "username": "n"}).json()
    assert user["api_policy"] == staffed("p", "GET", "/v2/users/n").json()["api_policy"] == policy


def test_a_question_needs_a_role_on_the_chat_and_on_what_it_searches(staffed: Any) -> None:
    def asked(chat: str, corpus: str) -> int:
        body = {"query": "q", "search": {"corpora": [{"corpus_key": corpus}]}}
        answer: httpx.Response = staffed("v", "POST", f"/v2/chats/cht_{chat}/turns", json=body)
        return answer.status_code

    assert asked("lamps", "lamps") == 200
    assert [asked("lamps", "secret"), asked("secret", "lamps"), asked("secret", "secret")] == [403] * 3
    refused(staffed("v", "GET", "/v2/chats/cht_none"), 404)
    assert [one["id"] for one in staffed("v", "GET", "/v2/chats").json()["chats"]] == ["cht_lamps"]


def test_jobs_show_to_those_who_run_their_corpus(staffed: Any) -> None:
    refused(staffed("v", "GET", "/v2/jobs"), 403)
    roles = [{"corpus_key": "lamps", "role": "administrator"}]
    staffed("owner", "PATCH", "/v2/users/v", json={"corpus_roles": roles})
    ids = {}
    for corpus in ("lamps", "secret"):
        replaced = {"filter_attributes": []}
        path = f"/v2/corpora/{corpus}/replace_filter_attributes"
        ids[corpus] = staffed("owner", "POST", path, json=replaced).json()["job_id"]
    assert [job["id"] for job in staffed("v", "GET", "/v2/jobs").json()["jobs"]] == [ids["lamps"]]
    assert staffed("v", "GET", f"/v2/jobs/{ids['lamps']}").status_code == 200
    refused(staffed("v", "GET", f"/v2/jobs/{ids['secret']}"), 403)
    refused(staffed("v", "GET", "/v2/jobs", params={"corpus_key": "secret"}), 403)


def test_a_role_ends_with_its_corpus(staffed: Any) -> None:
    assert staffed("owner", "DELETE", "/v2/corpora/lamps").status_code == 204
    assert staffed("owner", "GET", "/v2/users/v").json()["corpus_roles"] == []
    staffed("owner", "POST", "/v2/corpora", json={"key": "lamps"})
    refused(staffed("v", "GET", "/v2/corpora/lamps"), 403)


def test_a_corpus_developer_owns_what_it_makes(staffed: Any) -> None:
    staffed("owner", "PATCH", "/v2/users/v", json={"api_roles": ["corpus_developer"], "corpus_roles": []})
    refused(staffed("v", "GET", "/v2/corpora/secret"), 403)
    assert staffed("v", "GET", "/v2/corpora").json()["corpora"] == []
    assert staffed("v", "POST", "/v2/corpora", json={"key": "mine"}).status_code == 201
    assert [one["key"] for one in staffed("v", "GET", "/v2/corpora").json()["corpora"]] == ["mine"]
    assert staffed("v", "DELETE", "/v2/corpora/mine").status_code == 204


def test_a_corpus_administrator_gives_no_roles(staffed: Any) -> None:
    staffed("owner", "PATCH", "/v2/users/v", json={"api_roles": ["corpus_administrator"]})
    wanted = {"name": "k", "api_key_role": "serving", "corpus_keys": ["lamps"]}
    refused(staffed("v", "POST", "/v2/api_keys", json={**wanted, "api_roles": ["owner"]}), 403)
    assert staffed("v", "POST", "/v2/api_keys", json=wanted).status_code == 201


def test_a_client_without_roles_has_those_of_its_maker(staffed: Any) -> None:
    made = {
        name: staffed("a", "POST", "/v2/app_clients", json={"type": "client_credentials", **wanted}).json()
        for name, wanted in (("plain", {"name": "x"}), ("none", {"name": "y", "api_roles": []}))
    }
    grant = {"grant_type": "client_credentials"}
    for name, status in (("plain", 200), ("none", 403)):
        secrets = {part: made[name][part] for part in ("client_id", "client_secret")}
        answer = staffed("owner", "POST", "/oauth2/token", json={**secrets, **grant})
        headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
        url = str(answer.request.url).replace("/oauth2/token", "/v2/users")
        assert httpx.get(url, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("users: [{username: a}]", "email"),
        ("users: [{email: a@x.example}, {email: A@x.example}]", "already exists"),
        ("users: [{email: a@x.example, api_policy: {name: x}}]", "allowed_operations"),
        ("api_keys: [{name: k, api_key_role: personal, secret_key: zut_k, username: nobody}]", "nobody"),
        (
            "users: [{email: a@x.example}]\n"
            "api_keys: [{name: k, api_key_role: serving, secret_key: zqt_k, username: a@x.example}]",
            "personal key",
        ),
    ],
)
def test_a_bad_row_of_a_fixture_is_told(
    understudy_server: BackgroundServer, tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(SetupError, match=told):
        understudy_server.on_loop(lambda: understudy_server.server.worlds.create("never", fixture=str(file)))


def test_a_serving_key_with_roles_stays_within_its_corpora(understudy: Understudy, api: httpx.Client) -> None:
    make_corpus(api, "other")
    wanted = {"name": "k", "api_key_role": "serving", "corpus_keys": ["handbook"], "api_roles": ["owner"]}
    secret = api.post("/v2/api_keys", json=wanted).json()["secret_key"]
    with understudy.client(x_api_key=secret) as bound:
        assert read(bound, "/v2/corpora/handbook")["key"] == "handbook"
        refused(bound.get("/v2/corpora/other"), 403)
        refused(bound.post("/v2/corpora", json={"key": "more"}), 403)
        assert [one["key"] for one in read(bound, "/v2/corpora")["corpora"]] == ["handbook"]
