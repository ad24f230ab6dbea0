"""Two APIs on one port: both answer, neither knows the other, and nothing beneath them knows either."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.apis.aivax.conftest import client_of
from understudy import app
from understudy.pytest_plugin import Understudy

PACKAGE = Path(app.__file__).parent
HOMES = {api.name: PACKAGE.joinpath(*api.package.split(".")[1:]) for api in app.APIS}


def test_one_port_serves_both(understudy: Understudy) -> None:
    with understudy.client() as vectara, client_of(understudy) as aivax:
        made = vectara.post("/v2/corpora", json={"key": "tides"})
        assert (made.status_code, made.json()["key"]) == (201, "tides")
        made = aivax.post("/api/v1/collections", json={"collectionName": "Tides"})
        assert (made.status_code, set(made.json())) == (200, {"collectionId"})
        assert vectara.base_url == aivax.base_url
        listed = vectara.get("/v2/corpora").json()["corpora"]
        assert {corpus["key"] for corpus in listed} == {"tides", "handbook"}
        assert [one["name"] for one in aivax.get("/api/v1/collections").json()] == ["Tides", "Handbook"]
    assert [entry["operation"] for entry in understudy.journal()[:2]] == ["createCorpus", "createCollection"]


def test_each_refuses_in_its_own_envelope(understudy: Understudy) -> None:
    assert set(httpx.get(f"{understudy.url}/v2/corpora").json()) == {"messages", "request_id"}
    assert set(httpx.get(f"{understudy.url}/api/v1/collections").json()) == {"error", "details"}
    assert set(httpx.get(f"{understudy.url}/v1/models").json()) == {"error"}


def test_a_key_of_one_opens_nothing_of_the_other(understudy: Understudy) -> None:
    keys = {"x-api-key": f"sk-understudy@{understudy.world}"}
    assert httpx.get(f"{understudy.url}/v2/corpora", headers=keys).status_code == 401
    keys = {"authorization": f"Bearer {understudy.api_key}"}
    assert httpx.get(f"{understudy.url}/api/v1/collections", headers=keys).status_code == 401


@pytest.mark.parametrize("name", HOMES)
def test_no_api_is_named_where_it_is_not_at_home(name: str) -> None:
    """In words too; import-linter looks at imports alone."""
    files = [
        file
        for place in ("engine", "state", "behaviours", "apis")
        for file in (PACKAGE / place).rglob("*.py")
        if not file.is_relative_to(HOMES[name])
    ]
    assert len(files) > 50
    named = re.compile(name, re.IGNORECASE)
    assert [str(file) for file in files if named.search(file.read_text("utf-8"))] == []
