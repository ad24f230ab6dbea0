"""The bundler: references across files, recursion, names, and the digest that tells a stale bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.engine import spec
from understudy.errors import SpecError

ROOT = """
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /b/{id}: {$ref: "paths/b.yaml#/~1b~1{id}"}
  /b/x: {$ref: "paths/b.yaml#/~1b~1x"}
"""
PATHS = """
/b/x:
  get: {responses: {"200": {description: x}}}
/b/{id}:
  get:
    parameters: [{$ref: ../parameters.yaml#/Id}]
    responses:
      "200": {description: x, content: {application/json: {schema: {$ref: ../schemas/s.yaml#/Tree}}}}
"""
SCHEMAS = """
Tree: {type: object, properties: {children: {type: array, items: {$ref: "#/Tree"}}, leaf: {$ref: "#/Leaf"}}}
Leaf: {type: string}
"""
PARAMETERS = "Id: {name: id, in: path, required: true, schema: {$ref: schemas/s.yaml#/Leaf}}\n"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "paths").mkdir()
    (tmp_path / "schemas").mkdir()
    (tmp_path / "openapi.yaml").write_text(ROOT)
    (tmp_path / "paths/b.yaml").write_text(PATHS)
    (tmp_path / "schemas/s.yaml").write_text(SCHEMAS)
    (tmp_path / "parameters.yaml").write_text(PARAMETERS)
    return tmp_path


def test_references_across_files_become_local_ones(directory: Path) -> None:
    document = spec.bundle(directory)
    assert set(document["components"]) == {"parameters", "schemas"}
    tree = document["components"]["schemas"]["Tree"]
    assert tree["properties"]["children"]["items"] == {"$ref": "#/components/schemas/Tree"}
    operation = document["paths"]["/b/{id}"]["get"]
    assert operation["parameters"] == [{"$ref": "#/components/parameters/Id"}]


def test_literal_paths_stand_before_templated_ones(directory: Path) -> None:
    assert list(spec.bundle(directory)["paths"]) == ["/b/x", "/b/{id}"]


def test_a_name_in_two_files_is_refused(directory: Path) -> None:
    (directory / "schemas/t.yaml").write_text("Leaf: {type: integer}\n")
    (directory / "schemas/s.yaml").write_text(SCHEMAS + "Other: {$ref: t.yaml#/Leaf}\n")
    (directory / "paths/b.yaml").write_text(PATHS.replace("#/Tree", "#/Other"))
    with pytest.raises(SpecError, match="names are unique"):
        spec.bundle(directory)


@pytest.mark.parametrize(
    "reference", ["../schemas/s.yaml#/Nix", "../schemas/nix.yaml#/Tree", "../../x.yaml#/T"]
)
def test_a_reference_that_leads_nowhere_is_named(directory: Path, reference: str) -> None:
    (directory / "paths/b.yaml").write_text(PATHS.replace("../schemas/s.yaml#/Tree", reference))
    with pytest.raises(SpecError) as caught:
        spec.bundle(directory)
    assert reference.rpartition("/")[2] in str(caught.value) or "cannot be read" in str(caught.value)


def test_a_bundle_of_other_sources_is_made_anew(directory: Path) -> None:
    spec.write(directory)
    assert "Extra" not in spec.load(directory)["components"]["schemas"]
    (directory / "schemas/s.yaml").write_text(
        SCHEMAS.replace("leaf:", "extra: {$ref: '#/Extra'}, leaf:") + "Extra: {}\n"
    )
    assert "Extra" in spec.load(directory)["components"]["schemas"]


def test_the_written_bundle_is_what_the_sources_say(directory: Path) -> None:
    spec.write(directory)
    assert spec.load(directory) == spec.bundle(directory)
