"""Schemathesis over the bundle, in process: what the contract says is what happens.

Every operation that is not planned is called with valid and invalid data, on a world where the path
leads somewhere. Nothing here names an operation, so the test grows with the contract. What is left out
is left out for a reason that stands next to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_schema_validator import OAS30Validator
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.contract import AIVAX, VECTARA, Contract
from tests.contract.streams import check_order
from understudy.app import Server, create_server
from understudy.settings import Settings

EXAMPLES = 20
SEED = 20260101

BEYOND_SCHEMAS = re.compile(
    r"""
      path\..+                                         # dot segments and NUL
    | body                                             # names no field: OAuth, a key that may not go
    | body\.(model|messages|stop|tools.*|response_format.*)  # what there is; forms of OpenAI
    | body\.tool_choice.*                              # among the tools
    | body\.(name|uri)                                # unique in the account; a host that can be
    | body\.messages\[\d+\]\.content\[.*          # parts by their type; media that a model reads
    | body\.prompt                                    # the same, in a web chat
    | query\.(id|format|externalUserId)                # one of two, with the third
    | query\.path                                      # names no place of the tree
    | body\.integrations\..*                           # the one of the type
    | body\.slug                                       # unique in the account
    | body\.duration                                   # counted from now
    | body\.terms                                      # these or a term
    | query\.(page_key|filter|metadata_filter|fields)  # sealed; languages of their own
    | query\.document_ids                              # this or a filter
    | body\.id                                         # fit for a path
    | body\.corpus_keys                               # by the kind of key
    | body.*\.llm_name
    | body\.model\.name | body\.key                     # what there is; the same as in the path
    | body\.(tool_configurations|first_step|steps)\..*  # what there is, in the account and in the agent
    | body\.(trigger|transform)\..+ | body\.source_record_ids\[\d+\]  # languages of times; what there is
    | body\.entries\..*                              # names of members, which no schema tells
    | body\.schedule\..+ | body\.message(\[\d+\]\.(content|skill_name))?  # languages of times; says something
    | body\.first_step(_name)?                         # one of two, and there
    | body\.from_session\..+ | body\.(since|compact_up_to_event_id)  # what there is in the session
    | body\.messages\[\d+\]\.(content|skill_name)    # says something; skills of the agent
    | body\.files.*                                   # this or a message; kinds of files
    | body\.queries\[\d+\]\.query                     # so many words
    | body\.(file|filename)                            # what a file holds and is called
    | body\.table_extraction_config\.extractor\.name   # names of what is installed
    | body.*\.metadata_filter
    | body.*\.(encoder_name|encoder_id)                # names of what is installed
    | body.*\.(reranker_name|reranker_id|diversity_bias)
    | body.*\.(generation_preset_name|prompt_name|model_name)
    | body\.(type|code)                                # that of the tool; a language of its own
    | body.*\.(user_function|prompt_template|prompt_text)  # languages of their own
    | body\.filter_attributes\[\d+\]\.name             # unique per level
    | body.*\.custom_dimensions\..*                    # declared by the corpus
    | body.*\.(table_id|image_id)                      # in the same document
    | body.*\.?metadata\..+                            # typed by the corpus
    """,
    re.VERBOSE | re.DOTALL,
)
"""Fields that a valid request may be refused for: what they mean is decided by more than a schema."""


def configuration(contract: Contract) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "parameters": {f"path.{name}": value for name, value in contract.path_values.items()},
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": True,
                "database": "none",
                # HTTP servers ignore headers and parameters that they do not know, and so does this API.
                "allow-extra-parameters": False,
            },
        }
    )


def schema_of(contract: Contract) -> Any:
    schema = schemathesis.openapi.from_dict(contract.bundle, config=configuration(contract))
    return schema.exclude(lambda context: bool(context.operation.definition.raw.get("x-planned")))


vectara, aivax = schema_of(VECTARA), schema_of(AIVAX)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = create_server(Settings(hosts=("testserver",), strict_answers=True))
    yield server
    server.close()
    assert server.violations == []


def headers(contract: Contract, case: schemathesis.Case) -> dict[str, str]:
    """Each operation has a world of its own, since some of them delete what others need."""
    name = list(contract.kinds_of_key)[-1]
    return contract.headers(f"{name}@{case.operation.definition.raw['operationId']}")


def check_chunks(contract: Contract, told: dict[str, Any], content: bytes) -> None:
    """Chunks in the form of OpenAI: each of its schema, then the end."""
    *frames, end, rest = content.split(b"\n\n")
    assert (end, rest) == (b"data: [DONE]", b"")
    described = {
        "$ref": f"#/components/schemas/{told['events']}",
        "components": contract.bundle["components"],
    }
    for frame in frames:
        OAS30Validator(described).validate(json.loads(frame.removeprefix(b"data: ")))


def check_stream(contract: Contract, told: dict[str, Any], content: bytes, body: object) -> None:
    """Each event is of its schema, and they come in the order that the contract gives them, if it does."""
    if "order" not in told and "follows" not in told:
        check_chunks(contract, told, content)
        return
    assert content.endswith(b"\n\n")
    events = [json.loads(frame.partition(b"\ndata:")[2]) for frame in content.split(b"\n\n")[:-1]]
    described = {
        "$ref": f"#/components/schemas/{told['events']}",
        "components": contract.bundle["components"],
    }
    validator = OAS30Validator(described)
    for event in events:
        validator.validate(event)
    check_order(told, [event["type"] for event in events], body)


@pytest.mark.filterwarnings("ignore:Generating overly large repr:hypothesis.errors.HypothesisWarning")
@vectara.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_vectara_answers_what_its_contract_says(case: schemathesis.Case, server: Server) -> None:
    judge(VECTARA, case, server)


@pytest.mark.filterwarnings("ignore:Generating overly large repr:hypothesis.errors.HypothesisWarning")
@aivax.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_aivax_answers_what_its_contract_says(case: schemathesis.Case, server: Server) -> None:
    judge(AIVAX, case, server)


def judge(contract: Contract, case: schemathesis.Case, server: Server) -> None:
    response = case.call(app=server, headers=headers(contract, case))
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        negative_data_rejection,
    ]
    if response.headers.get("content-type", [""])[0].startswith("text/event-stream"):
        # Schemathesis takes the schema for one of frames (`event`, `data`); ours describes the data in them.
        checks.remove(response_schema_conformance)
        check_stream(contract, case.operation.definition.raw["x-stream"], response.content, case.body)
    case.validate_response(response, checks=checks)
    if response.status_code == 400 and case.meta is not None and case.meta.generation.mode.is_positive:
        fields = fields_of(response.json())
        assert all(BEYOND_SCHEMAS.fullmatch(field) for field in fields), response.text


def fields_of(refusal: dict[str, Any]) -> set[str]:
    """The fields that a 400 names, in the form of either API; "body" when it names none."""
    error = refusal.get("error")
    if isinstance(error, dict):
        return {f"body.{error['param']}" if error["param"] else "body"}
    named = refusal.get("field_errors") or refusal.get("details") or {"body": ""}
    return set(named)
