"""`understudy scenario`: what happens by script."""

from __future__ import annotations

from typing import Annotated

import typer

from understudy.cli.verbs.options import DEFAULT, AsJson, Token, Url, World, call, done, tell

app = typer.Typer(help="Scenarios: list, check, play.", no_args_is_help=True)


@app.command("list")
def scenario_list(as_json: AsJson = False) -> None:
    """The scenarios that come with the package; no server is needed."""
    from understudy.cli import scenarios

    found = scenarios.shipped()
    tell({"scenarios": found}, as_json, [[one["name"], one["api"], one["description"]] for one in found])


@app.command("validate")
def scenario_validate(
    files: Annotated[list[str], typer.Argument(help="Files, or names of shipped ones.")],
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with scenarios, with line and column; exit code 1 when something is."""
    from understudy.cli import scenarios

    found = scenarios.validated(files)
    tell({"scenarios": found}, as_json, [[one["fault"] or f"{one['file']}: good"] for one in found])
    raise typer.Exit(1 if any(one["fault"] for one in found) else 0)


@app.command("run")
def scenario_run(
    name: Annotated[str, typer.Argument(help="Shipped scenario, or .yaml file.")],
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Let a world play a scenario from its beginning; its records stay as they are."""
    from understudy.cli import scenarios

    tell(call(url, token, "PUT", f"/worlds/{world}/scenario", scenarios.body_of(name)), as_json)


@app.command("show")
def scenario_show(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Where the scenario of a world stands."""
    tell(call(url, token, "GET", f"/worlds/{world}/scenario"), as_json)


@app.command("stop")
def scenario_stop(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Let a world play no scenario, and nothing go wrong."""
    call(url, token, "DELETE", f"/worlds/{world}/scenario")
    done(f"world '{world}' plays no scenario", as_json)
