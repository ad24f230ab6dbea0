"""API keys: where they stand in a call, whose they are, when they end, and that they are shown once."""

from __future__ import annotations

from base64 import b64encode

import httpx
import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client, client_of, key_of
from understudy.pytest_plugin import Understudy

PATH = "/api/v1/accounts/api-key"
COLLECTIONS = "/api/v1/collections"


def status(understudy: Understudy, path: str = COLLECTIONS, **headers: str) -> int:
    return httpx.get(f"{understudy.url}{path}", headers=headers).status_code


def test_a_key_is_taken_in_four_places(understudy: Understudy) -> None:
    key = key_of(understudy)
    basic = b64encode(f"anybody:{key}".encode()).decode()
    for value in (f"Bearer {key}", f"bearer {key}", f"Basic {basic}", key):
        assert status(understudy, authorization=value) == 200
    assert status(understudy, f"{COLLECTIONS}?api-key={key}") == 200


def test_a_header_that_is_there_decides(understudy: Understudy) -> None:
    assert status(understudy, f"{COLLECTIONS}?api-key={key_of(understudy)}", authorization="Bearer no") == 401


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer no", "Basic ???", "Basic bm8=", "Digest a", "sk-over", "no@a b"],
)
def test_a_key_that_is_missing_unknown_or_over_is_refused(understudy: Understudy, value: str) -> None:
    answer = httpx.get(f"{understudy.url}{COLLECTIONS}", headers={"authorization": value} if value else {})
    assert answer.status_code == 401
    assert set(answer.json()) == {"error", "details"}


def test_a_key_is_shown_once_works_at_once_and_is_masked_later(api: Client, understudy: Understudy) -> None:
    granted = api.post(PATH, {"label": "Till", "duration": 30})["grantKey"]
    assert granted.startswith("sk-aiv-acc")
    assert granted.endswith(f"@{understudy.world}")
    with httpx.Client(base_url=understudy.url, headers={"authorization": f"Bearer {granted}"}) as till:
        assert till.get(COLLECTIONS).status_code == 200
    shown = api.get(PATH)["apiKeys"][-1]
    assert shown["label"] == "Till"
    assert shown["key"] == f"...{granted.partition('@')[0][-6:]}"
    assert shown["usedAt"] is not None
    assert shown["expiresAt"].startswith("2026-01-31T")
    assert api.get(PATH)["apiKeys"][1]["usedAt"] is None
    entries = [entry for entry in understudy.journal() if granted.partition("@")[0] in str(entry)]
    assert entries == []


def test_a_key_ends_by_the_clock_of_the_world(api: Client, understudy: Understudy) -> None:
    day = api.post(PATH, {"label": "A day", "duration": 1})["grantKey"]
    ever = api.post(PATH, {"label": "For ever", "duration": -1})["grantKey"]
    assert api.get(PATH)["apiKeys"][-1]["expiresAt"] is None
    understudy.advance(seconds=24 * 60 * 60)
    assert status(understudy, authorization=f"Bearer {day}") == 401
    assert status(understudy, authorization=f"Bearer {ever}") == 200


@pytest.mark.parametrize(
    "body",
    [
        {}, {"label": "a"}, {"duration": 1}, {"label": "", "duration": 1}, {"label": "a", "duration": 0},
        {"label": "a", "duration": 1.5}, {"label": "a", "duration": 2**31 - 1},
        {"label": "a", "duration": 2**31}, {"label": "a", "duration": 1, "type": "secret"},
    ],
)  # fmt: skip
def test_a_bad_body_grants_nothing(api: Client, body: object) -> None:
    before = len(api.get(PATH)["apiKeys"])
    api.refused("POST", PATH, 400, json=body)
    assert len(api.get(PATH)["apiKeys"]) == before


def test_a_deleted_key_is_refused_at_once(api: Client, understudy: Understudy) -> None:
    granted = api.post(PATH, {"label": "Till", "duration": -1})["grantKey"]
    key_id = api.get(PATH)["apiKeys"][-1]["id"]
    assert api.delete(f"{PATH}/{key_id}")["message"] == "API key deleted successfully."
    assert status(understudy, authorization=f"Bearer {granted}") == 401
    api.refused("DELETE", f"{PATH}/{key_id}", 400)


@pytest.mark.parametrize(
    "key_id",
    [UNKNOWN, "01941f29-7c00-7000-a000-000000000014", "01941f29-7c00-7000-a000-000000000011", "no-uuid"],
)
def test_an_unknown_foreign_or_given_key_is_not_deleted(
    api: Client, understudy: Understudy, key_id: str
) -> None:
    api.refused("DELETE", f"{PATH}/{key_id}", 400)
    assert status(understudy, authorization=f"Bearer {key_of(understudy)}") == 200
    assert status(understudy, authorization=f"Bearer {key_of(understudy, 'sk-neighbour')}") == 200


def test_a_public_key_may_not_administer(understudy: Understudy) -> None:
    with client_of(understudy, "pk-understudy") as public:
        for method, path in (("GET", COLLECTIONS), ("POST", PATH), ("PUT", "/api/v1/accounts")):
            answer = public.request(method, path, json={})
            assert answer.status_code == 403
            assert set(answer.json()) == {"error", "details"}
