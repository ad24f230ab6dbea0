"""Instructions: templates of what agents are told, in versions. Spec tag: Instructions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from understudy.apis.vectara.kinds import AGENTS, INSTRUCTIONS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.versions import add_first, add_next, refuse_taken, remove_version, version_of
from understudy.behaviours.templates import TemplateError, render
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import Conflict, Unprocessable
from understudy.state.store import Store
from understudy.state.world import World

SAMPLE_AGENT: Mapping[str, Any] = {"name": "Test agent", "key": "test_agent", "metadata": {}}
SAMPLE_SESSION = "test_session"
"""Who is told a template in a test (guess: nothing says what `$agent` is then)."""
_CHANGEABLE = ("name", "description", "template_type", "template", "metadata", "enabled")


@operation("listInstructions")
def list_instructions(
    ctx: Context,
    *,
    limit: int,
    filter: str | None = None,
    type: str | None = None,
    enabled: bool | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    records = ctx.store.table(INSTRUCTIONS).records()
    return listing(ctx, "instructions", records, limit, page_key, filter, type=type, enabled=enabled)


@operation("createInstruction")
def create_instruction(ctx: Context, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return _make(ctx.world, free_id(ctx.world, INSTRUCTIONS, "ins"), body), 201


@operation("getInstruction")
def get_instruction(ctx: Context, instruction_id: str, *, version: int | None = None) -> dict[str, Any]:
    return version_of(ctx.store.table(INSTRUCTIONS), instruction_id, version)


@operation("updateInstruction")
def update_instruction(ctx: Context, instruction_id: str, body: dict[str, Any]) -> dict[str, Any]:
    instructions = ctx.store.table(INSTRUCTIONS)
    instructions.record(instruction_id)
    refuse_taken(instructions, body.get("name"), instruction_id)
    return add_next(instructions, instruction_id, picked(body, _CHANGEABLE), ctx.clock.stamp())


@operation("deleteInstruction")
def delete_instruction(ctx: Context, instruction_id: str) -> None:
    """Also when agents refer to it: their next input is refused then."""
    ctx.store.table(INSTRUCTIONS).remove(instruction_id)


@operation("deleteInstructionVersion")
def delete_instruction_version(ctx: Context, instruction_id: str, version: int) -> None:
    instructions = ctx.store.table(INSTRUCTIONS)
    version_of(instructions, instruction_id, version)
    for agent_key, reference in _references(ctx.store):
        if (reference["id"], reference.get("version")) == (instruction_id, version):
            title = instructions.kind.title(instruction_id)
            raise Conflict(f"agent '{agent_key}' uses version {version} of {title}")
    remove_version(instructions, instruction_id, version)


@operation("testInstruction")
def try_instruction(
    ctx: Context, instruction_id: str, body: dict[str, Any], *, version: int | None = None
) -> dict[str, Any]:
    instruction = version_of(ctx.store.table(INSTRUCTIONS), instruction_id, version)
    session = {"key": SAMPLE_SESSION, "metadata": body.get("context", {})}
    told = rendered(instruction["template"], SAMPLE_AGENT, session, body.get("tools", ()), ctx.clock.stamp())
    return {"rendered_instruction": told}


def rendered(
    template: str,
    agent: Mapping[str, Any],
    session: Mapping[str, Any],
    tools: Sequence[Mapping[str, Any]],
    now: str,
) -> str:
    """What an agent is told by a template; 422 when it cannot be rendered.

    Args:
        agent: name, key and perhaps metadata.
        session: key and perhaps metadata.
        tools: name and description of each.
        now: the time of the world as the wire writes it.
    """
    variables = {
        "agent": {"name": agent["name"], "key": agent["key"], "metadata": agent.get("metadata", {})},
        "session": {"key": session["key"], "metadata": session.get("metadata", {})},
        "tools": [{"name": tool["name"], "description": tool["description"]} for tool in tools],
        "currentDate": now[:10],
    }
    try:
        return render(template, variables)
    except TemplateError as error:
        raise Unprocessable(
            f"the template cannot be rendered: {error.message} (at position {error.position})"
        ) from None


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `instructions`: version 1, and what each later version changes."""
    made = _make(world, row.get("id") or free_id(world, INSTRUCTIONS, "ins"), row)
    for change in row.get("versions", ()):
        add_next(world.store.table(INSTRUCTIONS), made["id"], change, world.clock.stamp())


def _make(world: World, instruction_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    instructions = world.store.table(INSTRUCTIONS)
    refuse_taken(instructions, given["name"])
    now = world.clock.stamp()
    instruction = {
        "id": instruction_id,
        "type": "initial",
        "template_type": "velocity",
        "metadata": {},
        "enabled": True,
        **picked(given, _CHANGEABLE),
        "created_at": now,
        "updated_at": now,
    }
    return add_first(instructions, instruction)


def _references(store: Store) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every instruction that an agent refers to, with the key of the agent."""
    for agent in store.table(AGENTS).values():
        for step in (agent.get("first_step", {}), *agent.get("steps", {}).values()):
            for instruction in step.get("instructions", ()):
                if instruction.get("type") == "reference":
                    yield agent["key"], instruction
