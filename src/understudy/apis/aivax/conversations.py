"""What a gateway adds to a conversation: instructions, knowledge, skills and memories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.apis.aivax import builtin_functions, memories, search
from understudy.apis.aivax.errors import InferenceRefused
from understudy.apis.aivax.functions import ran
from understudy.apis.aivax.kinds import COLLECTIONS, SKILLS, account_id
from understudy.behaviours.conversation import Message, text_of
from understudy.behaviours.questions import is_question
from understudy.behaviours.rephrasing import Topic, rephrase, topic_after
from understudy.behaviours.token_budget import ContextOverflow, fit, shorten_results
from understudy.behaviours.tokens import content_stems
from understudy.engine.context import Context

Json = dict[str, Any]
SHORTENED = "[tool response truncated - call this tool again]"
LONGEST_QUERY = 5000


@dataclass
class Prepared:
    """A conversation as the model gets it, and the functions of the service that ran for it."""

    messages: Sequence[Message]
    instructions: str = ""
    sources: list[str] = field(default_factory=list)
    memories: list[str] = field(default_factory=list)
    functions: list[Json] = field(default_factory=list)


def prepare(ctx: Context, messages: Sequence[Message], parameters: Mapping[str, Any], user: str) -> Prepared:
    """The conversation with all that the parameters of a gateway add to it."""
    shaped = _shaped(messages, parameters)
    prepared = Prepared(shaped, parameters.get("systemInstruction") or "")
    _add_knowledge(ctx, prepared, messages, parameters)
    _add_skills(ctx, prepared, messages, parameters)
    if memories.enabled(parameters) and user:
        prepared.memories = memories.known(ctx, user)
        prepared.functions += memories.keep(ctx, user, _last_text(messages))
    found = builtin_functions.run(ctx, builtin_functions.Asked(
        messages, parameters, user, prepared.instructions, prepared.sources, prepared.memories
    ))  # fmt: skip
    prepared.messages = [*prepared.messages, *found.messages]
    prepared.sources += found.sources
    prepared.functions += found.functions
    return prepared


def _shaped(messages: Sequence[Message], parameters: Mapping[str, Any]) -> Sequence[Message]:
    """The messages within the limits of the gateway, those of the user in its template."""
    keep = parameters.get("toolContextCount")
    if keep is not None:
        messages = shorten_results(messages, keep, SHORTENED)
    most = parameters.get("contextMaximumSize")
    if most:
        overflow = "throw" if parameters["contextOverflowAction"] == "Throw" else "truncate"
        try:
            messages = fit(messages, most, overflow)  # type: ignore[arg-type]
        except ContextOverflow as error:
            raise InferenceRefused("context_length_exceeded", {"body.messages": str(error)}) from None
    template = parameters.get("userPromptTemplate")
    if not template or "{prompt}" not in template:
        return messages
    return [
        {**one, "content": template.replace("{prompt}", one["content"])}
        if one.get("role") == "user" and isinstance(one.get("content"), str)
        else one
        for one in messages
    ]


def _add_knowledge(
    ctx: Context, prepared: Prepared, messages: Sequence[Message], parameters: Mapping[str, Any]
) -> None:
    """Search the collections of the gateway; one that is gone is passed over."""
    known = ctx.store.table(COLLECTIONS, account_id(ctx))
    collections = [one for one in parameters.get("knowledgeCollections", ()) if one in known]
    query = query_of(messages, parameters) if collections else ""
    if not query:
        return
    hits = search.search(
        ctx.world,
        collections,
        [query],
        top=max(0, parameters["knowledgeBaseMaximumResults"]),
        min_score=parameters["knowledgeBaseMinimumScore"],
    )
    prepared.sources += [hit.document.value["contents"] for hit in hits]
    if parameters["queryStrategy"] == "QueryFunction":
        names = ", ".join(hit.document.value["name"] for hit in hits)
        prepared.functions.append(ran(ctx, "query_knowledge", {"query": query}, names))


def query_of(messages: Sequence[Message], parameters: Mapping[str, Any]) -> str:
    """What is searched for, by the query strategy; "" when nothing is.

    Plain takes the last message of the user, Concatenate the last few of them. FullRewrite reads it in the
    light of the whole conversation, UserRewrite in that of the user's messages. QueryFunction leaves it to
    the model whether to search, which it does for a question.
    """
    strategy, sizes = parameters["queryStrategy"], parameters["queryStrategyParameters"]
    said = [text_of(one) for one in messages if one.get("role") == "user"]
    if not said:
        return ""
    last = said[-1][:LONGEST_QUERY]
    if strategy == "Concatenate":
        return "\n".join(said[-max(1, sizes.get("concatenateContextSize", 1)) :])[:LONGEST_QUERY]
    if strategy == "QueryFunction":
        return last if is_question(last) else ""
    if strategy in ("FullRewrite", "UserRewrite"):
        roles = ("user", "assistant") if strategy == "FullRewrite" else ("user",)
        earlier = [text_of(one) for one in messages if one.get("role") in roles][:-1]
        topic = Topic()
        for text in earlier[-max(1, sizes.get("rewriteContextSize", 1)) :]:
            topic = topic_after(text[:LONGEST_QUERY], topic)
        return rephrase(last, topic, LONGEST_QUERY)
    return last


def _add_skills(
    ctx: Context, prepared: Prepared, messages: Sequence[Message], parameters: Mapping[str, Any]
) -> None:
    """Read the skills of the gateway that the last message is about."""
    known = ctx.store.table(SKILLS, account_id(ctx))
    wanted = set(content_stems(_last_text(messages)))
    for skill_id in parameters.get("skills", ()):
        record = known.find(skill_id)
        if record is None:
            continue
        skill = record.value
        about = f"{skill['slug']} {skill['description'] or ''}".replace("-", " ").replace("_", " ")
        if wanted & set(content_stems(about)):
            prepared.instructions = f"{prepared.instructions}\n{skill['instructions']}".strip()
            read = ran(ctx, "read_skill", {"slugs": [skill["slug"]]}, skill["instructions"])
            prepared.functions.append(read)


def _last_text(messages: Sequence[Message]) -> str:
    return next((text_of(one) for one in reversed(messages) if one.get("role") == "user"), "")
