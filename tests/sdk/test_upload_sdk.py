"""The official Python SDK uploads files: bytes, open files and tuples, with all that goes with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from vectara import (
    ChunkingStrategy_MaxCharsChunkingStrategy,
    TableExtractionConfig,
    TableExtractorSpec,
    Vectara,
)
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, NotFoundError, UnsupportedMediaTypeError

from tests import files
from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        made = Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )
        made.corpora.create(key="logs")
        yield made


@pytest.mark.parametrize("name", files.KINDS)
def test_a_file_is_uploaded_and_found(client: Vectara, name: str) -> None:
    made = client.upload.file("logs", file=(name, files.KINDS[name]()), metadata={"shelf": 3})
    assert made.id == name
    assert made.metadata is not None
    assert made.metadata["shelf"] == 3
    assert made.storage_usage is not None
    results = client.corpora.query("logs", query="Who counts the ships?").search_results
    assert results is not None
    assert results[0].document_id == name


def test_everything_that_goes_with_a_file(client: Vectara) -> None:
    made = client.upload.file(
        "logs",
        file=("log.md", files.markdown(), "text/markdown"),
        metadata={"year": 2024},
        chunking_strategy=ChunkingStrategy_MaxCharsChunkingStrategy(max_chars_per_chunk=100),
        table_extraction_config=TableExtractionConfig(
            extract_tables=True, extractor=TableExtractorSpec(name="textract")
        ),
        filename="harbour",
    )
    assert made.id == "harbour"
    assert made.extraction_usage is not None
    assert made.extraction_usage.table_extraction_used == 1
    assert made.tables is not None
    parts = client.documents.get("logs", "harbour").parts
    assert parts is not None
    assert files.WORDS in [part.text for part in parts]


def test_a_bare_file_is_sent_without_a_name(client: Vectara, tmp_path: Path) -> None:
    path = tmp_path / "log.docx"
    path.write_bytes(files.word())
    with path.open("rb") as opened:
        assert client.upload.file("logs", file=opened, filename="a.docx").id == "a.docx"
    assert client.upload.file("logs", file=files.pdf(), filename="a.pdf").id == "a.pdf"
    unnamed = client.upload.file("logs", file=files.text()).id
    assert unnamed is not None
    assert unnamed.startswith("file-")


def test_refusals_are_the_errors_of_the_sdk(client: Vectara) -> None:
    client.upload.file("logs", file=("a.txt", b"Ships."))
    with pytest.raises(ApiError, match=r"document id 'a\.txt'") as conflict:
        client.upload.file("logs", file=("a.txt", b"Boats."), request_options=ONCE)
    assert conflict.value.status_code == 409
    with pytest.raises(UnsupportedMediaTypeError):
        client.upload.file("logs", file=("a.json", b"{}"))
    with pytest.raises(BadRequestError):
        client.upload.file("logs", file=("a.pdf", b"%PDF-broken"))
    with pytest.raises(NotFoundError):
        client.upload.file("none", file=("a.txt", b"Ships."))
