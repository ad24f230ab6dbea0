"""Schemathesis over the bundle, in process: what the contract says is what happens.

Every operation that is not planned is called with valid and invalid data, on a world where the path
leads somewhere. Nothing here names an operation, so the test grows with the contract. What is left out
is left out for a reason that stands next to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.contract import BUNDLE, PATH_VALUES
from understudy.app import Server, create_server
from understudy.settings import Settings

EXAMPLES = 12
SEED = 20260101

BEYOND_SCHEMAS = re.compile(
    r"""
      (path\..+|query\.page_key|query\.(filter|metadata_filter|fields))  # dot segments, NUL; languages of their own
    | body.*\.(metadata_filter|encoder_name|encoder_id)                  # the dialect; names of what is installed
    | body.*\.(reranker_name|reranker_id|diversity_bias)
    | body.*\.(generation_preset_name|prompt_name)
    | body\.filter_attributes\[\d+\]\.name                               # unique per level
    | body.*\.custom_dimensions\..*                                      # declared by the corpus
    | body.*\.(table_id|image_id)                                        # in the same document
    | body.*\.?metadata\..+                                              # typed by the corpus
    """,
    re.VERBOSE | re.DOTALL,
)
"""Fields that a valid request may be refused for: what they mean is decided by more than a schema."""


def configuration() -> SchemathesisConfig:
    return SchemathesisConfig.from_dict({
        "seed": SEED,
        "parameters": {f"path.{name}": value for name, value in PATH_VALUES.items()},
        "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
    })  # fmt: skip


schema = schemathesis.openapi.from_dict(BUNDLE, config=configuration()).exclude(
    lambda context: bool(context.operation.definition.raw.get("x-planned"))
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = create_server(Settings(hosts=("testserver",), strict_answers=True))
    yield server
    assert server.violations == []


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_contract_holds(case: schemathesis.Case, server: Server) -> None:
    response = case.call(app=server, headers={"x-api-key": "zut_understudy@schemathesis"})
    print(response.status_code, case.method, case.path)
