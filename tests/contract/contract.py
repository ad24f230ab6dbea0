"""The operations of every contract, as tests enumerate them, with values for their paths and bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from understudy.settings import CUSTOMER_ID

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SPECS = Path(__file__).parents[2] / "specs"


@dataclass(frozen=True)
class Contract:
    """The contract of one API, and how it is called in the world `quickstart`.

    Args:
        path_values: values that exist there, where it has any.
        headers: what carries a key.
        wrong: headers with credentials that are none, for a world of that name.
        kinds_of_key: keys by the kinds of key that they count as.
        refusal: the members of a refusal that names no field.
    """

    name: str
    path_values: Mapping[str, str]
    headers: Callable[[str], dict[str, str]]
    wrong: Callable[[str], list[dict[str, str]]]
    kinds_of_key: Mapping[str, frozenset[str]]
    refusal: frozenset[str]

    @cached_property
    def bundle(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((SPECS / self.name / "bundle.json").read_bytes())
        return found

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            _, _, section, name = node["$ref"].split("/")
            node = self.bundle["components"][section][name]
        return node

    def described(self) -> list[Described]:
        return [
            Described(self, path, method, raw)
            for path, item in self.bundle["paths"].items()
            for method, raw in item.items()
            if method in METHODS
        ]


VECTARA = Contract(
    name="vectara",
    path_values={
        "agent_key": "front-desk",
        "session_key": "monday",
        "event_id": "aev_monday_1",
        "artifact_id": "art_opening_hours",
        "schedule_key": "monday-greeting",
        "glossary_key": "workshop-words",
        "pipeline_key": "mail",
        "run_id": "run_none",
        "dead_letter_id": "pdl_none",
        "api_key_id": "aky_4",
        "app_client_id": "app_1",
        "username": "ada",
        "corpus_key": "handbook",
        "document_id": "travel",
        "image_id": "ticket",
        "job_id": "job_none",
        "chat_id": "cht_welcome",
        "turn_id": "trn_next",
        "query_id": "qry_1",
        "instruction_id": "ins_welcome",
        "version": "1",
        "tool_server_id": "tsr_shop",
        "generation_preset_id": "pmt_none",
        "llm_id": "llm_none",
        "tool_id": "tol_tax",
        "configuration_id": "tcf_none",
    },
    headers=lambda key: {"x-api-key": key},
    wrong=lambda world: [
        {},
        {"x-api-key": ""},
        {"x-api-key": "zut_wrong"},
        {"x-api-key": f"zut_wrong@{world}"},
        {"authorization": "Bearer a.b.c"},
        {"authorization": "Basic dTpw"},
    ],
    kinds_of_key={
        "zqt_understudy": frozenset({"QueryService"}),
        "zwt_understudy": frozenset({"QueryService", "IndexService"}),
        "zut_understudy": frozenset({"Personal"}),
    },
    refusal=frozenset({"messages", "request_id"}),
)
AIVAX = Contract(
    name="aivax",
    path_values={
        "collection-id": "01941f29-7c00-7000-a000-000000000021",
        "document-id": "01941f29-7c00-7000-a000-000000000051",
        "key-id": "01941f29-7c00-7000-a000-000000000012",
        "id": "01941f29-7c00-7000-a000-000000000031",
        "skill-id": "01941f29-7c00-7000-a000-000000000041",
        "web-chat-id": "01941f29-7c00-7000-a000-000000000071",
        "token": "none",
        "chat-client-id": "01941f29-7c00-7000-a000-000000000071",
        "session-id": "01941f29-7c00-7000-a000-000000000081",
        "access-key": "wky_understudy",
        "name": "Telegram",
    },
    headers=lambda key: {"authorization": f"Bearer {key}"},
    wrong=lambda world: [
        {},
        {"authorization": ""},
        {"authorization": "Bearer sk-wrong"},
        {"authorization": f"Bearer sk-wrong@{world}"},
        {"authorization": f"Basic sk-understudy@{world}"},
    ],
    kinds_of_key={
        "pk-understudy": frozenset({"public"}),
        "sk-understudy": frozenset({"private"}),
    },
    refusal=frozenset({"error", "details"}),
)
VECTARA_V1 = Contract(
    name="vectara-v1",
    path_values={},
    headers=lambda key: {"x-api-key": key, "customer-id": str(CUSTOMER_ID)},
    wrong=VECTARA.wrong,
    kinds_of_key=VECTARA.kinds_of_key,
    refusal=frozenset({"code", "message", "details"}),
)
CONTRACTS = (VECTARA, AIVAX, VECTARA_V1)


@dataclass(frozen=True)
class Described:
    """One operation of the bundle."""

    contract: Contract
    path: str
    method: str
    raw: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.raw["operationId"])

    @property
    def planned(self) -> bool:
        return bool(self.raw.get("x-planned"))

    @property
    def secured(self) -> bool:
        return bool(self.raw.get("security", self.contract.bundle.get("security")))

    @property
    def url(self) -> str:
        """The path with values, and the query parameters that it cannot do without."""
        path = self.path
        for name, value in self.contract.path_values.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"path_values lacks a value for {path}"
        needed = [p["name"] for p in self.parameters("query") if p.get("required")]
        return path + ("?" + "&".join(f"{name}=1" for name in needed) if needed else "")

    def parameters(self, location: str) -> list[dict[str, Any]]:
        found = [self.contract.resolved(parameter) for parameter in self.raw.get("parameters", ())]
        return [parameter for parameter in found if parameter["in"] == location]

    def body(self) -> dict[str, Any] | None:
        """The schema of the JSON body."""
        content = self.contract.resolved(self.raw.get("requestBody", {})).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema


def variants(contract: Contract, schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each way to read an object schema: its properties, and a value that makes it this way."""
    schema = contract.resolved(schema)
    if "discriminator" in schema:
        member = schema["discriminator"]["propertyName"]
        for value, reference in schema["discriminator"]["mapping"].items():
            for properties, rest in variants(contract, {"$ref": reference}):
                yield properties, {**rest, member: value}
        return
    properties = dict(schema.get("properties", {}))
    required = list(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        part = contract.resolved(part)
        properties |= part.get("properties", {})
        required += part.get("required", ())
        for deeper, _ in variants(contract, part):
            properties |= deeper
    yield properties, {name: example(contract, properties[name]) for name in required if name in properties}


def example(contract: Contract, schema: dict[str, Any]) -> Any:
    """The smallest value that a schema takes."""
    schema = contract.resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    if kind_of(contract, schema) == "object":
        return next(value for _, value in variants(contract, schema))
    if kind_of(contract, schema) == "array":
        return [example(contract, schema["items"])] * schema.get("minItems", 0)
    return {
        "string": "example"[: schema.get("maxLength", 7)],
        "integer": max(1, schema.get("minimum", 1)),
        "number": schema.get("minimum", 0.5),
        "boolean": True,
    }[kind_of(contract, schema)]


def kind_of(contract: Contract, schema: dict[str, Any]) -> str:
    schema = contract.resolved(schema)
    if "type" in schema:
        return str(schema["type"])
    return "object" if {"allOf", "oneOf", "properties"} & set(schema) else ""
