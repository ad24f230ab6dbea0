"""openapi-core reads the same contract by itself; where it disagrees, one of the two is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from understudy.conformance.contract import Contract
from understudy.conformance.findings import Exchange, Finding

SAMPLE = 200
"""How many answers are looked at twice."""


class _Request:
    """A request in the form that openapi-core asks for."""

    def __init__(self, exchange: Exchange) -> None:
        from openapi_core.datatypes import RequestParameters

        self.parameters = RequestParameters()
        self.host_url = "http://127.0.0.1"
        self.path = exchange.path
        self.method = exchange.method.lower()
        self.body = exchange.body
        self.content_type = "application/json"


class _Response:
    def __init__(self, exchange: Exchange) -> None:
        self.data = exchange.answer
        self.status_code = exchange.status
        self.content_type = exchange.media_type
        self.headers = httpx.Headers(list(exchange.answer_headers))  # names of any case are the same


def check(contract: Contract, exchanges: list[Exchange]) -> Iterator[Finding]:
    """Look at a sample of answers that were found valid."""
    from openapi_core import OpenAPI
    from openapi_core.exceptions import OpenAPIError

    served = {**contract.bundle, "servers": [{"url": "http://127.0.0.1"}]}
    reader: Any = OpenAPI.from_dict(served)
    for exchange in exchanges[:SAMPLE]:
        try:
            reader.validate_response(_Request(exchange), _Response(exchange))
        except OpenAPIError as error:
            cause = error.__cause__ or error
            message = " ".join(str(cause).split())[:300]
            yield Finding("UV501", exchange.operation, str(exchange.status), message, (exchange,))
