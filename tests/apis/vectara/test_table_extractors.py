"""Table extractors through HTTP. Spec tag: Table Extractors."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.apis.vectara.conftest import HOUSE_MODELS, read, refused
from understudy.pytest_plugin import Understudy

PATH = "/v2/table_extractors"


def upload(api: httpx.Client, corpus_key: str, extractor: str) -> httpx.Response:
    config = json.dumps({"extract_tables": True, "extractor": {"name": extractor}})
    parts = {"file": ("a.md", b"| Port |\n|---|\n| Oslo |\n"), "table_extraction_config": (None, config)}
    return api.post(f"/v2/corpora/{corpus_key}/upload_file", files=parts)


def test_there_is_one_on_the_platform_and_no_paging(api: httpx.Client) -> None:
    answer = read(api, PATH)
    assert set(answer) == {"table_extractors"}
    (only,) = answer["table_extractors"]
    assert (only["name"], only["is_default"]) == ("textract", True)
    assert read(api, PATH, limit=0, page_key="x") == answer  # parameters that it does not have


@pytest.mark.parametrize("kind", ["zqt", "zwt"])
def test_keys_of_corpora_may_not_list_them(understudy: Understudy, kind: str) -> None:
    with understudy.client(x_api_key=f"{kind}_understudy@{understudy.world}") as client:
        refused(client.get(PATH), 403)


@HOUSE_MODELS
def test_an_upload_takes_those_of_the_fixture_too(api: httpx.Client) -> None:
    assert read(api, PATH)["table_extractors"] == [
        {"name": "textract", "is_default": False, "description": "Reads tables out of documents."},
        {"name": "house-tables", "is_default": True, "description": "Of the house"},
    ]
    told = refused(upload(api, "manual", "x"), 400)["field_errors"]
    field = "body.table_extraction_config.extractor.name"
    assert told == {field: "no table extractor 'x'; there is textract, house-tables"}
    assert upload(api, "manual", "house-tables").status_code == 201
