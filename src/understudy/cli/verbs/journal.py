"""`understudy journal`: the calls that a world has had."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from understudy.cli.verbs.options import DEFAULT, AsJson, Token, Url, World, call, done, tell
from understudy.state.files import write_private

app = typer.Typer(help="The calls that a world has had.", no_args_is_help=True)

Operation = Annotated[str | None, typer.Option(help="Calls of this operation alone.")]
Status = Annotated[int | None, typer.Option(help="Calls with this status alone.")]
Contains = Annotated[str | None, typer.Option(help="Calls with this text in path or bodies.")]
Problems = Annotated[bool, typer.Option("--problems", help="Calls with a problem alone.")]


@app.command("tail")
def journal_tail(
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="So many calls.")] = 20,
    operation: Operation = None,
    status: Status = None,
    contains: Contains = None,
    problems: Problems = False,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """The last calls of a world, a line each, with what was wrong and what was played."""
    found = call(
        url, token, "GET", f"/worlds/{world}/journal", last=last, operation=operation, status=status,
        contains=contains, problems=problems or None,
    )  # fmt: skip
    table = [
        [one["number"], one["method"], one["path"], one["status"], one["operation"],
         "; ".join([*one["played"], *filter(None, [one["problem"]])])]
        for one in found["entries"]
    ]  # fmt: skip
    tell(found, as_json, table)


@app.command("export")
def journal_export(
    file: Annotated[Path, typer.Argument(help="File that is written; .har makes it an HTTP Archive.")],
    operation: Operation = None,
    status: Status = None,
    contains: Contains = None,
    problems: Problems = False,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Write the journal into a file: lines of JSON, or HTTP Archive."""
    form = "har" if file.suffix == ".har" else "ndjson"
    content = call(
        url, token, "GET", f"/worlds/{world}/journal/export", form=form, operation=operation, status=status,
        contains=contains, problems=problems or None,
    )  # fmt: skip
    write_private(file, content or b"")
    done(f"the journal of world '{world}' is in {file}", as_json, file=str(file), form=form)


@app.command("clear")
def journal_clear(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Forget the calls of a world."""
    call(url, token, "DELETE", f"/worlds/{world}/journal")
    done(f"the journal of world '{world}' is empty", as_json)


@app.command("verify")
def journal_verify(
    operation: Annotated[str, typer.Argument(help="Operation that is said to have been called.")],
    times: Annotated[int | None, typer.Option(min=0, help="Exactly so often.")] = None,
    at_least: Annotated[
        int | None, typer.Option(min=0, help="At least so often; once when nothing is said.")
    ] = None,
    at_most: Annotated[int | None, typer.Option(min=0, help="At most so often.")] = None,
    body: Annotated[str | None, typer.Option(help="Members of the body, as JSON with operators.")] = None,
    path: Annotated[str | None, typer.Option(help="Path values, as JSON.")] = None,
    query: Annotated[str | None, typer.Option(help="Query values, as JSON.")] = None,
    status: Status = None,
    world: World = DEFAULT,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Say whether calls were made; exit code 1 when they were not, with the nearest call."""
    from understudy.cli import files

    claim: dict[str, Any] = {"operation": operation}
    for name, number in (("times", times), ("at_least", at_least), ("at_most", at_most), ("status", status)):
        if number is not None:
            claim[name] = number
    for name, text in (("body", body), ("path", path), ("query", query)):
        if text is not None:
            claim[name] = files.parsed(text, f"--{name}")
    verdict = call(url, token, "POST", f"/worlds/{world}/verify", claim)
    tell(verdict, as_json, [[verdict["message"]]])
    raise typer.Exit(0 if verdict["ok"] else 1)


@app.command("coverage")
def journal_coverage(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """What the calls of a world have touched of both contracts."""
    found = call(url, token, "GET", f"/worlds/{world}/coverage")
    table = [
        [one["api"], one["operation"], one["calls"], " ".join(f"{s}x{n}" for s, n in one["statuses"].items()),
         " ".join(one["events"])]
        for one in found["operations"]
        if one["calls"]
    ]  # fmt: skip
    counted = found["summary"]
    told = f"{counted['operations_touched']} of {counted['operations']} operations"
    told += f", {counted['statuses_touched']} of {counted['statuses']} statuses"
    tell(
        found,
        as_json,
        [*table, [f"{told}, {counted['events_touched']} of {counted['events']} kinds of events"]],
    )


@app.command("usage")
def journal_usage(
    world: World = DEFAULT, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """What the calls of a world have used up."""
    found = call(url, token, "GET", f"/worlds/{world}/usage")
    tell(found, as_json, list(found["used"].items()))
