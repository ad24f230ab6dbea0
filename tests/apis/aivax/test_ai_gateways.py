"""AI gateways: every parameter is kept and told, changes merge, slugs lead to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client
from understudy.pytest_plugin import Understudy

PATH = "/api/v1/ai-gateways"
LEAST = {"baseAddress": "@integrated", "modelName": "@openai/gpt-5-mini"}
SOURCE = {
    "name": "a",
    "description": None,
    "url": "http://127.0.0.1/a",
    "headers": {"x": "y"},
    "cacheDuration": 9,
}
EVERYTHING: dict[str, Any] = {
    **LEAST,
    "skills": [UNKNOWN], "hideToolsWithoutSkill": True, "alwaysVisibleTools": ["a"], "enableBash": True,
    "bashOptions": {"allowDataPersistence": True, "toolList": ["ls"], "toolExclusionMode": "WhiteList"},
    "knowledgeCollections": [UNKNOWN], "knowledgeBaseMaximumResults": 3, "knowledgeBaseMinimumScore": 0.5,
    "knowledgeUseReferences": True, "knowledgeUseMetaDescriptions": True, "queryStrategy": "FullRewrite",
    "queryStrategyParameters": {"rewriteContextSize": 1, "concatenateContextSize": 2},
    "apiKey": "provider-key",
    "temperature": 0.5, "topP": 1, "presencePenalty": 0, "frequencyPenalty": 0.1, "stop": "END",
    "maxCompletionTokens": 100, "contextMaximumSize": 1000, "contextOverflowAction": "Truncate",
    "systemInstruction": "Be brief.", "workerScriptSource": "http://127.0.0.1/w",
    "userPromptTemplate": "> {prompt}",
    "assistantPrefill": "Well, ", "includePrefillingInMessages": True, "reasoningEffort": "low",
    "verbosity": "high", "flags": ["ThinkingProcess"], "tools": [{"type": "function"}],
    "protocolFunctions": [
        {
            "name": "abc", "description": "d", "headers": {}, "callbackUrl": "http://127.0.0.1/f",
            "contentFormat": {},
        }
    ],
    "protocolFunctionSources": ["http://127.0.0.1/s"], "mcpSources": [SOURCE],
    "systemInstructionsSources": [SOURCE], "enabledMultimodalFeatures": ["Image", "All"],
    "toolContextCount": 4,
    "sentinelOptions": {"enabledFunctions": ["Remember", "Calendar"]},
    "builtinFunctionsOptions": {
        "webSearchMode": "Full", "webSearchMaxResults": 5, "imageGenerationMaxResults": 1,
        "imageGenerationQuality": "Low", "imageGenerationAllowMatureContent": False,
        "imageGenerationAllowReferenceUsage": True, "imageGenerationModelName": None,
        "includeAllMemoryContext": True,
    },
    "moderationParameters": {
        "violenceThreshold": 1, "sexualExplicitThreshold": 2, "politicalThreshold": 3,
        "dangerousContentThreshold": 4, "jailbreakThreshold": 5,
    },
    "knownToolHandlerName": "native", "toolInvocationExplanations": True,
    "modelRoutingParameters": {
        "lowComplexityModelName": "a", "lowComplexityModelReasoningEffort": None,
        "mediumComplexityModelName": "b", "mediumComplexityModelReasoningEffort": "low",
        "highComplexityModelName": "c", "highComplexityModelReasoningEffort": "high",
    },
    "additionalSettings": {"any": [1, {"thing": None}]},
}  # fmt: skip


def make(api: Client, name: str = "Help desk", **parameters: Any) -> str:
    made = api.post(PATH, {"name": name, "parameters": {**LEAST, **parameters}})
    assert set(made) == {"aiGatewayId"}
    return str(made["aiGatewayId"])


def test_every_parameter_is_kept_and_told(api: Client) -> None:
    gateway = make(api, **EVERYTHING)
    read = api.get(f"{PATH}/{gateway}")
    assert read == {"name": "Help desk", "slug": f"help-desk:{gateway[-4:]}", "parameters": EVERYTHING}


def test_a_parameter_that_nobody_gave_has_a_default(api: Client) -> None:
    parameters = api.get(f"{PATH}/{make(api)}")["parameters"]
    assert parameters.keys() == EVERYTHING.keys()
    assert (parameters["queryStrategy"], parameters["knowledgeBaseMinimumScore"]) == ("Plain", 0.2)
    assert (parameters["skills"], parameters["bashOptions"], parameters["enableBash"]) == ([], None, False)


def test_a_change_merges_parameters_and_moves_the_slug(api: Client) -> None:
    gateway = make(api, **EVERYTHING)
    changes = {"name": "Office!", "parameters": {"skills": [], "bashOptions": None}}
    assert api.ask("PATCH", f"{PATH}/{gateway}", json=changes) == {"message": "Gateway edited.", "data": None}
    assert api.ask("PATCH", f"{PATH}/{gateway}", json={})["data"] is None
    read = api.get(f"{PATH}/{gateway}")
    assert read["slug"] == f"office:{gateway[-4:]}"
    assert read["parameters"] == {**EVERYTHING, "skills": [], "bashOptions": None}
    api.refused("GET", f"{PATH}/help-desk:{gateway[-4:]}", 404)


def test_a_gateway_is_found_by_id_and_slug(api: Client) -> None:
    gateway = make(api)
    by_slug = api.get(f"{PATH}/help-desk:{gateway[-4:]}")
    assert by_slug == api.get(f"{PATH}/{gateway}") == api.get(f"{PATH}/{gateway.upper()}")


def test_the_list_and_its_filter(api: Client) -> None:
    desk, office = make(api), make(api, "Office", modelName="@x-ai/grok-4.3")
    listed = [one for one in api.get(PATH) if one["id"] in (desk, office)]
    assert listed == [
        {"id": desk, "name": "Help desk", "inferenceEndpoint": "@integrated",
         "modelName": "@openai/gpt-5-mini", "slug": f"help-desk:{desk[-4:]}"},
        {"id": office, "name": "Office", "inferenceEndpoint": "@integrated",
         "modelName": "@x-ai/grok-4.3", "slug": f"office:{office[-4:]}"},
    ]  # fmt: skip
    for wanted in ("office", "GROK", f"office:{office[-4:]}", office):
        assert [one["id"] for one in api.get(PATH, filter=wanted)] == [office]
    assert api.get(PATH, filter="nothing like it") == []


@pytest.mark.parametrize(
    "body",
    [
        {}, {"name": "a"}, {"name": " ", "parameters": LEAST}, {"parameters": LEAST},
        {"name": "a", "parameters": {"baseAddress": "@integrated"}},
        {"name": "a", "parameters": {**LEAST, "queryStrategy": "plain-ish"}},
        {"name": "a", "parameters": {**LEAST, "flags": ["New"]}},
        {"name": "a", "parameters": {**LEAST, "skills": ["no-uuid"]}},
        {"name": "a", "parameters": {**LEAST, "mcpSources": [{"name": "a"}]}},
        {"name": "a", "parameters": {**LEAST, "modelRoutingParameters": {}}},
        {"name": "a", "parameters": {**LEAST, "knowledgeBaseMaximumResults": 2.5}},
    ],
)  # fmt: skip
def test_a_bad_body_makes_nothing(api: Client, body: object) -> None:
    before = api.get(PATH)
    assert api.refused("POST", PATH, 400, json=body)["details"]
    assert api.get(PATH) == before


def test_a_deleted_gateway_is_gone(api: Client) -> None:
    gateway = make(api)
    assert api.delete(f"{PATH}/{gateway}")["message"] == "AI gateway deleted."
    for method in ("GET", "DELETE", "PATCH"):
        api.refused(method, f"{PATH}/{gateway}", 404, json={} if method == "PATCH" else None)


def test_gateways_of_another_account_are_unknown(
    api: Client, neighbour: Client, understudy: Understudy
) -> None:
    gateway = make(api)
    for method in ("GET", "DELETE", "PATCH"):
        neighbour.ask(method, f"{PATH}/{gateway}", 404, json={} if method == "PATCH" else None)
    assert api.get(f"{PATH}/{gateway}")["name"] == "Help desk"
