"""Every rule of a comparison of two contracts, from both sides where direction matters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.drift.documents import ID, PATH, document, members
from understudy.conformance.drift.changes import KINDS, RULES, Change
from understudy.conformance.drift.documents import Document, open_document
from understudy.conformance.drift.specs import compare
from understudy.errors import SpecError

TEXT: dict[str, Any] = {"type": "string"}
INT: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}
OK: dict[str, Any] = {"description": "Done."}
JSON = {"application/json": {"schema": {}}}


def query(**more: Any) -> dict[str, Any]:
    return {"query": [{"name": "limit", "in": "query", "schema": INT, **more}]}


def body(**more: Any) -> dict[str, Any]:
    return {"requestBody": {"content": JSON, **more}}


def header(**more: Any) -> dict[str, Any]:
    return {"responses": {"200": {**OK, "headers": {"X-Left": {"schema": INT, **more}}}}}


def stream(**more: Any) -> dict[str, Any]:
    kinds = {"order": ["begun", "chunk", "end"], "always": ["end"], "repeats": ["chunk"]}
    return {"x-stream": {"switch": "stream", **kinds, **more}}


ANSWERED = {"responses": {"200": OK}}
Case = tuple[dict[str, Any], dict[str, Any], str, str]
OPERATIONS: list[Case] = [
    ({"operationId": "change"}, {}, "operation-renamed", ""),
    ({"path": "/items/{id}"}, {}, "operation-moved", ""),
    ({}, query(), "parameter-added", " query limit"),
    ({}, query(required=True), "parameter-added-required", " query limit"),
    (query(), {}, "parameter-removed", " query limit"),
    (query(), query(required=True), "parameter-became-required", " query limit"),
    (query(required=True), query(), "parameter-became-optional", " query limit"),
    (query(explode=False), query(), "parameter-style", " query limit"),
    (query(schema=NUMBER), query(), "request-narrower", " query limit"),
    ({}, {"path": "/things/{key}", "parameters": [{**ID, "name": "key"}]}, "parameter-renamed",
     " path parameter key"),
    ({}, body(), "body-added", " body"),
    ({}, body(required=True), "body-added-required", " body"),
    (body(), {}, "body-removed", " body"),
    (body(), body(required=True), "body-became-required", " body"),
    (body(required=True), body(), "body-became-optional", " body"),
    (body(), body(content={**JSON, "text/csv": {}}), "request-media-added", " body"),
    (body(content={**JSON, "text/csv": {}}), body(), "request-media-removed", " body"),
    ({"responses": {"200": {**OK, "content": JSON}}}, {"responses": {"200": {**OK, "content": {
        **JSON, "text/csv": {}}}}}, "answer-media-added", " answer 200"),
    ({"responses": {"200": {**OK, "content": JSON}}}, ANSWERED, "answer-media-removed", " answer 200"),
    (ANSWERED, {"responses": {"200": OK, "202": OK}}, "success-added", " answer 202"),
    ({"responses": {"200": OK, "202": OK}}, ANSWERED, "success-removed", " answer 202"),
    (ANSWERED, {"responses": {"200": OK, "409": OK}}, "refusal-added", " answer 409"),
    ({"responses": {"200": OK, "default": OK}}, ANSWERED, "refusal-removed", " answer default"),
    (ANSWERED, header(), "header-added", " answer 200 header x-left"),
    (header(), ANSWERED, "header-removed", " answer 200 header x-left"),
    (header(required=True), header(), "header-became-optional", " answer 200 header x-left"),
    (header(), header(required=True), "header-became-certain", " answer 200 header x-left"),
    (header(), header(schema=NUMBER), "answer-wider", " answer 200 header x-left"),
    ({}, {"security": [{"Key": []}]}, "security-added", ""),
    ({"security": [{"Key": []}]}, {}, "security-removed", ""),
    ({"security": [{"Key": []}]}, {"security": [{"Key": []}, {}]}, "security-removed", ""),
    ({"security": [{"Key": []}, {"Token": []}]}, {"security": [{"Key": []}]}, "credential-removed", ""),
    ({"security": [{"Key": []}]}, {"security": [{"Key": []}, {"Token": ["read"]}]}, "credential-added", ""),
    ({"x-roles": ["owner", "viewer"]}, {"x-roles": ["owner"]}, "caller-removed", ""),
    ({"x-key-kinds": ["Personal"]}, {"x-key-kinds": ["Personal", "Query"]}, "caller-added", ""),
    ({}, stream(), "stream-added", " stream"),
    (stream(), {}, "stream-removed", " stream"),
    (stream(), stream(switch="live"), "stream-switch", " stream"),
    (stream(), stream(order=["begun", "thought", "chunk", "end"]), "event-added", " stream event thought"),
    (stream(), stream(order=["chunk", "end"]), "event-removed", " stream event begun"),
    (stream(), stream(breaks="error"), "event-added", " stream event error"),
    (stream(), stream(always=[]), "event-became-optional", " stream event end"),
    (stream(), stream(always=["begun", "end"]), "event-became-certain", " stream event begun"),
    (stream(), stream(order=["chunk", "begun", "end"]), "event-order", " stream"),
    (stream(repeats=[]), stream(), "event-repeats", " stream event chunk"),
    (stream(), stream(repeats=[]), "event-repeats-no-more", " stream event chunk"),
    ({"x-stream": {"follows": {"begin": ["a"], "a": ["b"]}}},
     {"x-stream": {"follows": {"begin": ["a", "b"], "a": ["b"]}}}, "event-order", " stream event begin"),
    ({"x-stream": {"follows": {"begin": ["a"], "a": ["a", "b"]}}},
     {"x-stream": {"follows": {"begin": ["a"], "a": ["b"]}}}, "event-order-narrower", " stream event a"),
    ({"x-wire": "raw"}, {"x-roles": ["owner"]}, "annotation", ""),
    ({"summary": "Old."}, {"summary": "New.", "tags": ["Things"]}, "annotation", ""),
    ({"query": [{"name": "a", "in": "query"}, {"name": "b", "in": "query"}]},
     {"query": [{"name": "b", "in": "query"}, {"name": "a", "in": "query"}]}, "order", ""),
]  # fmt: skip

CAT, DOG, FISH = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog", "Fish"))
PETS = {
    name: members("kind", kind={"type": "string", "enum": [name.lower()]}) for name in ("Cat", "Dog", "Fish")
}


def union(*forms: Any, by: str = "kind") -> dict[str, Any]:
    return {"oneOf": list(forms), **({"discriminator": {"propertyName": by}} if by else {})}


WIDTHS: list[tuple[str, Any, Any]] = [
    ("type", INT, NUMBER),
    ("any type", TEXT, {}),
    ("null", TEXT, {**TEXT, "nullable": True}),
    ("format", {**TEXT, "format": "date"}, TEXT),
    ("wider format", {**INT, "format": "int32"}, {**INT, "format": "int64"}),
    ("pattern", {**TEXT, "pattern": "^a"}, TEXT),
    ("maxLength", {**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 9}),
    ("no maxLength", {**TEXT, "maxLength": 5}, TEXT),
    ("minLength", {**TEXT, "minLength": 5}, {**TEXT, "minLength": 2}),
    ("minLength of none", {**TEXT, "minLength": 1}, {**TEXT, "minLength": 0}),
    ("minimum", {**INT, "minimum": 0}, INT),
    ("exclusive minimum", {**NUMBER, "minimum": 0, "exclusiveMinimum": True}, {**NUMBER, "minimum": 0}),
    ("maximum", {**INT, "maximum": 5}, {**INT, "maximum": 6}),
    ("exclusive maximum", {**NUMBER, "maximum": 5, "exclusiveMaximum": True}, {**NUMBER, "maximum": 5}),
    ("maxItems", {"type": "array", "items": TEXT, "maxItems": 3}, {"type": "array", "items": TEXT}),
    (
        "minItems",
        {"type": "array", "items": TEXT, "minItems": 3},
        {"type": "array", "items": TEXT, "minItems": 1},
    ),
    ("doubles", {"type": "array", "items": TEXT, "uniqueItems": True}, {"type": "array", "items": TEXT}),
    ("maxProperties", {"type": "object", "maxProperties": 3}, {"type": "object"}),
    ("multiple", {**INT, "multipleOf": 10}, {**INT, "multipleOf": 5}),
    ("no multiple", {**INT, "multipleOf": 10}, INT),
    ("enum", {**TEXT, "enum": ["a"]}, TEXT),
    ("forms", union(CAT, DOG), {}),
]
CHANGED: list[tuple[str, Any, Any]] = [
    ("type", TEXT, INT),
    ("format", {**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}),
    ("pattern", {**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}),
    ("multiple", {**INT, "multipleOf": 4}, {**INT, "multipleOf": 6}),
    ("discriminator", union(CAT, DOG), union(CAT, DOG, by="type")),
]
BOTH: list[tuple[Any, Any, str, str]] = [
    (members(), members(name=TEXT), "member-added", ".name"),
    (members(name=TEXT), members(), "member-removed", ".name"),
    (members(name=TEXT), members("name", name=TEXT), "member-became-required", ".name"),
    (members("name", name=TEXT), members(name=TEXT), "member-became-optional", ".name"),
    ({**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["a", "b"]}, "value-added", ""),
    ({**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["b"]}, "value-removed", ""),
    (union(CAT), union(CAT, DOG), "form-added", ""),
    (union(CAT, DOG), union(DOG), "form-removed", ""),
    (CAT, union(CAT, DOG), "form-added", ""),
    (union(TEXT, by=""), union(TEXT, INT, by=""), "form-added", ""),
]
ONE_SIDED: list[tuple[str, Any, Any, str, str]] = [
    ("request", members(), members("name", name=TEXT), "request-member-added-required", ".name"),
    ("request", {**TEXT, "default": "a"}, {**TEXT, "default": "b"}, "request-default-changed", ""),
    ("request", {**TEXT, "default": "a"}, TEXT, "request-default-changed", ""),
    ("request", TEXT, {**TEXT, "default": "b"}, "request-default-added", ""),
    ("request", members(), {**members(), "additionalProperties": False}, "request-narrower", ".*"),
    ("request", {**members(), "additionalProperties": False}, members(), "request-wider", ".*"),
    ("request", {"additionalProperties": INT}, {"additionalProperties": NUMBER}, "request-wider", ".*"),
    ("request", members(name=TEXT), members(name={**TEXT, "readOnly": True}),
     "request-member-removed", ".name"),
    ("answer", members(name=TEXT), members(name={**TEXT, "writeOnly": True}),
     "answer-member-removed", ".name"),
    ("answer", members(), members("name", name=TEXT), "answer-member-added", ".name"),
    ("answer", TEXT, {**TEXT, "default": "b"}, "answer-default", ""),
    ("answer", {**members(), "additionalProperties": False}, members(), "answer-opened", ".*"),
    ("answer", members(), {**members(), "additionalProperties": False}, "answer-closed", ".*"),
    ("answer", TEXT, {**TEXT, "description": "A name."}, "annotation", ""),
    ("answer", {**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["b", "a"]}, "order", ""),
    ("answer", members(a=TEXT, b=TEXT), members(b=TEXT, a=TEXT), "order", ""),
    ("answer", {"type": "array", "items": INT}, {"type": "array", "items": NUMBER}, "answer-wider", "[]"),
]  # fmt: skip
ROOTS = {"request": f"POST {PATH} body", "answer": f"POST {PATH} answer 200"}


def found(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    return compare(document(schemas=PETS, **old), document(schemas=PETS, **new))


def rules(changes: list[Change]) -> list[tuple[str, str]]:
    return [(one.rule, one.place) for one in changes]


@pytest.mark.parametrize(("old", "new", "rule", "at"), OPERATIONS)
def test_operations(old: dict[str, Any], new: dict[str, Any], rule: str, at: str) -> None:
    path = new.get("path", PATH)
    changes = found(old, new)
    assert rules(changes) == [(rule, f"POST {path}{at}")]
    assert (changes[0].kind, changes[0].reason) == RULES[rule]


@pytest.mark.parametrize("side", ["request", "answer"])
@pytest.mark.parametrize(("old", "new"), [case[1:] for case in WIDTHS], ids=[case[0] for case in WIDTHS])
def test_what_is_wider_for_requests_is_additive_and_for_answers_breaking(
    side: str, old: Any, new: Any
) -> None:
    wider, narrower = found({side: old}, {side: new}), found({side: new}, {side: old})
    assert rules(wider) == [(f"{side}-wider", ROOTS[side])]
    assert rules(narrower) == [(f"{side}-narrower", ROOTS[side])]
    kinds = ("additive", "breaking") if side == "request" else ("breaking", "additive")
    assert (wider[0].kind, narrower[0].kind) == kinds


@pytest.mark.parametrize("side", ["request", "answer"])
@pytest.mark.parametrize(("old", "new"), [case[1:] for case in CHANGED], ids=[case[0] for case in CHANGED])
def test_what_cannot_be_compared_is_breaking_on_both_sides(side: str, old: Any, new: Any) -> None:
    changes = found({side: old}, {side: new})
    assert (f"{side}-changed", ROOTS[side]) in rules(changes)
    assert changes[0].kind == "breaking"


@pytest.mark.parametrize("side", ["request", "answer"])
@pytest.mark.parametrize(("old", "new", "rule", "at"), BOTH)
def test_members_values_and_forms(side: str, old: Any, new: Any, rule: str, at: str) -> None:
    assert rules(found({side: old}, {side: new})) == [(f"{side}-{rule}", f"{ROOTS[side]}{at}")]


@pytest.mark.parametrize(("side", "old", "new", "rule", "at"), ONE_SIDED)
def test_rules_of_one_side(side: str, old: Any, new: Any, rule: str, at: str) -> None:
    assert rules(found({side: old}, {side: new})) == [(rule, f"{ROOTS[side]}{at}")]


def test_operations_come_and_go() -> None:
    one, other = document(), document()
    other.bundle["paths"]["/more"] = {"get": {"operationId": "more", "responses": {"200": OK}}}
    assert [(c.rule, c.place, c.what) for c in compare(one, other)] == [
        ("operation-added", "GET /more", "is new (more)")
    ]
    assert [(c.rule, c.kind) for c in compare(other, one)] == [("operation-removed", "breaking")]


def test_a_scheme_that_is_sent_otherwise() -> None:
    key = {"type": "apiKey", "in": "header", "name": "x-api-key"}
    old, new = document(schemes={"Key": key}), document(schemes={"Key": {**key, "name": "api-key"}})
    assert rules(compare(old, new)) == [("scheme-changed", "credential Key")]


def test_every_rule_has_a_case() -> None:
    seen = {"operation-added", "operation-removed", "scheme-changed"}
    seen |= {rule for _, _, rule, _ in OPERATIONS} | {rule for *_, rule, _ in ONE_SIDED}
    effects = ["wider", "narrower", "changed", *(rule for _, _, rule, _ in BOTH)]
    seen |= {f"{side}-{effect}" for side in ("request", "answer") for effect in effects}
    assert seen == set(RULES)
    assert {kind for kind, _ in RULES.values()} == set(KINDS)


def test_a_shared_schema_is_told_once_for_each_side_with_its_operations() -> None:
    thing = {"$ref": "#/components/schemas/Thing"}
    old = document(request=thing, answer=thing, schemas={"Thing": members(name=TEXT)})
    new = document(request=thing, answer=thing, schemas={"Thing": members("name", name=TEXT)})
    for one in (old, new):
        one.bundle["paths"]["/more"] = {
            "get": {"responses": {"200": {**OK, "content": {"application/json": {"schema": thing}}}}}
        }
    changes = compare(old, new)
    assert [(c.kind, c.place) for c in changes] == [
        ("breaking", "Thing (requests).name"),
        ("additive", "Thing (answers).name"),
    ]
    assert changes[0].operations == (f"POST {PATH}",)
    assert changes[1].operations == ("GET /more", f"POST {PATH}")
    assert changes[0].pointer == ("components", "schemas", "Thing")


def test_all_of_is_put_together_before_it_is_compared() -> None:
    base = {"Base": members("id", id=TEXT)}
    apart = {"allOf": [{"$ref": "#/components/schemas/Base"}, members(name={**TEXT, "maxLength": 3})]}
    together = members("id", id=TEXT, name={**TEXT, "maxLength": 3})
    old, new = document(answer=apart, schemas=base), document(answer=together, schemas=base)
    assert compare(old, new) == []
    tighter = {"allOf": [apart, members(name={**TEXT, "maxLength": 2})]}
    assert rules(compare(old, document(answer=tighter, schemas=base))) == [
        ("answer-narrower", f"{ROOTS['answer']}.name")
    ]


def test_forms_are_matched_by_the_discriminator_whatever_their_schemas_are_called() -> None:
    mapping = {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
    old = document(answer={"oneOf": [CAT], "discriminator": mapping}, schemas=PETS)
    renamed = {"Puss": members("kind", "age", kind={**TEXT, "enum": ["cat"]}, age=INT)}
    mapping = {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Puss"}}
    form = {"oneOf": [{"$ref": "#/components/schemas/Puss"}], "discriminator": mapping}
    assert rules(compare(old, document(answer=form, schemas=renamed))) == [
        ("answer-member-added", "Puss (answers).age")
    ]


def test_renamed_forms_without_a_discriminator_are_recognised_by_what_they_are() -> None:
    old = document(answer=union(CAT, DOG, by=""), schemas=PETS)
    pets = {"Puss": PETS["Cat"], "Dog": PETS["Dog"]}
    new = document(answer=union({"$ref": "#/components/schemas/Puss"}, DOG, by=""), schemas=pets)
    assert compare(old, new) == []


def test_a_schema_that_becomes_a_form_is_compared_with_it() -> None:
    aged = {**PETS, "Cat": members("kind", "age", kind=PETS["Cat"]["properties"]["kind"], age=INT)}
    new = document(answer=union(DOG, CAT, by=""), schemas=aged)
    assert set(rules(compare(document(answer=CAT, schemas=PETS), new))) == {
        ("answer-form-added", ROOTS["answer"]),
        ("answer-member-added", "Cat (answers).age"),
    }


def test_recursion_ends() -> None:
    node = {"$ref": "#/components/schemas/Node"}
    old = {"Node": members(child=node, children={"type": "array", "items": node}, size=INT)}
    new = {"Node": {"allOf": [members(child=node, size=NUMBER), members(child=node), {"allOf": [node]}]}}
    changes = compare(document(answer=node, schemas=old), document(answer=node, schemas=new))
    assert ("answer-wider", "Node (answers).size") in rules(changes)
    assert ("answer-member-removed", "Node (answers).children") in rules(changes)


def test_members_that_grow_without_end_are_left_at_a_depth() -> None:
    node = {"$ref": "#/components/schemas/Node"}
    base = {"$ref": "#/components/schemas/Base"}
    grown = {"Base": members(child=base), "Node": {"allOf": [base, members(child=node, size=INT)]}}
    assert compare(document(answer=node, schemas=grown), document(answer=node, schemas=grown)) == []


def test_a_reference_that_leads_nowhere_is_said() -> None:
    with pytest.raises(SpecError, match="things: reference '#/components/schemas/Gone' leads nowhere"):
        compare(
            document(answer=members(a={"$ref": "#/components/schemas/Gone"})),
            document(answer=members(a=TEXT)),
        )


def test_the_order_of_what_is_found_is_the_same_in_every_run() -> None:
    old, new = open_document("vectara@oas-2025-09-16"), open_document("vectara")
    first, second = compare(old, new), compare(old, new)
    assert first == second == sorted(first, key=lambda one: one.key)
    assert [KINDS.index(one.kind) for one in first] == sorted(KINDS.index(one.kind) for one in first)


@pytest.mark.parametrize("api", ["vectara", "aivax"])
def test_a_shipped_contract_does_not_differ_from_itself(api: str) -> None:
    assert compare(open_document(api), open_document(api)) == []


def test_profiles_differ_by_operations_and_by_the_events_of_agents() -> None:
    changes = compare(open_document("vectara@seed"), open_document("vectara@sdk-0.4.3"))
    assert {one.rule for one in changes} == {"operation-added", "event-added"}
    added = {one.what for one in changes if one.rule == "operation-added"}
    assert "is new (createTool)" in added
    events = {one.place.split()[-1] for one in changes if one.rule == "event-added"}
    assert {"skill_load", "structured_output", "step_transition"} <= events


def test_operations_that_are_planned_are_not_there() -> None:
    planned: Document = document(**{"x-planned": True})
    assert [one.rule for one in compare(planned, document())] == ["operation-added"]
