"""Upload through HTTP: files of every kind become documents, hostile ones do not. Spec tag: Upload."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests import files
from tests.apis.vectara.conftest import attribute, core, found, make_corpus, put, read, refused, texts
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.settings import Limits

PATH = "/v2/corpora/c/upload_file"
MAX = 10 * 1024 * 1024


def send(
    api: httpx.Client, name: str | None, content: bytes = b"", type: str | None = None, **members: Any
) -> httpx.Response:
    """Upload a file; the other parts are JSON, a string is sent as it is."""
    parts: list[tuple[str, Any]] = [("file", (name, content, *([type] if type else [])))]
    for member, value in members.items():
        is_text = isinstance(value, str)
        parts.append((member, (None, value) if is_text else (None, json.dumps(value), "application/json")))
    return api.post(PATH, files=parts)


def upload(api: httpx.Client, name: str, content: bytes = b"", **members: Any) -> dict[str, Any]:
    answer = send(api, name, content or files.KINDS[name](), **members)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


@pytest.fixture
def corpus(api: httpx.Client) -> httpx.Client:
    make_corpus(api, "c")
    return api


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: (world.store.version, world.store.dump()))


@pytest.mark.parametrize("name", files.KINDS)
def test_a_file_of_every_kind_is_found_by_what_it_says(corpus: httpx.Client, name: str) -> None:
    made = upload(corpus, name)
    assert made["id"] == name
    assert "parts" not in made
    assert made["storage_usage"]["bytes_used"] >= len(files.WORDS) - 1
    assert "extraction_usage" not in made
    put(corpus, "c", core("other", "Nothing of the kind."))
    best = found(corpus, "c", "What does the lighthouse keeper count?")[0]
    assert (best["document_id"], best["text"]) == (name, "The lighthouse keeper counts the ships.")
    assert best["document_metadata"]["content_type"] == made["metadata"]["content_type"]
    stored = read(corpus, f"/v2/corpora/c/documents/{name}")
    assert "storage_usage" not in stored
    assert {part["metadata"]["lang"] for part in stored["parts"]} == {"eng"}


def test_a_document_tells_what_its_file_tells(corpus: httpx.Client) -> None:
    made = upload(corpus, "log.pdf", metadata={"author": "Ole", "shelf": 3})
    assert made["metadata"] == {
        "author": "Ole",
        "shelf": 3,
        "content_type": "application/pdf",
        "page_count": 2,
        "created_at": "2024-03-05T10:30:00Z",
        "title": "Harbour log",
    }
    parts = read(corpus, "/v2/corpora/c/documents/log.pdf")["parts"]
    assert [part["metadata"].get("page") for part in parts] == [None, 1, 1, 2]
    assert parts[0]["metadata"]["is_title"]


def test_facts_give_way_to_declared_attributes_and_given_metadata_does_not(api: httpx.Client) -> None:
    attributes = [attribute("page_count", "text"), attribute("page", "text", level="part")]
    make_corpus(api, "c", filter_attributes=attributes)
    assert "page_count" not in upload(api, "log.pdf")["metadata"]
    refused(send(api, "b.txt", b"Ship.", metadata={"page_count": 2}), 400, "body.metadata.page_count")


def test_pages_can_be_filtered(api: httpx.Client) -> None:
    make_corpus(api, "c", filter_attributes=[attribute("page", "integer", level="part")])
    upload(api, "log.pdf")
    assert texts(found(api, "c", "seals", metadata_filter="part.page = 2")) == [
        "The second page tells of seals."
    ]


def test_headings_become_titles_of_sections(corpus: httpx.Client) -> None:
    upload(corpus, "log.md")
    parts = read(corpus, "/v2/corpora/c/documents/log.md")["parts"]
    assert [part["text"] for part in parts if part["metadata"]["is_title"]] == ["Harbour log", "Tides"]


def test_chunking(corpus: httpx.Client) -> None:
    strategy = {"type": "max_chars_chunking_strategy", "max_chars_per_chunk": 100}
    upload(corpus, "log.txt", chunking_strategy=strategy)
    assert len(read(corpus, "/v2/corpora/c/documents/log.txt")["parts"]) == 1
    upload(corpus, "b.txt", b"One sentence. Another one.", chunking_strategy={})
    assert len(read(corpus, "/v2/corpora/c/documents/b.txt")["parts"]) == 2
    answer = send(corpus, "c.txt", b"x", chunking_strategy={**strategy, "max_chars_per_chunk": 99})
    refused(answer, 400, "body.chunking_strategy.max_chars_per_chunk")


# Tables


@pytest.mark.parametrize("name", ["log.md", "log.html", "log.docx", "log.pptx", "log.odt"])
def test_tables_are_extracted_when_asked_for(corpus: httpx.Client, name: str) -> None:
    made = upload(corpus, name, table_extraction_config={"extract_tables": True})
    assert made["extraction_usage"] == {"table_extraction_used": 1}
    (table,) = made["tables"]
    assert table["id"] == "table_1"
    result = found(corpus, "c", "Bergen")[0]
    assert result["part_metadata"]["vectara"]["table_id"] == "table_1"
    assert result["table"] == table
    again = read(corpus, f"/v2/corpora/c/documents/{name}")
    assert again["tables"] == [table]
    assert "extraction_usage" not in again


def test_tables_are_text_when_not_asked_for(corpus: httpx.Client) -> None:
    made = upload(corpus, "log.md", table_extraction_config={"extract_tables": False})
    assert "tables" not in made
    assert "extraction_usage" not in made
    assert texts(found(corpus, "c", "Bergen"))[0] == "Bergen, 12, yes"


def test_tables_get_a_description_when_that_is_asked_for(corpus: httpx.Client) -> None:
    config = {"extract_tables": True, "extractor": {"name": "textract"}, "generation": {}}
    (table,) = upload(corpus, "log.md", table_extraction_config=config)["tables"]
    assert table["description"] == "A table of 2 rows. The columns are Port, Height, Open."


def test_an_unknown_table_extractor_is_refused(corpus: httpx.Client) -> None:
    config = {"extract_tables": True, "extractor": {"name": "none"}}
    place = "body.table_extraction_config.extractor.name"
    body = refused(send(corpus, "a.txt", b"x", table_extraction_config=config), 400, place)
    assert "textract" in body["field_errors"][place]
    refused(
        send(corpus, "a.txt", b"x", table_extraction_config={}),
        400,
        "body.table_extraction_config.extract_tables",
    )


# Names, types and the form


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("%D0%B6%D1%83%D1%80%D0%BD%D0%B0%D0%BB.txt", "журнал.txt"),
        ("журнал.txt", "журнал.txt"),
        ("100%25 sure.txt", "100%25 sure.txt"),
        ("100%.txt", "100%.txt"),
        ("%FF%FE.txt", "%FF%FE.txt"),
        ("../../etc/passwd.txt", "../../etc/passwd.txt"),
        ("C:\\temp\\a.txt", "C:\\temp\\a.txt"),
        ("a" * 500 + ".txt", "a" * 500 + ".txt"),
    ],
)
def test_the_name_of_the_file_is_the_id(corpus: httpx.Client, name: str, id: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\nShips.\r\n--b--\r\n'
    answer = corpus.post(
        PATH, content=body % name.encode(), headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.json()["id"] == id, answer.text
    assert [one["id"] for one in read(corpus, "/v2/corpora/c/documents")["documents"]] == [id]


def test_a_filename_part_overrides_the_name(corpus: httpx.Client) -> None:
    assert send(corpus, "a.md", files.markdown(), filename="my log").json()["id"] == "my log"
    assert send(corpus, None, b"Ships.", filename="b.txt").json()["id"] == "b.txt"
    refused(send(corpus, "..", b"Boats.", "text/plain"), 400, "body.filename")


def test_a_file_without_any_name_is_named_after_its_content(corpus: httpx.Client) -> None:
    boats = send(corpus, None, b"Boats.").json()["id"]
    assert boats.startswith("file-")
    assert read(corpus, f"/v2/corpora/c/documents/{boats}")["parts"][0]["text"] == "Boats."
    assert send(corpus, "", files.pdf(), filename="").json()["metadata"]["page_count"] == 2
    refused(send(corpus, None, b"Boats."), 409)
    refused(send(corpus, None, b"\xff\x00\x01"), 415)


def test_the_content_type_tells_the_kind_when_the_name_does_not(corpus: httpx.Client) -> None:
    assert send(corpus, "one", files.pdf(), "application/pdf").json()["metadata"]["page_count"] == 2
    assert send(corpus, "two", files.html(), "text/html; charset=utf-8").status_code == 201
    assert send(corpus, "log.docx", files.word(), "application/octet-stream").status_code == 201


def test_json_parts_come_with_and_without_content_type_and_name(corpus: httpx.Client) -> None:
    for number, part in enumerate([
        (None, '{"a": 1}'), (None, '{"a": 1}', "application/json"), (None, '{"a": 1}', "text/plain"),
        ("blob", '{"a": 1}', "application/json"), ("metadata.json", '{"a": 1}', "application/octet-stream"),
    ]):  # fmt: skip
        parts = {"metadata": part, "file": (f"{number}.txt", f"Ship number {number}.".encode())}
        answer = corpus.post(PATH, files=parts)
        assert answer.status_code == 201, answer.text
        assert answer.json()["metadata"]["a"] == 1


@pytest.mark.parametrize("member", ["metadata", "chunking_strategy", "table_extraction_config"])
@pytest.mark.parametrize("value", ["{", "[1]", "", "null", "NaN", '{"a": \ud800}', "{'a': 1}"])
def test_bad_json_in_a_part_is_named(
    understudy: Understudy, corpus: httpx.Client, member: str, value: str
) -> None:
    before = state(understudy)
    part = (None, value.encode("utf-8", "surrogatepass"), "application/json")
    answer = corpus.post(PATH, files={"file": ("a.txt", b"Ships."), member: part})
    refused(answer, 400, f"body.{member}")
    assert state(understudy) == before


def test_a_form_without_a_file_is_refused(corpus: httpx.Client) -> None:
    refused(corpus.post(PATH, files={"metadata": (None, "{}", "application/json")}), 400, "body.file")
    refused(send(corpus, "a.txt", b""), 400, "body.file")
    refused(corpus.post(PATH), 400, "body")


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data", b"--b--", 400),
        ("multipart/form-data; boundary=b", b"no form", 400),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx',
            400,
        ),
        ("multipart/mixed; boundary=b", b"--b--", 415),
        ("application/json", b"{}", 415),
        ("application/octet-stream", b"x", 415),
    ],
)
def test_what_is_no_form_is_refused(
    corpus: httpx.Client, content_type: str, body: bytes, status: int
) -> None:
    refused(corpus.post(PATH, content=body, headers={"content-type": content_type}), status)


# Conflicts, rights and limits


def test_a_taken_id_is_a_conflict_that_names_it(understudy: Understudy, corpus: httpx.Client) -> None:
    upload(corpus, "log.txt")
    before = state(understudy)
    for content in (files.text(), b"Something else."):
        body = refused(send(corpus, "log.txt", content), 409)
        assert "document id 'log.txt'" in body["messages"][0]
    assert state(understudy) == before


def test_the_same_content_under_another_name_is_a_conflict_with_the_document_that_has_it(
    corpus: httpx.Client,
) -> None:
    upload(corpus, "log.txt")
    assert "document id 'log.txt'" in refused(send(corpus, "copy.txt", files.text()), 409)["messages"][0]
    assert corpus.delete("/v2/corpora/c/documents/log.txt").status_code == 204
    upload(corpus, "copy.txt", files.text())


def test_the_corpus_must_be_there_and_enabled(api: httpx.Client) -> None:
    refused(send(api, "a.txt", b"Ships."), 404)
    make_corpus(api, "c")
    assert api.patch("/v2/corpora/c", json={"enabled": False}).status_code == 200
    refused(send(api, "a.txt", b"Ships."), 403)


def test_a_file_may_have_ten_megabytes(corpus: httpx.Client) -> None:
    body = refused(send(corpus, "a.pdf", b"%PDF-" + b"x" * (MAX - 4)), 413)
    assert str(MAX) in body["messages"][0]
    refused(send(corpus, "a.pdf", b"%PDF-" + b"x" * (MAX - 5)), 400, "body.file")


# Files that are not what they seem


@pytest.mark.parametrize(
    ("name", "content", "type"),
    [
        ("a.json", b"{}", "application/json"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "application/msword"),
        ("a.ppt", b"\xd0\xcf\x11\xe0", None),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.zip", b"PK\x03\x04", "application/zip"),
        ("noname", b"Ships.", None),
        ("a.pdf", b"Ships.", "application/pdf"),
        ("a.docx", files.pdf(), None),
        ("a.txt", b"\x7fELF\0\0", "text/plain"),
        ("a.txt", files.pdf(), "text/plain"),
    ],
)
def test_other_types_and_wrong_beginnings_are_refused(
    understudy: Understudy, corpus: httpx.Client, name: str, content: bytes, type: str | None
) -> None:
    before = state(understudy)
    refused(send(corpus, name, content, type), 415)
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("bomb.docx", lambda: files.zip_bomb("x")),
        ("bomb.odt", lambda: files.zip_bomb("application/vnd.oasis.opendocument.text")),
        ("bomb.epub", lambda: files.zip_bomb("application/epub+zip")),
        ("bomb.pdf", files.pdf_bomb),
        ("picture.docx", files.huge_picture),
        ("cut.pdf", lambda: files.pdf()[:300]),
        ("circle.pdf", lambda: files.pdf_of(b"<<>>", kids=b"2 0 R")),
        ("slides.docx", files.slides),
        ("word.pptx", files.word),
        ("cut.docx", lambda: files.word()[:-200]),
        ("entities.odt", files.with_entities),
        ("entities.html", lambda: files.laughs().encode()),
        ("blank.txt", lambda: b"  \n\n "),
        ("deep.eml", lambda: b"Subject: x\n" + b"Content-Type: message/rfc822\n\n" * 50_000),
        ("deep.rtf", lambda: b"{\\rtf1" + b"{" * 1_000_000),
        ("deep.md", lambda: b"> " * 200_000),
    ],
)
def test_a_hostile_file_changes_nothing(
    understudy: Understudy, corpus: httpx.Client, name: str, made: Callable[[], bytes]
) -> None:
    before = state(understudy)
    answer = send(corpus, name, made())
    if answer.status_code != 201:
        refused(answer, 400, "body.file")
        assert state(understudy) == before
    else:  # harmless after all: nothing was expanded
        assert len(json.dumps(read(corpus, f"/v2/corpora/c/documents/{name}"))) < 10_000
    upload(corpus, "log.txt")


def test_the_same_uploads_give_the_same_bytes(understudy: Understudy) -> None:
    contents = {name: made() for name, made in files.KINDS.items()}

    def played(world: str) -> list[str]:
        key = f"zut_understudy@{understudy.world}-{world}"
        with httpx.Client(base_url=understudy.url, headers={"x-api-key": key}, timeout=30) as api:
            make_corpus(api, "c")
            told = [send(api, *item).text for item in contents.items()]
            return [*told, *(api.get(f"/v2/corpora/c/documents/{name}").text for name in contents)]

    assert played("one") == played("two")


def test_work_that_takes_too_long_is_refused_and_leaves_no_process() -> None:
    background = BackgroundServer(limits=Limits(work_seconds=0.01)).start()
    try:
        with httpx.Client(base_url=background.url, headers={"x-api-key": "zut_understudy"}) as api:
            make_corpus(api, "c")
            body = refused(send(api, "log.pdf", files.pdf()), 400, "body.file")
            assert "0.01 seconds" in body["field_errors"]["body.file"]
            assert read(api, "/v2/corpora/c/documents")["documents"] == []
    finally:
        background.stop()
    assert background.server.stage.workers.processes == []


def test_other_calls_are_answered_while_a_file_is_read(corpus: httpx.Client) -> None:
    """The same uploads give the same documents, however they overlap."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as threads:
        contents = {f"{n}.txt": f"Ship number {n} sails.".encode() for n in range(40)}
        answers = list(threads.map(lambda item: send(corpus, *item), contents.items()))
    assert [answer.status_code for answer in answers] == [201] * 40
    assert read(corpus, "/v2/corpora/c")["limits"]["used_docs"] == 40
