"""Collections: made, listed, read, changed, emptied, exported and deleted, per account."""

from __future__ import annotations

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client
from understudy.pytest_plugin import Understudy

PATH = "/api/v1/collections"
GIVEN = "01941f29-7c00-7000-a000-000000000021"
NEXT_DOOR = "01941f29-7c00-7000-a000-000000000022"


def test_a_collection_is_made_listed_and_read(api: Client) -> None:
    made = api.post(
        PATH, {"collectionName": "Tides", "context": "Of the harbour", "tags": " sea, moon ,,sea"}
    )
    assert set(made) == {"collectionId"}
    listed = api.get(PATH)
    assert [one["name"] for one in listed] == ["Tides", "Handbook"]
    assert listed[0]["id"] == made["collectionId"]
    assert listed[0]["documentCount"]["totalDocuments"] == 0
    read = api.get(f"{PATH}/{made['collectionId']}")
    assert read["state"] == {"total": 0, "indexed": 0, "queued": 0}
    assert (read["name"], read["context"], read["tags"]) == ("Tides", "Of the harbour", ["sea", "moon"])
    assert read["createdAt"].endswith("Z")


def test_a_change_keeps_what_it_does_not_name(api: Client) -> None:
    assert api.put(f"{PATH}/{GIVEN}", {"collectionName": "Rules"}) == {
        "message": "Collection saved successfully.",
        "data": None,
    }
    read = api.get(f"{PATH}/{GIVEN}")
    assert (read["name"], read["context"], read["tags"]) == (
        "Rules", "How things are done here.", ["people", "travel"],
    )  # fmt: skip
    api.put(f"{PATH}/{GIVEN}", {"context": None, "tags": None})
    read = api.get(f"{PATH}/{GIVEN}")
    assert (read["name"], read["context"], read["tags"]) == ("Rules", None, [])


@pytest.mark.parametrize(
    "body", [{}, {"collectionName": ""}, {"collectionName": "  "}, {"collectionName": 5}, [], {"tags": ["a"]}]
)
def test_a_bad_body_makes_nothing(api: Client, body: object) -> None:
    api.refused("POST", PATH, 400, json=body)
    assert len(api.get(PATH)) == 1


def test_deleting_takes_it_away_once(api: Client) -> None:
    assert api.delete(f"{PATH}/{GIVEN}")["message"] == "Collection deleted successfully."
    api.refused("DELETE", f"{PATH}/{GIVEN}", 404)
    api.refused("GET", f"{PATH}/{GIVEN}", 404)
    assert api.get(PATH) == []


@pytest.mark.parametrize("collection", [UNKNOWN, NEXT_DOOR, "no-uuid"])
@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""), ("PUT", ""), ("DELETE", ""), ("DELETE", "/reset-only"), ("DELETE", "/vectors-only"),
        ("GET", "/export.jsonl"),
    ],
)  # fmt: skip
def test_an_id_that_the_account_does_not_have_is_not_found(
    api: Client, understudy: Understudy, collection: str, method: str, rest: str
) -> None:
    before = understudy.look(lambda world: world.store.dump())
    body = {"collectionName": "Mine"} if method == "PUT" else None
    api.refused(method, f"{PATH}/{collection}{rest}", 404, json=body)
    assert understudy.look(lambda world: world.store.dump()) == before


def test_accounts_do_not_see_each_other(api: Client, neighbour: Client) -> None:
    api.post(PATH, {"collectionName": "Mine"})
    assert [one["name"] for one in api.get(PATH)] == ["Mine", "Handbook"]
    neighbour.form = api.form
    assert [one["name"] for one in neighbour.get(PATH)] == ["Letters"]


def test_a_path_may_end_in_a_slash(api: Client) -> None:
    assert api.get(f"{PATH}/") == api.get(PATH)
    assert api.get(f"{PATH}/{GIVEN}/")["name"] == "Handbook"


def test_an_export_of_nothing_is_an_empty_file(api: Client) -> None:
    api.delete(f"{PATH}/{GIVEN}/reset-only")
    answer = api.http.get(f"{PATH}/{GIVEN}/export.jsonl")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.headers["content-disposition"] == f'attachment; filename="{GIVEN}.jsonl"'
