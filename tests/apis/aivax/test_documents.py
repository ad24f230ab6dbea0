"""Documents: written singly and from files, browsed, read and deleted, in both forms of answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.apis.aivax.conftest import UNKNOWN, Client, change_account, client_of
from understudy.apis.aivax.kinds import ACCOUNTS
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.state.clock import parse_stamp

COLLECTIONS = "/api/v1/collections"
HANDBOOK = f"{COLLECTIONS}/01941f29-7c00-7000-a000-000000000021"
PATH = f"{HANDBOOK}/documents"
GIVEN = f"{PATH}/01941f29-7c00-7000-a000-000000000051"
CANCELLED = f"{PATH}/01941f29-7c00-7000-a000-000000000057"
LAMP = {"name": "lamp", "contents": "The lamp runs for nine hours."}


@pytest.fixture
def path(api: Client) -> str:
    """The documents of a new collection."""
    made = api.post(COLLECTIONS, {"collectionName": "Manuals"})
    return f"{COLLECTIONS}/{made['collectionId']}/documents"


def put(api: Client, path: str, body: dict[str, Any], state: str) -> str:
    """Write a document, which must come to that; its address."""
    told = api.put(path, body)
    assert told.keys() == {"documentId", "state"}
    assert told["state"] == state
    return f"{path}/{told['documentId']}"


def line(docid: Any, text: Any = "A text.", **more: Any) -> bytes:
    return json.dumps({"docid": docid, "text": text, **more}).encode() + b"\n"


def load(api: Client, path: str, content: bytes, status: int = 200, **query: str) -> Any:
    file = ("documents.jsonl", content, "application/x-ndjson")
    return api.ask("POST", path, status, files={"documents": file}, params=query)


def names(api: Client, path: str, **query: str) -> list[str]:
    return [document["name"] for document in api.get(path, **query)]


def balance(understudy: Understudy) -> float:
    return understudy.look(lambda world: float(world.store.table(ACCOUNTS).values()[0]["balance"]))


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.clock.millis(), world.store.dump()))


# One document


def test_a_document_is_created_and_read(api: Client, path: str) -> None:
    body = {**LAMP, "reference": "manuals", "tags": ["light", "light"], "metadata": {"deep": [{"n": None}]}}
    read = api.get(put(api, path, body, "Created"))
    times = {read.pop(member) for member in ("createdAt", "updatedAt", "indexedAt")}
    assert len(times) == 1
    assert times.pop().endswith("Z")
    assert read.pop("id").count("-") == 4
    assert read == {
        **body,
        "state": "Indexed",
        "characterCount": 29,
        "wordCount": 6,
        "approximateTokenCount": 10,
    }


def test_what_is_absent_is_empty_in_a_new_document(api: Client, path: str) -> None:
    read = api.get(put(api, path, LAMP, "Created"))
    assert (read["reference"], read["tags"], read["metadata"]) == (None, [], {})


def test_the_same_again_modifies_nothing(api: Client, understudy: Understudy, path: str) -> None:
    body = {**LAMP, "reference": "manuals", "tags": ["light"], "metadata": {"b": 1, "a": True}}
    address = put(api, path, body, "Created")
    before = state(understudy)
    assert put(api, path, {**body, "metadata": {"a": True, "b": 1}}, "NotModified") == address
    assert put(api, path, LAMP, "NotModified") == address
    assert state(understudy) == before


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "other"}, {"reference": None}, {"tags": ["dark"]}, {"tags": None}, {"tags": []},
        {"metadata": {"n": True}}, {"metadata": {"n": 1.0}}, {"metadata": None}, {"metadata": {}},
    ],
)  # fmt: skip
def test_a_change_beside_the_text_leaves_it_indexed(api: Client, path: str, change: dict[str, Any]) -> None:
    body = {**LAMP, "reference": "manuals", "tags": ["light"], "metadata": {"n": 1}}
    address = put(api, path, body, "Created")
    before = api.get(address)
    assert put(api, path, {**LAMP, **change}, "Modified") == address
    after = api.get(address)
    (member,) = change
    empty = {"reference": None, "tags": [], "metadata": {}}[member]
    assert json.dumps(after[member]) == json.dumps(empty if change[member] is None else change[member])
    assert after["updatedAt"] > before["updatedAt"]
    ignored = {member: None, "updatedAt": None}
    assert {**after, **ignored} == {**before, **ignored}


def test_a_new_text_keeps_the_rest_and_is_indexed_anew(api: Client, path: str) -> None:
    body = {**LAMP, "reference": "manuals", "tags": ["light"], "metadata": {"n": 1}}
    address = put(api, path, body, "Created")
    before = api.get(address)
    assert put(api, path, {**LAMP, "contents": "It runs for ten."}, "Modified") == address
    after = api.get(address)
    assert after["contents"] == "It runs for ten."
    assert after["indexedAt"] > before["indexedAt"]
    for member in ("reference", "tags", "metadata", "createdAt"):
        assert after[member] == before[member]


def test_names_tell_documents_apart_by_every_letter(api: Client, path: str) -> None:
    put(api, path, LAMP, "Created")
    for name in ("Lamp", " lamp", "la\u0301mp"):
        put(api, path, {**LAMP, "name": name}, "Created")
    assert names(api, path, order_by="created_at_asce") == ["lamp", "Lamp", " lamp", "la\u0301mp"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contents": "a"}, "body.name"), ({"name": "a"}, "body.contents"),
        ({**LAMP, "name": ""}, "body.name"),
        ({**LAMP, "name": "x" * 257}, "body.name"), ({**LAMP, "contents": ""}, "body.contents"),
        ({**LAMP, "name": None}, "body.name"), ({**LAMP, "contents": 5}, "body.contents"),
        ({**LAMP, "reference": "x" * 65}, "body.reference"), ({**LAMP, "reference": 5}, "body.reference"),
        ({**LAMP, "tags": "a,b"}, "body.tags"), ({**LAMP, "tags": ["a", 5]}, "body.tags[1]"),
        ({**LAMP, "metadata": []}, "body.metadata"), ([], "body"),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_by_its_field(
    api: Client, understudy: Understudy, body: object, field: str
) -> None:
    before = state(understudy)
    assert field in api.refused("PUT", PATH, 400, json=body)["details"]
    assert state(understudy) == before


def test_the_longest_name_and_reference_are_taken(api: Client, path: str) -> None:
    body = {**LAMP, "name": "ü" * 256, "reference": "😀" * 64}
    read = api.get(put(api, path, body, "Created"))
    assert (read["name"], read["reference"]) == (body["name"], body["reference"])


def test_a_deleted_document_is_gone(api: Client) -> None:
    assert api.delete(GIVEN) == {"message": "Document removed.", "data": None}
    api.refused("DELETE", GIVEN, 404)
    api.refused("GET", GIVEN, 404)
    assert "returns" not in names(api, PATH)


@pytest.mark.parametrize("collection", [UNKNOWN, "01941f29-7c00-7000-a000-000000000022", "no-uuid"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_collection_that_the_account_does_not_have_is_not_found(
    api: Client, understudy: Understudy, collection: str, method: str
) -> None:
    before = state(understudy)
    more: dict[str, Any] = {"PUT": {"json": LAMP}, "POST": {"files": {"documents": line("a")}}}.get(
        method, {}
    )
    api.refused(method, f"{COLLECTIONS}/{collection}/documents", 404, **more)
    assert state(understudy) == before


@pytest.mark.parametrize("document", [UNKNOWN, "01941f29-7c00-7000-a000-000000000061", "no-uuid"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_document_that_the_collection_does_not_have_is_not_found(
    api: Client, understudy: Understudy, document: str, method: str
) -> None:
    before = state(understudy)
    api.refused(method, f"{PATH}/{document}", 404)
    api.refused(method, f"{COLLECTIONS}/{UNKNOWN}/documents/{document}", 404)
    assert state(understudy) == before


def test_a_document_of_another_collection_is_not_found(api: Client, path: str) -> None:
    api.refused("GET", f"{path}/{GIVEN.rpartition('/')[2]}", 404)


def test_a_public_key_may_not_touch_documents(understudy: Understudy) -> None:
    with client_of(understudy, "pk-understudy") as public:
        for method, address in (
            ("GET", PATH),
            ("PUT", PATH),
            ("POST", PATH),
            ("GET", GIVEN),
            ("DELETE", GIVEN),
        ):
            assert public.request(method, address).status_code == 403


# States


def test_a_document_is_queued_until_it_was_looked_at_often_enough(
    api: Client, understudy: Understudy, path: str
) -> None:
    understudy.lifecycle(dials={"indexing": {"pace": "polls", "amount": 3}})
    address = put(api, path, LAMP, "Created")
    collection = path.removesuffix("/documents")
    assert (api.get(address)["state"], api.get(path)[0]["indexState"]) == ("Queued", "Queued")
    assert api.get(collection)["state"] == {"total": 1, "indexed": 1, "queued": 0}
    read = api.get(address)
    assert read["state"] == "Indexed"
    assert read["indexedAt"] > read["createdAt"]


def test_a_document_is_queued_until_its_time_has_come(api: Client, understudy: Understudy, path: str) -> None:
    understudy.lifecycle(dials={"indexing": {"pace": "millis", "amount": 5000}})
    address = put(api, path, LAMP, "Created")
    before = state(understudy)
    assert api.get(address)["indexedAt"] is None
    assert state(understudy) == before
    put(api, path, {**LAMP, "tags": ["late"]}, "Modified")
    understudy.advance(seconds=60)
    read = api.get(address)
    assert (read["state"], read["tags"]) == ("Indexed", ["late"])
    assert parse_stamp(read["indexedAt"]) == parse_stamp(read["createdAt"]) + 5000


def test_a_new_text_of_an_indexed_document_is_queued(api: Client, understudy: Understudy, path: str) -> None:
    address = put(api, path, LAMP, "Created")
    understudy.lifecycle(dials={"indexing": {"pace": "millis", "amount": 5000}})
    put(api, path, {**LAMP, "contents": "New."}, "Modified")
    read = api.get(address)
    assert (read["state"], read["indexedAt"]) == ("Queued", None)


def test_a_cancelled_document_waits_for_a_new_text(api: Client) -> None:
    read = api.get(CANCELLED)
    assert (read["state"], read["indexedAt"]) == ("Cancelled", None)
    api.delete(f"{HANDBOOK}/vectors-only")
    again = {"name": "old-holidays", "contents": read["contents"]}
    put(api, PATH, again, "NotModified")
    put(api, PATH, {**again, "tags": []}, "Modified")
    assert api.get(CANCELLED)["state"] == "Cancelled"
    put(api, PATH, {**again, "contents": "New."}, "Modified")
    assert api.get(CANCELLED)["state"] == "Indexed"


def test_a_collection_counts_its_documents(api: Client, understudy: Understudy) -> None:
    assert api.get(HANDBOOK)["state"] == {"total": 7, "indexed": 6, "queued": 0}
    understudy.lifecycle(dials={"indexing": {"pace": "millis", "amount": 5000}})
    api.delete(f"{HANDBOOK}/vectors-only")
    assert api.get(HANDBOOK)["state"] == {"total": 7, "indexed": 0, "queued": 6}
    assert api.get(COLLECTIONS)[0]["documentCount"] == {
        "totalDocuments": 7, "indexedDocuments": 0, "queuedDocuments": 6, "outdatedDocuments": 0,
    }  # fmt: skip
    api.delete(f"{HANDBOOK}/reset-only")
    assert api.get(HANDBOOK)["state"] == {"total": 0, "indexed": 0, "queued": 0}
    assert api.get(PATH) == []


def test_the_documents_go_with_their_collection(api: Client, understudy: Understudy) -> None:
    api.delete(HANDBOOK)
    kept = understudy.look(lambda world: [t["scope"] for t in world.store.dump() if t["key"] == "id"])
    assert [HANDBOOK.rpartition("/")[2]] not in kept


# Files


def test_a_file_is_imported_line_by_line(api: Client, path: str) -> None:
    content = b"".join(
        [
            b"\xef\xbb\xbf",
            line("a", "One.", __ref="r", __tags=["t"], __meta={"n": 1}, unknown=5).replace(b"\n", b"\r\n"),
            b"\n \r\n",
            line("b", "Two.", __ref=None, __tags=None, __meta=None),
            b'  {"docid": "c", "text": "Three.", "__meta": {"n": 1}}',
        ]
    )
    assert load(api, path, content) == {"enqueued": 3, "skipped": 0}
    assert names(api, path, order_by="created_at_asc") == ["a", "b", "c"]
    a, b = (api.get(f"{path}/{api.get(path, filter=f'-n {name}')[0]['id']}") for name in "ab")
    assert [a[m] for m in ("contents", "reference", "tags", "metadata")] == ["One.", "r", ["t"], {"n": 1}]
    assert [b[m] for m in ("contents", "reference", "tags", "metadata")] == ["Two.", None, [], {}]


@pytest.mark.parametrize(
    "bad",
    [
        b"{", b"[]", b"null", b"5", b'"a"', b"\xff", b"{}", b'{"docid": "x"}', b'{"text": "x"}',
        b'{"docid": "", "text": "x"}', b'{"docid": "x", "text": ""}', b'{"docid": 5, "text": "x"}',
        b'{"docid": "x", "text": ["x"]}', b'{"docid": null, "text": "x"}',
        line("x" * 257), line("x", __ref="y" * 65), line("x", __ref=5), line("x", __tags="y"),
        line("x", __tags=[5]), line("x", __meta=[]), line("x", __meta="y"),
        b'{"docid": "x", "text": "\\ud800"}',
        b'{"docid": "x", "text": "y", "__meta": ' + b'{"a":' * 200 + b"1" + b"}" * 201,
        b'{"docid": "x", "text": "y", "__meta": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
        b'{"docid": "x", "text": "y", "__meta": {"n": NaN}}',
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_skipped(api: Client, path: str, bad: bytes) -> None:
    content = line("a") + bad.strip() + b"\n" + line("b")
    assert load(api, path, content) == {"enqueued": 2, "skipped": 1}
    assert names(api, path) == ["b", "a"]


def test_the_deepest_metadata_can_be_read_back(api: Client, path: str) -> None:
    deep = b'{"a":' * 199 + b"1" + b"}" * 199
    assert load(api, path, b'{"docid": "x", "text": "y", "__meta": ' + deep + b"}")["enqueued"] == 1
    read = api.get(f"{path}/{api.get(path)[0]['id']}")
    assert json.dumps(read["metadata"], separators=(",", ":")).encode() == deep


def test_lines_of_one_name_are_applied_in_order(api: Client, path: str) -> None:
    content = line("a", "One.", __tags=["t"]) + line("a", "Two.") + line("a", "Two.") + line("a", "One.")
    assert load(api, path, content) == {"enqueued": 3, "skipped": 1}
    read = api.get(f"{path}/{api.get(path)[0]['id']}")
    assert (read["contents"], read["tags"]) == ("One.", ["t"])


def test_what_changes_no_text_is_skipped_and_applied(api: Client) -> None:
    text = api.get(GIVEN)["contents"]
    content = line("returns", text, __tags=["new"]) + line("holidays", "Nobody has leave.") + line("new")
    assert load(api, PATH, content) == {"enqueued": 2, "skipped": 1}
    assert api.get(GIVEN)["tags"] == ["new"]
    assert len(names(api, PATH)) == 8


@pytest.mark.parametrize("mode", ["sync", "Sync"])
def test_a_synchronised_collection_keeps_what_the_file_names(api: Client, mode: str) -> None:
    content = line("new") + line("returns") + b"{bad\n"
    assert load(api, PATH, content, **{"insert-mode": mode}) == {"enqueued": 2, "skipped": 1}
    assert names(api, PATH) == ["new", "returns"]
    assert load(api, PATH, b"", **{"insert-mode": mode}) == {"enqueued": 0, "skipped": 0}
    assert names(api, PATH) == []


def test_an_unknown_insert_mode_is_refused(api: Client, understudy: Understudy) -> None:
    before = state(understudy)
    told = load(api, PATH, line("a"), 400, **{"insert-mode": "wipe"})
    assert "query.insert-mode" in told["details"]
    assert state(understudy) == before


def test_a_body_without_the_file_is_refused(api: Client, understudy: Understudy) -> None:
    before = state(understudy)
    assert "body.documents" in api.refused("POST", PATH, 400, files={"other": line("a")})["details"]
    form = {"content-type": "multipart/form-data; boundary=x"}
    assert "body" in api.refused("POST", PATH, 400)["details"]
    assert "body" in api.refused("POST", PATH, 400, content=b"--x\r\n", headers=form)["details"]
    api.refused("POST", PATH, 415, json={"documents": "x"})
    api.refused("POST", PATH, 415, content=line("a"), headers={"content-type": "application/x-ndjson"})
    assert state(understudy) == before


@pytest.mark.parametrize(("plan", "most"), [("free", 999), ("pro", 9_999)])
def test_a_plan_limits_the_lines_of_a_file(
    api: Client, understudy: Understudy, path: str, plan: str, most: int
) -> None:
    change_account(understudy, plan=plan)
    before = state(understudy)
    bad = b"{\n\n" * most
    assert "body.documents" in load(api, path, bad + line("a"), 400)["details"]
    assert state(understudy) == before
    assert load(api, path, bad) == {"enqueued": 0, "skipped": most}


def test_without_a_plan_ten_thousand_lines_are_taken(api: Client, path: str) -> None:
    content = b"".join(line(f"d{number}", f"Parcel {number}.") for number in range(10_000))
    assert load(api, path, content) == {"enqueued": 10_000, "skipped": 0}
    assert load(api, path, content) == {"enqueued": 0, "skipped": 10_000}
    listed = names(api, path)
    assert (len(listed), listed[0], listed[-1]) == (10_000, "d9999", "d0")


AWKWARD = [
    "plain", "two\nlines", "cr\r\nlf", "\u2028\u2029\x85\x0b\x0c", "NUL \0 and \x01",
    'quotes " and \' and \\',
    "emoji 😀 and combining a\u0301", "\ufeffBOM", "{\"docid\": \"x\"}", " ", "\u3000", "עברית ไทย 日本語",
    "x" * 30_000,
]  # fmt: skip


def test_what_was_exported_can_be_imported(api: Client, path: str) -> None:
    for number, text in enumerate(AWKWARD):
        body: dict[str, Any] = {"name": text[:256], "contents": text}
        if number % 2:
            metadata = {text: [1, 1.0, True, None, {"": text}, 1e300, -0.0, 2**63]}
            body |= {"reference": text[:64], "tags": [text, "", text], "metadata": metadata}
        put(api, path, body, "Created")
    before = api.get(path)
    address = f"{path.removesuffix('/documents')}/export.jsonl"
    exported = api.http.get(address).content
    assert exported.count(b"\n") == len(AWKWARD)
    assert load(api, path, exported) == {"enqueued": 0, "skipped": len(AWKWARD)}
    assert api.get(path) == before

    made = api.post(COLLECTIONS, {"collectionName": "Copy"})
    copy = f"{COLLECTIONS}/{made['collectionId']}"
    assert load(api, f"{copy}/documents", exported) == {"enqueued": len(AWKWARD), "skipped": 0}
    assert api.http.get(f"{copy}/export.jsonl").content == exported
    assert [one["contents"] for one in all_of(api, f"{copy}/documents")] == AWKWARD[::-1]


def all_of(api: Client, path: str) -> list[dict[str, Any]]:
    return [api.get(f"{path}/{document['id']}") for document in api.get(path)]


# Lists


def test_a_list_shows_a_document_in_short(api: Client) -> None:
    (shown,) = api.get(PATH, filter="-n returns")
    assert shown == {
        "id": GIVEN.rpartition("/")[2],
        "updatedAt": api.get(GIVEN)["updatedAt"],
        "name": "returns",
        "reference": "sales",
        "tags": ["sales"],
        "contentsPreview": "Returns. A customer may return a lantern...",
        "indexState": "Indexed",
    }


@pytest.mark.parametrize(
    ("contents", "preview"),
    [
        ("x" * 40, "x" * 40), ("x" * 41, "x" * 40 + "..."), ("a\r\nb\nc\rd", "a b c d"),
        ("\r\n" * 60, " " * 40 + "..."), ("\r\n" * 40, " " * 40), ("😀" * 41, "😀" * 40 + "..."),
    ],
)  # fmt: skip
def test_a_preview_is_one_line(api: Client, path: str, contents: str, preview: str) -> None:
    put(api, path, {**LAMP, "contents": contents}, "Created")
    assert api.get(path)[0]["contentsPreview"] == preview


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter": "-t workshop"}, ["kiln-safety"]),
        ({"filter": "-t PEOPLE -c hotel"}, ["travel"]),
        ({"filter": "-r sales -n 'RETURN'"}, ["returns"]),
        ({"filter": "-r Sales"}, []),
        ({"filter": '"paid leave"'}, ["old-holidays", "holidays"]),
        ({"filter": "kiln-safety"}, ["kiln-safety"]),
        ({"filter": "000053"}, ["holidays"]),
        ({"filter": "-c 'paid leave", "state": "INDEXED"}, ["holidays"]),
        ({"state": "cancelled"}, ["old-holidays"]),
        ({"state": "queued"}, []),
        ({"filter": "nothing like it"}, []),
        ({"filter": "-t people", "order_by": "Created_At_Asce"}, ["holidays", "travel", "old-holidays"]),
        ({"filter": "-t people", "order_by": "indexed_at_desc"}, ["travel", "holidays", "old-holidays"]),
        ({"filter": "-t people", "order_by": "indexed_at_asce"}, ["holidays", "travel", "old-holidays"]),
        ({"filter": "-t people", "order_by": "indexed_at_asc"}, ["holidays", "travel", "old-holidays"]),
    ],
)
def test_documents_are_filtered_and_ordered(api: Client, query: dict[str, str], found: list[str]) -> None:
    assert names(api, PATH, **query) == found


def test_documents_are_ordered_by_their_last_change(api: Client, path: str) -> None:
    for name in ("a", "b", "c"):
        put(api, path, {**LAMP, "name": name}, "Created")
    put(api, path, {**LAMP, "name": "b", "tags": ["t"]}, "Modified")
    assert names(api, path) == ["c", "b", "a"]
    assert names(api, path, order_by="updated_at_desc") == ["b", "c", "a"]
    assert names(api, path, order_by="updated_at_asce") == ["a", "c", "b"]


@pytest.mark.understudy(clock="frozen")
def test_documents_of_one_moment_are_ordered_by_their_making(api: Client, path: str) -> None:
    for name in ("b", "a", "c"):
        put(api, path, {**LAMP, "name": name}, "Created")
    assert names(api, path) == ["c", "a", "b"]
    assert names(api, path, order_by="updated_at_asc") == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("order_by", "name"), ("order_by", "created_at"), ("order_by", ""), ("state", "done"), ("state", "")],
)
def test_an_unknown_order_or_state_is_refused(api: Client, name: str, value: str) -> None:
    assert f"query.{name}" in api.refused("GET", PATH, 400, params={name: value})["details"]


@pytest.mark.parametrize("text", ["-t", "-x y", "'", '"', "-c '", "%", "(", "-r ''", "\0", "-n -t"])
def test_no_filter_is_refused(api: Client, text: str) -> None:
    assert isinstance(api.get(PATH, filter=text), list)


# Money and plans


def test_indexing_costs_by_its_tokens(api: Client, understudy: Understudy, path: str) -> None:
    change_account(understudy, balance=1.0)

    def cost(answer: Any) -> str:
        assert answer.status_code == 200
        return str(answer.headers["consumed-credits"])

    thousand = {"name": "a", "contents": "x" * 3200}
    assert cost(api.http.put(path, json=thousand)) == "0.00005"
    assert balance(understudy) == 0.99995
    assert cost(api.http.put(path, json={**thousand, "tags": ["t"]})) == "0"
    assert balance(understudy) == 0.99995
    content = line("b", "x" * 3200) + line("c", "x" * 3200) + line("b", "x" * 3200) + b"{\n"
    assert cost(api.http.post(path, files={"documents": content})) == "0.0001"
    assert balance(understudy) == 0.99985


@pytest.mark.parametrize("left", [0, -0.5])
def test_without_means_nothing_is_written(api: Client, understudy: Understudy, left: float) -> None:
    change_account(understudy, balance=left)
    before = state(understudy)
    api.refused("PUT", PATH, 402, json=LAMP)
    api.refused("POST", PATH, 402, files={"documents": line("a")})
    assert state(understudy) == before
    assert api.get(GIVEN)["name"] == "returns"
    api.delete(GIVEN)


def test_a_plan_limits_the_insertions_of_a_day(api: Client, understudy: Understudy, path: str) -> None:
    change_account(understudy, plan="free")
    load(api, path, b"".join(line(f"d{number}") for number in range(499)))
    put(api, path, LAMP, "Created")
    before = state(understudy)
    answer = api.http.put(path, json={**LAMP, "contents": "More."})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 86_400
    api.refused("POST", path, 429, files={"documents": line("new")})
    assert state(understudy) == before
    put(api, path, {**LAMP, "tags": ["t"]}, "Modified")
    understudy.advance(seconds=86_400)
    put(api, path, {**LAMP, "contents": "More."}, "Modified")


# Fixtures


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("name: d, contents: ''", "contents"), ("name: '', contents: c", "name"),
        ("name: d, contents: c, reference: null", "reference"),
        ("name: d, contents: c, state: Queued", "state"),
        ("name: d, contents: c, tag: t", "tag"), ("name: d, contents: c, collection: D", "'D' not found"),
        ("name: d, contents: c}, {account: A, collection: C, name: d, contents: e", "already exists"),
    ],
)  # fmt: skip
def test_a_fault_in_a_fixture_is_told(
    understudy_server: BackgroundServer, understudy: Understudy, tmp_path: Path, row: str, fault: str
) -> None:
    file = tmp_path / "documents.yaml"
    where = "account: A" if "collection: D" in row else "account: A, collection: C"
    file.write_text(
        "aivax/accounts: [{name: A}]\n"
        "aivax/collections: [{account: A, name: C}]\n"
        f"aivax/collection_documents: [{{{where}, {row}}}]\n"
    )
    worlds = understudy_server.server.worlds
    with pytest.raises(SetupError, match=fault):
        understudy_server.on_loop(lambda: worlds.create(f"{understudy.world}-fault", str(file)))
