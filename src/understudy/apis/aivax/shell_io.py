"""Shell I/O: a tree of files per account and shell user, kept in memory. Spec tag: Shell I/O."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from typing import Any

from understudy.apis.aivax import accounts, plans
from understudy.apis.aivax.auth import without_world
from understudy.apis.aivax.file_types import is_plain_text, media_type
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.kinds import SHELL_ENTRIES, account_id
from understudy.apis.aivax.shell_paths import ROOT, above, name, normalised, parent
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.replies import Reply
from understudy.errors import BadRequest, NotFound
from understudy.state.store import Kind, Record, Table
from understudy.state.world import World

Json = dict[str, Any]
Files = Table[Json]

PUBLIC_FILES: Kind[Json] = Kind("public_file", key="token")
PUBLIC_PATH = "/api/v1/public/ext-res/file/"
PUBLIC_MILLIS = 60 * 60 * 1000
"""How long a public address works (guess: only that it ends is documented)."""
TOKEN_CHARACTERS = 40


@operation("downloadFile")
def download_file(ctx: Context, *, path: str, x_shell_user_id: str) -> Reply:
    return _sent(_file(_files(ctx, x_shell_user_id), path))


@operation("uploadFile")
def upload_file(ctx: Context, body: bytes | None, *, path: str, x_shell_user_id: str) -> Json:
    """Make or overwrite a file and the directories above it."""
    write(ctx.world, _files(ctx, x_shell_user_id), normalised(path), body or b"")
    plans.check_storage(ctx)
    return said("File uploaded successfully.")


@operation("deleteFile")
def delete_file(ctx: Context, *, path: str, x_shell_user_id: str) -> Json:
    files = _files(ctx, x_shell_user_id)
    files.remove(_file(files, path).value["path"])
    return said("File deleted successfully.")


@operation("listDirectory")
def list_directory(ctx: Context, *, path: str, x_shell_user_id: str) -> Json:
    """Directories first, then files, each by name; a shell that nobody has written to has no root."""
    files = _files(ctx, x_shell_user_id)
    place = normalised(path)
    _directory(files, place)
    inside = files.derived("inside", _inside)[place]
    inside = sorted(inside, key=lambda record: (not record.value["directory"], record.value["path"]))
    return {"entries": [_entry(record) for record in inside]}


@operation("createDirectory")
def create_directory(ctx: Context, *, path: str, x_shell_user_id: str) -> Json:
    """Make a directory and those above it; one that is there already is fine."""
    place = normalised(path)
    _make_directories(ctx.world, _files(ctx, x_shell_user_id), [*above(place), place])
    return said("Directory created successfully.")


@operation("deleteDirectory")
def delete_directory(ctx: Context, *, path: str, x_shell_user_id: str) -> Json:
    files = _files(ctx, x_shell_user_id)
    place = normalised(path)
    if place == ROOT:
        raise BadRequest({"query.path": "is the root, which cannot be deleted"})
    _directory(files, place)
    for key in list(files.keys()):
        if key == place or key.startswith(f"{place}/"):
            files.remove(key)
    return said("Directory deleted successfully.")


@operation("getFileDetails")
def get_file_details(ctx: Context, *, path: str, x_shell_user_id: str) -> Json:
    record = _file(_files(ctx, x_shell_user_id), path)
    value = record.value
    file_name = name(value["path"])
    return {
        "data": {
            "name": file_name,
            "size": value["size"],
            "createdAtUtc": value["createdAtUtc"],
            "lastModifiedUtc": value["lastModifiedUtc"],
            "mimeType": media_type(file_name),
            "isPlainText": is_plain_text(file_name, _content(record)),
        }
    }


@operation("getFilePublicAddress")
def get_file_public_address(ctx: Context, *, path: str, x_shell_user_id: str) -> Json:
    """An address that serves the file without a key, until its hour is over or the file is gone."""
    value = _file(_files(ctx, x_shell_user_id), path).value
    token = ctx.ids.secret("", TOKEN_CHARACTERS)
    place = {"account": account_id(ctx), "user": x_shell_user_id, "path": value["path"]}
    ctx.store.table(PUBLIC_FILES).add({"token": token}, ends=ctx.clock.millis() + PUBLIC_MILLIS, **place)
    host = ctx.call.header(b"host") or "localhost"
    url = f"http://{host}{PUBLIC_PATH}{ctx.world.credential(token)}"
    return {"data": {"name": name(value["path"]), "size": value["size"], "publicUrl": url}}


@operation("getPublicFile")
def get_public_file(ctx: Context, token: str) -> Reply:
    """What a public address leads to; 404 once it is over."""
    shared = ctx.store.table(PUBLIC_FILES).find(without_world(token))
    if shared is None or ctx.clock.millis() >= shared.private["ends"]:
        raise NotFound("There is no such file, or its address is over.", token)
    place = shared.private
    return _sent(_file(ctx.store.table(SHELL_ENTRIES, place["account"], place["user"]), place["path"]))


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `shell_files`."""
    account = accounts.named(world.store, row["account"]).value["id"]
    files = world.store.table(SHELL_ENTRIES, account, row["user"])
    write(world, files, normalised(row["path"], "path"), row["text"].encode())


def write(world: World, files: Files, place: str, content: bytes) -> None:
    """Put a file into a tree; BadRequest when a directory is in its place, or a file above it."""
    old = files.find(place)
    if place == ROOT or (old is not None and old.value["directory"]):
        raise BadRequest({"query.path": "is a directory"})
    _make_directories(world, files, above(place))
    now = world.clock.stamp()
    value = {
        "path": place,
        "directory": False,
        "size": len(content),
        "createdAtUtc": old.value["createdAtUtc"] if old else now,
        "lastModifiedUtc": now,
    }
    kept = b64encode(content).decode()
    if old is None:
        files.add(value, content=kept)
    else:
        files.replace(value, content=kept)


def _files(ctx: Context, user: str) -> Files:
    return ctx.store.table(SHELL_ENTRIES, account_id(ctx), user)


def _make_directories(world: World, files: Files, places: list[str]) -> None:
    for place in places:
        record = files.find(place)
        if record is None:
            now = world.clock.stamp()
            made = {"path": place, "directory": True, "size": None}
            files.add({**made, "createdAtUtc": now, "lastModifiedUtc": now})
        elif not record.value["directory"]:
            raise BadRequest({"query.path": f"'{place}' is a file"})


def _file(files: Files, path: str) -> Record[Json]:
    record = files.find(normalised(path))
    if record is None or record.value["directory"]:
        raise NotFound("There is no such file.", path)
    return record


def _directory(files: Files, place: str) -> None:
    record = files.find(place)
    if record is None or not record.value["directory"]:
        raise NotFound("There is no such directory.", place)


def _inside(files: Files) -> dict[str, list[Record[Json]]]:
    """What each directory holds."""
    found: defaultdict[str, list[Record[Json]]] = defaultdict(list)
    for record in files.records():
        if record.value["path"] != ROOT:
            found[parent(record.value["path"])].append(record)
    return found


def _entry(record: Record[Json]) -> Json:
    value = record.value
    return {
        "name": name(value["path"]),
        "isDirectory": value["directory"],
        "size": value["size"],
        "lastModifiedUtc": value["lastModifiedUtc"],
        "createdAtUtc": value["createdAtUtc"],
    }


def _content(record: Record[Json]) -> bytes:
    return b64decode(record.private["content"])


def _sent(record: Record[Json]) -> Reply:
    return Reply(_content(record), 200, media_type=media_type(name(record.value["path"])))
