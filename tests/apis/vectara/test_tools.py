"""Tools through HTTP. Spec tag: Tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import all_pages, begin_from, read, refused
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy

LIST = "/v2/tools"
TAX = f"{LIST}/tol_tax"
CODE = """
from typing import Optional

def process(port: str, day: Optional[int] = 1) -> str:
    '''Tells the tide.

    Args:
        port: Where it is.
    '''
    return port
"""
FUNCTION = {"type": "lambda", "name": "tide", "title": "Tide", "description": "Tells the tide.", "code": CODE}
PLATFORM = (
    "corpora_search",
    "web_search",
    "web_get",
    "sub_agent",
    "get_document_text",
    "artifact_create",
    "artifact_read",
    "artifact_grep",
    "image_read",
    "document_conversion",
)


def make(api: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = api.post(LIST, json={**FUNCTION, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(api: httpx.Client, path: str, **members: Any) -> httpx.Response:
    return api.patch(path, json={"type": "lambda", **members})


def names(api: httpx.Client, **parameters: Any) -> list[str]:
    answer = api.get(LIST, params=parameters)
    assert answer.status_code == 200, answer.text
    return [tool["name"] for tool in answer.json()["tools"]]


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_every_world_has_the_tools_of_the_platform(api: httpx.Client) -> None:
    tools = read(api, LIST)["tools"]
    assert [tool["type"] for tool in tools] == [*PLATFORM, "mcp", "lambda"]
    for tool in tools[: len(PLATFORM)]:
        assert (tool["id"], tool["name"], tool["enabled"]) == (f"tol_{tool['type']}", tool["type"], True)
        assert set(tool["input_schema"]["required"]) <= set(tool["input_schema"]["properties"])
        assert read(api, f"{LIST}/{tool['id']}") == tool


def test_a_new_tool_has_the_schemas_of_its_function(api: httpx.Client) -> None:
    made = make(api)
    assert made == read(api, f"{LIST}/{made['id']}")
    assert made.pop("created_at") == made.pop("updated_at")
    day = {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 1}
    assert made == {
        **{member: FUNCTION[member] for member in ("type", "name", "title", "description")},
        "id": "tol_2",
        "language": "python",
        "enabled": True,
        "input_schema": {
            "type": "object",
            "properties": {"port": {"type": "string", "description": "Where it is."}, "day": day},
            "required": ["port"],
            "additionalProperties": False,
        },
        "output_schema": {
            "type": "object",
            "properties": {"value": {"type": "string"}},
            "required": ["value"],
        },
        "function_definition": {
            "language": "python",
            "code": CODE,
            "validation_status": "valid",
            "execution_configuration": {"max_execution_time_seconds": 30, "max_memory_mb": 100},
        },
    }


def test_the_limits_of_a_function_are_kept(api: httpx.Client) -> None:
    made = make(api, execution_configuration={"max_memory_mb": 10}, language="python")
    limits = made["function_definition"]["execution_configuration"]
    assert limits == {"max_execution_time_seconds": 30, "max_memory_mb": 10}
    changed = change(api, f"{LIST}/{made['id']}", execution_configuration={"max_execution_time_seconds": 300})
    limits = changed.json()["function_definition"]["execution_configuration"]
    assert limits == {"max_execution_time_seconds": 300, "max_memory_mb": 10}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = 1\ny = (", "line 2: is not valid Python"),
        ("def other(): pass", "line 1: there is no function process()"),
        ("\nimport os\ndef process(): pass", "line 2: module 'os' cannot be imported"),
        ("def process(\n    a: dict): pass", "line 2: a parameter cannot be a plain dict"),
        ("def process(a: Foo): pass", "the type 'Foo' is not known"),
        ("-" * 99_999 + "1", "line 1: cannot be read"),
        ("def process(*a, **b): pass", "'a' takes any number; name each one; line 1: parameter 'b'"),
    ],
)
def test_faulty_code_is_refused_with_its_line_and_changes_nothing(
    api: httpx.Client, understudy: Understudy, code: str, reason: str
) -> None:
    before = state(understudy)
    answers = [api.post(LIST, json={**FUNCTION, "code": code}), change(api, TAX, code=code, title="New")]
    for answer in answers:
        assert reason in refused(answer, 400, "body.code")["field_errors"]["body.code"]
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"type": "mcp"}, "body.type"),
        ({"name": "no spaces"}, "body.name"),
        ({"name": "n" * 51}, "body.name"),
        ({"title": ""}, "body.title"),
        ({"title": "t" * 129}, "body.title"),
        ({"description": ""}, "body.description"),
        ({"description": "d" * 5001}, "body.description"),
        ({"code": "#" * 100_001}, "body.code"),
        ({"language": "perl"}, "body.language"),
        ({"execution_configuration": {"max_memory_mb": 9}}, "body.execution_configuration.max_memory_mb"),
        (
            {"execution_configuration": {"max_execution_time_seconds": 301}},
            "body.execution_configuration.max_execution_time_seconds",
        ),
    ],
)
def test_a_bad_member_is_refused(api: httpx.Client, members: dict[str, Any], field: str) -> None:
    refused(api.post(LIST, json={**FUNCTION, **members}), 400, field)


def test_what_is_required_is_named(api: httpx.Client) -> None:
    wanted = ("body.name", "body.title", "body.description", "body.code")
    refused(api.post(LIST, json={"type": "lambda"}), 400, *wanted)
    refused(api.patch(TAX, json={"title": "New"}), 400, "body.type")
    refused(api.post(f"{LIST}/test", json={}), 400, "body.code", "body.test_input")
    refused(api.post(f"{TAX}/test", json={}), 400, "body.input")


@pytest.mark.parametrize("name", ["tax", "stock", "web_search"])
def test_a_name_belongs_to_one_tool(api: httpx.Client, understudy: Understudy, name: str) -> None:
    before = state(understudy)
    refused(api.post(LIST, json={**FUNCTION, "name": name}), 409)
    assert state(understudy) == before


def test_a_change_touches_what_is_given_and_reads_new_code(api: httpx.Client, understudy: Understudy) -> None:
    made = read(api, TAX)
    before = state(understudy)
    assert change(api, TAX).json() == made
    assert change(api, TAX, title=made["title"], enabled=True).json() == made
    assert state(understudy) == before
    texts = {"title": "t" * 255, "description": "", "enabled": False}
    changed = change(api, TAX, **texts).json()
    assert changed == {**made, **texts, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    renewed = change(api, TAX, code="def process(a: bool): return a").json()
    assert renewed["input_schema"]["properties"] == {"a": {"type": "boolean"}}
    assert "output_schema" not in renewed
    assert renewed["function_definition"]["code"] == "def process(a: bool): return a"


def test_a_change_names_the_type_of_the_tool(api: httpx.Client, understudy: Understudy) -> None:
    stock = f"{LIST}/tol_1"
    off = api.patch(stock, json={"type": "mcp", "enabled": False, "title": "ignored"}).json()
    assert (off["enabled"], off["title"]) == (False, "Stock")
    before = state(understudy)
    refused(change(api, stock, enabled=True), 400, "body.type")
    refused(api.patch(TAX, json={"type": "mcp", "enabled": False}), 400, "body.type")
    refused(change(api, f"{LIST}/tol_web_search", enabled=False), 400, "body.type")
    refused(api.patch(f"{LIST}/tol_web_search", json={"type": "web_search"}), 400, "body.type")
    assert state(understudy) == before


def test_tools_of_the_platform_stay_and_others_go(api: httpx.Client) -> None:
    for tool_id in ("tol_tax", "tol_1"):
        assert api.delete(f"{LIST}/{tool_id}").status_code == 204
        refused(api.delete(f"{LIST}/{tool_id}"), 404)
    refused(api.delete(f"{LIST}/tol_web_search"), 403)
    assert names(api) == list(PLATFORM)
    assert make(api, name="tax")["name"] == "tax"


def test_a_list_is_paged_and_narrows(api: httpx.Client) -> None:
    for number in range(45):
        make(api, name=f"n{number}", title="Odd" if number % 2 else "Even")
    assert [len(page) for page in all_pages(api, LIST, "tools")] == [50, 7]
    assert names(api, type="mcp") == ["stock"]
    assert names(api, type="lambda", limit=2) == ["tax", "n0"]
    assert names(api, tool_server_id="tsr_shop") == ["stock"]
    assert names(api, tool_server_id="tsr_none") == []
    assert names(api, category=["search", "web"]) == ["corpora_search", "web_search", "web_get"]
    assert names(api, filter="^(odd|sales)", limit=3) == ["tax", "n1", "n3"]
    change(api, TAX, enabled=False)
    assert names(api, enabled=False) == ["tax"]
    assert "tax" not in names(api, enabled=True, limit=100)


def test_a_list_leaves_out_the_tools_of_a_server_that_is_off(api: httpx.Client) -> None:
    api.patch("/v2/tool_servers/tsr_shop", json={"enabled": False})
    assert "stock" not in names(api)
    assert read(api, f"{LIST}/tol_1")["name"] == "stock"
    api.patch("/v2/tool_servers/tsr_shop", json={"enabled": True})
    assert "stock" in names(api)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"type": "web_search"}, "query.type"),
        ({"enabled": "perhaps"}, "query.enabled"),
        ({"tool_server_id": "shop"}, "query.tool_server_id"),
        ({"limit": 101}, "query.limit"),
        ({"filter": "("}, "query.filter"),
        ({"page_key": "x"}, "query.page_key"),
    ],
)
def test_a_list_with_a_bad_parameter_is_refused(
    api: httpx.Client, parameters: dict[str, str], field: str
) -> None:
    refused(api.get(LIST, params=parameters), 400, field)


def test_what_is_not_there_is_named(api: httpx.Client) -> None:
    missing = f"{LIST}/tol_no"
    answers = [
        api.get(missing),
        api.delete(missing),
        change(api, missing, code=CODE),
        api.post(f"{missing}/test", json={"input": {}}),
        api.post(f"{LIST}/tol_web_search/test", json={"input": {}}),
    ]
    assert [refused(answer, 404)["id"] for answer in answers] == ["tol_no"] * 4 + ["tol_web_search"]
    refused(api.get(f"{LIST}/abc"), 400, "path.tool_id")


def test_a_function_is_read_without_being_kept_or_run(api: httpx.Client, understudy: Understudy) -> None:
    before = state(understudy)
    made = api.post(f"{LIST}/test", json={"code": CODE, "test_input": {"port": "a", "day": None}}).json()
    assert made["validation"] == {"status": "valid", "errors": []}
    assert made["input_schema"]["required"] == ["port"]
    assert made["output_schema"]["required"] == ["value"]
    execution = made["execution"]
    assert execution["success"] is False
    assert "--allow-lambda" in execution["error"]["message"]
    assert execution["validation_results"] == {"input_valid": True, "validation_errors": []}
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, ["'port' is required"]),
        (
            {"port": 5, "day": True},
            ["'port' is not what the function takes", "'day' is not what the function takes"],
        ),
        ({"port": "a", "ship": 1}, ["'ship' is no parameter"]),
    ],
)
def test_wrong_arguments_of_a_function_are_told(
    api: httpx.Client, given: dict[str, Any], faults: list[str]
) -> None:
    told = api.post(f"{LIST}/test", json={"code": CODE, "test_input": given}).json()
    assert told["execution"]["validation_results"] == {"input_valid": False, "validation_errors": faults}


def test_faults_of_a_function_are_told(api: httpx.Client) -> None:
    told = api.post(f"{LIST}/test", json={"code": "import os", "test_input": {}}).json()
    assert told.keys() == {"validation"}
    assert told["validation"]["status"] == "invalid"
    assert [error[:7] for error in told["validation"]["errors"]] == ["line 1:", "line 1:"]


def test_a_tool_does_not_run_unless_that_is_allowed(api: httpx.Client, understudy: Understudy) -> None:
    before = state(understudy)
    told = api.post(f"{TAX}/test", json={"input": {"price": 119}, "timeout_seconds": 1}).json()
    assert (told["type"], told["latency_millis"]) == ("error", 0)
    assert told.keys() == {"type", "error", "latency_millis"}
    assert "--allow-lambda" in told["error"]["message"]
    assert state(understudy) == before
    refused(
        api.post(f"{TAX}/test", json={"input": [], "timeout_seconds": 0}),
        400,
        "body.input",
        "body.timeout_seconds",
    )


def test_tools_of_a_fixture(understudy_server: BackgroundServer, tmp_path: Path) -> None:
    code = "code: 'def process(x: int): pass'"
    row = f"  - {{type: lambda, name: NAME, title: A, description: d, {code}, enabled: false}}\n"
    other = row.replace("NAME", "b").replace("enabled: false", "id: tol_b")
    rows = "tools:\n" + row.replace("NAME", "a") + other
    with begin_from(understudy_server, "tools-seeded", tmp_path / "f.yaml", rows) as api:
        first, second = read(api, LIST, type="lambda")["tools"]
        assert (first["id"], first["enabled"], second["id"], second["enabled"]) == (
            "tol_1",
            False,
            "tol_b",
            True,
        )
        assert first["input_schema"]["required"] == ["x"]
    with pytest.raises(SetupError, match="the name 'a' is taken"):
        begin_from(understudy_server, "tools-bad", tmp_path / "twice.yaml", rows + row.replace("NAME", "a"))
    bad = rows.replace("pass", "(")
    with pytest.raises(SetupError, match="line 1: is not valid Python"):
        begin_from(understudy_server, "tools-bad", tmp_path / "bad.yaml", bad)
