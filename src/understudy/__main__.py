"""`understudy` and `python -m understudy`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a `SetupError` becomes one line and an exit code."""
    from understudy.cli import commands
    from understudy.errors import SetupError

    if sys.argv[1:2] == ["serve"]:
        commands.keep_only("serve")  # the start is short
    try:
        commands.app()
    except SetupError as error:
        print(f"understudy: {error}", file=sys.stderr)  # noqa: T201 - this is the command line
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
