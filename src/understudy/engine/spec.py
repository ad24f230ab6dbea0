"""Bundles the split OpenAPI files of an API into one document, with only local references."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import yaml

from understudy.errors import SetupError, SpecError
from understudy.state.seeding import loaded

_SECTION_OF_FILE = {"parameters.yaml": "parameters", "responses.yaml": "responses"}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
BUNDLE = "bundle.json"


def load(directory: Path) -> dict[str, Any]:
    """The bundle of a directory: `bundle.json` when it belongs to these sources, else made from them.

    Reading JSON takes a few milliseconds, reading the YAML a few hundred; a digest of the sources
    tells whether the JSON is theirs.
    """
    file = directory / BUNDLE
    if file.is_file():
        bundled: dict[str, Any] = orjson.loads(file.read_bytes())
        if bundled.pop("x-digest", None) == digest(directory):
            return bundled
    return bundle(directory)


def write(directory: Path) -> Path:
    """Make `bundle.json` anew and say where it is."""
    document = {"x-digest": digest(directory), **bundle(directory)}
    file = directory / BUNDLE
    file.write_bytes(orjson.dumps(document))
    return file


def digest(directory: Path) -> str:
    """A digest of every source file of the directory."""
    hasher = blake2b(digest_size=16)
    for path in sorted(directory.rglob("*.yaml")):
        hasher.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes())
    return hasher.hexdigest()


def bundle(directory: Path) -> dict[str, Any]:
    """One self-contained OpenAPI document.

    `schemas/x.yaml#/Name` becomes `#/components/schemas/Name`, `parameters.yaml#/Name` and
    `responses.yaml#/Name` likewise; path items are put in place. SpecError names file and reference.
    """
    return _Bundler(directory.resolve()).run()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """`(path, method, operation)` of a document, literal paths before templated ones."""
    for path in sorted(
        document["paths"], key=lambda p: [(part.startswith("{"), part) for part in p.split("/")]
    ):
        for method, operation in document["paths"][path].items():
            if method in METHODS:
                yield path, method, operation


def sources(operation: dict[str, Any]) -> set[str]:
    """The profiles whose documents know an operation."""
    return {"seed" if source.startswith("seed") else source for source in operation.get("x-sources", ())}


class _Bundler:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[Path, Any] = {}
        self._origin: dict[tuple[str, str], Path] = {}
        self._components: dict[str, dict[str, Any]] = {}

    def run(self) -> dict[str, Any]:
        root = self._directory / "openapi.yaml"
        document: dict[str, Any] = self._resolve(self._read(root), root)
        components = document.setdefault("components", {})
        for section, entries in sorted(self._components.items()):
            components.setdefault(section, {}).update(sorted(entries.items()))
        ordered = {path: document["paths"][path] for path, _, _ in operations(document)}
        document["paths"] = ordered
        return document

    def _read(self, file: Path) -> Any:
        if file not in self._files:
            try:
                self._files[file] = loaded(file)
            except SetupError as error:
                raise SpecError(str(error)) from None
            except yaml.YAMLError as error:
                raise SpecError(f"is not valid YAML: {error}", str(file)) from None
        return self._files[file]

    def _resolve(self, node: Any, file: Path) -> Any:
        if isinstance(node, list):
            return [self._resolve(item, file) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._follow(reference, file)
        return {str(key): self._resolve(value, file) for key, value in node.items()}

    def _follow(self, reference: str, file: Path) -> Any:
        target, _, pointer = reference.partition("#")
        path = (file.parent / target).resolve() if target else file
        if not path.is_relative_to(self._directory):
            raise SpecError(f"reference {reference!r} leaves the directory", str(file))
        if path.name == "openapi.yaml":
            return {"$ref": reference[len(target) :]}
        section = _SECTION_OF_FILE.get(path.name) or ("schemas" if path.parent.name == "schemas" else None)
        if section is None:
            return self._resolve(self._at(path, pointer, reference, file), path)
        return self._component(section, path, pointer, reference, file)

    def _component(
        self, section: str, path: Path, pointer: str, reference: str, file: Path
    ) -> dict[str, str]:
        name = pointer.removeprefix("/")
        owner = self._origin.setdefault((section, name), path)
        if owner != path:
            raise SpecError(
                f"'{name}' stands in {owner.name} and in {path.name}; names are unique", str(file)
            )
        entries = self._components.setdefault(section, {})
        if name not in entries:
            entries[name] = None  # taken, so that a recursive schema ends here
            entries[name] = self._resolve(self._at(path, pointer, reference, file), path)
        return {"$ref": f"#/components/{section}/{name}"}

    def _at(self, path: Path, pointer: str, reference: str, file: Path) -> Any:
        node = self._read(path)
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise SpecError(f"reference {reference!r} leads nowhere", str(file))
            node = node[key]
        return node
