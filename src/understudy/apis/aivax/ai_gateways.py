"""AI gateways: models with instructions, knowledge and tools of their own. Spec tag: AI Gateways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax import accounts
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.kinds import GATEWAYS, new_id, own
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import NotFound
from understudy.state.store import Record, Table
from understudy.state.world import World

Json = dict[str, Any]
_NULL = (
    "apiKey", "temperature", "topP", "presencePenalty", "frequencyPenalty", "stop", "maxCompletionTokens",
    "contextMaximumSize", "systemInstruction", "workerScriptSource", "userPromptTemplate", "assistantPrefill",
    "reasoningEffort", "verbosity", "tools", "toolContextCount", "bashOptions", "sentinelOptions",
    "builtinFunctionsOptions", "moderationParameters", "knownToolHandlerName", "modelRoutingParameters",
    "additionalSettings",
)  # fmt: skip
_EMPTY = (
    "skills", "alwaysVisibleTools", "knowledgeCollections", "flags", "protocolFunctions", "mcpSources",
    "protocolFunctionSources", "systemInstructionsSources", "enabledMultimodalFeatures",
)  # fmt: skip
_FALSE = (
    "hideToolsWithoutSkill", "enableBash", "knowledgeUseReferences", "knowledgeUseMetaDescriptions",
    "includePrefillingInMessages", "toolInvocationExplanations",
)  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(_NULL),
    **dict.fromkeys(_FALSE, False),
    "knowledgeBaseMaximumResults": 5,
    "knowledgeBaseMinimumScore": 0.2,
    "queryStrategy": "Plain",
    "queryStrategyParameters": {"rewriteContextSize": 3, "concatenateContextSize": 3},
    "contextOverflowAction": "Throw",
}
"""What a parameter is when nobody said (guess, but for the numbers of the query); lists are empty."""


@operation("createGateway")
def create_gateway(ctx: Context, body: Json) -> Json:
    made = _gateway(new_id(ctx, GATEWAYS), body["name"], body["parameters"])
    own(ctx, GATEWAYS).add(made)
    return {"aiGatewayId": made["id"]}


@operation("listAiGateways")
def list_ai_gateways(ctx: Context, *, filter: str | None = None) -> list[Json]:
    """In the order of their creation (guess); the filter is found anywhere, in any case (guess)."""
    shown = [_summary(value) for value in own(ctx, GATEWAYS).values()]
    wanted = (filter or "").lower()
    members = ("name", "modelName", "slug", "id")
    return [one for one in shown if any(wanted in one[member].lower() for member in members)]


@operation("editGateway")
def edit_gateway(ctx: Context, id: str, body: Json) -> Json:
    old = find(own(ctx, GATEWAYS), id).value
    changed: Json = {**old, **body}
    parameters = {**old["parameters"], **body.get("parameters", {})}
    own(ctx, GATEWAYS).replace(_gateway(old["id"], changed["name"], parameters))
    return said("Gateway edited.")


@operation("viewAiGateway")
def view_ai_gateway(ctx: Context, id: str) -> Json:
    value = find(own(ctx, GATEWAYS), id).value
    return {"name": value["name"], "slug": slug(value), "parameters": value["parameters"]}


@operation("deleteAiGateway")
def delete_ai_gateway(ctx: Context, id: str) -> Json:
    gateways = own(ctx, GATEWAYS)
    gateways.remove(find(gateways, id).value["id"])
    return said("AI gateway deleted.")


def find(gateways: Table[Json], name: str) -> Record[Json]:
    """A gateway by its id or its slug; NotFound names what was asked for."""
    record = gateways.find(name.lower()) or gateways.derived("by_slug", _by_slug).get(name)
    if record is None:
        raise NotFound(f"There is no AI gateway '{name}'.", name)
    return record


def slug(gateway: Mapping[str, Any]) -> str:
    """The name in small letters and dashes, and the end of the id: `support:50c3`."""
    words = re.sub(r"[^a-z0-9]+", "-", gateway["name"].lower()).strip("-") or "gateway"
    return f"{words}:{gateway['id'][-4:]}"


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `ai_gateways`."""
    account = accounts.named(world.store, row["account"]).value["id"]
    gateway_id = row.get("id") or world.ids.uuid7(GATEWAYS.name, world.clock.millis())
    world.store.table(GATEWAYS, account).add(_gateway(gateway_id, row["name"], row["parameters"]))


def _gateway(gateway_id: str, name: str, given: Mapping[str, Any]) -> Json:
    empty: Json = {member: [] for member in _EMPTY}
    return {"id": gateway_id, "name": name, "parameters": {**DEFAULTS, **empty, **given}}


def _by_slug(gateways: Table[Json]) -> dict[str, Record[Json]]:
    return {slug(record.value): record for record in gateways.records()}


def _summary(value: Mapping[str, Any]) -> Json:
    return {
        "id": value["id"],
        "name": value["name"],
        "inferenceEndpoint": value["parameters"]["baseAddress"],
        "modelName": value["parameters"]["modelName"],
        "slug": slug(value),
    }
