"""Files that are written whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from understudy.errors import SetupError
from understudy.state.files import write_address, write_private


def test_only_the_owner_reads_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    (taken / "inner").mkdir(parents=True)
    for path, why in ((taken, "Is a directory"), (tmp_path / "none" / "a", "No such file or directory")):
        with pytest.raises(SetupError) as refused:
            write_private(path, b"new")
        assert str(refused.value) == f"{path}: cannot be written: {why}"
    assert list(tmp_path.iterdir()) == [taken]


def test_the_address_of_a_server_is_a_line(tmp_path: Path) -> None:
    write_address(tmp_path / "ready", "http://127.0.0.1:1")
    assert (tmp_path / "ready").read_text() == "http://127.0.0.1:1\n"
    assert [one.name for one in tmp_path.iterdir()] == ["ready"]
