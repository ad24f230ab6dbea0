"""Forms: parts become members, whatever a client calls them."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.engine.contract import Schemas
from understudy.engine.multipart import FilePart, Nature, parameters, read_form
from understudy.errors import ApiError, BadRequest, TooLarge

CHECK = Schemas({}).validator(
    {
        "type": "object",
        "required": ["file"],
        "properties": {
            "facts": {"type": "object"},
            "name": {"type": "string"},
            "file": {"type": "string", "format": "binary"},
        },
    },
    request=True,
)
NATURES: dict[str, Nature] = {"facts": "json", "name": "text", "file": "file"}


def part(name: str, content: bytes | str, *lines: str, **more: str) -> bytes:
    told = "".join(f'; {key}="{value}"' for key, value in more.items())
    head = "\r\n".join([f'Content-Disposition: form-data; name="{name}"{told}', *lines])
    body = content.encode() if isinstance(content, str) else content
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n"


def read(
    *parts: bytes, end: bytes = b"--b--\r\n", content_type: str = "multipart/form-data; boundary=b"
) -> Any:
    return read_form(b"".join(parts) + end, content_type, NATURES, CHECK, 2000)


def test_parts_become_members() -> None:
    assert read(
        part("facts", '{"a": 1}', "Content-Type: application/json"),
        part("name", "é"),
        part("other", "ignored"),
        part("file", b"\0\r\n--x", "content-type: application/pdf", filename='a "b".pdf'.replace('"', '\\"')),
    ) == {
        "facts": {"a": 1},
        "name": "é",
        "file": FilePart(b"\0\r\n--x", 'a "b".pdf', "application/pdf"),
    }


def test_json_needs_no_content_type_and_may_have_a_filename() -> None:
    assert read(part("facts", "{}", filename="blob"), part("file", "x"))["facts"] == {}
    assert read(part("file", "x"))["file"] == FilePart(b"x")


@pytest.mark.parametrize(
    ("header", "filename"),
    [
        ('form-data; name="file"; filename="a;b=c.txt"', "a;b=c.txt"),
        ("form-data; name=file; filename=plain.txt", "plain.txt"),
        ('form-data; name="file"; filename="C:\\\\x\\\\y.txt"', "C:\\x\\y.txt"),
        ("form-data; name=\"file\"; filename*=UTF-8''%C3%A9.txt", "é.txt"),
        ('form-data; name="file"; filename="e.txt"; filename*=UTF-8\'\'%C3%A9.txt', "e.txt"),
        ('form-data; name="file"; filename=""', None),
        ('form-data; NAME="file"; FileName="../../x"', "../../x"),
    ],
)
def test_a_file_keeps_the_name_that_the_client_gave(header: str, filename: str | None) -> None:
    raw = f"--b\r\nContent-Disposition: {header}\r\n\r\nx\r\n".encode()
    assert read(raw)["file"].filename == filename


def faults(answer: Any) -> set[str]:
    assert isinstance(answer, BadRequest), answer
    return set(answer.fields)


def test_what_is_wrong_is_named() -> None:
    file = part("file", "x")
    assert faults(read(part("name", "x"))) == {"body.file"}
    assert faults(read(file, part("facts", "{"))) == {"body.facts"}
    assert faults(read(file, part("facts", "[]"))) == {"body.facts"}
    assert faults(read(file, part("facts", b"\xff"))) == {"body.facts"}
    assert faults(read(file, part("facts", '{"a":' * 201 + "1" + "}" * 201))) == {"body.facts"}
    assert faults(read(file, part("name", b"\xff"))) == {"body.name"}
    assert faults(read(file, file)) == {"body.file"}
    assert isinstance(read(file, part("name", "x" * 2001)), TooLarge)


@pytest.mark.parametrize(
    "answer",
    [
        read(part("file", "x"), end=b""),
        read(part("file", "x"), end=b"--c--"),
        read(part("file", "x"), content_type="multipart/form-data"),
        read(part("file", "x"), content_type="multipart/form-data; boundary="),
        read(part("file", "x"), content_type=f"multipart/form-data; boundary={'b' * 1000}"),
        read(b"", end=b"nothing of the kind"),
        read(b"--b\r\nX: y\r\n\r\nx\r\n"),
        read(b"--b\r\n" + b"a: b\r\n" * 1000 + b"\r\nx\r\n"),
        read(b"--b\r\na: " + b"b" * 100_000 + b"\r\n\r\nx\r\n"),
        read(*[part("other", "x")] * 101),
        read(part("file", "eA==", "Content-Transfer-Encoding: base64")),
    ],
)
def test_what_is_no_form_is_refused(answer: ApiError) -> None:
    assert faults(answer) == {"body"}


def test_parameters_of_a_header() -> None:
    assert parameters("form-data") == {}
    assert parameters('a/b; X="1\\"2" ; y=3;z') == {"x": '1"2', "y": "3"}
