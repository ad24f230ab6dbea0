"""Skills: instructions that a model reads when it needs them. Spec tag: Skills."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax import accounts
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.jsonl import exported, lines_of, read_object
from understudy.apis.aivax.kinds import SKILLS, own
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.replies import Reply
from understudy.errors import BadRequest
from understudy.state.store import Table
from understudy.state.world import World

Json = dict[str, Any]
Skills = Table[Json]
_SLUG = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_OPTIONS = ("instructionSources", "allowedToolsNames")
_EXPORTED = ("slug", "description", "instructions", "options")


@operation("listSkills")
def list_skills(ctx: Context) -> list[Json]:
    return [_summary(value) for value in own(ctx, SKILLS).values()]


@operation("createSkill")
def create_skill(ctx: Context, body: Json) -> Json:
    skills = own(ctx, SKILLS)
    _check_free(skills, body["slug"], None)
    made = _add(ctx.world, skills, body)
    return said("Skill created successfully.", {"id": made["id"]})


@operation("getSkill")
def get_skill(ctx: Context, skill_id: str) -> Json:
    return own(ctx, SKILLS).get(skill_id)


@operation("updateSkill")
def update_skill(ctx: Context, skill_id: str, body: Json) -> Json:
    """What is absent stays, of the options too."""
    skills = own(ctx, SKILLS)
    old = skills.get(skill_id)
    if "slug" in body:
        _check_free(skills, body["slug"], skill_id)
    changes = {member: body[member] for member in _EXPORTED if member in body}
    options = {**old["options"], **_options(body.get("options", {}))}
    skills.replace({**old, **changes, "options": options})
    return said("Skill updated successfully.")


@operation("deleteSkill")
def delete_skill(ctx: Context, skill_id: str) -> Json:
    own(ctx, SKILLS).remove(skill_id)
    return said("Skill deleted successfully.")


@operation("clearSkills")
def clear_skills(ctx: Context) -> Json:
    own(ctx, SKILLS).clear()
    return said("Skills cleared successfully.")


@operation("importSkillsJSONL")
def import_skills_jsonl(ctx: Context, body: Json) -> Json:
    """Each line makes the skill of its slug or replaces its instructions and description."""
    skills = own(ctx, SKILLS)
    lines = [read_object(line) for line in lines_of(body["skills"].content)]
    found = [line for line in lines if line is not None and _is_whole(line)]
    for line in found:
        _import(ctx.world, skills, line)
    return {"enqueued": len(found), "skipped": len(lines) - len(found)}


@operation("exportSkillsJSONL")
def export_skills_jsonl(ctx: Context) -> Reply:
    values = own(ctx, SKILLS).values()
    return exported(({member: value[member] for member in _EXPORTED} for value in values), "skills")


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `skills`."""
    account = accounts.named(world.store, row["account"]).value["id"]
    skills = world.store.table(SKILLS, account)
    _check_free(skills, row["slug"], None)
    _add(world, skills, row)


def _add(world: World, skills: Skills, given: Mapping[str, Any]) -> Json:
    made = {
        "id": given.get("id") or world.ids.uuid7(SKILLS.name, world.clock.millis()),
        "createdAt": world.clock.stamp(),
        "slug": given["slug"],
        "description": given.get("description"),
        "instructions": given["instructions"],
        "options": {**{name: [] for name in _OPTIONS}, **_options(given.get("options", {}))},
    }
    return skills.add(made)


def _import(world: World, skills: Skills, line: Mapping[str, Any]) -> None:
    old_id = skills.derived("ids by slug", _ids_by_slug).get(line["slug"].lower())
    line = {**line, "description": line.get("description") or ""}
    if old_id is None:
        _add(world, skills, {**line, "id": None})
        return
    old = skills.get(old_id)
    changes = {member: line[member] for member in ("description", "instructions")}
    if "options" in line:
        changes["options"] = {**{name: [] for name in _OPTIONS}, **_options(line["options"])}
    skills.replace({**old, **changes})


def _is_whole(line: Mapping[str, Any]) -> bool:
    """Whether the line could stand in the body of Create Skill."""
    slug, instructions = line.get("slug"), line.get("instructions")
    options = line.get("options", {})
    return (
        isinstance(slug, str)
        and _SLUG.fullmatch(slug) is not None
        and isinstance(instructions, str)
        and bool(instructions.strip())
        and isinstance(line.get("description", ""), str | None)
        and isinstance(options, dict)
        and all(isinstance(options.get(name, []), list) for name in _OPTIONS)
        and all(isinstance(tool, str) for tool in options.get("allowedToolsNames", []))
        and all(map(_is_source, options.get("instructionSources", [])))
    )


def _is_source(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    headers, seconds = value.get("headers", {}), value.get("cacheDuration", 0)
    return (
        isinstance(value.get("name"), str)
        and isinstance(value.get("url"), str)
        and isinstance(value.get("description"), str | None)
        and isinstance(headers, dict)
        and all(isinstance(text, str) for text in headers.values())
        and type(seconds) is int
        and abs(seconds) < 2**31
    )


def _options(given: Mapping[str, Any]) -> Json:
    return {name: given[name] for name in _OPTIONS if name in given}


def _check_free(skills: Skills, slug: str, own_id: str | None) -> None:
    if skills.derived("ids by slug", _ids_by_slug).get(slug.lower(), own_id) != own_id:
        raise BadRequest({"body.slug": f"'{slug}' is the slug of another skill"})


def _ids_by_slug(skills: Skills) -> dict[str, str]:
    return {value["slug"].lower(): value["id"] for value in skills.values()}


def _summary(value: Mapping[str, Any]) -> Json:
    shown = {member: value[member] for member in ("id", "createdAt", "slug", "description")}
    return {**shown, "allowedToolsCount": len(value["options"]["allowedToolsNames"])}
