"""Web chat clients: defaults, merging, links to gateways, integrations, refusals that change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client
from understudy.pytest_plugin import Understudy

PATH = "/api/v1/web-chat-client"
DESK = "01941f29-7c00-7000-a000-000000000071"
HELP = "01941f29-7c00-7000-a000-000000000031"
NO_INTEGRATIONS = dict.fromkeys(
    ("zapiIntegration", "telegramIntegration", "evolutionIntegration", "kapsoIntegration")
)
DEFAULTS = {
    "languageCode": None, "suggestionButtons": [], "customScripts": None, "customStyles": None,
    "inputModes": [], "primaryColor": "#6366f1", "pageTitle": "Shop", "helloLabel": None,
    "helloSubLabel": None, "textAreaPlaceholder": None, "logoImageUrl": None, "debug": False,
    "showToolCalls": False, "allowedFrameOrigins": [], "audioSynthesisSource": "None",
    "audioSynthesisVoice": None, "audioSynthesisInstruction": None,
    "summarizeTextBeforeAudioSynthesis": False, "uploadUnsupportedFiles": False,
    "allowScheduledContinuations": False, "splitAnswerIntoMessageChunks": False,
    "maxScheduledIgnoredZone": None, "messageDebounceInterval": None,
}  # fmt: skip


def made(api: Client, **body: Any) -> str:
    return str(api.post(PATH, {"name": "Shop", **body})["id"])


def view(api: Client, client: str) -> dict[str, Any]:
    told: dict[str, Any] = api.get(f"{PATH}/{client}")
    return told


def parameters(api: Client, client: str) -> dict[str, Any]:
    return dict(view(api, client)["clientParameters"])


def gateway(api: Client, name: str = "G") -> str:
    least = {"baseAddress": "@integrated", "modelName": "@openai/gpt-4o"}
    return str(api.post("/api/v1/ai-gateways", {"name": name, "parameters": least})["aiGatewayId"])


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def test_a_new_client_has_a_default_for_everything(api: Client) -> None:
    assert view(api, made(api)) == {
        "name": "Shop",
        "aiGateway": None,
        "limitingParameters": {"messagesPerHour": 30, "maxMessages": 300},
        "clientParameters": DEFAULTS,
        "integrations": NO_INTEGRATIONS,
    }


def test_the_list_tells_colour_sessions_and_gateway(api: Client) -> None:
    linked = made(api, aiGatewayId=gateway(api).upper(), clientParameters={"primaryColor": "#fff"})
    api.post(f"{PATH}/{linked}/sessions", {})
    first, second = api.get(PATH)
    assert (first["id"], first["activeSessions"]) == (DESK, 1)
    assert first["associatedGateway"] == {"id": HELP, "name": "Help", "modelName": "@openai/gpt-5-mini"}
    gateway_id = second["associatedGateway"]["id"]
    assert second == {
        "id": linked, "name": "Shop", "color": "#fff", "activeSessions": 1,
        "associatedGateway": {"id": gateway_id, "name": "G", "modelName": "@openai/gpt-4o"},
    }  # fmt: skip
    assert view(api, linked)["aiGateway"] == {"id": gateway_id, "name": "G"}


def test_a_change_names_what_changes_and_the_rest_stays(api: Client) -> None:
    client = made(
        api,
        aiGatewayId=HELP,
        limitingParameters={"maxMessages": 5},
        clientParameters={"helloLabel": "Hi", "suggestionButtons": [{"label": "A", "prompt": "a"}]},
    )
    said = api.put(f"{PATH}/{client}", {"limitingParameters": {"messagesPerHour": 7}, "clientParameters": {}})
    assert said == {"message": "Web client updated successfully.", "data": None}
    told = view(api, client)
    assert told["limitingParameters"] == {"messagesPerHour": 7, "maxMessages": 5}
    assert told["clientParameters"]["helloLabel"] == "Hi"
    assert (told["name"], told["aiGateway"]["id"]) == ("Shop", HELP)
    changes = {"helloLabel": None, "suggestionButtons": [], "debug": True, "unheard": 1}
    api.put(f"{PATH}/{client}", {"name": "Till", "aiGatewayId": None, "clientParameters": changes})
    told = view(api, client)
    assert (told["name"], told["aiGateway"]) == ("Till", None)
    assert told["clientParameters"] == {**DEFAULTS, "debug": True}


def test_words_in_any_case_and_durations_are_told_as_documented(api: Client) -> None:
    given = {
        "inputModes": ["image", "AUDIO", "Image"], "audioSynthesisSource": "gpt4otts",
        "maxScheduledIgnoredZone": "1.02:30:00", "messageDebounceInterval": 93784,
    }  # fmt: skip
    told = parameters(api, made(api, clientParameters=given))
    assert (told["inputModes"], told["audioSynthesisSource"]) == (["Image", "Audio"], "Gpt4oTts")
    assert (told["maxScheduledIgnoredZone"], told["messageDebounceInterval"]) == ("1.02:30:00", "1.02:03:04")
    client = made(api, clientParameters={"messageDebounceInterval": 1.5})
    assert parameters(api, client)["messageDebounceInterval"] == "00:00:01.5000000"
    api.put(f"{PATH}/{client}", {"clientParameters": {"messageDebounceInterval": None}})
    assert parameters(api, client)["messageDebounceInterval"] is None


def test_deleting_a_gateway_unlinks_its_clients(api: Client) -> None:
    made_for_it = gateway(api)
    client = made(api, aiGatewayId=made_for_it)
    api.delete(f"/api/v1/ai-gateways/{made_for_it}")
    assert view(api, client)["aiGateway"] is None
    assert api.get(PATH)[-1]["associatedGateway"] is None


def test_deleting_a_client_takes_its_sessions_along(api: Client, understudy: Understudy) -> None:
    client = made(api, aiGatewayId=HELP)
    before = state(understudy)
    key = api.post(f"{PATH}/{client}/sessions", {"tag": "ada"})["accessKey"]
    api.post(f"/api/v1/public/chat-clients/{key}/prompt", {"prompt": "When does the office open?"})
    said = api.delete(f"{PATH}/{client}")
    assert said == {"message": "Web client deleted successfully.", "data": None}
    left = {table["kind"]: len(table["rows"]) for table in state(understudy)}
    assert left == {table["kind"]: len(table["rows"]) for table in before} | {"web_chat": 1}
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/sessions")):
        api.refused(method, f"{PATH}/{client}{path}", 404)
    api.refused("GET", f"/api/v1/public/chat-clients/{key}", 422)


@pytest.mark.parametrize(
    ("kind", "member", "given", "more"),
    [
        ("Zapi", "zapiIntegration", {"instanceId": "i", "instanceToken": "t"}, {"clientToken": None}),
        ("telegram", "telegramIntegration", {"botToken": "b"}, {}),
        (
            "EVOLUTIONAPI",
            "evolutionIntegration",
            {"endpointUrl": "u", "instanceName": "n", "apiKey": "k"},
            {},
        ),
        (
            "Kapso",
            "kapsoIntegration",
            {"apiKey": "k", "phoneNumberId": "p", "webhookSecretKey": "w"},
            {"continuedMessagesTemplateId": None},
        ),
    ],
)
def test_an_integration_is_set_and_deleted_alone(
    api: Client, kind: str, member: str, given: dict[str, Any], more: dict[str, Any]
) -> None:
    client = made(api)
    path = f"{PATH}/{client}/integrations"
    other = "kapso" if kind != "Kapso" else "Telegram"
    others = {
        "kapsoIntegration": {"apiKey": "o", "phoneNumberId": "o"}, "telegramIntegration": {"botToken": "o"},
    }  # fmt: skip
    api.put(path, {"integrationType": other, "integrations": others})
    kept = view(api, client)["integrations"]
    assert sum(one is not None for one in kept.values()) == 1
    said = api.put(path, {"integrationType": kind, "integrations": {member: given}})
    assert said == {"message": "Web client integrations updated successfully.", "data": None}
    told = view(api, client)["integrations"]
    assert told == {**kept, member: {**given, **more, "sessionDuration": "03:00:00"}}
    longer = {**given, "sessionDuration": "10:00:00"}
    api.put(path, {"integrationType": kind, "integrations": {member: longer}})
    assert view(api, client)["integrations"][member] == {**longer, **more}
    for _ in range(2):
        said = api.delete(f"{path}/{kind.swapcase()}")
        assert said == {"message": "Web client integration deleted successfully.", "data": None}
    assert view(api, client)["integrations"] == kept


def test_secrets_of_integrations_are_not_in_the_journal(api: Client, understudy: Understudy) -> None:
    client = made(api)
    given = {"apiKey": "kapso-secret", "phoneNumberId": "p", "webhookSecretKey": "hook-secret"}
    api.put(
        f"{PATH}/{client}/integrations",
        {"integrationType": "Kapso", "integrations": {"kapsoIntegration": given}},
    )
    assert view(api, client)["integrations"]["kapsoIntegration"]["apiKey"] == "kapso-secret"
    assert [one for one in understudy.journal() if "-secret" in str(one)] == []


BAD_PARTS: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": " "}, "name"),
    ({"name": None}, "name"),
    ({"aiGatewayId": "help"}, "aiGatewayId"),
    ({"aiGatewayId": 5}, "aiGatewayId"),
    ({"limitingParameters": {"maxMessages": 0}}, "limitingParameters.maxMessages"),
    ({"limitingParameters": {"messagesPerHour": 2**31}}, "limitingParameters.messagesPerHour"),
    ({"clientParameters": {"inputModes": ["Smell"]}}, "clientParameters.inputModes[0]"),
    ({"clientParameters": {"audioSynthesisSource": "Nobody"}}, "clientParameters.audioSynthesisSource"),
    ({"clientParameters": {"pageTitle": None}}, "clientParameters.pageTitle"),
    ({"clientParameters": {"messageDebounceInterval": "3 s"}}, "clientParameters.messageDebounceInterval"),
    ({"clientParameters": {"messageDebounceInterval": -1}}, "clientParameters.messageDebounceInterval"),
    (
        {"clientParameters": {"maxScheduledIgnoredZone": "24:00:00"}},
        "clientParameters.maxScheduledIgnoredZone",
    ),
]


@pytest.mark.parametrize(("part", "place"), BAD_PARTS)
def test_a_bad_value_is_refused_by_its_place(
    api: Client, understudy: Understudy, part: dict[str, Any], place: str
) -> None:
    before = state(understudy)
    told = api.refused("POST", PATH, 400, json={"name": "Shop", **part})
    assert list(told["details"]) == [f"body.{place}"]
    told = api.refused("PUT", f"{PATH}/{DESK}", 400, json=part)
    assert list(told["details"]) == [f"body.{place}"]
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "integrationType"),
        ({"integrationType": "Fax", "integrations": {}}, "integrationType"),
        ({"integrationType": "Zapi"}, "integrations"),
        ({"integrationType": "Zapi", "integrations": {}}, "integrations.zapiIntegration"),
        (
            {"integrationType": "Telegram", "integrations": {"telegramIntegration": None}},
            "integrations.telegramIntegration",
        ),
        (
            {"integrationType": "Zapi", "integrations": {"zapiIntegration": {"instanceId": "i"}}},
            "integrations.zapiIntegration.instanceToken",
        ),
    ],
)
def test_a_bad_integration_is_refused_by_its_place(
    api: Client, understudy: Understudy, body: dict[str, Any], place: str
) -> None:
    before = state(understudy)
    told = api.refused("PUT", f"{PATH}/{DESK}/integrations", 400, json=body)
    assert f"body.{place}" in told["details"]
    assert "path.name" in api.refused("DELETE", f"{PATH}/{DESK}/integrations/Fax", 400)["details"]
    assert state(understudy) == before


def test_what_the_account_does_not_have_is_not_there(
    api: Client, neighbour: Client, understudy: Understudy
) -> None:
    before = state(understudy)
    setting = {"integrationType": "Telegram", "integrations": {"telegramIntegration": {"botToken": "b"}}}
    for caller, client in ((api, UNKNOWN), (api, "none"), (neighbour, DESK)):
        caller.refused("GET", f"{PATH}/{client}", 404)
        caller.refused("PUT", f"{PATH}/{client}", 404, json={"name": "Mine"})
        caller.refused("DELETE", f"{PATH}/{client}", 404)
        caller.refused("PUT", f"{PATH}/{client}/integrations", 404, json=setting)
    api.refused("DELETE", f"{PATH}/{UNKNOWN}/integrations/Zapi", 404)
    api.refused("POST", PATH, 404, json={"name": "Shop", "aiGatewayId": UNKNOWN})
    api.refused("PUT", f"{PATH}/{DESK}", 404, json={"aiGatewayId": UNKNOWN})
    neighbour.refused("POST", PATH, 404, json={"name": "Shop", "aiGatewayId": HELP})
    assert state(understudy) == before
    assert DESK not in neighbour.http.get(PATH).text
