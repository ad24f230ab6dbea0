"""`understudy` and `python -m understudy`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a `SetupError` becomes one line and an exit code."""
    from understudy.cli.commands import app
    from understudy.errors import SetupError

    try:
        app()
    except SetupError as error:
        print(f"understudy: {error}", file=sys.stderr)  # noqa: T201 - this is the command line
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
