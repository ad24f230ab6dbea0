"""Instructions through HTTP. Spec tag: Instructions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, read, refused
from understudy.apis.vectara.kinds import AGENTS
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.state.world import World

LIST = "/v2/instructions"
TOOL = {
    "type": "web_search",
    "id": "tol_1",
    "name": "look",
    "description": "Looks things up.",
    "enabled": True,
    "input_schema": {},
}


def make(api: httpx.Client, name: str = "Tides", template: str = "Be brief.", **more: Any) -> dict[str, Any]:
    body = {"type": "initial", "name": name, "template": template, **more}
    answer = api.post(LIST, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(api: httpx.Client, instruction: dict[str, Any], **members: Any) -> httpx.Response:
    return api.patch(f"{LIST}/{instruction['id']}", json={"type": "initial", **members})


def tell(api: httpx.Client, template: str, **body: Any) -> httpx.Response:
    """The answer of a test of an instruction with this template."""
    number = len(read(api, LIST, limit=100)["instructions"])
    return api.post(f"{LIST}/{make(api, f'T{number}', template)['id']}/test", json=body)


def told(api: httpx.Client, template: str, **body: Any) -> str:
    answer = tell(api, template, **body)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["rendered_instruction"]
    return text


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def put_agent(world: World, *instructions: dict[str, Any]) -> None:
    steps = {"later": {"instructions": list(instructions[1:])}}
    agent = {"key": "helper", "first_step": {"instructions": list(instructions[:1])}, "steps": steps}
    world.store.table(AGENTS).add(agent)


def test_a_new_instruction_is_version_1_with_the_documented_defaults(api: httpx.Client) -> None:
    made = make(api)
    assert made == read(api, f"{LIST}/{made['id']}")
    assert made.pop("created_at") == made.pop("updated_at")
    assert made == {
        "id": "ins_1",
        "type": "initial",
        "name": "Tides",
        "template_type": "velocity",
        "template": "Be brief.",
        "version": 1,
        "metadata": {},
        "enabled": True,
    }


def test_all_that_is_given_is_kept(api: httpx.Client) -> None:
    given = {
        "description": "About tides",
        "metadata": {"a": [1, None]},
        "enabled": False,
        "template_type": "velocity",
    }
    assert make(api, **given).items() >= given.items()


def test_each_change_is_a_version_and_earlier_ones_stay(api: httpx.Client) -> None:
    first = make(api)
    second = change(api, first, template="Be kind.", description="Later").json()
    third = change(api, first, metadata={"a": True}).json()
    path = f"{LIST}/{first['id']}"
    assert [one["version"] for one in (first, second, third)] == [1, 2, 3]
    assert (second["template"], third["template"]) == ("Be kind.", "Be kind.")
    assert read(api, path) == third
    assert [read(api, path, version=number) for number in (1, 2, 3)] == [first, second, third]
    assert first["created_at"] == third["created_at"] < third["updated_at"]
    assert change(api, first, metadata={"a": 1}).json()["version"] == 4


def test_what_changes_nothing_makes_no_version(api: httpx.Client, understudy: Understudy) -> None:
    made = make(api)
    before = state(understudy)
    assert change(api, made, name="Tides", template="Be brief.", enabled=True).json() == made
    assert change(api, made).json() == made
    assert state(understudy) == before


def test_switching_off_alone_makes_no_version_and_holds_for_all(api: httpx.Client) -> None:
    first = make(api)
    change(api, first, template="Be kind.")
    off = change(api, first, enabled=False).json()
    assert (off["version"], off["enabled"]) == (2, False)
    assert read(api, f"{LIST}/{first['id']}", version=1)["enabled"] is False
    assert read(api, f"{LIST}/{first['id']}", version=2) == off
    assert api.delete(f"{LIST}/{first['id']}/versions/2").status_code == 204
    assert read(api, f"{LIST}/{first['id']}") == {**first, "enabled": False}


def test_a_name_belongs_to_one_instruction(api: httpx.Client, understudy: Understudy) -> None:
    first, second = make(api, "a"), make(api, "b")
    before = state(understudy)
    taken = api.post(LIST, json={"type": "initial", "name": "a", "template": "x"})
    assert first["id"] in refused(taken, 409)["messages"][0]
    refused(change(api, second, name="a", template="x"), 409)
    assert state(understudy) == before
    assert change(api, first, name="c").status_code == 200
    assert change(api, second, name="a").status_code == 200


def test_a_list_is_in_order_and_narrows(api: httpx.Client) -> None:
    made = [make(api, f"n{number}", description="odd" if number % 2 else "even") for number in range(12)]
    change(api, made[0], enabled=False)
    pages = all_pages(api, LIST, "instructions", filter="^(ODD|n0)$")
    assert [one["name"] for page in pages for one in page] == ["n0", "n1", "n3", "n5", "n7", "n9", "n11"]
    assert [len(page) for page in all_pages(api, LIST, "instructions")] == [10, 3]
    off = read(api, LIST, enabled=False, type="initial")
    assert ([one["name"] for one in off["instructions"]], off["metadata"]) == (["n0"], {"page_key": ""})
    assert len(read(api, LIST, enabled=True, limit=100)["instructions"]) == 12
    key = read(api, LIST, limit=1)["metadata"]["page_key"]
    refused(api.get(LIST, params={"page_key": key, "filter": "n"}), 400, "query.page_key")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"type": "final"}, "query.type"),
        ({"enabled": "perhaps"}, "query.enabled"),
        ({"limit": 101}, "query.limit"),
        ({"filter": "("}, "query.filter"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.get(LIST, params=parameters), 400, field)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"type": "final"}, "body.type"),
        ({"name": ""}, "body.name"),
        ({"name": "n" * 51}, "body.name"),
        ({"template": 5}, "body.template"),
        ({"template_type": "jinja"}, "body.template_type"),
        ({"metadata": []}, "body.metadata"),
        ({"enabled": "yes"}, "body.enabled"),
    ],
)
def test_a_bad_member_is_refused_and_changes_nothing(
    api: httpx.Client, understudy: Understudy, members: dict[str, Any], field: str
) -> None:
    made = make(api)
    before = state(understudy)
    refused(api.post(LIST, json={"type": "initial", "name": "n", "template": "t", **members}), 400, field)
    refused(change(api, made, **members), 400, field)
    assert state(understudy) == before


def test_what_is_required_is_named(api: httpx.Client) -> None:
    refused(api.post(LIST, json={"type": "initial"}), 400, "body.name", "body.template")
    refused(api.post(LIST, json={"name": "n", "template": "t"}), 400, "body.type")
    refused(api.patch(f"{LIST}/{make(api)['id']}", json={"name": "n"}), 400, "body.type")


def test_what_is_not_there_is_named(api: httpx.Client) -> None:
    made = make(api)
    for method, path in (("get", ""), ("delete", ""), ("delete", "/versions/1")):
        assert refused(api.request(method, f"{LIST}/ins_no{path}"), 404)["id"] == "ins_no"
    for path in ("", "/test"):
        method = "patch" if path == "" else "post"
        assert (
            refused(api.request(method, f"{LIST}/ins_no{path}", json={"type": "initial"}), 404)["id"]
            == "ins_no"
        )
    path = f"{LIST}/{made['id']}"
    assert refused(api.get(path, params={"version": 2}), 404)["id"] == "2"
    refused(api.post(f"{path}/test", params={"version": 2}, json={}), 404)
    refused(api.delete(f"{path}/versions/2"), 404)
    refused(api.get(f"{LIST}/abc"), 400, "path.instruction_id")
    refused(api.get(path, params={"version": 0}), 400, "query.version")
    refused(api.delete(f"{path}/versions/0"), 400, "path.version")


def test_a_deleted_instruction_is_gone_and_its_name_is_free(api: httpx.Client) -> None:
    made = make(api)
    assert api.delete(f"{LIST}/{made['id']}").status_code == 204
    refused(api.get(f"{LIST}/{made['id']}"), 404)
    refused(api.delete(f"{LIST}/{made['id']}"), 404)
    assert make(api)["id"] == "ins_2"


def test_a_deleted_version_is_gone_and_its_number_is_not_given_again(api: httpx.Client) -> None:
    made = make(api)
    path = f"{LIST}/{made['id']}"
    change(api, made, template="b")
    change(api, made, template="c")
    assert api.delete(f"{path}/versions/3").status_code == 204
    assert read(api, path)["template"] == "b"
    assert change(api, made, template="d").json()["version"] == 4
    assert api.delete(f"{path}/versions/1").status_code == 204
    refused(api.get(path, params={"version": 1}), 404)
    assert read(api, path)["version"] == 4
    assert api.delete(f"{path}/versions/4").status_code == 204
    refused(api.delete(f"{path}/versions/2"), 409)
    assert read(api, path)["version"] == 2


@pytest.mark.parametrize("place", [0, 1])
def test_a_version_that_an_agent_names_stays(api: httpx.Client, understudy: Understudy, place: int) -> None:
    made = make(api)
    change(api, made, template="b")
    change(api, made, template="c")
    pinned = {"type": "reference", "id": made["id"], "version": 2}
    following = {"type": "reference", "id": made["id"]}
    inline = {"type": "inline", "name": "n", "template": "t"}
    named = (pinned, following) if place == 0 else (inline, following, pinned)
    understudy.look(lambda world: put_agent(world, *named))
    path = f"{LIST}/{made['id']}"
    before = state(understudy)
    assert "agent 'helper'" in refused(api.delete(f"{path}/versions/2"), 409)["messages"][0]
    assert state(understudy) == before
    assert api.delete(f"{path}/versions/3").status_code == 204
    assert read(api, path)["version"] == 2
    assert api.delete(path).status_code == 204


def test_a_test_renders_with_metadata_tools_agent_and_date(api: httpx.Client) -> None:
    template = (
        "Hello ${session.metadata.name} of $session.metadata.team.name. $agent.name, $agent.key, "
        "$session.key. $currentDate#foreach($tool in $tools) $tool.name: $tool.description#end $tools.size()"
    )
    text = told(api, template, context={"name": "Ada", "team": {"name": "Lamps"}}, tools=[TOOL])
    assert text == (
        "Hello Ada of Lamps. Test agent, test_agent, test_session. 2026-01-01 look: Looks things up. 1"
    )
    assert told(api, "$session.metadata.name, $!session.metadata.name, $tools.size()") == (
        "$session.metadata.name, , 0"
    )


def test_a_test_takes_the_version_that_is_asked_for(api: httpx.Client) -> None:
    made = make(api, template="one")
    change(api, made, template="two")
    path = f"{LIST}/{made['id']}/test"
    assert api.post(path, json={}).json() == {"rendered_instruction": "two"}
    assert api.post(path, params={"version": 1}, json={}).json() == {"rendered_instruction": "one"}


def test_a_test_changes_nothing(api: httpx.Client, understudy: Understudy) -> None:
    made = make(api)
    before = state(understudy)
    assert api.post(f"{LIST}/{made['id']}/test", json={}).status_code == 200
    assert state(understudy) == before


@pytest.mark.parametrize(
    "template",
    [
        "#if",
        "#if($a)",
        "#foreach($a in $tools)",
        "#set($a = )",
        "x" * 20_001,
        "#if(true)" * 40 + "#end" * 40,
        "#foreach($a in $session.metadata.many)#foreach($b in $session.metadata.many)$b#end#end",
        "#set($a='0123456789')" + "#set($a=$a+$a)" * 30 + "$a",
        "$!session.metadata.deep",
    ],
)
def test_a_template_that_cannot_be_rendered_is_422_within_bounded_time(
    api: httpx.Client, template: str
) -> None:
    deep: Any = 1
    for _ in range(120):
        deep = [deep]
    began = time.monotonic()
    refusal = refused(tell(api, template, context={"many": list(range(1000)), "deep": deep}), 422)
    assert "position" in refusal["messages"][0]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("template", ["$session.__class__", "$tools.__len__()", "$agent.getClass()"])
def test_a_template_reaches_nothing_of_the_machine(api: httpx.Client, template: str) -> None:
    assert told(api, template) == template


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"context": []}, "body.context"),
        ({"tools": {}}, "body.tools"),
        ({"tools": [{"type": "none"}]}, "body.tools[0].type"),
        ({"tools": [{**TOOL, "name": 5}]}, "body.tools[0].name"),
    ],
)
def test_a_bad_test_is_refused(api: httpx.Client, body: dict[str, Any], field: str) -> None:
    refused(api.post(f"{LIST}/{make(api)['id']}/test", json=body), 400, field)


def test_instructions_of_a_fixture(understudy_server: BackgroundServer, tmp_path: Path) -> None:
    rows = "instructions:\n  - {id: ins_a, name: A, template: t, metadata: {x: 1}, enabled: false}\n"
    rows += "  - {name: B, template: $currentDate, description: About dates}\n"
    rows += "  - {id: ins_c, name: C, template: t1, versions: [{template: t2}, {template: t3}]}\n"
    with begin_from(understudy_server, "instructions-seeded", tmp_path / "f.yaml", rows) as api:
        first, second, _ = read(api, LIST)["instructions"]
        assert (first["id"], first["metadata"], first["enabled"]) == ("ins_a", {"x": 1}, False)
        assert (second["id"], second["version"], second["description"]) == ("ins_1", 1, "About dates")
        assert make(api)["id"] == "ins_2"
        third = read(api, f"{LIST}/ins_c")
        assert (third["version"], third["template"]) == (3, "t3")
        assert [read(api, f"{LIST}/ins_c", version=n)["template"] for n in (1, 2)] == ["t1", "t2"]
    twice = rows + "  - {name: A, template: t}\n"
    with pytest.raises(SetupError, match="the name 'A' is taken"):
        begin_from(understudy_server, "instructions-twice", tmp_path / "twice.yaml", twice)
