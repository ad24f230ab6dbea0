"""`understudy spec`: bundles, generated code and coverage."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import typer

from understudy import admin, app
from understudy.cli.wire_types import render
from understudy.engine import spec
from understudy.errors import SetupError
from understudy.settings import data_directory


def bundle(check: bool) -> None:
    """Write every bundle, or with `check` only compare; SetupError names the stale one."""
    for api in (*app.APIS, admin.API):
        directory = data_directory("specs") / api.name
        file = directory / spec.BUNDLE
        if not check:
            typer.echo(f"wrote {spec.write(directory)}")
            continue
        stored = orjson.loads(file.read_bytes()) if file.is_file() else {}
        if stored.get("x-digest") != spec.digest(directory):
            raise SetupError("is stale; run `understudy spec bundle`", str(file))
        typer.echo(f"{file} is up to date")


def types(check: bool) -> None:
    """Write `wire.py` of every API, or with `check` only compare; SetupError names the stale one."""
    for api in app.APIS:
        document = spec.load(data_directory("specs") / api.name)
        source = render(document["components"]["schemas"])
        file = Path(app.__file__).parent.joinpath(*api.package.split(".")[1:], "wire.py")
        _put(file, source, check, "spec types")


def coverage() -> None:
    """One line per tag and one per planned operation, then the sum."""
    for compiled in app.create_server().apis:
        operations = [o for o in compiled.operations.values() if "x-beyond" not in o.extensions]
        beyond = len(compiled.operations) - len(operations)
        acted = [o for o in operations if not o.planned]
        typer.echo(f"{compiled.api.name}: {len(acted)} of {len(operations)} operations acted")
        for tag in sorted({o.tag for o in operations}):
            in_tag = [o for o in operations if o.tag == tag]
            typer.echo(f"  {tag:<24} {sum(not o.planned for o in in_tag)} of {len(in_tag)}")
        if beyond:
            typer.echo(f"  {beyond} more besides: aliases, and what other answers lead to")
        for operation in operations:
            if operation.planned:
                typer.echo(f"  planned: {operation.id} ({operation.method} {operation.path})")


def proto(check: bool) -> None:
    """Write the code of every proto beside a contract, or with `check` only compare it."""
    for api in app.APIS:
        for source in sorted((data_directory("specs") / api.name).glob("*.proto")):
            package = Path(app.__file__).parent.joinpath(*api.package.split(".")[1:])
            for file, content in _generated(source).items():
                _put(package / "grpc" / "generated" / file, content, check, "spec proto")


def _put(file: Path, content: str, check: bool, command: str) -> None:
    """Write a file that a command makes, or only compare it."""
    if not check:
        file.write_text(content, "utf-8")
        typer.echo(f"wrote {file}")
    elif not file.is_file() or file.read_text("utf-8") != content:
        raise SetupError(f"is stale; run `understudy {command}`", str(file))
    else:
        typer.echo(f"{file} is up to date")


def _generated(source: Path) -> dict[str, str]:
    """What the compiler makes of a proto, by the names of the files."""
    try:
        from grpc_tools import protoc
    except ImportError:
        raise SetupError("needs `pip install grpcio-tools`", "spec proto") from None
    with TemporaryDirectory() as directory:
        outs = (f"--python_out={directory}", f"--pyi_out={directory}")
        if protoc.main(["protoc", f"-I{source.parent}", *outs, source.name]):
            raise SetupError("cannot be compiled", str(source))
        return {file.name: file.read_text("utf-8") for file in sorted(Path(directory).iterdir())}
