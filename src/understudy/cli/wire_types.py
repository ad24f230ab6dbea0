"""Writes the schemas of a contract as TypedDicts: `apis/<api>/wire.py`."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

HEADER = '''"""The shapes on the wire, generated from the contract by `understudy spec types`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict
'''

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def render(components: dict[str, Any]) -> str:
    """The source of `wire.py` for `components.schemas` of a bundle."""
    writer = _Writer(components)
    for name, schema in sorted(components.items()):
        writer.define(name, schema)
    return HEADER + "".join(f"\n\n{block}\n" for block in writer.blocks)


class _Writer:
    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components
        self.blocks: list[str] = []

    def define(self, name: str, schema: dict[str, Any]) -> None:
        """A class for an object with properties, an alias for everything else."""
        if self._is_record(schema):
            self._define_record(name, schema)
        else:
            self.blocks.append(f'{name}: TypeAlias = "{self._type(schema, name)}"')

    def _define_record(self, name: str, schema: dict[str, Any]) -> None:
        properties = dict(self._properties(schema))
        required = self._required(schema)
        fields = []
        for member, described in properties.items():
            kind = self._type(described, name + _camel(member))
            fields.append((member, kind if member in required else f"NotRequired[{kind}]"))
        if all(member.isidentifier() and not keyword.iskeyword(member) for member, _ in fields):
            lines = [f"class {name}(TypedDict):"]
            lines += [f"    {member}: {kind}" for member, kind in fields] or ["    pass"]
        else:
            lines = [f"{name} = TypedDict(", f'    "{name}",', "    {"]
            lines += [f'        "{member}": "{kind}",' for member, kind in fields]
            lines += ["    },", ")"]
        self.blocks.append("\n".join(lines))

    def _is_record(self, schema: dict[str, Any]) -> bool:
        if "$ref" in schema or "oneOf" in schema or "anyOf" in schema:
            return False
        return any(True for _ in self._properties(schema))

    def _properties(self, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Own members and those of every part of an `allOf`."""
        if "$ref" in schema:
            schema = self._components[schema["$ref"].rpartition("/")[2]]
        for part in schema.get("allOf", ()):
            yield from self._properties(part)
        yield from schema.get("properties", {}).items()

    def _required(self, schema: dict[str, Any]) -> set[str]:
        if "$ref" in schema:
            schema = self._components[schema["$ref"].rpartition("/")[2]]
        found = set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            found |= self._required(part)
        return found

    def _type(self, schema: dict[str, Any], name: str) -> str:
        kind = self._plain_type(schema, name)
        return f"{kind} | None" if schema.get("nullable") and kind != "Any" else kind

    def _plain_type(self, schema: dict[str, Any], name: str) -> str:
        if "$ref" in schema:
            return str(schema["$ref"].rpartition("/")[2])
        if "enum" in schema:
            return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
        for union in ("oneOf", "anyOf"):
            if union in schema:
                return " | ".join(dict.fromkeys(self._type(variant, name) for variant in schema[union]))
        if len(schema.get("allOf", ())) == 1 and "properties" not in schema:
            return self._type(schema["allOf"][0], name)
        if self._is_record(schema):
            self._define_record(name, schema)
            return name
        return self._container_type(schema, name)

    def _container_type(self, schema: dict[str, Any], name: str) -> str:
        kind = schema.get("type")
        if kind == "array":
            return f"list[{self._type(schema.get('items', {}), name + 'Item')}]"
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"dict[str, {self._type(values, name + 'Value') if isinstance(values, dict) else 'Any'}]"
        return _SCALARS.get(str(kind), "Any")


def _camel(member: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in member.replace("-", "_").split("_"))
