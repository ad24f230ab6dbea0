"""The control plane keeps its own contract, as `understudy verify --spec` judges it."""

from __future__ import annotations

from openapi_spec_validator import OpenAPIV30SpecValidator

from understudy.admin import API
from understudy.app import create_server
from understudy.conformance.contract import Contract
from understudy.conformance.run import Options, Run
from understudy.conformance.sending import Target
from understudy.engine import spec
from understudy.settings import Settings, data_directory

DOCUMENT = spec.load(data_directory("specs") / API.name)


def test_it_is_valid_openapi() -> None:
    assert list(OpenAPIV30SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_control_plane_keeps_its_contract() -> None:
    server = create_server(Settings(admin_token="token"))
    target = Target("http://127.0.0.1", {"authorization": "Bearer token"}, {}, app=server)
    options = Options(examples=3, seed=7, layers=("schemathesis", "security", "second opinion"))
    report = Run(Contract(DOCUMENT), target, options).execute()
    server.close()
    assert [f"{one.code} {one.operation} {one.place}: {one.message}" for one in report.findings] == []
    assert report.sent["schemathesis"] > 300
    assert report.sent["security"] > 50
