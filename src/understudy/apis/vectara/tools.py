"""Tools: what agents can do. Spec tag: Tools; configurations of tools are in `tool_configurations`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.kinds import TOOL_SERVERS, TOOLS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.tool_configurations import remove_tool
from understudy.apis.vectara.versions import refuse_taken
from understudy.behaviours.functions import input_faults, read_function
from understudy.engine.context import Context
from understudy.engine.operation import operation, prepare
from understudy.engine.work import Work
from understudy.errors import BadRequest, Forbidden, NotFound
from understudy.sandbox.running import MOST_SECONDS_AROUND, run_tool
from understudy.state.world import World

NOT_RUN = (
    "this stand-in does not run the code of tools unless it is started with --allow-lambda; "
    "what the code takes and gives was read from its text"
)
LIMITS: Mapping[str, int] = {"max_execution_time_seconds": 30, "max_memory_mb": 100}
_OWN = ("mcp", "lambda")
"""Types that accounts bring; all others belong to the platform."""


@operation("listTools")
def list_tools(
    ctx: Context,
    *,
    limit: int,
    filter: str | None = None,
    type: str | None = None,
    enabled: bool | None = None,
    category: list[str] | None = None,
    tool_server_id: str | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    """Without the tools of servers that are switched off (guess)."""
    off = {server["id"] for server in ctx.store.table(TOOL_SERVERS).values() if not server["enabled"]}
    return listing(
        ctx,
        "tools",
        [tool for tool in ctx.store.table(TOOLS).records() if tool.value.get("server_id") not in off],
        limit,
        page_key,
        filter,
        searched=("name", "title", "description"),
        type=type,
        enabled=enabled,
        category=category,
        server_id=tool_server_id,
    )


@prepare("createTool")
def plan_reading(ctx: Context, body: dict[str, Any]) -> Work:
    return _reading(body["code"])


@operation("createTool")
def create_tool(
    ctx: Context, body: dict[str, Any], *, prepared: Mapping[str, Any]
) -> tuple[dict[str, Any], int]:
    return _make(ctx.world, free_id(ctx.world, TOOLS, "tol"), body, prepared), 201


@prepare("testLambdaToolWithoutCreation")
def plan_trial(ctx: Context, body: dict[str, Any]) -> Work:
    if not ctx.allows_code:
        return _reading(body["code"])
    limits = {**LIMITS, **body.get("execution_configuration", {})}
    return _running(body["code"], body["test_input"], limits, ctx.clock.millis(), body.get("timeout_seconds"))


@operation("testLambdaToolWithoutCreation")
def try_function(ctx: Context, body: dict[str, Any], *, prepared: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(prepared)
    errors = read.get("errors", [])
    validation = {"status": "invalid" if errors else "valid", "errors": errors}
    if errors:
        return {"validation": validation}
    outcome = read.pop("outcome", None)
    if outcome is None:
        faults = input_faults(body["test_input"], read["input_schema"])
        outcome = _not_run({"input_valid": not faults, "validation_errors": faults})
    execution = {
        "success": outcome["output"] is not None,
        **_told(outcome),
        "validation_results": outcome["validation_results"],
    }
    return {"validation": validation, **read, "execution": execution}


@operation("getTool")
def get_tool(ctx: Context, tool_id: str) -> dict[str, Any]:
    return ctx.store.table(TOOLS).get(tool_id)


@prepare("updateTool")
def plan_change(ctx: Context, tool_id: str, body: dict[str, Any]) -> Work | None:
    return _reading(body["code"]) if body["type"] == "lambda" and "code" in body else None


@operation("updateTool")
def update_tool(
    ctx: Context, tool_id: str, body: dict[str, Any], *, prepared: Mapping[str, Any] | None
) -> dict[str, Any]:
    tools = ctx.store.table(TOOLS)
    tool = tools.get(tool_id)
    if body["type"] != tool["type"]:
        raise BadRequest({"body.type": f"the tool is of type '{tool['type']}'; {' and '.join(_OWN)} change"})
    changed = {**tool, **picked(body, ("enabled",))}
    if tool["type"] == "lambda":
        changed |= picked(body, ("title", "description")) | _changed_function(tool, body)
        if prepared is not None:
            changed.pop("output_schema", None)
            changed |= _sound(prepared)
    return tool if changed == tool else tools.replace({**changed, "updated_at": ctx.clock.stamp()})


@operation("deleteTool")
def delete_tool(ctx: Context, tool_id: str) -> None:
    """Also when agents use it; 403 for a tool of the platform (guess)."""
    tool = ctx.store.table(TOOLS).get(tool_id)
    if tool["type"] not in _OWN:
        raise Forbidden(f"{TOOLS.title(tool_id)} belongs to the platform and stays")
    remove_tool(ctx.store, tool_id)


@prepare("testTool")
def plan_run(ctx: Context, tool_id: str, body: dict[str, Any]) -> Work | None:
    tool = _function(ctx, tool_id)
    if not ctx.allows_code:
        return None
    return running(tool, body["input"], ctx.clock.millis(), body.get("timeout_seconds"))


@operation("testTool")
def try_tool(
    ctx: Context, tool_id: str, body: dict[str, Any], *, prepared: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Code that is not sound, which only a restored snapshot can hold, is an error like that of a run."""
    _function(ctx, tool_id)
    if prepared is None:
        outcome = _not_run({})
    elif "errors" in prepared:
        outcome = {**_not_run({}), "message": "; ".join(prepared["errors"])}
    else:
        outcome = prepared["outcome"]
    if outcome["output"] is None:
        return {"type": "error", **_told(outcome)}
    return {"type": "success", **_told(outcome), "validation_results": outcome["validation_results"]}


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `tools`: a function."""
    made = _make(
        world,
        row.get("id") or free_id(world, TOOLS, "tol"),
        row,
        read_function(row["code"].encode()),
        place="code",
    )
    if not row.get("enabled", True):
        world.store.table(TOOLS).replace({**made, "enabled": False})


def _make(
    world: World, tool_id: str, given: Mapping[str, Any], read: Mapping[str, Any], place: str = "body.code"
) -> dict[str, Any]:
    schemas = _sound(read, place)
    tools = world.store.table(TOOLS)
    refuse_taken(tools, given["name"])
    now = world.clock.stamp()
    tool = {
        "id": tool_id,
        "type": "lambda",
        **picked(given, ("name", "title", "description")),
        "language": "python",
        "enabled": True,
        **schemas,
        "function_definition": _definition(
            given["code"], {**LIMITS, **given.get("execution_configuration", {})}
        ),
        "created_at": now,
        "updated_at": now,
    }
    return tools.add(tool)


def _changed_function(tool: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    old = tool["function_definition"]
    limits = {**old["execution_configuration"], **body.get("execution_configuration", {})}
    return {"function_definition": _definition(body.get("code", old["code"]), limits)}


def _definition(code: str, limits: Mapping[str, int]) -> dict[str, Any]:
    return {
        "language": "python",
        "code": code,
        "validation_status": "valid",
        "execution_configuration": picked(limits, tuple(LIMITS)),
    }


def _reading(code: str) -> Work:
    return Work(read_function, code.encode(), _unsound)


def running(tool: Mapping[str, Any], given: Mapping[str, Any], now: int, timeout: int | None = None) -> Work:
    """A run of a function of the account, for whoever finds that code is allowed.

    It gives what `run_tool` gives.
    """
    definition = tool["function_definition"]
    return _running(definition["code"], given, definition["execution_configuration"], now, timeout)


def _running(
    code: str, given: Mapping[str, Any], limits: Mapping[str, int], now: int, timeout: int | None
) -> Work:
    """A run in the sandbox, bounded by the smaller of both times; its lane keeps uploads from waiting."""
    longest = limits["max_execution_time_seconds"]
    seconds = longest if timeout is None else min(longest, timeout)
    facts = {"input": given, "seconds": seconds, "memory_mb": limits["max_memory_mb"], "now": now}
    around = seconds + MOST_SECONDS_AROUND
    return Work(run_tool, code.encode(), _unsound, facts, seconds=around, lane="running")


def _unsound(why: str) -> BadRequest:
    return BadRequest({"body.code": why})


def _function(ctx: Context, tool_id: str) -> dict[str, Any]:
    tool = ctx.store.table(TOOLS).get(tool_id)
    if tool["type"] != "lambda":
        raise NotFound(f"{TOOLS.title(tool_id)} is no function but of type '{tool['type']}'", tool_id)
    return tool


def _not_run(results: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "output": None,
        "message": NOT_RUN,
        "traceback": "",
        "latency_millis": 0,
        "validation_results": results,
    }


def _told(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """The members that both tests tell of a run."""
    figures = picked(outcome, ("latency_millis", "memory_used_mb"))
    if outcome["output"] is not None:
        return {"output": outcome["output"], **figures}
    error = {"message": outcome["message"]}
    if outcome["traceback"]:
        error["traceback"] = outcome["traceback"]
    return {"error": error, **figures}


def _sound(read: Mapping[str, Any], place: str = "body.code") -> Mapping[str, Any]:
    """The schemas of a function; 400 with the lines of its faults."""
    if "errors" in read:
        raise BadRequest({place: "; ".join(read["errors"])})
    return read
