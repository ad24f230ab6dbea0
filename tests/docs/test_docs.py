"""What the documents say is true: snippets run, flags, routes and sections are named, links lead on."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from understudy.admin import API as CONTROL_PLANE
from understudy.apis import aivax, vectara
from understudy.app import create_server
from understudy.cli.commands import app
from understudy.engine import spec
from understudy.playback import cassettes
from understudy.playback.cassettes import ANSWER_HEADERS, REQUEST_HEADERS
from understudy.playback.scenarios.documents import load, shipped
from understudy.playback.scenarios.located import read
from understudy.pytest_plugin import BackgroundServer, Understudy, beginnings
from understudy.settings import data_directory
from understudy.state.lifecycle import DIALS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/scenarios.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "specs/**/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts
)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def reference(name: str) -> str:
    return (ROOT / "docs/reference" / f"{name}.md").read_text("utf-8")


@pytest.fixture
def url() -> Iterator[str]:
    """A server of its own: the README writes into the default world."""
    background = BackgroundServer().start()
    try:
        yield background.url
    finally:
        background.stop()


def test_the_first_screen_has_exactly_two_set_up_commands() -> None:
    first_screen = "\n".join(README.splitlines()[:22])
    assert len(blocks(first_screen, "sh")) == 2
    assert all(len(block.strip().splitlines()) == 1 for block in blocks(first_screen, "sh"))


@pytest.mark.parametrize("block", [0, 1], ids=["vectara", "openai"])
def test_the_python_of_the_readme_prints_what_it_says(url: str, block: int) -> None:
    code = blocks(README, "python")[block].replace("http://127.0.0.1:4820", url)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"prints `{done.stdout.strip()}`." in README


def test_the_curl_calls_of_the_readme_work(url: str) -> None:
    commands = blocks(README, "sh")[2].replace("http://127.0.0.1:4820", url)
    done = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert '"key":"manual"' in done.stdout
    assert "event:generation_chunk" in done.stdout
    assert done.stdout.rstrip().endswith('data:{"type":"end"}')


def test_the_pytest_example_of_the_readme_passes(tmp_path: Path) -> None:
    file = tmp_path / "test_example.py"
    file.write_text(blocks(README, "python")[2])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_every_argument_of_the_marker_and_member_of_the_handle_is_documented() -> None:
    told = (ROOT / "docs/guides/pytest.md").read_text("utf-8")
    for name in beginnings.MEMBERS:
        assert f"`{name}`" in told, name
    for name in vars(Understudy):
        assert name.startswith("_") or f"`{name}" in told, name


def test_every_flag_and_variable_of_serve_is_documented() -> None:
    told = reference("command-line")
    command = typer.main.get_command(app)
    for parameter in command.commands["serve"].params:  # type: ignore[attr-defined]
        for flag in parameter.opts:
            assert flag == "--help" or f"`{flag}`" in told, flag
        if parameter.envvar:
            assert f"`{parameter.envvar}`" in told


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command with its flags, but for those that all commands about a running server have."""
    shared = {"--url", "--token", "--world", "-w", "--json", "--help"}
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {"": command})
        for verb, one in inner.items():
            flags = [flag for option in one.params for flag in option.opts if flag.startswith("--")]
            yield f"{name} {verb}".strip(), [flag for flag in flags if flag not in shared]


def test_every_command_and_flag_is_documented() -> None:
    told = reference("command-line")
    for name, flags in commands():
        group, _, verb = name.partition(" ")
        known = verb if group in ("spec", "cassette") else name
        assert re.search(rf"`(?:understudy )?{re.escape(known)}\b", told), name
        for flag in flags:
            assert flag in told, (name, flag)


def test_every_route_and_dial_of_the_control_plane_is_documented() -> None:
    told = reference("control-plane")
    routes = spec.operations(spec.load(data_directory("specs") / CONTROL_PLANE.name))
    for path, method, _ in routes:
        path = path.removeprefix("/_understudy")
        row = next((line for line in told.splitlines() if line.startswith("|") and f" {path}`" in line), "")
        assert f"`{method.upper()}" in row, (method, path)
    for dial in DIALS:
        assert f"dials.{dial}" in told


def test_the_player_of_the_guide_answers() -> None:
    guide = (ROOT / "docs/guides/record-and-replay.md").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(blocks(guide, "python")[0], names)
    assert asyncio.run(names["answer"]()) == 200


def test_the_cassette_of_the_reference_is_one(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(blocks(reference("cassettes"), "yaml")[0])
    (entry,) = cassettes.load(file).entries
    assert entry["request"]["query"] == {"trace": "on"}


def test_the_headers_of_cassettes_are_all_named() -> None:
    told = reference("cassettes")
    for name in REQUEST_HEADERS | ANSWER_HEADERS:
        family = next((one for one in ("x-ratelimit-", "ratelimit-") if name.startswith(one)), "")
        assert f"`{family}*`" in told if family else f"`{name}`" in told, name


@pytest.mark.parametrize("command", ["record", "replay"])
def test_every_flag_about_recordings_is_documented(command: str) -> None:
    told = reference("command-line")
    found = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    for parameter in found.params:
        for flag in parameter.opts:
            assert not flag.startswith("--") or flag == "--help" or f"`{flag}`" in told, flag


def test_every_section_of_a_fixture_is_documented() -> None:
    told = reference("fixtures")
    for section in vectara.API.sections:
        assert f"`{section}`" in told
    for section in aivax.API.sections:
        assert f"`aivax/{section}`" in told


def test_every_shipped_scenario_is_listed_with_what_it_says_of_itself() -> None:
    told = reference("scenarios").partition("## Shipped")[2].splitlines()
    for name, path in shipped().items():
        link = f"| [`{name}`](../../scenarios/{path.parent.name}/"
        (row,) = [line for line in told if line.startswith(link)]
        assert read(path).value["description"] in row
        assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    names = [path.stem for path in data_directory("scenarios").glob("*/*.yaml")]
    assert sorted(names) == sorted(shipped())  # no two of one name


@pytest.mark.parametrize("block", [0, 1])
def test_the_scenarios_of_the_guide_are_scenarios(block: int, tmp_path: Path) -> None:
    file = tmp_path / "written.yaml"
    file.write_text(blocks(GUIDE, "yaml")[block])
    server = create_server()
    server.close()
    assert load(file, server.apis).rules


def test_the_pytest_examples_of_the_guide_pass(tmp_path: Path) -> None:
    (tmp_path / "wrong-refunds.yaml").write_text(blocks(GUIDE, "yaml")[0])
    file = tmp_path / "test_guide.py"
    file.write_text("\n\n".join(blocks(GUIDE, "python")))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert "2 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target
