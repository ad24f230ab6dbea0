"""Our contract of Vectara v1 against a table of facts from the published one and seeds 002 and 004.

Every difference is in EXPLAINED with its reason, and every line of EXPLAINED must still be true.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.contract.comparing import compared, stale, unexplained
from understudy.engine.spec import bundle, operations

HERE = Path(__file__).parent
DOCUMENT = bundle(HERE.parents[1] / "specs" / "vectara-v1")
FACTS = json.loads((HERE / "facts" / "vectara-v1.json").read_text("utf-8"))

EXPLAINED: dict[str, tuple[str, ...]] = {
    "seed 004 sends numbers": (
        "schemas/CorpusKeySemantics/default: DEFAULT -> absent",
        "schemas/CorpusKeySemantics/enum: [DEFAULT QUERY RESPONSE] -> [DEFAULT QUERY RESPONSE 0 1 2]",
        "schemas/CorpusKeySemantics/type: string -> absent",
    ),
    "protobuf knows no required members; what is absent counts as 0, which has a default or a status": (
        "schemas/QueryRequestContextConfig/required: [*] -> absent",
        "schemas/servingCorpusKey/required: [corpusId] -> absent",
        "schemas/servingQueryRequest/required: [corpusKey numResults] -> absent",
        "schemas/servingQueryRequest/properties/numResults/minimum: 1 -> 0",
        "schemas/servingSummarizationRequest/required: [maxSummarizedResults responseLang] -> absent",
    ),
    "uint32 in the protobuf of seed 004": (
        "schemas/*/properties/*/maximum: absent -> 4294967295",
        "schemas/QueryRequestRerankingConfig/properties/rerankerId/minimum: absent -> 0",
        "schemas/servingCorpusKey/properties/*Id/minimum: absent -> 0",
        "schemas/servingQueryRequest/properties/start/minimum: absent -> 0",
        "schemas/servingSummarizationRequest/properties/*/minimum: absent -> 0",
        "schemas/SummarizationRequestModelParams/properties/maxTokens/minimum: absent -> 0",
        "schemas/vectaraservingResponse/properties/documentIndex/minimum: absent -> 0",
    ),
    "ranges told in the prose of seed 002 and of v2": (
        "schemas/servingFactualConsistency/properties/score/m*: absent -> *",
        "schemas/servingLinearInterpolation/properties/lambda/m*: absent -> *",
        "schemas/servingMMRConfig/properties/diversityBias/m*: absent -> *",
    ),
    "members of the seeds and of the prose that the description leaves out": (
        "schemas/servingCorpusKey/properties/dim/*: absent -> *",
        "schemas/servingQueryRequest/properties/queryContext/type: absent -> string",
        "schemas/servingQueryRequest/properties/rerankingConfig/$ref: absent -> QueryRequestRerankingConfig",
        "schemas/servingChat/properties/rephrasedQuery/type: absent -> string",
        "schemas/servingSummary/properties/prompt/type: absent -> string",
    ),
    "our answers always have them": (
        "schemas/comvectaraStatus/required: absent -> [code statusDetail]",
        "schemas/googlerpcStatus/required: absent -> [code details message]",
        "schemas/servingBatchQueryResponse/required: absent -> [responseSet status]",
        "schemas/servingQueryResponsePart/required: absent -> [status]",
        "schemas/servingResponseSet*/required: absent -> *",
        "schemas/servingSummary/required: absent -> [status]",
        "schemas/vectaraservingAttribute/required: absent -> [name value]",
        "schemas/vectaraservingResponse/required: absent -> [corpusKey documentIndex metadata score text]",
    ),
    "codes of gRPC, with details in the form of google.rpc": (
        "schemas/googlerpcStatus/properties/code/m*: absent -> *",
        "schemas/protobufAny/*: absent -> *",
    ),
    "a line of a stream": ("schemas/StreamResultOfQueryResponsePart/*: absent -> *",),
    "times would differ from run to run": (
        "schemas/servingBatchQueryResponse/properties/metrics/$ref: servingPerformanceMetrics -> absent",
        "schemas/servingPerformanceMetrics/*: * -> absent",
    ),
}


@pytest.fixture(scope="module")
def differences() -> list[str]:
    ours = {
        "operations": {
            operation["operationId"]: {"method": method, "path": path}
            for path, method, operation in operations(DOCUMENT)
        },
        "schemas": DOCUMENT["components"]["schemas"],
    }
    return compared(FACTS, ours)


def test_the_bundle_is_valid_openapi() -> None:
    OpenAPIV30SpecValidator(DOCUMENT).validate()


def test_every_difference_from_the_facts_is_explained(differences: list[str]) -> None:
    left = unexplained(differences, EXPLAINED)
    assert not left, "\n".join(left)


def test_no_explanation_is_stale(differences: list[str]) -> None:
    left = stale(differences, EXPLAINED)
    assert not left, "\n".join(left)
