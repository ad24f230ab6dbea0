"""Skills: made, changed, found by slug in any case, imported and exported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client

PATH = "/api/v1/skills"
GIVEN = "01941f29-7c00-7000-a000-000000000041"
SOURCE = {"name": "more", "url": "http://127.0.0.1/more", "headers": {"a": "b"}, "cacheDuration": 60}
WRONG_SOURCES: list[dict[str, Any]] = [
    {"headers": {"a": 5}}, {"cacheDuration": "9"}, {"cacheDuration": 2**40}, {"description": 5},
]  # fmt: skip
WHOLE = {
    "slug": "Tide.tables-1",
    "description": "Reads tide tables.",
    "instructions": "Look at the harbour first.",
    "options": {"instructionSources": [SOURCE], "allowedToolsNames": ["a", "b"]},
}


def make(api: Client, **members: Any) -> str:
    made = api.post(PATH, {**WHOLE, **members})
    assert made["message"] == "Skill created successfully."
    return str(made["data"]["id"])


def upload(api: Client, *lines: Any) -> Any:
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return api.ask("POST", f"{PATH}/management/import", files={"skills": ("skills.jsonl", content)})


def exported(api: Client) -> bytes:
    answer = api.http.get(f"{PATH}/management/export.jsonl")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
    return answer.content


def test_a_skill_is_made_listed_and_read(api: Client) -> None:
    skill = make(api)
    read = api.get(f"{PATH}/{skill}")
    assert {member: read[member] for member in WHOLE} == WHOLE
    assert api.get(PATH)[-1] == {
        "id": skill, "createdAt": read["createdAt"], "slug": "Tide.tables-1",
        "description": "Reads tide tables.", "allowedToolsCount": 2,
    }  # fmt: skip
    least = api.post(PATH, {"slug": "least", "instructions": "x"})["data"]["id"]
    read = api.get(f"{PATH}/{least}")
    assert (read["description"], read["options"]) == (
        None,
        {"instructionSources": [], "allowedToolsNames": []},
    )


def test_a_change_keeps_what_it_does_not_name_of_the_options_too(api: Client) -> None:
    skill = make(api)
    said = api.put(f"{PATH}/{skill}", {"description": None, "options": {"allowedToolsNames": []}})
    assert said == {"message": "Skill updated successfully.", "data": None}
    read = api.get(f"{PATH}/{skill}")
    assert (read["description"], read["instructions"]) == (None, WHOLE["instructions"])
    assert read["options"] == {"instructionSources": [SOURCE], "allowedToolsNames": []}


def test_a_slug_is_taken_once_in_whatever_case(api: Client) -> None:
    skill = make(api)
    other = make(api, slug="other")
    assert api.refused("POST", PATH, 400, json={**WHOLE, "slug": "TIDE.TABLES-1"})["details"].keys() == {
        "body.slug"
    }
    api.refused("PUT", f"{PATH}/{other}", 400, json={"slug": "tide.tables-1"})
    api.put(f"{PATH}/{skill}", {"slug": "TIDE.tables-1"})
    assert api.get(f"{PATH}/{skill}")["slug"] == "TIDE.tables-1"


@pytest.mark.parametrize(
    "change",
    [
        {"slug": ""}, {"slug": "a b"}, {"slug": "a" * 65}, {"slug": "ä"}, {"slug": None},
        {"instructions": ""},
        {"instructions": " \n"}, {"instructions": 5}, {"options": []},
        {"options": {"allowedToolsNames": [5]}},
        {"options": {"instructionSources": [{"name": "a"}]}},
    ],
)  # fmt: skip
def test_a_bad_body_changes_nothing(api: Client, change: dict[str, Any]) -> None:
    before = exported(api)
    api.refused("POST", PATH, 400, json={**WHOLE, **change})
    api.refused("PUT", f"{PATH}/{GIVEN}", 400, json=change)
    assert exported(api) == before


def test_slug_and_instructions_are_required(api: Client) -> None:
    for missing in ("slug", "instructions"):
        body = {member: value for member, value in WHOLE.items() if member != missing}
        assert api.refused("POST", PATH, 400, json=body)["details"] == {f"body.{missing}": "is required"}


def test_deleting_and_clearing(api: Client, neighbour: Client) -> None:
    skill = make(api)
    neighbour.ask("DELETE", f"{PATH}/{skill}", 404)
    assert api.delete(f"{PATH}/{skill}")["message"] == "Skill deleted successfully."
    for unknown in (skill, UNKNOWN, "no-uuid"):
        for method in ("GET", "DELETE", "PUT"):
            api.refused(method, f"{PATH}/{unknown}", 404, json={} if method == "PUT" else None)
    for _ in range(2):
        assert api.delete(f"{PATH}/management/clear")["message"] == "Skills cleared successfully."
    assert api.get(PATH) == []


def test_an_import_makes_and_replaces_by_slug(api: Client) -> None:
    skill = make(api)
    told = upload(
        api,
        {"slug": "tide.TABLES-1", "instructions": "New."},
        {"slug": "fresh", "instructions": "One.", "options": {"allowedToolsNames": ["c"]}},
        {"slug": "fresh", "instructions": "Two."},
    )
    assert told == {"enqueued": 3, "skipped": 0}
    read = api.get(f"{PATH}/{skill}")
    assert (read["slug"], read["instructions"], read["description"]) == ("Tide.tables-1", "New.", "")
    assert read["options"] == WHOLE["options"]
    fresh = api.get(f"{PATH}/{api.get(PATH)[-1]['id']}")
    assert (fresh["instructions"], fresh["options"]["allowedToolsNames"]) == ("Two.", ["c"])


def test_bad_lines_are_skipped_and_counted(api: Client) -> None:
    deep = b'{"slug":"deep","instructions":"x","options":' + b"[" * 5000 + b"]" * 5000 + b"}"
    told = upload(
        api, b"\xef\xbb\xbf", b"", b"  \r", b"{", b"[]", b"5", {"slug": "a"}, {"instructions": "x"},
        {"slug": "a b", "instructions": "x"}, {"slug": "a", "instructions": " "}, deep,
        {"slug": "a", "instructions": "x", "options": {"instructionSources": [5]}},
        {"slug": "a", "instructions": "x", "description": 5},
        *({"slug": "a", "instructions": "x", "options": {"instructionSources": [{**SOURCE, **wrong}]}}
          for wrong in WRONG_SOURCES),
    )  # fmt: skip
    assert told == {"enqueued": 0, "skipped": 14}
    assert len(api.get(PATH)) == 1


def test_what_is_exported_and_imported_is_the_same(api: Client) -> None:
    make(api, instructions='"Quotes",\nlines, ünïcode, \u2028 and {braces}')
    make(api, slug="two", options={})
    before = exported(api)
    api.delete(f"{PATH}/management/clear")
    assert upload(api, before) == {"enqueued": 3, "skipped": 0}
    assert exported(api) == before
    assert upload(api, before) == {"enqueued": 3, "skipped": 0}
    assert exported(api) == before


def test_an_import_needs_its_file(api: Client) -> None:
    api.refused("POST", f"{PATH}/management/import", 400, files={"other": b"x"})
    api.refused("POST", f"{PATH}/management/import", 415, json={})
