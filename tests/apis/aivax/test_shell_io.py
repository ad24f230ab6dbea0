"""Shell I/O: files and directories of a shell user, public addresses, and no way out of the tree."""

from __future__ import annotations

import itertools
import random

import httpx
import pytest

from tests.apis.aivax.conftest import Client, client_of
from understudy.apis.aivax.shell_paths import normalised
from understudy.errors import BadRequest
from understudy.pytest_plugin import Understudy

FILE = "/api/v1/shell/io/file"
LISTING = "/api/v1/shell/io/listing"
DIRECTORY = "/api/v1/shell/io/directory"
ROOTS = ["/", "", ".", "//", "/a/..", "\\", "./."]
OUTSIDE = ["..", "/..", "a/../..", "\\..\\..", "a/../../b", "....//../..", "./../x", "x/../../etc/passwd"]


@pytest.fixture(autouse=True)
def as_ada(api: Client) -> None:
    api.http.headers["x-shell-user-id"] = "ada"


def put(api: Client, path: str, content: bytes) -> None:
    said = api.ask("POST", FILE, params={"path": path}, content=content)
    assert said == {"message": "File uploaded successfully.", "data": None}


def listed(api: Client, path: str = "/") -> list[tuple[str, bool, int | None]]:
    entries = api.get(LISTING, path=path)["entries"]
    return [(entry["name"], entry["isDirectory"], entry["size"]) for entry in entries]


def read(api: Client, path: str) -> httpx.Response:
    return api.http.get(FILE, params={"path": path})


def test_a_file_is_written_listed_read_and_deleted(api: Client) -> None:
    put(api, "/notes/today.md", b"# Tides")
    assert listed(api) == [("notes", True, None)]
    assert listed(api, "notes/") == [("today.md", False, 7)]
    answer = read(api, "notes\\today.md")
    assert (answer.content, answer.headers["content-type"]) == (b"# Tides", "text/markdown")
    put(api, "notes/today.md", b"")
    assert read(api, "/notes/today.md").content == b""
    assert api.delete(FILE, path="notes/today.md")["message"] == "File deleted successfully."
    api.refused("GET", FILE, 404, params={"path": "notes/today.md"})
    api.refused("DELETE", FILE, 404, params={"path": "notes/today.md"})
    assert listed(api, "notes") == []


def test_details_tell_name_size_times_and_kind(api: Client) -> None:
    put(api, "a/raw", b"\x00\x01")
    put(api, "a/plain", "é".encode())
    put(api, "a/data.json", b"{}")
    details = [api.get(f"{FILE}/details", path=f"a/{name}") for name in ("raw", "plain", "data.json")]
    told = [one.get("data", one) for one in details]
    assert [(one["name"], one["size"], one["mimeType"], one["isPlainText"]) for one in told] == [
        ("raw", 2, "application/octet-stream", False),
        ("plain", 2, "application/octet-stream", True),
        ("data.json", 2, "application/json", True),
    ]
    before = told[0]["createdAtUtc"]
    put(api, "a/raw", b"\x00")
    after = api.get(f"{FILE}/details", path="a/raw")
    after = after.get("data", after)
    assert after["createdAtUtc"] == before
    assert after["lastModifiedUtc"] > before


def test_directories_come_first_and_names_are_in_order(api: Client) -> None:
    for name in ("b.txt", "a.txt", "Z.txt"):
        put(api, name, b"x")
    for name in ("two", "One"):
        api.ask("POST", DIRECTORY, params={"path": name})
    assert [name for name, _, _ in listed(api)] == ["One", "two", "Z.txt", "a.txt", "b.txt"]


def test_a_directory_goes_with_all_it_holds_and_nothing_else(api: Client) -> None:
    for path in ("a/b/c.txt", "a/d.txt", "ab/e.txt"):
        put(api, path, b"x")
    assert api.delete(DIRECTORY, path="a")["message"] == "Directory deleted successfully."
    assert listed(api) == [("ab", True, None)]
    api.refused("DELETE", DIRECTORY, 404, params={"path": "a"})
    api.refused("DELETE", DIRECTORY, 404, params={"path": "ab/e.txt"})


@pytest.mark.parametrize("path", ROOTS)
def test_the_root_is_not_deleted_in_any_spelling(api: Client, path: str) -> None:
    put(api, "a/b.txt", b"x")
    api.refused("DELETE", DIRECTORY, 400, params={"path": path})
    assert listed(api, path) == [("a", True, None)]


def test_a_shell_that_nobody_wrote_to_has_no_root(api: Client) -> None:
    api.refused("GET", LISTING, 404, params={"path": "/"})
    api.ask("POST", DIRECTORY, params={"path": "/"})
    assert listed(api) == []


def test_a_file_in_the_way_is_refused_and_nothing_is_made(api: Client, understudy: Understudy) -> None:
    put(api, "a/b", b"x")
    before = understudy.look(lambda world: world.store.dump())
    for method, address, path in (
        ("POST", FILE, "a"), ("POST", FILE, "/"), ("POST", FILE, "a/b/c"), ("POST", DIRECTORY, "a/b"),
        ("POST", DIRECTORY, "a/b/c/d"),
    ):  # fmt: skip
        api.refused(method, address, 400, params={"path": path})
    assert understudy.look(lambda world: world.store.dump()) == before


def test_each_user_and_account_has_a_tree_of_its_own(api: Client, neighbour: Client) -> None:
    put(api, "mine", b"x")
    other = {"x-shell-user-id": "bob"}
    assert api.http.get(FILE, params={"path": "mine"}, headers=other).status_code == 404
    assert (
        neighbour.http.get(FILE, params={"path": "mine"}, headers={"x-shell-user-id": "ada"}).status_code
        == 404
    )


def test_path_and_user_are_required(api: Client) -> None:
    assert "query.path" in api.refused("GET", LISTING, 400)["details"]
    del api.http.headers["x-shell-user-id"]
    assert "header.X-Shell-User-Id" in api.refused("GET", LISTING, 400, params={"path": "/"})["details"]


@pytest.mark.parametrize("path", [*OUTSIDE, "a\0b", "a\nb", "\x7f", "x" * 256, "a/" * 3000])
def test_a_path_that_cannot_be_is_refused_everywhere(api: Client, path: str) -> None:
    put(api, "safe", b"x")
    for method, address in (
        ("GET", FILE), ("POST", FILE), ("DELETE", FILE), ("GET", LISTING), ("POST", DIRECTORY),
        ("DELETE", DIRECTORY), ("GET", f"{FILE}/details"), ("GET", f"{FILE}/public-address"),
    ):  # fmt: skip
        assert "query.path" in api.refused(method, address, 400, params={"path": path})["details"]
    assert listed(api) == [("safe", False, 1)]


def test_five_thousand_spellings_never_leave_the_tree() -> None:
    pieces = [
        "..",
        ".",
        "",
        "a",
        "b c",
        "...",
        "..;",
        "%2e%2e",
        "\\..\\",
        "/",
        "\\",
        "//",
        "~",
        "C:",
        "‥",
        "．．",
    ]
    chooser = random.Random(20260101)
    spellings = {"".join(chooser.choice(["/", "\\", ""]) + chooser.choice(pieces) for _ in range(8))
                 for _ in range(6000)}  # fmt: skip
    assert len(spellings) > 5000
    refused = 0
    for spelling in spellings:
        try:
            place = normalised(spelling)
        except BadRequest:
            refused += 1
            continue
        assert not place.startswith("/")
        assert not {"..", ".", ""} & set(place.split("/")) or place == ""
        assert "\\" not in place
        assert normalised(place) == place
    assert 0 < refused < len(spellings)


def test_a_tree_of_a_thousand_files_comes_back_whole(api: Client) -> None:
    wrote = {}
    for number in range(1000):
        path = f"d{number % 10}/e{number % 7}/f{number}.bin"
        wrote[path] = bytes([number % 256]) * (number % 50)
        put(api, path, wrote[path])
    found = {}
    pending = [""]
    while pending:
        place = pending.pop()
        for name, is_directory, size in listed(api, f"/{place}"):
            path = f"{place}/{name}".lstrip("/")
            if is_directory:
                pending.append(path)
            else:
                found[path] = read(api, path).content
                assert size == len(found[path])
    assert found == wrote


def test_a_file_of_a_hundred_megabytes_and_none_beyond(understudy: Understudy) -> None:
    chunk = b"x" * (1024 * 1024)
    with client_of(understudy) as http:
        http.headers["x-shell-user-id"] = "ada"
        whole = http.post(FILE, params={"path": "big"}, content=b"".join(itertools.repeat(chunk, 100)))
        assert whole.status_code == 200
        assert http.get(f"{FILE}/details", params={"path": "big"}).json()["data"]["size"] == 100 * 1024 * 1024
        try:
            beyond = http.post(FILE, params={"path": "more"}, content=b"".join(itertools.repeat(chunk, 101)))
            assert beyond.status_code == 413
        except httpx.WriteError:  # closed while the client was still sending
            assert http.get(f"{FILE}/details", params={"path": "more"}).status_code == 404


def test_a_public_address_serves_the_file_until_it_is_over(api: Client, understudy: Understudy) -> None:
    put(api, "notes/page.html", b"<p>Tides</p>")
    shared = api.get(f"{FILE}/public-address", path="notes/page.html")
    shared = shared.get("data", shared)
    assert (shared["name"], shared["size"]) == ("page.html", 12)
    answer = httpx.get(shared["publicUrl"])
    assert (answer.status_code, answer.content) == (200, b"<p>Tides</p>")
    assert answer.headers["content-type"] == "text/html"
    assert httpx.get(shared["publicUrl"].replace("/file/", "/file/x")).status_code == 404
    understudy.advance(seconds=3600)
    assert httpx.get(shared["publicUrl"]).status_code == 404


def test_a_public_address_ends_with_its_file(api: Client) -> None:
    put(api, "a", b"x")
    shared = api.get(f"{FILE}/public-address", path="a")
    url = shared.get("data", shared)["publicUrl"]
    api.delete(FILE, path="a")
    assert httpx.get(url).status_code == 404
