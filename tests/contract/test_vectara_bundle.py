"""The Vectara bundle by itself: valid OpenAPI, complete extensions, working links, exclusive unions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from understudy.engine.spec import bundle, operations

SPECS = Path(__file__).parents[2] / "specs" / "vectara"
DOCUMENT = bundle(SPECS)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS = {operation["operationId"]: (path, operation) for path, _, operation in operations(DOCUMENT)}
UNIONS = sorted(name for name, schema in SCHEMAS.items() if "discriminator" in schema)
EXTENSIONS = {"x-sources", "x-key-kinds", "x-safe", "x-roles", "x-resource"}
RESOURCES = {
    "agent",
    "agent_event",
    "agent_schedule",
    "agent_session",
    "artifact",
    "api_key",
    "app_client",
    "chat",
    "corpus",
    "document",
    "encoder",
    "factual_consistency",
    "generation_preset",
    "hallucination_corrector",
    "glossary",
    "instruction",
    "job",
    "llm",
    "pipeline",
    "pipeline_dead_letter",
    "pipeline_run",
    "query",
    "reranker",
    "table_extractor",
    "token",
    "tool",
    "tool_server",
    "user",
}
KEY_KINDS = {"QueryService", "IndexService", "Personal"}
ALWAYS = {"400", "401", "403", "405", "408", "429", "500", "503"}
SCHEMA_WORDS = {
    "type",
    "description",
    "required",
    "properties",
    "items",
    "additionalProperties",
    "enum",
    "default",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "nullable",
    "deprecated",
    "oneOf",
    "anyOf",
    "allOf",
    "discriminator",
    "$ref",
}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    _, _, section, name = node["$ref"].split("/")
    found: dict[str, Any] = DOCUMENT["components"][section][name]
    return found


def parameters(operation: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    found = [resolved(parameter) for parameter in operation.get("parameters", ())]
    return {(parameter["in"], parameter["name"]): parameter for parameter in found}


def is_valid(name: str, value: object) -> bool:
    """Whether a schema of ours takes a value, with unions judged by their variants alone."""
    components = {key: _without_discriminator(schema) for key, schema in SCHEMAS.items()}
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": components}}
    return bool(OAS30Validator(schema).is_valid(value))


def _without_discriminator(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "discriminator"}


def test_the_bundle_is_valid_openapi() -> None:
    assert [str(error) for error in OpenAPIV30SpecValidator(DOCUMENT).iter_errors()] == []


def test_the_covered_operations() -> None:
    tags = [operation["tags"] for _, operation in OPERATIONS.values()]
    assert {tag: tags.count([tag]) for tag in sorted({tag for names in tags for tag in names})} == {
        "API Keys": 5,
        "Agent Schedules": 6,
        "Agent Sessions": 13,
        "Agents": 8,
        "Application Clients": 5,
        "Authentication": 2,
        "Chats": 9,
        "Corpora": 9,
        "Documents": 6,
        "Encoders": 2,
        "Factual Consistency Evaluation": 1,
        "Generation Presets": 4,
        "Hallucination Correctors": 2,
        "Glossaries": 8,
        "Index": 3,
        "Instructions": 7,
        "Jobs": 2,
        "LLM Chat Completions": 1,
        "Large Language Models": 5,
        "Metadata Query": 1,
        "Pipeline Dead Letters": 5,
        "Pipeline Runs": 2,
        "Pipelines": 7,
        "Queries": 3,
        "Query History": 2,
        "Rerankers": 1,
        "Table Extractors": 1,
        "Tool Servers": 6,
        "Tools": 13,
        "Upload": 1,
        "Users": 6,
    }
    assert {tag["name"] for tag in DOCUMENT["tags"]} == {tag for names in tags for tag in names}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_prose_and_extensions(name: str) -> None:
    path, operation = OPERATIONS[name]
    assert operation.keys() >= EXTENSIONS | {"summary", "description"}
    assert operation["x-resource"] in RESOURCES
    assert set(operation["x-key-kinds"]) <= KEY_KINDS
    assert operation["x-sources"]
    assert isinstance(operation["x-safe"], bool)
    assert (not operation["x-roles"]) == path.startswith("/oauth")
    assert (not operation["x-key-kinds"]) == (path.startswith("/oauth") or name == "deleteUser")


@pytest.mark.parametrize("name", OPERATIONS)
def test_roles_on_single_things_come_with_the_places_that_name_them(name: str) -> None:
    """Also: a corpus or an agent in the path is one of the places."""
    path, operation = OPERATIONS[name]
    scoped = {role.partition(":")[0] for role in operation["x-roles"] if ":" in role}
    places = operation.get("x-scope", {})
    assert set(places) == scoped <= {"corpus", "agent"}
    inputs = {"path": path, "query": str(parameters(operation)), "body": str(operation.get("requestBody"))}
    for scope in ("corpus", "agent"):
        assert f"{{{scope}_key}}" not in path or f"path.{scope}_key" in places[scope]
    for stated in places.values():
        for place in stated:
            where, _, inside = place.partition(".")
            assert where == "implicit" or inside.rpartition(".")[2] in inputs[where] or where == "body"


@pytest.mark.parametrize("name", [name for name, (path, _) in OPERATIONS.items() if path.startswith("/v2/")])
def test_an_authenticated_operation_has_timeouts_and_the_common_errors(name: str) -> None:
    path, operation = OPERATIONS[name]
    assert "security" not in operation
    assert {("header", "Request-Timeout"), ("header", "Request-Timeout-Millis")} <= parameters(
        operation
    ).keys()
    assert {("path", name) for name in re.findall(r"\{(\w+)\}", path)} == {
        key for key in parameters(operation) if key[0] == "path"
    }
    expected = ALWAYS | ({"404"} if "{" in path else set())
    expected |= {"413", "415"} if "requestBody" in operation else set()
    expected |= {"501"} if operation.get("x-planned") else set()
    assert expected <= operation["responses"].keys()


def test_the_token_endpoint_needs_no_credential_and_reads_json_and_forms() -> None:
    for name in ("getOAuthToken", "getOAuthTokenAlias"):
        operation = OPERATIONS[name][1]
        assert operation["security"] == []
        assert set(operation["requestBody"]["content"]) == {
            "application/json",
            "application/x-www-form-urlencoded",
        }


@pytest.mark.parametrize("name", OPERATIONS)
def test_parameters_stand_on_operations(name: str) -> None:
    assert "parameters" not in DOCUMENT["paths"][OPERATIONS[name][0]]


@pytest.mark.parametrize("name", OPERATIONS)
def test_links_lead_to_operations_and_their_parameters(name: str) -> None:
    for answer in OPERATIONS[name][1]["responses"].values():
        for link in resolved(answer).get("links", {}).values():
            path, target = OPERATIONS[link["operationId"]]
            known = {key[1] for key in parameters(target)}
            assert set(re.findall(r"\{(\w+)\}", path)) <= link["parameters"].keys() <= known
            assert "x-planned" not in target


@pytest.mark.parametrize(
    "name", [name for name, (_, op) in OPERATIONS.items() if "order" in op.get("x-stream", {})]
)
def test_a_stream_of_typed_events_names_its_switch_and_its_events(name: str) -> None:
    operation = OPERATIONS[name][1]
    stream = operation["x-stream"]
    (success,) = [status for status in operation["responses"] if status < "300"]
    events = operation["responses"][success]["content"]["text/event-stream"]["schema"]
    body = resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    mapping = resolved(events)["discriminator"]["mapping"]
    assert events["$ref"].endswith(f"/{stream['events']}")
    for variant in body.get("oneOf", [body]):
        assert resolved(variant)["properties"][stream["switch"]]["type"] == "boolean"
    if "follows" in stream:
        follows = stream["follows"]
        assert {*follows, stream["breaks"]} == {"begin", *mapping}
        assert {kind for kinds in follows.values() for kind in kinds} == follows.keys() - {"begin"}
        return
    assert {*stream["order"], stream["breaks"]} == mapping.keys()
    assert {*stream["always"], *stream["repeats"]} <= set(stream["order"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_uses_known_words_only(name: str) -> None:
    """A description with a bare comma becomes a second key in YAML; this finds it."""
    todo = [SCHEMAS[name]]
    while todo:
        schema = todo.pop()
        assert schema.keys() <= SCHEMA_WORDS
        assert set(schema.get("required", ())) <= _members(schema)
        todo += schema.get("properties", {}).values()
        todo += [part for word in ("oneOf", "anyOf", "allOf") for part in schema.get(word, ())]
        todo += [
            schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)
        ]


def _members(schema: dict[str, Any]) -> set[str]:
    """Every member that a schema, its parts or its variants define."""
    parts = [resolved(part) for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()))]
    return set(schema.get("properties", ())).union(*map(_members, parts))


@pytest.mark.parametrize("name", UNIONS)
def test_a_union_is_exclusive(name: str) -> None:
    union = SCHEMAS[name]
    member = union["discriminator"]["propertyName"]
    mapping = union["discriminator"]["mapping"]
    assert sorted(mapping.values()) == sorted(variant["$ref"] for variant in union["oneOf"])
    variants = {value: resolved({"$ref": reference}) for value, reference in mapping.items()}
    assert {value: schema["properties"][member]["enum"] for value, schema in variants.items()} == {
        value: [value] for value in variants
    }
    lenient = [value for value, schema in variants.items() if member not in schema.get("required", ())]
    assert lenient == {
        "SearchReranker": ["customer_reranker"],
        "ChunkingStrategy": ["sentence_chunking_strategy"],
    }.get(name, [])


FULL_SEARCH = {
    "offset": 0,
    "limit": 10,
    "context_configuration": {
        "characters_before": 30,
        "characters_after": 30,
        "sentences_before": 3,
        "sentences_after": 3,
        "start_tag": "<b>",
        "end_tag": "</b>",
    },
    "reranker": {
        "type": "customer_reranker",
        "reranker_name": "Rerank_Multilingual_v1",
        "limit": 0,
        "cutoff": 0,
    },
}
CORPUS = {
    "custom_dimensions": {},
    "metadata_filter": "doc.title = 'It''s'",
    "lexical_interpolation": 0.025,
    "semantics": "default",
    "corpus_key": "my-corpus",
}
GENERATION = {
    "generation_preset_name": "vectara-summary-ext-v1.2.0",
    "max_used_search_results": 5,
    "response_language": "auto",
    "model_parameters": {"max_tokens": 0, "temperature": 0, "frequency_penalty": 0, "presence_penalty": 0},
    "citations": {
        "style": "none",
        "url_pattern": "https://example.org/{doc.id}",
        "text_pattern": "{doc.title}",
    },
    "enable_factual_consistency_score": True,
}
CHAIN = {"type": "chain", "rerankers": [{"reranker_name": "a"}, {"type": "mmr", "diversity_bias": 0.3}]}


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (
            "QueryRequest",
            {"query": "q", "search": {"corpora": [CORPUS], **FULL_SEARCH}, "generation": GENERATION},
        ),
        ("QueryRequest", {"query": "q", "search": {"corpora": [CORPUS]}, "chat": {"store": True}}),
        ("QueryRequest", {"query": "q", "search": {"corpora": [CORPUS]}, "generation": None}),
        ("QueryCorpusRequest", {"query": "q", "search": {"corpora": [CORPUS], **FULL_SEARCH}}),
        ("QueryCorpusRequest", {"query": "q", "search": {"reranker": CHAIN}, "generation": {}}),
        (
            "ChatRequest",
            {
                "query": "q",
                "search": {"corpora": [CORPUS], **FULL_SEARCH},
                "generation": GENERATION,
                "chat": {"store": True},
                "save_history": True,
                "stream_response": False,
            },
        ),
        ("ChatRequest", {"query": "q", "search": {"corpora": [CORPUS]}, "generation": None}),
        ("UpdateTurnRequest", {"enabled": False}),
        ("UpdateTurnRequest", {}),
        ("SearchReranker", {}),
        ("SearchReranker", {"reranker_id": "rnk_272725719"}),
        ("UpdateCorpusRequest", {"name": None, "enabled": None, "description": None, "save_history": None}),
        ("CreateDocumentRequest", {"id": "a/b", "type": "core", "document_parts": [{"text": "t"}]}),
        (
            "CreateDocumentRequest",
            {"id": "a", "type": "structured", "sections": [{"text": "t"}], "chunking_strategy": {}},
        ),
        ("UpdateDocumentRequest", {"metadata": {"gone": None, "deep": {"list": [1, "a", True]}}}),
        ("CreateCorpusRequest", {"key": "A-z_0=", "unknown": 1}),
    ],
)
def test_a_usual_request_is_valid(schema: str, body: object) -> None:
    assert is_valid(schema, body)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("QueryRequest", {"query": "q", "search": {"corpora": []}}),
        ("QueryRequest", {"query": "q", "search": {}}),
        ("QueryRequest", {"query": "q", "search": {"corpora": [{}]}}),
        ("QueryCorpusRequest", {"query": "q" * 5001}),
        ("ChatRequest", {"query": "q"}),
        ("ChatRequest", {"query": "q", "search": {"corpora": []}}),
        ("UpdateTurnRequest", {"enabled": True}),
        ("QueryHistorySpan", {"type": "search"}),
        ("SearchReranker", {"type": "other"}),
        ("SearchReranker", {"type": "chain"}),
        ("SearchReranker", {"reranker_id": "rnk_272725718"}),
        ("SearchReranker", {"limit": -1}),
        ("CreateCorpusRequest", {"key": ""}),
        ("CreateCorpusRequest", {"key": "no good"}),
        ("CreateCorpusRequest", {"key": "ä-ok"}),
        ("CreateDocumentRequest", {"id": "a", "document_parts": [{"text": "t"}]}),
        ("CreateDocumentRequest", {"id": "a", "type": "core", "document_parts": []}),
        ("ChunkingStrategy", {"type": "max_chars_chunking_strategy", "max_chars_per_chunk": 99}),
        ("QueryStreamedResponse", {"generation_chunk": "no type"}),
    ],
)
def test_a_wrong_value_is_not_valid(schema: str, body: object) -> None:
    assert not is_valid(schema, body)
