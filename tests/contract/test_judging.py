"""Verdicts on single answers."""

from __future__ import annotations

import pytest

from understudy.conformance import judging
from understudy.conformance.contract import Contract
from understudy.conformance.findings import Exchange


def contract(media: str) -> Contract:
    answers = {"200": {"description": "A file.", "content": {media: {"schema": {"type": "string"}}}}}
    operation = {"operationId": "getFile", "responses": answers}
    return Contract({"openapi": "3.0.3", "info": {}, "paths": {"/file": {"get": operation}}})


def codes(media: str, told: str, body: bytes = b"x") -> list[str]:
    answer_headers = (("content-type", told),)
    exchange = Exchange("getFile", "GET", "/file", status=200, answer_headers=answer_headers, answer=body)
    return [finding.code for finding in judging.judge(contract(media), exchange)]


@pytest.mark.parametrize("media", ["*/*", "image/*", "image/png"])
def test_a_range_of_types_has_every_type_of_it(media: str) -> None:
    assert codes(media, "image/png") == []


@pytest.mark.parametrize("media", ["text/*", "image/jpeg"])
def test_another_type_is_a_finding(media: str) -> None:
    assert codes(media, "image/png") == ["UV103"]


def test_lines_of_json_are_no_json() -> None:
    assert codes("application/x-ndjson", "application/x-ndjson", b"{}\n{}\n") == []
