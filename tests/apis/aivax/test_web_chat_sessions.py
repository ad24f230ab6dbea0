"""Sessions: their access keys, tags that renew them, the clock, the list, and that ends are final."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client, client_of
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

CLIENTS = "/api/v1/web-chat-client"
DESK = "01941f29-7c00-7000-a000-000000000071"
HELP = "01941f29-7c00-7000-a000-000000000031"
VISIT = "01941f29-7c00-7000-a000-000000000081"
PATH = f"{CLIENTS}/{DESK}/sessions"
PUBLIC = "/api/v1/public/chat-clients"
DAY = 24 * 60 * 60


def opened(api: Client, client: str = DESK, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = api.post(f"{CLIENTS}/{client}/sessions", body)
    return told


def listed(api: Client, client: str = DESK, **query: str) -> list[str]:
    return [one["id"] for one in api.get(f"{CLIENTS}/{client}/sessions", **query)]


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_a_session_has_a_key_that_opens_it_and_a_page(api: Client, understudy: Understudy) -> None:
    told = opened(api)
    key = told["accessKey"]
    assert re.fullmatch(rf"wky_[a-z0-9]{{55}}@{understudy.world}", key)
    assert told == {
        "sessionId": told["sessionId"],
        "accessKey": key,
        "talkUrl": f"https://console.aivax.net/chat/{key}",
    }
    assert api.get(f"{PUBLIC}/{key}")["messages"] == []
    assert [one for one in understudy.journal() if key.partition("@")[0] in str(one)] == []


def test_without_a_tag_every_session_is_a_new_one(api: Client) -> None:
    told = [opened(api), opened(api), opened(api, tag=""), opened(api, tag=""), opened(api, tag=None)]
    assert len({one["sessionId"] for one in told}) == 5
    assert len({one["accessKey"] for one in told}) == 5


def test_keys_differ_between_accounts_and_worlds(
    api: Client, neighbour: Client, understudy: Understudy
) -> None:
    neighbour.form = api.form
    mine = opened(api)["accessKey"].partition("@")[0]
    other = str(neighbour.post(CLIENTS, {"name": "Next door"})["id"])
    theirs = opened(neighbour, other)["accessKey"].partition("@")[0]
    with client_of(understudy) as http:
        http.headers["authorization"] = "Bearer sk-understudy@elsewhere"
        away = opened(Client(http, "bare"))["accessKey"]
    assert away.endswith("@elsewhere")
    assert len({mine, theirs, away.partition("@")[0]}) == 3
    assert httpx.get(f"{understudy.url}{PUBLIC}/{mine}@elsewhere").status_code == 422


def test_a_tag_renews_its_session_and_its_context(api: Client, understudy: Understudy) -> None:
    first = opened(api, tag="ada", expires=600, extraContext="Ada is ten.", metadata={"a": "b"})
    understudy.advance(seconds=500)
    assert opened(api, tag="ada", expires=1000, extraContext="Ada is eleven.") == first
    understudy.advance(seconds=900)
    told = api.get(f"{PUBLIC}/{first['accessKey']}/transcript.json")
    assert (told["context"], told["metadata"]) == ("Ada is eleven.", {"a": "b"})
    opened(api, tag="ada", extraContext=None, metadata=None)
    told = api.get(f"{PUBLIC}/{first['accessKey']}/transcript.json")
    assert (told["context"], told["metadata"]) == (None, {})
    understudy.advance(seconds=3600)
    assert opened(api, tag="ada")["sessionId"] != first["sessionId"]


def test_a_tag_is_one_of_its_client_alone(api: Client) -> None:
    other = str(api.post(CLIENTS, {"name": "Shop"})["id"])
    assert opened(api, other, tag="ada")["sessionId"] != opened(api, tag="ada")["sessionId"]
    assert opened(api, tag="Ada")["sessionId"] != opened(api, tag="ada")["sessionId"]


def test_a_session_ends_by_the_clock_of_the_world(api: Client, understudy: Understudy) -> None:
    client = str(api.post(CLIENTS, {"name": "Shop", "aiGatewayId": HELP})["id"])
    short, usual, long = (
        opened(api, client, **more) for more in ({"expires": 600}, {}, {"expires": 90 * DAY})
    )
    for seconds, alive in ((599, 3), (1, 2), (2999, 2), (1, 1), (90 * DAY - 3601, 1)):
        understudy.advance(seconds=seconds)
        answers = [api.http.get(f"{PUBLIC}/{one['accessKey']}").status_code for one in (short, usual, long)]
        assert answers == [422] * (3 - alive) + [200] * alive
    assert listed(api, client) == [long["sessionId"]]
    assert api.get(CLIENTS)[1]["activeSessions"] == 1
    api.refused("DELETE", f"{CLIENTS}/{client}/sessions/{short['sessionId']}", 404)
    understudy.advance(seconds=1)
    assert listed(api, client) == []


def test_the_list_tells_each_session_newest_first(api: Client, understudy: Understudy) -> None:
    made = opened(api, tag="ada", extraContext="x" * 200)
    newest, oldest = api.get(PATH)
    assert newest == {
        "id": made["sessionId"], "tagName": "ada", "contextPreview": "x" * 120,
        "sessionKey": made["accessKey"], "createdAt": newest["createdAt"], "lastMessage": None,
        "messageCount": 0, "tokenCount": 0,
    }  # fmt: skip
    assert (oldest["id"], oldest["contextPreview"]) == (VISIT, None)
    assert oldest["sessionKey"] == f"wky_understudy@{understudy.world}"
    used = api.post(f"{PUBLIC}/{made['accessKey']}/prompt", {"prompt": "Hello"})["usage"]["totalTokens"]
    used += api.post(f"{PUBLIC}/{made['accessKey']}/prompt", {"prompt": "Hello"})["usage"]["totalTokens"]
    told = api.get(PATH)[0]
    assert (told["messageCount"], told["tokenCount"]) == (4, used)
    assert told["lastMessage"] > told["createdAt"]


def test_a_filter_looks_at_key_context_tag_and_id(api: Client) -> None:
    yuki = opened(api, tag="Yuki", extraContext=f"{'x' * 150} Likes tea.")  # letters that no id is made of
    bob = opened(api, tag="bob")
    for wanted in ("YUKI", "likes TEA", yuki["accessKey"][5:30], yuki["sessionId"]):
        assert listed(api, filter=wanted) == [yuki["sessionId"]]
    assert listed(api, filter="nobody") == []
    assert listed(api, filter="") == [bob["sessionId"], yuki["sessionId"], VISIT]


def test_a_deleted_session_opens_nothing_and_leaves_nothing(api: Client, understudy: Understudy) -> None:
    kinds = {table["kind"] for table in state(understudy)}
    made = opened(api, tag="ada")
    api.post(f"{PUBLIC}/{made['accessKey']}/prompt", {"prompt": "Hello"})
    said = api.delete(f"{PATH}/{made['sessionId']}")
    assert said == {"message": "Session deleted successfully.", "data": None}
    api.refused("GET", f"{PUBLIC}/{made['accessKey']}", 422)
    api.refused("DELETE", f"{PATH}/{made['sessionId']}", 404)
    assert {table["kind"] for table in state(understudy)} - kinds == {"web_chat_rate"}
    assert opened(api, tag="ada")["sessionId"] != made["sessionId"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"expires": 599}, "expires"),
        ({"expires": 599.9}, "expires"),
        ({"expires": 7776001}, "expires"),
        ({"expires": "3600"}, "expires"),
        ({"expires": None}, "expires"),
        ({"tag": 5}, "tag"),
        ({"extraContext": []}, "extraContext"),
        ({"contextLocation": 5}, "contextLocation"),
        ({"metadata": {"a": 5}}, "metadata.a"),
        ({"metadata": []}, "metadata"),
    ],
)
def test_a_bad_body_opens_nothing(
    api: Client, understudy: Understudy, body: dict[str, Any], place: str
) -> None:
    before = state(understudy)
    told = api.refused("POST", PATH, 400, json={"tag": "visitor", **body})
    assert list(told["details"]) == [f"body.{place}"]
    assert state(understudy) == before


def test_sessions_belong_to_their_client_and_account(
    api: Client, neighbour: Client, understudy: Understudy
) -> None:
    other = str(api.post(CLIENTS, {"name": "Shop"})["id"])
    before = state(understudy)
    api.refused("DELETE", f"{CLIENTS}/{other}/sessions/{VISIT}", 404)
    for caller, client in ((api, UNKNOWN), (api, "none"), (neighbour, DESK)):
        path = f"{CLIENTS}/{client}/sessions"
        caller.refused("POST", path, 404, json={})
        caller.refused("GET", path, 404)
        caller.refused("DELETE", f"{path}/{VISIT}", 404)
    for session in (UNKNOWN, "none"):
        api.refused("DELETE", f"{PATH}/{session}", 404)
    assert state(understudy) == before


FIXTURE = """
aivax/accounts: [{name: A}]
aivax/api_keys: [{account: A, key: sk-a}]
aivax/web_chats: [{account: A, name: C}]
aivax/web_chat_sessions:
  - account: A
    client: C
    tag: ada
    messages: [{role: user, content: Hi}, {role: assistant, content: Hello}]
"""


def create(server: BackgroundServer, understudy: Understudy, file: Path, text: str) -> str:
    """A world that begins with a fixture of that text."""
    file.write_text(text)
    name = f"{understudy.world}-seeded"
    server.on_loop(lambda: server.server.worlds.create(name, str(file)))
    return name


def test_a_fixture_holds_sessions_and_what_was_said(
    understudy_server: BackgroundServer, understudy: Understudy, tmp_path: Path
) -> None:
    world = create(understudy_server, understudy, tmp_path / "chats.yaml", FIXTURE)
    with httpx.Client(base_url=understudy.url, headers={"authorization": f"sk-a@{world}"}) as http:
        client = http.get(CLIENTS).json()[0]["id"]
        (told,) = http.get(f"{CLIENTS}/{client}/sessions").json()
    assert (told["tagName"], told["messageCount"]) == ("ada", 2)
    assert told["sessionKey"].endswith(f"@{world}")
    assert told["lastMessage"] is not None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("{account: A, client: D}", "web chat client 'D' not found"),
        ("{account: A, client: C, expires: 5}", "at least 600"),
        ("{account: A, client: C, accessKey: a@b}", "must match"),
        ("{account: A, client: C, accessKey: k}, {account: A, client: C, accessKey: k}", "already exists"),
    ],
)
def test_a_fault_in_a_fixture_is_told(
    understudy_server: BackgroundServer, understudy: Understudy, tmp_path: Path, row: str, fault: str
) -> None:
    text = FIXTURE.partition("aivax/web_chat_sessions")[0] + f"aivax/web_chat_sessions: [{row}]\n"
    with pytest.raises(SetupError, match=fault):
        create(understudy_server, understudy, tmp_path / "chats.yaml", text)


def test_a_client_of_a_fixture_names_a_gateway_that_is_there(
    understudy_server: BackgroundServer, understudy: Understudy, tmp_path: Path
) -> None:
    text = FIXTURE.replace("name: C}", f"name: C, aiGatewayId: {UNKNOWN}}}")
    with pytest.raises(SetupError, match="AI gateway"):
        create(understudy_server, understudy, tmp_path / "chats.yaml", text)
