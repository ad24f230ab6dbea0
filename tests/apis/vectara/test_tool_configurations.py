"""Configurations of tools through HTTP. Spec tag: Tools."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, read, refused
from understudy.apis.vectara.kinds import AGENTS
from understudy.pytest_plugin import Understudy

SEARCH = "/v2/tools/tol_corpora_search/configurations"
WEB = "/v2/tools/tol_web_search/configurations"
STOCK = "/v2/tools/tol_1/configurations"
QUERY = {"search": {"corpora": [{"corpus_key": "handbook"}]}}


def make(api: httpx.Client, path: str = WEB, type: str = "web_search", **more: Any) -> dict[str, Any]:
    answer = api.post(path, json={"type": type, "name": "Tides", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(api: httpx.Client, made: dict[str, Any], **members: Any) -> httpx.Response:
    return api.patch(f"{WEB}/{made['id']}", json={"type": "web_search", **members})


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_each_kind_of_tool_has_configurations(api: httpx.Client) -> None:
    told = [
        make(api, SEARCH, "corpora_search", query_configuration=QUERY, argument_override={"query": "a"}),
        make(api, WEB, "web_search", argument_override={"limit": 3}, enabled=False),
        make(api, STOCK, "mcp", argument_override={"model": "A"}, metadata={"a": 1}, description="d"),
    ]
    for one, path in zip(told, (SEARCH, WEB, STOCK), strict=True):
        assert read(api, f"{path}/{one['id']}") == one
        assert read(api, path)["tool_configurations"] == [one]
        assert one["created_at"] == one["updated_at"]
    assert [one["id"] for one in told] == ["tcf_1", "tcf_2", "tcf_3"]
    assert [one["version"] for one in told] == [1, 1, 1]
    assert told[0]["query_configuration"] == QUERY
    assert [one["enabled"] for one in told] == [True, False, True]
    assert told[2]["metadata"] == {"a": 1}


def test_a_change_makes_a_version(api: httpx.Client) -> None:
    first = make(api)
    second = change(api, first, argument_override={"limit": 5}).json()
    path = f"{WEB}/{first['id']}"
    assert (second["version"], read(api, path)) == (2, second)
    assert read(api, path, version=1) == first
    assert change(api, first, enabled=False).json()["version"] == 2
    assert read(api, path, version=1)["enabled"] is False
    assert api.delete(f"{path}/versions/2").status_code == 204
    assert change(api, first, description="d").json()["version"] == 3


def test_the_only_version_and_a_used_one_stay(api: httpx.Client, understudy: Understudy) -> None:
    made = make(api)
    path = f"{WEB}/{made['id']}"
    refused(api.delete(f"{path}/versions/1"), 409)
    change(api, made, description="d")
    used = {"look": {"id": made["id"], "version": 1}}
    agent = {"key": "helper", "tool_configurations": used}
    understudy.look(lambda world: world.store.table(AGENTS).add(agent))
    assert "agent 'helper'" in refused(api.delete(f"{path}/versions/1"), 409)["messages"][0]
    assert read(api, path, version=1) == made
    assert api.delete(path).status_code == 204
    refused(api.delete(path), 404)


def test_a_name_belongs_to_one_configuration_of_a_tool(api: httpx.Client, understudy: Understudy) -> None:
    make(api)
    other = make(api, name="Ebb")
    before = state(understudy)
    refused(api.post(WEB, json={"type": "web_search", "name": "Tides"}), 409)
    refused(change(api, other, name="Tides"), 409)
    assert state(understudy) == before
    make(api, STOCK, "mcp")


def test_a_list_is_paged_and_narrows(api: httpx.Client) -> None:
    for number in range(12):
        make(api, name=f"n{number}", description="odd" if number % 2 else "even", enabled=number > 1)
    assert [len(page) for page in all_pages(api, WEB, "tool_configurations")] == [10, 2]
    odd = read(api, WEB, filter="ODD", enabled=True, type="web_search")["tool_configurations"]
    assert [one["name"] for one in odd] == ["n3", "n5", "n7", "n9", "n11"]
    assert read(api, WEB, type="mcp")["tool_configurations"] == []
    for parameters, field in (
        ({"type": "lambda"}, "query.type"),
        ({"limit": 0}, "query.limit"),
        ({"filter": "("}, "query.filter"),
        ({"page_key": "x"}, "query.page_key"),
    ):
        refused(api.get(WEB, params=parameters), 400, field)


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        (WEB, {"type": "mcp", "name": "n"}, ["body.type"]),
        ("/v2/tools/tol_tax/configurations", {"type": "mcp", "name": "n"}, ["body.type"]),
        (WEB, {"type": "lambda", "name": "n"}, ["body.type"]),
        (WEB, {"type": "web_search"}, ["body.name"]),
        (
            WEB,
            {"type": "web_search", "name": "n", "argument_override": {"a": 1}},
            ["body.argument_override.a"],
        ),
        (SEARCH, {"type": "corpora_search", "name": "n"}, ["body.query_configuration"]),
        (
            SEARCH,
            {"type": "corpora_search", "name": "n", "query_configuration": {"search": {"corpora": []}}},
            ["body.query_configuration.search.corpora"],
        ),
    ],
)
def test_a_bad_configuration_is_refused(
    api: httpx.Client, understudy: Understudy, path: str, body: dict[str, Any], fields: list[str]
) -> None:
    before = state(understudy)
    refused(api.post(path, json=body), 400, *fields)
    assert state(understudy) == before


def test_a_change_of_the_type_is_refused(api: httpx.Client) -> None:
    made = make(api)
    refused(api.patch(f"{WEB}/{made['id']}", json={"type": "mcp", "name": "n"}), 400, "body.type")
    refused(change(api, made, name=""), 400, "body.name")


def test_what_is_not_there_is_named(api: httpx.Client) -> None:
    made = make(api)
    assert refused(api.get("/v2/tools/tol_no/configurations"), 404)["id"] == "tol_no"
    refused(api.post("/v2/tools/tol_no/configurations", json={"type": "mcp", "name": "n"}), 404)
    assert refused(api.get(f"{WEB}/tcf_no"), 404)["id"] == "tcf_no"
    assert refused(api.get(f"{STOCK}/{made['id']}"), 404)["id"] == made["id"]
    refused(api.patch(f"{WEB}/tcf_no", json={"type": "web_search"}), 404)
    assert refused(api.get(f"{WEB}/{made['id']}", params={"version": 2}), 404)["id"] == "2"
    refused(api.delete(f"{WEB}/{made['id']}/versions/2"), 404)
    refused(api.get(f"{WEB}/abc"), 400, "path.configuration_id")


def test_a_tool_that_goes_takes_its_configurations(api: httpx.Client, understudy: Understudy) -> None:
    make(api, STOCK, "mcp")
    assert api.delete("/v2/tools/tol_1").status_code == 204
    assert not [table for table in state(understudy) if table["kind"] == "tool_configuration"]
    refused(api.get(STOCK), 404)
