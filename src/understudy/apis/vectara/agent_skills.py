"""Skills: texts that an agent takes up when a message asks for them, or is about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.vectara.agent_log import Log
from understudy.apis.vectara.agent_view import said
from understudy.behaviours.decide import Decider, decide
from understudy.behaviours.tokens import content_stems
from understudy.errors import BadRequest

Json = dict[str, Any]


def check(agent: Mapping[str, Any], messages: Sequence[Json]) -> None:
    """400 for a message that asks for a skill which the agent does not have."""
    skills = agent.get("skills", {})
    for number, part in enumerate(messages):
        if part["type"] == "skill" and part["skill_name"] not in skills:
            place = f"body.messages[{number}].skill_name"
            raise BadRequest({place: f"the agent has no skill '{part['skill_name']}'"})


def load(
    log: Log,
    agent: Mapping[str, Any],
    step: Mapping[str, Any],
    messages: Sequence[Json],
    decider: Decider | None,
) -> None:
    """Load the skills that the message asks for, and those that it is about."""
    skills, allowed, text = agent.get("skills", {}), step.get("allowed_skills"), said(messages)
    asked = [part["skill_name"] for part in messages if part["type"] == "skill"]
    usable = {name: skill for name, skill in skills.items() if allowed is None or name in allowed}
    loaded = {one.value["skill_name"] for one in log.visible() if one.value["type"] == "skill_load"}

    def about() -> list[str]:
        stems = set(content_stems(text))
        return [name for name, skill in usable.items() if _is_about(stems, name, skill["description"])]

    chosen = decide(decider, "skills", {"message": text, "skills": list(usable)}, about)
    for name in dict.fromkeys([*asked, *chosen]):
        if name not in loaded:
            log.add("skill_load", skill_name=name, content=skills[name]["content"])


def _is_about(stems: set[str], name: str, description: str) -> bool:
    """Whether a message is about a skill: it says its name, or most of what describes it."""
    named = set(content_stems(name.replace("_", " ").replace("-", " ")))
    told = set(content_stems(description))
    return (bool(named) and named <= stems) or len(told & stems) * 2 > len(told)
